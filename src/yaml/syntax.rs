//! Faults of YAML itself, in words for people.
//!
//! The readers speak of tokens, streams and block mappings. [`WORDS`] says the same to somebody who wrote a list of
//! users; what it does not know is passed on as it is, without the position, which the label shows.

use super::offsets::Offsets;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use serde::de::IgnoredAny;

const CODE: &str = "yaml/syntax";

/// Brackets that lie deeper are not handed to `serde_yaml` for the sake of a message: its time grows with their square.
const BRACKETS: usize = 1000;

/// What a reader says, what is meant, and what to do.
const WORDS: &[(&str, &str, &str)] = &[
    (
        "mapping values are not allowed",
        "a `:` cannot stand here",
        "if it belongs to the text, put the text in quotes; if it follows a key, check the indentation",
    ),
    (
        "did not find expected key",
        "this does not fit the mapping around it",
        "keys of one mapping start in the same column; text with special characters needs quotes",
    ),
    (
        "did not find expected '-' indicator",
        "this does not fit the list around it",
        "the items of a list start with `- `, all in the same column",
    ),
    (
        "did not find expected ',' or ']'",
        "expected `,` or `]`",
        "separate the items of a list with commas and close it with `]`",
    ),
    (
        "did not find expected ',' or '}'",
        "expected `,` or `}`",
        "separate the entries of a mapping with commas and close it with `}`",
    ),
    (
        "could not find expected ':'",
        "expected `: ` after a key",
        "write `key: value`, with a space after the colon",
    ),
    (
        "while scanning a quoted scalar",
        "a text in quotes is never closed",
        "close it with the quote that it starts with",
    ),
    (
        "unknown anchor",
        "an alias refers to no anchor before it",
        "an anchor is written `&name` before a value",
    ),
    (
        "unknown escape character",
        "an escape in a text is not known",
        "a backslash in `\"…\"` is written `\\\\`",
    ),
    (
        "control characters",
        "this character may not occur in YAML",
        "in quotes it can be written as an escape, such as `\"\\u0007\"`",
    ),
    (
        "invalid indentation",
        "the indentation fits nothing above it",
        "start the line in the column of its neighbours",
    ),
    (
        "end of stream",
        "the file ends in the middle of a value",
        "something before it was not closed",
    ),
];

/// The message for a text that `serde_yaml` refuses.
pub(super) fn explain(file: FileId, offsets: &Offsets<'_>, error: &serde_yaml::Error) -> Diagnostic {
    let at = match error.location() {
        Some(place) if place.index() > 0 || place.line() > 1 => offsets.byte(place.index()),
        _ => offsets.text.find(forbidden).unwrap_or(0),
    };
    let said = error.to_string();
    let diagnostic = fault(file, offsets, at, &said);
    match opening(offsets, &said).filter(|&start| start < at) {
        Some(start) => diagnostic.at(place(file, offsets, start), "it starts here"),
        None => diagnostic,
    }
}

/// The message for a text that `saphyr-parser` refuses at `at`: in the words of `serde_yaml`, if it refuses it too.
pub(super) fn refused(file: FileId, offsets: &Offsets<'_>, at: usize, said: &str) -> Diagnostic {
    let second = if deepest(offsets.text) <= BRACKETS {
        serde_yaml::from_str::<IgnoredAny>(offsets.text).err()
    } else {
        None
    };
    match second {
        Some(error) => explain(file, offsets, &error),
        None => fault(file, offsets, at, said),
    }
}

fn fault(file: FileId, offsets: &Offsets<'_>, at: usize, said: &str) -> Diagnostic {
    let rest = offsets.text.get(at..).unwrap_or("");
    let label = place(file, offsets, at);
    if let Some(start) = rest
        .chars()
        .next()
        .filter(|_| said.contains("cannot start any token") || said.contains("unexpected character"))
    {
        return cannot_start(start).at(label, "here");
    }
    match WORDS.iter().find(|(words, ..)| said.contains(words)) {
        Some((_, message, help)) => Diagnostic::error(CODE, *message).at(label, "here").help(*help),
        None => Diagnostic::error(CODE, format!("this is no YAML: {}", without_places(said))).at(label, "here"),
    }
}

fn cannot_start(start: char) -> Diagnostic {
    if start == '\t' {
        return Diagnostic::error(CODE, "a tab cannot indent").help("indent with spaces");
    }
    Diagnostic::error(CODE, format!("a value cannot start with `{start}`")).help("put the text in quotes")
}

/// The character at a byte, or the visible one nearest to it: before it in its line, else after it, else the last.
fn place(file: FileId, offsets: &Offsets<'_>, at: usize) -> Span {
    let (before, after) = offsets.text.split_at_checked(at).unwrap_or((offsets.text, ""));
    let last = before.trim_end().char_indices().next_back().map_or(0, |(last, _)| last);
    let blanks = after.len() - after.trim_start().len();
    let start = if !after.is_empty() && (blanks == 0 || after.starts_with('\t')) {
        at
    } else if blanks == after.len() || !before[last..].contains('\n') {
        last
    } else {
        at + blanks
    };
    let width = offsets.text[start..].chars().next().map_or(0, char::len_utf8);
    Span::new(file, start + offsets.skipped, start + width + offsets.skipped)
}

/// Where `serde_yaml` says that the broken construct starts: "…, while parsing a flow sequence at line 1 column 4".
fn opening(offsets: &Offsets<'_>, said: &str) -> Option<usize> {
    let (_, place) = said.split_once(", while ")?.1.split_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    Some(offsets.at_line(line.parse().ok()?, column.parse().ok()?))
}

fn without_places(said: &str) -> String {
    let mut parts = said
        .split(", ")
        .map(|part| part.split(" at line ").next().unwrap_or(part));
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |text, part| text + ", " + part)
}

/// The characters that YAML does not allow.
fn forbidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')) || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// How deep brackets lie in each other at most; those in texts count as well.
fn deepest(text: &str) -> usize {
    let (mut depth, mut most) = (0usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}
