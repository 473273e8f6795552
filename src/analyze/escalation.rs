//! `ensure R can never become S`: proved by a bound on what holders of R can ever obtain, refuted by steps that the
//! evaluator replays.
//!
//! 1. [`safe_by_policy`] bounds, without any organisation, what the actors can come to hold. If S is not in it, that is
//!    the proof.
//! 2. Else its chain names who might give what. For each link the solver finds organisations in which that gift is
//!    allowed; two holders of R are put into them, what rules on the way look at is varied ([`stage`]), and the
//!    question `can alice become S at … together with bob` is asked there ([`crate::query::escalation`]).
//! 3. If no such organisation answers with steps, the promise is unknown, never proved.
//!
//! [`climbs`] asks the same without a promise: for roles that nobody of R gives, and that a role which R gives does.

mod stage;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use stage::{Gift, Stage, Stages, TURNED};

use super::Analysis;
use super::giving::wins;
use crate::diagnostic::Found;
use crate::eval::org::Org;
use crate::facts::Facts;
use crate::facts::read::read;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{NodeId, Tri, UserId, Value};
use crate::model::{Default, DerivationTerm, Model, RoleId, TypeId};
use crate::query::escalation::policy::{Core, Gain, Link, obtainable, safe_by_policy};
use crate::query::escalation::{Goal, Outcome, Scene, reach};
use crate::query::{Answer, Ground, ask};
use crate::source::{FileId, Span};
use crate::syntax::parse;
use crate::table::Table;
use crate::yaml;

/// How many organisations are tried for one goal.
const TRIES: usize = 600;

/// How many are tried for all climbs of a policy, each role its share of them, but some for each.
const CLIMBS: usize = 6_000;
const LEAST: usize = 20;

/// How much work a try may cost.
const WORK: u64 = 100_000;

/// What became of a promise about becoming.
#[derive(Debug, Clone)]
pub enum Path {
    /// Nobody gets there; what was looked at.
    Never(Core),
    /// Somebody gets there.
    Steps(Steps),
    /// A chain may lead there; no organisation was found in which it does.
    Perhaps(Vec<Link>),
}

/// How somebody gets there.
#[derive(Debug, Clone)]
pub struct Steps {
    /// The organisation at the start, as YAML.
    pub facts: String,
    /// The question that is answered with yes.
    pub sentence: String,
    /// Who does what, with the rules that allow it.
    pub steps: Vec<(String, Vec<Span>)>,
}

/// Whether holders of `actors` alone can come to hold one of `goal`.
#[must_use]
pub fn path(analysis: &Analysis<'_>, actors: &[RoleId], goal: &[RoleId]) -> Path {
    for &actor in actors {
        let links = match safe_by_policy(analysis.table, &[actor], goal) {
            Ok(_) => continue,
            Err(links) => links,
        };
        return match realised(analysis, actor, goal, &links, &mut Tries::new(TRIES)) {
            Some(steps) => Path::Steps(steps),
            None => Path::Perhaps(links),
        };
    }
    match safe_by_policy(analysis.table, actors, goal) {
        Ok(core) => Path::Never(core),
        Err(links) => Path::Perhaps(links),
    }
}

/// A role that its holders cannot give, obtained all the same in several steps.
#[derive(Debug, Clone)]
pub struct Climb {
    /// What they hold at first, alone.
    pub actor: RoleId,
    /// What one of them comes to hold.
    pub reached: RoleId,
    /// What he may do then, and not before.
    pub wins: PermId,
    /// How.
    pub steps: Steps,
}

/// For each role that gives another: the nearest role that its holders obtain through it, and that allows more. How long
/// that takes is bounded: of many roles, those farther off are not looked at.
#[must_use]
pub fn climbs(analysis: &Analysis<'_>) -> Vec<Climb> {
    let model = analysis.table.model();
    let actors = model.role_ids().filter(|&role| !model.role(role).is_derived());
    let actors: Vec<RoleId> = actors.collect();
    let share = (CLIMBS / actors.len().max(1)).max(LEAST);
    actors
        .iter()
        .filter_map(|&actor| climb(analysis, actor, share))
        .collect()
}

fn climb(analysis: &Analysis<'_>, actor: RoleId, mut left: usize) -> Option<Climb> {
    let (table, model) = (analysis.table, analysis.table.model());
    let given = given_by(table, actor);
    if given.is_empty() {
        return None;
    }
    let is_farther = |role: &RoleId| {
        let it = model.role(*role);
        *role != actor && !it.default && !it.is_derived() && !given.contains(role)
    };
    for reached in obtainable(table, &[actor]).into_iter().filter(is_farther) {
        // To see whether it allows more is as much work as an organisation.
        left = left.checked_sub(1)?;
        let Some(won) = wins(analysis, actor, reached) else {
            continue;
        };
        let Err(links) = safe_by_policy(table, &[actor], &[reached]) else {
            continue;
        };
        let mut tries = Tries::new(left.min(TRIES));
        let found = realised(analysis, actor, &[reached], &links, &mut tries);
        if let Some(steps) = found.filter(|found| found.steps.len() > 1) {
            let wins = won.permission;
            return Some(Climb {
                actor,
                reached,
                wins,
                steps,
            });
        }
        left -= tries.count;
    }
    None
}

/// What holders of a role may give, or members by default, or everybody.
fn given_by(table: &Table, actor: RoleId) -> BTreeSet<RoleId> {
    let model = table.model();
    let defaults = model.role_ids().filter(|&role| model.role(role).default);
    let givers: Vec<Option<RoleId>> = defaults.chain([actor]).map(Some).chain([None]).collect();
    let gives = |id| {
        let mut givers = givers.iter();
        givers.any(|&giver| !Table::cell(&table.row(id).grants, giver).is_empty())
    };
    let all = model
        .permissions
        .iter()
        .filter_map(|(id, permission)| match permission {
            Permission::Give(role) if gives(id) => Some(role),
            _ => None,
        });
    all.collect()
}

/// The first organisation in which a gift on the way leads to the goal: those that differ least from what some gift asks
/// for are tried first.
fn realised(
    analysis: &Analysis<'_>,
    actor: RoleId,
    goal: &[RoleId],
    links: &[Link],
    tries: &mut Tries,
) -> Option<Steps> {
    let table = analysis.table;
    let within = obtainable(table, &[actor]);
    let gifts = gifts(table, &within, links);
    let ways = goal
        .iter()
        .flat_map(|&wanted| gifts.iter().map(move |&gift| (gift, wanted)));
    let mut all = Vec::new();
    for (gift, wanted) in ways {
        // The solver's pictures are as much work as an organisation.
        tries.count += 1;
        if tries.count >= tries.most {
            return None;
        }
        let stages = Stages::of(analysis, gift, (actor, wanted), &within);
        if let ControlFlow::Break(steps) = stages.each(0, |stage| tries.play(table, wanted, &stage)) {
            return steps;
        }
        all.push((wanted, stages));
    }
    for count in 1..=TURNED {
        for (wanted, stages) in &all {
            if let ControlFlow::Break(steps) = stages.each(count, |stage| tries.play(table, *wanted, &stage)) {
                return steps;
            }
        }
    }
    None
}

/// What is given on the way, the last first, each by holders of which role, or by everybody. A derived role is given by
/// whoever changes what it hangs on.
fn gifts(table: &Table, within: &[RoleId], links: &[Link]) -> Vec<Gift> {
    let model = table.model();
    let gained = links.iter().rev().flat_map(|link| match link.gains {
        Gain::Role(role) if model.role(role).is_derived() => changes(model, role),
        Gain::Role(role) => model.permissions.id(Permission::Give(role)).into_iter().collect(),
        Gain::Grant(id) => model.permissions.id(Permission::Grant(id)).into_iter().collect(),
    });
    let givers = gained.flat_map(|give| table.row(give).grants.iter().map(move |way| (give, way.role)));
    let mut seen = BTreeSet::new();
    let comes_to = |gift: &Gift| gift.1.is_none_or(|role| within.contains(&role));
    givers.filter(|gift| comes_to(gift) && seen.insert(*gift)).collect()
}

/// The permissions to change the relations from which a role is derived, and what these fall back on.
fn changes(model: &Model, role: RoleId) -> Vec<PermId> {
    let ty = model.role(role).ty;
    let relations = model.role(role).derived.iter().filter_map(|being| match being {
        DerivationTerm::Relation(name) => Some((ty, model.slot(ty, *name)?)),
        _ => None,
    });
    let mut slots: Vec<(TypeId, usize)> = relations.collect();
    for (ty, slot) in slots.clone() {
        if let Default::Path(_, steps) = &model.ty(ty).attributes[slot].default
            && let Some(&last) = steps.last()
        {
            slots.extend(model.type_ids().filter_map(|ty| Some((ty, model.slot(ty, last)?))));
        }
    }
    slots
        .into_iter()
        .filter_map(|(ty, slot)| model.changing(ty, slot))
        .collect()
}

/// What was tried so far, and how much may be.
struct Tries {
    seen: BTreeSet<String>,
    count: usize,
    most: usize,
}

impl Tries {
    const fn new(most: usize) -> Self {
        Self {
            seen: BTreeSet::new(),
            count: 0,
            most,
        }
    }

    /// Whether one of the two comes to hold the role; stops without an answer when enough was tried.
    fn play(&mut self, table: &Table, wanted: RoleId, stage: &Stage) -> ControlFlow<Option<Steps>> {
        if self.count >= self.most {
            return ControlFlow::Break(None);
        }
        if !self.seen.insert(stage.facts.clone()) {
            return ControlFlow::Continue(());
        }
        self.count += 1;
        match played(table, wanted, stage) {
            Some(steps) => ControlFlow::Break(Some(steps)),
            None => ControlFlow::Continue(()),
        }
    }
}

/// The steps by which one of the two comes to hold the role, if there are any.
fn played(table: &Table, wanted: RoleId, stage: &Stage) -> Option<Steps> {
    let mut found = Found::default();
    let yaml = yaml::read(FileId::GENERATED, &stage.facts, &mut found)?;
    let facts = read(&yaml, table.model(), &mut found);
    if found.has_errors() {
        return None;
    }
    let user = |name: &String| facts.user_ids().find(|&user| facts.user(user).id == *name);
    let [one, other] = &stage.actors;
    let actors = [user(one)?, user(other)?];
    let role = table.model().role(wanted);
    let nodes = || facts.node_ids().filter(|&node| facts.node(node).ty == role.ty);
    let (node, first) = [0, 1]
        .into_iter()
        .flat_map(|first| nodes().map(move |node| (node, first)))
        .find(|&(node, first)| comes_to(table, &facts, (actors, first), (wanted, node)))?;
    let [who, helper] = [first, 1 - first].map(|ix: usize| &stage.actors[ix]);
    let (role, at) = (&role.name, &facts.node(node).id);
    let sentence = format!("can {who} become {role} at {at} together with {helper}");
    told(table, &facts, &stage.facts, sentence)
}

/// One of the actors comes to hold a role at a node.
fn comes_to(table: &Table, facts: &Facts, (actors, who): ([UserId; 2], usize), (role, node): (RoleId, NodeId)) -> bool {
    let scene = Scene {
        table,
        facts,
        context: &[],
        pool: &facts.pool,
        actors: &actors,
    };
    let goal = Goal::Role {
        user: actors[who],
        roles: vec![role],
        node: Some(node),
    };
    matches!(reach(&scene, &goal, WORK), Outcome::Plan(_))
}

/// The answer to the question, in words.
fn told(table: &Table, facts: &Facts, text: &str, sentence: String) -> Option<Steps> {
    let mut found = Found::default();
    let parsed = parse::sentence(FileId::GENERATED, &sentence, &mut found)?;
    let org = Org::new(table, facts);
    let ground = Ground {
        table,
        org: Some(&org),
        now: Value::Missing,
    };
    match ask(&ground, &parsed, &mut found)? {
        Answer::Reach(reached) if reached.truth == Tri::True => Some(Steps {
            facts: text.to_owned(),
            sentence,
            steps: reached.steps.into_iter().map(|told| (told.text, told.rules)).collect(),
        }),
        _ => None,
    }
}
