//! Values that an attribute could have: enough of them that each test comes out in every way in which it can.
//!
//! Of a number or a moment these are the values that it is compared with somewhere, one on each side and one between
//! ([`ordered`]); of a string those and one other; of a user, group or node all there are; of an address those, and some
//! that lie elsewhere.

use std::cmp::Ordering;

use crate::facts::Facts;
use crate::model::Model;
use crate::model::value::{DAY, GroupId, Net, NodeId, Number, Scalar, Sym, Value, compare, parse_network};

/// A text that is another than those of the policy, if it does not happen to name it.
pub(in crate::query) const OTHER: &str = "something else";

/// Addresses that are others.
const ELSEWHERE: [&str; 2] = ["192.0.2.1", "2001:db8::1"];

/// The values of a kind that are worth trying beside these constants, with which it is compared; `other` is [`OTHER`].
pub(in crate::query) fn worth_trying(
    model: &Model,
    facts: &Facts,
    of: Scalar,
    known: &[Value],
    other: Sym,
) -> Vec<Value> {
    match of {
        Scalar::Bool => vec![Value::Bool(true), Value::Bool(false)],
        Scalar::Enum(id) => {
            let count = model.enums[id.0 as usize].values.len();
            (0..u32::try_from(count).unwrap_or(0)).map(Value::Enum).collect()
        }
        Scalar::Int | Scalar::Decimal | Scalar::Date | Scalar::DateTime => ordered(known, of),
        Scalar::Text => {
            let texts = known.iter().copied().filter(|value| matches!(value, Value::Text(_)));
            texts.chain([Value::Text(other)]).collect()
        }
        Scalar::Ip | Scalar::Network => addresses(known, of),
        Scalar::User(_) | Scalar::Group | Scalar::Node(_) => things(facts, of),
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
            let ids = (0u32..).map(GroupId);
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
