//! An organisation made ready for decisions.
//!
//! Containment is a [`Forest`]; all that a user holds, by hand, through groups or by default, is one slice sorted by
//! node. Validity windows are met along the way and kept on each entry.

pub(super) mod entry;
mod holding_summary;
mod stated;
mod subsumption;
mod subtree_key;
mod windows;
mod without;

use stated::Stated;
use subsumption::Subsumption;
use windows::{WindowId, Windows};

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::reverse::Reverse;
use crate::containment::forest::Forest;
use crate::facts::lists::Lists;
use crate::facts::{EVERYONE, Facts, Subject, Window};
use crate::model::value::{GroupId, NodeId, Tri, UserId, Value};
use crate::model::{AttrName, Model, NOW, RoleId};
use crate::packed;
use crate::table::Table;

pub use super::delegated_grants::Extra;
pub use entry::{Entry, Source};
pub(super) use holding_summary::HoldingSummary;
pub(super) use subtree_key::SubtreeKey;
pub use without::Without;

/// So many users are gone through at once.
const STRETCH: usize = 1 << 14;

/// What is found out of an organisation before the first decision; a snapshot keeps it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Index {
    forest: Forest,
    held: Held,
}

impl Index {
    fn new(facts: &Facts, table: &Table) -> Self {
        let forest = Forest::new(facts, table);
        let held = Held::of_all(facts, table, &forest);
        Self { forest, held }
    }

    fn is_for(&self, facts: &Facts) -> bool {
        self.forest.len() == facts.nodes.len() && self.held.is_for(facts.users.len())
    }
}

/// What users hold, one after the other.
#[derive(Debug, Serialize, Deserialize)]
struct Held {
    /// By user.
    entries: Lists<Entry>,
    /// By user.
    #[serde(with = "packed")]
    glances: Vec<HoldingSummary>,
    /// By user: the groups that he is in, besides that of all.
    groups: Lists<(GroupId, WindowId)>,
    windows: Windows,
}

impl Held {
    /// All users; many of them on all processors.
    fn of_all(facts: &Facts, table: &Table, forest: &Forest) -> Self {
        let stated = Stated::new(facts, table.model());
        let mut held = Self {
            entries: Lists::none(),
            glances: Vec::with_capacity(facts.users.len()),
            groups: Lists::none(),
            windows: Windows::of(facts),
        };
        let users: Vec<UserId> = facts.user_ids().collect();
        // A few stretches at a time, so that little stands in memory twice.
        for wave in users.chunks(STRETCH * rayon::current_num_threads()) {
            let part = |users: &[UserId]| Self::of(users, &stated, Subsumption::new(table, forest));
            let parts: Vec<Self> = match wave.len() <= STRETCH {
                true => vec![part(wave)],
                false => wave.par_chunks(STRETCH).map(part).collect(),
            };
            parts.into_iter().for_each(|part| held.append(part));
        }
        held.entries.shrink();
        held.groups.shrink();
        held
    }

    fn is_for(&self, users: usize) -> bool {
        self.entries.are(users) && self.groups.are(users) && self.glances.len() == users
    }

    /// After a snapshot was read.
    fn complete(&mut self) {
        let numbered = self.glances.iter_mut().enumerate();
        numbered.for_each(|(user, summary)| summary.complete(self.entries.get(user)));
    }

    fn of(users: &[UserId], stated: &Stated<'_>, mut subsumption: Subsumption<'_>) -> Self {
        let mut walk = stated.walk();
        let (mut entries, mut groups) = (Lists::none(), Lists::none());
        let mut glances = Vec::with_capacity(users.len());
        for &user in users {
            walk.closure(user);
            walk.entries
                .sort_by_key(|entry| (entry.node, entry.role, stated.group_of(entry)));
            entries.push(walk.entries.iter().copied());
            let besides = walk.groups.iter().filter(|(group, _)| *group != EVERYONE);
            glances.push(HoldingSummary::of(
                &walk.entries,
                besides.clone().map(|(group, _)| *group),
                &mut subsumption,
            ));
            groups.push(besides.map(|&(group, window)| (group, walk.windows.id(window))));
        }
        let windows = walk.windows;
        Self {
            entries,
            glances,
            groups,
            windows,
        }
    }

    /// What the next users hold; their windows get the numbers that they have here.
    fn append(&mut self, mut next: Self) {
        let windows = &mut self.windows;
        let mut here = |window: &mut WindowId| *window = windows.id(next.windows.get(*window));
        let entries = next.entries.items_mut().iter_mut();
        entries.for_each(|entry| here(&mut entry.window));
        next.groups.items_mut().iter_mut().for_each(|(_, window)| here(window));
        self.entries.append(next.entries);
        self.glances.append(&mut next.glances);
        self.groups.append(next.groups);
    }
}

/// Facts that somebody else keeps, or that are kept together.
#[derive(Debug, Clone)]
pub enum FactsRef<'a> {
    /// Somebody else keeps them.
    Borrowed(&'a Facts),
    /// They live as long as the organisation.
    Shared(Arc<Facts>),
}

impl Deref for FactsRef<'_> {
    type Target = Facts;

    #[inline]
    fn deref(&self) -> &Facts {
        match self {
            Self::Borrowed(facts) => facts,
            Self::Shared(facts) => facts,
        }
    }
}

/// An organisation with its indices.
#[derive(Debug)]
pub struct Org<'a> {
    /// What it was built from.
    pub facts: FactsRef<'a>,
    /// Ways that custom roles and single grants add.
    pub extra: Extra,
    index: Index,
    reverse: OnceLock<Reverse>,
}

impl Deref for Org<'_> {
    type Target = Forest;

    /// Containment is asked of the organisation itself.
    fn deref(&self) -> &Forest {
        &self.index.forest
    }
}

impl<'a> Org<'a> {
    /// Builds the indices, those of many users on all processors; linear but for sorting.
    #[must_use]
    pub fn new(table: &Table, facts: &'a Facts) -> Self {
        let index = Index::new(facts, table);
        Self::of(table, FactsRef::Borrowed(facts), index)
    }

    /// The same with an index that was made before, for the same facts and policy; `None` if it is not for as many nodes
    /// and users.
    #[must_use]
    pub fn with(table: &Table, facts: &'a Facts, mut index: Index) -> Option<Self> {
        if !index.is_for(facts) {
            return None;
        }
        index.held.complete();
        Some(Self::of(table, FactsRef::Borrowed(facts), index))
    }

    /// The same of facts that it keeps, so that it can be kept anywhere.
    #[must_use]
    pub fn shared(table: &Table, facts: Arc<Facts>) -> Org<'static> {
        let index = Index::new(&facts, table);
        Org::of(table, FactsRef::Shared(facts), index)
    }

    /// The same with an index that was made before, where it is one for these facts.
    #[must_use]
    pub fn shared_with(table: &Table, facts: Arc<Facts>, mut index: Index) -> Org<'static> {
        if !index.is_for(&facts) {
            return Org::shared(table, facts);
        }
        index.held.complete();
        Org::of(table, FactsRef::Shared(facts), index)
    }

    fn of(table: &Table, facts: FactsRef<'a>, index: Index) -> Self {
        let mut org = Self {
            facts,
            extra: Extra::default(),
            index,
            reverse: OnceLock::new(),
        };
        org.extra = Extra::new(table, &org.facts, &org);
        org
    }

    /// What was found out beforehand.
    #[must_use]
    pub const fn index(&self) -> &Index {
        &self.index
    }

    /// All that a user holds, sorted by node.
    #[must_use]
    pub fn entries(&self, user: UserId) -> &[Entry] {
        self.index.held.entries.get(user.0 as usize)
    }

    /// When something is held.
    #[must_use]
    pub fn window(&self, entry: &Entry) -> Window {
        self.index.held.windows.get(entry.window)
    }

    /// Something is held for a time only.
    #[must_use]
    pub fn has_windows(&self) -> bool {
        self.index.held.windows.are_several()
    }

    /// To what degree something is held at a moment.
    #[must_use]
    #[inline]
    pub fn runs(&self, entry: &Entry, now: Value) -> Tri {
        match entry.is_always() {
            true => Tri::True,
            false => running(self.window(entry), now),
        }
    }

    /// Something that is stated, as an entry of somebody who may come to it.
    pub(crate) fn entry(&self, held: (RoleId, NodeId), window: Window, source: Source, through_group: bool) -> Entry {
        let window = self.index.held.windows.stated(window);
        Entry::new(held, window, (source, through_group))
    }

    /// The group through which something came; `None` where it is the user's own.
    #[must_use]
    pub fn group(&self, entry: &Entry) -> Option<GroupId> {
        group_of(&self.facts, entry)
    }

    /// What a user holds at one node.
    #[must_use]
    #[inline]
    pub fn entries_at(&self, user: UserId, node: NodeId) -> &[Entry] {
        match self.holding_summary(user).may_hold_at(node) {
            true => self.search(user, node),
            false => &[],
        }
    }

    /// What a user holds, at a glance.
    #[inline]
    pub(super) fn holding_summary(&self, user: UserId) -> &HoldingSummary {
        const NOTHING: &HoldingSummary = &HoldingSummary::NOTHING;
        self.index.held.glances.get(user.0 as usize).unwrap_or(NOTHING)
    }

    fn search(&self, user: UserId, node: NodeId) -> &[Entry] {
        let all = self.entries(user);
        let start = all.partition_point(|entry| entry.node < node);
        let from = &all[start..];
        let len = from.iter().position(|entry| entry.node != node).unwrap_or(from.len());
        &from[..len]
    }

    /// The organisation read backwards; the first call builds it.
    #[must_use]
    pub fn reverse(&self) -> &Reverse {
        let build = || Reverse::new(&self.index.held.entries, &self.index.forest);
        self.reverse.get_or_init(build)
    }

    /// The places of which a user is a member, with when: those that list him, and those at which a role is stated for
    /// himself.
    pub fn memberships(&self, user: UserId) -> impl Iterator<Item = (NodeId, Window)> {
        let listed = self.facts.user(user).places.iter();
        let stated = self.entries(user).iter().filter(|entry| entry.is_direct());
        let listed = listed.map(|&place| (place, Window::ALWAYS));
        listed.chain(stated.map(|entry| (entry.node, self.window(entry))))
    }

    /// Everyone in a group, for some time at least.
    #[must_use]
    pub fn members(&self, group: GroupId) -> Vec<UserId> {
        let is_in = |&user: &UserId| self.groups(user).any(|(of, _)| of == group);
        self.facts.user_ids().filter(is_in).collect()
    }

    /// The groups that a user is in, with when.
    pub fn groups(&self, user: UserId) -> impl Iterator<Item = (GroupId, Window)> {
        let besides = self.index.held.groups.get(user.0 as usize).iter();
        let besides = besides.map(|&(group, window)| (group, self.index.held.windows.get(window)));
        std::iter::once((EVERYONE, Window::ALWAYS)).chain(besides)
    }

    /// To what degree a user is a member of a place at a moment.
    #[must_use]
    pub fn is_member(&self, user: UserId, place: NodeId, now: Value) -> Tri {
        if self.facts.user(user).places.contains(&place) {
            return Tri::True;
        }
        let stated = self.entries_at(user, place).iter().filter(|entry| entry.is_direct());
        stated.map(|entry| self.runs(entry, now)).max().unwrap_or(Tri::False)
    }

    /// To what degree a user is in a group at a moment.
    #[must_use]
    #[inline]
    pub fn is_in_group(&self, user: UserId, group: GroupId, now: Value) -> Tri {
        if group == EVERYONE {
            return Tri::True;
        }
        let of = self
            .index
            .held
            .groups
            .get(user.0 as usize)
            .iter()
            .filter(|(g, _)| *g == group);
        let degree = |&(_, window): &(GroupId, WindowId)| match window {
            WindowId::ALWAYS => Tri::True,
            window => running(self.index.held.windows.get(window), now),
        };
        of.map(degree).max().unwrap_or(Tri::False)
    }

    /// Whether a user is in a group at any moment; `None` if at some only.
    #[must_use]
    #[inline]
    pub(crate) fn is_always_in(&self, user: UserId, group: GroupId) -> Option<bool> {
        if !self.holding_summary(user).may_be_in(group) {
            return Some(group == EVERYONE);
        }
        let of = self.index.held.groups.get(user.0 as usize).iter();
        match of.into_iter().find(|(of, _)| *of == group) {
            Some((_, WindowId::ALWAYS)) => Some(true),
            Some(_) => None,
            None => Some(group == EVERYONE),
        }
    }

    /// The window as stated, before it is met with those of the groups on the way.
    #[must_use]
    pub fn stated_window(&self, entry: &Entry) -> Window {
        match entry.source() {
            Source::Holding(ix) => self.facts.holdings[ix as usize].window(),
            Source::Grant(ix) => self.facts.grants[ix as usize].window,
            Source::Default => Window::ALWAYS,
        }
    }

    /// The value of a parameter of a holding.
    #[must_use]
    pub fn parameter(&self, model: &Model, entry: &Entry, key: AttrName) -> Value {
        let given = match entry.source() {
            Source::Holding(ix) => self.facts.holdings[ix as usize].parameters(),
            _ => &[],
        };
        let stated = given.iter().find(|(name, _)| *name == key).map(|&(_, value)| value);
        let declared = || {
            model
                .roles
                .get(entry.role.ix())?
                .parameters
                .iter()
                .find(|p| p.key == key)
        };
        stated.unwrap_or_else(|| declared().map_or(Value::Missing, crate::model::Attribute::unset))
    }
}

/// A group's is what is stated for it.
fn group_of(facts: &Facts, entry: &Entry) -> Option<GroupId> {
    let subject = match entry.source() {
        _ if !entry.is_through_group() => return None,
        Source::Holding(ix) => facts.holdings[ix as usize].subject(),
        Source::Grant(ix) => facts.grants[ix as usize].to,
        Source::Default => return None,
    };
    match subject {
        Subject::Group(group) => Some(group),
        Subject::User(_) => None,
    }
}

/// To what degree a window runs at a moment.
#[must_use]
pub fn running(window: Window, now: Value) -> Tri {
    match now {
        _ if window == Window::ALWAYS => Tri::True,
        Value::Time(second) => (window.from <= second && second < window.until).into(),
        _ if window.is_empty() => Tri::False,
        _ => Tri::Unknown,
    }
}

/// The moment that a request's context carries.
#[must_use]
pub fn now(context: &[Value]) -> Value {
    context.get(NOW).copied().unwrap_or(Value::Missing)
}
