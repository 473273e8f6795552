//! New chains of roles: who can hand on what, directly or through others.
//!
//! From the table alone, without the conditions on the way: a chain says that somebody *might* come by a role. Chains are
//! those of the fewest steps.

use super::names::Names;
use crate::model::permission::Permission;
use crate::model::{Model, RoleId};
use crate::table::Table;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// From a role to one that its holders could not come by before, through those between.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// `Entity.Lead`: the holder's first, each giving the next.
    pub roles: Vec<String>,
    /// The same as they are shown.
    pub shown: Vec<String>,
}

/// Chains of the new policy whose ends no chain of the old one joined.
pub(super) fn new_paths(old: &Table, new: &Table, names: &Names) -> Vec<Path> {
    let (before, after) = (gives(old), gives(new));
    if before == after {
        return Vec::new();
    }
    let mut paths = Vec::new();
    for start in after.keys() {
        let known = reached(&before, start);
        for (goal, path) in reached(&after, start) {
            if goal != *start && !known.contains_key(&goal) {
                let shown = path.iter().map(|role| names.role(role)).collect();
                paths.push(Path { roles: path, shown });
            }
        }
    }
    paths.sort_by_key(|path| path.roles.len());
    paths
}

/// Which roles the holders of each role may give, at most.
fn gives(table: &Table) -> BTreeMap<String, BTreeSet<String>> {
    let model = table.model();
    let mut gives: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, permission) in model.permissions.iter() {
        let Permission::Give(given) = permission else { continue };
        for giver in table.row(id).grants.iter().filter_map(|way| way.role) {
            gives.entry(full(model, giver)).or_default().insert(full(model, given));
        }
    }
    gives
}

fn full(model: &Model, role: RoleId) -> String {
    model.full_role(role)
}

/// All roles that can be come by from one, each with the shortest chain.
fn reached(gives: &BTreeMap<String, BTreeSet<String>>, start: &str) -> BTreeMap<String, Vec<String>> {
    let mut chains: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut open = VecDeque::from([vec![start.to_owned()]]);
    while let Some(chain) = open.pop_front() {
        let Some(last) = chain.last() else { continue };
        for next in gives.get(last).into_iter().flatten() {
            if !chains.contains_key(next) {
                let longer: Vec<String> = chain.iter().chain([next]).cloned().collect();
                chains.insert(next.clone(), longer.clone());
                open.push_back(longer);
            }
        }
    }
    chains
}
