//! `ensure R can never become S`, asked of the policy alone: a least fixpoint over roles, without any organisation.
//!
//! Holders of R act, in any number and at any nodes; they hold nothing else at first, but by default. Everybody else is
//! passive, and may hold anything. What the actors
//! can obtain is bounded from above: borders, reach and conditions are taken to be as it suits them. What counts is who
//! may give what (`can give`, also without a role), to whom (`to Q`: who is to act on must come to hold Q himself), what
//! every member has by default, what is derived, single grants, `user holds R` in a condition, and prohibitions for all
//! that nothing lifts.
//!
//! Groups whose members are the holders of a role are left aside: what such a group has is stated by the facts, and
//! [`super::reach`] looks at it.

use crate::model::permission::{PermId, Permission};
use crate::model::value::Scalar;
use crate::model::{
    AttrName, Attribute, Default, DerivationTerm, Effect, Expr, Model, Reach, Receiver, RoleId, Rule, TestKind, Who,
};
use crate::source::Span;
use crate::table::{Table, Way};

/// Something that the actors can obtain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gain {
    /// A role.
    Role(RoleId),
    /// A single permission.
    Grant(PermId),
}

/// How it comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// They have it from the start.
    Start,
    /// Members have it by default.
    Default,
    /// It is derived from what they have.
    Derived,
    /// A rule lets the holders of a role hand it out, or everybody.
    Rule(Span, Option<RoleId>),
}

/// One link of a chain that may lead to the goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// What is gained.
    pub gains: Gain,
    /// How.
    pub by: By,
}

/// What a rule that would give a role lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// The actors never hold its role.
    Holder(RoleId),
    /// They never hold what the recipient must.
    Receiver(Vec<RoleId>),
    /// They never hold what its condition asks, or the giver never has what he would grant.
    Condition,
    /// A prohibition that nothing lifts.
    Prohibited,
}

/// A rule that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// The rule.
    pub rule: Span,
    /// What it would give.
    pub gives: Gain,
    /// Why it does not.
    pub lacks: Lack,
}

/// The proof that the goal is never reached: each rule that would lead to it, with what it lacks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Core {
    /// The rules, those that would give the goal first.
    pub examined: Vec<Examined>,
    /// The roles that the actors can obtain.
    pub obtained: Vec<RoleId>,
}

struct Bound<'t> {
    table: &'t Table,
    model: &'t Model,
    /// What was obtained, in order, with what it rests on.
    gained: Vec<(Link, Vec<usize>)>,
    roles: Vec<Option<usize>>,
    grants: Vec<Option<usize>>,
}

/// Proves that holders of `actors` alone never come to hold one of `goal`.
///
/// # Errors
///
/// Where that is not proved: a chain that may lead there, to be tried on an organisation.
pub fn safe_by_policy(table: &Table, actors: &[RoleId], goal: &[RoleId]) -> Result<Core, Vec<Link>> {
    let bound = Bound::of(table, actors);
    match goal.iter().find_map(|role| bound.roles[role.ix()]) {
        Some(reached) => Err(bound.chain(reached)),
        None => Ok(bound.core(goal)),
    }
}

/// Every role that holders of `actors` might come to hold, those that take fewer steps first.
#[must_use]
pub fn obtainable(table: &Table, actors: &[RoleId]) -> Vec<RoleId> {
    let gained = Bound::of(table, actors).gained.into_iter();
    let roles = gained.filter_map(|(link, _)| match link.gains {
        Gain::Role(role) => Some(role),
        Gain::Grant(_) => None,
    });
    roles.collect()
}

/// What a conclusion rests on.
type Trail = Vec<usize>;

fn attempt(trail: &mut Trail, try_it: impl FnOnce(&mut Trail) -> bool) -> bool {
    let mark = trail.len();
    let made = try_it(trail);
    if !made {
        trail.truncate(mark);
    }
    made
}

impl<'t> Bound<'t> {
    fn of(table: &'t Table, actors: &[RoleId]) -> Self {
        let mut bound = Self {
            table,
            model: table.model(),
            gained: Vec::new(),
            roles: vec![None; table.model().roles.len()],
            grants: vec![None; table.model().permissions.len()],
        };
        bound.start(actors);
        bound.run();
        bound
    }

    fn start(&mut self, actors: &[RoleId]) {
        for &role in actors {
            self.gain(Gain::Role(role), By::Start, Vec::new());
        }
        for role in self.model.role_ids().filter(|&role| self.model.role(role).default) {
            self.gain(Gain::Role(role), By::Default, Vec::new());
        }
    }

    fn gain(&mut self, gains: Gain, by: By, trail: Trail) {
        let next = self.gained.len();
        let slot = match gains {
            Gain::Role(role) => &mut self.roles[role.ix()],
            Gain::Grant(id) => &mut self.grants[id.ix()],
        };
        if slot.is_none() {
            *slot = Some(next);
            self.gained.push((Link { gains, by }, trail));
        }
    }

    fn run(&mut self) {
        loop {
            let before = self.gained.len();
            for role in self
                .model
                .role_ids()
                .filter(|role| self.roles[role.ix()].is_none())
                .collect::<Vec<_>>()
            {
                self.role(role);
            }
            for (id, permission) in self.model.permissions.iter() {
                if !permission.is_administrative() && self.grants[id.ix()].is_none() {
                    self.grant(id);
                }
            }
            if self.gained.len() == before {
                return;
            }
        }
    }

    fn role(&mut self, role: RoleId) {
        let mut trail = Vec::new();
        if self.model.role(role).is_derived() {
            if self.derives(role, &mut trail) {
                self.gain(Gain::Role(role), By::Derived, trail);
            }
            return;
        }
        if let Some(way) = self.handed(Permission::Give(role), &mut trail) {
            self.gain(
                Gain::Role(role),
                By::Rule(self.model.rule(way.rule).span, way.role),
                trail,
            );
        }
    }

    fn grant(&mut self, id: PermId) {
        let mut trail = Vec::new();
        if let Some(way) = self.handed(Permission::Grant(id), &mut trail) {
            self.gain(
                Gain::Grant(id),
                By::Rule(self.model.rule(way.rule).span, way.role),
                trail,
            );
        }
    }

    fn derives(&self, role: RoleId, trail: &mut Trail) -> bool {
        self.model.role(role).derived.iter().all(|being| match being {
            DerivationTerm::Member => true,
            DerivationTerm::Relation(name) => self.is_changeable(role, *name),
            DerivationTerm::Holds(roles) => self.has_one(roles, trail),
            DerivationTerm::Can(ids) => ids.iter().all(|&id| self.able(id, trail)),
        })
    }

    /// A relation that an actor may come into: whoever has the role by it from the start does not hold another alone. What
    /// stands in a field may name one from the start, whoever edits it.
    fn is_changeable(&self, role: RoleId, name: AttrName) -> bool {
        let attribute = self.model.attribute(self.model.role(role).ty, name);
        let falls_back = |it: &Attribute| matches!(it.default, Default::Path(..));
        attribute.is_none_or(|it| it.field.is_some() || it.ty.of == Scalar::Group || falls_back(it))
    }

    fn has_one(&self, roles: &[RoleId], trail: &mut Trail) -> bool {
        let found = roles.iter().find_map(|role| self.roles[role.ix()]);
        trail.extend(found);
        found.is_some()
    }

    /// An actor may come to be allowed an ordinary permission.
    fn able(&self, id: PermId, trail: &mut Trail) -> bool {
        let stronger = self.model.permissions.upward(&[id]);
        if let Some(granted) = stronger.iter().find_map(|id| self.grants[id.ix()])
            && attempt(trail, |trail| self.unforbidden(id, trail))
        {
            trail.push(granted);
            return true;
        }
        self.way(id, trail).is_some()
    }

    fn handed(&self, permission: Permission, trail: &mut Trail) -> Option<Way> {
        self.way(self.model.permissions.id(permission)?, trail)
    }

    /// A way by which an actor may come to be allowed a permission.
    fn way(&self, id: PermId, trail: &mut Trail) -> Option<Way> {
        let ways = &self.table.row(id).grants;
        let opens = |way: &&Way| attempt(trail, |trail| self.lack(id, way, trail).is_none());
        ways.iter().find(opens).copied()
    }

    /// What a way lacks, if anything.
    fn lack(&self, id: PermId, way: &Way, trail: &mut Trail) -> Option<Lack> {
        let rule = self.model.rule(way.rule);
        if let Some(role) = way.role {
            match self.roles[role.ix()] {
                Some(held) => trail.push(held),
                None => return Some(Lack::Holder(role)),
            }
        }
        if let (Receiver::Holders(to), true) = (&rule.receiver, self.model.permissions.get(id).is_administrative())
            && !self.has_one(to, trail)
        {
            return Some(Lack::Receiver(to.clone()));
        }
        if !self.conditions(rule, id, trail) {
            return Some(Lack::Condition);
        }
        (!self.unforbidden(id, trail)).then_some(Lack::Prohibited)
    }

    fn conditions(&self, rule: &Rule, id: PermId, trail: &mut Trail) -> bool {
        let has = match (rule.they_have, self.model.permissions.get(id)) {
            (true, Permission::Grant(inner)) => self.able(inner, trail),
            _ => true,
        };
        has && rule.when.as_ref().is_none_or(|when| self.can(when, true, trail))
            && rule.unless.as_ref().is_none_or(|unless| self.can(unless, false, trail))
    }

    /// Whether a condition can come out so: only the roles of the actors themselves can keep it from that.
    fn can(&self, expr: &Expr, want: bool, trail: &mut Trail) -> bool {
        match (expr, want) {
            (Expr::And(parts), true) | (Expr::Or(parts), false) => parts.iter().all(|part| self.can(part, want, trail)),
            (Expr::And(parts), false) | (Expr::Or(parts), true) => parts
                .iter()
                .any(|part| attempt(trail, |trail| self.can(part, want, trail))),
            (Expr::Not(inner), want) => self.can(inner, !want, trail),
            (Expr::Test(test), true) => match &test.kind {
                // Who gives and who is given are actors; anybody else may hold anything.
                TestKind::Holds { who, roles, .. } if who.is_person() => self.has_one(roles, trail),
                _ => true,
            },
            (Expr::Test(_), false) => true,
        }
    }

    /// No prohibition for all applies whatever the organisation.
    fn unforbidden(&self, id: PermId, trail: &mut Trail) -> bool {
        let ways = self.table.ways(id, Effect::Prohibit);
        Table::cell(ways, None).iter().all(|way| {
            let rule = self.model.rule(way.rule);
            let narrow = matches!(rule.reach, Reach::In(_))
                || !rule.relation.is_empty()
                || rule.except_self
                || rule.they_have
                || matches!(rule.receiver, Receiver::Holders(_));
            narrow
                || rule
                    .when
                    .as_ref()
                    .is_some_and(|when| attempt(trail, |trail| self.can(when, false, trail)))
                || rule
                    .unless
                    .as_ref()
                    .is_some_and(|unless| attempt(trail, |trail| self.can(unless, true, trail)))
                || matches!(&rule.who, Who::Nobody(but) if self.has_one(but, trail))
        })
    }

    /// The links that lead to one, in the order in which they are gained.
    fn chain(&self, reached: usize) -> Vec<Link> {
        let mut needed = vec![false; self.gained.len()];
        let mut open = vec![reached];
        while let Some(ix) = open.pop() {
            if !std::mem::replace(&mut needed[ix], true) {
                open.extend(&self.gained[ix].1);
            }
        }
        self.gained
            .iter()
            .zip(needed)
            .filter(|(_, needed)| *needed)
            .map(|((link, _), _)| *link)
            .collect()
    }

    /// Backwards from the goal: each rule that gives what is missing, with what it lacks in turn.
    fn core(&self, goal: &[RoleId]) -> Core {
        let mut core = Core::default();
        let mut missing: Vec<Gain> = goal.iter().map(|&role| Gain::Role(role)).collect();
        let mut next = 0;
        while let Some(&gain) = missing.get(next) {
            next += 1;
            let found = self.examine(gain, &mut core.examined);
            for gain in found {
                if !missing.contains(&gain) && !self.is_gained(gain) {
                    missing.push(gain);
                }
            }
        }
        core.obtained = self
            .model
            .role_ids()
            .filter(|role| self.roles[role.ix()].is_some())
            .collect();
        core
    }

    fn is_gained(&self, gain: Gain) -> bool {
        match gain {
            Gain::Role(role) => self.roles[role.ix()].is_some(),
            Gain::Grant(id) => self.grants[id.ix()].is_some(),
        }
    }

    /// Notes the rules that would give something; gives back what they lack.
    fn examine(&self, gain: Gain, examined: &mut Vec<Examined>) -> Vec<Gain> {
        let permission = match gain {
            Gain::Role(role) if self.model.role(role).is_derived() => return self.terms(role),
            Gain::Role(role) => Permission::Give(role),
            Gain::Grant(id) => Permission::Grant(id),
        };
        let Some(id) = self.model.permissions.id(permission) else {
            return Vec::new();
        };
        let mut missing = Vec::new();
        for way in &self.table.row(id).grants {
            let Some(lacks) = self.lack(id, way, &mut Vec::new()) else {
                continue;
            };
            match &lacks {
                Lack::Holder(role) => missing.push(Gain::Role(*role)),
                Lack::Receiver(roles) => missing.extend(roles.iter().map(|&role| Gain::Role(role))),
                Lack::Condition | Lack::Prohibited => missing.extend(self.asked(self.model.rule(way.rule))),
            }
            let rule = self.model.rule(way.rule).span;
            let found = Examined {
                rule,
                gives: gain,
                lacks,
            };
            if !examined.contains(&found) {
                examined.push(found);
            }
        }
        missing
    }

    fn asked(&self, rule: &Rule) -> Vec<Gain> {
        rule.roles_asked().into_iter().map(Gain::Role).collect()
    }

    /// What a derived role asks for: roles, and permissions that rules or single grants may give.
    fn terms(&self, role: RoleId) -> Vec<Gain> {
        let mut terms = Vec::new();
        for being in &self.model.role(role).derived {
            match being {
                DerivationTerm::Relation(_) | DerivationTerm::Member => {}
                DerivationTerm::Holds(roles) => terms.extend(roles.iter().map(|&role| Gain::Role(role))),
                DerivationTerm::Can(ids) => {
                    for &id in ids {
                        terms.extend(self.model.permissions.upward(&[id]).into_iter().map(Gain::Grant));
                        terms.extend(
                            self.table
                                .row(id)
                                .grants
                                .iter()
                                .filter_map(|way| way.role)
                                .map(Gain::Role),
                        );
                    }
                }
            }
        }
        terms
    }
}
