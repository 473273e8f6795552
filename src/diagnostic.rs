//! What is wrong, where, and what to do: one struct for every stage, built in the line in which the fault is found.
//!
//! Messages are lower case without a full stop, quote the user's own text in backticks, and can be understood alone
//! in their one-line form. Rendering is [`crate::report`]'s matter.

mod fingerprint;

pub use fingerprint::Fingerprint;

use crate::source::Span;

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something worth knowing; never fails a run.
    Note,
    /// A finding: lint exits with 1.
    Warning,
    /// A finding that a configuration raised: shown as an error, but everything compiles, so lint exits with 1.
    Raised,
    /// Nothing can be decided: exit code 3.
    Error,
}

/// A stretch of source with a few words on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

/// A change to the text that takes the finding away and changes nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced; empty where something is put in.
    pub span: Span,
    /// By what.
    pub replacement: String,
    /// What the change does, as an order: `take the rule out`.
    pub message: String,
}

/// One finding: error, warning or note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave.
    pub severity: Severity,
    /// A stable code such as `name/unknown-role`, which `rolebook explain` knows.
    pub code: &'static str,
    /// One line, understandable alone.
    pub message: String,
    /// Spans; the first is the place that the message is about.
    pub labels: Vec<Label>,
    /// What leads to it, one step after the other, such as a chain of assignments; mostly empty.
    pub steps: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// Changes that would take it away, each enough by itself; mostly empty.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            message: message.into(),
            labels: Vec::new(),
            steps: Vec::new(),
            help: None,
            fixes: Vec::new(),
        }
    }

    /// An error: the policy or the facts do not compile.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A finding.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A note.
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message)
    }

    /// Points at `span` with a few words; the first label is the main one.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Points at `span` before all else.
    #[must_use]
    pub fn first_at(mut self, span: Span) -> Self {
        let text = String::new();
        self.labels.insert(0, Label { span, text });
        self
    }

    /// Adds the next step of what leads to it.
    #[must_use]
    pub fn step(mut self, span: Span, text: impl Into<String>) -> Self {
        self.steps.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Offers a change of the text that takes it away.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>, message: impl Into<String>) -> Self {
        self.fixes.push(Fix {
            span,
            replacement: replacement.into(),
            message: message.into(),
        });
        self
    }

    /// Adds a line that tells what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds "did you mean" for the candidate nearest to `name`, if one is near.
    #[must_use]
    pub fn did_you_mean<'a>(self, name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(name, candidates) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

/// The candidate nearest to `name` by edit distance, if it is near enough to be meant. Case alone never counts.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let limit = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|&(distance, _)| distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Diagnostics gathered by the stages of a run, in the order found.
#[derive(Debug, Default, Clone)]
pub struct Found {
    list: Vec<Diagnostic>,
}

impl Found {
    /// Adds one; the same diagnostic is kept once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.list.iter().rev().take(64).any(|known| *known == diagnostic) {
            self.list.push(diagnostic);
        }
    }

    /// True if at least one is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// True if nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All of them, in the order found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// What all of them point at.
    pub(crate) fn labels_mut(&mut self) -> impl Iterator<Item = &mut Label> {
        self.list.iter_mut().flat_map(|diagnostic| &mut diagnostic.labels)
    }

    /// Takes everything that another collection holds.
    pub fn append(&mut self, other: Self) {
        self.list.extend(other.list);
    }

    /// The diagnostics, sorted by file and place; those without a place first.
    #[must_use]
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|d| d.labels.first().map(|label| label.span));
        self.list
    }
}

impl IntoIterator for Found {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl FromIterator<Diagnostic> for Found {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(all: I) -> Self {
        Self {
            list: all.into_iter().collect(),
        }
    }
}
