//! Growth in rules: one organisation, and policies of more and more roles with one rule each.
//!
//! A role may do one action to things of one type; five actions, and a type for every ten roles, at most fifty. Each of
//! 500 users holds four roles. [`texts`] writes the same for each engine.

pub mod texts;

use fastrand::Rng;

use crate::apps::{ASKS, Ask, Numbers};

/// How many rules the policies have.
pub const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

/// How many users and how many things there are.
const ENTITIES: usize = 500;

const ACTIONS: [&str; 5] = ["view", "edit", "send", "stop", "renew"];

/// How many types there are at most.
const TYPES: usize = 50;

/// An organisation with a policy of `rules` roles.
#[derive(Debug)]
pub struct Growth {
    pub rules: usize,
    /// The names of the types; they live until the process ends, as those of other applications do.
    kinds: Vec<&'static str>,
    /// The roles of each user.
    roles: Vec<Vec<usize>>,
}

fn kind(ix: usize) -> &'static str {
    format!("Type{ix}").leak()
}

impl Growth {
    pub fn new(rules: usize) -> Self {
        let mut rng = Rng::with_seed(rules as u64);
        let mut four = || (0..4).map(|_| rng.usize(0..rules)).collect();
        Self {
            rules,
            kinds: (0..(rules / 10).clamp(2, TYPES)).map(kind).collect(),
            roles: (0..ENTITIES).map(|_| four()).collect(),
        }
    }

    /// What a role may do, and to which type.
    fn rule(&self, role: usize) -> (usize, usize) {
        (role % ACTIONS.len(), role / ACTIONS.len() % self.kinds.len())
    }

    fn ty(&self, thing: usize) -> usize {
        thing % self.kinds.len()
    }

    /// Whether a request is allowed.
    pub fn allows(&self, ask: &Numbers) -> bool {
        let asked = (ask.action, self.ty(ask.resource));
        self.roles[ask.user].iter().any(|&role| self.rule(role) == asked)
    }

    /// The requests: most by what a role of the user may do, the others blindly.
    pub fn asks(&self) -> Vec<Ask> {
        let mut rng = Rng::with_seed(1);
        (0..ASKS).map(|_| self.draw(&mut rng)).collect()
    }

    fn draw(&self, rng: &mut Rng) -> Ask {
        let user = rng.usize(0..ENTITIES);
        let (mut action, mut ty) = self.rule(self.roles[user][rng.usize(0..4)]);
        if rng.u8(0..10) < 4 {
            action = rng.usize(0..ACTIONS.len());
            ty = rng.usize(0..self.kinds.len());
        }
        let resource = ty + self.kinds.len() * rng.usize(0..ENTITIES / self.kinds.len());
        Ask {
            user: format!("user-{user}"),
            action: ACTIONS[action],
            kind: self.kinds[ty],
            resource: format!("thing-{resource}"),
            numbers: Numbers { user, action, resource },
        }
    }
}
