//! The comparison of two policies against brute force: every cell, and what lies beyond the cells.

use std::collections::BTreeMap;

use rolebook::analyze::compare::{Closed, Comparison, SETTING, compare};
use rolebook::model::RoleId;
use rolebook::model::permission::{PermId, Permission};

use crate::against::{cases, falling};
use crate::change::{Changes, changes, pair};
use crate::edit::edited;
use crate::shape::Bounds;
use crate::small::Small;
use crate::worlds::WORLDS;
use crate::write::{Draft, draft};

const BOUNDS: Bounds = Bounds {
    repeat: 2,
    length: 3,
    holdings: 2,
    handed: 1,
    decisions: 20_000,
};

/// Where a change may hang on organisations that are larger.
const LARGER: Bounds = Bounds {
    repeat: 3,
    length: 4,
    holdings: 4,
    handed: 1,
    decisions: 400_000,
};

/// What a run has seen.
#[derive(Default)]
struct Tally {
    pairs: usize,
    beyond: usize,
    by_change: BTreeMap<&'static str, usize>,
}

/// Permission, role, how: as both sides say it.
type Row = (String, String, String);

fn by_brute_force(old: &Small, changes: &Changes) -> Vec<Row> {
    let model = old.model();
    let shown = |(permission, role): &(PermId, Option<RoleId>)| {
        let role = role.map_or_else(String::new, |role| model.full_role(role));
        (model.show_permission(*permission), role)
    };
    let changed = changes.cells.iter().filter_map(|(cell, seen)| {
        let (permission, role) = shown(cell);
        Some((permission, role, seen.change()?.to_owned()))
    });
    changed.collect()
}

fn by_proof(comparison: &Comparison) -> Vec<Row> {
    let row = |cell: &rolebook::analyze::compare::Cell| {
        (
            unplaced(&cell.permission),
            cell.role.clone().unwrap_or_default(),
            format!("{:?}", cell.change),
        )
    };
    // Who may change a setting is held by the laws, on drawn organisations.
    let cells = comparison
        .cells
        .iter()
        .filter(|cell| !cell.permission.starts_with(SETTING));
    cells.map(row).collect()
}

/// What the two do not agree on, as text; empty if nothing.
fn apart(old: &Small, comparison: &Comparison, changes: &Changes) -> String {
    let (truth, said) = (by_brute_force(old, changes), by_proof(comparison));
    let mut text = String::new();
    for row in said.iter().filter(|row| !truth.contains(row)) {
        text += &format!("the comparison alone says {row:?}\n");
    }
    for row in truth.iter().filter(|row| !said.contains(row)) {
        text += &format!("brute force alone says {row:?}\n");
    }
    // Brute force makes no groups of those who hold a role, and hands out nothing by the name of an area.
    let is_seen =
        |why: &String| !why.starts_with("a group of those who hold") && !why.starts_with("what is handed out");
    if let Closed::Unknown(why) = &comparison.closed
        && is_seen(why)
    {
        text += &format!("the comparison does not know: {why}\n");
    }
    for (&permission, seen) in &changes.all {
        let name = placed(old, permission);
        for (wider, changed) in [(true, seen.more), (false, seen.less)] {
            let of_cell = comparison.cells.iter().any(|cell| {
                let shown = if wider { &cell.wider } else { &cell.narrower };
                cell.permission == name && shown.is_some()
            });
            let mut beyond = comparison.beyond.iter();
            let told = of_cell || beyond.any(|it| it.permission == name && it.wider == wider);
            if told != changed {
                text += &format!("{name} (wider: {wider}): told {told}, seen {changed}\n");
            }
        }
    }
    text
}

/// What two policies are told apart by, if brute force sees it otherwise.
fn disagreement(old: &Draft, new: &Draft, tally: &mut Tally) -> Option<String> {
    let (_, mut one) = old.clone().settle()?;
    let (_, mut other) = new.clone().settle()?;
    if !pair(&mut one, &mut other) {
        return None;
    }
    let seen = falling(BOUNDS).find_map(|bounds| changes(&one, &other, bounds))?;
    tally.pairs += 1;
    for how in seen.cells.values().filter_map(|seen| seen.change()) {
        *tally.by_change.entry(how).or_default() += 1;
    }
    let comparison = compare(&one.table, &other.table);
    let mut text = apart(&one, &comparison, &seen);
    if text.is_empty() {
        return None;
    }
    if let Some(seen) = changes(&one, &other, LARGER) {
        text = apart(&one, &comparison, &seen);
    }
    if text.is_empty() {
        tally.beyond += 1;
        return None;
    }
    Some(format!("{}---\n{}\n{text}", one.text, other.text))
}

/// Leaves out lines that both have, as long as the two still disagree on something.
fn shrink(mut old: Draft, mut new: Draft, mut worst: String) -> String {
    let mut at = 0;
    while at < old.lines.len() {
        let line = old.lines[at].clone();
        let there = new.lines.iter().position(|other| *other == line);
        let shorter = there.map(|ix| (old.without(at), new.without(ix)));
        let told = shorter.and_then(|(a, b)| Some((disagreement(&a, &b, &mut Tally::default())?, a, b)));
        match told {
            Some((text, a, b)) => (old, new, worst) = (a, b, text),
            None => at += 1,
        }
    }
    worst
}

fn run(worlds: std::ops::Range<usize>) {
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    for world in worlds {
        let end = tally.pairs + cases(40);
        let mut seed = 10_000;
        while tally.pairs < end && wrong.len() < 5 {
            seed += 1;
            let (old, new) = edited(&draft(world, seed), seed);
            if let Some(text) = disagreement(&old, &new, &mut tally) {
                wrong.push(format!("{} {seed}\n{}", WORLDS[world].name, shrink(old, new, text)));
            }
        }
    }
    println!(
        "{} pairs, {} beyond the first bounds, {:?}",
        tally.pairs, tally.beyond, tally.by_change
    );
    assert!(
        wrong.is_empty(),
        "{} disagreements\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
    // `Both` is rare.
    assert!(tally.by_change.len() >= 4, "{:?}", tally.by_change);
}

#[test]
fn changes_of_the_first_worlds() {
    run(0..WORLDS.len() / 2);
}

#[test]
fn changes_of_the_other_worlds() {
    run(WORLDS.len() / 2..WORLDS.len());
}

/// Membership with the type of the place.
fn placed(small: &Small, id: PermId) -> String {
    let model = small.model();
    let shown = model.show_permission(id);
    match model.permissions.get(id) {
        Permission::AddMember(ty) | Permission::RemoveMember(ty) => format!("{shown} at {}", model.ty(ty).name),
        _ => shown,
    }
}

/// Membership without the type of the place.
fn unplaced(permission: &str) -> String {
    let member = permission.starts_with("give member") || permission.starts_with("take member");
    let end = permission.find(" at ").filter(|_| member);
    permission[..end.unwrap_or(permission.len())].to_owned()
}
