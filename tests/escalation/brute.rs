//! Every state that can be made, looked through one after the other, with every change by every actor: the meaning of
//! `ever`, written without the engine. Only single decisions are asked of the evaluator.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rayon::prelude::*;
use rolebook::eval::org::Org;
use rolebook::eval::{Request, Target, decide};
use rolebook::facts::{EVERYONE, Facts, Holding, Member, SingleGrant, Subject, Thing, Window, defaults};
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{GroupId, NodeId, Tri, UserId, Value};
use rolebook::model::{RoleId, Rule};
use rolebook::query::deed::{Act, Recipients};
use rolebook::query::escalation::{Change, Goal, Outcome, Scene, reach};
use rolebook::table::Table;

use crate::Case;
use crate::worlds::{Dice, world};

/// States looked at before giving up.
const CAP: usize = 120;

/// Subjects as numbers: users first, then groups.
type Who_ = (bool, u32);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
struct State {
    held: BTreeSet<(Who_, u32, u32)>,
    listed: BTreeSet<(u32, u32)>,
    joined: BTreeSet<(u32, u32)>,
    granted: BTreeSet<(Who_, u32, u32)>,
    /// Index into `candidates` of each attribute that was set.
    set: BTreeMap<(u32, usize), usize>,
}

pub(crate) struct Machine<'c> {
    pub(crate) table: &'c Table,
    pub(crate) base: &'c Facts,
    pub(crate) actors: Vec<UserId>,
}

fn subject(subject: Subject) -> Who_ {
    match subject {
        Subject::User(user) => (false, user.0),
        Subject::Group(group) => (true, group.0),
    }
}

fn back((group, id): Who_) -> Subject {
    if group {
        Subject::Group(GroupId(id))
    } else {
        Subject::User(UserId(id))
    }
}

impl Machine<'_> {
    fn start(&self) -> State {
        let mut state = State::default();
        for held in &self.base.holdings {
            state.held.insert((subject(held.subject()), held.role.0, held.node.0));
        }
        for user in self.base.user_ids() {
            state
                .listed
                .extend(self.base.user(user).places.iter().map(|place| (user.0, place.0)));
        }
        for (ix, group) in (0..).zip(&self.base.groups) {
            for member in &group.members {
                if let Member::User(user) = member {
                    state.joined.insert((ix, user.0));
                }
            }
        }
        for grant in &self.base.grants {
            state
                .granted
                .insert((subject(grant.to), grant.rule.permissions[0].0, grant.at.0));
        }
        state
    }

    /// The attributes in a field that somebody may edit, with what they can be set to.
    fn candidates(&self) -> Vec<(NodeId, usize, PermId, Vec<Value>)> {
        let model = self.table.model();
        let mut all = Vec::new();
        for node in self.base.node_ids() {
            let ty = self.base.node(node).ty;
            for (slot, attribute) in model.ty(ty).attributes.iter().enumerate() {
                let action = model.ty(ty).actions.iter().position(|action| action.name == "edit");
                let (Some(field), Some(action)) = (attribute.field, action) else {
                    continue;
                };
                let field = Some(field);
                let id = model.permissions.id(Permission::Act { ty, action, field }).unwrap();
                let values = match attribute.name.as_str() {
                    "open" => vec![Value::Bool(true), Value::Bool(false)],
                    _ => self.base.user_ids().map(Value::User).chain([Value::Absent]).collect(),
                };
                all.push((node, slot, id, values));
            }
        }
        all
    }

    fn facts(&self, state: &State) -> Facts {
        let mut facts = self.base.clone();
        let span = facts.nodes[0].span;
        facts.holdings = state
            .held
            .iter()
            .map(|&(to, role, node)| Holding::new(back(to), RoleId(role), NodeId(node), span))
            .collect();
        for (ix, user) in (0..).zip(&mut facts.users) {
            user.places = state
                .listed
                .iter()
                .filter(|(who, _)| *who == ix)
                .map(|&(_, at)| NodeId(at))
                .collect();
        }
        for (ix, group) in (0..).zip(&mut facts.groups) {
            group.members.retain(|member| !matches!(member, Member::User(_)));
            let joined = state.joined.iter().filter(|(id, _)| *id == ix);
            group
                .members
                .extend(joined.map(|&(_, user)| Member::User(UserId(user))));
        }
        facts.grants = state
            .granted
            .iter()
            .map(|&(to, id, node)| SingleGrant {
                to: back(to),
                rule: self.granting(PermId(id), NodeId(node)),
                at: NodeId(node),
                window: Window::ALWAYS,
                span,
            })
            .collect();
        let candidates = self.candidates();
        for (&(node, slot), &ix) in &state.set {
            let it = candidates.iter().find(|it| (it.0.0, it.1) == (node, slot)).unwrap();
            facts.nodes[node as usize].values.set(slot, it.3[ix]);
            facts
                .fallbacks
                .retain(|open| *open != (Thing::Node(NodeId(node)), slot));
        }
        defaults::fill(&mut facts, self.table.model());
        facts
    }

    fn granting(&self, id: PermId, node: NodeId) -> Rule {
        let (at, closure) = (self.base.node(node), self.table.model().permissions.closure(&[id]));
        Rule::granting(closure, at.ty, Vec::new(), self.base.nodes[0].span)
    }

    fn may(&self, org: &Org<'_>, user: UserId, permission: PermId, node: NodeId, recipient: Option<UserId>) -> bool {
        let request = Request {
            user: Some(user),
            permission,
            target: Target::node(node),
            recipient,
            context: &[],
            given: &[],
            pool: &org.facts.pool,
        };
        decide(self.table, org, &request)
    }

    fn each(&self, org: &Org<'_>, actor: UserId, asked: Permission, node: NodeId, to: Subject) -> bool {
        let id = self.table.model().permissions.id(asked).unwrap();
        let is_in = |user: &UserId| match to {
            Subject::User(only) => *user == only,
            Subject::Group(EVERYONE) => true,
            Subject::Group(group) => org.is_in_group(*user, group, Value::Missing) == Tri::True,
        };
        let mut members = org.facts.user_ids().filter(is_in).peekable();
        members.peek().is_some() && members.all(|user| self.may(org, actor, id, node, Some(user)))
    }

    /// All states that some actor can make of one.
    fn next(&self, state: &State, org: &Org<'_>) -> Vec<State> {
        let mut all = Vec::new();
        for &actor in &self.actors {
            self.roles(state, org, actor, &mut all);
            self.members(state, org, actor, &mut all);
            self.groups(state, org, actor, &mut all);
            self.grants(state, org, actor, &mut all);
            for (node, slot, id, values) in self.candidates() {
                if self.may(org, actor, id, node, None) {
                    for ix in 0..values.len() {
                        let mut next = state.clone();
                        next.set.insert((node.0, slot), ix);
                        all.push(next);
                    }
                }
            }
        }
        all
    }

    fn subjects(&self) -> Vec<Subject> {
        let groups = (0..self.base.groups.len()).map(|ix| Subject::Group(GroupId(u32::try_from(ix).unwrap())));
        self.base.user_ids().map(Subject::User).chain(groups).collect()
    }

    fn roles(&self, state: &State, org: &Org<'_>, actor: UserId, all: &mut Vec<State>) {
        let model = self.table.model();
        for role in model.role_ids().filter(|&role| !model.role(role).is_derived()) {
            for node in self
                .base
                .node_ids()
                .filter(|&node| self.base.node(node).ty == model.role(role).ty)
            {
                for to in self.subjects() {
                    let fact = (subject(to), role.0, node.0);
                    let mut next = state.clone();
                    let asked = if next.held.remove(&fact) {
                        Permission::Take(role)
                    } else {
                        next.held.insert(fact);
                        Permission::Give(role)
                    };
                    if self.each(org, actor, asked, node, to) {
                        all.push(next);
                    }
                }
            }
        }
    }

    fn members(&self, state: &State, org: &Org<'_>, actor: UserId, all: &mut Vec<State>) {
        let model = self.table.model();
        for node in self.base.node_ids() {
            let ty = self.base.node(node).ty;
            if !model.ty(ty).kind.is_place() {
                continue;
            }
            for user in self.base.user_ids() {
                let fact = (user.0, node.0);
                let mut next = state.clone();
                let asked = if next.listed.remove(&fact) {
                    Permission::RemoveMember(ty)
                } else {
                    next.listed.insert(fact);
                    Permission::AddMember(ty)
                };
                if self.each(org, actor, asked, node, Subject::User(user)) {
                    all.push(next);
                }
            }
        }
    }

    /// The groups of these worlds do not nest.
    fn groups(&self, state: &State, org: &Org<'_>, actor: UserId, all: &mut Vec<State>) {
        for group in 1..self.base.groups.len() {
            let group = u32::try_from(group).unwrap();
            let has: Vec<_> = state.held.iter().filter(|(to, ..)| *to == (true, group)).collect();
            let grants: Vec<_> = state.granted.iter().filter(|(to, ..)| *to == (true, group)).collect();
            if has.is_empty() && grants.is_empty() {
                continue;
            }
            for user in self.base.user_ids() {
                let fact = (group, user.0);
                let mut next = state.clone();
                let leaves = next.joined.remove(&fact);
                if !leaves {
                    next.joined.insert(fact);
                }
                let to = Subject::User(user);
                let roles = has.iter().all(|&&(_, role, node)| {
                    let role = RoleId(role);
                    let asked = if leaves {
                        Permission::Take(role)
                    } else {
                        Permission::Give(role)
                    };
                    self.each(org, actor, asked, NodeId(node), to)
                });
                let granted = grants
                    .iter()
                    .all(|&&(_, id, node)| self.grant_all(org, actor, PermId(id), NodeId(node), to));
                if roles && granted {
                    all.push(next);
                }
            }
        }
    }

    fn grant_all(&self, org: &Org<'_>, actor: UserId, id: PermId, node: NodeId, to: Subject) -> bool {
        let parts = self.table.model().permissions.closure(&[id]);
        parts
            .iter()
            .all(|&part| self.each(org, actor, Permission::Grant(part), node, to))
    }

    fn grants(&self, state: &State, org: &Org<'_>, actor: UserId, all: &mut Vec<State>) {
        let model = self.table.model();
        let acts = model
            .permissions
            .iter()
            .filter(|(_, permission)| !permission.is_administrative());
        for (id, _) in acts {
            for node in self.base.node_ids() {
                for to in self.subjects() {
                    if self.grant_all(org, actor, id, node, to) {
                        let fact = (subject(to), id.0, node.0);
                        let mut next = state.clone();
                        if !next.granted.remove(&fact) {
                            next.granted.insert(fact);
                        }
                        all.push(next);
                    }
                }
            }
        }
    }

    fn is_reached(&self, org: &Org<'_>, goal: &Wanted) -> bool {
        match *goal {
            Wanted::Role(user, role, node) => {
                // Whether a role is held is a decision: the derived role has a rule of its own.
                org.entries_at(user, node).iter().any(|entry| entry.role == role)
            }
            Wanted::Act(user, id, node) => self.may(org, user, id, node, None),
        }
    }

    pub(crate) fn search(&self, goal: &Wanted) -> Truth {
        match self.first(|_, org| self.is_reached(org, goal).then_some(())) {
            Ok(Some(((), depth))) => Truth::Yes(depth),
            Ok(None) => Truth::No,
            Err(()) => Truth::Open,
        }
    }

    /// The first of the roles that one of the actors comes to hold by hand, and in how many steps.
    pub(crate) fn comes_to(&self, roles: &[RoleId]) -> Option<(RoleId, usize)> {
        let his = |who: &Who_| self.actors.iter().any(|&user| *who == subject(Subject::User(user)));
        let holds = |state: &State, role: RoleId| state.held.iter().any(|(who, held, _)| his(who) && *held == role.0);
        let found = self.first(|state, _| roles.iter().copied().find(|&role| holds(state, role)));
        found.ok().flatten()
    }

    /// What is looked for, in the nearest state that has it, with the steps to there; an error if that is too far.
    fn first<T>(&self, look: impl Fn(&State, &Org<'_>) -> Option<T>) -> Result<Option<(T, usize)>, ()> {
        let start = self.start();
        let mut seen = BTreeSet::from([start.clone()]);
        let mut open = VecDeque::from([(start, 0)]);
        let mut count = 0;
        while let Some((state, depth)) = open.pop_front() {
            let facts = self.facts(&state);
            let org = Org::new(self.table, &facts);
            if let Some(found) = look(&state, &org) {
                return Ok(Some((found, depth)));
            }
            count += 1;
            if count > CAP {
                return Err(());
            }
            for next in self.next(&state, &org) {
                if seen.insert(next.clone()) {
                    open.push_back((next, depth + 1));
                }
            }
        }
        Ok(None)
    }

    /// Makes the engine's steps here, each as one of the changes above.
    fn follow(&self, steps: &[(UserId, Change)], goal: &Wanted) -> Result<(), String> {
        let mut state = self.start();
        for (actor, change) in steps {
            let facts = self.facts(&state);
            let org = Org::new(self.table, &facts);
            let next = self.changed(&state, change);
            let alone = Self {
                actors: vec![*actor],
                ..*self
            };
            if next != state && !alone.next(&state, &org).contains(&next) {
                return Err(format!("{actor:?} may not {change:?}"));
            }
            state = next;
        }
        let facts = self.facts(&state);
        let org = Org::new(self.table, &facts);
        self.is_reached(&org, goal)
            .then_some(())
            .ok_or_else(|| "the goal is not reached".to_owned())
    }

    fn changed(&self, state: &State, change: &Change) -> State {
        let mut next = state.clone();
        match change {
            Change::Give { role, node, to, .. } => drop(next.held.insert((subject(*to), role.0, node.0))),
            Change::Take { role, node, from } => drop(next.held.remove(&(subject(*from), role.0, node.0))),
            Change::Add { place, user } => drop(next.listed.insert((user.0, place.0))),
            Change::Remove { place, user } => drop(next.listed.remove(&(user.0, place.0))),
            Change::Grant { handout, node, to } => {
                next.granted.insert((subject(*to), handout.permissions[0].0, node.0));
            }
            Change::Revoke { handout, node, from } => {
                next.granted.remove(&(subject(*from), handout.permissions[0].0, node.0));
            }
            Change::Join { group, user } => drop(next.joined.insert((group.0, user.0))),
            Change::Leave { group, user } => drop(next.joined.remove(&(group.0, user.0))),
            Change::Set { thing, slot, value } => {
                let Thing::Node(node) = *thing else {
                    panic!("no user has a field here")
                };
                let candidates = self.candidates();
                let it = candidates.iter().find(|it| (it.0, it.1) == (node, *slot)).unwrap();
                let ix = it.3.iter().position(|known| known == value).unwrap();
                next.set.insert((node.0, *slot), ix);
            }
            Change::Insert { .. } | Change::Delete { .. } => panic!("sets are set as a whole"),
        }
        next
    }
}

/// What is to be reached.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    Role(UserId, RoleId, NodeId),
    Act(UserId, PermId, NodeId),
}

impl Wanted {
    fn goal(self) -> Goal {
        match self {
            Self::Role(user, role, node) => Goal::Role {
                user,
                roles: vec![role],
                node: Some(node),
            },
            Self::Act(user, id, node) => Goal::Act {
                user,
                act: Act {
                    permissions: vec![id],
                    targets: vec![Target::node(node)],
                    recipients: Recipients::None,
                    given: Vec::new(),
                },
                roams: false,
            },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    Yes(usize),
    No,
    Open,
}

fn wanted(case: &Case, dice: &mut Dice) -> Wanted {
    let (model, facts) = (case.table.model(), &case.facts);
    let user = UserId(0);
    if dice.chance(70) {
        let org = Org::new(&case.table, facts);
        let held = |role: RoleId, node: NodeId| org.entries_at(user, node).iter().any(|entry| entry.role == role);
        let roles = model.role_ids().filter(|&role| !model.role(role).is_derived());
        let at = |role: RoleId| facts.node_ids().map(move |node| (role, node));
        let fits = |&(role, node): &(RoleId, NodeId)| facts.node(node).ty == model.role(role).ty && !held(role, node);
        let pairs: Vec<(RoleId, NodeId)> = roles.flat_map(at).filter(fits).collect();
        if !pairs.is_empty() {
            let (role, node) = dice.one(&pairs);
            return Wanted::Role(user, role, node);
        }
    }
    let doc = facts.node_ids().find(|&node| facts.node(node).id == "d").unwrap();
    let ty = facts.node(doc).ty;
    let action = model
        .ty(ty)
        .actions
        .iter()
        .position(|action| action.name == "delete")
        .unwrap();
    let field = None;
    Wanted::Act(
        user,
        model.permissions.id(Permission::Act { ty, action, field }).unwrap(),
        doc,
    )
}

/// How the engine compares with the search of everything.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    plans: usize,
    /// Of two steps and more.
    long: usize,
    shortest: usize,
    never: usize,
    searched: usize,
    unknown: usize,
    open: usize,
}

fn compare(seed: u64) -> Result<Tally, String> {
    let (case, text) = world(seed);
    let mut dice = Dice::new(seed ^ 0xabcd);
    let goal = wanted(&case, &mut dice);
    let count = 1 + usize::from(dice.chance(40));
    let actors: Vec<UserId> = case.facts.user_ids().take(count).collect();
    let machine = Machine {
        table: &case.table,
        base: &case.facts,
        actors: actors.clone(),
    };
    let scene = Scene {
        table: &case.table,
        facts: &case.facts,
        context: &[],
        pool: &case.facts.pool,
        actors: &actors,
    };
    let truth = machine.search(&goal);
    let outcome = reach(&scene, &goal.goal(), 600_000);
    let mut tally = Tally::default();
    let wrong = |what: String| Err(format!("seed {seed}, {goal:?}, {truth:?}: {what}\n{text}"));
    match outcome {
        Outcome::Plan(plan) => {
            let steps: Vec<(UserId, Change)> = plan.steps.into_iter().map(|step| (step.actor, step.change)).collect();
            if let Err(fault) = machine.follow(&steps, &goal) {
                return wrong(format!("{steps:#?}: {fault}"));
            }
            tally.plans += 1;
            tally.long += usize::from(steps.len() > 1);
            match truth {
                Truth::No => return wrong("a plan where there is none".to_owned()),
                Truth::Yes(depth) if steps.len() < depth => return wrong("shorter than the shortest".to_owned()),
                Truth::Yes(depth) => tally.shortest += usize::from(steps.len() == depth),
                Truth::Open => tally.open += 1,
            }
        }
        Outcome::Never(proof) => {
            tally.never += 1;
            tally.searched += usize::from(proof.states.is_some());
            match truth {
                Truth::Yes(_) => return wrong(format!("a proof where there is a plan: {proof:#?}")),
                Truth::No => {}
                Truth::Open => tally.open += 1,
            }
        }
        Outcome::Unknown(doubt) => {
            tally.unknown += 1;
            if doubt == rolebook::query::escalation::Doubt::Values {
                return wrong("every value is tried here".to_owned());
            }
        }
    }
    Ok(tally)
}

#[test]
fn the_engine_agrees_with_a_search_of_everything() {
    let seeds: u64 = std::env::var("ROLEBOOK_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(240);
    let first: u64 = std::env::var("ROLEBOOK_FIRST")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let all: Vec<Result<Tally, String>> = (first..first + seeds).into_par_iter().map(compare).collect();
    let wrong: Vec<&String> = all.iter().filter_map(|result| result.as_ref().err()).collect();
    assert!(wrong.is_empty(), "{} wrong, the first:\n{}", wrong.len(), wrong[0]);
    let sum = |of: fn(&Tally) -> usize| all.iter().flatten().map(of).sum::<usize>();
    let tally = Tally {
        plans: sum(|t| t.plans),
        long: sum(|t| t.long),
        shortest: sum(|t| t.shortest),
        never: sum(|t| t.never),
        searched: sum(|t| t.searched),
        unknown: sum(|t| t.unknown),
        open: sum(|t| t.open),
    };
    let few = all.len() / 10;
    assert!(
        tally.plans > few && tally.never > few && tally.unknown < few,
        "{tally:?}"
    );
}
