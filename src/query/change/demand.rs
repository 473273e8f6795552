//! What a change asks of who makes it.
//!
//! A role, membership and single permissions are handed out by whoever may give them to that recipient (and taken by
//! whoever may take them); what goes to a group, by whoever may hand it to each of its users. A custom role is in the
//! hands of whoever may grant all that it holds. A group is changed by whoever may hand the newcomer all that the group
//! has, and one that has nothing by nobody. An attribute: see [`Model::changing`].

use super::Change;
use crate::eval::org::Org;
use crate::eval::{Request, Target, decide};
use crate::facts::{CustomRole, EVERYONE, Facts, Member, Subject, Thing};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, NodeId, UserId, Value};
use crate::model::{Model, RoleId};
use crate::table::Table;

/// One permission asked on one target, with the one who receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::query) struct Case {
    /// What.
    pub(in crate::query) permission: PermId,
    /// On what.
    pub(in crate::query) target: Target,
    /// To or from whom.
    pub(in crate::query) recipient: Option<UserId>,
}

impl Case {
    const fn handed(permission: PermId, node: NodeId, to: UserId) -> Self {
        Self {
            permission,
            target: Target::node(node),
            recipient: Some(to),
        }
    }
}

/// In what organisation it is asked who may make a change, and what the requests carry.
#[derive(Debug, Clone, Copy)]
pub(in crate::query) struct Asked<'a> {
    pub(in crate::query) table: &'a Table,
    pub(in crate::query) org: &'a Org<'a>,
    pub(in crate::query) context: &'a [Value],
}

impl<'a> Asked<'a> {
    /// The request that a case is, by a user.
    pub(in crate::query) fn request(&self, user: UserId, case: &Case) -> Request<'a> {
        Request {
            user: Some(user),
            permission: case.permission,
            target: case.target,
            recipient: case.recipient,
            context: self.context,
            given: &[],
            pool: &self.org.facts.pool,
        }
    }

    /// True if the user may make the change now.
    pub(in crate::query) fn may(&self, user: UserId, change: &Change) -> bool {
        self.meets(user, &change.demands(self.table.model(), self.org))
            && !change.closes_circle(&self.org.facts, self.table.model())
    }

    /// True if one of these lists of cases is allowed to the user in full.
    pub(in crate::query) fn meets(&self, user: UserId, demands: &[Vec<Case>]) -> bool {
        let allowed = |case: &Case| decide(self.table, self.org, &self.request(user, case));
        demands.iter().any(|cases| cases.iter().all(allowed))
    }
}

impl Change {
    /// What somebody must be allowed who makes the change: all cases of one of these lists.
    pub(in crate::query) fn demands(&self, model: &Model, org: &Org<'_>) -> Vec<Vec<Case>> {
        let all = match self {
            Self::Give { role, node, to, .. } => each(handing(model, org, *role, *node, true), *node, &users(org, *to)),
            Self::Take { role, node, from } => {
                each(handing(model, org, *role, *node, false), *node, &users(org, *from))
            }
            Self::Add { place, user } => each(membership(model, org, *place, true), *place, &[*user]),
            Self::Remove { place, user } => each(membership(model, org, *place, false), *place, &[*user]),
            Self::Grant { handout, node, to } => each(granting(model, &handout.permissions), *node, &users(org, *to)),
            Self::Revoke { handout, node, from } => {
                each(granting(model, &handout.permissions), *node, &users(org, *from))
            }
            Self::Join { group, user } => grouped(model, org, *group, *user, true),
            Self::Leave { group, user } => grouped(model, org, *group, *user, false),
            Self::Set { thing, slot, .. } | Self::Insert { thing, slot, .. } | Self::Delete { thing, slot, .. } => {
                return changing(model, org, *thing, *slot);
            }
        };
        all.filter(|cases| !cases.is_empty()).into_iter().collect()
    }
}

/// The permissions to grant each of these; `None` if there is none to be granted.
fn granting(model: &Model, permissions: &[PermId]) -> Option<Vec<PermId>> {
    let grant = |&id: &PermId| model.permissions.id(Permission::Grant(id));
    permissions.iter().map(grant).collect()
}

/// What a custom role holds: whoever may grant all of it may give and take the role.
pub(in crate::query) fn parts(custom: &CustomRole) -> Vec<PermId> {
    let rules = custom.rules.iter().map(|(_, rule)| rule);
    let mut parts: Vec<PermId> = rules.flat_map(|rule| rule.permissions.iter().copied()).collect();
    parts.sort_unstable();
    parts.dedup();
    parts
}

/// What handing out a role asks at a node; `None` if it cannot be held there by hand.
pub(in crate::query) fn handing(
    model: &Model,
    org: &Org<'_>,
    role: RoleId,
    node: NodeId,
    give: bool,
) -> Option<Vec<PermId>> {
    if let Some(custom) = org.facts.custom_role(model, role) {
        let fits = org.kind(node).is_place() && org.lies_in(node, custom.at);
        return granting(model, &parts(custom)).filter(|parts| fits && !parts.is_empty());
    }
    let it = model.roles.get(role.ix())?;
    if it.ty != org.ty(node) || it.is_derived() {
        return None;
    }
    let half = if give {
        Permission::Give(role)
    } else {
        Permission::Take(role)
    };
    model.permissions.id(half).map(|id| vec![id])
}

fn membership(model: &Model, org: &Org<'_>, place: NodeId, add: bool) -> Option<Vec<PermId>> {
    let ty = org.ty(place);
    let half = if add {
        Permission::AddMember(ty)
    } else {
        Permission::RemoveMember(ty)
    };
    model.permissions.id(half).map(|id| vec![id])
}

/// All of these at a node, for each recipient.
fn each(permissions: Option<Vec<PermId>>, node: NodeId, recipients: &[UserId]) -> Option<Vec<Case>> {
    let one = |permission: PermId| recipients.iter().map(move |&to| Case::handed(permission, node, to));
    Some(permissions?.into_iter().flat_map(one).collect())
}

/// The users that a subject stands for.
fn users(org: &Org<'_>, subject: Subject) -> Vec<UserId> {
    match subject {
        Subject::User(user) => vec![user],
        Subject::Group(group) => org.members(group),
    }
}

/// A group with the groups that it is in.
pub(in crate::query) fn outward(facts: &Facts, group: GroupId) -> Vec<GroupId> {
    let mut all = vec![group];
    let mut next = 0;
    while let Some(&inner) = all.get(next) {
        next += 1;
        for (id, outer) in (0..).map(GroupId).zip(&facts.groups) {
            if outer.members.contains(&Member::Group(inner)) && !all.contains(&id) {
                all.push(id);
            }
        }
    }
    all
}

fn grouped(model: &Model, org: &Org<'_>, group: GroupId, user: UserId, give: bool) -> Option<Vec<Case>> {
    if group == EVERYONE {
        return None;
    }
    let facts = &org.facts;
    let groups = outward(facts, group);
    let has = |subject: Subject| matches!(subject, Subject::Group(id) if groups.contains(&id));
    let mut cases = Vec::new();
    for held in facts.holdings.iter().filter(|held| has(held.subject())) {
        cases.extend(each(
            handing(model, org, held.role, held.node, give),
            held.node,
            &[user],
        )?);
    }
    for grant in facts.grants.iter().filter(|grant| has(grant.to)) {
        cases.extend(each(granting(model, &grant.rule.permissions), grant.at, &[user])?);
    }
    Some(cases)
}

fn changing(model: &Model, org: &Org<'_>, thing: Thing, slot: usize) -> Vec<Vec<Case>> {
    let Some(permission) = model.changing(org.facts.type_of(thing), slot) else {
        return Vec::new();
    };
    let targets = match thing {
        Thing::Node(node) => vec![Target::node(node)],
        Thing::User(user) => places_of(org, user),
    };
    let one = |target| Case {
        permission,
        target,
        recipient: None,
    };
    targets.into_iter().map(|target| vec![one(target)]).collect()
}

/// A user as a target, in each place that they are a member of.
pub(in crate::query) fn places_of(org: &Org<'_>, user: UserId) -> Vec<Target> {
    let ty = org.facts.user(user).ty;
    let places = org.memberships(user).map(|(place, _)| place);
    let mut places: Vec<NodeId> = places.filter(|&place| org.kind(place).is_place()).collect();
    places.sort_unstable();
    places.dedup();
    places.into_iter().map(|place| Target::user(user, ty, place)).collect()
}
