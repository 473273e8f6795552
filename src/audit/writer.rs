//! Rows as bytes: what a holding has in all its rows is put together once, and copied before each line of its sheet.

use std::io::{self, Write};

use super::behind::{Behind, Sink};
use super::format::{Column, Text};
use super::names::Names;
use super::sheet::Line;
use super::{Audit, Dropped, Ground, Held, Taker};
use crate::model::value::{NodeId, UserId};
use crate::table::Way;

/// So many bytes are written at once.
const BLOCK: usize = 1 << 18;

/// A file of blocks of rows, with how many bytes it has.
struct Blocks<W>(W, u64);

impl<W: Write + Send + 'static> Sink for Blocks<W> {
    type Batch = Vec<u8>;

    fn write(&mut self, block: Vec<u8>) -> io::Result<()> {
        self.0.write_all(&block)?;
        self.1 += block.len() as u64;
        self.0.flush()
    }

    fn len(&self) -> u64 {
        self.1
    }

    fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Rows on their way to a file.
pub(super) struct Lines {
    to: Behind<Vec<u8>>,
    buffer: Vec<u8>,
    rows: u64,
    /// How many bytes have come since something was last to be done behind them.
    fresh: usize,
}

impl Lines {
    /// Goes on behind so many bytes.
    pub(super) fn after(to: impl Write + Send + 'static, written: u64) -> io::Result<Self> {
        Ok(Self {
            to: Behind::new(Blocks(to, written))?,
            buffer: block(),
            rows: 0,
            fresh: 0,
        })
    }

    /// Writes a text of its own, such as the heading.
    pub(super) fn push(&mut self, text: &str) {
        self.buffer.extend_from_slice(text.as_bytes());
    }

    /// How many rows have come.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// True if much has come since something was last to be done behind it.
    pub(super) const fn is_ripe(&self) -> bool {
        self.fresh + self.buffer.len() >= BLOCK / 4
    }

    /// Does something when all rows that have come are written.
    pub(super) fn then(&mut self, then: impl FnOnce(u64) -> io::Result<()> + Send + 'static) -> io::Result<()> {
        self.flush()?;
        self.fresh = 0;
        self.to.then(then)
    }

    /// Waits until all is written.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.to.finish()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.fresh += self.buffer.len();
        self.to.write(std::mem::replace(&mut self.buffer, block()))
    }
}

/// With room for the rows of the user with which it becomes full.
fn block() -> Vec<u8> {
    Vec::with_capacity(2 * BLOCK)
}

/// Writes rows.
pub(super) struct Writer<'w, 'a> {
    ground: &'w Ground<'a>,
    names: &'w Names,
    format: Text,
    lines: &'w mut Lines,
    /// Account and user, then place and reason.
    head: Vec<u8>,
    user: usize,
    text: String,
}

impl<'w, 'a> Writer<'w, 'a> {
    pub(super) fn new(audit: &'w Audit<'a>, format: Text, lines: &'w mut Lines) -> Self {
        Self {
            ground: &audit.ground,
            names: &audit.names,
            format,
            lines,
            head: Vec::new(),
            user: 0,
            text: String::new(),
        }
    }
}

impl<'a> Taker<'a> for Writer<'_, 'a> {
    fn begin(&mut self, account: Option<NodeId>, user: Option<UserId>) {
        self.head.clear();
        self.text.clear();
        if let Some(account) = account {
            self.names.node(self.ground, account, &mut self.text);
        }
        self.format.field(&mut self.head, Column::Account, &self.text);
        if let Some(user) = user {
            let id = &self.ground.org.facts.user(user).id;
            self.format.field(&mut self.head, Column::User, id);
        }
        self.user = self.head.len();
    }

    fn held(&mut self, held: &Held<'a>) {
        self.head.truncate(self.user);
        if let Some(all) = held.all() {
            self.format.field(&mut self.head, Column::User, all);
        }
        self.text.clear();
        if let Some(node) = held.node {
            self.names.node(self.ground, node, &mut self.text);
        }
        self.format.field(&mut self.head, Column::Place, &self.text);
        self.text.clear();
        self.names.because(self.ground, held, &mut self.text);
        self.format.field(&mut self.head, Column::Because, &self.text);
    }

    fn row(&mut self, line: &Line<'_>, allowed: bool, perhaps: &[Way]) {
        let buffer = &mut self.lines.buffer;
        buffer.extend_from_slice(&self.head);
        self.lines.rows += 1;
        match perhaps {
            [] => buffer.extend_from_slice(line.ending.text(allowed)),
            _ => {
                self.text.clear();
                self.names.condition(line, perhaps, &mut self.text);
                line.ending.depending(buffer, self.format, &self.text);
            }
        }
    }

    fn dropped(&mut self, _: Dropped, _: u64) {}

    fn end(&mut self) -> io::Result<()> {
        if self.lines.buffer.len() >= BLOCK {
            self.lines.flush()
        } else {
            Ok(())
        }
    }
}
