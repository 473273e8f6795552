//! *Administration*: what a rule asks of the recipient, and the ceilings of what tenants make and hand out themselves.

use rolebook::eval::Resource;
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{NodeId, Tri, UserId};
use rolebook::model::{Effect, Reach, Receiver, RoleId, Rule, TypeKind};

use super::nodes::{self, Link};
use super::{Ask, Held, Oracle, Source, any};

impl Oracle<'_> {
    /// v is a member of an account enclosing n, holds Q there, is not u; the giver has what he gives.
    pub(super) fn receives(&self, rule: &Rule, ask: &Ask<'_>) -> Tri {
        let permission = self.model.permissions.get(ask.permission);
        let given = if permission.is_administrative() {
            self.received(rule, ask)
        } else {
            Tri::True
        };
        given
            .min(self.not_self(rule, ask))
            .min(self.they_have(rule, permission, ask))
    }

    fn received(&self, rule: &Rule, ask: &Ask<'_>) -> Tri {
        let with = |degree: &dyn Fn(UserId) -> Tri| ask.recipient.map_or(Tri::Unknown, degree);
        let chain = self.chain_of(&ask.target);
        let member = || with(&|v| self.member_of_account(v, &chain));
        match (&rule.receiver, rule.effect) {
            (Receiver::Anyone, _) | (Receiver::Member, Effect::Prohibit) => Tri::True,
            (Receiver::Member, Effect::Grant) => member(),
            (Receiver::Holders(roles), Effect::Grant) => member().min(with(&|v| self.holds_above(v, roles, &chain))),
            (Receiver::Holders(roles), Effect::Prohibit) => with(&|v| self.holds_above(v, roles, &chain)),
        }
    }

    fn member_of_account(&self, user: UserId, chain: &[Link]) -> Tri {
        let accounts = chain
            .iter()
            .filter(|link| self.model.ty(link.ty).kind == TypeKind::Account);
        any(accounts
            .filter_map(|link| link.id)
            .map(|account| self.member(user, account)))
    }

    /// `except self`: the target or recipient is not u.
    fn not_self(&self, rule: &Rule, ask: &Ask<'_>) -> Tri {
        let other = match ask.target.resource {
            Resource::User(user) => Some(user),
            _ => ask.recipient,
        };
        match other {
            _ if !rule.except_self || ask.user.is_none() => Tri::True,
            Some(other) => (ask.user != Some(other)).into(),
            None => Tri::Unknown,
        }
    }

    fn they_have(&self, rule: &Rule, permission: Permission, ask: &Ask<'_>) -> Tri {
        match permission {
            Permission::Grant(inner) if rule.they_have => self.could(ask.user, inner, ask.target.start),
            _ => Tri::True,
        }
    }

    /// Whether a permission of a custom role made at a node, or of a single grant, lies under some `can grant` that reaches
    /// the node; for a single grant also whether the holder is still one whom some such rule may give it to.
    pub(super) fn ceiling(&self, user: UserId, permission: PermId, held: &Held<'_>, made_at: NodeId) -> Tri {
        let Some(handing) = self.model.permissions.id(Permission::Grant(permission)) else {
            return Tri::False;
        };
        let covering = self.covering(handing, made_at);
        let open = covering
            .iter()
            .any(|rule| !matches!(rule.receiver, Receiver::Holders(_)));
        match held.source {
            _ if covering.is_empty() => Tri::False,
            Source::Grant(_) if !open => {
                let to = covering.iter().flat_map(|rule| match &rule.receiver {
                    Receiver::Holders(roles) => &roles[..],
                    _ => &[],
                });
                let to: Vec<RoleId> = to.copied().collect();
                self.holds_above(user, &to, &self.chain(made_at))
            }
            _ => Tri::True,
        }
    }

    /// The rules that let someone hand out a permission at a node, whatever their conditions.
    fn covering(&self, handing: PermId, at: NodeId) -> Vec<&Rule> {
        let chain = self.chain(at);
        let concerned = |rule: &Rule| rule.effect == Effect::Grant && rule.permissions.contains(&handing);
        let mut found: Vec<&Rule> = Vec::new();
        for rule in self
            .model
            .public
            .iter()
            .map(|&id| self.model.rule(id))
            .filter(|rule| concerned(rule))
        {
            let inside = !matches!(rule.reach, Reach::In(ty) if nodes::near(&chain, ty).is_none());
            found.extend(inside.then_some(rule));
        }
        for role in &self.model.roles {
            let rules = role
                .rules
                .iter()
                .map(|copied| self.model.rule(copied.rule))
                .filter(|rule| concerned(rule));
            for rule in rules {
                found.extend(self.covers(rule, role.ty, &chain).then_some(rule));
            }
        }
        found
    }

    fn covers(&self, rule: &Rule, ty: rolebook::model::TypeId, chain: &[Link]) -> bool {
        match rule.reach {
            Reach::Anywhere => true,
            Reach::Across(outer) => nodes::near(chain, outer).is_some_and(|t| self.account(t) == self.account(chain)),
            _ => {
                let nodes = chain.iter().filter(|link| link.ty == ty).filter_map(|link| link.id);
                nodes.into_iter().any(|node| self.reaches_chain(rule, node, chain))
            }
        }
    }
}
