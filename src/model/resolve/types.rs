//! Node types, kinds of principals, their actions and implications, and the numbering of permissions.

use petgraph::graph::DiGraph;

use super::Resolver;
use super::cycles;
use super::names::Subject;
use crate::diagnostic::Diagnostic;
use crate::model::containment::Containment;
use crate::model::permission::{PermId, Permission};
use crate::model::show::snake_case;
use crate::model::{Action, Field, Type, TypeId, TypeKind, USER};
use crate::source::Span;
use crate::syntax::ast;
use crate::syntax::ast::{
    Container, ItemKind, Kind, Label, Labelled, Member, MemberKind, Name, NodeKind, NodeTypeDecl,
};

/// Roots of paths that no type may be called.
const ROOTS: [&str; 6] = ["resource", "user", "context", "holding", "here", "recipient"];

impl<'a> Resolver<'a> {
    /// Declares every type, then what may contain it, then actions and fields.
    pub(super) fn declare_types(&mut self) {
        self.push_type(Type {
            name: "User".to_owned(),
            kind: TypeKind::Principal,
            containers: Vec::new(),
            labels: Vec::new(),
            doc: None,
            span: None,
            attributes: Vec::new(),
            actions: Vec::new(),
            fields: Vec::new(),
            implies: Vec::new(),
        });
        self.names.subjects.declare("User", Subject::Type(USER));
        let items = self.items.clone();
        for item in &items {
            self.declare_item(item);
        }
        for item in &items {
            self.contain_item(item);
        }
        self.principals_lie_in_places();
        self.containment = Containment::new(&self.model.types);
        for (ty, members) in self.bodies() {
            self.declare_actions(ty, members);
        }
        for ty in self.model.type_ids() {
            self.close_implications(ty);
        }
    }

    fn push_type(&mut self, ty: Type) -> TypeId {
        self.model.types.push(ty);
        TypeId(u32::try_from(self.model.types.len() - 1).unwrap_or(u32::MAX))
    }

    fn declare_item(&mut self, item: &ast::Item) {
        match &item.kind {
            ItemKind::Policy(labels) => self.model.title.extend(labels.iter().cloned()),
            ItemKind::NodeType(decl) => {
                let kind = match decl.kind {
                    NodeKind::Account => TypeKind::Account,
                    NodeKind::Unit => TypeKind::Unit,
                    NodeKind::Resource => TypeKind::Resource,
                };
                for name in &decl.names {
                    self.declare_type(name, kind, &decl.labels, item.doc.clone());
                }
            }
            ItemKind::Kind(decl) => match &decl.kind {
                Kind::Principal(name) => self.declare_type(name, TypeKind::Principal, &decl.labels, item.doc.clone()),
                Kind::User => self.model.types[USER.ix()].labels.extend(decl.labels.iter().cloned()),
                Kind::Context => {}
            },
            _ => {}
        }
    }

    fn declare_type(&mut self, name: &Name, kind: TypeKind, labels: &[Label], doc: Option<String>) {
        let id = TypeId(u32::try_from(self.model.types.len()).unwrap_or(u32::MAX));
        if let Some(Subject::Type(known)) = self.names.subjects.declare(&name.text, Subject::Type(id)) {
            let first = self.model.ty(known).span;
            return self.duplicate("type", &name.text, first, name.span());
        }
        self.names.subjects.label(labels, Subject::Type(id));
        self.declare_root(name, id);
        self.push_type(Type {
            name: name.text.clone(),
            kind,
            containers: Vec::new(),
            labels: labels.to_vec(),
            doc,
            span: Some(name.span()),
            attributes: Vec::new(),
            actions: Vec::new(),
            fields: Vec::new(),
            implies: Vec::new(),
        });
    }

    fn declare_root(&mut self, name: &Name, id: TypeId) {
        let root = snake_case(&name.text);
        let taken = self.names.roots.get(&root).copied();
        if !ROOTS.contains(&root.as_str()) && taken.is_none() {
            self.names.roots.insert(root, id);
            return;
        }
        let message = format!(
            "type `{}` would be `{root}` in conditions, which already has a meaning",
            name.text
        );
        let mut fault = Diagnostic::error("type/root-taken", message).at(name.span(), "choose another name");
        if let Some(span) = taken.and_then(|other| self.model.ty(other).span) {
            fault = fault.at(span, "the other type");
        }
        self.found.push(fault);
    }

    fn contain_item(&mut self, item: &ast::Item) {
        let ItemKind::NodeType(decl) = &item.kind else { return };
        let containers: Vec<TypeId> = decl.containers.iter().flat_map(|c| self.container(decl, c)).collect();
        if decl.containers.is_empty() && decl.kind != NodeKind::Account {
            let name = &decl.names[0];
            let message = format!("`{}` lies in nothing: only accounts may stand alone", name.text);
            let fault = Diagnostic::error("containment/no-container", message).at(name.span(), "");
            self.found
                .push(fault.help(format!("say what contains it: `{} in …`", name.text)));
        }
        for name in &decl.names {
            if let [Subject::Type(ty)] = self.names.subjects.find(name)[..] {
                let list = &mut self.model.types[ty.ix()].containers;
                list.extend(containers.iter().copied());
                list.sort_unstable();
                list.dedup();
            }
        }
    }

    fn container(&mut self, decl: &NodeTypeDecl, container: &Container) -> Vec<TypeId> {
        let of_kind = |wanted: fn(TypeKind) -> bool| -> Vec<TypeId> {
            self.model
                .type_ids()
                .filter(|&ty| wanted(self.model.ty(ty).kind))
                .collect()
        };
        match container {
            Container::AnyAccount(_) => of_kind(|kind| kind == TypeKind::Account),
            Container::AnyPlace(_) => of_kind(TypeKind::is_place),
            Container::Type(name) => {
                let found = self.find_type(name);
                found
                    .filter(|&ty| self.may_contain(decl, name, ty))
                    .into_iter()
                    .collect()
            }
        }
    }

    fn may_contain(&mut self, decl: &NodeTypeDecl, name: &Name, container: TypeId) -> bool {
        let kind = self.model.ty(container).kind;
        let fits = match decl.kind {
            NodeKind::Resource => kind != TypeKind::Principal,
            NodeKind::Account | NodeKind::Unit => kind.is_place(),
        };
        if !fits {
            let word = if kind == TypeKind::Resource {
                "a resource"
            } else {
                "a principal"
            };
            let message = format!(
                "`{}` cannot lie in `{}`, which is {word}",
                decl.names[0].text, name.text
            );
            self.found
                .push(Diagnostic::error("containment/impossible", message).at(name.span(), ""));
        }
        fits
    }

    fn principals_lie_in_places(&mut self) {
        let places: Vec<TypeId> = self
            .model
            .type_ids()
            .filter(|&ty| self.model.ty(ty).kind.is_place())
            .collect();
        for ty in &mut self.model.types {
            if ty.kind == TypeKind::Principal {
                ty.containers.clone_from(&places);
            }
        }
    }

    /// Each declared body with the type that it describes; `None` is the request.
    pub(super) fn bodies(&self) -> Vec<(Option<TypeId>, &'a [Member])> {
        let mut bodies: Vec<(Option<TypeId>, &'a [Member])> = Vec::new();
        for item in &self.items {
            match &item.kind {
                ItemKind::NodeType(decl) => {
                    let types = decl.names.iter().filter_map(|name| self.declared(name));
                    bodies.extend(types.map(|ty| (Some(ty), &decl.members[..])));
                }
                ItemKind::Kind(decl) => match &decl.kind {
                    Kind::User => bodies.push((Some(USER), &decl.members)),
                    Kind::Context => bodies.push((None, &decl.members)),
                    Kind::Principal(name) => bodies.extend(self.declared(name).map(|ty| (Some(ty), &decl.members[..]))),
                },
                _ => {}
            }
        }
        bodies
    }

    /// The type declared by exactly this name (not by an earlier one of the same text).
    fn declared(&self, name: &Name) -> Option<TypeId> {
        match self.names.subjects.find(name)[..] {
            [Subject::Type(ty)] if self.model.ty(ty).span == Some(name.span()) => Some(ty),
            _ => None,
        }
    }

    fn declare_actions(&mut self, ty: Option<TypeId>, members: &'a [Member]) {
        for member in members {
            match (&member.kind, ty) {
                (MemberKind::Attribute(_), _) => {}
                (_, None) => {
                    let fault = Diagnostic::error("type/context-actions", "the request has attributes only");
                    self.found.push(fault.at(member.span.0, "not here"));
                }
                (MemberKind::Actions { creating, actions }, Some(ty)) => {
                    actions
                        .iter()
                        .for_each(|action| self.declare_action(ty, action, *creating));
                }
                (MemberKind::Fields(fields), Some(ty)) => {
                    fields.iter().for_each(|field| self.declare_field(ty, field));
                }
                (MemberKind::Implies { .. }, Some(_)) => {}
            }
        }
        let Some(ty) = ty else { return };
        for member in members {
            if let MemberKind::Implies { action, implied } = &member.kind {
                self.declare_implication(ty, action, implied);
            }
        }
    }

    fn declare_action(&mut self, ty: TypeId, action: &Labelled, creating: bool) {
        let span = action.name.span();
        if let Some(known) = self.model.ty(ty).actions.iter().find(|a| a.name == action.name.text) {
            let first = known.span;
            return self.duplicate("action", &action.name.text, Some(first), span);
        }
        let (name, labels) = (action.name.text.clone(), action.labels.clone());
        self.model.types[ty.ix()].actions.push(Action {
            name,
            creating,
            labels,
            span,
        });
    }

    fn declare_field(&mut self, ty: TypeId, field: &Labelled) {
        let span = field.name.span();
        if let Some(known) = self.model.ty(ty).fields.iter().find(|f| f.name == field.name.text) {
            let first = known.span;
            return self.duplicate("field", &field.name.text, Some(first), span);
        }
        let (name, labels) = (field.name.text.clone(), field.labels.clone());
        self.model.types[ty.ix()].fields.push(Field { name, labels, span });
    }

    fn declare_implication(&mut self, ty: TypeId, action: &Name, implied: &[Name]) {
        let Some(strong) = self.find_action(ty, action) else {
            return;
        };
        for name in implied {
            if let Some(weak) = self.find_action(ty, name) {
                self.model.types[ty.ix()]
                    .implies
                    .push((strong, weak, action.span().to(name.span())));
            }
        }
    }

    /// The action of this name on a type; an error if it has none.
    pub(super) fn find_action(&mut self, ty: TypeId, name: &Name) -> Option<usize> {
        let known = self.action_named(ty, name);
        if known.is_none() {
            let declared = self.model.ty(ty);
            let message = format!("`{}` has no action `{}`", declared.name, name.text);
            let fault = Diagnostic::error("name/unknown-action", message).at(name.span(), "");
            let fault = fault.did_you_mean(&name.text, declared.actions.iter().map(|a| a.name.as_str()));
            self.found.push(fault);
        }
        known
    }

    /// The same, without an error.
    pub(super) fn action_named(&self, ty: TypeId, name: &Name) -> Option<usize> {
        let actions = &self.model.ty(ty).actions;
        let labelled = |labels: &[Label]| name.quoted && labels.iter().any(|l| l.text == name.text);
        actions.iter().position(|a| a.name == name.text || labelled(&a.labels))
    }

    /// The field of this name on a type; an error if it has none.
    pub(super) fn find_field(&mut self, ty: TypeId, name: &Name) -> Option<usize> {
        let declared = self.model.ty(ty);
        let labelled = |labels: &[Label]| name.quoted && labels.iter().any(|l| l.text == name.text);
        let known = declared
            .fields
            .iter()
            .position(|f| f.name == name.text || labelled(&f.labels));
        if known.is_none() {
            let message = format!("`{}` has no field `{}`", declared.name, name.text);
            let fault = Diagnostic::error("name/unknown-field", message).at(name.span(), "");
            let fault = fault.did_you_mean(&name.text, declared.fields.iter().map(|f| f.name.as_str()));
            self.found.push(fault);
        }
        known
    }

    /// Makes a type's implications transitive, or reports the circle with each of its edges.
    fn close_implications(&mut self, ty: TypeId) {
        let declared = self.model.ty(ty);
        let mut graph: DiGraph<String, Span> = DiGraph::new();
        let nodes: Vec<_> = declared
            .actions
            .iter()
            .map(|a| graph.add_node(a.name.clone()))
            .collect();
        for &(strong, weak, span) in &declared.implies {
            graph.update_edge(nodes[strong], nodes[weak], span);
        }
        let faults = cycles::report(&graph, "type/implication-cycle", "implies", |name| name.clone());
        if !faults.is_empty() {
            self.model.types[ty.ix()].implies.clear();
            faults.into_iter().for_each(|fault| self.found.push(fault));
        }
    }

    /// Gives every permission its number, and lifts `implies` to fields and to `grant`.
    pub(super) fn number_permissions(&mut self) {
        for ty in self.model.type_ids() {
            self.number_actions(ty);
        }
        let acts: Vec<PermId> = self.model.permissions.iter().map(|(id, _)| id).collect();
        for &id in &acts {
            self.model.permissions.add(Permission::Grant(id));
        }
        for &id in &acts {
            self.lift_to_grant(id);
        }
        for role in self.model.role_ids() {
            self.model.permissions.add(Permission::Give(role));
            self.model.permissions.add(Permission::Take(role));
        }
        for ty in self
            .model
            .type_ids()
            .filter(|&ty| self.model.ty(ty).kind.is_place())
            .collect::<Vec<_>>()
        {
            self.model.permissions.add(Permission::AddMember(ty));
            self.model.permissions.add(Permission::RemoveMember(ty));
        }
    }

    fn number_actions(&mut self, ty: TypeId) {
        let declared = &self.model.types[ty.ix()];
        let perms = &mut self.model.permissions;
        let fields = declared.fields.len();
        for (action, it) in declared.actions.iter().enumerate() {
            perms.add(Permission::Act {
                ty,
                action,
                field: None,
            });
            let below = if it.creating { 0 } else { fields };
            for field in 0..below {
                perms.add(Permission::Act {
                    ty,
                    action,
                    field: Some(field),
                });
            }
        }
        for (strong, weak) in transitive(declared) {
            for field in std::iter::once(None).chain((0..fields).map(Some)) {
                let id = |action| perms.id(Permission::Act { ty, action, field });
                if let (Some(strong), Some(weak)) = (id(strong), id(weak)) {
                    perms.imply(strong, weak);
                }
            }
        }
    }

    fn lift_to_grant(&mut self, id: PermId) {
        let perms = &mut self.model.permissions;
        let Some(strong) = perms.id(Permission::Grant(id)) else {
            return;
        };
        for weak in perms.implied(id).to_vec() {
            if let Some(weak) = perms.id(Permission::Grant(weak)) {
                perms.imply(strong, weak);
            }
        }
    }
}

/// The pairs (stronger, weaker) of a type's actions, transitively closed.
fn transitive(ty: &Type) -> Vec<(usize, usize)> {
    let graph: DiGraph<(), ()> = DiGraph::from_edges(
        ty.implies
            .iter()
            .map(|&(a, b, _)| (u32::try_from(a).unwrap_or(0), u32::try_from(b).unwrap_or(0))),
    );
    let mut pairs = Vec::new();
    for start in graph.node_indices() {
        let mut dfs = petgraph::visit::Dfs::new(&graph, start);
        while let Some(end) = dfs.next(&graph) {
            if end != start {
                pairs.push((start.index(), end.index()));
            }
        }
    }
    pairs
}
