//! What the policy may come to allow: a decision in which everything that can change is in the asker's favour.
//!
//! Each part of a decision is asked whether it can be made true, or false; the atoms on which a *yes* rests are noted.
//! What cannot change is decided by [`Eval`] itself.

mod domain;
mod holding;
mod stop;

use super::Goal;
use super::most::{Most, Need, Seat, plain};
use crate::containment::reach::{near, reaches};
use crate::eval::Eval;
use crate::eval::condition::Scope;
use crate::eval::org::Entry;
use crate::eval::unchecked::degree;
use crate::eval::{Request, Target};
use crate::meaning::condition::At;
use crate::meaning::rule;
use crate::model::permission::PermId;
use crate::model::value::{NodeId, Tri, UserId, Value};
use crate::model::{Effect, Reach, RoleId, Rule, Who};
use crate::query::deed::Recipients;
use crate::table::{Table, Way, is_far};
use domain::May;

/// Atoms noted so far.
type Trail = Vec<Need>;

/// Where a rule is asked from.
#[derive(Debug, Clone, Copy, Default)]
struct Stand<'e> {
    here: Option<NodeId>,
    entry: Option<&'e Entry>,
    /// The holding is a new one, with whatever parameters.
    new: bool,
}

/// What may come to be allowed of one request.
struct Perhaps<'m> {
    most: &'m Most<'m>,
    request: Request<'m>,
}

impl Most<'_> {
    /// Whether a permission may come to be allowed, and on what that rests.
    pub(super) fn may(
        &self,
        user: UserId,
        permission: PermId,
        target: Target,
        recipient: Option<UserId>,
        given: &[(usize, Value)],
    ) -> Option<Vec<Need>> {
        self.budget.spend(1);
        let mut trail = Vec::new();
        let request = Request {
            given,
            ..self.scene.request(user, permission, target, recipient, &[])
        };
        let perhaps = Perhaps { most: self, request };
        perhaps.allowed(&mut trail).then_some(trail)
    }

    /// Whether the goal may come to be reached.
    pub(super) fn reaches(&self, goal: &Goal) -> Option<Vec<Need>> {
        match goal {
            Goal::Role { user, roles, node } => roles.iter().find_map(|&role| self.becomes(*user, role, *node)),
            Goal::Act { user, act, roams } => {
                let targets = match (roams, goal.target_user()) {
                    (true, Some(target)) => self.user_targets(target),
                    _ => act.targets.clone(),
                };
                let mut needs = Vec::new();
                for &permission in &act.permissions {
                    let one = |to, target| self.may(*user, permission, target, to, &act.given);
                    let on = |&target: &Target| match &act.recipients {
                        Recipients::None => one(None, target),
                        Recipients::Each(list) => {
                            let each: Option<Vec<Vec<Need>>> = list.iter().map(|&to| one(Some(to), target)).collect();
                            each.filter(|each| !each.is_empty()).map(|each| each.concat())
                        }
                        Recipients::Some => one(None, target).or_else(|| {
                            let mut everybody = self.scene.facts.user_ids();
                            everybody.find_map(|to| one(Some(to), target))
                        }),
                    };
                    needs.extend(targets.iter().find_map(on)?);
                }
                (!act.permissions.is_empty()).then_some(needs)
            }
        }
    }

    fn becomes(&self, user: UserId, role: RoleId, node: Option<NodeId>) -> Option<Vec<Need>> {
        let model = self.scene.table.model();
        let derived = model.roles.get(role.ix()).is_some_and(crate::model::Role::is_derived);
        if !derived {
            let mut seats = self.people[user.0 as usize].seats_of(role);
            let seat = seats.find(|seat| node.is_none_or(|node| node == seat.node));
            return seat.map(|seat| vec![plain(seat.atom)]);
        }
        let fits = |at: &NodeId| self.org.ty(*at) == model.role(role).ty && node.is_none_or(|node| node == *at);
        self.scene.facts.node_ids().filter(fits).find_map(|at| {
            let mut trail = Vec::new();
            let request = self.scene.request(user, PermId(0), Target::node(at), None, &[]);
            let perhaps = Perhaps { most: self, request };
            perhaps.derived(user, role, at, &mut trail).then_some(trail)
        })
    }

    /// How far a way comes to granting: for telling what stands in the way.
    pub(super) fn stops(
        &self,
        (user, permission, target, recipient): (UserId, PermId, Target, Option<UserId>),
        way: &Way,
    ) -> super::Stop {
        let request = self.scene.request(user, permission, target, recipient, &[]);
        Perhaps { most: self, request }.stop(way)
    }

    fn tracked_user(&self, user: UserId) -> bool {
        self.people[user.0 as usize].tracked
    }
}

/// Tries; what was noted in vain is forgotten.
fn attempt(trail: &mut Trail, try_it: impl FnOnce(&mut Trail) -> bool) -> bool {
    let mark = trail.len();
    let made = try_it(trail);
    if !made {
        trail.truncate(mark);
    }
    made
}

fn any_of<T>(
    items: impl IntoIterator<Item = T>,
    trail: &mut Trail,
    mut one: impl FnMut(T, &mut Trail) -> bool,
) -> bool {
    items.into_iter().any(|item| attempt(trail, |trail| one(item, trail)))
}

impl<'m> Perhaps<'m> {
    fn eval(&self) -> Eval<'_> {
        Eval {
            table: self.most.scene.table,
            org: self.most.org,
            request: &self.request,
        }
    }

    fn table(&self) -> &'m Table {
        self.most.scene.table
    }

    fn allowed(&self, trail: &mut Trail) -> bool {
        let Some(user) = self.request.user else { return false };
        if !self.most.tracked_user(user) {
            return degree(self.table(), self.most.org, &self.request) == Tri::True;
        }
        attempt(trail, |trail| self.granted(user, trail) && self.unforbidden(trail))
    }

    fn granted(&self, user: UserId, trail: &mut Trail) -> bool {
        let ways = self.table().ways(self.request.permission, Effect::Grant);
        any_of(Table::cell(ways, None), trail, |way, trail| {
            self.public(self.rule(way), true, trail)
        }) || self.held(user, ways, trail)
            || any_of(ways, trail, |way, trail| self.derived_way(user, way, trail))
            || self.extra(user, trail)
            || self.newly_granted(user, trail)
    }

    fn rule(&self, way: &Way) -> &'m Rule {
        self.table().model().rule(way.rule)
    }

    /// A rule without a role may come to apply, or not to.
    fn public(&self, it: &Rule, wanted: bool, trail: &mut Trail) -> bool {
        self.most.budget.spend(1);
        let scope = Stand::default();
        rule::public(&mut self.may(wanted, trail), At { ask: &(), scope }, it)
    }

    const fn may<'p>(&'p self, wanted: bool, trail: &'p mut Trail) -> May<'p, 'm> {
        May {
            perhaps: self,
            wanted,
            trail,
        }
    }

    /// The same asked of another user.
    const fn of(&self, user: UserId) -> Self {
        let request = Request {
            user: Some(user),
            ..self.request
        };
        Self {
            most: self.most,
            request,
        }
    }

    fn publicly_reaches(&self, rule: &Rule) -> bool {
        !matches!(rule.reach, Reach::In(ty) if near(self.most.org, &self.request.target, ty).is_none())
    }

    fn held(&self, user: UserId, ways: &[Way], trail: &mut Trail) -> bool {
        let (person, org) = (&self.most.people[user.0 as usize], self.most.org);
        let above = org
            .chain(self.request.target.start)
            .flat_map(|node| person.seats_at(node));
        let by = |seat: &Seat, way: &Way, trail: &mut Trail| {
            trail.push(plain(seat.atom));
            self.applies(self.rule(way), seat.stand(), trail)
        };
        let held = any_of(above, trail, |seat, trail| {
            any_of(Table::cell(ways, Some(seat.role)), trail, |way, trail| {
                by(seat, way, trail)
            })
        });
        let far = ways.iter().filter(|way| is_far(self.rule(way).reach));
        let seats = far.flat_map(|way| {
            way.role
                .into_iter()
                .flat_map(|role| person.seats_of(role))
                .map(move |seat| (seat, way))
        });
        held || any_of(seats, trail, |(seat, way), trail| by(seat, way, trail))
    }

    fn applies(&self, rule: &Rule, from: Stand<'_>, trail: &mut Trail) -> bool {
        let reached = |node| reaches(self.most.org, rule, node, &self.request.target);
        from.here.is_some_and(reached) && self.conditions(rule, from, trail)
    }

    fn derived_way(&self, user: UserId, way: &Way, trail: &mut Trail) -> bool {
        let Some(role) = way.role.filter(|&role| self.table().model().role(role).is_derived()) else {
            return false;
        };
        let rule = self.rule(way);
        any_of(self.nodes_for(role, is_far(rule.reach)), trail, |node, trail| {
            self.applies(rule, Stand::at(node), trail) && self.derived(user, role, node, trail)
        })
    }

    fn nodes_for(&self, role: RoleId, everywhere: bool) -> Vec<NodeId> {
        let org = self.most.org;
        let fits = |node: &NodeId| org.ty(*node) == self.table().model().role(role).ty;
        if everywhere {
            org.facts.node_ids().filter(fits).collect()
        } else {
            org.chain(self.request.target.start).filter(fits).collect()
        }
    }

    /// Custom roles, and single grants of the facts.
    fn extra(&self, user: UserId, trail: &mut Trail) -> bool {
        let org = self.most.org;
        let ways = org.extra.ways(self.request.permission);
        any_of(ways, trail, |way, trail| {
            let (rule, seats) = (
                org.extra.rule(way),
                self.most.people[user.0 as usize].seats_of(way.role),
            );
            any_of(seats, trail, |seat, trail| {
                trail.push(plain(seat.atom));
                rule.who == Who::Holders(org.ty(seat.node))
                    && self.applies(rule, seat.stand(), trail)
                    && way
                        .terms
                        .to
                        .as_ref()
                        .is_none_or(|to| self.is_entitled(user, seat.node, to, trail))
            })
        })
    }

    /// Single permissions granted on the way.
    fn newly_granted(&self, user: UserId, trail: &mut Trail) -> bool {
        let (person, org) = (&self.most.people[user.0 as usize], self.most.org);
        any_of(org.chain(self.request.target.start), trail, |node, trail| {
            any_of(person.grants_at(node), trail, |&(ix, atom), trail| {
                trail.push(plain(atom));
                let rule = &self.most.singles.all[ix].rule;
                let covers = rule.permissions.contains(&self.request.permission);
                covers && reaches(org, rule, node, &self.request.target)
            })
        })
    }

    /// Relation, recipient, `when` and `unless`.
    fn conditions(&self, it: &Rule, scope: Stand<'_>, trail: &mut Trail) -> bool {
        self.most.budget.spend(1);
        rule::conditions(&mut self.may(true, trail), At { ask: &(), scope }, it)
    }

    /// D(u, p, n) for the user himself.
    fn could(&self, permission: PermId, node: NodeId, trail: &mut Trail) -> bool {
        let request = Request {
            permission,
            target: self.eval().target_at(permission, node),
            recipient: None,
            given: &[],
            ..self.request
        };
        let there = Perhaps {
            most: self.most,
            request,
        };
        there.allowed(trail)
    }

    /// No prohibition for all applies whatever happens. Those of roles are left aside: a role may be given up.
    fn unforbidden(&self, trail: &mut Trail) -> bool {
        let ways = self.table().ways(self.request.permission, Effect::Prohibit);
        Table::cell(ways, None)
            .iter()
            .all(|way| attempt(trail, |trail| self.public(self.rule(way), false, trail)))
    }
}

impl Seat {
    const fn stand(&self) -> Stand<'_> {
        Stand {
            here: Some(self.node),
            entry: self.entry.as_ref(),
            new: self.entry.is_none(),
        }
    }
}

impl Stand<'_> {
    const fn at(node: NodeId) -> Self {
        Self {
            here: Some(node),
            entry: None,
            new: false,
        }
    }

    const fn scope(&self) -> Scope<'_> {
        Scope {
            here: self.here,
            entry: self.entry,
        }
    }
}
