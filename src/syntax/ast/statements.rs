//! Rules for all, constraints, promises.

use super::{Expr, Name, Permission, RoleName, Rule};

/// A rule that needs no role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicRule {
    /// For whom.
    pub who: Public,
    /// What.
    pub rule: Rule,
}

/// Whom a rule without a role is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Public {
    /// `everyone can`
    Everyone,
    /// `anyone can`
    Anyone,
    /// `nobody can`, `nobody but R can`
    Nobody {
        /// Exempt roles.
        but: Vec<RoleName>,
    },
}

/// `each Entity has exactly 1 Lead when entity.active`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Each {
    /// The node type.
    pub ty: Name,
    /// How many.
    pub count: Count,
    /// Of which role.
    pub role: RoleName,
    /// For which nodes.
    pub when: Option<Expr>,
}

/// How many holders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// `exactly n`; `no` is exactly 0.
    Exactly(u32),
    /// `at least n`
    AtLeast(u32),
    /// `at most n`
    AtMost(u32),
}

/// `whoever is R is also S or T`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Also {
    /// Who has this …
    pub is: RoleName,
    /// … has one of these.
    pub also: Vec<RoleName>,
}

/// `no user is both R and S at the same T`, `no user can both P and Q on the same T`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exclusive {
    /// Roles.
    Roles {
        /// The two.
        pair: [RoleName; 2],
        /// `at the same T`
        same: Option<Name>,
    },
    /// Permissions.
    Permissions {
        /// The two.
        pair: [Permission; 2],
        /// `on the same T`
        same: Option<Name>,
    },
}

/// What follows `ensure`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Promise {
    /// `nobody [with R | but R] can …`
    Nobody {
        /// `with R`: whatever else they hold.
        with: Vec<RoleName>,
        /// `but R`: only they may.
        but: Vec<RoleName>,
        /// What.
        rule: Rule,
    },
    /// `everyone can …`, `anyone can …`
    Public {
        /// `anyone` (or `everyone`).
        anyone: bool,
        /// What.
        rule: Rule,
    },
    /// `R can everything S can`
    Contains {
        /// R.
        more: RoleName,
        /// S.
        less: RoleName,
    },
    /// `R, S can never become T`
    NeverBecome {
        /// Who acts.
        actors: Vec<RoleName>,
        /// What none of them may reach.
        goal: RoleName,
    },
    /// `R can …`, `R cannot …`
    Role {
        /// Who.
        roles: Vec<RoleName>,
        /// `can` (or `cannot`).
        can: bool,
        /// What.
        rule: Rule,
    },
}
