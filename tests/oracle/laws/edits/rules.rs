//! Edits of rules, and of constraints.

use super::super::draft;
use super::{Draft, Scene};
use crate::policy::Theme;
use crate::tape::Tape;
use crate::words::Writer;

fn fresh(scene: &Scene<'_>, tape: &mut Tape) -> String {
    let theme = tape.one(&Theme::ALL);
    Writer::new(scene.model, theme, Tape::new(tape.word())).rule()
}

/// A line that is a rule.
fn pick(scene: &Scene<'_>, tape: &mut Tape) -> Option<usize> {
    let mut all = scene.lines(false);
    all.retain(|&ix| !scene.draft.lines[ix].starts_with("no user"));
    tape.pick(&all).copied()
}

pub(super) fn gone(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let ix = pick(scene, tape)?;
    let mut other = scene.draft.clone();
    other.lines.remove(ix);
    Some(other)
}

pub(super) fn new(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let mut other = scene.draft.clone();
    other.lines.push(fresh(scene, tape));
    Some(other)
}

pub(super) fn anew(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let ix = pick(scene, tape)?;
    Some(scene.with_line(ix, fresh(scene, tape)))
}

/// What was granted is prohibited, what nobody could everyone can.
pub(super) fn turned(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let ix = pick(scene, tape)?;
    let line = &scene.draft.lines[ix];
    let other = match () {
        () if line.contains("{ can ") => line.replace("{ can ", "{ cannot "),
        () if line.contains("{ cannot ") => line.replace("{ cannot ", "{ can "),
        () if line.starts_with("nobody can") => line.replacen("nobody", tape.one(&["everyone", "anyone"]), 1),
        () if line.starts_with("nobody but") => format!("nobody{}", &line[line.find(" can ")?..]),
        () if line.starts_with("everyone") => line.replacen("everyone", tape.one(&["nobody", "anyone"]), 1),
        () => line.replacen("anyone", tape.one(&["nobody", "everyone"]), 1),
    };
    Some(scene.with_line(ix, other))
}

/// Before the brace, or at the end.
fn behind(line: &str, words: &str) -> String {
    match line.strip_suffix(" }") {
        Some(rule) => format!("{rule}{words} }}"),
        None => format!("{line}{words}"),
    }
}

pub(super) fn condition(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let ix = pick(scene, tape)?;
    let line = scene.draft.lines[ix].clone();
    let word = match (line.contains(" when "), line.contains(" unless ")) {
        (_, false) if tape.chance(40) => "unless",
        (false, false) => "when",
        _ => return None,
    };
    for _ in 0..12 {
        let other = fresh(scene, tape);
        let Some((_, rest)) = other.split_once(" when ") else {
            continue;
        };
        let asked = rest.split(" unless ").next()?.trim_end_matches(" }");
        let changed = scene.with_line(ix, behind(&line, &format!(" {word} {asked}")));
        if changed.compile().is_ok() {
            return Some(changed);
        }
    }
    None
}

/// Without what it asks.
pub(super) fn bare(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let ix = pick(scene, tape)?;
    let line = &scene.draft.lines[ix];
    let end = [" when ", " unless ", " as "]
        .iter()
        .filter_map(|word| line.find(word))
        .min()?;
    let close = if line.ends_with(" }") { " }" } else { "" };
    Some(scene.with_line(ix, format!("{}{close}", &line[..end])))
}

/// Words that stand for one another.
const WORDS: &[(&str, &[&str])] = &[
    (" only here", &["", " only below", " anywhere"]),
    (" only below", &["", " only here"]),
    (" anywhere", &["", " only here"]),
    (" and ", &[" or "]),
    (" or ", &[" and "]),
    (" not ", &[" "]),
    (" is not ", &[" is "]),
    (" is ", &[" is not "]),
    (" not in ", &[" in "]),
    (" any ", &[" all "]),
    (" all ", &[" any "]),
    (" < ", &[" <= ", " > ", " >= "]),
    (" <= ", &[" < ", " >= "]),
    (" > ", &[" >= ", " < "]),
    (" >= ", &[" > ", " <= "]),
    (" before ", &[" after "]),
    (" after ", &[" before "]),
    (" when ", &[" unless "]),
    (" unless ", &[" when "]),
    (" except self", &[""]),
    (" they have", &[""]),
    (" to anyone", &[""]),
    (" assign ", &[" give ", " take "]),
    (" give ", &[" assign ", " take "]),
    (" view ", &[" edit "]),
    (" edit ", &[" view "]),
    (" in ", &[" across "]),
    (" across ", &[" in "]),
    ("+ of ", &[" of "]),
    (" true", &[" false"]),
    (" here", &["", " anywhere"]),
    (" 1", &[" 2", " 0"]),
    (" 2", &[" 1", " 3"]),
    (" 0", &[" 1"]),
    (" 3", &[" 2"]),
    ("2026-01-10", &["2026-01-11"]),
    ("10.0.0.0/8", &["10.0.0.0/24"]),
    ("\"x\"", &["\"y\""]),
    ("user.", &["recipient.", "resource."]),
    ("resource.", &["here."]),
];

/// One word in place of another; a value of an enumeration in place of its neighbour.
pub(super) fn word(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let mut options: Vec<(usize, usize, usize, String)> = Vec::new();
    for ix in scene.lines(false) {
        let line = &scene.draft.lines[ix];
        for (from, to) in WORDS {
            for (at, _) in line.match_indices(from) {
                options.extend(to.iter().map(|to| (ix, at, from.len(), (*to).to_owned())));
            }
        }
        for values in scene.model.enums.iter().map(|it| &it.values) {
            for value in values {
                let word = format!(" {value}");
                for at in line.match_indices(&word).map(|(at, _)| at + 1) {
                    let others = values.iter().filter(|other| *other != value);
                    options.extend(others.map(|other| (ix, at, value.len(), other.clone())));
                }
            }
        }
    }
    for _ in 0..8 {
        let (ix, at, len, to) = tape.pick(&options)?;
        let mut line = scene.draft.lines[*ix].clone();
        line.replace_range(*at..at + len, to);
        let other = scene.with_line(*ix, line);
        if other.compile().is_ok() {
            return Some(other);
        }
    }
    None
}

/// Two roles kept apart, or no longer.
pub(super) fn exclusion(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let mut other = scene.draft.clone();
    match other.lines.iter().position(|line| line.starts_with("no user")) {
        Some(at) if tape.chance(60) => drop(other.lines.remove(at)),
        _ => other.lines.push(draft::exclusion(scene.draft, tape)?),
    }
    Some(other)
}
