//! What comes back from a question.

use std::fmt;

use super::Organisation;
use crate::model::value::Value;
use crate::query::{Answer, Ground, render};
use crate::report;

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

    /// Yes or no, allowed or denied; none for what is answered by a list, and for what is not known. A decision is never
    /// open: what is not known is denied.
    #[must_use]
    pub fn is_yes(&self) -> Option<bool> {
        self.answer.is_yes()
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

    /// All of it for programs, as `rolebook ask --format json` prints it: the verdict, the reasons with their rules, the names.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        report::answer::value(&self.answer, &self.ground(), self.organisation.sources())
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
