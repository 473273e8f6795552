//! What somebody might hand out, whoever receives it: where none of the actors has a rule that could reach so far, it need
//! not be asked for each recipient.

use std::collections::HashSet;

use super::map::Asked;
use super::{Most, group_id};
use crate::model::permission::PermId;
use crate::model::value::{GroupId, NodeId, UserId};
use crate::model::{Effect, RoleId};
use crate::table::is_far;

/// By their places in [`super::Map`] and among [`super::Singles`].
#[derive(Debug, Default, Clone)]
pub(in crate::query::escalation) struct Hope {
    pub(in crate::query::escalation) roles: Vec<usize>,
    pub(in crate::query::escalation) places: Vec<usize>,
    pub(in crate::query::escalation) singles: Vec<(usize, NodeId)>,
    /// Groups into which somebody might be put, with what of each role and grant that they have might be given.
    pub(super) groups: Vec<(GroupId, Vec<Asked>)>,
    /// The roles, where they might be given.
    pub(in crate::query::escalation) given: HashSet<(RoleId, NodeId)>,
}

impl Most<'_> {
    /// As far as things have come.
    pub(super) fn hopes(&self) -> Hope {
        let opens = |(asked, node): &Asked| self.opens(asked, *node);
        let mut hope = Hope::default();
        for (ix, (role, asked)) in self.map.roles.iter().enumerate() {
            if opens(asked) {
                hope.roles.push(ix);
                hope.given.insert((*role, asked.1));
            }
        }
        hope.places = (0..self.map.places.len())
            .filter(|&ix| opens(&self.map.places[ix]))
            .collect();
        for (ix, single) in self.singles.all.iter().enumerate() {
            let nodes = self.scene.facts.node_ids().filter(|&node| self.singles.fits(ix, node));
            let open = nodes.filter(|&node| self.opens(&single.asked, node));
            hope.singles.extend(open.map(|node| (ix, node)));
        }
        for ix in 1..self.scene.facts.groups.len() {
            let mut asked = self.asked_by(group_id(ix));
            asked.retain(|asked| opens(asked));
            hope.groups.extend((!asked.is_empty()).then(|| (group_id(ix), asked)));
        }
        hope
    }

    fn opens(&self, asked: &[PermId], node: NodeId) -> bool {
        let mut actors = self.scene.actors.iter();
        !asked.is_empty() && actors.any(|&actor| asked.iter().all(|&id| self.has_rule(actor, id, node)))
    }

    /// The actor may come to hold a role with a rule for a permission where it could reach a node.
    fn has_rule(&self, actor: UserId, id: PermId, node: NodeId) -> bool {
        self.budget.spend(1);
        let (table, person) = (self.scene.table, &self.people[actor.0 as usize]);
        table.ways(id, Effect::Grant).iter().any(|way| {
            let Some(role) = way.role else { return true };
            table.model().role(role).is_derived()
                || (is_far(table.model().rule(way.rule).reach) && person.seats_of(role).next().is_some())
                || self
                    .org
                    .chain(node)
                    .any(|at| person.seats_at(at).any(|seat| seat.role == role))
        })
    }
}
