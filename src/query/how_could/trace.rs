//! What a rule looks at, as the domain of `how could`: Kleene's truths, and a note of every holding, membership and
//! attribute on which they rest.
//!
//! Where all parts must come out as wanted, the first that does not is looked at alone; then the truth says no more than
//! that it is not as wanted. An attribute is noted with the values that it is compared with.

use std::collections::HashSet;

use super::reads::{Look, Read, Tracer, Want};
use crate::containment::Target;
use crate::containment::forest::Forest;
use crate::eval::condition::{Scope, UNLISTED};
use crate::facts::Thing;
use crate::meaning::condition::{self, At, equal_or_within, followed, ordered};
use crate::meaning::{Case, Domain};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, ListId, NodeId, Pool, Tri, UserId, Value, shift};
use crate::model::{AttrName, Default, Operand, RoleId, Root, TypeId};
use crate::syntax::ast::Op;

/// What a path leads to, and by what.
#[derive(Debug, Clone)]
pub(super) struct Looked {
    now: Value,
    /// Attributes, with whether the path goes on from them.
    looks: Vec<(Look, bool)>,
}

impl Looked {
    const fn at(now: Value) -> Self {
        Self { now, looks: Vec::new() }
    }
}

impl Tracer<'_> {
    fn look(&mut self, it: &Looked, hints: &[Value]) {
        for &(look, goes_on) in &it.looks {
            self.note(Read::Value(look, hints.to_vec(), goes_on));
        }
    }

    fn values(&self, of: &Looked) -> Vec<Value> {
        values_of(of.now, self.eval.request.pool)
    }

    /// Each is looked at with a view to the other, which may be later by some minutes. Where they should not be the same,
    /// any value is worth trying, as where a path goes on.
    fn beside(&mut self, left: &Looked, right: &Looked, minutes: i64, same: Want) {
        let others = same == Want::False;
        let [of_left, of_right] = [left, right].map(|it| self.values(it));
        let later: Vec<Value> = of_right.into_iter().map(|value| shift(value, minutes)).collect();
        let earlier: Vec<Value> = of_left.into_iter().map(|value| shift(value, -minutes)).collect();
        for (it, hints) in [(left, later), (right, earlier)] {
            for &(look, goes_on) in &it.looks {
                self.note(Read::Value(look, hints.clone(), goes_on || others));
            }
        }
    }

    /// Whether two values should be the same, so that a comparison comes out as wanted.
    const fn same_by(&self, op: Op) -> Want {
        match op {
            Op::IsNot | Op::NotIn => self.want.turned(),
            _ => self.want,
        }
    }

    /// Parts that must all come out as wanted: those before the first that does not are forgotten.
    fn jointly<T>(
        &mut self,
        parts: impl IntoIterator<Item = T>,
        wanted: Tri,
        mut one: impl FnMut(&mut Self, T) -> Tri,
    ) -> Tri {
        for part in parts {
            let before = std::mem::take(&mut self.noted);
            let truth = one(self, part);
            let of_part = std::mem::replace(&mut self.noted, before);
            if truth != wanted {
                of_part.reads.into_iter().for_each(|read| self.note(read));
                return truth;
            }
        }
        wanted
    }

    /// An attribute, and what it falls back on.
    fn slot(&mut self, at: Value, name: AttrName) -> Vec<(Look, bool)> {
        let (eval, mut seen) = (self.eval, HashSet::new());
        let (model, facts) = (eval.table.model(), &eval.org.facts);
        let (mut looks, mut open) = (Vec::new(), vec![(at, name, false)]);
        while let Some((at, name, goes_on)) = open.pop() {
            let thing = match at {
                Value::Node(UNLISTED) => {
                    open.extend(self.unlisted(name, &mut looks));
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
            looks.push((Look::Slot(thing, slot), goes_on));
            if facts.fallbacks.contains(&(thing, slot)) {
                open.extend(self.fallback(thing, &model.ty(ty).attributes[slot].default, goes_on));
            }
        }
        looks
    }

    /// An attribute of the target that nobody lists.
    fn unlisted(&self, name: AttrName, looks: &mut Vec<(Look, bool)>) -> Vec<(Value, AttrName, bool)> {
        let (model, request) = (self.eval.table.model(), self.eval.request);
        let ty = self.unlisted_type();
        let Some((ty, slot)) = ty.and_then(|ty| Some((ty, model.slot(ty, name)?))) else {
            return Vec::new();
        };
        looks.push((Look::Given(slot), false));
        let is_given = request.given.iter().any(|&(given, _)| given == slot);
        match &model.ty(ty).attributes[slot].default {
            Default::Path(near, steps) if !is_given => self.along(request.target.start, *near, steps, false),
            _ => Vec::new(),
        }
    }

    fn fallback(&mut self, thing: Thing, default: &Default, goes_on: bool) -> Vec<(Value, AttrName, bool)> {
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
        let along = |start| self.along(start, *near, steps, goes_on);
        starts.into_iter().flat_map(along).collect()
    }

    /// The steps of a default that is read from a node outward.
    fn along(&self, start: NodeId, near: TypeId, steps: &[AttrName], goes_on: bool) -> Vec<(Value, AttrName, bool)> {
        let Some(first) = self.eval.org.near(start, near) else {
            return Vec::new();
        };
        let mut value = Value::Node(first);
        let mut walked = Vec::new();
        for (ix, &step) in steps.iter().enumerate() {
            walked.push((value, step, goes_on || ix + 1 < steps.len()));
            value = self.eval.step(value, step);
        }
        walked
    }
}

impl<'t> Domain for Tracer<'t> {
    type Ask = ();
    type Scope = Scope<'t>;
    type Value = Looked;
    type Set = ListId;
    type Truth = Tri;

    const LOOKS_ASIDE: bool = true;

    fn constant(&mut self, truth: Tri) -> Tri {
        truth
    }

    fn all<T>(&mut self, items: impl IntoIterator<Item = T>, mut one: impl FnMut(&mut Self, T) -> Tri) -> Tri {
        match self.want {
            Want::True => self.jointly(items, Tri::True, one),
            _ => items
                .into_iter()
                .fold(Tri::True, |truth, item| truth.min(one(self, item))),
        }
    }

    fn any<T>(&mut self, items: impl IntoIterator<Item = T>, mut one: impl FnMut(&mut Self, T) -> Tri) -> Tri {
        match self.want {
            Want::False => self.jointly(items, Tri::False, one),
            _ => items
                .into_iter()
                .fold(Tri::False, |truth, item| truth.max(one(self, item))),
        }
    }

    fn both(&mut self, first: impl FnOnce(&mut Self) -> Tri, second: impl FnOnce(&mut Self) -> Tri) -> Tri {
        let (mut first, mut second) = (Some(first), Some(second));
        self.all([true, false], |it, is_first| match is_first {
            true => first.take().map_or(Tri::Unknown, |first| first(it)),
            false => second.take().map_or(Tri::Unknown, |second| second(it)),
        })
    }

    fn not(&mut self, inner: impl FnOnce(&mut Self) -> Tri) -> Tri {
        let want = self.want;
        self.want = want.turned();
        let truth = inner(self).negate();
        self.want = want;
        truth
    }

    fn known(&mut self, value: Value) -> Looked {
        Looked::at(value)
    }

    fn root(&mut self, at: At<'_, Self>, root: Root) -> Looked {
        let look = match (root, self.role, at.scope.here) {
            (Root::Context(slot), ..) => Some(Look::Context(slot)),
            (Root::Holding(key), Some((user, role)), Some(here)) => Some(Look::Parameter(user, role, here, key)),
            _ => None,
        };
        Looked {
            now: self.eval.root(root, at.scope),
            looks: look.map(|look| (look, false)).into_iter().collect(),
        }
    }

    fn nearest(&mut self, (): &(), ty: TypeId) -> Looked {
        Looked::at(self.eval.nearest(ty).unwrap_or(Value::Absent))
    }

    fn outward(&mut self, (): &(), name: AttrName) -> Looked {
        let bearer = self.eval.bearer(name).unwrap_or(Value::Absent);
        self.step(&(), Looked::at(bearer), name)
    }

    /// What the request says of itself is not to be changed where the path goes on from it.
    fn step(&mut self, (): &(), at: Looked, name: AttrName) -> Looked {
        let before = at
            .looks
            .into_iter()
            .filter(|(look, _)| !matches!(look, Look::Context(_)));
        let mut looks: Vec<(Look, bool)> = before.map(|(look, _)| (look, true)).collect();
        looks.extend(self.slot(at.now, name));
        Looked {
            now: self.eval.step(at.now, name),
            looks,
        }
    }

    fn is(&mut self, value: &Looked, test: impl Fn(Value) -> Tri) -> Tri {
        self.look(value, &[]);
        test(value.now)
    }

    fn compare(&mut self, left: &Looked, right: &Looked, test: impl Fn(Value, Value) -> Tri) -> Tri {
        self.beside(left, right, 0, self.want);
        test(left.now, right.now)
    }

    fn ordered(&mut self, left: &Looked, op: Op, right: &Looked, minutes: i64) -> Tri {
        self.beside(left, right, minutes, self.same_by(op));
        ordered(left.now, op, shift(right.now, minutes))
    }

    fn listed(&mut self, at: At<'_, Self>, left: &Looked, items: &[Operand]) -> Tri {
        let items: Vec<Looked> = items.iter().map(|item| condition::operand(self, at, item)).collect();
        items.iter().for_each(|item| self.beside(left, item, 0, self.want));
        let truths = items.iter().map(|item| equal_or_within(left.now, item.now));
        truths.max().unwrap_or(Tri::False)
    }

    fn aside(&mut self, set: &Looked, op: Op, right: &Looked) {
        self.beside(set, right, 0, self.same_by(op));
    }

    fn goes_on(&mut self, from: &Looked) {
        for &(look, _) in &from.looks {
            self.note(Read::Value(look, Vec::new(), true));
        }
    }

    fn there(&mut self, values: &[&Looked], then: impl FnOnce(&mut Self) -> Tri) -> Tri {
        match values {
            [left, right] => self.beside(left, right, 0, self.want),
            others => others.iter().for_each(|it| self.look(it, &[])),
        }
        let is = |wanted| values.iter().any(|it| it.now == wanted);
        match () {
            () if is(Value::Absent) => Tri::False,
            () if is(Value::Missing) => Tri::Unknown,
            () => then(self),
        }
    }

    fn cases(&mut self, value: &Looked, mut one: impl FnMut(&mut Self, Case<ListId>) -> Tri) -> Tri {
        let hints: Vec<Value> = self.related.map(Value::User).into_iter().collect();
        self.look(value, &hints);
        match value.now {
            Value::List(list) => one(self, Case::Set(list)),
            now => one(self, Case::One(now)),
        }
    }

    fn any_in(&mut self, set: &ListId, mut one: impl FnMut(&mut Self, Value) -> Tri) -> Tri {
        let values = self.eval.request.pool.values(*set);
        self.any(values, |it, &value| one(it, value))
    }

    fn quantify(
        &mut self,
        set: &ListId,
        every: bool,
        _: (Op, &Operand),
        one: impl FnMut(&mut Self, Value) -> Tri,
    ) -> Tri {
        let values = self.eval.request.pool.values(*set);
        condition::over(self, every, values, one)
    }

    fn in_group(&mut self, user: UserId, group: GroupId) -> Tri {
        self.group(user, group, self.want);
        self.eval.org.is_in_group(user, group, self.eval.now())
    }

    /// Of those who are in it; others would have to get into it first.
    fn any_member(&mut self, group: GroupId, mut one: impl FnMut(&mut Self, UserId) -> Tri) -> Tri {
        self.any(self.eval.org.facts.user_ids(), |it, user| {
            match it.in_group(user, group) {
                Tri::False => Tri::False,
                degree => degree.min(one(it, user)),
            }
        })
    }

    fn is_member(&mut self, user: UserId, place: NodeId) -> Tri {
        self.member(user, place, self.want);
        self.eval.org.is_member(user, place, self.eval.now())
    }

    fn lies_in(&mut self, (): &(), inner: NodeId, outer: NodeId) -> Tri {
        (&mut &self.eval).lies_in(&(), inner, outer)
    }

    /// What a relation leads to is looked at with a view to the caller.
    fn of_caller(&mut self, (): &(), then: impl FnOnce(&mut Self, UserId) -> Tri) -> Tri {
        let Some(user) = self.eval.request.user else {
            return Tri::False;
        };
        let before = self.related.replace(user);
        let truth = then(self, user);
        self.related = before;
        truth
    }

    fn chain_up(&mut self, (): &(), from: UserId, name: AttrName, rest: &[(AttrName, bool)], user: UserId) -> Tri {
        let mut at = Looked::at(Value::User(from));
        let mut truth = Tri::False;
        // A chain without a circle has fewer steps than there are users.
        for _ in 0..=self.eval.org.facts.users.len() {
            at = self.step(&(), at, name);
            let mut next = at.clone();
            next.looks.iter_mut().for_each(|(_, goes_on)| *goes_on = true);
            truth = truth.max(followed(self, &(), &next, rest, user));
            if !matches!(at.now, Value::User(_)) {
                break;
            }
        }
        truth
    }

    fn holds_above(&mut self, (): &(), user: UserId, roles: &[RoleId]) -> Tri {
        Tracer::holds_above(self, user, roles, self.want);
        self.eval.holds_above(user, roles)
    }

    fn holds_anywhere(&mut self, (): &(), user: UserId, roles: &[RoleId]) -> Tri {
        for node in self.eval.org.facts.node_ids() {
            roles.iter().for_each(|&role| self.role(user, role, node, self.want));
        }
        (&mut &self.eval).holds_anywhere(&(), user, roles)
    }

    fn holds_exactly(&mut self, user: UserId, roles: &[RoleId], node: NodeId) -> Tri {
        roles.iter().for_each(|&role| self.role(user, role, node, self.want));
        (&mut &self.eval).holds_exactly(user, roles, node)
    }

    fn asked(&self, (): &()) -> Permission {
        let permissions = &self.eval.table.model().permissions;
        permissions.get(self.eval.request.permission)
    }

    fn stands(&mut self, (): &(), so: impl Fn(&Forest, &Target) -> bool) -> Tri {
        so(self.eval.org, &self.eval.request.target).into()
    }

    fn any_membership(&mut self, (): &(), user: UserId, so: impl Fn(&Forest, &Target, NodeId) -> bool) -> Tri {
        let (org, target) = (self.eval.org, &self.eval.request.target);
        for place in org.facts.node_ids().filter(|&node| so(org, target, node)) {
            self.member(user, place, self.want);
        }
        (&mut &self.eval).any_membership(&(), user, so)
    }

    fn of_recipient(&mut self, (): &(), then: impl Fn(&mut Self, UserId) -> Tri) -> Tri {
        self.eval.request.recipient.map_or(Tri::Unknown, |to| then(self, to))
    }

    fn is_other(&mut self, (): &()) -> Tri {
        self.eval.is_other()
    }

    fn may_here(&mut self, (): &(), permission: PermId) -> Tri {
        let (user, start) = (self.eval.request.user, self.eval.request.target.start);
        self.decision(user, permission, start);
        self.eval.could(user, permission, start)
    }

    fn may(&mut self, user: UserId, permission: PermId, node: NodeId) -> Tri {
        self.decision(Some(user), permission, node);
        self.eval.could(Some(user), permission, node)
    }

    fn of_node(&mut self, node: NodeId, name: AttrName) -> Looked {
        self.step(&(), Looked::at(Value::Node(node)), name)
    }
}

/// The elements of a set, or the one value.
pub(super) fn values_of(value: Value, pool: &Pool) -> Vec<Value> {
    match value {
        Value::List(list) => pool.values(list).to_vec(),
        Value::Missing | Value::Absent => Vec::new(),
        one => vec![one],
    }
}
