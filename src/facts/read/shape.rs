//! The shapes that records have, and what is said where one has another.

use super::{Reader, Record};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::yaml::{Key, Value, Yaml};

impl<'y> Reader<'y> {
    /// Reports a fault at a place.
    pub(super) fn report(&mut self, fault: Diagnostic, span: Span) {
        self.found.push(fault.at(span, ""));
    }

    /// The good part of a result; the fault is reported.
    pub(super) fn take<T>(&mut self, result: Result<T, Diagnostic>, span: Span) -> Option<T> {
        result.map_err(|fault| self.report(fault, span)).ok()
    }

    /// The entries of a mapping; none where nothing is written.
    pub(super) fn map(&mut self, yaml: &'y Yaml, shape: &str) -> Option<&'y [(Key, Yaml)]> {
        match &yaml.value {
            Value::Map(entries) => Some(entries),
            Value::Null => Some(&[]),
            _ => self.misshapen(yaml, shape),
        }
    }

    /// The entries of a list; none where nothing is written.
    pub(super) fn list(&mut self, yaml: &'y Yaml, shape: &str) -> &'y [Yaml] {
        match &yaml.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => self.misshapen(yaml, shape).unwrap_or_default(),
        }
    }

    /// One word or number.
    pub(super) fn text(&mut self, yaml: &'y Yaml, shape: &str) -> Option<&'y str> {
        match &yaml.value {
            Value::Text(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Null | Value::List(_) | Value::Map(_) => self.misshapen(yaml, shape),
        }
    }

    fn misshapen<T>(&mut self, yaml: &Yaml, shape: &str) -> Option<T> {
        let given = match &yaml.value {
            Value::Null => "nothing",
            Value::Map(_) => "a mapping",
            Value::List(_) => "a list",
            Value::Bool(_) | Value::Number(_) | Value::Text(_) => "a single value",
        };
        let message = format!("{shape} is needed here, not {given}");
        self.report(Diagnostic::error("facts/shape", message), yaml.span);
        None
    }

    /// A field that must be there.
    pub(super) fn required(&mut self, record: Record<'y>, key: &str, what: &str) -> Option<&'y Yaml> {
        let value = field(record.fields, key);
        if value.is_none() {
            let fault = Diagnostic::error("facts/missing-key", format!("{what} needs `{key}:`"));
            self.report(fault, record.span);
        }
        value
    }

    /// Reports keys that mean nothing where they stand.
    pub(super) fn only_keys(&mut self, fields: &[(Key, Yaml)], known: &[&str], what: &str) {
        for (key, _) in fields {
            if !known.contains(&key.text.as_str()) {
                let fault = Diagnostic::error("facts/unknown-key", format!("unknown key `{}` in {what}", key.text));
                let near = fault.did_you_mean(&key.text, known.iter().copied());
                let list = || format!("the keys are: {}", known.join(", "));
                let fault = if near.help.is_some() { near } else { near.help(list()) };
                self.report(fault, key.span);
            }
        }
    }
}

/// The value of a key, unless it is null: null takes a value away.
pub(super) fn field<'y>(fields: &'y [(Key, Yaml)], key: &str) -> Option<&'y Yaml> {
    let named = fields.iter().find(|(known, _)| known.text == key);
    named.map(|(_, value)| value).filter(|value| value.value != Value::Null)
}

/// A list, or one thing that stands for a list of one.
pub(super) fn items(yaml: &Yaml) -> &[Yaml] {
    match &yaml.value {
        Value::List(items) => items,
        Value::Null => &[],
        _ => std::slice::from_ref(yaml),
    }
}
