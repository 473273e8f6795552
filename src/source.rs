//! Where text comes from: files, spans in them, and values that remember their span.
//!
//! A [`Span`] is in bytes and `Copy`; lines and columns exist only while a message is rendered
//! ([`Sources::position`]).

use serde::{Deserialize, Serialize};

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::packed::{Block, Reader, Record};

/// A text in Unicode normal form C, in which all names and ids are kept and compared: two ways of writing one letter are
/// one name.
#[must_use]
pub fn nfc(text: &str) -> Cow<'_, str> {
    match text.is_ascii() || is_nfc(text) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.nfc().collect()),
    }
}

/// A file in a [`Sources`] collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileId(u32);

impl FileId {
    /// Text that no file holds, such as facts that the program wrote itself.
    pub const GENERATED: Self = Self(u32::MAX);
}

/// A stretch of one file, in bytes; `end` is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Record for Span {
    fn write(&self, to: &mut Block) {
        // Of a table only the line is known, and stands as both bounds; a file's number leaves a bit for that.
        let file = self.file.0.wrapping_add(1) << 1;
        match self.start == self.end {
            true => to.words([file | 1, self.start]),
            false => to.words([file, self.start, self.end]),
        }
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let (file, start) = (from.word()?, from.word()?);
        Some(Self {
            file: FileId((file >> 1).wrapping_sub(1)),
            start,
            end: if file & 1 == 1 { start } else { from.word()? },
        })
    }
}

impl Span {
    /// The span of the bytes `start..end` in `file`.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        Self {
            file,
            start: clamp(start),
            end: clamp(end),
        }
    }

    /// The smallest span that covers both; `self` where the files differ.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.file != other.file {
            return self;
        }
        Self {
            file: self.file,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The bytes as a range.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Files over 4 GiB are refused when read ([`Sources::MAX_BYTES`]), so nothing is lost here.
fn clamp(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

/// A value with the span it was read from. Comparison ignores the span, so that "format, then parse, gives the same
/// tree" is one assertion.
#[derive(Debug, Clone, Copy)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, read at `span`.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

impl<T> Deref for Spanned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// All texts of a run: policy files, facts, tests, and sentences typed on the command line.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Sources {
    files: Vec<SourceFile>,
}

/// One text with the name it is shown under.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SourceFile {
    name: String,
    text: String,
    line_starts: Vec<u32>,
    /// What the first line is called: an excerpt of a large file starts further down.
    first_line: usize,
    /// The text is not kept, and spans count lines, not bytes.
    is_table: bool,
}

impl Sources {
    /// The largest file that is read, in bytes.
    pub const MAX_BYTES: usize = 64 << 20;

    /// Adds a text under the name it is shown with.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.push(name.into(), text.into(), 1, false)
    }

    /// Adds one line of a file that is too large to be kept.
    pub fn add_line(&mut self, name: impl Into<String>, line: usize, text: impl Into<String>) -> FileId {
        self.push(name.into(), text.into(), line, false)
    }

    /// Adds a file of which only lines are told: the start of a span in it is a line.
    pub fn add_table(&mut self, name: impl Into<String>) -> FileId {
        self.push(name.into(), String::new(), 1, true)
    }

    fn push(&mut self, name: String, text: String, first_line: usize, is_table: bool) -> FileId {
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| clamp(at + 1)))
            .collect();
        self.files.push(SourceFile {
            name,
            text,
            line_starts,
            first_line,
            is_table,
        });
        FileId(clamp(self.files.len() - 1))
    }

    /// The name a file is shown under.
    #[must_use]
    pub fn name(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].name
    }

    /// The whole text of a file.
    #[must_use]
    pub fn text(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].text
    }

    /// The text of a span.
    #[must_use]
    pub fn snippet(&self, span: Span) -> &str {
        self.text(span.file).get(span.range()).unwrap_or("")
    }

    /// A span that covers a whole file.
    #[must_use]
    pub fn whole(&self, file: FileId) -> Span {
        Span::new(file, 0, self.text(file).len())
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    #[must_use]
    pub fn position(&self, file: FileId, byte: u32) -> (usize, usize) {
        if let Some(row) = self.row(file, byte) {
            return (row, 1);
        }
        let source = &self.files[file.0 as usize];
        let line = source.line_starts.partition_point(|&start| start <= byte);
        let start = source.line_starts[line - 1] as usize;
        let before = source.text.get(start..byte as usize).unwrap_or("");
        (line + source.first_line - 1, before.chars().count() + 1)
    }

    /// The line that the start of a span means in a file of which only lines are told.
    #[must_use]
    pub fn row(&self, file: FileId, start: u32) -> Option<usize> {
        self.files[file.0 as usize].is_table.then_some(start as usize)
    }

    /// How many lines of the file stand before the text that is kept of it.
    #[must_use]
    pub fn lines_before(&self, file: FileId) -> usize {
        self.files[file.0 as usize].first_line - 1
    }

    /// The line that a byte lies in, with its end.
    #[must_use]
    pub fn line(&self, file: FileId, byte: u32) -> &str {
        let source = &self.files[file.0 as usize];
        let next = source.line_starts.partition_point(|&start| start <= byte);
        let start = source.line_starts[next - 1] as usize;
        let end = source
            .line_starts
            .get(next)
            .map_or(source.text.len(), |&end| end as usize);
        source.text.get(start..end).unwrap_or("")
    }

    /// The files in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..clamp(self.files.len())).map(FileId)
    }
}
