//! Who hands out which role, as far as the rules say: read by the rules about roles that nobody can give, take or get back.

use std::collections::{BTreeMap, HashSet};

use crate::model::permission::{PermId, Permission};
use crate::model::{Effect, Model, PromiseKind, RoleId, Rule, RuleId, Who};

/// A rule by which a role is given or taken, and the role that has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hand {
    /// Whose rule; `None` where everyone may.
    pub(super) role: Option<RoleId>,
    /// The rule.
    pub(super) rule: RuleId,
}

/// Who gives and who takes each role.
#[derive(Debug, Default)]
pub(super) struct Giving {
    /// By the role that is given.
    pub(super) gives: BTreeMap<RoleId, Vec<Hand>>,
    /// By the role that is taken.
    pub(super) takes: BTreeMap<RoleId, Vec<Hand>>,
    /// What a rule or a promise says nobody at all may do: somebody thought of it.
    settled: HashSet<PermId>,
}

impl Giving {
    /// Looks through the rules of every role.
    pub(super) fn of(model: &Model) -> Self {
        let mut giving = Self::default();
        for &rule in &model.public {
            giving.enter(model, Hand { role: None, rule });
        }
        for role in model.role_ids() {
            for copy in &model.role(role).rules {
                let (role, rule) = (Some(role), copy.rule);
                giving.enter(model, Hand { role, rule });
            }
        }
        let promised = model.promises.iter().filter_map(|promise| match &promise.kind {
            PromiseKind::Nobody { with, but, rule } if with.is_empty() && but.is_empty() => Some(rule),
            _ => None,
        });
        giving.settled.extend(promised.flat_map(|rule| &rule.permissions));
        giving
    }

    fn enter(&mut self, model: &Model, hand: Hand) {
        let rule = model.rule(hand.rule);
        if rule.effect == Effect::Prohibit {
            if forbids_all(rule) {
                self.settled.extend(&rule.permissions);
            }
            return;
        }
        for &id in &rule.permissions {
            match model.permissions.get(id) {
                Permission::Give(role) => self.gives.entry(role).or_default().push(hand),
                Permission::Take(role) => self.takes.entry(role).or_default().push(hand),
                _ => {}
            }
        }
    }

    /// The rules by which somebody can give a role.
    pub(super) fn givers(&self, role: RoleId) -> &[Hand] {
        self.gives.get(&role).map_or(&[], Vec::as_slice)
    }

    /// The policy says in so many words that nobody does this.
    pub(super) fn is_settled(&self, model: &Model, permission: Permission) -> bool {
        model
            .permissions
            .id(permission)
            .is_some_and(|id| self.settled.contains(&id))
    }
}

fn forbids_all(rule: &Rule) -> bool {
    matches!(&rule.who, Who::Nobody(but) if but.is_empty()) && rule.when.is_none() && rule.unless.is_none()
}
