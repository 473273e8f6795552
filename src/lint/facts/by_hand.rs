//! Who holds by hand the roles that constraints speak of: a group's holding is that of each of its members.

use std::collections::{HashMap, HashSet};

use super::Check;
use crate::eval::org::Source;
use crate::model::value::{GroupId, NodeId, Tri, UserId};
use crate::model::{ConstraintKind, Model, RoleId};
use crate::source::Span;

/// A role that a user holds by hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// Who.
    pub(super) user: UserId,
    /// Which.
    pub(super) role: RoleId,
    /// Where.
    pub(super) node: NodeId,
    /// To what degree it is running now.
    pub(super) running: Tri,
    /// The group through which it came.
    pub(super) group: Option<GroupId>,
    /// Where it is stated.
    pub(super) span: Span,
}

/// Holdings by role, those of a user together.
pub(super) struct ByHand {
    held: HashMap<RoleId, Vec<Held>>,
}

impl ByHand {
    /// Gathers the holdings of all roles that a constraint names. Linear in the holdings of all users.
    pub(super) fn new(check: &Check<'_>) -> Self {
        let wanted = constrained(check.model);
        let mut held: HashMap<RoleId, Vec<Held>> = HashMap::new();
        if wanted.is_empty() {
            return Self { held };
        }
        for user in check.facts.user_ids() {
            for entry in check.org.entries(user) {
                let (Source::Holding(ix), true) = (entry.source(), wanted.contains(&entry.role)) else {
                    continue;
                };
                held.entry(entry.role).or_default().push(Held {
                    user,
                    role: entry.role,
                    node: entry.node,
                    running: check.org.runs(entry, check.now),
                    group: check.org.group(entry),
                    span: check.facts.holdings[ix as usize].span,
                });
            }
        }
        Self { held }
    }

    /// The holdings of some roles that may be running now.
    pub(super) fn of(&self, roles: &[RoleId]) -> impl Iterator<Item = &Held> {
        let lists = roles.iter().filter_map(|role| self.held.get(role));
        lists.flatten().filter(|held| held.running != Tri::False)
    }
}

/// The roles whose holdings by hand a constraint counts.
pub(super) fn constrained(model: &Model) -> HashSet<RoleId> {
    let lists = model.constraints.iter().flat_map(|constraint| match &constraint.kind {
        ConstraintKind::Each { roles, .. } => vec![roles],
        ConstraintKind::Also { is, also } => vec![is, also],
        ConstraintKind::Roles { left, right, .. } => vec![left, right],
        ConstraintKind::Permissions { .. } => Vec::new(),
    });
    lists.flatten().copied().collect()
}
