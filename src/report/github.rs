//! Annotations on a pull request, and the table on the page of a run.
//!
//! [`github()`] writes workflow commands, which GitHub's runner takes from the output: the gravest first, as it keeps
//! ten of each level. [`markdown()`] has them all.

use std::fmt::Write as _;

use super::places::Places;
use super::{text, visible, word};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;

/// The page of a run holds 1 MiB.
const LONGEST: usize = 1_000_000;

/// All diagnostics as workflow commands.
#[must_use]
pub fn github(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut places = Places::new(sources);
    let mut commands = String::new();
    for diagnostic in gravest_first(diagnostics) {
        let title = property(diagnostic.code);
        let place = properties(diagnostic, &mut places);
        let _ = writeln!(
            commands,
            "::{} {place}title={title}::{}",
            command(diagnostic.severity),
            data(&told(diagnostic))
        );
    }
    commands
}

fn gravest_first(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut sorted: Vec<_> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
    sorted
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "notice",
        _ => word(severity),
    }
}

/// Message, steps and help on lines of their own.
fn told(diagnostic: &Diagnostic) -> String {
    let message = visible::one_line(&diagnostic.message);
    let steps = diagnostic.steps.iter().zip(1..);
    let steps = steps.map(|(step, number)| format!("{number}. {}", visible::one_line(&step.text)));
    let help = diagnostic.help.as_deref().map(visible::lines);
    std::iter::once(message)
        .chain(steps)
        .chain(help)
        .collect::<Vec<_>>()
        .join("\n")
}

fn properties(diagnostic: &Diagnostic, places: &mut Places<'_>) -> String {
    let Some(main) = diagnostic.labels.first() else {
        return String::new();
    };
    let (file, bytes) = (main.span.file, main.span.range());
    let name = property(&visible::one_line(places.sources().name(file)));
    let (line, column) = places.position(file, bytes.start);
    let (end_line, end_column) = places.position(file, bytes.end);
    // Columns are allowed only within one line.
    match line == end_line {
        true => format!("file={name},line={line},endLine={line},col={column},endColumn={end_column},"),
        false => format!("file={name},line={line},"),
    }
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// All diagnostics as a table.
#[must_use]
pub fn markdown(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut out = "## rolebook lint\n\n".to_owned();
    if diagnostics.is_empty() {
        return out + "no findings\n";
    }
    let _ = writeln!(
        out,
        "{}\n\n| | code | place | message |\n| --- | --- | --- | --- |",
        text::totals(diagnostics)
    );
    let mut places = Places::new(sources);
    for (count, diagnostic) in gravest_first(diagnostics).into_iter().enumerate() {
        if out.len() > LONGEST {
            let _ = writeln!(out, "\n… and {} more", diagnostics.len() - count);
            break;
        }
        let place = diagnostic.labels.first().map_or_else(String::new, |main| {
            let (line, _) = places.position(main.span.file, main.span.range().start);
            format!("{}:{line}", sources.name(main.span.file))
        });
        let cells = [word(diagnostic.severity), diagnostic.code, &place, &told(diagnostic)].map(cell);
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out
}

/// A text as the content of a cell: what stands outside backticks is no markup.
fn cell(text: &str) -> String {
    let (mut out, mut code) = (String::new(), false);
    for c in text.chars() {
        match c {
            '|' => out.push_str("\\|"),
            '\n' => out.push_str("<br>"),
            '<' if !code => out.push_str("&lt;"),
            '[' | '*' | '_' | '\\' if !code => out.extend(['\\', c]),
            '`' => {
                code = !code;
                out.push(c);
            }
            c => visible::push(&mut out, c),
        }
    }
    out
}
