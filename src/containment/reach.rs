//! Reach: where a rule held at a node applies (DESIGN §5, *Reach*).
//!
//! Grants stop at the borders of accounts, prohibitions do not. One point where the rule's text is more generous than
//! its formula: a rule that names the target's account type reaches that account's own record from outside *and* from
//! the account itself (`can edit Enterprise` at an Enterprise).

use super::forest::Forest;
use super::{Resource, Target};
use crate::model::value::NodeId;
use crate::model::{Effect, Reach, Rule, TypeId, TypeKind};

/// The first node of a type in a target's chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Near {
    /// The target itself, which nobody lists.
    Own,
    /// A listed node.
    Node(NodeId),
}

/// `near_T(r)`.
#[must_use]
pub fn near(forest: &Forest, target: &Target, ty: TypeId) -> Option<Near> {
    if target.own == Some(ty) {
        return Some(Near::Own);
    }
    forest.near(target.start, ty).map(Near::Node)
}

/// acc(r); `None` is the account that the target itself is, unlisted.
#[must_use]
pub fn account(forest: &Forest, target: &Target) -> Option<NodeId> {
    match target.own {
        Some(own) if forest.kind_of(own) == TypeKind::Account => None,
        _ => Some(forest.account(target.start)),
    }
}

/// True if a rule held at `n` reaches the target.
#[must_use]
pub fn reaches(forest: &Forest, rule: &Rule, n: NodeId, target: &Target) -> bool {
    match rule.reach {
        Reach::Below => below(forest, rule, n, target),
        Reach::OnlyHere => is_home(forest, n, target),
        Reach::OnlyBelow => below(forest, rule, n, target) && !is_home(forest, n, target),
        Reach::In(ty) => inside(forest, rule, n, target, ty),
        Reach::Across(ty) => forest.near(n, ty).is_some_and(|zone| below(forest, rule, zone, target)),
        Reach::Anywhere => true,
    }
}

/// The target lies below a node, within its account as far as the rule stops at borders.
pub(crate) fn below(forest: &Forest, rule: &Rule, n: NodeId, target: &Target) -> bool {
    forest.lies_in(target.start, n) && (rule.effect == Effect::Prohibit || in_account(forest, rule, n, target))
}

/// The border test: acc(r) = acc(n), or the rule names r's account type and r's container lies in n's account.
fn in_account(forest: &Forest, rule: &Rule, n: NodeId, target: &Target) -> bool {
    let home = forest.account(n);
    if account(forest, target) == Some(home) {
        return true;
    }
    let (ty, container) = match target.own {
        Some(own) => (own, Some(target.start)),
        None => (forest.ty(target.start), forest.container(target.start)),
    };
    rule.named.contains(&ty) && container.is_some_and(|container| forest.account(container) == home)
}

/// `home_n(r)` = n: the first node of r's chain that is a place or of n's type is n.
fn is_home(forest: &Forest, n: NodeId, target: &Target) -> bool {
    let wanted = forest.ty(n);
    if target
        .own
        .is_some_and(|own| own == wanted || forest.kind_of(own).is_place())
    {
        return false;
    }
    let home = forest
        .chain(target.start)
        .find(|&at| forest.ty(at) == wanted || forest.kind(at).is_place());
    home == Some(n)
}

fn inside(forest: &Forest, rule: &Rule, n: NodeId, target: &Target, ty: TypeId) -> bool {
    let Some(near) = near(forest, target, ty) else {
        return false;
    };
    let prohibits = rule.effect == Effect::Prohibit;
    match near {
        Near::Own => {
            let held = forest.account(target.start) == forest.account(n);
            forest.lies_in(target.start, n) && (prohibits || held)
        }
        Near::Node(t) => forest.lies_in(t, n) && (prohibits || one_border(forest, n, target, t)),
    }
}

/// acc(r) = acc(t), and t lies in n's account or is an account directly within it.
fn one_border(forest: &Forest, n: NodeId, target: &Target, t: NodeId) -> bool {
    let held = forest.account(n);
    let crossed = forest.kind(t) == TypeKind::Account && forest.container(t).is_some_and(|c| forest.account(c) == held);
    account(forest, target) == Some(forest.account(t)) && (forest.account(t) == held || crossed)
}

/// The listed node that a target is, if it is one.
#[must_use]
pub const fn listed(target: &Target) -> Option<NodeId> {
    match target.resource {
        Resource::Node(node) => Some(node),
        _ => None,
    }
}
