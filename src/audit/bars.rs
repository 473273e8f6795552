//! Prohibitions against what a line gives: whether they take all of it, some of it, or none.

use super::zone::{Zones, parties};
use super::{Ground, Held};
use crate::eval::Eval;
use crate::eval::Target;
use crate::eval::condition::Scope;
use crate::eval::org::Entry;
use crate::model::value::{NodeId, Tri, UserId};
use crate::model::{Reach, RoleId, Rule, Who};
use crate::table::{Table, Way};

use super::sheet::Line;

/// A role that a user holds and that forbids something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bar<'a> {
    pub(super) role: RoleId,
    pub(super) node: NodeId,
    pub(super) entry: Option<&'a Entry>,
    pub(super) truth: Tri,
}

/// One line as one user has it from one place.
pub(super) struct Case<'c, 'a> {
    pub(super) ground: &'c Ground<'a>,
    pub(super) zones: &'c Zones<'a>,
    pub(super) eval: &'c Eval<'c>,
    pub(super) line: &'c Line<'a>,
    pub(super) user: Option<UserId>,
    /// The node that encloses all that is reached; `None`: it lies anywhere.
    pub(super) root: Option<NodeId>,
    pub(super) held: &'c Held<'a>,
    pub(super) bars: &'c [Bar<'a>],
}

impl Case<'_, '_> {
    /// True if all that the line gives is prohibited; unknown if it depends, and then on what is in `perhaps`.
    pub(super) fn prohibited(&self, perhaps: &mut Vec<Way>) -> Tri {
        let ways = &self.ground.table.row(self.line.permission).prohibitions;
        let mut truth = Tri::False;
        let public = Table::cell(ways, None).iter().map(|way| (way, self.public(way)));
        let held = self.bars.iter().flat_map(|bar| {
            let cell = Table::cell(ways, Some(bar.role)).iter();
            cell.map(move |way| (way, self.barred(bar, way)))
        });
        // Of all users at once some may hold a role that forbids it.
        let any = ways.iter().filter(|way| self.line.zone.all && way.role.is_some());
        let any = any.map(|way| (way, Tri::Unknown));
        for (way, one) in public.chain(held).chain(any) {
            if one == Tri::Unknown && !perhaps.contains(way) {
                perhaps.push(*way);
            }
            truth = truth.max(one);
        }
        truth
    }

    fn rule(&self, way: &Way) -> &Rule {
        self.ground.table.model().rule(way.rule)
    }

    fn public(&self, way: &Way) -> Tri {
        let rule = self.rule(way);
        let reach = self.public_reach(rule);
        let exempt = match &rule.who {
            Who::Nobody(but) => self.exempt(but),
            _ => Tri::False,
        };
        if exempt == Tri::True {
            return Tri::False;
        }
        reach.min(exempt.negate()).min(self.terms(rule, Scope::NONE))
    }

    /// Whether a prohibition without a role reaches all of what the line reaches.
    fn public_reach(&self, rule: &Rule) -> Tri {
        let org = self.ground.org;
        let bound = rule.who == Who::Everyone && rule.reach != Reach::Anywhere;
        match rule.reach {
            Reach::In(ty) if !bound && self.root.is_some_and(|root| org.near(root, ty).is_some()) => Tri::True,
            Reach::In(_) => Tri::Unknown,
            // `everyone cannot` is about the accounts of which he is a member.
            _ if bound && !self.line.zone.home => Tri::Unknown,
            _ if self.line.zone.all && rule.who == Who::Everyone => Tri::Unknown,
            _ => self.eval.public_reach(rule),
        }
    }

    fn barred(&self, bar: &Bar<'_>, way: &Way) -> Tri {
        let rule = self.rule(way);
        let runs = bar
            .entry
            .map_or(bar.truth, |entry| self.eval.org.runs(entry, self.eval.now()));
        let reach = self.overlap(rule, bar.node);
        if runs.min(reach) == Tri::False {
            return Tri::False;
        }
        let scope = Scope {
            here: Some(bar.node),
            entry: bar.entry,
        };
        runs.min(reach).min(self.terms(rule, scope))
    }

    /// Whether a prohibition held at a node reaches all of what the line reaches.
    fn overlap(&self, rule: &Rule, at: NodeId) -> Tri {
        let org = self.ground.org;
        let from = match rule.reach {
            Reach::Anywhere => return Tri::True,
            Reach::Across(ty) => org.near(at, ty),
            _ => Some(at),
        };
        let Some(from) = from else { return Tri::False };
        let Some(root) = self.root else { return Tri::Unknown };
        let whole = matches!(rule.reach, Reach::Below | Reach::Across(_));
        let alike = self.held.node == Some(at) && self.line.rule.reach == rule.reach;
        match (org.lies_in(root, from), org.lies_in(from, root)) {
            (true, _) if whole || alike => Tri::True,
            (false, false) => Tri::False,
            _ => Tri::Unknown,
        }
    }

    /// Relation, parties and conditions, for all that the line reaches.
    fn terms(&self, rule: &Rule, scope: Scope<'_>) -> Tri {
        let permissions = &self.ground.table.model().permissions;
        let administrative = permissions.get(self.line.permission).is_administrative();
        let parties = parties(rule, administrative, true);
        parties.min(self.zones.truth(self.eval, rule, scope, self.line.zone))
    }

    /// Whether the user is one of the roles that are exempt, wherever the line reaches.
    fn exempt(&self, but: &[RoleId]) -> Tri {
        let Some(user) = self.user.filter(|_| !but.is_empty()) else {
            return if but.is_empty() { Tri::False } else { Tri::Unknown };
        };
        let home = self.line.zone.home;
        if home && self.eval.holds_above(user, but) == Tri::True {
            return Tri::True;
        }
        let org = self.ground.org;
        let inside = |node: NodeId| !home || self.root.is_none_or(|root| org.lies_in(node, root));
        let entries = org.entries(user).iter().map(|entry| (entry.role, entry.node));
        let derived = self.ground.derived.of(user).map(|held| (held.role, held.node));
        let mut held = entries.chain(derived);
        match held.any(|(role, node)| but.contains(&role) && inside(node)) {
            true => Tri::Unknown,
            false => Tri::False,
        }
    }
}

/// The node that stands for all that a line reaches from a place; an error if there is none.
pub(super) fn root(ground: &Ground<'_>, line: &Line<'_>, node: Option<NodeId>) -> Result<Option<NodeId>, ()> {
    match (line.rule.reach, node) {
        (Reach::Across(ty), Some(node)) => ground.org.near(node, ty).map(Some).ok_or(()),
        (Reach::Anywhere, _) => Ok(None),
        _ => Ok(node),
    }
}

/// What the evaluator is asked about in place of all that is reached: the node that encloses it.
pub(super) fn target(root: Option<NodeId>) -> Target {
    Target::node(root.unwrap_or(NodeId(0)))
}
