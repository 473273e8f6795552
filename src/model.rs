//! The policy with every name looked up: types, permissions, roles, rules, constraints, promises.
//!
//! 1. [`resolve::resolve`] turns trees into a [`Model`], always one, with diagnostics beside it.
//! 2. [`check`] is the one gate: only a [`Checked`] model, one without errors, goes on to be compiled.
//!
//! The data here knows no pass that works on it. Graphs of inheritance, implication, containment, areas and derivation
//! are petgraph's, built where they are asked ([`containment`], [`resolve`]).

pub mod changing;
pub mod containment;
pub mod permission;
mod reads;
pub mod rebase;
pub mod resolve;
mod rule;
pub mod show;
mod show_expr;
mod statement;
pub mod value;

use serde::{Deserialize, Serialize};

pub use rule::*;
pub use statement::*;

use crate::diagnostic::Found;
use crate::source::{Span, nfc};
use crate::syntax::ast;
use permission::{PermId, Permission, Permissions};
use value::{AttributeType, Pool, Value};

/// A node type or kind of principal; [`USER`] is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TypeId(pub u32);

/// The built-in type of people.
pub const USER: TypeId = TypeId(0);

/// A role: a name at a node type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RoleId(pub u32);

/// A rule, resolved for one node type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(pub u32);

/// The name of an attribute or parameter, shared by all types that have one of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AttrName(pub u32);

impl TypeId {
    /// As an index.
    #[must_use]
    pub const fn ix(self) -> usize {
        self.0 as usize
    }
}

impl RoleId {
    /// As an index.
    #[must_use]
    pub const fn ix(self) -> usize {
        self.0 as usize
    }
}

impl RuleId {
    /// As an index.
    #[must_use]
    pub const fn ix(self) -> usize {
        self.0 as usize
    }
}

/// What kind a type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TypeKind {
    /// A place that is a border.
    Account,
    /// A place within an account.
    Unit,
    /// What is acted upon.
    Resource,
    /// Users, API clients: who acts; as targets they lie in each place that they are members of.
    Principal,
}

impl TypeKind {
    /// Accounts and units.
    #[must_use]
    pub const fn is_place(self) -> bool {
        matches!(self, Self::Account | Self::Unit)
    }
}

/// A node type, or a kind of principal.
#[derive(Debug, Clone)]
pub struct Type {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: TypeKind,
    /// What may contain it.
    pub containers: Vec<TypeId>,
    /// Labels.
    pub labels: Vec<ast::Label>,
    /// Doc comment.
    pub doc: ast::Doc,
    /// Where its name was declared; `None` for a `User` that the policy does not declare.
    pub span: Option<Span>,
    /// Attributes; a value's slot is the index here.
    pub attributes: Vec<Attribute>,
    /// Actions.
    pub actions: Vec<Action>,
    /// Fields.
    pub fields: Vec<Field>,
    /// `a implies b`, as indices into `actions`, with the place where it says so.
    pub implies: Vec<(usize, usize, Span)>,
}

/// An action of a type.
#[derive(Debug, Clone)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// Decided at the container.
    pub creating: bool,
    /// Labels.
    pub labels: Vec<ast::Label>,
    /// Where.
    pub span: Span,
}

/// A field of a type.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Labels.
    pub labels: Vec<ast::Label>,
    /// Where.
    pub span: Span,
}

/// An attribute of a type, of the request, or a parameter of a role.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// The same, shared across types.
    pub key: AttrName,
    /// Its type.
    pub ty: AttributeType,
    /// What it is where none is given.
    pub default: Default,
    /// The field it stands in.
    pub field: Option<usize>,
    /// Labels.
    pub labels: Vec<ast::Label>,
    /// Doc comment.
    pub doc: ast::Doc,
    /// Where; `None` for those built in.
    pub span: Option<Span>,
}

impl Attribute {
    /// What it is where none is given, a default that is a path apart.
    #[must_use]
    pub const fn unset(&self) -> Value {
        use value::Scalar;
        match self.default {
            Default::Value(value) => value,
            _ if self.ty.many => Value::EMPTY,
            _ if self.ty.optional && matches!(self.ty.of, Scalar::User(_) | Scalar::Group | Scalar::Node(_)) => {
                Value::Absent
            }
            _ => Value::Missing,
        }
    }
}

/// What an attribute is where none is given.
#[derive(Debug, Clone)]
pub enum Default {
    /// Missing; absent if optional; empty if a set.
    None,
    /// A constant.
    Value(Value),
    /// `near.a.b`, read at the container of the node.
    Path(TypeId, Vec<AttrName>),
}

/// A named set of permissions.
#[derive(Debug, Clone)]
pub struct Area {
    /// Its name.
    pub name: String,
    /// Labels.
    pub labels: Vec<ast::Label>,
    /// Doc comment.
    pub doc: ast::Doc,
    /// Where its name stands.
    pub span: Span,
    /// What is in it, sorted.
    pub permissions: Vec<PermId>,
    /// Something names it.
    pub used: bool,
}

/// A named set of roles.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// Its name.
    pub name: String,
    /// Labels.
    pub labels: Vec<ast::Label>,
    /// Where its name stands.
    pub span: Span,
    /// The roles.
    pub roles: Vec<RoleId>,
    /// Something names it.
    pub used: bool,
}

/// A role at a node type.
#[derive(Debug, Clone)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// The type of nodes at which it is held.
    pub ty: TypeId,
    /// Labels.
    pub labels: Vec<ast::Label>,
    /// Doc comment.
    pub doc: ast::Doc,
    /// The names in the heads of its blocks.
    pub spans: Vec<Span>,
    /// Roles whose rules it copies.
    pub parents: Vec<(RoleId, Span)>,
    /// Held by members to whom nothing else is given there.
    pub default: bool,
    /// `for whoever …`: all of these; never held by hand.
    pub derived: Vec<DerivationTerm>,
    /// Parameters, own and copied.
    pub parameters: Vec<Attribute>,
    /// Its rules, own first, then copied ones.
    pub rules: Vec<RoleRule>,
}

impl Role {
    /// True if the role is held by derivation only.
    #[must_use]
    pub fn is_derived(&self) -> bool {
        !self.derived.is_empty()
    }

    /// False for a role that only the other of two policies in one numbering declares ([`rebase`]).
    #[must_use]
    pub fn is_declared(&self) -> bool {
        !self.spans.is_empty()
    }
}

/// A rule as a role has it.
#[derive(Debug, Clone)]
pub struct RoleRule {
    /// The rule.
    pub rule: RuleId,
    /// The role that it was copied from; `None` for an own rule. That role has the same rule, and tells how it came by it.
    pub via: Option<RoleId>,
}

/// One condition of a derivation.
#[derive(Debug, Clone)]
pub enum DerivationTerm {
    /// `is registrant`: is the attribute's value at the node.
    Relation(AttrName),
    /// `is member`
    Member,
    /// `holds R`, at the same node.
    Holds(Vec<RoleId>),
    /// `can view, edit X`: all of these, at the node.
    Can(Vec<PermId>),
}

/// An enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Enumeration {
    /// Its values in the order written.
    pub values: Vec<String>,
    /// `a < b`
    pub ordered: bool,
}

/// A whole policy with its names looked up.
#[derive(Debug, Clone)]
pub struct Model {
    /// The labels behind `policy`.
    pub title: Vec<ast::Label>,
    /// Node types and kinds of principals.
    pub types: Vec<Type>,
    /// Attributes of the request; the first is `now`.
    pub context: Vec<Attribute>,
    /// Enumerations.
    pub enums: Vec<Enumeration>,
    /// Every permission.
    pub permissions: Permissions,
    /// Areas.
    pub areas: Vec<Area>,
    /// Role sets.
    pub bundles: Vec<Bundle>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Rules of roles and for all.
    pub rules: Vec<Rule>,
    /// Rules that need no role.
    pub public: Vec<RuleId>,
    /// Constraints on facts.
    pub constraints: Vec<Constraint>,
    /// Promises.
    pub promises: Vec<Promise>,
    /// Strings and lists of constants.
    pub pool: Pool,
    /// Names of attributes and parameters.
    pub attr_names: Vec<String>,
    /// `slots[type][attr name]`
    slots: Vec<Vec<Option<u32>>>,
    /// Names and labels, for texts of the facts.
    index: resolve::Index,
}

/// The slot of `context.now`.
pub const NOW: usize = 0;

impl Model {
    /// A type.
    #[must_use]
    pub fn ty(&self, id: TypeId) -> &Type {
        &self.types[id.ix()]
    }

    /// A role.
    #[must_use]
    pub fn role(&self, id: RoleId) -> &Role {
        &self.roles[id.ix()]
    }

    /// A rule.
    #[must_use]
    pub fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[id.ix()]
    }

    /// All types with their ids.
    pub fn type_ids(&self) -> impl Iterator<Item = TypeId> + use<> {
        (0..u32::try_from(self.types.len()).unwrap_or(u32::MAX)).map(TypeId)
    }

    /// All roles with their ids.
    pub fn role_ids(&self) -> impl Iterator<Item = RoleId> + use<> {
        (0..u32::try_from(self.roles.len()).unwrap_or(u32::MAX)).map(RoleId)
    }

    /// The same action on each field of the type, where a permission is about the record.
    #[must_use]
    pub fn on_fields(&self, permission: PermId) -> Vec<PermId> {
        let Permission::Act {
            ty,
            action,
            field: None,
        } = self.permissions.get(permission)
        else {
            return Vec::new();
        };
        let of_field = |field| {
            let field = Some(field);
            self.permissions.id(Permission::Act { ty, action, field })
        };
        (0..self.ty(ty).fields.len()).filter_map(of_field).collect()
    }

    /// Where a type keeps the attribute of this name.
    #[must_use]
    pub fn slot(&self, ty: TypeId, name: AttrName) -> Option<usize> {
        self.slots[ty.ix()]
            .get(name.0 as usize)
            .copied()
            .flatten()
            .map(|slot| slot as usize)
    }

    /// The attribute of this name on a type.
    #[must_use]
    pub fn attribute(&self, ty: TypeId, name: AttrName) -> Option<&Attribute> {
        self.slot(ty, name).map(|slot| &self.ty(ty).attributes[slot])
    }

    /// The type of this name.
    #[must_use]
    pub fn type_named(&self, name: &str) -> Option<TypeId> {
        let name = nfc(name);
        self.type_ids().find(|&id| self.ty(id).name == name)
    }

    /// The role of this name at a type.
    #[must_use]
    pub fn role_at(&self, ty: TypeId, name: &str) -> Option<RoleId> {
        self.role_ids()
            .find(|&id| self.role(id).ty == ty && self.role(id).name == name)
    }

    /// The default role of a type.
    #[must_use]
    pub fn default_role(&self, ty: TypeId) -> Option<RoleId> {
        self.role_ids()
            .find(|&id| self.role(id).ty == ty && self.role(id).default)
    }
}

/// A model without errors: the only thing that can be compiled.
#[derive(Debug, Clone, Copy)]
pub struct Checked<'a>(&'a Model);

impl<'a> Checked<'a> {
    /// The model.
    #[must_use]
    pub const fn model(self) -> &'a Model {
        self.0
    }
}

/// The one gate: a model goes on only if nothing found so far is an error.
///
/// # Errors
///
/// [`Refused`] if an error was found; the diagnostics tell which.
pub fn check<'a>(model: &'a Model, found: &Found) -> Result<Checked<'a>, Refused> {
    if found.has_errors() {
        Err(Refused)
    } else {
        Ok(Checked(model))
    }
}

/// The policy has errors; they stand among the diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;
