//! The first phase: every id of the file, with its type.

use super::names::{no_id, no_user};
use super::shape::field;
use super::{Reader, Record};
use crate::diagnostic::Diagnostic;
use crate::facts::{CustomRole, EVERYONE, Group, Node, Places, User, Values};
use crate::model::show::type_list;
use crate::model::value::{GroupId, NodeId, UserId};
use crate::model::{TypeId, TypeKind, USER};
use crate::source::{Span, nfc};
use crate::yaml::{Key, Yaml};

/// The sections of a file.
const SECTIONS: [&str; 8] = [
    "accounts",
    "units",
    "resources",
    "users",
    "groups",
    "grants",
    "roles",
    "context",
];

impl<'y> Reader<'y> {
    /// Enters every id.
    pub(super) fn declare(&mut self, yaml: &'y Yaml) {
        let top = self.map(yaml, "a mapping of sections").unwrap_or_default();
        self.only_keys(top, &SECTIONS, "the facts");
        for (section, kind) in [
            ("accounts", TypeKind::Account),
            ("units", TypeKind::Unit),
            ("resources", TypeKind::Resource),
        ] {
            for (key, record) in self.records(yaml, section) {
                self.declare_node(key, record, kind);
            }
        }
        for (key, record) in self.records(yaml, "users") {
            self.declare_user(key, record);
        }
        self.check_names();
        self.declare_everyone(yaml.span);
        for (key, record) in self.records(yaml, "groups") {
            self.declare_group(key, record);
        }
        for item in self.entries(yaml, "roles") {
            self.declare_custom(item);
        }
    }

    /// No node is called as another one is named.
    fn check_names(&mut self) {
        for node in 0..self.facts.nodes.len() {
            let (id, span) = (&self.facts.nodes[node].id, self.facts.nodes[node].span);
            if let Some(fault) = self.names.taken_for(id) {
                self.report(fault, span);
            }
        }
    }

    /// The value of a section.
    pub(super) fn section(yaml: &'y Yaml, name: &str) -> Option<&'y Yaml> {
        match &yaml.value {
            crate::yaml::Value::Map(top) => field(top, name),
            _ => None,
        }
    }

    /// The records of a section that goes by ids.
    fn records(&mut self, yaml: &'y Yaml, section: &str) -> Vec<(&'y Key, Option<Record<'y>>)> {
        let Some(section) = Self::section(yaml, section) else {
            return Vec::new();
        };
        let entries = self.map(section, "a mapping from ids to records").unwrap_or_default();
        let record = |(key, value): &'y (Key, Yaml)| {
            let fields = self.map(value, "a record such as `{ in: … }`");
            (key, fields.map(|fields| Record { span: key.span, fields }))
        };
        entries.iter().map(record).collect()
    }

    /// The records of a section that is a list.
    pub(super) fn entries(&mut self, yaml: &'y Yaml, section: &str) -> Vec<Record<'y>> {
        let Some(section) = Self::section(yaml, section) else {
            return Vec::new();
        };
        let items = self.list(section, "a list of records");
        let record = |item: &'y Yaml| {
            let fields = self.map(item, "a record such as `{ at: … }`")?;
            Some(Record {
                span: item.span,
                fields,
            })
        };
        items.iter().filter_map(record).collect()
    }

    fn declare_node(&mut self, key: &'y Key, record: Option<Record<'y>>, kind: TypeKind) {
        if let Some(fault) = no_id(&key.text) {
            self.left_out.insert(&key.text);
            return self.report(fault, key.span);
        }
        let ty = record.and_then(|record| Some((record, self.type_of(key, record, kind)?)));
        let Some((record, ty)) = ty else {
            self.left_out.insert(&key.text);
            return;
        };
        let id = NodeId(number(self.facts.nodes.len()));
        if let Some(first) = self.names.add_node(&key.text, ty, id) {
            return self.twice(key, self.facts.node(first).span);
        }
        self.nodes.push(record);
        self.facts.nodes.push(Node {
            id: key.text.as_str().into(),
            ty,
            container: None,
            values: Values::default(),
            span: key.span,
        });
    }

    /// The type that a record says it is of; it must be of the section's kind.
    fn type_of(&mut self, key: &Key, record: Record<'y>, kind: TypeKind) -> Option<TypeId> {
        let of_kind: Vec<TypeId> = self
            .model
            .type_ids()
            .filter(|&ty| self.model.ty(ty).kind == kind)
            .collect();
        let types = match of_kind[..] {
            [] => format!("the policy has no {}", word(kind)),
            _ => format!("the types of {} are: {}", plural(kind), type_list(self.model, &of_kind)),
        };
        let Some(is) = field(record.fields, "is") else {
            let fault = Diagnostic::error("facts/no-type", format!("`{}` has no type", key.text));
            self.report(fault.help(format!("say `is:`; {types}")), key.span);
            return None;
        };
        let name = self.text(is, "the name of a type")?;
        match self.names.ty(name) {
            Some(ty) if self.model.ty(ty).kind == kind => Some(ty),
            Some(ty) => {
                let other = self.model.ty(ty).kind;
                let message = format!("`{name}` is {}, not {}", a_kind(other), a_kind(kind));
                let help = format!("records of this type stand under `{}`", plural(other));
                self.report(Diagnostic::error("facts/wrong-section", message).help(help), is.span);
                None
            }
            None => {
                let fault = Diagnostic::error("name/unknown-type", format!("unknown type `{name}`"));
                let near = fault.did_you_mean(name, of_kind.iter().map(|&ty| self.model.ty(ty).name.as_str()));
                self.report(if near.help.is_some() { near } else { near.help(types) }, is.span);
                None
            }
        }
    }

    fn twice(&mut self, key: &Key, first: Span) {
        if !self.reported.contains(&key.span) {
            let fault = Diagnostic::error("name/duplicate", format!("`{}` is declared twice", key.text));
            self.found
                .push(fault.at(key.span, "again here").at(first, "first here"));
        }
    }

    fn declare_user(&mut self, key: &'y Key, record: Option<Record<'y>>) {
        if let Some(fault) = no_user(&key.text) {
            self.left_out.insert(&key.text);
            return self.report(fault, key.span);
        }
        let ty = record.and_then(|record| match field(record.fields, "is") {
            None => Some((record, USER)),
            Some(_) => Some((record, self.type_of(key, record, TypeKind::Principal)?)),
        });
        let Some((record, ty)) = ty else {
            self.left_out.insert(&key.text);
            return;
        };
        let id = UserId(number(self.facts.users.len()));
        if let Some(first) = self.names.add_user(&key.text, ty, id) {
            return self.twice(key, self.facts.user(first).span);
        }
        self.users.push(record);
        self.facts.users.push(User {
            id: key.text.as_str().into(),
            ty,
            places: Places::new(),
            values: Values::default(),
            span: key.span,
        });
    }

    fn declare_everyone(&mut self, span: Span) {
        self.names.add_group("everyone", EVERYONE);
        self.push_group("everyone", Record { span, fields: &[] });
    }

    fn declare_group(&mut self, key: &'y Key, record: Option<Record<'y>>) {
        if let Some(fault) = no_id(&key.text) {
            self.left_out.insert(&key.text);
            return self.report(fault, key.span);
        }
        let Some(record) = record else {
            self.left_out.insert(&key.text);
            return;
        };
        let id = GroupId(number(self.facts.groups.len()));
        match self.names.add_group(&key.text, id) {
            Some(EVERYONE) if self.groups[0].fields.is_empty() => {
                self.groups[0] = record;
                self.facts.groups[0].span = record.span;
            }
            Some(first) => self.twice(key, self.facts.group(first).span),
            None => self.push_group(&key.text, record),
        }
    }

    fn push_group(&mut self, id: &str, record: Record<'y>) {
        self.groups.push(record);
        self.facts.groups.push(Group {
            id: id.to_owned(),
            place: None,
            members: Vec::new(),
            span: record.span,
        });
    }

    fn declare_custom(&mut self, record: Record<'y>) {
        self.only_keys(record.fields, &["name", "at", "can"], "a role");
        let name = self.required(record, "name", "a role");
        let at = self.required(record, "at", "a role");
        let Some(name) = name.and_then(|name| Some((name, self.text(name, "the name of the role")?))) else {
            return;
        };
        let at = at.and_then(|at| self.place(at));
        let (Yaml { span, .. }, name) = name;
        let Some(at) = at.filter(|_| self.is_free(name, *span)) else {
            self.left_out.insert(name);
            return;
        };
        self.names.add_custom(name);
        self.custom.push(record.fields);
        self.facts.custom.push(CustomRole {
            name: nfc(name).into_owned(),
            at,
            rules: Vec::new(),
            span: *span,
        });
    }

    /// True if no role has this name yet.
    fn is_free(&mut self, name: &str, span: Span) -> bool {
        let policy = self
            .names
            .roles(name)
            .first()
            .map(|&role| self.model.role(role).spans.first().copied());
        let bundle = || {
            self.model
                .bundles
                .iter()
                .find(|bundle| bundle.name == name)
                .map(|bundle| Some(bundle.span))
        };
        let custom = || Some(self.names.custom(name)?.ix() - self.model.roles.len());
        let custom = || custom().map(|ix| Some(self.facts.custom[ix].span));
        let Some(taken) = policy.or_else(bundle).or_else(custom) else {
            return true;
        };
        let fault = Diagnostic::error("name/duplicate", format!("there is a role `{name}` already"));
        let fault = fault.at(span, "again here");
        self.found.push(match taken {
            Some(first) => fault.at(first, "first here"),
            None => fault,
        });
        false
    }
}

/// As the number of an id.
pub(super) fn number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

const fn word(kind: TypeKind) -> &'static str {
    match kind {
        TypeKind::Account => "account",
        TypeKind::Unit => "unit",
        TypeKind::Resource => "resource",
        TypeKind::Principal => "principal",
    }
}

const fn a_kind(kind: TypeKind) -> &'static str {
    match kind {
        TypeKind::Account => "an account",
        TypeKind::Unit => "a unit",
        TypeKind::Resource => "a resource",
        TypeKind::Principal => "a kind of user",
    }
}

/// The section in which records of a kind stand.
const fn plural(kind: TypeKind) -> &'static str {
    match kind {
        TypeKind::Account => "accounts",
        TypeKind::Unit => "units",
        TypeKind::Resource => "resources",
        TypeKind::Principal => "users",
    }
}
