//! Relations between users that a rule follows any number of times (`manager+`): a circle in one is refused, for
//! nobody is his own superior.

use super::shape::field;
use super::{Reader, circles};
use crate::diagnostic::{Diagnostic, Found};
use crate::facts::Facts;
use crate::model::value::{UserId, Value};
use crate::model::{AttrName, Model, Rule};
use crate::source::Span;

impl Reader<'_> {
    /// Looks for circles in each relation that is followed with `+`.
    pub(super) fn check_relations(&mut self) {
        for (name, circle) in circles_of(&self.facts, self.model) {
            let word = &self.model.attr_names[name.0 as usize];
            let span = |user: usize| field(self.users[user].fields, word).map_or(self.users[user].span, |at| at.span);
            self.found.push(in_a_circle(&self.facts, word, &circle, span));
        }
    }
}

/// Reports circles in each relation that is followed with `+`, at the users themselves.
pub(crate) fn relation_circles(facts: &Facts, model: &Model, found: &mut Found) {
    for (name, circle) in circles_of(facts, model) {
        let word = &model.attr_names[name.0 as usize];
        found.push(in_a_circle(facts, word, &circle, |user| facts.users[user].span));
    }
}

fn circles_of(facts: &Facts, model: &Model) -> Vec<(AttrName, Vec<usize>)> {
    let rules = model.rules.iter().chain(facts.rules());
    let mut names: Vec<AttrName> = rules.flat_map(followed).collect();
    names.sort_unstable();
    names.dedup();
    let of = |name: AttrName| {
        let circles = circles::of_chain(facts.users.len(), |user| related(facts, model, user, name));
        circles.into_iter().map(move |circle| (name, circle))
    };
    names.into_iter().flat_map(of).collect()
}

/// The one user that an attribute of a user names.
fn related(facts: &Facts, model: &Model, user: usize, name: AttrName) -> Option<usize> {
    let it = &facts.users[user];
    match it.values.get(model.slot(it.ty, name)?) {
        Some(Value::User(UserId(other))) => Some(*other as usize),
        _ => None,
    }
}

fn in_a_circle(facts: &Facts, word: &str, circle: &[usize], span: impl Fn(usize) -> Span) -> Diagnostic {
    let names: Vec<String> = circle.iter().map(|&user| facts.users[user].id.to_string()).collect();
    let message = format!("`{word}` runs in a circle: {}", circles::tell(&names, "to"));
    let fault = Diagnostic::error("facts/relation-cycle", message);
    circle
        .iter()
        .take(12)
        .fold(fault, |fault, &user| fault.at(span(user), ""))
}

/// The relations that a rule follows with `+`.
fn followed(rule: &Rule) -> impl Iterator<Item = AttrName> {
    rule.relation
        .iter()
        .flat_map(|relation| &relation.then)
        .filter(|(_, plus)| *plus)
        .map(|&(name, _)| name)
}
