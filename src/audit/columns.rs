//! Rows as cells, column by column, which gather until they make a group ([`groups`](super::groups)).

use std::io::{self, Write};

use super::behind::Behind;
use super::format::Column;
use super::groups::{Group, Groups};
use super::names::Names;
use super::sheet::Line;
use super::{Audit, Dropped, Ground, Held, Taker};
use crate::model::value::{NodeId, UserId};
use crate::table::Way;

/// So many rows make a group, and wait in memory for it.
const GROUP: usize = 1 << 17;

/// A column with so many bytes of texts makes a group of fewer rows.
const LARGE: usize = 1 << 26;

/// Cells on their way to a file.
pub(super) struct Columns {
    to: Behind<Group>,
    /// Rows that wait to be written as one group, and how many they are.
    columns: Group,
    waiting: usize,
    rows: u64,
}

impl Columns {
    pub(super) fn new(to: Groups<impl Write + Send + 'static>) -> io::Result<Self> {
        Ok(Self {
            to: Behind::new(to)?,
            columns: Group::default(),
            waiting: 0,
            rows: 0,
        })
    }

    /// Adds a row; its head may be that of the row before.
    fn push(&mut self, head: &[String; 4], same: bool, ending: [&str; 4]) {
        let (heads, endings) = self.columns.split_at_mut(head.len());
        for (column, cell) in heads.iter_mut().zip(head) {
            if same { column.again(cell) } else { column.push(cell) }
        }
        for (column, cell) in endings.iter_mut().zip(ending) {
            column.push(cell);
        }
        self.waiting += 1;
        self.rows += 1;
    }

    /// How many rows have come.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// True if enough waits to be written as a part.
    pub(super) const fn is_ripe(&self) -> bool {
        self.waiting >= GROUP / 2
    }

    /// Does something when all rows that have come are written.
    pub(super) fn then(&mut self, then: impl FnOnce(u64) -> io::Result<()> + Send + 'static) -> io::Result<()> {
        self.flush()?;
        self.to.then(then)
    }

    /// Waits until all is written, with what ends a file.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.to.finish()
    }

    /// True if as much waits as is written at once.
    fn is_full(&self) -> bool {
        self.waiting >= GROUP || self.columns.iter().any(|column| column.len() >= LARGE)
    }

    /// Writes what waits as one group.
    fn flush(&mut self) -> io::Result<()> {
        match std::mem::take(&mut self.waiting) {
            0 => Ok(()),
            _ => self.to.write(std::mem::take(&mut self.columns)),
        }
    }
}

/// Writes cells.
pub(super) struct Writer<'w, 'a> {
    ground: &'w Ground<'a>,
    names: &'w Names,
    columns: &'w mut Columns,
    /// Account, user, place and reason.
    head: [String; 4],
    /// A row with it was written.
    same: bool,
    condition: String,
}

impl<'w, 'a> Writer<'w, 'a> {
    pub(super) fn new(audit: &'w Audit<'a>, columns: &'w mut Columns) -> Self {
        Self {
            ground: &audit.ground,
            names: &audit.names,
            columns,
            head: Default::default(),
            same: false,
            condition: String::new(),
        }
    }

    /// A cell of the head, to be written anew.
    fn cell(&mut self, column: Column) -> &mut String {
        let cell = &mut self.head[column as usize];
        cell.clear();
        cell
    }

    fn set_node(&mut self, column: Column, node: Option<NodeId>) {
        let (ground, names) = (self.ground, self.names);
        let cell = self.cell(column);
        if let Some(node) = node {
            names.node(ground, node, cell);
        }
    }
}

impl<'a> Taker<'a> for Writer<'_, 'a> {
    fn begin(&mut self, account: Option<NodeId>, user: Option<UserId>) {
        self.set_node(Column::Account, account);
        if let Some(user) = user {
            let facts = &self.ground.org.facts;
            self.cell(Column::User).push_str(&facts.user(user).id);
        }
    }

    fn held(&mut self, held: &Held<'a>) {
        if let Some(all) = held.all() {
            self.cell(Column::User).push_str(all);
        }
        self.set_node(Column::Place, held.node);
        let (ground, names) = (self.ground, self.names);
        names.because(ground, held, self.cell(Column::Because));
        self.same = false;
    }

    fn row(&mut self, line: &Line<'_>, allowed: bool, perhaps: &[Way]) {
        let ending = match perhaps {
            [] => line.ending.cells(allowed),
            _ => {
                self.condition.clear();
                self.names.condition(line, perhaps, &mut self.condition);
                line.ending.depending_cells(&self.condition)
            }
        };
        self.columns.push(&self.head, self.same, ending);
        self.same = true;
    }

    fn dropped(&mut self, _: Dropped, _: u64) {}

    fn end(&mut self) -> io::Result<()> {
        if self.columns.is_full() {
            self.columns.flush()
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Memory stays bounded also where ids are long.
    #[test]
    fn long_texts_make_a_group_of_fewer_rows() {
        let mut columns = Columns::new(Groups::parts(io::sink(), 0)).expect("there is a thread");
        let mut head: [String; 4] = Default::default();
        for row in 0..LARGE >> 20 {
            assert!(!columns.is_full());
            head[1] = row.to_string() + &"x".repeat(1 << 20);
            columns.push(&head, false, ["", "", "allow", ""]);
        }
        assert!(columns.is_full());
        columns.flush().expect("nothing is kept");
        assert!(!columns.is_full());
        columns.finish().expect("nothing is kept");
    }
}
