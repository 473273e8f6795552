//! Who gains and loses what in one organisation, under two policies.
//!
//! Every user (and a caller who is not signed in) is asked for every permission on every node that the facts list, on what
//! lies in them though nobody lists it, and creating actions at every container; administration for each recipient. Both
//! policies read the same facts, each in its own way; what they call the same is compared.

use super::names::Names;
use crate::analyze::compare::SETTING;
use crate::eval::org::Org;
use crate::eval::unchecked::degree;
use crate::eval::{Request, Target};
use crate::facts::Facts;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{NodeId, Tri, UserId, Value};
use crate::model::{Model, NOW, TypeId, TypeKind};
use crate::table::Table;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// One policy with the organisation as it reads it.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The policy.
    pub table: &'a Table,
    /// The organisation.
    pub org: &'a Org<'a>,
}

/// A permission at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deed {
    /// `edit Tender`
    pub permission: String,
    /// `tender-17`, `in paris`
    pub at: String,
    /// To or from whom, in administration.
    pub to: Vec<String>,
    /// A field that came or went with its record and all other fields; readers need not be told.
    pub folded: bool,
}

/// What one user gains and loses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id; `anyone` is a caller who is not signed in.
    pub user: String,
    /// Allowed now, and not before.
    pub gains: Vec<Deed>,
    /// Allowed before, and not now.
    pub loses: Vec<Deed>,
}

/// Callers who are not signed in.
pub const ANYONE: &str = "anyone";

/// Whoever gains or loses something, by name.
#[must_use]
pub fn compare(old: View<'_>, new: View<'_>, now: Value) -> Vec<Person> {
    let shown = Names::of(old.table.model(), new.table.model());
    let moved = moved(old.table.model(), new.table.model());
    let (old, new) = (Asked::of(old, now, &moved), Asked::of(new, now, &moved));
    let users = |asked: &Asked<'_>| {
        asked
            .view
            .org
            .facts
            .users
            .iter()
            .map(|user| user.id.to_string())
            .collect::<Vec<_>>()
    };
    let names: BTreeSet<String> = users(&old).into_iter().chain(users(&new)).collect();
    let names: Vec<Option<String>> = names.into_iter().map(Some).chain([None]).collect();
    let persons = names.par_iter().map(|name| {
        let (before, after) = (old.powers(name.as_deref()), new.powers(name.as_deref()));
        Person {
            user: name.clone().unwrap_or_else(|| ANYONE.to_owned()),
            gains: beyond(&after, &before, &shown),
            loses: beyond(&before, &after, &shown),
        }
    });
    let persons: Vec<Person> = persons.collect();
    let changed = persons
        .into_iter()
        .filter(|person| !(person.gains.is_empty() && person.loses.is_empty()));
    changed.collect()
}

/// What somebody may do: for each permission and place, to whom; nobody is named where it is no matter of handing.
type Powers = BTreeMap<(String, String), BTreeSet<String>>;

/// What is in one and not in the other.
fn beyond(some: &Powers, others: &Powers, names: &Names) -> Vec<Deed> {
    let changed = |permission: &str, at: &str| {
        let key = (permission.to_owned(), at.to_owned());
        some.contains_key(&key) && !others.contains_key(&key)
    };
    let deeds = some.iter().filter_map(|((permission, at), to)| {
        let known = others.get(&(permission.clone(), at.clone()));
        let fresh: Vec<String> = match known {
            Some(known) => to.difference(known).cloned().collect(),
            None => to.iter().cloned().collect(),
        };
        (known.is_none() || !fresh.is_empty()).then(|| Deed {
            permission: names.permission(permission),
            at: at.clone(),
            to: fresh,
            folded: names
                .record_of(permission)
                .is_some_and(|(record, fields)| changed(record, at) && fields.iter().all(|field| changed(field, at))),
        })
    });
    deeds.collect()
}

/// A view with all that can be asked of it.
struct Asked<'a> {
    view: View<'a>,
    context: Vec<Value>,
    cases: Vec<Case>,
}

/// A permission on a target.
struct Case {
    permission: PermId,
    target: Target,
    key: (String, String),
    handing: bool,
}

impl<'a> Asked<'a> {
    fn of(view: View<'a>, now: Value, moved: &BTreeSet<(String, String)>) -> Self {
        let model = view.table.model();
        let mut context = view.org.facts.context.clone();
        context.resize(model.context.len(), Value::Missing);
        if context[NOW] == Value::Missing {
            context[NOW] = now;
        }
        Self {
            view,
            context,
            cases: cases(view).into_iter().chain(settings(view, moved)).collect(),
        }
    }

    fn powers(&self, user: Option<&str>) -> Powers {
        let facts = &self.view.org.facts;
        let id = user.map(|name| facts.user_named(name));
        let mut powers = Powers::new();
        if id == Some(None) {
            return powers;
        }
        let id = id.flatten();
        for case in &self.cases {
            let to = match self.degree(id, case, None) {
                Tri::False => continue,
                Tri::True if !case.handing => BTreeSet::new(),
                Tri::Unknown if !case.handing => continue,
                _ => {
                    let to = self.recipients(id, case);
                    if to.is_empty() {
                        continue;
                    }
                    to
                }
            };
            powers.entry(case.key.clone()).or_default().extend(to);
        }
        powers
    }

    fn recipients(&self, user: Option<UserId>, case: &Case) -> BTreeSet<String> {
        let facts = &self.view.org.facts;
        let fits = facts
            .user_ids()
            .filter(|&to| self.degree(user, case, Some(to)) == Tri::True);
        fits.map(|to| facts.user(to).id.to_string()).collect()
    }

    fn degree(&self, user: Option<UserId>, case: &Case, recipient: Option<UserId>) -> Tri {
        let request = Request {
            user,
            permission: case.permission,
            target: case.target,
            recipient,
            context: &self.context,
            given: &[],
            pool: &self.view.org.facts.pool,
        };
        degree(self.view.table, self.view.org, &request)
    }
}

/// Everything that can be asked: permissions that no rule grants are left out.
fn cases(view: View<'_>) -> Vec<Case> {
    let (table, org) = (view.table, view.org);
    let model = table.model();
    let filled = filled(org);
    let mut cases = Vec::new();
    for (id, permission) in model.permissions.iter() {
        if table.row(id).grants.is_empty() && org.extra.ways(id).is_empty() {
            continue;
        }
        let shown = super::names::permission_key(model, permission);
        for (target, at) in targets(model, org, permission, &filled) {
            cases.push(Case {
                permission: id,
                target,
                key: (shown.clone(), at),
                handing: permission.is_administrative(),
            });
        }
    }
    cases
}

/// Who may change a setting is a right: it is asked of the settings that another permission changes now.
fn settings(view: View<'_>, moved: &BTreeSet<(String, String)>) -> Vec<Case> {
    let (table, org) = (view.table, view.org);
    let model = table.model();
    let filled = filled(org);
    let mut cases = Vec::new();
    for (ty, it) in model.type_ids().zip(&model.types) {
        for (slot, attribute) in it.attributes.iter().enumerate() {
            let is_moved = moved.contains(&(it.name.clone(), attribute.name.clone()));
            let Some(id) = model.changing(ty, slot).filter(|_| is_moved) else {
                continue;
            };
            for (target, at) in targets(model, org, model.permissions.get(id), &filled) {
                cases.push(Case {
                    permission: id,
                    target,
                    key: (format!("{SETTING}{}.{}", it.name, attribute.name), at),
                    handing: false,
                });
            }
        }
    }
    cases
}

/// The settings of both policies that another permission changes now, by type and name.
fn moved(old: &Model, new: &Model) -> BTreeSet<(String, String)> {
    let changing = |model: &Model| -> BTreeMap<(String, String), Option<String>> {
        let types = model.type_ids().zip(&model.types);
        let all = types.flat_map(|(ty, it)| {
            let attributes = it.attributes.iter().enumerate();
            attributes.map(move |(slot, attribute)| {
                let by = model.changing(ty, slot).map(|id| model.permissions.get(id));
                let by = by.map(|permission| super::names::permission_key(model, permission));
                ((it.name.clone(), attribute.name.clone()), by)
            })
        });
        all.collect()
    };
    let (before, after) = (changing(old), changing(new));
    let differs = |(key, by): &(&(String, String), &Option<String>)| after.get(*key).is_some_and(|other| other != *by);
    before.iter().filter(differs).map(|(key, _)| key.clone()).collect()
}

/// The types of which a node lists some directly in it.
fn filled(org: &Org<'_>) -> BTreeSet<(NodeId, TypeId)> {
    let nodes = org.facts.node_ids();
    nodes
        .filter_map(|node| Some((org.container(node)?, org.ty(node))))
        .collect()
}

/// What a permission may be asked of, with the words for it.
fn targets(
    model: &Model,
    org: &Org<'_>,
    permission: Permission,
    filled: &BTreeSet<(NodeId, TypeId)>,
) -> Vec<(Target, String)> {
    let facts = &org.facts;
    let here = |node: NodeId| (Target::node(node), facts.node_name(model, node));
    let of_type = |ty: TypeId| facts.node_ids().filter(move |&node| org.ty(node) == ty);
    match permission {
        Permission::Act { ty, .. } if model.ty(ty).kind == TypeKind::Principal => on_users(model, org, ty),
        Permission::Act { ty, action, .. } => {
            let creating = model.ty(ty).actions[action].creating;
            let holders = facts
                .node_ids()
                .filter(|&node| model.ty(ty).containers.contains(&org.ty(node)));
            let inside = |node: NodeId| format!("in {}", facts.node_name(model, node));
            if creating {
                return holders.map(|node| (Target::created(ty, node), inside(node))).collect();
            }
            let empty = holders.filter(|&node| !filled.contains(&(node, ty)));
            let unlisted = empty.map(|node| (Target::unlisted(ty, node), inside(node)));
            of_type(ty).map(here).chain(unlisted).collect()
        }
        Permission::Give(role) | Permission::Take(role) => of_type(model.role(role).ty).map(here).collect(),
        Permission::AddMember(ty) | Permission::RemoveMember(ty) => of_type(ty).map(here).collect(),
        Permission::Grant(_) => facts
            .node_ids()
            .filter(|&node| org.kind(node).is_place())
            .map(here)
            .collect(),
    }
}

/// Users as targets, in each place of which they are members.
fn on_users(model: &Model, org: &Org<'_>, ty: TypeId) -> Vec<(Target, String)> {
    let facts: &Facts = &org.facts;
    let users = facts.user_ids().filter(|&user| facts.user(user).ty == ty);
    let mut targets = Vec::new();
    for user in users {
        let places = org.memberships(user).map(|(place, _)| place);
        let places: BTreeSet<NodeId> = places.filter(|&place| org.kind(place).is_place()).collect();
        let named = |place: NodeId| format!("{} in {}", facts.user(user).id, facts.node_name(model, place));
        targets.extend(
            places
                .into_iter()
                .map(|place| (Target::user(user, ty, place), named(place))),
        );
    }
    targets
}
