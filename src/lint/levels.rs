//! How grave findings are, and what they are about.
//!
//! Every kind of finding has a [`Level`] of its own; [`Levels`] holds what a `rolebook.toml` says otherwise. Errors have
//! none: what does not compile cannot be configured away.

use std::collections::BTreeMap;

use super::{Rule, codes};
use crate::diagnostic::{Diagnostic, Severity};

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// What can never happen, or what something else takes back.
    Conflicts,
    /// What could be taken out, and nothing would change.
    Redundancy,
    /// What opens more than was meant. To suppress such a finding takes a reason.
    Security,
    /// What was forgotten.
    Completeness,
    /// What an organisation has, and its policy speaks against.
    Facts,
    /// How the text is written.
    Hygiene,
}

impl Category {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Conflicts => "conflicts",
            Self::Redundancy => "redundancy",
            Self::Security => "security",
            Self::Completeness => "completeness",
            Self::Facts => "facts",
            Self::Hygiene => "hygiene",
        }
    }
}

/// How grave a rule's findings are, as its author and `rolebook.toml` say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The rule does not run. As the default: it runs where it is asked for.
    Off,
    /// Never fails a run.
    Note,
    /// Fails a run.
    Warning,
    /// Fails a run, and is shown as an error.
    Error,
}

impl Level {
    /// Every level, from the lowest.
    pub const ALL: [Self; 4] = [Self::Off, Self::Note, Self::Warning, Self::Error];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity of a finding at this level; an error raised by a level is never [`Severity::Error`], which is
    /// for what does not compile.
    #[must_use]
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Note => Some(Severity::Note),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Raised),
        }
    }
}

/// Which findings are wanted, and how grave each is. The default: as every rule says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    changed: BTreeMap<&'static str, Level>,
}

impl Levels {
    /// Gives the findings of a code another level. False if no finding has that code.
    pub fn set(&mut self, code: &str, level: Level) -> bool {
        let kind = codes::kind(code);
        if let Some(kind) = &kind {
            self.changed.insert(kind.code, level);
        }
        kind.is_some()
    }

    /// The level of a rule's findings.
    #[must_use]
    pub fn of(&self, rule: &Rule) -> Level {
        self.changed(rule.name).unwrap_or(rule.level)
    }

    /// A finding at the level of its code; `None` if it is not wanted. Errors stay as they are.
    pub(super) fn apply(&self, mut diagnostic: Diagnostic) -> Option<Diagnostic> {
        if let (Some(level), true) = (self.changed(diagnostic.code), diagnostic.severity < Severity::Error) {
            diagnostic.severity = level.severity()?;
        }
        Some(diagnostic)
    }

    /// The level that a configuration gives to a code.
    pub(super) fn changed(&self, code: &str) -> Option<Level> {
        self.changed.get(code).copied()
    }
}
