//! The keys of one mapping: which have been seen, and whether a key or a value comes next.

use std::collections::HashMap;
use std::ops::Range;

use crate::source::nfc;

/// Keys of a mapping that is being read.
#[derive(Default)]
pub(super) struct Keys {
    seen: HashMap<Box<str>, Range<usize>>,
    last: Range<usize>,
    value_due: bool,
}

impl Keys {
    /// True if the next node is a key.
    pub(super) fn due(&self) -> bool {
        !self.value_due
    }

    /// A node is complete: after a key comes a value, after a value a key.
    pub(super) fn turn(&mut self) {
        self.value_due = !self.value_due;
    }

    /// The place of the key that waits for its value.
    pub(super) fn waiting(&self) -> Option<Range<usize>> {
        self.value_due.then(|| self.last.clone())
    }

    /// Notes a key, and gives the place of the same key before it.
    pub(super) fn note(&mut self, text: &str, range: Range<usize>) -> Option<Range<usize>> {
        self.last = range.clone();
        let text = nfc(text);
        if let Some(first) = self.seen.get(&*text) {
            return Some(first.clone());
        }
        self.seen.insert(text.into(), range);
        None
    }
}
