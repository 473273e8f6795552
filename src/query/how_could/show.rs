//! Changes and alternatives in words, and alternatives that differ little put together.

use super::{Alternative, Alternatives, Change, End, Gain, Otherwise};
use crate::facts::{Facts, Thing};
use crate::model::value::{UserId, Value};
use crate::model::{AttrName, Attribute, Model, RoleId, TypeId};
use crate::query::powers::show;

/// What an expectation names where the deed needs no change.
const ALREADY: &str = "already allowed";

/// What an expectation names where there could be more.
const UNFINISHED: &str = "not finished";

/// Alternatives of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// `give Manager at fr or paris`; of several changes each, in order.
    pub name: String,
    /// Who may make each change, in order; where alternatives differ, whoever may one of them.
    pub makers: Vec<Vec<String>>,
    /// The alternatives, by number.
    pub members: Vec<usize>,
    /// What the best of them gives besides, and the worst.
    pub gain: (Gain, Gain),
}

/// What changes are told of.
#[derive(Clone, Copy)]
pub(super) struct Words<'w> {
    pub(super) model: &'w Model,
    /// The facts as the search has them.
    pub(super) facts: &'w Facts,
    /// Who asks: his name is left out.
    pub(super) asker: Option<UserId>,
}

/// A change in words: before the place or value that may differ, that itself, and what comes after.
type Told = (String, String, String);

impl Words<'_> {
    /// `give Manager at paris`
    pub(super) fn change(&self, change: &Change) -> String {
        let (before, differs, after) = self.told(change);
        format!("{before}{differs}{after}")
    }

    fn told(&self, change: &Change) -> Told {
        let node = |at| self.facts.node_name(self.model, at);
        let group = |group| self.facts.group(group).id.to_string();
        let role = |role| self.facts.role_name(self.model, role);
        let (to, from) = (|user| self.other("to", user), |user| self.other("from", user));
        match change {
            Change::Give {
                to: user,
                role: r,
                at,
                with,
            } if with.is_empty() => (format!("give {} at ", role(*r)), node(*at), to(*user)),
            Change::Give {
                to: user,
                role: r,
                at,
                with,
            } => {
                let (before, last) = self.parameters(*r, with);
                let given = format!("give {} at {}{}", role(*r), node(*at), to(*user));
                (format!("{given} with {before}"), last, String::new())
            }
            Change::Take {
                from: user,
                role: r,
                at,
            } => (format!("take {} at ", role(*r)), node(*at), from(*user)),
            Change::Enlist(user, at) => ("give member at ".to_owned(), node(*at), to(*user)),
            Change::Delist(user, at) => ("take member at ".to_owned(), node(*at), from(*user)),
            Change::Join(user, g) => ("give member of group ".to_owned(), group(*g), to(*user)),
            Change::Leave(user, g) => ("take member of group ".to_owned(), group(*g), from(*user)),
            Change::Grant {
                to: user,
                permission,
                at,
            } => {
                let shown = self.model.show_permission(*permission);
                (format!("grant {shown} at "), node(*at), to(*user))
            }
            Change::Set(of, slot, value) => self.setting(*of, *slot, *value),
            Change::Add(of, slot, value) => {
                let (name, shown) = self.attribute(*of, *slot, *value);
                ("add ".to_owned(), shown, format!(" to {name}"))
            }
            Change::Remove(of, slot, value) => {
                let (name, shown) = self.attribute(*of, *slot, *value);
                ("remove ".to_owned(), shown, format!(" from {name}"))
            }
        }
    }

    /// ` to tim`; nothing for the one who asks.
    fn other(&self, way: &str, user: UserId) -> String {
        if Some(user) == self.asker {
            String::new()
        } else {
            format!(" {way} {}", self.facts.user(user).id)
        }
    }

    /// `from = 1, most = ` and `50`
    fn parameters(&self, role: RoleId, with: &[(AttrName, Value)]) -> (String, String) {
        let declared = self.model.roles.get(role.ix()).map_or(&[][..], |it| &it.parameters);
        let (mut before, mut last) = (String::new(), String::new());
        for (key, value) in with {
            let Some(it) = declared.iter().find(|parameter| parameter.key == *key) else {
                continue;
            };
            if !last.is_empty() {
                before = format!("{before}{last}, ");
            }
            before = format!("{before}{} = ", it.name);
            last = self.value(it, *value);
        }
        (before, last)
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

    fn value(&self, attribute: &Attribute, value: Value) -> String {
        show(value, attribute.ty.of, self.facts, self.model)
    }

    fn thing(&self, of: Thing) -> String {
        match of {
            Thing::Node(node) => self.facts.node_name(self.model, node),
            Thing::User(user) => self.facts.user(user).id.to_string(),
        }
    }

    /// `set a of b to true, then give R at n`
    pub(super) fn changes<'c>(&self, changes: impl Iterator<Item = &'c Change>) -> String {
        let all: Vec<String> = changes.map(|change| self.change(change)).collect();
        all.join(", then ")
    }

    fn alternative(&self, alternative: &Alternative) -> String {
        self.changes(alternative.steps.iter().map(|step| &step.change))
    }

    /// What an expectation lists.
    pub(super) fn names(&self, all: &Alternatives, ty: Option<TypeId>) -> Vec<String> {
        let with = all.supposing.as_ref().map(|option| self.otherwise(option, ty));
        let with = with.map_or_else(String::new, |words| format!(", asked with {words}"));
        let named = all.found.iter().map(|it| format!("{}{with}", self.alternative(it)));
        let mut names: Vec<String> = named.collect();
        names.extend(all.already.then(|| ALREADY.to_owned()));
        names.extend((all.end == End::Stopped).then(|| UNFINISHED.to_owned()));
        names
    }

    /// `context.ip = 10.0.0.7`
    pub(super) fn otherwise(&self, option: &Otherwise, ty: Option<TypeId>) -> String {
        match (option, ty) {
            (Otherwise::Context(slot, value), _) => {
                let attribute = &self.model.context[*slot];
                format!("context.{} = {}", attribute.name, self.value(attribute, *value))
            }
            (Otherwise::Given(slot, value), Some(ty)) => {
                let attribute = &self.model.ty(ty).attributes[*slot];
                format!("{} = {}", attribute.name, self.value(attribute, *value))
            }
            (Otherwise::Given(..), None) => String::new(),
        }
    }

    /// Alternatives that differ only in places or values stand together; they keep the rank of the best.
    pub(super) fn groups(&self, found: &[Alternative]) -> Vec<Group> {
        let mut kinds: Vec<(Vec<Told>, Group, Vec<String>)> = Vec::new();
        for (ix, alternative) in found.iter().enumerate() {
            let told: Vec<Told> = alternative.steps.iter().map(|step| self.told(&step.change)).collect();
            let makers = self.makers(alternative);
            let places = told.iter().map(|(_, place, _)| place.clone());
            if let Some((_, group, known)) = kinds.iter_mut().find(|(other, ..)| are_alike(other, &told)) {
                group.add(ix, alternative.gain, makers);
                known.extend(places);
                continue;
            }
            let group = Group {
                name: self.alternative(alternative),
                makers,
                members: vec![ix],
                gain: (alternative.gain, alternative.gain),
            };
            let places = places.collect();
            kinds.push((told, group, places));
        }
        kinds.into_iter().map(named).collect()
    }

    fn makers(&self, alternative: &Alternative) -> Vec<Vec<String>> {
        let names = |users: &[UserId]| {
            let mut names: Vec<String> = users.iter().map(|&user| self.facts.user(user).id.to_string()).collect();
            names.sort();
            names
        };
        alternative.steps.iter().map(|step| names(&step.makers)).collect()
    }
}

/// How many places or values are named.
const PLACES: usize = 6;

fn are_alike(one: &[Told], other: &[Told]) -> bool {
    let alike = |(a, b): (&Told, &Told)| (&a.0, &a.2) == (&b.0, &b.2);
    one.len() == other.len() && one.iter().zip(other).all(alike)
}

impl Group {
    fn add(&mut self, member: usize, gain: Gain, makers: Vec<Vec<String>>) {
        self.members.push(member);
        self.gain.1 = self.gain.1.max(gain);
        for (known, more) in self.makers.iter_mut().zip(makers) {
            known.extend(more);
            known.sort();
            known.dedup();
        }
    }
}

/// The name of a group: of one change each with all places, of several with the first as an example.
fn named((told, mut group, mut places): (Vec<Told>, Group, Vec<String>)) -> Group {
    match (&told[..], group.members.len()) {
        (_, 1) => {}
        ([(before, _, after)], _) => {
            let more = places.len().saturating_sub(PLACES);
            places.truncate(PLACES);
            let last = match more {
                0 => places.pop().unwrap_or_default(),
                more => format!("{more} others"),
            };
            group.name = format!("{before}{} or {last}{after}", places.join(", "));
        }
        (_, count) => {
            let name = &group.name;
            group.name = format!("{name} (or {} like it)", count - 1);
        }
    }
    group
}
