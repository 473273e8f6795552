//! What holds from the start, and what follows without anybody doing anything.

use super::{Atom, Most, Origin, Seat, follows, plain};
use crate::eval::org::{Source, now, running};
use crate::facts::{Subject, Thing, Window};
use crate::model::value::{GroupId, NodeId, Tri, UserId, Value};
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

    fn seed_groups(&mut self, time: Value) {
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

    /// What follows without anybody doing anything, until there is no more.
    pub(super) fn settle(&mut self) {
        loop {
            let before = self.atoms.len();
            self.follow();
            self.defaults();
            self.fallbacks();
            if self.atoms.len() == before {
                return;
            }
        }
    }

    /// What follows at once from what is new: groups, and what groups have.
    pub(super) fn follow(&mut self) {
        while let Some(&(atom, _)) = self.atoms.get(self.followed).filter(|_| !self.budget.is_spent()) {
            let ix = self.followed;
            self.followed += 1;
            match atom {
                Atom::Held(user, role, node, _) => {
                    let naming = self.map.naming.get(&(role, node)).cloned();
                    self.enter(user, naming.unwrap_or_default(), ix);
                }
                Atom::In(user, group) => {
                    let outer = self.map.outer[group.0 as usize].clone();
                    self.enter(user, outer, ix);
                    for seat in self.stated[group.0 as usize].clone() {
                        self.share((user, ix), &seat);
                    }
                    for (single, node, atom) in self.group_grants[group.0 as usize].clone() {
                        self.pass_on((user, ix), (single, node, atom));
                    }
                }
                Atom::Stated(group, role, node, number) => {
                    let seats = self.stated[group.0 as usize].iter();
                    let mut new =
                        seats.filter(|seat| (seat.role, seat.node, super::number(seat.entry)) == (role, node, number));
                    if let Some(seat) = new.next().copied() {
                        for member in self.members[group.0 as usize].clone() {
                            self.share(member, &seat);
                        }
                    }
                }
                Atom::GroupGranted(group, single, node) => {
                    for member in self.members[group.0 as usize].clone() {
                        self.pass_on(member, (single, node, ix));
                    }
                }
                Atom::Listed(user, place) => self.waiting.push((user, place)),
                Atom::Member(..) | Atom::Granted(..) | Atom::Free(..) => {}
            }
        }
    }

    fn enter(&mut self, user: UserId, groups: Vec<GroupId>, through: usize) {
        for group in groups {
            self.add(Atom::In(user, group), follows(through));
        }
    }

    /// A member of a group has its role.
    fn share(&mut self, (user, is_in): (UserId, usize), seat: &Seat) {
        let origin = Origin {
            steps: Vec::new(),
            needs: vec![plain(is_in), plain(seat.atom)],
        };
        self.hold(user, (seat.role, seat.node), seat.entry, origin);
    }

    /// A member of a group has its single grant.
    fn pass_on(&mut self, (user, is_in): (UserId, usize), (single, node, atom): (usize, NodeId, usize)) {
        let needs = vec![plain(is_in), plain(atom)];
        let steps = Vec::new();
        self.add(Atom::Granted(user, single, node), Origin { steps, needs });
    }

    /// The default role of a place that lists a user, once all that is given to them there is taken.
    fn defaults(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        for (user, place) in waiting {
            let Some(role) = self.scene.table.model().default_role(self.scene.facts.node(place).ty) else {
                continue;
            };
            let has = self.people[user.0 as usize]
                .seats_at(place)
                .any(|seat| seat.role == role);
            let Some(listed) = self.atom(Atom::Listed(user, place)).filter(|_| !has) else {
                continue;
            };
            let mut origin = follows(listed);
            let given = self.map.by_hand.get(&(user, place)).map_or(&[][..], Vec::as_slice);
            let taken = given.iter().all(|&role| self.takes(user, role, place, &mut origin));
            if taken {
                let entry = self.org.entry((role, place), Window::ALWAYS, Source::Default, false);
                self.hold(user, (role, place), Some(entry), origin);
            } else {
                self.waiting.push((user, place));
            }
        }
    }

    fn takes(&self, user: UserId, role: RoleId, node: NodeId, origin: &mut Origin) -> bool {
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
    fn fallbacks(&mut self) {
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
    fn free_on(&self, start: Value, steps: &[AttrName]) -> Option<usize> {
        let mut at = start;
        steps.iter().find_map(|&step| {
            let free = self.free_at(at, step);
            at = self
                .slot(at, step)
                .map_or(Value::Missing, |(thing, slot)| self.scene.facts.values(thing)[slot]);
            free.map(|(atom, _)| atom)
        })
    }

    /// The attribute that a step reads, with its atom, if it may change.
    pub(in crate::query::escalation) fn free_at(&self, from: Value, step: AttrName) -> Option<(usize, (Thing, usize))> {
        let (thing, slot) = self.slot(from, step)?;
        Some((self.atom(Atom::Free(thing, slot))?, (thing, slot)))
    }

    fn slot(&self, from: Value, step: AttrName) -> Option<(Thing, usize)> {
        let facts = self.scene.facts;
        let thing = match from {
            Value::Node(node) if (node.0 as usize) < facts.nodes.len() => Thing::Node(node),
            Value::User(user) => Thing::User(user),
            _ => return None,
        };
        Some((thing, self.scene.table.model().slot(facts.type_of(thing), step)?))
    }
}
