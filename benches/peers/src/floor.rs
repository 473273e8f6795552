//! The floor: what a programmer would write by hand for the questions of github and nothing else.
//!
//! Two tables: the highest role of each user at each repository, by hand or through teams, and the role that each user
//! has at an organisation as a whole. A decision is at most two searches and a comparison of levels.

use std::collections::HashMap;

use crate::apps::github::{ACTIONS, BASES, Github};
use crate::apps::{Ask, Numbers};
use crate::engine::Engine;

/// The tables.
pub struct Floor {
    /// The organisation of each repository.
    org_of: Vec<u32>,
    /// By user: organisations with the level of all their repositories.
    orgs: Vec<Vec<(u32, u8)>>,
    /// By user and repository: the highest level.
    levels: Levels,
    users: HashMap<String, u32>,
    repositories: HashMap<String, u32>,
    actions: HashMap<&'static str, u8>,
}

/// By user, sorted by repository.
type Levels = Vec<Vec<(u32, u8)>>;

/// A request by number.
#[derive(Debug, Clone, Copy)]
pub struct Handle {
    user: u32,
    action: u8,
    repository: u32,
}

/// The tables of an organisation.
pub fn new(app: &Github) -> Floor {
    let numbered = |kind: &str| (0..app.n).map(|ix| (format!("{kind}-{ix}"), number(ix))).collect();
    Floor {
        org_of: app.org_of.iter().map(|&org| number(org)).collect(),
        orgs: (0..app.n).map(|user| orgs(app, user)).collect(),
        levels: levels(app),
        users: numbered("user"),
        repositories: numbered("repository"),
        actions: ACTIONS.into_iter().zip(0..).collect(),
    }
}

fn number(ix: usize) -> u32 {
    u32::try_from(ix).expect("few entities")
}

/// The organisations in which a user has some level.
fn orgs(app: &Github, user: usize) -> Vec<(u32, u8)> {
    let base = |&org: &usize| Some((number(org), BASES[app.bases[org]].1? as u8));
    let based = app.orgs[user].iter().filter_map(base);
    let owned = (0..app.n)
        .filter(|&org| app.owners[org] == user)
        .map(|org| (number(org), 4));
    highest(based.chain(owned).collect())
}

fn levels(app: &Github) -> Levels {
    let mut by_team: Levels = vec![Vec::new(); app.n];
    let mut by_user: Levels = vec![Vec::new(); app.n];
    for repository in 0..app.n {
        for &(team, level) in &app.team_roles[repository] {
            by_team[team].push((number(repository), level as u8));
        }
        for &(user, level) in &app.user_roles[repository] {
            by_user[user].push((number(repository), level as u8));
        }
    }
    for (user, levels) in by_user.iter_mut().enumerate() {
        let teams = app.teams[user].iter().copied().chain(app.teams_above(user));
        levels.extend(teams.flat_map(|team| &by_team[team]));
        *levels = highest(std::mem::take(levels));
    }
    by_user
}

/// One entry each, with the highest level, sorted.
fn highest(mut all: Vec<(u32, u8)>) -> Vec<(u32, u8)> {
    all.sort_unstable_by_key(|&(at, level)| (at, u8::MAX - level));
    all.dedup_by_key(|(at, _)| *at);
    all
}

impl Floor {
    #[inline]
    fn allows(&self, ask: Handle) -> bool {
        let levels = &self.levels[ask.user as usize];
        let own = levels.binary_search_by_key(&ask.repository, |&(at, _)| at);
        if own.is_ok_and(|ix| levels[ix].1 >= ask.action) {
            return true;
        }
        let org = self.org_of[ask.repository as usize];
        self.orgs[ask.user as usize]
            .iter()
            .any(|&(at, level)| at == org && level >= ask.action)
    }
}

impl Engine for Floor {
    type Handle = Handle;

    fn prepare(&self, ask: &Ask) -> Handle {
        let Numbers { user, action, resource } = ask.numbers;
        Handle {
            user: number(user),
            action: action as u8,
            repository: number(resource),
        }
    }

    fn interned(&mut self, handle: &Handle) -> bool {
        self.allows(*handle)
    }

    fn strings(&mut self, ask: &Ask) -> bool {
        self.allows(Handle {
            user: self.users[ask.user.as_str()],
            action: self.actions[ask.action],
            repository: self.repositories[ask.resource.as_str()],
        })
    }
}
