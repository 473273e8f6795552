//! *Holdings*: S(u), H(u), membership, and how far each of them is true without `context.now`.

use rolebook::eval::Target;
use rolebook::facts::{EVERYONE, Holding, Member, SingleGrant, Subject, Window};
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{GroupId, NodeId, Tri, UserId, Value};
use rolebook::model::{DerivationTerm, NOW, RoleId, Rule};

use super::nodes::{self, Link};
use super::{Ask, Oracle, all, any};

/// One element of H(u).
#[derive(Clone, Copy)]
pub(crate) struct Held<'a> {
    pub(crate) node: NodeId,
    /// How far it is true that u has it and it runs.
    pub(crate) degree: Tri,
    pub(crate) source: Source<'a>,
}

/// How a holding came about.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    Stated(&'a Holding),
    Grant(&'a SingleGrant),
    Default(RoleId),
    Derived(RoleId),
}

impl<'a> Oracle<'a> {
    /// running iff from ≤ now < until; without the `now` a bound needs: unknown.
    pub(super) fn running(&self, window: Window) -> Tri {
        match self.context.get(NOW) {
            _ if window.from >= window.until => Tri::False,
            _ if window == Window::ALWAYS => Tri::True,
            Some(&Value::Time(now)) => (window.from <= now && now < window.until).into(),
            _ => Tri::Unknown,
        }
    }

    /// The groups of S(u), each with the windows in which u is in it. Windows along a way are met, so that what could run at
    /// no moment is false even where `now` is missing.
    pub(super) fn groups(&self, user: UserId) -> Vec<Vec<Window>> {
        if let Some(known) = self.known.groups.borrow().get(&user) {
            return known.clone();
        }
        let mut groups: Vec<Vec<Window>> = vec![Vec::new(); self.facts.groups.len()];
        groups[EVERYONE.0 as usize].push(Window::ALWAYS);
        loop {
            let mut grown = groups.clone();
            for (group, windows) in self.facts.groups.iter().zip(&mut grown) {
                for window in group
                    .members
                    .iter()
                    .flat_map(|member| self.belongs(user, *member, &groups))
                {
                    if window.from < window.until && !windows.contains(&window) {
                        windows.push(window);
                    }
                }
            }
            if grown == groups {
                break;
            }
            groups = grown;
        }
        self.known.groups.borrow_mut().insert(user, groups.clone());
        groups
    }

    fn belongs(&self, user: UserId, member: Member, groups: &[Vec<Window>]) -> Vec<Window> {
        match member {
            Member::User(other) if other == user => vec![Window::ALWAYS],
            Member::User(_) => Vec::new(),
            Member::Group(group) => groups[group.0 as usize].clone(),
            Member::Holders(role, node) => {
                let stated = self
                    .facts
                    .holdings
                    .iter()
                    .filter(|it| it.role == role && it.node == node);
                let mut windows: Vec<Window> = stated
                    .flat_map(|it| windows(user, it.subject(), it.window(), groups))
                    .collect();
                windows.extend(self.by_default(user, role, node).then_some(Window::ALWAYS));
                windows
            }
        }
    }

    /// u in group
    pub(super) fn in_group(&self, user: UserId, group: GroupId) -> Tri {
        any(self.groups(user)[group.0 as usize]
            .iter()
            .map(|&window| self.running(window)))
    }

    fn stated(&self, user: UserId, subject: Subject, window: Window) -> Tri {
        any(windows(user, subject, window, &self.groups(user))
            .into_iter()
            .map(|window| self.running(window)))
    }

    /// R is the default of p's type, u is listed in p, and the facts state no role for u himself at p, running or expired.
    fn by_default(&self, user: UserId, role: RoleId, place: NodeId) -> bool {
        let Some(it) = self.model.roles.get(role.ix()) else {
            return false;
        };
        let own = |holding: &Holding| holding.subject() == Subject::User(user) && holding.node == place;
        it.default
            && it.ty == self.facts.node(place).ty
            && self.facts.user(user).places.contains(&place)
            && !self.facts.holdings.iter().any(own)
    }

    /// u is listed in p, or a role stated for himself there is running.
    pub(super) fn member(&self, user: UserId, place: NodeId) -> Tri {
        let listed = self.facts.user(user).places.contains(&place);
        let own = self
            .facts
            .holdings
            .iter()
            .filter(|it| it.subject() == Subject::User(user) && it.node == place);
        any(own.map(|it| self.running(it.window()))).max(listed.into())
    }

    /// The part of H(u) that is of one role of the policy.
    pub(super) fn holdings(&self, user: UserId, role: RoleId) -> Vec<Held<'a>> {
        if let Some(known) = self.known.holdings.borrow().get(&(user, role)) {
            return known.clone();
        }
        let held = self.found_holdings(user, role);
        self.known.holdings.borrow_mut().insert((user, role), held.clone());
        held
    }

    fn found_holdings(&self, user: UserId, role: RoleId) -> Vec<Held<'a>> {
        let it = self.model.role(role);
        if it.is_derived() {
            let nodes = self.facts.node_ids().filter(|&node| self.facts.node(node).ty == it.ty);
            let held = |node| Held {
                node,
                degree: self.derived(user, role, node),
                source: Source::Derived(role),
            };
            return nodes.map(held).filter(|held| held.degree != Tri::False).collect();
        }
        let mut held: Vec<Held<'a>> = Vec::new();
        for holding in self.facts.holdings.iter().filter(|it| it.role == role) {
            let degree = self.stated(user, holding.subject(), holding.window());
            held.push(Held {
                node: holding.node,
                degree,
                source: Source::Stated(holding),
            });
        }
        for place in self.facts.node_ids().filter(|&node| self.by_default(user, role, node)) {
            held.push(Held {
                node: place,
                degree: Tri::True,
                source: Source::Default(role),
            });
        }
        held
    }

    /// (u, R, n) for a derived R whose `for` holds at n.
    fn derived(&self, user: UserId, role: RoleId, node: NodeId) -> Tri {
        all(self.model.role(role).derived.iter().map(|being| match being {
            DerivationTerm::Relation(name) => {
                let value = self.attribute_of_node(node, *name);
                self.is_or_is_in(user, value)
            }
            DerivationTerm::Member => self.member(user, node),
            DerivationTerm::Holds(roles) => {
                let held = roles.iter().flat_map(|&other| self.holdings(user, other));
                any(held.filter(|held| held.node == node).map(|held| held.degree))
            }
            DerivationTerm::Can(perms) => all(perms.iter().map(|&perm| self.could(Some(user), perm, node))),
        }))
    }

    /// D(u, p, n), for the unlisted T in n if n is no T; the target of a creating action is always such a node.
    pub(super) fn could(&self, user: Option<UserId>, permission: PermId, node: NodeId) -> Tri {
        let Permission::Act { ty, action, .. } = self.model.permissions.get(permission) else {
            return Tri::False;
        };
        let target = if self.model.ty(ty).actions[action].creating {
            Target::created(ty, node)
        } else if self.facts.node(node).ty == ty {
            Target::node(node)
        } else {
            Target::unlisted(ty, node)
        };
        self.decide(&Ask {
            user,
            permission,
            target,
            recipient: None,
            given: &[],
        })
    }

    /// `user holds R`: a running holding in H(u) of R at m, r ⊑ m, acc(m) = acc(r).
    pub(super) fn holds_above(&self, user: UserId, roles: &[RoleId], r: &[Link]) -> Tri {
        let held = roles.iter().flat_map(|&role| self.holdings(user, role));
        let account = self.account(r);
        let there = held.filter(|held| nodes::within(r, held.node) && self.account(&self.chain(held.node)) == account);
        any(there.map(|held| held.degree))
    }

    /// What the facts' own rules give to u: custom roles, with where they were made, and single grants.
    pub(super) fn rules_of_facts(&self, user: UserId) -> Vec<(Held<'a>, &'a Rule, NodeId)> {
        let mut found = Vec::new();
        for holding in &self.facts.holdings {
            let Some(custom) = self.facts.custom_role(self.model, holding.role) else {
                continue;
            };
            let degree = self.stated(user, holding.subject(), holding.window());
            let held = Held {
                node: holding.node,
                degree,
                source: Source::Stated(holding),
            };
            let here = self.facts.node(holding.node).ty;
            found.extend(
                custom
                    .rules
                    .iter()
                    .filter(|(ty, _)| *ty == here)
                    .map(|(_, rule)| (held, rule, custom.at)),
            );
        }
        for grant in &self.facts.grants {
            let degree = self.stated(user, grant.to, grant.window);
            found.push((
                Held {
                    node: grant.at,
                    degree,
                    source: Source::Grant(grant),
                },
                &grant.rule,
                grant.at,
            ));
        }
        found
    }
}

/// When what is stated for a subject runs for u.
fn windows(user: UserId, subject: Subject, window: Window, groups: &[Vec<Window>]) -> Vec<Window> {
    match subject {
        Subject::User(other) if other == user => vec![window],
        Subject::User(_) => Vec::new(),
        Subject::Group(group) => {
            let within = groups[group.0 as usize].iter();
            within
                .map(|w| Window {
                    from: w.from.max(window.from),
                    until: w.until.min(window.until),
                })
                .collect()
        }
    }
}
