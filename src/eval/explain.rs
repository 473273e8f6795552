//! Why: the same decision with every reason, and for a denial every near miss told apart (DESIGN §4).
//!
//! Each rule that concerns the permission is tried with each holding that could bring it, wherever that is; what stops it
//! first is its [`Cause`]. The verdict is [`Eval::degree`]'s: this module only tells how it came about.

use super::Eval;
use super::condition::Scope;
use super::org::{Entry, Org};
use super::{Request, Resource};
use crate::containment::reach::reaches;
use crate::meaning::rule::Part;
use crate::model::permission::PermId;
use crate::model::value::{NodeId, Tri, UserId, Value};
use crate::model::{Effect, Expr, RoleId, Rule, Test, Who};
use crate::source::Span;
use crate::table::{Table, Way, is_far};

/// What came of one rule, in the order in which reasons are shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// It grants.
    Granted,
    /// It prohibits.
    Prohibited,
    /// It prohibits because these values are missing.
    PerhapsProhibited(Vec<Span>),
    /// `but not`: the role says so itself.
    Limited,
    /// `except`: a rule of the role would grant it, but leaves it out.
    Excepted,
    /// It would grant if these values were known.
    Unknown(Vec<Span>),
    /// This test of its condition does not hold.
    Condition(Span),
    /// The user does not stand in the relation that it asks.
    Relation(Span),
    /// The recipient is not one it allows.
    Recipient,
    /// The holding does not run now.
    NotRunning,
    /// It is not known whether the holding runs: the request carries no `context.now`.
    PerhapsRunning,
    /// Whoever it is done to is no member of the place (`false`), or it is not known whether they are (`true`).
    NotThere(bool),
    /// It does not reach the target from where the role is held.
    OutOfReach,
    /// Whoever it is taken from does not have it.
    NothingToTake,
    /// The user does not hold the role.
    NotHeld,
}

/// One rule with what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What came of it.
    pub cause: Cause,
    /// The rule in its source; of the policy, or of the facts for custom roles and single grants.
    pub rule: Span,
    /// Its doc comment.
    pub doc: Option<String>,
    /// The role it belongs to, then those through which it was copied, the one that states it last.
    pub path: Vec<RoleId>,
    /// Where the role is held.
    pub node: Option<NodeId>,
    /// The holding; `None` for derived roles and rules without a role.
    pub entry: Option<Entry>,
}

impl Reason {
    /// One that lies in the facts, and in no rule.
    pub(crate) const fn of_facts(cause: Cause, span: Span) -> Self {
        Self {
            cause,
            rule: span,
            doc: None,
            path: Vec::new(),
            node: None,
            entry: None,
        }
    }
}

/// A verdict with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// D.
    pub verdict: Tri,
    /// For an allow what grants; for a denial what prohibits, then the near misses, nearest first. Empty where no rule
    /// concerns the permission.
    pub reasons: Vec<Reason>,
}

/// Decides, and tells why. What makes no sense ([`Request::check`]) is denied without a reason.
#[must_use]
pub fn explain(table: &Table, org: &Org<'_>, request: &Request<'_>) -> Explanation {
    match request.check(table, org) {
        Ok(()) => explained(table, org, request),
        Err(_) => Explanation {
            verdict: Tri::False,
            reasons: Vec::new(),
        },
    }
}

/// The same for requests that this crate makes itself.
pub(crate) fn explained(table: &Table, org: &Org<'_>, request: &Request<'_>) -> Explanation {
    let eval = Eval { table, org, request };
    let verdict = eval.degree();
    let mut reasons = Vec::new();
    if let (Resource::User(user), false) = (request.target.resource, eval.is_there() == Tri::True) {
        return Explanation {
            verdict,
            reasons: vec![eval.not_there(user)],
        };
    }
    if verdict == Tri::True {
        eval.tried(Effect::Grant, &mut reasons);
        reasons.retain(|reason| reason.cause == Cause::Granted);
    } else {
        eval.tried(Effect::Prohibit, &mut reasons);
        reasons.retain(|r| matches!(r.cause, Cause::Prohibited | Cause::PerhapsProhibited(_)));
        if reasons.iter().all(|r| r.cause != Cause::Prohibited) {
            eval.limits(&mut reasons);
            eval.tried(Effect::Grant, &mut reasons);
            eval.not_held(&mut reasons);
        }
    }
    reasons.sort_by(|a, b| a.cause.cmp(&b.cause));
    reasons.dedup();
    Explanation { verdict, reasons }
}

impl Eval<'_> {
    /// Tries every rule of one effect with every holding that could bring it.
    fn tried(&self, effect: Effect, reasons: &mut Vec<Reason>) {
        let ways = self.table.ways(self.request.permission, effect);
        for way in Table::cell(ways, None) {
            reasons.extend(self.public_reason(way));
        }
        let Some(user) = self.request.user else { return };
        for entry in self.org.entries(user) {
            for way in Table::cell(ways, Some(entry.role)) {
                reasons.push(self.held_reason(way, entry));
            }
        }
        for way in ways.iter().filter(|way| self.is_derived(way)) {
            reasons.extend(self.derived_reasons(user, way));
        }
        if effect == Effect::Grant {
            self.extra_reasons(user, reasons);
        }
    }

    /// The user who is the target is no member of the place, or perhaps none.
    fn not_there(&self, user: UserId) -> Reason {
        Reason::of_facts(
            Cause::NotThere(self.is_there() == Tri::Unknown),
            self.org.facts.user(user).span,
        )
    }

    fn is_derived(&self, way: &Way) -> bool {
        way.role.is_some_and(|role| self.table.model().role(role).is_derived())
    }

    fn reason(&self, cause: Cause, way: &Way, node: Option<NodeId>, entry: Option<Entry>) -> Reason {
        let rule = self.table.model().rule(way.rule);
        Reason {
            cause,
            rule: rule.span,
            doc: rule.doc.clone(),
            path: self.table.path(*way),
            node,
            entry,
        }
    }

    fn public_reason(&self, way: &Way) -> Option<Reason> {
        let rule = self.table.model().rule(way.rule);
        let exempt = self.not_exempt(rule).negate();
        let reach = self.public_reach(rule);
        if exempt == Tri::True || (reach == Tri::False && rule.effect == Effect::Prohibit) {
            return None;
        }
        let cause = match reach {
            Tri::False => Cause::OutOfReach,
            Tri::Unknown => Cause::PerhapsRunning,
            Tri::True => match self.cause(rule, Scope::NONE) {
                Cause::Prohibited if exempt == Tri::Unknown => Cause::PerhapsProhibited(Vec::new()),
                cause => cause,
            },
        };
        Some(self.reason(cause, way, None, None))
    }

    fn held_reason(&self, way: &Way, entry: &Entry) -> Reason {
        let rule = self.table.model().rule(way.rule);
        self.reason(self.entry_cause(rule, entry), way, Some(entry.node), Some(*entry))
    }

    fn entry_cause(&self, rule: &Rule, entry: &Entry) -> Cause {
        if !reaches(self.org, rule, entry.node, &self.request.target) {
            return Cause::OutOfReach;
        }
        let cause = self.cause(
            rule,
            Scope {
                here: Some(entry.node),
                entry: Some(entry),
            },
        );
        match (self.org.runs(entry, self.now()), &cause) {
            (Tri::False, _) => Cause::NotRunning,
            (Tri::Unknown, Cause::Granted) => Cause::PerhapsRunning,
            (Tri::Unknown, Cause::Prohibited) => Cause::PerhapsProhibited(Vec::new()),
            _ => cause,
        }
    }

    fn derived_reasons(&self, user: UserId, way: &Way) -> Vec<Reason> {
        let (model, Some(role)) = (self.table.model(), way.role) else {
            return Vec::new();
        };
        let rule = model.rule(way.rule);
        let ty = model.role(role).ty;
        let nodes: Vec<NodeId> = if is_far(rule.reach) {
            self.org.facts.node_ids().collect()
        } else {
            self.org.chain(self.request.target.start).collect()
        };
        let mut reasons = Vec::new();
        for node in nodes.into_iter().filter(|&node| self.org.ty(node) == ty) {
            let cause = match (
                self.derived(user, role, node),
                reaches(self.org, rule, node, &self.request.target),
            ) {
                (Tri::False, _) => continue,
                (_, false) => Cause::OutOfReach,
                (Tri::True, true) => self.cause(
                    rule,
                    Scope {
                        here: Some(node),
                        entry: None,
                    },
                ),
                (Tri::Unknown, true) if rule.effect == Effect::Grant => Cause::PerhapsRunning,
                (Tri::Unknown, true) => Cause::PerhapsProhibited(Vec::new()),
            };
            reasons.push(self.reason(cause, way, Some(node), None));
        }
        reasons
    }

    fn extra_reasons(&self, user: UserId, reasons: &mut Vec<Reason>) {
        for way in self.org.extra.ways(self.request.permission) {
            let rule = self.org.extra.rule(way);
            let held = self.org.entries(user).iter().filter(|entry| entry.role == way.role);
            for entry in held.filter(|entry| rule.who == Who::Holders(self.org.ty(entry.node))) {
                let mut cause = self.entry_cause(rule, entry);
                if cause == Cause::Granted && self.is_entitled(user, entry, &way.terms) != Tri::True {
                    cause = Cause::NotHeld;
                }
                let (node, entry) = (Some(entry.node), Some(*entry));
                reasons.push(Reason {
                    cause,
                    rule: rule.span,
                    doc: None,
                    path: vec![way.role],
                    node,
                    entry,
                });
            }
        }
    }

    /// `but not` and `except` of the roles that the user holds.
    fn limits(&self, reasons: &mut Vec<Reason>) {
        let Some(user) = self.request.user else { return };
        let model = self.table.model();
        for entry in self
            .org
            .entries(user)
            .iter()
            .filter(|entry| entry.role.ix() < model.roles.len())
        {
            for copied in &model.role(entry.role).rules {
                let rule = model.rule(copied.rule);
                let says = |list: &[PermId]| list.binary_search(&self.request.permission).is_ok();
                let cause = match rule.effect {
                    Effect::Grant if copied.via.is_none() && says(&rule.limits) => Cause::Limited,
                    Effect::Grant if says(&rule.excepted) => Cause::Excepted,
                    _ => continue,
                };
                if reaches(self.org, rule, entry.node, &self.request.target) {
                    let way = Way {
                        role: Some(entry.role),
                        rule: copied.rule,
                        via: copied.via,
                    };
                    reasons.push(self.reason(cause, &way, Some(entry.node), Some(*entry)));
                }
            }
        }
    }

    /// Roles that have a grant for this and that the user does not hold anywhere.
    fn not_held(&self, reasons: &mut Vec<Reason>) {
        let model = self.table.model();
        let held: Vec<RoleId> = reasons.iter().filter_map(|r| r.path.first().copied()).collect();
        let mut missing: Vec<RoleId> = Vec::new();
        for way in &self.table.row(self.request.permission).grants {
            let Some(role) = way.role.filter(|role| !held.contains(role) && !missing.contains(role)) else {
                continue;
            };
            missing.push(role);
            let ty = model.role(role).ty;
            let node = self
                .org
                .chain(self.request.target.start)
                .find(|&n| self.org.ty(n) == ty);
            reasons.push(self.reason(Cause::NotHeld, way, node, None));
        }
    }

    /// What stops a rule first, or what it does.
    fn cause(&self, rule: &Rule, scope: Scope<'_>) -> Cause {
        let grants = rule.effect == Effect::Grant;
        let mut unknown = Vec::new();
        let mut perhaps = false;
        for part in Part::ALL {
            match (part, self.part(rule, scope, part)) {
                (_, Tri::True) => {}
                (Part::Recipient, Tri::Unknown) if !grants => perhaps = true,
                (Part::Recipient, _) => return Cause::Recipient,
                (_, Tri::False) => return self.stopped_by(rule, part, scope),
                (_, Tri::Unknown) => self.unknown_in(rule, part, scope, &mut unknown),
            }
        }
        match (unknown.is_empty() && !perhaps, grants) {
            (true, true) => Cause::Granted,
            (true, false) => Cause::Prohibited,
            (false, true) => Cause::Unknown(unknown),
            (false, false) => Cause::PerhapsProhibited(unknown),
        }
    }

    /// What a part that does not hold is told as.
    fn stopped_by(&self, rule: &Rule, part: Part, scope: Scope<'_>) -> Cause {
        let culprit = |it: &Option<Expr>, truth| it.as_ref().map(|it| self.culprit(it, truth, scope).span);
        let condition = match part {
            Part::When => culprit(&rule.when, Tri::False),
            Part::Unless => culprit(&rule.unless, Tri::True),
            Part::Relation | Part::Recipient => None,
        };
        match (condition, &rule.relation[..]) {
            (Some(test), _) => Cause::Condition(test),
            (None, [first, .., last]) => Cause::Relation(first.span.to(last.span)),
            (None, [only]) => Cause::Relation(only.span),
            (None, []) => Cause::NotHeld,
        }
    }

    /// What would have to be known for a part to be settled.
    fn unknown_in(&self, rule: &Rule, part: Part, scope: Scope<'_>, spans: &mut Vec<Span>) {
        match (part, &rule.when, &rule.unless) {
            (Part::When, Some(expr), _) | (Part::Unless, _, Some(expr)) => self.missing(expr, scope, spans),
            _ => spans.extend(rule.relation.iter().map(|relation| relation.span)),
        }
    }

    /// The test that made a condition come out as it did.
    fn culprit<'t>(&self, expr: &'t Expr, truth: Tri, scope: Scope<'_>) -> &'t Test {
        match expr {
            Expr::Test(test) => test,
            Expr::Not(inner) => self.culprit(inner, truth.negate(), scope),
            Expr::And(parts) | Expr::Or(parts) => {
                let part = parts
                    .iter()
                    .find(|part| self.expr(part, scope) == truth)
                    .unwrap_or(&parts[0]);
                self.culprit(part, truth, scope)
            }
        }
    }

    /// The values whose absence makes a condition unknown.
    fn missing(&self, expr: &Expr, scope: Scope<'_>, spans: &mut Vec<Span>) {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => {
                let unknown = parts.iter().filter(|part| self.expr(part, scope) == Tri::Unknown);
                unknown.for_each(|part| self.missing(part, scope, spans));
            }
            Expr::Not(inner) => self.missing(inner, scope, spans),
            Expr::Test(test) => {
                let before = spans.len();
                for path in test.paths() {
                    if self.path(path, scope) == Value::Missing {
                        spans.push(path.span);
                    }
                }
                if spans.len() == before {
                    spans.push(test.span);
                }
            }
        }
    }
}
