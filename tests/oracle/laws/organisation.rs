//! An organisation that a policy can have, on paper.

use rolebook::source::FileId;

use super::compared::Policy;
use super::paper::{Paper, write};
use crate::organisation::{Tapes, draw};
use crate::policy::Theme;
use crate::tape::{Seed, Tape};
use crate::worlds::WORLDS;

/// Draws one; if it is to be full, as little as can be is missing and everything runs without bounds.
pub(super) fn drawn(policy: &Policy, world: usize, full: bool, tape: &mut Tape) -> Paper {
    let mut some = |least: usize, range: usize| -> Vec<Seed> {
        let count = least + tape.below(range);
        (0..count).map(|_| tape.word()).collect()
    };
    // Texts of the facts are made of the words of a world.
    let of_a_world = world < WORLDS.len();
    let tapes = Tapes {
        nodes: some(4, 7),
        users: some(2, 3),
        groups: some(0, 3),
        holdings: some(2, 9),
        grants: if of_a_world { some(0, 3) } else { Vec::new() },
        customs: if of_a_world { some(0, 2) } else { Vec::new() },
        full,
    };
    let model = policy.model();
    let (facts, texts) = draw(model, FileId::GENERATED, world, Theme::Everything, &tapes);
    let mut paper = write(
        model,
        &facts,
        &texts,
        if full { 100 } else { tape.one(&[25, 55, 80]) },
        tape,
    );
    if paper.read(model).is_none() {
        // Texts that facts may not hold: handed out by hand, or reaching too far.
        paper.lists.clear();
        let is_custom = |role: &str| role.starts_with('c') && role[1..].bytes().all(|b| b.is_ascii_digit());
        paper.given.retain(|given| !is_custom(&given.role));
    }
    paper
}
