//! Two policies in one numbering, so that they can be held against each other: types, roles, attributes, permissions and
//! values that have the same name in both get the same id.
//!
//! [`rebase`] gives three models: the old and the new one as they are, renumbered, without their places in the source;
//! and a base that declares what either of them declares, for organisations that both are asked about; it has no constraints,
//! as questions are answered whether or not facts keep them. Rules keep their
//! ids, so that whoever needs a rule's place finds it in the model that he gave.

mod enums;
mod map;

use std::collections::{HashMap, HashSet};

use super::permission::{PermId, Permissions};
use super::value::{EnumId, Pool};
use super::{AttrName, Attribute, Enumeration, Model, Role, RoleId, RoleRule, Type, TypeId};
use crate::model::TypeKind;
use crate::source::{FileId, Span};

/// Two policies in one numbering.
#[derive(Debug)]
pub struct Rebased {
    /// What either declares.
    pub base: Model,
    /// The old policy.
    pub old: Model,
    /// The new policy.
    pub new: Model,
    /// By permission of the common numbering: that of the old policy.
    pub old_permissions: HashMap<PermId, PermId>,
    /// By permission of the common numbering: that of the new policy.
    pub new_permissions: HashMap<PermId, PermId>,
    /// By role of the common numbering: that of the old policy.
    pub old_roles: HashMap<RoleId, RoleId>,
    /// By role of the common numbering: that of the new policy.
    pub new_roles: HashMap<RoleId, RoleId>,
    /// Types, in the common numbering, that the old policy declares.
    pub old_types: HashSet<TypeId>,
    /// Those that the new policy declares.
    pub new_types: HashSet<TypeId>,
    /// Values of attributes, in the common numbering, that the old policy declares.
    pub old_values: HashSet<DeclaredValue>,
    /// Those that the new policy declares.
    pub new_values: HashSet<DeclaredValue>,
}

/// What has an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bearer {
    /// What is of a type.
    Type(TypeId),
    /// A holding of a role.
    Role(RoleId),
    /// The request.
    Request,
}

/// A value that the enumeration of an attribute has.
pub type DeclaredValue = (Bearer, AttrName, u32);

/// What has one name has one id.
#[derive(Default)]
struct Union {
    types: Vec<Type>,
    roles: Vec<Role>,
    attr_names: Vec<String>,
    context: Vec<Attribute>,
    enums: Vec<Enumeration>,
    permissions: Permissions,
    pool: Pool,
}

/// Where the ids of one policy go.
struct Map<'m> {
    model: &'m Model,
    types: Vec<TypeId>,
    roles: Vec<RoleId>,
    attrs: Vec<AttrName>,
    context: Vec<usize>,
    enums: Vec<EnumId>,
    /// By enumeration and value.
    values: Vec<Vec<u32>>,
    actions: Vec<Vec<usize>>,
    fields: Vec<Vec<usize>>,
    permissions: Vec<PermId>,
}

/// Brings two policies into one numbering.
#[must_use]
pub fn rebase(old: &Model, new: &Model) -> Rebased {
    let mut union = Union {
        pool: new.pool.clone(),
        ..Union::default()
    };
    let mut new_map = union.names(new);
    let mut old_map = union.names(old);
    enums::number(&mut union.enums, &mut new_map, &mut old_map);
    union.attributes(&mut new_map);
    union.attributes(&mut old_map);
    union.number_permissions(&mut new_map);
    union.number_permissions(&mut old_map);
    let (old_model, new_model) = (union.model(&old_map), union.model(&new_map));
    let base = union.base(new, &old_model, &new_model);
    let back = |map: &Map<'_>| {
        (0u32..)
            .map(PermId)
            .zip(&map.permissions)
            .map(|(own, &id)| (id, own))
            .collect()
    };
    let roles_back = |map: &Map<'_>| {
        (0u32..)
            .map(RoleId)
            .zip(&map.roles)
            .map(|(own, &id)| (id, own))
            .collect()
    };
    Rebased {
        old_permissions: back(&old_map),
        new_permissions: back(&new_map),
        old_roles: roles_back(&old_map),
        new_roles: roles_back(&new_map),
        old_types: old_map.types.iter().copied().collect(),
        new_types: new_map.types.iter().copied().collect(),
        old_values: old_map.declared_values(),
        new_values: new_map.declared_values(),
        base,
        old: old_model,
        new: new_model,
    }
}

const fn nowhere() -> Span {
    Span {
        file: FileId::GENERATED,
        start: 0,
        end: 0,
    }
}

/// The index of what is alike, which is added if there is none.
fn place<T>(all: &mut Vec<T>, alike: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> usize {
    all.iter().position(alike).unwrap_or_else(|| {
        all.push(make());
        all.len() - 1
    })
}

fn id(ix: usize) -> u32 {
    u32::try_from(ix).unwrap_or(u32::MAX)
}

impl Union {
    fn names<'m>(&mut self, model: &'m Model) -> Map<'m> {
        let attrs = model
            .attr_names
            .iter()
            .map(|name| AttrName(id(place(&mut self.attr_names, |known| known == name, || name.clone()))));
        let attrs: Vec<AttrName> = attrs.collect();
        let mut map = Map {
            model,
            types: Vec::new(),
            roles: Vec::new(),
            attrs,
            context: Vec::new(),
            enums: Vec::new(),
            values: Vec::new(),
            actions: Vec::new(),
            fields: Vec::new(),
            permissions: Vec::new(),
        };
        self.types(&mut map);
        for role in &model.roles {
            let ty = map.ty(role.ty);
            let ix = place(
                &mut self.roles,
                |known| known.ty == ty && known.name == role.name,
                || Role {
                    ty,
                    rules: Vec::new(),
                    parents: Vec::new(),
                    derived: Vec::new(),
                    parameters: Vec::new(),
                    ..role.clone()
                },
            );
            map.roles.push(RoleId(id(ix)));
        }
        map
    }

    fn types(&mut self, map: &mut Map<'_>) {
        for ty in &map.model.types {
            let alike = |known: &Type| known.name == ty.name && known.kind == ty.kind;
            let ix = place(&mut self.types, alike, || Type {
                containers: Vec::new(),
                attributes: Vec::new(),
                actions: Vec::new(),
                fields: Vec::new(),
                implies: Vec::new(),
                ..ty.clone()
            });
            map.types.push(TypeId(id(ix)));
            let known = &mut self.types[ix];
            map.actions.push(
                ty.actions
                    .iter()
                    .map(|it| {
                        place(
                            &mut known.actions,
                            |a| a.name == it.name && a.creating == it.creating,
                            || it.clone(),
                        )
                    })
                    .collect(),
            );
            map.fields.push(
                ty.fields
                    .iter()
                    .map(|it| place(&mut known.fields, |f| f.name == it.name, || it.clone()))
                    .collect(),
            );
        }
    }

    /// Attributes of the request, containers, attributes of types, parameters.
    fn attributes(&mut self, map: &mut Map<'_>) {
        for attribute in &map.model.context {
            let attribute = map.attribute(attribute, &mut self.pool);
            map.context.push(place(
                &mut self.context,
                |known| known.key == attribute.key,
                || attribute.clone(),
            ));
        }
        for (ix, ty) in map.model.types.iter().enumerate() {
            let attributes: Vec<Attribute> = ty
                .attributes
                .iter()
                .map(|it| map.attribute(it, &mut self.pool))
                .collect();
            let known = &mut self.types[map.types[ix].ix()];
            for attribute in attributes {
                place(
                    &mut known.attributes,
                    |it| it.key == attribute.key,
                    || attribute.clone(),
                );
            }
            for &container in &ty.containers {
                let container = map.types[container.ix()];
                place(&mut known.containers, |it| *it == container, || container);
            }
        }
        for (ix, role) in map.model.roles.iter().enumerate() {
            let parameters: Vec<Attribute> = role
                .parameters
                .iter()
                .map(|it| map.attribute(it, &mut self.pool))
                .collect();
            let known = &mut self.roles[map.roles[ix].ix()];
            for parameter in parameters {
                place(
                    &mut known.parameters,
                    |it| it.key == parameter.key,
                    || parameter.clone(),
                );
            }
        }
    }

    fn number_permissions(&mut self, map: &mut Map<'_>) {
        // What one permission speaks of was numbered before it.
        for (_, permission) in map.model.permissions.iter() {
            let mapped = map.permission(permission);
            let added = self.permissions.add(mapped);
            map.permissions.push(added);
        }
    }

    fn model(&mut self, map: &Map<'_>) -> Model {
        let source = map.model;
        let mut permissions = Permissions::default();
        for (_, permission) in self.permissions.iter() {
            permissions.add(permission);
        }
        for (ix, &strong) in map.permissions.iter().enumerate() {
            for weak in source.permissions.implied(PermId(id(ix))) {
                permissions.imply(strong, map.permissions[weak.ix()]);
            }
        }
        let mut types: Vec<Type> = self
            .types
            .iter()
            .map(|ty| Type {
                containers: Vec::new(),
                attributes: Vec::new(),
                ..ty.clone()
            })
            .collect();
        for (ix, ty) in source.types.iter().enumerate() {
            let known = &mut types[map.types[ix].ix()];
            known.containers = ty.containers.iter().map(|it| map.types[it.ix()]).collect();
            known.attributes = ty
                .attributes
                .iter()
                .map(|it| map.attribute(it, &mut self.pool))
                .collect();
        }
        let roles = self.own_roles(map);
        let rules = source.rules.iter().map(|rule| map.rule(rule, &mut self.pool)).collect();
        let mut context = self.context.clone();
        for attribute in &source.context {
            let own = map.attribute(attribute, &mut self.pool);
            if let Some(known) = context.iter_mut().find(|it| it.key == own.key) {
                *known = own;
            }
        }
        Model {
            title: source.title.clone(),
            slots: slots(&types, self.attr_names.len()),
            types,
            context,
            enums: self.enums.clone(),
            permissions,
            areas: Vec::new(),
            bundles: Vec::new(),
            roles,
            rules,
            public: source.public.clone(),
            constraints: source
                .constraints
                .iter()
                .map(|it| map.constraint(it, &mut self.pool))
                .collect(),
            promises: Vec::new(),
            pool: self.pool.clone(),
            attr_names: self.attr_names.clone(),
            index: source.index.clone(),
        }
    }

    /// The roles as one policy has them.
    fn own_roles(&mut self, map: &Map<'_>) -> Vec<Role> {
        let source = map.model;
        let mut roles: Vec<Role> = self
            .roles
            .iter()
            .map(|role| Role {
                default: false,
                parameters: Vec::new(),
                spans: Vec::new(),
                ..role.clone()
            })
            .collect();
        for (ix, role) in source.roles.iter().enumerate() {
            let known = &mut roles[map.roles[ix].ix()];
            known.spans = vec![nowhere()];
            known.default = role.default;
            known.derived = role.derived.iter().map(|it| map.being(it)).collect();
            known.parameters = role
                .parameters
                .iter()
                .map(|it| map.attribute(it, &mut self.pool))
                .collect();
            known.rules = role
                .rules
                .iter()
                .map(|it| RoleRule {
                    rule: it.rule,
                    via: it.via.map(|role| map.roles[role.ix()]),
                })
                .collect();
        }
        roles
    }

    fn base(self, new: &Model, old: &Model, renumbered: &Model) -> Model {
        let mut roles = self.roles;
        for (ix, role) in roles.iter_mut().enumerate() {
            let sides = [&renumbered.roles[ix], &old.roles[ix]];
            role.default = sides.iter().any(|it| it.default);
            role.derived = sides[0].derived.iter().chain(&sides[1].derived).cloned().collect();
            if !sides.iter().all(|it| it.is_declared()) {
                role.spans.clear();
            }
        }
        Model {
            title: new.title.clone(),
            slots: slots(&self.types, self.attr_names.len()),
            types: self.types,
            context: self.context,
            enums: self.enums,
            permissions: renumbered.permissions.clone(),
            areas: new.areas.clone(),
            bundles: new.bundles.clone(),
            roles,
            rules: Vec::new(),
            public: Vec::new(),
            constraints: Vec::new(),
            promises: Vec::new(),
            pool: self.pool,
            attr_names: self.attr_names,
            index: new.index.clone(),
        }
    }
}

fn slots(types: &[Type], names: usize) -> Vec<Vec<Option<u32>>> {
    types
        .iter()
        .map(|ty| {
            let mut row = vec![None; names];
            for (slot, attribute) in ty.attributes.iter().enumerate() {
                row[attribute.key.0 as usize] = Some(id(slot));
            }
            row
        })
        .collect()
}

/// True if a chain of containers is one that a policy allows.
#[must_use]
pub fn allows(model: &Model, chain: &[TypeId]) -> bool {
    let links = chain
        .windows(2)
        .all(|pair| model.ty(pair[0]).containers.contains(&pair[1]));
    let ends = chain
        .last()
        .is_none_or(|&last| model.ty(last).kind == TypeKind::Account);
    links && ends
}
