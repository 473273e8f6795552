//! Constraints on facts and promises about the policy.

use super::permission::PermId;
use super::{Expr, RoleId, Rule, TypeId};
use crate::source::Span;
use crate::syntax::ast;

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
