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
        let defaults = self.originals.map(|table| default_roles(table.model()));
        let differs =
            |(role, by_default): &(&String, &bool)| defaults[1].get(*role).is_some_and(|it| it != *by_default);
        if let Some((role, _)) = defaults[0].iter().find(differs) {
            self.unknown(&format!("a group of those who hold `{role}` has others in it now"));
        }
        let (areas, handed) = (self.originals.map(areas), self.originals.map(handed_out));
        // What only one policy has is looked at as it is, by whatever name it is handed out.
        let counts =
            |it: &String| matches!(handed.each_ref().map(|of| of.get(it)), [Some(was), Some(is)] if *was || *is);
        for (name, was) in &areas[0] {
            let Some(is) = areas[1].get(name) else { continue };
            if was.symmetric_difference(is).any(counts) {
                self.unknown(&format!(
                    "what is handed out may name the area `{name}`, which holds other things now"
                ));
            }
        }
    }
}

/// The permissions, with whether somebody may hand them out.
fn handed_out(table: &Table) -> BTreeMap<String, bool> {
    let model = table.model();
    let is_handed = |id| {
        let grant = model.permissions.id(Permission::Grant(id));
        grant.is_some_and(|grant| !table.row(grant).grants.is_empty())
    };
    let all = model
        .permissions
        .iter()
        .map(|(id, _)| (model.show_permission(id), is_handed(id)));
    all.collect()
}

/// The roles that are given by hand at places, with whether they are held by default. Nobody is listed in a resource.
fn default_roles(model: &Model) -> BTreeMap<String, bool> {
    let can_be = |id: &RoleId| !model.role(*id).is_derived() && model.ty(model.role(*id).ty).kind.is_place();
    let roles = model.role_ids().filter(can_be);
    roles.map(|id| (model.full_role(id), model.role(id).default)).collect()
}

/// What is in each area.
fn areas(table: &Table) -> BTreeMap<&str, BTreeSet<String>> {
    let model = table.model();
    let shown = |permissions: &[PermId]| permissions.iter().map(|&id| model.show_permission(id)).collect();
    let areas = model.areas.iter();
    areas
        .map(|area| (area.name.as_str(), shown(&area.permissions)))
        .collect()
}
