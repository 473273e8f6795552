//! The decision table as text, Markdown, CSV and JSON.
//!
//! All four are made from a [`Grid`] alone, with [`Sources`] to say where a rule stands:
//!
//! - [`text()`] has a line per permission and way of having it, or a matrix if that fits the terminal, for reading;
//! - [`markdown()`] has a table per group, roles as columns, for help pages and reviews;
//! - [`csv()`] has a record per permission, role and rule (the long form, which sorts and filters), for spreadsheets;
//! - [`json()`] has everything, for programs.

mod csv;
mod json;
mod layout;
mod lines;
pub(super) mod markdown;
mod matrix;
mod merge;
mod notes;
mod text;

pub use csv::csv;
pub use json::json;
pub use markdown::markdown;
pub use text::text;

use super::Style;
use crate::source::Sources;
use crate::table::grid::Grid;

/// How the table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum TableFormat {
    /// For reading in a terminal.
    #[default]
    Text,
    /// A table per group.
    Markdown,
    /// A record per permission, role and rule.
    Csv,
    /// One document with everything.
    Json,
}

/// The table in a format.
#[must_use]
pub fn render(grid: &Grid, sources: &Sources, format: TableFormat, style: &Style) -> String {
    match format {
        TableFormat::Text => text(grid, style),
        TableFormat::Markdown => markdown(grid),
        TableFormat::Csv => csv(grid, sources),
        TableFormat::Json => json(grid, sources),
    }
}
