//! What a YAML file beside a policy is for: told by its top-level keys, without parsing it.

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources, Span};
use std::ops::Range;

const TESTS: &str = "tests";
const FACTS: &[&str] = &[
    "accounts",
    "units",
    "users",
    "groups",
    "resources",
    "grants",
    "roles",
    "context",
];

/// What a YAML file holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Expectations; facts may stand in the same file.
    Tests,
    /// An organisation.
    Facts,
    /// Neither; `key` is where its first top-level key stands.
    Unknown { key: Range<usize> },
}

impl Kind {
    /// The kind of a YAML text.
    pub(super) fn of(text: &str) -> Self {
        if keys(text).any(|key| text[key] == *TESTS) {
            return Self::Tests;
        }
        if keys(text).any(|key| FACTS.contains(&&text[key])) {
            return Self::Facts;
        }
        let key = keys(text).next().unwrap_or(0..0);
        Self::Unknown { key }
    }
}

/// A warning about a file of which nobody knows what it is for; `key` is its first top-level key.
pub(super) fn unknown(file: FileId, sources: &Sources, key: Range<usize>) -> Diagnostic {
    let name = sources.name(file);
    let written = sources.text(file).get(key.clone()).unwrap_or("").to_owned();
    let label = if written.is_empty() {
        "no key that is known"
    } else {
        "not known"
    };
    let listed = FACTS.join("`, `");
    let diagnostic = Diagnostic::warning(
        "project/unknown-yaml",
        format!("`{name}` holds neither facts nor tests, and is not used"),
    )
    .at(Span::new(file, key.start, key.end), label)
    .help(format!("tests have the key `{TESTS}`; facts have one of `{listed}`"));
    diagnostic.did_you_mean(&written, FACTS.iter().copied().chain([TESTS]))
}

/// The places of the keys that start a line, without quotes.
fn keys(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        key(line).map(|key| start + key.start..start + key.end)
    })
}

fn key(line: &str) -> Option<Range<usize>> {
    let bare = line.trim_start_matches('\u{feff}');
    let (written, after) = bare.split_once(':')?;
    let starts = written.starts_with(|c: char| !c.is_whitespace() && !"#-[{&*!|>%@".contains(c));
    let ends = after.is_empty() || after.starts_with(char::is_whitespace);
    let name = written.trim_end().trim_matches(['"', '\'']);
    let start = line.len() - bare.len() + written.find(name)?;
    (starts && ends).then(|| start..start + name.len())
}
