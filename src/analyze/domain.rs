//! Candidate values: finitely many that stand for all, as conditions only compare.
//!
//! Between two neighbouring constants every value is like every other, as far as tests against constants go; where
//! attributes are compared with each other, a gap needs as many values as attributes can differ in it. Dates that are
//! compared with a shift (`before due + 30 days`) get the constants moved by every sum of shifts as well.

use super::scope::Class;
use crate::model::value::{DAY, Net, Number, Scalar, Sym, Value};

/// The most candidates of one attribute.
const MOST: usize = 4_000;

/// Candidates for plain values; users, groups and nodes are the world's matter. The flag is false if there are too
/// many to list.
#[must_use]
pub fn candidates(of: Scalar, class: &Class, enum_values: usize) -> (Vec<Value>, bool) {
    let several = several(class);
    let mut values = match of {
        Scalar::Bool => vec![Value::Bool(false), Value::Bool(true)],
        Scalar::Int => numbers(class, several, Number::ONE),
        Scalar::Decimal => numbers(class, several, Number::ONE / 100),
        Scalar::Text => texts(class, several),
        Scalar::Date => moments(class, several).iter().map(|&second| day(second)).collect(),
        Scalar::DateTime => moments(class, several).into_iter().map(Value::Time).collect(),
        Scalar::Ip => addresses(class).into_iter().map(Value::Net).collect(),
        Scalar::Network => networks(class).into_iter().map(Value::Net).collect(),
        Scalar::Enum(_) => (0..u32::try_from(enum_values).unwrap_or(u32::MAX))
            .map(Value::Enum)
            .collect(),
        Scalar::User(_) | Scalar::Group | Scalar::Node(_) => Vec::new(),
    };
    values.dedup();
    // Networks that are compared with each other can overlap in more ways than are listed.
    let overlap = of == Scalar::Network && class.linked.len() > 2;
    let whole = values.len() <= MOST && class.linked.len() <= MOST_APART + 1 && !overlap;
    values.truncate(MOST);
    (values, whole)
}

/// How many values a gap needs: as many as attributes that are compared with each other can have in it.
fn several(class: &Class) -> usize {
    let apart = class.linked.len().saturating_sub(1).min(MOST_APART);
    1 + class.links.min(3).max(apart)
}

/// The most attributes of one class that are looked at with values of their own.
const MOST_APART: usize = 8;

/// A string that no policy mentions: the number stands for its text until a witness is written.
#[must_use]
pub const fn other_text(n: u32) -> Sym {
    Sym(u32::MAX - n)
}

fn numbers(class: &Class, several: usize, step: i128) -> Vec<Value> {
    let mut constants: Vec<i128> = class
        .constants
        .iter()
        .filter_map(|value| match value {
            Value::Number(number) => Some(number.billionths()),
            _ => None,
        })
        .collect();
    constants.sort_unstable();
    constants.dedup();
    let all = spread(&constants, several, step);
    all.into_iter()
        .map(|units| Value::Number(Number::of_billionths(units)))
        .collect()
}

/// The constants, and some values below, between and above them.
fn spread(constants: &[i128], several: usize, step: i128) -> Vec<i128> {
    let several = i128::try_from(several).unwrap_or(1);
    let (Some(&first), Some(&last)) = (constants.first(), constants.last()) else {
        return (1..=several).map(|n| n * step.max(1)).collect();
    };
    let mut all: Vec<i128> = (1..=several).rev().map(|n| first - n * step).collect();
    for pair in constants.windows(2) {
        all.push(pair[0]);
        all.extend(between(pair[0], pair[1], several, step));
    }
    all.push(last);
    all.extend((1..=several).map(|n| last + n * step));
    all
}

/// Up to `several` values strictly between two.
fn between(low: i128, high: i128, several: i128, step: i128) -> Vec<i128> {
    let room = high - low;
    if room > several * step {
        return (1..=several).map(|n| low + n * step).collect();
    }
    if step == Number::ONE {
        return (1..)
            .map(|n| low + n * step)
            .take_while(|&value| value < high)
            .collect();
    }
    (1..=several)
        .map(|n| low + room * n / (several + 1))
        .filter(|&value| low < value && value < high)
        .collect()
}

fn texts(class: &Class, several: usize) -> Vec<Value> {
    let mut constants: Vec<Sym> = class
        .constants
        .iter()
        .filter_map(|value| match value {
            Value::Text(text) => Some(*text),
            _ => None,
        })
        .collect();
    constants.sort_unstable();
    constants.dedup();
    let others = (0..u32::try_from(several).unwrap_or(1)).map(other_text);
    others.chain(constants).map(Value::Text).collect()
}

fn day(second: i64) -> Value {
    i32::try_from(second.div_euclid(DAY)).map_or(Value::Missing, Value::Date)
}

/// The first second of 2026.
const BASE: i64 = 20_454 * DAY;

/// Seconds: the constants, moved by the shifts, each with its neighbours and the bounds of its day.
fn moments(class: &Class, several: usize) -> Vec<i64> {
    let mut base: Vec<i64> = class.constants.iter().filter_map(|&value| second(value)).collect();
    if base.is_empty() {
        base.push(BASE);
    }
    let mut shifts: Vec<i64> = class.shifts.iter().map(|minutes| minutes.saturating_mul(60)).collect();
    shifts.sort_unstable();
    shifts.dedup();
    for _ in 0..if shifts.is_empty() { 0 } else { several } {
        let moved = base.iter().flat_map(|&at| {
            shifts
                .iter()
                .flat_map(move |&by| [at.saturating_add(by), at.saturating_sub(by)])
        });
        base.extend(moved.collect::<Vec<_>>());
        base.sort_unstable();
        base.dedup();
        base.truncate(MOST / 8);
    }
    let days = i64::try_from(several).unwrap_or(1);
    let mut all: Vec<i64> = base
        .iter()
        .flat_map(|&at| {
            let start = at.div_euclid(DAY) * DAY;
            let near = (1..=days).flat_map(move |n| [at - n, at + n, start - n * DAY, start + n * DAY]);
            near.chain([at, start, start + DAY - 1])
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

const fn second(value: Value) -> Option<i64> {
    match value {
        Value::Date(day) => Some(day as i64 * DAY),
        Value::Time(second) => Some(second),
        _ => None,
    }
}

fn constant_nets(class: &Class) -> Vec<Net> {
    let mut nets: Vec<Net> = class
        .constants
        .iter()
        .filter_map(|value| match value {
            Value::Net(net) => Some(*net),
            _ => None,
        })
        .collect();
    nets.sort_unstable();
    nets.dedup();
    nets
}

/// One address of every region that the constant networks tell apart.
fn addresses(class: &Class) -> Vec<Net> {
    let nets = constant_nets(class);
    let mut found: Vec<Net> = Vec::new();
    let mut seen: Vec<Vec<bool>> = Vec::new();
    let outside = [
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "2001:db8::1",
        "8.8.8.8",
        "127.0.0.1",
        "0.0.0.0",
        "255.255.255.255",
    ];
    let fixed = outside.iter().filter_map(|text| text.parse::<std::net::IpAddr>().ok());
    let edges = nets.iter().flat_map(edge_addresses);
    for address in edges.chain(fixed).map(Net::from) {
        let region: Vec<bool> = nets.iter().map(|net| net.contains(&address)).collect();
        let fresh = !seen.contains(&region);
        if fresh || (class.links > 0 && found.len() < nets.len() * 2 + 4) {
            seen.push(region);
            found.push(address);
        }
    }
    found
}

/// Addresses in a network and right beside it: where regions can begin and end.
fn edge_addresses(net: &Net) -> Vec<std::net::IpAddr> {
    let (first, last) = (net.network().network(), net.network().broadcast());
    [first, last]
        .into_iter()
        .chain(beside(first, false))
        .chain(beside(last, true))
        .collect()
}

fn beside(address: std::net::IpAddr, up: bool) -> Option<std::net::IpAddr> {
    use std::net::IpAddr::{V4, V6};
    match address {
        V4(it) => {
            let bits = u32::from(it);
            let next = if up { bits.checked_add(1) } else { bits.checked_sub(1) };
            next.map(|bits| V4(bits.into()))
        }
        V6(it) => {
            let bits = u128::from(it);
            let next = if up { bits.checked_add(1) } else { bits.checked_sub(1) };
            next.map(|bits| V6(bits.into()))
        }
    }
}

fn networks(class: &Class) -> Vec<Net> {
    let mut all = constant_nets(class);
    all.extend(addresses(class));
    all.dedup();
    all
}
