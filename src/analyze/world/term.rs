//! Attributes and what each can be, and relations between users that have no circles.
//!
//! A term is what facts can *state* of an attribute. Whether they do is a literal of its own ([`Term::given`]); what an
//! attribute is where they do not is the policy's matter ([`super::super::meaning`]), so that two policies with other
//! defaults can be read in one world, and a default that is a path is followed there as the evaluator follows it.

use hashbrown::HashMap;
use std::cmp::Ordering;

use super::{Aim, Choice, World};
use crate::analyze::circuit::Circuit;
use crate::analyze::domain;
use crate::analyze::solver::Lit;
use crate::model::rebase::Bearer;
use crate::model::value::{AttributeType, GroupId, NodeId, Scalar, UserId, Value, compare};
use crate::model::{AttrName, Attribute, Default, Model, RoleId, TypeId};

/// What a term is an attribute of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// A node.
    Node(NodeId),
    /// The target that nobody lists, of the first request or of the second.
    Fresh(bool),
    /// A user, as a principal of a kind.
    User(u32, TypeId),
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
    /// Its type: one name with two types, in two policies, is two terms.
    pub ty: AttributeType,
    /// Facts state it.
    pub given: Lit,
    /// What they state.
    pub kind: TermKind,
}

impl<'m> World<'m> {
    /// The term of an attribute.
    pub fn term(&mut self, owner: Owner, attribute: &Attribute) -> usize {
        let key = (owner, attribute.key, stated_as(attribute.ty));
        if let Some(&known) = self.term_ids.get(&key) {
            return known;
        }
        let kind = match attribute.ty.many {
            true => self.set(attribute),
            false => self.one(attribute),
        };
        let given = self.given(attribute);
        self.terms.push(Term {
            owner,
            name: attribute.key,
            ty: attribute.ty,
            given,
            kind,
        });
        let id = self.terms.len() - 1;
        self.term_ids.insert(key, id);
        self.fit(id);
        for other in 0..id {
            if (self.terms[other].owner, self.terms[other].name) == (owner, attribute.key) {
                self.say_the_same(other, id);
            }
        }
        id
    }

    /// The attribute of a term.
    #[must_use]
    pub fn attribute_of(&self, term: usize) -> Option<&'m Attribute> {
        self.attribute_in(self.model, term)
    }

    /// The same as one of two policies declares it.
    #[must_use]
    pub fn attribute_in<'a>(&self, model: &'a Model, term: usize) -> Option<&'a Attribute> {
        let name = self.terms[term].name;
        match self.bearer(term)? {
            Bearer::Type(ty) => model.attribute(ty, name),
            Bearer::Request => model.context.iter().find(|attribute| attribute.key == name),
            Bearer::Role(role) => {
                let mut parameters = model.role(role).parameters.iter();
                parameters.find(|attribute| attribute.key == name)
            }
        }
    }

    /// What has the attribute of a term.
    #[must_use]
    pub fn bearer(&self, term: usize) -> Option<Bearer> {
        Some(match self.terms[term].owner {
            Owner::Node(node) => Bearer::Type(self.nodes[node.0 as usize].ty),
            Owner::Fresh(second) => {
                let aim = if second { self.second } else { Some(self.aim) };
                let unlisted = || self.shapes.iter().find_map(|shape| shape.unlisted[usize::from(second)]);
                match aim {
                    Some(Aim::Fresh(ty)) => Bearer::Type(ty),
                    _ => Bearer::Type(unlisted()?),
                }
            }
            Owner::User(_, kind) => Bearer::Type(kind),
            Owner::Context => Bearer::Request,
            Owner::Holding(_, role, ..) => Bearer::Role(role),
        })
    }

    /// What a value of an enumeration is called in facts.
    #[must_use]
    pub fn value_name(&self, of: Scalar, value: Value) -> Option<&'m str> {
        match (of, value) {
            (Scalar::Enum(id), Value::Enum(ix)) => {
                let values = &self.model.enums[id.0 as usize].values;
                values.get(ix as usize).map(String::as_str)
            }
            _ => None,
        }
    }

    /// One attribute whose values two policies order otherwise: facts state one word, and each reads it in its own order.
    fn say_the_same(&mut self, one: usize, other: usize) {
        for (one, other) in [(one, other), (other, one)] {
            let [given, given_other] = [one, other].map(|term| self.terms[term].given);
            let [of, of_other] = [one, other].map(|term| self.terms[term].ty.of);
            if !matches!((of, of_other), (Scalar::Enum(_), Scalar::Enum(_))) {
                continue;
            }
            let others = self.stated_values(other);
            for (value, is) in self.stated_values(one) {
                let name = self.value_name(of, value);
                let same = others
                    .iter()
                    .find(|(value, _)| self.value_name(of_other, *value) == name);
                match same {
                    Some(&(_, same)) => {
                        self.circuit.require(&[!given, !is, given_other]);
                        self.circuit.require(&[!given, !is, same]);
                    }
                    None => self.circuit.require(&[!given, !is, !given_other]),
                }
            }
        }
    }

    /// Whether facts state an attribute. Where not to state it is to state a constant, nothing needs to tell the two apart.
    fn given(&mut self, attribute: &Attribute) -> Lit {
        let constant = match attribute.default {
            Default::Value(_) => true,
            Default::None => attribute.ty.many,
            Default::Path(..) => false,
        };
        match constant && !self.unstated {
            true => Lit::TRUE,
            false => self.circuit.variable(),
        }
    }

    fn set(&mut self, attribute: &Attribute) -> TermKind {
        let values = self.values(attribute);
        TermKind::Set(
            values
                .into_iter()
                .map(|value| (value, self.circuit.variable()))
                .collect(),
        )
    }

    fn one(&mut self, attribute: &Attribute) -> TermKind {
        let values = self.values(attribute);
        let choice = Choice::new(&mut self.circuit, values.len());
        TermKind::One(values, choice)
    }

    /// What facts state is there, is of its kind, and does not run in a circle where facts may not.
    fn fit(&mut self, term: usize) {
        let Term { owner, name, given, .. } = self.terms[term];
        if self.terms[term].is_empty() {
            self.circuit.require(&[!given]);
        }
        for (value, is) in self.stated_values(term) {
            let fits = match (value, owner) {
                (Value::Node(node), _) => self.present(node),
                (Value::User(user), owner) => {
                    let kind = match self.terms[term].ty.of {
                        Scalar::User(kind) => self.is_of_kind(user.0, kind),
                        _ => Lit::TRUE,
                    };
                    let above = match owner {
                        Owner::User(below, _) if self.scope.followed.contains(&name) => {
                            self.is_above(name, user.0, below)
                        }
                        _ => Lit::TRUE,
                    };
                    self.circuit.and([kind, above])
                }
                _ => continue,
            };
            self.circuit.require(&[!given, !is, fits]);
        }
    }

    /// Facts state values of this type as they state the term's.
    #[must_use]
    pub fn is_stated_as(&self, term: usize, ty: AttributeType) -> bool {
        stated_as(self.terms[term].ty) == stated_as(ty)
    }

    /// Of a term that is a set: that of the same attribute where another policy has one value of it.
    #[must_use]
    pub fn one_of(&self, set: usize) -> Option<usize> {
        let it = &self.terms[set];
        let single = AttributeType { many: false, ..it.ty };
        let is_single = |&ix: &usize| {
            let other = &self.terms[ix];
            (other.owner, other.name) == (it.owner, it.name) && !other.ty.many && self.is_stated_as(ix, single)
        };
        (0..self.terms.len()).filter(|_| it.ty.many).find(is_single)
    }

    /// The values that a term can be, or have as elements, each with what says that it is.
    pub fn stated_values(&mut self, term: usize) -> Vec<(Value, Lit)> {
        match &self.terms[term].kind {
            TermKind::Set(bits) => bits.clone(),
            TermKind::One(values, choice) => {
                let is = (0..values.len()).map(|ix| choice.is(&mut self.circuit, ix));
                values.iter().copied().zip(is).collect()
            }
        }
    }

    fn values(&mut self, attribute: &Attribute) -> Vec<Value> {
        match attribute.ty.of {
            Scalar::User(_) => (0..self.users).map(|user| Value::User(UserId(user))).collect(),
            Scalar::Group => (1..=self.groups).map(|group| Value::Group(GroupId(group))).collect(),
            Scalar::Node(ty) => self.nodes_of(ty).into_iter().map(Value::Node).collect(),
            plain => {
                let count = match plain {
                    Scalar::Enum(id) => self.model.enums[id.0 as usize].values.len(),
                    _ => 0,
                };
                let class = self.scope.classes.class(attribute.key);
                let (mut values, whole) = domain::candidates(plain, &class, count);
                self.exact &= whole;
                if self.unstated && matches!(plain, Scalar::Int | Scalar::Decimal) {
                    // The one policy may say `int` where the other says `decimal`.
                    let other = if plain == Scalar::Int {
                        Scalar::Decimal
                    } else {
                        Scalar::Int
                    };
                    values.extend(domain::candidates(other, &class, 0).0);
                    values.sort_by(|&a, &b| compare(a, b).unwrap_or(Ordering::Equal));
                    values.dedup();
                }
                for value in self.default_values(attribute) {
                    if !values.contains(&value) {
                        // First, so that witnesses need not state it.
                        values.insert(0, value);
                    }
                }
                values
            }
        }
    }

    /// What an attribute is by default, where that is a constant.
    fn default_values(&self, attribute: &Attribute) -> Vec<Value> {
        match attribute.default {
            Default::Value(Value::List(list)) => self.model.pool.values(list).to_vec(),
            Default::Value(value) => vec![value],
            _ => Vec::new(),
        }
    }

    /// Facts with a circle in this relation are refused, since a rule follows it with `+`.
    #[must_use]
    pub fn is_followed(&self, relation: AttrName) -> bool {
        self.scope.followed.contains(&relation)
    }

    /// `x` stands above `y` in a relation without circles.
    fn is_above(&mut self, relation: AttrName, x: u32, y: u32) -> Lit {
        let (circuit, users) = (&mut self.circuit, self.users);
        let order = self.above.entry(relation).or_insert_with(|| Order::new(circuit, users));
        order.is_above(x, y)
    }
}

/// A total order of users: a relation that only leads upward in it has no circle.
#[derive(Debug)]
pub struct Order(HashMap<(u32, u32), Lit>);

impl Order {
    /// Some order of `0..users`.
    pub fn new(circuit: &mut Circuit, users: u32) -> Self {
        let mut above = HashMap::new();
        for x in 0..users {
            for y in x + 1..users {
                let lit = circuit.variable();
                above.insert((x, y), lit);
                above.insert((y, x), !lit);
            }
        }
        let order = Self(above);
        for (x, y, z) in triples(users) {
            circuit.require(&[!order.is_above(x, y), !order.is_above(y, z), order.is_above(x, z)]);
        }
        order
    }

    /// Nobody stands above himself.
    #[must_use]
    pub fn is_above(&self, x: u32, y: u32) -> Lit {
        self.0.get(&(x, y)).copied().unwrap_or(Lit::FALSE)
    }
}

/// Three different users, in every way.
fn triples(users: u32) -> impl Iterator<Item = (u32, u32, u32)> {
    let pairs = (0..users).flat_map(move |x| (0..users).map(move |y| (x, y)));
    let triples = pairs.flat_map(move |(x, y)| (0..users).map(move |z| (x, y, z)));
    triples.filter(|(x, y, z)| x != y && y != z && x != z)
}

/// Types of which facts state the same values are one.
const fn stated_as(ty: AttributeType) -> AttributeType {
    AttributeType {
        of: match ty.of {
            Scalar::Int => Scalar::Decimal,
            of => of,
        },
        optional: false,
        ..ty
    }
}

impl Term {
    /// There is nothing that it could be.
    fn is_empty(&self) -> bool {
        matches!(&self.kind, TermKind::One(values, _) if values.is_empty())
    }
}
