//! Lists with an owner, a team of readers and a team of editors; teams nest, and whoever is in a team is in those above.

use fastrand::Rng;

use super::{Numbers, chain, forest, pick, some, turned};

/// What is done: to lists first, then to the application.
pub const ACTIONS: [&str; 9] = [
    "get_list",
    "update_list",
    "create_task",
    "update_task",
    "delete_task",
    "delete_list",
    "edit_share",
    "create_list",
    "get_lists",
];

/// So many of the actions are done to lists.
pub const ON_LISTS: usize = 7;

/// So many of them may be done by editors.
const BY_EDITORS: usize = 5;

/// The ways of being allowed.
pub const WAYS: [&str; 6] = [
    "owner",
    "readers",
    "readers, in a team below",
    "editors",
    "editors, in a team below",
    "anybody, to the application",
];

/// An organisation.
#[derive(Debug)]
pub struct Tinytodo {
    pub n: usize,
    /// The team above each team.
    pub parents: Vec<Option<usize>>,
    children: Vec<Vec<usize>>,
    /// The teams of each user.
    pub teams: Vec<Vec<usize>>,
    members: Vec<Vec<usize>>,
    /// Owner, readers, editors of each list.
    pub lists: Vec<[usize; 3]>,
}

impl Tinytodo {
    pub fn new(n: usize, rng: &mut Rng) -> Self {
        let teams: Vec<_> = (0..n).map(|_| some(n, 4, rng)).collect();
        let parents = forest(n, rng);
        Self {
            n,
            children: turned(
                &parents.iter().map(|p| p.iter().copied().collect()).collect::<Vec<_>>(),
                n,
            ),
            parents,
            members: turned(&teams, n),
            teams,
            lists: (0..n).map(|_| [(); 3].map(|()| rng.usize(0..n))).collect(),
        }
    }

    fn is_below(&self, user: usize, team: usize) -> bool {
        let mut above = self.teams[user]
            .iter()
            .flat_map(|&of| chain(&self.parents, self.parents[of]));
        above.any(|of| of == team)
    }

    pub fn ways(&self, ask: &Numbers) -> u32 {
        let &Numbers { user, action, resource } = ask;
        if action >= ON_LISTS {
            return 1 << 5;
        }
        let [owner, readers, editors] = self.lists[resource];
        let ways = [
            owner == user,
            action == 0 && self.teams[user].contains(&readers),
            action == 0 && self.is_below(user, readers),
            action < BY_EDITORS && self.teams[user].contains(&editors),
            action < BY_EDITORS && self.is_below(user, editors),
        ];
        (0..).zip(ways).map(|(bit, way)| u32::from(way) << bit).sum()
    }

    pub fn draw(&self, rng: &mut Rng, way: Option<usize>) -> Option<Numbers> {
        let resource = rng.usize(0..self.n);
        let [owner, readers, editors] = self.lists[resource];
        let member = |rng: &mut Rng, team: usize| pick(&self.members[team], rng).copied();
        let below = |rng: &mut Rng, team: usize| {
            let child = *pick(&self.children[team], rng)?;
            member(rng, child)
        };
        let user = match way {
            Some(0) => owner,
            Some(1) => member(rng, readers)?,
            Some(2) => below(rng, readers)?,
            Some(3) => member(rng, editors)?,
            Some(4) => below(rng, editors)?,
            _ => rng.usize(0..self.n),
        };
        let action = match way {
            // What is done to the application is always allowed, so it stays rare.
            Some(5) if rng.u8(0..3) == 0 => rng.usize(ON_LISTS..ACTIONS.len()),
            Some(1 | 2) if rng.bool() => 0,
            _ => rng.usize(0..ON_LISTS),
        };
        Some(Numbers { user, action, resource })
    }
}
