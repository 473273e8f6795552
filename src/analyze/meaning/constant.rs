//! Tests against constants: most conditions are made of them, and policies have many that differ in the constant alone.

use std::collections::HashSet;

use super::Meaning;
use super::value::{Base, Cases};
use crate::analyze::circuit::Truth;
use crate::analyze::solver::Lit;
use crate::analyze::world::Tested;
use crate::meaning::condition::equal_or_within;
use crate::model::value::{Tri, Value};

impl Meaning<'_, '_> {
    /// A term is tested against a constant many times over: by each rule, and again without each part of it.
    pub(super) fn once(&mut self, key: Option<Tested>, test: impl FnOnce(&mut Self) -> Truth) -> Truth {
        // What is not stated depends on the policy that reads the world.
        let Some(key) = key.filter(|_| !self.world.unstated) else {
            return test(self);
        };
        if let Some(&known) = self.world.tested.get(&key) {
            return known;
        }
        let truth = test(self);
        self.world.tested.insert(key, truth);
        truth
    }

    /// The term that the cases are, with what it is where facts do not state it.
    pub(super) fn term_of(&self, cases: &Cases) -> Option<usize> {
        match cases[..] {
            [(Lit::TRUE, Base::Term(term))] => Some(term),
            [(given, Base::Term(term)), (other, Base::Value(_))] => {
                (given == self.world.terms[term].given && other == !given).then_some(term)
            }
            _ => None,
        }
    }

    /// The value is one of these constants.
    pub(super) fn one_of(&mut self, value: &Cases, constants: &[Value]) -> Truth {
        let known: HashSet<Value> = constants.iter().copied().collect();
        let plain = constants.iter().all(|&value| is_plain(value));
        self.test(value, |it| match plain && is_plain(it) {
            true => known.contains(&it).into(),
            false => {
                let truths = constants.iter().map(|&value| equal_or_within(it, value));
                truths.max().unwrap_or(Tri::False)
            }
        })
    }
}

/// Equal where the language says so.
const fn is_plain(value: Value) -> bool {
    matches!(
        value,
        Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Enum(_)
    )
}
