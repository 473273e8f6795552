//! Rules as resolved: whom they are about, which permissions, where, and on what condition.

use serde::{Deserialize, Serialize};

use super::permission::PermId;
use super::value::{AttributeType, Value};
use super::{AttrName, RoleId, TypeId};
use crate::source::Span;
use crate::syntax::ast;

/// Whether a rule gives or takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Effect {
    /// `can`
    Grant,
    /// `cannot`, `nobody can`
    Prohibit,
}

/// Whom a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Receiver {
    /// Members of an enclosing account.
    Member,
    /// `to anyone`
    Anyone,
    /// `to R`: members who hold one of these there.
    Holders(Vec<RoleId>),
}

/// A rule, resolved for the node type at which it lands.
#[derive(Debug, Clone, Serialize, Deserialize)]
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

impl Rule {
    /// A rule that grants permissions to whoever holds something at a type of nodes, there and below, without terms.
    #[must_use]
    pub const fn granting(permissions: Vec<PermId>, ty: TypeId, named: Vec<TypeId>, span: Span) -> Self {
        Self {
            span,
            doc: None,
            effect: Effect::Grant,
            who: Who::Holders(ty),
            permissions,
            named,
            excepted: Vec::new(),
            limits: Vec::new(),
            except_self: false,
            they_have: false,
            receiver: Receiver::Member,
            reach: Reach::Below,
            relation: Vec::new(),
            when: None,
            unless: None,
        }
    }

    /// No condition of any kind, and the plain reach.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.when.is_none()
            && self.unless.is_none()
            && self.relation.is_empty()
            && !self.except_self
            && !self.they_have
            && self.reach == Reach::Below
    }
}

/// `manager+ of creator`: where to look first, then what to follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Test {
    /// Where.
    pub span: Span,
    /// What is tested.
    pub kind: TestKind,
}

/// The kinds of tests.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum HeldAt {
    /// At the resource or above, within its account.
    Above,
    /// Somewhere.
    Anywhere,
    /// At exactly this node.
    At(Path),
}

/// One side of a test.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Operand {
    /// A constant.
    Value(Value),
    /// A list of constants and paths.
    List(Vec<Self>),
    /// A path.
    Path(Path),
}

/// `entity.profile.stock`
#[derive(Debug, Clone, Serialize, Deserialize)]
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

impl Path {
    /// `user`, `recipient`: one of the two persons of a request.
    #[must_use]
    pub const fn is_person(&self) -> bool {
        self.steps.is_empty() && matches!(self.root, Root::User | Root::Recipient)
    }
}

/// Where a path starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
