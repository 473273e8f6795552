//! Relations between users that a rule follows any number of times (`manager+`): a circle in one is refused, for
//! nobody is his own superior.

use super::shape::field;
use super::{Reader, circles};
use crate::diagnostic::Diagnostic;
use crate::model::value::{UserId, Value};
use crate::model::{AttrName, Rule};

impl Reader<'_> {
    /// Looks for circles in each relation that is followed with `+`.
    pub(super) fn check_relations(&mut self) {
        let custom = self
            .facts
            .custom
            .iter()
            .flat_map(|role| role.rules.iter().map(|(_, rule)| rule));
        let single = self.facts.grants.iter().map(|grant| &grant.rule);
        let mut names: Vec<AttrName> = self
            .model
            .rules
            .iter()
            .chain(custom)
            .chain(single)
            .flat_map(followed)
            .collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            for circle in circles::of_chain(self.facts.users.len(), |user| self.related(user, name)) {
                self.report_relation(name, &circle);
            }
        }
    }

    /// The one user that an attribute of a user names.
    fn related(&self, user: usize, name: AttrName) -> Option<usize> {
        let it = &self.facts.users[user];
        match it.values.get(self.model.slot(it.ty, name)?) {
            Some(Value::User(UserId(other))) => Some(*other as usize),
            _ => None,
        }
    }

    fn report_relation(&mut self, name: AttrName, circle: &[usize]) {
        let word = &self.model.attr_names[name.0 as usize];
        let names: Vec<String> = circle.iter().map(|&user| self.facts.users[user].id.clone()).collect();
        let message = format!("`{word}` runs in a circle: {}", circles::tell(&names, "to"));
        let fault = Diagnostic::error("facts/relation-cycle", message);
        let span = |user: &usize| field(self.users[*user].fields, word).map_or(self.users[*user].span, |at| at.span);
        self.found.push(
            circle
                .iter()
                .take(12)
                .fold(fault, |fault, user| fault.at(span(user), "")),
        );
    }
}

/// The relations that a rule follows with `+`.
fn followed(rule: &Rule) -> impl Iterator<Item = AttrName> {
    rule.relation
        .iter()
        .flat_map(|relation| &relation.then)
        .filter(|(_, plus)| *plus)
        .map(|&(name, _)| name)
}
