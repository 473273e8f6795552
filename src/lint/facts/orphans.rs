//! Places that nobody administers: no role can be given there by anybody, as far as holdings and reaches tell.
//!
//! 1. [`Hands`] is by which rules of which roles something is given at a type of place.
//! 2. [`Held`] is who is there to do it: the roles that somebody holds, or may hold, at each node.
//! 3. Places without such a holder are told, those that lie in one already told only counted.
//!
//! Conditions are taken to be true, and of what depends on the moment or on a derivation the best is assumed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Check, few};
use crate::containment::reach::reaches;
use crate::diagnostic::Diagnostic;
use crate::eval::Target;
use crate::eval::org::running;
use crate::model::permission::Permission;
use crate::model::value::{NodeId, Tri, UserId, Value};
use crate::model::{AttrName, DerivationTerm, Effect, Model, Reach, RoleId, Rule, RuleId, TypeId};

/// Reports every outermost place that nobody administers.
pub(super) fn check(check: &mut Check<'_>) {
    let hands = Hands::of(check.model);
    if hands.by_type.is_empty() {
        return;
    }
    let mut held = Held::of(check);
    held.look_far(check, &hands);
    let is_orphan = |place: &NodeId| hands.is_orphan(check, &held, *place);
    let orphans: BTreeSet<NodeId> = check.facts.node_ids().filter(is_orphan).collect();
    let mut inner: BTreeMap<NodeId, usize> = BTreeMap::new();
    for &place in &orphans {
        let same = |at: &NodeId| check.org.account(*at) == check.org.account(place) && orphans.contains(at);
        let outermost = check.org.chain(place).take_while(same).last().unwrap_or(place);
        *inner.entry(outermost).or_default() += usize::from(outermost != place);
    }
    for (place, more) in inner {
        let note = told(check, &hands, place, more);
        check.found.push(note);
    }
}

fn told(check: &Check<'_>, hands: &Hands<'_>, place: NodeId, more: usize) -> Diagnostic {
    let of_type = hands.by_type.get(&check.org.ty(place)).into_iter().flatten();
    let roles: BTreeSet<RoleId> = of_type.map(|(role, _)| *role).collect();
    let roles: Vec<String> = roles.into_iter().map(|role| check.role(role)).collect();
    let and = match more {
        0 => String::new(),
        1 => ", nor at 1 place in it".to_owned(),
        _ => format!(", nor at {more} places in it"),
    };
    Diagnostic::note(
        "facts/orphan-place",
        format!("nobody can hand out roles at {}{and}", check.node(place)),
    )
    .at(check.facts.node(place).span, "")
    .help(format!("a holder of {} could, here or above", few(&roles)))
}

/// By which rules roles are given and members added, by the type of the place; only where everybody is not free to.
struct Hands<'a> {
    by_type: HashMap<TypeId, Vec<(RoleId, &'a Rule)>>,
}

impl<'a> Hands<'a> {
    fn of(model: &'a Model) -> Self {
        let mut by_type: HashMap<TypeId, Vec<(RoleId, &Rule)>> = HashMap::new();
        for role in model.role_ids() {
            for copy in &model.role(role).rules {
                for ty in given_at(model, copy.rule) {
                    by_type.entry(ty).or_default().push((role, model.rule(copy.rule)));
                }
            }
        }
        let public: Vec<TypeId> = model.public.iter().flat_map(|&rule| given_at(model, rule)).collect();
        by_type.retain(|ty, _| model.ty(*ty).kind.is_place() && !public.contains(ty));
        Self { by_type }
    }

    fn is_orphan(&self, check: &Check<'_>, held: &Held, place: NodeId) -> bool {
        let Some(hands) = self.by_type.get(&check.org.ty(place)) else {
            return false;
        };
        let target = Target::node(place);
        !hands.iter().any(|(role, rule)| match rule.reach {
            Reach::Anywhere | Reach::Across(_) => held.reaches_far(check, *role, rule.reach, place),
            _ => {
                let near = |node| held.is_at(check, *role, node) && reaches(check.org, rule, node, &target);
                check.org.chain(place).any(near)
            }
        })
    }
}

/// Types of places at which a rule gives or takes something.
fn given_at(model: &Model, rule: RuleId) -> BTreeSet<TypeId> {
    let rule = model.rule(rule);
    let granted = rule.permissions.iter().filter(|_| rule.effect == Effect::Grant);
    let types = granted.filter_map(|&id| match model.permissions.get(id) {
        Permission::Give(role) | Permission::Take(role) => Some(model.role(role).ty),
        Permission::AddMember(ty) | Permission::RemoveMember(ty) => Some(ty),
        Permission::Act { .. } | Permission::Grant(_) => None,
    });
    types.collect()
}

/// Which roles somebody holds where.
struct Held {
    stated: HashSet<(RoleId, NodeId)>,
    members: HashSet<NodeId>,
    /// For rules that reach far: the nodes from which they do.
    zones: HashMap<(RoleId, Reach), HashSet<NodeId>>,
}

impl Held {
    fn of(check: &Check<'_>) -> Self {
        let users: Vec<UserId> = check.facts.user_ids().collect();
        let may = |window| running(window, check.now) != Tri::False;
        let entries = users.iter().flat_map(|&user| check.org.entries(user));
        let places = users.iter().flat_map(|&user| check.org.memberships(user));
        Self {
            stated: entries
                .filter(|it| may(check.org.window(it)))
                .map(|it| (it.role, it.node))
                .collect(),
            members: places
                .filter(|(_, window)| may(*window))
                .map(|(node, _)| node)
                .collect(),
            zones: HashMap::new(),
        }
    }

    /// Somebody may hold the role at exactly this node.
    fn is_at(&self, check: &Check<'_>, role: RoleId, node: NodeId) -> bool {
        let it = check.model.role(role);
        if !it.is_derived() {
            return self.stated.contains(&(role, node));
        }
        it.ty == check.org.ty(node)
            && it.derived.iter().all(|being| match being {
                DerivationTerm::Relation(name) => is_somebody(check, node, *name),
                DerivationTerm::Member => self.members.contains(&node),
                DerivationTerm::Holds(roles) => roles
                    .iter()
                    .any(|&base| check.model.role(base).is_derived() || self.stated.contains(&(base, node))),
                DerivationTerm::Can(_) => true,
            })
    }

    /// Somebody may hold the role in the zone of the place, or anywhere.
    fn reaches_far(&self, check: &Check<'_>, role: RoleId, reach: Reach, place: NodeId) -> bool {
        let zones = self.zones.get(&(role, reach));
        zones.is_some_and(|zones| match reach {
            Reach::Across(_) => check.org.chain(place).any(|node| zones.contains(&node)),
            _ => !zones.is_empty(),
        })
    }

    /// Finds, for rules that reach far, from where they do.
    fn look_far(&mut self, check: &Check<'_>, hands: &Hands<'_>) {
        for &(role, rule) in hands.by_type.values().flatten() {
            let nodes = check.nodes_of(check.model.role(role).ty).iter().copied();
            let nodes = nodes.filter(|&node| self.is_at(check, role, node));
            let zones: HashSet<NodeId> = match rule.reach {
                Reach::Anywhere => nodes.take(1).collect(),
                Reach::Across(ty) => nodes.filter_map(|node| check.org.near(node, ty)).collect(),
                _ => continue,
            };
            self.zones.insert((role, rule.reach), zones);
        }
    }
}

/// The attribute may have a user in it.
fn is_somebody(check: &Check<'_>, node: NodeId, name: AttrName) -> bool {
    let slot = check.model.slot(check.org.ty(node), name);
    let value = slot.and_then(|slot| check.facts.node(node).values.get(slot).copied());
    match value {
        Some(Value::Absent) | None => false,
        Some(Value::List(list)) => !check.facts.pool.values(list).is_empty(),
        Some(_) => true,
    }
}
