//! The patterns of truths that the analysis thinks possible, against those that brute force has seen: the verdicts of both
//! rest on nothing else.

use std::collections::BTreeSet;

use rolebook::analyze::cell::Cell;
use rolebook::analyze::circuit::Truth;
use rolebook::analyze::solver::{Answer, Lit};
use rolebook::model::permission::PermId;

use crate::evidence::Evidence;
use crate::shape::Bounds;
use crate::show;
use crate::small::Small;
use crate::truth::Truths;

/// What the two see differently.
pub(crate) enum Gap {
    /// Something is possible of which the analysis does not know.
    Lost(String),
    /// The analysis thinks something possible that was not seen.
    Unseen(String),
}

/// The first permission of which the two see other patterns.
pub(crate) fn gap(small: &Small, evidence: &Evidence, bounds: Bounds) -> Option<Gap> {
    small.matter.spoken.iter().find_map(|&permission| {
        let of = evidence
            .patterns
            .keys()
            .filter(|pattern| pattern.permission == permission);
        let seen: BTreeSet<Truths> = of.map(|pattern| pattern.truths).collect();
        let possible = possible(small, permission);
        let what = format!("{}\n{}", small.text, small.model().show_permission(permission));
        if let Some(&lost) = seen
            .iter()
            .find(|truths| possible.iter().all(|(other, _)| other != *truths))
        {
            let mut all = evidence.patterns.iter();
            let place = all.find(|(pattern, _)| pattern.permission == permission && pattern.truths == lost);
            let facts = place
                .map(|(_, seen)| show::seen(small, bounds, seen))
                .unwrap_or_default();
            return Some(Gap::Lost(format!(
                "{what}: the analysis misses\n{}{facts}",
                told(small, lost)
            )));
        }
        let (unseen, facts) = possible.iter().find(|(truths, _)| !seen.contains(truths))?;
        Some(Gap::Unseen(format!(
            "{what}: the analysis alone has\n{}{facts}",
            told(small, *unseen)
        )))
    })
}

fn told(small: &Small, truths: Truths) -> String {
    let text = |ix: usize| {
        small
            .texts
            .get(ix)
            .map_or("what data hands out", |text| small.snippet(text.span))
    };
    let one = |ix: usize| format!("    {:?} {}\n", truths.get(ix), text(ix));
    (0..=small.texts.len()).map(one).collect()
}

/// Every pattern of a permission that the solver can find, with a witness.
fn possible(small: &Small, permission: PermId) -> Vec<(Truths, String)> {
    let mut cell = Cell::new(&small.table, permission);
    let truths = by_text(small, &mut cell);
    let mut found = Vec::new();
    while cell.world.circuit.solve(&[]) == Answer::Yes {
        let mut pattern = Truths::default();
        let mut state: Vec<Lit> = Vec::new();
        for (text, truth) in truths.iter().enumerate() {
            let (yes, no) = (cell.world.circuit.value(truth.yes), cell.world.circuit.value(truth.no));
            pattern.set(text, yes, no);
            match (yes, no) {
                (true, _) => state.push(truth.yes),
                (_, true) => state.push(truth.no),
                _ => state.extend([!truth.yes, !truth.no]),
            }
        }
        let witness = cell.world.witness(&state, permission, None).found();
        let text = witness.map_or_else(String::new, |it| format!("{}# {}\n", it.facts, it.sentence));
        let block: Vec<Lit> = state.into_iter().map(|lit| !lit).collect();
        cell.world.circuit.require(&block);
        found.push((pattern, text));
    }
    found
}

/// The truth of each rule text; behind them what data hands out beyond the rules.
fn by_text(small: &Small, cell: &mut Cell<'_>) -> Vec<Truth> {
    let decision = cell.decision.clone();
    let circuit = &mut cell.world.circuit;
    let of_text = |text: usize| {
        let ways = decision.grants.iter().chain(&decision.prohibitions);
        let of = ways.filter(move |(way, _)| small.text_of[way.rule.ix()] == Some(text));
        of.map(|(_, truth)| *truth).collect::<Vec<Truth>>()
    };
    let mut truths: Vec<Truth> = (0..small.texts.len()).map(|text| circuit.any(of_text(text))).collect();
    let ruled = circuit.any(decision.grants.iter().map(|(_, truth)| *truth));
    let yes = circuit.and([decision.extra.yes, !ruled.yes]);
    let unknown = circuit.and([!decision.extra.yes, !decision.extra.no, ruled.no]);
    let no = circuit.and([!yes, !unknown]);
    truths.push(Truth { yes, no });
    truths
}
