//! What may come true, or false, as the domain of escalation: each part of a rule is asked whether it can come out as
//! wanted, and the atoms on which a *yes* rests are noted.
//!
//! What is wanted is turned around inside [`Domain::not`]. In doubt the answer is yes, so that a *no* is a proof: what
//! somebody has may be lost again, and a value that may change passes a test though none of those worth trying does.

use super::{Perhaps, Stand, Trail};
use crate::containment::Target;
use crate::containment::forest::Forest;
use crate::eval::Resource;
use crate::eval::condition::UNLISTED;
use crate::facts::Thing;
use crate::meaning::condition::{self, At, equal_or_within, followed};
use crate::meaning::{Case, Domain};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, ListId, NodeId, Tri, UserId, Value};
use crate::model::{AttrName, Default, Operand, RoleId, Root, TypeId};
use crate::query::escalation::most::Need;
use crate::syntax::ast::Op;

/// What a path leads to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Now.
    now: Value,
    /// Where an attribute on it may change.
    free: Option<Free>,
}

/// An attribute that may change.
#[derive(Debug, Clone, Copy)]
struct Free {
    atom: Option<usize>,
    /// It, where the path ends in it.
    last: Option<(Thing, usize)>,
}

impl Seen {
    const fn fixed(now: Value) -> Self {
        Self { now, free: None }
    }
}

/// One question of a [`Perhaps`].
pub(super) struct May<'p, 'm> {
    pub(super) perhaps: &'p Perhaps<'m>,
    /// How it should come out.
    pub(super) wanted: bool,
    pub(super) trail: &'p mut Trail,
}

impl May<'_, '_> {
    /// Tries; what was noted in vain is forgotten.
    fn attempt(&mut self, try_it: impl FnOnce(&mut Self) -> bool) -> bool {
        let mark = self.trail.len();
        let made = try_it(self);
        if !made {
            self.trail.truncate(mark);
        }
        made
    }

    /// One of some parts comes out as wanted.
    fn one<T>(&mut self, items: impl IntoIterator<Item = T>, mut part: impl FnMut(&mut Self, T) -> bool) -> bool {
        items.into_iter().any(|item| self.attempt(|it| part(it, item)))
    }

    /// Each of them does.
    fn each<T>(&mut self, items: impl IntoIterator<Item = T>, mut part: impl FnMut(&mut Self, T) -> bool) -> bool {
        self.attempt(|it| items.into_iter().all(|item| part(it, item)))
    }

    /// What may be obtained, if it should come true; what somebody has may be lost.
    fn obtained(&mut self, obtain: impl FnOnce(&mut Self) -> bool) -> bool {
        !self.wanted || self.attempt(obtain)
    }

    /// It rests on an attribute, which may have any value: the first of those worth trying that fits, if one does.
    fn choose(&mut self, free: Free, mut fits: impl FnMut(&mut Self, Value) -> bool) -> bool {
        let domain = free
            .last
            .and_then(|(thing, slot)| self.perhaps.most.domains.attribute(thing, slot));
        let mut values = domain.into_iter().flat_map(|domain| domain.values.iter().copied());
        let value = values.find(|&value| self.attempt(|it| fits(it, value)));
        self.trail.extend(free.atom.map(|atom| Need { atom, value }));
        true
    }

    /// An attribute of a target that nobody lists, which may fall back on one that may change.
    fn fallen_back(&mut self, name: AttrName) -> Option<Free> {
        let (model, request) = (self.perhaps.table().model(), &self.perhaps.request);
        let Resource::Unlisted(ty) = request.target.resource else {
            return None;
        };
        let slot = model.slot(ty, name)?;
        if request.given.iter().any(|&(given, _)| given == slot) {
            return None;
        }
        let Default::Path(near, steps) = &model.ty(ty).attributes[slot].default else {
            return None;
        };
        let from = Seen::fixed(Value::Node(self.perhaps.most.org.near(request.target.start, *near)?));
        steps.iter().fold(from, |at, &step| self.step(&(), at, step)).free
    }
}

impl<'p> Domain for May<'p, '_> {
    type Ask = ();
    type Scope = Stand<'p>;
    type Value = Seen;
    type Set = ListId;
    type Truth = bool;

    fn constant(&mut self, truth: Tri) -> bool {
        truth == self.wanted.into()
    }

    fn all<T>(&mut self, items: impl IntoIterator<Item = T>, part: impl FnMut(&mut Self, T) -> bool) -> bool {
        match self.wanted {
            true => self.each(items, part),
            false => self.one(items, part),
        }
    }

    fn any<T>(&mut self, items: impl IntoIterator<Item = T>, part: impl FnMut(&mut Self, T) -> bool) -> bool {
        match self.wanted {
            true => self.one(items, part),
            false => self.each(items, part),
        }
    }

    fn both(&mut self, first: impl FnOnce(&mut Self) -> bool, second: impl FnOnce(&mut Self) -> bool) -> bool {
        match self.wanted {
            true => self.attempt(|it| first(it) && second(it)),
            false => self.attempt(first) || self.attempt(second),
        }
    }

    fn not(&mut self, inner: impl FnOnce(&mut Self) -> bool) -> bool {
        self.wanted = !self.wanted;
        let made = inner(self);
        self.wanted = !self.wanted;
        made
    }

    fn known(&mut self, value: Value) -> Seen {
        Seen::fixed(value)
    }

    /// What a new holding says may be anything.
    fn root(&mut self, at: At<'_, Self>, root: Root) -> Seen {
        match root {
            Root::Holding(_) if at.scope.new => Seen {
                now: Value::Missing,
                free: Some(Free { atom: None, last: None }),
            },
            root => Seen::fixed(self.perhaps.eval().root(root, at.scope.scope())),
        }
    }

    fn nearest(&mut self, (): &(), ty: TypeId) -> Seen {
        Seen::fixed(self.perhaps.eval().nearest(ty).unwrap_or(Value::Absent))
    }

    fn outward(&mut self, (): &(), name: AttrName) -> Seen {
        match self.perhaps.eval().bearer(name) {
            Some(bearer) => self.step(&(), Seen::fixed(bearer), name),
            None => Seen::fixed(Value::Absent),
        }
    }

    fn step(&mut self, (): &(), at: Seen, name: AttrName) -> Seen {
        let now = self.perhaps.eval().step(at.now, name);
        let free = match (at.free, at.now) {
            (Some(free), _) => Some(Free { last: None, ..free }),
            (None, Value::Node(UNLISTED)) => self.fallen_back(name),
            (None, from) => self.perhaps.most.free_at(from, name).map(|(atom, last)| Free {
                atom: Some(atom),
                last: Some(last),
            }),
        };
        Seen { now, free }
    }

    fn is(&mut self, value: &Seen, test: impl Fn(Value) -> Tri) -> bool {
        match value.free {
            Some(free) => self.choose(free, |it, value| it.constant(test(value))),
            None => self.constant(test(value.now)),
        }
    }

    fn compare(&mut self, left: &Seen, right: &Seen, test: impl Fn(Value, Value) -> Tri) -> bool {
        match (left.free, right.free) {
            (Some(_), _) => self.is(left, |left| test(left, right.now)),
            _ => self.is(right, |right| test(left.now, right)),
        }
    }

    /// One value for the whole list.
    fn listed(&mut self, at: At<'_, Self>, left: &Seen, items: &[Operand]) -> bool {
        let items: Vec<Seen> = items.iter().map(|item| condition::operand(self, at, item)).collect();
        match left.free {
            Some(_) => self.is(left, |left| {
                let truths = items.iter().map(|item| equal_or_within(left, item.now));
                truths.max().unwrap_or(Tri::False)
            }),
            None => self.any(&items, |it, item| it.compare(left, item, equal_or_within)),
        }
    }

    fn there(&mut self, values: &[&Seen], then: impl FnOnce(&mut Self) -> bool) -> bool {
        let is = |wanted| values.iter().any(|it| it.free.is_none() && it.now == wanted);
        match () {
            () if is(Value::Absent) => self.constant(Tri::False),
            () if is(Value::Missing) => self.constant(Tri::Unknown),
            () => then(self),
        }
    }

    fn cases(&mut self, value: &Seen, mut one: impl FnMut(&mut Self, Case<ListId>) -> bool) -> bool {
        let mut case = |it: &mut Self, value| match value {
            Value::List(list) => one(it, Case::Set(list)),
            value => one(it, Case::One(value)),
        };
        match value.free {
            Some(free) => self.choose(free, case),
            None => case(self, value.now),
        }
    }

    fn any_in(&mut self, set: &ListId, mut one: impl FnMut(&mut Self, Value) -> bool) -> bool {
        let values = self.perhaps.request.pool.values(*set);
        self.any(values, |it, &value| one(it, value))
    }

    fn quantify(
        &mut self,
        set: &ListId,
        every: bool,
        _: (Op, &Operand),
        one: impl FnMut(&mut Self, Value) -> bool,
    ) -> bool {
        let values = self.perhaps.request.pool.values(*set);
        condition::over(self, every, values, one)
    }

    fn in_group(&mut self, user: UserId, group: GroupId) -> bool {
        self.obtained(|it| it.perhaps.is_in_group(user, group, it.trail))
    }

    /// Somebody in it, or who gets into it.
    fn any_member(&mut self, group: GroupId, mut one: impl FnMut(&mut Self, UserId) -> bool) -> bool {
        self.obtained(|it| {
            let everybody = it.perhaps.most.org.facts.user_ids();
            it.one(everybody, |it, user| it.in_group(user, group) && one(it, user))
        })
    }

    fn is_member(&mut self, user: UserId, place: NodeId) -> bool {
        self.obtained(|it| it.perhaps.member_of(user, |at| at == place, it.trail))
    }

    fn lies_in(&mut self, (): &(), inner: NodeId, outer: NodeId) -> bool {
        let inner = match inner {
            UNLISTED => self.perhaps.request.target.start,
            inner => inner,
        };
        let lies_in = self.perhaps.most.org.lies_in(inner, outer);
        self.constant(lies_in.into())
    }

    fn of_caller(&mut self, (): &(), then: impl FnOnce(&mut Self, UserId) -> bool) -> bool {
        match self.perhaps.request.user {
            Some(user) => then(self, user),
            None => self.constant(Tri::False),
        }
    }

    fn chain_up(&mut self, (): &(), from: UserId, name: AttrName, rest: &[(AttrName, bool)], user: UserId) -> bool {
        self.obtained(|it| {
            let mut at = Seen::fixed(Value::User(from));
            for _ in 0..=it.perhaps.most.org.facts.users.len() {
                at = it.step(&(), at, name);
                if it.attempt(|it| followed(it, &(), &at, rest, user)) {
                    return true;
                }
                if !matches!(at.now, Value::User(_)) {
                    return false;
                }
            }
            false
        })
    }

    fn holds_above(&mut self, (): &(), user: UserId, roles: &[RoleId]) -> bool {
        self.obtained(|it| it.perhaps.holds_above(user, roles, it.trail))
    }

    fn holds_anywhere(&mut self, (): &(), user: UserId, roles: &[RoleId]) -> bool {
        self.obtained(|it| it.one(roles, |it, &role| it.perhaps.holds_somewhere(user, role, it.trail)))
    }

    fn holds_exactly(&mut self, user: UserId, roles: &[RoleId], node: NodeId) -> bool {
        self.obtained(|it| it.one(roles, |it, &role| it.perhaps.holds_exactly(user, role, node, it.trail)))
    }

    fn asked(&self, (): &()) -> Permission {
        let request = &self.perhaps.request;
        self.perhaps.table().model().permissions.get(request.permission)
    }

    fn stands(&mut self, (): &(), so: impl Fn(&Forest, &Target) -> bool) -> bool {
        let stands = so(self.perhaps.most.org, &self.perhaps.request.target);
        self.constant(stands.into())
    }

    fn any_membership(&mut self, (): &(), user: UserId, so: impl Fn(&Forest, &Target, NodeId) -> bool) -> bool {
        self.obtained(|it| {
            let (org, target) = (it.perhaps.most.org, &it.perhaps.request.target);
            it.perhaps.member_of(user, |place| so(org, target, place), it.trail)
        })
    }

    /// To whom something is handed, and what the giver has, can be otherwise.
    fn of_recipient(&mut self, (): &(), then: impl Fn(&mut Self, UserId) -> bool) -> bool {
        match self.perhaps.request.recipient {
            Some(to) => self.obtained(|it| then(it, to)),
            None => !self.wanted,
        }
    }

    fn is_other(&mut self, (): &()) -> bool {
        let other = self.perhaps.eval().is_other();
        self.constant(other)
    }

    fn may_here(&mut self, (): &(), permission: PermId) -> bool {
        let start = self.perhaps.request.target.start;
        self.obtained(|it| it.perhaps.could(permission, start, it.trail))
    }

    fn may(&mut self, user: UserId, permission: PermId, node: NodeId) -> bool {
        self.obtained(|it| it.perhaps.of(user).could(permission, node, it.trail))
    }

    fn of_node(&mut self, node: NodeId, name: AttrName) -> Seen {
        self.step(&(), Seen::fixed(Value::Node(node)), name)
    }
}
