//! Permissions that nobody ever has, and those that everybody always has.

use std::collections::BTreeSet;

use super::Analysis;
use super::plain::Plain;
use super::solver::{Answer, Lit};
use crate::model::permission::{PermId, Permission};
use crate::model::{Effect, Reach, Rule, Who};
use crate::source::Span;
use crate::table::{Table, Way};

/// A permission that is decided one way in every organisation.
#[derive(Debug, Clone)]
pub struct Extreme {
    /// Which.
    pub permission: PermId,
    /// Allowed, or not.
    pub allowed: bool,
    /// A rule says just this, without a condition.
    pub said: bool,
    /// The rules that speak of it.
    pub rules: Vec<Span>,
}

/// Every such permission that some rule speaks of, in order. *Always* is about every caller who is signed in.
#[must_use]
pub fn extremes(analysis: &Analysis<'_>) -> Vec<Extreme> {
    let table = analysis.table;
    let plain = Plain::new(table);
    let all = table
        .model()
        .permissions
        .iter()
        .filter(|(_, permission)| !permission.is_administrative());
    let found = all.filter_map(|(id, _)| {
        let allowed = if is_never(analysis, &plain, id) {
            false
        } else if is_always(analysis, id) {
            true
        } else {
            return None;
        };
        let ways = || table.row(id).grants.iter().chain(&table.row(id).prohibitions);
        let says = |way: &Way| says(table.model().rule(way.rule), allowed);
        let rules: BTreeSet<Span> = ways().map(|way| table.model().rule(way.rule).span).collect();
        Some(Extreme {
            permission: id,
            allowed,
            said: ways().any(says),
            rules: rules.into_iter().collect(),
        })
    });
    found.collect()
}

/// Nobody is ever allowed it, though rules speak of it.
fn is_never(analysis: &Analysis<'_>, plain: &Plain<'_>, id: PermId) -> bool {
    let row = analysis.table.row(id);
    let handed = handed(analysis.table, id);
    if row.grants.is_empty() && !handed {
        return !row.prohibitions.is_empty();
    }
    if row.grants.iter().any(|&way| plain.decides(id, way)) {
        return false;
    }
    analysis.with(id, |cell| {
        let allowed = cell.allowed.yes;
        cell.world.exact && cell.world.circuit.solve(&[allowed]) == Answer::No
    })
}

/// It can be handed out alone.
fn handed(table: &Table, id: PermId) -> bool {
    let grant = table.model().permissions.id(Permission::Grant(id));
    grant.is_some_and(|grant| !table.row(grant).grants.is_empty())
}

/// Everybody who is signed in is always allowed it.
fn is_always(analysis: &Analysis<'_>, id: PermId) -> bool {
    let model = analysis.table.model();
    let for_all = |way: &Way| {
        let rule = model.rule(way.rule);
        matches!(rule.who, Who::Anyone) || (matches!(rule.who, Who::Everyone) && rule.reach == Reach::Anywhere)
    };
    analysis.table.row(id).grants.iter().any(for_all)
        && analysis.with(id, |cell| {
            let (allowed, signed_in) = (cell.allowed.yes, cell.world.signed_in);
            let placed = cell.world.in_shapes(|_| true);
            cell.world.exact && placed != Lit::FALSE && cell.world.circuit.solve(&[signed_in, !allowed]) == Answer::No
        })
}

/// A rule for all, on no condition.
fn says(rule: &Rule, allowed: bool) -> bool {
    let for_all = match (&rule.who, rule.effect, allowed) {
        (Who::Nobody(but), Effect::Prohibit, false) => but.is_empty(),
        (Who::Anyone | Who::Everyone, Effect::Grant, true) => true,
        _ => false,
    };
    for_all
        && rule.relation.is_empty()
        && rule.when.is_none()
        && rule.unless.is_none()
        && !rule.except_self
        && matches!(rule.reach, Reach::Below | Reach::Anywhere)
}
