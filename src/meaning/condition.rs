//! Conditions and relations: the one walk (docs/language.md, *Conditions*, *Relations*).
//!
//! A missing value makes a test unknown; a user, group or node that is absent is nobody, and every test on it is false.

use std::cmp::Ordering;

use super::{Case, Domain};
use crate::model::value::{NodeId, Tri, UserId, Value, compare};
use crate::model::{AttrName, Expr, HeldAt, Operand, Path, Relation, RoleId, Test, TestKind};
use crate::syntax::ast::Op;

/// The node that stands for a target which nobody lists.
pub const UNLISTED: NodeId = NodeId(u32::MAX);

/// Where a condition is read: the question, and the holding.
#[derive(Debug)]
pub struct At<'a, D: Domain> {
    /// What is asked.
    pub ask: &'a D::Ask,
    /// What is seen besides.
    pub scope: D::Scope,
}

impl<D: Domain> Clone for At<'_, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D: Domain> Copy for At<'_, D> {}

/// The truth of a condition.
pub fn expr<D: Domain>(domain: &mut D, at: At<'_, D>, it: &Expr) -> D::Truth {
    match it {
        Expr::And(parts) => domain.all(parts, |domain, part| expr(domain, at, part)),
        Expr::Or(parts) => domain.any(parts, |domain, part| expr(domain, at, part)),
        Expr::Not(inner) => domain.not(|domain| expr(domain, at, inner)),
        Expr::Test(one) => test(domain, at, one),
    }
}

/// The truth of one test.
pub fn test<D: Domain>(domain: &mut D, at: At<'_, D>, it: &Test) -> D::Truth {
    match &it.kind {
        TestKind::Truth(side) => {
            let value = operand(domain, at, side);
            domain.is(&value, truth)
        }
        TestKind::Compare(left, op, right, minutes) => {
            let left = operand(domain, at, left);
            compared(domain, at, &left, (*op, right, *minutes))
        }
        TestKind::Quantified { all, set, op, right } => {
            let set = path(domain, at, set);
            if D::LOOKS_ASIDE {
                let right = operand(domain, at, right);
                domain.aside(&set, *op, &right);
            }
            quantified(domain, at, *all, &set, (*op, right))
        }
        TestKind::Holds { who, roles, at: place } => {
            let who = path(domain, at, who);
            holds(domain, at, &who, roles, place)
        }
    }
}

/// `any`, `all` over known elements: *all* asks for one at least.
pub fn over<D: Domain>(
    domain: &mut D,
    every: bool,
    values: &[Value],
    mut one: impl FnMut(&mut D, Value) -> D::Truth,
) -> D::Truth {
    match (every, values) {
        (true, []) => domain.constant(Tri::False),
        (true, values) => domain.all(values, |domain, &value| one(domain, value)),
        (false, values) => domain.any(values, |domain, &value| one(domain, value)),
    }
}

/// `any`, `all`: of nobody's set it is false, of a missing one unknown.
fn quantified<D: Domain>(
    domain: &mut D,
    at: At<'_, D>,
    every: bool,
    set: &D::Value,
    (op, right): (Op, &Operand),
) -> D::Truth {
    domain.cases(set, |domain, case| match case {
        Case::Set(set) => domain.quantify(&set, every, (op, right), |domain, value| {
            let left = domain.known(value);
            compared(domain, at, &left, (op, right, 0))
        }),
        Case::One(Value::Missing) => {
            let right = operand(domain, at, right);
            domain.is(&right, unknown_unless_nobody)
        }
        Case::One(Value::Absent) => domain.constant(Tri::False),
        Case::One(_) => domain.constant(Tri::Unknown),
    })
}

fn compared<D: Domain>(
    domain: &mut D,
    at: At<'_, D>,
    left: &D::Value,
    (op, right, minutes): (Op, &Operand, i64),
) -> D::Truth {
    match (op, right) {
        (Op::In | Op::NotIn, Operand::List(items)) => domain.there(&[left], |domain| {
            negated(domain, op, |domain| domain.listed(at, left, items))
        }),
        (Op::In | Op::NotIn, _) => {
            let right = operand(domain, at, right);
            domain.there(&[left, &right], |domain| {
                negated(domain, op, |domain| contained(domain, at, left, &right))
            })
        }
        _ => {
            let right = operand(domain, at, right);
            domain.ordered(left, op, &right, minutes)
        }
    }
}

fn negated<D: Domain>(domain: &mut D, op: Op, inner: impl FnOnce(&mut D) -> D::Truth) -> D::Truth {
    match op {
        Op::NotIn => domain.not(inner),
        _ => inner(domain),
    }
}

/// `left in right`, where neither is missing or nobody.
fn contained<D: Domain>(domain: &mut D, at: At<'_, D>, left: &D::Value, right: &D::Value) -> D::Truth {
    domain.cases(right, |domain, case| match case {
        Case::Set(set) => domain.any_in(&set, |domain, value| {
            let value = domain.known(value);
            domain.compare(left, &value, equal_or_within)
        }),
        Case::One(right) => domain.cases(left, |domain, case| match case {
            Case::One(left) => contained_in(domain, at, left, right),
            Case::Set(_) => domain.constant(Tri::False),
        }),
    })
}

fn contained_in<D: Domain>(domain: &mut D, at: At<'_, D>, left: Value, right: Value) -> D::Truth {
    match (left, right) {
        (Value::User(user), Value::Group(group)) => domain.in_group(user, group),
        (Value::User(_), Value::Node(UNLISTED)) => domain.constant(Tri::False),
        (Value::User(user), Value::Node(place)) => domain.is_member(user, place),
        (Value::Node(UNLISTED), Value::Node(UNLISTED)) => domain.constant(Tri::True),
        (Value::Node(_), Value::Node(UNLISTED)) => domain.constant(Tri::False),
        (Value::Node(inner), Value::Node(outer)) => domain.lies_in(at.ask, inner, outer),
        (Value::Net(_), Value::Net(_)) => domain.constant(equal_or_within(left, right)),
        _ => domain.constant(Tri::False),
    }
}

fn holds<D: Domain>(domain: &mut D, at: At<'_, D>, who: &D::Value, roles: &[RoleId], place: &HeldAt) -> D::Truth {
    domain.cases(who, |domain, case| match (case, place) {
        (Case::One(Value::User(user)), place) => holds_at(domain, at, user, roles, place),
        // A principal that nobody lists holds nothing.
        (Case::One(Value::Absent | Value::Node(_)), _) => domain.constant(Tri::False),
        (_, HeldAt::At(place)) => {
            let place = path(domain, at, place);
            domain.is(&place, unknown_unless_nobody)
        }
        _ => domain.constant(Tri::Unknown),
    })
}

fn holds_at<D: Domain>(domain: &mut D, at: At<'_, D>, user: UserId, roles: &[RoleId], place: &HeldAt) -> D::Truth {
    let place = match place {
        HeldAt::Above => return domain.holds_above(at.ask, user, roles),
        HeldAt::Anywhere => return domain.holds_anywhere(at.ask, user, roles),
        HeldAt::At(place) => path(domain, at, place),
    };
    domain.cases(&place, |domain, case| match case {
        Case::One(Value::Node(UNLISTED) | Value::Absent) => domain.constant(Tri::False),
        Case::One(Value::Node(node)) => domain.holds_exactly(user, roles, node),
        _ => domain.constant(Tri::Unknown),
    })
}

/// The value of one side of a test.
pub fn operand<D: Domain>(domain: &mut D, at: At<'_, D>, it: &Operand) -> D::Value {
    match it {
        Operand::Value(value) => domain.known(*value),
        Operand::Path(one) => path(domain, at, one),
        Operand::List(_) => domain.known(Value::Missing),
    }
}

/// What a path leads to.
pub fn path<D: Domain>(domain: &mut D, at: At<'_, D>, it: &Path) -> D::Value {
    let root = domain.root(at, it.root);
    it.steps
        .iter()
        .fold(root, |value, &name| domain.step(at.ask, value, name))
}

/// `as a or b`: true if the caller is, or is in, what one of the relations leads to.
pub fn related<D: Domain>(domain: &mut D, ask: &D::Ask, relations: &[Relation]) -> D::Truth {
    if relations.is_empty() {
        return domain.constant(Tri::True);
    }
    domain.of_caller(ask, |domain, user| {
        domain.any(relations, |domain, relation| {
            let value = related_value(domain, ask, relation);
            followed(domain, ask, &value, &relation.then, user)
        })
    })
}

/// What a relation's first attribute names.
pub fn related_value<D: Domain>(domain: &mut D, ask: &D::Ask, relation: &Relation) -> D::Value {
    match relation.at {
        Some(ty) => {
            let node = domain.nearest(ask, ty);
            domain.step(ask, node, relation.first)
        }
        None => domain.outward(ask, relation.first),
    }
}

/// What is followed from a value ends at the user.
pub fn followed<D: Domain>(
    domain: &mut D,
    ask: &D::Ask,
    value: &D::Value,
    then: &[(AttrName, bool)],
    user: UserId,
) -> D::Truth {
    if then.is_empty() {
        return is_or_in(domain, user, value);
    }
    domain.goes_on(value);
    domain.cases(value, |domain, case| match case {
        Case::Set(set) => domain.any_in(&set, |domain, each| followed_from(domain, ask, each, then, user)),
        Case::One(from) => followed_from(domain, ask, from, then, user),
    })
}

fn followed_from<D: Domain>(
    domain: &mut D,
    ask: &D::Ask,
    from: Value,
    then: &[(AttrName, bool)],
    user: UserId,
) -> D::Truth {
    let Some((&(name, plus), rest)) = then.split_first() else {
        return is_value(domain, user, from);
    };
    match from {
        Value::User(from) if plus => domain.chain_up(ask, from, name, rest, user),
        Value::User(_) => {
            let from = domain.known(from);
            let next = domain.step(ask, from, name);
            followed(domain, ask, &next, rest, user)
        }
        Value::Group(group) => domain.any_member(group, |domain, each| {
            followed_from(domain, ask, Value::User(each), then, user)
        }),
        Value::Missing => domain.constant(Tri::Unknown),
        _ => domain.constant(Tri::False),
    }
}

/// The user is the value, or is in it.
pub fn is_or_in<D: Domain>(domain: &mut D, user: UserId, value: &D::Value) -> D::Truth {
    domain.cases(value, |domain, case| match case {
        Case::Set(set) => domain.any_in(&set, |domain, each| is_value(domain, user, each)),
        Case::One(one) => is_value(domain, user, one),
    })
}

fn is_value<D: Domain>(domain: &mut D, user: UserId, value: Value) -> D::Truth {
    match value {
        Value::User(other) => domain.constant((user == other).into()),
        Value::Group(group) => domain.in_group(user, group),
        Value::Missing => domain.constant(Tri::Unknown),
        _ => domain.constant(Tri::False),
    }
}

/// What stands beside a missing value: with nobody it is false.
const fn unknown_unless_nobody(value: Value) -> Tri {
    match value {
        Value::Absent => Tri::False,
        _ => Tri::Unknown,
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

/// An address in a network, anything else that is equal.
#[must_use]
pub fn equal_or_within(left: Value, right: Value) -> Tri {
    match (left, right) {
        (Value::Net(left), Value::Net(right)) => right.contains(&left).into(),
        _ => ordered(left, Op::Is, right),
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
