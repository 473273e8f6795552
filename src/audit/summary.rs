//! The review in short: who holds what and how far that reaches, who has something in more than one way, which holdings
//! give nothing, and how much is denied all over.

use std::collections::{BTreeMap, HashSet};
use std::io;

use serde::Serialize;

use super::sheet::{Basis, Line, Sheet, permission_in_words};
use super::{Audit, Dropped, Held, Taker, is_single};
use crate::eval::org::{Org, Source};
use crate::facts::Subject;
use crate::model::permission::PermId;
use crate::model::value::{NodeId, UserId};
use crate::model::{Reach, RoleId};
use crate::table::Way;

/// How many users with more than one way are told of.
const TOLD: usize = 10;

/// The review in short.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// How many users have at least one permission.
    pub users: usize,
    /// How many rows say `allow`.
    pub allowed: u64,
    /// How many rows say `depends`.
    pub depending: u64,
    /// The roles that are held.
    pub roles: Vec<HeldRole>,
    /// How many users have a permission at a place in more than one way.
    pub users_with_several_ways: usize,
    /// The first of them.
    pub several_ways: Vec<Several>,
    /// The holdings and single grants that give nothing.
    pub giving_nothing: Vec<Idle>,
    /// How many permissions are denied all over, by what.
    pub denied: BTreeMap<Dropped, u64>,
}

/// Who holds a role, and how far that reaches.
#[derive(Debug, Clone, Serialize)]
pub struct HeldRole {
    /// The role, as in rows.
    pub role: String,
    /// How many users hold it.
    pub users: u64,
    /// At how many places.
    pub places: u64,
    /// How often it is held.
    pub holdings: u64,
    /// The widest reach of its rules; empty if it gives nothing.
    pub reach: String,
    /// The place at which it is held that has the most at and below it.
    pub widest: String,
    /// How many places and resources that is.
    pub nodes: u32,
}

/// A user who has permissions at a place in more than one way.
#[derive(Debug, Clone, Serialize)]
pub struct Several {
    /// Who.
    pub user: String,
    /// Where; the first such place.
    pub place: String,
    /// How many permissions there.
    pub permissions: usize,
    /// The first of them.
    pub permission: String,
    /// The ways in which he has it.
    pub because: Vec<String>,
}

/// A holding that gives nothing.
#[derive(Debug, Clone, Serialize)]
pub struct Idle {
    /// To whom it was given.
    pub to: String,
    /// What.
    pub what: String,
    /// Where.
    pub place: String,
    /// Why it gives nothing; `None`: nobody is in the group, or the role has no permission.
    pub why: Option<Dropped>,
}

impl Audit<'_> {
    /// The review in short; `progress` is told how many users are done.
    #[must_use]
    pub fn summary(&self, accounts: &[NodeId], progress: &mut dyn FnMut(usize)) -> Summary {
        let mut tally = Tally::new(self);
        let _ = self.walk_opening(&mut tally);
        for &account in accounts {
            let _ = self.walk_account(account, &mut tally, progress);
        }
        let inside = |node: NodeId| accounts.contains(&self.ground.org.account(node));
        Summary {
            roles: self.held_roles(accounts),
            giving_nothing: self.idle(&tally, &inside),
            users: tally.users.len(),
            allowed: tally.rows[0],
            depending: tally.rows[1],
            users_with_several_ways: tally.doubled.len(),
            several_ways: tally.several,
            denied: tally.dropped,
        }
    }

    fn held_roles(&self, accounts: &[NodeId]) -> Vec<HeldRole> {
        let org = self.ground.org;
        let mut all: Vec<(Option<RoleId>, NodeId, UserId)> = Vec::new();
        let mut held = Vec::new();
        for &account in accounts {
            for &user in self.users.of(account) {
                self.gather(user, account, &mut held);
                for one in &held {
                    let (Basis::Role(role), Some(node)) = (one.basis, one.node) else {
                        continue;
                    };
                    let single = one.entry.is_some_and(|entry| is_single(entry.source()));
                    let role = Some(role).filter(|_| !single);
                    all.push((role, node, user));
                }
            }
        }
        all.sort_unstable_by_key(|(role, node, user)| (role.is_none(), *role, *node, *user));
        let by_role = all.chunk_by(|a, b| a.0 == b.0);
        by_role
            .map(|group| {
                let users: HashSet<UserId> = group.iter().map(|one| one.2).collect();
                let places = group.chunk_by(|a, b| a.1 == b.1);
                let widest = group
                    .iter()
                    .map(|one| one.1)
                    .max_by_key(|&node| (size(org, node), std::cmp::Reverse(node)));
                HeldRole {
                    role: group[0]
                        .0
                        .map_or_else(|| "single grants".to_owned(), |role| self.names.role(role).to_owned()),
                    users: users.len() as u64,
                    places: places.count() as u64,
                    holdings: group.len() as u64,
                    reach: self.widest_reach(group[0].0, widest),
                    widest: widest.map_or_else(String::new, |node| self.place(node)),
                    nodes: widest.map_or(0, |node| size(org, node)),
                }
            })
            .collect()
    }

    fn place(&self, node: NodeId) -> String {
        let mut name = String::new();
        self.names.node(&self.ground, node, &mut name);
        name
    }

    fn widest_reach(&self, role: Option<RoleId>, at: Option<NodeId>) -> String {
        let mut made = Sheet::default();
        let reaches: Vec<Reach> = match (role, at.map(|node| self.ground.org.ty(node))) {
            (None, _) => self
                .ground
                .org
                .facts
                .grants
                .iter()
                .map(|grant| grant.rule.reach)
                .collect(),
            (Some(role), ty) => {
                let lines = &self.sheets.of(Basis::Role(role), ty, &mut made).lines;
                lines.iter().map(|line| line.rule.reach).collect()
            }
        };
        let widest = reaches.into_iter().max_by_key(|&reach| width(reach));
        let model = self.ground.table.model();
        widest.map_or_else(String::new, |reach| super::sheet::reach_in_words(model, reach))
    }

    fn idle(&self, tally: &Tally<'_, '_>, inside: &dyn Fn(NodeId) -> bool) -> Vec<Idle> {
        let facts = &self.ground.org.facts;
        let holdings = facts
            .holdings
            .iter()
            .zip(&tally.holdings)
            .filter(|(holding, _)| inside(holding.node));
        let idle = holdings.filter_map(|(holding, fate)| {
            let what = self.names.role(holding.role).to_owned();
            Some(self.idle_one(holding.subject(), what, holding.node, fate.why()?))
        });
        let grants = facts
            .grants
            .iter()
            .zip(&tally.grants)
            .filter(|(grant, _)| inside(grant.at));
        let idle_grants = grants.filter_map(|(grant, fate)| {
            let model = self.ground.table.model();
            let shown: Vec<String> = grant
                .rule
                .permissions
                .iter()
                .map(|&id| permission_in_words(model, id))
                .collect();
            let what = format!("single grant of {}", shown.join(", "));
            Some(self.idle_one(grant.to, what, grant.at, fate.why()?))
        });
        idle.chain(idle_grants).collect()
    }

    fn idle_one(&self, to: Subject, what: String, at: NodeId, why: Option<Dropped>) -> Idle {
        let facts = &self.ground.org.facts;
        let to = match to {
            Subject::User(user) => facts.user(user).id.to_string(),
            Subject::Group(group) => format!("group {}", facts.group(group).id),
        };
        Idle {
            to,
            what,
            place: self.place(at),
            why,
        }
    }
}

/// How many nodes lie at or below a node.
fn size(org: &Org<'_>, node: NodeId) -> u32 {
    let (first, last) = org.interval(node);
    last - first + 1
}

/// The order of reaches.
const fn width(reach: Reach) -> u8 {
    match reach {
        Reach::OnlyHere => 0,
        Reach::OnlyBelow => 1,
        Reach::Below => 2,
        Reach::In(_) => 3,
        Reach::Across(_) => 4,
        Reach::Anywhere => 5,
    }
}

/// What came of a holding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Nobody has it, or it names no permission.
    Nothing,
    /// All that it would give is dropped.
    Dropped(Dropped),
    /// It gives something.
    Gives,
}

impl Fate {
    /// `None` if it gives something.
    const fn why(self) -> Option<Option<Dropped>> {
        match self {
            Self::Gives => None,
            Self::Nothing => Some(None),
            Self::Dropped(why) => Some(Some(why)),
        }
    }
}

/// What is counted on the way.
struct Tally<'t, 'a> {
    audit: &'t Audit<'a>,
    rows: [u64; 2],
    dropped: BTreeMap<Dropped, u64>,
    users: HashSet<UserId>,
    doubled: HashSet<UserId>,
    several: Vec<Several>,
    holdings: Vec<Fate>,
    grants: Vec<Fate>,
    user: Option<UserId>,
    /// What the user holds in the account, and what each of them gives.
    held: Vec<Held<'a>>,
    given: Vec<(NodeId, PermId, usize)>,
}

impl<'t, 'a> Tally<'t, 'a> {
    fn new(audit: &'t Audit<'a>) -> Self {
        let facts = &audit.ground.org.facts;
        Self {
            audit,
            rows: [0; 2],
            dropped: BTreeMap::new(),
            users: HashSet::new(),
            doubled: HashSet::new(),
            several: Vec::new(),
            holdings: vec![Fate::Nothing; facts.holdings.len()],
            grants: vec![Fate::Nothing; facts.grants.len()],
            user: None,
            held: Vec::new(),
            given: Vec::new(),
        }
    }

    fn fate(&mut self) -> Option<&mut Fate> {
        match self.held.last()?.entry?.source() {
            Source::Holding(ix) => self.holdings.get_mut(ix as usize),
            Source::Grant(ix) => self.grants.get_mut(ix as usize),
            Source::Default => None,
        }
    }

    /// Finds what is given more than once at a place.
    fn find_several(&mut self) {
        self.given.sort_unstable();
        self.given.dedup();
        let same = |a: &(NodeId, PermId, usize), b: &(NodeId, PermId, usize)| (a.0, a.1) == (b.0, b.1);
        let mut doubles = self.given.chunk_by(same).filter(|ways| ways.len() > 1).peekable();
        let (Some(user), Some(first)) = (self.user, doubles.peek().copied()) else {
            return;
        };
        if !self.doubled.insert(user) || self.several.len() == TOLD {
            return;
        }
        let (ground, names) = (&self.audit.ground, &self.audit.names);
        let because = |ix: usize| {
            let mut text = String::new();
            names.because(ground, &self.held[ix], &mut text);
            text
        };
        self.several.push(Several {
            user: ground.org.facts.user(user).id.to_string(),
            place: self.audit.place(first[0].0),
            permissions: doubles.filter(|ways| ways[0].0 == first[0].0).count(),
            permission: permission_in_words(ground.table.model(), first[0].1),
            because: first.iter().map(|way| because(way.2)).collect(),
        });
    }
}

impl<'a> Taker<'a> for Tally<'_, 'a> {
    fn begin(&mut self, _: Option<NodeId>, user: Option<UserId>) {
        self.user = user;
        self.held.clear();
        self.given.clear();
    }

    fn held(&mut self, held: &Held<'a>) {
        self.held.push(*held);
    }

    fn row(&mut self, line: &Line<'_>, allowed: bool, _: &[Way]) {
        self.rows[usize::from(!allowed)] += 1;
        self.users.extend(self.user);
        if let Some(fate) = self.fate() {
            *fate = Fate::Gives;
        }
        if let Some(node) = self.held.last().and_then(|held| held.node) {
            self.given.push((node, line.permission, self.held.len() - 1));
        }
    }

    fn dropped(&mut self, why: Dropped, count: u64) {
        if count == 0 {
            return;
        }
        *self.dropped.entry(why).or_default() += count;
        match self.fate() {
            Some(fate) if *fate != Fate::Gives => *fate = Fate::Dropped(why),
            _ => {}
        }
    }

    fn end(&mut self) -> io::Result<()> {
        if self.held.len() > 1 {
            self.find_several();
        }
        Ok(())
    }
}
