//! Attributes and what each can be, and relations between users that have no circles.

use super::{Choice, World};
use crate::analyze::domain;
use crate::analyze::solver::Lit;
use crate::model::value::{GroupId, NodeId, Scalar, UserId, Value};
use crate::model::{AttrName, Attribute, Default, Model, RoleId};

/// Groups that a world has.
const GROUPS: u32 = 2;

/// What a term is an attribute of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// A node.
    Node(NodeId),
    /// The target that nobody lists, of the first request or of the second.
    Fresh(bool),
    /// A user.
    User(u32),
    /// The request.
    Context,
    /// A holding: whose, which role, where; stated for himself (or for a group).
    Holding(u32, RoleId, NodeId, bool),
}

/// What a term can be.
#[derive(Debug, Clone)]
pub enum TermKind {
    /// One of these.
    One(Vec<Value>, Choice),
    /// A set: each of these is in it or not.
    Set(Vec<(Value, Lit)>),
}

/// An attribute of an individual.
#[derive(Debug, Clone)]
pub struct Term {
    /// Of what.
    pub owner: Owner,
    /// Which; for the request that of the context's attribute.
    pub name: AttrName,
    /// What it can be.
    pub kind: TermKind,
}

impl World<'_> {
    /// The term of an attribute.
    pub fn term(&mut self, owner: Owner, name: AttrName, attribute: &Attribute) -> usize {
        if let Some(&known) = self.term_ids.get(&(owner, name)) {
            return known;
        }
        let kind = match attribute.ty.many {
            true => self.set(attribute),
            false => self.one(attribute),
        };
        self.terms.push(Term { owner, name, kind });
        let id = self.terms.len() - 1;
        self.term_ids.insert((owner, name), id);
        id
    }

    fn set(&mut self, attribute: &Attribute) -> TermKind {
        let values = self.values(attribute);
        let bits = values
            .into_iter()
            .map(|value| (value, self.circuit.variable()))
            .collect::<Vec<_>>();
        for &(value, bit) in &bits {
            if let Value::Node(node) = value {
                let present = self.present(node);
                self.circuit.imply(bit, present);
            }
        }
        TermKind::Set(bits)
    }

    fn one(&mut self, attribute: &Attribute) -> TermKind {
        let mut values = Vec::new();
        let may_be_missing = may_be_missing(self.model, attribute, 0);
        if may_be_missing || self.unstated {
            values.push(Value::Missing);
        }
        let thing = matches!(attribute.ty.of, Scalar::User(_) | Scalar::Group | Scalar::Node(_));
        if thing && attribute.ty.optional {
            values.push(Value::Absent);
        }
        values.extend(self.values(attribute));
        let choice = Choice::new(&mut self.circuit, values.len());
        for (ix, value) in values.iter().enumerate() {
            if let Value::Node(node) = value {
                let present = self.present(*node);
                let is = choice.is(&mut self.circuit, ix);
                self.circuit.imply(is, present);
            }
        }
        if may_be_missing && !attribute.ty.optional {
            let is = choice.is(&mut self.circuit, 0);
            let complete = self.complete;
            self.circuit.imply(complete, !is);
        }
        TermKind::One(values, choice)
    }

    fn values(&mut self, attribute: &Attribute) -> Vec<Value> {
        match attribute.ty.of {
            Scalar::User(_) => (0..self.users).map(|user| Value::User(UserId(user))).collect(),
            Scalar::Group => (1..=GROUPS).map(|group| Value::Group(GroupId(group))).collect(),
            Scalar::Node(ty) => self.nodes_of(ty).into_iter().map(Value::Node).collect(),
            plain => {
                let count = match plain {
                    Scalar::Enum(id) => self.model.enums[id.0 as usize].values.len(),
                    _ => 0,
                };
                let class = self.scope.classes.class(attribute.key);
                let (mut values, whole) = domain::candidates(plain, &class, count);
                self.exact &= whole;
                // The default comes first, so that witnesses need not state it.
                if let Default::Value(default) = attribute.default
                    && !values.contains(&default)
                {
                    values.insert(0, default);
                }
                values
            }
        }
    }

    /// `x` stands above `y` in a relation without circles.
    pub fn is_above(&mut self, relation: AttrName, x: u32, y: u32) -> Lit {
        if x == y {
            return Lit::FALSE;
        }
        if self.above.is_empty() || !self.above.contains_key(&(relation, 0, 1)) {
            self.order(relation);
        }
        self.above.get(&(relation, x, y)).copied().unwrap_or(Lit::FALSE)
    }

    fn order(&mut self, relation: AttrName) {
        for x in 0..self.users {
            for y in x + 1..self.users {
                let lit = self.circuit.variable();
                self.above.insert((relation, x, y), lit);
                self.above.insert((relation, y, x), !lit);
            }
        }
        let lit = |it: &Self, x, y| it.above.get(&(relation, x, y)).copied().unwrap_or(Lit::FALSE);
        for x in 0..self.users {
            for y in (0..self.users).filter(|&y| y != x) {
                for z in (0..self.users).filter(|&z| z != x && z != y) {
                    let (xy, yz, xz) = (lit(self, x, y), lit(self, y, z), lit(self, x, z));
                    self.circuit.require(&[!xy, !yz, xz]);
                }
            }
        }
    }
}

/// True if facts may leave the attribute without a value.
#[must_use]
pub fn may_be_missing(model: &Model, attribute: &Attribute, depth: usize) -> bool {
    match &attribute.default {
        Default::Value(_) => false,
        Default::None => attribute.unset() == Value::Missing,
        Default::Path(near, steps) => {
            let end = match steps[..] {
                [step] => model.attribute(*near, step),
                _ => None,
            };
            attribute.unset() == Value::Missing
                && (depth > 8
                    || end.is_none_or(|end| std::ptr::eq(end, attribute) || may_be_missing(model, end, depth + 1)))
        }
    }
}
