//! What a policy uses of what it declares, gathered once for all rules.
//!
//! [`Uses::of`] goes through every rule, promise, constraint, derivation and default once.

use std::collections::HashSet;

use crate::model::permission::{PermId, Permission};
use crate::model::value::{AttributeType, Scalar};
use crate::model::{
    AttrName, ConstraintKind, Default, DerivationTerm, Expr, Model, Path, PromiseKind, Reach, Receiver, Relation,
    RoleId, Root, Rule, TypeId, Who,
};

/// What is used.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Attributes that some path, relation or derivation reads, by name.
    pub(super) read: HashSet<AttrName>,
    /// Parameters that some condition reads.
    pub(super) parameters: HashSet<AttrName>,
    /// Slots of the request that some condition reads.
    pub(super) context: HashSet<usize>,
    /// Roles that are named outside their own blocks: given, exempted, asked for, extended, constrained.
    pub(super) roles: HashSet<RoleId>,
    /// Permissions that some rule or promise concerns, and those that may be handed out one by one.
    pub(super) permissions: HashSet<PermId>,
    /// Types that an attribute, a reach or a constraint names.
    pub(super) types: HashSet<TypeId>,
}

impl Uses {
    /// Looks through a policy; linear in its size.
    pub(super) fn of(model: &Model) -> Self {
        let mut uses = Self::default();
        model.rules.iter().for_each(|rule| uses.rule(model, rule));
        uses.declarations(model);
        uses.constraints(model);
        uses.promises(model);
        uses
    }

    fn rule(&mut self, model: &Model, rule: &Rule) {
        for &id in &rule.permissions {
            self.permission(model, id);
        }
        if let Who::Nobody(but) = &rule.who {
            self.roles.extend(but);
        }
        if let Receiver::Holders(roles) = &rule.receiver {
            self.roles.extend(roles);
        }
        if let Reach::In(ty) | Reach::Across(ty) = rule.reach {
            self.types.insert(ty);
        }
        rule.relation.iter().for_each(|relation| self.relation(relation));
        for expr in [&rule.when, &rule.unless].into_iter().flatten() {
            self.expr(expr);
        }
    }

    fn permission(&mut self, model: &Model, id: PermId) {
        self.permissions.insert(id);
        match model.permissions.get(id) {
            Permission::Grant(inner) => _ = self.permissions.insert(inner),
            Permission::Give(role) | Permission::Take(role) => _ = self.roles.insert(role),
            _ => {}
        }
    }

    fn relation(&mut self, relation: &Relation) {
        self.types.extend(relation.at);
        self.read.insert(relation.first);
        self.read.extend(relation.then.iter().map(|(name, _)| *name));
    }

    fn declarations(&mut self, model: &Model) {
        let parameters = model.roles.iter().flat_map(|role| &role.parameters);
        let attributes = model
            .types
            .iter()
            .flat_map(|ty| &ty.attributes)
            .chain(&model.context)
            .chain(parameters);
        for attribute in attributes {
            self.attribute_type(attribute.ty);
            if let Default::Path(near, steps) = &attribute.default {
                self.types.insert(*near);
                self.read.extend(steps);
            }
        }
        for role in &model.roles {
            self.types.insert(role.ty);
            self.roles.extend(role.parents.iter().map(|(parent, _)| *parent));
            role.derived.iter().for_each(|being| self.being(being));
        }
        for bundle in model.bundles.iter().filter(|bundle| bundle.used) {
            self.roles.extend(&bundle.roles);
        }
    }

    fn attribute_type(&mut self, ty: AttributeType) {
        if let Scalar::Node(ty) | Scalar::User(ty) = ty.of {
            self.types.insert(ty);
        }
    }

    fn being(&mut self, being: &DerivationTerm) {
        match being {
            DerivationTerm::Relation(name) => _ = self.read.insert(*name),
            DerivationTerm::Holds(roles) => self.roles.extend(roles),
            DerivationTerm::Member | DerivationTerm::Can(_) => {}
        }
    }

    fn constraints(&mut self, model: &Model) {
        for constraint in &model.constraints {
            match &constraint.kind {
                ConstraintKind::Each { ty, roles, when, .. } => {
                    self.types.insert(*ty);
                    self.roles.extend(roles);
                    when.iter().for_each(|expr| self.expr(expr));
                }
                ConstraintKind::Also { is, also } => self.roles.extend(is.iter().chain(also)),
                ConstraintKind::Roles { left, right, same } => {
                    self.roles.extend(left.iter().chain(right));
                    self.types.extend(*same);
                }
                ConstraintKind::Permissions { same, .. } => self.types.extend(*same),
            }
        }
    }

    fn promises(&mut self, model: &Model) {
        for promise in &model.promises {
            match &promise.kind {
                PromiseKind::Nobody { with, but, rule } => {
                    self.roles.extend(with.iter().chain(but));
                    self.rule(model, rule);
                }
                PromiseKind::Public(rule) => self.rule(model, rule),
                PromiseKind::Role { rules, .. } => {
                    for (role, rule) in rules {
                        self.roles.insert(*role);
                        self.rule(model, rule);
                    }
                }
                PromiseKind::Contains {
                    more: left,
                    less: right,
                }
                | PromiseKind::NeverBecome {
                    actors: left,
                    goal: right,
                } => {
                    self.roles.extend(left.iter().chain(right));
                }
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        for test in expr.tests() {
            self.roles.extend(test.roles());
            test.paths().into_iter().for_each(|path| self.path(path));
        }
    }

    fn path(&mut self, path: &Path) {
        match path.root {
            Root::Near(ty) => _ = self.types.insert(ty),
            Root::Context(slot) => _ = self.context.insert(slot),
            Root::Holding(name) => _ = self.parameters.insert(name),
            Root::Resource | Root::User | Root::Recipient | Root::Here => {}
        }
        self.read.extend(&path.steps);
    }
}
