//! Why something could not be done.

use std::fmt;

use super::Findings;
use crate::diagnostic::{Diagnostic, Found};
use crate::source::Sources;

/// Why something could not be read, or a question not be put: all mistakes at once, shown as the command line would.
pub struct Error(Findings);

impl Error {
    pub(crate) fn new(found: Found, sources: &Sources) -> Self {
        Self(Findings::new(found, sources))
    }

    /// The mistakes.
    #[must_use]
    pub const fn findings(&self) -> &Findings {
        &self.0
    }

    /// The code of the first of them, such as `name/unknown-user`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.codes().next().unwrap_or_default()
    }
}

impl From<Diagnostic> for Error {
    fn from(fault: Diagnostic) -> Self {
        Self::new([fault].into_iter().collect(), &Sources::default())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The same as it is shown: `unwrap` and `main` print this.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl std::error::Error for Error {}

impl miette::Diagnostic for Error {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        Some(Box::new(self.code()))
    }
}
