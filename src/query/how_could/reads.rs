//! What a decision depends on: the holdings, memberships and attributes that were looked at, and which would have to be
//! otherwise for it to come out otherwise.
//!
//! A part of a decision keeps its value as long as nothing that it reads is changed. So whatever turns a failing part
//! must change one of its reads; in a path, the first step that leads elsewhere. [`Tracer`] walks rules as
//! [`Eval`] does and notes the reads: of a conjunction that should be true only the first part that is not, of
//! a disjunction all parts.

use std::collections::HashSet;

use super::trace::values_of;
use crate::containment::reach::{account, reaches};
use crate::eval::condition::Scope;
use crate::eval::decision::Eval;
use crate::eval::{Request, Resource};
use crate::facts::Thing;
use crate::meaning::rule::Part;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, NodeId, Tri, UserId, Value};
use crate::model::{AttrName, Being, Expr, Receiver, RoleId, Rule, TypeId, TypeKind, Who};
use crate::query::change::{Handout, grant_rule, handouts, reaching};
use crate::table::{Table, is_far};

/// How something should come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Want {
    /// True.
    True,
    /// False.
    False,
    /// Otherwise than now, whatever that is.
    Any,
}

impl Want {
    pub(super) const fn turned(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Any => Self::Any,
        }
    }
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Read {
    /// Whether somebody holds a role, not a derived one, at a node.
    Role(UserId, RoleId, NodeId, Want),
    /// Whether somebody is a member of a node.
    Member(UserId, NodeId, Want),
    /// Whether somebody is in a group.
    Group(UserId, GroupId, Want),
    /// An attribute, with the values that it was compared with, and whether the path goes on from it.
    Slot(Thing, usize, Vec<Value>, bool),
    /// A parameter of a role that somebody holds, or would, at a node.
    Parameter(UserId, RoleId, NodeId, AttrName, Vec<Value>),
    /// Whether somebody has a single grant at a node.
    Grant(UserId, Handout, NodeId),
    /// An attribute of the request.
    Context(usize, Vec<Value>),
    /// An attribute of a target that nobody lists.
    Given(usize, Vec<Value>),
}

/// How deep derivations are followed.
const DEPTH: usize = 64;

/// One evaluation, being watched.
pub(super) struct Tracer<'t> {
    pub(super) eval: Eval<'t>,
    /// Whose holdings may be changed.
    pub(super) persons: &'t [UserId],
    /// What was looked at.
    pub(super) reads: Vec<Read>,
    known: HashSet<Read>,
    /// The role whose rule is looked at, and who holds it or would, for parameters.
    pub(super) role: Option<(UserId, RoleId)>,
    /// Decisions that are being looked into.
    nested: Vec<(Option<UserId>, PermId, NodeId)>,
}

impl<'t> Tracer<'t> {
    pub(super) fn new(eval: Eval<'t>, persons: &'t [UserId]) -> Self {
        Self {
            eval,
            persons,
            reads: Vec::new(),
            known: HashSet::new(),
            role: None,
            nested: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, read: Read) {
        if self.known.insert(read.clone()) {
            self.reads.push(read);
        }
    }

    /// What a rule asks. Where all of it should hold, the first part that does not is looked at alone.
    pub(super) fn conditions(&mut self, rule: &Rule, scope: Scope<'_>, want: Want) {
        for part in Part::ALL {
            let holds = self.eval.part(rule, scope, part) == Tri::True;
            match (want, holds) {
                (Want::True, true) => {}
                (Want::True, false) => return self.part(rule, scope, part, want),
                _ => self.part(rule, scope, part, want),
            }
        }
    }

    fn part(&mut self, rule: &Rule, scope: Scope<'_>, part: Part, want: Want) {
        match (part, &rule.when, &rule.unless) {
            (Part::Relation, ..) => self.relations(&rule.relation),
            (Part::Recipient, ..) if self.asks(rule) => self.receives(rule, want),
            (Part::When, Some(when), _) => self.expr(when, scope, want),
            (Part::Unless, _, Some(unless)) => self.expr(unless, scope, want.turned()),
            _ => {}
        }
    }

    fn asks(&self, rule: &Rule) -> bool {
        let permissions = &self.eval.table.model().permissions;
        let administrative = permissions.get(self.eval.request.permission).is_administrative();
        rule.except_self || rule.they_have || administrative
    }

    fn receives(&mut self, rule: &Rule, want: Want) {
        let request = self.eval.request;
        let permission = self.eval.table.model().permissions.get(request.permission);
        if let (true, Permission::Grant(inner)) = (rule.they_have, permission) {
            self.decision(request.user, inner, request.target.start);
        }
        let Some(to) = request.recipient else { return };
        if rule.receiver != Receiver::Anyone {
            let org = self.eval.org;
            let accounts = org.chain(request.target.start);
            for account in accounts.filter(|&n| org.kind(n) == TypeKind::Account) {
                self.member(to, account, want);
            }
        }
        if let Receiver::Holders(roles) = &rule.receiver {
            self.holds_above(to, roles, want);
        }
    }

    /// A condition that should come out as wanted.
    fn expr(&mut self, expr: &Expr, scope: Scope<'_>, want: Want) {
        match expr {
            Expr::Not(inner) => self.expr(inner, scope, want.turned()),
            Expr::Test(test) => self.test(test, scope, want),
            Expr::And(parts) => self.parts(parts, scope, want, Want::True, Tri::True),
            Expr::Or(parts) => self.parts(parts, scope, want, Want::False, Tri::False),
        }
    }

    /// Where all parts must come out as `joint`, the first that does not is looked at alone.
    fn parts(&mut self, parts: &[Expr], scope: Scope<'_>, want: Want, joint: Want, truth: Tri) {
        if want == joint {
            let failing = parts.iter().find(|part| self.eval.expr(part, scope) != truth);
            return failing.into_iter().for_each(|part| self.expr(part, scope, want));
        }
        parts.iter().for_each(|part| self.expr(part, scope, want));
    }

    pub(super) fn member(&mut self, who: UserId, at: NodeId, want: Want) {
        if self.persons.contains(&who) {
            self.note(Read::Member(who, at, want));
        }
    }

    pub(super) fn group(&mut self, who: UserId, group: GroupId, want: Want) {
        if self.persons.contains(&who) {
            self.note(Read::Group(who, group, want));
        }
    }

    /// Roles at the target and above, within its account.
    pub(super) fn holds_above(&mut self, who: UserId, roles: &[RoleId], want: Want) {
        let org = self.eval.org;
        let Some(home) = account(org, &self.eval.request.target) else {
            return;
        };
        for node in org.chain(self.eval.request.target.start) {
            if org.account(node) == home {
                roles.iter().for_each(|&role| self.role(who, role, node, want));
            }
        }
    }

    /// Whether somebody holds a role at a node.
    pub(super) fn role(&mut self, who: UserId, role: RoleId, at: NodeId, want: Want) {
        let model = self.eval.table.model();
        let declared = model.roles.get(role.ix());
        if declared.is_some_and(|it| it.ty != self.eval.org.ty(at)) {
            return;
        }
        match declared {
            Some(it) if it.is_derived() => self.derived(who, &it.derived, at, want),
            _ if self.persons.contains(&who) => self.note(Read::Role(who, role, at, want)),
            _ => {}
        }
    }

    fn derived(&mut self, who: UserId, terms: &[Being], at: NodeId, want: Want) {
        for term in terms {
            match term {
                Being::Relation(name) => {
                    self.slot(Value::Node(at), *name, &[Value::User(who)], false);
                    let value = self.eval.step(Value::Node(at), *name);
                    self.in_groups(who, value);
                }
                Being::Member => self.member(who, at, want),
                Being::Holds(roles) => roles.iter().for_each(|&role| self.role(who, role, at, want)),
                Being::Can(permissions) => {
                    permissions
                        .iter()
                        .for_each(|&permission| self.decision(Some(who), permission, at));
                }
            }
        }
    }

    /// The groups among values.
    pub(super) fn in_groups(&mut self, who: UserId, value: Value) {
        for value in values_of(value, self.eval.request.pool) {
            if let Value::Group(group) = value {
                self.group(who, group, Want::Any);
            }
        }
    }

    /// All that a decision about another permission may depend on.
    fn decision(&mut self, user: Option<UserId>, permission: PermId, node: NodeId) {
        if self.nested.contains(&(user, permission, node)) || self.nested.len() > DEPTH {
            return;
        }
        self.nested.push((user, permission, node));
        let request = Request {
            user,
            permission,
            target: self.eval.target_at(permission, node),
            recipient: None,
            given: &[],
            ..*self.eval.request
        };
        let mut inner = Tracer {
            eval: Eval {
                request: &request,
                ..self.eval
            },
            persons: self.persons,
            reads: std::mem::take(&mut self.reads),
            known: std::mem::take(&mut self.known),
            role: None,
            nested: std::mem::take(&mut self.nested),
        };
        inner.everything();
        (self.reads, self.known, self.nested) = (inner.reads, inner.known, inner.nested);
    }

    /// All that the decision on the request may depend on.
    pub(super) fn everything(&mut self) {
        let eval = self.eval;
        let (model, row) = (eval.table.model(), eval.table.row(eval.request.permission));
        for way in row.grants.iter().chain(&row.prohibitions) {
            let rule = model.rule(way.rule);
            match way.role {
                None => self.public(rule, Want::Any),
                Some(role) => self.held(role, rule, Want::Any),
            }
        }
        for way in eval.org.extra.ways(eval.request.permission) {
            let rule = eval.org.extra.rule(way);
            self.held(way.role, rule, Want::Any);
            if let Some(user) = eval.request.user {
                self.holds_above(user, &way.terms.roles().collect::<Vec<_>>(), Want::Any);
            }
        }
        self.grants();
    }

    /// Single grants that could be made where the target lies.
    fn grants(&mut self) {
        let user = self.eval.request.user.filter(|user| self.persons.contains(user));
        let Some(user) = user else { return };
        for (handout, at) in single_grants(&self.eval) {
            self.note(Read::Grant(user, handout, at));
        }
    }

    /// A rule without a role.
    pub(super) fn public(&mut self, rule: &Rule, want: Want) {
        match (&rule.who, self.eval.request.user) {
            (Who::Everyone, Some(user)) => self.belongs(user, want),
            (Who::Nobody(but), Some(user)) => self.holds_above(user, but, want.turned()),
            _ => {}
        }
        self.conditions(rule, Scope::NONE, want);
    }

    /// Membership of some place in the target's account.
    pub(super) fn belongs(&mut self, user: UserId, want: Want) {
        let org = self.eval.org;
        let Some(home) = account(org, &self.eval.request.target) else {
            return;
        };
        let places = org.facts.node_ids().filter(|&n| org.kind(n).is_place());
        for place in places.filter(|&n| org.account(n) == home) {
            self.member(user, place, want);
        }
    }

    /// A rule of a role, wherever that could be held so that the rule reaches the target.
    fn held(&mut self, role: RoleId, rule: &Rule, want: Want) {
        let Some(user) = self.eval.request.user else { return };
        for at in nodes(&self.eval, rule) {
            self.role(user, role, at, want);
            self.rule_at(user, role, rule, at, want);
        }
    }

    /// The conditions of a rule of a role held at a node, by each holding there.
    pub(super) fn rule_at(&mut self, user: UserId, role: RoleId, rule: &Rule, at: NodeId, want: Want) {
        let here = Some(at);
        let entries = self.eval.org.entries_at(user, at);
        let of_role: Vec<_> = entries.iter().filter(|entry| entry.role == role).collect();
        self.role = self.persons.contains(&user).then_some((user, role));
        for &entry in &of_role {
            let entry = Some(entry);
            self.conditions(rule, Scope { here, entry }, want);
        }
        if of_role.is_empty() {
            self.conditions(rule, Scope { here, entry: None }, want);
        }
        self.role = None;
    }

    /// The type of what the target is, where nobody lists it.
    pub(super) const fn unlisted_type(&self) -> Option<TypeId> {
        match self.eval.request.target.resource {
            Resource::Unlisted(ty) => Some(ty),
            _ => None,
        }
    }
}

/// The single grants that would reach the target, and where.
pub(super) fn single_grants(eval: &Eval<'_>) -> Vec<(Handout, NodeId)> {
    let (org, request) = (eval.org, eval.request);
    let mut all = Vec::new();
    for permissions in single_sets(eval.table, request.permission) {
        let mut handout = Handout {
            permissions,
            within: None,
        };
        for at in org.chain(request.target.start) {
            let rule = grant_rule(eval.table.model(), &handout, org.ty(at), org.facts.node(at).span);
            if let Some(within) = reaching(org, &rule, at, &request.target) {
                handout.within = within;
                all.push((handout.clone(), at));
            }
        }
    }
    all
}

fn single_sets(table: &Table, permission: PermId) -> Vec<Vec<PermId>> {
    match table.model().permissions.get(permission).is_administrative() {
        true => Vec::new(),
        false => handouts(table, permission),
    }
}

/// The nodes at which the role of a rule could be held so that it reaches the target.
pub(super) fn nodes(eval: &Eval<'_>, rule: &Rule) -> Vec<NodeId> {
    let Who::Holders(ty) = rule.who else { return Vec::new() };
    let org = eval.org;
    let fits = |node: &NodeId| org.ty(*node) == ty && reaches(org, rule, *node, &eval.request.target);
    if is_far(rule.reach) {
        org.facts.node_ids().filter(fits).collect()
    } else {
        org.chain(eval.request.target.start).filter(fits).collect()
    }
}
