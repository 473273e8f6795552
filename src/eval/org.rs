//! An organisation made ready for decisions.
//!
//! Containment is a [`Forest`]; all that a user holds, by hand, through groups or by default, is one slice sorted by
//! node. Validity windows are met along the way and kept on each entry.

mod stated;

use stated::Stated;

use std::ops::Deref;
use std::sync::OnceLock;

use super::forest::Forest;
use super::reverse::Reverse;
use crate::facts::{Facts, Window};
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
    /// When.
    pub window: Window,
    /// How.
    pub source: Source,
    /// The group through which it came; `None` where it is stated for the user himself.
    pub group: Option<GroupId>,
}

/// An organisation with its indices.
#[derive(Debug)]
pub struct Org<'a> {
    /// What it was built from.
    pub facts: &'a Facts,
    /// Ways that custom roles and single grants add.
    pub extra: Extra,
    forest: Forest,
    entries: Vec<Entry>,
    entry_starts: Vec<u32>,
    memberships: Vec<(NodeId, Window)>,
    membership_starts: Vec<u32>,
    groups: Vec<(GroupId, Window)>,
    group_starts: Vec<u32>,
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
    /// Builds the indices; linear but for sorting.
    #[must_use]
    pub fn new(table: &Table, facts: &'a Facts) -> Self {
        let model = table.model();
        let mut org = Self {
            facts,
            extra: Extra::default(),
            forest: Forest::new(facts, model),
            entries: Vec::new(),
            entry_starts: vec![0],
            memberships: Vec::new(),
            membership_starts: vec![0],
            groups: Vec::new(),
            group_starts: vec![0],
            reverse: OnceLock::new(),
        };
        let stated = Stated::new(facts, model);
        for user in facts.user_ids() {
            org.enter(user, &stated);
        }
        org.entries.shrink_to_fit();
        org.memberships.shrink_to_fit();
        org.groups.shrink_to_fit();
        org.extra = Extra::new(table, &org);
        org
    }

    fn enter(&mut self, user: UserId, stated: &Stated<'_>) {
        let mut closure = stated.closure(user);
        closure.entries.sort_by_key(|e| (e.node, e.role, e.group));
        self.entries.extend(closure.entries);
        self.entry_starts.push(count(self.entries.len()));
        self.groups.extend(closure.groups);
        self.group_starts.push(count(self.groups.len()));
        self.memberships.extend(stated.memberships(user));
        self.membership_starts.push(count(self.memberships.len()));
    }

    /// All that a user holds, sorted by node.
    #[must_use]
    pub fn entries(&self, user: UserId) -> &[Entry] {
        slice(&self.entries, &self.entry_starts, user)
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
        let build = || Reverse::new(&self.entries, &self.entry_starts, &self.forest);
        self.reverse.get_or_init(build)
    }

    /// The places of which a user is a member, with when.
    #[must_use]
    pub fn memberships(&self, user: UserId) -> &[(NodeId, Window)] {
        slice(&self.memberships, &self.membership_starts, user)
    }

    /// The groups that a user is in, with when.
    #[must_use]
    pub fn groups(&self, user: UserId) -> &[(GroupId, Window)] {
        slice(&self.groups, &self.group_starts, user)
    }

    /// To what degree a user is a member of a place at a moment.
    #[must_use]
    pub fn is_member(&self, user: UserId, place: NodeId, now: Value) -> Tri {
        let of = self.memberships(user).iter().filter(|(node, _)| *node == place);
        of.map(|&(_, window)| running(window, now)).max().unwrap_or(Tri::False)
    }

    /// To what degree a user is in a group at a moment.
    #[must_use]
    pub fn is_in_group(&self, user: UserId, group: GroupId, now: Value) -> Tri {
        let of = self.groups(user).iter().filter(|(g, _)| *g == group);
        of.map(|&(_, window)| running(window, now)).max().unwrap_or(Tri::False)
    }

    /// The window as stated, before it is met with those of the groups on the way.
    #[must_use]
    pub fn stated_window(&self, entry: &Entry) -> Window {
        match entry.source {
            Source::Holding(ix) => self.facts.holdings[ix as usize].window,
            Source::Grant(ix) => self.facts.grants[ix as usize].window,
            Source::Default => Window::ALWAYS,
        }
    }

    /// The value of a parameter of a holding.
    #[must_use]
    pub fn parameter(&self, model: &Model, entry: &Entry, key: AttrName) -> Value {
        let given = match entry.source {
            Source::Holding(ix) => &self.facts.holdings[ix as usize].parameters[..],
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

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

fn slice<'s, T>(all: &'s [T], starts: &[u32], user: UserId) -> &'s [T] {
    let ix = user.0 as usize;
    &all[starts[ix] as usize..starts[ix + 1] as usize]
}
