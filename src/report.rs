//! What was found, for people and for programs.
//!
//! This module knows [`Diagnostic`] and [`Sources`] and nothing of what a diagnostic is about. [`text()`] renders
//! reports with the source and carets, [`json()`] the same for programs, [`line()`] one diagnostic in one line;
//! [`sarif()`], [`github()`] and [`junit()`] are what others read, and [`markdown()`] is a table of all.
//!
//! Two promises hold for every format. What it costs does not grow with the product of findings and file size: each
//! file is scanned once (`places`), and a shown line is cut out around its labels (`excerpt`). And what a file or a
//! name contains cannot pass for output of this program: characters that steer a terminal or reverse the direction of
//! writing are shown as escapes (`visible`).

pub mod answer;
pub mod audit;
pub mod diff;
mod excerpt;
mod github;
pub mod grid;
mod json;
mod junit;
mod places;
mod sarif;
pub mod tests;
mod text;
mod visible;

pub use github::{github, markdown};
pub use json::json;
pub use junit::junit;
pub use sarif::sarif;
pub use text::text;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// Reports with the source, for people.
    #[default]
    Text,
    /// One JSON document, for programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations on a pull request, by GitHub's workflow commands.
    Github,
    /// JUnit XML, for CI servers.
    Junit,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// The columns of the terminal.
    pub width: usize,
}

/// One diagnostic in one line: `file:line:column: error[code]: message`.
#[must_use]
pub fn line(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let place = diagnostic.labels.first().map_or_else(String::new, |label| {
        let (line, column) = sources.position(label.span.file, label.span.start);
        format!("{}:{line}:{column}: ", visible::one_line(sources.name(label.span.file)))
    });
    let message = visible::one_line(&diagnostic.message);
    format!("{place}{}[{}]: {message}", word(diagnostic.severity), diagnostic.code)
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Raised | Severity::Error => "error",
    }
}

/// How many diagnostics there are of each severity: errors, warnings, notes.
fn counts(diagnostics: &[Diagnostic]) -> [usize; 3] {
    ["error", "warning", "note"].map(|name| diagnostics.iter().filter(|d| word(d.severity) == name).count())
}
