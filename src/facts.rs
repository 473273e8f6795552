//! An organisation: its places, resources, users, groups, holdings, single grants and custom roles (DESIGN §3).
//!
//! The data is plain; [`read`] fills it from YAML, [`tables`] from large tables, and both check every name against the
//! policy; [`defaults`] settles what
//! falls back on something else. Roles that a tenant made,
//! and single grants, are numbered on from the policy's roles ([`Facts::role_name`]).

pub mod defaults;
pub(crate) mod kept;
pub(crate) mod lists;
mod order;
pub mod read;
pub mod tables;
mod values;

use serde::{Deserialize, Serialize};

use compact_str::CompactString;
use smallvec::SmallVec;

use crate::model::value::{GroupId, NodeId, Pool, UserId, Value};
use crate::model::{AttrName, Model, RoleId, Rule, TypeId};
use crate::packed;
use crate::source::{Span, nfc};

pub use values::Values;

/// The group of all users, which needs no members; in facts it is called `everyone`.
pub const EVERYONE: GroupId = GroupId(0);

/// A place or resource.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its id in NFC, unique per type.
    pub id: CompactString,
    /// Its type.
    pub ty: TypeId,
    /// What it lies in.
    pub container: Option<NodeId>,
    /// Values by slot; defaults are filled in.
    pub values: Values,
    /// Where it is declared.
    pub span: Span,
}

/// The places that list a user: mostly one or two, which then stand in the user himself.
pub type Places = SmallVec<[NodeId; 4]>;

/// A user, or another principal.
#[derive(Debug, Clone)]
pub struct User {
    /// The id, in NFC.
    pub id: CompactString,
    /// The kind of principal.
    pub ty: TypeId,
    /// The places that list the user.
    pub places: Places,
    /// Values by slot; defaults are filled in.
    pub values: Values,
    /// Where the user is declared.
    pub span: Span,
}

/// A group of users.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Group {
    /// The id.
    pub id: String,
    /// The place that it belongs to.
    pub place: Option<NodeId>,
    /// Who is in it.
    pub members: Vec<Member>,
    /// Where it is declared.
    pub span: Span,
}

/// One member of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Member {
    /// A user.
    User(UserId),
    /// Everyone in another group.
    Group(GroupId),
    /// Whoever holds a role at exactly this node.
    Holders(RoleId, NodeId),
}

/// A node or a user: what has attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Thing {
    /// A place or resource.
    Node(NodeId),
    /// A user.
    User(UserId),
}

/// To whom something is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Subject {
    /// A user.
    User(UserId),
    /// A group.
    Group(GroupId),
}

/// From when until when, in seconds since 1970, `until` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// First second.
    pub from: i64,
    /// One past the last second.
    pub until: i64,
}

impl Window {
    /// No bounds.
    pub const ALWAYS: Self = Self {
        from: i64::MIN,
        until: i64::MAX,
    };

    /// What lies in both.
    #[must_use]
    pub fn meet(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            until: self.until.min(other.until),
        }
    }

    /// True if no second lies in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.from >= self.until
    }

    /// True if all of `other` lies in it.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        self.from <= other.from && other.until <= self.until
    }
}

/// A role given by hand.
#[derive(Debug, Clone)]
pub struct Holding {
    /// To whom: the number of a user, or of a group with [`Self::GROUP`].
    to: u32,
    /// Which role: of the policy, or a custom one.
    pub role: RoleId,
    /// Where.
    pub node: NodeId,
    /// When, and with what parameters; most holdings have neither.
    terms: Option<Box<Terms>>,
    /// Where it is stated.
    pub span: Span,
}

/// What most holdings do without.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Terms {
    window: Window,
    parameters: Vec<(AttrName, Value)>,
}

impl Holding {
    /// Tells groups from users, of which there are never as many: four million holdings are a tenth smaller.
    const GROUP: u32 = 1 << 31;

    /// A role held always, without parameters.
    #[must_use]
    pub const fn new(subject: Subject, role: RoleId, node: NodeId, span: Span) -> Self {
        let to = match subject {
            Subject::User(user) => user.0,
            Subject::Group(group) => group.0 | Self::GROUP,
        };
        Self {
            to,
            role,
            node,
            terms: None,
            span,
        }
    }

    /// The same for a time, with values of the role's parameters: those given and those with a constant default.
    #[must_use]
    pub fn on(mut self, window: Window, parameters: Vec<(AttrName, Value)>) -> Self {
        let plain = window == Window::ALWAYS && parameters.is_empty();
        self.terms = (!plain).then(|| Box::new(Terms { window, parameters }));
        self
    }

    /// To whom.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        match self.to & Self::GROUP == 0 {
            true => Subject::User(UserId(self.to)),
            false => Subject::Group(GroupId(self.to & !Self::GROUP)),
        }
    }

    /// True if both say the same, wherever they say it.
    #[must_use]
    pub fn states_the_same(&self, other: &Self) -> bool {
        let said = |it: &Self| (it.subject(), it.role, it.node, it.window());
        said(self) == said(other) && self.parameters() == other.parameters()
    }

    /// When.
    #[must_use]
    pub fn window(&self) -> Window {
        self.terms.as_ref().map_or(Window::ALWAYS, |terms| terms.window)
    }

    /// Values of the role's parameters, those given and those with a constant default.
    #[must_use]
    pub fn parameters(&self) -> &[(AttrName, Value)] {
        self.terms.as_ref().map_or(&[], |terms| &terms.parameters)
    }
}

/// A role that a tenant made for itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CustomRole {
    /// Its name.
    pub name: String,
    /// It is held here or below.
    pub at: NodeId,
    /// What it may do, resolved at each type of place where it may be held.
    pub rules: Vec<(TypeId, Rule)>,
    /// Where it is stated.
    pub span: Span,
}

/// A single permission handed out by data.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SingleGrant {
    /// To whom.
    pub to: Subject,
    /// Which.
    pub rule: Rule,
    /// Where.
    pub at: NodeId,
    /// When.
    pub window: Window,
    /// Where it is stated.
    pub span: Span,
}

/// An organisation. A snapshot keeps users and holdings apart ([`kept`]).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Facts {
    /// Places and resources.
    #[serde(with = "packed")]
    pub nodes: Vec<Node>,
    /// Users and other principals.
    #[serde(skip)]
    pub users: Vec<User>,
    /// Groups; the first is [`EVERYONE`].
    pub groups: Vec<Group>,
    /// Roles given by hand.
    #[serde(skip)]
    pub holdings: Vec<Holding>,
    /// Roles that tenants made.
    pub custom: Vec<CustomRole>,
    /// Single permissions given by hand.
    pub grants: Vec<SingleGrant>,
    /// What every request carries unless it says otherwise, by slot of the policy's context.
    pub context: Vec<Value>,
    /// Attributes that are not given and fall back on a path, containers first.
    pub fallbacks: Vec<(Thing, usize)>,
    /// Strings and lists that the values refer to; stands on the policy's.
    pub pool: Pool,
}

impl Facts {
    /// A node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// A user.
    #[must_use]
    pub fn user(&self, id: UserId) -> &User {
        &self.users[id.0 as usize]
    }

    /// A group.
    #[must_use]
    pub fn group(&self, id: GroupId) -> &Group {
        &self.groups[id.0 as usize]
    }

    /// The type of a node or user.
    #[must_use]
    pub fn type_of(&self, thing: Thing) -> TypeId {
        match thing {
            Thing::Node(node) => self.node(node).ty,
            Thing::User(user) => self.user(user).ty,
        }
    }

    /// The values of a node or user.
    #[must_use]
    pub fn values(&self, thing: Thing) -> &[Value] {
        match thing {
            Thing::Node(node) => &self.node(node).values,
            Thing::User(user) => &self.user(user).values,
        }
    }

    /// Sets a value of a node or user and returns what stood there.
    pub fn set(&mut self, thing: Thing, slot: usize, value: Value) -> Value {
        let values = match thing {
            Thing::Node(node) => &mut self.nodes[node.0 as usize].values,
            Thing::User(user) => &mut self.users[user.0 as usize].values,
        };
        values.set(slot, value)
    }

    /// All nodes with their ids.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// All users with their ids.
    pub fn user_ids(&self) -> impl Iterator<Item = UserId> + use<> {
        (0..u32::try_from(self.users.len()).unwrap_or(u32::MAX)).map(UserId)
    }

    /// The user of this id.
    #[must_use]
    pub fn user_named(&self, id: &str) -> Option<UserId> {
        let id = nfc(id);
        self.user_ids().find(|&user| self.user(user).id == id)
    }

    /// The rules that data hands out: of custom roles, of single grants.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        let custom = self.custom.iter().flat_map(|role| &role.rules);
        custom
            .map(|(_, rule)| rule)
            .chain(self.grants.iter().map(|grant| &grant.rule))
    }

    /// The custom role of a number beyond the policy's roles.
    #[must_use]
    pub fn custom_role(&self, model: &Model, role: RoleId) -> Option<&CustomRole> {
        self.custom.get(role.ix().checked_sub(model.roles.len())?)
    }

    /// The name of a role, also of a custom one.
    #[must_use]
    pub fn role_name(&self, model: &Model, role: RoleId) -> String {
        match self.custom_role(model, role) {
            Some(custom) => custom.name.clone(),
            None if role.ix() < model.roles.len() => model.show_role(role),
            None => "a single grant".to_owned(),
        }
    }

    /// The id of a node, with its type where another node has the same.
    #[must_use]
    pub fn node_name(&self, model: &Model, id: NodeId) -> String {
        let node = self.node(id);
        let shared = self.nodes.iter().filter(|other| other.id == node.id).take(2).count() > 1;
        if shared {
            format!("{} {}", model.ty(node.ty).name, node.id)
        } else {
            node.id.to_string()
        }
    }
}
