//! D(u, p, r): some grant applies and no prohibition does.
//!
//! 1. [`Eval::degree`] looks first whether that can be told by the [fast path](super::fast_path); then at the prohibitions, of which one that
//!    is true settles the matter.
//! 2. [`Eval::side`] gathers the ways of one effect: rules without a role; then what the user holds at nodes that
//!    enclose the target; far holdings (`across`, `anywhere`); derived roles; custom roles and single grants.
//! 3. [`Eval::applies`] is ρ: reach, relation, recipient, `when`, `unless`, for one holding.

use super::condition::{Scope, any};
use super::delegated_grants::Terms;
use super::fast_path::FastPath;
use super::org::Entry;
use super::{Eval, Request, Resource, Target};
use crate::containment::reach::{account, reaches};
use crate::model::permission::Permission;
use crate::model::value::{NodeId, Tri, UserId};
use crate::model::{Effect, RoleId, Rule, Who};
use crate::table::{Needs, Row, Table, Way, is_far};

impl<'e> Eval<'e> {
    /// D(u, p, r).
    #[must_use]
    pub fn degree(&self) -> Tri {
        let row = self.table.row(self.request.permission);
        let plain = self.fast_path(row.plain());
        match plain {
            FastPath::Denied => Tri::False,
            FastPath::Granted if row.prohibitions.is_empty() => Tri::True,
            plain => self.searched_for(row, plain),
        }
    }

    /// The same of a request of which nothing is known. What makes no sense is denied; where the rules deny it anyway,
    /// nobody need look.
    #[must_use]
    pub fn degree_if_sound(&self) -> Tri {
        let Some(row) = self.table.known_row(self.request.permission) else {
            return Tri::False;
        };
        if self.request.target.start.0 as usize >= self.org.len() {
            return Tri::False;
        }
        match self.fast_path(row.plain()) {
            FastPath::Denied => Tri::False,
            plain => self.settled_if_sound(row, plain),
        }
    }

    /// What is not denied plainly, as long as the request makes sense. Of a bare one no number can lead astray, so that
    /// only where something could be allowed its types are looked at.
    #[inline(never)]
    fn settled_if_sound(&self, row: &Row, plain: FastPath) -> Tri {
        let is_bare = self.is_bare();
        if !is_bare && !self.is_sound() {
            return Tri::False;
        }
        let degree = match plain {
            FastPath::Granted if row.prohibitions.is_empty() => Tri::True,
            plain => self.searched_for(row, plain),
        };
        match degree {
            Tri::False => Tri::False,
            _ if is_bare && !self.is_plainly_sound(row) && !self.is_sound() => Tri::False,
            degree => degree,
        }
    }

    /// The same where more has to be looked at.
    #[inline(never)]
    fn searched_for(&self, row: &Row, plain: FastPath) -> Tri {
        let prohibited = self.side(Effect::Prohibit);
        if prohibited == Tri::True {
            return Tri::False;
        }
        let granted = match plain {
            FastPath::Granted => Tri::True,
            FastPath::NotSo => {
                let (ways, needs) = row.plain().rest();
                self.searched(Effect::Grant, ways, needs)
            }
            _ => self.side(Effect::Grant),
        };
        match granted.min(prohibited.negate()) {
            Tri::False => Tri::False,
            degree => degree.min(self.is_there()),
        }
    }

    /// A user who is the target lies in a place as long as they are a member of it; nodes always are where they lie.
    #[must_use]
    pub fn is_there(&self) -> Tri {
        let target = self.request.target;
        match target.resource {
            Resource::User(user) => self.org.is_member(user, target.start, self.now()),
            Resource::Node(_) | Resource::Unlisted(_) => Tri::True,
        }
    }

    /// The greatest ρ among the rules of one effect.
    #[must_use]
    pub fn side(&self, effect: Effect) -> Tri {
        let ways = self.table.ways(self.request.permission, effect);
        self.searched(effect, ways, self.table.needs(self.request.permission, effect))
    }

    /// The same for some of the rules, and what the organisation's data adds.
    fn searched(&self, effect: Effect, ways: &[Way], needs: Needs) -> Tri {
        let (public, ways) = ways.split_at(needs.public as usize);
        let mut truth = any(public, |way| self.public(self.table.model().rule(way.rule)));
        let Some(user) = self.request.user else { return truth };
        if needs.held && truth != Tri::True {
            truth = truth.max(self.held(user, ways));
        }
        if needs.far && truth != Tri::True {
            truth = truth.max(self.far(user, ways));
        }
        if needs.derived && truth != Tri::True {
            truth = truth.max(self.derived_ways(user, ways));
        }
        if effect == Effect::Grant && truth != Tri::True {
            truth = truth.max(self.extra(user));
        }
        truth
    }

    /// Holdings at the nodes that enclose the target. A user with few holdings has each of them looked at, one with many
    /// is searched for the target's few ancestors.
    fn held(&self, user: UserId, ways: &[Way]) -> Tri {
        let start = self.request.target.start;
        if let Some(keys) = self.org.holding_summary(user).few() {
            // What is covered lies in what covers it.
            if !keys.iter().any(|key| self.org.lies_within(start, key.interval())) {
                return Tri::False;
            }
            let entries = self.org.entries(user).iter();
            let above = entries.filter(|entry| self.org.lies_in(start, entry.node));
            return any(above, |entry| self.cell(entry, ways));
        }
        let mut truth = Tri::False;
        for node in self.org.chain(start) {
            truth = truth.max(any(self.org.entries_at(user, node), |entry| self.cell(entry, ways)));
            if truth == Tri::True {
                break;
            }
        }
        truth
    }

    /// The greatest ρ that one holding brings.
    fn cell(&self, entry: &Entry, ways: &[Way]) -> Tri {
        any(Table::cell(ways, Some(entry.role)), |way| {
            self.entry(entry, self.table.model().rule(way.rule))
        })
    }

    /// Holdings elsewhere, for rules that reach far.
    fn far(&self, user: UserId, ways: &[Way]) -> Tri {
        any(self.org.entries(user), |entry| {
            any(Table::cell(ways, Some(entry.role)), |way| {
                let rule = self.table.model().rule(way.rule);
                if is_far(rule.reach) {
                    self.entry(entry, rule)
                } else {
                    Tri::False
                }
            })
        })
    }

    /// ρ for one holding.
    fn entry(&self, entry: &Entry, rule: &Rule) -> Tri {
        let running = self.org.runs(entry, self.now());
        if running == Tri::False {
            return running;
        }
        running.min(self.applies(rule, entry.node, Some(entry)))
    }

    /// Derived roles: each node at which such a role could be held is looked at.
    fn derived_ways(&self, user: UserId, ways: &[Way]) -> Tri {
        any(ways, |way| match way.role {
            Some(role) if self.table.model().role(role).is_derived() => self.derived_way(user, role, way),
            _ => Tri::False,
        })
    }

    fn derived_way(&self, user: UserId, role: RoleId, way: &Way) -> Tri {
        let rule = self.table.model().rule(way.rule);
        let mut truth = Tri::False;
        self.each_node_of(role, is_far(rule.reach), |node| {
            let applies = self.applies(rule, node, None);
            if applies > truth {
                truth = truth.max(applies.min(self.derived(user, role, node)));
            }
            truth == Tri::True
        });
        truth
    }

    /// Calls `visit` with the nodes at which a role may be held: those above the target, or all. Stops when it says so.
    fn each_node_of(&self, role: RoleId, everywhere: bool, mut visit: impl FnMut(NodeId) -> bool) {
        let ty = self.table.model().role(role).ty;
        let fits = |node: &NodeId| self.org.ty(*node) == ty;
        if everywhere {
            self.org.facts.node_ids().filter(fits).any(&mut visit);
        } else {
            self.org.chain(self.request.target.start).filter(fits).any(visit);
        }
    }

    /// D(u, p, n): for the unlisted T in n if n is no T.
    pub(crate) fn could(
        &self,
        user: Option<UserId>,
        permission: crate::model::permission::PermId,
        node: NodeId,
    ) -> Tri {
        let request = Request {
            user,
            permission,
            target: self.target_at(permission, node),
            recipient: None,
            given: &[],
            ..*self.request
        };
        Eval {
            request: &request,
            ..*self
        }
        .degree()
    }

    /// The target of a permission asked about at a node.
    #[must_use]
    pub fn target_at(&self, permission: crate::model::permission::PermId, node: NodeId) -> Target {
        let model = self.table.model();
        match model.permissions.get(permission) {
            Permission::Act { ty, action, .. } if model.ty(ty).actions[action].creating => Target::created(ty, node),
            Permission::Act { ty, .. } if self.org.ty(node) != ty => Target::unlisted(ty, node),
            _ => Target::node(node),
        }
    }

    /// Custom roles and single grants.
    fn extra(&self, user: UserId) -> Tri {
        let ways = self.org.extra.ways(self.request.permission);
        if ways.is_empty() {
            return Tri::False;
        }
        any(self.org.entries(user), |entry| {
            any(ways, |way| {
                let rule = self.org.extra.rule(way);
                let at = Who::Holders(self.org.ty(entry.node));
                if way.role != entry.role || rule.who != at {
                    return Tri::False;
                }
                self.entry(entry, rule).min(self.is_entitled(user, entry, &way.terms))
            })
        })
    }

    /// What data handed out works while its holder has, where it is held, a role to which it may be granted, and none to
    /// which nobody may grant it.
    pub(crate) fn is_entitled(&self, user: UserId, entry: &Entry, terms: &Terms) -> Tri {
        if terms.are_open() {
            return Tri::True;
        }
        let target = Target::node(entry.node);
        let request = Request {
            target,
            ..*self.request
        };
        let there = Eval {
            request: &request,
            ..*self
        };
        let may = terms.to.as_ref().map_or(Tri::True, |to| there.holds_above(user, to));
        may.min(there.holds_above(user, &terms.not_to).negate())
    }

    /// ρ less the holding itself: reach, relation, recipient, `when` and `unless`, for a role held at `node`.
    #[must_use]
    pub fn applies(&self, rule: &Rule, node: NodeId, entry: Option<&Entry>) -> Tri {
        if !reaches(self.org, rule, node, &self.request.target) {
            return Tri::False;
        }
        self.conditions(
            rule,
            Scope {
                here: Some(node),
                entry,
            },
        )
    }

    /// `u holds one of R`: at the target or above, within its account.
    #[must_use]
    pub fn holds_above(&self, user: UserId, roles: &[RoleId]) -> Tri {
        let Some(home) = account(self.org, &self.request.target) else {
            return Tri::False;
        };
        let mut truth = Tri::False;
        for node in self.org.chain(self.request.target.start) {
            if self.org.account(node) == home && truth != Tri::True {
                truth = truth.max(any(roles, |&role| self.holds_exactly(user, role, node)));
            }
        }
        truth
    }

    /// The user holds a role somewhere.
    #[must_use]
    pub fn holds_anywhere(&self, user: UserId, role: RoleId) -> Tri {
        let held = any(self.org.entries(user), |entry| self.is_running(entry, role));
        if held == Tri::True || !self.table.model().role(role).is_derived() {
            return held;
        }
        let mut truth = held;
        self.each_node_of(role, true, |node| {
            truth = truth.max(self.derived(user, role, node));
            truth == Tri::True
        });
        truth
    }

    /// The user holds a role at exactly this node.
    #[must_use]
    pub fn holds_exactly(&self, user: UserId, role: RoleId, node: NodeId) -> Tri {
        let it = self.table.model().role(role);
        if it.ty != self.org.ty(node) {
            return Tri::False;
        }
        if it.is_derived() {
            return self.derived(user, role, node);
        }
        any(self.org.entries_at(user, node), |entry| self.is_running(entry, role))
    }

    fn is_running(&self, entry: &Entry, role: RoleId) -> Tri {
        if entry.role == role {
            self.org.runs(entry, self.now())
        } else {
            Tri::False
        }
    }
}
