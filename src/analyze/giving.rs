//! Giving oneself more: whether a holder of one role may give himself another that allows what he may not do now.

use super::Analysis;
use super::cell::Cell;
use super::solver::Lit;
use super::witness::Witness;
use super::world::Atom;
use crate::model::permission::{PermId, Permission};
use crate::model::{Effect, RoleId};
use crate::source::Span;

/// Somebody who may give himself more than he has.
#[derive(Debug, Clone)]
pub struct Escalation {
    /// What he holds alone.
    pub giver: RoleId,
    /// What he may give himself.
    pub given: RoleId,
    /// What he may do then, and not before.
    pub permission: PermId,
    /// The rule by which he gives.
    pub rule: Span,
    /// He holds the role that he gives, and may do it.
    pub after: Witness,
}

/// All that a policy's rules on giving let holders of one role win at once, one for each rule and role.
#[must_use]
pub fn escalations(analysis: &Analysis<'_>) -> Vec<Escalation> {
    let model = analysis.table.model();
    let mut found: Vec<Escalation> = Vec::new();
    for (id, permission) in model.permissions.iter() {
        let Permission::Give(given) = permission else { continue };
        for way in &analysis.table.row(id).grants {
            let Some(giver) = way.role.filter(|&role| role != given && !model.role(role).is_derived()) else {
                continue;
            };
            let rule = model.rule(way.rule).span;
            let known = found.iter().any(|it| it.rule == rule && it.giver == giver);
            if !known && gives_himself(analysis, id, giver) {
                found.extend(wins(analysis, giver, given, rule));
            }
        }
    }
    found
}

/// A holder of the role alone may give it to himself.
fn gives_himself(analysis: &Analysis<'_>, give: PermId, giver: RoleId) -> bool {
    analysis.with(give, |cell| {
        let (allowed, same, complete) = (cell.allowed_alone(giver).yes, cell.world.same, cell.world.complete);
        allowed != Lit::FALSE && cell.world.circuit.solve(&[allowed, same, complete])
    })
}

/// Something that a holder of `given` may do and one of `giver`, held there or above, may not.
pub(super) fn wins(analysis: &Analysis<'_>, giver: RoleId, given: RoleId, rule: Span) -> Option<Escalation> {
    let table = analysis.table;
    let candidates = table.model().permissions.iter().filter(|(id, permission)| {
        let has = |role| table.ways(*id, Effect::Grant).iter().any(|way| way.role == Some(role));
        !permission.is_administrative() && has(given)
    });
    candidates.map(|(id, _)| id).find_map(|permission| {
        analysis.with(permission, |cell| {
            let claims = gap(cell, giver, given)?;
            let after = cell.confirmed(&claims, Some(given), true)?.ok()?;
            Some(Escalation {
                giver,
                given,
                permission,
                rule,
                after,
            })
        })
    })
}

/// `given` allows it, held alone; `giver`, held alone at the same node or above, does not.
fn gap(cell: &mut Cell<'_>, giver: RoleId, given: RoleId) -> Option<Vec<Lit>> {
    let with = cell.allowed_alone(given).yes;
    if with == Lit::FALSE {
        return None;
    }
    let without = cell.allowed_alone(giver).yes;
    let (lower, upper) = (cell.table.model().role(given).ty, cell.table.model().role(giver).ty);
    let mut placed = Vec::new();
    for below in cell.world.nodes_of(lower) {
        for above in cell.world.nodes_of(upper) {
            let encloses = cell.world.in_shapes(|shape| {
                shape.present[below.0 as usize] && shape.present[above.0 as usize] && shape.forest.lies_in(below, above)
            });
            let (here, there) = (at(cell, given, below), at(cell, giver, above));
            placed.push(cell.world.circuit.and([encloses, here, there]));
        }
    }
    let placed = cell.world.circuit.or(placed);
    let complete = cell.world.complete;
    Some(vec![with, !without, placed, complete])
}

/// The role looked at alone is held at this node.
fn at(cell: &mut Cell<'_>, role: RoleId, node: crate::model::value::NodeId) -> Lit {
    cell.world.alone = Some(role);
    let lit = cell.world.atom(Atom::Stated(0, role, node));
    cell.world.alone = None;
    lit
}
