//! Reports for people: miette's, with the source cut to what matters.

use super::excerpt::{CONTEXT, Excerpt};
use super::places::Places;
use super::{Style, counts, visible, word};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use std::fmt::{self, Write as _};

/// More are counted only: nobody reads them, and a terminal forgets the first.
const SHOWN: usize = 200;

/// Columns that the numbers and lines to the left of a source line take.
const GUTTER: usize = 12;

/// All diagnostics with their source, and a last line that counts them; nothing for none.
#[must_use]
pub fn text(diagnostics: &[Diagnostic], sources: &Sources, style: &Style) -> String {
    let mut out = String::new();
    let mut places = Places::new(sources);
    let width = style.width.clamp(40, 200);
    let handler = handler(style.color, width);
    for diagnostic in diagnostics.iter().take(SHOWN) {
        let report = Report::new(diagnostic, &mut places, width - GUTTER);
        let mut rendered = String::new();
        // Writing to a string fails only where miette cannot read the excerpt; the line form needs no excerpt.
        match handler.render_report(&mut rendered, &report) {
            Ok(()) => tighten(&mut out, &rendered),
            Err(_) => out.push_str(&super::line(diagnostic, sources)),
        }
        write_steps(&mut out, diagnostic, &mut places);
        out.push('\n');
    }
    out + &summary(diagnostics)
}

fn handler(color: bool, width: usize) -> GraphicalReportHandler {
    let theme = if color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(width)
        .with_context_lines(CONTEXT)
        .with_break_words(false)
        .with_urls(false)
        .without_syntax_highlighting()
}

/// Adds a report without miette's blank line below the code, and without blanks at the ends of lines.
fn tighten(out: &mut String, rendered: &str) {
    for (count, line) in rendered.lines().enumerate() {
        if count != 1 || !line.is_empty() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
}

/// The steps that lead to a finding, numbered, and what to do.
fn write_steps(out: &mut String, diagnostic: &Diagnostic, places: &mut Places<'_>) {
    for (step, number) in diagnostic.steps.iter().zip(1..) {
        let (file, start) = (step.span.file, step.span.range().start);
        let (line, column) = places.position(file, start);
        let name = visible::one_line(places.sources().name(file));
        let text = visible::one_line(&step.text);
        let _ = writeln!(out, "  {number}. {text}  ({name}:{line}:{column})");
    }
    if let (Some(help), false) = (&diagnostic.help, diagnostic.steps.is_empty()) {
        let help = visible::lines(help).replace('\n', "\n        ");
        let _ = writeln!(out, "  help: {help}");
    }
}

/// "2 errors, 1 warning", and how many of them were not shown.
fn summary(diagnostics: &[Diagnostic]) -> String {
    let totals = totals(diagnostics);
    match (totals.is_empty(), diagnostics.len().saturating_sub(SHOWN)) {
        (true, _) => String::new(),
        (false, 0) => format!("{totals}\n"),
        (false, more) => format!("{totals} ({more} more than the {SHOWN} shown)\n"),
    }
}

/// "2 errors, 1 warning"
pub(super) fn totals(diagnostics: &[Diagnostic]) -> String {
    let [errors, warnings, notes] = counts(diagnostics);
    let parts = [(errors, "error"), (warnings, "warning"), (notes, "note")];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts.map(|(count, noun)| counted(*count, noun)).collect();
    parts.join(", ")
}

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// A diagnostic in the shape that miette renders.
#[derive(Debug)]
struct Report {
    code: String,
    severity: Severity,
    message: String,
    help: Option<String>,
    excerpt: Excerpt,
}

impl Report {
    fn new(diagnostic: &Diagnostic, places: &mut Places<'_>, width: usize) -> Self {
        Self {
            code: format!("{}[{}]", word(diagnostic.severity), diagnostic.code),
            severity: diagnostic.severity,
            message: visible::one_line(&diagnostic.message),
            // Behind steps, help is written with them.
            help: diagnostic
                .help
                .as_deref()
                .filter(|_| diagnostic.steps.is_empty())
                .map(visible::lines),
            excerpt: Excerpt::new(diagnostic, places, width),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report {}

impl miette::Diagnostic for Report {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Note => miette::Severity::Advice,
            Severity::Warning => miette::Severity::Warning,
            Severity::Raised | Severity::Error => miette::Severity::Error,
        })
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.labels()))
    }
}
