//! Readable names for the individuals of a witness, none of which the policy uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::picture::{Given, Picture};
use crate::analyze::world::{Aim, Atom, Owner, World, node_of, user_of};
use crate::model::permission::PermId;
use crate::model::show::snake_case;
use crate::model::value::{GroupId, NodeId, UserId, Value};
use crate::model::{Model, TypeKind};

const USERS: [&str; 6] = ["alice", "bob", "carol", "dave", "erin", "frank"];
const ACCOUNTS: [&str; 6] = ["acme", "globex", "initech", "umbrella", "hooli", "stark"];
const UNITS: [&str; 8] = ["paris", "lyon", "nice", "lille", "nantes", "brest", "rennes", "tours"];

/// Who and what is called how.
#[derive(Debug)]
pub(super) struct Names {
    nodes: BTreeMap<NodeId, String>,
    users: BTreeMap<u32, String>,
    groups: Vec<(Atom, String)>,
    custom: Vec<(Atom, String)>,
}

impl Names {
    /// Names everything that a picture speaks of.
    pub(super) fn new(world: &World<'_>, picture: &Picture, requests: &[(PermId, bool)]) -> Self {
        let mut taken = taken(world.model);
        let mut names = Self {
            nodes: BTreeMap::new(),
            users: BTreeMap::new(),
            groups: Vec::new(),
            custom: Vec::new(),
        };
        for node in nodes(world, picture) {
            let ty = world.model.ty(world.nodes[node.0 as usize].ty);
            let name = match ty.kind {
                TypeKind::Account => fresh(&ACCOUNTS, "account", &mut taken),
                TypeKind::Unit => fresh(&UNITS, "unit", &mut taken),
                TypeKind::Resource | TypeKind::Principal => {
                    fresh(&[], &snake_case(&ty.name).replace('_', "-"), &mut taken)
                }
            };
            names.nodes.insert(node, name);
        }
        for user in users(world, picture, requests) {
            names.users.insert(user, fresh(&USERS, "user", &mut taken));
        }
        names.name_sets(world, picture, &mut taken);
        names
    }

    fn name_sets(&mut self, world: &World<'_>, picture: &Picture, taken: &mut BTreeSet<String>) {
        let named = picture.values.iter().flat_map(values).filter_map(|value| match value {
            Value::Group(group) => Some(Atom::InGroup(0, group)),
            _ => None,
        });
        for atom in picture.atoms.iter().copied().chain(named) {
            match atom {
                Atom::InGroup(_, group) if self.group(group).is_none() => {
                    self.groups.push((atom, fresh(&[], "circle", taken)));
                }
                Atom::Via(..) => self.groups.push((atom, fresh(&[], "team", taken))),
                _ if world.custom_role(atom).is_some() => self.custom.push((atom, fresh(&["Helper"], "Helper", taken))),
                _ => {}
            }
        }
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = (NodeId, &str)> {
        self.nodes.iter().map(|(&node, name)| (node, name.as_str()))
    }

    pub(super) fn users(&self) -> impl Iterator<Item = (u32, &str)> {
        self.users.iter().map(|(&user, name)| (user, name.as_str()))
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = (&Atom, &str)> {
        self.groups.iter().map(|(atom, name)| (atom, name.as_str()))
    }

    pub(super) fn node(&self, node: NodeId) -> &str {
        self.nodes.get(&node).map_or("", String::as_str)
    }

    pub(super) fn user(&self, user: u32) -> &str {
        self.users.get(&user).map_or("", String::as_str)
    }

    pub(super) fn group(&self, wanted: GroupId) -> Option<&str> {
        let found = self
            .groups
            .iter()
            .find(|(atom, _)| matches!(atom, Atom::InGroup(_, group) if *group == wanted));
        found.map(|(_, name)| name.as_str())
    }

    pub(super) fn custom(&self, wanted: Atom) -> &str {
        self.custom
            .iter()
            .find(|(atom, _)| *atom == wanted)
            .map_or("", |(_, name)| name.as_str())
    }
}

/// Every name that the policy declares, in small letters: ids beside them could be read two ways.
fn taken(model: &Model) -> BTreeSet<String> {
    let labels =
        |labels: &[crate::syntax::ast::Label]| labels.iter().map(|it| it.text.to_lowercase()).collect::<Vec<_>>();
    let mut taken: BTreeSet<String> =
        BTreeSet::from(["everyone", "anyone", "member", "everything", "anything"].map(str::to_owned));
    for ty in &model.types {
        taken.insert(ty.name.to_lowercase());
        taken.insert(snake_case(&ty.name));
        taken.extend(labels(&ty.labels));
        taken.extend(ty.actions.iter().map(|it| it.name.to_lowercase()));
        taken.extend(ty.fields.iter().map(|it| it.name.to_lowercase()));
    }
    for role in &model.roles {
        taken.insert(role.name.to_lowercase());
        taken.extend(labels(&role.labels));
    }
    taken.extend(model.areas.iter().map(|it| it.name.to_lowercase()));
    taken.extend(model.bundles.iter().map(|it| it.name.to_lowercase()));
    taken.extend(model.enums.iter().flat_map(|it| &it.values).map(|it| it.to_lowercase()));
    taken
}

/// A name that is not taken: one of the list, else the word with a number.
fn fresh(list: &[&str], word: &str, taken: &mut BTreeSet<String>) -> String {
    let listed = list.iter().map(|&name| name.to_owned());
    let numbered = (1..).map(|n| format!("{word}-{n}"));
    let name = listed
        .chain(numbered)
        .find(|name| !taken.contains(&name.to_lowercase()))
        .unwrap_or_default();
    taken.insert(name.to_lowercase());
    name
}

/// The nodes that a picture speaks of, containers with them.
fn nodes(world: &World<'_>, picture: &Picture) -> BTreeSet<NodeId> {
    let shape = &world.shapes[picture.shape];
    let mut found: BTreeSet<NodeId> = shape.chain.iter().copied().collect();
    found.extend(shape.second.iter().flat_map(|(chain, _)| chain));
    let stated = picture.atoms.iter().filter_map(|&atom| node_of(atom));
    let named = picture.values.iter().flat_map(values).filter_map(|value| match value {
        Value::Node(node) => Some(node),
        _ => None,
    });
    let described = described(world, picture).filter_map(|owner| match owner {
        Owner::Node(node) => Some(node).filter(|node| shape.present[node.0 as usize]),
        _ => None,
    });
    let there = (0..world.nodes.len()).filter_map(|ix| u32::try_from(ix).ok().map(NodeId));
    let there = there.filter(|node| {
        let present = shape.present[node.0 as usize];
        present && world.may_lack(*node) && !picture.lacking.contains(node)
    });
    for node in stated.chain(named).chain(described).chain(there) {
        let mut at = Some(node);
        while let Some(node) = at.filter(|&node| found.insert(node)) {
            at = shape.parent(node);
        }
    }
    found
}

fn users(world: &World<'_>, picture: &Picture, requests: &[(PermId, bool)]) -> BTreeSet<u32> {
    let mut found: BTreeSet<u32> = picture.atoms.iter().map(|&atom| user_of(atom)).collect();
    found.extend(picture.values.iter().flat_map(values).filter_map(|value| match value {
        Value::User(UserId(user)) => Some(user),
        _ => None,
    }));
    found.extend(described(world, picture).filter_map(|owner| match owner {
        Owner::User(user, kind) => Some(user).filter(|_| picture.kinds[user as usize] == kind),
        _ => None,
    }));
    found.insert(0);
    for &(permission, second) in requests {
        let (aim, same, other) = match second {
            false => (Some(world.aim), picture.same, 1),
            true => (world.second, picture.second_same, 2),
        };
        if matches!(aim, Some(Aim::User(_))) || world.model.permissions.get(permission).is_administrative() {
            found.insert(if same { 0 } else { other });
        }
    }
    found
}

/// Of what a picture says something that would not be so by default.
fn described(world: &World<'_>, picture: &Picture) -> impl Iterator<Item = Owner> {
    let terms = world.terms.iter().zip(&picture.values).enumerate();
    terms.filter_map(|(ix, (term, given))| (!world.is_by_default(ix, given)).then_some(term.owner))
}

fn values(given: &Given) -> Vec<Value> {
    match given {
        Given::Not => Vec::new(),
        Given::One(value) => vec![*value],
        Given::Set(values) => values.clone(),
    }
}
