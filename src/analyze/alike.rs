//! Roles of one type that give the same, or one of which gives all that the other gives, each held alone.
//!
//! Only roles that give permissions of the same names, or some of them, are looked at: of 300 roles few pairs are left,
//! and these are mostly refuted by their first permission. What a role held alone gives becomes one literal for a
//! permission ([`Alike::alone`]), so that most of the rest is settled by comparing two numbers.

use std::collections::{BTreeMap, HashMap};

use super::Analysis;
use super::cell::Cell;
use super::solver::{Answer, Lit};
use crate::model::permission::PermId;
use crate::model::{RoleId, TypeId};
use crate::table::Way;

/// Roles being compared.
struct Alike<'s, 't> {
    analysis: &'s Analysis<'t>,
    /// What each role by hand gives, by type.
    given: BTreeMap<TypeId, Vec<(RoleId, Vec<PermId>)>>,
    /// Permissions that may depend on a role that does not give them.
    others: Vec<PermId>,
    known: HashMap<(PermId, RoleId), Lit>,
}

/// Roles that give the same as one declared before.
#[must_use]
pub fn equivalent(analysis: &Analysis<'_>) -> Vec<(RoleId, RoleId)> {
    let mut alike = Alike::new(analysis);
    let mut found = Vec::new();
    for roles in alike.given.clone().into_values() {
        let mut groups: BTreeMap<&[PermId], Vec<RoleId>> = BTreeMap::new();
        for (role, given) in &roles {
            let leaders = groups.entry(given).or_default();
            let same = leaders
                .iter()
                .find(|&&it| alike.contains(it, *role, given) && alike.contains(*role, it, given));
            match same {
                Some(&leader) => found.push((*role, leader)),
                None => leaders.push(*role),
            }
        }
    }
    found.sort_unstable();
    found
}

/// Pairs of which the first gives some of what the second gives, and nothing else, though the second does not extend it.
#[must_use]
pub fn contained(analysis: &Analysis<'_>) -> Vec<(RoleId, RoleId)> {
    let mut alike = Alike::new(analysis);
    let mut found = Vec::new();
    for roles in alike.given.clone().into_values() {
        for (less, few) in &roles {
            for (more, many) in roles
                .iter()
                .filter(|(more, _)| more != less && !extends(analysis, *more, *less))
            {
                let named = few.iter().all(|id| many.binary_search(id).is_ok());
                if named && alike.contains(*more, *less, few) && !alike.contains(*less, *more, many) {
                    found.push((*less, *more));
                }
            }
        }
    }
    found
}

impl<'s, 't> Alike<'s, 't> {
    fn new(analysis: &'s Analysis<'t>) -> Self {
        let table = analysis.table;
        let model = table.model();
        let mut by_role: BTreeMap<RoleId, Vec<PermId>> = BTreeMap::new();
        for (id, _) in model.permissions.iter() {
            let mut roles: Vec<RoleId> = table.row(id).grants.iter().filter_map(|way| way.role).collect();
            roles.dedup();
            for role in roles.into_iter().filter(|&role| !model.role(role).is_derived()) {
                by_role.entry(role).or_default().push(id);
            }
        }
        let mut given: BTreeMap<TypeId, Vec<_>> = BTreeMap::new();
        for (role, permissions) in by_role {
            given.entry(model.role(role).ty).or_default().push((role, permissions));
        }
        let others = model.permissions.iter().map(|(id, _)| id).filter(|&id| {
            let row = table.row(id);
            let mut ways = row.grants.iter().chain(&row.prohibitions);
            let derived = |way: &Way| way.role.is_some_and(|role| model.role(role).is_derived());
            !row.prohibitions.is_empty()
                || ways.any(|way| derived(way) || !model.rule(way.rule).roles_asked().is_empty())
        });
        let others = others.collect();
        Self {
            analysis,
            given,
            others,
            known: HashMap::new(),
        }
    }

    /// Whoever holds only `more` may do all that he may do holding only `less`, which gives these permissions.
    fn contains(&mut self, more: RoleId, less: RoleId, given: &[PermId]) -> bool {
        let others: Vec<PermId> = self
            .others
            .iter()
            .copied()
            .filter(|id| given.binary_search(id).is_err())
            .collect();
        given.iter().chain(&others).all(|&permission| {
            let (narrow, wide) = (self.alone(permission, less), self.alone(permission, more));
            narrow == wide
                || self.analysis.with(permission, |cell| {
                    let complete = cell.world.complete;
                    cell.world.exact && cell.world.circuit.solve(&[complete, narrow, !wide]) == Answer::No
                })
        })
    }

    /// D for a caller whose only holding by hand is one of the role.
    fn alone(&mut self, permission: PermId, role: RoleId) -> Lit {
        let analysis = self.analysis;
        let known = self.known.entry((permission, role));
        *known.or_insert_with(|| analysis.with(permission, |cell| alone(cell, role)))
    }
}

/// Ways of roles that can then not be held are left out.
fn alone(cell: &mut Cell<'_>, role: RoleId) -> Lit {
    let model = cell.table.model();
    let held = |way: &&Way| {
        way.role
            .is_none_or(|it| it == role || model.role(it).is_derived() || model.role(it).default)
    };
    let row = cell.table.row(cell.permission);
    cell.world.alone = Some(role);
    let (mut meaning, asked) = cell.meaning();
    let grants: Vec<_> = row
        .grants
        .iter()
        .filter(held)
        .map(|way| meaning.way(*way, &asked))
        .collect();
    let prohibitions: Vec<_> = row
        .prohibitions
        .iter()
        .filter(held)
        .map(|way| meaning.way(*way, &asked))
        .collect();
    cell.world.alone = None;
    let circuit = &mut cell.world.circuit;
    let (granted, prohibited) = (circuit.any(grants), circuit.any(prohibitions));
    circuit.both(granted, !prohibited).yes
}

/// `heir` copies the rules of `base`, directly or through others.
fn extends(analysis: &Analysis<'_>, heir: RoleId, base: RoleId) -> bool {
    let model = analysis.table.model();
    let (mut open, mut seen) = (vec![heir], Vec::new());
    while let Some(role) = open.pop() {
        if role == base {
            return true;
        }
        if !seen.contains(&role) {
            seen.push(role);
            open.extend(model.role(role).parents.iter().map(|(parent, _)| *parent));
        }
    }
    false
}
