//! What a test and a relation read: every step of their paths, through defaults that fall back on others, with the values
//! that the last step is compared with.

use std::collections::HashSet;

use super::reads::{Read, Tracer, Want};
use crate::eval::condition::{Scope, UNLISTED};
use crate::eval::org::Org;
use crate::facts::Thing;
use crate::model::value::{NodeId, Pool, UserId, Value, shift};
use crate::model::{AttrName, Default, HeldAt, Operand, Path, Relation, Root, Test, TestKind, TypeId};
use crate::syntax::ast::Op;

/// One step of a path, and whether the path goes on.
type Step = (Value, AttrName, bool);

impl Tracer<'_> {
    pub(super) fn test(&mut self, test: &Test, scope: Scope<'_>, want: Want) {
        match &test.kind {
            TestKind::Truth(operand) => self.operand(operand, &[], scope),
            TestKind::Compare(left, op, right, minutes) => self.compare(left, *op, right, *minutes, scope),
            TestKind::Quantified { set, op, right, .. } => {
                let (of_set, of_right) = (self.eval.path(set, scope), self.eval.operand(right, scope));
                let pool = self.eval.request.pool;
                let (of_set, of_right) = (values_of(of_set, pool), values_of(of_right, pool));
                self.path(set, &of_right, scope);
                self.operand(right, &of_set, scope);
                self.within(*op, &of_set, &of_right);
            }
            TestKind::Holds { who, roles, at } => {
                self.path(who, &[], scope);
                if let Value::User(user) = self.eval.path(who, scope) {
                    self.holds(user, roles, at, scope, want);
                }
            }
        }
    }

    fn compare(&mut self, left: &Operand, op: Op, right: &Operand, minutes: i64, scope: Scope<'_>) {
        let eval = self.eval;
        let of_left = values_of(eval.operand(left, scope), eval.request.pool);
        let back: Vec<Value> = of_left.iter().map(|&value| shift(value, -minutes)).collect();
        let of_right: Vec<Value> = match right {
            Operand::List(items) => items.iter().map(|item| eval.operand(item, scope)).collect(),
            one => values_of(eval.operand(one, scope), eval.request.pool),
        };
        let hints: Vec<Value> = of_right.iter().map(|&value| shift(value, minutes)).collect();
        self.operand(left, &hints, scope);
        self.operand(right, &back, scope);
        self.within(op, &of_left, &of_right);
    }

    /// Users in a group or in a place: by `x in g` and by `any xs in g` alike.
    fn within(&mut self, op: Op, left: &[Value], right: &[Value]) {
        if !matches!(op, Op::In | Op::NotIn) {
            return;
        }
        for user in left.iter().filter_map(|value| match value {
            Value::User(user) => Some(*user),
            _ => None,
        }) {
            for outer in right {
                match outer {
                    Value::Group(group) => self.group(user, *group, Want::Any),
                    Value::Node(place) if *place != UNLISTED => self.member(user, *place, Want::Any),
                    _ => {}
                }
            }
        }
    }

    fn holds(&mut self, user: UserId, roles: &[crate::model::RoleId], at: &HeldAt, scope: Scope<'_>, want: Want) {
        let org = self.eval.org;
        match at {
            HeldAt::Above => self.holds_above(user, roles, want),
            HeldAt::Anywhere => {
                for node in org.facts.node_ids() {
                    roles.iter().for_each(|&role| self.role(user, role, node, want));
                }
            }
            HeldAt::At(path) => {
                self.path(path, &[], scope);
                if let Value::Node(node) = self.eval.path(path, scope)
                    && node != UNLISTED
                {
                    roles.iter().for_each(|&role| self.role(user, role, node, want));
                }
            }
        }
    }

    fn operand(&mut self, operand: &Operand, hints: &[Value], scope: Scope<'_>) {
        match operand {
            Operand::Path(path) => self.path(path, hints, scope),
            Operand::List(items) => items.iter().for_each(|item| self.operand(item, hints, scope)),
            Operand::Value(_) => {}
        }
    }

    fn path(&mut self, path: &Path, hints: &[Value], scope: Scope<'_>) {
        let mut value = self.eval.root(path.root, scope);
        match (path.root, path.steps.is_empty()) {
            (Root::Context(slot), true) => self.note(Read::Context(slot, hints.to_vec())),
            (Root::Holding(key), _) => {
                if let (Some((user, role)), Some(here)) = (self.role, scope.here) {
                    self.note(Read::Parameter(user, role, here, key, hints.to_vec()));
                }
            }
            _ => {}
        }
        for (ix, &step) in path.steps.iter().enumerate() {
            self.slot(value, step, hints, ix + 1 < path.steps.len());
            value = self.eval.step(value, step);
        }
    }

    /// An attribute, and what it falls back on.
    pub(super) fn slot(&mut self, at: Value, name: AttrName, hints: &[Value], followed: bool) {
        let (eval, mut seen) = (self.eval, HashSet::new());
        let (model, facts) = (eval.table.model(), &eval.org.facts);
        let mut open: Vec<Step> = vec![(at, name, followed)];
        while let Some((at, name, followed)) = open.pop() {
            let thing = match at {
                Value::Node(UNLISTED) => {
                    open.extend(self.unlisted(name, hints));
                    continue;
                }
                Value::Node(node) => Thing::Node(node),
                Value::User(user) => Thing::User(user),
                _ => continue,
            };
            let ty = facts.type_of(thing);
            let Some(slot) = model.slot(ty, name).filter(|&slot| seen.insert((thing, slot))) else {
                continue;
            };
            self.note(Read::Slot(thing, slot, hints.to_vec(), followed));
            if facts.fallbacks.contains(&(thing, slot)) {
                let default = &model.ty(ty).attributes[slot].default;
                open.extend(self.fallback(thing, default, followed));
            }
        }
    }

    /// An attribute of the target that nobody lists.
    fn unlisted(&mut self, name: AttrName, hints: &[Value]) -> Vec<Step> {
        let model = self.eval.table.model();
        let ty = self.unlisted_type();
        let Some((ty, slot)) = ty.and_then(|ty| Some((ty, model.slot(ty, name)?))) else {
            return Vec::new();
        };
        self.note(Read::Given(slot, hints.to_vec()));
        let given = self.eval.request.given.iter().any(|(given, _)| *given == slot);
        match &model.ty(ty).attributes[slot].default {
            Default::Path(near, steps) if !given => self.along(self.eval.request.target.start, *near, steps, false),
            _ => Vec::new(),
        }
    }

    fn fallback(&mut self, thing: Thing, default: &Default, followed: bool) -> Vec<Step> {
        let (org, Default::Path(near, steps)) = (self.eval.org, default) else {
            return Vec::new();
        };
        let starts = match thing {
            Thing::Node(node) => org.container(node).into_iter().collect(),
            Thing::User(user) => {
                let places = org.facts.node_ids().filter(|&n| org.kind(n).is_place());
                places.for_each(|place| self.member(user, place, Want::Any));
                org.facts.user(user).places.clone()
            }
        };
        let along = |start| self.along(start, *near, steps, followed);
        starts.into_iter().flat_map(along).collect()
    }

    /// The steps of a default that is read from a node outward.
    fn along(&self, start: NodeId, near: TypeId, steps: &[AttrName], followed: bool) -> Vec<Step> {
        let Some(first) = self.eval.org.near(start, near) else {
            return Vec::new();
        };
        let mut value = Value::Node(first);
        let mut walked = Vec::new();
        for (ix, &step) in steps.iter().enumerate() {
            walked.push((value, step, followed || ix + 1 < steps.len()));
            value = self.eval.step(value, step);
        }
        walked
    }

    /// `as a or b`.
    pub(super) fn relations(&mut self, relations: &[Relation]) {
        let Some(user) = self.eval.request.user else { return };
        for relation in relations {
            let start = match relation.at {
                Some(ty) => self.eval.root(Root::Near(ty), Scope::NONE),
                None => self.eval.bearer(relation.first).unwrap_or(Value::Absent),
            };
            self.related(start, relation, user);
        }
    }

    fn related(&mut self, start: Value, relation: &Relation, user: UserId) {
        // A chain without a circle has fewer steps than there are users.
        let users = self.eval.org.facts.users.len();
        let hints = [Value::User(user)];
        self.slot(start, relation.first, &hints, !relation.then.is_empty());
        let mut reached = self.reached(self.eval.step(start, relation.first));
        for (ix, &(name, plus)) in relation.then.iter().enumerate() {
            let last = ix + 1 == relation.then.len();
            let mut next = Vec::new();
            self.groups_of_persons(&reached);
            for from in reached {
                let mut at = from;
                for _ in 0..if plus { users } else { 1 } {
                    self.slot(at, name, &hints, plus || !last);
                    at = self.eval.step(at, name);
                    next.extend(self.reached(at));
                    if !matches!(at, Value::User(_)) {
                        break;
                    }
                }
            }
            reached = next;
        }
        for value in reached {
            self.in_groups(user, value);
        }
    }

    fn groups_of_persons(&mut self, values: &[Value]) {
        for &value in values.iter().filter(|value| matches!(value, Value::Group(_))) {
            let persons = self.persons;
            persons.iter().for_each(|&person| self.in_groups(person, value));
        }
    }

    /// The users of a value; those of a group too, and the group itself.
    fn reached(&self, value: Value) -> Vec<Value> {
        let org = self.eval.org;
        let mut reached = values_of(value, self.eval.request.pool);
        let groups: Vec<Value> = reached
            .iter()
            .filter(|v| matches!(v, Value::Group(_)))
            .copied()
            .collect();
        reached.extend(groups.into_iter().flat_map(|group| members(org, group)));
        reached
    }
}

fn members(org: &Org<'_>, group: Value) -> Vec<Value> {
    let is_in = |user: &UserId| org.groups(*user).any(|(g, _)| Value::Group(g) == group);
    org.facts.user_ids().filter(is_in).map(Value::User).collect()
}

/// The elements of a set, or the one value.
pub(super) fn values_of(value: Value, pool: &Pool) -> Vec<Value> {
    match value {
        Value::List(list) => pool.values(list).to_vec(),
        Value::Missing | Value::Absent => Vec::new(),
        one => vec![one],
    }
}
