//! Values that an attribute could have: enough of them that each test comes out in every way in which it can.
//!
//! Of a number or a moment these are the values that it is compared with somewhere in the policy, one on each side and
//! one between ([`ordered`]); of a string those and one other; of a user or node those that it is compared with
//! or, where a path goes on from it, all; of anything else all there are.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::facts::Facts;
use crate::model::value::{AttributeType, DAY, Net, NodeId, Number, Scalar, Sym, Value, compare, parse_network, shift};
use crate::model::{AttrName, Default, Expr, Model, Operand, Path, Rule, TestKind};

/// A text and addresses that are others than those of the policy, if it does not happen to name them.
pub(super) const OTHER: &str = "something else";
const ELSEWHERE: [&str; 2] = ["192.0.2.1", "2001:db8::1"];

/// What values are taken from.
#[derive(Debug)]
pub(super) struct Values<'v> {
    model: &'v Model,
    constants: HashMap<AttrName, Vec<Value>>,
    other: Sym,
}

impl<'v> Values<'v> {
    pub(super) fn new(model: &'v Model, facts: &mut Facts) -> Self {
        let mut values = Self {
            model,
            constants: HashMap::new(),
            other: facts.pool.intern(OTHER),
        };
        let custom = facts
            .custom
            .iter()
            .flat_map(|role| role.rules.iter().map(|(_, rule)| rule));
        let single = facts.grants.iter().map(|grant| &grant.rule);
        for rule in model.rules.iter().chain(custom).chain(single) {
            values.collect(rule);
        }
        values.inherit();
        values
    }

    /// The constants that a rule compares attributes with.
    fn collect(&mut self, rule: &Rule) {
        let mut open: Vec<&Expr> = rule.when.iter().chain(&rule.unless).collect();
        while let Some(expr) = open.pop() {
            match expr {
                Expr::And(parts) | Expr::Or(parts) => open.extend(parts),
                Expr::Not(inner) => open.push(inner),
                Expr::Test(test) => match &test.kind {
                    TestKind::Compare(left, _, right, minutes) => {
                        self.enter(left, right, *minutes);
                        self.enter(right, left, -*minutes);
                    }
                    TestKind::Quantified { set, right, .. } => self.enter_path(set, right, 0),
                    TestKind::Truth(_) | TestKind::Holds { .. } => {}
                },
            }
        }
    }

    fn enter(&mut self, side: &Operand, other: &Operand, minutes: i64) {
        match side {
            Operand::Path(path) => self.enter_path(path, other, minutes),
            Operand::List(items) => {
                for item in items {
                    if let Operand::Path(path) = item {
                        self.enter_path(path, other, minutes);
                    }
                }
            }
            Operand::Value(_) => {}
        }
    }

    fn enter_path(&mut self, path: &Path, other: &Operand, minutes: i64) {
        let key = match (path.steps.last(), path.root) {
            (Some(&key), _) | (None, crate::model::Root::Holding(key)) => key,
            _ => return,
        };
        let of_key = self.constants.entry(key).or_default();
        let mut open = vec![other];
        while let Some(operand) = open.pop() {
            match operand {
                Operand::Value(value) => of_key.push(shift(*value, minutes)),
                Operand::List(items) => open.extend(items),
                Operand::Path(_) => {}
            }
        }
    }

    /// What an attribute is compared with, those are compared with too on which it falls back.
    fn inherit(&mut self) {
        let types = self.model.types.iter().flat_map(|ty| &ty.attributes);
        let edges: Vec<(AttrName, AttrName)> = types
            .filter_map(|attribute| match &attribute.default {
                Default::Path(_, steps) => Some((attribute.key, *steps.last()?)),
                _ => None,
            })
            .filter(|(from, to)| from != to)
            .collect();
        let mut grew = true;
        while grew {
            grew = false;
            for (from, to) in &edges {
                let more = self.constants.get(from).cloned().unwrap_or_default();
                let known = self.constants.entry(*to).or_default();
                for value in more {
                    if !known.contains(&value) {
                        known.push(value);
                        grew = true;
                    }
                }
            }
        }
    }

    /// Values that one attribute could have, or the elements that a set of this type could have.
    pub(super) fn of(
        &self,
        facts: &Facts,
        (key, ty): (AttrName, AttributeType),
        now: Value,
        hints: &[Value],
        followed: bool,
    ) -> Vec<Value> {
        let constants = self.constants.get(&key).map_or(&[][..], Vec::as_slice);
        let mut known: Vec<Value> = Vec::new();
        for &value in hints.iter().chain(constants) {
            if !known.contains(&value) {
                known.push(value);
            }
        }
        let mut values = match ty.of {
            Scalar::Bool => vec![Value::Bool(true), Value::Bool(false)],
            Scalar::Enum(id) => self.every(self.model.enums[id.0 as usize].values.len()),
            Scalar::Int | Scalar::Decimal | Scalar::Date | Scalar::DateTime => ordered(&known, ty.of),
            Scalar::Text => known.into_iter().chain([Value::Text(self.other)]).collect(),
            Scalar::Ip | Scalar::Network => addresses(&known, ty.of),
            Scalar::User(_) | Scalar::Group | Scalar::Node(_) => {
                let all = things(facts, ty.of);
                let some: Vec<Value> = all.iter().copied().filter(|value| known.contains(value)).collect();
                let enough = !followed && !some.is_empty() && !some.contains(&now);
                if enough { some } else { all }
            }
        };
        if ty.optional && !ty.many && matches!(ty.of, Scalar::User(_) | Scalar::Group | Scalar::Node(_)) {
            values.push(Value::Absent);
        }
        values.retain(|value| *value != now);
        values
    }

    fn every(&self, count: usize) -> Vec<Value> {
        (0..u32::try_from(count).unwrap_or(0)).map(Value::Enum).collect()
    }
}

fn things(facts: &Facts, of: Scalar) -> Vec<Value> {
    match of {
        Scalar::User(ty) => {
            let of_type = facts.user_ids().filter(|&user| facts.user(user).ty == ty);
            of_type.map(Value::User).collect()
        }
        Scalar::Node(ty) => {
            let of_type = |node: &NodeId| facts.node(*node).ty == ty;
            facts.node_ids().filter(of_type).map(Value::Node).collect()
        }
        _ => {
            let ids = (0u32..).map(crate::model::value::GroupId);
            ids.zip(&facts.groups).map(|(group, _)| Value::Group(group)).collect()
        }
    }
}

/// Networks as they are; of each an address where one address is wanted.
fn addresses(known: &[Value], of: Scalar) -> Vec<Value> {
    let nets = known.iter().filter_map(|value| match value {
        Value::Net(net) if of == Scalar::Ip => Some(Net::from(net.network().addr())),
        Value::Net(net) => Some(*net),
        _ => None,
    });
    let elsewhere = ELSEWHERE.iter().filter_map(|text| parse_network(text));
    nets.chain(elsewhere).map(Value::Net).collect()
}

/// The values themselves, one before, one after and one between each two.
fn ordered(known: &[Value], of: Scalar) -> Vec<Value> {
    let mut points: Vec<Value> = known.iter().filter_map(|&value| as_type(value, of)).collect();
    points.sort_by(|&a, &b| compare(a, b).unwrap_or(Ordering::Equal));
    points.dedup();
    let mut values = Vec::new();
    for (ix, &point) in points.iter().enumerate() {
        let before = match ix.checked_sub(1).and_then(|ix| points.get(ix)) {
            Some(&previous) => between(previous, point, of),
            None => step(point, -1),
        };
        values.extend(before);
        values.push(point);
    }
    values.extend(points.last().and_then(|&last| step(last, 1)));
    values
}

fn as_type(value: Value, of: Scalar) -> Option<Value> {
    match (value, of) {
        (Value::Number(_), Scalar::Int | Scalar::Decimal)
        | (Value::Date(_), Scalar::Date)
        | (Value::Time(_), Scalar::DateTime) => Some(value),
        (Value::Time(second), Scalar::Date) => i32::try_from(second.div_euclid(DAY)).ok().map(Value::Date),
        (Value::Date(day), Scalar::DateTime) => Some(Value::Time(i64::from(day) * DAY)),
        _ => None,
    }
}

/// One more or less: a day of a date or moment.
fn step(value: Value, by: i64) -> Option<Value> {
    match value {
        Value::Number(number) => Some(Value::Number(number.plus(Number::from(by)))),
        Value::Date(day) => Some(Value::Date(day.saturating_add(i32::try_from(by).ok()?))),
        Value::Time(second) => Some(Value::Time(second.saturating_add(by * DAY))),
        _ => None,
    }
}

/// A value between two, one above the first where there is room.
fn between(low: Value, high: Value, of: Scalar) -> Option<Value> {
    let next = step(low, 1)?;
    if compare(next, high) == Some(Ordering::Less) {
        return Some(next);
    }
    match (low, high) {
        (Value::Number(a), Value::Number(b)) if of == Scalar::Decimal => Some(Value::Number(a.midpoint(b))),
        (Value::Time(a), Value::Time(b)) if b - a > 1 => Some(Value::Time(a + (b - a) / 2)),
        _ => None,
    }
}
