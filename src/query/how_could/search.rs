//! All smallest sets of changes that allow a deed, by size.
//!
//! Each set stands with the plans that it was made for. Where a set does not yet allow the deed, each plan names its
//! obstacle, and the set grows by each change that bears on that ([`Search::follow`]); so no set is missed, and hardly
//! any is looked at in vain. Where it allows the deed but nobody may make it, it grows by what bears on the permission to
//! make it ([`Search::empower`]). A set that changes all that one already found changes, and more, is no smallest one,
//! whatever the values. Effects are never guessed: each set is made, in a copy of the facts, and decided.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::candidates::Candidates;
use super::plans::{Plan, World};
use super::reads::{Look, Read, Want};
use super::{Budget, Change, End, Step};
use crate::eval::org::Org;
use crate::facts::{Facts, Thing};
use crate::model::value::UserId;
use crate::query::change::made;

/// Of how many users it is asked what would let them make a change.
const WATCHED: usize = 300;

/// Changes by number, sorted.
type Set = Vec<usize>;

/// For each goal the plan that is followed, once one is.
type Followed = Vec<Option<usize>>;

/// Sets of one size, each with what it was made for.
type Level = BTreeMap<Set, BTreeSet<Followed>>;

/// The search and what it found.
pub(super) struct Search<'s> {
    world: &'s World<'s>,
    base: &'s Org<'s>,
    plans: Vec<Vec<Plan>>,
    /// Every change that was met.
    changes: Vec<Change>,
    /// The number of each.
    numbers: HashMap<Change, usize>,
    /// Who may make a change once others are made.
    powers: HashMap<(Set, usize), Power>,
    budget: Budget,
    /// How many sets were tried.
    pub(super) tried: usize,
    found: Vec<Set>,
    /// What was read of the request.
    pub(super) asked: Vec<Read>,
    /// Sets that allow the deed, with the steps in an order in which they can be made.
    pub(super) ways: Vec<Vec<Step>>,
    /// Sets that allow the deed and that nobody may make.
    barred: Vec<Set>,
    /// More was to be looked at than the budget allows.
    stopped: bool,
    /// Larger sets were left out.
    cut: bool,
    /// Some values were.
    untried: bool,
}

impl<'s> Search<'s> {
    pub(super) fn new(world: &'s World<'s>, base: &'s Org<'s>, budget: Budget) -> Self {
        Self {
            world,
            base,
            plans: world.goals.iter().map(|goal| world.plans(base, goal)).collect(),
            changes: Vec::new(),
            numbers: HashMap::new(),
            powers: HashMap::new(),
            budget,
            tried: 0,
            found: Vec::new(),
            asked: Vec::new(),
            ways: Vec::new(),
            barred: Vec::new(),
            stopped: false,
            cut: false,
            untried: false,
        }
    }

    pub(super) fn run(&mut self) {
        let mut level = Level::new();
        level.insert(Set::new(), BTreeSet::from([vec![None; self.plans.len()]]));
        for size in 0..=self.budget.size {
            let mut next = Level::new();
            for (set, followed) in &level {
                if self.contains_one(&self.found, set) {
                    continue;
                }
                if self.tried == self.budget.sets {
                    self.stopped = true;
                    return;
                }
                self.tried += 1;
                self.grow(set, followed, &mut next);
            }
            if size == self.budget.size {
                self.cut |= next.keys().any(|set| !self.contains_one(&self.found, set));
            }
            level = next;
        }
    }

    pub(super) const fn end(&self) -> End {
        match (self.stopped, self.untried, self.cut) {
            (true, ..) => End::Stopped,
            (_, true, _) => End::Untried,
            (.., true) => End::UpTo(self.budget.size),
            _ => End::Complete,
        }
    }

    /// The smallest sets that nobody may make.
    pub(super) fn barred(&self) -> Vec<Vec<Change>> {
        let smallest = |set: &&Set| !self.contains_one(&self.barred, set) && !self.contains_one(&self.found, set);
        let sets = self.barred.iter().filter(smallest);
        sets.map(|set| set.iter().map(|&ix| self.changes[ix].clone()).collect())
            .collect()
    }

    /// True if one of these smaller sets changes only things that this one changes too.
    fn contains_one(&self, smaller: &[Set], set: &Set) -> bool {
        let alike = |a: usize, b: usize| self.changes[a].is_of_one_thing(&self.changes[b]);
        let within = |small: &Set| small.iter().all(|&a| set.iter().any(|&b| alike(a, b)));
        smaller.iter().any(|small| small.len() < set.len() && within(small))
    }

    fn made(&self, set: &[usize]) -> Option<Facts> {
        let changes: Vec<&Change> = set.iter().map(|&ix| &self.changes[ix]).collect();
        made(&self.base.facts, self.world.table.model(), &changes)
    }

    /// Tries a set, and enters the larger ones that it leads to.
    fn grow(&mut self, set: &Set, followed: &BTreeSet<Followed>, next: &mut Level) {
        let Some(facts) = self.made(set) else { return };
        let org = Org::new(self.world.table, &facts);
        match self.world.failing(&org) {
            Some(goal) => self.follow(set, &org, goal, followed, next),
            None if set.is_empty() => self.found.push(Set::new()),
            None => match self.order(self.base, &[], set) {
                Some(steps) => {
                    self.found.push(set.clone());
                    self.ways.push(self.combined(steps));
                }
                None => self.empower(set, followed, next),
            },
        }
    }

    fn follow(&mut self, set: &Set, org: &Org<'_>, goal: usize, followed: &BTreeSet<Followed>, next: &mut Level) {
        let mut known: HashMap<usize, Vec<usize>> = HashMap::new();
        for plans in followed {
            let chosen = match plans[goal] {
                Some(plan) => plan..plan + 1,
                None => 0..self.plans[goal].len(),
            };
            for plan in chosen {
                let mut plans = plans.clone();
                plans[goal] = Some(plan);
                let more = known.entry(plan).or_insert_with(|| {
                    let reads = self.world.obstacle(org, &self.plans[goal][plan]);
                    self.candidates(org, &reads)
                });
                enter(&self.changes, set, more, &plans, next);
            }
        }
    }

    /// The changes that bear on what was read, by number.
    fn candidates(&mut self, org: &Org<'_>, reads: &[Read]) -> Vec<usize> {
        let candidates = Candidates {
            table: self.world.table,
            org,
            values: self.world.values,
        };
        let asked = reads
            .iter()
            .filter(|read| matches!(read, Read::Value(Look::Context(_) | Look::Given(_), ..)));
        for read in asked {
            if !self.asked.contains(read) {
                self.asked.push(read.clone());
            }
        }
        self.untried |= reads.iter().any(|read| candidates.leaves_untried(read));
        let changes = candidates.of(reads);
        changes.into_iter().map(|change| self.number(change)).collect()
    }

    fn number(&mut self, change: Change) -> usize {
        let next = self.changes.len();
        let ix = *self.numbers.entry(change.clone()).or_insert(next);
        if ix == next {
            self.changes.push(change);
        }
        ix
    }

    /// An order in which somebody may make each change, with all who may.
    fn order(&self, org: &Org<'_>, done: &[usize], rest: &[usize]) -> Option<Vec<Step>> {
        for &ix in rest {
            let change = &self.changes[ix];
            let makers = self.makers(org, change);
            if makers.is_empty() {
                continue;
            }
            let mut steps = vec![Step {
                change: change.clone(),
                makers,
            }];
            let rest: Vec<usize> = rest.iter().copied().filter(|&other| other != ix).collect();
            if rest.is_empty() {
                return Some(steps);
            }
            let done: Vec<usize> = done.iter().copied().chain([ix]).collect();
            let Some(facts) = self.made(&done) else { continue };
            if let Some(more) = self.order(&Org::new(self.world.table, &facts), &done, &rest) {
                steps.extend(more);
                return Some(steps);
            }
        }
        None
    }

    /// Single grants to one person at one node are one act, where somebody may make all of them.
    fn combined(&self, steps: Vec<Step>) -> Vec<Step> {
        let pairs = (0..steps.len()).flat_map(|a| (a + 1..steps.len()).map(move |b| (a, b)));
        let joined = |(a, b): (usize, usize)| Some((a, b, steps[a].change.joined(&steps[b].change)?));
        let fewer = |(a, b, both): (usize, usize, Change)| {
            let mut changes: Vec<Change> = steps.iter().map(|step| step.change.clone()).collect();
            changes[a] = both;
            changes.remove(b);
            self.in_order(&changes)
        };
        match pairs.filter_map(joined).find_map(fewer) {
            Some(fewer) => self.combined(fewer),
            None => steps,
        }
    }

    /// The changes with all who may make each once those before it are made; `None` if somewhere nobody may.
    fn in_order(&self, changes: &[Change]) -> Option<Vec<Step>> {
        let before: Vec<&Change> = changes.iter().collect();
        let step = |(ix, change): (usize, &Change)| {
            let facts = made(&self.base.facts, self.world.table.model(), &before[..ix])?;
            let makers = self.makers(&Org::new(self.world.table, &facts), change);
            (!makers.is_empty()).then(|| Step {
                change: change.clone(),
                makers,
            })
        };
        changes.iter().enumerate().map(step).collect()
    }

    fn makers(&self, org: &Org<'_>, change: &Change) -> Vec<UserId> {
        let asked = self.world.asked(org);
        let demands = change.demands(self.world.table.model(), org);
        org.facts
            .user_ids()
            .filter(|&user| asked.meets(user, &demands))
            .collect()
    }

    /// The set allows the deed, but nobody may make it. If nobody may make one change in it, whatever comes before,
    /// then what bears on that one is needed; else what bears on any.
    fn empower(&mut self, set: &Set, followed: &BTreeSet<Followed>, next: &mut Level) {
        self.barred.push(set.clone());
        let mut more: BTreeSet<usize> = BTreeSet::new();
        for &ix in set {
            let rest: Set = set.iter().copied().filter(|&other| other != ix).collect();
            let powers: Vec<Power> = subsets(&rest).into_iter().map(|made| self.power(made, ix)).collect();
            let never = !powers.iter().any(|power| power.some);
            if never {
                more.clear();
            }
            more.extend(powers.into_iter().flat_map(|power| power.bearing));
            if never {
                break;
            }
        }
        let more: Vec<usize> = more.into_iter().collect();
        for plans in followed {
            enter(&self.changes, set, &more, plans, next);
        }
    }

    /// Whether somebody may make a change once others are made, and what bears on that.
    fn power(&mut self, made: Set, ix: usize) -> Power {
        let key = (made, ix);
        if let Some(known) = self.powers.get(&key) {
            return known.clone();
        }
        let power = self.find_power(&key.0, ix);
        self.powers.insert(key, power.clone());
        power
    }

    fn find_power(&mut self, made: &[usize], ix: usize) -> Power {
        let Some(facts) = self.made(made) else {
            return Power::default();
        };
        let org = Org::new(self.world.table, &facts);
        let change = self.changes[ix].clone();
        let some = !self.makers(&org, &change).is_empty();
        if facts.users.len() > WATCHED {
            self.stopped = true;
            let bearing = Vec::new();
            return Power { some, bearing };
        }
        let reads = self.power_reads(&org, &change);
        let bearing = self.candidates(&org, &reads);
        Power { some, bearing }
    }

    /// What stands in the way of each user who could make a change.
    fn power_reads(&self, org: &Org<'_>, change: &Change) -> Vec<Read> {
        let world = self.world;
        let (mut reads, mut known) = (Vec::new(), HashSet::new());
        for case in change.demands(world.table.model(), org).into_iter().flatten() {
            for user in org.facts.user_ids().map(Some) {
                if user.is_some_and(|user| world.asked(org).meets(user, &[vec![case]])) {
                    continue;
                }
                for plan in world.plans_of(org, user, case) {
                    let new = world.obstacle(org, &plan).into_iter();
                    reads.extend(new.filter(|read| known.insert(read.clone())));
                }
            }
        }
        if let Some((Thing::User(user), _)) = change.slot()
            && world.persons.contains(&user)
        {
            let places = org.facts.node_ids().filter(|&n| org.kind(n).is_place());
            reads.extend(places.map(|place| Read::Member(user, place, Want::Any)));
        }
        reads
    }
}

/// Whether somebody may make a change, and the changes that bear on that.
#[derive(Debug, Clone, Default)]
struct Power {
    some: bool,
    bearing: Vec<usize>,
}

/// Enters a set with one change more, for each of these that does not contradict it.
fn enter(changes: &[Change], set: &Set, more: &[usize], plans: &Followed, next: &mut Level) {
    for &ix in more {
        let contradicts = |&known: &usize| known == ix || changes[known].contradicts(&changes[ix]);
        if set.iter().any(contradicts) {
            continue;
        }
        let mut larger = set.clone();
        larger.insert(larger.partition_point(|&known| known < ix), ix);
        next.entry(larger).or_default().insert(plans.clone());
    }
}

/// All subsets; sets are small.
fn subsets(set: &Set) -> Vec<Set> {
    let of = |bits: usize| {
        let chosen = set.iter().enumerate().filter(|(ix, _)| bits >> ix & 1 == 1);
        chosen.map(|(_, &change)| change).collect()
    };
    (0..1usize << set.len().min(8)).map(of).collect()
}
