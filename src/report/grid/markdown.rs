//! The table for help pages and reviews: under each group's heading a table with roles as columns.
//!
//! A table leaves out the roles that have nothing in it. What is prohibited to all is told in notes below, and the
//! permission bears the notes' numbers.

use std::fmt::Write as _;

use super::layout::NONE;
use super::lines::{NOBODY, clean, heading, marks, more, prohibitions, subject, title};
use crate::table::grid::{AT_ALL, Grid, Group, Row, Subject};

/// The table as Markdown (tables as GitHub and most others read them).
#[must_use]
pub fn markdown(grid: &Grid) -> String {
    let mut out = format!("# {}\n\n", escaped(&title(grid)));
    out.push_str("A role without a column in a table has none of its permissions.");
    let mut cells = grid
        .groups
        .iter()
        .flat_map(|group| &group.rows)
        .flat_map(|row| &row.cells);
    if cells.any(|entry| !entry.limits.is_empty()) {
        out.push_str(" Where it says *not*, the role is meant to lack the permission; another role may give it.");
    }
    out.push('\n');
    for group in &grid.groups {
        _ = write!(out, "\n## {}\n", escaped(&heading(group)));
        if let Some(doc) = &group.doc {
            let lines: Vec<String> = doc.lines().map(escaped).collect();
            _ = write!(out, "\n{}\n", lines.join("\n"));
        }
        if let Some(more) = more(group) {
            _ = write!(out, "\n{}\n", escaped(&more));
        }
        if !group.rows.is_empty() {
            table(&mut out, grid, group);
        }
    }
    out
}

fn table(out: &mut String, grid: &Grid, group: &Group) {
    let used = |column: &usize| group.rows.iter().any(|row| row.cell(*column).is_some());
    let of_roles = |column: &usize| grid.columns[*column] != Subject::Nobody;
    let columns: Vec<usize> = (0..grid.columns.len()).filter(of_roles).filter(used).collect();
    let mut notes: Vec<String> = Vec::new();
    let heads = columns.iter().map(|&column| head(grid, column));
    let dashes = columns.iter().map(|_| "---".to_owned());
    out.push('\n');
    line(out, "permission", heads);
    line(out, "---", dashes);
    for row in &group.rows {
        let cells = columns.iter().map(|&column| cell(grid, row, column));
        line(out, &permission(grid, row, &mut notes), cells);
    }
    if !notes.is_empty() {
        out.push('\n');
    }
    for (ix, note) in notes.iter().enumerate() {
        _ = writeln!(out, "{}. {}", ix + 1, escaped(note));
    }
}

fn line(out: &mut String, first: &str, cells: impl Iterator<Item = String>) {
    _ = write!(out, "| {first} |");
    for cell in cells {
        _ = write!(out, " {cell} |");
    }
    out.push('\n');
}

/// A role with its type and mark.
fn head(grid: &Grid, column: usize) -> String {
    match grid.columns[column] {
        Subject::Role(id) => {
            let head = grid.role(id);
            let mark = marks(grid, id).map_or_else(String::new, |mark| format!(", {mark}"));
            format!("{}<br>{}{mark}", escaped(&head.name), escaped(&head.ty))
        }
        _ => subject(grid, column),
    }
}

/// The permission with the numbers of its notes.
fn permission(grid: &Grid, row: &Row, notes: &mut Vec<String>) -> String {
    let mut numbers: Vec<usize> = Vec::new();
    for said in prohibitions(grid, row) {
        numbers.push(number(said, notes));
    }
    if numbers.is_empty() {
        return escaped(&row.text);
    }
    numbers.sort_unstable();
    let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
    format!("{} <sup>{}</sup>", escaped(&row.text), numbers.join(", "))
}

/// The number of a note, which is added if it is new.
fn number(said: String, notes: &mut Vec<String>) -> usize {
    let said = if said == NOBODY {
        format!("{NOBODY} {AT_ALL}")
    } else {
        said
    };
    let known = notes.iter().position(|note| *note == said);
    known.unwrap_or_else(|| {
        notes.push(said);
        notes.len() - 1
    }) + 1
}

fn cell(grid: &Grid, row: &Row, column: usize) -> String {
    let Some(entry) = row.cell(column) else {
        return NONE.to_owned();
    };
    let words: Vec<String> = grid.words(entry).iter().map(|words| escaped(words)).collect();
    words.join("<br>")
}

/// A text that Markdown shows as it is, on one line.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let text = clean(text);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let within_word = before.is_alphanumeric() && rest.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '|' | '*' | '`' | '[' | ']' | '~' => out.extend(['\\', c]),
            '_' if !within_word => out.push_str("\\_"),
            '#' if out.is_empty() => out.push_str("\\#"),
            _ => out.push(c),
        }
        before = c;
    }
    out
}
