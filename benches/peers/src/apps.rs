//! The three applications, their organisations made at random, and the requests put to them.
//!
//! 1. [`case`] makes an organisation with `n` of each kind of entity. Degrees do not grow with `n`: a user is in two
//!    groups or teams on the average, a thing is shared with two subjects, nesting is a random tree.
//! 2. It draws requests: most along one of the ways of being allowed, with an action at random, so that some of them
//!    fall just short, the others blindly. Organisations that lack a way are passed over.
//! 3. [`App::ways`] answers a request straight from the generated lists. No engine is measured by it: it is what all
//!    of them must agree with, and tells which ways the requests exercise.

pub mod gdrive;
pub mod github;
pub mod tinytodo;

use fastrand::Rng;

/// How many requests are put to each organisation.
pub const ASKS: usize = 500;

/// A request as an application states it.
#[derive(Debug, Clone)]
pub struct Ask {
    pub user: String,
    pub action: &'static str,
    pub kind: &'static str,
    pub resource: String,
    /// The same by number, for the floor and the lists.
    pub numbers: Numbers,
}

/// A request by number.
#[derive(Debug, Clone, Copy)]
pub struct Numbers {
    pub user: usize,
    pub action: usize,
    pub resource: usize,
}

/// One application with its organisation.
#[derive(Debug)]
pub enum App {
    Gdrive(gdrive::Gdrive),
    Github(github::Github),
    Tinytodo(tinytodo::Tinytodo),
}

/// The names of the applications.
pub const APPS: [&str; 3] = ["gdrive", "github", "tinytodo"];

impl App {
    fn new(name: &str, n: usize, seed: u64) -> Self {
        let rng = &mut Rng::with_seed(seed);
        match name {
            "gdrive" => Self::Gdrive(gdrive::Gdrive::new(n, rng)),
            "github" => Self::Github(github::Github::new(n, rng)),
            _ => Self::Tinytodo(tinytodo::Tinytodo::new(n, rng)),
        }
    }

    /// What the ways of being allowed are called.
    pub fn way_names(&self) -> &'static [&'static str] {
        match self {
            Self::Gdrive(_) => &gdrive::WAYS,
            Self::Github(_) => &github::WAYS,
            Self::Tinytodo(_) => &tinytodo::WAYS,
        }
    }

    /// The ways in which a request is allowed, as bits; none if it is denied.
    pub fn ways(&self, ask: &Numbers) -> u32 {
        match self {
            Self::Gdrive(app) => app.ways(ask),
            Self::Github(app) => app.ways(ask),
            Self::Tinytodo(app) => app.ways(ask),
        }
    }

    /// A request at random, along a way if one is given.
    fn draw(&self, rng: &mut Rng, way: Option<usize>) -> Option<Numbers> {
        match self {
            Self::Gdrive(app) => app.draw(rng, way),
            Self::Github(app) => app.draw(rng, way),
            Self::Tinytodo(app) => app.draw(rng, way),
        }
    }

    fn ask(&self, numbers: Numbers) -> Ask {
        let Numbers { user, action, resource } = numbers;
        let (action, kind, resource) = match self {
            Self::Gdrive(_) => (gdrive::ACTIONS[action], "Document", format!("document-{resource}")),
            Self::Github(_) => (github::ACTIONS[action], "Repository", format!("repository-{resource}")),
            Self::Tinytodo(_) if action < tinytodo::ON_LISTS => {
                (tinytodo::ACTIONS[action], "List", format!("list-{resource}"))
            }
            Self::Tinytodo(_) => (tinytodo::ACTIONS[action], "Application", "tinytodo".to_owned()),
        };
        Ask {
            user: format!("user-{user}"),
            action,
            kind,
            resource,
            numbers,
        }
    }
}

/// An application of that name with `n` of each kind of entity, and the requests put to it.
pub fn case(name: &str, n: usize) -> (App, Vec<Ask>) {
    let made = |seed| {
        let app = App::new(name, n, seed);
        let asks = asks(&app, seed);
        let ways = asks.iter().fold(0, |ways, ask| ways | app.ways(&ask.numbers));
        (ways.count_ones() as usize == app.way_names().len()).then_some((app, asks))
    };
    (0..).find_map(made).expect("some organisation has all ways")
}

fn asks(app: &App, seed: u64) -> Vec<Ask> {
    let mut rng = Rng::with_seed(seed);
    let mut asks = Vec::with_capacity(ASKS);
    while asks.len() < ASKS {
        let way = (rng.u8(0..10) < 7).then(|| rng.usize(0..app.way_names().len()));
        asks.extend(app.draw(&mut rng, way).map(|numbers| app.ask(numbers)));
    }
    asks
}

/// A random tree, in part a forest: the parent of each but the first, which stands before it.
fn forest(n: usize, rng: &mut Rng) -> Vec<Option<usize>> {
    (0..n)
        .map(|ix| (ix > 0 && rng.u8(0..10) < 8).then(|| rng.usize(0..ix)))
        .collect()
}

/// Up to `most` different numbers below `n`.
fn some(n: usize, most: usize, rng: &mut Rng) -> Vec<usize> {
    let mut chosen: Vec<usize> = (0..rng.usize(0..=most)).map(|_| rng.usize(0..n)).collect();
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

/// An element at random.
fn pick<'a, T>(all: &'a [T], rng: &mut Rng) -> Option<&'a T> {
    rng.choice(all)
}

/// Who is in what, told from the other side.
fn turned(of: &[Vec<usize>], n: usize) -> Vec<Vec<usize>> {
    let mut turned = vec![Vec::new(); n];
    for (ix, targets) in of.iter().enumerate() {
        for &target in targets {
            turned[target].push(ix);
        }
    }
    turned
}

/// A number and all that stand above it.
fn chain(parents: &[Option<usize>], start: Option<usize>) -> impl Iterator<Item = usize> {
    std::iter::successors(start, |&at| parents[at])
}

/// `user-7`
pub fn named(kind: &str, ix: usize) -> String {
    format!("{kind}-{ix}")
}
