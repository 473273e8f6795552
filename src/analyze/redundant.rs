//! Parts of conditions that could be taken out, and no decision would change.
//!
//! The rule is evaluated without the part, in the same world, and the decision with it held against the decision as it
//! is. What was found before counts as taken out, so that all that is told can be done together.

use std::collections::{BTreeMap, BTreeSet};

use super::Analysis;
use super::cell::Cell;
use super::circuit::Truth;
use super::parts::{Part, parts, without};
use super::plain::Plain;
use super::solver::{Answer, Lit};
use super::texts::{permissions, rule, truth_with, ways as ways_of};
use super::verdict::{by_text, core};
use crate::model::permission::{PermId, Permission};
use crate::model::{Being, Effect, Rule, RuleId};
use crate::source::Span;
use crate::table::Way;

/// A part that decides nothing.
#[derive(Debug, Clone)]
pub struct Redundant {
    /// Of which rule.
    pub rule: RuleId,
    /// Which part.
    pub part: Part,
    /// The rules because of which it decides nothing; none if the rest of its own condition does.
    pub because: Vec<Span>,
}

/// The search, with what was found so far.
struct Search<'s, 't> {
    analysis: &'s Analysis<'t>,
    /// Permissions that other decisions ask for, to what degree they are known included.
    asked: BTreeSet<PermId>,
    changed: BTreeMap<RuleId, Rule>,
}

/// At most one part of each text, in the order of the texts.
#[must_use]
pub fn redundant(analysis: &Analysis<'_>) -> Vec<Redundant> {
    let model = analysis.table.model();
    let plain = Plain::new(analysis.table);
    let idle: BTreeSet<Span> = analysis
        .rules()
        .iter()
        .map(|finding| model.rule(finding.rule).span)
        .collect();
    let mut search = Search {
        analysis,
        asked: asked(analysis),
        changed: BTreeMap::new(),
    };
    let mut found = Vec::new();
    for (span, ways) in analysis.texts() {
        let Some(id) = rule(ways).filter(|_| !idle.contains(span)) else {
            continue;
        };
        let parts = search.suspects(model.rule(id));
        if !parts.is_empty() && !ways.iter().any(|&(permission, way)| plain.decides(permission, way)) {
            found.extend(search.of_text(id, ways, parts));
        }
    }
    found
}

/// Permissions that derived roles and `they have` ask for.
fn asked(analysis: &Analysis<'_>) -> BTreeSet<PermId> {
    let model = analysis.table.model();
    let derived = model
        .roles
        .iter()
        .flat_map(|role| &role.derived)
        .filter_map(|being| match being {
            Being::Can(permissions) => Some(permissions),
            _ => None,
        });
    let handed = model
        .rules
        .iter()
        .filter(|rule| rule.they_have)
        .flat_map(|rule| &rule.permissions);
    let inner = handed.filter_map(|&id| match model.permissions.get(id) {
        Permission::Grant(inner) => Some(inner),
        _ => None,
    });
    derived.flatten().copied().chain(inner).collect()
}

impl Search<'_, '_> {
    /// The parts of a rule, without those that are constant.
    fn suspects(&self, rule: &Rule) -> Vec<Part> {
        let apart = |a: Span, b: Span| a.file != b.file || a.end <= b.start || b.end <= a.start;
        let constants = self.analysis.constants();
        let told = |part: &Part| constants.iter().all(|known| apart(known.part.span, part.span));
        parts(rule).into_iter().filter(told).collect()
    }

    fn of_text(&mut self, id: RuleId, ways: &[(PermId, Way)], parts: Vec<Part>) -> Option<Redundant> {
        let model = self.analysis.table.model();
        for part in parts {
            let copies = ways
                .iter()
                .map(|(_, way)| (way.rule, without(model.rule(way.rule), &part)));
            let copies: BTreeMap<RuleId, Rule> = copies.collect();
            if permissions(ways)
                .into_iter()
                .all(|permission| self.keeps(permission, &copies))
            {
                let because = self.because(id, ways, &copies);
                self.changed.extend(copies);
                return Some(Redundant {
                    rule: id,
                    part,
                    because,
                });
            }
        }
        None
    }

    /// True if a permission is decided as before with the copies changed.
    fn keeps(&self, permission: PermId, copies: &BTreeMap<RuleId, Rule>) -> bool {
        self.analysis.with(permission, |cell| {
            let mut decision = cell.decision.clone();
            decision.grants = self.ways(cell, Effect::Grant, copies);
            decision.prohibitions = self.ways(cell, Effect::Prohibit, copies);
            let (mut meaning, _) = cell.meaning();
            let (new, old) = (meaning.whole(&decision), cell.allowed);
            let circuit = &mut cell.world.circuit;
            let mut same = |a: Lit, b: Lit| {
                [[a, !b], [!a, b]]
                    .iter()
                    .all(|apart| circuit.solve(apart) == Answer::No)
            };
            cell.world.exact && same(old.yes, new.yes) && (!self.asked.contains(&permission) || same(old.no, new.no))
        })
    }

    fn ways(&self, cell: &mut Cell<'_>, effect: Effect, copies: &BTreeMap<RuleId, Rule>) -> Vec<(Way, Truth)> {
        let all = ways_of(cell, effect).into_iter();
        let now = all.map(
            |(way, truth)| match copies.get(&way.rule).or_else(|| self.changed.get(&way.rule)) {
                Some(rule) => (way, truth_with(cell, way, rule)),
                None => (way, truth),
            },
        );
        now.collect()
    }

    /// The rules that decide what the part would.
    fn because(&self, id: RuleId, ways: &[(PermId, Way)], copies: &BTreeMap<RuleId, Rule>) -> Vec<Span> {
        let own = self.analysis.table.model().rule(id);
        let mut found = BTreeSet::new();
        for permission in permissions(ways) {
            self.analysis.with(permission, |cell| {
                let (old, new) = (ways_of(cell, own.effect), self.ways(cell, own.effect, copies));
                let (old, new) = (
                    applies(cell, own.effect, old, copies),
                    applies(cell, own.effect, new, copies),
                );
                let circuit = &mut cell.world.circuit;
                let (lost, gained) = (circuit.and([old, !new]), circuit.and([!old, new]));
                let mut given = vec![circuit.or([lost, gained])];
                let mut others = by_text(cell, own.effect);
                others.retain(|(span, _)| *span != own.span);
                match own.effect {
                    Effect::Grant => others.extend(by_text(cell, Effect::Prohibit)),
                    Effect::Prohibit => given.push(cell.granted()),
                }
                found.extend(core(cell, &given, &others));
            });
        }
        found.into_iter().collect()
    }
}

/// One of the copies applies; may apply, if they prohibit.
fn applies(cell: &mut Cell<'_>, effect: Effect, ways: Vec<(Way, Truth)>, copies: &BTreeMap<RuleId, Rule>) -> Lit {
    let own = ways.into_iter().filter(|(way, _)| copies.contains_key(&way.rule));
    let lits = own.map(|(_, truth)| match effect {
        Effect::Grant => truth.yes,
        Effect::Prohibit => !truth.no,
    });
    cell.world.circuit.or(lits.collect::<Vec<_>>())
}
