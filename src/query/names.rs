//! What the words of a sentence mean: users, nodes, types, roles, values.

use super::Query;
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::facts::read::{Names, no_list, parse_value};
use crate::model::value::{AttributeType, GroupId, NodeId, UserId, Value};
use crate::model::{RoleId, TypeId};
use crate::source::Span;
use crate::syntax::ast::{Id, Label, Name, NodeRef, RoleName, Setting};

/// The id of a caller who is not signed in.
pub(super) const ANYONE: &str = "anyone";

/// True if a thing of this name and these labels is meant by a word.
pub(super) fn is_called(name: &str, labels: &[Label], word: &str, quoted: bool) -> bool {
    name == word || (quoted && labels.iter().any(|label| label.text == word))
}

impl Query<'_, '_> {
    pub(super) fn fault(&mut self, code: &'static str, message: String, span: Span) {
        self.found.push(Diagnostic::error(code, message).at(span, ""));
    }

    /// A user; `Some(None)` is a caller who is not signed in.
    #[expect(clippy::option_option, reason = "not known, not signed in, a user")]
    pub(super) fn caller(&mut self, id: &Id) -> Option<Option<UserId>> {
        let facts = self.facts()?;
        if id.text == ANYONE && !id.quoted {
            return Some(None);
        }
        let user = facts.user_named(&id.text);
        if user.is_none() {
            let fault = Diagnostic::error("name/unknown-user", format!("unknown user `{}`", id.text)).at(id.span(), "");
            let known = facts.users.iter().map(|user| user.id.as_str());
            self.found.push(fault.did_you_mean(&id.text, known));
        }
        user.map(Some)
    }

    /// Users named as recipients: one user, or everyone in `group:x`.
    pub(super) fn recipients(&mut self, id: &Id) -> Option<Vec<UserId>> {
        let facts = self.facts()?;
        let Some(name) = id.text.strip_prefix("group:") else {
            return self.caller(id)?.map(|user| vec![user]);
        };
        let org = self.needs_org()?;
        let Some(ix) = facts.groups.iter().position(|group| group.id == name) else {
            let fault = Diagnostic::error("name/unknown-group", format!("unknown group `{name}`")).at(id.span(), "");
            self.found
                .push(fault.did_you_mean(name, facts.groups.iter().map(|group| group.id.as_str())));
            return None;
        };
        let group = GroupId(u32::try_from(ix).unwrap_or(u32::MAX));
        Some(org.members(group))
    }

    /// A type by name or quoted label.
    pub(super) fn type_called(&self, word: &str, quoted: bool) -> Option<TypeId> {
        let model = self.model();
        model
            .type_ids()
            .find(|&ty| is_called(&model.ty(ty).name, &model.ty(ty).labels, word, quoted))
    }

    /// A type; an error if there is none.
    pub(super) fn needs_type(&mut self, word: &str, quoted: bool, span: Span) -> Option<TypeId> {
        let ty = self.type_called(word, quoted);
        if ty.is_none() {
            let fault = Diagnostic::error("name/unknown-type", format!("unknown type `{word}`")).at(span, "");
            let known = self.model().types.iter().map(|ty| ty.name.as_str());
            self.found.push(fault.did_you_mean(word, known));
        }
        ty
    }

    /// The nodes that a reference fits.
    pub(super) fn nodes_called(&self, reference: &NodeRef) -> Vec<NodeId> {
        let Some(org) = self.org else { return Vec::new() };
        let wanted = reference.ty.as_ref().map(|ty| self.type_called(&ty.text, ty.quoted));
        let fits = |node: &NodeId| {
            let it = org.facts.node(*node);
            it.id == reference.id.text && wanted.is_none_or(|ty| ty == Some(it.ty))
        };
        org.facts.node_ids().filter(fits).collect()
    }

    /// Exactly one node; an error if there is none or more than one.
    pub(super) fn node(&mut self, reference: &NodeRef) -> Option<NodeId> {
        let facts = self.facts()?;
        if let Some(ty) = &reference.ty {
            self.needs_type(&ty.text, ty.quoted, ty.span())?;
        }
        let nodes = self.nodes_called(reference);
        let id = &reference.id;
        match nodes[..] {
            [node] => Some(node),
            [] => {
                let fault = Diagnostic::error("name/unknown-node", format!("unknown place or resource `{}`", id.text));
                let fault = fault.at(id.span(), "");
                let types = self.model().types.iter().map(|ty| ty.name.as_str());
                let known = facts.nodes.iter().map(|node| node.id.as_str());
                let near = fault.did_you_mean(&id.text, known.chain(types));
                self.found
                    .push(match (near.help.is_none(), self.type_called(&id.text, id.quoted)) {
                        (true, Some(_)) => {
                            near.help(format!("`{}` is a type: say where, as in `{} in …`", id.text, id.text))
                        }
                        _ => near,
                    });
                None
            }
            _ => {
                let list: Vec<String> = nodes
                    .iter()
                    .map(|&n| format!("{} {}", self.model().ty(facts.node(n).ty).name, id.text))
                    .collect();
                let fault = Diagnostic::error("name/ambiguous", format!("several things are called `{}`", id.text));
                self.found
                    .push(fault.at(id.span(), "").help(format!("say which: {}", list.join(", "))));
                None
            }
        }
    }

    /// The roles that a name stands for, policy roles and custom ones.
    pub(super) fn roles_called(&self, ty: Option<&Name>, name: &Name) -> Vec<RoleId> {
        let model = self.model();
        let wanted = ty.map(|ty| self.type_called(&ty.text, ty.quoted));
        let fits = |role: &RoleId| {
            let it = model.role(*role);
            is_called(&it.name, &it.labels, &name.text, name.quoted) && wanted.is_none_or(|ty| ty == Some(it.ty))
        };
        let mut roles: Vec<RoleId> = model.role_ids().filter(fits).collect();
        let set = model
            .bundles
            .iter()
            .find(|set| is_called(&set.name, &set.labels, &name.text, name.quoted));
        roles.extend(set.filter(|_| ty.is_none()).into_iter().flat_map(|set| &set.roles));
        let custom = self.org.map_or(&[][..], |org| &org.facts.custom);
        let numbered = (model.roles.len()..)
            .zip(custom)
            .filter(|(_, role)| ty.is_none() && role.name == name.text);
        roles.extend(numbered.map(|(ix, _)| RoleId(u32::try_from(ix).unwrap_or(u32::MAX))));
        roles
    }

    /// The same; an error if there is none.
    pub(super) fn needs_roles(&mut self, name: &RoleName) -> Option<Vec<RoleId>> {
        let roles = self.roles_called(name.ty.as_ref(), &name.name);
        if !roles.is_empty() {
            return Some(roles);
        }
        if let Some(ty) = &name.ty {
            self.needs_type(&ty.text, ty.quoted, ty.span())?;
        }
        let fault = Diagnostic::error("name/unknown-role", format!("unknown role `{}`", name.name.text));
        let fault = fault.at(name.span.0, "");
        let known = self.model().roles.iter().map(|role| role.name.as_str());
        self.found.push(fault.did_you_mean(&name.name.text, known));
        None
    }

    /// A word such as `Manager` or `Partner.Manager` as the name of roles.
    pub(super) fn roles_of_word(&self, id: &Id) -> Vec<RoleId> {
        let name = |text: &str| Name {
            text: text.to_owned(),
            quoted: id.quoted,
            span: id.span,
        };
        let plain = self.roles_called(None, &name(&id.text));
        match (plain.is_empty(), id.text.split_once('.')) {
            (true, Some((ty, role))) => self.roles_called(Some(&name(ty)), &name(role)),
            _ => plain,
        }
    }

    /// Takes `with context.x = …` into the request, and gives what is said of a node of type `ty` that nobody lists.
    pub(super) fn suppose(&mut self, ty: Option<TypeId>) -> Option<Vec<(usize, Value)>> {
        let mut given = Vec::new();
        let mut fine = self.says_once();
        for setting in self.with {
            match setting.key.text.strip_prefix("context.") {
                Some(name) => fine &= self.suppose_context(name, setting),
                None => match self.suppose_attribute(ty, setting) {
                    Some(value) => given.push(value),
                    None => fine = false,
                },
            }
        }
        fine.then_some(given)
    }

    /// Nothing is said twice: which of two values counts would be a guess.
    fn says_once(&mut self) -> bool {
        let with = self.with;
        let again = |ix: &usize| with[..*ix].iter().find(|first| first.key.text == with[*ix].key.text);
        let twice: Vec<_> = (0..with.len())
            .filter_map(|ix| Some((&with[ix], again(&ix)?)))
            .collect();
        for (setting, first) in &twice {
            let fault = Diagnostic::error("sentence/twice", format!("`{}` is said twice", setting.key.text));
            let fault = fault
                .at(setting.key.span(), "again here")
                .at(first.key.span(), "first here");
            self.found.push(fault.help("say it once"));
        }
        twice.is_empty()
    }

    fn suppose_context(&mut self, name: &str, setting: &Setting) -> bool {
        let model = self.model();
        let Some(slot) = model.context.iter().position(|a| a.name == name) else {
            let message = format!("unknown attribute of the request `{name}`");
            let fault = Diagnostic::error("name/unknown-attribute", message).at(setting.key.span(), "");
            let known = model.context.iter().map(|a| a.name.as_str());
            self.found.push(fault.did_you_mean(name, known));
            return false;
        };
        match self.value(setting, model.context[slot].ty) {
            Some(value) => {
                self.context[slot] = value;
                true
            }
            None => false,
        }
    }

    fn suppose_attribute(&mut self, ty: Option<TypeId>, setting: &Setting) -> Option<(usize, Value)> {
        let name = setting.key.text.as_str();
        let Some(ty) = ty else {
            let message = format!("`{name}` cannot be supposed of something that the facts list");
            let fault = Diagnostic::error("sentence/with", message).at(setting.key.span(), "");
            let help =
                "only a node that nobody lists (`Tender in paris`) takes attributes here; `context.` goes anywhere";
            self.found.push(fault.help(help));
            return None;
        };
        let attributes = &self.model().ty(ty).attributes;
        let Some(slot) = attributes.iter().position(|a| a.name == name) else {
            let message = format!("`{}` has no attribute `{name}`", self.model().ty(ty).name);
            let fault = Diagnostic::error("name/unknown-attribute", message).at(setting.key.span(), "");
            self.found
                .push(fault.did_you_mean(name, attributes.iter().map(|a| a.name.as_str())));
            return None;
        };
        let value = self.value(setting, attributes[slot].ty)?;
        Some((slot, value))
    }

    fn value(&mut self, setting: &Setting, ty: AttributeType) -> Option<Value> {
        let empty = Facts::default();
        let facts = self.org.map_or(&empty, |org| &org.facts);
        let names = Names::of(facts, self.model());
        if setting.list && !ty.many {
            let span = setting.values.first().map_or(setting.key.span(), Id::span);
            self.found.push(no_list(self.model(), ty).at(span, ""));
            return None;
        }
        let texts: Vec<&str> = setting.values.iter().map(|id| id.text.as_str()).collect();
        match parse_value(&texts, ty, &names, self.pool.to_mut()) {
            Ok(value) => Some(value),
            Err(fault) => {
                let span = setting.values.first().map_or(setting.key.span(), Id::span);
                self.found.push(fault.at(span, ""));
                None
            }
        }
    }
}
