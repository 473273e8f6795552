//! Membership and roles: what somebody may come to be.

use super::{Perhaps, Trail, any_of};
use crate::containment::reach::account;
use crate::eval::org::running;
use crate::eval::{Request, Target};
use crate::meaning::rule;
use crate::model::RoleId;
use crate::model::value::{GroupId, NodeId, Tri, UserId};
use crate::query::escalation::most::{Atom, plain};

impl Perhaps<'_> {
    /// A member of a place that fits.
    pub(super) fn member_of(&self, user: UserId, fits: impl Fn(NodeId) -> bool, trail: &mut Trail) -> bool {
        if !self.most.tracked_user(user) {
            let (org, now) = (self.most.org, self.eval().now());
            let mut places = org.memberships(user);
            return places.any(|(place, window)| fits(place) && running(window, now) == Tri::True);
        }
        let mut places = self.most.people[user.0 as usize].places.iter();
        let found = places.find(|(place, _)| fits(*place));
        trail.extend(found.map(|&(_, atom)| plain(atom)));
        found.is_some()
    }

    /// In a group.
    pub(super) fn is_in_group(&self, user: UserId, group: GroupId, trail: &mut Trail) -> bool {
        if !self.most.tracked_user(user) {
            return self.most.org.is_in_group(user, group, self.eval().now()) == Tri::True;
        }
        let atom = self.most.atom(Atom::In(user, group));
        trail.extend(atom.map(plain));
        atom.is_some()
    }

    /// What data handed out works with whoever holds one of these roles; one that would forbid it may be given up.
    pub(super) fn is_entitled(&self, user: UserId, node: NodeId, to: &[RoleId], trail: &mut Trail) -> bool {
        let request = Request {
            target: Target::node(node),
            ..self.request
        };
        let there = Perhaps {
            most: self.most,
            request,
        };
        there.holds_above(user, to, trail)
    }

    pub(super) fn derived(&self, user: UserId, role: RoleId, node: NodeId, trail: &mut Trail) -> bool {
        self.most.budget.spend(1);
        if !self.most.tracked_user(user) {
            return self.eval().derived(user, role, node) == Tri::True;
        }
        let terms = &self.table().model().role(role).derived;
        rule::derived(&mut self.may(true, trail), user, terms, node)
    }

    pub(super) fn holds_exactly(&self, user: UserId, role: RoleId, node: NodeId, trail: &mut Trail) -> bool {
        let it = self.table().model().role(role);
        if it.ty != self.most.org.ty(node) {
            return false;
        }
        if it.is_derived() {
            return self.derived(user, role, node, trail);
        }
        let person = &self.most.people[user.0 as usize];
        if !person.tracked {
            return self.eval().holds_exactly(user, role, node) == Tri::True;
        }
        let seat = person.seats_at(node).find(|seat| seat.role == role);
        trail.extend(seat.map(|seat| plain(seat.atom)));
        seat.is_some()
    }

    pub(super) fn holds_above(&self, user: UserId, roles: &[RoleId], trail: &mut Trail) -> bool {
        let org = self.most.org;
        let Some(home) = account(org, &self.request.target) else {
            return false;
        };
        let chain = org
            .chain(self.request.target.start)
            .filter(|&node| org.account(node) == home);
        any_of(chain, trail, |node, trail| {
            any_of(roles, trail, |&role, trail| self.holds_exactly(user, role, node, trail))
        })
    }

    pub(super) fn holds_somewhere(&self, user: UserId, role: RoleId, trail: &mut Trail) -> bool {
        let it = self.table().model().role(role);
        if self.most.tracked_user(user) && !it.is_derived() {
            let seat = self.most.people[user.0 as usize].seats_of(role).next();
            trail.extend(seat.map(|seat| plain(seat.atom)));
            return seat.is_some();
        }
        any_of(self.most.org.facts.node_ids(), trail, |node, trail| {
            self.holds_exactly(user, role, node, trail)
        })
    }
}
