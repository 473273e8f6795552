//! What was found, as the command line prints it.

use std::fmt;

use crate::diagnostic::{Diagnostic, Found};
use crate::report::{self, Style};
use crate::source::Sources;

/// What was found in a policy or in an organisation. Shown, it is all that the command line would print: each finding with
/// its source, what to do, and a code that `rolebook explain` knows.
#[derive(Clone)]
pub struct Findings {
    found: Vec<Diagnostic>,
    text: String,
}

impl Findings {
    /// What was found, with the sources that it points into.
    pub(crate) fn new(found: Found, sources: &Sources) -> Self {
        let found = found.sorted();
        let style = Style {
            color: false,
            width: 100,
        };
        let text = report::text(&found, sources, &style);
        Self { found, text }
    }

    /// True if nothing was found.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.found.len()
    }

    /// All of them, as they are shown.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }

    /// Their codes, such as `name/unknown-role`.
    pub fn codes(&self) -> impl Iterator<Item = &'static str> {
        self.found.iter().map(|it| it.code)
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text.trim_end())
    }
}

/// The same as it is shown.
impl fmt::Debug for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}
