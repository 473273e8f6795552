//! What is to be reached, and whether it is.

use super::Scene;
use crate::eval::Eval;
use crate::eval::org::{Org, now};
use crate::eval::unchecked::degree;
use crate::eval::{Resource, Target};
use crate::model::RoleId;
use crate::model::permission::PermId;
use crate::model::value::{NodeId, Tri, UserId};
use crate::query::change::places_of;
use crate::query::deed::{Act, Recipients};

/// What is to be reached.
#[derive(Debug, Clone)]
pub enum Goal {
    /// A user holds one of these roles, at this node or anywhere, in whatever way.
    Role {
        /// Who.
        user: UserId,
        /// Which.
        roles: Vec<RoleId>,
        /// Where.
        node: Option<NodeId>,
    },
    /// A user may do something.
    Act {
        /// Who.
        user: UserId,
        /// What.
        act: Act,
        /// The target is a user, wherever he is a member by then.
        roams: bool,
    },
}

impl Goal {
    /// Who is to reach it.
    #[must_use]
    pub const fn user(&self) -> UserId {
        match self {
            Self::Role { user, .. } | Self::Act { user, .. } => *user,
        }
    }

    /// The user who is acted upon.
    pub(super) fn target_user(&self) -> Option<UserId> {
        match self {
            Self::Act { act, .. } => act.targets.iter().find_map(|target| match target.resource {
                Resource::User(user) => Some(user),
                _ => None,
            }),
            Self::Role { .. } => None,
        }
    }

    /// True if the goal speaks of this user.
    pub(super) fn concerns(&self, user: UserId) -> bool {
        let receives = match self {
            Self::Act { act, .. } => matches!(&act.recipients, Recipients::Each(list) if list.contains(&user)),
            Self::Role { .. } => false,
        };
        receives || self.user() == user || self.target_user() == Some(user)
    }

    /// True if whoever it may be will do as recipient.
    pub(super) fn needs_everybody(&self) -> bool {
        matches!(self, Self::Act { act, .. } if act.recipients == Recipients::Some)
    }

    /// True if the goal is reached in an organisation.
    #[must_use]
    pub fn is_reached(&self, scene: &Scene<'_>, org: &Org<'_>) -> bool {
        match self {
            Self::Role { user, roles, node } => roles.iter().any(|&role| holds(scene, org, *user, role, *node)),
            Self::Act { user, act, .. } => {
                let targets = self.targets(org);
                !act.permissions.is_empty()
                    && act.permissions.iter().all(|&permission| {
                        let on = |target: &Target| may(scene, org, *user, permission, *target, act);
                        targets.iter().any(on)
                    })
            }
        }
    }

    /// On what the goal's act is done, as things stand.
    pub(super) fn targets(&self, org: &Org<'_>) -> Vec<Target> {
        match self {
            Self::Role { .. } => Vec::new(),
            Self::Act { act, roams: false, .. } => act.targets.clone(),
            Self::Act { act, .. } => {
                let user = self.target_user();
                user.map_or_else(|| act.targets.clone(), |user| places_of(org, user))
            }
        }
    }
}

/// True if a user runs a role, at this node or anywhere.
fn holds(scene: &Scene<'_>, org: &Org<'_>, user: UserId, role: RoleId, node: Option<NodeId>) -> bool {
    let stated = org.entries(user).iter().any(|entry| {
        entry.role == role
            && node.is_none_or(|node| node == entry.node)
            && org.runs(entry, now(scene.context)) == Tri::True
    });
    let model = scene.table.model();
    if stated || role.ix() >= model.roles.len() || !model.role(role).is_derived() {
        return stated;
    }
    let at = |place: NodeId| {
        let request = scene.request(user, PermId(0), Target::node(place), None, &[]);
        let eval = Eval {
            table: scene.table,
            org,
            request: &request,
        };
        eval.derived(user, role, place) == Tri::True
    };
    let fits = |place: &NodeId| org.ty(*place) == model.role(role).ty && node.is_none_or(|node| node == *place);
    org.facts.node_ids().filter(fits).any(at)
}

fn may(scene: &Scene<'_>, org: &Org<'_>, user: UserId, permission: PermId, target: Target, act: &Act) -> bool {
    let one = |recipient| {
        let request = scene.request(user, permission, target, recipient, &act.given);
        let has = |from| act.has_to_take(scene.table.model(), org, permission, target.start, from);
        recipient.is_none_or(has) && degree(scene.table, org, &request) == Tri::True
    };
    match &act.recipients {
        Recipients::None => one(None),
        Recipients::Each(list) => !list.is_empty() && list.iter().all(|&to| one(Some(to))),
        Recipients::Some => one(None) || org.facts.user_ids().any(|to| one(Some(to))),
    }
}
