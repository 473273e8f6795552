//! Rows as bytes: what a holding has in all its rows is put together once, and copied before each line of its sheet.

use std::io::{self, Write};

use super::format::{Column, Text};
use super::names::Names;
use super::sheet::Line;
use super::{Audit, Dropped, Ground, Held, Taker};
use crate::model::value::{NodeId, UserId};
use crate::table::Way;

/// So many bytes are written at once.
const BLOCK: usize = 1 << 18;

/// Rows on their way to a file, with how many bytes there are by now.
pub(super) struct Lines<W: Write> {
    to: W,
    buffer: Vec<u8>,
    written: u64,
    rows: u64,
}

impl<W: Write> Lines<W> {
    /// Nothing so far.
    pub(super) fn new(to: W) -> Self {
        Self {
            to,
            buffer: Vec::with_capacity(2 * BLOCK),
            written: 0,
            rows: 0,
        }
    }

    /// Goes on behind so many bytes.
    pub(super) fn after(to: W, written: u64) -> Self {
        Self {
            written,
            ..Self::new(to)
        }
    }

    /// Writes a text of its own, such as the heading.
    pub(super) fn push(&mut self, text: &str) {
        self.buffer.extend_from_slice(text.as_bytes());
    }

    /// How many bytes have come, written or not.
    pub(super) fn len(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// How many rows have come.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// True if much waits to be written.
    fn is_full(&self) -> bool {
        self.buffer.len() >= BLOCK
    }

    /// Writes what waits.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.to.write_all(&self.buffer)?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        self.to.flush()
    }
}

/// Writes rows.
pub(super) struct Writer<'w, 'a, W: Write> {
    ground: &'w Ground<'a>,
    names: &'w Names,
    format: Text,
    lines: &'w mut Lines<W>,
    /// Account and user, then place and reason.
    head: Vec<u8>,
    user: usize,
    text: String,
}

impl<'w, 'a, W: Write> Writer<'w, 'a, W> {
    pub(super) fn new(audit: &'w Audit<'a>, format: Text, lines: &'w mut Lines<W>) -> Self {
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

impl<'a, W: Write> Taker<'a> for Writer<'_, 'a, W> {
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
        if self.lines.is_full() {
            self.lines.flush()
        } else {
            Ok(())
        }
    }
}
