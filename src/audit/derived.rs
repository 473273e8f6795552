//! Who holds derived roles, where: found from whichever condition names the fewest, not by trying everybody everywhere.
//!
//! `is creator` names the users at each node, `is member` and `holds R` the nodes of each user. Only a role whose every
//! condition is `can …` is tried for all users at all nodes of its type.

use std::collections::HashMap;

use crate::eval::Eval;
use crate::eval::org::Org;
use crate::eval::{Request, Target};
use crate::model::permission::PermId;
use crate::model::value::{GroupId, NodeId, Tri, UserId, Value};
use crate::model::{AttrName, DerivationTerm, Effect, Model, RoleId};
use crate::table::Table;

/// A derived role at a node, with the degree to which it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Derived {
    pub(super) node: NodeId,
    pub(super) role: RoleId,
    pub(super) truth: Tri,
}

/// All that is held by derivation, by user; what each holds is sorted by node.
#[derive(Default)]
pub(super) struct AllDerived {
    list: Vec<(UserId, Derived)>,
}

impl AllDerived {
    pub(super) fn new(table: &Table, org: &Org<'_>, context: &[Value]) -> Self {
        let mut finder = Finder {
            table,
            org,
            context,
            found: HashMap::new(),
            members: None,
            prohibiting: prohibits(table.model()),
        };
        let mut list = Vec::new();
        for role in in_order(table.model()) {
            let mut pairs = finder.candidates(role);
            pairs.sort_unstable();
            pairs.dedup();
            pairs.retain(|&(user, node)| finder.truth(user, role, node) != Tri::False);
            list.extend(pairs.iter().map(|&(user, node)| {
                let truth = finder.truth(user, role, node);
                (user, Derived { node, role, truth })
            }));
            finder.found.insert(role, pairs);
        }
        list.sort_unstable_by_key(|(user, held)| (*user, held.node, held.role));
        Self { list }
    }

    pub(super) fn of(&self, user: UserId) -> impl Iterator<Item = &Derived> {
        let start = self.list.partition_point(|(other, _)| *other < user);
        self.list[start..]
            .iter()
            .take_while(move |(other, _)| *other == user)
            .map(|(_, held)| held)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (UserId, NodeId)> {
        self.list.iter().map(|(user, held)| (*user, held.node))
    }
}

/// The derived roles, each behind those that it asks for by `holds`.
fn in_order(model: &Model) -> Vec<RoleId> {
    let mut open: Vec<RoleId> = model.role_ids().filter(|&role| model.role(role).is_derived()).collect();
    let mut order = Vec::with_capacity(open.len());
    while !open.is_empty() {
        let waits = |role: &RoleId| asked(model, *role).any(|other| open.contains(&other));
        let (waiting, ready): (Vec<RoleId>, Vec<RoleId>) = open.iter().copied().partition(waits);
        if ready.is_empty() {
            order.extend(waiting);
            break;
        }
        order.extend(ready);
        open = waiting;
    }
    order
}

fn asked(model: &Model, role: RoleId) -> impl Iterator<Item = RoleId> {
    model
        .role(role)
        .derived
        .iter()
        .flat_map(|being| match being {
            DerivationTerm::Holds(roles) => roles.as_slice(),
            _ => &[],
        })
        .copied()
}

fn prohibits(model: &Model) -> bool {
    let derived = model.roles.iter().filter(|role| role.is_derived());
    derived
        .flat_map(|role| &role.rules)
        .any(|copied| model.rule(copied.rule).effect == Effect::Prohibit)
}

struct Finder<'a> {
    table: &'a Table,
    org: &'a Org<'a>,
    context: &'a [Value],
    /// What was found of roles that others may ask for.
    found: HashMap<RoleId, Vec<(UserId, NodeId)>>,
    /// The users of each group, once they are asked for.
    members: Option<HashMap<GroupId, Vec<UserId>>>,
    /// Some derived role forbids something.
    prohibiting: bool,
}

impl Finder<'_> {
    fn truth(&self, user: UserId, role: RoleId, node: NodeId) -> Tri {
        let request = Request {
            user: Some(user),
            permission: PermId(0),
            target: Target::node(node),
            recipient: None,
            context: self.context,
            given: &[],
            pool: &self.org.facts.pool,
        };
        let (table, org) = (self.table, self.org);
        Eval {
            table,
            org,
            request: &request,
        }
        .derived(user, role, node)
    }

    /// Pairs among which all are for whom the role is not ruled out.
    fn candidates(&mut self, role: RoleId) -> Vec<(UserId, NodeId)> {
        let it = self.table.model().role(role);
        let ty = it.ty;
        let named = |being: &&DerivationTerm| matches!(being, DerivationTerm::Relation(_));
        let best = it
            .derived
            .iter()
            .find(named)
            .or_else(|| it.derived.iter().find(|being| !matches!(being, DerivationTerm::Can(_))));
        match best {
            Some(DerivationTerm::Relation(name)) => self.related(*name, role),
            Some(DerivationTerm::Member) => self.each_user(|org, user| {
                org.memberships(user)
                    .map(|(place, _)| place)
                    .filter(|&place| org.ty(place) == ty)
                    .collect()
            }),
            Some(DerivationTerm::Holds(roles)) => self.holders(roles),
            _ => self.each_user(|org, _| org.facts.node_ids().filter(|&node| org.ty(node) == ty).collect()),
        }
    }

    fn each_user(&self, nodes: impl Fn(&Org<'_>, UserId) -> Vec<NodeId>) -> Vec<(UserId, NodeId)> {
        let users = self.org.facts.user_ids();
        users
            .flat_map(|user| nodes(self.org, user).into_iter().map(move |node| (user, node)))
            .collect()
    }

    fn holders(&self, roles: &[RoleId]) -> Vec<(UserId, NodeId)> {
        let mut pairs = self.each_user(|org, user| {
            let held = org.entries(user).iter().filter(|entry| roles.contains(&entry.role));
            held.map(|entry| entry.node).collect()
        });
        pairs.extend(roles.iter().filter_map(|role| self.found.get(role)).flatten());
        pairs
    }

    fn related(&mut self, name: AttrName, role: RoleId) -> Vec<(UserId, NodeId)> {
        let ty = self.table.model().role(role).ty;
        let nodes: Vec<NodeId> = self
            .org
            .facts
            .node_ids()
            .filter(|&node| self.org.ty(node) == ty)
            .collect();
        let mut pairs = Vec::new();
        for node in nodes {
            let value = self.attribute(node, name);
            self.named(value, &mut |user| pairs.push((user, node)));
        }
        pairs
    }

    fn attribute(&self, node: NodeId, name: AttrName) -> Value {
        let slot = self.table.model().slot(self.org.ty(node), name);
        slot.map_or(Value::Missing, |slot| self.org.facts.node(node).values[slot])
    }

    /// Whom a value names. One that is missing may name anybody, which matters only where it forbids.
    fn named(&mut self, value: Value, visit: &mut dyn FnMut(UserId)) {
        match value {
            Value::User(user) => visit(user),
            Value::Group(group) => self.members(group).iter().for_each(|&user| visit(user)),
            Value::List(list) => {
                let facts = &self.org.facts;
                facts.pool.values(list).iter().for_each(|&one| self.named(one, visit));
            }
            Value::Missing if self.prohibiting => self.org.facts.user_ids().for_each(visit),
            _ => {}
        }
    }

    fn members(&mut self, group: GroupId) -> &[UserId] {
        let org = self.org;
        let members = self.members.get_or_insert_with(|| {
            let mut members: HashMap<GroupId, Vec<UserId>> = HashMap::new();
            for user in org.facts.user_ids() {
                for (group, _) in org.groups(user) {
                    members.entry(group).or_default().push(user);
                }
            }
            members
        });
        members.get(&group).map_or(&[], Vec::as_slice)
    }
}
