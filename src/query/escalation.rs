//! Escalation: what some users can make of an organisation if they use all that they may hand out and change, and
//! nobody else does anything.
//!
//! The state is what people do every day: roles given by hand, membership, single grants, members of groups, attributes
//! in a field. Nodes, users and custom roles stay as they are. [`reach`] goes from the cheap to the dear:
//!
//! 1. [`mod@slice`] walks backwards from the goal: which roles, permissions and attributes can matter at all.
//! 2. [`most`] is a least fixpoint of all that the actors could obtain if nothing obtained ever stood in the way: roles,
//!    grants and membership only grow, a test on what may change is passed. If the goal is not in it, that is the
//!    [`Proof`].
//! 3. [`plan`] replays the steps of the fixpoint on real facts, each decided by [`crate::eval`], and leaves out what is
//!    not needed.
//! 4. [`search`] looks through the real states breadth first, with revocations and changes of attributes, within the
//!    budget. Where the budget ends first, the outcome is [`Outcome::Unknown`], never a *no*.
//!
//! [`policy`] asks the first two questions of the policy alone, for `ensure R can never become S`.

mod goal;
mod most;
mod perhaps;
mod plan;
pub mod policy;
mod search;
mod slice;
mod values;
mod why;

use std::cell::Cell;

use super::change::{Asked, Handout};
use crate::eval::org::Org;
use crate::eval::{Request, Target};
use crate::facts::{Facts, Thing};
use crate::model::RoleId;
use crate::model::permission::PermId;
use crate::model::value::{NodeId, Pool, UserId, Value};
use crate::source::Span;
use crate::table::Table;

pub use super::change::Change;
pub use goal::Goal;
pub use why::{Obstacle, Stop};

/// How much work a question may cost unless it says otherwise: about as many looks at a rule. Work is counted, not
/// timed, so that an answer is the same on every machine.
pub const BUDGET: u64 = 4_000_000;

/// What the question is put to.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The policy.
    pub table: &'a Table,
    /// The organisation as it stands.
    pub facts: &'a Facts,
    /// What every request carries, by slot.
    pub context: &'a [Value],
    /// Strings and lists; stands on the organisation's.
    pub pool: &'a Pool,
    /// Who acts.
    pub actors: &'a [UserId],
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Who.
    pub actor: UserId,
    /// Does what.
    pub change: Change,
    /// The rules that allow it.
    pub rules: Vec<Span>,
}

/// Steps by which a goal is reached, one after the other; none if it is so already.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    /// Strings and lists that values in the steps refer to; stands on the scene's.
    pub pool: Pool,
}

/// What can come of it.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It can be reached.
    Plan(Plan),
    /// It cannot.
    Never(Proof),
    /// Neither is settled.
    Unknown(Doubt),
}

/// Why it is not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The budget ended before it was known what the actors can obtain at most.
    Bound,
    /// What they can obtain at most leads to the goal; the budget ended after so many states were looked at.
    States(usize),
    /// Every state was looked at that differs in a value tried; some attribute has more values than were tried.
    Values,
}

/// Why a goal cannot be reached.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proof {
    /// The roles that the actors hold at most, besides those that they hold now.
    pub roles: Vec<(UserId, RoleId, NodeId)>,
    /// The single permissions that they can be granted at most.
    pub grants: Vec<(UserId, Handout, NodeId)>,
    /// The attributes that they can change at most.
    pub attributes: Vec<(Thing, usize)>,
    /// What would give the goal, and what stands in the way.
    pub obstacles: Vec<Obstacle>,
    /// How many states were looked through, where the bound alone does not prove it.
    pub states: Option<usize>,
}

/// Work left.
#[derive(Debug)]
struct Budget(Cell<u64>);

impl Budget {
    /// Takes from what is left; false if that was too little.
    fn spend(&self, cost: u64) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(cost));
        left >= cost
    }

    fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

impl<'a> Scene<'a> {
    /// As whom it is asked who may make a change.
    const fn asked<'r>(&'r self, org: &'r Org<'r>) -> Asked<'r> {
        Asked {
            table: self.table,
            org,
            context: self.context,
        }
    }

    const fn request<'r>(
        &'r self,
        user: UserId,
        permission: PermId,
        target: Target,
        recipient: Option<UserId>,
        given: &'r [(usize, Value)],
    ) -> Request<'r>
    where
        'a: 'r,
    {
        Request {
            user: Some(user),
            permission,
            target,
            recipient,
            context: self.context,
            given,
            pool: self.pool,
        }
    }

    /// What indexing the organisation once is reckoned at, in decisions.
    fn cost_of_state(&self) -> u64 {
        let facts = self.facts;
        let size = facts.nodes.len() + facts.users.len() + facts.holdings.len() + facts.grants.len();
        1 + u64::try_from(size / 8).unwrap_or(u64::MAX)
    }
}

/// Whether the actors can reach a goal, within a budget of work.
#[must_use]
pub fn reach(scene: &Scene<'_>, goal: &Goal, budget: u64) -> Outcome {
    let mut facts = scene.facts.clone();
    facts.pool = scene.pool.clone();
    let slice = slice::Slice::of(scene, goal);
    let domains = values::Domains::of(scene, goal, &slice, &mut facts.pool);
    let scene = Scene {
        facts: &facts,
        pool: &facts.pool,
        ..*scene
    };
    match settle(&scene, goal, &slice, &domains, &Budget(Cell::new(budget))) {
        Ok(steps) => Outcome::Plan(Plan {
            steps,
            pool: facts.pool.clone(),
        }),
        Err(Failed::Doubt(doubt)) => Outcome::Unknown(doubt),
        Err(Failed::Never(proof)) => Outcome::Never(proof),
    }
}

/// Why there is no plan.
enum Failed {
    Doubt(Doubt),
    Never(Proof),
}

fn settle(
    scene: &Scene<'_>,
    goal: &Goal,
    slice: &slice::Slice,
    domains: &values::Domains,
    budget: &Budget,
) -> Result<Vec<Step>, Failed> {
    if !budget.spend(scene.cost_of_state()) {
        return Err(Failed::Doubt(Doubt::Bound));
    }
    let org = Org::new(scene.table, scene.facts);
    if goal.is_reached(scene, &org) {
        return Ok(Vec::new());
    }
    let mut most = most::Most::new(scene, &org, goal, (slice, domains), budget);
    if !most.run() {
        return Err(Failed::Doubt(Doubt::Bound));
    }
    let needs = most.reaches(goal);
    if budget.is_spent() {
        return Err(Failed::Doubt(Doubt::Bound));
    }
    let Some(needs) = needs else {
        return Err(Failed::Never(why::proof(&most, goal, None)));
    };
    if let Some(plan) = plan::replay(scene, goal, &most.steps(&needs), budget) {
        return Ok(shorter(&most, goal, plan, budget));
    }
    let moves = search::Moves::of(&most, domains);
    match search::search(scene, goal, &moves, usize::MAX, budget) {
        search::End::Found(steps) => Ok(plan::trim(scene, goal, steps, budget)),
        search::End::Budget(states) => Err(Failed::Doubt(Doubt::States(states))),
        search::End::Exhausted(_) if !moves.complete => Err(Failed::Doubt(Doubt::Values)),
        search::End::Exhausted(states) => Err(Failed::Never(why::proof(&most, goal, Some(states)))),
    }
}

/// A shorter plan, if a part of what is left of the budget finds one.
fn shorter(most: &most::Most<'_>, goal: &Goal, plan: Vec<Step>, budget: &Budget) -> Vec<Step> {
    if plan.len() < 2 {
        return plan;
    }
    let moves = search::Moves::of(most, most.domains);
    let part = Budget(Cell::new(budget.0.get() / 4));
    match search::search(most.scene, goal, &moves, plan.len() - 1, &part) {
        search::End::Found(steps) => plan::trim(most.scene, goal, steps, budget),
        _ => plan,
    }
}
