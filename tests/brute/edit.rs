//! One small edit of a policy: a rule dropped, added, narrowed, turned around, moved, a role's head or an attribute's
//! default changed.

use crate::tape::{Seed, Tape};
use crate::worlds::WORLDS;
use crate::write::{Draft, rule, with};

/// A draft without what it promises, and the same after one edit.
pub(crate) fn edited(draft: &Draft, seed: Seed) -> (Draft, Draft) {
    let mut tape = Tape::second(seed);
    let mut old = draft.clone();
    old.lines
        .retain(|line| !line.starts_with("ensure") && !line.starts_with("no user can"));
    let mut new = old.clone();
    edit(&mut new, &mut tape);
    (old, new)
}

fn edit(draft: &mut Draft, tape: &mut Tape) {
    let world = &WORLDS[draft.world];
    let heads = world.heads.len();
    if tape.chance(if world.defaults.is_empty() { 0 } else { 30 }) {
        return redeclare(draft, tape);
    }
    let is_rule = |line: &String| !line.starts_with("no user");
    let rules: Vec<usize> = (heads..draft.lines.len())
        .filter(|&ix| is_rule(&draft.lines[ix]))
        .collect();
    let (Some(&at), choice) = (tape.pick(&rules), tape.below(8)) else {
        return draft.lines.push(rule(world, tape));
    };
    let line = draft.lines[at].clone();
    match choice {
        0 => drop(draft.lines.remove(at)),
        1 => draft.lines.push(rule(world, tape)),
        2 => draft.lines[at] = rule(world, tape),
        3 => draft.lines[at] = turned(&line),
        4 => draft.lines[at] = with(&line, tape.pick(world.reaches).unwrap_or(&" only here")),
        5 => draft.lines[at] = without_condition(&line),
        6 => {
            let at = tape.below(heads);
            draft.lines[at] = format!("role {}", tape.one(world.heads[at]));
        }
        _ => draft.lines[at] = with(&line, &format!(" when {}", tape.pick(world.tests).unwrap_or(&"true"))),
    }
}

/// Declares an attribute in another way.
fn redeclare(draft: &mut Draft, tape: &mut Tape) {
    if let Some((written, others)) = tape.pick(WORLDS[draft.world].defaults) {
        draft.types = draft.types.replacen(written, tape.one(others), 1);
    }
}

fn turned(line: &str) -> String {
    match (line.contains("{ can "), line.contains("{ cannot ")) {
        (true, _) => line.replace("{ can ", "{ cannot "),
        (_, true) => line.replace("{ cannot ", "{ can "),
        _ if line.starts_with("nobody can") => line.replace("nobody can", "everyone can"),
        _ => line.replace("everyone can", "anyone can"),
    }
}

fn without_condition(line: &str) -> String {
    let end = [" when ", " unless "].iter().filter_map(|word| line.find(word)).min();
    let cut = end.map_or(line, |at| &line[..at]);
    if line.ends_with('}') && !cut.ends_with('}') {
        format!("{cut} }}")
    } else {
        cut.to_owned()
    }
}
