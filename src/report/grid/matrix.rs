//! The table as a matrix, where it is narrow enough: permissions down, roles across.

use super::layout::{NONE, pad, width};
use super::lines::{clean, heading, more, subject};
use crate::table::grid::{Grid, Group, Row};

const GAP: usize = 2;

/// A matrix with wider cells than this is harder to read than lines.
const WIDEST: usize = 24;

/// All groups as matrices with the same columns, if cells are short and each line fits into `room` columns.
pub(super) fn fitting(grid: &Grid, room: usize) -> Option<String> {
    let rows: Vec<&Row> = grid.groups.iter().flat_map(|group| &group.rows).collect();
    let first = rows.iter().map(|row| width(&row.text)).max()? + 2;
    let mut widths = vec![first];
    for column in 0..grid.columns.len() {
        let cells = rows.iter().map(|row| width(&cell(grid, row, column)));
        let widest = cells.chain([width(&subject(grid, column))]).max().unwrap_or(0);
        widths.push(GAP + widest);
        if widest > WIDEST || widths.iter().sum::<usize>() > room {
            return None;
        }
    }
    Some(grid.groups.iter().map(|group| block(grid, group, &widths)).collect())
}

/// The heading has a line of its own where the first column is too narrow for it.
fn block(grid: &Grid, group: &Group, widths: &[usize]) -> String {
    let names = (0..grid.columns.len()).map(|column| subject(grid, column));
    let heading = heading(group);
    let mut out = if width(&heading) > widths[0] {
        format!("\n{heading}\n{}\n", line(String::new(), names, widths))
    } else {
        format!("\n{}\n", line(heading, names, widths))
    };
    for row in &group.rows {
        let cells = (0..grid.columns.len()).map(|column| cell(grid, row, column));
        out += &line(format!("  {}", clean(&row.text)), cells, widths);
        out.push('\n');
    }
    if let Some(more) = more(group) {
        out += &format!("  {more}\n");
    }
    out
}

fn line(first: String, cells: impl Iterator<Item = String>, widths: &[usize]) -> String {
    let mut line = first;
    let mut column = widths[0];
    for (cell, wide) in cells.zip(&widths[1..]) {
        pad(&mut line, column + GAP);
        line.push_str(&cell);
        column += wide;
    }
    line.truncate(line.trim_end().len());
    line
}

fn cell(grid: &Grid, row: &Row, column: usize) -> String {
    row.cell(column)
        .map_or_else(|| NONE.to_owned(), |entry| clean(&grid.words(entry).join("; ")))
}
