//! Kleene's three values as the domain of decisions. Nothing here allocates.

use super::Eval;
use super::org::{self, Entry, running};
use super::{Resource, Target};
use crate::containment::forest::Forest;
use crate::containment::reach::{self, Near};
use crate::meaning::condition::{self, At};
pub(crate) use crate::meaning::condition::{UNLISTED, ordered};
use crate::meaning::rule::{self, Part};
use crate::meaning::{Case, Domain};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, ListId, NodeId, Tri, UserId, Value};
use crate::model::{AttrName, Attribute, Default, Expr, Operand, Path, Relation, RoleId, Root, Rule, Test, TypeId};
use crate::syntax::ast::Op;

/// What a rule's condition sees besides the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scope<'e> {
    /// Where the role is held.
    pub here: Option<NodeId>,
    /// The holding, where it is one of the facts.
    pub entry: Option<&'e Entry>,
}

impl Scope<'_> {
    /// Of a rule without a role.
    pub const NONE: Self = Self {
        here: None,
        entry: None,
    };
}

impl<'a> Domain for &'a Eval<'a> {
    type Ask = ();
    type Scope = Scope<'a>;
    type Value = Value;
    type Set = ListId;
    type Truth = Tri;

    fn constant(&mut self, truth: Tri) -> Tri {
        truth
    }

    fn all<T>(&mut self, items: impl IntoIterator<Item = T>, mut one: impl FnMut(&mut Self, T) -> Tri) -> Tri {
        all(items, |item| one(self, item))
    }

    fn any<T>(&mut self, items: impl IntoIterator<Item = T>, mut one: impl FnMut(&mut Self, T) -> Tri) -> Tri {
        any(items, |item| one(self, item))
    }

    fn both(&mut self, first: impl FnOnce(&mut Self) -> Tri, second: impl FnOnce(&mut Self) -> Tri) -> Tri {
        match first(self) {
            Tri::False => Tri::False,
            truth => truth.min(second(self)),
        }
    }

    fn not(&mut self, inner: impl FnOnce(&mut Self) -> Tri) -> Tri {
        inner(self).negate()
    }

    fn known(&mut self, value: Value) -> Value {
        value
    }

    fn root(&mut self, at: At<'_, Self>, root: Root) -> Value {
        Eval::root(self, root, at.scope)
    }

    fn nearest(&mut self, (): &(), ty: TypeId) -> Value {
        Eval::nearest(self, ty).unwrap_or(Value::Absent)
    }

    fn outward(&mut self, (): &(), name: AttrName) -> Value {
        Eval::outward(self, name)
    }

    fn step(&mut self, (): &(), at: Value, name: AttrName) -> Value {
        Eval::step(self, at, name)
    }

    fn is(&mut self, value: &Value, test: impl Fn(Value) -> Tri) -> Tri {
        test(*value)
    }

    fn compare(&mut self, left: &Value, right: &Value, test: impl Fn(Value, Value) -> Tri) -> Tri {
        test(*left, *right)
    }

    fn there(&mut self, values: &[&Value], then: impl FnOnce(&mut Self) -> Tri) -> Tri {
        match () {
            () if values.contains(&&Value::Absent) => Tri::False,
            () if values.contains(&&Value::Missing) => Tri::Unknown,
            () => then(self),
        }
    }

    fn cases(&mut self, value: &Value, mut one: impl FnMut(&mut Self, Case<ListId>) -> Tri) -> Tri {
        match *value {
            Value::List(list) => one(self, Case::Set(list)),
            value => one(self, Case::One(value)),
        }
    }

    fn any_in(&mut self, set: &ListId, mut one: impl FnMut(&mut Self, Value) -> Tri) -> Tri {
        any(self.request.pool.values(*set), |&value| one(self, value))
    }

    fn quantify(
        &mut self,
        set: &ListId,
        every: bool,
        _: (Op, &Operand),
        one: impl FnMut(&mut Self, Value) -> Tri,
    ) -> Tri {
        let values = self.request.pool.values(*set);
        condition::over(self, every, values, one)
    }

    fn in_group(&mut self, user: UserId, group: GroupId) -> Tri {
        self.org.is_in_group(user, group, self.now())
    }

    /// To the degree that he is in it.
    fn any_member(&mut self, group: GroupId, mut one: impl FnMut(&mut Self, UserId) -> Tri) -> Tri {
        any(self.org.facts.user_ids(), |user| {
            match self.org.is_in_group(user, group, self.now()) {
                Tri::False => Tri::False,
                degree => degree.min(one(self, user)),
            }
        })
    }

    fn is_member(&mut self, user: UserId, place: NodeId) -> Tri {
        self.org.is_member(user, place, self.now())
    }

    fn lies_in(&mut self, (): &(), inner: NodeId, outer: NodeId) -> Tri {
        let inner = match inner {
            UNLISTED => self.request.target.start,
            inner => inner,
        };
        self.org.lies_in(inner, outer).into()
    }

    fn of_caller(&mut self, (): &(), then: impl FnOnce(&mut Self, UserId) -> Tri) -> Tri {
        self.request.user.map_or(Tri::False, |user| then(self, user))
    }

    fn chain_up(&mut self, (): &(), from: UserId, name: AttrName, rest: &[(AttrName, bool)], user: UserId) -> Tri {
        let mut at = Value::User(from);
        let mut truth = Tri::False;
        // Facts refuse circles, so that no chain is longer than there are users.
        for _ in 0..=self.org.facts.users.len() {
            at = Eval::step(self, at, name);
            match at {
                Value::User(_) => truth = truth.max(condition::followed(self, &(), &at, rest, user)),
                Value::Missing => return truth.max(Tri::Unknown),
                _ => return truth,
            }
            if truth == Tri::True {
                return truth;
            }
        }
        truth.max(Tri::Unknown)
    }

    fn holds_above(&mut self, (): &(), user: UserId, roles: &[RoleId]) -> Tri {
        Eval::holds_above(self, user, roles)
    }

    fn holds_anywhere(&mut self, (): &(), user: UserId, roles: &[RoleId]) -> Tri {
        any(roles, |&role| Eval::holds_anywhere(self, user, role))
    }

    fn holds_exactly(&mut self, user: UserId, roles: &[RoleId], node: NodeId) -> Tri {
        any(roles, |&role| Eval::holds_exactly(self, user, role, node))
    }

    fn asked(&self, (): &()) -> Permission {
        self.table.model().permissions.get(self.request.permission)
    }

    fn stands(&mut self, (): &(), so: impl Fn(&Forest, &Target) -> bool) -> Tri {
        so(self.org, &self.request.target).into()
    }

    fn any_membership(&mut self, (): &(), user: UserId, so: impl Fn(&Forest, &Target, NodeId) -> bool) -> Tri {
        any(self.org.memberships(user), |(place, window)| {
            match so(self.org, &self.request.target, place) {
                true => running(window, self.now()),
                false => Tri::False,
            }
        })
    }

    fn of_recipient(&mut self, (): &(), then: impl Fn(&mut Self, UserId) -> Tri) -> Tri {
        self.request.recipient.map_or(Tri::Unknown, |to| then(self, to))
    }

    fn is_other(&mut self, (): &()) -> Tri {
        Eval::is_other(self)
    }

    fn may_here(&mut self, (): &(), permission: PermId) -> Tri {
        self.could(self.request.user, permission, self.request.target.start)
    }

    fn may(&mut self, user: UserId, permission: PermId, node: NodeId) -> Tri {
        self.could(Some(user), permission, node)
    }

    fn of_node(&mut self, node: NodeId, name: AttrName) -> Value {
        Eval::step(self, Value::Node(node), name)
    }
}

impl Eval<'_> {
    /// The truth of a condition.
    #[must_use]
    pub fn expr(&self, expr: &Expr, scope: Scope<'_>) -> Tri {
        condition::expr(&mut &*self, At { ask: &(), scope }, expr)
    }

    /// The truth of one test.
    #[must_use]
    pub fn test(&self, test: &Test, scope: Scope<'_>) -> Tri {
        condition::test(&mut &*self, At { ask: &(), scope }, test)
    }

    /// The value of one side of a test.
    #[must_use]
    pub fn operand(&self, operand: &Operand, scope: Scope<'_>) -> Value {
        condition::operand(&mut &*self, At { ask: &(), scope }, operand)
    }

    /// The value that a path leads to.
    #[must_use]
    pub fn path(&self, path: &Path, scope: Scope<'_>) -> Value {
        condition::path(&mut &*self, At { ask: &(), scope }, path)
    }

    /// Relation, recipient, `when` and `unless` of a rule.
    #[must_use]
    pub fn conditions(&self, rule: &Rule, scope: Scope<'_>) -> Tri {
        rule::conditions(&mut &*self, At { ask: &(), scope }, rule)
    }

    /// One of them.
    #[must_use]
    pub fn part(&self, rule: &Rule, scope: Scope<'_>, part: Part) -> Tri {
        rule::part(&mut &*self, At { ask: &(), scope }, rule, part)
    }

    /// Where a rule without a role reaches.
    #[must_use]
    pub fn public_reach(&self, rule: &Rule) -> Tri {
        rule::public_reach(&mut &*self, &(), rule)
    }

    /// Nothing exempts the caller from a rule without a role.
    #[must_use]
    pub fn not_exempt(&self, rule: &Rule) -> Tri {
        rule::not_exempt(&mut &*self, &(), rule)
    }

    /// The rule without a role applies.
    #[must_use]
    pub(crate) fn public(&self, rule: &Rule) -> Tri {
        let scope = Scope::NONE;
        rule::public(&mut &*self, At { ask: &(), scope }, rule)
    }

    /// To what degree a user holds a derived role at a node.
    #[must_use]
    pub fn derived(&self, user: UserId, role: RoleId, node: NodeId) -> Tri {
        rule::derived(&mut &*self, user, &self.table.model().role(role).derived, node)
    }

    /// The user is a member of an account that encloses the target.
    #[must_use]
    pub fn is_account_member(&self, user: UserId) -> Tri {
        rule::is_account_member(&mut &*self, &(), user)
    }

    /// `as a or b`: true if the user is, or is in, what one of the relations leads to.
    #[must_use]
    pub fn related(&self, relations: &[Relation]) -> Tri {
        condition::related(&mut &*self, &(), relations)
    }

    /// u is the value, or is in it.
    #[inline]
    pub(super) fn is_or_in(&self, user: UserId, value: Value) -> Tri {
        condition::is_or_in(&mut &*self, user, &value)
    }

    /// What a relation's first attribute names.
    pub(crate) fn related_value(&self, relation: &Relation) -> Value {
        condition::related_value(&mut &*self, &(), relation)
    }

    /// Where a path starts.
    pub(crate) fn root(&self, root: Root, scope: Scope<'_>) -> Value {
        let request = self.request;
        match root {
            Root::Resource => self.resource(),
            Root::User => request.user.map_or(Value::Absent, Value::User),
            Root::Recipient => request.recipient.map_or(Value::Missing, Value::User),
            Root::Here => scope.here.map_or(Value::Missing, Value::Node),
            Root::Near(ty) => self.nearest(ty).unwrap_or(Value::Missing),
            Root::Context(slot) => request.context.get(slot).copied().unwrap_or(Value::Missing),
            Root::Holding(key) => scope
                .entry
                .map_or(Value::Missing, |entry| self.holding_value(entry, key)),
        }
    }

    /// Whoever it is done to, or is handed something, is not the caller; nor is whom nobody lists.
    pub(crate) fn is_other(&self) -> Tri {
        let permissions = &self.table.model().permissions;
        let whom = match self.request.target.resource {
            Resource::User(user) => Some(user),
            _ if !permissions.get(self.request.permission).is_administrative() => return Tri::True,
            _ => self.request.recipient,
        };
        match (whom, self.request.user) {
            (Some(whom), Some(user)) => (whom != user).into(),
            (_, None) => Tri::True,
            (None, _) => Tri::Unknown,
        }
    }

    const fn resource(&self) -> Value {
        match self.request.target.resource {
            Resource::Node(node) => Value::Node(node),
            Resource::User(user) => Value::User(user),
            Resource::Unlisted(_) => Value::Node(UNLISTED),
        }
    }

    /// The nearest node of a type.
    pub(crate) fn nearest(&self, ty: TypeId) -> Option<Value> {
        Some(match reach::near(self.org, &self.request.target, ty)? {
            Near::Node(node) => Value::Node(node),
            Near::Own => self.resource(),
        })
    }

    fn holding_value(&self, entry: &Entry, key: AttrName) -> Value {
        match self.table.model().attr_names[key.0 as usize].as_str() {
            "from" => bound(self.org.stated_window(entry).from),
            "until" => bound(self.org.stated_window(entry).until),
            _ => self.org.parameter(self.table.model(), entry, key),
        }
    }

    /// The value of an attribute.
    pub(crate) fn step(&self, at: Value, name: AttrName) -> Value {
        let model = self.table.model();
        let facts = &self.org.facts;
        match at {
            Value::Node(UNLISTED) => self.unlisted(name),
            Value::Node(node) => match model.slot(self.org.ty(node), name) {
                Some(slot) => facts.node(node).values[slot],
                None => Value::Missing,
            },
            Value::User(user) => match model.slot(facts.user(user).ty, name) {
                Some(slot) => facts.user(user).values[slot],
                None => Value::Missing,
            },
            Value::Absent => Value::Absent,
            _ => Value::Missing,
        }
    }

    /// An attribute of the target that nobody lists: given with the request, else by default.
    fn unlisted(&self, name: AttrName) -> Value {
        let model = self.table.model();
        let Resource::Unlisted(ty) = self.request.target.resource else {
            return Value::Missing;
        };
        let Some(slot) = model.slot(ty, name) else {
            return Value::Missing;
        };
        if let Some(&(_, value)) = self.request.given.iter().find(|(given, _)| *given == slot) {
            return value;
        }
        let attribute = &model.ty(ty).attributes[slot];
        match &attribute.default {
            Default::Path(near, steps) => match self.org.near(self.request.target.start, *near) {
                Some(node) => self.fallen_back(node, steps, attribute),
                None => attribute.unset(),
            },
            _ => attribute.unset(),
        }
    }

    /// Where a default path leads. From nobody it leads to what the attribute is that is not given, as for listed nodes.
    fn fallen_back(&self, node: NodeId, steps: &[AttrName], attribute: &Attribute) -> Value {
        let mut at = Value::Node(node);
        for &step in steps {
            if at == Value::Absent {
                return attribute.ty.blank();
            }
            at = self.step(at, step);
        }
        at
    }

    /// The resource, else the first node outward, that has an attribute of that name.
    pub(crate) fn bearer(&self, name: AttrName) -> Option<Value> {
        let (model, target) = (self.table.model(), &self.request.target);
        let own = match target.resource {
            Resource::Unlisted(ty) => Some(ty),
            Resource::User(user) => Some(self.org.facts.user(user).ty),
            Resource::Node(_) => None,
        };
        if own.is_some_and(|ty| model.slot(ty, name).is_some()) {
            return Some(self.resource());
        }
        let has = |node: &NodeId| model.slot(self.org.ty(*node), name).is_some();
        self.org.chain(target.start).find(has).map(Value::Node)
    }

    /// The value of an attribute on the resource, else on the first node outward that has one of that name.
    fn outward(&self, name: AttrName) -> Value {
        let model = self.table.model();
        let target = &self.request.target;
        let own = match target.resource {
            Resource::Unlisted(ty) => Some(ty),
            Resource::User(user) => Some(self.org.facts.user(user).ty),
            Resource::Node(_) => None,
        };
        if own.is_some_and(|ty| model.slot(ty, name).is_some()) {
            return self.step(self.resource(), name);
        }
        let value = |node: NodeId| {
            let slot = model.slot(self.org.ty(node), name)?;
            Some(self.org.facts.node(node).values[slot])
        };
        self.org.chain(target.start).find_map(value).unwrap_or(Value::Absent)
    }

    /// The moment of the request.
    #[must_use]
    pub fn now(&self) -> Value {
        org::now(self.request.context)
    }
}

/// The least of the truths; stops at false.
#[inline]
pub(super) fn all<T>(items: impl IntoIterator<Item = T>, mut truth: impl FnMut(T) -> Tri) -> Tri {
    let mut least = Tri::True;
    for item in items {
        least = least.min(truth(item));
        if least == Tri::False {
            break;
        }
    }
    least
}

/// The greatest of the truths; stops at true.
#[inline]
pub(super) fn any<T>(items: impl IntoIterator<Item = T>, mut truth: impl FnMut(T) -> Tri) -> Tri {
    let mut greatest = Tri::False;
    for item in items {
        greatest = greatest.max(truth(item));
        if greatest == Tri::True {
            break;
        }
    }
    greatest
}

const fn bound(second: i64) -> Value {
    match second {
        i64::MIN | i64::MAX => Value::Missing,
        second => Value::Time(second),
    }
}
