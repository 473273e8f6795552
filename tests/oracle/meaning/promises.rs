//! *Promises*: what one request in one organisation says against them.

use rolebook::facts::Subject;
use rolebook::model::value::{NodeId, Tri, UserId};
use rolebook::model::{Effect, Promise, PromiseKind, Reach, RoleId, Rule};

use super::nodes::{self, Link};
use super::{Ask, Oracle, Scope, any};

impl Oracle<'_> {
    /// True if the request breaks the promise. One that compares two roles takes two organisations, and one about steps
    /// several: they are never broken here.
    pub(crate) fn breaks(&self, promise: &Promise, ask: &Ask<'_>) -> bool {
        let concerns = |rule: &Rule| rule.permissions.contains(&ask.permission);
        let allowed = self.decide(ask) == Tri::True;
        match &promise.kind {
            PromiseKind::Nobody { with, but, rule } if concerns(rule) => {
                let held = |roles: &[RoleId]| self.held_from_above(ask, roles);
                let speaks = with.is_empty() || held(with) == Tri::True;
                allowed && speaks && held(but) == Tri::False && self.speaks(rule, ask)
            }
            PromiseKind::Public(rule) if concerns(rule) => {
                let region = self
                    .public_reach(rule, ask)
                    .min(self.asked(rule, ask, Scope { here: None, held: None }));
                !allowed && region == Tri::True
            }
            PromiseKind::Role { can, rules } => {
                let all = rules.iter().filter(|(_, rule)| concerns(rule));
                all.into_iter().any(|(role, rule)| match can {
                    true => !allowed && self.would_reach(*role, rule, ask),
                    false => allowed && self.says_cannot(*role, rule, ask),
                })
            }
            _ => false,
        }
    }

    /// Where a promise without a holder speaks: with `in T` where there is a T.
    fn speaks(&self, rule: &Rule, ask: &Ask<'_>) -> bool {
        let inside = match rule.reach {
            Reach::In(ty) => nodes::near(&self.chain_of(&ask.target), ty).is_some(),
            _ => true,
        };
        inside && self.asked(rule, ask, Scope { here: None, held: None }) == Tri::True
    }

    /// One of the roles at r or above, whatever borders lie between.
    fn held_from_above(&self, ask: &Ask<'_>, roles: &[RoleId]) -> Tri {
        let Some(user) = ask.user else { return Tri::False };
        let chain: Vec<Link> = self.chain_of(&ask.target);
        let held = roles.iter().flat_map(|&role| self.holdings(user, role));
        any(held
            .filter(|held| nodes::within(&chain, held.node))
            .map(|held| held.degree))
    }

    fn would_reach(&self, role: RoleId, rule: &Rule, ask: &Ask<'_>) -> bool {
        let held = ask.user.map_or_else(Vec::new, |user| self.holdings(user, role));
        held.iter().any(|held| self.through(rule, held, ask) == Tri::True)
    }

    /// The user's only holding by hand is one of the role, or the role is derived; the promise speaks of this target.
    fn says_cannot(&self, role: RoleId, rule: &Rule, ask: &Ask<'_>) -> bool {
        let Some(user) = ask.user else { return false };
        let derived = self.model.role(role).is_derived();
        let alone = self.only_holding(user);
        let held = self.holdings(user, role);
        let mut held = held.iter().filter(|held| derived || alone == Some((role, held.node)));
        held.any(|held| {
            let everywhere = rule.effect == Effect::Prohibit && rule.reach == Reach::Below;
            let scope = Scope {
                here: Some(held.node),
                held: Some(held),
            };
            held.degree == Tri::True
                && (everywhere || self.reaches(rule, held.node, &ask.target))
                && self.asked(rule, ask, scope) == Tri::True
        })
    }

    /// The one role that is given to a user, by himself, if nothing else is: no group has anything, no permission is granted
    /// to him alone.
    pub(crate) fn only_holding(&self, user: UserId) -> Option<(RoleId, NodeId)> {
        let groups = self.groups(user);
        let is_in = |subject: Subject| match subject {
            Subject::User(other) => other == user,
            Subject::Group(group) => !groups[group.0 as usize].is_empty(),
        };
        let mut given = self.facts.holdings.iter().filter(|it| is_in(it.subject()));
        let only = given.next().filter(|it| it.subject() == Subject::User(user))?;
        let nothing_else = given.next().is_none() && !self.facts.grants.iter().any(|it| is_in(it.to));
        (nothing_else && only.role.ix() < self.model.roles.len()).then_some((only.role, only.node))
    }
}
