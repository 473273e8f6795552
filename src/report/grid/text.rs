//! The table for reading in a terminal.
//!
//! Roles are listed first, by the type at which they are held. Then comes a block per group: each permission with those
//! who have it, on the same terms in one line, `edit Tender  Manager, Lead` and below `Operational only here as creator`.
//! Permissions of which the same is to be said stand together (`merge`); what binds all of a block stands at its top, as
//! `all of these`; what is denied to a role in many rows is a note below (`notes`). Where roles are few and cells short, the blocks are matrices (`matrix`).

use super::layout::{NONE, broken, pad, width};
use super::lines::{Kind, NOBODY, Names, clean, common, heading, lines, marks, more, prohibitions, title};
use super::notes::Notes;
use super::{matrix, merge};
use crate::report::Style;
use crate::table::grid::{Grid, Group, Row, Subject};

/// Between a permission and those who have it.
const GAP: usize = 2;

/// The table as text, for a terminal as wide as the style says.
#[must_use]
pub fn text(grid: &Grid, style: &Style) -> String {
    let mut page = Page {
        out: String::new(),
        width: style.width.clamp(40, 200),
        color: style.color,
    };
    page.heading(&title(grid));
    page.roles(grid);
    if let Some(matrix) = matrix::fitting(grid, page.width) {
        page.out.push_str(&matrix);
        return page.out;
    }
    let names = Names::new(grid);
    let notes = Notes::new(&names, grid);
    let blocks: Vec<Block> = grid
        .groups
        .iter()
        .map(|group| Block::new(&names, &notes, grid, group))
        .collect();
    let widest = blocks
        .iter()
        .flat_map(|block| &block.entries)
        .map(|(name, _)| width(name))
        .max()
        .unwrap_or(0);
    let indent = 2 + widest.min(page.width / 3) + GAP;
    for block in &blocks {
        page.group(block, indent);
    }
    page.notes(&notes);
    page.out
}

/// Text in the making.
struct Page {
    out: String,
    width: usize,
    color: bool,
}

impl Page {
    fn heading(&mut self, text: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        let (on, off) = if self.color {
            ("\u{1b}[1m", "\u{1b}[0m")
        } else {
            ("", "")
        };
        self.out.push_str(&format!("{on}{text}{off}\n"));
    }

    /// The roles of each type, the default ones and the derived ones marked.
    fn roles(&mut self, grid: &Grid) {
        let mut types: Vec<(&str, Vec<String>)> = Vec::new();
        for subject in &grid.columns {
            let Subject::Role(id) = *subject else { continue };
            let head = grid.role(id);
            let mark = marks(grid, id).map_or_else(String::new, |mark| format!(" ({mark})"));
            let name = format!("{}{mark}", head.name);
            match types.last_mut() {
                Some((ty, names)) if *ty == head.ty => names.push(name),
                _ => types.push((&head.ty, vec![name])),
            }
        }
        let indent = 2 + types.iter().map(|(ty, _)| width(ty)).max().unwrap_or(0) + GAP;
        if !types.is_empty() {
            self.heading("roles");
        }
        for (ty, names) in types {
            self.entry(ty, &[names.join(", ")], indent);
        }
    }

    fn group(&mut self, block: &Block, indent: usize) {
        self.heading(&block.heading);
        if let Some(more) = &block.more {
            self.out.push_str(&format!("  {more}\n"));
        }
        for (name, said) in &block.entries {
            self.entry(name, said, indent);
        }
    }

    fn notes(&mut self, notes: &Notes) {
        let indent = notes
            .iter()
            .map(|(mark, _)| width(&mark))
            .max()
            .map(|widest| 2 + widest + GAP);
        if indent.is_some() {
            self.heading("notes");
        }
        for (mark, text) in notes.iter() {
            self.entry(&mark, &[text.to_owned()], indent.unwrap_or(GAP));
        }
    }

    /// A name, and beside it lines; both are broken where they are too long.
    fn entry(&mut self, name: &str, said: &[String], indent: usize) {
        let left = set(&[name], indent.saturating_sub(2 + GAP));
        let right = set(said, self.width.saturating_sub(indent));
        for ix in 0..left.len().max(right.len()) {
            let mut line = format!("  {}", left.get(ix).map_or("", String::as_str));
            pad(&mut line, indent);
            line.push_str(right.get(ix).map_or("", String::as_str));
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }
}

/// Lines broken to a width.
fn set(lines: &[impl AsRef<str>], room: usize) -> Vec<String> {
    lines
        .iter()
        .flat_map(|line| broken(&clean(line.as_ref()), room))
        .collect()
}

/// A group, its rows put together where they say the same.
struct Block {
    heading: String,
    more: Option<String>,
    entries: Vec<(String, Vec<String>)>,
}

impl Block {
    fn new(names: &Names<'_>, notes: &Notes, grid: &Grid, group: &Group) -> Self {
        let common = common(grid, group);
        let rows = group
            .rows
            .iter()
            .map(|row| (row, said(names, notes, grid, row, &common)));
        let alike = merge::alike(group.kind, rows);
        let mut entries = Vec::new();
        if !common.is_empty() {
            entries.push(("all of these".to_owned(), common));
        }
        entries.extend(alike);
        Self {
            heading: heading(group),
            more: more(group),
            entries,
        }
    }
}

/// What is said beside a permission: who has it, and what binds all but is not said of the whole group. Who has what is
/// denied to all without terms is not worth telling.
fn said(names: &Names<'_>, notes: &Notes, grid: &Grid, row: &Row, common: &[String]) -> Vec<String> {
    let denied = prohibitions(grid, row);
    if denied.iter().any(|words| words == NOBODY) {
        return vec![NOBODY.to_owned()];
    }
    let lines = lines(names, row);
    let granted = lines.iter().any(|line| line.kind == Kind::Grant);
    let mut said = notes.shortened(lines);
    match said.as_mut_slice() {
        _ if granted => {}
        [marks] if marks.starts_with('[') => marks.insert_str(0, &format!("{NONE} ")),
        _ => said.insert(0, NONE.to_owned()),
    }
    said.extend(denied.into_iter().filter(|words| !common.contains(words)));
    said
}
