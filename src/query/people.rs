//! Reverse questions: who can do this, what can they do this to.

use super::deed::{Act, Recipients};
use super::names::ANYONE;
use super::{Answer, Item, Query};
use crate::eval::{Request, Target, candidates};
use crate::facts::Thing;
use crate::model::TypeId;
use crate::model::permission::PermId;
use crate::model::value::{NodeId, Tri, UserId, Value};
use crate::syntax::ast::{Deed, Id, Name};

impl Query<'_, '_> {
    pub(super) fn who_can(&mut self, deed: &Deed) -> Option<Answer> {
        let act = self.act(deed)?;
        let facts = self.facts()?;
        let mut items = Vec::new();
        if self.is_allowed(None, &act) {
            items.push(Item {
                name: ANYONE.to_owned(),
                note: "also without signing in".to_owned(),
            });
        }
        for user in self.allowed_callers(&act) {
            items.push(Item {
                name: facts.user(user).id.to_string(),
                note: self.briefly(Some(user), &act),
            });
        }
        Some(Answer::List {
            title: "who can".to_owned(),
            items: sorted(items),
        })
    }

    pub(super) fn is_allowed(&self, user: Option<UserId>, act: &Act) -> bool {
        self.settle(user, act).0 == Tri::True
    }

    /// The users who may do it.
    pub(super) fn allowed_callers(&self, act: &Act) -> Vec<UserId> {
        let mut users = self.callers(act);
        users.retain(|&user| self.is_allowed(Some(user), act));
        users
    }

    pub(super) fn which(&mut self, ty: &Name, who: &Id, actions: &[Name]) -> Option<Answer> {
        let user = self.caller(who);
        let ty_id = self.needs_type(&ty.text, ty.quoted, ty.span())?;
        let permissions = self.permissions(ty_id, actions, None)?;
        let user = user?;
        let creating = permissions.iter().any(|&id| self.is_creating(id));
        let given = self.suppose(creating.then_some(ty_id))?;
        let facts = self.facts()?;
        let found = self.allowed_things(user, ty_id, &permissions, &given);
        let items = found.into_iter().map(|(thing, act)| Item {
            name: match thing {
                Thing::Node(node) => facts.node_name(self.model(), node),
                Thing::User(user) => facts.user(user).id.to_string(),
            },
            note: self.briefly(user, &act),
        });
        Some(Answer::List {
            title: match creating {
                true => "where".to_owned(),
                false => format!("{} that {} can", ty.text, who.text),
            },
            items: sorted(items.collect()),
        })
    }

    /// All of a type to which a user may do this, each with the act: for an action that creates, the nodes in which.
    pub(super) fn allowed_things(
        &self,
        user: Option<UserId>,
        ty: TypeId,
        permissions: &[PermId],
        given: &[(usize, Value)],
    ) -> Vec<(Thing, Act)> {
        let Some(org) = self.org else { return Vec::new() };
        let on_node = |node| (Thing::Node(node), act_on(vec![Target::node(node)], permissions, given));
        let in_node = |node| {
            (
                Thing::Node(node),
                act_on(vec![Target::created(ty, node)], permissions, given),
            )
        };
        let on_user = |other| (Thing::User(other), self.on_each_place(other, permissions));
        let containers = &self.model().ty(ty).containers;
        let mut found: Vec<(Thing, Act)> = match permissions.iter().any(|&id| self.is_creating(id)) {
            true => {
                let may_hold = |&node: &NodeId| containers.contains(&org.ty(node));
                org.facts.node_ids().filter(may_hold).map(in_node).collect()
            }
            false if self.is_principal(ty) => {
                let of_type = |&other: &UserId| org.facts.user(other).ty == ty;
                org.facts.user_ids().filter(of_type).map(on_user).collect()
            }
            false => self.within(user, permissions, ty).into_iter().map(on_node).collect(),
        };
        found.retain(|(_, act)| self.is_allowed(user, act));
        found
    }

    /// Who comes into question.
    fn callers(&self, act: &Act) -> Vec<UserId> {
        let Some(org) = self.org else { return Vec::new() };
        let on_one = |&target: &Target| {
            let request = Request {
                user: None,
                permission: *act.permissions.first()?,
                target,
                recipient: None,
                context: &self.context,
                given: &act.given,
                pool: &self.pool,
            };
            candidates::callers(self.table, org, &request)
        };
        let Some(lists) = act.targets.iter().map(on_one).collect::<Option<Vec<_>>>() else {
            return org.facts.user_ids().collect();
        };
        let mut users: Vec<UserId> = lists.into_iter().flatten().collect();
        users.sort_unstable();
        users.dedup();
        users
    }

    /// The nodes of a type that come into question.
    fn within(&self, user: Option<UserId>, permissions: &[PermId], ty: TypeId) -> Vec<NodeId> {
        let Some(org) = self.org else { return Vec::new() };
        let found = match (user, permissions.first()) {
            (Some(user), Some(&permission)) => candidates::nodes(self.table, org, user, permission, ty),
            _ => None,
        };
        found.unwrap_or_else(|| org.reverse().nodes_of(ty).to_vec())
    }

    /// A user as target, in each place of which he is a member.
    fn on_each_place(&self, user: UserId, permissions: &[PermId]) -> Act {
        let mut targets = Vec::new();
        if let Some(org) = self.org {
            let ty = org.facts.user(user).ty;
            let places = org.memberships(user).map(|(place, _)| place);
            targets.extend(
                places
                    .filter(|&p| org.kind(p).is_place())
                    .map(|p| Target::user(user, ty, p)),
            );
        }
        act_on(targets, permissions, &[])
    }
}

/// An act that hands nothing out.
fn act_on(targets: Vec<Target>, permissions: &[PermId], given: &[(usize, Value)]) -> Act {
    Act {
        permissions: permissions.to_vec(),
        targets,
        recipients: Recipients::None,
        given: given.to_vec(),
        taking: false,
    }
}

/// Items in the order in which an expectation is compared.
pub(super) fn sorted(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by(|a, b| a.name.cmp(&b.name));
    items
}
