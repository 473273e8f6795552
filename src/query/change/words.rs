//! Changes in words: `give Manager at paris`, `ada gives Manager at paris to tim`.

use super::Change;
use crate::facts::{Facts, Subject, Thing};
use crate::model::value::{UserId, Value};
use crate::model::{AttrName, Attribute, Model, RoleId};
use crate::query::powers::show;

/// What changes are told of.
#[derive(Clone, Copy)]
pub(in crate::query) struct Words<'w> {
    pub(in crate::query) model: &'w Model,
    /// The facts, with the pool that the values stand on.
    pub(in crate::query) facts: &'w Facts,
    /// Who asks: their name is left out.
    pub(in crate::query) asker: Option<UserId>,
}

/// A change in words: before the place or value that may differ, that itself, and what comes after.
pub(in crate::query) type Told = (String, String, String);

impl Words<'_> {
    /// `give Manager at paris`
    pub(in crate::query) fn change(&self, change: &Change) -> String {
        let (before, differs, after) = self.told(change);
        format!("{before}{differs}{after}")
    }

    /// `ada gives Manager at paris to tim`
    pub(in crate::query) fn act(&self, actor: UserId, change: &Change) -> String {
        let told = self.change(change);
        let (verb, rest) = told.split_once(' ').unwrap_or((&told, ""));
        format!("{} {verb}s {rest}", self.facts.user(actor).id)
    }

    pub(in crate::query) fn told(&self, change: &Change) -> Told {
        let node = |at| self.facts.node_name(self.model, at);
        let group = |group| self.facts.group(group).id.clone();
        let (to, from) = (|whom| self.other("to", whom), |whom| self.other("from", whom));
        match change {
            Change::Give {
                role,
                node: at,
                to: whom,
                parameters,
            } => {
                let given = format!("give {} at ", self.facts.role_name(self.model, *role));
                match self.parameters(*role, parameters) {
                    None => (given, node(*at), to(*whom)),
                    Some((before, last)) => {
                        let given = format!("{given}{}{} with {before}", node(*at), to(*whom));
                        (given, last, String::new())
                    }
                }
            }
            Change::Take {
                role,
                node: at,
                from: whom,
            } => {
                let taken = format!("take {} at ", self.facts.role_name(self.model, *role));
                (taken, node(*at), from(*whom))
            }
            Change::Add { place, user } => ("give member at ".to_owned(), node(*place), to(Subject::User(*user))),
            Change::Remove { place, user } => ("take member at ".to_owned(), node(*place), from(Subject::User(*user))),
            Change::Grant {
                handout,
                node: at,
                to: whom,
            } => (format!("grant {} at ", handout.show(self.model)), node(*at), to(*whom)),
            Change::Revoke {
                handout,
                node: at,
                from: whom,
            } => {
                let revoked = format!("revoke {} at ", handout.show(self.model));
                (revoked, node(*at), from(*whom))
            }
            Change::Join { group: id, user } => {
                let joined = "give member of group ".to_owned();
                (joined, group(*id), to(Subject::User(*user)))
            }
            Change::Leave { group: id, user } => {
                let left = "take member of group ".to_owned();
                (left, group(*id), from(Subject::User(*user)))
            }
            Change::Set { thing, slot, value } => self.setting(*thing, *slot, *value),
            Change::Insert { thing, slot, value } => {
                let (name, shown) = self.attribute(*thing, *slot, *value);
                ("add ".to_owned(), shown, format!(" to {name}"))
            }
            Change::Delete { thing, slot, value } => {
                let (name, shown) = self.attribute(*thing, *slot, *value);
                ("remove ".to_owned(), shown, format!(" from {name}"))
            }
        }
    }

    /// ` to tim`; nothing for the one who asks.
    fn other(&self, way: &str, whom: Subject) -> String {
        match whom {
            Subject::User(user) if Some(user) == self.asker => String::new(),
            whom => format!(" {way} {}", self.subject(whom)),
        }
    }

    fn subject(&self, whom: Subject) -> String {
        match whom {
            Subject::User(user) => self.facts.user(user).id.to_string(),
            Subject::Group(group) => format!("group:{}", self.facts.group(group).id),
        }
    }

    /// `from = 1, most = ` and `50`; nothing where all are as they are by default.
    fn parameters(&self, role: RoleId, with: &[(AttrName, Value)]) -> Option<(String, String)> {
        let declared = self.model.roles.get(role.ix()).map_or(&[][..], |it| &it.parameters);
        let one = |(key, value): &(AttrName, Value)| {
            let it = declared.iter().find(|parameter| parameter.key == *key)?;
            Some((it.name.clone(), self.parameter(it, *value)))
        };
        let mut all: Vec<(String, String)> = with.iter().filter_map(one).collect();
        let (name, last) = all.pop()?;
        let mut before: String = all.iter().map(|(name, value)| format!("{name} = {value}, ")).collect();
        before += &format!("{name} = ");
        Some((before, last))
    }

    /// Of a switch the place may differ, of a number or a reference the value.
    fn setting(&self, of: Thing, slot: usize, value: Value) -> Told {
        let attribute = &self.model.ty(self.facts.type_of(of)).attributes[slot];
        let (name, thing, shown) = (&attribute.name, self.thing(of), self.value(attribute, value));
        match value {
            Value::User(user) if Some(user) == self.asker => (format!("set {name} of "), thing, format!(" to {shown}")),
            Value::User(_) | Value::Node(_) | Value::Group(_) | Value::Number(_) | Value::Date(_) | Value::Time(_) => {
                (format!("set {name} of {thing} to "), shown, String::new())
            }
            _ => (format!("set {name} of "), thing, format!(" to {shown}")),
        }
    }

    fn attribute(&self, of: Thing, slot: usize, value: Value) -> (String, String) {
        let attribute = &self.model.ty(self.facts.type_of(of)).attributes[slot];
        let name = format!("{} of {}", attribute.name, self.thing(of));
        (name, self.value(attribute, value))
    }

    pub(in crate::query) fn value(&self, attribute: &Attribute, value: Value) -> String {
        show(value, attribute.ty.of, self.facts, self.model)
    }

    /// Of a parameter that is a set, one value stands for the set of it.
    fn parameter(&self, attribute: &Attribute, value: Value) -> String {
        let shown = self.value(attribute, value);
        match attribute.ty.many && !matches!(value, Value::List(_)) {
            true => format!("[{shown}]"),
            false => shown,
        }
    }

    pub(in crate::query) fn thing(&self, of: Thing) -> String {
        match of {
            Thing::Node(node) => self.facts.node_name(self.model, node),
            Thing::User(user) => self.facts.user(user).id.to_string(),
        }
    }
}
