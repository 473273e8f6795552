//! A witness: an organisation and a request as text, such as a policy author would write them.
//!
//! [`World::witness`] turns a [`Picture`] into YAML and a sentence; [`Witness::replay`] reads the YAML again and puts the
//! request to the evaluator. Nothing is shown that was not replayed.

mod names;
mod replay;
mod sentence;
mod values;

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use names::Names;

use super::picture::{Given, Picture};
use super::solver::Search;
use super::world::{Atom, Owner, Term, Text, World};
use crate::model::permission::PermId;
use crate::model::value::{NodeId, Scalar};
use crate::model::{Model, RoleId, TypeId, TypeKind, USER};

/// A small organisation and a request that show something.
#[derive(Debug, Clone)]
pub struct Witness {
    /// The organisation, as YAML that the facts' reader takes.
    pub facts: String,
    /// The request, as a sentence.
    pub sentence: String,
    /// What the evaluator is asked.
    request: replay::Request,
    /// A second request of the same caller.
    second: Option<(String, replay::Request)>,
}

/// A witness as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The organisation, as YAML that the facts' reader takes.
    pub facts: String,
    /// The request, as a sentence.
    pub sentence: String,
    /// Of two policies that are compared, what the other one reads of that organisation, where it is more than these facts
    /// and matters: what this one does not declare.
    pub also: Option<String>,
}

impl Shown {
    /// The witness as the help of a finding, with what it is answered with.
    #[must_use]
    pub fn help(&self, verdict: &str) -> String {
        format!(
            "`{}` is answered with {verdict} here:\n{}",
            self.sentence,
            self.facts.trim_end()
        )
    }
}

impl Witness {
    /// The second of two requests, as a sentence.
    #[must_use]
    pub fn second_sentence(&self) -> &str {
        self.second.as_ref().map_or("", |(sentence, _)| sentence)
    }

    /// The text alone.
    #[must_use]
    pub fn shown(self) -> Shown {
        Shown {
            facts: self.facts,
            sentence: self.sentence,
            also: None,
        }
    }
}

impl<'m> World<'m> {
    /// A small organisation and a request in which the claims hold.
    pub fn witness(
        &mut self,
        claims: &[super::solver::Lit],
        permission: PermId,
        alone: Option<RoleId>,
    ) -> Search<Witness> {
        let picture = self.picture(claims, alone);
        picture.map(|picture| self.write(&picture, permission))
    }

    /// A small organisation and two requests of one user in which the claims hold.
    pub fn witness_of_both(&mut self, claims: &[super::solver::Lit], permissions: [PermId; 2]) -> Search<Witness> {
        let picture = self.picture(claims, None);
        picture.map(|picture| self.write_both(&picture, permissions))
    }

    fn write_both(&self, picture: &Picture, [first, second]: [PermId; 2]) -> Witness {
        let names = Names::new(self, picture, &[(first, false), (second, true)]);
        let writer = |second| Writer {
            world: self,
            side: Side::of(self.model),
            picture,
            names: &names,
            second,
        };
        let (one, two) = (writer(false), writer(true));
        Witness {
            facts: one.facts(),
            sentence: one.sentence(first),
            request: one.request(first),
            second: Some((two.sentence(second), two.request(second))),
        }
    }

    /// What the first two users are called in a picture.
    #[must_use]
    pub fn called(&self, picture: &Picture, permission: PermId) -> [String; 2] {
        let names = Names::new(self, picture, &[(permission, false)]);
        [0, 1].map(|user| names.user(user).to_owned())
    }

    /// A picture as text.
    #[must_use]
    pub fn write(&self, picture: &Picture, permission: PermId) -> Witness {
        self.write_for(picture, permission, Side::of(self.model))
    }

    /// A picture as text, less what one of two policies does not declare.
    #[must_use]
    pub fn write_for(&self, picture: &Picture, permission: PermId, side: Side<'_>) -> Witness {
        let names = Names::new(self, picture, &[(permission, false)]);
        let writer = Writer {
            world: self,
            side,
            picture,
            names: &names,
            second: false,
        };
        Witness {
            facts: writer.facts(),
            sentence: writer.sentence(permission),
            request: writer.request(permission),
            second: None,
        }
    }
}

/// The types and the permissions that one of two policies declares, in the common numbering.
pub type Declared<'a> = (&'a HashSet<TypeId>, &'a HashMap<PermId, PermId>);

/// Whose facts are written.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The policy.
    pub model: &'a Model,
    /// Of one of two policies what it declares; what it does not is not told to it.
    pub declared: Option<Declared<'a>>,
}

impl<'a> Side<'a> {
    /// The only policy there is.
    const fn of(model: &'a Model) -> Self {
        Self { model, declared: None }
    }
}

/// When a role ended that runs no longer.
const LONG_AGO: &str = "until: 1970-01-01";

/// Writes one picture.
struct Writer<'a, 'm> {
    world: &'a World<'m>,
    /// For whom it is written: the one policy, or one of two.
    side: Side<'a>,
    picture: &'a Picture,
    names: &'a Names,
    /// Of two requests the second is written.
    second: bool,
}

impl Writer<'_, '_> {
    fn model(&self) -> &Model {
        self.world.model
    }

    fn facts(&self) -> String {
        let mut text = String::new();
        for (kind, heading) in [(TypeKind::Account, "accounts"), (TypeKind::Unit, "units")] {
            self.nodes(kind, heading, &mut text);
        }
        self.groups(&mut text);
        self.users(&mut text);
        self.nodes(TypeKind::Resource, "resources", &mut text);
        self.grants(&mut text);
        self.custom_roles(&mut text);
        text
    }

    fn nodes(&self, kind: TypeKind, heading: &str, text: &mut String) {
        let mut entries = Vec::new();
        for (node, name) in self.names.nodes() {
            let ty = self.world.nodes[node.0 as usize].ty;
            if self.model().ty(ty).kind != kind || !self.has(node) {
                continue;
            }
            let mut fields = vec![format!("is: {}", self.model().ty(ty).name)];
            if let Some(parent) = self.world.shapes[self.picture.shape].parent(node) {
                fields.push(format!("in: {}", self.names.node(parent)));
            }
            fields.extend(self.attributes(Owner::Node(node)));
            entries.push(format!("{name}: {{ {} }}", fields.join(", ")));
        }
        section(heading, entries, text);
    }

    /// The policy knows the attribute, or it is a bound of a holding. One that another policy has with another type is told
    /// once, as this one has it if it can be.
    fn knows(&self, term: usize) -> bool {
        let Some(own) = self.world.attribute_in(self.side.model, term) else {
            return self.world.attribute_in(self.world.model, term).is_none();
        };
        let it = &self.world.terms[term];
        let is_own = |ix: usize| self.world.is_stated_as(ix, own.ty);
        let mut others = self.world.terms.iter().zip(&self.picture.values).enumerate();
        let is_told = |(ix, (other, given)): (usize, (&Term, &Given))| {
            (other.owner, other.name) == (it.owner, it.name) && is_own(ix) && *given != Given::Not
        };
        is_own(term) || !others.any(is_told)
    }

    fn declares(&self, role: RoleId) -> bool {
        self.side.declared.is_none() || self.side.model.role(role).is_declared()
    }

    /// The policy has things of the node's type; other nodes are not told to it, nor what stands at them.
    fn has(&self, node: NodeId) -> bool {
        let ty = self.world.nodes[node.0 as usize].ty;
        self.side.declared.is_none_or(|(types, _)| types.contains(&ty))
    }

    fn can_hand_out(&self, text: Text, node: NodeId) -> bool {
        let known = |(_, permissions): Declared<'_>| permissions.contains_key(&text.permission);
        self.has(node) && self.side.declared.is_none_or(known)
    }

    /// The attributes that matter, as `name: value`.
    fn attributes(&self, owner: Owner) -> Vec<String> {
        let terms = self.world.terms.iter().zip(&self.picture.values).enumerate();
        terms
            .filter(|(ix, (term, _))| term.owner == owner && self.knows(*ix))
            .filter(|&(ix, (_, given))| !self.world.is_by_default(ix, given))
            .filter_map(|(_, (term, given))| {
                let name = &self.model().attr_names[term.name.0 as usize];
                self.given(given, term.ty.of).map(|value| format!("{name}: {value}"))
            })
            .collect()
    }

    fn groups(&self, text: &mut String) {
        let mut entries = Vec::new();
        for (atom, name) in self.names.groups() {
            let mut fields = Vec::new();
            let members: Vec<&str> = self
                .members(*atom)
                .into_iter()
                .map(|user| self.names.user(user))
                .collect();
            if !members.is_empty() {
                fields.push(format!("members: [{}]", members.join(", ")));
            }
            if let Atom::Via(user, role, node) = *atom
                && self.declares(role)
            {
                fields.push(format!(
                    "roles: {}",
                    self.roles(vec![(role, node, Owner::Holding(user, role, node, false))])
                ));
            }
            entries.push(format!("{name}: {{ {} }}", fields.join(", ")));
        }
        section("groups", entries, text);
    }

    fn members(&self, of: Atom) -> Vec<u32> {
        let same = |atom: &&Atom| match (of, **atom) {
            (Atom::InGroup(_, a), Atom::InGroup(_, b)) => a == b,
            (a, b) => a == b,
        };
        let mut users: Vec<u32> = self
            .picture
            .atoms
            .iter()
            .filter(same)
            .map(|&atom| super::world::user_of(atom))
            .collect();
        users.sort_unstable();
        users
    }

    fn users(&self, text: &mut String) {
        let mut entries = Vec::new();
        for (user, name) in self.names.users() {
            let mut fields = Vec::new();
            let kind = self.picture.kinds[user as usize];
            if kind != USER {
                fields.push(format!("is: {}", self.model().ty(kind).name));
            }
            let places: Vec<&str> = self
                .picture
                .atoms
                .iter()
                .filter_map(|&atom| match atom {
                    Atom::Listed(whose, place) if whose == user && self.has(place) => Some(self.names.node(place)),
                    _ => None,
                })
                .collect();
            match places[..] {
                [] => {}
                [only] => fields.push(format!("in: {only}")),
                _ => fields.push(format!("in: [{}]", places.join(", "))),
            }
            let roles = self.roles_of(user);
            if !roles.is_empty() {
                fields.push(format!("roles: {roles}"));
            }
            fields.extend(self.attributes(Owner::User(user, kind)));
            let fields = if fields.is_empty() {
                "{}".to_owned()
            } else {
                format!("{{ {} }}", fields.join(", "))
            };
            entries.push(format!("{name}: {fields}"));
        }
        section("users", entries, text);
    }

    fn roles_of(&self, user: u32) -> String {
        let mut held = Vec::new();
        let mut custom = Vec::new();
        let mut lapsed = Vec::new();
        for &atom in &self.picture.atoms {
            match atom {
                Atom::Stated(whose, role, node) if whose == user && self.declares(role) => {
                    held.push((role, node, Owner::Holding(user, role, node, true)));
                }
                Atom::Other(whose, node) if whose == user && self.has(node) => {
                    match self.world.other_role(self.world.nodes[node.0 as usize].ty) {
                        Some(role) => held.push((role, node, Owner::Context)),
                        None => custom.push(format!("{}: {}", self.names.custom(atom), self.names.node(node))),
                    }
                }
                Atom::Lapsed(whose, role, node) if whose == user && self.declares(role) => lapsed.push((role, node)),
                Atom::Custom(whose, text, node) if whose == user && self.can_hand_out(text, node) => {
                    custom.push(format!("{}: {}", self.names.custom(atom), self.names.node(node)));
                }
                _ => {}
            }
        }
        if held.is_empty() && custom.is_empty() && lapsed.is_empty() {
            return String::new();
        }
        let given = self.role_entries(held, &lapsed);
        let parts: Vec<String> = [given].into_iter().filter(|it| !it.is_empty()).chain(custom).collect();
        format!("{{ {} }}", parts.join(", "))
    }

    fn roles(&self, held: Vec<(RoleId, NodeId, Owner)>) -> String {
        format!("{{ {} }}", self.role_entries(held, &[]))
    }

    /// `Manager: paris`, `Lead: [fr, { at: pit, limit: 5 }]`
    fn role_entries(&self, held: Vec<(RoleId, NodeId, Owner)>, lapsed: &[(RoleId, NodeId)]) -> String {
        let mut by_name: Vec<(&str, Vec<String>)> = Vec::new();
        let running = held.into_iter().map(|(role, node, owner)| {
            let said = match owner {
                Owner::Holding(..) => self.attributes(owner),
                _ => Vec::new(),
            };
            (role, node, said)
        });
        let over = lapsed
            .iter()
            .map(|&(role, node)| (role, node, vec![LONG_AGO.to_owned()]));
        for (role, node, said) in running.chain(over) {
            let name = self.model().role(role).name.as_str();
            let place = match said.is_empty() {
                true => self.names.node(node).to_owned(),
                false => format!("{{ at: {}, {} }}", self.names.node(node), said.join(", ")),
            };
            match by_name.iter_mut().find(|(known, _)| *known == name) {
                Some((_, places)) => places.push(place),
                None => by_name.push((name, vec![place])),
            }
        }
        let entries = by_name.into_iter().map(|(name, places)| match &places[..] {
            [only] => format!("{name}: {only}"),
            _ => format!("{name}: [{}]", places.join(", ")),
        });
        entries.collect::<Vec<_>>().join(", ")
    }

    fn grants(&self, text: &mut String) {
        let mut entries = Vec::new();
        for &atom in &self.picture.atoms {
            if let Atom::Single(user, handed, node) = atom
                && self.can_hand_out(handed, node)
            {
                let (to, can) = (self.names.user(user), self.handed(handed));
                entries.push(format!("- {{ to: {to}, can: {can}, at: {} }}", self.names.node(node)));
            }
        }
        section("grants", entries, text);
    }

    fn handed(&self, text: Text) -> String {
        let permission = self.exactly(text.permission);
        match text.within {
            Some(ty) => format!("{permission} in {}", self.model().ty(ty).name),
            None => permission,
        }
    }

    /// A text that names a whole gives what stands in its fields as well, which is told by itself where that matters.
    fn exactly(&self, permission: PermId) -> String {
        let model = self.model();
        let asks = |id: PermId| self.world.asks(id);
        let matters = |field: PermId| asks(field) || model.permissions.implied(field).iter().any(|&it| asks(it));
        model.show_permission(permission) + &model.show_except(permission, matters)
    }

    /// Where a custom role with a permission that is held at a node can be made, so that its holder may have it.
    fn made_at(&self, permission: PermId, node: NodeId) -> NodeId {
        let places = self.world.ceilings(permission, node, self.picture.shape);
        let entitled = places.iter().find(|(_, entitled)| self.picture.model.shows(*entitled));
        entitled.or(places.first()).map_or(node, |(at, _)| *at)
    }

    fn custom_roles(&self, text: &mut String) {
        let mut entries = Vec::new();
        for &atom in &self.picture.atoms {
            if let Some((handed, node)) = self.world.custom_role(atom)
                && self.can_hand_out(handed, node)
            {
                let (name, can) = (self.names.custom(atom), self.handed(handed));
                entries.push(format!(
                    "- {{ name: {name}, at: {}, can: {can} }}",
                    self.names.node(self.made_at(handed.permission, node))
                ));
            }
        }
        section("roles", entries, text);
    }

    fn given(&self, given: &Given, of: Scalar) -> Option<String> {
        match given {
            Given::Not => None,
            Given::One(value) => Some(self.names.value(*value, self.model(), of)),
            Given::Set(values) => {
                let values = values.iter().map(|&value| self.names.value(value, self.model(), of));
                Some(format!("[{}]", values.collect::<Vec<_>>().join(", ")))
            }
        }
    }
}

fn section(heading: &str, entries: Vec<String>, text: &mut String) {
    if entries.is_empty() {
        return;
    }
    let _ = writeln!(text, "{heading}:");
    for entry in entries {
        let _ = writeln!(text, "  {entry}");
    }
}
