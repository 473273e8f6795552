//! Roles: their names at types, role sets, and what is said once in a head (`extends`, `default`, `for`, parameters).

use super::names::RoleLike;
use super::{BlockId, Resolver};
use crate::diagnostic::Diagnostic;
use crate::model::value::Scalar;
use crate::model::{Bundle, DerivationTerm, Role, RoleId, TypeId};
use crate::source::Span;
use crate::syntax::ast::{self, ItemKind, Name, RoleDecl};

impl<'a> Resolver<'a> {
    /// Declares every role at every type it is said for, then role sets.
    pub(super) fn declare_roles(&mut self) {
        for item in self.items.clone() {
            if let ItemKind::Role(decl) = &item.kind {
                self.declare_block(decl, item.doc.as_ref());
            }
        }
        let mut bundles: Vec<(usize, &'a ast::BundleDecl)> = Vec::new();
        for item in self.items.clone() {
            if let ItemKind::Bundle(decl) = &item.kind {
                bundles.extend(self.declare_bundle(decl).map(|ix| (ix, decl)));
            }
        }
        for (ix, decl) in bundles {
            self.fill_bundle(ix, decl);
        }
        self.names.heirs = vec![Vec::new(); self.model.roles.len()];
    }

    fn declare_block(&mut self, decl: &'a RoleDecl, doc: Option<&String>) {
        let block = BlockId(u32::try_from(self.blocks.len()).unwrap_or(u32::MAX));
        self.blocks.push(decl);
        for at in &decl.at {
            let Some(ty) = self.find_type(at) else { continue };
            if self.model.ty(ty).kind == crate::model::TypeKind::Principal {
                let fault = Diagnostic::error("role/at-principal", "roles are held at places and resources");
                self.found.push(fault.at(at.span(), ""));
                continue;
            }
            for name in &decl.names {
                let role = self.declare_role(name, ty);
                self.join_block(role, block, doc);
            }
        }
    }

    fn declare_role(&mut self, name: &Name, ty: TypeId) -> RoleId {
        let known = match self.names.roles.find(name)[..] {
            [RoleLike::Roles(ix)] => Some(ix),
            _ => None,
        };
        let ix = known.unwrap_or_else(|| {
            self.names.same_name.push(Vec::new());
            self.names
                .roles
                .declare(&name.text, RoleLike::Roles(self.names.same_name.len() - 1));
            self.names.same_name.len() - 1
        });
        let existing = self.names.same_name[ix]
            .iter()
            .copied()
            .find(|&r| self.model.role(r).ty == ty);
        let role = existing.unwrap_or_else(|| self.push_role(name, ty, ix));
        self.model.roles[role.ix()].spans.push(name.span());
        role
    }

    fn push_role(&mut self, name: &Name, ty: TypeId, ix: usize) -> RoleId {
        let role = RoleId(u32::try_from(self.model.roles.len()).unwrap_or(u32::MAX));
        let text = self.names.same_name[ix]
            .first()
            .map_or(name.text.clone(), |&r| self.model.role(r).name.clone());
        self.model.roles.push(Role {
            name: text,
            ty,
            labels: Vec::new(),
            doc: None,
            spans: Vec::new(),
            parents: Vec::new(),
            default: false,
            derived: Vec::new(),
            parameters: Vec::new(),
            rules: Vec::new(),
        });
        self.names.same_name[ix].push(role);
        self.own.push(Vec::new());
        role
    }

    fn join_block(&mut self, role: RoleId, block: BlockId, doc: Option<&String>) {
        let decl = self.blocks[block.0 as usize];
        self.own[role.ix()].extend((0..decl.rules.len()).map(|ix| (block, ix)));
        let it = &mut self.model.roles[role.ix()];
        it.labels.extend(decl.labels.iter().cloned());
        if let Some(doc) = doc {
            it.doc = Some(
                it.doc
                    .take()
                    .map_or_else(|| doc.clone(), |before| format!("{before}\n{doc}")),
            );
        }
        if let [RoleLike::Roles(ix)] = self.names.roles.find(&decl.names[0])[..] {
            self.names.roles.label(&decl.labels, RoleLike::Roles(ix));
        }
    }

    fn declare_bundle(&mut self, decl: &'a ast::BundleDecl) -> Option<usize> {
        let ix = self.model.bundles.len();
        let taken = self.names.roles.declare(&decl.name.text, RoleLike::Bundle(ix));
        if let Some(other) = taken {
            let first = match other {
                RoleLike::Bundle(other) => self.model.bundles[other].span,
                RoleLike::Roles(same) => self.model.role(self.names.same_name[same][0]).spans[0],
            };
            self.duplicate("role set", &decl.name.text, Some(first), decl.name.span());
            return None;
        }
        self.names.roles.label(&decl.labels, RoleLike::Bundle(ix));
        self.model.bundles.push(Bundle {
            name: decl.name.text.clone(),
            labels: decl.labels.clone(),
            span: decl.name.span(),
            roles: Vec::new(),
            used: false,
        });
        Some(ix)
    }

    fn fill_bundle(&mut self, ix: usize, decl: &ast::BundleDecl) {
        for name in &decl.roles {
            if let [RoleLike::Bundle(_)] = self.names.roles.find(&name.name)[..] {
                let fault = Diagnostic::error("role/set-in-set", "a role set holds roles, not other sets");
                self.found.push(fault.at(name.span.0, ""));
                continue;
            }
            let roles = self.find_roles(name);
            self.model.bundles[ix].roles.extend(roles);
        }
    }

    /// Resolves what stands in the heads of blocks.
    pub(super) fn resolve_heads(&mut self) {
        for decl in self.blocks.clone() {
            for role in self.roles_of(decl) {
                self.resolve_head(role, decl);
            }
        }
        self.check_heads();
        self.index_heirs();
        self.copy_parameters();
    }

    /// The roles that a block serves.
    pub(super) fn roles_of(&self, decl: &RoleDecl) -> Vec<RoleId> {
        let spans: Vec<Span> = decl.names.iter().map(Name::span).collect();
        let named = decl.names.iter().flat_map(|name| self.names.roles.find(name));
        let mut roles: Vec<RoleId> = named
            .flat_map(|found| match found {
                RoleLike::Roles(ix) => self.names.same_name[ix].clone(),
                RoleLike::Bundle(_) => Vec::new(),
            })
            .filter(|&role| self.model.role(role).spans.iter().any(|span| spans.contains(span)))
            .collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    fn resolve_head(&mut self, role: RoleId, decl: &'a RoleDecl) {
        if decl.default.is_some() {
            let twice = std::mem::replace(&mut self.model.roles[role.ix()].default, true);
            self.once(twice, "default", role, decl);
        }
        if !decl.parameters.is_empty() {
            let twice = !self.model.role(role).parameters.is_empty();
            self.once(twice, "parameters", role, decl);
            self.declare_parameters(role, decl);
        }
        if !decl.extends.is_empty() {
            let twice = !self.model.role(role).parents.is_empty();
            self.once(twice, "extends", role, decl);
            for name in &decl.extends {
                self.declare_parent(role, name);
            }
        }
        if !decl.derived.is_empty() {
            let twice = self.model.role(role).is_derived();
            self.once(twice, "for whoever", role, decl);
            let terms: Vec<DerivationTerm> = decl
                .derived
                .iter()
                .filter_map(|being| self.being(role, being))
                .collect();
            self.model.roles[role.ix()].derived = terms;
        }
    }

    /// What stands in a head is said once per role.
    fn once(&mut self, twice: bool, what: &str, role: RoleId, decl: &RoleDecl) {
        if twice {
            let message = format!("`{what}` is said twice for `{}`", self.model.show_role(role));
            self.found
                .push(Diagnostic::error("role/said-twice", message).at(decl.head.0, ""));
        }
    }

    fn declare_parameters(&mut self, role: RoleId, decl: &RoleDecl) {
        for parameter in &decl.parameters {
            if ["from", "until", "at"].contains(&parameter.name.text.as_str()) {
                let message = format!("the parameter `{}` is built in", parameter.name.text);
                self.found
                    .push(Diagnostic::error("role/parameter-built-in", message).at(parameter.name.span(), ""));
                continue;
            }
            if let Some(attribute) = self.attribute(parameter, None) {
                self.model.roles[role.ix()].parameters.push(attribute);
            }
        }
    }

    fn declare_parent(&mut self, role: RoleId, name: &ast::RoleName) {
        let own_type = self.model.role(role).ty;
        let parents = match &name.ty {
            Some(_) => self.find_roles(name),
            None => {
                let all = self.find_roles(name);
                let here: Vec<RoleId> = all
                    .iter()
                    .copied()
                    .filter(|&r| self.model.role(r).ty == own_type)
                    .collect();
                if here.is_empty() && !all.is_empty() {
                    self.no_role_at(own_type, &name.name);
                }
                here
            }
        };
        self.model.roles[role.ix()]
            .parents
            .extend(parents.into_iter().map(|parent| (parent, name.span.0)));
    }

    fn being(&mut self, role: RoleId, being: &'a ast::DerivationTerm) -> Option<DerivationTerm> {
        let ty = self.model.role(role).ty;
        match being {
            ast::DerivationTerm::Is(name) if name.text == "member" => Some(DerivationTerm::Member),
            ast::DerivationTerm::Is(name) => self.being_related(ty, name),
            ast::DerivationTerm::Holds(name) => {
                let roles: Vec<RoleId> = self
                    .find_roles(name)
                    .into_iter()
                    .filter(|&r| self.model.role(r).ty == ty)
                    .collect();
                if roles.is_empty() {
                    self.no_role_at(ty, &name.name);
                }
                (!roles.is_empty()).then_some(DerivationTerm::Holds(roles))
            }
            ast::DerivationTerm::Can { actions, target } => {
                let perms = self.acts(Some(actions), target);
                (!perms.is_empty()).then(|| DerivationTerm::Can(self.records_only(perms)))
            }
        }
    }

    fn being_related(&mut self, ty: TypeId, name: &Name) -> Option<DerivationTerm> {
        let found = self
            .model
            .ty(ty)
            .attributes
            .iter()
            .find(|a| a.name == name.text)
            .map(|a| (a.key, a.ty.of));
        match found {
            Some((key, Scalar::User(_) | Scalar::Group)) => Some(DerivationTerm::Relation(key)),
            Some(_) => {
                let message = format!("`{}` of `{}` holds no users", name.text, self.type_name(ty));
                self.found
                    .push(Diagnostic::error("type/mismatch", message).at(name.span(), ""));
                None
            }
            None => {
                self.unknown_attribute(ty, name);
                None
            }
        }
    }

    fn check_heads(&mut self) {
        let mut defaults: Vec<Option<RoleId>> = vec![None; self.model.types.len()];
        for role in self.model.role_ids() {
            let it = self.model.role(role);
            let head = it.spans[0];
            if it.default && it.is_derived() {
                let message = format!("`{}` is derived and cannot be a default as well", it.name);
                self.found
                    .push(Diagnostic::error("role/default-derived", message).at(head, ""));
            }
            let it = self.model.role(role);
            if !it.default {
                continue;
            }
            if let Some(first) = defaults[it.ty.ix()].replace(role) {
                let message = format!("`{}` has two default roles", self.type_name(it.ty));
                let fault = Diagnostic::error("role/two-defaults", message).at(head, "the second");
                self.found.push(fault.at(self.model.role(first).spans[0], "the first"));
            }
        }
    }

    fn index_heirs(&mut self) {
        for role in self.model.role_ids() {
            for &(parent, _) in &self.model.role(role).parents {
                self.names.heirs[parent.ix()].push(role);
            }
        }
    }

    /// Heirs have the parameters of the roles that they extend: the copied rules may ask for them.
    fn copy_parameters(&mut self) {
        let having = |role: &RoleId| !self.model.role(*role).parameters.is_empty();
        for parent in self.model.role_ids().filter(having).collect::<Vec<_>>() {
            for heir in self
                .names
                .heirs_of(&[parent])
                .into_iter()
                .filter(|&heir| heir != parent)
            {
                for parameter in self.model.role(parent).parameters.clone() {
                    let own = &mut self.model.roles[heir.ix()].parameters;
                    if own.iter().all(|p| p.key != parameter.key) {
                        own.push(parameter);
                    }
                }
            }
        }
    }
}
