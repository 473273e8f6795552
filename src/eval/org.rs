//! An organisation made ready for decisions.
//!
//! Containment is a [`Forest`]; all that a user holds, by hand, through groups or by default, is one slice sorted by
//! node. Validity windows are met along the way and kept on each entry.

mod stated;
mod windows;

use stated::Stated;
use windows::{WindowId, Windows};

use std::ops::Deref;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::forest::Forest;
use super::reverse::Reverse;
use crate::facts::lists::Lists;
use crate::facts::{EVERYONE, Facts, Window};
use crate::model::value::{GroupId, NodeId, Tri, UserId, Value};
use crate::model::{AttrName, Model, NOW, RoleId};
use crate::table::Table;

pub use super::org_extra::Extra;

/// How a user comes to hold a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Stated for him or a group that he is in: index into the facts' holdings.
    Holding(u32),
    /// The default of a place that lists him.
    Default,
    /// A single grant: index into the facts' grants.
    Grant(u32),
}

/// A role that a user holds at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Where.
    pub node: NodeId,
    /// Which; single grants have numbers beyond all roles.
    pub role: RoleId,
    /// How.
    pub source: Source,
    /// The group through which it came, or [`NO_GROUP`].
    group: u32,
    /// When: a number of the organisation's windows.
    window: WindowId,
}

/// Stated for the user himself.
const NO_GROUP: u32 = u32::MAX;

impl Entry {
    /// The group through which it came; `None` where it is stated for the user himself.
    #[must_use]
    pub fn group(&self) -> Option<GroupId> {
        (self.group != NO_GROUP).then_some(GroupId(self.group))
    }

    /// True if it is held without bounds of time.
    #[must_use]
    #[inline]
    pub fn is_always(&self) -> bool {
        self.window == WindowId::ALWAYS
    }

    /// It is stated for the user himself.
    const fn is_direct(&self) -> bool {
        matches!((self.source, self.group), (Source::Holding(_), NO_GROUP))
    }
}

/// So many users are gone through at once.
const STRETCH: usize = 1 << 14;

/// What a stretch of users holds.
struct Part {
    entries: Lists<Entry>,
    groups: Lists<(GroupId, WindowId)>,
    windows: Windows,
}

impl Part {
    fn of(users: &[UserId], stated: &Stated<'_>) -> Self {
        let mut walk = stated.walk();
        let (mut entries, mut groups) = (Lists::none(), Lists::none());
        for &user in users {
            walk.closure(user);
            walk.entries
                .sort_by_key(|entry| (entry.node, entry.role, entry.group()));
            entries.push(walk.entries.iter().copied());
            let besides = walk.groups.iter().filter(|(group, _)| *group != EVERYONE);
            groups.push(besides.map(|&(group, window)| (group, walk.windows.id(window))));
        }
        let windows = walk.windows;
        Self {
            entries,
            groups,
            windows,
        }
    }
}

/// An organisation with its indices.
#[derive(Debug)]
pub struct Org<'a> {
    /// What it was built from.
    pub facts: &'a Facts,
    /// Ways that custom roles and single grants add.
    pub extra: Extra,
    forest: Forest,
    /// By user.
    entries: Lists<Entry>,
    /// By user: the groups that he is in, besides that of all.
    groups: Lists<(GroupId, WindowId)>,
    windows: Windows,
    reverse: OnceLock<Reverse>,
}

impl Deref for Org<'_> {
    type Target = Forest;

    /// Containment is asked of the organisation itself.
    fn deref(&self) -> &Forest {
        &self.forest
    }
}

impl<'a> Org<'a> {
    /// Builds the indices, those of many users on all processors; linear but for sorting.
    #[must_use]
    pub fn new(table: &Table, facts: &'a Facts) -> Self {
        let model = table.model();
        let mut org = Self {
            facts,
            extra: Extra::default(),
            forest: Forest::new(facts, model),
            entries: Lists::none(),
            groups: Lists::none(),
            windows: Windows::of(facts),
            reverse: OnceLock::new(),
        };
        let stated = Stated::new(facts, model);
        let users: Vec<UserId> = facts.user_ids().collect();
        // A few stretches at a time, so that little stands in memory twice.
        for wave in users.chunks(STRETCH * rayon::current_num_threads()) {
            let part = |users: &[UserId]| Part::of(users, &stated);
            let parts: Vec<Part> = match wave.len() <= STRETCH {
                true => vec![part(wave)],
                false => wave.par_chunks(STRETCH).map(part).collect(),
            };
            parts.into_iter().for_each(|part| org.append(part));
        }
        org.entries.shrink();
        org.groups.shrink();
        org.extra = Extra::new(table, &org);
        org
    }

    /// What the next users hold; their windows get the numbers that they have here.
    fn append(&mut self, part: Part) {
        let windows = &mut self.windows;
        let mut here = |window: &mut WindowId| *window = windows.id(part.windows.get(*window));
        let (mut entries, mut groups) = (part.entries, part.groups);
        entries.items_mut().iter_mut().for_each(|entry| here(&mut entry.window));
        groups.items_mut().iter_mut().for_each(|(_, window)| here(window));
        self.entries.append(entries);
        self.groups.append(groups);
    }

    /// All that a user holds, sorted by node.
    #[must_use]
    pub fn entries(&self, user: UserId) -> &[Entry] {
        self.entries.get(user.0 as usize)
    }

    /// When something is held.
    #[must_use]
    pub fn window(&self, entry: &Entry) -> Window {
        self.windows.get(entry.window)
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
    pub(crate) fn entry(
        &self,
        (role, node): (RoleId, NodeId),
        window: Window,
        source: Source,
        group: Option<GroupId>,
    ) -> Entry {
        Entry {
            node,
            role,
            source,
            group: group.map_or(NO_GROUP, |group| group.0),
            window: self.windows.stated(window),
        }
    }

    /// What a user holds at one node.
    #[must_use]
    pub fn entries_at(&self, user: UserId, node: NodeId) -> &[Entry] {
        let all = self.entries(user);
        let start = all.partition_point(|entry| entry.node < node);
        let len = all[start..].iter().take_while(|entry| entry.node == node).count();
        &all[start..start + len]
    }

    /// The organisation read backwards; the first call builds it.
    #[must_use]
    pub fn reverse(&self) -> &Reverse {
        let build = || Reverse::new(&self.entries, &self.forest);
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

    /// The groups that a user is in, with when.
    pub fn groups(&self, user: UserId) -> impl Iterator<Item = (GroupId, Window)> {
        let besides = self.groups.get(user.0 as usize).iter();
        let besides = besides.map(|&(group, window)| (group, self.windows.get(window)));
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
    pub fn is_in_group(&self, user: UserId, group: GroupId, now: Value) -> Tri {
        if group == EVERYONE {
            return Tri::True;
        }
        let of = self.groups.get(user.0 as usize).iter().filter(|(g, _)| *g == group);
        let degree = |&(_, window): &(GroupId, WindowId)| match window {
            WindowId::ALWAYS => Tri::True,
            window => running(self.windows.get(window), now),
        };
        of.map(degree).max().unwrap_or(Tri::False)
    }

    /// The window as stated, before it is met with those of the groups on the way.
    #[must_use]
    pub fn stated_window(&self, entry: &Entry) -> Window {
        match entry.source {
            Source::Holding(ix) => self.facts.holdings[ix as usize].window(),
            Source::Grant(ix) => self.facts.grants[ix as usize].window,
            Source::Default => Window::ALWAYS,
        }
    }

    /// The value of a parameter of a holding.
    #[must_use]
    pub fn parameter(&self, model: &Model, entry: &Entry, key: AttrName) -> Value {
        let given = match entry.source {
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
