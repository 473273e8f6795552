//! The parts of a rule's condition: what can be named, and what can be taken out.
//!
//! A part is found again in every copy of its rule, as copies have one form. [`parts`] lists what can be taken out
//! ([`without`]): a whole `as`, `when` or `unless`, one relation of several, one element of an `and` or `or`.

use super::scope::tests;
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
    tests(expr).into_iter().map(|test| test.span).reduce(Span::to)
}

/// The rule without one of its parts.
#[must_use]
pub fn without(rule: &Rule, part: &Part) -> Rule {
    let mut rule = rule.clone();
    let clause = match (part.clause, part.path.first()) {
        (Clause::Relation, None) => {
            rule.relation.clear();
            return rule;
        }
        (Clause::Relation, Some(&ix)) => {
            rule.relation.remove(ix);
            return rule;
        }
        (Clause::When, _) => &mut rule.when,
        (Clause::Unless, _) => &mut rule.unless,
    };
    match (part.path.split_last(), clause.as_mut()) {
        (Some((&last, path)), Some(expr)) => take(expr, path, last),
        _ => *clause = None,
    }
    rule
}

fn take(expr: &mut Expr, path: &[usize], last: usize) {
    let mut at = expr;
    for &ix in path {
        let Some(element) = elements(at).and_then(|elements| elements.get_mut(ix)) else {
            return;
        };
        at = element;
    }
    if let Some(elements) = elements(at).filter(|elements| last < elements.len()) {
        elements.remove(last);
    }
}

fn elements(expr: &mut Expr) -> Option<&mut Vec<Expr>> {
    let mut at = expr;
    loop {
        match at {
            Expr::Not(inner) => at = inner,
            Expr::And(elements) | Expr::Or(elements) => return Some(elements),
            Expr::Test(_) => return None,
        }
    }
}
