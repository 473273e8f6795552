//! What holds from the start, and what follows without anybody doing anything.

use super::{Atom, Most, Origin, follows, group_id, plain};
use crate::eval::org::{Source, now, running};
use crate::facts::{Member, Subject, Thing, Window};
use crate::model::value::{NodeId, Tri, UserId, Value};
use crate::model::{AttrName, Default, RoleId};
use crate::query::change::{Change, handing};

impl Most<'_> {
    pub(super) fn seed(&mut self) {
        let time = now(self.scene.context);
        for user in self.tracked() {
            let entries = self
                .org
                .entries(user)
                .iter()
                .filter(|entry| self.org.runs(entry, time) == Tri::True);
            for entry in entries.copied().collect::<Vec<_>>() {
                self.hold(user, (entry.role, entry.node), Some(entry), Origin::default());
            }
            for (place, window) in self.org.memberships(user) {
                if running(window, time) == Tri::True {
                    self.add(Atom::Member(user, place), Origin::default());
                }
            }
            for &place in &self.scene.facts.user(user).places {
                self.add(Atom::Listed(user, place), Origin::default());
            }
            for (group, window) in self.org.groups(user) {
                if running(window, time) == Tri::True {
                    self.add(Atom::In(user, group), Origin::default());
                }
            }
        }
        self.seed_groups(time);
    }

    pub(super) fn seed_groups(&mut self, time: Value) {
        let facts = self.scene.facts;
        let beyond = self.scene.table.model().roles.len() + facts.custom.len();
        let held = facts.holdings.iter().enumerate().map(|(ix, held)| {
            let source = Source::Holding(u32::try_from(ix).unwrap_or(u32::MAX));
            (held.subject(), held.role, held.node, held.window(), source)
        });
        let granted = facts.grants.iter().enumerate().map(|(ix, grant)| {
            let role = RoleId(u32::try_from(beyond + ix).unwrap_or(u32::MAX));
            let source = Source::Grant(u32::try_from(ix).unwrap_or(u32::MAX));
            (grant.to, role, grant.at, grant.window, source)
        });
        for (subject, role, node, window, source) in held.chain(granted) {
            let Subject::Group(group) = subject else { continue };
            if running(window, time) == Tri::True {
                let entry = self.org.entry((role, node), window, source, true);
                self.state(group, (role, node), Some(entry), Origin::default());
            }
        }
    }

    /// What follows without anybody doing anything: groups, what groups have, defaults.
    pub(super) fn follow(&mut self) {
        loop {
            let before = self.atoms.len();
            for user in self.tracked() {
                self.enter_groups(user);
                self.share_groups(user);
                self.defaults(user);
            }
            self.fallbacks();
            if self.atoms.len() == before {
                return;
            }
        }
    }

    pub(super) fn enter_groups(&mut self, user: UserId) {
        let facts = self.scene.facts;
        for (ix, group) in facts.groups.iter().enumerate() {
            for member in &group.members {
                let person = &self.people[user.0 as usize];
                let through = match *member {
                    Member::Holders(role, node) => {
                        let seat = person.seats.iter().find(|seat| (seat.role, seat.node) == (role, node));
                        seat.map(|seat| seat.atom)
                    }
                    Member::Group(inner) => self.atom(Atom::In(user, inner)),
                    Member::User(_) => None,
                };
                if let Some(atom) = through {
                    self.add(Atom::In(user, group_id(ix)), follows(atom));
                }
            }
        }
    }

    pub(super) fn share_groups(&mut self, user: UserId) {
        for (group, is_in) in self.people[user.0 as usize].groups.clone() {
            for seat in self.stated[group.0 as usize].clone() {
                let origin = Origin {
                    steps: Vec::new(),
                    needs: vec![plain(is_in), plain(seat.atom)],
                };
                self.hold(user, (seat.role, seat.node), seat.entry, origin);
            }
            for (id, node, atom) in self.group_grants[group.0 as usize].clone() {
                let needs = vec![plain(is_in), plain(atom)];
                let origin = Origin {
                    steps: Vec::new(),
                    needs,
                };
                self.add(Atom::Granted(user, id, node), origin);
            }
        }
    }

    /// The default role of a place that lists a user, once all that is given to him there is taken.
    pub(super) fn defaults(&mut self, user: UserId) {
        let (facts, model) = (self.scene.facts, self.scene.table.model());
        for place in facts.node_ids() {
            let Some(listed) = self.atom(Atom::Listed(user, place)) else {
                continue;
            };
            let Some(role) = model.default_role(facts.node(place).ty) else {
                continue;
            };
            if self.people[user.0 as usize]
                .seats
                .iter()
                .any(|seat| (seat.role, seat.node) == (role, place))
            {
                continue;
            }
            let mut origin = follows(listed);
            let mut given: Vec<RoleId> = facts
                .holdings
                .iter()
                .filter(|held| held.subject() == Subject::User(user) && held.node == place)
                .map(|held| held.role)
                .collect();
            given.sort_unstable();
            given.dedup();
            let taken = given.iter().all(|&role| self.takes(user, role, place, &mut origin));
            if taken {
                let entry = self.org.entry((role, place), Window::ALWAYS, Source::Default, false);
                self.hold(user, (role, place), Some(entry), origin);
            }
        }
    }

    pub(super) fn takes(&self, user: UserId, role: RoleId, node: NodeId, origin: &mut Origin) -> bool {
        let asked = handing(self.scene.table.model(), self.org, role, node, false).unwrap_or_default();
        let actors = self.scene.actors.iter();
        for &actor in actors {
            if let Some(needs) = self.all(actor, &asked, node, user) {
                let from = Subject::User(user);
                origin.steps.push((actor, Change::Take { role, node, from }));
                origin.needs.extend(needs);
                return true;
            }
        }
        false
    }

    /// Attributes that fall back on one that may change.
    pub(super) fn fallbacks(&mut self) {
        let (facts, model) = (self.scene.facts, self.scene.table.model());
        for &(thing, slot) in &facts.fallbacks {
            let attribute = &model.ty(facts.type_of(thing)).attributes[slot];
            let Default::Path(near, steps) = &attribute.default else {
                continue;
            };
            if !self.slice.has_attribute(attribute.key) {
                continue;
            }
            match thing {
                Thing::Node(node) => {
                    let start = self.org.container(node).and_then(|outer| self.org.near(outer, *near));
                    if let Some(atom) = start.and_then(|start| self.free_on(Value::Node(start), steps)) {
                        self.add(Atom::Free(thing, slot), follows(atom));
                    }
                }
                // A user's depends on where he is a member, which may change.
                Thing::User(_) => {
                    self.add(Atom::Free(thing, slot), Origin::default());
                }
            }
        }
    }

    /// The first attribute on a path that may change.
    pub(in crate::query::escalation) fn free_on(&self, start: Value, steps: &[AttrName]) -> Option<usize> {
        let mut at = start;
        for &step in steps {
            let thing = match at {
                Value::Node(node) if (node.0 as usize) < self.scene.facts.nodes.len() => Thing::Node(node),
                Value::User(user) => Thing::User(user),
                _ => return None,
            };
            let slot = self.scene.table.model().slot(self.scene.facts.type_of(thing), step)?;
            if let Some(atom) = self.atom(Atom::Free(thing, slot)) {
                return Some(atom);
            }
            at = self.scene.facts.values(thing)[slot];
        }
        None
    }

    /// The attribute that an atom frees, if it is the last on a path.
    pub(in crate::query::escalation) fn is_last(
        &self,
        start: Value,
        steps: &[AttrName],
        atom: usize,
    ) -> Option<(Thing, usize)> {
        let Atom::Free(thing, slot) = self.atoms[atom].0 else {
            return None;
        };
        let (last, before) = steps.split_last()?;
        let key = self.scene.table.model().ty(self.scene.facts.type_of(thing)).attributes[slot].key;
        (key == *last && self.free_on(start, before).is_none()).then_some((thing, slot))
    }
}
