//! *Nodes* and *Reach*: r ⊑ n, near, acc, home, and what a rule reaches from where a role is held.

use rolebook::eval::Target;
use rolebook::model::value::NodeId;
use rolebook::model::{Effect, Reach, Rule, TypeId, TypeKind};

use super::Oracle;

/// One of a chain of containers; without an id it is the target that nobody lists, or the user who is the target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Link {
    pub(super) id: Option<NodeId>,
    pub(super) ty: TypeId,
}

/// near_T(x): the rest of the chain from the first node of type T on.
pub(super) fn near(chain: &[Link], ty: TypeId) -> Option<&[Link]> {
    let at = chain.iter().position(|link| link.ty == ty)?;
    Some(&chain[at..])
}

/// x ⊑ n
pub(super) fn within(chain: &[Link], node: NodeId) -> bool {
    chain.iter().any(|link| link.id == Some(node))
}

impl Oracle<'_> {
    fn link(&self, node: NodeId) -> Link {
        Link {
            id: Some(node),
            ty: self.facts.node(node).ty,
        }
    }

    fn kind(&self, ty: TypeId) -> TypeKind {
        self.model.ty(ty).kind
    }

    pub(super) fn is_place(&self, node: NodeId) -> bool {
        self.kind(self.facts.node(node).ty).is_place()
    }

    /// A node and what encloses it.
    pub(super) fn chain(&self, node: NodeId) -> Vec<Link> {
        let mut chain = vec![self.link(node)];
        let mut at = node;
        while let Some(next) = self.facts.node(at).container {
            chain.push(self.link(next));
            at = next;
        }
        chain
    }

    /// The target and what encloses it; for a creating action this starts at the container.
    pub(super) fn chain_of(&self, target: &Target) -> Vec<Link> {
        let own = target.own.map(|ty| Link { id: None, ty });
        own.into_iter().chain(self.chain(target.start)).collect()
    }

    /// acc(x)
    pub(super) fn account(&self, chain: &[Link]) -> Option<Link> {
        chain
            .iter()
            .copied()
            .find(|link| self.kind(link.ty) == TypeKind::Account)
    }

    fn same_account(&self, a: &[Link], b: &[Link]) -> bool {
        self.account(a).is_some() && self.account(a) == self.account(b)
    }

    /// home_n(x) = n
    fn is_home(&self, chain: &[Link], node: NodeId) -> bool {
        let own_type = self.facts.node(node).ty;
        let home = chain
            .iter()
            .find(|link| self.kind(link.ty).is_place() || link.ty == own_type);
        home.and_then(|link| link.id) == Some(node)
    }

    /// reach(n, r)
    pub(super) fn reaches(&self, rule: &Rule, node: NodeId, target: &Target) -> bool {
        self.reaches_chain(rule, node, &self.chain_of(target))
    }

    pub(super) fn reaches_chain(&self, rule: &Rule, node: NodeId, r: &[Link]) -> bool {
        match rule.reach {
            Reach::Below => self.below(rule, node, r),
            Reach::OnlyHere => self.is_home(r, node),
            Reach::OnlyBelow => self.below(rule, node, r) && !self.is_home(r, node),
            Reach::In(ty) => near(r, ty).is_some_and(|t| self.inside(rule, node, r, t)),
            Reach::Across(ty) => {
                let held = self.chain(node);
                let there = near(&held, ty).and_then(|chain| chain[0].id);
                there.is_some_and(|there| self.below(rule, there, r))
            }
            Reach::Anywhere => true,
        }
    }

    /// None given: r ⊑ n and acc(r) = acc(n); if the rule names r's account type, also acc of r's container. A prohibition
    /// ignores borders: r ⊑ n alone.
    pub(super) fn below(&self, rule: &Rule, node: NodeId, r: &[Link]) -> bool {
        let n = self.chain(node);
        let named = rule.named.contains(&r[0].ty) && self.kind(r[0].ty) == TypeKind::Account;
        let open =
            rule.effect == Effect::Prohibit || self.same_account(r, &n) || (named && self.same_account(&r[1..], &n));
        within(r, node) && open
    }

    /// t ⊑ n, acc(r) = acc(t), and acc(t) = acc(n) or t is an account whose container c has acc(c) = acc(n).
    fn inside(&self, rule: &Rule, node: NodeId, r: &[Link], t: &[Link]) -> bool {
        let n = self.chain(node);
        let crosses = self.kind(t[0].ty) == TypeKind::Account && self.same_account(&t[1..], &n);
        let open =
            rule.effect == Effect::Prohibit || (self.same_account(r, t) && (self.same_account(t, &n) || crosses));
        within(t, node) && open
    }
}
