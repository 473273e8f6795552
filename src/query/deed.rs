//! What a sentence is about: which permissions, on which target, to whom.

use super::Query;
use super::names::is_called;
use crate::diagnostic::Diagnostic;
use crate::eval::Target;
use crate::eval::org::{Org, Source};
use crate::facts::CustomRole;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{NodeId, UserId, Value};
use crate::model::{Model, RoleId, TypeId, TypeKind};
use crate::syntax::ast::{self, Deed, Id, Name, NodeRef, Thing};

/// A deed with every name looked up.
#[derive(Debug, Clone)]
pub struct Act {
    /// All of these must be allowed.
    pub permissions: Vec<PermId>,
    /// On one of these: more than one only for users, who lie in each place that they are members of.
    pub targets: Vec<Target>,
    /// To or from whom.
    pub recipients: Recipients,
    /// Attributes supposed of a target that nobody lists.
    pub given: Vec<(usize, Value)>,
    /// It only takes away, which needs that there is something to take.
    pub taking: bool,
}

impl Act {
    /// Whether there is what one of its permissions takes at a node: a role or a single permission that the facts state for
    /// a user or for a group of theirs, a membership.
    #[must_use]
    pub fn has_to_take(&self, model: &Model, org: &Org<'_>, permission: PermId, node: NodeId, from: UserId) -> bool {
        let mut stated = org.entries_at(from, node).iter();
        match model.permissions.get(permission) {
            _ if !self.taking => true,
            Permission::Take(role) => stated.any(|entry| entry.role == role && entry.source() != Source::Default),
            Permission::RemoveMember(_) => org.memberships(from).any(|(place, _)| place == node),
            Permission::Grant(inner) => stated.any(|entry| match entry.source() {
                Source::Grant(ix) => org.facts.grants[ix as usize].rule.permissions.contains(&inner),
                Source::Holding(_) => {
                    let custom = org.facts.custom_role(model, entry.role);
                    custom.is_some_and(|it| it.rules.iter().any(|(_, rule)| rule.permissions.contains(&inner)))
                }
                Source::Default => false,
            }),
            Permission::Act { .. } | Permission::Give(_) | Permission::AddMember(_) => true,
        }
    }
}

/// The permissions to hand out a role that a tenant made: whoever may grant all that it may do may assign it.
#[must_use]
pub fn granting(model: &Model, custom: &CustomRole) -> Vec<PermId> {
    let rules = custom.rules.iter().flat_map(|(_, rule)| &rule.permissions);
    let mut parts: Vec<PermId> = rules.copied().collect();
    parts.sort_unstable();
    parts.dedup();
    let grant = |id| model.permissions.id(Permission::Grant(id));
    parts.into_iter().filter_map(grant).collect()
}

/// Both halves of administration, or the one that is asked for. What nobody can ever be allowed has no number: then there
/// is no permission, and it is denied.
#[must_use]
pub fn halves(model: &Model, is_asked: [bool; 2], give_and_take: [Permission; 2]) -> Vec<PermId> {
    let asked = is_asked
        .into_iter()
        .zip(give_and_take)
        .filter(|(is_asked, _)| *is_asked);
    asked.filter_map(|(_, half)| model.permissions.id(half)).collect()
}

/// To or from whom something is handed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipients {
    /// It is no matter of handing.
    None,
    /// Each of these.
    Each(Vec<UserId>),
    /// Somebody.
    Some,
}

impl Query<'_, '_> {
    /// Looks up a deed in the organisation.
    pub(super) fn act(&mut self, deed: &Deed) -> Option<Act> {
        match deed {
            Deed::Act {
                actions,
                thing,
                at,
                other,
            } => {
                let roles = self.handed(actions, thing);
                match (roles, at) {
                    (Some(handed), Some(at)) => {
                        let act = self.hand_role(actions, handed, at, other.as_ref())?;
                        let taking = actions.iter().all(|action| action.text == "take");
                        Some(Act { taking, ..act })
                    }
                    (Some(_), None) => {
                        let fault =
                            Diagnostic::error("sentence/no-place", "it is not said where").at(thing.node.id.span(), "");
                        self.found
                            .push(fault.help(format!("write `{} at …`", thing.node.id.text)));
                        None
                    }
                    (None, at) => self.ordinary(actions, thing, at.as_ref()),
                }
            }
            Deed::Grant {
                actions,
                target,
                at,
                other,
                revoke,
                ..
            } => {
                let act = self.hand_permission(actions, target, at.as_ref(), other.as_ref())?;
                Some(Act { taking: *revoke, ..act })
            }
            Deed::Become { .. } => self.later("`become`"),
        }
    }

    /// What is handed out, if a deed is about roles or members.
    pub(super) fn handed(&self, actions: &[Name], thing: &Thing) -> Option<Handed> {
        let handing = actions
            .iter()
            .all(|a| matches!(a.text.as_str(), "assign" | "give" | "take"));
        if !handing || thing.within.is_some() || !self.nodes_called(&thing.node).is_empty() {
            return None;
        }
        let roles = self.roles_of_word(&thing.node.id);
        match (roles.is_empty(), thing.node.id.text.as_str()) {
            (false, _) => Some(Handed::Roles(roles)),
            (true, "member") => Some(Handed::Membership),
            (true, _) => None,
        }
    }

    fn hand_role(&mut self, actions: &[Name], handed: Handed, at: &NodeRef, other: Option<&Id>) -> Option<Act> {
        let node = self.node(at)?;
        let facts = self.facts()?;
        let ty = facts.node(node).ty;
        let permissions = match handed {
            Handed::Membership => self.halves(actions, Permission::AddMember(ty), Permission::RemoveMember(ty)),
            Handed::Roles(roles) => {
                let model = self.model();
                let custom = roles.iter().find_map(|&role| facts.custom_role(model, role));
                let here = roles
                    .iter()
                    .copied()
                    .find(|&r| r.ix() < model.roles.len() && model.role(r).ty == ty);
                match (here, custom) {
                    (Some(role), _) => self.halves(actions, Permission::Give(role), Permission::Take(role)),
                    (None, Some(custom)) => granting(model, custom),
                    (None, None) => return self.not_here(&roles, node, at),
                }
            }
        };
        self.handing_at(permissions, node, other)
    }

    /// Handing something out at a node.
    fn handing_at(&mut self, permissions: Vec<PermId>, node: NodeId, other: Option<&Id>) -> Option<Act> {
        let given = self.suppose(None)?;
        let recipients = self.recipients_of(other)?;
        let targets = vec![Target::node(node)];
        Some(Act {
            permissions,
            targets,
            recipients,
            given,
            taking: false,
        })
    }

    pub(super) fn not_here<T>(&mut self, roles: &[RoleId], node: NodeId, at: &NodeRef) -> Option<T> {
        let model = self.model();
        let ty = &model.ty(self.facts()?.node(node).ty).name;
        let places: Vec<String> = roles
            .iter()
            .map(|&r| format!("`{}`", model.ty(model.role(r).ty).name))
            .collect();
        let message = format!("there is no role `{}` at `{ty}`", model.role(roles[0]).name);
        let fault = Diagnostic::error("role/not-at-this-type", message).at(at.id.span(), "");
        self.found
            .push(fault.help(format!("it exists at {}", places.join(", "))));
        None
    }

    fn halves(&self, actions: &[Name], give: Permission, take: Permission) -> Vec<PermId> {
        let is_asked = |word: &str| actions.iter().any(|a| a.text == word || a.text == "assign");
        halves(self.model(), ["give", "take"].map(is_asked), [give, take])
    }

    fn recipients_of(&mut self, other: Option<&Id>) -> Option<Recipients> {
        match other {
            None => Some(Recipients::Some),
            Some(id) => self.recipients(id).map(Recipients::Each),
        }
    }

    fn hand_permission(
        &mut self,
        actions: &[Name],
        target: &ast::Target,
        at: Option<&NodeRef>,
        other: Option<&Id>,
    ) -> Option<Act> {
        let Some(at) = at else {
            let fault = Diagnostic::error("sentence/no-place", "it is not said where").at(target.span.0, "");
            self.found.push(fault.help("write `at …` behind it"));
            return None;
        };
        let node = self.node(at)?;
        let inner = self.named(actions, target)?;
        let grant = |id| self.model().permissions.id(Permission::Grant(id));
        let permissions = inner.into_iter().filter_map(grant).collect();
        self.handing_at(permissions, node, other)
    }

    /// The permissions that `view, edit Inventory` or `edit Product.price` names: records apart from their fields.
    pub(super) fn named(&mut self, actions: &[Name], target: &ast::Target) -> Option<Vec<PermId>> {
        if let Some(area) = self.area_called(&target.name) {
            return Some(self.in_area(actions, area));
        }
        let ty = self.needs_type(&target.name.text, target.name.quoted, target.name.span())?;
        let field = match &target.field {
            Some(field) => Some(self.field(ty, &field.text, field.quoted, field.span())?),
            None => None,
        };
        self.permissions(ty, actions, field)
    }

    fn area_called(&self, name: &Name) -> Option<usize> {
        self.model()
            .areas
            .iter()
            .position(|area| is_called(&area.name, &area.labels, &name.text, name.quoted))
    }

    fn in_area(&self, actions: &[Name], area: usize) -> Vec<PermId> {
        let model = self.model();
        let wanted = |id: &PermId| match model.permissions.get(*id) {
            Permission::Act {
                ty,
                action,
                field: None,
            } => {
                let it = &model.ty(ty).actions[action];
                actions.is_empty() || actions.iter().any(|name| name.text == it.name)
            }
            _ => false,
        };
        model.areas[area].permissions.iter().copied().filter(wanted).collect()
    }

    /// The permissions for actions on a type; an error for each that it does not have.
    pub(super) fn permissions(&mut self, ty: TypeId, actions: &[Name], field: Option<usize>) -> Option<Vec<PermId>> {
        let mut all = Vec::new();
        let mut fine = true;
        for name in actions {
            match self.permission(ty, name, field) {
                Some(id) => all.push(id),
                None => fine = false,
            }
        }
        fine.then_some(all)
    }

    fn permission(&mut self, ty: TypeId, name: &Name, field: Option<usize>) -> Option<PermId> {
        let model = self.model();
        let it = model.ty(ty);
        let action = it
            .actions
            .iter()
            .position(|a| is_called(&a.name, &a.labels, &name.text, name.quoted));
        let id = action.and_then(|action| model.permissions.id(Permission::Act { ty, action, field }));
        if id.is_none() {
            let message = format!("`{}` has no action `{}`", it.name, name.text);
            let fault = Diagnostic::error("name/unknown-action", message).at(name.span(), "");
            let near = fault.did_you_mean(&name.text, it.actions.iter().map(|a| a.name.as_str()));
            let known: Vec<&str> = it.actions.iter().map(|a| a.name.as_str()).collect();
            let help = near.help.is_none() && !known.is_empty();
            self.found.push(if help {
                near.help(format!("it has: {}", known.join(", ")))
            } else {
                near
            });
        }
        id
    }

    fn field(&mut self, ty: TypeId, word: &str, quoted: bool, span: crate::source::Span) -> Option<usize> {
        let it = self.model().ty(ty);
        let field = it
            .fields
            .iter()
            .position(|f| is_called(&f.name, &f.labels, word, quoted));
        if field.is_none() {
            let fault =
                Diagnostic::error("name/unknown-field", format!("`{}` has no field `{word}`", it.name)).at(span, "");
            self.found
                .push(fault.did_you_mean(word, it.fields.iter().map(|f| f.name.as_str())));
        }
        field
    }

    fn ordinary(&mut self, actions: &[Name], thing: &Thing, at: Option<&NodeRef>) -> Option<Act> {
        self.needs_org()?;
        let place = thing.within.as_ref().or(at);
        let id = &thing.node.id;
        let listed = self.nodes_called(&thing.node);
        let user = match (&thing.node.ty, listed.is_empty()) {
            (None, _) => self.user_target(id, actions, listed.is_empty()),
            (Some(ty), true) => self.typed_user(ty, id),
            (Some(_), false) => None,
        };
        match (user, place) {
            (Some(user), place) => self.on_user(user, actions, thing, place),
            (None, Some(place)) if listed.is_empty() => match self.type_called(&id.text, id.quoted) {
                Some(ty) => self.on_unlisted(ty, actions, thing, place),
                None => self.on_node(actions, thing, Some(place)),
            },
            (None, place) => self.on_node(actions, thing, place),
        }
    }

    /// A user, where the word names one and the actions are those of users.
    fn user_target(&self, id: &Id, actions: &[Name], no_node: bool) -> Option<UserId> {
        let facts = &self.org?.facts;
        let user = facts.user_named(&id.text)?;
        let declared = &self.model().ty(facts.user(user).ty).actions;
        let fits = actions.iter().all(|name| declared.iter().any(|a| a.name == name.text));
        (no_node || fits).then_some(user)
    }

    fn typed_user(&self, ty: &Id, id: &Id) -> Option<UserId> {
        let facts = &self.org?.facts;
        let user = facts.user_named(&id.text)?;
        (self.type_called(&ty.text, ty.quoted) == Some(facts.user(user).ty)).then_some(user)
    }

    fn on_user(&mut self, user: UserId, actions: &[Name], thing: &Thing, place: Option<&NodeRef>) -> Option<Act> {
        let org = self.needs_org()?;
        let ty = org.facts.user(user).ty;
        let permissions = self.on_thing(ty, actions, thing)?;
        let only = match place {
            Some(place) => Some(self.node(place)?),
            None => None,
        };
        let mut places: Vec<NodeId> = org.memberships(user).map(|(place, _)| place).collect();
        places.retain(|&place| org.kind(place).is_place() && only.is_none_or(|only| only == place));
        places.sort_unstable();
        places.dedup();
        if let (true, Some(place)) = (places.is_empty(), place) {
            let message = format!("`{}` is no member of `{}`", org.facts.user(user).id, place.id.text);
            self.fault("sentence/no-member", message, place.id.span());
            return None;
        }
        let given = self.suppose(None)?;
        let targets = places.into_iter().map(|place| Target::user(user, ty, place)).collect();
        Some(Act {
            permissions,
            targets,
            recipients: Recipients::None,
            given,
            taking: false,
        })
    }

    fn on_unlisted(&mut self, ty: TypeId, actions: &[Name], thing: &Thing, place: &NodeRef) -> Option<Act> {
        let container = self.node(place)?;
        let model = self.model();
        let holder = self.facts()?.node(container).ty;
        if !model.ty(ty).containers.contains(&holder) {
            let (inner, outer) = (&model.ty(ty).name, &model.ty(holder).name);
            let message = format!(
                "`{inner}` cannot lie directly in `{}`, which is of type `{outer}`",
                place.id.text
            );
            let fault = Diagnostic::error("containment/impossible", message).at(place.id.span(), "");
            let places = crate::model::show::type_list(model, &model.ty(ty).containers);
            self.found.push(fault.help(format!("`{inner}` lies in {places}")));
            return None;
        }
        let permissions = self.on_thing(ty, actions, thing)?;
        let given = self.suppose(Some(ty))?;
        let creating = permissions.iter().any(|&id| self.is_creating(id));
        let target = if creating {
            Target::created(ty, container)
        } else {
            Target::unlisted(ty, container)
        };
        Some(Act {
            permissions,
            targets: vec![target],
            recipients: Recipients::None,
            given,
            taking: false,
        })
    }

    pub(super) fn is_creating(&self, id: PermId) -> bool {
        match self.model().permissions.get(id) {
            Permission::Act { ty, action, .. } => self.model().ty(ty).actions[action].creating,
            _ => false,
        }
    }

    /// The permissions for actions on a thing, or on the field of it that is named.
    fn on_thing(&mut self, ty: TypeId, actions: &[Name], thing: &Thing) -> Option<Vec<PermId>> {
        let field = match &thing.field {
            Some(field) => Some(self.field(ty, &field.text, field.quoted, field.span())?),
            None => None,
        };
        self.permissions(ty, actions, field)
    }

    fn on_node(&mut self, actions: &[Name], thing: &Thing, place: Option<&NodeRef>) -> Option<Act> {
        let node = self.node(&thing.node)?;
        let org = self.needs_org()?;
        if let Some(place) = place {
            self.lies_there(node, thing, place)?;
        }
        let ty = org.ty(node);
        let permissions = self.on_thing(ty, actions, thing)?;
        if let Some(&creating) = permissions.iter().find(|&&id| self.is_creating(id)) {
            let name = &self.model().ty(ty).name;
            let message = format!("`{}` already exists", thing.node.id.text);
            let fault = Diagnostic::error("sentence/exists", message).at(thing.node.id.span(), "");
            let shown = self.model().show_permission(creating);
            self.found.push(fault.help(format!(
                "ask about a new one: `{shown} in …` (`{name} in …` is always a fresh one)"
            )));
            return None;
        }
        let given = self.suppose(None)?;
        Some(Act {
            permissions,
            targets: vec![Target::node(node)],
            recipients: Recipients::None,
            given,
            taking: false,
        })
    }

    /// A place that a sentence names must be one that the node lies in.
    fn lies_there(&mut self, node: NodeId, thing: &Thing, place: &NodeRef) -> Option<()> {
        let org = self.needs_org()?;
        let outer = self.node(place)?;
        if org.lies_in(node, outer) {
            return Some(());
        }
        let facts = &org.facts;
        let where_it_is = facts.node(node).container.map_or("nothing", |c| &facts.node(c).id);
        let message = format!("`{}` does not lie in `{}`", thing.node.id.text, place.id.text);
        let fault = Diagnostic::error("sentence/contradiction", message).at(place.id.span(), "");
        self.found.push(fault.help(format!("it lies in `{where_it_is}`")));
        None
    }

    /// True if a type's nodes are users.
    pub(super) fn is_principal(&self, ty: TypeId) -> bool {
        self.model().ty(ty).kind == TypeKind::Principal
    }
}

/// What a deed hands out.
#[derive(Debug, Clone)]
pub(super) enum Handed {
    /// Roles of one name.
    Roles(Vec<RoleId>),
    /// Membership.
    Membership,
}
