//! Text to tree. This file and its folder are the only ones that know pest.
//!
//! - [`policy`] parses a file piece by piece (`recover`), so that one error costs one rule, not the file.
//! - [`sentence`], [`rule`] and [`holders`] parse one short text each.
//! - `items`, `rules`, `conditions` and `sentences` build the tree; each function asserts the rule it was handed.
//! - `messages` says in the user's words what pest expected; `mistakes` knows the common slips.

mod conditions;
mod grammar;
mod items;
mod messages;
mod mistakes;
mod names;
mod recover;
mod rules;
mod sentences;

use pest::Parser;
use pest::iterators::Pair;

use super::ast::{self, Comment, SpanEq};
use super::docs;
use super::outline::{Outline, scan};
use crate::diagnostic::Found;
use crate::source::{FileId, Span};
use grammar::{Grammar, Parts, Rule};

/// The words that open a top-level item; parsing goes on at them after an error.
const OPENERS: &[&str] = &[
    "account",
    "anyone",
    "area",
    "context",
    "each",
    "ensure",
    "everyone",
    "no",
    "nobody",
    "policy",
    "principal",
    "resource",
    "role",
    "roles",
    "unit",
    "user",
    "whoever",
];

/// Parses a policy file. There is always a tree, which holds whatever could be read.
pub fn policy(file: FileId, text: &str, found: &mut Found) -> ast::File {
    let start = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let outline = scan(text, start, |word| OPENERS.contains(&word));
    let mut cx = Cx::new(file, text, &outline, found);
    cx.report_faults();
    let mut tree = ast::File {
        items: cx.items(start),
        comments: cx.comments(),
    };
    docs::attach(&mut tree, text, &outline);
    tree
}

/// Parses a question, an expectation or a statement.
pub fn sentence(file: FileId, text: &str, found: &mut Found) -> Option<ast::Sentence> {
    sentence_at(file, text, 0, found)
}

/// The same for a sentence that starts at the byte `base` of `file`, as in a test.
pub fn sentence_at(file: FileId, text: &str, base: usize, found: &mut Found) -> Option<ast::Sentence> {
    let outline = Outline::default();
    let mut cx = Cx::new(file, text, &outline, found);
    cx.base = base;
    cx.whole(Rule::sentence).map(|pair| sentences::sentence(&mut cx, pair))
}

/// Parses the text behind `can:` in facts, such as `view Budget only here`. It starts at the byte `base` of `file`.
pub fn rule(file: FileId, text: &str, base: usize, found: &mut Found) -> Option<ast::Rule> {
    let outline = scan(text, 0, |_| false);
    let mut cx = Cx::new(file, text, &outline, found);
    cx.base = base;
    cx.report_faults();
    if outline.faults.is_empty() {
        let mut inner = cx.whole(Rule::one_power).map(Parts::of)?;
        Some(rules::entitlement(&mut cx, inner.one(Rule::entitlement)))
    } else {
        None
    }
}

/// Parses `Manager at paris`, which in facts stands for the holders of a role. It starts at the byte `base` of `file`.
pub fn holders(file: FileId, text: &str, base: usize, found: &mut Found) -> Option<(ast::RoleName, ast::NodeRef)> {
    let outline = Outline::default();
    let mut cx = Cx::new(file, text, &outline, found);
    cx.base = base;
    let mut parts = cx.whole(Rule::holders).map(Parts::of)?;
    let role = names::role_name(&mut cx, parts.one(Rule::role_name));
    Some((role, sentences::node(&mut cx, parts.one(Rule::node))))
}

/// What the builders need: where the text stands, and where to put what is wrong with it.
struct Cx<'a> {
    file: FileId,
    text: &'a str,
    /// Where the text starts in its file.
    base: usize,
    /// Where the piece that pest was handed starts in the text.
    shift: usize,
    outline: &'a Outline,
    /// How many errors were reported.
    reported: usize,
    found: &'a mut Found,
}

impl<'a> Cx<'a> {
    fn new(file: FileId, text: &'a str, outline: &'a Outline, found: &'a mut Found) -> Self {
        Self {
            file,
            text,
            base: 0,
            shift: 0,
            outline,
            reported: 0,
            found,
        }
    }

    /// The span of `start..end` of the text.
    fn at(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.base + start, self.base + end)
    }

    /// The span of a pair, without the blanks and comments that pest leaves at its end.
    fn span(&self, pair: &Pair<'_, Rule>) -> SpanEq {
        let span = pair.as_span();
        let (start, end) = (self.shift + span.start(), self.shift + span.end());
        SpanEq(self.at(start, self.outline.code_end(self.text, start, end)))
    }

    /// Parses the whole text by one rule, or reports why it cannot be.
    fn whole(&mut self, rule: Rule) -> Option<Pair<'a, Rule>> {
        match Grammar::parse(rule, self.text) {
            Ok(mut pairs) => pairs.next(),
            Err(error) => {
                self.report(&error);
                None
            }
        }
    }

    fn comments(&self) -> Vec<Comment> {
        let marks = self.outline.comments.iter();
        marks
            .map(|mark| Comment {
                text: docs::words(self.text, mark).to_owned(),
                doc: docs::is_doc(self.text, mark),
                span: SpanEq(self.at(
                    mark.start,
                    mark.start + self.text[mark.start..mark.end].trim_end().len(),
                )),
            })
            .collect()
    }
}
