//! The parser that pest makes of `grammar/rolebook.pest`, and [`Parts`], through which builders read its pairs.

#![allow(unreachable_pub, reason = "what pest derives is public")]
#![allow(missing_docs, reason = "the rules are described in the grammar")]

use std::iter::Peekable;

use pest::iterators::{Pair, Pairs};
use pest_derive::Parser;

/// The parser.
#[derive(Parser)]
#[grammar = "grammar/rolebook.pest"]
pub(in crate::syntax) struct Grammar;

/// The inner pairs of a pair, in order, without the punctuation.
pub(super) struct Parts<'i> {
    pairs: Peekable<Pairs<'i, Rule>>,
}

impl<'i> Parts<'i> {
    /// The parts of a pair.
    pub(super) fn of(pair: Pair<'i, Rule>) -> Self {
        Self {
            pairs: pair.into_inner().peekable(),
        }
    }

    /// The next part.
    pub(super) fn peek(&mut self) -> Option<Rule> {
        while self.pairs.next_if(|pair| is_punctuation(pair.as_rule())).is_some() {}
        self.pairs.peek().map(Pair::as_rule)
    }

    /// The next part, if there is one.
    pub(super) fn next(&mut self) -> Option<Pair<'i, Rule>> {
        self.peek()?;
        self.pairs.next()
    }

    /// The next part, if it is `rule`.
    pub(super) fn opt(&mut self, rule: Rule) -> Option<Pair<'i, Rule>> {
        if self.peek()? == rule { self.pairs.next() } else { None }
    }

    /// Whether the next part is `rule`; takes it if so.
    pub(super) fn has(&mut self, rule: Rule) -> bool {
        self.opt(rule).is_some()
    }

    /// The next part, which the grammar makes `rule`, behind any keywords.
    pub(super) fn one(&mut self, rule: Rule) -> Pair<'i, Rule> {
        while let Some(pair) = self.next() {
            if pair.as_rule() == rule {
                return pair;
            }
        }
        unreachable!("the grammar has {rule:?} here")
    }

    /// The next part, which the grammar demands.
    pub(super) fn any(&mut self) -> Pair<'i, Rule> {
        let Some(pair) = self.next() else {
            unreachable!("the grammar has one more part here")
        };
        pair
    }

    /// All parts from here on that are `rule`, one after the other, each built by `build`.
    pub(super) fn many<T>(&mut self, rule: Rule, build: impl FnMut(Pair<'i, Rule>) -> T) -> Vec<T> {
        std::iter::from_fn(|| self.opt(rule)).map(build).collect()
    }
}

/// Signs that builders pass over.
pub(super) const fn is_punctuation(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::p_open
            | Rule::p_close
            | Rule::p_paren
            | Rule::p_end
            | Rule::p_left
            | Rule::p_right
            | Rule::p_comma
            | Rule::p_colon
            | Rule::p_equal
            | Rule::p_dot
            | Rule::p_question
    )
}
