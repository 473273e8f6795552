//! `no user can both P and Q [on the same T]`: organisations with two things in them, and one user who can do both.

use rolebook::containment::reach::{Near, near};
use rolebook::eval::decide;
use rolebook::eval::org::Org;
use rolebook::eval::{Resource, Target};
use rolebook::model::permission::PermId;
use rolebook::model::value::{NodeId, UserId};
use rolebook::model::{ConstraintKind, TypeId};

use crate::asks::{Ask, asks};
use crate::shape::{Bounds, forks};
use crate::show;
use crate::small::Small;
use crate::space::{Space, U};

/// What is kept apart.
struct Apart<'c> {
    left: &'c [PermId],
    right: &'c [PermId],
    same: Option<TypeId>,
}

/// For each constraint of the kind, in the order written: an organisation in which somebody can do both, if there is one. `None` if
/// that is too much work.
pub(crate) fn broken(small: &Small, bounds: Bounds) -> Option<Vec<(usize, Option<String>)>> {
    let kinds = small.model().constraints.iter().enumerate();
    let of = kinds.filter_map(|(ix, constraint)| match &constraint.kind {
        ConstraintKind::Permissions { left, right, same } => Some((
            ix,
            Apart {
                left,
                right,
                same: *same,
            },
        )),
        _ => None,
    });
    let of: Vec<(usize, Apart<'_>)> = of.collect();
    let mut spent = 0;
    let mut verdicts = Vec::new();
    for (ix, apart) in of {
        verdicts.push((ix, apart.clash(small, bounds, &mut spent)?));
    }
    Some(verdicts)
}

impl Apart<'_> {
    /// The first clash; the outer `None` if that is too much work.
    fn clash(&self, small: &Small, bounds: Bounds, spent: &mut usize) -> Option<Option<String>> {
        // One of each.
        let bounds = Bounds { handed: 2, ..bounds };
        for (shape, [one, end]) in forks(small, bounds) {
            let mut space = Space::new(small, shape, bounds);
            let of = |all: &[PermId], asks: Vec<Ask>| {
                let fits = |ask: &Ask| ask.user == Some(U) && all.contains(&ask.permission);
                asks.into_iter().filter(fits).collect::<Vec<_>>()
            };
            let left = of(self.left, asks(&mut space, one));
            let right = of(self.right, asks(&mut space, end));
            if left.is_empty() || right.is_empty() {
                continue;
            }
            *spent += space.size() * (left.len() + right.len());
            if *spent > bounds.decisions {
                return None;
            }
            if let Some(found) = self.in_space(&space, &left, &right) {
                return Some(Some(found));
            }
        }
        Some(None)
    }

    fn in_space(&self, space: &Space<'_>, left: &[Ask], right: &[Ask]) -> Option<String> {
        let table = &space.small.table;
        for state in space.states() {
            let facts = space.facts(&state);
            let org = Org::new(table, &facts);
            let can = |ask: &&Ask| ask.makes_sense(&org) && decide(table, &org, &ask.request(space));
            let first: Vec<&Ask> = left.iter().filter(can).collect();
            if first.is_empty() {
                continue;
            }
            for second in right.iter().filter(can) {
                if let Some(one) = first.iter().find(|one| self.meets(&org, one, second)) {
                    let handed = show::handed(space, &facts, &state);
                    return Some(handed + &show::case(space, &facts, &[one, second]));
                }
            }
        }
        None
    }

    fn meets(&self, org: &Org<'_>, one: &Ask, other: &Ask) -> bool {
        let apart = one.permission != other.permission;
        let Some(ty) = self.same else { return apart };
        let (a, b) = (zone(org, &one.target, ty), zone(org, &other.target, ty));
        let fresh = matches!(a, Some(Zone::Fresh(_)));
        apart && a.is_some() && a == b && (!fresh || one.given == other.given)
    }
}

/// What `on the same T` compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zone {
    Node(NodeId),
    Fresh(NodeId),
    User(UserId),
}

fn zone(org: &Org<'_>, target: &Target, ty: TypeId) -> Option<Zone> {
    match (near(org, target, ty)?, target.resource) {
        (Near::Node(node), _) => Some(Zone::Node(node)),
        (Near::Own, Resource::User(user)) => Some(Zone::User(user)),
        (Near::Own, _) => Some(Zone::Fresh(target.start)),
    }
}
