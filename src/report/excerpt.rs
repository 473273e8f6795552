//! The few lines that a report shows, as a source of their own.
//!
//! miette reads a source as one text from its start, and shows lines in full. [`Excerpt`] holds only the lines
//! around the labels, of as many files as the labels are in, each cut to the width of the terminal and made fit to
//! print; it answers miette's questions with the numbers that the lines have in their files.
//!
//! 1. [`Clipped`] is a label within its file; one over many lines is shown by its first line alone.
//! 2. [`Excerpt::add_line`] copies the [`window`] of a line, and notes where its characters went.
//! 3. [`Excerpt::read_span`] hands out lines that follow each other; it refuses a stretch over a gap or two files,
//!    upon which miette shows them apart.

use super::places::{Index, Places};
use super::visible;
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{FileId, Sources, Span};
use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::collections::BTreeSet;
use std::ops::Range;

/// A label over more lines is shown by its first.
const TALLEST: usize = 5;

/// A diagnostic with more labels shows the first ones.
const LABELS: usize = 12;

/// Lines shown before and after a label.
pub(super) const CONTEXT: usize = 1;

/// The shown lines of a report.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    text: String,
    lines: Vec<Line>,
    labels: Vec<Shown>,
}

/// A line of the excerpt.
#[derive(Debug)]
struct Line {
    file: FileId,
    name: String,
    number: usize,
    start: usize,
}

/// A label as it is shown: `at` in the excerpt, line and column from 0 in its file.
#[derive(Debug, Clone, Default)]
struct Shown {
    at: Range<usize>,
    line: usize,
    column: usize,
    text: String,
}

/// A label's bytes in its file, cut to the lines that are shown.
struct Clipped {
    file: FileId,
    bytes: Range<usize>,
    lines: Range<usize>,
    /// How many lines of the file stand before its text.
    before: usize,
}

impl Clipped {
    fn new(span: Span, sources: &Sources, index: &Index) -> Self {
        let text = sources.text(span.file);
        let row = sources.row(span.file, span.start).map(|row| row.saturating_sub(1));
        let start = boundary(text, span.range().start);
        let end = boundary(text, span.range().end).max(start);
        let first = index.line(start);
        let last = index.line(end.saturating_sub(1).max(start));
        let shown = if last - first < TALLEST { last } else { first };
        let limit = content(text, index.range(shown)).end;
        Self {
            file: span.file,
            bytes: start..end.min(limit).max(start),
            lines: first..shown + 1,
            before: row.unwrap_or_else(|| sources.lines_before(span.file)),
        }
    }

    fn touches(&self, file: FileId, line: usize) -> bool {
        self.file == file && self.lines.contains(&line)
    }
}

impl Excerpt {
    /// The lines around all labels, in `width` columns; the file of the first label comes first.
    pub(super) fn new(diagnostic: &Diagnostic, places: &mut Places<'_>, width: usize) -> Self {
        let sources = places.sources();
        let clip = |label: &Label| {
            let file = label.span.file;
            Clipped::new(label.span, sources, places.file(file))
        };
        let labels = &diagnostic.labels[..diagnostic.labels.len().min(LABELS)];
        let clipped: Vec<_> = labels.iter().map(clip).collect();
        let mut excerpt = Self {
            labels: labels.iter().map(|label| shown(label, places)).collect(),
            ..Self::default()
        };
        for file in files(&clipped) {
            let index = places.file(file);
            for line in wanted(&clipped, file, index) {
                excerpt.add_line(sources, (file, line), index, &clipped, width);
            }
        }
        excerpt
    }

    /// The labels in the way miette wants them.
    pub(super) fn labels(&self) -> impl Iterator<Item = LabeledSpan> + '_ {
        self.labels.iter().enumerate().map(|(count, label)| {
            let text = Some(label.text.clone()).filter(|text| !text.is_empty());
            if count == 0 {
                LabeledSpan::new_primary_with_span(text, label.at.clone())
            } else {
                LabeledSpan::new_with_span(text, label.at.clone())
            }
        })
    }

    fn add_line(
        &mut self,
        sources: &Sources,
        (file, number): (FileId, usize),
        index: &Index,
        clipped: &[Clipped],
        width: usize,
    ) {
        let text = sources.text(file);
        let line = content(text, index.range(number));
        let labels = clipped
            .iter()
            .zip(&mut self.labels)
            .filter(|(label, _)| label.touches(file, number));
        let labels: Vec<_> = labels.collect();
        let anchor = labels
            .iter()
            .map(|(label, _)| label.bytes.start)
            .find(|at| (line.start..=line.end).contains(at));
        let before = clipped.iter().find(|label| label.touches(file, number));
        let window = window(text, line.clone(), anchor.unwrap_or(line.start), width);
        self.lines.push(Line {
            file,
            name: visible::one_line(sources.name(file)),
            number: number + before.map_or_else(|| sources.lines_before(file), |label| label.before),
            start: self.text.len(),
        });
        let map = copy(&mut self.text, text, &line, &window);
        for (label, shown) in labels {
            if label.bytes.start >= line.start {
                shown.at.start = map.find(label.bytes.start);
            }
            shown.at.end = map.find(label.bytes.end).max(shown.at.start);
        }
        self.text.push('\n');
    }

    /// The line that a byte of the excerpt lies in.
    fn line_at(&self, byte: usize) -> usize {
        self.lines.partition_point(|line| line.start <= byte).saturating_sub(1)
    }

    fn follow(&self, line: usize) -> bool {
        match (self.lines.get(line), self.lines.get(line + 1)) {
            (Some(a), Some(b)) => a.file == b.file && a.number + 1 == b.number,
            _ => false,
        }
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let at = span.offset();
        let mut first = self.line_at(at);
        let mut last = self.line_at((at + span.len()).saturating_sub(1).max(at));
        if !(first..last).all(|line| self.follow(line)) {
            return Err(MietteError::OutOfBounds);
        }
        first -= (0..before.min(first))
            .take_while(|back| self.follow(first - back - 1))
            .count();
        last += (0..after).take_while(|on| self.follow(last + on)).count();
        let Some(line) = self.lines.get(first) else {
            return Err(MietteError::OutOfBounds);
        };
        let bytes = line.start..self.lines.get(last + 1).map_or(self.text.len(), |next| next.start);
        // Without context, miette asks for the place of a label only.
        let label = self.labels.iter().find(|label| before == 0 && label.at.start == at);
        Ok(Box::new(MietteSpanContents::new_named(
            line.name.clone(),
            &self.text.as_bytes()[bytes.clone()],
            bytes.into(),
            label.map_or(line.number, |label| label.line),
            label.map_or(0, |label| label.column),
            last - first + 1,
        )))
    }
}

fn shown(label: &Label, places: &mut Places<'_>) -> Shown {
    let (line, column) = places.position(label.span.file, label.span.range().start);
    Shown {
        line: line - 1,
        column: column - 1,
        text: visible::one_line(&label.text),
        ..Shown::default()
    }
}

/// The files of the labels, each once, in order.
fn files(clipped: &[Clipped]) -> Vec<FileId> {
    let mut files = Vec::new();
    for label in clipped {
        if !files.contains(&label.file) {
            files.push(label.file);
        }
    }
    files
}

/// The lines of a file that its labels are in or next to.
fn wanted(clipped: &[Clipped], file: FileId, index: &Index) -> BTreeSet<usize> {
    let around = |label: &Clipped| {
        let after = (label.lines.end + CONTEXT).min(index.lines()).max(label.lines.end);
        label.lines.start.saturating_sub(CONTEXT)..after
    };
    clipped
        .iter()
        .filter(|label| label.file == file)
        .flat_map(around)
        .collect()
}

/// The last place at or before a byte that is between characters.
fn boundary(text: &str, byte: usize) -> usize {
    let within = byte.min(text.len());
    let back = (0..=within).rev().find(|&at| text.is_char_boundary(at));
    back.unwrap_or(0)
}

/// The bytes of a line without its end.
fn content(text: &str, line: Range<usize>) -> Range<usize> {
    let ended = text.as_bytes()[line.clone()]
        .strip_suffix(b"\n")
        .map_or(line.end, |_| line.end - 1);
    let returned = text.as_bytes()[line.start..ended].ends_with(b"\r");
    line.start..ended - usize::from(returned)
}

/// The part of a line that fits into `width` columns: all of it, or what stands around `anchor`.
fn window(text: &str, line: Range<usize>, anchor: usize, width: usize) -> Range<usize> {
    let whole = fitting(text[line.clone()].char_indices(), width);
    if whole.is_none_or(|cut| line.start + cut > anchor + width / 4) || anchor <= line.start {
        return line.start..whole.map_or(line.end, |cut| line.start + cut);
    }
    let mut back = 0;
    let start = text[line.start..anchor].char_indices().rev().take_while(|&(_, c)| {
        back += columns(c);
        back <= width / 3
    });
    let start = start.last().map_or(anchor, |(at, _)| line.start + at);
    let end = fitting(text[start..line.end].char_indices(), width);
    start..end.map_or(line.end, |cut| start + cut)
}

/// The byte of the first character that is beyond `width` columns.
fn fitting(characters: impl Iterator<Item = (usize, char)>, width: usize) -> Option<usize> {
    let mut used = 0;
    let mut beyond = characters.skip_while(|&(_, c)| {
        used += columns(c);
        used <= width
    });
    beyond.next().map(|(at, _)| at)
}

/// About how many columns a character takes once it is fit to print.
fn columns(c: char) -> usize {
    match c {
        '\t' => 4,
        c if visible::hidden(c) => c.escape_unicode().len(),
        c if c >= '\u{1100}' => 2,
        _ => 1,
    }
}

/// Where the characters of a line went.
struct Map {
    places: Vec<(usize, usize)>,
    before: usize,
    after: usize,
}

impl Map {
    /// The place in the excerpt of a byte of the file; what was cut off is at the `…`.
    fn find(&self, byte: usize) -> usize {
        match self.places.binary_search_by_key(&byte, |&(at, _)| at) {
            Ok(found) => self.places[found].1,
            Err(0) => self.before,
            Err(_) => self.after,
        }
    }
}

/// Copies the window of a line, with `…` where something was cut off.
fn copy(out: &mut String, text: &str, line: &Range<usize>, window: &Range<usize>) -> Map {
    let before = out.len();
    if window.start > line.start {
        out.push('…');
    }
    let mut places = Vec::new();
    for (at, c) in text[window.clone()].char_indices() {
        places.push((window.start + at, out.len()));
        match c {
            '\t' => out.push('\t'),
            c => visible::push(out, c),
        }
    }
    places.push((window.end, out.len()));
    if window.end < line.end {
        out.push('…');
    }
    let after = out.len();
    Map { places, before, after }
}
