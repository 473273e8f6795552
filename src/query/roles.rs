//! Questions about the policy itself, which need no organisation.

use super::deed::Handed;
use super::people::sorted;
use super::{Answer, Item, Query};
use crate::model::permission::{PermId, Permission};
use crate::model::{Effect, RoleId, RuleId, TypeId};
use crate::syntax::ast::{Deed, Id, Name, RoleName, Target, Thing};
use crate::table::Table;
use crate::table::grid::Cell;

impl Query<'_, '_> {
    pub(super) fn which_roles_exist(&mut self, at: Option<&Name>) -> Option<Answer> {
        let ty = match at {
            Some(at) => Some(self.needs_type(&at.text, at.quoted, at.span())?),
            None => None,
        };
        let model = self.model();
        let roles = model
            .role_ids()
            .filter(|&role| ty.is_none_or(|ty| model.role(role).ty == ty));
        let items = roles
            .map(|role| {
                let it = model.role(role);
                let name = if ty.is_some() {
                    it.name.clone()
                } else {
                    model.full_role(role)
                };
                Item {
                    name,
                    note: self.kind_of_role(role),
                }
            })
            .collect();
        Some(Answer::List {
            title: "roles".to_owned(),
            items: sorted(items),
        })
    }

    fn kind_of_role(&self, role: RoleId) -> String {
        let it = self.model().role(role);
        match (it.default, it.is_derived()) {
            (true, _) => "default".to_owned(),
            (_, true) => "derived".to_owned(),
            _ => String::new(),
        }
    }

    pub(super) fn where_exists(&mut self, role: &RoleName) -> Option<Answer> {
        let roles = self.needs_roles(role)?;
        let model = self.model();
        let fits = roles.into_iter().filter(|role| role.ix() < model.roles.len());
        let items = fits
            .map(|r| Item {
                name: model.ty(model.role(r).ty).name.clone(),
                note: self.kind_of_role(r),
            })
            .collect();
        Some(Answer::List {
            title: format!("{} exists at", role.name.text),
            items: sorted(items),
        })
    }

    pub(super) fn which_roles_can(&mut self, deed: &Deed) -> Option<Answer> {
        let permissions = self.policy_permissions(deed)?;
        let model = self.model();
        let mut items = Vec::new();
        for role in model.role_ids() {
            let cells: Vec<Cell> = permissions.iter().map(|&id| Cell::of(self.table, id, role)).collect();
            if cells.iter().all(|cell| !cell.grants.is_empty()) {
                let note = cells.first().map_or_else(String::new, |cell| cell.in_words(self.table));
                items.push(Item {
                    name: model.show_role(role),
                    note,
                });
            }
        }
        Some(Answer::List {
            title: "roles that can".to_owned(),
            items: sorted(items),
        })
    }

    /// The permissions of a deed that names a type or roles, and no node.
    fn policy_permissions(&mut self, deed: &Deed) -> Option<Vec<PermId>> {
        match deed {
            Deed::Grant { actions, target, .. } => {
                let inner = self.named(actions, target)?;
                let grant = |id| self.model().permissions.id(Permission::Grant(id));
                Some(inner.into_iter().filter_map(grant).collect())
            }
            Deed::Act { actions, thing, .. } => match self.handed(actions, thing) {
                Some(handed) => Some(self.handing(actions, handed)),
                None => self.on_type(actions, thing),
            },
            Deed::Become { .. } => self.later("`become`"),
        }
    }

    fn handing(&self, actions: &[Name], handed: Handed) -> Vec<PermId> {
        let model = self.model();
        let pairs: Vec<(Permission, Permission)> = match handed {
            Handed::Roles(roles) => roles
                .into_iter()
                .map(|r| (Permission::Give(r), Permission::Take(r)))
                .collect(),
            Handed::Membership => {
                let places = model.type_ids().filter(|&ty| model.ty(ty).kind.is_place());
                places
                    .map(|ty| (Permission::AddMember(ty), Permission::RemoveMember(ty)))
                    .collect()
            }
        };
        let wanted = |word: &str| actions.iter().any(|a| a.text == word || a.text == "assign");
        let halves = pairs
            .into_iter()
            .flat_map(|(give, take)| [("give", give), ("take", take)]);
        halves
            .filter(|(word, _)| wanted(word))
            .filter_map(|(_, p)| model.permissions.id(p))
            .collect()
    }

    fn on_type(&mut self, actions: &[Name], thing: &Thing) -> Option<Vec<PermId>> {
        let id = &thing.node.id;
        let (ty, field) = match id.text.split_once('.').filter(|_| !id.quoted) {
            Some((ty, field)) => (ty, Some(field)),
            None => (id.text.as_str(), None),
        };
        let name = |text: &str| Name {
            text: text.to_owned(),
            quoted: id.quoted,
            span: id.span,
        };
        let field = field.map(name).or_else(|| thing.field.as_ref().map(|f| name(&f.text)));
        let target = Target {
            name: name(ty),
            field,
            plus: false,
            span: id.span,
        };
        self.named(actions, &target)
    }

    /// `what can R do [that S cannot]`
    pub(super) fn what_can_role(&mut self, roles: &[RoleId], other: Option<&Id>) -> Option<Answer> {
        let others = match other {
            None => Vec::new(),
            Some(id) => {
                let others = self.roles_of_word(id);
                if others.is_empty() {
                    self.fault("name/unknown-role", format!("unknown role `{}`", id.text), id.span());
                    return None;
                }
                others
            }
        };
        let model = self.model();
        let several = roles.len() > 1;
        let mut items = Vec::new();
        for &role in roles.iter().filter(|role| role.ix() < model.roles.len()) {
            for (id, _) in model.permissions.iter() {
                let cell = Cell::of(self.table, id, role);
                let taken = others
                    .iter()
                    .any(|&o| same_words(&Cell::of(self.table, id, o), &cell, self.table));
                if cell.grants.is_empty() || taken || self.is_plain_field(id, role) {
                    continue;
                }
                let prefix = if several {
                    format!("{}: ", model.full_role(role))
                } else {
                    String::new()
                };
                items.push(Item {
                    name: format!("{prefix}{}", model.show_permission(id)),
                    note: cell.in_words(self.table),
                });
            }
        }
        Some(Answer::List {
            title: "may".to_owned(),
            items,
        })
    }

    /// True for a field that the role has exactly as it has the record.
    fn is_plain_field(&self, id: PermId, role: RoleId) -> bool {
        let model = self.model();
        match model.permissions.get(id) {
            Permission::Act {
                ty,
                action,
                field: Some(_),
            } => {
                let record = model.permissions.id(Permission::Act {
                    ty,
                    action,
                    field: None,
                });
                record.is_some_and(|record| rules_of(self.table, record, role) == rules_of(self.table, id, role))
            }
            _ => false,
        }
    }

    /// The type of a role.
    pub(super) fn type_of(&self, role: RoleId) -> TypeId {
        self.model().role(role).ty
    }
}

/// The rules by which a role has a permission.
fn rules_of(table: &Table, id: PermId, role: RoleId) -> Vec<RuleId> {
    let cell = Table::cell(table.ways(id, Effect::Grant), Some(role));
    cell.iter().map(|way| way.rule).collect()
}

/// True if two cells grant on the same terms.
fn same_words(a: &Cell, b: &Cell, table: &Table) -> bool {
    !a.grants.is_empty() && a.in_words(table) == b.in_words(table)
}
