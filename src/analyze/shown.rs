//! Witnesses for findings: confirmed by the evaluator, or not shown.

use super::cell::Cell;
use super::picture::Picture;
use super::solver::Lit;
use super::witness::{Shown, Witness};
use crate::source::FileId;

/// An organisation in which the claims hold and the request is answered so.
pub fn shown(cell: &mut Cell<'_>, claims: &[Lit], allowed: bool) -> Option<Shown> {
    pictured(cell, claims, allowed).map(|(_, shown)| shown)
}

/// The same with the picture.
pub fn pictured(cell: &mut Cell<'_>, claims: &[Lit], allowed: bool) -> Option<(Picture, Shown)> {
    let picture = cell.world.picture(claims, None).found()?;
    let witness = cell.world.write(&picture, cell.permission);
    answers(cell, &witness, allowed).then(|| (picture, witness.shown()))
}

/// An organisation in which the claims hold and the request is denied, and the same after a change, where it is allowed.
/// What it is shown with is put in first.
pub fn flipped(
    cell: &mut Cell<'_>,
    claims: &[Lit],
    put: impl Fn(&mut Picture),
    change: impl Fn(&mut Picture),
) -> Option<[Shown; 2]> {
    let mut picture = cell.world.picture(claims, None).found()?;
    put(&mut picture);
    let before = cell.world.write(&picture, cell.permission);
    change(&mut picture);
    let after = cell.world.write(&picture, cell.permission);
    let turns = answers(cell, &before, false) && answers(cell, &after, true);
    turns.then(|| [before.shown(), after.shown()])
}

fn answers(cell: &Cell<'_>, witness: &Witness, allowed: bool) -> bool {
    witness.replay(cell.table, FileId::GENERATED) == Some(allowed)
}
