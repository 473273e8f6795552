//! `no user can both P and Q [on the same T]`: decided for every user and everything that the permissions are about.
//!
//! 1. [`places`] lists what a permission can be about: the nodes of its type, and one that nobody lists in each container.
//! 2. [`Side::may_serve`] passes over users who hold no role that could give the permission.
//! 3. Decisions are bounded by [`DECISIONS`]; what is left out is said in a note.

use std::collections::{HashMap, HashSet};

use super::{Check, blamed};
use crate::containment::reach::{Near, near};
use crate::diagnostic::Diagnostic;
use crate::eval::unchecked::decide;
use crate::eval::{Resource, Target};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{NodeId, UserId};
use crate::model::{Constraint, RoleId, TypeId, TypeKind};

/// Decisions spent on one constraint: seconds, not minutes.
const DECISIONS: usize = 5_000_000;

/// What `on the same T` compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Zone {
    /// Nothing: any two things will do.
    All,
    /// The nearest T.
    Node(NodeId),
    /// A T that nobody lists, in this node.
    Unlisted(NodeId),
    /// A user.
    User(UserId),
}

/// Something that a permission is about.
#[derive(Debug, Clone, Copy)]
struct Spot {
    permission: PermId,
    target: Target,
    zone: Zone,
}

/// One of the two permissions: all that it can be about, and by which roles.
struct Side {
    spots: Vec<Spot>,
    roles: HashSet<RoleId>,
    /// Some grant needs no holding that an organisation lists.
    open: bool,
}

impl Side {
    fn new(check: &Check<'_>, permissions: &[PermId], same: Option<TypeId>) -> Self {
        let mut side = Self {
            spots: Vec::new(),
            roles: HashSet::new(),
            open: false,
        };
        for &permission in permissions {
            for target in places(check, permission) {
                let Some(zone) = zone(check, &target, same) else {
                    continue;
                };
                side.spots.push(Spot {
                    permission,
                    target,
                    zone,
                });
            }
            for way in &check.table.row(permission).grants {
                side.open |= way.role.is_none_or(|role| check.model.role(role).is_derived());
                side.roles.extend(way.role);
            }
            side.roles
                .extend(check.org.extra.ways(permission).iter().map(|way| way.role));
        }
        side
    }

    fn may_serve(&self, check: &Check<'_>, user: UserId) -> bool {
        self.open
            || check
                .org
                .entries(user)
                .iter()
                .any(|entry| self.roles.contains(&entry.role))
    }

    fn allowed<'s>(&'s self, check: &Check<'_>, user: UserId) -> impl Iterator<Item = &'s Spot> {
        self.spots.iter().filter(move |spot| {
            let request = check.request(Some(user), spot.permission, spot.target);
            decide(check.table, check.org, &request)
        })
    }
}

/// Reports each user who can do both, with the first place where that is so.
pub(super) fn exclusive(
    check: &mut Check<'_>,
    constraint: &Constraint,
    (left, right): (&[PermId], &[PermId]),
    same: Option<TypeId>,
) {
    let (left, right) = (Side::new(check, left, same), Side::new(check, right, same));
    let users: Vec<UserId> = check
        .facts
        .user_ids()
        .filter(|&user| left.may_serve(check, user) && right.may_serve(check, user))
        .collect();
    let cost = (left.spots.len() + right.spots.len()).max(1);
    let affordable = (DECISIONS / cost).max(1);
    for &user in users.iter().take(affordable) {
        if let Some((first, second)) = clash(check, &left, &right, user) {
            let fault = fault(check, user, first, second, same);
            check.found.push(blamed(fault, constraint));
        }
    }
    if affordable < users.len() {
        let message = format!("this constraint was checked for {affordable} of {} users", users.len());
        let note = Diagnostic::note("constraint/permissions", message).at(constraint.span, "");
        check
            .found
            .push(note.help("the organisation is too large to decide it for all; check a part of it"));
    }
}

fn clash<'s>(check: &Check<'_>, left: &'s Side, right: &'s Side, user: UserId) -> Option<(&'s Spot, &'s Spot)> {
    let mut first: HashMap<Zone, Vec<&Spot>> = HashMap::new();
    for spot in left.allowed(check, user) {
        let known = first.entry(spot.zone).or_default();
        if known.iter().all(|other| other.permission != spot.permission) {
            known.push(spot);
        }
    }
    if first.is_empty() {
        return None;
    }
    right.allowed(check, user).find_map(|second| {
        let others = first.get(&second.zone)?;
        let other = others.iter().find(|other| other.permission != second.permission)?;
        Some((*other, second))
    })
}

/// All that a permission can be about.
fn places(check: &Check<'_>, permission: PermId) -> Vec<Target> {
    let Permission::Act { ty, action, .. } = check.model.permissions.get(permission) else {
        return Vec::new();
    };
    let it = check.model.ty(ty);
    let containers = it
        .containers
        .iter()
        .flat_map(|&container| check.nodes_of(container).iter().copied());
    match it.kind {
        TypeKind::Principal => members(check, ty),
        _ if it.actions[action].creating => containers.map(|node| Target::created(ty, node)).collect(),
        TypeKind::Resource => {
            let listed = check.nodes_of(ty).iter().map(|&node| Target::node(node));
            listed
                .chain(containers.map(|node| Target::unlisted(ty, node)))
                .collect()
        }
        TypeKind::Account | TypeKind::Unit => check.nodes_of(ty).iter().map(|&node| Target::node(node)).collect(),
    }
}

/// Users as targets: each in every place of which he is a member.
fn members(check: &Check<'_>, ty: TypeId) -> Vec<Target> {
    let users = check.facts.user_ids().filter(|&user| check.facts.user(user).ty == ty);
    let pairs = users.flat_map(|user| check.org.memberships(user).map(move |(place, _)| (user, place)));
    pairs.map(|(user, place)| Target::user(user, ty, place)).collect()
}

fn zone(check: &Check<'_>, target: &Target, same: Option<TypeId>) -> Option<Zone> {
    let Some(ty) = same else { return Some(Zone::All) };
    match (near(check.org, target, ty)?, target.resource) {
        (Near::Node(node), _) => Some(Zone::Node(node)),
        (Near::Own, Resource::User(user)) => Some(Zone::User(user)),
        (Near::Own, _) => Some(Zone::Unlisted(target.start)),
    }
}

fn fault(check: &Check<'_>, user: UserId, first: &Spot, second: &Spot, same: Option<TypeId>) -> Diagnostic {
    let can = |spot: &Spot| {
        format!(
            "`{}` {}",
            check.model.show_permission(spot.permission),
            place(check, &spot.target)
        )
    };
    let same = same.map_or(String::new(), |ty| {
        format!(" on the same `{}`", check.model.ty(ty).name)
    });
    let message = format!(
        "{} can {} and {}; no user can both{same}",
        check.user(user),
        can(first),
        can(second)
    );
    let fault = Diagnostic::warning("constraint/permissions", message).at(check.facts.user(user).span, "");
    let (first, second) = (first.target.start, second.target.start);
    let span = |node: NodeId| check.facts.node(node).span;
    match first == second {
        true => fault.at(span(first), "both here"),
        false => fault.at(span(first), "the one").at(span(second), "the other"),
    }
}

/// Where a permission is exercised, as it follows the permission's name.
fn place(check: &Check<'_>, target: &Target) -> String {
    match target.resource {
        Resource::Node(node) => format!("({})", check.node(node)),
        Resource::Unlisted(_) => format!("in {}", check.node(target.start)),
        Resource::User(user) => format!("({} in {})", check.user(user), check.node(target.start)),
    }
}
