//! *Administration*: what a rule asks of the recipient, and the ceilings of what tenants make and hand out themselves.

use rolebook::eval::Resource;
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{NodeId, Tri, UserId};
use rolebook::model::{Effect, Reach, Receiver, Rule, TypeKind, Who};

use super::nodes::{self, Link};
use super::{Ask, Held, Oracle, any};

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

    /// `except self`: the target or recipient is not u; a target that nobody lists is not.
    fn not_self(&self, rule: &Rule, ask: &Ask<'_>) -> Tri {
        let hands = self.model.permissions.get(ask.permission).is_administrative();
        let other = match ask.target.resource {
            Resource::User(user) => Some(user),
            _ if !hands => return Tri::True,
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
    /// the node, whether its holder is still one whom some such rule may give it to where he holds it, and is none to whom
    /// nobody may.
    pub(super) fn ceiling(&self, user: UserId, permission: PermId, held: &Held<'_>, made_at: NodeId) -> Tri {
        let Some(handing) = self.model.permissions.id(Permission::Grant(permission)) else {
            return Tri::False;
        };
        let there = self.chain(held.node);
        let one_of = |rule: &&Rule| match &rule.receiver {
            Receiver::Holders(roles) => self.holds_above(user, roles, &there),
            Receiver::Member | Receiver::Anyone => Tri::True,
        };
        let covered = any(self.covering(handing, made_at).iter().map(one_of));
        covered.min(any(self.forbidding(handing, made_at).iter().map(one_of)).negate())
    }

    /// The rules by which nobody at all may hand out a permission at a node: without exemption, relation or condition.
    fn forbidding(&self, handing: PermId, at: NodeId) -> Vec<&Rule> {
        let chain = self.chain(at);
        let of_all = |rule: &&Rule| {
            rule.who == Who::Nobody(Vec::new())
                && rule.permissions.contains(&handing)
                && !matches!(rule.reach, Reach::In(ty) if nodes::near(&chain, ty).is_none())
        };
        let outright = |rule: &&Rule| {
            rule.relation.is_empty()
                && rule.when.is_none()
                && rule.unless.is_none()
                && !rule.except_self
                && !rule.they_have
        };
        let public = self.model.public.iter().map(|&id| self.model.rule(id));
        public.filter(of_all).filter(outright).collect()
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
            Reach::Across(outer) => {
                let zones = chain.iter().filter(|link| link.ty == outer).filter_map(|link| link.id);
                zones.into_iter().any(|zone| self.below(rule, zone, chain))
            }
            _ => {
                let nodes = chain.iter().filter(|link| link.ty == ty).filter_map(|link| link.id);
                nodes.into_iter().any(|node| self.reaches_chain(rule, node, chain))
            }
        }
    }
}
