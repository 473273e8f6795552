//! Values of attributes and parameters: one text, or a list of them, as a value of a type.

use std::cmp::Ordering;

use super::contain::ix;
use super::shape::items;
use super::{Names, Reader, Record};
use crate::diagnostic::Diagnostic;
use crate::facts::Thing;
use crate::model::show::attribute_names;
use crate::model::value::{
    AttributeType, DAY, EnumId, Number, Pool, Scalar, UserId, Value, compare, parse_date, parse_datetime, parse_network,
};
use crate::model::{Attribute, Default, Model, TypeId};
use crate::source::nfc;
use crate::yaml::{self, Key, Yaml};

/// Reads the texts of one value: exactly one, or for a set any number.
///
/// # Errors
///
/// A diagnostic that has no place yet, if a text is of another type or names nothing.
pub fn parse_value(texts: &[&str], ty: AttributeType, names: &Names<'_>, pool: &mut Pool) -> Result<Value, Diagnostic> {
    match texts {
        &[one] if !ty.many => scalar(one, ty.of, names, pool),
        _ if !ty.many => Err(no_list(names.model, ty)),
        _ => {
            let values: Result<Vec<Value>, Diagnostic> =
                texts.iter().map(|text| scalar(text, ty.of, names, pool)).collect();
            Ok(set(values?, pool))
        }
    }
}

/// A list where one value is needed, also a list of one.
#[must_use]
pub fn no_list(model: &Model, ty: AttributeType) -> Diagnostic {
    let message = format!("one value of type `{}` is needed here, not a list", model.show_type(ty));
    Diagnostic::error("type/mismatch", message).help("take away the brackets")
}

/// A set: sorted, each value once.
fn set(mut values: Vec<Value>, pool: &mut Pool) -> Value {
    if values.is_empty() {
        return Value::EMPTY;
    }
    values.sort_by(order);
    values.dedup();
    pool.list(values)
}

/// Some fixed order of the values of one type.
fn order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::User(a), Value::User(b)) => a.cmp(b),
        (Value::Group(a), Value::Group(b)) => a.cmp(b),
        (Value::Node(a), Value::Node(b)) => a.cmp(b),
        (Value::Net(a), Value::Net(b)) => a.cmp(b),
        (&a, &b) => compare(a, b).unwrap_or(Ordering::Equal),
    }
}

/// One text as a value of a type.
fn scalar(text: &str, of: Scalar, names: &Names<'_>, pool: &mut Pool) -> Result<Value, Diagnostic> {
    match of {
        Scalar::Text => Ok(Value::Text(pool.intern(text))),
        Scalar::Enum(id) => enum_value(text, id, names),
        Scalar::User(kind) => names.user(text, Some(kind)).map(Value::User),
        Scalar::Group => names.group(text).map(Value::Group),
        Scalar::Node(ty) => names.node(text, Some(&[ty])).map(Value::Node),
        _ => literal(text, of).ok_or_else(|| {
            let shown = names.model.show_type(AttributeType::one(of));
            let fault = Diagnostic::error("type/mismatch", format!("`{text}` is no {shown}"));
            fault.help(form(of))
        }),
    }
}

/// A text that needs no looking up.
fn literal(text: &str, of: Scalar) -> Option<Value> {
    match of {
        Scalar::Bool => text.parse().ok().map(Value::Bool),
        Scalar::Int => Number::parse(text).filter(|n| n.is_whole()).map(Value::Number),
        Scalar::Decimal => Number::parse(text).map(Value::Number),
        Scalar::Date => parse_date(text),
        Scalar::DateTime => parse_datetime(text).or_else(|| parse_date(text).map(midnight)),
        Scalar::Ip if !text.contains('/') => parse_network(text).map(Value::Net),
        Scalar::Network => parse_network(text).map(Value::Net),
        _ => None,
    }
}

/// The first second of a day.
fn midnight(value: Value) -> Value {
    match value {
        Value::Date(day) => Value::Time(i64::from(day) * DAY),
        other => other,
    }
}

/// How values of a type are written.
const fn form(of: Scalar) -> &'static str {
    match of {
        Scalar::Bool => "write `true` or `false`",
        Scalar::Int => "write a whole number such as `120`",
        Scalar::Decimal => "write a number such as `12.50`, with at most nine digits behind the point",
        Scalar::Date => "write a date such as `2026-12-31`",
        Scalar::DateTime => "write a moment such as `2026-12-31T08:00Z`",
        Scalar::Ip => "write an address such as `10.0.0.7`",
        _ => "write a network such as `10.0.0.0/8`",
    }
}

fn enum_value(text: &str, id: EnumId, names: &Names<'_>) -> Result<Value, Diagnostic> {
    let values = names.model.enums.get(id.0 as usize).map_or(&[][..], |it| &it.values);
    let wanted = nfc(text);
    match values.iter().position(|value| *value == wanted) {
        Some(at) => Ok(Value::Enum(super::declare::number(at))),
        None => {
            let fault = Diagnostic::error("name/unknown-value", format!("unknown value `{text}`"));
            let near = fault.did_you_mean(text, values.iter().map(String::as_str));
            Err(if near.help.is_some() {
                near
            } else {
                near.help(format!("the values are: {}", values.join(", ")))
            })
        }
    }
}

impl<'y> Reader<'y> {
    /// A value of a type; what is wrong is reported. A set is what is right of it.
    pub(super) fn value(&mut self, yaml: &'y Yaml, ty: AttributeType) -> Option<Value> {
        if !ty.many {
            let shape = format!("one value of type `{}`", self.model.show_type(ty));
            return self.scalar(yaml, ty.of, &shape);
        }
        let shape = format!("a value of type `{}`", self.model.show_type(AttributeType::one(ty.of)));
        let values = items(yaml)
            .iter()
            .filter_map(|item| self.scalar(item, ty.of, &shape))
            .collect();
        Some(set(values, &mut self.facts.pool))
    }

    fn scalar(&mut self, yaml: &'y Yaml, of: Scalar, shape: &str) -> Option<Value> {
        let text = self.text(yaml, shape)?;
        let refers = matches!(of, Scalar::User(_) | Scalar::Group | Scalar::Node(_));
        if refers && self.is_left_out(text) {
            return None;
        }
        let value = scalar(text, of, &self.names, &mut self.facts.pool);
        self.take(value, yaml.span)
    }

    /// Reads the attributes of nodes and users; notes those that fall back on others.
    pub(super) fn read_attributes(&mut self) {
        let mut open = Vec::new();
        for node in self.nesting.order.clone() {
            let (record, ty) = (self.nodes[ix(node)], self.facts.node(node).ty);
            let values = self.attributes(record, ty, &["is", "in"]);
            self.facts.nodes[ix(node)].values = self.with_defaults(values, ty, Thing::Node(node), &mut open).into();
        }
        for (user, record) in self.users.clone().into_iter().enumerate() {
            let ty = self.facts.users[user].ty;
            let values = self.attributes(record, ty, &["is", "in", "roles"]);
            let thing = Thing::User(UserId(super::declare::number(user)));
            self.facts.users[user].values = self.with_defaults(values, ty, thing, &mut open).into();
        }
        self.facts.fallbacks = open;
    }

    /// The attributes given in a record, by slot.
    fn attributes(&mut self, record: Record<'y>, ty: TypeId, other: &[&str]) -> Vec<Option<Value>> {
        let declared = self.model.ty(ty);
        let mut values = vec![None; declared.attributes.len()];
        for (key, value) in record
            .fields
            .iter()
            .filter(|(key, _)| !other.contains(&key.text.as_str()))
        {
            match self.names.slot(ty, &key.text) {
                Some(slot) => values[slot] = self.given(value, &declared.attributes[slot]),
                None => self.unknown_attribute(key, &declared.name, &declared.attributes, other),
            }
        }
        values
    }

    /// A value as given; one that is wrong counts as missing, and does not fall back on the default.
    pub(super) fn given(&mut self, value: &'y Yaml, attribute: &Attribute) -> Option<Value> {
        match value.value {
            yaml::Value::Null => None,
            _ => Some(self.value(value, attribute.ty).unwrap_or(Value::Missing)),
        }
    }

    pub(super) fn unknown_attribute(&mut self, key: &Key, of: &str, known: &[Attribute], other: &[&str]) {
        let message = format!("`{of}` has no attribute `{}`", key.text);
        let fault = Diagnostic::error("name/unknown-attribute", message);
        let all = attribute_names(known).chain(other.iter().copied());
        self.report(fault.did_you_mean(&key.text, all), key.span);
    }

    fn with_defaults(
        &self,
        values: Vec<Option<Value>>,
        ty: TypeId,
        thing: Thing,
        open: &mut Vec<(Thing, usize)>,
    ) -> Vec<Value> {
        let attributes = &self.model.ty(ty).attributes;
        let fill = |(slot, (given, attribute)): (usize, (Option<Value>, &Attribute))| {
            given.unwrap_or_else(|| {
                if matches!(attribute.default, Default::Path(..)) {
                    open.push((thing, slot));
                }
                constant(attribute)
            })
        };
        values.into_iter().zip(attributes).enumerate().map(fill).collect()
    }

    /// Reads what every request carries.
    pub(super) fn read_context(&mut self, yaml: &'y Yaml) {
        let known = &self.model.context;
        self.facts.context = known.iter().map(constant).collect();
        let Some(section) = Self::section(yaml, "context") else {
            return;
        };
        for (key, value) in self
            .map(section, "a mapping from attributes to values")
            .unwrap_or_default()
        {
            match known.iter().position(|attribute| attribute.name == key.text) {
                Some(slot) => {
                    let given = self.given(value, &known[slot]);
                    self.facts.context[slot] = given.unwrap_or_else(|| constant(&known[slot]));
                }
                None => self.unknown_attribute(key, "context", known, &[]),
            }
        }
    }
}

/// What an attribute is where nothing is given, apart from paths.
pub(in crate::facts) const fn constant(attribute: &Attribute) -> Value {
    match attribute.default {
        Default::Value(value) => value,
        Default::None | Default::Path(..) => attribute.ty.blank(),
    }
}
