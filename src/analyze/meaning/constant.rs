//! Tests against constants: most conditions are made of them, and policies have many that differ in the constant alone.

use std::collections::HashSet;

use super::value::{Base, Cases};
use super::{Asked, Meaning, Scope};
use crate::analyze::circuit::Truth;
use crate::analyze::solver::Lit;
use crate::analyze::world::Tested;
use crate::eval::condition::ordered;
use crate::model::Operand;
use crate::model::value::{Tri, Value};
use crate::syntax::ast::Op;

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

    /// The left side is one of a list: of its constants all at once, of its paths one by one.
    pub(super) fn listed(&mut self, left: &Cases, items: &[Operand], scope: Scope, asked: &Asked) -> Truth {
        let constants = items.iter().filter_map(|item| match item {
            Operand::Value(value) => Some(*value),
            _ => None,
        });
        let constants: Vec<Value> = constants.collect();
        let known: HashSet<Value> = constants.iter().copied().collect();
        let plain = constants.iter().all(|&value| is_plain(value));
        let mut found = vec![self.test(left, |it| {
            match plain && is_plain(it) {
                true => known.contains(&it).into(),
                false => constants
                    .iter()
                    .map(|&value| equal_or_within(it, value))
                    .max()
                    .unwrap_or(Tri::False),
            }
        })];
        for item in items.iter().filter(|item| !matches!(item, Operand::Value(_))) {
            let item = self.operand(item, scope, asked);
            found.push(self.related_as(left, &item, equal_or_within));
        }
        self.world.circuit.any(found)
    }
}

pub(super) fn equal_or_within(left: Value, right: Value) -> Tri {
    match (left, right) {
        (Value::Net(a), Value::Net(b)) => b.contains(&a).into(),
        _ => ordered(left, Op::Is, right),
    }
}

/// Equal where the language says so.
const fn is_plain(value: Value) -> bool {
    matches!(
        value,
        Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Enum(_)
    )
}
