//! Giving oneself more: whether a holder of one role may give himself another that allows what he may not do now.

use std::collections::BTreeSet;

use super::Analysis;
use super::cell::Cell;
use super::picture::Picture;
use super::shown::flipped;
use super::solver::Lit;
use super::witness::Witness;
use super::world::{Atom, Without, user_of};
use crate::model::permission::{PermId, Permission};
use crate::model::value::NodeId;
use crate::model::{Being, Effect, Model, RoleId, Rule};
use crate::source::Span;
use crate::table::{Table, Way};

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

/// Something that a holder of `given` may do and one of `giver`, held there, above or below, may not.
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

/// Something that a holder of both roles may do and one of the first alone may not, whatever it is that the second
/// changes: it allows it, lifts a prohibition, is asked for in a condition, or takes the default role away.
pub(super) fn wins_with(analysis: &Analysis<'_>, first: RoleId, second: RoleId) -> Option<PermId> {
    let model = analysis.table.model();
    let span = model.role(second).spans.first().copied()?;
    let alone = wins(analysis, first, second, span).map(|it| it.permission);
    alone.or_else(|| {
        let mut touched = touched(analysis.table, second).into_iter();
        touched.find(|&id| analysis.with(id, |cell| turns(cell, first, second)))
    })
}

/// What a role can matter for: rules give it to its holders or ask for it, or prohibit it to those who have the default
/// role in its place.
fn touched(table: &Table, role: RoleId) -> Vec<PermId> {
    let model = table.model();
    let mut roles = derived_from(model, role);
    let asks = |rule: &Rule| rule.roles_asked().iter().any(|it| roles.contains(it));
    let asked: Vec<bool> = model.rules.iter().map(asks).collect();
    roles.extend(model.default_role(model.role(role).ty));
    let concerns = |way: &Way| way.role.is_some_and(|role| roles.contains(&role)) || asked[way.rule.0 as usize];
    let all = model.permissions.iter().filter(|(_, it)| !it.is_administrative());
    let row = |id: &PermId| {
        table
            .row(*id)
            .grants
            .iter()
            .chain(&table.row(*id).prohibitions)
            .any(concerns)
    };
    all.map(|(id, _)| id).filter(row).collect()
}

/// The role, and those that whoever holds it has by that.
fn derived_from(model: &Model, role: RoleId) -> BTreeSet<RoleId> {
    let mut roles = BTreeSet::from([role]);
    let rests = |id: RoleId, known: &BTreeSet<RoleId>| {
        let holds = |being: &Being| matches!(being, Being::Holds(of) if of.iter().any(|it| known.contains(it)));
        model.role(id).derived.iter().any(holds)
    };
    // A derived role may rest on one that is declared later.
    while let Some(next) = model.role_ids().find(|&id| !roles.contains(&id) && rests(id, &roles)) {
        roles.insert(next);
    }
    roles
}

/// A holder of both is allowed what he is denied without the second, and the evaluator says so too.
fn turns(cell: &mut Cell<'_>, first: RoleId, second: RoleId) -> bool {
    let (allowed, complete) = (cell.allowed.yes, cell.world.complete);
    let nodes = cell.world.nodes_of(cell.table.model().role(second).ty);
    nodes.into_iter().any(|node| {
        let (atom, shown) = (cell.world.stated(0, second, node), Atom::Stated(0, second, node));
        let held = cell.world.atom(atom);
        let before = cell.allowed_without(Without::Atom(atom)).yes;
        let both = holds_only(cell, first, atom);
        let put = |picture: &mut Picture| picture.atoms.retain(|it| *it != atom);
        let change = |picture: &mut Picture| picture.atoms.push(shown);
        flipped(
            cell,
            &[&[held, allowed, !before, complete][..], &both].concat(),
            put,
            change,
        )
        .is_some()
    })
}

/// The caller holds the first role wherever it can be held, and by hand nothing else but this.
fn holds_only(cell: &mut Cell<'_>, first: RoleId, atom: Atom) -> Vec<Lit> {
    let nodes = cell.world.nodes_of(cell.table.model().role(first).ty);
    let of_first: Vec<(NodeId, Atom)> = nodes
        .into_iter()
        .map(|node| (node, cell.world.stated(0, first, node)))
        .collect();
    let mut claims = Vec::new();
    for &(node, it) in &of_first {
        let (present, held) = (cell.world.present(node), cell.world.atom(it));
        claims.push(cell.world.circuit.or([!present, held]));
    }
    let is_other = |it: &Atom| {
        user_of(*it) == 0
            && *it != atom
            && !of_first.iter().any(|(_, of)| of == it)
            && !matches!(it, Atom::Listed(..) | Atom::InGroup(..))
    };
    let others = cell.world.atoms.iter().filter(|(it, _)| is_other(it));
    claims.extend(others.map(|(_, lit)| !*lit));
    claims
}

/// `given` allows it, held alone; `giver`, held alone at the same node, above or below, does not.
fn gap(cell: &mut Cell<'_>, giver: RoleId, given: RoleId) -> Option<Vec<Lit>> {
    let with = cell.allowed_alone(given).yes;
    if with == Lit::FALSE {
        return None;
    }
    let without = cell.allowed_alone(giver).yes;
    let (own, his) = (cell.table.model().role(given).ty, cell.table.model().role(giver).ty);
    let mut placed = Vec::new();
    for one in cell.world.nodes_of(own) {
        for other in cell.world.nodes_of(his) {
            let near = cell.world.in_shapes(|shape| {
                let present = shape.present[one.0 as usize] && shape.present[other.0 as usize];
                present && (shape.forest.lies_in(one, other) || shape.forest.lies_in(other, one))
            });
            let (here, there) = (at(cell, given, one), at(cell, giver, other));
            placed.push(cell.world.circuit.and([near, here, there]));
        }
    }
    let placed = cell.world.circuit.or(placed);
    let complete = cell.world.complete;
    Some(vec![with, !without, placed, complete])
}

/// The role looked at alone is held at this node.
fn at(cell: &mut Cell<'_>, role: RoleId, node: NodeId) -> Lit {
    cell.world.alone = Some(role);
    let lit = cell.world.atom(Atom::Stated(0, role, node));
    cell.world.alone = None;
    lit
}
