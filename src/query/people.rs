//! Reverse questions: who can do this, which nodes can he do this to.

use super::deed::{Act, Recipients};
use super::names::ANYONE;
use super::{Answer, Item, Query};
use crate::eval::{Request, Target, candidates};
use crate::model::TypeId;
use crate::model::permission::PermId;
use crate::model::value::{NodeId, Tri, UserId};
use crate::syntax::ast::{Deed, Id, Name};

impl Query<'_, '_> {
    pub(super) fn who_can(&mut self, deed: &Deed) -> Option<Answer> {
        let act = self.act(deed)?;
        let facts = self.facts()?;
        let mut items = Vec::new();
        if self.settle(None, &act).0 == Tri::True {
            items.push(Item {
                name: ANYONE.to_owned(),
                note: "also without signing in".to_owned(),
            });
        }
        for user in self.callers(&act) {
            if self.settle(Some(user), &act).0 == Tri::True {
                items.push(Item {
                    name: facts.user(user).id.to_string(),
                    note: self.briefly(Some(user), &act),
                });
            }
        }
        Some(Answer::List {
            title: "who can".to_owned(),
            items: sorted(items),
        })
    }

    pub(super) fn which(&mut self, ty: &Name, who: &Id, actions: &[Name]) -> Option<Answer> {
        let user = self.caller(who);
        let ty_id = self.needs_type(&ty.text, ty.quoted, ty.span())?;
        let permissions = self.permissions(ty_id, actions, None)?;
        let user = user?;
        let given = self.suppose(None)?;
        let org = self.needs_org()?;
        if permissions.iter().any(|&id| self.is_creating(id)) {
            return self.which_containers(ty_id, user, &permissions);
        }
        let mut items = Vec::new();
        if self.is_principal(ty_id) {
            for other in org.facts.user_ids().filter(|&u| org.facts.user(u).ty == ty_id) {
                let act = self.on_each_place(other, &permissions);
                items.extend(self.allowed(user, &act, org.facts.user(other).id.to_string()));
            }
        } else {
            for node in self.within(user, &permissions, ty_id) {
                let targets = vec![Target::node(node)];
                let act = Act {
                    permissions: permissions.clone(),
                    targets,
                    recipients: Recipients::None,
                    given: given.clone(),
                    taking: false,
                };
                items.extend(self.allowed(user, &act, org.facts.node_name(self.model(), node)));
            }
        }
        Some(Answer::List {
            title: format!("{} that {} can", ty.text, who.text),
            items: sorted(items),
        })
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

    /// A creating action is asked of every node that may contain the type.
    fn which_containers(&mut self, ty: TypeId, user: Option<UserId>, permissions: &[PermId]) -> Option<Answer> {
        let org = self.needs_org()?;
        let given = self.suppose(Some(ty))?;
        let containers = &self.model().ty(ty).containers;
        let mut items = Vec::new();
        for node in org.facts.node_ids().filter(|&n| containers.contains(&org.ty(n))) {
            let targets = vec![Target::created(ty, node)];
            let act = Act {
                permissions: permissions.to_vec(),
                targets,
                recipients: Recipients::None,
                given: given.clone(),
                taking: false,
            };
            items.extend(self.allowed(user, &act, org.facts.node_name(self.model(), node)));
        }
        Some(Answer::List {
            title: "where".to_owned(),
            items: sorted(items),
        })
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
        Act {
            permissions: permissions.to_vec(),
            targets,
            recipients: Recipients::None,
            given: Vec::new(),
            taking: false,
        }
    }

    fn allowed(&self, user: Option<UserId>, act: &Act, name: String) -> Option<Item> {
        (self.settle(user, act).0 == Tri::True).then(|| Item {
            name,
            note: self.briefly(user, act),
        })
    }
}

/// Items in the order in which an expectation is compared.
pub(super) fn sorted(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by(|a, b| a.name.cmp(&b.name));
    items
}
