//! How far a rule comes to giving what is asked: for telling what stands in the way.

use super::{Perhaps, Stand};
use crate::containment::reach::reaches;
use crate::meaning::rule::receives;
use crate::model::RoleId;
use crate::model::value::{NodeId, UserId};
use crate::query::escalation::Stop;
use crate::query::escalation::most::Seat;
use crate::table::Way;

impl<'m> Perhaps<'m> {
    pub(super) fn stop(&self, way: &Way) -> Stop {
        let (rule, mut trail) = (self.rule(way), Vec::new());
        let Some(user) = self.request.user else {
            return Stop::NotHeld;
        };
        let from = match way.role {
            None if self.publicly_reaches(rule) => vec![Stand::default()],
            None => return Stop::OutOfReach,
            Some(role) => self.stands(user, role),
        };
        if from.is_empty() {
            return Stop::NotHeld;
        }
        let reaches = |node| reaches(self.most.org, rule, node, &self.request.target);
        let mut reached = from.iter().filter(|from| from.here.is_none_or(reaches)).peekable();
        if reached.peek().is_none() {
            return Stop::OutOfReach;
        }
        if !receives(&mut self.may(true, &mut trail), &(), rule) {
            return Stop::Recipient;
        }
        if reached.any(|from| self.conditions(rule, *from, &mut trail)) {
            Stop::Prohibited
        } else {
            Stop::Condition
        }
    }

    /// Where the user may come to hold a role.
    fn stands(&self, user: UserId, role: RoleId) -> Vec<Stand<'m>> {
        if self.table().model().role(role).is_derived() {
            let held = |node: &NodeId| self.derived(user, role, *node, &mut Vec::new());
            let nodes = self.nodes_for(role, true).into_iter().filter(held);
            return nodes.map(Stand::at).collect();
        }
        self.most.people[user.0 as usize]
            .seats_of(role)
            .map(Seat::stand)
            .collect()
    }
}
