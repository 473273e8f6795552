//! Rule texts: a rule as written, with every way that it makes in the table.

use std::collections::BTreeMap;

use super::cell::Cell;
use super::circuit::Truth;
use crate::model::permission::PermId;
use crate::model::{Effect, Rule, RuleId};
use crate::source::Span;
use crate::table::{Table, Way};

/// Each text with its ways, by permission.
pub type Texts = BTreeMap<Span, Vec<(PermId, Way)>>;

/// Every text of a policy.
#[must_use]
pub fn texts(table: &Table) -> Texts {
    let mut texts = Texts::new();
    for (permission, _) in table.model().permissions.iter() {
        let row = table.row(permission);
        for &way in row.grants.iter().chain(&row.prohibitions) {
            texts
                .entry(table.model().rule(way.rule).span)
                .or_default()
                .push((permission, way));
        }
    }
    texts
}

/// The rule that a text was resolved to first; its copies at other types differ in what names lead to, not in form.
#[must_use]
pub fn rule(ways: &[(PermId, Way)]) -> Option<RuleId> {
    ways.first().map(|(_, way)| way.rule)
}

/// The permissions that some ways are about, in order.
#[must_use]
pub fn permissions(ways: &[(PermId, Way)]) -> Vec<PermId> {
    let mut ids: Vec<PermId> = ways.iter().map(|(id, _)| *id).collect();
    ids.dedup();
    ids
}

/// ρ of a way, were its rule another.
pub fn truth_with(cell: &mut Cell<'_>, way: Way, rule: &Rule) -> Truth {
    let (mut meaning, asked) = cell.meaning();
    match way.role {
        None => meaning.public(rule, &asked),
        Some(role) => meaning.of_role(rule, role, &asked),
    }
}

/// The truth of each way of one effect.
#[must_use]
pub fn ways(cell: &Cell<'_>, effect: Effect) -> Vec<(Way, Truth)> {
    match effect {
        Effect::Grant => cell.decision.grants.clone(),
        Effect::Prohibit => cell.decision.prohibitions.clone(),
    }
}
