//! Conditions that ask nothing: true, or false, wherever their rule could otherwise apply.
//!
//! Each test, and each whole condition, is put alone in its rule's place: a holding and the reach are all that is asked
//! besides. If it can then be false, but not true, in no way in which the text stands in the table, it is constant.

use super::Analysis;
use super::cell::Cell;
use super::parts::{Clause, Part, bare, expressions, find, group};
use super::plain::{is_free, subject};
use super::solver::Answer;
use super::texts::{rule, truth_with};
use crate::model::permission::PermId;
use crate::model::{Expr, Receiver, Rule, RuleId, Test};
use crate::table::Way;

/// A condition that is always the same.
#[derive(Debug, Clone)]
pub struct Constant {
    /// Of which rule.
    pub rule: RuleId,
    /// Which part of it.
    pub part: Part,
    /// What it always is, a `not` before it left out.
    pub value: bool,
    /// It can be taken out, together with all that are told, and the rule stays what it is.
    pub out: bool,
}

/// Every test, and every whole condition, that is constant, in the order of the texts.
#[must_use]
pub fn constants(analysis: &Analysis<'_>) -> Vec<Constant> {
    let texts = analysis.texts().values();
    texts
        .flat_map(|ways| rule(ways).map_or(Vec::new(), |id| of_text(analysis, id, ways)))
        .collect()
}

fn of_text(analysis: &Analysis<'_>, id: RuleId, ways: &[(PermId, Way)]) -> Vec<Constant> {
    let it = analysis.table.model().rule(id);
    let mut found: Vec<Constant> = Vec::new();
    for part in suspects(analysis, it) {
        let within = |known: &Constant| {
            known.part.span.range().start <= part.span.range().start && part.span.end <= known.part.span.end
        };
        if !found.iter().any(within)
            && let Some(value) = constant(analysis, ways, &part)
        {
            found.push(Constant {
                rule: id,
                part,
                value,
                out: false,
            });
        }
    }
    let out: Vec<bool> = found.iter().map(|constant| is_idle(it, constant, &found)).collect();
    for (constant, out) in found.iter_mut().zip(out) {
        constant.out = out;
    }
    found
}

/// A clause that lets everything pass; an element that decides nothing in a group in which something else does.
fn is_idle(rule: &Rule, constant: &Constant, all: &[Constant]) -> bool {
    let part = &constant.part;
    let Some((group, element)) = group(rule, part) else {
        return part.is_whole() && passes(rule, part, constant.value);
    };
    let told = |test: &&Test| all.iter().any(|it| it.part.span.to(test.span) == it.part.span);
    let neutral = matches!(group, Expr::And(_)) == negated(element, constant.value);
    neutral && !group.tests().iter().all(told)
}

/// A value behind the `not`s that stand before an expression.
fn negated(expr: &Expr, value: bool) -> bool {
    match expr {
        Expr::Not(inner) => !negated(inner, value),
        _ => value,
    }
}

/// True if a clause that is always so, a `not` before it left out, stops nothing.
fn passes(rule: &Rule, part: &Part, value: bool) -> bool {
    find(rule, part).is_some_and(|expr| negated(expr, value) == (part.clause == Clause::When))
}

/// What may be constant: whole conditions first, then single tests.
fn suspects(analysis: &Analysis<'_>, rule: &Rule) -> Vec<Part> {
    let model = analysis.table.model();
    if is_free(model, rule) {
        return Vec::new();
    }
    let all = [Clause::When, Clause::Unless]
        .into_iter()
        .flat_map(|clause| expressions(rule, clause));
    let suspicious = all.filter(|(part, expr)| match bare(expr) {
        Expr::Test(test) => subject(model, test).is_none(),
        _ => part.is_whole(),
    });
    suspicious.map(|(part, _)| part).collect()
}

fn constant(analysis: &Analysis<'_>, ways: &[(PermId, Way)], part: &Part) -> Option<bool> {
    let (mut not_true, mut not_false) = (false, false);
    for &(permission, way) in ways {
        let it = analysis.table.model().rule(way.rule);
        let expr = bare(find(it, part)?);
        let exact = analysis.with(permission, |cell| {
            not_false = not_false || can_hold(cell, way, &asking(it, expr.clone()));
            not_true = not_true || can_hold(cell, way, &asking(it, Expr::Not(Box::new(expr.clone()))));
            cell.world.exact
        });
        if !exact || (not_true && not_false) {
            return None;
        }
    }
    (not_true != not_false).then_some(not_false)
}

/// The rule with nothing to ask but one condition.
fn asking(rule: &Rule, when: Expr) -> Rule {
    Rule {
        relation: Vec::new(),
        when: Some(when),
        unless: None,
        except_self: false,
        they_have: false,
        receiver: Receiver::Anyone,
        ..rule.clone()
    }
}

/// False if it is proved that the rule is false everywhere.
fn can_hold(cell: &mut Cell<'_>, way: Way, rule: &Rule) -> bool {
    let truth = truth_with(cell, way, rule);
    cell.world.circuit.solve(&[!truth.no]) != Answer::No
}
