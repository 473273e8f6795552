//! *Conditions*: Kleene formulas over the resource, the user, the request, the node, the holding and the recipient.

use std::cmp::Ordering;

use rolebook::eval::Resource;
use rolebook::facts;
use rolebook::model::value::{NodeId, Scalar, Tri, UserId, Value, compare, shift};
use rolebook::model::{AttrName, Attribute, Default, Expr, HeldAt, Operand, Path, Root, Test, TestKind, TypeId};
use rolebook::syntax::ast::Op;

use super::{Ask, Oracle, Scope, Source, all, any, nodes};

/// What a path comes to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Thing {
    Value(Value),
    /// The node that nobody lists.
    Fresh,
}

impl Thing {
    /// As a value; a path that asks for an attribute never ends at the node that nobody lists.
    pub(super) fn value(self) -> Value {
        match self {
            Self::Value(value) => value,
            Self::Fresh => Value::Missing,
        }
    }
}

/// Whose attribute it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Node(NodeId),
    User(UserId),
}

/// What stands on one side of a test.
enum Side {
    One(Thing),
    Many(Vec<Thing>),
}

impl Oracle<'_> {
    pub(super) fn expr(&self, expr: &Expr, ask: &Ask<'_>, scope: Scope<'_>) -> Tri {
        match expr {
            Expr::And(parts) => all(parts.iter().map(|part| self.expr(part, ask, scope))),
            Expr::Or(parts) => any(parts.iter().map(|part| self.expr(part, ask, scope))),
            Expr::Not(inner) => self.expr(inner, ask, scope).negate(),
            Expr::Test(test) => self.test(test, ask, scope),
        }
    }

    fn test(&self, test: &Test, ask: &Ask<'_>, scope: Scope<'_>) -> Tri {
        match &test.kind {
            TestKind::Truth(operand) => self.compared(&self.operand(operand, ask, scope), Op::Is, &truth(), ask),
            TestKind::Compare(left, op, right, minutes) => {
                let right = shifted(self.operand(right, ask, scope), *minutes);
                self.compared(&self.operand(left, ask, scope), *op, &right, ask)
            }
            TestKind::Quantified { all, set, op, right } => {
                let right = self.operand(right, ask, scope);
                self.quantified(*all, self.path(set, ask, scope), *op, &right, ask)
            }
            TestKind::Holds { who, roles, at } => {
                let who = self.path(who, ask, scope);
                self.holds(who, roles, at, ask, scope)
            }
        }
    }

    /// Absent on either side: false; else missing on either side: unknown.
    fn compared(&self, left: &Side, op: Op, right: &Side, ask: &Ask<'_>) -> Tri {
        if let Some(answer) = gap(&[left, right]) {
            return answer;
        }
        let Side::One(x) = left else { return Tri::False };
        match (op, right) {
            (Op::In, _) => self.lies_in(*x, right, ask),
            (Op::NotIn, _) => self.lies_in(*x, right, ask).negate(),
            (_, Side::One(y)) => ordered(*x, op, *y).into(),
            (_, Side::Many(_)) => Tri::False,
        }
    }

    /// `any S op y`: some element; `all S op y`: S is not empty and every element.
    fn quantified(&self, every: bool, set: Thing, op: Op, right: &Side, ask: &Ask<'_>) -> Tri {
        let Thing::Value(Value::List(list)) = set else {
            return gap(&[&Side::One(set), right]).unwrap_or(Tri::False);
        };
        let elements = self.pool.values(list);
        let each = elements
            .iter()
            .map(|&value| self.compared(&Side::One(Thing::Value(value)), op, right, ask));
        if every {
            all(each).min((!elements.is_empty()).into())
        } else {
            any(each)
        }
    }

    /// Element of a list or set; address in network; user in group; user member of place; node ⊑ node.
    fn lies_in(&self, x: Thing, right: &Side, ask: &Ask<'_>) -> Tri {
        match right {
            Side::Many(items) => any(items.iter().map(|&item| match item {
                Thing::Value(Value::Absent) => Tri::False,
                Thing::Value(Value::Missing) => Tri::Unknown,
                item => element(x, item).into(),
            })),
            Side::One(Thing::Value(Value::List(list))) => self
                .pool
                .values(*list)
                .iter()
                .any(|&item| element(x, Thing::Value(item)))
                .into(),
            Side::One(y) => self.lies_in_one(x, *y, ask),
        }
    }

    fn lies_in_one(&self, x: Thing, y: Thing, ask: &Ask<'_>) -> Tri {
        match (x, y) {
            (Thing::Value(Value::User(user)), Thing::Value(Value::Group(group))) => self.in_group(user, group),
            (Thing::Value(Value::User(user)), Thing::Value(Value::Node(place))) => self.member(user, place),
            (Thing::Value(Value::Node(node)), Thing::Value(Value::Node(outer))) => {
                nodes::within(&self.chain(node), outer).into()
            }
            (Thing::Fresh, Thing::Value(Value::Node(outer))) => {
                nodes::within(&self.chain(ask.target.start), outer).into()
            }
            (x, y) => element(x, y).into(),
        }
    }

    fn holds(
        &self,
        who: Thing,
        roles: &[rolebook::model::RoleId],
        at: &HeldAt,
        ask: &Ask<'_>,
        scope: Scope<'_>,
    ) -> Tri {
        let place = match at {
            HeldAt::At(path) => Some(self.path(path, ask, scope)),
            _ => None,
        };
        let sides: Vec<Side> = std::iter::once(who).chain(place).map(Side::One).collect();
        if let Some(answer) = gap(&sides.iter().collect::<Vec<_>>()) {
            return answer;
        }
        let Thing::Value(Value::User(user)) = who else {
            return Tri::False;
        };
        match at {
            HeldAt::Above => self.holds_above(user, roles, &self.chain_of(&ask.target)),
            HeldAt::Anywhere => self.holds_at(user, roles, None),
            HeldAt::At(_) => self.holds_at(user, roles, place),
        }
    }

    fn holds_at(&self, user: UserId, roles: &[rolebook::model::RoleId], place: Option<Thing>) -> Tri {
        let held = roles.iter().flat_map(|&role| self.holdings(user, role));
        let there = held.filter(|held| place.is_none_or(|place| place == Thing::Value(Value::Node(held.node))));
        any(there.map(|held| held.degree))
    }

    fn operand(&self, operand: &Operand, ask: &Ask<'_>, scope: Scope<'_>) -> Side {
        match operand {
            Operand::Value(value) => Side::One(Thing::Value(*value)),
            Operand::Path(path) => Side::One(self.path(path, ask, scope)),
            Operand::List(items) => Side::Many(
                items
                    .iter()
                    .map(|item| match self.operand(item, ask, scope) {
                        Side::One(thing) => thing,
                        Side::Many(_) => Thing::Value(Value::Missing),
                    })
                    .collect(),
            ),
        }
    }

    fn path(&self, path: &Path, ask: &Ask<'_>, scope: Scope<'_>) -> Thing {
        let root = self.root(path.root, ask, scope);
        path.steps.iter().fold(root, |thing, &name| self.step(thing, name, ask))
    }

    fn root(&self, root: Root, ask: &Ask<'_>, scope: Scope<'_>) -> Thing {
        let value = match root {
            Root::Resource => return resource(ask.target.resource),
            Root::Near(ty) => return self.near_root(ty, ask),
            Root::User => ask.user.map_or(Value::Absent, Value::User),
            Root::Recipient => ask.recipient.map_or(Value::Missing, Value::User),
            Root::Here => scope.here.map_or(Value::Missing, Value::Node),
            Root::Context(slot) => self.context.get(slot).copied().unwrap_or(Value::Missing),
            Root::Holding(name) => self.parameter(name, scope),
        };
        Thing::Value(value)
    }

    fn near_root(&self, ty: TypeId, ask: &Ask<'_>) -> Thing {
        let chain = self.chain_of(&ask.target);
        match nodes::near(&chain, ty).map(|chain| chain[0].id) {
            Some(Some(node)) => Thing::Value(Value::Node(node)),
            Some(None) => resource(ask.target.resource),
            None => Thing::Value(Value::Missing),
        }
    }

    /// A parameter of the holding, or its `from` and `until`.
    fn parameter(&self, name: AttrName, scope: Scope<'_>) -> Value {
        let Some(held) = scope.held else { return Value::Missing };
        let (role, holding) = match held.source {
            Source::Stated(holding) => (holding.role, Some(holding)),
            Source::Default(role) | Source::Derived(role) => (role, None),
            Source::Grant(grant) => return bound(&self.model.attr_names[name.0 as usize], grant.window),
        };
        let stated = holding.and_then(|it| it.parameters().iter().find(|(key, _)| *key == name));
        let declared = self
            .model
            .roles
            .get(role.ix())
            .and_then(|it| it.parameters.iter().find(|p| p.key == name));
        match (stated, declared, holding) {
            (Some(&(_, value)), ..) => value,
            (None, Some(parameter), _) => unset(parameter),
            (None, None, Some(holding)) => bound(&self.model.attr_names[name.0 as usize], holding.window()),
            (None, None, None) => Value::Missing,
        }
    }

    /// The attribute of a node or user.
    pub(super) fn step(&self, thing: Thing, name: AttrName, ask: &Ask<'_>) -> Thing {
        Thing::Value(match thing {
            Thing::Fresh => self.fresh_attribute(name, ask),
            Thing::Value(Value::Node(node)) => self.attribute_of_node(node, name),
            Thing::Value(Value::User(user)) => self.attribute_of_user(user, name),
            Thing::Value(Value::Absent) => Value::Absent,
            Thing::Value(_) => Value::Missing,
        })
    }

    /// An attribute of the node that nobody lists: as given, else by default, else missing.
    pub(super) fn fresh_attribute(&self, name: AttrName, ask: &Ask<'_>) -> Value {
        let Resource::Unlisted(ty) = ask.target.resource else {
            return self.step(resource(ask.target.resource), name, ask).value();
        };
        let Some(slot) = self.model.slot(ty, name) else {
            return Value::Missing;
        };
        if let Some(&(_, value)) = ask.given.iter().find(|(given, _)| *given == slot) {
            return value;
        }
        let attribute = &self.model.ty(ty).attributes[slot];
        match &attribute.default {
            Default::Path(ty, steps) => self.fallen_back(attribute, *ty, steps, ask.target.start, &mut Vec::new()),
            _ => unset(attribute),
        }
    }

    /// A default path, read at a container. Where there is no such node, or from nobody onward, the attribute is what it is
    /// when nothing is given; what waits for itself is missing.
    fn fallen_back(
        &self,
        attribute: &Attribute,
        ty: TypeId,
        steps: &[AttrName],
        container: NodeId,
        open: &mut Vec<(Owner, usize)>,
    ) -> Value {
        let chain = self.chain(container);
        let Some(start) = nodes::near(&chain, ty).and_then(|chain| chain[0].id) else {
            return blank(attribute);
        };
        let mut at = Value::Node(start);
        for &name in steps {
            at = match at {
                Value::Node(node) => self.settled(Owner::Node(node), name, open),
                Value::User(user) => self.settled(Owner::User(user), name, open),
                Value::Absent => return blank(attribute),
                _ => return Value::Missing,
            };
        }
        at
    }

    /// The attribute of a listed node or user: as stated, else by default. A user lies in several places: where they differ,
    /// it is missing.
    pub(super) fn settled(&self, owner: Owner, name: AttrName, open: &mut Vec<(Owner, usize)>) -> Value {
        let (ty, values, thing) = match owner {
            Owner::Node(node) => (
                self.facts.node(node).ty,
                &self.facts.node(node).values,
                facts::Thing::Node(node),
            ),
            Owner::User(user) => (
                self.facts.user(user).ty,
                &self.facts.user(user).values,
                facts::Thing::User(user),
            ),
        };
        let Some(slot) = self.model.slot(ty, name) else {
            return Value::Missing;
        };
        let attribute = &self.model.ty(ty).attributes[slot];
        let Default::Path(root, steps) = &attribute.default else {
            return values[slot];
        };
        if !self.facts.fallbacks.contains(&(thing, slot)) {
            return values[slot];
        }
        if open.contains(&(owner, slot)) {
            return Value::Missing;
        }
        open.push((owner, slot));
        let places: Vec<NodeId> = match owner {
            Owner::Node(node) => self.facts.node(node).container.into_iter().collect(),
            Owner::User(user) => self.facts.user(user).places.to_vec(),
        };
        let mut read: Vec<Value> = Vec::new();
        for place in places {
            read.push(self.fallen_back(attribute, *root, steps, place, open));
        }
        open.pop();
        match read.split_first() {
            None => blank(attribute),
            Some((&first, rest)) if rest.iter().all(|&other| other == first) => first,
            Some(_) => Value::Missing,
        }
    }
}

fn resource(resource: Resource) -> Thing {
    match resource {
        Resource::Node(node) => Thing::Value(Value::Node(node)),
        Resource::Unlisted(_) => Thing::Fresh,
        Resource::User(user) => Thing::Value(Value::User(user)),
    }
}

/// What an attribute or parameter is that is not given, defaults that are paths apart.
pub(crate) fn unset(attribute: &Attribute) -> Value {
    match attribute.default {
        Default::Value(value) => value,
        _ => blank(attribute),
    }
}

/// The same where no default counts.
fn blank(attribute: &Attribute) -> Value {
    let nobody = matches!(attribute.ty.of, Scalar::User(_) | Scalar::Group | Scalar::Node(_));
    match attribute.ty {
        ty if ty.many => Value::EMPTY,
        ty if ty.optional && nobody => Value::Absent,
        _ => Value::Missing,
    }
}

fn bound(name: &str, window: rolebook::facts::Window) -> Value {
    match name {
        "from" if window.from != i64::MIN => Value::Time(window.from),
        "until" if window.until != i64::MAX => Value::Time(window.until),
        _ => Value::Missing,
    }
}

fn truth() -> Side {
    Side::One(Thing::Value(Value::Bool(true)))
}

fn shifted(side: Side, minutes: i64) -> Side {
    match side {
        Side::One(Thing::Value(value)) if minutes != 0 => Side::One(Thing::Value(shift(value, minutes))),
        other => other,
    }
}

/// False if a side is absent, else unknown if one is missing. The elements of a list are weighed one by one.
fn gap(sides: &[&Side]) -> Option<Tri> {
    let is = |wanted: Value| {
        sides
            .iter()
            .any(|side| matches!(side, Side::One(Thing::Value(v)) if *v == wanted))
    };
    match (is(Value::Absent), is(Value::Missing)) {
        (true, _) => Some(Tri::False),
        (false, true) => Some(Tri::Unknown),
        (false, false) => None,
    }
}

/// Equal, or for addresses and networks contained.
fn element(x: Thing, y: Thing) -> bool {
    match (x, y) {
        (Thing::Value(Value::Net(x)), Thing::Value(Value::Net(y))) => y.contains(&x),
        _ => ordered(x, Op::Is, y),
    }
}

fn ordered(x: Thing, op: Op, y: Thing) -> bool {
    let order = match (x, y) {
        (Thing::Value(x), Thing::Value(y)) => compare(x, y),
        (x, y) => (x == y).then_some(Ordering::Equal),
    };
    match op {
        Op::Is => order == Some(Ordering::Equal),
        Op::IsNot => order != Some(Ordering::Equal),
        Op::Less | Op::Before => order == Some(Ordering::Less),
        Op::Greater | Op::After => order == Some(Ordering::Greater),
        Op::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Op::AtLeast => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        Op::In | Op::NotIn => false,
    }
}
