//! Characters to bytes: both YAML readers count characters, a [`Span`](crate::source::Span) counts bytes.
//!
//! The byte of every 64th character is noted once; a look-up walks on from the nearest note, so that reading a file
//! stays linear. A text in ASCII needs no notes.

const STEP: usize = 64;

/// A text without its byte order mark, and the way from its characters to the bytes of the file.
pub(super) struct Offsets<'a> {
    /// The text that the readers get.
    pub(super) text: &'a str,
    /// How many bytes of the file stand before `text`.
    pub(super) skipped: usize,
    notes: Vec<u32>,
}

impl<'a> Offsets<'a> {
    /// Prepares the look-up for the text of a file.
    pub(super) fn new(file: &'a str) -> Self {
        let text = file.strip_prefix('\u{feff}').unwrap_or(file);
        let notes = if text.is_ascii() {
            Vec::new()
        } else {
            let bytes = text.char_indices().map(|(at, _)| at).step_by(STEP);
            bytes.map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect()
        };
        Self {
            text,
            skipped: file.len() - text.len(),
            notes,
        }
    }

    /// The byte within [`Self::text`] at which a character starts; its end for characters beyond it.
    pub(super) fn byte(&self, character: usize) -> usize {
        if self.notes.is_empty() {
            return character.min(self.text.len());
        }
        let Some(&note) = self.notes.get(character / STEP) else {
            return self.text.len();
        };
        let rest = self.text.get(note as usize..).unwrap_or("");
        match rest.char_indices().nth(character % STEP) {
            Some((at, _)) => note as usize + at,
            None => self.text.len(),
        }
    }

    /// The byte within [`Self::text`] at a line and column, both from 1.
    pub(super) fn at_line(&self, line: usize, column: usize) -> usize {
        let lines = self.text.split_inclusive('\n').take(line.saturating_sub(1));
        let start = lines.map(str::len).sum::<usize>();
        let rest = self.text.get(start..).unwrap_or("");
        let within = rest.char_indices().nth(column.saturating_sub(1));
        within.map_or(self.text.len(), |(at, _)| start + at)
    }
}
