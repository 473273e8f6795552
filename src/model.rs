//! The policy with every name looked up: types, permissions, roles, rules, constraints, promises.
//!
//! 1. [`resolve::resolve`] turns trees into a [`Model`], always one, with diagnostics beside it.
//! 2. [`check`] is the one gate: only a [`Checked`] model, one without errors, goes on to be compiled.
//!
//! The data here knows no pass that works on it. Graphs of inheritance, implication, containment, areas and derivation
//! are petgraph's, built where they are asked ([`containment`], [`resolve`]).

pub mod containment;
pub mod permission;
pub mod resolve;
pub mod show;
mod show_expr;
pub mod value;

use crate::diagnostic::Found;
use crate::source::Span;
use crate::syntax::ast;
use permission::{PermId, Permissions};
use value::{AttributeType, Pool, Value};

/// A node type or kind of principal; [`USER`] is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

/// The built-in type of people.
pub const USER: TypeId = TypeId(0);

/// A role: a name at a node type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleId(pub u32);

/// A rule, resolved for one node type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(pub u32);

/// The name of an attribute or parameter, shared by all types that have one of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
            _ if self.ty.optional && matches!(self.ty.of, Scalar::User(_) | Scalar::Group | Scalar::Node(_)) => Value::Absent,
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
    pub derived: Vec<Being>,
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
pub enum Being {
    /// `is registrant`: is the attribute's value at the node.
    Relation(AttrName),
    /// `is member`
    Member,
    /// `holds R`, at the same node.
    Holds(Vec<RoleId>),
    /// `can view, edit X`: all of these, at the node.
    Can(Vec<PermId>),
}

/// Whether a rule gives or takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// `can`
    Grant,
    /// `cannot`, `nobody can`
    Prohibit,
}

/// Whom a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Holders of a role of this node type.
    Holders(TypeId),
    /// `everyone can`
    Everyone,
    /// `anyone can`
    Anyone,
    /// `nobody can`; the roles are exempt.
    Nobody(Vec<RoleId>),
}

/// Where a rule reaches (DESIGN §5, *Reach*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// The node and everything below, up to the next border.
    Below,
    /// What has the node as its home.
    OnlyHere,
    /// The rest of `Below`.
    OnlyBelow,
    /// Inside a T within; crosses T's own border.
    In(TypeId),
    /// As if held at the nearest enclosing T.
    Across(TypeId),
    /// No limit.
    Anywhere,
}

/// Whom a role may be given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receiver {
    /// Members of an enclosing account.
    Member,
    /// `to anyone`
    Anyone,
    /// `to R`: members who hold one of these there.
    Holders(Vec<RoleId>),
}

/// A rule, resolved for the node type at which it lands.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The whole rule in its source.
    pub span: Span,
    /// Doc comment.
    pub doc: ast::Doc,
    /// Gives or takes.
    pub effect: Effect,
    /// About whom.
    pub who: Who,
    /// The permissions concerned, closed under `implies` and less the exceptions; sorted.
    pub permissions: Vec<PermId>,
    /// Account types that stand as targets by name: their own records are reached across one border.
    pub named: Vec<TypeId>,
    /// What `except` took out of them; sorted.
    pub excepted: Vec<PermId>,
    /// `but not`: what the role promises not to have; sorted.
    pub limits: Vec<PermId>,
    /// `except self`
    pub except_self: bool,
    /// `they have`
    pub they_have: bool,
    /// `to …`
    pub receiver: Receiver,
    /// Where.
    pub reach: Reach,
    /// `as a or b`; empty if none.
    pub relation: Vec<Relation>,
    /// `when …`
    pub when: Option<Expr>,
    /// `unless …`
    pub unless: Option<Expr>,
}

/// `manager+ of creator`: where to look first, then what to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// `of T`: look at the nearest T; else at the resource, then outward.
    pub at: Option<TypeId>,
    /// The attribute looked up at the node.
    pub first: AttrName,
    /// What is followed from the users found, in order; true for `+`.
    pub then: Vec<(AttrName, bool)>,
    /// Where.
    pub span: Span,
}

/// A resolved condition.
#[derive(Debug, Clone)]
pub enum Expr {
    /// All of these.
    And(Vec<Self>),
    /// One of these.
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// One test.
    Test(Test),
}

/// One test with its source, for reasons.
#[derive(Debug, Clone)]
pub struct Test {
    /// Where.
    pub span: Span,
    /// What is tested.
    pub kind: TestKind,
}

/// The kinds of tests.
#[derive(Debug, Clone)]
pub enum TestKind {
    /// A boolean that stands alone.
    Truth(Operand),
    /// `left op right`; the shift, in minutes, is added to the right side.
    Compare(Operand, ast::Op, Operand, i64),
    /// `any`/`all` of a set against the right side.
    Quantified {
        /// `all` (or `any`).
        all: bool,
        /// The set.
        set: Path,
        /// Operator.
        op: ast::Op,
        /// Right side.
        right: Operand,
    },
    /// `who holds R`
    Holds {
        /// Whose holdings.
        who: Path,
        /// Which roles.
        roles: Vec<RoleId>,
        /// Where.
        at: HeldAt,
    },
}

/// Where a role asked for by `holds` must be held.
#[derive(Debug, Clone)]
pub enum HeldAt {
    /// At the resource or above, within its account.
    Above,
    /// Somewhere.
    Anywhere,
    /// At exactly this node.
    At(Path),
}

/// One side of a test.
#[derive(Debug, Clone)]
pub enum Operand {
    /// A constant.
    Value(Value),
    /// A list of constants and paths.
    List(Vec<Self>),
    /// A path.
    Path(Path),
}

/// `entity.profile.stock`
#[derive(Debug, Clone)]
pub struct Path {
    /// Where it starts.
    pub root: Root,
    /// What is followed.
    pub steps: Vec<AttrName>,
    /// What it ends in.
    pub ty: AttributeType,
    /// Where.
    pub span: Span,
}

/// Where a path starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Root {
    /// The target, or the user who is the target.
    Resource,
    /// Who asks.
    User,
    /// Who receives.
    Recipient,
    /// The node where the role is held.
    Here,
    /// The nearest enclosing node of a type.
    Near(TypeId),
    /// An attribute of the request, by slot.
    Context(usize),
    /// A parameter of the holding.
    Holding(AttrName),
}

/// A constraint on facts.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// The whole item.
    pub span: Span,
    /// Doc comment.
    pub doc: ast::Doc,
    /// What it says.
    pub kind: ConstraintKind,
}

/// The kinds of constraints.
#[derive(Debug, Clone)]
pub enum ConstraintKind {
    /// `each T has exactly n R`
    Each {
        /// The node type.
        ty: TypeId,
        /// How many.
        count: ast::Count,
        /// Of which roles (one name).
        roles: Vec<RoleId>,
        /// For which nodes.
        when: Option<Expr>,
    },
    /// `whoever is R is also S`
    Also {
        /// Who has one of these …
        is: Vec<RoleId>,
        /// … has one of these.
        also: Vec<RoleId>,
    },
    /// `no user is both`
    Roles {
        /// The first.
        left: Vec<RoleId>,
        /// The second.
        right: Vec<RoleId>,
        /// `at the same T`
        same: Option<TypeId>,
    },
    /// `no user can both`
    Permissions {
        /// The first.
        left: Vec<PermId>,
        /// The second.
        right: Vec<PermId>,
        /// `on the same T`
        same: Option<TypeId>,
    },
}

/// A promise behind `ensure`.
#[derive(Debug, Clone)]
pub struct Promise {
    /// The whole item.
    pub span: Span,
    /// What it says.
    pub kind: PromiseKind,
}

/// The kinds of promises. A rule is resolved once per node type of the roles it speaks of.
#[derive(Debug, Clone)]
pub enum PromiseKind {
    /// `nobody can`, `nobody with R can`, `nobody but R can`
    Nobody {
        /// `with`
        with: Vec<RoleId>,
        /// `but`
        but: Vec<RoleId>,
        /// What.
        rule: Rule,
    },
    /// `everyone can`, `anyone can`
    Public(Rule),
    /// `R can P`, `R cannot P`, for each role.
    Role {
        /// `can` (or `cannot`).
        can: bool,
        /// Each role with what it promises.
        rules: Vec<(RoleId, Rule)>,
    },
    /// `R can everything S can`
    Contains {
        /// R
        more: Vec<RoleId>,
        /// S
        less: Vec<RoleId>,
    },
    /// `R can never become S`
    NeverBecome {
        /// R
        actors: Vec<RoleId>,
        /// S
        goal: Vec<RoleId>,
    },
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

    /// Where a type keeps the attribute of this name.
    #[must_use]
    pub fn slot(&self, ty: TypeId, name: AttrName) -> Option<usize> {
        self.slots[ty.ix()].get(name.0 as usize).copied().flatten().map(|slot| slot as usize)
    }

    /// The attribute of this name on a type.
    #[must_use]
    pub fn attribute(&self, ty: TypeId, name: AttrName) -> Option<&Attribute> {
        self.slot(ty, name).map(|slot| &self.ty(ty).attributes[slot])
    }

    /// The type of this name.
    #[must_use]
    pub fn type_named(&self, name: &str) -> Option<TypeId> {
        self.type_ids().find(|&id| self.ty(id).name == name)
    }

    /// The role of this name at a type.
    #[must_use]
    pub fn role_at(&self, ty: TypeId, name: &str) -> Option<RoleId> {
        self.role_ids().find(|&id| self.role(id).ty == ty && self.role(id).name == name)
    }

    /// The default role of a type.
    #[must_use]
    pub fn default_role(&self, ty: TypeId) -> Option<RoleId> {
        self.role_ids().find(|&id| self.role(id).ty == ty && self.role(id).default)
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
    if found.has_errors() { Err(Refused) } else { Ok(Checked(model)) }
}

/// The policy has errors; they stand among the diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;
