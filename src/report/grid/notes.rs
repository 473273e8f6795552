//! Prohibitions of roles that bind many permissions, told once below the table and named by number beside each.

use std::collections::BTreeMap;

use super::layout::width;
use super::lines::{Kind, Line, Names, lines};
use crate::table::grid::Grid;

/// A text that stands in fewer rows is told there.
const OFTEN: usize = 3;

/// A text that is as short as this is told where it holds.
const SHORT: usize = 48;

/// The numbered texts.
pub(super) struct Notes {
    texts: Vec<String>,
}

impl Notes {
    pub(super) fn new(names: &Names<'_>, grid: &Grid) -> Self {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut texts: Vec<String> = Vec::new();
        for line in grid
            .groups
            .iter()
            .flat_map(|group| &group.rows)
            .flat_map(|row| lines(names, row))
        {
            if line.kind != Kind::Prohibit || width(&line.text) <= SHORT {
                continue;
            }
            let count = counts.entry(line.text.clone()).or_default();
            *count += 1;
            if *count == OFTEN {
                texts.push(line.text);
            }
        }
        Self { texts }
    }

    /// The lines, those that are notes put together as `[1] [2]`.
    pub(super) fn shortened(&self, lines: Vec<Line>) -> Vec<String> {
        let mut numbers: Vec<usize> = Vec::new();
        let mut kept: Vec<String> = Vec::new();
        for line in lines {
            match self.texts.iter().position(|text| *text == line.text) {
                Some(ix) => numbers.push(ix),
                None => kept.push(line.text),
            }
        }
        let shown: Vec<String> = numbers.into_iter().map(mark).collect();
        if !shown.is_empty() {
            kept.push(shown.join(" "));
        }
        kept
    }

    /// Each with its mark.
    pub(super) fn iter(&self) -> impl Iterator<Item = (String, &str)> {
        self.texts
            .iter()
            .enumerate()
            .map(|(ix, text)| (mark(ix), text.as_str()))
    }
}

fn mark(ix: usize) -> String {
    format!("[{}]", ix + 1)
}
