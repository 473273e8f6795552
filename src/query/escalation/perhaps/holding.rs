//! Membership and roles: what somebody may come to be.

use super::{Perhaps, Seen, Stand, Trail, all_of, any_of};
use crate::containment::reach::account;
use crate::eval::condition::UNLISTED;
use crate::eval::{Request, Target};
use crate::model::value::{NodeId, Tri, UserId, Value};
use crate::model::{Being, HeldAt, RoleId, TypeKind};
use crate::query::escalation::most::{Atom, plain};

impl Perhaps<'_> {
    /// A member of some place in the target's account.
    pub(super) fn belongs(&self, user: UserId, trail: &mut Trail) -> bool {
        let org = self.most.org;
        let Some(home) = account(org, &self.request.target) else {
            return false;
        };
        let person = &self.most.people[user.0 as usize];
        if person.tracked {
            let found = person.home(home);
            trail.extend(found.map(plain));
            return found.is_some();
        }
        let mut places = org.memberships(user).map(|(place, _)| place);
        places.any(|place| org.kind(place).is_place() && org.account(place) == home && self.is_member(user, place))
    }

    fn is_member(&self, user: UserId, place: NodeId) -> bool {
        self.most.org.is_member(user, place, self.eval().now()) == Tri::True
    }

    /// A member of one of these places.
    pub(super) fn member_of(&self, user: UserId, mut places: impl Iterator<Item = NodeId>, trail: &mut Trail) -> bool {
        if !self.most.tracked_user(user) {
            return places.any(|place| self.is_member(user, place));
        }
        let found = places.find_map(|place| self.most.atom(Atom::Member(user, place)));
        trail.extend(found.map(plain));
        found.is_some()
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

    pub(super) fn is_account_member(&self, user: UserId, trail: &mut Trail) -> bool {
        let org = self.most.org;
        let above = org.chain(self.request.target.start);
        let accounts = above.filter(|&place| org.kind(place) == TypeKind::Account);
        self.member_of(user, accounts, trail)
    }

    pub(super) fn derived(&self, user: UserId, role: RoleId, node: NodeId, trail: &mut Trail) -> bool {
        self.most.budget.spend(1);
        if !self.most.tracked_user(user) {
            return self.eval().derived(user, role, node) == Tri::True;
        }
        all_of(
            &self.table().model().role(role).derived,
            trail,
            |being, trail| match being {
                Being::Relation(name) => self.leads_to(Value::Node(node), *name, &[], user, trail),
                Being::Member => self.member_of(user, std::iter::once(node), trail),
                Being::Holds(roles) => any_of(roles, trail, |&role, trail| self.holds_exactly(user, role, node, trail)),
                Being::Can(permissions) => all_of(permissions, trail, |&id, trail| {
                    let request = Request {
                        user: Some(user),
                        ..self.request
                    };
                    let asked = Perhaps {
                        most: self.most,
                        request,
                    };
                    asked.could(id, node, trail)
                }),
            },
        )
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

    fn holds_somewhere(&self, user: UserId, role: RoleId, trail: &mut Trail) -> bool {
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

    pub(super) fn holds_at(
        &self,
        user: UserId,
        roles: &[RoleId],
        at: &HeldAt,
        from: Stand<'_>,
        trail: &mut Trail,
    ) -> bool {
        let everywhere =
            |trail: &mut Trail| any_of(roles, trail, |&role, trail| self.holds_somewhere(user, role, trail));
        match at {
            HeldAt::Above => self.holds_above(user, roles, trail),
            HeldAt::Anywhere => everywhere(trail),
            HeldAt::At(path) => match self.seen(path, from) {
                Seen::Free { .. } => everywhere(trail),
                Seen::Fixed => match self.eval().path(path, from.scope()) {
                    Value::Node(UNLISTED) => false,
                    Value::Node(node) => {
                        any_of(roles, trail, |&role, trail| self.holds_exactly(user, role, node, trail))
                    }
                    _ => false,
                },
            },
        }
    }
}
