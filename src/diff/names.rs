//! Names of roles and permissions as readers of two policies need them.

use super::Touched;
use crate::model::permission::Permission;
use crate::model::{Model, RoleId};
use std::collections::{BTreeMap, BTreeSet};

/// The roles and permissions of both policies.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// `Entity.Lead` → `Lead`, for names that only one type has.
    short: BTreeMap<String, String>,
    permissions: BTreeSet<String>,
    /// The fields of records that have some, by permission on the record.
    fields: BTreeMap<String, BTreeSet<String>>,
}

impl Names {
    pub(super) fn of(old: &Model, new: &Model) -> Self {
        let mut names = Self::default();
        let mut types: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for model in [old, new] {
            for role in &model.roles {
                let full = full(model, role);
                types.entry(&role.name).or_default().insert(full);
            }
        }
        names.note_permissions(old, new);
        for (name, full) in types {
            let alone = full.len() == 1;
            let shown = |full: &String| if alone { name.to_owned() } else { full.clone() };
            names
                .short
                .extend(full.into_iter().map(|full| (full.clone(), shown(&full))));
        }
        names
    }

    fn note_permissions(&mut self, old: &Model, new: &Model) {
        let keys = |model: &Model| -> BTreeSet<String> {
            let all = model.permissions.iter();
            all.map(|(_, permission)| permission_key(model, permission)).collect()
        };
        let (before, after) = (keys(old), keys(new));
        for permission in before.union(&after) {
            let Some((record, _)) = permission.rsplit_once('.') else {
                continue;
            };
            // A field that one policy lacks changes in its own way.
            let in_both = |key: &str| before.contains(key) && after.contains(key);
            if in_both(permission) || !in_both(record) {
                let fields = self.fields.entry(record.to_owned()).or_default();
                fields.insert(permission.clone());
            }
        }
        self.permissions = before.union(&after).cloned().collect();
    }

    /// The permission on the record of a field, with those on all of its fields.
    pub(super) fn record_of<'n>(&'n self, permission: &'n str) -> Option<(&'n str, &'n BTreeSet<String>)> {
        let (record, _) = permission.rsplit_once('.')?;
        Some((record, self.fields.get(record)?))
    }

    /// How many permissions there are in either policy.
    pub(super) fn permissions(&self) -> usize {
        self.permissions.len()
    }

    /// How many roles there are in either policy.
    pub(super) fn roles(&self) -> usize {
        self.short.len()
    }

    /// `Entity.Lead` as it is shown.
    pub(super) fn role(&self, full: &str) -> String {
        self.short.get(full).cloned().unwrap_or_else(|| full.to_owned())
    }

    /// A role as it is shown, or everyone.
    pub(super) fn subject(&self, role: Option<&str>) -> String {
        role.map_or_else(|| "everyone".to_owned(), |role| self.role(role))
    }

    /// `give Entity.Lead` as it is shown.
    pub(super) fn permission(&self, text: &str) -> String {
        match text.split_once(' ') {
            Some((verb @ ("give" | "take"), role)) => format!("{verb} {}", self.role(role)),
            _ => text.to_owned(),
        }
    }

    /// Marks fields that changed as their record did, where all of its fields did.
    pub(super) fn fold(&self, cells: &mut [Touched]) {
        let known: BTreeSet<(Option<String>, String, super::Change)> = cells
            .iter()
            .map(|cell| (cell.role.clone(), cell.permission.clone(), cell.change))
            .collect();
        let alike =
            |cell: &Touched, permission: &str| known.contains(&(cell.role.clone(), permission.to_owned(), cell.change));
        for cell in cells {
            let Some((record, _)) = cell.permission.rsplit_once('.') else {
                continue;
            };
            let Some(fields) = self.fields.get(record) else {
                continue;
            };
            cell.folded = alike(cell, record) && fields.iter().all(|field| alike(cell, field));
        }
    }
}

fn full(model: &Model, role: &crate::model::Role) -> String {
    format!("{}.{}", model.ty(role.ty).name, role.name)
}

/// A permission with the full names of roles and types, the same in every policy.
pub(super) fn permission_key(model: &Model, permission: Permission) -> String {
    let role = |role: RoleId| model.full_role(role);
    match permission {
        Permission::Give(id) => format!("give {}", role(id)),
        Permission::Take(id) => format!("take {}", role(id)),
        Permission::AddMember(ty) => format!("give member at {}", model.ty(ty).name),
        Permission::RemoveMember(ty) => format!("take member at {}", model.ty(ty).name),
        Permission::Grant(inner) => format!("grant {}", model.show_permission(inner)),
        Permission::Act { ty, action, field } => {
            let it = model.ty(ty);
            let field = field.map_or_else(String::new, |field| format!(".{}", it.fields[field].name));
            format!("{} {}{field}", it.actions[action].name, it.name)
        }
    }
}
