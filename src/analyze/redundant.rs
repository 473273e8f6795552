//! Parts of conditions that could be taken out, and no decision would change.
//!
//! The rule is evaluated without the part, in the same world, and its truth held against what it is, where it decides
//! something ([`super::standing`]): by itself, and with all taken out that is told of rules and of parts before.

use std::collections::{BTreeMap, BTreeSet};

use super::Analysis;
use super::parts::{Part, parts};
use super::plain::Plain;
use super::standing::{Standing, applies, truth};
use super::texts::{permissions, rule};
use super::verdict::core;
use crate::model::permission::{PermId, Permission};
use crate::model::{Effect, Rule, RuleId, Who};
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

/// At most one part of each text, in the order of the texts.
#[must_use]
pub fn redundant(analysis: &Analysis<'_>) -> Vec<Redundant> {
    let plain = Plain::new(analysis.table);
    let whole = Standing::without(analysis, BTreeSet::new(), BTreeMap::new());
    let mut standing = standing(analysis);
    let mut found = Vec::new();
    let idle: BTreeSet<RuleId> = analysis.rules().iter().map(|finding| finding.rule).collect();
    for ways in analysis.texts().values() {
        let Some(id) = rule(ways).filter(|id| !idle.contains(id)) else {
            continue;
        };
        let parts = suspects(analysis, analysis.table.model().rule(id));
        if !parts.is_empty() && !ways.iter().any(|&(permission, way)| plain.decides(permission, way)) {
            found.extend(of_text(&whole, &mut standing, (id, ways), parts));
        }
    }
    found
}

/// The policy without the rules and the conditions that are told to be taken out.
fn standing<'s, 't>(analysis: &'s Analysis<'t>) -> Standing<'s, 't> {
    let span = |id: RuleId| analysis.table.model().rule(id).span;
    let gone = analysis.rules().iter().filter(|finding| finding.out);
    let gone = gone.map(|finding| span(finding.rule)).collect();
    let mut parts: BTreeMap<Span, Vec<Part>> = BTreeMap::new();
    for constant in analysis.constants().iter().filter(|it| it.out) {
        parts
            .entry(span(constant.rule))
            .or_default()
            .push(constant.part.clone());
    }
    Standing::without(analysis, gone, parts)
}

/// The parts of a rule, without those that are constant.
fn suspects(analysis: &Analysis<'_>, rule: &Rule) -> Vec<Part> {
    // Without a condition, it would also bound what data hands out.
    let permissions = &analysis.table.model().permissions;
    let hands = |&id: &PermId| matches!(permissions.get(id), Permission::Grant(_));
    if matches!(rule.who, Who::Nobody(_)) && rule.permissions.iter().any(hands) {
        return Vec::new();
    }
    let apart = |a: Span, b: Span| a.file != b.file || a.end <= b.start || b.end <= a.start;
    let told = |part: &Part| {
        let mut constants = analysis.constants().iter();
        constants.all(|known| apart(known.part.span, part.span))
    };
    parts(rule).into_iter().filter(told).collect()
}

/// By itself a part can be spared, and with all that is told before.
fn of_text(
    whole: &Standing<'_, '_>,
    standing: &mut Standing<'_, '_>,
    (id, ways): (RuleId, &[(PermId, Way)]),
    parts: Vec<Part>,
) -> Option<Redundant> {
    let analysis = whole.analysis();
    let own = analysis.table.model().rule(id);
    for part in parts {
        let permissions = permissions(ways);
        let (with, less) = (standing.parts(own.span).to_vec(), standing.parts_with(own.span, &part));
        let can_spare = whole.can_spare(own.span, own.effect, &permissions, &part);
        if can_spare && standing.take_part(own.span, own.effect, &permissions, &part) {
            let because = because(analysis, standing, own, &permissions, [&with, &less]);
            return Some(Redundant {
                rule: id,
                part,
                because,
            });
        }
    }
    None
}

/// The rules that decide what the part would.
fn because(
    analysis: &Analysis<'_>,
    standing: &Standing<'_, '_>,
    own: &Rule,
    permissions: &[PermId],
    [with, less]: [&[Part]; 2],
) -> Vec<Span> {
    let mut found = BTreeSet::new();
    for &permission in permissions {
        analysis.with(permission, |cell| {
            let [old, new] = [with, less].map(|parts| applies(own.effect, truth(cell, own.span, own.effect, parts)));
            let mut given = vec![cell.world.circuit.differ(old, new)];
            let mut others = standing.applying(cell, own.effect);
            others.retain(|(span, _)| *span != own.span);
            match own.effect {
                Effect::Grant => others.extend(standing.applying(cell, Effect::Prohibit)),
                Effect::Prohibit => {
                    let granted = standing.applying(cell, Effect::Grant).into_iter().map(|(_, lit)| lit);
                    let granted: Vec<_> = granted.chain([cell.decision.extra.yes]).collect();
                    given.push(cell.world.circuit.or(granted));
                }
            }
            found.extend(core(cell, &given, &others));
        });
    }
    found.into_iter().collect()
}
