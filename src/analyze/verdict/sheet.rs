//! The texts of one effect of one permission, held against each other.

use std::collections::BTreeMap;

use crate::analyze::cell::Cell;
use crate::analyze::solver::{Answer, Lit};
use crate::model::Effect;
use crate::source::Span;

/// One permission's texts of one effect.
pub(super) struct Sheet {
    /// Each text with its truth: it applies, for a grant; it may apply, for a prohibition.
    pub(super) texts: Vec<(Span, Lit)>,
    /// Where a text matters: for a grant where nothing prohibits, for a prohibition where something grants.
    pub(super) arena: Lit,
    /// Custom roles and single grants apply.
    pub(super) extra: Lit,
    /// Organisations met so far in which a text could matter: which of the texts apply, a bit each. They show at once of
    /// most pairs that one does not cover the other.
    samples: Vec<Vec<u64>>,
}

impl Sheet {
    pub(super) fn new(cell: &mut Cell<'_>, effect: Effect) -> Self {
        let arena = match effect {
            Effect::Grant => cell.unprohibited(),
            Effect::Prohibit => cell.granted(),
        };
        let extra = match effect {
            Effect::Grant => cell.decision.extra.yes,
            Effect::Prohibit => Lit::FALSE,
        };
        Self {
            texts: by_text(cell, effect),
            arena,
            extra,
            samples: Vec::new(),
        }
    }

    pub(super) fn index(&self, span: Span) -> Option<usize> {
        self.texts.binary_search_by_key(&span, |(known, _)| *known).ok()
    }

    /// Some organisation met so far is one in which a text applies.
    pub(super) fn was_met(&self, text: usize) -> bool {
        self.samples.iter().any(|sample| has(sample, text))
    }

    /// Asks the solver; what it finds is remembered.
    pub(super) fn solve(&mut self, cell: &mut Cell<'_>, lits: &[Lit]) -> Answer {
        let answer = cell.world.circuit.solve(lits);
        if answer == Answer::Yes && cell.world.circuit.value(self.arena) {
            let mut sample = vec![0; self.texts.len().div_ceil(64)];
            for (ix, (_, lit)) in self.texts.iter().enumerate() {
                sample[ix / 64] |= u64::from(cell.world.circuit.value(*lit)) << (ix % 64);
            }
            self.samples.push(sample);
        }
        answer
    }

    /// The texts that apply in every organisation met so far in which this one does: a bit each.
    fn company(&self, text: usize) -> Vec<u64> {
        let mut all = vec![u64::MAX; self.texts.len().div_ceil(64)];
        for sample in self.samples.iter().filter(|sample| has(sample, text)) {
            for (word, other) in all.iter_mut().zip(sample) {
                *word &= other;
            }
        }
        all
    }

    /// True if whenever one text applies to an effect, the other does too.
    pub(super) fn covers(&mut self, cell: &mut Cell<'_>, cover: usize, text: usize) -> bool {
        has(&self.company(text), cover) && !self.apart(cell, cover, text)
    }

    /// False if it is proved that one text applies to an effect only where the other does.
    pub(super) fn apart(&mut self, cell: &mut Cell<'_>, cover: usize, text: usize) -> bool {
        let lits = [self.texts[text].1, self.arena, !self.texts[cover].1];
        self.solve(cell, &lits) != Answer::No
    }

    /// The next text, from one on, that alone covers this one.
    pub(super) fn next_cover(&mut self, cell: &mut Cell<'_>, text: usize, from: usize) -> Option<usize> {
        let mut company = self.company(text);
        for ix in (from..self.texts.len()).filter(|&ix| ix != text) {
            if !has(&company, ix) {
                continue;
            }
            if !self.apart(cell, ix, text) {
                return Some(ix);
            }
            company = self.company(text);
        }
        None
    }
}

fn has(sample: &[u64], ix: usize) -> bool {
    sample[ix / 64] >> (ix % 64) & 1 == 1
}

/// Each text of one effect with its truth.
pub(in crate::analyze) fn by_text(cell: &mut Cell<'_>, effect: Effect) -> Vec<(Span, Lit)> {
    let mut lits: BTreeMap<Span, Vec<Lit>> = BTreeMap::new();
    let ways = match effect {
        Effect::Grant => cell
            .decision
            .grants
            .iter()
            .map(|(way, truth)| (*way, truth.yes))
            .collect::<Vec<_>>(),
        Effect::Prohibit => cell
            .decision
            .prohibitions
            .iter()
            .map(|(way, truth)| (*way, !truth.no))
            .collect(),
    };
    for (way, lit) in ways {
        lits.entry(cell.table.span(way)).or_default().push(lit);
    }
    lits.into_iter()
        .map(|(span, lits)| (span, cell.world.circuit.or(lits)))
        .collect()
}
