//! Values in a symbolic organisation: what a path leads to, case by case.

use hashbrown::HashMap;
use std::hash::Hash;

use super::{Asked, Meaning, Scope};
use crate::analyze::circuit::Truth;
use crate::analyze::solver::Lit;
use crate::analyze::world::{Aim, Atom, Owner, Shape, TermKind, Without};
use crate::eval::Resource;
use crate::meaning::Domain as _;
use crate::meaning::condition::{UNLISTED, ordered};
use crate::model::permission::Permission;
use crate::model::value::{AttributeType, NodeId, Scalar, Tri, UserId, Value};
use crate::model::{AttrName, Attribute, Default, NOW, Root};
use crate::syntax::ast::{Doc, Op};

/// A known value, or an attribute of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Base {
    /// It is this.
    Value(Value),
    /// It is what the world says of this term.
    Term(usize),
}

/// What a path leads to: cases that exclude each other, one of which holds.
pub(super) type Cases = Vec<(Lit, Base)>;

pub(super) fn known(value: Value) -> Cases {
    vec![(Lit::TRUE, Base::Value(value))]
}

impl<'m> Meaning<'_, 'm> {
    pub(super) fn root(&mut self, root: Root, scope: Scope, asked: &Asked) -> Cases {
        match root {
            Root::Resource => self.resource(asked),
            Root::User if asked.caller == 0 => {
                let signed_in = self.world.signed_in;
                let user = Base::Value(Value::User(UserId(0)));
                possible(vec![(signed_in, user), (!signed_in, Base::Value(Value::Absent))])
            }
            Root::User => known(Value::User(UserId(asked.caller))),
            Root::Recipient if asked.handed && asked.at.is_none() => self.other_user(asked),
            Root::Recipient => known(Value::Missing),
            Root::Here => known(scope.here.map_or(Value::Missing, Value::Node)),
            Root::Near(ty) => self.near(asked, ty, Value::Missing),
            Root::Context(slot) => self.term(Owner::Context, &self.table.model().context[slot]),
            Root::Holding(key) => self.parameter(key, scope),
        }
    }

    /// Whom the deed is about, or to whom something is given.
    fn other_user(&self, asked: &Asked) -> Cases {
        let (same, other) = self.whom(asked);
        let user = |id| Base::Value(Value::User(UserId(id)));
        vec![(same, user(0)), (!same, user(other))]
    }

    fn resource(&mut self, asked: &Asked) -> Cases {
        match (asked.at, asked.resource, self.aim(asked)) {
            (Some(_), Resource::Node(node), _) => known(Value::Node(node)),
            (Some(_), _, _) | (None, _, Aim::Fresh(_)) => known(Value::Node(UNLISTED)),
            (None, _, Aim::User(_)) => self.other_user(asked),
            (None, _, Aim::Node) => self.nearest_as(asked, |_, target| match target.own {
                None => Value::Node(target.start),
                Some(_) => Value::Node(UNLISTED),
            }),
        }
    }

    /// A value that depends on the shape.
    pub(super) fn nearest_as(&mut self, asked: &Asked, of: impl Fn(&Shape, &crate::eval::Target) -> Value) -> Cases {
        self.by_shape(|shape| Self::target(asked, shape).map_or(Value::Missing, |target| of(shape, &target)))
    }

    pub(super) fn by_shape(&mut self, of: impl Fn(&Shape) -> Value) -> Cases {
        let values: Vec<Value> = self.world.shapes.iter().map(of).collect();
        let mut different: Vec<Value> = Vec::new();
        for &value in &values {
            if !different.contains(&value) {
                different.push(value);
            }
        }
        let shape = self.world.shape.clone();
        let case = |value| {
            (
                shape.one_of(&mut self.world.circuit, |ix| values[ix] == value),
                Base::Value(value),
            )
        };
        possible(different.into_iter().map(case).collect())
    }

    fn parameter(&mut self, key: AttrName, scope: Scope) -> Cases {
        let Some((role, owner)) = scope.holding else {
            return known(Value::Missing);
        };
        let parameters = &self.table.model().role(role).parameters;
        let Some(attribute) = parameters.iter().find(|it| it.key == key) else {
            return self.bound(key, owner);
        };
        match owner {
            Some(owner) => self.term(owner, attribute),
            None => known(attribute.unset()),
        }
    }

    /// `from` and `until`: a holding that has them runs.
    fn bound(&mut self, key: AttrName, owner: Option<Owner>) -> Cases {
        let Some(owner @ Owner::Holding(user, role, node, by_hand)) = owner else {
            return known(Value::Missing);
        };
        let cases = self.term(owner, &bound(key));
        if !self.bounded.insert((owner, key)) {
            return cases;
        }
        let held = self.world.atom(match by_hand {
            true => Atom::Stated(user, role, node),
            false => Atom::Via(user, role, node),
        });
        let now = self.term(Owner::Context, &self.table.model().context[NOW]);
        let term = self.world.term(owner, &bound(key));
        let given = self.world.terms[term].given;
        let op = match self.model().attr_names[key.0 as usize].as_str() {
            "from" => Op::AtLeast,
            _ => Op::Before,
        };
        let stated = vec![(Lit::TRUE, Base::Term(term))];
        let runs = self.compare(&now, &stated, |now, bound| ordered(now, op, bound));
        self.world.circuit.require(&[!held, !given, runs.yes]);
        cases
    }

    /// The value of an attribute of what stands there.
    pub(super) fn step(&mut self, at: Cases, name: AttrName, asked: &Asked) -> Cases {
        let mut found = Cases::new();
        for (guard, value) in self.single(&at) {
            let inner = self.step_from(value, name, asked);
            self.guarded(guard, inner, &mut found);
        }
        self.merged(found)
    }

    /// Each thing once: what several cases lead to is one case.
    pub(super) fn merged<T: Copy + Eq + Hash>(&mut self, cases: Vec<(Lit, T)>) -> Vec<(Lit, T)> {
        let mut found: Vec<(T, Vec<Lit>)> = Vec::new();
        let mut places: HashMap<T, usize> = HashMap::new();
        for (guard, it) in cases {
            let place = *places.entry(it).or_insert_with(|| {
                found.push((it, Vec::new()));
                found.len() - 1
            });
            found[place].1.push(guard);
        }
        let one = |(it, guards): (T, Vec<Lit>)| (self.world.circuit.or(guards), it);
        found.into_iter().map(one).collect()
    }

    /// Cases that hold within another.
    pub(super) fn guarded(&mut self, guard: Lit, cases: Cases, found: &mut Cases) {
        for (inner, base) in cases {
            let both = self.world.circuit.and([guard, inner]);
            if both != Lit::FALSE {
                found.push((both, base));
            }
        }
    }

    fn step_from(&mut self, value: Value, name: AttrName, asked: &Asked) -> Cases {
        match value {
            Value::Node(UNLISTED) => self.unlisted(name, asked),
            Value::Node(node) => self.step_from_node(node, name),
            Value::User(user) => self.step_from_user(user.0, name),
            Value::Absent => known(Value::Absent),
            _ => known(Value::Missing),
        }
    }

    pub(super) fn step_from_node(&mut self, node: NodeId, name: AttrName) -> Cases {
        let ty = self.world.nodes[node.0 as usize].ty;
        match self.table.model().attribute(ty, name) {
            Some(attribute) => self.term(Owner::Node(node), attribute),
            None => known(Value::Missing),
        }
    }

    /// A user has the attributes of the kind of principal that he is.
    pub(super) fn step_from_user(&mut self, user: u32, name: AttrName) -> Cases {
        let mut found = Cases::new();
        for kind in self.world.kinds() {
            let is = self.world.is_of_kind(user, kind);
            let cases = match self.table.model().attribute(kind, name) {
                Some(attribute) if is != Lit::FALSE => self.term(Owner::User(user, kind), attribute),
                _ => known(Value::Missing),
            };
            self.guarded(is, cases, &mut found);
        }
        found
    }

    /// What facts state of an attribute, else what it is by default.
    fn term(&mut self, owner: Owner, attribute: &Attribute) -> Cases {
        let term = self.world.term(owner, attribute);
        let given = match self.world.without == Some(Without::Term(owner, attribute.key)) {
            true => Lit::FALSE,
            false => self.world.terms[term].given,
        };
        let mut found = Cases::new();
        self.guarded(given, vec![(Lit::TRUE, Base::Term(term))], &mut found);
        if given != Lit::TRUE {
            let default = self.default(owner, term, attribute);
            self.guarded(!given, default, &mut found);
        }
        found
    }

    /// An attribute of a target that nobody lists: supposed by the request, or by default where a rule asks on its own.
    fn unlisted(&mut self, name: AttrName, asked: &Asked) -> Cases {
        let model = self.table.model();
        let ty = match (asked.at, asked.resource, self.model().permissions.get(asked.permission)) {
            (None, _, Permission::Act { ty, .. }) => ty,
            (Some(_), Resource::Unlisted(ty), _) => ty,
            _ => return known(Value::Missing),
        };
        let Some(attribute) = model.attribute(ty, name) else {
            return known(Value::Missing);
        };
        if asked.at.is_none() {
            return self.term(Owner::Fresh(asked.second), attribute);
        }
        match &attribute.default {
            Default::Path(root, steps) => {
                let blank = attribute.ty.blank();
                self.path_from((*root, steps), blank, |shape| {
                    Self::target(asked, shape).map(|at| at.start)
                })
            }
            _ => known(attribute.unset()),
        }
    }

    /// The value of an attribute on the resource, else on the first node outward that has one of that name.
    pub(super) fn outward(&mut self, name: AttrName, asked: &Asked) -> Cases {
        let model = self.table.model();
        let own = match (asked.at, asked.resource, self.aim(asked)) {
            (None, _, Aim::Fresh(ty) | Aim::User(ty)) => Some(ty),
            (Some(_), Resource::Unlisted(ty), _) => Some(ty),
            _ => None,
        };
        if own.is_some_and(|ty| model.slot(ty, name).is_some()) {
            let resource = self.resource(asked);
            return self.step(resource, name, asked);
        }
        let at = self.nearest_as(asked, |shape, target| {
            if target.own.is_some_and(|ty| model.slot(ty, name).is_some()) {
                return Value::Node(UNLISTED);
            }
            let mut chain = shape.forest.chain(target.start);
            let found = chain.find(|&node| model.slot(shape.forest.ty(node), name).is_some());
            found.map_or(Value::Absent, Value::Node)
        });
        self.step(at, name, asked)
    }

    /// The single values that the cases can be; sets are left out.
    pub(super) fn single(&mut self, cases: &Cases) -> Vec<(Lit, Value)> {
        let mut found = Vec::new();
        for &(guard, base) in cases {
            match base {
                Base::Value(value) => found.push((guard, value)),
                Base::Term(term) => self.enumerate(guard, term, &mut found),
            }
        }
        self.merged(found)
    }

    fn enumerate(&mut self, guard: Lit, term: usize, found: &mut Vec<(Lit, Value)>) {
        let TermKind::One(values, choice) = &self.world.terms[term].kind else {
            return;
        };
        let (values, choice) = (values.clone(), choice.clone());
        for (ix, value) in values.into_iter().enumerate() {
            let is = choice.is(&mut self.world.circuit, ix);
            let both = self.world.circuit.and([guard, is]);
            if both != Lit::FALSE {
                found.push((both, value));
            }
        }
    }

    /// The truth of a test on one value.
    pub(super) fn test(&mut self, cases: &Cases, test: impl Fn(Value) -> Tri) -> Truth {
        let mut found = Vec::new();
        for &(guard, base) in cases {
            found.push((guard, self.test_base(base, &test)));
        }
        self.world.circuit.choose(&found)
    }

    fn test_base(&mut self, base: Base, test: impl Fn(Value) -> Tri) -> Truth {
        let term = match base {
            Base::Value(value) => return test(value).into(),
            Base::Term(term) => term,
        };
        let TermKind::One(values, choice) = &self.world.terms[term].kind else {
            return test(Value::EMPTY).into();
        };
        let truths: Vec<Tri> = values.iter().map(|&value| test(value)).collect();
        let choice = choice.clone();
        let mut rail = |wanted| choice.one_of(&mut self.world.circuit, |ix| truths[ix] == wanted);
        let yes = rail(Tri::True);
        match truths.contains(&Tri::Unknown) {
            true => Truth {
                yes,
                no: rail(Tri::False),
            },
            false => Truth::sure(yes),
        }
    }
}

/// A bound of a holding, as an attribute of it.
fn bound(key: AttrName) -> Attribute {
    Attribute {
        name: String::new(),
        key,
        ty: AttributeType {
            of: Scalar::DateTime,
            many: false,
            optional: true,
        },
        default: Default::None,
        field: None,
        labels: Vec::new(),
        doc: Doc::default(),
        span: None,
    }
}

/// Cases that can happen.
fn possible(cases: Cases) -> Cases {
    cases.into_iter().filter(|(guard, _)| *guard != Lit::FALSE).collect()
}
