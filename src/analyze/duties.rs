//! Separation of duty: whether some organisation that keeps the exclusions lets one user do both of two things.

use super::Analysis;
use super::circuit::Truth;
use super::meaning::Meaning;
use super::scope::Scope;
use super::solver::Search;
use super::witness::Witness;
use super::world::World;
use crate::model::TypeId;
use crate::model::permission::PermId;
use crate::source::{FileId, Span};
use crate::table::Way;

/// One user who can do both.
#[derive(Debug, Clone)]
pub struct Clash {
    /// What he can do.
    pub permissions: [PermId; 2],
    /// Where, with both requests.
    pub witness: Witness,
    /// The rules that allow it.
    pub rules: Vec<Span>,
}

/// The first pair of the permissions that one user can have; with a type, on targets that lie in the same one.
#[must_use]
pub fn clash(analysis: &Analysis<'_>, left: &[PermId], right: &[PermId], same: Option<TypeId>) -> Search<Clash> {
    let pairs = left.iter().flat_map(|&one| right.iter().map(move |&two| [one, two]));
    let mut settled = true;
    for pair in pairs {
        match both(analysis, pair, same) {
            Search::Nowhere => {}
            Search::GaveUp => settled = false,
            found => return found,
        }
    }
    if settled { Search::Nowhere } else { Search::GaveUp }
}

fn both(analysis: &Analysis<'_>, permissions: [PermId; 2], same: Option<TypeId>) -> Search<Clash> {
    let table = analysis.table;
    let mut scope = Scope::default();
    for permission in permissions {
        scope.permission(table, permission);
    }
    scope.policy(table.model());
    scope.crowd(table.model());
    let mut world = World::of_both(table.model(), scope, permissions, same);
    world.circuit.share(&analysis.budget);
    let mut meaning = Meaning::new(&mut world, table);
    let questions = [meaning.main(permissions[0]), meaning.second(permissions[1])];
    let decisions = questions.map(|asked| meaning.decision(&asked));
    let wholes = [0, 1].map(|ix| meaning.whole(&decisions[ix]).yes);
    let complete = world.complete;
    let witness = match world.witness_of_both(&[wholes[0], wholes[1], complete], permissions) {
        Search::Found(witness) => witness,
        Search::Nowhere if world.exact => return Search::Nowhere,
        Search::Nowhere | Search::GaveUp => return Search::GaveUp,
    };
    let applied = |ways: &[(Way, Truth)]| {
        let applied = ways.iter().filter(|(_, truth)| world.circuit.value(truth.yes));
        applied
            .map(|(way, _)| table.model().rule(way.rule).span)
            .collect::<Vec<Span>>()
    };
    let mut rules: Vec<Span> = decisions
        .iter()
        .flat_map(|decision| applied(&decision.grants))
        .collect();
    rules.sort_unstable();
    rules.dedup();
    let confirmed = witness.replay(table, FileId::GENERATED) == Some(true)
        && witness.replay_second(table, FileId::GENERATED) == Some(true);
    match confirmed {
        true => Search::Found(Clash {
            permissions,
            witness,
            rules,
        }),
        false => Search::GaveUp,
    }
}
