//! What a name in the facts means: ids of nodes, users and groups, and the names of the policy, each behind one hash.
//!
//! All are kept and looked up in NFC ([`nfc`]), which for most costs a look at their bytes.

use std::cell::Cell;
use std::collections::HashMap;

use hashbrown::DefaultHashBuilder;

use super::ids::Ids;
use super::nodes::NodeIds;
use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, Subject, Thing};
use crate::model::show::type_list;
use crate::model::value::{GroupId, NodeId, UserId};
use crate::model::{Model, RoleId, TypeId};
use crate::source::nfc;
use crate::syntax::ast;

/// How many names are gone through for "did you mean" in one run: a file with a hundred thousand unknown names is to
/// be answered in a second, too.
const PATIENCE: usize = 2_000_000;

/// Ids of an organisation and names of its policy.
#[derive(Debug)]
pub struct Names<'m> {
    pub(super) model: &'m Model,
    types: HashMap<&'m str, Vec<TypeId>>,
    roles: HashMap<&'m str, Vec<RoleId>>,
    slots: Vec<HashMap<&'m str, usize>>,
    nodes: NodeIds,
    users: Ids<(TypeId, UserId)>,
    groups: HashMap<String, GroupId>,
    custom: HashMap<String, RoleId>,
    patience: Cell<usize>,
}

/// Why nothing can have an id: it is how something else is named where ids stand.
pub(in crate::facts) fn no_id(id: &str) -> Option<Diagnostic> {
    let fault = |message: String| Some(Diagnostic::error("facts/reserved-id", message));
    match id {
        _ if id.trim().is_empty() => fault("an id needs a letter or a number".to_owned()),
        _ if id.starts_with("group:") => {
            let fault = fault(format!("nothing can be called `{id}`"))?;
            Some(fault.help("`group:` stands before the id of a group, where users stand too; choose another id"))
        }
        _ if id.contains(" at ") => {
            let fault = fault(format!("nothing can be called `{id}`"))?;
            Some(fault.help("`ROLE at NODE` names all who hold a role there; choose another id"))
        }
        _ => None,
    }
}

/// Ids of users that have a meaning of their own.
const RESERVED: [(&str, &str); 2] = [
    ("anyone", "`anyone` is a caller who is not signed in; choose another id"),
    ("everyone", "`everyone` is the group of all users; choose another id"),
];

/// The same for users.
pub(in crate::facts) fn no_user(id: &str) -> Option<Diagnostic> {
    let reserved = RESERVED.iter().find(|(reserved, _)| *reserved == id);
    let fault = |&(id, help): &(&str, &str)| {
        let fault = Diagnostic::error("facts/reserved-id", format!("no user can be called `{id}`"));
        fault.help(help)
    };
    reserved.map(fault).or_else(|| no_id(id))
}

/// Why a reference names no node.
#[derive(Debug)]
pub(super) enum Miss {
    /// There is no such id.
    Unknown,
    /// There is, but of this type.
    Unfit(TypeId),
    /// There are several that fit.
    Ambiguous(Vec<(TypeId, NodeId)>),
}

impl<'m> Names<'m> {
    /// The names of an organisation.
    #[must_use]
    pub fn of(facts: &Facts, model: &'m Model) -> Self {
        let slots = |ty: &'m crate::model::Type| ty.attributes.iter().enumerate().map(|(ix, a)| (a.name.as_str(), ix));
        let types = model
            .type_ids()
            .map(|id| (id, model.ty(id).name.as_str(), &model.ty(id).labels[..]))
            .collect();
        let roles = model
            .role_ids()
            .map(|id| (id, model.role(id).name.as_str(), &model.role(id).labels[..]))
            .collect();
        let mut names = Self {
            model,
            types: by_name(types),
            roles: by_name(roles),
            slots: model.types.iter().map(|ty| slots(ty).collect()).collect(),
            nodes: NodeIds::new(model),
            users: Ids::new(DefaultHashBuilder::default()),
            groups: HashMap::with_capacity(facts.groups.len()),
            custom: HashMap::new(),
            patience: Cell::new(PATIENCE),
        };
        for (id, node) in facts.node_ids().zip(&facts.nodes) {
            names.add_node(&node.id, node.ty, id);
        }
        for (id, user) in facts.user_ids().zip(&facts.users) {
            names.add_user(&user.id, user.ty, id);
        }
        for (id, group) in (0..).map(GroupId).zip(&facts.groups) {
            names.add_group(&group.id, id);
        }
        for role in &facts.custom {
            names.add_custom(&role.name);
        }
        names
    }

    /// The policy.
    pub(crate) const fn model(&self) -> &'m Model {
        self.model
    }

    /// Enters a node; the one that had this id before, if one of the same type did.
    pub(in crate::facts) fn add_node(&mut self, id: &str, ty: TypeId, node: NodeId) -> Option<NodeId> {
        self.nodes.add(&nfc(id), ty, node)
    }

    pub(in crate::facts) fn add_user(&mut self, id: &str, ty: TypeId, user: UserId) -> Option<UserId> {
        let id = nfc(id);
        let taken = self.users.all(&id).next().map(|(_, known)| known);
        if taken.is_none() {
            self.users.add(&id, (ty, user));
        }
        taken
    }

    pub(in crate::facts) fn add_group(&mut self, id: &str, group: GroupId) -> Option<GroupId> {
        let id = nfc(id);
        if let Some(&known) = self.groups.get(&*id) {
            return Some(known);
        }
        self.groups.insert(id.into_owned(), group);
        None
    }

    /// Enters a custom role, which is numbered on from those entered before.
    pub(super) fn add_custom(&mut self, name: &str) {
        let next = self.model.roles.len() + self.custom.len();
        let id = RoleId(u32::try_from(next).unwrap_or(u32::MAX));
        self.custom.entry(nfc(name).into_owned()).or_insert(id);
    }

    /// The type of a name, or of a label that fits one type only.
    #[must_use]
    pub fn ty(&self, name: &str) -> Option<TypeId> {
        match self.types.get(&*nfc(name)).map(Vec::as_slice) {
            Some(&[one]) => Some(one),
            _ => None,
        }
    }

    /// The roles of a name, or of a label, at whatever types; `Type.Role` names one.
    #[must_use]
    pub fn roles(&self, name: &str) -> Vec<RoleId> {
        let name = nfc(name);
        if let Some(roles) = self.roles.get(&*name) {
            return roles.clone();
        }
        let typed = name
            .split_once('.')
            .and_then(|(ty, role)| Some((self.ty(ty)?, self.roles.get(role)?)));
        let of =
            |ty: TypeId, roles: &[RoleId]| roles.iter().copied().filter(|&r| self.model.role(r).ty == ty).collect();
        typed.map_or_else(Vec::new, |(ty, roles)| of(ty, roles))
    }

    /// The custom role of a name.
    #[must_use]
    pub fn custom(&self, name: &str) -> Option<RoleId> {
        self.custom.get(&*nfc(name)).copied()
    }

    /// Where a type keeps the attribute of a name.
    #[must_use]
    pub fn slot(&self, ty: TypeId, name: &str) -> Option<usize> {
        self.slots[ty.ix()].get(&*nfc(name)).copied()
    }

    /// The node that a text names, `paris` or `Entity paris`, among those of `types` if some are given.
    ///
    /// # Errors
    ///
    /// A diagnostic that has no place yet, if there is none or there are several.
    pub fn node(&self, text: &str, types: Option<&[TypeId]>) -> Result<NodeId, Diagnostic> {
        self.find_node(text, types).map_err(|miss| match miss {
            Miss::Unknown => self.unknown_node(text),
            Miss::Ambiguous(several) => self.ambiguous(text, &several),
            Miss::Unfit(ty) => {
                let needed = type_list(self.model, types.unwrap_or_default());
                let message = format!(
                    "`{text}` is of type `{}`; {needed} is needed here",
                    self.model.ty(ty).name
                );
                Diagnostic::error("name/wrong-type", message)
            }
        })
    }

    /// The one node of an id whose type fits: one look-up, which allocates nothing.
    #[must_use]
    pub fn node_of(&self, text: &str, fits: impl Fn(TypeId) -> bool) -> Option<NodeId> {
        self.nodes.one(&nfc(text), fits).map(|(_, node)| node)
    }

    /// The same with its type.
    pub(in crate::facts) fn typed_node_of(
        &self,
        text: &str,
        fits: impl Fn(TypeId) -> bool,
    ) -> Option<(TypeId, NodeId)> {
        self.nodes.one(&nfc(text), fits)
    }

    /// The user of an id: one look-up, which allocates nothing.
    #[must_use]
    pub fn user_of(&self, id: &str) -> Option<UserId> {
        self.users.all(&nfc(id)).next().map(|(_, user)| user)
    }

    /// The same, with the reason instead of a diagnostic.
    pub(super) fn find_node(&self, text: &str, types: Option<&[TypeId]>) -> Result<NodeId, Miss> {
        let named = self.candidates(text);
        let fits = |ty: TypeId| types.is_none_or(|types| types.contains(&ty));
        let fitting: Vec<(TypeId, NodeId)> = named.iter().copied().filter(|&(ty, _)| fits(ty)).collect();
        match (&fitting[..], &named[..]) {
            (&[(_, one)], _) => Ok(one),
            ([], []) => Err(Miss::Unknown),
            ([], [(ty, _), ..]) => Err(Miss::Unfit(*ty)),
            _ => Err(Miss::Ambiguous(fitting)),
        }
    }

    fn candidates(&self, text: &str) -> Vec<(TypeId, NodeId)> {
        let text = &*nfc(text);
        let mut named: Vec<(TypeId, NodeId)> = self.nodes.all(text).collect();
        named.sort_unstable_by_key(|&(_, node)| node);
        if let (true, Some((ty, id))) = (named.is_empty(), text.split_once(char::is_whitespace)) {
            let of = self.ty(ty);
            named.extend(self.nodes.all(id.trim_start()).filter(|(ty, _)| Some(*ty) == of));
        }
        named
    }

    /// Why a node that is known cannot keep its id: `Order 17` is also the Order called `17`.
    pub(in crate::facts) fn taken_for(&self, id: &str) -> Option<Diagnostic> {
        let (ty, inner) = id.split_once(char::is_whitespace)?;
        let (ty, inner) = (self.ty(ty)?, inner.trim_start());
        self.nodes.all(inner).find(|(of, _)| *of == ty)?;
        let message = format!("`{id}` is also how the {} `{inner}` is named", self.model.ty(ty).name);
        Some(Diagnostic::error("name/ambiguous", message).help("choose another id"))
    }

    /// The user of an id, or the group behind `group:`.
    ///
    /// # Errors
    ///
    /// A diagnostic that has no place yet, if there is none.
    pub fn subject(&self, text: &str) -> Result<Subject, Diagnostic> {
        match text.starts_with("group:") {
            true => self.group(text).map(Subject::Group),
            false => self.user(text, None).map(Subject::User),
        }
    }

    /// The account or unit that a text names.
    ///
    /// # Errors
    ///
    /// A diagnostic that has no place yet, if there is none or there are several.
    pub fn place(&self, text: &str) -> Result<NodeId, Diagnostic> {
        let is_place = |&ty: &TypeId| self.model.ty(ty).kind.is_place();
        let places: Vec<TypeId> = self.model.type_ids().filter(is_place).collect();
        self.node(text, Some(&places))
    }

    /// What has attributes: the node or user that a text names, `paris` or `Entity paris`, `ann` or `User ann`.
    ///
    /// # Errors
    ///
    /// A diagnostic that has no place yet, if there is none or there are several.
    pub fn thing(&self, text: &str) -> Result<Thing, Diagnostic> {
        match (self.find_node(text, None), self.typed_user(text)) {
            (Ok(_) | Err(Miss::Ambiguous(_)), Some(_)) => {
                let fault = Diagnostic::error("name/ambiguous", format!("`{text}` is a node and a user"));
                Err(fault.help("write the type before the id"))
            }
            (_, Some(user)) => Ok(Thing::User(user)),
            (Err(Miss::Unknown), None) => {
                let fault = Diagnostic::error("name/unknown-node", format!("unknown node or user `{text}`"));
                let known = self.nodes.iter().chain(self.users.iter());
                Err(self.hint_among(fault, text, self.nodes.len() + self.users.len(), known))
            }
            (_, None) => self.node(text, None).map(Thing::Node),
        }
    }

    /// `ann`, `User ann`
    fn typed_user(&self, text: &str) -> Option<UserId> {
        let typed = || {
            let (ty, id) = text.split_once(char::is_whitespace)?;
            self.user(id.trim_start(), Some(self.ty(ty)?)).ok()
        };
        self.user_of(text).or_else(typed)
    }

    /// "unknown node `X`"
    pub(super) fn unknown_node(&self, text: &str) -> Diagnostic {
        let fault = Diagnostic::error("name/unknown-node", format!("unknown node `{text}`"));
        if self.user_of(text).is_some() {
            return fault.help(format!(
                "`{text}` is a user; an account, unit or resource is needed here"
            ));
        }
        self.hint_among(fault, text, self.nodes.len(), self.nodes.iter())
    }

    /// Reports that an id fits several nodes, and lists them.
    pub(super) fn ambiguous(&self, text: &str, several: &[(TypeId, NodeId)]) -> Diagnostic {
        let full = |(ty, _): &(TypeId, NodeId)| format!("`{} {text}`", self.model.ty(*ty).name);
        let list: Vec<String> = several.iter().map(full).collect();
        let message = format!("`{text}` could be {}", list.join(" or "));
        Diagnostic::error("name/ambiguous", message).help(format!("write the type before the id: {}", list[0]))
    }

    /// The user of an id, of a kind of principal if one is given.
    ///
    /// # Errors
    ///
    /// A diagnostic that has no place yet, if there is none.
    pub fn user(&self, text: &str, kind: Option<TypeId>) -> Result<UserId, Diagnostic> {
        match (self.users.all(&nfc(text)).next(), kind) {
            (Some((ty, _)), Some(kind)) if ty != kind => {
                let (is, needed) = (&self.model.ty(ty).name, &self.model.ty(kind).name);
                let message = format!("`{text}` is of type `{is}`; `{needed}` is needed here");
                Err(Diagnostic::error("name/wrong-type", message))
            }
            (Some((_, user)), _) => Ok(user),
            (None, _) => Err(self.unknown_user(text)),
        }
    }

    fn unknown_user(&self, text: &str) -> Diagnostic {
        let fault = Diagnostic::error("name/unknown-user", format!("unknown user `{text}`"));
        match text {
            "anyone" => fault.help("`anyone` is a caller who is not signed in; nothing can be given to him"),
            _ if self.groups.contains_key(text) => fault.help(format!("the group is written `group:{text}`")),
            _ => self.hint_among(fault, text, self.users.len(), self.users.iter()),
        }
    }

    /// The group of an id, with or without `group:` before it.
    ///
    /// # Errors
    ///
    /// A diagnostic that has no place yet, if there is none.
    pub fn group(&self, text: &str) -> Result<GroupId, Diagnostic> {
        let id = text.strip_prefix("group:").map_or(text, str::trim_start);
        self.groups.get(&*nfc(id)).copied().ok_or_else(|| {
            let fault = Diagnostic::error("name/unknown-group", format!("unknown group `{id}`"));
            self.hint(fault, id, &self.groups)
        })
    }

    /// "unknown role `X`"
    pub(in crate::facts) fn unknown_role(&self, text: &str) -> Diagnostic {
        let fault = Diagnostic::error("name/unknown-role", format!("unknown role `{text}`"));
        if self.model.bundles.iter().any(|bundle| bundle.name == text) {
            return fault.help(format!("`{text}` is a set of roles; name the role"));
        }
        let custom = self.custom.keys().map(String::as_str);
        let known = self.model.roles.iter().map(|role| role.name.as_str()).chain(custom);
        self.hint_among(fault, text, self.model.roles.len() + self.custom.len(), known)
    }

    fn hint<V>(&self, fault: Diagnostic, text: &str, known: &HashMap<String, V>) -> Diagnostic {
        self.hint_among(fault, text, known.len(), known.keys().map(String::as_str))
    }

    fn hint_among<'a>(
        &self,
        fault: Diagnostic,
        text: &str,
        count: usize,
        known: impl Iterator<Item = &'a str>,
    ) -> Diagnostic {
        let Some(left) = self.patience.get().checked_sub(count) else {
            return fault;
        };
        self.patience.set(left);
        fault.did_you_mean(text, known)
    }
}

/// Names, and labels that are no names, with what each may mean.
fn by_name<'m, Id: Copy + PartialEq>(all: Vec<(Id, &'m str, &'m [ast::Label])>) -> HashMap<&'m str, Vec<Id>> {
    let mut named: HashMap<&str, Vec<Id>> = HashMap::new();
    for &(id, name, _) in &all {
        named.entry(name).or_default().push(id);
    }
    let mut labelled: HashMap<&str, Vec<Id>> = HashMap::new();
    for (id, label) in all
        .into_iter()
        .flat_map(|(id, _, labels)| labels.iter().map(move |label| (id, label.text.as_str())))
    {
        let ids = labelled.entry(label).or_default();
        if !named.contains_key(label) && !ids.contains(&id) {
            ids.push(id);
        }
    }
    named.extend(labelled.into_iter().filter(|(_, ids)| !ids.is_empty()));
    named
}
