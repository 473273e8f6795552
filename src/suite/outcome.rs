//! What came of a test.

use std::time::Duration;

use crate::source::Span;

/// The outcome of one test.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The test's name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// What went wrong; empty if it passed.
    pub failures: Vec<Failure>,
    /// How long it took.
    pub time: Duration,
}

impl Outcome {
    /// True if nothing went wrong.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// One expectation that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where the expectation stands.
    pub span: Span,
    /// What was expected.
    pub expected: String,
    /// What came instead.
    pub got: String,
    /// Why it came so: reasons as `rolebook ask` tells them, or the problems of the facts.
    pub why: String,
}
