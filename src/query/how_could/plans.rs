//! The ways in which a deed could come to be allowed, and the obstacle that stands in each.
//!
//! A goal is one permission to one recipient. A [`Plan`] says which rule, held at which node, is to grant it on which
//! target. In a given organisation a plan fails at one thing first ([`World::obstacle`]): a prohibition, a role that is
//! not held, a relation, a condition. Whoever wants the plan to succeed must change something that this depends on.

use std::cell::RefCell;

use super::Wanted;
use super::reads::{Look, Read, Tracer, Want, nodes, single_grants};
use super::values::Values;
use crate::containment::reach::near;
use crate::eval::Eval;
use crate::eval::org::{Entry, Org};
use crate::eval::unchecked::decide;
use crate::eval::{Request, Resource, Target};
use crate::facts::{Facts, Subject};
use crate::model::permission::PermId;
use crate::model::value::{NodeId, Tri, UserId};
use crate::model::{Effect, Reach, RoleId, Rule, RuleId, Who};
use crate::query::change::{Asked, Case, Handout};
use crate::query::deed::Recipients;
use crate::table::{Table, Way};

/// One permission that must be allowed on one of the targets.
#[derive(Debug)]
pub(super) struct Goal {
    pub(super) permission: PermId,
    /// It is enough that it is allowed for one of these.
    pub(super) recipients: Vec<Option<UserId>>,
}

/// What is to grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Support {
    /// A rule without a role.
    Public(RuleId),
    /// A rule of a role held at a node.
    Held(RuleId, RoleId, NodeId),
    /// A custom role or a single grant that there is, by its place among them, at a node.
    Extra(usize, NodeId),
    /// A new single grant, by its place among [`World::handouts`], at a node.
    Granted(usize, NodeId),
}

/// One way to a goal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    user: Option<UserId>,
    case: Case,
    support: Support,
}

/// What is asked, of which policy.
pub(super) struct World<'w> {
    pub(super) table: &'w Table,
    pub(super) wanted: &'w Wanted<'w>,
    /// Whose holdings may be changed.
    pub(super) persons: Vec<UserId>,
    pub(super) values: &'w Values<'w>,
    pub(super) goals: Vec<Goal>,
    /// What single grants that were met hand out.
    handouts: RefCell<Vec<Handout>>,
}

impl<'w> World<'w> {
    pub(super) fn new(table: &'w Table, wanted: &'w Wanted<'w>, values: &'w Values<'w>, facts: &Facts) -> Self {
        let act = wanted.act;
        let mut persons: Vec<UserId> = wanted.user.into_iter().collect();
        if let Recipients::Each(list) = &act.recipients {
            persons.extend(list);
        }
        persons.extend(act.targets.iter().filter_map(|target| match target.resource {
            Resource::User(user) => Some(user),
            _ => None,
        }));
        persons.sort_unstable();
        persons.dedup();
        let everybody = || std::iter::once(None).chain(facts.user_ids().map(Some)).collect();
        let recipients: Vec<Vec<Option<UserId>>> = match &act.recipients {
            Recipients::None => vec![vec![None]],
            Recipients::Each(list) => list.iter().map(|&to| vec![Some(to)]).collect(),
            Recipients::Some => vec![everybody()],
        };
        let goals = act.permissions.iter().flat_map(|&permission| {
            recipients.iter().map(move |recipients| Goal {
                permission,
                recipients: recipients.clone(),
            })
        });
        Self {
            table,
            wanted,
            persons,
            goals: goals.collect(),
            values,
            handouts: RefCell::default(),
        }
    }

    /// As whom it is asked who may make a change.
    pub(super) const fn asked<'r>(&'r self, org: &'r Org<'r>) -> Asked<'r> {
        Asked {
            table: self.table,
            org,
            context: self.wanted.context,
        }
    }

    pub(super) fn request<'r>(&'r self, org: &'r Org<'_>, user: Option<UserId>, case: Case) -> Request<'r> {
        Request {
            user,
            permission: case.permission,
            target: case.target,
            recipient: case.recipient,
            context: self.wanted.context,
            given: &self.wanted.act.given,
            pool: &org.facts.pool,
        }
    }

    fn cases(&self, goal: &Goal) -> Vec<Case> {
        let targets = self.wanted.act.targets.iter();
        let case = |&target: &Target| {
            goal.recipients.iter().map(move |&recipient| Case {
                permission: goal.permission,
                target,
                recipient,
            })
        };
        targets.flat_map(case).collect()
    }

    /// The first goal that is not reached; `None` if the deed is allowed.
    pub(super) fn failing(&self, org: &Org<'_>) -> Option<usize> {
        let (act, model) = (&self.wanted.act, self.table.model());
        let has = |case: &Case, from| act.has_to_take(model, org, case.permission, case.target.start, from);
        let allowed = |case: Case| {
            let is_there = case.recipient.is_none_or(|from| has(&case, from));
            is_there && decide(self.table, org, &self.request(org, self.wanted.user, case))
        };
        self.goals
            .iter()
            .position(|goal| !self.cases(goal).into_iter().any(allowed))
    }

    /// The plans for a goal: containment never changes, so that they are the same in every organisation.
    pub(super) fn plans(&self, org: &Org<'_>, goal: &Goal) -> Vec<Plan> {
        let of_case = |case| self.plans_of(org, self.wanted.user, case);
        self.cases(goal).into_iter().flat_map(of_case).collect()
    }

    /// The ways in which a user could come to be allowed something.
    pub(super) fn plans_of(&self, org: &Org<'_>, user: Option<UserId>, case: Case) -> Vec<Plan> {
        let request = self.request(org, user, case);
        let eval = Eval {
            table: self.table,
            org,
            request: &request,
        };
        let mut supports = self.stated(&eval);
        if let Some(user) = user {
            supports.extend(self.extra(&eval, user));
        }
        let plan = |support| Plan { user, case, support };
        supports.into_iter().map(plan).collect()
    }

    fn stated(&self, eval: &Eval<'_>) -> Vec<Support> {
        let (mut supports, anonymous) = (Vec::new(), eval.request.user.is_none());
        for way in &self.table.row(eval.request.permission).grants {
            let rule = self.table.model().rule(way.rule);
            match way.role {
                None => {
                    let target = &eval.request.target;
                    let nowhere = matches!(rule.reach, Reach::In(ty) if near(eval.org, target, ty).is_none());
                    let nobody = rule.who == Who::Everyone && anonymous;
                    supports.extend((!nowhere && !nobody).then_some(Support::Public(way.rule)));
                }
                Some(_) if anonymous => {}
                Some(role) => {
                    let held = |at| Support::Held(way.rule, role, at);
                    supports.extend(nodes(eval, rule).into_iter().map(held));
                }
            }
        }
        supports
    }

    /// Custom roles, single grants that there are, and new ones.
    fn extra(&self, eval: &Eval<'_>, user: UserId) -> Vec<Support> {
        let (org, model) = (eval.org, self.table.model());
        let mut supports = Vec::new();
        for (ix, way) in org.extra.ways(eval.request.permission).iter().enumerate() {
            for at in nodes(eval, org.extra.rule(way)) {
                let held_here = match org.facts.custom_role(model, way.role) {
                    Some(custom) => org.lies_in(at, custom.at),
                    None => self.is_of(user, &org.facts, way.role, at),
                };
                supports.extend(held_here.then_some(Support::Extra(ix, at)));
            }
        }
        if self.persons.contains(&user) {
            let granted = single_grants(eval).into_iter();
            supports.extend(granted.map(|(handout, at)| Support::Granted(self.number(handout), at)));
        }
        supports
    }

    fn number(&self, handout: Handout) -> usize {
        let mut known = self.handouts.borrow_mut();
        let found = known.iter().position(|it| *it == handout);
        found.unwrap_or_else(|| {
            known.push(handout);
            known.len() - 1
        })
    }

    /// A single grant that the user has, or a group into which he could come.
    fn is_of(&self, user: UserId, facts: &Facts, role: RoleId, at: NodeId) -> bool {
        let first = self.table.model().roles.len() + facts.custom.len();
        let grant = role.ix().checked_sub(first).and_then(|ix| facts.grants.get(ix));
        grant.is_some_and(|grant| {
            let mine = match grant.to {
                Subject::User(to) => to == user,
                Subject::Group(_) => true,
            };
            mine && grant.at == at
        })
    }

    /// What stands in the way of a plan: whatever lets it succeed changes one of these.
    pub(super) fn obstacle(&self, org: &Org<'_>, plan: &Plan) -> Vec<Read> {
        let request = self.request(org, plan.user, plan.case);
        let eval = Eval {
            table: self.table,
            org,
            request: &request,
        };
        let mut tracer = Tracer::new(eval, &self.persons);
        if !prohibition(&mut tracer) {
            match (plan.support, plan.user) {
                (Support::Public(rule), _) => tracer.public(self.table.model().rule(rule), Want::True),
                (Support::Held(rule, role, at), Some(user)) => {
                    held(&mut tracer, self.table.model().rule(rule), user, role, at);
                }
                (Support::Extra(ix, at), Some(user)) => extra(&mut tracer, user, ix, at),
                (Support::Granted(ix, at), Some(user)) => self.granted(&mut tracer, user, ix, at),
                _ => {}
            }
        }
        tracer.noted.reads
    }

    fn granted(&self, tracer: &mut Tracer<'_>, user: UserId, ix: usize, at: NodeId) {
        let (facts, permission) = (&tracer.eval.org.facts, tracer.eval.request.permission);
        let handout = self.handouts.borrow()[ix].clone();
        let made = |grant: &crate::facts::SingleGrant| {
            (grant.to, grant.at) == (Subject::User(user), at) && handout.is_of(&grant.rule)
        };
        let Some(ix) = facts.grants.iter().rposition(made) else {
            return tracer.note(Read::Grant(user, handout, at));
        };
        let number = self.table.model().roles.len() + facts.custom.len() + ix;
        let ways = tracer.eval.org.extra.ways(permission);
        match ways.iter().position(|way| way.role.ix() == number) {
            Some(way) if runs(&tracer.eval, user, ways[way].role, at) => extra(tracer, user, way, at),
            // What has ended, or not begun, is granted anew.
            Some(_) => tracer.note(Read::Grant(user, handout, at)),
            None => {}
        }
    }
}

/// Notes what the first prohibition that applies depends on; false if there is none.
fn prohibition(tracer: &mut Tracer<'_>) -> bool {
    let eval = tracer.eval;
    if eval.side(Effect::Prohibit) == Tri::False {
        return false;
    }
    for way in &eval.table.row(eval.request.permission).prohibitions {
        let rule = eval.table.model().rule(way.rule);
        match (way.role, eval.request.user) {
            (None, _) if eval.public(rule) != Tri::False => {
                tracer.public(rule, Want::False);
                return true;
            }
            (Some(role), Some(user)) => {
                if let Some(at) = barred_at(&eval, way, rule, user) {
                    tracer.role(user, role, at, Want::False);
                    tracer.rule_at(user, role, rule, at, Want::False);
                    return true;
                }
            }
            _ => {}
        }
    }
    true
}

fn barred_at(eval: &Eval<'_>, way: &Way, rule: &Rule, user: UserId) -> Option<NodeId> {
    let role = way.role?;
    let derived = eval.table.model().role(role).is_derived();
    nodes(eval, rule).into_iter().find(|&at| {
        if derived {
            return eval.derived(user, role, at).min(eval.applies(rule, at, None)) != Tri::False;
        }
        held_by(eval, user, role, at).iter().any(|entry| {
            eval.org
                .runs(entry, eval.now())
                .min(eval.applies(rule, at, Some(entry)))
                != Tri::False
        })
    })
}

fn held_by<'e>(eval: &Eval<'e>, user: UserId, role: RoleId, at: NodeId) -> Vec<&'e Entry> {
    let entries = eval.org.entries_at(user, at).iter();
    entries.filter(|entry| entry.role == role).collect()
}

fn runs(eval: &Eval<'_>, user: UserId, role: RoleId, at: NodeId) -> bool {
    let held = held_by(eval, user, role, at);
    held.iter().any(|entry| eval.org.runs(entry, eval.now()) == Tri::True)
}

fn held(tracer: &mut Tracer<'_>, rule: &Rule, user: UserId, role: RoleId, at: NodeId) {
    let derived = tracer.eval.table.model().role(role).is_derived();
    let holds = match derived {
        true => tracer.eval.derived(user, role, at) == Tri::True,
        false => runs(&tracer.eval, user, role, at),
    };
    if holds {
        tracer.rule_at(user, role, rule, at, Want::True);
    } else {
        missing(tracer, rule, user, role, at);
    }
}

/// A role that is not held, with the parameters that the rule looks at.
fn missing(tracer: &mut Tracer<'_>, rule: &Rule, user: UserId, role: RoleId, at: NodeId) {
    tracer.rule_at(user, role, rule, at, Want::Any);
    tracer.keep(|look| matches!(look, Look::Parameter(..)));
    tracer.role(user, role, at, Want::True);
}

fn extra(tracer: &mut Tracer<'_>, user: UserId, ix: usize, at: NodeId) {
    let eval = tracer.eval;
    let Some(way) = eval.org.extra.ways(eval.request.permission).get(ix) else {
        return;
    };
    let rule = eval.org.extra.rule(way);
    if !runs(&eval, user, way.role, at) {
        return missing(tracer, rule, user, way.role, at);
    }
    let applies = |entry: &&Entry| eval.applies(rule, at, Some(entry)) == Tri::True;
    if !held_by(&eval, user, way.role, at).iter().any(applies) {
        return tracer.rule_at(user, way.role, rule, at, Want::True);
    }
    if let Some(to) = &way.terms.to {
        let request = Request {
            target: Target::node(at),
            ..*eval.request
        };
        let mut there = Tracer::new(
            Eval {
                request: &request,
                ..eval
            },
            tracer.persons,
        );
        there.holds_above(user, to, Want::True);
        there.noted.reads.into_iter().for_each(|read| tracer.note(read));
    }
}
