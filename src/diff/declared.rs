//! What is declared in one policy and not, or otherwise, in the other. All is paired by name.
//!
//! [`Declared::of`] compares the types with their members (`types`), the roles with their heads (`roles`), and what stands
//! beside them: areas, role sets, constraints, promises (`items`).

mod items;
mod roles;
mod types;

use super::names::Names;
use super::{Cause, Kind, Side};
use crate::source::{Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

/// What an edit is about; names are those of the policies, roles are written in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// A type that one policy lacks.
    Type(String),
    /// What a type may lie in.
    Containers(String),
    /// An action or a field that one policy lacks: type, name.
    Member(String, String),
    /// `implies` of a type.
    Implies(String),
    /// An attribute: of this name, and in full, `Order.price`.
    Attribute(String, String),
    /// A role that one policy lacks.
    Role(String),
    /// Who holds a role without being given it.
    Holders(String),
    /// Child and parent.
    Extends(String, String),
    /// What an area holds.
    Area(String),
    /// What a role set holds.
    RoleSet(String),
    /// A constraint.
    Constraint,
    /// A promise.
    Promise,
}

/// One edit of a declaration.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub(super) subject: Subject,
    pub(super) cause: Cause,
}

/// All edits of declarations.
#[derive(Debug, Clone, Default)]
pub(super) struct Declared {
    pub(super) list: Vec<Edit>,
}

impl Declared {
    pub(super) fn of(old: &Side<'_>, new: &Side<'_>, names: &Names) -> Self {
        let mut declared = Self::default();
        types::compare(old, new, &mut declared);
        roles::compare(old, new, names, &mut declared);
        items::compare(old, new, &mut declared);
        declared
    }

    /// The edit of a subject, if there is one.
    pub(super) fn find(&self, subject: &Subject) -> Option<&Cause> {
        let found = self.list.iter().find(|edit| edit.subject == *subject);
        found.map(|edit| &edit.cause)
    }

    /// All edits whose subject fits.
    pub(super) fn all(&self, fits: impl Fn(&Subject) -> bool) -> impl Iterator<Item = &Cause> {
        self.list
            .iter()
            .filter(move |edit| fits(&edit.subject))
            .map(|edit| &edit.cause)
    }

    /// The edits that are no cause of a cell.
    pub(super) fn unused(&self, told: &BTreeSet<&Cause>) -> Vec<Cause> {
        let unused = self.list.iter().filter(|edit| !told.contains(&edit.cause));
        unused.map(|edit| edit.cause.clone()).collect()
    }

    fn push(&mut self, subject: Subject, cause: Cause) {
        self.list.push(Edit { subject, cause });
    }
}

/// An edit in a line; the spans are widened to the lines on which they stand.
fn cause(kind: Kind, title: String, sources: &Sources, old: Option<Span>, new: Option<Span>) -> Cause {
    Cause {
        kind,
        title,
        old: old.map(|span| line_of(span, sources)),
        new: new.map(|span| line_of(span, sources)),
        words: Vec::new(),
    }
}

/// The line on which a span starts, without the blanks around it.
fn line_of(span: Span, sources: &Sources) -> Span {
    let text = sources.text(span.file);
    let at = span.range().start.min(text.len());
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let line = &text[start..end];
    let start = start + line.len() - line.trim_start().len();
    Span::new(span.file, start, start + line.trim().len())
}

/// What has a name in both policies, and in one alone: old only, new only, both.
type Paired<'n, T> = (Vec<(&'n str, T)>, Vec<(&'n str, T)>, Vec<(&'n str, T, T)>);

/// Pairs two lists by name; each result in the order of names.
fn paired<'n, T: Copy>(
    old: impl Iterator<Item = (&'n str, T)>,
    new: impl Iterator<Item = (&'n str, T)>,
) -> Paired<'n, T> {
    let (old, new): (BTreeMap<&str, T>, BTreeMap<&str, T>) = (old.collect(), new.collect());
    let missing = |from: &BTreeMap<&'n str, T>, other: &BTreeMap<&'n str, T>| {
        let alone = from.iter().filter(|(name, _)| !other.contains_key(*name));
        alone.map(|(name, it)| (*name, *it)).collect()
    };
    let both = old
        .iter()
        .filter_map(|(name, a)| new.get(name).map(|b| (*name, *a, *b)));
    (missing(&old, &new), missing(&new, &old), both.collect())
}
