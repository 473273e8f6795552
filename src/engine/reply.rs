//! What comes back from a question.

use std::fmt;

use super::Organisation;
use crate::model::value::{Tri, Value};
use crate::query::{Answer, Ground, render};

/// The answer to a question; shown, it is what `rolebook ask` prints.
#[derive(Clone)]
pub struct Reply {
    /// Whom it is about: what an answer names is theirs.
    organisation: Organisation,
    answer: Answer,
}

impl Reply {
    pub(super) fn new(organisation: &Organisation, answer: Answer) -> Self {
        Self {
            organisation: organisation.clone(),
            answer,
        }
    }

    /// Yes or no, allowed or denied; none for what is answered by a list, or is not known.
    #[must_use]
    pub fn is_yes(&self) -> Option<bool> {
        match self.answer.truth()? {
            Tri::True => Some(true),
            Tri::False => Some(false),
            Tri::Unknown => None,
        }
    }

    /// The names that answer *who* and *which*.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.answer.names().unwrap_or_default()
    }

    /// All that was found out.
    #[must_use]
    pub const fn answer(&self) -> &Answer {
        &self.answer
    }

    /// What the answer speaks of; it was found already, so that the moment plays no part.
    fn ground(&self) -> Ground<'_> {
        Ground {
            table: self.organisation.policy().table(),
            org: Some(self.organisation.org()),
            now: Value::Missing,
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = render::text(&self.answer, &self.ground(), self.organisation.sources());
        f.write_str(text.trim_end())
    }
}

/// The same as it is shown.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}
