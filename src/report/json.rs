//! Findings for programs. The names and their order are part of the interface: they only ever grow.

use super::places::Places;
use super::{counts, visible, word};
use crate::diagnostic::{Diagnostic, Fix, Label};
use crate::source::Sources;
use serde::Serialize;
use std::fmt::Write as _;

#[derive(Serialize)]
struct Document<'a> {
    diagnostics: Vec<Finding<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Finding<'a> {
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    labels: Vec<Place<'a>>,
    steps: Vec<Place<'a>>,
    fixes: Vec<Change<'a>>,
}

/// A change of the text between two places.
#[derive(Serialize)]
struct Change<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    replacement: &'a str,
    message: &'a str,
}

/// Lines and columns count from 1, columns in characters; the end is the place after the last character.
#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    notes: usize,
}

/// All diagnostics as one JSON document, the first label of each being the main one.
#[must_use]
pub fn json(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut places = Places::new(sources);
    let [errors, warnings, notes] = counts(diagnostics);
    let document = Document {
        diagnostics: diagnostics.iter().map(|d| finding(d, &mut places)).collect(),
        summary: Summary {
            errors,
            warnings,
            notes,
        },
    };
    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
    printable(&text) + "\n"
}

fn finding<'a>(diagnostic: &'a Diagnostic, places: &mut Places<'a>) -> Finding<'a> {
    Finding {
        severity: word(diagnostic.severity),
        code: diagnostic.code,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        labels: diagnostic.labels.iter().map(|label| place(label, places)).collect(),
        steps: diagnostic.steps.iter().map(|step| place(step, places)).collect(),
        fixes: diagnostic.fixes.iter().map(|fix| change(fix, places)).collect(),
    }
}

fn change<'a>(fix: &'a Fix, places: &mut Places<'a>) -> Change<'a> {
    let (file, bytes) = (fix.span.file, fix.span.range());
    let (line, column) = places.position(file, bytes.start);
    let (end_line, end_column) = places.position(file, bytes.end);
    Change {
        file: places.sources().name(file),
        line,
        column,
        end_line,
        end_column,
        replacement: &fix.replacement,
        message: &fix.message,
    }
}

fn place<'a>(label: &'a Label, places: &mut Places<'a>) -> Place<'a> {
    let (file, bytes) = (label.span.file, label.span.range());
    let (line, column) = places.position(file, bytes.start);
    let (end_line, end_column) = places.position(file, bytes.end);
    Place {
        file: places.sources().name(file),
        line,
        column,
        end_line,
        end_column,
        text: &label.text,
    }
}

/// The same JSON with the characters escaped that a terminal would act on or hide.
pub(super) fn printable(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && visible::hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}
