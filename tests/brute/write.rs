//! Small policies at random: heads, a few rules, some statements; a line that does not compile is left out.

use crate::small::{Small, small};
use crate::tape::{Seed, Tape};
use crate::worlds::{WORLDS, World};

/// The lines of a policy, from which others are made by leaving some out.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) world: usize,
    pub(crate) types: String,
    pub(crate) lines: Vec<String>,
}

/// The policy of a seed.
pub(crate) fn draft(world: usize, seed: Seed) -> Draft {
    let mut tape = Tape::new(seed ^ (world as u64) << 32);
    let it = &WORLDS[world];
    let mut lines: Vec<String> = it
        .heads
        .iter()
        .map(|ways| format!("role {}", head(ways, &mut tape)))
        .collect();
    for _ in 0..tape.below(4) + 2 {
        lines.push(rule(it, &mut tape));
    }
    if tape.chance(45)
        && let Some(line) = tape.pick(&lines[it.heads.len()..]).cloned()
    {
        lines.extend(relatives(&line, it, &mut tape));
    }
    if tape.chance(25)
        && let Some(line) = tape.pick(it.lines)
    {
        lines.push((*line).to_owned());
    }
    for _ in 0..tape.below(4) {
        lines.push(statement(it, &mut tape));
    }
    if tape.chance(15) {
        lines.push(apart(it, &mut tape));
    }
    Draft {
        world,
        types: it.types.to_owned(),
        lines,
    }
}

fn head<'w>(ways: &[&'w str], tape: &mut Tape) -> &'w str {
    if tape.chance(60) { ways[0] } else { tape.one(ways) }
}

fn role(world: &World, tape: &mut Tape) -> (&'static str, &'static str) {
    let head = tape.one(world.heads)[0];
    let mut words = head.split([' ', ',']);
    let name = words.next().unwrap_or_default();
    (name, words.nth(1).unwrap_or_default())
}

pub(crate) fn rule(world: &World, tape: &mut Tape) -> String {
    let for_all = tape.chance(world.public);
    let entitlement = entitlement(world, tape, for_all);
    if for_all {
        let who = match tape.below(10) {
            0..=3 => "nobody".to_owned(),
            4..=5 => format!("nobody but {}", role(world, tape).0),
            6..=7 => "everyone".to_owned(),
            _ => "anyone".to_owned(),
        };
        return format!("{who} can {entitlement}");
    }
    let (name, at) = role(world, tape);
    let verb = if tape.chance(world.prohibitions) {
        "cannot"
    } else {
        "can"
    };
    format!("role {name} at {at} {{ {verb} {entitlement} }}")
}

fn entitlement(world: &World, tape: &mut Tape, for_all: bool) -> String {
    let mut text = tape.one(world.powers).to_owned();
    if tape.chance(if for_all { 15 } else { 45 }) {
        text.extend(tape.pick(world.reaches).copied());
    }
    if tape.chance(40) {
        text.extend(tape.pick(world.relations).copied());
    }
    if tape.chance(world.conditions) {
        let word = if tape.chance(75) { "when" } else { "unless" };
        text += &clause(word, world, tape);
    }
    text
}

/// Rules close to another: the same again, narrower ones, the two halves of it.
fn relatives(line: &str, world: &World, tape: &mut Tape) -> Vec<String> {
    let bare = !line.contains(" when ") && !line.contains(" unless ");
    let test = tape.pick(world.tests).filter(|_| bare);
    let open = [
        " only here",
        " only below",
        " in ",
        " across ",
        " anywhere",
        " as ",
        " when ",
        " unless ",
    ];
    let near = !open.iter().any(|word| line.contains(word));
    match (tape.below(5), test) {
        (0, _) => vec![line.to_owned()],
        (1, Some(test)) => vec![with(line, &format!(" when {test}"))],
        (2 | 3, Some(test)) => vec![
            with(line, &format!(" when {test}")),
            with(line, &format!(" unless {test}")),
        ],
        _ if near && line.starts_with("role") => vec![with(line, " only here"), with(line, " only below")],
        _ => vec![line.replace("edit", "view"), line.replace("view", "edit")],
    }
}

/// A rule with more words at its end.
pub(crate) fn with(line: &str, words: &str) -> String {
    match line.strip_suffix(" }") {
        Some(inner) => format!("{inner}{words} }}"),
        None => format!("{line}{words}"),
    }
}

fn apart(world: &World, tape: &mut Tape) -> String {
    let simple = |power: &&&str| {
        let words: Vec<&str> = power.split(' ').collect();
        matches!(words[..], [verb, ty] if !verb.ends_with(',') && ty.starts_with(char::is_uppercase) && !["assign", "give", "take", "grant"].contains(&verb))
    };
    let powers: Vec<&str> = world.powers.iter().filter(simple).copied().collect();
    let (a, b) = (
        tape.pick(&powers).copied().unwrap_or("view Corp"),
        tape.pick(&powers).copied().unwrap_or("view Corp"),
    );
    let heads = world
        .types
        .split(['\n', ' '])
        .filter(|word| word.starts_with(char::is_uppercase) && !word.ends_with(','));
    let types: Vec<&str> = heads.collect();
    let same = if tape.chance(60) {
        format!(" on the same {}", tape.one(&types))
    } else {
        String::new()
    };
    format!("no user can both {a} and {b}{same}")
}

fn clause(word: &str, world: &World, tape: &mut Tape) -> String {
    let test = |tape: &mut Tape| tape.pick(world.tests).copied().unwrap_or("true");
    let (a, b) = (test(tape), test(tape));
    match tape.below(8) {
        0 | 1 => format!(" {word} {a} and {b}"),
        2 | 3 => format!(" {word} {a} or {b}"),
        4 => format!(" {word} not ({a} and {b})"),
        _ => format!(" {word} {a}"),
    }
}

fn statement(world: &World, tape: &mut Tape) -> String {
    let (a, b) = (role(world, tape), role(world, tape));
    let (name, at) = a;
    let short = |tape: &mut Tape| {
        let mut text = tape.one(world.powers).to_owned();
        if tape.chance(25) {
            text.extend(tape.pick(world.relations).copied());
        }
        if tape.chance(world.conditions / 2) {
            text += &clause("when", world, tape);
        }
        text
    };
    match tape.below(9) {
        0 | 1 => format!("ensure nobody but {name} can {}", short(tape)),
        2 => format!("ensure {at}.{name} cannot {}", short(tape)),
        3 => format!("ensure {at}.{name} can {}", entitlement(world, tape, false)),
        4 => format!("ensure nobody with {name} can {}", short(tape)),
        5 => format!("ensure nobody can {}", entitlement(world, tape, true)),
        6 => format!("ensure everyone can {}", entitlement(world, tape, true)),
        7 => format!("ensure {at}.{name} can everything {}.{} can", b.1, b.0),
        _ => format!("ensure anyone can {}", entitlement(world, tape, true)),
    }
}

impl Draft {
    /// The policy, without the lines that do not compile.
    pub(crate) fn settle(mut self) -> Option<(Self, Small)> {
        for _ in 0..8 {
            match small(&self.types, &self.lines) {
                Ok(small) => return Some((self, small)),
                Err(bad) if bad.is_empty() => return None,
                Err(bad) => {
                    for ix in bad
                        .into_iter()
                        .rev()
                        .filter(|ix| *ix < self.lines.len())
                        .collect::<Vec<_>>()
                    {
                        self.lines.remove(ix);
                    }
                }
            }
        }
        None
    }

    /// The same without one line.
    pub(crate) fn without(&self, line: usize) -> Self {
        let mut shorter = self.clone();
        shorter.lines.remove(line);
        shorter
    }
}
