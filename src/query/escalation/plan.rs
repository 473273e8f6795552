//! Steps tried on real facts: who may make each, what it comes to, and which of them are needed.

use super::{Budget, Change, Goal, Scene, Step};
use crate::eval::org::Org;
use crate::facts::Facts;
use crate::model::value::UserId;

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
        change.apply(scene.table.model(), &mut facts);
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
            change.is_allowed(scene, org, actor)
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
        if budget.spend(scene.cost_of_state()) && leads(scene, goal, &fewer) {
            steps = fewer;
            ix = steps.len();
        }
    }
    told(scene, &steps)
}

/// True if every step is allowed where it stands, and they reach the goal.
fn leads(scene: &Scene<'_>, goal: &Goal, steps: &[(UserId, Change)]) -> bool {
    let mut facts = scene.facts.clone();
    for (actor, change) in steps {
        if !change.is_allowed(scene, &Org::new(scene.table, &facts), *actor) {
            return false;
        }
        change.apply(scene.table.model(), &mut facts);
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
            rules: change.rules(scene, &org, *actor),
        });
        change.apply(scene.table.model(), &mut facts);
    }
    told
}
