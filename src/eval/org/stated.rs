//! S(u) and H(u): what the facts state, gathered for each user through groups, holders of roles and defaults.

use std::collections::HashMap;

use super::windows::Windows;
use super::{Entry, Source, group_of};
use crate::facts::lists::Lists;
use crate::facts::{EVERYONE, Facts, Member, Subject, Window};
use crate::model::value::{GroupId, NodeId, UserId};
use crate::model::{Model, RoleId};

/// What the facts state, by subject: indices of holdings and of grants, and the groups that somebody is put into.
pub(super) struct Stated<'f> {
    facts: &'f Facts,
    by_user: Lists<u32>,
    by_group: Lists<u32>,
    grants_by_user: Lists<u32>,
    grants_by_group: Lists<u32>,
    groups_of_user: Lists<GroupId>,
    groups_of_group: Lists<GroupId>,
    groups_of_holders: HashMap<(RoleId, NodeId), Vec<GroupId>>,
    /// The default role of each type.
    default_roles: Vec<Option<RoleId>>,
    first_grant: u32,
}

/// Which of two kinds of subjects or members somebody is, with the number.
type Kind<T> = fn(&T) -> Option<usize>;

impl<'f> Stated<'f> {
    pub(super) fn new(facts: &'f Facts, model: &Model) -> Self {
        let (users, groups) = (facts.users.len(), facts.groups.len());
        let held = facts.holdings.iter().map(|holding| holding.subject());
        let granted = facts.grants.iter().map(|grant| grant.to);
        let members = facts.groups.iter().zip((0..).map(GroupId));
        let members = members.flat_map(|(group, id)| group.members.iter().map(move |member| (*member, id)));
        let mut groups_of_holders: HashMap<_, Vec<GroupId>> = HashMap::new();
        for (member, group) in members.clone() {
            if let Member::Holders(role, node) = member {
                groups_of_holders.entry((role, node)).or_default().push(group);
            }
        }
        Self {
            facts,
            by_user: numbered(users, held.clone(), user),
            by_group: numbered(groups, held, group),
            grants_by_user: numbered(users, granted.clone(), user),
            grants_by_group: numbered(groups, granted, group),
            groups_of_user: Lists::of(
                users,
                members
                    .clone()
                    .filter_map(|(member, id)| Some((member_user(&member)?, id))),
                EVERYONE,
            ),
            groups_of_group: Lists::of(
                groups,
                members.filter_map(|(member, id)| Some((member_group(&member)?, id))),
                EVERYONE,
            ),
            groups_of_holders,
            default_roles: model.type_ids().map(|ty| model.default_role(ty)).collect(),
            first_grant: count(model.roles.len() + facts.custom.len()),
        }
    }

    pub(super) fn group_of(&self, entry: &Entry) -> Option<GroupId> {
        group_of(self.facts, entry)
    }

    /// Goes from user to user.
    pub(super) fn walk(&self) -> Walk<'_, 'f> {
        Walk {
            stated: self,
            windows: Windows::none(),
            entries: Vec::new(),
            groups: Vec::new(),
            open: Vec::new(),
            gone: &[],
        }
    }
}

/// S(u) and H(u) of one user after the other, derived roles left out.
pub(super) struct Walk<'s, 'f> {
    stated: &'s Stated<'f>,
    pub(super) windows: Windows,
    pub(super) entries: Vec<Entry>,
    pub(super) groups: Vec<(GroupId, Window)>,
    /// Groups that he is in and that were not looked at yet.
    open: Vec<(GroupId, Window)>,
    /// Holdings that are looked at as if they were not stated.
    pub(super) gone: &'s [u32],
}

impl Walk<'_, '_> {
    /// The least set of subjects with what they hold; windows are met along the way.
    pub(super) fn closure(&mut self, user: UserId) {
        self.entries.clear();
        self.groups.clear();
        self.open.push((EVERYONE, Window::ALWAYS));
        self.user(user);
        while let Some((group, window)) = self.open.pop() {
            self.group(group, window);
        }
    }

    fn user(&mut self, user: UserId) {
        let (stated, ix) = (self.stated, user.0 as usize);
        let groups = stated.groups_of_user.get(ix).iter();
        self.open.extend(groups.map(|&group| (group, Window::ALWAYS)));
        self.hold(
            None,
            Window::ALWAYS,
            stated.by_user.get(ix),
            stated.grants_by_user.get(ix),
        );
        self.defaults(user);
    }

    fn group(&mut self, group: GroupId, window: Window) {
        let mut known = self.groups.iter();
        if known.any(|(known, wide)| *known == group && wide.covers(window)) {
            return;
        }
        self.groups.push((group, window));
        let (stated, ix) = (self.stated, group.0 as usize);
        let outer = stated.groups_of_group.get(ix).iter();
        self.open.extend(outer.map(|&outer| (outer, window)));
        self.hold(
            Some(group),
            window,
            stated.by_group.get(ix),
            stated.grants_by_group.get(ix),
        );
    }

    fn hold(&mut self, group: Option<GroupId>, within: Window, roles: &[u32], grants: &[u32]) {
        let (facts, first_grant) = (self.stated.facts, self.stated.first_grant);
        for &ix in roles.iter().filter(|ix| !self.gone.contains(ix)) {
            let holding = &facts.holdings[ix as usize];
            let window = holding.window().meet(within);
            self.enter((holding.role, holding.node), window, Source::Holding(ix), group);
        }
        for &ix in grants {
            let grant = &facts.grants[ix as usize];
            let held = (RoleId(first_grant + ix), grant.at);
            self.enter(held, grant.window.meet(within), Source::Grant(ix), group);
        }
    }

    fn enter(&mut self, held: (RoleId, NodeId), window: Window, source: Source, group: Option<GroupId>) {
        if !window.is_empty() {
            let named = self.stated.groups_of_holders.get(&held);
            self.open
                .extend(named.into_iter().flatten().map(|&group| (group, window)));
        }
        let window = self.windows.id(window);
        let source = (source, group.is_some());
        self.entries.push(Entry::new(held, window, source));
    }

    /// The default roles of places that list the user, where nothing is stated for himself.
    fn defaults(&mut self, user: UserId) {
        let (stated, facts) = (self.stated, self.stated.facts);
        for &place in &facts.user(user).places {
            let Some(role) = stated.default_roles[facts.node(place).ty.ix()] else {
                continue;
            };
            let mut own = stated.by_user.get(user.0 as usize).iter();
            if !own.any(|ix| !self.gone.contains(ix) && facts.holdings[*ix as usize].node == place) {
                self.enter((role, place), Window::ALWAYS, Source::Default, None);
            }
        }
    }
}

/// The indices of what is stated, by subject of one kind.
fn numbered(lists: usize, subjects: impl Iterator<Item = Subject> + Clone, kind: Kind<Subject>) -> Lists<u32> {
    let pairs = (0..)
        .zip(subjects)
        .filter_map(|(ix, subject)| Some((kind(&subject)?, ix)));
    Lists::of(lists, pairs, 0)
}

const fn user(subject: &Subject) -> Option<usize> {
    match subject {
        Subject::User(user) => Some(user.0 as usize),
        Subject::Group(_) => None,
    }
}

const fn group(subject: &Subject) -> Option<usize> {
    match subject {
        Subject::Group(group) => Some(group.0 as usize),
        Subject::User(_) => None,
    }
}

const fn member_user(member: &Member) -> Option<usize> {
    match member {
        Member::User(user) => Some(user.0 as usize),
        _ => None,
    }
}

const fn member_group(member: &Member) -> Option<usize> {
    match member {
        Member::Group(group) => Some(group.0 as usize),
        _ => None,
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
