//! Documents in nested folders: shared for viewing with users and groups, owned, or public.

use fastrand::Rng;

use super::{Numbers, chain, forest, pick, some, turned};

/// What is done to documents.
pub const ACTIONS: [&str; 3] = ["view", "edit", "share"];

/// The ways of being allowed.
pub const WAYS: [&str; 7] = [
    "document shared with the user",
    "document shared with a group",
    "folder shared with the user",
    "folder shared with a group",
    "owner of the document",
    "owner of a folder above",
    "public",
];

/// With whom a thing is shared, and who owns it.
#[derive(Debug, Default)]
pub struct Access {
    pub users: Vec<usize>,
    pub groups: Vec<usize>,
    pub owner: usize,
}

/// An organisation.
#[derive(Debug)]
pub struct Gdrive {
    pub n: usize,
    /// The groups of each user.
    pub groups: Vec<Vec<usize>>,
    members: Vec<Vec<usize>>,
    /// The folder in which each folder lies.
    pub parents: Vec<Option<usize>>,
    /// The folder in which each document lies.
    pub folders: Vec<Option<usize>>,
    pub folder_access: Vec<Access>,
    pub document_access: Vec<Access>,
    pub public: Vec<bool>,
}

fn accesses(n: usize, rng: &mut Rng) -> Vec<Access> {
    let mut access = || Access {
        users: some(n, 2, rng),
        groups: some(n, 2, rng),
        owner: rng.usize(0..n),
    };
    (0..n).map(|_| access()).collect()
}

impl Gdrive {
    pub fn new(n: usize, rng: &mut Rng) -> Self {
        let groups: Vec<_> = (0..n).map(|_| some(n, 4, rng)).collect();
        Self {
            n,
            members: turned(&groups, n),
            groups,
            parents: forest(n, rng),
            folders: (0..n).map(|_| (rng.u8(0..10) < 9).then(|| rng.usize(0..n))).collect(),
            folder_access: accesses(n, rng),
            document_access: accesses(n, rng),
            public: (0..n).map(|_| rng.u8(0..10) == 0).collect(),
        }
    }

    fn above(&self, document: usize) -> impl Iterator<Item = &Access> {
        chain(&self.parents, self.folders[document]).map(|folder| &self.folder_access[folder])
    }

    pub fn ways(&self, ask: &Numbers) -> u32 {
        let own = &self.document_access[ask.resource];
        let grouped = |access: &Access| access.groups.iter().any(|group| self.groups[ask.user].contains(group));
        let view = ask.action == 0;
        let ways = [
            view && own.users.contains(&ask.user),
            view && grouped(own),
            view && self.above(ask.resource).any(|access| access.users.contains(&ask.user)),
            view && self.above(ask.resource).any(grouped),
            own.owner == ask.user,
            self.above(ask.resource).any(|access| access.owner == ask.user),
            view && self.public[ask.resource],
        ];
        (0..).zip(ways).map(|(bit, way)| u32::from(way) << bit).sum()
    }

    pub fn draw(&self, rng: &mut Rng, way: Option<usize>) -> Option<Numbers> {
        let resource = rng.usize(0..self.n);
        let action = [0, 0, 0, 1, 2][rng.usize(0..5)];
        let own = &self.document_access[resource];
        let above: Vec<&Access> = self.above(resource).collect();
        let member = |rng: &mut Rng, access: &Access| {
            let group = *pick(&access.groups, rng)?;
            pick(&self.members[group], rng).copied()
        };
        let user = match way {
            Some(0) => *pick(&own.users, rng)?,
            Some(1) => member(rng, own)?,
            Some(2) => *pick(&pick(&above, rng)?.users, rng)?,
            Some(3) => pick(&above, rng).and_then(|access| member(rng, access))?,
            Some(4) => own.owner,
            Some(5) => pick(&above, rng)?.owner,
            Some(6) if !self.public[resource] => return None,
            _ => rng.usize(0..self.n),
        };
        Some(Numbers { user, action, resource })
    }
}
