//! Reach: where a rule held at a node applies (DESIGN §5, *Reach*).
//!
//! Grants stop at the borders of accounts, prohibitions do not. One point where the rule's text is more generous than
//! its formula: a rule that names the target's account type reaches that account's own record from outside *and* from
//! the account itself (`can edit Enterprise` at an Enterprise).

use super::org::Org;
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
pub fn near(org: &Org<'_>, target: &Target, ty: TypeId) -> Option<Near> {
    if target.own == Some(ty) {
        return Some(Near::Own);
    }
    org.near(target.start, ty).map(Near::Node)
}

/// acc(r); `None` is the account that the target itself is, unlisted.
#[must_use]
pub fn account(org: &Org<'_>, target: &Target) -> Option<NodeId> {
    match target.own {
        Some(own) if org.kind_of(own) == TypeKind::Account => None,
        _ => Some(org.account(target.start)),
    }
}

/// True if a rule held at `n` reaches the target.
#[must_use]
pub fn reaches(org: &Org<'_>, rule: &Rule, n: NodeId, target: &Target) -> bool {
    match rule.reach {
        Reach::Below => below(org, rule, n, target),
        Reach::OnlyHere => is_home(org, n, target),
        Reach::OnlyBelow => below(org, rule, n, target) && !is_home(org, n, target),
        Reach::In(ty) => inside(org, rule, n, target, ty),
        Reach::Across(ty) => org.near(n, ty).is_some_and(|zone| below(org, rule, zone, target)),
        Reach::Anywhere => true,
    }
}

fn below(org: &Org<'_>, rule: &Rule, n: NodeId, target: &Target) -> bool {
    org.lies_in(target.start, n) && (rule.effect == Effect::Prohibit || in_account(org, rule, n, target))
}

/// The border test: acc(r) = acc(n), or the rule names r's account type and r's container lies in n's account.
fn in_account(org: &Org<'_>, rule: &Rule, n: NodeId, target: &Target) -> bool {
    let home = org.account(n);
    if account(org, target) == Some(home) {
        return true;
    }
    let (ty, container) = match target.own {
        Some(own) => (own, Some(target.start)),
        None => (org.ty(target.start), org.container(target.start)),
    };
    rule.named.contains(&ty) && container.is_some_and(|container| org.account(container) == home)
}

/// `home_n(r)` = n: the first node of r's chain that is a place or of n's type is n.
fn is_home(org: &Org<'_>, n: NodeId, target: &Target) -> bool {
    let wanted = org.ty(n);
    if target
        .own
        .is_some_and(|own| own == wanted || org.kind_of(own).is_place())
    {
        return false;
    }
    let home = org
        .chain(target.start)
        .find(|&at| org.ty(at) == wanted || org.kind(at).is_place());
    home == Some(n)
}

fn inside(org: &Org<'_>, rule: &Rule, n: NodeId, target: &Target, ty: TypeId) -> bool {
    let Some(near) = near(org, target, ty) else {
        return false;
    };
    let prohibits = rule.effect == Effect::Prohibit;
    match near {
        Near::Own => {
            let held = org.account(target.start) == org.account(n);
            org.lies_in(target.start, n) && (prohibits || held)
        }
        Near::Node(t) => org.lies_in(t, n) && (prohibits || one_border(org, n, target, t)),
    }
}

/// acc(r) = acc(t), and t lies in n's account or is an account directly within it.
fn one_border(org: &Org<'_>, n: NodeId, target: &Target, t: NodeId) -> bool {
    let held = org.account(n);
    let crossed = org.kind(t) == TypeKind::Account && org.container(t).is_some_and(|c| org.account(c) == held);
    account(org, target) == Some(org.account(t)) && (org.account(t) == held || crossed)
}

/// The listed node that a target is, if it is one.
#[must_use]
pub const fn listed(target: &Target) -> Option<NodeId> {
    match target.resource {
        Resource::Node(node) => Some(node),
        _ => None,
    }
}
