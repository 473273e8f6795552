//! Holdings: who is what where, and how that came about.

use super::people::sorted;
use super::{Answer, Item, Query};
use crate::eval::Eval;
use crate::eval::org::{Entry, Org, Source, now};
use crate::eval::{Request, Target};
use crate::model::permission::PermId;
use crate::model::value::{NodeId, Tri, UserId, show_time};
use crate::model::{Model, RoleId};
use crate::syntax::ast::{Id, NodeRef, RoleName};

/// A role at a node, with the degree to which it is held and how.
struct Held {
    role: RoleId,
    node: NodeId,
    truth: Tri,
    how: String,
}

impl Query<'_, '_> {
    pub(super) fn is_role(&mut self, who: &Id, role: &RoleName, at: Option<&NodeRef>) -> Option<Answer> {
        let user = self.caller(who);
        let roles = self.needs_roles(role);
        let node = match at {
            Some(at) => Some(self.node(at)?),
            None => None,
        };
        let (user, roles) = (user?, roles?);
        self.suppose(None)?;
        let held = match user {
            Some(user) => self.held(user, Some(&roles), node),
            None => Vec::new(),
        };
        let truth = held.iter().map(|held| held.truth).max().unwrap_or(Tri::False);
        let at = at.map_or_else(String::new, |at| format!(" at {}", at.id.text));
        let statement = format!("{} is {}{at}", who.text, role.name.text);
        let items = held
            .into_iter()
            .filter(|h| h.truth == truth)
            .map(|held| self.item(&held))
            .collect();
        Some(Answer::Fact {
            truth,
            statement,
            items,
        })
    }

    pub(super) fn what_is(&mut self, who: &Id) -> Option<Answer> {
        let user = self.caller(who)?;
        self.suppose(None)?;
        let held = user.map_or_else(Vec::new, |user| self.held(user, None, None));
        let items = held.iter().map(|held| self.item(held)).collect();
        Some(Answer::List {
            title: format!("{} is", who.text),
            items: sorted(items),
        })
    }

    pub(super) fn who_is(&mut self, role: &RoleName, at: Option<&NodeRef>) -> Option<Answer> {
        let roles = self.needs_roles(role);
        let node = match at {
            Some(at) => Some(self.node(at)?),
            None => None,
        };
        let (roles, facts) = (roles?, self.facts()?);
        self.suppose(None)?;
        let mut items = Vec::new();
        for user in self.holders(&roles, node) {
            let held: Vec<Held> = self
                .held(user, Some(&roles), node)
                .into_iter()
                .filter(|h| h.truth == Tri::True)
                .collect();
            if held.is_empty() {
                continue;
            }
            let mut notes: Vec<String> = held
                .iter()
                .map(|held| self.item(held))
                .map(|i| format!("{} ({})", i.name, i.note))
                .collect();
            notes.dedup();
            items.push(Item {
                name: facts.user(user).id.to_string(),
                note: notes.join("; "),
            });
        }
        Some(Answer::List {
            title: format!("who is {}", role.name.text),
            items: sorted(items),
        })
    }

    /// Who may hold one of these roles: at a node, or anywhere.
    fn holders(&self, roles: &[RoleId], node: Option<NodeId>) -> Vec<UserId> {
        let Some(org) = self.org else { return Vec::new() };
        let is_derived = |role: &RoleId| {
            self.model()
                .roles
                .get(role.ix())
                .is_some_and(crate::model::Role::is_derived)
        };
        if roles.iter().any(is_derived) {
            return org.facts.user_ids().collect();
        }
        let mut users: Vec<UserId> = match node {
            Some(node) => org.reverse().holders_at(node).to_vec(),
            None => roles
                .iter()
                .flat_map(|&role| org.reverse().holders_of(role))
                .copied()
                .collect(),
        };
        users.sort_unstable();
        users.dedup();
        users
    }

    fn item(&self, held: &Held) -> Item {
        let facts = self.org.map(|org| &org.facts);
        let name = facts.map_or_else(String::new, |facts| {
            format!(
                "{} at {}",
                facts.role_name(self.model(), held.role),
                facts.node_name(self.model(), held.node)
            )
        });
        Item {
            name,
            note: held.how.clone(),
        }
    }

    /// What a user holds, of these roles and at this node if they are said.
    fn held(&self, user: UserId, roles: Option<&[RoleId]>, node: Option<NodeId>) -> Vec<Held> {
        let Some(org) = self.org else { return Vec::new() };
        let wanted = |role: RoleId, at: NodeId| {
            roles.is_none_or(|roles| roles.contains(&role)) && node.is_none_or(|node| node == at)
        };
        let mut held: Vec<Held> = org
            .entries(user)
            .iter()
            .filter(|entry| wanted(entry.role, entry.node))
            .map(|entry| Held {
                role: entry.role,
                node: entry.node,
                truth: org.runs(entry, now(&self.context)),
                how: how(entry, org, self.model()),
            })
            .collect();
        for role in self.model().role_ids().filter(|&r| self.model().role(r).is_derived()) {
            for at in org
                .facts
                .node_ids()
                .filter(|&n| org.ty(n) == self.model().role(role).ty && wanted(role, n))
            {
                let truth = self.derived(org, user, role, at);
                if truth != Tri::False {
                    held.push(Held {
                        role,
                        node: at,
                        truth,
                        how: "derived".to_owned(),
                    });
                }
            }
        }
        held
    }

    fn derived(&self, org: &Org<'_>, user: UserId, role: RoleId, node: NodeId) -> Tri {
        let request = Request {
            user: Some(user),
            permission: PermId(0),
            target: Target::node(node),
            recipient: None,
            context: &self.context,
            given: &[],
            pool: &self.pool,
        };
        Eval {
            table: self.table,
            org,
            request: &request,
        }
        .derived(user, role, node)
    }
}

/// How an entry came about, in a few words.
#[must_use]
pub fn how(entry: &Entry, org: &Org<'_>, model: &Model) -> String {
    let (facts, window) = (&org.facts, org.window(entry));
    let base = match (entry.source(), org.group(entry)) {
        (Source::Default, _) => format!("by default, as a member of {}", facts.node_name(model, entry.node)),
        (_, Some(group)) => format!("through group {}", facts.group(group).id),
        (Source::Holding(_), None) => "given by hand".to_owned(),
        (Source::Grant(_), None) => "granted singly".to_owned(),
    };
    let from = (window.from != i64::MIN).then(|| format!(", from {}", show_time(window.from)));
    let until = (window.until != i64::MAX).then(|| format!(", until {}", show_time(window.until)));
    format!("{base}{}{}", from.unwrap_or_default(), until.unwrap_or_default())
}
