//! Roles given by hand: `roles: { Manager: paris, Lead: [fr, { at: pit, until: 2026-12-31 }] }`.

use std::collections::HashMap;

use super::names::Miss;
use super::shape::{field, items};
use super::values::constant;
use super::{Names, Reader, Record};
use crate::diagnostic::Diagnostic;
use crate::facts::{CustomRole, Facts, Holding, Subject, Window};
use crate::model::show::attribute_names;
use crate::model::value::{GroupId, NodeId, UserId, Value};
use crate::model::{AttrName, Attribute, Default, Model, RoleId, TypeId};
use crate::source::Span;
use crate::yaml::{self, Key, Yaml};

/// What makes two holdings the same; the parameters are told in words, as lists have no other identity.
type Same = (Subject, RoleId, NodeId, Window, String);

/// The roles that a name may mean.
#[derive(Debug, Clone)]
pub(super) enum Named {
    /// Roles of the policy, at different types.
    Policy(Vec<RoleId>),
    /// A role that a tenant made.
    Custom(RoleId),
}

/// Why a role cannot be held at a node: a fault that has no place yet.
#[derive(Debug)]
pub(super) enum Misplaced {
    /// It is the name of the role that is wrong.
    Role(Diagnostic),
    /// It is the node.
    Node(Diagnostic),
}

impl Names<'_> {
    /// The role or roles of a name.
    fn named(&self, name: &str) -> Option<Named> {
        let roles = self.roles(name);
        match roles.is_empty() {
            false => Some(Named::Policy(roles)),
            true => self.custom(name).map(Named::Custom),
        }
    }

    /// The role of a name at the node of a text; `within` tells whether a node lies in another.
    ///
    /// # Errors
    ///
    /// A diagnostic, if one of the two is unknown, or the role is not one that is held there by hand.
    pub fn role_at(
        &self,
        name: &str,
        text: &str,
        facts: &Facts,
        within: impl Fn(NodeId, NodeId) -> bool,
    ) -> Result<(RoleId, NodeId), Diagnostic> {
        let named = self.named(name).ok_or_else(|| self.unknown_role(name))?;
        self.held_at(&named, name, text, facts, within)
            .map_err(|misplaced| match misplaced {
                Misplaced::Role(fault) | Misplaced::Node(fault) => fault,
            })
    }

    /// The same of a role that is known: a role is held at nodes of its type, a custom one within its place.
    fn held_at(
        &self,
        named: &Named,
        name: &str,
        text: &str,
        facts: &Facts,
        within: impl Fn(NodeId, NodeId) -> bool,
    ) -> Result<(RoleId, NodeId), Misplaced> {
        let types: Vec<TypeId> = match named {
            Named::Policy(roles) => roles.iter().map(|&role| self.model.role(role).ty).collect(),
            Named::Custom(_) => {
                let places = self.model.type_ids();
                places.filter(|&ty| self.model.ty(ty).kind.is_place()).collect()
            }
        };
        let node = match self.find_node(text, Some(&types)) {
            Err(Miss::Unfit(ty)) => Err(no_role_at(self.model, name, text, ty, &types)),
            _ => self.node(text, Some(&types)),
        };
        let node = node.map_err(Misplaced::Node)?;
        match named {
            Named::Policy(roles) => {
                let ty = facts.node(node).ty;
                let role = roles.iter().copied().find(|&role| self.model.role(role).ty == ty);
                // The node was looked for among the types of these roles.
                let role = role.unwrap_or(roles[0]);
                by_hand(self.model, role).map_err(Misplaced::Role)?;
                Ok((role, node))
            }
            Named::Custom(role) => match facts.custom_role(self.model, *role) {
                Some(custom) if !within(node, custom.at) => Err(Misplaced::Node(not_here(facts, custom, node))),
                _ => Ok((*role, node)),
            },
        }
    }
}

/// A derived role cannot be given.
fn by_hand(model: &Model, role: RoleId) -> Result<(), Diagnostic> {
    let it = model.role(role);
    if !it.is_derived() {
        return Ok(());
    }
    let message = format!("`{}` is derived and cannot be given by hand", it.name);
    let fault = Diagnostic::error("role/derived-by-hand", message);
    Err(match it.spans.first() {
        Some(&declared) => fault.at(declared, "declared here"),
        None => fault,
    })
}

fn not_here(facts: &Facts, custom: &CustomRole, node: NodeId) -> Diagnostic {
    let (name, at) = (&custom.name, &facts.node(custom.at).id);
    let message = format!("`{name}` is held at `{at}` or below, not at `{}`", facts.node(node).id);
    Diagnostic::error("role/not-here", message).at(custom.span, "made here")
}

fn no_role_at(model: &Model, name: &str, text: &str, ty: TypeId, exists: &[TypeId]) -> Diagnostic {
    let here = &model.ty(ty).name;
    let message = format!("there is no role `{name}` at `{text}`, which is of type `{here}`");
    let roles = model.roles.iter().filter(|role| role.ty == ty);
    let has: Vec<String> = roles.map(|role| format!("`{}`", role.name)).collect();
    let elsewhere = crate::model::show::type_list(model, exists);
    let help = match has[..] {
        [] => format!("`{name}` exists at {elsewhere}; `{here}` has no roles"),
        _ => format!(
            "`{name}` exists at {elsewhere}; `{here}` has the roles: {}",
            has.join(", ")
        ),
    };
    Diagnostic::error("role/not-at-this-type", message).help(help)
}

impl<'y> Reader<'y> {
    /// Reads what is given to each user and group.
    pub(super) fn read_holdings(&mut self) {
        let mut seen = HashMap::new();
        let users = (0..).map(UserId).map(Subject::User).zip(self.users.clone());
        let groups = (0..).map(GroupId).map(Subject::Group).zip(self.groups.clone());
        for (subject, record) in users.chain(groups) {
            let Some(roles) = field(record.fields, "roles") else {
                continue;
            };
            for (key, given) in self.map(roles, "a mapping from roles to nodes").unwrap_or_default() {
                let Some(named) = self.role(&key.text, key.span) else {
                    continue;
                };
                for item in items(given) {
                    if let Some(holding) = self.holding(subject, &named, key, item) {
                        self.keep(holding, &mut seen);
                    }
                }
            }
        }
    }

    /// The role or roles of a name.
    pub(super) fn role(&mut self, name: &str, span: Span) -> Option<Named> {
        let named = self.names.named(name);
        if named.is_none() && !self.left_out.contains(name) {
            self.report(self.names.unknown_role(name), span);
        }
        named
    }

    fn holding(&mut self, subject: Subject, named: &Named, key: &'y Key, item: &'y Yaml) -> Option<Holding> {
        let (at, fields): (&Yaml, &[(Key, Yaml)]) = match &item.value {
            yaml::Value::Map(fields) => {
                let record = Record {
                    span: item.span,
                    fields,
                };
                (self.required(record, "at", "a holding")?, fields)
            }
            _ => (item, &[]),
        };
        let window = self.window(fields);
        let text = self.text(at, "the id of a node")?;
        let (role, node) = self.role_at(named, &key.text, key.span, text, at.span)?;
        let parameters = self.parameters(role, &key.text, fields);
        let span = if fields.is_empty() {
            key.span.to(item.span)
        } else {
            item.span
        };
        Some(Holding::new(subject, role, node, span).on(window?, parameters))
    }

    /// The role of a name at the node of a text.
    pub(super) fn role_at(
        &mut self,
        named: &Named,
        name: &str,
        name_span: Span,
        text: &str,
        span: Span,
    ) -> Option<(RoleId, NodeId)> {
        if self.is_left_out(text) {
            return None;
        }
        let within = |node, outer| self.nesting.within(node, outer);
        let (fault, span) = match self.names.held_at(named, name, text, &self.facts, within) {
            Ok(found) => return Some(found),
            Err(Misplaced::Role(fault)) => (fault, name_span),
            Err(Misplaced::Node(fault)) => (fault, span),
        };
        self.found.push(fault.first_at(span));
        None
    }

    /// The values of a role's parameters, given or by default, sorted by name.
    fn parameters(&mut self, role: RoleId, name: &str, fields: &'y [(Key, Yaml)]) -> Vec<(AttrName, Value)> {
        let known: &[Attribute] = self.model.roles.get(role.ix()).map_or(&[], |role| &role.parameters);
        let mut values: Vec<(AttrName, Value)> = Vec::new();
        for (key, value) in fields
            .iter()
            .filter(|(key, _)| !["at", "from", "until"].contains(&key.text.as_str()))
        {
            match known.iter().find(|parameter| parameter.name == key.text) {
                Some(parameter) => values.extend(self.given(value, parameter).map(|value| (parameter.key, value))),
                None => self.unknown_parameter(key, name, known),
            }
        }
        for parameter in known
            .iter()
            .filter(|parameter| matches!(parameter.default, Default::Value(_)))
        {
            if values.iter().all(|(key, _)| *key != parameter.key) {
                values.push((parameter.key, constant(parameter)));
            }
        }
        values.sort_unstable_by_key(|(key, _)| *key);
        values.dedup_by_key(|(key, _)| *key);
        values
    }

    fn unknown_parameter(&mut self, key: &Key, role: &str, known: &[Attribute]) {
        let message = format!("`{role}` has no parameter `{}`", key.text);
        let all = attribute_names(known).chain(["at", "from", "until"]);
        let fault = Diagnostic::error("name/unknown-parameter", message).did_you_mean(&key.text, all);
        self.report(fault, key.span);
    }

    /// Keeps a holding, unless the same one is stated already.
    fn keep(&mut self, holding: Holding, seen: &mut HashMap<Same, Span>) {
        let told: String = holding
            .parameters()
            .iter()
            .map(|(key, value)| self.tell(*key, *value))
            .collect();
        let same = (holding.subject(), holding.role, holding.node, holding.window(), told);
        if let Some(&first) = seen.get(&same) {
            let name = self.facts.role_name(self.model, holding.role);
            let message = format!("`{name}` at `{}` is given twice", self.facts.node(holding.node).id);
            let fault = Diagnostic::warning("facts/duplicate-holding", message);
            self.found
                .push(fault.at(holding.span, "again here").at(first, "first here"));
            return;
        }
        seen.insert(same, holding.span);
        self.facts.holdings.push(holding);
    }

    fn tell(&self, key: AttrName, value: Value) -> String {
        match value {
            Value::List(list) => format!("{key:?}{:?}", self.facts.pool.values(list)),
            other => format!("{key:?}{other:?}"),
        }
    }
}
