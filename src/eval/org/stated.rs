//! S(u) and H(u): what the facts state, gathered for each user through groups, holders of roles and defaults.

use std::collections::HashMap;

use super::{Entry, Source, count};
use crate::facts::{EVERYONE, Facts, Member, Subject, Window};
use crate::model::value::{GroupId, NodeId, UserId};
use crate::model::{Model, RoleId};

/// What the facts state, by subject.
pub(super) struct Stated<'f> {
    facts: &'f Facts,
    by_user: Vec<Vec<u32>>,
    by_group: Vec<Vec<u32>>,
    grants_by_user: Vec<Vec<u32>>,
    grants_by_group: Vec<Vec<u32>>,
    groups_of_user: Vec<Vec<GroupId>>,
    groups_of_group: Vec<Vec<GroupId>>,
    groups_of_holders: HashMap<(RoleId, NodeId), Vec<GroupId>>,
    /// The default role of each type.
    default_roles: Vec<Option<RoleId>>,
    first_grant: u32,
}

/// S(u) and H(u) of one user, derived roles left out.
#[derive(Default)]
pub(super) struct Closure {
    pub(super) entries: Vec<Entry>,
    pub(super) groups: Vec<(GroupId, Window)>,
}

impl<'f> Stated<'f> {
    pub(super) fn new(facts: &'f Facts, model: &Model) -> Self {
        let mut it = Self {
            facts,
            by_user: vec![Vec::new(); facts.users.len()],
            by_group: vec![Vec::new(); facts.groups.len()],
            grants_by_user: vec![Vec::new(); facts.users.len()],
            grants_by_group: vec![Vec::new(); facts.groups.len()],
            groups_of_user: vec![Vec::new(); facts.users.len()],
            groups_of_group: vec![Vec::new(); facts.groups.len()],
            groups_of_holders: HashMap::new(),
            default_roles: model.type_ids().map(|ty| model.default_role(ty)).collect(),
            first_grant: count(model.roles.len() + facts.custom.len()),
        };
        for (ix, holding) in facts.holdings.iter().enumerate() {
            subject(&mut it.by_user, &mut it.by_group, holding.subject).push(count(ix));
        }
        for (ix, grant) in facts.grants.iter().enumerate() {
            subject(&mut it.grants_by_user, &mut it.grants_by_group, grant.to).push(count(ix));
        }
        for (ix, group) in facts.groups.iter().enumerate() {
            for member in &group.members {
                it.note_member(GroupId(count(ix)), *member);
            }
        }
        it
    }

    fn note_member(&mut self, group: GroupId, member: Member) {
        match member {
            Member::User(user) => self.groups_of_user[user.0 as usize].push(group),
            Member::Group(inner) => self.groups_of_group[inner.0 as usize].push(group),
            Member::Holders(role, node) => self.groups_of_holders.entry((role, node)).or_default().push(group),
        }
    }

    /// The least set of subjects with what they hold; windows are met along the way.
    pub(super) fn closure(&self, user: UserId) -> Closure {
        let mut closure = Closure::default();
        let mut open: Vec<(GroupId, Window)> = vec![(EVERYONE, Window::ALWAYS)];
        let ix = user.0 as usize;
        open.extend(self.groups_of_user[ix].iter().map(|&g| (g, Window::ALWAYS)));
        self.hold(
            &mut closure,
            &mut open,
            None,
            Window::ALWAYS,
            (&self.by_user[ix], &self.grants_by_user[ix]),
        );
        self.defaults(user, &mut closure, &mut open);
        while let Some((group, window)) = open.pop() {
            if closure
                .groups
                .iter()
                .any(|(known, wide)| *known == group && wide.covers(window))
            {
                continue;
            }
            closure.groups.push((group, window));
            let ix = group.0 as usize;
            open.extend(
                self.groups_of_group
                    .get(ix)
                    .into_iter()
                    .flatten()
                    .map(|&outer| (outer, window)),
            );
            let (Some(roles), Some(grants)) = (self.by_group.get(ix), self.grants_by_group.get(ix)) else {
                continue;
            };
            self.hold(&mut closure, &mut open, Some(group), window, (roles, grants));
        }
        closure
    }

    fn hold(
        &self,
        closure: &mut Closure,
        open: &mut Vec<(GroupId, Window)>,
        group: Option<GroupId>,
        within: Window,
        (roles, grants): (&[u32], &[u32]),
    ) {
        for &ix in roles {
            let holding = &self.facts.holdings[ix as usize];
            let entry = Entry {
                node: holding.node,
                role: holding.role,
                window: holding.window.meet(within),
                source: Source::Holding(ix),
                group,
            };
            self.push(closure, open, entry);
        }
        for &ix in grants {
            let grant = &self.facts.grants[ix as usize];
            let (role, window) = (RoleId(self.first_grant + ix), grant.window.meet(within));
            let entry = Entry {
                node: grant.at,
                role,
                window,
                source: Source::Grant(ix),
                group,
            };
            self.push(closure, open, entry);
        }
    }

    fn push(&self, closure: &mut Closure, open: &mut Vec<(GroupId, Window)>, entry: Entry) {
        if !entry.window.is_empty() {
            let named = self.groups_of_holders.get(&(entry.role, entry.node));
            open.extend(named.into_iter().flatten().map(|&group| (group, entry.window)));
        }
        closure.entries.push(entry);
    }

    fn defaults(&self, user: UserId, closure: &mut Closure, open: &mut Vec<(GroupId, Window)>) {
        for &place in &self.facts.user(user).places {
            let Some(role) = self.default_roles[self.facts.node(place).ty.ix()] else {
                continue;
            };
            let given = self.by_user[user.0 as usize]
                .iter()
                .any(|&ix| self.facts.holdings[ix as usize].node == place);
            if !given {
                let window = Window::ALWAYS;
                let entry = Entry {
                    node: place,
                    role,
                    window,
                    source: Source::Default,
                    group: None,
                };
                self.push(closure, open, entry);
            }
        }
    }

    /// The places that list the user or at which a role is stated for himself.
    pub(super) fn memberships(&self, user: UserId) -> Vec<(NodeId, Window)> {
        let listed = self
            .facts
            .user(user)
            .places
            .iter()
            .map(|&place| (place, Window::ALWAYS));
        let stated = self.by_user[user.0 as usize]
            .iter()
            .map(|&ix| &self.facts.holdings[ix as usize]);
        listed
            .chain(stated.map(|holding| (holding.node, holding.window)))
            .collect()
    }
}

fn subject<'v>(users: &'v mut [Vec<u32>], groups: &'v mut [Vec<u32>], subject: Subject) -> &'v mut Vec<u32> {
    match subject {
        Subject::User(user) => &mut users[user.0 as usize],
        Subject::Group(group) => &mut groups[group.0 as usize],
    }
}
