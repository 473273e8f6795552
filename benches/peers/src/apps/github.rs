//! Repositories owned by organisations: five roles each containing the one before, given to users and teams; teams
//! nest, and what a team has its sub-teams have; an organisation gives all its members a base permission.

use fastrand::Rng;

use super::{Numbers, chain, pick, turned};

/// What is done to repositories; each needs the role of its number.
pub const ACTIONS: [&str; 5] = ["pull", "triage", "push", "maintain", "delete"];

/// The roles, by level.
pub const ROLES: [&str; 5] = ["reader", "triager", "writer", "maintainer", "admin"];

/// The ways of being allowed.
pub const WAYS: [&str; 5] = [
    "role of the user",
    "role of a team",
    "role of a team above",
    "base permission",
    "owner of the organisation",
];

/// The base permissions, with the role that each amounts to.
pub const BASES: [(&str, Option<usize>); 4] = [
    ("none", None),
    ("read", Some(0)),
    ("write", Some(2)),
    ("admin", Some(4)),
];

/// An organisation of organisations. Few of them are large: they are drawn by the cube of a number below one.
#[derive(Debug)]
pub struct Github {
    pub n: usize,
    /// The base permission of each organisation.
    pub bases: Vec<usize>,
    /// The owner of each organisation.
    pub owners: Vec<usize>,
    /// The organisations of each user.
    pub orgs: Vec<Vec<usize>>,
    org_members: Vec<Vec<usize>>,
    /// The organisation of each repository.
    pub org_of: Vec<usize>,
    /// The organisation of each team.
    pub team_org: Vec<usize>,
    /// The team above each team, of the same organisation.
    pub parents: Vec<Option<usize>>,
    /// The teams of each user, of their organisations.
    pub teams: Vec<Vec<usize>>,
    members: Vec<Vec<usize>>,
    children: Vec<Vec<usize>>,
    /// The users with a role of their own at each repository, with its level.
    pub user_roles: Vec<Vec<(usize, usize)>>,
    /// The teams with a role at each repository, with its level.
    pub team_roles: Vec<Vec<(usize, usize)>>,
}

/// An organisation, the large ones more often.
fn org(n: usize, rng: &mut Rng) -> usize {
    (rng.f64().powi(3) * n as f64) as usize
}

fn distinct(mut all: Vec<usize>) -> Vec<usize> {
    all.sort_unstable();
    all.dedup();
    all
}

/// Each subject once, with some level.
fn levels(subjects: Vec<usize>, rng: &mut Rng) -> Vec<(usize, usize)> {
    distinct(subjects)
        .into_iter()
        .map(|subject| (subject, rng.usize(0..5)))
        .collect()
}

fn parents(team_org: &[usize], rng: &mut Rng) -> Vec<Option<usize>> {
    let mut known = vec![Vec::new(); team_org.len()];
    let mut parents = Vec::new();
    for (team, &org) in team_org.iter().enumerate() {
        let nested = rng.u8(0..10) < 7;
        parents.push(nested.then(|| pick(&known[org], rng).copied()).flatten());
        known[org].push(team);
    }
    parents
}

impl Github {
    pub fn new(n: usize, rng: &mut Rng) -> Self {
        let orgs: Vec<_> = (0..n)
            .map(|_| distinct((0..rng.usize(1..=3)).map(|_| org(n, rng)).collect()))
            .collect();
        let org_of: Vec<_> = (0..n).map(|_| org(n, rng)).collect();
        let team_org: Vec<_> = (0..n).map(|_| org(n, rng)).collect();
        let org_teams = turned(&team_org.iter().map(|&org| vec![org]).collect::<Vec<_>>(), n);
        let parents = parents(&team_org, rng);
        let mut in_teams = |orgs: &Vec<usize>| {
            let draw = |_| pick(&org_teams[*pick(orgs, rng)?], rng).copied();
            distinct((0..4).filter_map(draw).collect())
        };
        let teams: Vec<_> = orgs.iter().map(&mut in_teams).collect();
        let org_members = turned(&orgs, n);
        let owner = |members: &Vec<usize>, rng: &mut Rng| pick(members, rng).copied();
        Self {
            n,
            bases: (0..n).map(|_| [0, 0, 1, 1, 2, 3][rng.usize(0..6)]).collect(),
            owners: org_members
                .iter()
                .map(|members| owner(members, rng).unwrap_or_else(|| rng.usize(0..n)))
                .collect(),
            user_roles: (0..n)
                .map(|_| levels((0..rng.usize(0..=3)).map(|_| rng.usize(0..n)).collect(), rng))
                .collect(),
            team_roles: org_of
                .iter()
                .map(|&org| {
                    levels(
                        (0..3).filter_map(|_| pick(&org_teams[org], rng).copied()).collect(),
                        rng,
                    )
                })
                .collect(),
            members: turned(&teams, n),
            children: turned(
                &parents.iter().map(|p| p.iter().copied().collect()).collect::<Vec<_>>(),
                n,
            ),
            orgs,
            org_members,
            org_of,
            team_org,
            parents,
            teams,
        }
    }

    /// The teams that a user is in, and those above them, without those themselves.
    pub fn teams_above(&self, user: usize) -> impl Iterator<Item = usize> {
        self.teams[user]
            .iter()
            .flat_map(|&team| chain(&self.parents, self.parents[team]))
    }

    pub fn ways(&self, ask: &Numbers) -> u32 {
        let (user, org) = (ask.user, self.org_of[ask.resource]);
        let has =
            |roles: &[(usize, usize)], who: usize| roles.iter().any(|&(w, level)| w == who && level >= ask.action);
        let roles = &self.team_roles[ask.resource];
        let base = BASES[self.bases[org]].1.is_some_and(|level| level >= ask.action);
        let ways = [
            has(&self.user_roles[ask.resource], user),
            self.teams[user].iter().any(|&team| has(roles, team)),
            self.teams_above(user).any(|team| has(roles, team)),
            base && self.orgs[user].contains(&org),
            self.owners[org] == user,
        ];
        (0..).zip(ways).map(|(bit, way)| u32::from(way) << bit).sum()
    }

    pub fn draw(&self, rng: &mut Rng, way: Option<usize>) -> Option<Numbers> {
        let (resource, action) = (rng.usize(0..self.n), rng.usize(0..5));
        let org = self.org_of[resource];
        let team = |rng: &mut Rng| pick(&self.team_roles[resource], rng).map(|&(team, _)| team);
        let user = match way {
            Some(0) => pick(&self.user_roles[resource], rng)?.0,
            Some(1) => *pick(&self.members[team(rng)?], rng)?,
            Some(2) => {
                let child = *pick(&self.children[team(rng)?], rng)?;
                *pick(&self.members[child], rng)?
            }
            Some(3) => *pick(&self.org_members[org], rng)?,
            Some(4) => self.owners[org],
            _ => rng.usize(0..self.n),
        };
        Some(Numbers { user, action, resource })
    }
}
