//! Conditions, literals and paths.

use serde::{Deserialize, Serialize};

use super::{Name, RoleName, SpanEq};
use crate::source::Spanned;

/// A condition. `and` and `or` are flat lists of at least two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The whole expression.
    pub span: SpanEq,
}

/// The kinds of conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprKind {
    /// `a and b and c`
    And(Vec<Expr>),
    /// `a or b or c`
    Or(Vec<Expr>),
    /// `not a`
    Not(Box<Expr>),
    /// A boolean path or literal that stands alone.
    Truth(Operand),
    /// `left op right [+ 30 days]`
    Compare {
        /// Left side.
        left: Operand,
        /// Operator.
        op: Spanned<Op>,
        /// Right side.
        right: Operand,
        /// Added to the right side.
        shift: Option<Shift>,
    },
    /// `any path op x`, `all path op x`
    Quantified {
        /// `all` (or `any`).
        all: bool,
        /// The set.
        path: Path,
        /// Operator.
        op: Spanned<Op>,
        /// Right side.
        right: Operand,
    },
    /// `user holds Lead here`, `user holds any role at Entity`
    Holds {
        /// Who.
        who: Path,
        /// Which.
        held: Held,
    },
}

/// What `holds` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// `any role at T`
    AnyRoleAt(Name),
    /// `R`, `R here`, `R anywhere`, `R at path`
    Role(RoleName, HeldAt),
}

/// Where a role asked for by `holds` must be held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeldAt {
    /// At the resource's place or above, within its account.
    Above,
    /// At `here`.
    Here,
    /// Somewhere.
    Anywhere,
    /// At exactly this node.
    At(Path),
}

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Op {
    /// `is`
    Is,
    /// `is not`
    IsNot,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `before`
    Before,
    /// `after`
    After,
}

/// `+ 30 days`, in minutes; negative for `-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Minutes.
    pub minutes: i64,
    /// Where.
    pub span: SpanEq,
}

/// A value in a condition, or the default of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// A literal.
    Literal(Literal),
    /// `[a, b]`
    List(Vec<Self>, SpanEq),
    /// `entity.legal`, `user`, or the name of an enumeration value.
    Path(Path),
}

/// A literal as written; `text` is the source text, for strings the text without quotes and escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// Which kind.
    pub kind: LiteralKind,
    /// Its text.
    pub text: String,
    /// Where.
    pub span: SpanEq,
}

/// The kinds of literals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LiteralKind {
    /// `true`, `false`
    Truth,
    /// `-12.50`
    Number,
    /// `"…"`
    Text,
    /// `2026-12-31`
    Date,
    /// `2026-12-31T08:00Z`
    DateTime,
    /// `10.0.0.7`, `10.0.0.0/8`, `2001:db8::/32`
    Address,
}

/// `entity.profile.stock`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The root as written; may be an enumeration value.
    pub root: Name,
    /// What follows the dots.
    pub segments: Vec<Name>,
    /// Where.
    pub span: SpanEq,
}
