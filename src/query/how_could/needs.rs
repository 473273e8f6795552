//! What somebody must be allowed in order to make a change.
//!
//! An attribute is changed by whoever may edit the field that it stands in, one in no field by nobody. A group is changed
//! by whoever may hand all its roles and single grants to the user; one that has none is changed by nobody.

use super::change::Change;
use crate::eval::Target;
use crate::eval::org::Org;
use crate::facts::{EVERYONE, Facts, Member, Subject, Thing};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, NodeId, UserId};
use crate::model::{Model, RoleId, Rule};

/// One permission asked of one target, with the one who receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Case {
    /// What.
    pub(super) permission: PermId,
    /// On what.
    pub(super) target: Target,
    /// To or from whom.
    pub(super) recipient: Option<UserId>,
}

/// What somebody must be allowed who makes a change: all cases of one of these lists.
pub(super) fn needs(change: &Change, model: &Model, org: &Org<'_>) -> Vec<Vec<Case>> {
    let facts = org.facts;
    match change {
        Change::Give { to, role, at, .. } => all(handing(facts, model, *role, true), *at, *to, model),
        Change::Take { from, role, at } => all(handing(facts, model, *role, false), *at, *from, model),
        Change::Enlist(user, at) => all(vec![Permission::AddMember(facts.node(*at).ty)], *at, *user, model),
        Change::Delist(user, at) => all(vec![Permission::RemoveMember(facts.node(*at).ty)], *at, *user, model),
        Change::Join(user, group) => of_group(facts, model, *group, *user, true),
        Change::Leave(user, group) => of_group(facts, model, *group, *user, false),
        Change::Grant { to, permission, at } => all(vec![Permission::Grant(*permission)], *at, *to, model),
        Change::Set(of, slot, _) | Change::Add(of, slot, _) | Change::Remove(of, slot, _) => {
            editing(model, org, *of, *slot)
        }
    }
}

/// The permissions for handing out a role: a custom one is in the hands of whoever may grant all that it holds.
fn handing(facts: &Facts, model: &Model, role: RoleId, give: bool) -> Vec<Permission> {
    match facts.custom_role(model, role) {
        Some(custom) => granting(custom.rules.iter().map(|(_, rule)| rule)),
        None if give => vec![Permission::Give(role)],
        None => vec![Permission::Take(role)],
    }
}

fn granting<'r>(rules: impl Iterator<Item = &'r Rule>) -> Vec<Permission> {
    let mut parts: Vec<PermId> = rules.flat_map(|rule| rule.permissions.iter().copied()).collect();
    parts.sort_unstable();
    parts.dedup();
    parts.into_iter().map(Permission::Grant).collect()
}

/// All of these at one node; nobody has what does not exist, and nobody hands out nothing.
fn all(permissions: Vec<Permission>, at: NodeId, to: UserId, model: &Model) -> Vec<Vec<Case>> {
    let cases = permissions.into_iter().map(|permission| {
        model.permissions.id(permission).map(|permission| Case {
            permission,
            target: Target::node(at),
            recipient: Some(to),
        })
    });
    let cases: Option<Vec<Case>> = cases.collect();
    cases.filter(|cases| !cases.is_empty()).into_iter().collect()
}

/// The group and those in which it is.
pub(super) fn outward(facts: &Facts, group: GroupId) -> Vec<GroupId> {
    let mut groups = vec![group];
    let mut next = 0;
    while let Some(&inner) = groups.get(next) {
        let has = |members: &[Member]| members.contains(&Member::Group(inner));
        let outer = (0u32..).map(GroupId).zip(&facts.groups);
        let new: Vec<GroupId> = outer
            .filter(|(id, group)| *id != EVERYONE && has(&group.members) && !groups.contains(id))
            .map(|(id, _)| id)
            .collect();
        groups.extend(new);
        next += 1;
    }
    groups
}

fn of_group(facts: &Facts, model: &Model, group: GroupId, user: UserId, give: bool) -> Vec<Vec<Case>> {
    let groups: Vec<Subject> = outward(facts, group).into_iter().map(Subject::Group).collect();
    let mut cases = Vec::new();
    for holding in facts.holdings.iter().filter(|h| groups.contains(&h.subject())) {
        match all(handing(facts, model, holding.role, give), holding.node, user, model).pop() {
            Some(more) => cases.extend(more),
            None => return Vec::new(),
        }
    }
    for grant in facts.grants.iter().filter(|grant| groups.contains(&grant.to)) {
        match all(granting(std::iter::once(&grant.rule)), grant.at, user, model).pop() {
            Some(more) => cases.extend(more),
            None => return Vec::new(),
        }
    }
    Some(cases).filter(|cases| !cases.is_empty()).into_iter().collect()
}

fn editing(model: &Model, org: &Org<'_>, of: Thing, slot: usize) -> Vec<Vec<Case>> {
    let ty = org.facts.type_of(of);
    let Some(permission) = model.changed_by(ty, slot) else {
        return Vec::new();
    };
    let targets: Vec<Target> = match of {
        Thing::Node(node) => vec![Target::node(node)],
        Thing::User(user) => {
            let places = org.memberships(user).map(|(place, _)| place);
            let places = places.filter(|&place| org.kind(place).is_place());
            places.map(|place| Target::user(user, ty, place)).collect()
        }
    };
    let one = |target| Case {
        permission,
        target,
        recipient: None,
    };
    targets.into_iter().map(|target| vec![one(target)]).collect()
}
