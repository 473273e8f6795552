//! `whoever is R is also S`, `no user is both R and S [at the same T]`: what one user holds by hand.

use std::collections::{BTreeMap, HashSet};

use super::by_hand::{ByHand, Held};
use super::{Check, blamed};
use crate::diagnostic::Diagnostic;
use crate::model::value::{NodeId, Tri, UserId};
use crate::model::{Constraint, RoleId, TypeId};

/// Reports each user who certainly is one of `is` and certainly none of `also`, anywhere.
pub(super) fn also(check: &mut Check<'_>, by_hand: &ByHand, constraint: &Constraint, is: &[RoleId], also: &[RoleId]) {
    let excused: HashSet<UserId> = by_hand.of(also).map(|held| held.user).collect();
    let mut lacking: BTreeMap<UserId, &Held> = BTreeMap::new();
    for held in by_hand
        .of(is)
        .filter(|held| held.running == Tri::True && !excused.contains(&held.user))
    {
        lacking.entry(held.user).or_insert(held);
    }
    for (user, held) in lacking {
        let (who, role, node) = (check.user(user), check.role(held.role), check.node(held.node));
        let lacks = match also {
            [one] => format!("not {}", check.role(*one)),
            _ => format!("neither {}", check.roles(also, "nor")),
        };
        let wanted = if also.len() == 1 {
            check.roles(also, "or")
        } else {
            "one of them".to_owned()
        };
        let whoever = check.roles(is, "or");
        let message = format!("{who} is {role} at {node} and {lacks}; whoever is {whoever} is also {wanted}");
        let fault = Diagnostic::warning("constraint/also", message).at(held.span, "");
        check.found.push(blamed(fault, constraint));
    }
}

/// What a user holds of either side, one of each role.
#[derive(Default)]
struct Sides<'h> {
    left: Vec<&'h Held>,
    right: Vec<&'h Held>,
}

impl<'h> Sides<'h> {
    /// Two different roles, one of either side.
    fn clash(&self) -> Option<(&'h Held, &'h Held)> {
        let pairs = self
            .left
            .iter()
            .flat_map(|left| self.right.iter().map(move |right| (*left, *right)));
        pairs.into_iter().find(|(left, right)| left.role != right.role)
    }
}

/// Reports each user who is both, once for each T if it must be the same.
pub(super) fn exclusive(
    check: &mut Check<'_>,
    by_hand: &ByHand,
    constraint: &Constraint,
    (left, right): (&[RoleId], &[RoleId]),
    same: Option<TypeId>,
) {
    let mut users: BTreeMap<(UserId, Option<NodeId>), Sides<'_>> = BTreeMap::new();
    for (roles, side) in [(left, side_left as Side), (right, side_right as Side)] {
        for held in by_hand.of(roles).filter(|held| held.running == Tri::True) {
            let zone = same.map(|ty| check.org.near(held.node, ty));
            if zone == Some(None) {
                continue;
            }
            let list = side(users.entry((held.user, zone.flatten())).or_default());
            if list.iter().all(|known| known.role != held.role) {
                list.push(held);
            }
        }
    }
    for sides in users.values() {
        if let Some((left, right)) = sides.clash() {
            let fault = clash(check, left, right, same);
            check.found.push(blamed(fault, constraint));
        }
    }
}

type Side = for<'s, 'h> fn(&'s mut Sides<'h>) -> &'s mut Vec<&'h Held>;

fn side_left<'s, 'h>(sides: &'s mut Sides<'h>) -> &'s mut Vec<&'h Held> {
    &mut sides.left
}

fn side_right<'s, 'h>(sides: &'s mut Sides<'h>) -> &'s mut Vec<&'h Held> {
    &mut sides.right
}

fn clash(check: &Check<'_>, left: &Held, right: &Held, same: Option<TypeId>) -> Diagnostic {
    let at = |held: &Held| format!("{} at {}", check.role(held.role), check.node(held.node));
    let same = same.map_or(String::new(), |ty| {
        format!(" at the same `{}`", check.model.ty(ty).name)
    });
    let message = format!(
        "{} is {} and {}; no user is both{same}",
        check.user(left.user),
        at(left),
        at(right)
    );
    let fault = Diagnostic::warning("constraint/roles", message).at(left.span, "the one");
    fault.at(right.span, "the other")
}
