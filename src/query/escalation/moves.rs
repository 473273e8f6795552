//! All moves that the actors could make, and the state from which they start.
//!
//! A state is the set of things that may be there or not, and the value of each attribute that may change: one byte
//! each. Only moves that the fixpoint does not exclude are tried ([`Moves::of`]), so that an exhausted search is a proof
//! as long as every attribute was tried with all values that matter.

use std::collections::{HashMap, HashSet};

use super::Change;
use super::most::{Atom, Most, group_id};
use super::values::Domains;
use crate::eval::Target;
use crate::facts::{EVERYONE, Holding, Member, SingleGrant, Subject, Thing, Window};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, NodeId, UserId, Value};
use crate::model::{AttrName, Attribute, Reach, RoleId};
use crate::query::change::{Handout, handing};

/// How many sets of parameters a role is given with at most.
const PARAMETERS: usize = 16;

/// Something that may be there or not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Item {
    /// The holdings of the facts.
    Stated(Subject, RoleId, NodeId),
    /// One given on the way, with the nth parameters.
    Given(Subject, RoleId, NodeId, usize),
    Listed(UserId, NodeId),
    /// The single grants of the facts.
    Granted(Subject, Handout, NodeId),
    /// One granted on the way.
    NewlyGranted(Subject, Handout, NodeId),
    In(GroupId, UserId),
    Value(Thing, usize),
}

/// One move: what it changes in a state.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub(super) change: Change,
    pub(super) sets: Vec<(usize, u8)>,
}

/// All moves, and the state from which they start.
pub(super) struct Moves {
    pub(super) moves: Vec<Move>,
    pub(super) start: Vec<u8>,
    /// Every value that matters is among them.
    pub(super) complete: bool,
}

struct Builder<'m, 'a> {
    most: &'m Most<'a>,
    domains: &'m Domains,
    slots: HashMap<Item, usize>,
    /// Grants that a move revokes.
    revoked: HashSet<(Subject, Handout, NodeId)>,
    out: Moves,
}

impl Moves {
    pub(super) fn of(most: &Most<'_>, domains: &Domains) -> Self {
        let out = Self {
            moves: Vec::new(),
            start: Vec::new(),
            complete: true,
        };
        let mut builder = Builder {
            most,
            domains,
            slots: HashMap::new(),
            revoked: HashSet::new(),
            out,
        };
        for user in most.tracked() {
            builder.roles(Subject::User(user));
            builder.grants(Subject::User(user));
            builder.membership(user);
        }
        for ix in 0..most.scene.facts.groups.len() {
            builder.roles(Subject::Group(group_id(ix)));
            builder.grants(Subject::Group(group_id(ix)));
            builder.joins(group_id(ix));
        }
        builder.values();
        builder.out
    }
}

impl Builder<'_, '_> {
    fn slot(&mut self, thing: Item, now: bool) -> usize {
        let next = self.out.start.len();
        let slot = *self.slots.entry(thing).or_insert(next);
        if slot == next {
            self.out.start.push(u8::from(now));
        }
        slot
    }

    fn push(&mut self, change: Change, sets: Vec<(usize, u8)>) {
        self.out.moves.push(Move { change, sets });
    }

    /// Some actor may come to be allowed all of this, for the user or for one of the group.
    fn perhaps(&self, asked: &[PermId], node: NodeId, subject: Subject) -> bool {
        let users = match subject {
            Subject::User(user) => vec![user],
            Subject::Group(group) => self.most.members(group).collect(),
        };
        let able = |&user: &UserId| self.most.somebody(asked, node, user).is_some();
        users.iter().any(able)
    }

    /// What a group is given matters apart from what its members are given only in these cases.
    fn minds(&self, subject: Subject, node: NodeId) -> bool {
        let Subject::Group(group) = subject else { return true };
        let ty = self.most.org.ty(node);
        self.most.map.is_open(group)
            || self.most.slice.has_groups()
            || self.most.slice.minds_manner(self.most.scene.table.model(), ty)
    }

    fn roles(&mut self, subject: Subject) {
        let most = self.most;
        for &ix in &most.hope.roles {
            let (role, (asked, node)) = &most.map.roles[ix];
            self.role(subject, (*role, *node), asked);
        }
        for &(role, node) in most.map.held.get(&subject).into_iter().flatten() {
            if most.slice.has_role(role) && !most.hope.given.contains(&(role, node)) {
                self.role(subject, (role, node), &[]);
            }
        }
    }

    fn role(&mut self, subject: Subject, (role, node): (RoleId, NodeId), asked: &[PermId]) {
        let scene = self.most.scene;
        let stated = self.most.map.stated.get(&(subject, role, node));
        let stated: Vec<&Holding> = stated
            .into_iter()
            .flatten()
            .map(|&ix| &scene.facts.holdings[ix])
            .collect();
        let given = self.minds(subject, node) && self.perhaps(asked, node, subject);
        if stated.is_empty() && !given {
            return;
        }
        let mut slots = Vec::new();
        if !stated.is_empty() {
            slots.push(self.slot(Item::Stated(subject, role, node), true));
        }
        let choices = if given { self.parameters(role) } else { Vec::new() };
        for (ix, parameters) in choices.into_iter().enumerate() {
            let plain =
                matches!(stated[..], [only] if only.window() == Window::ALWAYS && only.parameters() == parameters);
            let slot = match slots.first() {
                Some(&slot) if plain => slot,
                _ => self.slot(Item::Given(subject, role, node, ix), false),
            };
            let to = subject;
            let change = Change::Give {
                role,
                node,
                to,
                parameters,
            };
            self.push(change, vec![(slot, 1)]);
            slots.push(slot);
        }
        self.taken(subject, role, node, &slots);
    }

    fn taken(&mut self, from: Subject, role: RoleId, node: NodeId, slots: &[usize]) {
        let model = self.most.scene.table.model();
        let asked = handing(model, self.most.org, role, node, false).unwrap_or_default();
        if matches!(from, Subject::Group(_)) || self.perhaps(&asked, node, from) {
            let sets = slots.iter().map(|&slot| (slot, 0)).collect();
            self.push(Change::Take { role, node, from }, sets);
        }
    }

    /// The parameters that a role can be given with.
    fn parameters(&mut self, role: RoleId) -> Vec<Vec<(AttrName, Value)>> {
        let model = self.most.scene.table.model();
        let declared = model.roles.get(role.ix()).map_or(&[][..], |role| &role.parameters);
        let mut all: Vec<Vec<(AttrName, Value)>> = vec![Vec::new()];
        // For how long a role is given is not tried.
        self.out.complete &= !self.most.slice.reads_bounds;
        for (ix, parameter) in declared.iter().enumerate() {
            let Some(domain) = self.domains.parameter(role, ix) else {
                continue;
            };
            self.out.complete &= domain.complete;
            let with = |before: &Vec<(AttrName, Value)>| values_of(parameter, &domain.values, before);
            all = all.iter().flat_map(with).collect();
            self.out.complete &= all.len() <= PARAMETERS;
            all.truncate(PARAMETERS);
        }
        for parameters in &mut all {
            parameters.sort_unstable_by_key(|(key, _)| *key);
        }
        all
    }

    fn membership(&mut self, user: UserId) {
        let model = self.most.scene.table.model();
        let most = self.most;
        let listed = &most.scene.facts.user(user).places;
        let hoped = most.hope.places.iter().map(|&ix| &most.map.places[ix]);
        let mut places: Vec<NodeId> = hoped
            .filter(|(asked, place)| self.perhaps(asked, *place, Subject::User(user)))
            .map(|(_, place)| *place)
            .collect();
        let matters = |place: &NodeId| most.slice.has_members(model, most.org.ty(*place));
        places.extend(listed.iter().copied().filter(matters));
        places.sort_unstable();
        places.dedup();
        for place in places {
            let slot = self.slot(Item::Listed(user, place), listed.contains(&place));
            self.push(Change::Add { place, user }, vec![(slot, 1)]);
            let remove = model.permissions.id(Permission::RemoveMember(self.most.org.ty(place)));
            if self.perhaps(remove.as_slice(), place, Subject::User(user)) {
                self.push(Change::Remove { place, user }, vec![(slot, 0)]);
            }
        }
    }

    fn grants(&mut self, subject: Subject) {
        let scene = self.most.scene;
        for &(ix, node) in &self.most.hope.singles {
            let single = &self.most.singles.all[ix];
            if !self.minds(subject, node) || !self.perhaps(&single.asked, node, subject) {
                continue;
            }
            let handout = single.handout.clone();
            let slot = match self.stated_grant(subject, &handout, node) {
                Some((slot, true)) => slot,
                _ => self.slot(Item::NewlyGranted(subject, handout.clone(), node), false),
            };
            let change = Change::Grant {
                handout: handout.clone(),
                node,
                to: subject,
            };
            self.push(change, vec![(slot, 1)]);
            self.revoke(subject, handout, node);
        }
        for grant in scene.facts.grants.iter().filter(|grant| grant.to == subject) {
            if grant.rule.permissions.iter().any(|&id| self.most.slice.has(id)) {
                let handout = Handout::of(&grant.rule);
                self.stated_grant(subject, &handout, grant.at);
                self.revoke(subject, handout, grant.at);
            }
        }
    }

    /// The slot of the grants that the facts state, and whether one granted anew would be the same.
    fn stated_grant(&mut self, to: Subject, handout: &Handout, node: NodeId) -> Option<(usize, bool)> {
        let same = |grant: &&SingleGrant| grant.to == to && grant.at == node && handout.is_of(&grant.rule);
        let stated: Vec<&SingleGrant> = self.most.scene.facts.grants.iter().filter(same).collect();
        let plain = matches!(stated[..], [only] if is_plain(only));
        let slot = self.slot(Item::Granted(to, handout.clone(), node), true);
        if stated.is_empty() {
            self.out.start[slot] = 0;
            return None;
        }
        Some((slot, plain))
    }

    fn revoke(&mut self, from: Subject, handout: Handout, node: NodeId) {
        let known = |thing: Item| self.slots.get(&thing).map(|&slot| (slot, 0));
        let old = known(Item::Granted(from, handout.clone(), node));
        let new = known(Item::NewlyGranted(from, handout.clone(), node));
        let sets = old.into_iter().chain(new).collect();
        if self.revoked.insert((from, handout.clone(), node)) {
            self.push(Change::Revoke { handout, node, from }, sets);
        }
    }

    fn joins(&mut self, group: GroupId) {
        if group == EVERYONE {
            return;
        }
        let named = &self.most.scene.facts.group(group).members;
        let named: HashSet<UserId> = named
            .iter()
            .filter_map(|member| match member {
                Member::User(user) => Some(*user),
                _ => None,
            })
            .collect();
        for user in self.most.members(group) {
            let slot = self.slot(Item::In(group, user), named.contains(&user));
            self.push(Change::Join { group, user }, vec![(slot, 1)]);
            self.push(Change::Leave { group, user }, vec![(slot, 0)]);
        }
    }

    fn values(&mut self) {
        for (thing, slot) in self.domains.changeable() {
            let Some(domain) = self.domains.attribute(thing, slot) else {
                continue;
            };
            if self.most.atom(Atom::Free(thing, slot)).is_none() || !self.is_editable(thing, slot) {
                continue;
            }
            self.out.complete &= domain.complete;
            let now = self.most.scene.facts.values(thing)[slot];
            let at = self.slot(Item::Value(thing, slot), false);
            // What falls back on a path stands for itself once it is set, even to the same value.
            let fixed = !self.most.scene.facts.fallbacks.contains(&(thing, slot));
            for (ix, &value) in (1u8..).zip(&domain.values) {
                let ix = if fixed && value == now { 0 } else { ix };
                self.push(Change::Set { thing, slot, value }, vec![(at, ix)]);
            }
        }
    }

    fn is_editable(&self, thing: Thing, slot: usize) -> bool {
        let scene = self.most.scene;
        let ty = scene.facts.type_of(thing);
        let Some(id) = scene.table.model().changing(ty, slot) else {
            return false;
        };
        let targets = match thing {
            Thing::Node(node) => vec![Target::node(node)],
            Thing::User(user) => self.most.user_targets(user),
        };
        let able = |target: &Target| {
            let mut actors = scene.actors.iter();
            actors.any(|&actor| self.most.may(actor, id, *target, None, &[]).is_some())
        };
        targets.iter().any(able)
    }
}

fn values_of(parameter: &Attribute, values: &[Value], before: &[(AttrName, Value)]) -> Vec<Vec<(AttrName, Value)>> {
    let with = |&value: &Value| {
        let mut all = before.to_vec();
        all.push((parameter.key, value));
        all
    };
    if values.is_empty() {
        return vec![before.to_vec()];
    }
    values.iter().map(with).collect()
}

/// A grant as it would be made on the way.
fn is_plain(grant: &SingleGrant) -> bool {
    let rule = &grant.rule;
    grant.window == Window::ALWAYS
        && matches!(rule.reach, Reach::Below | Reach::In(_))
        && rule.relation.is_empty()
        && rule.when.is_none()
        && rule.unless.is_none()
}
