//! Conditions: tests over values in Kleene's three values. Nothing here allocates.
//!
//! A missing value makes a test unknown; a user, group or node that is absent is nobody, and every test on it is false.

use std::cmp::Ordering;

use super::Resource;
use super::decision::Eval;
use super::org::{self, Entry};
use super::reach::{self, Near};
use crate::model::value::{GroupId, NodeId, Tri, UserId, Value, compare, shift};
use crate::model::{AttrName, Default, Expr, HeldAt, Operand, Path, Relation, Root, Test, TestKind};
use crate::syntax::ast::Op;

/// The node that stands for a target which nobody lists.
pub(crate) const UNLISTED: NodeId = NodeId(u32::MAX);

/// What a rule's condition sees besides the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl Eval<'_> {
    /// The truth of a condition.
    #[must_use]
    pub fn expr(&self, expr: &Expr, scope: Scope<'_>) -> Tri {
        match expr {
            Expr::And(parts) => all(parts, |part| self.expr(part, scope)),
            Expr::Or(parts) => any(parts, |part| self.expr(part, scope)),
            Expr::Not(inner) => self.expr(inner, scope).negate(),
            Expr::Test(test) => self.test(test, scope),
        }
    }

    /// The truth of one test.
    #[must_use]
    pub fn test(&self, test: &Test, scope: Scope<'_>) -> Tri {
        match &test.kind {
            TestKind::Truth(operand) => truth(self.operand(operand, scope)),
            TestKind::Compare(left, op, right, minutes) => {
                let left = self.operand(left, scope);
                self.compared(left, *op, right, *minutes, scope)
            }
            TestKind::Quantified {
                all: every,
                set,
                op,
                right,
            } => {
                let set = self.path(set, scope);
                self.quantified(*every, set, *op, right, scope)
            }
            TestKind::Holds { who, roles, at } => match self.path(who, scope) {
                Value::User(user) => self.holds_at(user, roles, at, scope),
                Value::Absent => Tri::False,
                _ if matches!(at, HeldAt::At(path) if self.path(path, scope) == Value::Absent) => Tri::False,
                // A principal that nobody lists holds nothing.
                Value::Node(_) => Tri::False,
                _ => Tri::Unknown,
            },
        }
    }

    fn quantified(&self, every: bool, set: Value, op: Op, right: &Operand, scope: Scope<'_>) -> Tri {
        let values = match set {
            Value::Missing if self.operand(right, scope) == Value::Absent => return Tri::False,
            Value::List(list) => self.request.pool.values(list),
            Value::Absent => return Tri::False,
            _ => return Tri::Unknown,
        };
        let test = |value: &Value| self.compared(*value, op, right, 0, scope);
        match every {
            true if values.is_empty() => Tri::False,
            true => all(values, test),
            false => any(values, test),
        }
    }

    fn compared(&self, left: Value, op: Op, right: &Operand, minutes: i64, scope: Scope<'_>) -> Tri {
        match (op, right) {
            (Op::In | Op::NotIn, Operand::List(_)) if left == Value::Missing => Tri::Unknown,
            (Op::In | Op::NotIn, Operand::List(items)) => {
                let found = any(items, |item| self.equal_or_within(left, self.operand(item, scope)));
                negated(op == Op::NotIn, left, found)
            }
            (Op::In | Op::NotIn, _) => {
                let right = self.operand(right, scope);
                if right == Value::Absent {
                    return Tri::False;
                }
                negated(op == Op::NotIn, left, self.contained(left, right))
            }
            _ => ordered(left, op, shift(self.operand(right, scope), minutes)),
        }
    }

    fn equal_or_within(&self, left: Value, right: Value) -> Tri {
        match (left, right) {
            (Value::Net(a), Value::Net(b)) => b.contains(&a).into(),
            _ => ordered(left, Op::Is, right),
        }
    }

    /// `left in right`.
    fn contained(&self, left: Value, right: Value) -> Tri {
        match (left, right) {
            (Value::Missing, _) | (_, Value::Missing) => Tri::Unknown,
            (Value::Absent, _) | (_, Value::Absent) => Tri::False,
            (_, Value::List(list)) => any(self.request.pool.values(list), |value| {
                self.equal_or_within(left, *value)
            }),
            (Value::User(user), Value::Group(group)) => self.org.is_in_group(user, group, self.now()),
            (Value::User(user), Value::Node(place)) => self.org.is_member(user, place, self.now()),
            (Value::Node(inner), Value::Node(outer)) => self.node_in(inner, outer).into(),
            (Value::Net(_), Value::Net(_)) => self.equal_or_within(left, right),
            _ => Tri::False,
        }
    }

    fn node_in(&self, inner: NodeId, outer: NodeId) -> bool {
        match (inner, outer) {
            (UNLISTED, UNLISTED) => true,
            (_, UNLISTED) => false,
            (UNLISTED, _) => self.org.lies_in(self.request.target.start, outer),
            _ => self.org.lies_in(inner, outer),
        }
    }

    fn holds_at(&self, user: UserId, roles: &[crate::model::RoleId], at: &HeldAt, scope: Scope<'_>) -> Tri {
        match at {
            HeldAt::Above => self.holds_above(user, roles),
            HeldAt::Anywhere => any(roles, |&role| self.holds_anywhere(user, role)),
            HeldAt::At(path) => match self.path(path, scope) {
                Value::Node(UNLISTED) | Value::Absent => Tri::False,
                Value::Node(node) => any(roles, |&role| self.holds_exactly(user, role, node)),
                _ => Tri::Unknown,
            },
        }
    }

    /// The value of one side of a test.
    #[must_use]
    pub fn operand(&self, operand: &Operand, scope: Scope<'_>) -> Value {
        match operand {
            Operand::Value(value) => *value,
            Operand::Path(path) => self.path(path, scope),
            Operand::List(_) => Value::Missing,
        }
    }

    /// The value that a path leads to.
    #[must_use]
    pub fn path(&self, path: &Path, scope: Scope<'_>) -> Value {
        let root = self.root(path.root, scope);
        path.steps.iter().fold(root, |at, &step| self.step(at, step))
    }

    /// Where a path starts.
    pub(crate) fn root(&self, root: Root, scope: Scope<'_>) -> Value {
        let request = self.request;
        match root {
            Root::Resource => match request.target.resource {
                Resource::Node(node) => Value::Node(node),
                Resource::User(user) => Value::User(user),
                Resource::Unlisted(_) => Value::Node(UNLISTED),
            },
            Root::User => request.user.map_or(Value::Absent, Value::User),
            Root::Recipient => request.recipient.map_or(Value::Missing, Value::User),
            Root::Here => scope.here.map_or(Value::Missing, Value::Node),
            Root::Near(ty) => match reach::near(self.org, &request.target, ty) {
                Some(Near::Node(node)) => Value::Node(node),
                Some(Near::Own) => self.root(Root::Resource, scope),
                None => Value::Missing,
            },
            Root::Context(slot) => request.context.get(slot).copied().unwrap_or(Value::Missing),
            Root::Holding(key) => scope
                .entry
                .map_or(Value::Missing, |entry| self.holding_value(entry, key)),
        }
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
        let facts = self.org.facts;
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
                Some(node) => steps.iter().fold(Value::Node(node), |at, &step| self.step(at, step)),
                None => attribute.unset(),
            },
            _ => attribute.unset(),
        }
    }

    /// `as a or b`: true if the user is, or is in, what one of the relations leads to.
    #[must_use]
    pub fn related(&self, relations: &[Relation]) -> Tri {
        let Some(user) = self.request.user else {
            return (relations.is_empty()).into();
        };
        if relations.is_empty() {
            return Tri::True;
        }
        any(relations, |relation| self.relation(relation, user))
    }

    fn relation(&self, relation: &Relation, user: UserId) -> Tri {
        self.followed(self.related_value(relation), &relation.then, user)
    }

    /// What a relation's first attribute names.
    pub(crate) fn related_value(&self, relation: &Relation) -> Value {
        match relation.at {
            Some(ty) => match reach::near(self.org, &self.request.target, ty) {
                Some(_) => self.step(self.root(Root::Near(ty), Scope::NONE), relation.first),
                None => Value::Absent,
            },
            None => self.outward(relation.first),
        }
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
            return self.step(self.root(Root::Resource, Scope::NONE), name);
        }
        let value = |node: NodeId| {
            let slot = model.slot(self.org.ty(node), name)?;
            Some(self.org.facts.node(node).values[slot])
        };
        self.org.chain(target.start).find_map(value).unwrap_or(Value::Absent)
    }

    fn followed(&self, value: Value, then: &[(AttrName, bool)], user: UserId) -> Tri {
        let Some((&(name, plus), rest)) = then.split_first() else {
            return self.is_or_in(user, value);
        };
        match value {
            Value::User(from) if plus => self.chain_up(from, name, rest, user),
            Value::User(_) => self.followed(self.step(value, name), rest, user),
            Value::List(list) => any(self.request.pool.values(list), |&each| self.followed(each, then, user)),
            Value::Absent => Tri::False,
            Value::Group(group) => self.followed_by_group(group, then, user),
            Value::Missing => Tri::Unknown,
            _ => Tri::False,
        }
    }

    /// Followed from each user of a group, to the degree that he is in it.
    fn followed_by_group(&self, group: GroupId, then: &[(AttrName, bool)], user: UserId) -> Tri {
        let mut truth = Tri::False;
        for each in self.org.facts.user_ids() {
            let member = self.org.is_in_group(each, group, self.now());
            if member > truth {
                truth = truth.max(member.min(self.followed(Value::User(each), then, user)));
            }
        }
        truth
    }

    /// `manager+`: one or more steps, ending where the attribute is absent.
    fn chain_up(&self, from: UserId, name: AttrName, rest: &[(AttrName, bool)], user: UserId) -> Tri {
        let mut at = Value::User(from);
        let mut truth = Tri::False;
        // Facts refuse circles, so that no chain is longer than there are users.
        for _ in 0..=self.org.facts.users.len() {
            at = self.step(at, name);
            match at {
                Value::User(_) => truth = truth.max(self.followed(at, rest, user)),
                Value::Missing => return truth.max(Tri::Unknown),
                _ => return truth,
            }
            if truth == Tri::True {
                return truth;
            }
        }
        truth.max(Tri::Unknown)
    }

    /// u is the value, or is in it.
    #[inline]
    pub(super) fn is_or_in(&self, user: UserId, value: Value) -> Tri {
        match value {
            Value::User(other) => (user == other).into(),
            Value::List(list) => any(self.request.pool.values(list), |&each| self.is_or_in(user, each)),
            Value::Group(group) => self.org.is_in_group(user, group, self.now()),
            Value::Missing => Tri::Unknown,
            _ => Tri::False,
        }
    }

    /// The moment of the request.
    #[must_use]
    pub fn now(&self) -> Value {
        org::now(self.request.context)
    }
}

/// The least of the truths; stops at false.
#[inline]
pub(super) fn all<T>(items: &[T], mut truth: impl FnMut(&T) -> Tri) -> Tri {
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

/// The truth of a value that stands alone as a condition.
#[must_use]
pub fn truth(value: Value) -> Tri {
    match value {
        Value::Bool(value) => value.into(),
        Value::Absent => Tri::False,
        _ => Tri::Unknown,
    }
}

/// `not in`: false where the left side is nobody.
fn negated(negate: bool, left: Value, found: Tri) -> Tri {
    match (negate, left) {
        (_, Value::Absent) => Tri::False,
        (true, _) => found.negate(),
        (false, _) => found,
    }
}

/// `left op right`, for the operators that compare two single values.
#[must_use]
pub fn ordered(left: Value, op: Op, right: Value) -> Tri {
    if left == Value::Absent || right == Value::Absent {
        return Tri::False;
    }
    if left == Value::Missing || right == Value::Missing {
        return Tri::Unknown;
    }
    let order = compare(left, right);
    let holds = match op {
        Op::Is => order == Some(Ordering::Equal),
        Op::IsNot => order != Some(Ordering::Equal),
        Op::Less | Op::Before => order == Some(Ordering::Less),
        Op::Greater | Op::After => order == Some(Ordering::Greater),
        Op::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Op::AtLeast => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        Op::In | Op::NotIn => false,
    };
    holds.into()
}
