//! Steps tried on real facts: who may make each, what it comes to, and which of them are needed.

use super::{Budget, Change, Goal, Scene, Step};
use crate::eval::explain::{Cause, Reason, explain};
use crate::eval::org::{Org, Source};
use crate::facts::Facts;
use crate::model::value::UserId;
use crate::source::Span;

/// Makes what can be made of the steps wished for, in their order, until the goal is reached.
pub(super) fn replay(
    scene: &Scene<'_>,
    goal: &Goal,
    wished: &[(UserId, Change)],
    budget: &Budget,
) -> Option<Vec<Step>> {
    let mut facts = scene.facts.clone();
    let mut left = wished.to_vec();
    let mut made: Vec<(UserId, Change)> = Vec::new();
    loop {
        let org = Org::new(scene.table, &facts);
        if goal.is_reached(scene, &org) {
            return Some(trim(scene, goal, made, budget));
        }
        if !budget.spend(scene.cost_of_state()) {
            return None;
        }
        let (ix, actor) = first_allowed(scene, &org, &left, budget)?;
        let (_, change) = left.remove(ix);
        change.apply(&mut facts, scene.table.model());
        made.push((actor, change));
    }
}

fn first_allowed(
    scene: &Scene<'_>,
    org: &Org<'_>,
    left: &[(UserId, Change)],
    budget: &Budget,
) -> Option<(usize, UserId)> {
    left.iter().enumerate().find_map(|(ix, (actor, change))| {
        let mut actors = std::iter::once(actor).chain(scene.actors);
        let able = actors.find(|&&actor| {
            budget.spend(1);
            scene.asked(org).may(actor, change)
        });
        able.map(|&actor| (ix, actor))
    })
}

/// Leaves out every step without which the others still reach the goal; later ones are tried first.
pub(super) fn trim(scene: &Scene<'_>, goal: &Goal, mut steps: Vec<(UserId, Change)>, budget: &Budget) -> Vec<Step> {
    let mut ix = steps.len();
    while ix > 0 {
        ix -= 1;
        let mut fewer = steps.clone();
        fewer.remove(ix);
        if spend(scene, &fewer, budget) && leads(scene, goal, &fewer) {
            steps = fewer;
            ix = steps.len();
        }
    }
    told(scene, &combined(scene, goal, steps, budget))
}

/// Single grants of one person to another at one node are one act.
fn combined(
    scene: &Scene<'_>,
    goal: &Goal,
    mut steps: Vec<(UserId, Change)>,
    budget: &Budget,
) -> Vec<(UserId, Change)> {
    let mut ix = 0;
    while ix < steps.len() {
        let later = (ix + 1..steps.len()).find_map(|later| Some((later, joined(&steps[ix], &steps[later])?)));
        let Some((later, both)) = later else {
            ix += 1;
            continue;
        };
        let at = |place: usize| {
            let mut fewer = steps.clone();
            fewer[place].1 = both.clone();
            fewer.remove(if place == ix { later } else { ix });
            (spend(scene, &fewer, budget) && leads(scene, goal, &fewer)).then_some(fewer)
        };
        match at(ix).or_else(|| at(later)) {
            Some(fewer) => steps = fewer,
            None => ix += 1,
        }
    }
    steps
}

fn joined(one: &(UserId, Change), other: &(UserId, Change)) -> Option<Change> {
    (one.0 == other.0).then(|| one.1.joined(&other.1)).flatten()
}

/// Each step is decided on an organisation of its own.
fn spend(scene: &Scene<'_>, steps: &[(UserId, Change)], budget: &Budget) -> bool {
    let steps = u64::try_from(steps.len() + 1).unwrap_or(u64::MAX);
    budget.spend(scene.cost_of_state().saturating_mul(steps))
}

/// True if every step is allowed where it stands, and they reach the goal.
fn leads(scene: &Scene<'_>, goal: &Goal, steps: &[(UserId, Change)]) -> bool {
    let mut facts = scene.facts.clone();
    for (actor, change) in steps {
        if !scene.asked(&Org::new(scene.table, &facts)).may(*actor, change) {
            return false;
        }
        change.apply(&mut facts, scene.table.model());
    }
    goal.is_reached(scene, &Org::new(scene.table, &facts))
}

fn told(scene: &Scene<'_>, steps: &[(UserId, Change)]) -> Vec<Step> {
    let mut facts: Facts = scene.facts.clone();
    let mut told = Vec::with_capacity(steps.len());
    for (actor, change) in steps {
        let org = Org::new(scene.table, &facts);
        told.push(Step {
            actor: *actor,
            change: change.clone(),
            rules: rules(scene, &org, *actor, change),
        });
        change.apply(&mut facts, scene.table.model());
    }
    told
}

/// The rules that allow the actor to make a change.
fn rules(scene: &Scene<'_>, org: &Org<'_>, actor: UserId, change: &Change) -> Vec<Span> {
    let asked = scene.asked(org);
    let demands = change.demands(scene.table.model(), org);
    let met = demands
        .iter()
        .find(|cases| asked.meets(actor, std::slice::from_ref(cases)));
    let mut rules = Vec::new();
    for case in met.into_iter().flatten() {
        let reasons = explain(scene.table, org, &asked.request(actor, case)).reasons;
        // A single grant is allowed by no rule of its own: the data are the rule.
        let by_rule = |reason: &&Reason| !matches!(reason.entry.map(|entry| entry.source()), Some(Source::Grant(_)));
        let mut granted = reasons.iter().filter(|reason| reason.cause == Cause::Granted);
        let rule = granted.find(by_rule).map(|reason| reason.rule);
        rules.extend(rule.filter(|rule| !rules.contains(rule)));
    }
    rules
}
