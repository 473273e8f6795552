//! What an attribute is where facts do not state it: a constant, or what a path leads to that may rest on further defaults.

use hashbrown::HashMap;

use super::Meaning;
use super::value::{Base, Cases, known};
use crate::analyze::solver::Lit;
use crate::analyze::world::{Atom, Order, Owner, Shape};
use crate::meaning::Domain as _;
use crate::model::value::{NodeId, Tri, Value};
use crate::model::{AttrName, Attribute, Default, TypeId};

/// So many defaults may wait for each other: where more could, the world stands for fewer organisations than there are.
const DEEPEST: usize = 12;

impl Meaning<'_, '_> {
    /// What an attribute is where facts do not state it. Nothing is missing in a complete organisation.
    pub(super) fn default(&mut self, owner: Owner, term: usize, attribute: &Attribute) -> Cases {
        let depth = self.depth;
        if let Some(known) = self.defaults.at(term, depth) {
            return known;
        }
        let cut_short = self.defaults.cut_short;
        let cases = match &attribute.default {
            Default::Path(root, steps) => self.fallback(owner, attribute, (*root, steps)),
            _ => known(attribute.unset()),
        };
        let is_whole = cut_short == self.defaults.cut_short;
        self.defaults.keep(term, (!is_whole).then_some(depth), &cases);
        if is_whole || depth == 0 {
            self.require_there(term, attribute, &cases);
        }
        let is_path = matches!((owner, &attribute.default), (Owner::User(..), Default::Path(..)));
        if is_path && self.world.is_followed(attribute.key) && self.in_order.insert(attribute.key) {
            self.require_no_circle(attribute.key);
        }
        cases
    }

    /// Facts in which a relation runs in a circle are refused, also where it does so by default. Each policy has an order
    /// of its own, for it has defaults of its own.
    fn require_no_circle(&mut self, relation: AttrName) {
        let depth = std::mem::take(&mut self.depth);
        let order = Order::new(&mut self.world.circuit, self.world.users);
        for below in 0..self.world.users {
            let cases = self.step_from_user(below, relation);
            for (guard, value) in self.single(&cases) {
                if let Value::User(above) = value {
                    let is_above = order.is_above(above.0, below);
                    self.world.circuit.require(&[!guard, is_above]);
                }
            }
        }
        self.depth = depth;
    }

    /// In a complete organisation the attribute is not missing.
    fn require_there(&mut self, term: usize, attribute: &Attribute, cases: &Cases) {
        let (complete, given) = (self.world.complete, self.world.terms[term].given);
        for &(guard, base) in cases {
            if base == Base::Value(Value::Missing) && !attribute.ty.optional {
                self.world.circuit.require(&[!complete, given, !guard]);
            }
        }
    }

    /// A default that is a path. One that waits for itself is missing, and so is all that waits for it: who comes by more
    /// defaults than there are has come by one of them twice.
    fn fallback(&mut self, owner: Owner, attribute: &Attribute, path: (TypeId, &[AttrName])) -> Cases {
        let longest = self.longest_wait();
        if self.depth > longest.min(DEEPEST) {
            self.defaults.cut_short += 1;
            self.world.exact &= longest <= DEEPEST;
            return known(Value::Missing);
        }
        self.depth += 1;
        let blank = attribute.ty.blank();
        let cases = match owner {
            Owner::Node(node) => self.path_from(path, blank, |shape| shape.parent(node)),
            Owner::User(user, _) => self.agreed(user, path, blank),
            Owner::Fresh(second) => self.path_from(path, blank, |shape| shape.start(second)),
            Owner::Context | Owner::Holding(..) => known(blank),
        };
        self.depth -= 1;
        cases
    }

    /// So many attributes in a world can have a default that is a path.
    fn longest_wait(&self) -> usize {
        let model = self.model();
        let of = |ty: TypeId| {
            let attributes = &model.ty(ty).attributes;
            let waits = |it: &&Attribute| matches!(it.default, Default::Path(..)) && self.world.reads(it.key);
            attributes.iter().filter(waits).count()
        };
        let nodes: usize = self.world.nodes.iter().map(|node| of(node.ty)).sum();
        let of_user = self.world.kinds().into_iter().map(of).max().unwrap_or(0);
        nodes + self.world.users as usize * of_user
    }

    /// A path read at a node: `near.a.b`. Where there is no such node, or from nobody, it leads to what is blank.
    pub(super) fn path_from(
        &mut self,
        (root, steps): (TypeId, &[AttrName]),
        blank: Value,
        start: impl Fn(&Shape) -> Option<NodeId>,
    ) -> Cases {
        let near = |shape: &Shape| start(shape).and_then(|start| shape.forest.near(start, root));
        let at = self.by_shape(|shape| near(shape).map_or(Value::Absent, Value::Node));
        self.follow(&at, steps, blank)
    }

    fn follow(&mut self, at: &Cases, steps: &[AttrName], blank: Value) -> Cases {
        let Some((&step, rest)) = steps.split_first() else {
            return at.clone();
        };
        let mut found = Cases::new();
        for (guard, value) in self.single(at) {
            let cases = match value {
                Value::Absent => known(blank),
                Value::Node(node) => {
                    let next = self.step_from_node(node, step);
                    self.follow(&next, rest, blank)
                }
                Value::User(user) => {
                    let next = self.step_from_user(user.0, step);
                    self.follow(&next, rest, blank)
                }
                _ => known(Value::Missing),
            };
            self.guarded(guard, cases, &mut found);
        }
        self.merged(found)
    }

    /// A user's default is read at each place that lists him: where they differ, the value is missing.
    fn agreed(&mut self, user: u32, path: (TypeId, &[AttrName]), blank: Value) -> Cases {
        let mut agreed = known(blank);
        let mut listed_before = Lit::FALSE;
        for place in self.world.places() {
            let listed = self.world.atom(Atom::Listed(user, place));
            let here = self.path_from(path, blank, |shape| shape.present[place.0 as usize].then_some(place));
            let mut found = Cases::new();
            self.guarded(!listed, agreed.clone(), &mut found);
            let first = self.world.circuit.and([listed, !listed_before]);
            self.guarded(first, here.clone(), &mut found);
            let both = self.world.circuit.and([listed, listed_before]);
            let alike = self.alike(&agreed, &here);
            let (same, other) = (
                self.world.circuit.and([both, alike]),
                self.world.circuit.and([both, !alike]),
            );
            self.guarded(same, here, &mut found);
            self.guarded(other, known(Value::Missing), &mut found);
            agreed = self.merged(found);
            listed_before = self.world.circuit.or([listed_before, listed]);
        }
        agreed
    }

    /// Both lead to the same value.
    fn alike(&mut self, one: &Cases, other: &Cases) -> Lit {
        let mut found = Vec::new();
        for &(a, left) in one {
            for &(b, right) in other {
                let same = match (self.elements(left), self.elements(right)) {
                    (Some(left), Some(right)) => self.same_elements(&left.bits, &right.bits),
                    (None, None) => {
                        let sides = [left, right].map(|base| vec![(Lit::TRUE, base)]);
                        self.compare(&sides[0], &sides[1], |l, r| Tri::from(l == r)).yes
                    }
                    _ => Lit::FALSE,
                };
                found.push(self.world.circuit.and([a, b, same]));
            }
        }
        self.world.circuit.or(found)
    }

    fn same_elements(&mut self, left: &[(Value, Lit)], right: &[(Value, Lit)]) -> Lit {
        let bit = |set: &[(Value, Lit)], value: Value| {
            set.iter()
                .find(|(known, _)| *known == value)
                .map_or(Lit::FALSE, |(_, bit)| *bit)
        };
        let mut parts = Vec::new();
        for &(value, _) in left.iter().chain(right) {
            let (a, b) = (bit(left, value), bit(right, value));
            let (both, neither) = (self.world.circuit.and([a, b]), self.world.circuit.and([!a, !b]));
            parts.push(self.world.circuit.or([both, neither]));
        }
        self.world.circuit.and(parts)
    }
}

/// What attributes are where facts do not state them, as far as it was followed.
#[derive(Default)]
pub(super) struct Defaults {
    /// By term: what it is however many wait for it.
    whole: HashMap<usize, Cases>,
    /// By term and how many wait for it: what it is as far as was followed.
    cut: HashMap<(usize, usize), Cases>,
    /// How often one was not followed any more.
    cut_short: usize,
}

impl Defaults {
    fn at(&mut self, term: usize, depth: usize) -> Option<Cases> {
        if let Some(known) = self.whole.get(&term) {
            return Some(known.clone());
        }
        let known = self.cut.get(&(term, depth))?;
        // Who uses it uses what was cut short.
        self.cut_short += 1;
        Some(known.clone())
    }

    fn keep(&mut self, term: usize, cut_at: Option<usize>, cases: &Cases) {
        match cut_at {
            None => drop(self.whole.insert(term, cases.clone())),
            Some(depth) => drop(self.cut.insert((term, depth), cases.clone())),
        }
    }
}
