//! Finding what a name means: by its text or, quoted, by a label that fits exactly one thing.

use std::collections::{BTreeSet, HashMap};

use super::Resolver;
use crate::diagnostic::{Diagnostic, nearest};
use crate::model::{RoleId, TypeId};
use crate::source::Span;
use crate::syntax::ast::{Label, Name, RoleName};

/// Names of one sort of thing.
#[derive(Debug, Clone)]
pub(super) struct Names<Id> {
    by_name: HashMap<String, Id>,
    by_label: HashMap<String, Vec<Id>>,
}

impl<Id> Default for Names<Id> {
    fn default() -> Self {
        Self {
            by_name: HashMap::new(),
            by_label: HashMap::new(),
        }
    }
}

impl<Id: Copy + PartialEq> Names<Id> {
    /// Enters a name; the id that had it before, if one did.
    pub(super) fn declare(&mut self, name: &str, id: Id) -> Option<Id> {
        if let Some(&known) = self.by_name.get(name) {
            return Some(known);
        }
        self.by_name.insert(name.to_owned(), id);
        None
    }

    /// Enters labels under which the thing may be named in quotes.
    pub(super) fn label(&mut self, labels: &[Label], id: Id) {
        for label in labels {
            let ids = self.by_label.entry(label.text.clone()).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }

    /// All ids that a name may mean.
    pub(super) fn find(&self, name: &Name) -> Vec<Id> {
        let plain = self.by_name.get(&name.text).copied();
        match plain {
            Some(id) => vec![id],
            None if name.quoted => self.by_label.get(&name.text).cloned().unwrap_or_default(),
            None => Vec::new(),
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }
}

/// A target that is no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Type(TypeId),
    Area(usize),
}

/// A name where roles stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RoleLike {
    /// Index into `Index::same_name`.
    Roles(usize),
    Bundle(usize),
}

/// Every name of the policy.
#[derive(Debug, Clone, Default)]
pub(in crate::model) struct Index {
    pub(super) subjects: Names2,
    pub(super) roles: Names<RoleLike>,
    /// The roles of one name, at different types.
    pub(super) same_name: Vec<Vec<RoleId>>,
    /// Types by the name they have as roots of paths.
    pub(super) roots: HashMap<String, TypeId>,
    /// The roles that extend each role by name.
    pub(super) heirs: Vec<Vec<RoleId>>,
}

impl Index {
    /// Roles with all that extend them, however indirectly; sorted.
    pub(super) fn heirs_of(&self, roles: &[RoleId]) -> Vec<RoleId> {
        let mut seen: BTreeSet<RoleId> = roles.iter().copied().collect();
        let mut open = roles.to_vec();
        while let Some(role) = open.pop() {
            open.extend(self.heirs[role.ix()].iter().copied().filter(|&heir| seen.insert(heir)));
        }
        seen.into_iter().collect()
    }
}

/// Types and areas: one namespace.
pub(super) type Names2 = Names<Subject>;

impl Resolver<'_> {
    /// The type of this name; an error if there is none.
    pub(super) fn find_type(&mut self, name: &Name) -> Option<TypeId> {
        let ids = self.names.subjects.find(name);
        match ids[..] {
            [Subject::Type(ty)] => Some(ty),
            [Subject::Area(_)] => {
                self.wrong(
                    name,
                    "name/not-a-type",
                    format!("`{}` is an area; a type is needed here", name.text),
                );
                None
            }
            [] => {
                let known: Vec<&str> = self.model.types.iter().map(|t| t.name.as_str()).collect();
                let fault = unknown("name/unknown-type", "type", name).did_you_mean(&name.text, known);
                self.found.push(fault);
                None
            }
            _ => self.ambiguous(name),
        }
    }

    /// The type or area of this name; an error if there is none.
    pub(super) fn find_subject(&mut self, name: &Name) -> Option<Subject> {
        let ids = self.names.subjects.find(name);
        match ids[..] {
            [one] => Some(one),
            [] => {
                let fault = unknown("name/unknown-type", "type or area", name);
                let fault = if self.names.roles.find(name).is_empty() {
                    fault.did_you_mean(&name.text, self.names.subjects.all())
                } else {
                    fault.help(format!(
                        "`{}` is a role; roles are targets of `assign`, `give` and `take` only",
                        name.text
                    ))
                };
                self.found.push(fault);
                None
            }
            _ => self.ambiguous(name),
        }
    }

    fn ambiguous<T>(&mut self, name: &Name) -> Option<T> {
        self.wrong(
            name,
            "name/ambiguous",
            format!("the label `{}` fits several things; use the name", name.text),
        );
        None
    }

    fn wrong(&mut self, name: &Name, code: &'static str, message: String) {
        self.found.push(Diagnostic::error(code, message).at(name.span(), ""));
    }

    /// The roles that a name stands for: one role, all roles of that name at different types, their heirs with `+`, or
    /// the roles of a set. Empty, with an error, if there is none.
    pub(super) fn find_roles(&mut self, name: &RoleName) -> Vec<RoleId> {
        let roles = match &name.ty {
            Some(ty) => self.role_of_type(ty, &name.name),
            None => self.roles_named(&name.name),
        };
        if name.plus { self.names.heirs_of(&roles) } else { roles }
    }

    /// The roles of a list of names, each once, sorted.
    pub(super) fn find_role_list(&mut self, names: &[RoleName]) -> Vec<RoleId> {
        let mut all: Vec<RoleId> = names.iter().flat_map(|name| self.find_roles(name)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn roles_named(&mut self, name: &Name) -> Vec<RoleId> {
        match self.names.roles.find(name)[..] {
            [RoleLike::Roles(ix)] => self.names.same_name[ix].clone(),
            [RoleLike::Bundle(ix)] => {
                self.model.bundles[ix].used = true;
                self.model.bundles[ix].roles.clone()
            }
            [] => {
                let fault = unknown("name/unknown-role", "role", name).did_you_mean(&name.text, self.names.roles.all());
                self.found.push(fault);
                Vec::new()
            }
            _ => self.ambiguous(name).unwrap_or_default(),
        }
    }

    fn role_of_type(&mut self, ty: &Name, name: &Name) -> Vec<RoleId> {
        let Some(ty) = self.find_type(ty) else {
            return Vec::new();
        };
        let here: Vec<RoleId> = self
            .names
            .roles
            .find(name)
            .into_iter()
            .flat_map(|found| match found {
                RoleLike::Roles(ix) => self.names.same_name[ix].clone(),
                RoleLike::Bundle(_) => Vec::new(),
            })
            .filter(|&role| self.model.role(role).ty == ty)
            .collect();
        if here.is_empty() {
            self.no_role_at(ty, name);
        }
        here
    }

    /// Reports that a type has no role of this name, and what it has.
    pub(super) fn no_role_at(&mut self, ty: TypeId, name: &Name) {
        let known: Vec<String> = self
            .model
            .roles
            .iter()
            .filter(|role| role.ty == ty)
            .map(|role| role.name.clone())
            .collect();
        let message = format!("there is no role `{}` at `{}`", name.text, self.type_name(ty));
        let fault = Diagnostic::error("role/not-at-this-type", message).at(name.span(), "");
        let near = nearest(&name.text, known.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        let help = near.unwrap_or_else(|| format!("`{}` has the roles: {}", self.type_name(ty), known.join(", ")));
        self.found.push(if known.is_empty() { fault } else { fault.help(help) });
    }

    /// Reports two declarations of one name, both shown.
    pub(super) fn duplicate(&mut self, what: &str, name: &str, first: Option<Span>, second: Span) {
        let fault =
            Diagnostic::error("name/duplicate", format!("{what} `{name}` is declared twice")).at(second, "again here");
        self.found.push(match first {
            Some(first) => fault.at(first, "first here"),
            None => fault.help(format!("`{name}` is built in")),
        });
    }
}

/// "unknown type `X`" at the name.
pub(super) fn unknown(code: &'static str, what: &str, name: &Name) -> Diagnostic {
    Diagnostic::error(code, format!("unknown {what} `{}`", name.text)).at(name.span(), "")
}
