//! `as a`, `a of T`, `a of b`, `a+`: whether u is, or is in, the value of a relation.

use rolebook::eval::Resource;
use rolebook::model::value::{NodeId, Scalar, Tri, UserId, Value};
use rolebook::model::{AttrName, Relation, TypeId};

use super::conditions::{Owner, Thing};
use super::{Ask, Oracle, any, nodes};

/// Users found on the way, each to a degree; `more` if there may be others, because something is missing.
struct Users {
    known: Vec<(UserId, Tri)>,
    more: bool,
}

impl Oracle<'_> {
    /// One of the relations holds; none asked: true. A caller who is not signed in stands in none.
    pub(super) fn related(&self, relations: &[Relation], ask: &Ask<'_>) -> Tri {
        match ask.user {
            _ if relations.is_empty() => Tri::True,
            None => Tri::False,
            Some(user) => any(relations.iter().map(|relation| self.in_relation(user, relation, ask))),
        }
    }

    fn in_relation(&self, user: UserId, relation: &Relation, ask: &Ask<'_>) -> Tri {
        let start = match relation.at {
            Some(ty) => self.look_at(ty, relation.first, ask),
            None => self.look_outward(relation.first, ask),
        };
        let Some(value) = start else { return Tri::False };
        let mut users = self.users_in(value, Tri::True);
        for &(name, plus) in &relation.then {
            users = self.follow(&users, name, plus);
        }
        let found = any(users
            .known
            .iter()
            .filter(|(other, _)| *other == user)
            .map(|&(_, degree)| degree));
        if users.more { found.max(Tri::Unknown) } else { found }
    }

    fn look_at(&self, ty: TypeId, name: AttrName, ask: &Ask<'_>) -> Option<Value> {
        let chain = self.chain_of(&ask.target);
        let link = nodes::near(&chain, ty)?[0];
        Some(link.id.map_or_else(
            || self.fresh_attribute(name, ask),
            |node| self.attribute_of_node(node, name),
        ))
    }

    /// On the resource, then outward: the first that has the attribute.
    fn look_outward(&self, name: AttrName, ask: &Ask<'_>) -> Option<Value> {
        let own = match ask.target.resource {
            Resource::Node(node) => (Thing::Value(Value::Node(node)), self.facts.node(node).ty),
            Resource::Unlisted(ty) => (Thing::Fresh, ty),
            Resource::User(user) => (Thing::Value(Value::User(user)), self.facts.user(user).ty),
        };
        let outer = self
            .chain(ask.target.start)
            .into_iter()
            .filter_map(|link| Some((link.id?, link.ty)));
        let all = std::iter::once(own).chain(outer.map(|(node, ty)| (Thing::Value(Value::Node(node)), ty)));
        let mut having = all.filter(|&(_, ty)| self.holds_users(ty, name));
        having.next().map(|(thing, _)| self.step(thing, name, ask).value())
    }

    fn holds_users(&self, ty: TypeId, name: AttrName) -> bool {
        let attribute = self.model.attribute(ty, name);
        attribute.is_some_and(|it| matches!(it.ty.of, Scalar::User(_) | Scalar::Group))
    }

    fn users_in(&self, value: Value, degree: Tri) -> Users {
        let mut users = Users {
            known: Vec::new(),
            more: false,
        };
        match value {
            Value::Missing => users.more = true,
            Value::User(user) => users.known.push((user, degree)),
            Value::Group(group) => {
                let all = self
                    .facts
                    .user_ids()
                    .map(|user| (user, degree.min(self.in_group(user, group))));
                users.known.extend(all.filter(|&(_, degree)| degree != Tri::False));
            }
            Value::List(list) => {
                for &element in self.pool.values(list) {
                    users.add(self.users_in(element, degree));
                }
            }
            _ => {}
        }
        users
    }

    /// `a of b`: a of the users in b; `a+`: one or more steps.
    fn follow(&self, from: &Users, name: AttrName, plus: bool) -> Users {
        let mut found = Users {
            known: Vec::new(),
            more: from.more,
        };
        for &(user, degree) in &from.known {
            found.add(self.users_in(self.attribute_of_user(user, name), degree));
        }
        let steps = if plus { self.facts.users.len() } else { 0 };
        for _ in 0..steps {
            for (user, degree) in found.known.clone() {
                found.add(self.users_in(self.attribute_of_user(user, name), degree));
            }
        }
        found
    }

    /// u is, or is in, a value.
    pub(super) fn is_or_is_in(&self, user: UserId, value: Value) -> Tri {
        let users = self.users_in(value, Tri::True);
        let found = any(users
            .known
            .iter()
            .filter(|(other, _)| *other == user)
            .map(|&(_, degree)| degree));
        if users.more { found.max(Tri::Unknown) } else { found }
    }

    pub(super) fn attribute_of_node(&self, node: NodeId, name: AttrName) -> Value {
        self.settled(Owner::Node(node), name, &mut Vec::new())
    }

    pub(super) fn attribute_of_user(&self, user: UserId, name: AttrName) -> Value {
        self.settled(Owner::User(user), name, &mut Vec::new())
    }
}

impl Users {
    fn add(&mut self, other: Self) {
        self.more |= other.more;
        for entry in other.known {
            if !self.known.contains(&entry) {
                self.known.push(entry);
            }
        }
    }
}
