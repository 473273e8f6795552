//! Roles given by hand: `roles: { Manager: paris, Lead: [fr, { at: pit, until: 2026-12-31 }] }`.

use std::collections::HashMap;

use super::names::Miss;
use super::shape::{field, items};
use super::values::constant;
use super::{Reader, Record};
use crate::diagnostic::Diagnostic;
use crate::facts::{Holding, Subject, Window};
use crate::model::show::attribute_names;
use crate::model::value::{GroupId, NodeId, UserId, Value};
use crate::model::{AttrName, Attribute, Default, RoleId, TypeId};
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
        let roles = self.names.roles(name);
        if !roles.is_empty() {
            return Some(Named::Policy(roles));
        }
        if let Some(role) = self.names.custom(name) {
            return Some(Named::Custom(role));
        }
        if !self.left_out.contains(name) {
            self.report(self.names.unknown_role(name), span);
        }
        None
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

    /// The role of a name at the node of a text: a role is held at nodes of its type, a custom one within its place.
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
        let types: Vec<TypeId> = match named {
            Named::Policy(roles) => roles.iter().map(|&role| self.model.role(role).ty).collect(),
            Named::Custom(_) => self
                .model
                .type_ids()
                .filter(|&ty| self.model.ty(ty).kind.is_place())
                .collect(),
        };
        let node = match self.names.find_node(text, Some(&types)) {
            Err(Miss::Unfit(ty)) => {
                self.no_role_at(name, text, ty, &types, span);
                return None;
            }
            _ => self.names.node(text, Some(&types)),
        };
        let node = self.take(node, span)?;
        let role = match named {
            Named::Policy(roles) => self.of_type(roles, self.facts.node(node).ty, name_span)?,
            Named::Custom(role) => self.within_custom(*role, node, span)?,
        };
        Some((role, node))
    }

    fn of_type(&mut self, roles: &[RoleId], ty: TypeId, span: Span) -> Option<RoleId> {
        let role = roles.iter().copied().find(|&role| self.model.role(role).ty == ty)?;
        let it = self.model.role(role);
        if it.is_derived() {
            let message = format!("`{}` is derived and cannot be given by hand", it.name);
            let fault = Diagnostic::error("role/derived-by-hand", message).at(span, "");
            let declared = it.spans.first().copied();
            self.found.push(match declared {
                Some(declared) => fault.at(declared, "declared here"),
                None => fault,
            });
            return None;
        }
        Some(role)
    }

    fn within_custom(&mut self, role: RoleId, node: NodeId, span: Span) -> Option<RoleId> {
        let custom = self.facts.custom_role(self.model, role)?;
        if self.nesting.within(node, custom.at) {
            return Some(role);
        }
        let (name, at) = (&custom.name, &self.facts.node(custom.at).id);
        let message = format!(
            "`{name}` is held at `{at}` or below, not at `{}`",
            self.facts.node(node).id
        );
        let fault = Diagnostic::error("role/not-here", message).at(span, "");
        self.found.push(fault.at(custom.span, "made here"));
        None
    }

    fn no_role_at(&mut self, name: &str, text: &str, ty: TypeId, exists: &[TypeId], span: Span) {
        let here = &self.model.ty(ty).name;
        let message = format!("there is no role `{name}` at `{text}`, which is of type `{here}`");
        let has: Vec<String> = self
            .model
            .roles
            .iter()
            .filter(|role| role.ty == ty)
            .map(|role| format!("`{}`", role.name))
            .collect();
        let elsewhere = crate::model::show::type_list(self.model, exists);
        let help = match has[..] {
            [] => format!("`{name}` exists at {elsewhere}; `{here}` has no roles"),
            _ => format!(
                "`{name}` exists at {elsewhere}; `{here}` has the roles: {}",
                has.join(", ")
            ),
        };
        self.report(Diagnostic::error("role/not-at-this-type", message).help(help), span);
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
