//! Attributes that fall back on others: `= enterprise.validation`, read at the container.
//!
//! What a default reads may be a default itself, of a node further out or of one that a path leads to. Each is
//! settled once; what it waits for is put on a stack, so that neither deep nesting nor a chain of defaults costs
//! recursion. A default that waits for itself is missing.

use std::collections::HashMap;

use super::order::outside_in;
use super::{Facts, Thing};
use crate::model::value::{NodeId, Value};
use crate::model::{AttrName, Attribute, Default, Model, TypeId};

/// One attribute of one thing, by slot.
type Slot = (Thing, usize);

/// For each type that a default starts from: the nearest node of that type, from each node outward.
type Nearest = HashMap<TypeId, Vec<Option<NodeId>>>;

/// How far an open attribute is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Untouched,
    Waiting,
}

/// What reading a path gives.
enum Look {
    Value(Value),
    /// Another attribute must be settled first.
    Needs(Slot),
}

/// Settles every attribute that falls back on a path, [`Facts::fallbacks`], again from the start.
pub fn fill(facts: &mut Facts, model: &Model) {
    if facts.fallbacks.is_empty() {
        return;
    }
    let open = std::mem::take(&mut facts.fallbacks);
    let mut filling = Filling { model, facts };
    filling.run(&open);
    facts.fallbacks = open;
}

struct Filling<'f> {
    model: &'f Model,
    facts: &'f mut Facts,
}

impl Filling<'_> {
    fn run(&mut self, open: &[Slot]) {
        let nearest = self.nearest();
        let mut states: HashMap<Slot, State> = open.iter().map(|&slot| (slot, State::Untouched)).collect();
        for &start in open {
            let mut stack = if states.contains_key(&start) {
                vec![start]
            } else {
                Vec::new()
            };
            while let Some(&top) = stack.last() {
                states.insert(top, State::Waiting);
                let value = match self.look(top, &nearest, &states) {
                    Look::Needs(next) if states.get(&next) == Some(&State::Untouched) => {
                        stack.push(next);
                        continue;
                    }
                    Look::Needs(_) => Value::Missing,
                    Look::Value(value) => value,
                };
                self.settle(top, value);
                states.remove(&top);
                stack.pop();
            }
        }
    }

    fn nearest(&self) -> Nearest {
        let defaults = self
            .model
            .types
            .iter()
            .flat_map(|ty| &ty.attributes)
            .map(|attribute| &attribute.default);
        let order = outside_in(&self.facts.nodes);
        let mut nearest = Nearest::new();
        for default in defaults {
            if let Default::Path(ty, _) = default {
                nearest.entry(*ty).or_insert_with(|| self.nearest_of(*ty, &order));
            }
        }
        nearest
    }

    fn nearest_of(&self, ty: TypeId, order: &[NodeId]) -> Vec<Option<NodeId>> {
        let mut nearest = vec![None; self.facts.nodes.len()];
        for &id in order {
            let node = self.facts.node(id);
            let outer = node.container.and_then(|container| nearest[container.0 as usize]);
            nearest[id.0 as usize] = if node.ty == ty { Some(id) } else { outer };
        }
        nearest
    }

    fn attribute(&self, (thing, slot): Slot) -> &Attribute {
        &self.model.ty(self.facts.type_of(thing)).attributes[slot]
    }

    fn value_at(&self, (thing, slot): Slot) -> Value {
        let value = self.facts.values(thing).get(slot);
        value.copied().unwrap_or(Value::Missing)
    }

    fn settle(&mut self, (thing, slot): Slot, value: Value) {
        self.facts.set(thing, slot, value);
    }

    /// Reads the default of an attribute. A user lies in several places: where they differ, the value is missing.
    fn look(&self, of: Slot, nearest: &Nearest, states: &HashMap<Slot, State>) -> Look {
        let attribute = self.attribute(of);
        let Default::Path(near, steps) = &attribute.default else {
            return Look::Value(self.value_at(of));
        };
        let starts: &[NodeId] = match of.0 {
            Thing::Node(node) => self.facts.node(node).container.as_slice(),
            Thing::User(user) => &self.facts.user(user).places,
        };
        let blank = attribute.ty.blank();
        let mut agreed = None;
        for &start in starts {
            let first = nearest.get(near).and_then(|nodes| nodes[start.0 as usize]);
            let value = match first.map(|first| self.follow(first, steps, attribute, states)) {
                Some(Look::Value(value)) => value,
                Some(needs) => return needs,
                None => blank,
            };
            if agreed.is_some_and(|other| other != value) {
                return Look::Value(Value::Missing);
            }
            agreed = Some(value);
        }
        Look::Value(agreed.unwrap_or(blank))
    }

    /// Follows a path. From nobody it leads to what an attribute is that is not given.
    fn follow(&self, first: NodeId, steps: &[AttrName], attribute: &Attribute, states: &HashMap<Slot, State>) -> Look {
        let mut value = Value::Node(first);
        for &step in steps {
            let thing = match value {
                Value::Node(node) => Thing::Node(node),
                Value::User(user) => Thing::User(user),
                Value::Absent => return Look::Value(attribute.ty.blank()),
                _ => return Look::Value(Value::Missing),
            };
            let Some(slot) = self.model.slot(self.facts.type_of(thing), step) else {
                return Look::Value(Value::Missing);
            };
            if states.contains_key(&(thing, slot)) {
                return Look::Needs((thing, slot));
            }
            value = self.value_at((thing, slot));
        }
        Look::Value(value)
    }
}
