//! Roles that are worth giving up: without the role something is allowed that was not with it.
//!
//! Two things can do that besides a prohibition in the role itself, which says so on purpose: the default role that comes
//! back, and a condition that asks for the role. The decision is made twice in one world, once as if the role were not
//! given ([`Without::Atom`]), and the two are held against each other.

use std::collections::BTreeSet;

use super::Analysis;
use super::cell::Cell;
use super::picture::Picture;
use super::plain::is_free;
use super::shown::flipped;
use super::witness::Shown;
use super::world::{Atom, Without};
use crate::model::permission::PermId;
use crate::model::{Effect, Reach, RoleId};
use crate::table::Table;

/// A role with what its holder gains by giving it up.
#[derive(Debug, Clone)]
pub struct Shedding {
    /// The role.
    pub role: RoleId,
    /// What is gained.
    pub permission: PermId,
    /// The default role that comes back, if that is why.
    pub default: Option<RoleId>,
    /// Where it is denied while the role is held.
    pub shown: Shown,
}

/// Every such role, once, in order.
#[must_use]
pub fn shedding(analysis: &Analysis<'_>) -> Vec<Shedding> {
    let table = analysis.table;
    let model = table.model();
    let by_hand = model
        .role_ids()
        .filter(|&id| !model.role(id).is_derived() && !model.role(id).default);
    by_hand.filter_map(|role| first(analysis, role)).collect()
}

fn first(analysis: &Analysis<'_>, role: RoleId) -> Option<Shedding> {
    let table = analysis.table;
    let default = table.model().default_role(table.model().role(role).ty);
    let mut found = candidates(table, role, default).into_iter().filter_map(|permission| {
        let shown = analysis.with(permission, |cell| gains(cell, role))?;
        let default = default.filter(|&default| gives(table, permission, default));
        Some(Shedding {
            role,
            permission,
            default,
            shown,
        })
    });
    found.next()
}

/// Permissions that the role may stand in the way of; those that it does not give itself first.
fn candidates(table: &Table, role: RoleId, default: Option<RoleId>) -> Vec<PermId> {
    let model = table.model();
    let asked: BTreeSet<PermId> = model
        .rules
        .iter()
        .filter(|rule| rule.roles_asked().contains(&role))
        .flat_map(|rule| rule.permissions.iter().copied())
        .collect();
    let all = model.permissions.iter().map(|(id, _)| id);
    let prohibits = |id| table.row(id).prohibitions.iter().any(|way| way.role == Some(role));
    let returns = |id| default.is_some_and(|default| gives(table, id, default)) && !gives_always(table, id, role);
    let mut found: Vec<PermId> = all
        .filter(|&id| !prohibits(id) && (asked.contains(&id) || returns(id)))
        .collect();
    found.sort_by_key(|&id| gives(table, id, role));
    found
}

fn gives(table: &Table, id: PermId, role: RoleId) -> bool {
    table.row(id).grants.iter().any(|way| way.role == Some(role))
}

/// Without a condition, wherever the default role could.
fn gives_always(table: &Table, id: PermId, role: RoleId) -> bool {
    let model = table.model();
    table
        .row(id)
        .grants
        .iter()
        .filter(|way| way.role == Some(role))
        .any(|way| {
            let rule = model.rule(way.rule);
            let asks_nothing =
                rule.when.is_none() && rule.unless.is_none() && rule.relation.is_empty() && is_free(model, rule);
            rule.effect == Effect::Grant
                && rule.reach == Reach::Below
                && asks_nothing
                && !rule.except_self
                && !rule.they_have
        })
}

/// An organisation in which a holder is denied what he is allowed once one holding of the role is taken away.
fn gains(cell: &mut Cell<'_>, role: RoleId) -> Option<Shown> {
    let denied = !cell.allowed.yes;
    cell.world
        .nodes_of(cell.table.model().role(role).ty)
        .into_iter()
        .find_map(|node| {
            let (atom, shown) = (cell.world.stated(0, role, node), Atom::Stated(0, role, node));
            let held = cell.world.atom(atom);
            let allowed = cell.allowed_without(Without::Atom(atom)).yes;
            let put = |picture: &mut Picture| {
                picture
                    .atoms
                    .iter_mut()
                    .filter(|it| **it == atom)
                    .for_each(|it| *it = shown)
            };
            let change = |picture: &mut Picture| picture.atoms.retain(|it| *it != shown);
            flipped(cell, &[held, denied, allowed], put, change).map(|[before, _]| before)
        })
}
