//! Rows on their way to a file, in whichever format.

use std::io::{self, Write};

use super::Audit;
use super::columns::{self, Columns};
use super::format::{Format, Text};
use super::groups::Groups;
use super::writer::{self, Lines};
use crate::model::value::NodeId;

/// Rows on their way to a file, which a thread writes while the next are made, with how many there are by now.
pub struct Rows(Kind);

enum Kind {
    Lines(Text, Lines),
    Columns(Columns),
}

impl Rows {
    /// A file from its first byte.
    ///
    /// # Errors
    ///
    /// Those of writing, or if there is no thread to be had.
    pub fn new(format: Format, to: impl Write + Send + 'static) -> io::Result<Self> {
        Ok(Self(match format.text() {
            Some(text) => Kind::Lines(text, Lines::after(to, 0)?),
            None => Kind::Columns(Columns::new(Groups::whole(to)?)?),
        }))
    }

    /// The parts of a file, behind so many bytes of them: for text the file itself, else what [`join`](super::groups::join) makes a
    /// file of.
    pub(super) fn parts(format: Format, to: impl Write + Send + 'static, written: u64) -> io::Result<Self> {
        Ok(Self(match format.text() {
            Some(text) => Kind::Lines(text, Lines::after(to, written)?),
            None => Kind::Columns(Columns::new(Groups::parts(to, written))?),
        }))
    }

    /// How many rows have come.
    #[must_use]
    pub fn rows(&self) -> u64 {
        match &self.0 {
            Kind::Lines(_, lines) => lines.rows(),
            Kind::Columns(columns) => columns.rows(),
        }
    }

    /// True if enough waits to be written as a part.
    pub(super) fn is_ripe(&self) -> bool {
        match &self.0 {
            Kind::Lines(_, lines) => lines.is_ripe(),
            Kind::Columns(columns) => columns.is_ripe(),
        }
    }

    /// Does something when all rows that have come are written; it is told how many bytes there are then.
    pub(super) fn then(&mut self, then: impl FnOnce(u64) -> io::Result<()> + Send + 'static) -> io::Result<()> {
        match &mut self.0 {
            Kind::Lines(_, lines) => lines.then(then),
            Kind::Columns(columns) => columns.then(then),
        }
    }

    /// Writes what waits and what ends a file, and waits until it is done.
    ///
    /// # Errors
    ///
    /// Those of writing, of these rows or of any before them.
    pub fn finish(self) -> io::Result<()> {
        match self.0 {
            Kind::Lines(_, lines) => lines.finish(),
            Kind::Columns(columns) => columns.finish(),
        }
    }

    /// Writes what stands above all rows.
    pub(super) fn begin(&mut self) {
        if let Kind::Lines(text, lines) = &mut self.0 {
            lines.push(&text.heading());
        }
    }

    /// Takes the rows of an account, or those that stand above all accounts.
    pub(super) fn take(
        &mut self,
        audit: &Audit<'_>,
        account: Option<NodeId>,
        progress: &mut dyn FnMut(usize),
    ) -> io::Result<()> {
        match &mut self.0 {
            Kind::Lines(text, lines) => audit.walk(account, &mut writer::Writer::new(audit, *text, lines), progress),
            Kind::Columns(columns) => audit.walk(account, &mut columns::Writer::new(audit, columns), progress),
        }
    }
}
