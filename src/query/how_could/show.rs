//! Changes and alternatives in words, and alternatives that differ little put together.

use super::{Alternative, Alternatives, Change, End, Gain, Otherwise};
use crate::model::TypeId;
use crate::model::value::UserId;
use crate::query::change::{self, Told};

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

/// What alternatives are told in.
#[derive(Clone, Copy)]
pub(super) struct Words<'w> {
    pub(super) changes: change::Words<'w>,
}

impl Words<'_> {
    /// `set a of b to true, then give R at n`
    pub(super) fn all<'c>(&self, changes: impl Iterator<Item = &'c Change>) -> String {
        let all: Vec<String> = changes.map(|change| self.changes.change(change)).collect();
        all.join(", then ")
    }

    fn alternative(&self, alternative: &Alternative) -> String {
        self.all(alternative.steps.iter().map(|step| &step.change))
    }

    /// What an expectation lists.
    pub(super) fn names(&self, all: &Alternatives, ty: Option<TypeId>) -> Vec<String> {
        let with = all.supposing.as_ref().map(|option| self.otherwise(option, ty));
        let with = with.map_or_else(String::new, |words| format!(", asked with {words}"));
        let named = all.found.iter().map(|it| format!("{}{with}", self.alternative(it)));
        let mut names: Vec<String> = named.collect();
        names.extend(all.already.then(|| ALREADY.to_owned()));
        // What was found is right, whatever else there may be.
        let unfinished = all.end == End::Stopped || (all.end == End::Untried && all.found.is_empty());
        names.extend(unfinished.then(|| UNFINISHED.to_owned()));
        names
    }

    /// `context.ip = 10.0.0.7`
    pub(super) fn otherwise(&self, option: &Otherwise, ty: Option<TypeId>) -> String {
        match (option, ty) {
            (Otherwise::Context(slot, value), _) => {
                let attribute = &self.changes.model.context[*slot];
                format!("context.{} = {}", attribute.name, self.changes.value(attribute, *value))
            }
            (Otherwise::Given(slot, value), Some(ty)) => {
                let attribute = &self.changes.model.ty(ty).attributes[*slot];
                format!("{} = {}", attribute.name, self.changes.value(attribute, *value))
            }
            (Otherwise::Given(..), None) => String::new(),
        }
    }

    /// Alternatives that differ only in places or values stand together; they keep the rank of the best.
    pub(super) fn groups(&self, found: &[Alternative]) -> Vec<Group> {
        let mut kinds: Vec<(Vec<Told>, Group, Vec<String>)> = Vec::new();
        for (ix, alternative) in found.iter().enumerate() {
            let told: Vec<Told> = alternative
                .steps
                .iter()
                .map(|step| self.changes.told(&step.change))
                .collect();
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
            let mut names: Vec<String> = users
                .iter()
                .map(|&user| self.changes.facts.user(user).id.to_string())
                .collect();
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
