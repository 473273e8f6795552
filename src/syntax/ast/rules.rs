//! Roles and rules.

use super::{Attribute, Doc, Expr, Label, Name, Permission, SpanEq, Target};

/// A block `role R, S at T, U … { rules }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleDecl {
    /// One name or several.
    pub names: Vec<Name>,
    /// The types of nodes at which they are held.
    pub at: Vec<Name>,
    /// A reach for rules of this block that state none.
    pub reach: Option<Reach>,
    /// Roles whose rules are copied.
    pub extends: Vec<RoleName>,
    /// `default`
    pub default: Option<SpanEq>,
    /// `for whoever …`; empty if not derived.
    pub derived: Vec<DerivationTerm>,
    /// `(limit: int)`
    pub parameters: Vec<Attribute>,
    /// Labels.
    pub labels: Vec<Label>,
    /// The rules.
    pub rules: Vec<RoleRule>,
    /// From `role` to what stands before the brace.
    pub head: SpanEq,
}

/// `can …` or `cannot …` within a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRule {
    /// `can` (or `cannot`).
    pub can: bool,
    /// What.
    pub rule: Rule,
    /// Its doc comment.
    pub doc: Doc,
    /// The whole rule.
    pub span: SpanEq,
}

/// What follows `can`, in a rule, a promise and a text of the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Which permissions.
    pub power: Power,
    /// `to …`
    pub receiver: Option<Receiver>,
    /// Where.
    pub reach: Option<Reach>,
    /// `as creator or assignee`; empty if none.
    pub relation: Vec<Link>,
    /// `when …`
    pub when: Option<Expr>,
    /// `unless …`
    pub unless: Option<Expr>,
}

/// The verbs and targets of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Power {
    /// Which verbs.
    pub verbs: Verbs,
    /// `but not edit`
    pub but_not: Vec<Name>,
    /// On what; empty stands for `do everything` without `on`.
    pub targets: Targets,
    /// `they have`
    pub they_have: bool,
    /// `except …`
    pub except: Vec<Except>,
}

/// The verbs of a power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verbs {
    /// `do everything [on …]`, `do anything [on …]`
    Do {
        /// The word was `anything`.
        anything: bool,
    },
    /// `view, edit`; also `assign`, `give` and `take`, whose targets tell whether roles are meant.
    Actions(Vec<Name>),
    /// `grant view, edit`; no action: every action, or those of [`Targets::Each`].
    Grant(Vec<Name>),
}

/// What a power is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// `everything` or `anything`, also where `do everything` stands alone.
    Everything {
        /// The word was `anything`.
        anything: bool,
        /// Where.
        span: SpanEq,
    },
    /// Types, fields, areas, roles.
    List(Vec<Target>),
    /// `grant view Budget, edit Tender`: each with its own action (always `Some`); the verbs are then an empty `Grant`.
    Each(Vec<Permission>),
}

/// One entry behind `except`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Except {
    /// `self`
    Oneself(SpanEq),
    /// A permission, type, field or area.
    Permission(Permission),
}

/// `to anyone`, `to Secondary, Manager`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receiver {
    /// `to anyone`
    Anyone(SpanEq),
    /// Holders of these roles.
    Roles(Vec<RoleName>),
}

/// Where a rule reaches, from the node at which the role is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// `only here`
    OnlyHere(SpanEq),
    /// `only below`
    OnlyBelow(SpanEq),
    /// `in T`
    In(Name),
    /// `across T`
    Across(Name),
    /// `anywhere`
    Anywhere(SpanEq),
}

/// `manager+ of creator`, `advisor of RetailAccount`: steps from left to right as written; the last is looked up at the
/// resource, or names a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// At least one.
    pub steps: Vec<Step>,
    /// Where.
    pub span: SpanEq,
}

/// A relation, possibly followed any number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// An attribute, or as last step a type.
    pub name: Name,
    /// `+`
    pub plus: bool,
}

/// One condition of `for whoever …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DerivationTerm {
    /// `is registrant`, `is member`
    Is(Name),
    /// `holds R`
    Holds(RoleName),
    /// `can view, edit UserPermissions`
    Can {
        /// All of these.
        actions: Vec<Name>,
        /// On this.
        target: Target,
    },
}

/// `Lead`, `Partner.TechnicalManager`, `Lead+`; also the name of a role set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleName {
    /// The node type, where it is written.
    pub ty: Option<Name>,
    /// The role or role set.
    pub name: Name,
    /// It and its heirs.
    pub plus: bool,
    /// Where.
    pub span: SpanEq,
}
