//! What a decision depends on: the holdings, memberships and attributes that were looked at, and which would have to be
//! otherwise for it to come out otherwise.
//!
//! A part of a decision keeps its value as long as nothing that it reads is changed. So whatever turns a failing part
//! must change one of its reads; in a path, the first step that leads elsewhere. [`Tracer`] walks rules as
//! [`Eval`] does and notes the reads: of a conjunction that should be true only the first part that is not, of
//! a disjunction all parts.

use std::collections::{HashMap, HashSet};

use crate::containment::reach::{account, reaches};
use crate::eval::Eval;
use crate::eval::condition::Scope;
use crate::eval::{Request, Resource};
use crate::facts::Thing;
use crate::meaning::condition::At;
use crate::meaning::rule;
use crate::model::permission::PermId;
use crate::model::value::{GroupId, NodeId, Tri, UserId, Value};
use crate::model::{AttrName, RoleId, Rule, TypeId, Who};
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

/// Something that has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Look {
    /// An attribute.
    Slot(Thing, usize),
    /// A parameter of a role that somebody holds, or would, at a node.
    Parameter(UserId, RoleId, NodeId, AttrName),
    /// An attribute of the request.
    Context(usize),
    /// An attribute of a target that nobody lists.
    Given(usize),
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
    /// A value, with those that it was compared with, and whether the path goes on from it.
    Value(Look, Vec<Value>, bool),
    /// Whether somebody has a single grant at a node.
    Grant(UserId, Handout, NodeId),
}

/// Each thing that was looked at, once, with all that it was compared with.
#[derive(Debug, Default)]
pub(super) struct Noted {
    pub(super) reads: Vec<Read>,
    values: HashMap<Look, usize>,
    others: HashSet<Read>,
}

impl Noted {
    fn add(&mut self, read: Read) {
        let known = match &read {
            Read::Value(look, ..) => *self.values.entry(*look).or_insert(self.reads.len()),
            _ if self.others.insert(read.clone()) => self.reads.len(),
            _ => return,
        };
        match (self.reads.get_mut(known), read) {
            (Some(Read::Value(_, hints, goes_on)), Read::Value(_, more, further)) => {
                *goes_on |= further;
                let new: Vec<Value> = more.into_iter().filter(|value| !hints.contains(value)).collect();
                hints.extend(new);
            }
            (_, read) => self.reads.push(read),
        }
    }
}

/// How deep derivations are followed.
const DEPTH: usize = 64;

/// One evaluation, being watched.
pub(super) struct Tracer<'t> {
    pub(super) eval: Eval<'t>,
    /// Whose holdings may be changed.
    pub(super) persons: &'t [UserId],
    /// What was looked at.
    pub(super) noted: Noted,
    /// How what is looked at should come out.
    pub(super) want: Want,
    /// Whom a relation should lead to.
    pub(super) related: Option<UserId>,
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
            noted: Noted::default(),
            want: Want::Any,
            related: None,
            role: None,
            nested: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, read: Read) {
        self.noted.add(read);
    }

    /// Forgets all but some values.
    pub(super) fn keep(&mut self, fits: impl Fn(&Look) -> bool) {
        let reads = std::mem::take(&mut self.noted).reads.into_iter();
        let kept = reads.filter(|read| matches!(read, Read::Value(look, ..) if fits(look)));
        kept.for_each(|read| self.note(read));
    }

    fn wanting(&mut self, want: Want, look: impl FnOnce(&mut Self) -> Tri) {
        let before = std::mem::replace(&mut self.want, want);
        look(self);
        self.want = before;
    }

    /// What a rule asks besides the holding.
    pub(super) fn conditions(&mut self, it: &Rule, scope: Scope<'t>, want: Want) {
        self.wanting(want, |tracer| rule::conditions(tracer, At { ask: &(), scope }, it));
    }

    /// A rule without a role.
    pub(super) fn public(&mut self, it: &Rule, want: Want) {
        let scope = Scope::NONE;
        self.wanting(want, |tracer| rule::public(tracer, At { ask: &(), scope }, it));
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
            Some(it) if it.is_derived() => {
                let before = self.related.replace(who);
                self.wanting(want, |tracer| rule::derived(tracer, who, &it.derived, at));
                self.related = before;
            }
            _ if self.persons.contains(&who) => self.note(Read::Role(who, role, at, want)),
            _ => {}
        }
    }

    /// All that a decision about another permission may depend on.
    pub(super) fn decision(&mut self, user: Option<UserId>, permission: PermId, node: NodeId) {
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
            noted: std::mem::take(&mut self.noted),
            want: Want::Any,
            related: None,
            role: None,
            nested: std::mem::take(&mut self.nested),
        };
        inner.everything();
        (self.noted, self.nested) = (inner.noted, inner.nested);
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
