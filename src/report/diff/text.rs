//! The comparison for a terminal.

use std::fmt::Write as _;

use super::people::{self, USERS};
use super::{Document, words};
use crate::diff::people::Person;
use crate::diff::{Cause, Diff, Group, Witness};
use crate::report::{Style, visible};
use crate::source::Sources;

/// Edits that change no right are counted beyond these.
const ASIDE: usize = 20;

/// All groups, each with its cause and a witness; then what changes no cell; then what is proven.
#[must_use]
pub fn text(document: &Document<'_>, style: &Style) -> String {
    let mut out = Writer {
        text: String::new(),
        color: style.color,
        sources: document.sources,
    };
    let diff = document.diff;
    diff.groups.iter().for_each(|group| out.group(group));
    for beyond in &diff.beyond {
        out.headline(&words::beyond(beyond));
        beyond.causes.iter().for_each(|cause| out.cause(cause));
        out.witness(&beyond.witness);
        out.text.push('\n');
    }
    out.paths(diff);
    out.aside(diff);
    out.same(diff);
    if let Some(persons) = document.people {
        out.people(persons);
    }
    _ = writeln!(out.text, "{}", words::closing(diff));
    out.text
}

struct Writer<'s> {
    text: String,
    color: bool,
    sources: &'s Sources,
}

impl Writer<'_> {
    fn painted(&self, code: &str, text: &str) -> String {
        if self.color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    fn headline(&mut self, line: &str) {
        let line = self.painted("1", line);
        _ = writeln!(self.text, "{line}");
    }

    fn group(&mut self, group: &Group) {
        for line in words::headlines(group) {
            self.headline(&line);
        }
        self.cause(&group.cause);
        if let Some(witness) = &group.witness {
            self.witness(witness);
        }
        self.text.push('\n');
    }

    fn cause(&mut self, cause: &Cause) {
        _ = writeln!(self.text, "  {}", words::cause(cause));
        self.excerpt(cause, "    ");
    }

    /// What stood there and what stands there now.
    fn excerpt(&mut self, cause: &Cause, indent: &str) {
        let sides = [(cause.old, "-", "31"), (cause.new, "+", "32")];
        for (span, mark, color) in sides {
            let Some(span) = span else { continue };
            let place = words::place(span, self.sources);
            for (ix, line) in words::lines(span, self.sources).iter().enumerate() {
                let line = self.painted(color, &format!("{mark} {line}"));
                let place = if ix == 0 { format!("  ({place})") } else { String::new() };
                _ = writeln!(self.text, "{indent}{line}{place}");
            }
        }
    }

    fn witness(&mut self, witness: &Witness) {
        let sentence = visible::one_line(&witness.shown.sentence);
        _ = writeln!(
            self.text,
            "  for example `{sentence}`, {}, where",
            words::witness(witness)
        );
        self.facts(&witness.shown.facts);
        if let Some(also) = &witness.shown.also {
            _ = writeln!(self.text, "  which the {} policy reads as", words::other(witness));
            self.facts(also);
        }
    }

    fn facts(&mut self, facts: &str) {
        for line in visible::lines(facts).lines() {
            _ = writeln!(self.text, "    {line}");
        }
    }

    fn paths(&mut self, diff: &Diff) {
        if diff.paths.is_empty() {
            return;
        }
        self.headline("New ways to come by a role, by what each may give (conditions left aside)");
        let paths: Vec<String> = diff.paths.iter().map(words::path).collect();
        self.list(&paths);
        self.text.push('\n');
    }

    fn list(&mut self, lines: &[String]) {
        for line in lines.iter().take(ASIDE) {
            _ = writeln!(self.text, "  {line}");
        }
        if lines.len() > ASIDE {
            _ = writeln!(self.text, "  and {} more", lines.len() - ASIDE);
        }
    }

    fn aside(&mut self, diff: &Diff) {
        if diff.aside.is_empty() {
            return;
        }
        self.headline("Declared otherwise");
        for cause in diff.aside.iter().take(ASIDE) {
            _ = writeln!(self.text, "  {}", words::cause(cause));
            self.excerpt(cause, "    ");
        }
        if diff.aside.len() > ASIDE {
            _ = writeln!(self.text, "  and {} more", diff.aside.len() - ASIDE);
        }
        self.text.push('\n');
    }

    fn same(&mut self, diff: &Diff) {
        if diff.same.is_empty() {
            return;
        }
        self.headline("Written differently, with the same meaning");
        for cause in diff.same.iter().take(ASIDE) {
            self.excerpt(cause, "  ");
        }
        if diff.same.len() > ASIDE {
            _ = writeln!(self.text, "  and {} more", diff.same.len() - ASIDE);
        }
        self.text.push('\n');
    }

    fn people(&mut self, persons: &[Person]) {
        if persons.is_empty() {
            self.headline("On what this organisation lists, nobody gains or loses anything");
            self.text.push('\n');
            return;
        }
        self.headline("In this organisation");
        for person in persons.iter().take(USERS) {
            for (head, deeds) in people::lines(person) {
                _ = writeln!(self.text, "  {head}: {}", deeds.join("; "));
            }
        }
        if persons.len() > USERS {
            _ = writeln!(self.text, "  and {} users more", persons.len() - USERS);
        }
        self.text.push('\n');
    }
}
