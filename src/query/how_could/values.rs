//! The values worth trying for an attribute: by what the rules compare it with, and what it was compared with on the way.
//!
//! Of a user, group or node these are those that it is compared with or, where a path goes on from it, all.

use std::collections::HashMap;

use crate::facts::Facts;
use crate::model::value::{AttributeType, Scalar, Sym, Value};
use crate::model::{AttrName, Default, Model, Root, Rule, Test};
use crate::query::change::values::{OTHER, worth_trying};

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
        for rule in model.rules.iter().chain(facts.rules()) {
            values.collect(rule);
        }
        values.inherit();
        values
    }

    /// The constants that a rule compares attributes with.
    fn collect(&mut self, rule: &Rule) {
        for (path, value) in rule.tests().flat_map(Test::constants) {
            let key = match (path.steps.last(), path.root) {
                (Some(&key), _) | (None, Root::Holding(key)) => key,
                _ => continue,
            };
            self.constants.entry(key).or_default().push(value);
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
        let mut values = worth_trying(self.model, facts, ty.of, &known, self.other);
        if matches!(ty.of, Scalar::User(_) | Scalar::Group | Scalar::Node(_)) {
            let some: Vec<Value> = values.iter().copied().filter(|value| known.contains(value)).collect();
            let enough = !followed && !some.is_empty() && !some.contains(&now);
            if enough {
                values = some;
            }
        }
        if ty.optional && !ty.many && matches!(ty.of, Scalar::User(_) | Scalar::Group | Scalar::Node(_)) {
            values.push(Value::Absent);
        }
        values.retain(|value| *value != now);
        values
    }
}
