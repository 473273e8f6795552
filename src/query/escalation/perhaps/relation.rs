//! Relations: whether somebody can come to stand in one.

use super::{Perhaps, Seen, Trail, any_of, attempt};
use crate::containment::reach::{Near, near};
use crate::eval::Resource;
use crate::eval::condition::UNLISTED;
use crate::facts::Thing;
use crate::model::value::{NodeId, Tri, UserId, Value};
use crate::model::{AttrName, Relation, Rule, TypeId};
use crate::query::escalation::most::{Atom, plain};

impl Perhaps<'_> {
    pub(super) fn related(&self, rule: &Rule, trail: &mut Trail) -> bool {
        let Some(user) = self.request.user else { return false };
        let relations = &rule.relation;
        relations.is_empty()
            || any_of(relations, trail, |relation, trail| {
                let Some(start) = self.relation_start(relation.at, relation.first) else {
                    return false;
                };
                self.leads_to(start, relation.first, &relation.then, user, trail)
            })
    }

    /// Where a relation is looked up.
    pub(super) fn relation_start(&self, at: Option<TypeId>, name: AttrName) -> Option<Value> {
        let (model, org, target) = (self.table().model(), self.most.org, &self.request.target);
        let own = match target.resource {
            Resource::Unlisted(ty) => Some((ty, Value::Node(UNLISTED))),
            Resource::User(user) => Some((org.facts.user(user).ty, Value::User(user))),
            Resource::Node(_) => None,
        };
        if let Some(ty) = at {
            return match near(org, target, ty)? {
                Near::Node(node) => Some(Value::Node(node)),
                Near::Own => own.map(|(_, value)| value),
            };
        }
        if let Some((ty, value)) = own
            && model.slot(ty, name).is_some()
        {
            return Some(value);
        }
        let has = |node: &NodeId| model.slot(org.ty(*node), name).is_some();
        org.chain(target.start).find(has).map(Value::Node)
    }

    pub(super) fn leads_to(
        &self,
        at: Value,
        name: AttrName,
        then: &[(AttrName, bool)],
        user: UserId,
        trail: &mut Trail,
    ) -> bool {
        if let Seen::Free { atom, last } = self.walk(at, &[name]) {
            let value = last.and_then(|last| self.choose_user(last, user));
            return self.note(atom, value, trail);
        }
        self.followed(self.eval().step(at, name), then, user, trail)
    }

    pub(super) fn followed(&self, value: Value, then: &[(AttrName, bool)], user: UserId, trail: &mut Trail) -> bool {
        let Some((&(name, plus), rest)) = then.split_first() else {
            return self.is_or_in(user, value, trail);
        };
        match value {
            Value::User(_) if plus => self.chain_up(value, name, rest, user, trail),
            Value::User(_) => self.leads_to(value, name, rest, user, trail),
            Value::List(list) => {
                let values = self.request.pool.values(list);
                any_of(values, trail, |&each, trail| self.followed(each, then, user, trail))
            }
            // Somebody in it, or who gets into it.
            Value::Group(_) => {
                let everybody = self.most.org.facts.user_ids();
                any_of(everybody, trail, |each, trail| {
                    self.is_or_in(each, value, trail) && self.followed(Value::User(each), then, user, trail)
                })
            }
            _ => false,
        }
    }

    pub(super) fn chain_up(
        &self,
        from: Value,
        name: AttrName,
        rest: &[(AttrName, bool)],
        user: UserId,
        trail: &mut Trail,
    ) -> bool {
        let mut at = from;
        for _ in 0..=self.most.org.facts.users.len() {
            if let Seen::Free { atom, last } = self.walk(at, &[name]) {
                let value = last.and_then(|last| self.choose_user(last, user));
                return self.note(atom, value, trail);
            }
            at = self.eval().step(at, name);
            if !matches!(at, Value::User(_)) {
                return false;
            }
            if attempt(trail, |trail| self.followed(at, rest, user, trail)) {
                return true;
            }
        }
        false
    }

    /// A value by which an attribute names the user.
    pub(super) fn choose_user(&self, last: (Thing, usize), user: UserId) -> Option<Value> {
        let domain = self.most.domains.attribute(last.0, last.1)?;
        let names = |value: &&Value| match **value {
            Value::User(other) => other == user,
            Value::List(list) => self.request.pool.values(list).contains(&Value::User(user)),
            _ => false,
        };
        domain.values.iter().find(names).copied()
    }

    pub(super) fn is_or_in(&self, user: UserId, value: Value, trail: &mut Trail) -> bool {
        match value {
            Value::User(other) => user == other,
            Value::List(list) => {
                let values = self.request.pool.values(list);
                any_of(values, trail, |&each, trail| self.is_or_in(user, each, trail))
            }
            Value::Group(group) if self.most.tracked_user(user) => {
                let atom = self.most.atom(Atom::In(user, group));
                trail.extend(atom.map(plain));
                atom.is_some()
            }
            Value::Group(group) => self.most.org.is_in_group(user, group, self.eval().now()) == Tri::True,
            _ => false,
        }
    }

    /// The user may come to stand in none of the relations.
    pub(super) fn unrelated(&self, rule: &Rule) -> bool {
        let away = |relation: &Relation| {
            let Some(start) = self.relation_start(relation.at, relation.first) else {
                return true;
            };
            let free = matches!(self.walk(start, &[relation.first]), Seen::Free { .. });
            let value = self.eval().step(start, relation.first);
            let group = matches!(value, Value::Group(_) | Value::List(_));
            let now = self.eval().related(std::slice::from_ref(relation));
            free || group || !relation.then.is_empty() || now == Tri::False
        };
        !rule.relation.is_empty() && rule.relation.iter().all(away)
    }
}
