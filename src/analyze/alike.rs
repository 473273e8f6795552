//! Roles of one type that give the same, or one of which gives all that the other gives, each held alone.
//!
//! Only roles that give permissions of the same names, or some of them, are looked at: of 300 roles few pairs are left,
//! and these are mostly refuted by their first permission. What a role held alone gives becomes one literal for a
//! permission ([`Held`]), so that most of the rest is settled by comparing two numbers; and every organisation that was
//! found to tell two roles apart is held against all others, so that of roles that all differ few pairs need the solver.

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
    held: HashMap<PermId, Held>,
}

/// What roles give of one permission, each held alone.
#[derive(Default)]
struct Held {
    lits: BTreeMap<RoleId, Lit>,
    /// How many organisations were met so far.
    met: usize,
    /// In which of them a role gives it, and in which it does not: a bit each.
    seen: BTreeMap<RoleId, [Vec<u64>; 2]>,
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
            held: HashMap::new(),
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
        given
            .iter()
            .chain(&others)
            .all(|&permission| self.covers(permission, more, less))
    }

    /// It is proved that one role gives a permission wherever the other does.
    fn covers(&mut self, permission: PermId, more: RoleId, less: RoleId) -> bool {
        let analysis = self.analysis;
        let permission = analysis.like(permission);
        let ty = analysis.table.model().role(less).ty;
        analysis.with(permission, |cell| {
            let held = self.held.entry(permission).or_default();
            if held.lits.is_empty() {
                held.all(cell, ty);
            }
            held.covers(cell, more, less)
        })
    }
}

impl Held {
    /// Every role of a type that has rules of its own about the permission: what is met shows something of all of them.
    fn all(&mut self, cell: &mut Cell<'_>, ty: TypeId) {
        let model = cell.table.model();
        let ways = &cell.table.row(cell.permission).grants;
        let roles = ways.iter().filter_map(|way| way.role);
        for role in roles.filter(|&role| model.role(role).ty == ty && !model.role(role).is_derived()) {
            self.lit(cell, role);
        }
    }

    /// D for a caller whose only holding by hand is one of the role.
    fn lit(&mut self, cell: &mut Cell<'_>, role: RoleId) -> Lit {
        let known = self.lits.entry(role);
        *known.or_insert_with(|| cell.allowed_alone(role).yes)
    }

    fn covers(&mut self, cell: &mut Cell<'_>, more: RoleId, less: RoleId) -> bool {
        let (narrow, wide) = (self.lit(cell, less), self.lit(cell, more));
        if cell.world.circuit.is_same(narrow, wide) {
            return true;
        }
        if !cell.world.exact || self.is_refuted(more, less) {
            return false;
        }
        let answer = cell.world.circuit.solve(&[cell.world.complete, narrow, !wide]);
        if answer == Answer::Yes {
            self.meet(cell);
        }
        answer == Answer::No
    }

    /// Somewhere one gave it and the other did not.
    fn is_refuted(&self, more: RoleId, less: RoleId) -> bool {
        let (Some([gives, _]), Some([_, lacks])) = (self.seen.get(&less), self.seen.get(&more)) else {
            return false;
        };
        gives.iter().zip(lacks).any(|(a, b)| a & b != 0)
    }

    fn meet(&mut self, cell: &Cell<'_>) {
        let (word, bit) = (self.met / 64, self.met % 64);
        self.met += 1;
        for (&role, &lit) in &self.lits {
            let [gives, lacks] = self.seen.entry(role).or_default();
            gives.resize(word + 1, 0);
            lacks.resize(word + 1, 0);
            let to = if cell.world.circuit.value(lit) { gives } else { lacks };
            to[word] |= 1 << bit;
        }
    }
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
