//! The comparison as a comment on a pull request.

use std::fmt::Write as _;

use super::people::{self, USERS};
use super::{Document, words};
use crate::diff::people::Person;
use crate::diff::{Cause, Diff, Group, Witness};
use crate::report::grid::markdown::escaped;
use crate::report::visible;
use crate::source::Sources;

/// A comment holds 65,536 characters: sections are told up to here, in bytes.
const LONGEST: usize = 40_000;

/// Lists are cut here.
const SHOWN: usize = 40;

/// A heading, a section per cause, and what is proven.
#[must_use]
pub fn markdown(document: &Document<'_>) -> String {
    let diff = document.diff;
    let mut out = String::new();
    let (old, new) = (code(document.old), code(document.new));
    _ = writeln!(out, "## What changed in meaning: {old} → {new}\n");
    let mut left = diff.groups.len();
    for group in &diff.groups {
        if out.len() > LONGEST {
            _ = writeln!(out, "### {left} more edits\n");
            break;
        }
        section(&mut out, group, document.sources);
        left -= 1;
    }
    for beyond in &diff.beyond {
        _ = writeln!(out, "### {}\n", escaped(&words::beyond(beyond)));
        beyond
            .causes
            .iter()
            .for_each(|it| cause(&mut out, it, document.sources));
        witness(&mut out, &beyond.witness);
    }
    paths(&mut out, diff);
    causes(&mut out, "Declared otherwise", diff.aside.iter(), document.sources);
    causes(
        &mut out,
        "Written differently, with the same meaning",
        diff.same.iter(),
        document.sources,
    );
    if let Some(persons) = document.people {
        organisation(&mut out, persons);
    }
    _ = writeln!(out, "{}", escaped(&words::closing(diff)));
    out
}

fn section(out: &mut String, group: &Group, sources: &Sources) {
    let heads = words::headlines(group);
    let heads: Vec<String> = heads.iter().map(|line| escaped(line)).collect();
    _ = writeln!(out, "### {}\n", heads.join("<br>"));
    cause(out, &group.cause, sources);
    if let Some(shown) = &group.witness {
        witness(out, shown);
    }
}

fn cause(out: &mut String, cause: &Cause, sources: &Sources) {
    let places: Vec<String> = cause
        .old
        .iter()
        .chain(&cause.new)
        .map(|&span| code(&words::place(span, sources)))
        .collect();
    let places = match places.is_empty() {
        true => String::new(),
        false => format!(" ({})", places.join(" → ")),
    };
    _ = writeln!(out, "{}{places}\n", escaped(&words::cause(cause)).replace("\\`", "`"));
    let sides = [(cause.old, "-"), (cause.new, "+")];
    let lines = sides.into_iter().flat_map(|(span, mark)| {
        let lines = span.map(|span| words::lines(span, sources)).unwrap_or_default();
        lines.into_iter().map(move |line| format!("{mark} {line}"))
    });
    let lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        fenced(out, "diff", &lines.join("\n"));
    }
}

fn witness(out: &mut String, witness: &Witness) {
    let sentence = code(&witness.shown.sentence);
    let said = words::witness(witness);
    _ = writeln!(
        out,
        "<details><summary>For example {}, {said}</summary>\n",
        html(&sentence)
    );
    fenced(out, "yaml", visible::lines(&witness.shown.facts).trim_end());
    if let Some(also) = &witness.shown.also {
        _ = writeln!(out, "which the {} policy reads as\n", words::other(witness));
        fenced(out, "yaml", visible::lines(also).trim_end());
    }
    _ = writeln!(out, "</details>\n");
}

fn paths(out: &mut String, diff: &Diff) {
    if diff.paths.is_empty() {
        return;
    }
    _ = writeln!(out, "### New ways to come by a role\n");
    _ = writeln!(out, "By what each may give, conditions left aside:\n");
    for path in diff.paths.iter().take(SHOWN) {
        _ = writeln!(out, "- {}", escaped(&words::path(path)));
    }
    more(out, diff.paths.len());
    out.push('\n');
}

fn causes<'c>(out: &mut String, title: &str, causes: impl ExactSizeIterator<Item = &'c Cause>, sources: &Sources) {
    let count = causes.len();
    if count == 0 {
        return;
    }
    _ = writeln!(out, "<details><summary>{title} ({count})</summary>\n");
    for it in causes.take(SHOWN) {
        cause(out, it, sources);
    }
    more(out, count);
    _ = writeln!(out, "</details>\n");
}

fn organisation(out: &mut String, persons: &[Person]) {
    _ = writeln!(out, "### In this organisation\n");
    if persons.is_empty() {
        _ = writeln!(out, "Nobody gains or loses anything.\n");
        return;
    }
    _ = writeln!(out, "| who | what |\n| --- | --- |");
    for person in persons.iter().take(USERS) {
        for (head, deeds) in people::lines(person) {
            let deeds: Vec<String> = deeds.iter().map(|deed| escaped(deed)).collect();
            _ = writeln!(out, "| {} | {} |", escaped(&head), deeds.join("<br>"));
        }
    }
    if persons.len() > USERS {
        _ = writeln!(out, "\nand {} users more", persons.len() - USERS);
    }
    out.push('\n');
}

fn more(out: &mut String, count: usize) {
    if count > SHOWN {
        _ = writeln!(out, "- and {} more", count - SHOWN);
    }
}

/// A fence longer than any in the text.
fn fenced(out: &mut String, language: &str, text: &str) {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    _ = writeln!(out, "{fence}{language}\n{text}\n{fence}\n");
}

/// A text in a code span, on one line.
fn code(text: &str) -> String {
    let text = visible::one_line(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    let pad = if longest > 0 { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Within HTML, Markdown is not read: a code span is an element there.
fn html(code: &str) -> String {
    let text = code.trim_matches('`').replace('&', "&amp;").replace('<', "&lt;");
    format!("<code>{text}</code>")
}
