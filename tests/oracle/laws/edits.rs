//! Every kind of edit of a policy: of what is declared, of a role's head, of a rule.

mod declared;
mod heads;
mod rules;
mod structure;

use rolebook::diagnostic::Found;
use rolebook::model::Model;
use rolebook::source::{FileId, Span};
use rolebook::syntax::{ast, parse};

use super::draft::Draft;
use crate::tape::Tape;

/// What an edit looks at.
struct Scene<'s> {
    draft: &'s Draft,
    model: &'s Model,
    /// The declarations.
    tree: ast::File,
}

/// A kind of edit: what it is called, how often it is chosen, and how it is done, where it can be.
type Kind = (&'static str, usize, fn(&Scene<'_>, &mut Tape) -> Option<Draft>);

const KINDS: &[Kind] = &[
    ("default", 8, declared::default),
    ("type of an attribute", 3, declared::retype),
    ("field of an attribute", 2, declared::field),
    ("new attribute", 4, declared::new_attribute),
    ("attribute gone", 2, declared::drop_attribute),
    ("values", 4, declared::values),
    ("container", 4, structure::container),
    ("kind of node", 1, structure::kind),
    ("creating", 1, structure::creating),
    ("actions", 2, structure::actions),
    ("implies", 3, structure::implies),
    ("fields", 1, structure::fields),
    ("area", 2, structure::area),
    ("role set", 1, structure::role_set),
    ("head: reach", 2, heads::reach),
    ("head: default", 3, heads::default),
    ("head: extends", 2, heads::extends),
    ("head: derivation", 3, heads::derivation),
    ("head: parameters", 3, heads::parameters),
    ("head: where held", 2, heads::held),
    ("rule gone", 5, rules::gone),
    ("new rule", 5, rules::new),
    ("rule drawn anew", 3, rules::anew),
    ("rule turned", 3, rules::turned),
    ("condition added", 4, rules::condition),
    ("condition gone", 3, rules::bare),
    ("word changed", 12, rules::word),
    ("exclusion", 2, rules::exclusion),
];

/// The kinds of edits by name.
pub(super) fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, ..)| *name)
}

/// A policy after one edit, and which.
pub(super) fn edited(draft: &Draft, model: &Model, tape: &mut Tape) -> Option<(&'static str, Draft)> {
    let scene = Scene {
        draft,
        model,
        tree: parse::policy(FileId::GENERATED, &draft.types, &mut Found::default()),
    };
    let all: usize = KINDS.iter().map(|(_, weight, _)| weight).sum();
    for _ in 0..20 {
        let mut at = tape.below(all);
        let kind = KINDS.iter().find(|(_, weight, _)| {
            let here = at < *weight;
            at = at.saturating_sub(*weight);
            here
        });
        let &(name, _, edit) = kind?;
        if let Some(other) = edit(&scene, tape).filter(|other| other != draft) {
            return Some((name, other));
        }
    }
    None
}

/// A rule of the policy in slightly other words.
pub(super) fn variant(draft: &Draft, model: &Model, tape: &mut Tape) -> Option<String> {
    let scene = Scene {
        draft,
        model,
        tree: ast::File::default(),
    };
    let edit = tape.one(&[rules::word, rules::word, rules::condition, rules::bare]);
    let other = edit(&scene, tape)?;
    let line = other.lines.into_iter().find(|line| !draft.lines.contains(line))?;
    Some(line)
}

impl Scene<'_> {
    fn snippet(&self, span: Span) -> &str {
        &self.draft.types[span.range()]
    }

    /// The draft with other words in its declarations.
    fn replaced(&self, span: Span, words: &str) -> Draft {
        let mut other = self.draft.clone();
        other.types.replace_range(span.range(), words);
        other
    }

    /// The draft with another line.
    fn with_line(&self, ix: usize, line: String) -> Draft {
        let mut other = self.draft.clone();
        other.lines[ix] = line;
        other
    }

    /// Lines that are heads of roles, or that are not.
    fn lines(&self, heads: bool) -> Vec<usize> {
        let all = self.draft.lines.iter().enumerate();
        all.filter(|(_, line)| Draft::is_head(line) == heads)
            .map(|(ix, _)| ix)
            .collect()
    }
}
