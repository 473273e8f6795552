//! What stays of a finding when lines move: its code, its message, and the text of the line that it stands on.

use super::Diagnostic;
use crate::source::Sources;

/// A longer line stands for many findings; the text of the label is taken instead.
const LONGEST: usize = 300;

/// By what a finding is known again after the files have changed elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint {
    /// The code.
    pub code: String,
    /// The message, which names the roles and permissions that the finding is about.
    pub message: String,
    /// The line of the main label, each stretch of blanks as one; empty for a finding without a place.
    pub line: String,
}

impl Fingerprint {
    /// The fingerprint of a finding.
    #[must_use]
    pub fn of(diagnostic: &Diagnostic, sources: &Sources) -> Self {
        let line = diagnostic.labels.first().map_or("", |label| {
            let line = sources.line(label.span.file, label.span.start);
            if line.len() <= LONGEST {
                return line;
            }
            let label = sources.snippet(label.span);
            let end = label.char_indices().nth(LONGEST).map_or(label.len(), |(at, _)| at);
            &label[..end]
        });
        Self {
            code: diagnostic.code.to_owned(),
            message: diagnostic.message.clone(),
            line: line.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    }

    /// A number that stands for it, the same in every version of the program (FNV-1a).
    #[must_use]
    pub fn hash(&self) -> u64 {
        let parts = [&self.code, &self.message, &self.line].map(|part| part.bytes().chain([0]));
        parts.into_iter().flatten().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }
}
