//! Who gains and loses what, in sentences.

use super::words::{parts, verbs};
use crate::diff::people::{Deed, Person};
use crate::report::visible;
use std::collections::BTreeMap;

/// A user's list shows this many sentences.
const SENTENCES: usize = 12;

/// So many users are listed one by one.
pub(super) const USERS: usize = 40;

/// A sentence names this many recipients, and places.
const NAMED: usize = 6;

/// `ada gains`, and what.
pub(super) fn lines(person: &Person) -> Vec<(String, Vec<String>)> {
    let both = [("gains", &person.gains), ("loses", &person.loses)];
    let told = both.into_iter().filter(|(_, deeds)| !deeds.is_empty());
    let user = visible::one_line(&person.user);
    told.map(|(word, deeds)| (format!("{user} {word}"), sentences(deeds)))
        .collect()
}

/// What is said of several actions and several places at once.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Sentence<'d> {
    target: &'d str,
    verbs: String,
    to: &'d [String],
}

fn sentences(deeds: &[Deed]) -> Vec<String> {
    let mut actions: BTreeMap<(&str, &str, &[String]), Vec<&str>> = BTreeMap::new();
    for deed in deeds.iter().filter(|deed| !deed.folded) {
        let (verb, target) = parts(&deed.permission);
        actions.entry((target, &deed.at, &deed.to)).or_default().push(verb);
    }
    let mut places: BTreeMap<Sentence<'_>, Vec<&str>> = BTreeMap::new();
    for ((target, at, to), list) in actions {
        let verbs = verbs(&list);
        places.entry(Sentence { target, verbs, to }).or_default().push(at);
    }
    let total = places.len();
    let mut lines: Vec<String> = places
        .iter()
        .take(SENTENCES)
        .map(|(it, places)| it.say(places))
        .collect();
    if total > SENTENCES {
        lines.push(format!("and {} more", total - SENTENCES));
    }
    lines
}

impl Sentence<'_> {
    /// `stop order-9, order-10`, `create Tender in paris`, `assign Lead at paris to tim`, `edit billing of paris`
    fn say(&self, places: &[&str]) -> String {
        let handing = ["assign", "give", "take", "grant"];
        if self.verbs.split(' ').next().is_some_and(|verb| handing.contains(&verb)) {
            let role = self.target.split(" at ").next().unwrap_or(self.target);
            return format!("{} {role} at {}{}", self.verbs, some(places), self.recipients());
        }
        let (inside, named): (Vec<&str>, Vec<&str>) = places.iter().partition(|at| at.starts_with("in "));
        let mut said = Vec::new();
        if !named.is_empty() {
            let field = self
                .target
                .split_once('.')
                .map_or_else(String::new, |(_, field)| format!("{field} of "));
            said.push(format!("{} {field}{}", self.verbs, some(&named)));
        }
        if !inside.is_empty() {
            let inside: Vec<&str> = inside.iter().map(|at| at.trim_start_matches("in ")).collect();
            said.push(format!("{} {} in {}", self.verbs, self.target, some(&inside)));
        }
        said.join("; ")
    }

    fn recipients(&self) -> String {
        let word = if self.verbs == "take" { "from" } else { "to" };
        match self.to.len() {
            0 => String::new(),
            count if count > NAMED => format!(" {word} {count} users"),
            _ => format!(" {word} {}", visible::one_line(&self.to.join(", "))),
        }
    }
}

/// The first few of a list.
fn some(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(NAMED).map(|name| visible::one_line(name)).collect();
    match names.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
