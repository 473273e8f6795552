//! Rules that differ in one compared value only, and what falls between them.
//!
//! 1. [`parts`] takes a rule's condition apart.
//! 2. [`families`] are rules that give the same and differ in one value at most.
//! 3. [`gaps`] is what none of several sets lets pass though it lies between them, [`left_out`] which few values of an
//!    enumeration none of them names.

use std::collections::BTreeMap;

use super::values::{Asked, Axis, Set, asked, same};
use crate::model::permission::PermId;
use crate::model::{Expr, Model, Path, Rule};

/// One of the parts of a rule's condition all of which must be true.
pub(super) struct Part<'m> {
    expr: &'m Expr,
    /// It stands behind `unless`.
    negated: bool,
    /// What it lets pass, if it is about one attribute only.
    pub(super) asked: Option<Asked<'m>>,
}

impl Part<'_> {
    /// It in the author's words.
    fn text(&self, model: &Model) -> String {
        let not = if self.negated { "not " } else { "" };
        format!("{not}{}", model.show_expr(self.expr))
    }
}

/// The parts of `when`, and those of `unless` turned round.
pub(super) fn parts<'m>(model: &Model, rule: &'m Rule) -> Vec<Part<'m>> {
    let mut parts = Vec::new();
    let mut open: Vec<(&Expr, bool)> = Vec::new();
    open.extend(rule.unless.iter().map(|expr| (expr, true)));
    open.extend(rule.when.iter().map(|expr| (expr, false)));
    while let Some((expr, negated)) = open.pop() {
        match (expr, negated) {
            (Expr::And(all), false) | (Expr::Or(all), true) => open.extend(all.iter().map(|part| (part, negated))),
            (Expr::Not(inner), _) => open.push((inner, !negated)),
            _ => parts.push(part(model, expr, negated)),
        }
    }
    parts
}

fn part<'m>(model: &Model, expr: &'m Expr, negated: bool) -> Part<'m> {
    let mut asked = asked(model, expr);
    if let (Some(asked), true) = (&mut asked, negated) {
        asked.set = asked.set.rest();
        asked.excludes = true;
    }
    Part { expr, negated, asked }
}

/// A rule with the one value by which it may differ from others.
pub(super) struct Sibling<'m> {
    /// The rule.
    pub(super) rule: &'m Rule,
    /// What it says of the value.
    pub(super) asked: Asked<'m>,
    /// The other parts of its condition.
    rest: Vec<String>,
}

/// Two and more rules each that give the same and differ in one value at most. A rule may be in several families.
pub(super) fn families<'m>(model: &Model, rules: impl Iterator<Item = &'m Rule>) -> Vec<Vec<Sibling<'m>>> {
    let mut families: BTreeMap<&[PermId], Vec<Vec<Sibling<'_>>>> = BTreeMap::new();
    for sibling in rules.flat_map(|rule| siblings(model, rule)) {
        let alike = families.entry(&sibling.rule.permissions).or_default();
        match alike.iter_mut().find(|family| is_like(&family[0], &sibling)) {
            Some(family) => family.push(sibling),
            None => alike.push(vec![sibling]),
        }
    }
    let all = families.into_values().flatten();
    all.filter(|family| family.len() > 1).collect()
}

/// A rule once for each attribute that it compares.
fn siblings<'m>(model: &Model, rule: &'m Rule) -> Vec<Sibling<'m>> {
    let parts = parts(model, rule);
    let mut out: Vec<Sibling<'m>> = Vec::new();
    for asked in parts.iter().filter_map(|part| part.asked.as_ref()) {
        if let Some(known) = out.iter_mut().find(|it| same(it.asked.path, asked.path)) {
            known.asked.set = known.asked.set.meet(&asked.set);
            known.asked.excludes |= asked.excludes;
            continue;
        }
        let is_other = |part: &&Part<'m>| !part.asked.as_ref().is_some_and(|it| same(it.path, asked.path));
        let mut rest: Vec<String> = parts.iter().filter(is_other).map(|part| part.text(model)).collect();
        rest.sort_unstable();
        let asked = asked.clone();
        out.push(Sibling { rule, asked, rest });
    }
    out
}

/// They differ in the value at most.
fn is_like(a: &Sibling<'_>, b: &Sibling<'_>) -> bool {
    let (left, right) = (a.rule, b.rule);
    let related = |rule: &Rule| {
        let steps = rule.relation.iter().map(|it| (it.at, it.first, it.then.clone()));
        steps.collect::<Vec<_>>()
    };
    same(a.asked.path, b.asked.path)
        && a.rest == b.rest
        && (left.reach, &left.named, &left.receiver) == (right.reach, &right.named, &right.receiver)
        && (left.except_self, left.they_have) == (right.except_self, right.they_have)
        && related(left) == related(right)
}

/// The values of an attribute with which a rule may apply; all of them where it does not ask.
pub(super) fn bound(model: &Model, rule: &Rule, path: &Path) -> Set {
    let asked = parts(model, rule).into_iter().filter_map(|part| part.asked);
    asked
        .filter(|asked| same(asked.path, path))
        .fold(Set::all(), |set, asked| set.meet(&asked.set))
}

/// Stretches between the least and the greatest value of some sets that are in none, and on both sides of which none of
/// the sets lies alone: that one would leave them out on purpose.
pub(super) fn gaps(axis: Axis, sets: &[Set]) -> Vec<(i128, i128)> {
    let Some((first, rest)) = sets.split_first() else {
        return Vec::new();
    };
    let all = rest
        .iter()
        .fold(first.clone(), |all, set| all.join(set))
        .meet(&axis.whole());
    let stretches = all.stretches().windows(2).map(|pair| (pair[0].1 + 1, pair[1].0 - 1));
    let apart = |&(from, to): &(i128, i128)| {
        let around = |set: &Set| {
            let (before, after) = (|s: &&(i128, i128)| s.1 < from, |s: &&(i128, i128)| s.0 > to);
            set.stretches().iter().any(|s| before(&s)) && set.stretches().iter().any(|s| after(&s))
        };
        !sets.iter().any(around)
    };
    stretches.filter(apart).filter_map(|gap| axis.fit(gap)).collect()
}

/// The values of an enumeration that are in no set, if they are fewer than the others.
pub(super) fn left_out(axis: Axis, sets: &[Set]) -> Vec<(i128, i128)> {
    let Axis::Enum(len) = axis else { return Vec::new() };
    let all = sets
        .iter()
        .fold(Set::none(), |all, set| all.join(set))
        .meet(&axis.whole());
    let rest = axis.whole().meet(&all.rest());
    let values = rest.stretches().iter().flat_map(|&(from, to)| from..=to).take(len);
    let values: Vec<(i128, i128)> = values.map(|value| (value, value)).collect();
    if values.len() * 2 < len { values } else { Vec::new() }
}
