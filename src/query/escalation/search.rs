//! Breadth first through the states that the actors can really make, by the [`Moves`] that the fixpoint does not exclude.

use std::collections::{HashSet, VecDeque};

use super::moves::Moves;
use super::{Budget, Change, Goal, Scene};
use crate::eval::org::Org;
use crate::model::value::UserId;

/// How the search ended.
pub(super) enum End {
    Found(Vec<(UserId, Change)>),
    /// After so many states.
    Exhausted(usize),
    /// Not at all: the budget ended after so many states.
    Budget(usize),
}

/// A state as it was come by.
struct Visited {
    state: Vec<u8>,
    from: Option<(usize, UserId, usize)>,
    depth: usize,
}

/// Looks through the states breadth first, at most `depth` steps deep.
pub(super) fn search(scene: &Scene<'_>, goal: &Goal, moves: &Moves, depth: usize, budget: &Budget) -> End {
    let mut seen: HashSet<Vec<u8>> = HashSet::from([moves.start.clone()]);
    let mut visited = vec![Visited {
        state: moves.start.clone(),
        from: None,
        depth: 0,
    }];
    let mut open: VecDeque<usize> = VecDeque::from([0]);
    // What copying a state costs beside its decisions.
    let cost = u64::try_from((moves.start.len() + moves.moves.len()) / 64).unwrap_or(u64::MAX);
    let mut seen_through = 0;
    while let Some(at) = open.pop_front() {
        if !budget.spend(scene.cost_of_state() + cost) {
            return End::Budget(seen_through);
        }
        seen_through += 1;
        let steps = steps_to(&visited, at, moves);
        let mut facts = scene.facts.clone();
        for (_, change) in &steps {
            change.apply(&mut facts, scene.table.model());
        }
        let org = Org::new(scene.table, &facts);
        if goal.is_reached(scene, &org) {
            return End::Found(steps);
        }
        if visited[at].depth >= depth {
            continue;
        }
        for (ix, it) in moves.moves.iter().enumerate() {
            let mut state = visited[at].state.clone();
            it.sets.iter().for_each(|&(slot, value)| state[slot] = value);
            if seen.contains(&state) {
                continue;
            }
            let able = scene.actors.iter().find(|&&actor| {
                budget.spend(1);
                scene.asked(&org).may(actor, &it.change)
            });
            if let Some(&actor) = able {
                seen.insert(state.clone());
                open.push_back(visited.len());
                visited.push(Visited {
                    state,
                    from: Some((at, actor, ix)),
                    depth: visited[at].depth + 1,
                });
            }
        }
    }
    match budget.is_spent() {
        true => End::Budget(seen_through),
        false => End::Exhausted(visited.len()),
    }
}

fn steps_to(visited: &[Visited], at: usize, moves: &Moves) -> Vec<(UserId, Change)> {
    let mut steps = Vec::new();
    let mut next = visited[at].from;
    while let Some((before, actor, ix)) = next {
        steps.push((actor, moves.moves[ix].change.clone()));
        next = visited[before].from;
    }
    steps.reverse();
    steps
}
