//! A scan of the text before it is parsed: comments, brackets, and the lines at which parsing may go on after an error.
//!
//! pest recurses as deeply as its input nests and stops at the first error. One linear pass over the bytes therefore
//! 1. collects the comments, which the grammar skips,
//! 2. pairs the brackets and notes what is wrong with them and with strings ([`Fault`]),
//! 3. notes the word that opens each line, with the nesting it stands in ([`Head`]).
//!
//! A second pass ([`measure`]) counts the nesting. A bracket that is never closed does not count, so that the items
//! behind it are still seen as items.

mod scan;

pub(super) use scan::{closing, scan, word_at};

/// Brackets may nest this deep.
pub(super) const MAX_DEPTH: u32 = 64;

/// What the scan saw; all places are bytes of the scanned text.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Every comment, in order.
    pub(super) comments: Vec<Mark>,
    /// Every opening bracket, in order.
    pub(super) brackets: Vec<Bracket>,
    /// The word that opens a line, for every line that begins with one.
    pub(super) heads: Vec<Head>,
    /// What is wrong with brackets and strings, in order.
    pub(super) faults: Vec<Fault>,
}

/// A comment and its surroundings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// The `#`.
    pub(super) start: usize,
    /// The line's end.
    pub(super) end: usize,
    /// Where the line begins.
    pub(super) line: usize,
    /// The last byte of the code before it on its line.
    pub(super) before: Option<usize>,
    /// The first byte of the code after it.
    pub(super) after: Option<usize>,
}

/// An opening bracket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bracket {
    /// Where it opens.
    pub(super) open: usize,
    /// Where it closes, if it does.
    pub(super) close: Option<usize>,
    /// `{`, `(` or `[`.
    pub(super) kind: u8,
}

/// The word that opens a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    /// Where.
    pub(super) at: usize,
    /// In how many closed brackets.
    pub(super) depth: u32,
    /// Nothing stands before it, not even blanks.
    pub(super) flush: bool,
}

/// Something wrong with brackets or strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where.
    pub(super) at: usize,
    /// What.
    pub(super) kind: FaultKind,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// The line ends before the string does.
    Unterminated,
    /// Never closed.
    Unclosed(u8),
    /// Closes nothing.
    Unopened(u8),
    /// Nested beyond [`MAX_DEPTH`].
    TooDeep,
}

impl Outline {
    /// The end of the code in `start..end`, without the blanks and comments that follow it.
    pub(super) fn code_end(&self, text: &str, start: usize, end: usize) -> usize {
        let mut end = end;
        loop {
            let code = text.get(start..end).map_or(end, |piece| start + piece.trim_end().len());
            let last = self.comments.partition_point(|mark| mark.start < code);
            match self.comments[..last].last() {
                Some(mark) if mark.end >= code && mark.start >= start => end = mark.start,
                _ => return code,
            }
        }
    }

    /// The first byte from `at` on that is neither blank nor in a comment, or `end`.
    pub(super) fn code_start(&self, text: &str, at: usize, end: usize) -> usize {
        let mut at = at;
        loop {
            let rest = text.get(at..end).unwrap_or("");
            let code = end - rest.trim_start().len();
            match self.comments.binary_search_by_key(&code, |mark| mark.start) {
                Ok(index) if code < end => at = self.comments[index].end.min(end),
                _ => return code,
            }
        }
    }

    /// The first fault within a stretch.
    pub(super) fn fault_in(&self, start: usize, end: usize) -> Option<Fault> {
        let first = self.faults.partition_point(|fault| fault.at < start);
        self.faults.get(first).copied().filter(|fault| fault.at < end)
    }

    /// Whether a stretch nests too deep to be parsed.
    pub(super) fn too_deep(&self, start: usize, end: usize) -> bool {
        let first = self.faults.partition_point(|fault| fault.at < start);
        let faults = self.faults[first..].iter().take_while(|fault| fault.at < end);
        faults.into_iter().any(|fault| fault.kind == FaultKind::TooDeep)
    }

    /// The bracket that opens exactly at `at`.
    pub(super) fn bracket_at(&self, at: usize) -> Option<Bracket> {
        let index = self.brackets.binary_search_by_key(&at, |bracket| bracket.open).ok()?;
        self.brackets.get(index).copied()
    }

    /// The heads strictly within a stretch.
    pub(super) fn heads_in(&self, start: usize, end: usize) -> &[Head] {
        let first = self.heads.partition_point(|head| head.at <= start);
        let last = self.heads.partition_point(|head| head.at < end);
        self.heads.get(first..last).unwrap_or(&[])
    }
}
