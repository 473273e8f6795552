//! The values that an attribute in a field, or a parameter of a role, can usefully be given.
//!
//! A test tells apart finitely many values only: each constant that it compares with, what lies just below and just
//! above, one that nobody mentions. Where more could be told apart than is tried, the domain says so.

use std::collections::HashMap;

use super::slice::Slice;
use super::{Goal, Scene};
use crate::facts::Thing;
use crate::model::TypeId;
use crate::model::value::{AttributeType, Pool, Scalar, Sym, UserId, Value, compare};
use crate::model::{RoleId, Rule, TestKind};
use crate::query::change::values::{OTHER, worth_trying};

/// How many values are tried at most.
const MOST: usize = 64;

/// Sets of so many elements are tried in full.
const SUBSETS: usize = 6;

/// Values to be tried.
#[derive(Debug, Clone)]
pub(super) struct Domain {
    pub(super) values: Vec<Value>,
    /// Whatever else it could be given would decide nothing otherwise.
    pub(super) complete: bool,
}

/// The values of every attribute that can matter and may change, and of every parameter.
#[derive(Debug)]
pub(super) struct Domains {
    attributes: HashMap<(Thing, usize), Domain>,
    parameters: HashMap<(RoleId, usize), Domain>,
}

struct Gather<'a> {
    scene: &'a Scene<'a>,
    goal: &'a Goal,
    slice: &'a Slice,
    /// A text that nobody mentions.
    other: Sym,
    pool: &'a mut Pool,
    constants: Vec<Value>,
    /// Kinds of values that are compared with each other.
    mixed: Vec<Scalar>,
    /// Something is said of any or all elements of a set.
    quantified: bool,
}

impl Domains {
    pub(super) fn of(scene: &Scene<'_>, goal: &Goal, slice: &Slice, pool: &mut Pool) -> Self {
        let mut gather = Gather {
            scene,
            goal,
            slice,
            other: pool.intern(OTHER),
            pool,
            constants: Vec::new(),
            mixed: Vec::new(),
            quantified: false,
        };
        slice.rules.iter().for_each(|rule| gather.rule(rule));
        gather.values_met();
        Self {
            attributes: gather.attributes(),
            parameters: gather.parameters(),
        }
    }

    /// What an attribute can be given; `None` if it does not matter or stands in no field that anybody may edit.
    pub(super) fn attribute(&self, thing: Thing, slot: usize) -> Option<&Domain> {
        self.attributes.get(&(thing, slot))
    }

    pub(super) fn parameter(&self, role: RoleId, ix: usize) -> Option<&Domain> {
        self.parameters.get(&(role, ix))
    }

    /// The attributes, in order.
    pub(super) fn changeable(&self) -> Vec<(Thing, usize)> {
        let mut all: Vec<(Thing, usize)> = self.attributes.keys().copied().collect();
        all.sort_unstable();
        all
    }
}

impl Gather<'_> {
    fn rule(&mut self, rule: &Rule) {
        for test in rule.tests() {
            self.quantified |= matches!(test.kind, TestKind::Quantified { .. });
            self.constants
                .extend(test.constants().into_iter().map(|(_, value)| value));
            let mixed = test
                .pairs()
                .into_iter()
                .filter(|(a, b)| !a.is_person() && !b.is_person());
            self.mixed.extend(mixed.flat_map(|(a, b)| [a.ty.of, b.ty.of]));
        }
    }

    /// Where values are compared with each other, those of the facts count as constants.
    fn values_met(&mut self) {
        let (facts, model) = (self.scene.facts, self.scene.table.model());
        let nodes = facts.node_ids().map(Thing::Node);
        for thing in nodes.chain(facts.user_ids().map(Thing::User)) {
            for (attribute, value) in model
                .ty(facts.type_of(thing))
                .attributes
                .iter()
                .zip(facts.values(thing))
            {
                if self.slice.has_attribute(attribute.key) && self.mixed.contains(&attribute.ty.of) {
                    self.constants.push(*value);
                }
            }
        }
        dedup(&mut self.constants);
    }

    fn attributes(&mut self) -> HashMap<(Thing, usize), Domain> {
        let (facts, model) = (self.scene.facts, self.scene.table.model());
        let nodes = facts.node_ids().map(Thing::Node);
        let mut all = HashMap::new();
        for thing in nodes.chain(facts.user_ids().map(Thing::User)) {
            let attributes = &model.ty(facts.type_of(thing)).attributes;
            for (slot, attribute) in attributes.iter().enumerate() {
                let changing = model.changing(facts.type_of(thing), slot);
                if self.slice.has_attribute(attribute.key) && changing.is_some() {
                    let domain = self.domain(attribute.ty, facts.values(thing)[slot]);
                    all.insert((thing, slot), domain);
                }
            }
        }
        all
    }

    fn parameters(&mut self) -> HashMap<(RoleId, usize), Domain> {
        let model = self.scene.table.model();
        let mut all = HashMap::new();
        for role in model.role_ids().filter(|&role| self.slice.has_role(role)) {
            for (ix, parameter) in model.role(role).parameters.iter().enumerate() {
                all.insert((role, ix), self.domain(parameter.ty, parameter.unset()));
            }
        }
        all
    }

    fn domain(&mut self, ty: AttributeType, now: Value) -> Domain {
        let mut domain = if ty.many {
            self.sets(ty.of, now)
        } else {
            self.single(ty.of, now)
        };
        if ty.optional && matches!(ty.of, Scalar::User(_) | Scalar::Group | Scalar::Node(_)) {
            domain.values.push(Value::Absent);
        }
        domain.values.retain(|value| *value != Value::Missing);
        domain.complete &= domain.values.len() <= MOST;
        domain.values.truncate(MOST);
        domain
    }

    fn single(&self, of: Scalar, now: Value) -> Domain {
        let (facts, model) = (self.scene.facts, self.scene.table.model());
        let mut values = match of {
            Scalar::User(ty) => self.users(ty).into_iter().map(Value::User).collect(),
            _ => worth_trying(model, facts, of, &self.constants, self.other),
        };
        values.push(now);
        dedup(&mut values);
        // Of numbers that are compared with each other only some are tried, and of all addresses.
        let few = matches!(
            of,
            Scalar::Bool | Scalar::Enum(_) | Scalar::User(_) | Scalar::Group | Scalar::Node(_)
        );
        let complete = few || !(self.mixed.contains(&of) || matches!(of, Scalar::Ip | Scalar::Network));
        Domain { values, complete }
    }

    /// Everybody where it matters who of the others it is; else those whom the question is about, and one more.
    fn users(&self, ty: TypeId) -> Vec<UserId> {
        let facts = self.scene.facts;
        let fits = |user: &UserId| facts.user(*user).ty == ty;
        if self.slice.others || self.mixed.contains(&Scalar::User(ty)) {
            return facts.user_ids().filter(fits).collect();
        }
        let (mut users, rest): (Vec<UserId>, Vec<UserId>) =
            facts.user_ids().filter(fits).partition(|&it| self.is_known(it));
        users.extend(rest.first());
        users
    }

    /// True if the question is about a user: one who acts, or to whom or on whom something is done.
    fn is_known(&self, user: UserId) -> bool {
        self.scene.actors.contains(&user) || self.goal.concerns(user)
    }

    fn sets(&mut self, of: Scalar, now: Value) -> Domain {
        let held: Vec<Value> = match now {
            Value::List(list) => self.pool.values(list).to_vec(),
            _ => Vec::new(),
        };
        let single = self.single(of, Value::Missing);
        let few = matches!(of, Scalar::User(_)) && !self.slice.others && !self.quantified && !self.mixed.contains(&of);
        let is_known = |value: &Value| matches!(value, Value::User(user) if self.is_known(*user));
        let (mut free, fixed): (Vec<Value>, Vec<Value>) = if few {
            let fixed = held.iter().copied().filter(|value| !is_known(value)).collect();
            (single.values.iter().copied().filter(is_known).collect(), fixed)
        } else {
            (single.values.iter().chain(&held).copied().collect(), Vec::new())
        };
        dedup(&mut free);
        let complete = single.complete && free.len() <= SUBSETS;
        free.truncate(SUBSETS);
        let mut values = vec![now];
        for mask in 0..1usize << free.len() {
            let chosen = free.iter().enumerate().filter(|(ix, _)| mask >> ix & 1 == 1);
            let mut set = fixed.clone();
            set.extend(chosen.map(|(_, value)| *value));
            if set.len() == held.len() && set.iter().all(|value| held.contains(value)) {
                continue;
            }
            values.push(if set.is_empty() {
                Value::EMPTY
            } else {
                self.pool.list(set)
            });
        }
        Domain { values, complete }
    }
}

fn dedup(values: &mut Vec<Value>) {
    let mut seen: Vec<Value> = Vec::new();
    values.retain(|value| {
        let new = !seen
            .iter()
            .any(|other| other == value || compare(*other, *value) == Some(std::cmp::Ordering::Equal));
        seen.push(*value);
        new
    });
}
