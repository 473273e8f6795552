//! What a question can depend on: the rules, roles and attributes that the decision on a permission can come to look at.
//!
//! A world is built for a scope, so that it has the individuals that the scope's rules can tell apart, and no others.

mod classes;
mod individuals;

use std::collections::BTreeSet;

pub use classes::{Class, Classes};
pub use individuals::Individuals;

use crate::model::permission::{PermId, Permission};
use crate::model::value::{Scalar, Value};
use crate::model::{
    AttrName, Attribute, Default, DerivationTerm, Expr, HeldAt, Model, NOW, Operand, Path, Promise, PromiseKind, Reach,
    Receiver, RoleId, Root, Rule, Test, TestKind, TypeId, Who,
};
use crate::syntax::ast::Op;
use crate::table::{Table, Way};

/// What a question can depend on.
#[derive(Debug, Default)]
pub struct Scope {
    /// Roles that some rule is about or asks for.
    pub roles: BTreeSet<RoleId>,
    /// Types of nodes at which roles can matter that do not enclose the target: within a zone of a type, or anywhere.
    pub far: BTreeSet<(TypeId, Option<TypeId>)>,
    /// Account types of whose members `everyone can` speaks: some rule does.
    pub everyone: bool,
    /// Some grant is for callers who are not signed in.
    pub anyone: bool,
    /// Types of nodes that attributes name.
    pub named: BTreeSet<TypeId>,
    /// Conditions ask whether one node lies in another.
    pub node_tests: bool,
    /// Users are compared with each other beyond the caller: followed relations, attributes against attributes.
    pub many_users: bool,
    /// What conditions tell apart, by the paths that lead there.
    pub individuals: Individuals,
    /// Role types of which several holdings may be needed at once, as conditions tell them apart.
    pub crowded: BTreeSet<TypeId>,
    /// Attributes that are compared with each other or with constants.
    pub classes: Classes,
    /// Permissions that are decided.
    pub permissions: BTreeSet<PermId>,
    /// Attributes that rules read, and those that derive a role.
    pub read: BTreeSet<AttrName>,
    /// Permissions that data may hand out, with those that imply them.
    pub handed: BTreeSet<PermId>,
    /// Types of nodes at which some derived role is held.
    pub derived_at: BTreeSet<TypeId>,
    /// Relations that some rule follows with `+`: facts with a circle in one are refused.
    pub followed: BTreeSet<AttrName>,
}

impl Scope {
    /// All that the decision on a permission can look at.
    pub fn permission(&mut self, table: &Table, id: PermId) {
        if !self.permissions.insert(id) {
            return;
        }
        let model = table.model();
        let row = table.row(id);
        if let Permission::Take(role) = model.permissions.get(id) {
            // A witness has something to take.
            self.role(table, role);
        }
        for way in row.grants.iter().chain(&row.prohibitions) {
            let rule = model.rule(way.rule);
            if let Some(role) = way.role {
                self.role(table, role);
                self.held_far(model, role, rule);
            }
            self.rule(table, rule);
        }
        if let Some(grant) = model.permissions.id(Permission::Grant(id)) {
            let row = table.row(grant);
            if !row.grants.is_empty() {
                self.handed.insert(id);
            }
            for way in row.grants.iter().chain(&row.prohibitions) {
                if let Receiver::Holders(roles) = &model.rule(way.rule).receiver {
                    self.roles(table, roles);
                }
            }
        }
        if let Permission::Grant(inner) = model.permissions.get(id)
            && row
                .grants
                .iter()
                .chain(&row.prohibitions)
                .any(|way| model.rule(way.rule).they_have)
        {
            self.permission(table, inner);
        }
    }

    /// A role can matter to a target that does not lie where it is held.
    fn held_far(&mut self, model: &Model, role: RoleId, rule: &Rule) {
        let ty = model.role(role).ty;
        match rule.reach {
            Reach::Anywhere => drop(self.far.insert((ty, None))),
            Reach::Across(zone) => drop(self.far.insert((ty, Some(zone)))),
            _ => {}
        }
    }

    /// The permissions of which a decision can look at the rules.
    #[must_use]
    pub fn rows(table: &Table, id: PermId) -> BTreeSet<PermId> {
        let mut scope = Self::default();
        scope.permission(table, id);
        let granting = |&id: &PermId| table.model().permissions.id(Permission::Grant(id));
        let ceilings: Vec<PermId> = scope.permissions.iter().filter_map(granting).collect();
        scope.permissions.extend(ceilings);
        scope.permissions
    }

    /// What a policy asks of facts as a whole.
    pub fn policy(&mut self, model: &Model) {
        let relations = model.rules.iter().flat_map(|rule| &rule.relation);
        let steps = relations.flat_map(|relation| &relation.then);
        self.followed
            .extend(steps.filter(|(_, plus)| *plus).map(|&(step, _)| step));
        self.classes.settled.clear();
    }

    /// All that a rule can look at.
    pub fn rule(&mut self, table: &Table, rule: &Rule) {
        match &rule.who {
            Who::Everyone => self.everyone |= rule.reach != Reach::Anywhere,
            Who::Anyone => self.anyone = true,
            Who::Holders(ty) if looks_here(rule) => {
                self.crowded.insert(*ty);
            }
            Who::Nobody(_) | Who::Holders(_) => {}
        }
        self.roles(table, &rule.roles_asked());
        for relation in &rule.relation {
            let steps = relation.then.iter().map(|(step, _)| *step);
            self.many_users |= !relation.then.is_empty();
            let steps: Vec<AttrName> = std::iter::once(relation.first).chain(steps).collect();
            self.individuals
                .note(table.model(), &format!("{:?}", relation.at), &steps, false);
            self.steps(table.model(), steps.into_iter());
        }
        for expr in rule.conditions() {
            self.expr(table, expr);
        }
    }

    /// All that a promise about a permission can look at.
    pub fn promise(&mut self, table: &Table, promise: &Promise, id: PermId) {
        match &promise.kind {
            PromiseKind::Nobody { with, but, rule } => {
                self.promised(table, rule, id, &[&with[..], &but[..]].concat());
            }
            PromiseKind::Public(rule) => self.promised(table, rule, id, &[]),
            PromiseKind::Role { can, rules } => {
                for (role, rule) in rules {
                    self.promised(table, rule, id, &[*role]);
                    // It speaks of every target: also of what does not lie where the role is held.
                    let speaks = rule.permissions.binary_search(&id).is_ok() && rule.reach == Reach::Below;
                    if !can && speaks && is_allowed_elsewhere(table, *role, id) {
                        self.far.insert((table.model().role(*role).ty, None));
                    }
                }
            }
            PromiseKind::Contains { more, less } => self.roles(table, &[&more[..], &less[..]].concat()),
            PromiseKind::NeverBecome { .. } => {}
        }
    }

    fn promised(&mut self, table: &Table, rule: &Rule, id: PermId, roles: &[RoleId]) {
        if rule.permissions.binary_search(&id).is_ok() {
            self.roles(table, roles);
            roles.iter().for_each(|&role| self.held_far(table.model(), role, rule));
            self.rule(table, rule);
        }
    }

    /// Attributes that are followed, with what they are by default: those that name nodes bring these into the world.
    fn steps(&mut self, model: &Model, steps: impl Iterator<Item = AttrName>) {
        let mut open: Vec<AttrName> = steps.collect();
        let mut seen = BTreeSet::new();
        while let Some(step) = open.pop() {
            if !seen.insert(step) {
                continue;
            }
            self.read.insert(step);
            for attribute in attributes(model).filter(|it| it.key == step) {
                if let Scalar::Node(ty) = attribute.ty.of {
                    self.named.insert(ty);
                }
                if let Default::Path(_, path) = &attribute.default {
                    open.extend(path);
                }
            }
        }
    }

    /// Two deeds need two holdings: every type that nests may need one more level.
    pub fn crowd(&mut self, model: &Model) {
        self.crowded.extend(model.type_ids());
    }

    /// Several roles.
    pub fn roles(&mut self, table: &Table, roles: &[RoleId]) {
        for &role in roles {
            self.role(table, role);
        }
    }

    /// A role, with what its derivation asks.
    pub fn role(&mut self, table: &Table, id: RoleId) {
        if !self.roles.insert(id) {
            return;
        }
        let role = table.model().role(id);
        if role.is_derived() {
            self.derived_at.insert(role.ty);
        }
        for being in &role.derived {
            self.crowded.insert(role.ty);
            match being {
                DerivationTerm::Holds(roles) => self.roles(table, roles),
                DerivationTerm::Can(permissions) => {
                    for &permission in permissions {
                        self.permission(table, permission);
                    }
                }
                DerivationTerm::Relation(name) => self.steps(table.model(), std::iter::once(*name)),
                DerivationTerm::Member => {}
            }
        }
    }

    /// All that a condition can look at.
    pub fn expr(&mut self, table: &Table, expr: &Expr) {
        let model = table.model();
        for path in expr.paths() {
            let root = match path.root {
                Root::Context(slot) => Some(model.context[slot].key),
                Root::Holding(key) => Some(key),
                _ => None,
            };
            if let Root::Holding(key) = path.root
                && ["from", "until"].contains(&model.attr_names[key.0 as usize].as_str())
            {
                // The holding runs: its bounds are held against the moment.
                self.classes.link(key, model.context[NOW].key);
            }
            self.steps(model, root.into_iter().chain(path.steps.iter().copied()));
        }
        for test in expr.tests() {
            self.individuals.test(model, test);
            match &test.kind {
                TestKind::Truth(_) => {}
                TestKind::Compare(left, op, right, minutes) => {
                    self.compared(model, left, *op, right);
                    if *minutes != 0
                        && let Some(key) = keys(model, right).first()
                    {
                        self.classes.entry(*key).shifts.push(*minutes);
                    }
                }
                TestKind::Quantified { set, op, right, .. } => {
                    self.compared(model, &Operand::Path(set.clone()), *op, right);
                }
                TestKind::Holds { roles, at, .. } => {
                    self.roles(table, roles);
                    if matches!(at, HeldAt::Anywhere) {
                        self.far.extend(roles.iter().map(|&role| (model.role(role).ty, None)));
                    }
                }
            }
        }
    }

    /// What flows into an attribute by default: constants, and what other attributes are.
    fn defaults(&mut self, model: &Model, key: AttrName) {
        let mut open = vec![key];
        while let Some(key) = open.pop() {
            if !self.classes.settled.insert(key) {
                continue;
            }
            for attribute in attributes(model).filter(|it| it.key == key) {
                match &attribute.default {
                    Default::None => {}
                    Default::Value(Value::List(list)) => {
                        let values = model.pool.values(*list);
                        self.classes.entry(key).constants.extend_from_slice(values);
                    }
                    Default::Value(value) => self.classes.entry(key).constants.push(*value),
                    Default::Path(_, steps) => {
                        let last = steps.last().copied();
                        open.extend(last);
                        last.into_iter().for_each(|last| self.classes.join(key, last));
                    }
                }
            }
        }
    }

    fn compared(&mut self, model: &Model, left: &Operand, op: Op, right: &Operand) {
        self.node_tests |= matches!(op, Op::In | Op::NotIn) && is_node(left) && is_node(right);
        let (lefts, rights) = (keys(model, left), keys(model, right));
        self.many_users |= !lefts.is_empty() && !rights.is_empty() && is_user(left);
        for &key in lefts.iter().chain(&rights) {
            self.defaults(model, key);
            let class = self.classes.entry(key);
            class.constants.extend(left.constants());
            class.constants.extend(right.constants());
        }
        let pairs = lefts.iter().flat_map(|&a| rights.iter().map(move |&b| (a, b)));
        for (a, b) in pairs.collect::<Vec<_>>() {
            self.classes.link(a, b);
        }
    }
}

/// Every attribute and every parameter.
fn attributes(model: &Model) -> impl Iterator<Item = &Attribute> {
    let of_types = model.types.iter().flat_map(|ty| &ty.attributes);
    let parameters = model.roles.iter().flat_map(|role| &role.parameters);
    of_types.chain(&model.context).chain(parameters)
}

/// Whoever holds a role at a place in person is a member of it: true if the rule looks at that.
pub fn asks_membership(rule: &Rule) -> bool {
    let bound = rule.who == Who::Everyone && rule.reach != Reach::Anywhere;
    bound || rule.tests().any(is_membership)
}

/// True if a rule's condition reads parameters of the holding.
pub fn asks_holding(rule: &Rule) -> bool {
    rule.paths().any(|path| matches!(path.root, Root::Holding(_)))
}

/// `user in team`
fn is_membership(test: &Test) -> bool {
    let of_users = |of| matches!(of, Scalar::User(_));
    let is_place = |right: &Operand| matches!(right, Operand::Path(path) if matches!(path.ty.of, Scalar::Node(_)));
    let within = test.within();
    within.is_some_and(|(left, right)| of_users(left.ty.of) && is_place(right))
}

/// True for ways of everybody, of derived and of default roles.
pub(super) fn needs_no_holding(model: &Model, way: &Way) -> bool {
    let by_itself = |role: RoleId| model.role(role).is_derived() || model.role(role).default;
    way.role.is_none_or(by_itself)
}

/// Holders of a role may be allowed something where it does not reach: whoever holds nothing else by hand by what needs no
/// holding; of a derived role, which says nothing of what else they hold, by anything.
fn is_allowed_elsewhere(table: &Table, role: RoleId, id: PermId) -> bool {
    let mut grants = table.row(id).grants.iter();
    table.model().role(role).is_derived() || grants.any(|way| needs_no_holding(table.model(), way))
}

/// True if a rule's condition tells holdings of one role apart: by the node or by parameters.
fn looks_here(rule: &Rule) -> bool {
    rule.paths()
        .any(|path| matches!(path.root, Root::Here | Root::Holding(_)))
}

fn is_node(operand: &Operand) -> bool {
    matches!(operand, Operand::Path(path) if matches!(path.ty.of, Scalar::Node(_)))
}

fn is_user(operand: &Operand) -> bool {
    matches!(operand, Operand::Path(path) if matches!(path.ty.of, Scalar::User(_)))
}

/// The attributes in which the paths of an operand end.
fn keys(model: &Model, operand: &Operand) -> Vec<AttrName> {
    let keys = operand.paths().into_iter().filter_map(|path| key(model, path));
    keys.collect()
}

fn key(model: &Model, path: &Path) -> Option<AttrName> {
    match (path.steps.last(), path.root) {
        (Some(&step), _) => Some(step),
        (None, Root::Context(slot)) => Some(model.context[slot].key),
        (None, Root::Holding(key)) => Some(key),
        (None, _) => None,
    }
}
