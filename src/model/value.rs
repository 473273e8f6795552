//! Values of attributes, parameters and literals: small, `Copy`, comparable in Kleene's three values.

use serde::{Deserialize, Serialize};

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;

use super::TypeId;
use crate::packed::{Block, Reader, Record};
use crate::source::nfc;

mod net;
mod time;

pub use net::{Net, parse_network};
pub use time::{DAY, parse_date, parse_datetime, show_date, show_time};

/// A user or another principal of the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UserId(pub u32);

/// A group of the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupId(pub u32);

impl Record for GroupId {
    fn write(&self, to: &mut Block) {
        to.word(self.0);
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        from.word().map(Self)
    }
}

/// A place or resource of the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NodeId(pub u32);

/// An enumeration; two written alike are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EnumId(pub u32);

/// An interned string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sym(pub u32);

/// A list or set kept in a [`Pool`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListId(pub u32);

/// What one value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scalar {
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `decimal`, nine digits behind the point
    Decimal,
    /// `string`
    Text,
    /// `date`
    Date,
    /// `datetime`, to the second
    DateTime,
    /// `ip`
    Ip,
    /// `network`
    Network,
    /// `a | b`, `a < b`
    Enum(EnumId),
    /// `user`, or a kind of principal
    User(TypeId),
    /// `group`
    Group,
    /// a node type
    Node(TypeId),
}

/// The type of an attribute, a parameter or a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AttributeType {
    /// Of what.
    pub of: Scalar,
    /// `set of …`, `users`
    pub many: bool,
    /// `…?`
    pub optional: bool,
}

impl AttributeType {
    /// One value that is never absent.
    #[must_use]
    pub const fn one(of: Scalar) -> Self {
        Self {
            of,
            many: false,
            optional: false,
        }
    }

    /// What an attribute is where nothing is given and nothing is said about that.
    #[must_use]
    pub const fn blank(self) -> Value {
        match self.of {
            _ if self.many => Value::EMPTY,
            Scalar::User(_) | Scalar::Group | Scalar::Node(_) if self.optional => Value::Absent,
            _ => Value::Missing,
        }
    }
}

/// A number with nine digits behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Number(i128);

impl Number {
    const DIGITS: usize = 9;
    /// One, in billionths.
    pub const ONE: i128 = 1_000_000_000;

    /// Reads `-12.50`; `None` for anything else, for more than nine digits behind the point, and beyond 10^27.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || fraction.len() > Self::DIGITS || whole.len() > 27 {
            return None;
        }
        let padded = format!("{fraction:0<width$}", width = Self::DIGITS);
        let value = whole.parse::<i128>().ok()? * Self::ONE + padded.parse::<i128>().ok()?;
        Some(Self(sign * value))
    }

    /// The sum, at most as large as can be kept.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The number in the middle of two.
    #[must_use]
    pub const fn midpoint(self, other: Self) -> Self {
        Self(self.0 / 2 + other.0 / 2 + (self.0 % 2 + other.0 % 2) / 2)
    }

    /// True if nothing stands behind the point.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.0 % Self::ONE == 0
    }

    /// So many billionths: the smallest step between two numbers.
    #[must_use]
    pub const fn billionths(self) -> i128 {
        self.0
    }

    /// The number of so many billionths.
    #[must_use]
    pub const fn of_billionths(count: i128) -> Self {
        Self(count)
    }
}

impl From<i64> for Number {
    fn from(whole: i64) -> Self {
        Self(i128::from(whole) * Self::ONE)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0.abs() / Self::ONE, self.0.abs() % Self::ONE);
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{whole}")?;
        if rest != 0 {
            let digits = format!("{rest:0width$}", width = Self::DIGITS);
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

/// One value. Equality is that of the language only between values of one type; use [`compare`] for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Value {
    /// Not given: every test on it is unknown.
    Missing,
    /// An optional user, group or node that is not there: nobody; tests on it are false. (An optional plain value that is
    /// not given is [`Value::Missing`].)
    Absent,
    /// `true`, `false`
    Bool(bool),
    /// An int or decimal.
    Number(Number),
    /// A string.
    Text(Sym),
    /// Days since 1970-01-01.
    Date(i32),
    /// Seconds since 1970-01-01T00:00Z.
    Time(i64),
    /// An address (a network of one) or a network.
    Net(Net),
    /// The nth value of an enumeration.
    Enum(u32),
    /// A user.
    User(UserId),
    /// A group.
    Group(GroupId),
    /// A place or resource.
    Node(NodeId),
    /// A set.
    List(ListId),
}

impl Value {
    /// The set without elements, in every pool.
    pub const EMPTY: Self = Self::List(ListId(u32::MAX));
}

/// Truth in Kleene's strong three-valued logic; `and` is [`Ord::min`], `or` is [`Ord::max`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tri {
    /// No.
    False,
    /// It depends on something that is missing.
    Unknown,
    /// Yes.
    True,
}

impl Tri {
    /// `not`
    #[must_use]
    pub const fn negate(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Tri {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// How two present values of one type stand to each other; a date against a datetime compares days. `None` where there
/// is no order and they differ, or where one is not there.
#[must_use]
pub fn compare(left: Value, right: Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(&b)),
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(&b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(&b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(&b)),
        (Value::Date(a), Value::Time(b)) => Some(i64::from(a).cmp(&b.div_euclid(DAY))),
        (Value::Time(a), Value::Date(b)) => Some(a.div_euclid(DAY).cmp(&i64::from(b))),
        (Value::Enum(a), Value::Enum(b)) => Some(a.cmp(&b)),
        (a, b) => (a == b).then_some(Ordering::Equal),
    }
}

/// `value + minutes`; a date becomes a datetime only if the shift is not in whole days.
#[must_use]
pub fn shift(value: Value, minutes: i64) -> Value {
    match value {
        Value::Date(day) if minutes % 1440 == 0 => {
            i32::try_from(i64::from(day) + minutes / 1440).map_or(Value::Missing, Value::Date)
        }
        Value::Date(day) => Value::Time((i64::from(day) * DAY).saturating_add(minutes.saturating_mul(60))),
        Value::Time(second) => Value::Time(second.saturating_add(minutes.saturating_mul(60))),
        other => other,
    }
}

/// The present moment, for callers outside the core.
#[must_use]
pub fn clock() -> Value {
    Value::Time(Timestamp::now().as_second())
}

/// Strings and lists that values refer to. A pool may stand on another: ids of the base stay valid.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Pool {
    strings: Vec<String>,
    #[serde(skip)]
    known: HashMap<String, Sym>,
    lists: Vec<Vec<Value>>,
}

impl Pool {
    /// The id of a string, given to it on first sight; compared in NFC, as names are.
    pub fn intern(&mut self, text: &str) -> Sym {
        let text = nfc(text);
        if let Some(&sym) = self.known.get(&*text) {
            return sym;
        }
        let sym = Sym(u32::try_from(self.strings.len()).unwrap_or(u32::MAX));
        self.strings.push(text.clone().into_owned());
        self.known.insert(text.into_owned(), sym);
        sym
    }

    /// The text of an id.
    #[must_use]
    pub fn text(&self, sym: Sym) -> &str {
        self.strings.get(sym.0 as usize).map_or("", String::as_str)
    }

    /// Every string, by number.
    #[must_use]
    pub fn strings(&self) -> &[String] {
        &self.strings
    }

    /// Finds strings again by their text, which is not kept in a snapshot.
    pub fn index(&mut self) {
        let numbered = self.strings.iter().cloned().zip((0..).map(Sym));
        self.known = numbered.collect();
    }

    /// Keeps a list.
    pub fn list(&mut self, values: Vec<Value>) -> Value {
        self.lists.push(values);
        Value::List(ListId(u32::try_from(self.lists.len() - 1).unwrap_or(u32::MAX)))
    }

    /// The values of a list that is kept here.
    #[must_use]
    pub fn elements(&self, list: ListId) -> Option<&[Value]> {
        match Value::List(list) {
            Value::EMPTY => Some(&[]),
            _ => self.lists.get(list.0 as usize).map(Vec::as_slice),
        }
    }

    /// True if all that another pool keeps is kept here under the same numbers, as far as the last of it tells.
    #[must_use]
    pub fn stands_on(&self, base: &Self) -> bool {
        let strings = || self.strings.get(..base.strings.len()).map(<[_]>::last) == Some(base.strings.last());
        let lists = || self.lists.get(..base.lists.len()).map(<[_]>::last) == Some(base.lists.last());
        std::ptr::eq(self, base) || (strings() && lists())
    }

    /// The values of a list.
    #[must_use]
    pub fn values(&self, list: ListId) -> &[Value] {
        self.lists.get(list.0 as usize).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        let shown = |text: &str| Number::parse(text).map(|n| n.to_string());
        assert_eq!(shown("12.10").as_deref(), Some("12.1"));
        assert_eq!(shown("-0.000000001").as_deref(), Some("-0.000000001"));
        assert_eq!(shown("007").as_deref(), Some("7"));
        for bad in [
            "",
            "-",
            "1.",
            ".5",
            "1e3",
            "0x1F",
            "1.0000000001",
            "9999999999999999999999999999",
        ] {
            assert_eq!(Number::parse(bad), None, "{bad}");
        }
        assert_eq!(
            Number::parse("0.1").unwrap().cmp(&Number::parse("0.10").unwrap()),
            Ordering::Equal
        );
    }
}
