//! Bytes to lines and columns, for many look-ups in large files.
//!
//! [`Sources::position`] counts the characters of a line up to a byte; over ten thousand findings in a file that is
//! one long line, that is quadratic. Here a file is scanned once, the characters before every 4096th byte are noted,
//! and each look-up counts on from the nearest note.

use crate::source::{FileId, Sources, Span};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::Range;

const STEP: usize = 4096;

/// The scanned files of one rendering.
pub(super) struct Places<'a> {
    sources: &'a Sources,
    files: BTreeMap<FileId, Index>,
}

impl<'a> Places<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self {
            sources,
            files: BTreeMap::new(),
        }
    }

    pub(super) fn sources(&self) -> &'a Sources {
        self.sources
    }

    /// The index of a file, made when it is first asked for.
    pub(super) fn file(&mut self, file: FileId) -> &Index {
        let text = self.sources.text(file);
        self.files.entry(file).or_insert_with(|| Index::new(text))
    }

    /// Line and column of a byte, both from 1, in characters.
    pub(super) fn position(&mut self, file: FileId, byte: usize) -> (usize, usize) {
        if let Some(row) = u32::try_from(byte).ok().and_then(|row| self.sources.row(file, row)) {
            return (row, 1);
        }
        let (text, before) = (self.sources.text(file), self.sources.lines_before(file));
        let index = self.file(file);
        let line = index.line(byte);
        let start = index.starts[line];
        (
            before + line + 1,
            index.before(text, byte) - index.before(text, start) + 1,
        )
    }

    /// A span for programs: `{ file, line, column, end_line, end_column, text }`.
    pub(super) fn quoted(&mut self, span: Span) -> Value {
        let bytes = span.range();
        let (line, column) = self.position(span.file, bytes.start);
        let (end_line, end_column) = self.position(span.file, bytes.end);
        json!({
            "file": self.sources.name(span.file),
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
            "text": self.sources.snippet(span),
        })
    }
}

/// Where the lines of a file start, and how many characters stand before every so many bytes.
pub(super) struct Index {
    starts: Vec<usize>,
    notes: Vec<usize>,
    length: usize,
}

impl Index {
    fn new(text: &str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let mut total = 0;
        let note = |chunk: &[u8]| {
            let before = total;
            total += characters(chunk);
            before
        };
        Self {
            starts: std::iter::once(0).chain(breaks).collect(),
            notes: text.as_bytes().chunks(STEP).map(note).collect(),
            length: text.len(),
        }
    }

    /// The line of a byte, from 0.
    pub(super) fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|&start| start <= byte) - 1
    }

    /// How many lines there are; nothing after the last line end is no line.
    pub(super) fn lines(&self) -> usize {
        self.starts.partition_point(|&start| start < self.length).max(1)
    }

    /// The bytes of a line, with its end.
    pub(super) fn range(&self, line: usize) -> Range<usize> {
        let end = self.starts.get(line + 1).copied().unwrap_or(self.length);
        self.starts[line]..end
    }

    /// How many characters start before a byte.
    fn before(&self, text: &str, byte: usize) -> usize {
        let byte = byte.min(self.length);
        let Some(note) = self.notes.get((byte / STEP).min(self.notes.len().saturating_sub(1))) else {
            return 0;
        };
        let from = (byte / STEP).min(self.notes.len() - 1) * STEP;
        note + characters(&text.as_bytes()[from..byte])
    }
}

/// Characters that start in these bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}
