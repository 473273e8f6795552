//! What all small organisations and requests together show about a policy.
//!
//! [`gather`] runs through them and keeps each pattern of truths once, with where it was first seen: the verdicts of
//! [`crate::verdicts`] are then sentences about a few dozen patterns.

use std::collections::HashMap;

use rolebook::eval::degree;
use rolebook::eval::org::Org;
use rolebook::model::permission::PermId;
use rolebook::model::value::Tri;
use rolebook::table::Table;

use crate::alone::{self, Alone};
use crate::asks::{Ask, asks};
use crate::promises;
use crate::shape::{Bounds, shapes};
use crate::small::Small;
use crate::space::Space;
use crate::truth::{Truths, truths};

/// One pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Pattern {
    pub(crate) permission: PermId,
    pub(crate) truths: Truths,
    pub(crate) signed_in: bool,
    /// Rules without which the decision is another: a bit for each.
    pub(crate) changed: u32,
}

/// Where something was seen: an organisation and a request, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) shape: usize,
    pub(crate) state: Vec<usize>,
    pub(crate) ask: usize,
}

/// Everything seen of a policy.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) patterns: HashMap<Pattern, Seen>,
    /// For each promise, where it is broken.
    pub(crate) broken: Vec<Option<Seen>>,
    pub(crate) alone: Alone,
}

/// Shapes with their organisations and requests.
pub(crate) fn spaces(small: &Small, bounds: Bounds) -> Vec<(Space<'_>, Vec<Ask>)> {
    let with_asks = |shape| {
        let mut space = Space::new(small, shape, bounds);
        let end = space.shape.chain - 1;
        let asks = asks(&mut space, end);
        (space, asks)
    };
    let all = shapes(small, bounds).into_iter().map(with_asks);
    all.filter(|(_, asks)| !asks.is_empty()).collect()
}

/// Runs through everything; `None` if that is too much.
pub(crate) fn gather(small: &Small, bounds: Bounds) -> Option<Evidence> {
    let spaces = spaces(small, bounds);
    let decisions: usize = spaces.iter().map(|(space, asks)| space.size() * asks.len()).sum();
    if decisions > bounds.decisions || small.texts.len() > 20 {
        return None;
    }
    let mut evidence = Evidence {
        broken: vec![None; small.model().promises.len()],
        alone: Alone::new(small),
        ..Evidence::default()
    };
    let variants: Vec<Table> = match small.is_coupled() {
        true => (0..small.texts.len()).filter_map(|text| small.without(text)).collect(),
        false => Vec::new(),
    };
    for (ix, (space, asks)) in spaces.iter().enumerate() {
        for state in space.states() {
            evidence.organisation(space, asks, &variants, (ix, &state));
        }
        alone::run(space, asks, ix, &mut evidence);
    }
    Some(evidence)
}

impl Evidence {
    fn organisation(&mut self, space: &Space<'_>, asks: &[Ask], variants: &[Table], (shape, state): (usize, &[usize])) {
        let small = space.small;
        let facts = space.facts(state);
        let org = Org::new(&small.table, &facts);
        let others: Vec<Org<'_>> = variants.iter().map(|table| Org::new(table, &facts)).collect();
        let complete = self.broken.iter().any(Option::is_none) && space.is_complete(&facts);
        for (ix, ask) in asks.iter().enumerate().filter(|(_, ask)| ask.makes_sense(&org)) {
            let request = ask.request(space);
            let truths = truths(small, &org, &request);
            let decision = truths.decide(small, &[]);
            let other = |text: usize| match (variants.get(text), others.get(text)) {
                (Some(table), Some(org)) => degree(table, org, &request),
                _ => truths.decide(small, &[text]),
            };
            let mut changed = 0;
            for text in 0..small.texts.len() {
                changed |= u32::from((other(text) == Tri::True) != (decision == Tri::True)) << text;
            }
            let pattern = Pattern {
                permission: ask.permission,
                truths,
                signed_in: ask.user.is_some(),
                changed,
            };
            let seen = || Seen {
                shape,
                state: state.to_vec(),
                ask: ix,
            };
            self.patterns.entry(pattern).or_insert_with(seen);
            if complete && ask.complete {
                for (promise, broken) in small.model().promises.iter().zip(&mut self.broken) {
                    if broken.is_none() && promises::is_broken(promise, &small.table, &org, &request, decision) {
                        *broken = Some(seen());
                    }
                }
            }
        }
    }
}
