//! What facts name and a policy declares: where it declares something else by the name, facts say something else.
//!
//! - A group may have those in it who hold a role somewhere. Where the role is held by default in one policy only, the group
//!   has others in it, and whatever a group can be given changes hands.
//! - A custom role or a single grant may name an area.
//!
//! Neither is looked at in the organisations of the analysis: what hangs on it is not known.

use std::collections::{BTreeMap, BTreeSet};

use super::Comparer;
use crate::model::permission::{PermId, Permission};
use crate::model::{Model, RoleId};
use crate::table::Table;

impl Comparer<'_> {
    /// Names by which both policies mean something, and not the same.
    pub(super) fn look_at_names(&mut self) {
        let [old, new] = self.originals;
        let defaults = [old, new].map(|table| default_roles(table.model()));
        if let Some(role) = differing(&defaults[0], &defaults[1]).next() {
            self.unknown(&format!("a group of those who hold `{role}` has others in it now"));
        }
        let areas = [old, new].map(areas);
        if let Some(area) = differing(&areas[0], &areas[1]).next() {
            self.unknown(&format!(
                "what is handed out may name the area `{area}`, which holds other things now"
            ));
        }
    }
}

/// The names that both know, and that mean something else to each.
fn differing<'n, T: PartialEq>(
    old: &'n BTreeMap<String, T>,
    new: &'n BTreeMap<String, T>,
) -> impl Iterator<Item = &'n str> {
    let other = |(name, meaning): &(&String, &T)| new.get(*name).is_some_and(|now| now != *meaning);
    old.iter().filter(other).map(|(name, _)| name.as_str())
}

/// The roles that are given by hand at places, with whether they are held by default. Nobody is listed in a resource.
fn default_roles(model: &Model) -> BTreeMap<String, bool> {
    let can_be = |id: &RoleId| !model.role(*id).is_derived() && model.ty(model.role(*id).ty).kind.is_place();
    let roles = model.role_ids().filter(can_be);
    roles.map(|id| (model.full_role(id), model.role(id).default)).collect()
}

/// The areas, with what of them somebody may hand out.
fn areas(table: &Table) -> BTreeMap<String, BTreeSet<String>> {
    let model = table.model();
    let is_handed = |id: &PermId| {
        let grant = model.permissions.id(Permission::Grant(*id));
        grant.is_some_and(|grant| !table.row(grant).grants.is_empty())
    };
    let of = |permissions: &[PermId]| {
        let handed = permissions.iter().copied().filter(is_handed);
        handed.map(|id| model.show_permission(id)).collect()
    };
    model
        .areas
        .iter()
        .map(|area| (area.name.clone(), of(&area.permissions)))
        .collect()
}
