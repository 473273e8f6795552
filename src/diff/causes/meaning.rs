//! What the rules of a cell speak of: if none of them reads otherwise, one of these does.

use super::through::role_named;
use super::{Touched, Tracer, Which};
use crate::analyze::compare::{Behind, Cell, Change, Ways};
use crate::diff::Cause;
use crate::diff::declared::Subject;
use crate::diff::names::permission_key;
use crate::model::permission::{PermId, Permission};
use crate::model::{DerivationTerm, Effect, Model, Root, Rule};
use crate::table::Way;
use std::collections::BTreeSet;

impl Tracer<'_> {
    /// What the ways of a cell speak of, and reads otherwise: attributes and roles; permissions that decide who holds a
    /// role or what may be handed out; where types lie; which roles exclude each other. The first of these that was
    /// edited.
    pub(super) fn meaning(&self, cell: &Cell, touched: &mut Touched) -> BTreeSet<Cause> {
        let (attributes, roles) = self.spoken_of(cell);
        let of_cell = self.edits(|subject| match subject {
            Subject::Attribute(name, _) => attributes.contains(name),
            Subject::Holders(role) => roles.contains(role),
            _ => false,
        });
        let nearest = [
            of_cell,
            self.of_permissions(cell, roles, touched),
            self.edits(|subject| matches!(subject, Subject::Containers(_))),
            self.edits(|subject| matches!(subject, Subject::Constraint)),
            self.edits(|subject| matches!(subject, Subject::Attribute(..) | Subject::Holders(_))),
        ];
        nearest
            .into_iter()
            .find(|causes| !causes.is_empty())
            .unwrap_or_default()
    }

    /// The causes behind the nearest permissions on which a cell depends.
    fn of_permissions(&self, cell: &Cell, roles: BTreeSet<String>, touched: &mut Touched) -> BTreeSet<Cause> {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut open = self.asked_by(cell, roles);
        while !open.is_empty() {
            let mut causes = BTreeSet::new();
            let mut further = BTreeSet::new();
            for name in open {
                for cell in self.row(&name) {
                    causes.extend(self.of_ways(&cell, Change::Both, touched));
                    let (_, roles) = self.spoken_of(&cell);
                    further.extend(self.asked_by(&cell, roles));
                }
                seen.insert(name);
            }
            if !causes.is_empty() {
                return causes;
            }
            open = further.difference(&seen).cloned().collect();
        }
        BTreeSet::new()
    }

    /// Permissions that a derivation of the roles asks for, and those that a cell's own permission is bound to: what is
    /// handed out, and the right to hand it out.
    fn asked_by(&self, cell: &Cell, roles: BTreeSet<String>) -> BTreeSet<String> {
        let mut asked = BTreeSet::new();
        for (which, id) in [(Which::Old, cell.old_permission), (Which::New, cell.new_permission)] {
            let model = self.model(which);
            let key = |id: PermId| permission_key(model, model.permissions.get(id));
            let held = roles.iter().filter_map(|name| role_named(model, name));
            let beings = held.flat_map(|role| &model.role(role).derived);
            for being in beings {
                if let DerivationTerm::Can(permissions) = being {
                    asked.extend(permissions.iter().map(|&id| key(id)));
                }
            }
            let Some(id) = id else { continue };
            asked.extend(model.permissions.id(Permission::Grant(id)).map(key));
            if let Permission::Grant(inner) = model.permissions.get(id) {
                asked.insert(key(inner));
            }
        }
        asked
    }

    /// A permission's row on both sides: a cell for everyone, and for each role in it.
    fn row(&self, name: &str) -> Vec<Cell> {
        let found = [Which::Old, Which::New].map(|which| {
            let model = self.model(which);
            let mut all = model.permissions.iter();
            all.find(|(_, it)| permission_key(model, *it) == name).map(|(id, _)| id)
        });
        let ways = |ix: usize, which: Which, effect: Effect| -> Vec<(Option<String>, Way)> {
            let table = self.half(which).side.table;
            let ways = found[ix].map_or(&[][..], |id| table.ways(id, effect));
            let full = |way: &Way| way.role.map(|role| table.model().full_role(role));
            ways.iter().map(|way| (full(way), *way)).collect()
        };
        let lists =
            [Effect::Grant, Effect::Prohibit].map(|effect| [ways(0, Which::Old, effect), ways(1, Which::New, effect)]);
        let stated = lists.iter().flatten().flatten().map(|(role, _)| role.clone());
        let roles: BTreeSet<Option<String>> = stated.chain([None]).collect();
        let of = |sides: &[Vec<(Option<String>, Way)>; 2], role: &Option<String>| {
            [0, 1].map(|ix| {
                let own = sides[ix].iter().filter(|(of, _)| of == role);
                let all: Vec<Way> = own.map(|(_, way)| *way).collect();
                Ways {
                    at_work: all.clone(),
                    all,
                }
            })
        };
        let cell = |role: Option<String>| Cell {
            permission: name.to_owned(),
            old_permission: found[0],
            new_permission: found[1],
            change: Change::Both,
            wider: None,
            narrower: None,
            behind: Behind {
                grants: of(&lists[0], &role),
                prohibitions: of(&lists[1], &role),
            },
            role,
        };
        roles.into_iter().map(cell).collect()
    }

    pub(super) fn edits(&self, fits: impl Fn(&Subject) -> bool) -> BTreeSet<Cause> {
        self.declared.all(fits).cloned().collect()
    }

    /// The attributes and roles that the rules of a cell speak of.
    fn spoken_of(&self, cell: &Cell) -> (BTreeSet<String>, BTreeSet<String>) {
        let mut attributes: BTreeSet<String> = BTreeSet::new();
        let mut roles: BTreeSet<String> = cell.role.iter().cloned().collect();
        let both = [(Which::Old, 0), (Which::New, 1)];
        let ways = both.into_iter().flat_map(|(which, ix)| {
            let behind = &cell.behind;
            let own = behind.grants[ix].all.iter().chain(&behind.prohibitions[ix].all);
            own.map(move |way| (which, way))
        });
        for (which, &way) in ways {
            let (model, rule) = (self.model(which), self.rule(which, way));
            roles.extend(rule.roles_asked().into_iter().map(|role| model.full_role(role)));
            attributes.extend(attributes_of(model, rule));
        }
        (attributes, roles)
    }
}

/// The names of the attributes that a rule's conditions and relations read.
fn attributes_of(model: &Model, rule: &Rule) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let name = |key: crate::model::AttrName| model.attr_names[key.0 as usize].clone();
    for relation in &rule.relation {
        names.insert(name(relation.first));
        names.extend(relation.then.iter().map(|(key, _)| name(*key)));
    }
    for path in rule.paths() {
        names.extend(path.steps.iter().map(|&step| name(step)));
        if let Root::Context(slot) = path.root {
            names.insert(model.context[slot].name.clone());
        }
    }
    names
}
