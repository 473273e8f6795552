//! What changed between two policies.

use std::fmt;

use crate::analyze::compare::Closed;
use crate::diff::Diff;
use crate::report::Style;
use crate::report::diff::{Document, text, value};
use crate::source::Sources;

/// What changed in meaning between two policies, in every organisation that there can be: [`Policy::diff`](super::Policy::diff).
/// Shown, it is what `rolebook diff` prints.
#[derive(Debug, Clone)]
pub struct Difference {
    diff: Diff,
    /// The texts of both.
    sources: Sources,
    /// What they are called.
    names: [String; 2],
}

impl Difference {
    pub(super) const fn new(diff: Diff, sources: Sources, names: [String; 2]) -> Self {
        Self { diff, sources, names }
    }

    /// True if both are proven to allow the same in every organisation.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.diff.is_equal()
    }

    /// True if something is allowed that was not, in some organisation, or if that cannot be ruled out.
    #[must_use]
    pub fn is_wider(&self) -> bool {
        self.diff.is_wider()
    }

    /// True if something is no longer allowed, in some organisation, or if that cannot be ruled out.
    #[must_use]
    pub fn is_narrower(&self) -> bool {
        self.diff.is_narrower()
    }

    /// True if more can be handed out than before, or more settings changed, or if that cannot be ruled out.
    #[must_use]
    pub fn escalates(&self) -> bool {
        self.diff.escalates()
    }

    /// Why it is not known whether there is more than was found; `None` if all was found.
    #[must_use]
    pub fn unknown(&self) -> Option<&str> {
        match &self.diff.closed {
            Closed::Unknown(why) => Some(why),
            Closed::Proven => None,
        }
    }

    /// Each change by its cause, with witnesses.
    #[must_use]
    pub const fn changes(&self) -> &Diff {
        &self.diff
    }

    /// All of it for programs, as `rolebook diff --format json` prints it.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        value(&self.document())
    }

    fn document(&self) -> Document<'_> {
        Document {
            old: &self.names[0],
            new: &self.names[1],
            diff: &self.diff,
            people: None,
            sources: &self.sources,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = Style {
            color: false,
            width: 100,
        };
        f.write_str(text(&self.document(), &style).trim_end())
    }
}
