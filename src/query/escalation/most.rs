//! What the actors could obtain at most: a least fixpoint in which everything only grows.
//!
//! An [`Atom`] is something that somebody may come to have. Prohibitions count only where nothing could lift them, what
//! is obtained is never lost, and a test on what may change is passed (`perhaps`). So each state that the actors can
//! really make lies within the fixpoint. Each atom remembers the step that brings it and the atoms that the step needs:
//! from these [`Most::steps`] reads off a plan.

mod follow;
mod hope;
mod map;
mod obtain;
mod single;

use std::collections::HashMap;

use super::slice::Slice;
use super::values::Domains;
use super::{Budget, Change, Goal, Scene};
use crate::eval::org::{Entry, Org, Source};
use crate::facts::Thing;
use crate::model::RoleId;
use crate::model::value::{GroupId, NodeId, UserId, Value};

use hope::Hope;
pub(super) use map::Map;
pub(super) use single::Singles;

/// Something that may come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Atom {
    /// A user has a role; the number tells holdings of the facts from each other and from new ones.
    Held(UserId, RoleId, NodeId, u64),
    /// A group has a role.
    Stated(GroupId, RoleId, NodeId, u64),
    /// A place lists a user.
    Listed(UserId, NodeId),
    /// A user is a member of a place.
    Member(UserId, NodeId),
    /// A user is in a group.
    In(UserId, GroupId),
    /// A user has a single grant, by its place among those worth trying.
    Granted(UserId, usize, NodeId),
    /// A group has one.
    GroupGranted(GroupId, usize, NodeId),
    /// An attribute may have any value.
    Free(Thing, usize),
}

/// The number of holdings that are given on the way.
pub(super) const FRESH: u64 = u64::MAX;

/// An atom that something rests on, and the value that an attribute must have for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Need {
    pub(super) atom: usize,
    pub(super) value: Option<Value>,
}

/// How an atom comes about.
#[derive(Debug, Clone, Default)]
struct Origin {
    steps: Vec<(UserId, Change)>,
    needs: Vec<Need>,
}

/// A role that a user may come to hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat {
    pub(super) role: RoleId,
    pub(super) node: NodeId,
    /// The holding in the facts; `None` for one that is new.
    pub(super) entry: Option<Entry>,
    pub(super) atom: usize,
}

/// What one user may come to have, in lists for quick looking.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub(super) tracked: bool,
    pub(super) seats: Vec<Seat>,
    /// Seats by node, and by role.
    at: HashMap<NodeId, Vec<usize>>,
    of: HashMap<RoleId, Vec<usize>>,
    pub(super) places: Vec<(NodeId, usize)>,
    /// Single grants by node.
    grants: HashMap<NodeId, Vec<(usize, usize)>>,
}

impl Person {
    /// What the user may come to hold at a node.
    pub(super) fn seats_at(&self, node: NodeId) -> impl Iterator<Item = &Seat> {
        self.at.get(&node).into_iter().flatten().map(|&ix| &self.seats[ix])
    }

    /// Where the user may come to hold a role.
    pub(super) fn seats_of(&self, role: RoleId) -> impl Iterator<Item = &Seat> {
        self.of.get(&role).into_iter().flatten().map(|&ix| &self.seats[ix])
    }

    /// The single grants that the user may come to have at a node, with their atoms.
    pub(super) fn grants_at(&self, node: NodeId) -> &[(usize, usize)] {
        self.grants.get(&node).map_or(&[], Vec::as_slice)
    }

    fn sit(&mut self, seat: Seat) {
        self.at.entry(seat.node).or_default().push(self.seats.len());
        self.of.entry(seat.role).or_default().push(self.seats.len());
        self.seats.push(seat);
    }
}

/// The fixpoint.
pub(super) struct Most<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) org: &'a Org<'a>,
    pub(super) slice: &'a Slice,
    pub(super) domains: &'a Domains,
    pub(super) budget: &'a Budget,
    pub(super) people: Vec<Person>,
    /// Single grants worth trying.
    pub(super) singles: Singles,
    pub(super) map: Map,
    pub(super) hope: Hope,
    atoms: Vec<(Atom, Origin)>,
    index: HashMap<Atom, usize>,
    /// What groups have, and who may come to be in them, with the atom.
    stated: Vec<Vec<Seat>>,
    group_grants: Vec<Vec<(usize, NodeId, usize)>>,
    members: Vec<Vec<(UserId, usize)>>,
    /// Atoms from which it was looked what follows.
    followed: usize,
    /// Who may get the default role of a place that lists them, once other roles there are taken.
    waiting: Vec<(UserId, NodeId)>,
    /// Atoms that hold from the start.
    first: usize,
}

impl<'a> Most<'a> {
    pub(super) fn new(
        scene: &'a Scene<'a>,
        org: &'a Org<'a>,
        goal: &Goal,
        (slice, domains): (&'a Slice, &'a Domains),
        budget: &'a Budget,
    ) -> Self {
        let groups = scene.facts.groups.len();
        let mut most = Self {
            scene,
            org,
            slice,
            domains,
            budget,
            people: vec![Person::default(); scene.facts.users.len()],
            singles: Singles::of(scene, org, slice),
            map: Map::of(scene, org, slice),
            hope: Hope::default(),
            atoms: Vec::new(),
            index: HashMap::new(),
            stated: vec![Vec::new(); groups],
            group_grants: vec![Vec::new(); groups],
            members: vec![Vec::new(); groups],
            followed: 0,
            waiting: Vec::new(),
            first: 0,
        };
        most.track(goal);
        most.seed();
        most.first = most.atoms.len();
        most
    }

    /// Others than the actors matter only where conditions, or groups of holders, look at them.
    fn track(&mut self, goal: &Goal) {
        let everybody = self.slice.others || self.map.some_open() || goal.needs_everybody();
        for (ix, person) in self.people.iter_mut().enumerate() {
            let user = UserId(u32::try_from(ix).unwrap_or(u32::MAX));
            person.tracked = everybody || self.scene.actors.contains(&user) || goal.concerns(user);
        }
    }

    pub(super) fn tracked(&self) -> Vec<UserId> {
        let all = self.scene.facts.user_ids();
        all.filter(|user| self.people[user.0 as usize].tracked).collect()
    }

    /// Adds an atom; true if it is new.
    fn add(&mut self, atom: Atom, origin: Origin) -> bool {
        if self.index.contains_key(&atom) {
            return false;
        }
        self.budget.spend(1);
        let ix = self.atoms.len();
        self.index.insert(atom, ix);
        self.atoms.push((atom, origin));
        match atom {
            Atom::Member(user, place) => self.people[user.0 as usize].places.push((place, ix)),
            Atom::In(user, group) => self.members[group.0 as usize].push((user, ix)),
            Atom::Granted(user, single, node) => {
                let grants = &mut self.people[user.0 as usize].grants;
                grants.entry(node).or_default().push((single, ix));
            }
            Atom::GroupGranted(group, id, node) => self.group_grants[group.0 as usize].push((id, node, ix)),
            Atom::Held(..) | Atom::Stated(..) | Atom::Listed(..) | Atom::Free(..) => {}
        }
        true
    }

    fn hold(&mut self, user: UserId, (role, node): (RoleId, NodeId), entry: Option<Entry>, origin: Origin) -> bool {
        let atom = self.atoms.len();
        let new = self.add(Atom::Held(user, role, node, number(entry)), origin);
        if new {
            let seat = Seat {
                role,
                node,
                entry,
                atom,
            };
            self.people[user.0 as usize].sit(seat);
        }
        new
    }

    fn state(&mut self, group: GroupId, (role, node): (RoleId, NodeId), entry: Option<Entry>, origin: Origin) -> bool {
        let atom = self.atoms.len();
        let new = self.add(Atom::Stated(group, role, node, number(entry)), origin);
        if new {
            let seat = Seat {
                role,
                node,
                entry,
                atom,
            };
            self.stated[group.0 as usize].push(seat);
        }
        new
    }

    pub(super) fn atom(&self, atom: Atom) -> Option<usize> {
        self.index.get(&atom).copied()
    }

    /// What came about on the way, in order.
    pub(super) fn obtained(&self) -> impl Iterator<Item = Atom> {
        self.atoms[self.first..].iter().map(|(atom, _)| *atom)
    }

    /// Who may come to be in a group.
    pub(super) fn members(&self, group: GroupId) -> impl Iterator<Item = UserId> {
        self.members[group.0 as usize].iter().map(|&(user, _)| user)
    }

    /// Runs until nothing is added; false if the budget ended first.
    pub(super) fn run(&mut self) -> bool {
        loop {
            let before = self.atoms.len();
            self.settle();
            self.free();
            self.hope = self.hopes();
            for user in self.tracked() {
                if self.budget.is_spent() {
                    return false;
                }
                self.roles(user);
                self.membership(user);
                self.grants(user);
                self.groups(user);
                self.follow();
            }
            self.open_groups();
            if self.budget.is_spent() {
                return false;
            }
            if self.atoms.len() == before {
                return true;
            }
        }
    }

    /// The steps behind these needs, in the order in which they came about.
    pub(super) fn steps(&self, needs: &[Need]) -> Vec<(UserId, Change)> {
        let mut wanted: HashMap<usize, Option<Value>> = HashMap::new();
        let mut open: Vec<Need> = needs.to_vec();
        while let Some(need) = open.pop() {
            let known = wanted.get(&need.atom).copied();
            if known.is_some_and(|value| value.is_some() || need.value.is_none()) {
                continue;
            }
            wanted.insert(need.atom, need.value);
            let origin = &self.atoms[need.atom].1;
            // What falls back on another attribute passes on the value that it should have.
            let passed = need.value.filter(|_| origin.steps.is_empty());
            open.extend(origin.needs.iter().map(|inner| Need {
                atom: inner.atom,
                value: inner.value.or(passed),
            }));
        }
        let mut order: Vec<(usize, Option<Value>)> = wanted.into_iter().collect();
        order.sort_unstable_by_key(|(atom, _)| *atom);
        let mut steps: Vec<(UserId, Change)> = Vec::new();
        for (atom, value) in order {
            for (actor, change) in &self.atoms[atom].1.steps {
                let step = (*actor, self.with_value(change, value));
                if !steps.contains(&step) {
                    steps.push(step);
                }
            }
        }
        steps
    }

    fn with_value(&self, change: &Change, wanted: Option<Value>) -> Change {
        let Change::Set { thing, slot, .. } = *change else {
            return change.clone();
        };
        let current = self.scene.facts.values(thing)[slot];
        let other = || {
            let values = self
                .domains
                .attribute(thing, slot)
                .map_or(&[][..], |domain| &domain.values);
            values.iter().copied().find(|value| *value != current)
        };
        let value = wanted.or_else(other).unwrap_or(current);
        Change::Set { thing, slot, value }
    }
}

pub(super) fn group_id(ix: usize) -> GroupId {
    GroupId(u32::try_from(ix).unwrap_or(u32::MAX))
}

pub(super) const fn plain(atom: usize) -> Need {
    Need { atom, value: None }
}

fn follows(atom: usize) -> Origin {
    Origin {
        steps: Vec::new(),
        needs: vec![plain(atom)],
    }
}

fn number(entry: Option<Entry>) -> u64 {
    match entry.map(|entry| entry.source()) {
        Some(Source::Holding(ix)) => u64::from(ix) * 2,
        Some(Source::Grant(ix)) => u64::from(ix) * 2 + 1,
        Some(Source::Default) => FRESH - 1,
        None => FRESH,
    }
}
