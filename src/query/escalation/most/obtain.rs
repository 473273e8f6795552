//! What the actors can hand out and change, given what they may have so far.

use super::map::Asked;
use super::{Atom, FRESH, Most, Need, Origin, group_id, plain};
use crate::eval::Target;
use crate::facts::{Subject, Thing};
use crate::model::RoleId;
use crate::model::permission::PermId;
use crate::model::value::{GroupId, NodeId, UserId, Value};
use crate::query::change::{Change, handing, places_of};

impl Most<'_> {
    /// Attributes that an actor may change.
    pub(super) fn free(&mut self) {
        for (thing, slot) in self.domains.changeable() {
            if self.atom(Atom::Free(thing, slot)).is_some() {
                continue;
            }
            let ty = self.scene.facts.type_of(thing);
            let Some(id) = self.scene.table.model().changing(ty, slot) else {
                continue;
            };
            for &actor in self.scene.actors {
                self.budget.spend(1);
                if let Some(needs) = self.edits(actor, id, thing) {
                    let change = Change::Set {
                        thing,
                        slot,
                        value: Value::Missing,
                    };
                    let steps = vec![(actor, change)];
                    self.add(Atom::Free(thing, slot), Origin { steps, needs });
                    break;
                }
            }
        }
    }

    pub(super) fn edits(&self, actor: UserId, id: PermId, thing: Thing) -> Option<Vec<Need>> {
        let one = |target| self.may(actor, id, target, None, &[]);
        match thing {
            Thing::Node(node) => one(Target::node(node)),
            Thing::User(user) => self.user_targets(user).into_iter().find_map(one),
        }
    }

    /// A user as a target in each place that he may come to be a member of.
    pub(in crate::query::escalation) fn user_targets(&self, user: UserId) -> Vec<Target> {
        let person = &self.people[user.0 as usize];
        if !person.tracked {
            return places_of(self.org, user);
        }
        let ty = self.scene.facts.user(user).ty;
        let places = person
            .places
            .iter()
            .filter(|(place, _)| self.org.kind(*place).is_place());
        places.map(|&(place, _)| Target::user(user, ty, place)).collect()
    }

    /// All of these permissions at a node, for a recipient.
    pub(in crate::query::escalation) fn all(
        &self,
        actor: UserId,
        asked: &[PermId],
        node: NodeId,
        to: UserId,
    ) -> Option<Vec<Need>> {
        if asked.is_empty() {
            return None;
        }
        let mut needs = Vec::new();
        for &id in asked {
            needs.extend(self.may(actor, id, Target::node(node), Some(to), &[])?);
        }
        Some(needs)
    }

    /// The first actor who may do all of this, and on what that rests.
    pub(super) fn somebody(&self, asked: &[PermId], node: NodeId, to: UserId) -> Option<(UserId, Vec<Need>)> {
        if asked.is_empty() || self.budget.is_spent() {
            return None;
        }
        self.scene.actors.iter().find_map(|&actor| {
            self.budget.spend(1);
            self.all(actor, asked, node, to).map(|needs| (actor, needs))
        })
    }

    /// What giving a role at a node asks; nothing where it cannot be held by hand.
    pub(in crate::query::escalation) fn asked(&self, role: RoleId, node: NodeId) -> Vec<PermId> {
        handing(self.scene.table.model(), self.org, role, node, true).unwrap_or_default()
    }

    pub(super) fn roles(&mut self, user: UserId) {
        for ix in 0..self.map.roles.len() {
            let (role, (asked, node)) = &self.map.roles[ix];
            let (role, node) = (*role, *node);
            if self.atom(Atom::Held(user, role, node, FRESH)).is_some() || self.has_plainly(user, role, node) {
                continue;
            }
            let Some((actor, needs)) = self.somebody(asked, node, user) else {
                continue;
            };
            let steps = vec![(actor, Self::give(role, node, Subject::User(user)))];
            let origin = Origin { steps, needs };
            self.hold(user, (role, node), None, origin.clone());
            self.add(Atom::Member(user, node), origin);
        }
    }

    /// The user has the role and is a member; given again it would bring nothing.
    pub(super) fn has_plainly(&self, user: UserId, role: RoleId, node: NodeId) -> bool {
        let parameters = self
            .scene
            .table
            .model()
            .roles
            .get(role.ix())
            .is_some_and(|role| !role.parameters.is_empty());
        let mut seats = self.people[user.0 as usize].seats_at(node);
        let held = seats.any(|seat| seat.role == role && seat.entry.is_none_or(|entry| entry.is_always()));
        held && !parameters && self.atom(Atom::Member(user, node)).is_some()
    }

    const fn give(role: RoleId, node: NodeId, to: Subject) -> Change {
        Change::Give {
            role,
            node,
            to,
            parameters: Vec::new(),
        }
    }

    pub(super) fn membership(&mut self, user: UserId) {
        for ix in 0..self.map.places.len() {
            let (asked, place) = &self.map.places[ix];
            let place = *place;
            if self.atom(Atom::Listed(user, place)).is_some() {
                continue;
            }
            if let Some((actor, needs)) = self.somebody(asked, place, user) {
                let steps = vec![(actor, Change::Add { place, user })];
                let origin = Origin { steps, needs };
                self.add(Atom::Listed(user, place), origin.clone());
                self.add(Atom::Member(user, place), origin);
            }
        }
    }

    pub(super) fn grants(&mut self, user: UserId) {
        for ix in 0..self.singles.all.len() {
            for node in self.scene.facts.node_ids() {
                if !self.singles.fits(ix, node) || self.atom(Atom::Granted(user, ix, node)).is_some() {
                    continue;
                }
                if let Some((actor, needs)) = self.somebody(&self.singles.all[ix].asked, node, user) {
                    let change = self.granting(ix, node, Subject::User(user));
                    let steps = vec![(actor, change)];
                    self.add(Atom::Granted(user, ix, node), Origin { steps, needs });
                }
            }
        }
    }

    fn granting(&self, ix: usize, node: NodeId, to: Subject) -> Change {
        let handout = self.singles.all[ix].handout.clone();
        Change::Grant { handout, node, to }
    }

    /// Groups that somebody may put the user into: who may give him something of what the group has.
    pub(super) fn groups(&mut self, user: UserId) {
        for ix in 1..self.scene.facts.groups.len() {
            let group = group_id(ix);
            if self.atom(Atom::In(user, group)).is_some() {
                continue;
            }
            if let Some((actor, needs)) = self.joins(user, group) {
                let steps = vec![(actor, Change::Join { group, user })];
                self.add(Atom::In(user, group), Origin { steps, needs });
            }
        }
    }

    pub(in crate::query::escalation) fn joins(&self, user: UserId, group: GroupId) -> Option<(UserId, Vec<Need>)> {
        let asked = self.asked_by(group);
        let mut best: Option<(usize, UserId, Vec<Need>)> = None;
        for &actor in self.scene.actors {
            self.budget.spend(1);
            let met = asked
                .iter()
                .filter_map(|(asked, node)| self.all(actor, asked, *node, user));
            let met: Vec<Vec<Need>> = met.collect();
            if met.len() > best.as_ref().map_or(0, |(count, ..)| *count) {
                best = Some((met.len(), actor, met.into_iter().flatten().collect()));
            }
        }
        best.map(|(_, actor, needs)| (actor, needs))
    }

    /// What each role and grant of a group, and of those that it is in, asks of who gives it.
    fn asked_by(&self, group: GroupId) -> Vec<Asked> {
        let mut asked = Vec::new();
        for outer in self.map.outward(self.scene.facts, group) {
            let ix = outer.0 as usize;
            asked.extend(self.map.asked[ix].iter().cloned());
            let fresh = self.stated[ix].iter().filter(|seat| seat.entry.is_none());
            asked.extend(fresh.map(|seat| (self.asked(seat.role, seat.node), seat.node)));
            let single = |&(single, node, _): &(usize, NodeId, usize)| (self.singles.all[single].asked.clone(), node);
            asked.extend(self.group_grants[ix].iter().map(single));
        }
        asked.retain(|(asked, _)| !asked.is_empty());
        asked
    }

    /// What is given to a group whose members change by themselves reaches people to whom it could not be given.
    pub(super) fn open_groups(&mut self) {
        for ix in 1..self.scene.facts.groups.len() {
            let group = group_id(ix);
            if self.map.is_open(group) {
                for member in self.members(group).collect::<Vec<_>>() {
                    self.give_group(group, member);
                }
            }
        }
    }

    fn give_group(&mut self, group: GroupId, member: UserId) {
        let is_in = self.atom(Atom::In(member, group)).map(plain);
        for ix in 0..self.map.roles.len() {
            let (role, (asked, node)) = &self.map.roles[ix];
            let (role, node) = (*role, *node);
            if self.atom(Atom::Stated(group, role, node, FRESH)).is_some() {
                continue;
            }
            if let Some((actor, mut needs)) = self.somebody(asked, node, member) {
                needs.extend(is_in);
                let steps = vec![(actor, Self::give(role, node, Subject::Group(group)))];
                self.state(group, (role, node), None, Origin { steps, needs });
            }
        }
        for ix in 0..self.singles.all.len() {
            for node in self.scene.facts.node_ids() {
                if !self.singles.fits(ix, node) || self.atom(Atom::GroupGranted(group, ix, node)).is_some() {
                    continue;
                }
                if let Some((actor, mut needs)) = self.somebody(&self.singles.all[ix].asked, node, member) {
                    needs.extend(is_in);
                    let change = self.granting(ix, node, Subject::Group(group));
                    let steps = vec![(actor, change)];
                    self.add(Atom::GroupGranted(group, ix, node), Origin { steps, needs });
                }
            }
        }
    }
}
