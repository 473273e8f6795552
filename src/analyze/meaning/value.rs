//! Values in a symbolic organisation: what a path leads to, case by case.

use super::{Asked, Meaning, Scope};
use crate::analyze::circuit::Truth;
use crate::analyze::solver::Lit;
use crate::analyze::world::{Aim, Owner, TermKind, Without, user_attribute};
use crate::eval::Resource;
use crate::eval::reach::{Near, near};
use crate::model::value::{NodeId, Tri, UserId, Value};
use crate::model::{AttrName, Attribute, Default, Operand, Path, Root};

/// The node that stands for a target which nobody lists.
pub(super) const UNLISTED: NodeId = NodeId(u32::MAX);

/// A known value, or an attribute of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Value(Value),
    Term(usize),
}

/// What a path leads to: cases that exclude each other, one of which holds.
pub(super) type Cases = Vec<(Lit, Base)>;

pub(super) fn known(value: Value) -> Cases {
    vec![(Lit::TRUE, Base::Value(value))]
}

impl Meaning<'_, '_> {
    /// The value of one side of a test.
    pub(super) fn operand(&mut self, operand: &Operand, scope: Scope, asked: &Asked) -> Cases {
        match operand {
            Operand::Value(value) => known(*value),
            Operand::Path(path) => self.path(path, scope, asked),
            Operand::List(_) => known(Value::Missing),
        }
    }

    /// What a path leads to.
    pub(super) fn path(&mut self, path: &Path, scope: Scope, asked: &Asked) -> Cases {
        let mut at = self.root(path.root, scope, asked);
        for &step in &path.steps {
            at = self.step(at, step, asked);
        }
        at
    }

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
            Root::Near(ty) => self.nearest(asked, |shape, target| match near(&shape.forest, target, ty) {
                Some(Near::Node(node)) => Value::Node(node),
                Some(Near::Own) => Value::Node(UNLISTED),
                None => Value::Missing,
            }),
            Root::Context(slot) => {
                let attribute = &self.table.model().context[slot];
                self.term(Owner::Context, attribute.key, attribute)
            }
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
            (None, _, Aim::Node) => self.nearest(asked, |_, target| Value::Node(target.start)),
        }
    }

    /// A value that depends on the shape.
    fn nearest(
        &mut self,
        asked: &Asked,
        of: impl Fn(&crate::analyze::world::Shape, &crate::eval::Target) -> Value,
    ) -> Cases {
        let values: Vec<Value> = self
            .world
            .shapes
            .iter()
            .map(|shape| Self::target(asked, shape).map_or(Value::Missing, |target| of(shape, &target)))
            .collect();
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
        let model = self.table.model();
        let Some(attribute) = model.role(role).parameters.iter().find(|it| it.key == key) else {
            // `from` and `until`: holdings of these worlds run without bounds.
            return known(Value::Missing);
        };
        match owner {
            Some(owner) => self.term(owner, key, attribute),
            None => known(attribute.unset()),
        }
    }

    /// The value of an attribute of what stands there.
    pub(super) fn step(&mut self, at: Cases, name: AttrName, asked: &Asked) -> Cases {
        let mut found = Cases::new();
        for (guard, value) in self.single(&at) {
            for (inner, base) in self.step_from(value, name, asked) {
                let both = self.world.circuit.and([guard, inner]);
                found.push((both, base));
            }
        }
        possible(found)
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
            Some(attribute) => self.term(Owner::Node(node), name, attribute),
            None => known(Value::Missing),
        }
    }

    pub(super) fn step_from_user(&mut self, user: u32, name: AttrName) -> Cases {
        match user_attribute(self.table.model(), name) {
            Some(attribute) => self.term(Owner::User(user), name, attribute),
            None => known(Value::Missing),
        }
    }

    fn term(&mut self, owner: Owner, name: AttrName, attribute: &Attribute) -> Cases {
        if self.world.without == Some(Without::Term(owner, name)) {
            return known(attribute.unset());
        }
        vec![(Lit::TRUE, Base::Term(self.world.term(owner, name, attribute)))]
    }

    /// An attribute of a target that nobody lists: supposed by the request, or by default where a rule asks on its own.
    fn unlisted(&mut self, name: AttrName, asked: &Asked) -> Cases {
        let model = self.table.model();
        let ty = match (asked.at, asked.resource, self.aim(asked)) {
            (None, _, Aim::Fresh(ty)) => ty,
            (Some(_), Resource::Unlisted(ty), _) => ty,
            _ => return known(Value::Missing),
        };
        let Some(attribute) = model.attribute(ty, name) else {
            return known(Value::Missing);
        };
        if asked.at.is_none() {
            return self.term(Owner::Fresh(asked.second), name, attribute);
        }
        match (&attribute.default, asked.at) {
            (Default::Path(root, steps), Some(node)) => self.default_path(attribute, *root, steps, node, asked),
            _ => known(attribute.unset()),
        }
    }

    /// From nobody, or where there is no such node, a path leads to what the attribute is that is not given.
    fn default_path(
        &mut self,
        attribute: &Attribute,
        root: crate::model::TypeId,
        steps: &[AttrName],
        node: NodeId,
        asked: &Asked,
    ) -> Cases {
        let mut at = self.nearest(asked, |shape, _| {
            let near = shape.forest.near(node, root);
            near.map_or(Value::Absent, Value::Node)
        });
        let mut found = Cases::new();
        for &step in steps {
            let (nobody, there): (Vec<_>, Vec<_>) = self
                .single(&at)
                .into_iter()
                .partition(|(_, value)| *value == Value::Absent);
            let blank = Base::Value(attribute.ty.blank());
            found.extend(nobody.into_iter().map(|(guard, _)| (guard, blank)));
            let there = there.into_iter().map(|(guard, value)| (guard, Base::Value(value)));
            at = self.step(there.collect(), step, asked);
        }
        found.extend(at);
        found
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
        let at = self.nearest(asked, |shape, target| {
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
        found
    }

    fn enumerate(&mut self, guard: Lit, term: usize, found: &mut Vec<(Lit, Value)>) {
        let TermKind::One(values, choice) = &self.world.terms[term].kind else {
            return;
        };
        let (values, choice) = (values.clone(), choice.clone());
        for (ix, value) in values.into_iter().enumerate() {
            let value = self.stated(term, value);
            let is = choice.is(&mut self.world.circuit, ix);
            let both = self.world.circuit.and([guard, is]);
            if both != Lit::FALSE {
                found.push((both, value));
            }
        }
    }

    /// What is not stated is by default.
    fn stated(&self, term: usize, value: Value) -> Value {
        if value != Value::Missing || !self.world.unstated {
            return value;
        }
        let term = &self.world.terms[term];
        let model = self.table.model();
        let attribute = match (term.owner, self.world.aim) {
            (Owner::Node(node), _) => model.attribute(self.world.nodes[node.0 as usize].ty, term.name),
            (Owner::Fresh(false), Aim::Fresh(ty)) => model.attribute(ty, term.name),
            (Owner::User(_), _) => user_attribute(model, term.name),
            (Owner::Context, _) => model.context.iter().find(|it| it.key == term.name),
            (Owner::Holding(_, role, ..), _) => model.role(role).parameters.iter().find(|it| it.key == term.name),
            (Owner::Fresh(_), _) => None,
        };
        attribute.map_or(Value::Missing, Attribute::unset)
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
        let truths: Vec<Tri> = values.iter().map(|&value| test(self.stated(term, value))).collect();
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

/// Cases that can happen.
fn possible(cases: Cases) -> Cases {
    cases.into_iter().filter(|(guard, _)| *guard != Lit::FALSE).collect()
}
