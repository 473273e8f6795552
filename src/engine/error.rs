//! What is wrong, as the command line prints it.

use std::fmt;

use crate::diagnostic::{Diagnostic, Found};
use crate::report::{self, Style};
use crate::source::Sources;

/// Why something could not be read, or a question not be put. Shown, it is all that the command line would print: each
/// mistake with its source, what to do, and a code that `rolebook explain` knows.
pub struct Error {
    found: Vec<Diagnostic>,
    text: String,
}

impl Error {
    /// What was found wrong, with the sources that it points into.
    pub(crate) fn new(found: Found, sources: &Sources) -> Self {
        let found = found.sorted();
        let style = Style {
            color: false,
            width: 100,
        };
        let text = report::text(&found, sources, &style);
        Self { found, text }
    }

    /// The codes of the mistakes, such as `name/unknown-role`, in the order in which they are shown.
    pub fn codes(&self) -> impl Iterator<Item = &'static str> {
        self.found.iter().map(|it| it.code)
    }

    /// The mistakes one by one, each in a line that can be understood alone.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.found.iter().map(|it| it.message.as_str())
    }
}

impl From<Diagnostic> for Error {
    fn from(fault: Diagnostic) -> Self {
        Self::new([fault].into_iter().collect(), &Sources::default())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text.trim_end())
    }
}

/// The same as it is shown: `unwrap` and `main` print this.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl std::error::Error for Error {}

impl miette::Diagnostic for Error {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        let code = self.codes().next()?;
        Some(Box::new(code))
    }
}
