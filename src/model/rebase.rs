//! Two policies in one numbering, so that they can be held against each other: types, roles, attributes, permissions and
//! values that have the same name in both get the same id.
//!
//! [`rebase`] gives three models: the old and the new one as they are, renumbered, without their places in the source;
//! and a base that declares what either of them declares, for organisations that both are asked about. Rules keep their
//! ids, so that whoever needs a rule's place finds it in the model that he gave.

use std::collections::HashMap;

use super::permission::{PermId, Permission, Permissions};
use super::value::{AttributeType, EnumId, Pool, Scalar, Sym, Value};
use super::{
    AttrName, Attribute, Being, Constraint, ConstraintKind, Default, Enumeration, Expr, HeldAt, Model, Operand, Path,
    Receiver, Relation, Role, RoleId, RoleRule, Root, Rule, Test, TestKind, Type, TypeId, Who,
};
use crate::model::{Reach, TypeKind};
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
}

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

    /// Enumerations, attributes of the request, containers, attributes of types, parameters.
    fn attributes(&mut self, map: &mut Map<'_>) {
        for it in &map.model.enums {
            self.enumeration(it, map);
        }
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

    /// Enumerations of which one has all values of the other, in the same order, are one.
    fn enumeration(&mut self, it: &Enumeration, map: &mut Map<'_>) {
        let within = |few: &[String], many: &[String]| {
            let mut many = many.iter();
            few.iter().all(|value| many.any(|other| other == value))
        };
        let alike = |known: &Enumeration| {
            known.ordered == it.ordered && (within(&known.values, &it.values) || within(&it.values, &known.values))
        };
        let ix = place(&mut self.enums, alike, || it.clone());
        let known = &mut self.enums[ix];
        if known.values.len() < it.values.len() {
            // What was numbered before would move: keep the order, and put the new ones behind.
            let missing: Vec<String> = it
                .values
                .iter()
                .filter(|value| !known.values.contains(value))
                .cloned()
                .collect();
            known.values.extend(missing);
        }
        let position = |value: &String| {
            known
                .values
                .iter()
                .position(|other| other == value)
                .map_or(u32::MAX, id)
        };
        map.values.push(it.values.iter().map(position).collect());
        map.enums.push(EnumId(id(ix)));
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
        let common = |it: &&Constraint| {
            let text = format!("{:?}", it.kind);
            old.constraints.iter().any(|other| format!("{:?}", other.kind) == text)
        };
        let mut roles = self.roles;
        for (ix, role) in roles.iter_mut().enumerate() {
            role.default = renumbered.roles[ix].default || old.roles[ix].default;
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
            constraints: renumbered.constraints.iter().filter(common).cloned().collect(),
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

impl Map<'_> {
    fn ty(&self, id: TypeId) -> TypeId {
        self.types[id.ix()]
    }

    fn role(&self, id: RoleId) -> RoleId {
        self.roles[id.ix()]
    }

    fn all_roles(&self, roles: &[RoleId]) -> Vec<RoleId> {
        roles.iter().map(|&role| self.role(role)).collect()
    }

    fn all_permissions(&self, permissions: &[PermId]) -> Vec<PermId> {
        let mut all: Vec<PermId> = permissions.iter().map(|id| self.permissions[id.ix()]).collect();
        all.sort_unstable();
        all
    }

    fn attr(&self, name: AttrName) -> AttrName {
        self.attrs[name.0 as usize]
    }

    fn permission(&self, permission: Permission) -> Permission {
        match permission {
            Permission::Act { ty, action, field } => Permission::Act {
                ty: self.ty(ty),
                action: self.actions[ty.ix()][action],
                field: field.map(|field| self.fields[ty.ix()][field]),
            },
            Permission::Grant(inner) => Permission::Grant(self.permissions[inner.ix()]),
            Permission::Give(role) => Permission::Give(self.role(role)),
            Permission::Take(role) => Permission::Take(self.role(role)),
            Permission::AddMember(ty) => Permission::AddMember(self.ty(ty)),
            Permission::RemoveMember(ty) => Permission::RemoveMember(self.ty(ty)),
        }
    }

    fn scalar(&self, of: Scalar) -> Scalar {
        match of {
            Scalar::Enum(id) => Scalar::Enum(self.enums[id.0 as usize]),
            Scalar::User(ty) => Scalar::User(self.ty(ty)),
            Scalar::Node(ty) => Scalar::Node(self.ty(ty)),
            other => other,
        }
    }

    fn value_type(&self, ty: AttributeType) -> AttributeType {
        AttributeType {
            of: self.scalar(ty.of),
            ..ty
        }
    }

    fn value(&self, value: Value, of: Scalar, pool: &mut Pool) -> Value {
        match (value, of) {
            (Value::Text(text), _) => Value::Text(self.text(text, pool)),
            (Value::Enum(ix), Scalar::Enum(id)) => {
                Value::Enum(self.values[id.0 as usize].get(ix as usize).copied().unwrap_or(ix))
            }
            (Value::List(list), _) if value != Value::EMPTY => {
                let values = self.model.pool.values(list).to_vec();
                let values = values.into_iter().map(|each| self.value(each, of, pool)).collect();
                pool.list(values)
            }
            _ => value,
        }
    }

    fn text(&self, text: Sym, pool: &mut Pool) -> Sym {
        pool.intern(self.model.pool.text(text))
    }

    fn attribute(&self, it: &Attribute, pool: &mut Pool) -> Attribute {
        Attribute {
            key: self.attr(it.key),
            ty: self.value_type(it.ty),
            default: match &it.default {
                Default::None => Default::None,
                Default::Value(value) => Default::Value(self.value(*value, it.ty.of, pool)),
                Default::Path(ty, steps) => {
                    Default::Path(self.ty(*ty), steps.iter().map(|&step| self.attr(step)).collect())
                }
            },
            span: None,
            ..it.clone()
        }
    }

    fn being(&self, being: &Being) -> Being {
        match being {
            Being::Relation(name) => Being::Relation(self.attr(*name)),
            Being::Member => Being::Member,
            Being::Holds(roles) => Being::Holds(self.all_roles(roles)),
            Being::Can(permissions) => Being::Can(self.all_permissions(permissions)),
        }
    }

    fn rule(&self, rule: &Rule, pool: &mut Pool) -> Rule {
        Rule {
            span: nowhere(),
            doc: crate::syntax::ast::Doc::default(),
            effect: rule.effect,
            who: match &rule.who {
                Who::Holders(ty) => Who::Holders(self.ty(*ty)),
                Who::Nobody(but) => Who::Nobody(self.all_roles(but)),
                other => other.clone(),
            },
            permissions: self.all_permissions(&rule.permissions),
            named: rule.named.iter().map(|&ty| self.ty(ty)).collect(),
            excepted: self.all_permissions(&rule.excepted),
            limits: self.all_permissions(&rule.limits),
            except_self: rule.except_self,
            they_have: rule.they_have,
            receiver: match &rule.receiver {
                Receiver::Holders(roles) => Receiver::Holders(self.all_roles(roles)),
                other => other.clone(),
            },
            reach: match rule.reach {
                Reach::In(ty) => Reach::In(self.ty(ty)),
                Reach::Across(ty) => Reach::Across(self.ty(ty)),
                other => other,
            },
            relation: rule.relation.iter().map(|it| self.relation(it)).collect(),
            when: rule.when.as_ref().map(|it| self.expr(it, pool)),
            unless: rule.unless.as_ref().map(|it| self.expr(it, pool)),
        }
    }

    fn relation(&self, it: &Relation) -> Relation {
        Relation {
            at: it.at.map(|ty| self.ty(ty)),
            first: self.attr(it.first),
            then: it.then.iter().map(|&(step, plus)| (self.attr(step), plus)).collect(),
            span: nowhere(),
        }
    }

    fn expr(&self, expr: &Expr, pool: &mut Pool) -> Expr {
        match expr {
            Expr::And(parts) => Expr::And(parts.iter().map(|part| self.expr(part, pool)).collect()),
            Expr::Or(parts) => Expr::Or(parts.iter().map(|part| self.expr(part, pool)).collect()),
            Expr::Not(inner) => Expr::Not(Box::new(self.expr(inner, pool))),
            Expr::Test(test) => Expr::Test(Test {
                span: nowhere(),
                kind: self.test(&test.kind, pool),
            }),
        }
    }

    fn test(&self, test: &TestKind, pool: &mut Pool) -> TestKind {
        match test {
            TestKind::Truth(operand) => TestKind::Truth(self.operand(operand, Scalar::Bool, pool)),
            TestKind::Compare(left, op, right, minutes) => {
                let of = scalar_of(left).or_else(|| scalar_of(right)).unwrap_or(Scalar::Bool);
                TestKind::Compare(
                    self.operand(left, of, pool),
                    *op,
                    self.operand(right, of, pool),
                    *minutes,
                )
            }
            TestKind::Quantified { all, set, op, right } => TestKind::Quantified {
                all: *all,
                set: self.path(set),
                op: *op,
                right: self.operand(right, set.ty.of, pool),
            },
            TestKind::Holds { who, roles, at } => TestKind::Holds {
                who: self.path(who),
                roles: self.all_roles(roles),
                at: match at {
                    HeldAt::At(path) => HeldAt::At(self.path(path)),
                    other => other.clone(),
                },
            },
        }
    }

    fn operand(&self, operand: &Operand, of: Scalar, pool: &mut Pool) -> Operand {
        match operand {
            Operand::Value(value) => Operand::Value(self.value(*value, of, pool)),
            Operand::List(items) => Operand::List(items.iter().map(|item| self.operand(item, of, pool)).collect()),
            Operand::Path(path) => Operand::Path(self.path(path)),
        }
    }

    fn path(&self, path: &Path) -> Path {
        Path {
            root: match path.root {
                Root::Near(ty) => Root::Near(self.ty(ty)),
                Root::Context(slot) => Root::Context(self.context[slot]),
                Root::Holding(key) => Root::Holding(self.attr(key)),
                other => other,
            },
            steps: path.steps.iter().map(|&step| self.attr(step)).collect(),
            ty: self.value_type(path.ty),
            span: nowhere(),
        }
    }

    fn constraint(&self, it: &Constraint, pool: &mut Pool) -> Constraint {
        let kind = match &it.kind {
            ConstraintKind::Roles { left, right, same } => ConstraintKind::Roles {
                left: self.all_roles(left),
                right: self.all_roles(right),
                same: same.map(|ty| self.ty(ty)),
            },
            ConstraintKind::Permissions { left, right, same } => ConstraintKind::Permissions {
                left: self.all_permissions(left),
                right: self.all_permissions(right),
                same: same.map(|ty| self.ty(ty)),
            },
            ConstraintKind::Also { is, also } => ConstraintKind::Also {
                is: self.all_roles(is),
                also: self.all_roles(also),
            },
            ConstraintKind::Each { ty, count, roles, when } => ConstraintKind::Each {
                ty: self.ty(*ty),
                count: *count,
                roles: self.all_roles(roles),
                when: when.as_ref().map(|it| self.expr(it, pool)),
            },
        };
        Constraint {
            span: nowhere(),
            doc: crate::syntax::ast::Doc::default(),
            kind,
        }
    }
}

fn scalar_of(operand: &Operand) -> Option<Scalar> {
    match operand {
        Operand::Path(path) => Some(path.ty.of),
        Operand::List(items) => items.iter().find_map(scalar_of),
        Operand::Value(_) => None,
    }
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
