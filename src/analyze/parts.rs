//! The parts of a rule's condition: what can be named, and what can be taken out.
//!
//! A part is found again in every copy of its rule, as copies have one form. [`parts`] lists what can be taken out
//! ([`without`]): a whole `as`, `when` or `unless`, one relation of several, one element of an `and` or `or`.

use crate::model::{Expr, Rule};
use crate::source::Span;

/// Which of a rule's clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clause {
    /// `as …`
    Relation,
    /// `when …`
    When,
    /// `unless …`
    Unless,
}

/// A part of a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which clause.
    pub clause: Clause,
    /// From its first test to its last, without what stands around.
    pub span: Span,
    /// Elements of elements; nothing for the whole clause. `not` is passed through.
    path: Vec<usize>,
}

impl Part {
    /// It is the whole clause.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.path.is_empty()
    }
}

/// Everything that can be taken out of a rule, larger parts first.
#[must_use]
pub fn parts(rule: &Rule) -> Vec<Part> {
    let mut found = relations(rule);
    for clause in [Clause::When, Clause::Unless] {
        found.extend(expressions(rule, clause).into_iter().map(|(part, _)| part));
    }
    found.sort_by_key(|part| part.path.len());
    found
}

fn relations(rule: &Rule) -> Vec<Part> {
    let part = |span, path| Part {
        clause: Clause::Relation,
        span,
        path,
    };
    let all = rule.relation.iter().map(|it| it.span).reduce(Span::to);
    let several = rule.relation.iter().enumerate().filter(|_| rule.relation.len() > 1);
    let whole = all.into_iter().map(|span| part(span, Vec::new()));
    whole.chain(several.map(|(ix, it)| part(it.span, vec![ix]))).collect()
}

/// The condition of a clause and the elements in it, at any depth.
#[must_use]
pub fn expressions(rule: &Rule, clause: Clause) -> Vec<(Part, &Expr)> {
    let whole = match clause {
        Clause::Relation => None,
        Clause::When => rule.when.as_ref(),
        Clause::Unless => rule.unless.as_ref(),
    };
    let mut open: Vec<(Vec<usize>, &Expr)> = whole.into_iter().map(|expr| (Vec::new(), expr)).collect();
    let mut found = Vec::new();
    while let Some((path, expr)) = open.pop() {
        if let Expr::And(elements) | Expr::Or(elements) = bare(expr) {
            let inner = elements
                .iter()
                .enumerate()
                .map(|(ix, element)| ([&path[..], &[ix]].concat(), element));
            open.extend(inner.rev());
        }
        if let Some(span) = span(expr) {
            found.push((Part { clause, span, path }, expr));
        }
    }
    found
}

/// The part of another copy of the rule.
#[must_use]
pub fn find<'r>(rule: &'r Rule, part: &Part) -> Option<&'r Expr> {
    let all = expressions(rule, part.clause).into_iter();
    all.filter(|(it, _)| it.path == part.path).map(|(_, expr)| expr).next()
}

/// The group that a part is an element of, with the element as it stands there.
#[must_use]
pub fn group<'r>(rule: &'r Rule, part: &Part) -> Option<(&'r Expr, &'r Expr)> {
    let (&last, path) = part.path.split_last()?;
    let around = Part {
        path: path.to_vec(),
        ..part.clone()
    };
    let group = bare(find(rule, &around)?);
    match group {
        Expr::And(elements) | Expr::Or(elements) => Some((group, elements.get(last)?)),
        Expr::Not(_) | Expr::Test(_) => None,
    }
}

/// What stands behind any number of `not`.
#[must_use]
pub fn bare(expr: &Expr) -> &Expr {
    let mut at = expr;
    while let Expr::Not(inner) = at {
        at = inner;
    }
    at
}

fn span(expr: &Expr) -> Option<Span> {
    expr.tests().into_iter().map(|test| test.span).reduce(Span::to)
}

/// The rule without some of its parts. What is left of a group of which every element goes is nothing.
#[must_use]
pub fn without(rule: &Rule, parts: &[Part]) -> Rule {
    let of = |clause| -> Vec<&[usize]> {
        let own = parts.iter().filter(|part| part.clause == clause);
        own.map(|part| &part.path[..]).collect()
    };
    let relations = of(Clause::Relation);
    let stays = |ix: usize| !relations.iter().any(|path| path.is_empty() || path[0] == ix);
    let relation = rule.relation.iter().enumerate().filter(|(ix, _)| stays(*ix));
    let left = |expr: &Option<Expr>, clause| expr.as_ref().and_then(|expr| left(expr, &of(clause)));
    Rule {
        relation: relation.map(|(_, it)| it.clone()).collect(),
        when: left(&rule.when, Clause::When),
        unless: left(&rule.unless, Clause::Unless),
        ..rule.clone()
    }
}

/// What is left of a condition without the elements at some paths.
fn left(expr: &Expr, gone: &[&[usize]]) -> Option<Expr> {
    if gone.iter().any(|path| path.is_empty()) {
        return None;
    }
    let elements = |all: &[Expr]| -> Option<Vec<Expr>> {
        let inner = |ix: usize| -> Vec<&[usize]> {
            let own = gone.iter().filter(|path| path[0] == ix);
            own.map(|path| &path[1..]).collect()
        };
        let rest: Vec<Expr> = all
            .iter()
            .enumerate()
            .filter_map(|(ix, element)| left(element, &inner(ix)))
            .collect();
        (!rest.is_empty()).then_some(rest)
    };
    match expr {
        Expr::Not(inner) => left(inner, gone).map(|inner| Expr::Not(Box::new(inner))),
        Expr::And(all) => elements(all).map(Expr::And),
        Expr::Or(all) => elements(all).map(Expr::Or),
        Expr::Test(_) => Some(expr.clone()),
    }
}
