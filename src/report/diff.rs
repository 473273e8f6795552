//! What changed between two policies, as text, as Markdown for a pull request, as JSON.
//!
//! `words` makes the sentences that text and Markdown share; [`text`], [`markdown`] and [`json()`] lay them out.

mod json;
mod markdown;
mod people;
mod text;
mod words;

pub use json::{json, value};
pub use markdown::markdown;
pub use text::text;

use super::Style;
use crate::diff::Diff;
use crate::diff::people::Person;
use crate::source::Sources;

/// How a comparison is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum DiffFormat {
    /// For people.
    #[default]
    Text,
    /// For a comment on a pull request.
    Markdown,
    /// One document with everything.
    Json,
}

/// What is printed.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// What the old policy is called.
    pub old: &'a str,
    /// What the new policy is called.
    pub new: &'a str,
    /// What changed.
    pub diff: &'a Diff,
    /// Who gains and loses what, if an organisation was given.
    pub people: Option<&'a [Person]>,
    /// The texts of both sides.
    pub sources: &'a Sources,
}

/// The comparison in a format.
#[must_use]
pub fn render(document: &Document<'_>, format: DiffFormat, style: &Style) -> String {
    match format {
        DiffFormat::Text => text(document, style),
        DiffFormat::Markdown => markdown(document),
        DiffFormat::Json => json(document),
    }
}
