//! Rows on their way to a file, in whichever format.

use std::io::{self, Write};

use super::Audit;
use super::columns::{self, Columns};
use super::format::{Format, Text};
use super::writer::{self, Lines};
use crate::model::value::NodeId;

/// Rows on their way to a file, with how many there are by now.
pub struct Rows<W: Write + Send>(Kind<W>);

enum Kind<W: Write + Send> {
    Lines(Text, Lines<W>),
    Columns(Columns<W>),
}

impl<W: Write + Send> Rows<W> {
    /// A file from its first byte.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn new(format: Format, to: W) -> io::Result<Self> {
        Ok(Self(match format.text() {
            Some(text) => Kind::Lines(text, Lines::new(to)),
            None => Kind::Columns(Columns::whole(to)?),
        }))
    }

    /// The parts of a file, behind so many bytes of them: for text the file itself, else what [`columns::join`] makes a
    /// file of.
    pub fn parts(format: Format, to: W, written: u64) -> Self {
        Self(match format.text() {
            Some(text) => Kind::Lines(text, Lines::after(to, written)),
            None => Kind::Columns(Columns::parts(to, written)),
        })
    }

    /// How many bytes are written.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match &self.0 {
            Kind::Lines(_, lines) => lines.len(),
            Kind::Columns(columns) => columns.len(),
        }
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
            Kind::Lines(..) => true,
            Kind::Columns(columns) => columns.waiting() >= columns::GROUP / 2,
        }
    }

    /// Writes what waits.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Kind::Lines(_, lines) => lines.flush(),
            Kind::Columns(columns) => columns.flush(),
        }
    }

    /// Writes what waits and what ends a file.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn finish(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Kind::Lines(_, lines) => lines.flush(),
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
