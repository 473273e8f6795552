//! Rows read ahead: a thread takes a table apart while the rows before are entered.
//!
//! Rows travel in batches, the cells of a batch as one text with the places where they end.

use std::ops::Range;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use csv::StringRecord;

use super::rows::{Fault, Layout, Rows};
use crate::source::nfc;

/// So many rows make a batch.
const BATCH: usize = 2_048;

/// So many batches wait at most.
const WAITING: usize = 4;

/// What stands in a line.
pub(super) enum Item<'b> {
    Row(Row<'b>),
    Fault(Fault),
}

/// A row.
#[derive(Clone, Copy)]
pub(super) struct Row<'b> {
    /// Its line, from 1.
    pub(super) line: u64,
    text: &'b str,
    /// Where its cells end in the text of the batch, before them where the first begins.
    ends: &'b [usize],
    layout: &'b Layout,
}

impl<'b> Row<'b> {
    /// The cell of a column of this kind of table; none if it is empty.
    pub(super) fn get(&self, column: usize) -> Option<&'b str> {
        let at = (*self.layout.places.get(column)?)?;
        self.cell(at)
    }

    /// The cell at a place of the row; none if it is empty.
    pub(super) fn cell(&self, at: usize) -> Option<&'b str> {
        let (start, end) = (*self.ends.get(at)?, *self.ends.get(at + 1)?);
        Some(self.text[start..end].trim()).filter(|cell| !cell.is_empty())
    }

    /// Further columns, with where they stand.
    pub(super) const fn extra(&self) -> &'b [(usize, String)] {
        self.layout.extra.as_slice()
    }
}

#[derive(Default)]
struct Batch {
    text: String,
    ends: Vec<usize>,
    /// The line of each row, and which ends are its own; or what is wrong.
    lines: Vec<Result<(u64, Range<usize>), Fault>>,
    layout: Layout,
}

impl Batch {
    fn push(&mut self, line: u64, record: &StringRecord) {
        let first = self.ends.len();
        self.ends.push(self.text.len());
        for cell in record {
            self.text.push_str(&nfc(cell));
            self.ends.push(self.text.len());
        }
        self.lines.push(Ok((line, first..self.ends.len())));
    }

    /// The rows, in order.
    fn each(self, mut visit: impl FnMut(Item<'_>)) {
        for line in self.lines {
            visit(match line {
                Ok((line, own)) => Item::Row(Row {
                    line,
                    text: &self.text,
                    ends: &self.ends[own],
                    layout: &self.layout,
                }),
                Err(fault) => Item::Fault(fault),
            });
        }
    }
}

/// Goes through the rest of a table.
pub(super) fn read_ahead(rows: Rows, mut visit: impl FnMut(Item<'_>)) {
    let (sender, receiver) = sync_channel::<Batch>(WAITING);
    thread::scope(|scope| {
        scope.spawn(move || produce(rows, &sender));
        for batch in receiver {
            batch.each(&mut visit);
        }
    });
}

/// Sends batches until the table is at its end, cannot be read further, or nobody listens.
fn produce(mut rows: Rows, sender: &SyncSender<Batch>) {
    loop {
        let mut batch = Batch::default();
        let mut is_over = false;
        while batch.lines.len() < BATCH && !is_over {
            match rows.advance() {
                Ok(true) => batch.push(rows.line, rows.record()),
                Ok(false) => is_over = true,
                Err(fault) => {
                    is_over = fault.diagnostic.code == "project/unreadable";
                    batch.lines.push(Err(fault));
                }
            }
        }
        batch.layout = rows.layout();
        if sender.send(batch).is_err() || is_over {
            return;
        }
    }
}
