//! Users and nodes by their ids, looked up.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Error, Organisation};
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::model::TypeId;
use crate::model::value::{NodeId, UserId};
use crate::source::nfc;

/// A user, looked up: [`Organisation::user`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct User {
    /// Nobody who is signed in, if none.
    pub(super) id: Option<UserId>,
    /// Whose.
    pub(super) of: Mark,
}

/// A node, looked up: [`Organisation::node`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node {
    pub(super) id: NodeId,
    /// Whose.
    pub(super) of: Mark,
}

/// What tells organisations apart: the numbers of users and nodes are those of one of them, and of what changes made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Mark(u64);

impl Mark {
    pub(super) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// Users and nodes by their ids.
pub(super) struct Names {
    users: HashMap<Box<str>, UserId>,
    nodes: HashMap<(TypeId, Box<str>), NodeId>,
}

impl Names {
    pub(super) fn of(facts: &Facts) -> Self {
        let users = facts.user_ids().map(|id| (facts.user(id).id.as_str().into(), id));
        let nodes = facts.node_ids().map(|id| {
            let node = facts.node(id);
            ((node.ty, node.id.as_str().into()), id)
        });
        Self {
            users: users.collect(),
            nodes: nodes.collect(),
        }
    }
}

impl Organisation {
    /// A user of this id; for `anyone`, a caller who is not signed in.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn user(&self, id: &str) -> Result<User, Error> {
        let of = self.mark();
        self.caller(id).map(|id| User { id, of })
    }

    /// A user of this id; nobody for `anyone`, which no user is called.
    pub(super) fn caller(&self, id: &str) -> Result<Option<UserId>, Error> {
        match id {
            "anyone" => Ok(None),
            _ => self.listed_user(id).map(Some),
        }
    }

    pub(super) fn listed_user(&self, id: &str) -> Result<UserId, Error> {
        let users = &self.names().users;
        users.get(nfc(id).as_ref()).copied().ok_or_else(|| {
            let fault = Diagnostic::error("name/unknown-user", format!("unknown user `{id}`"));
            fault.did_you_mean(id, users.keys().map(AsRef::as_ref)).into()
        })
    }

    /// A node of this type and id.
    ///
    /// # Errors
    ///
    /// There is no such type, or no node of it with this id.
    pub fn node(&self, ty: &str, id: &str) -> Result<Node, Error> {
        let (ty, nodes) = (self.type_named(ty)?, &self.names().nodes);
        let known = nodes.get(&(ty, nfc(id).as_ref().into()));
        known.map(|&id| Node { id, of: self.mark() }).ok_or_else(|| {
            let name = &self.model().ty(ty).name;
            let fault = Diagnostic::error("name/unknown-node", format!("unknown `{name}` `{id}`"));
            let others = nodes
                .keys()
                .filter(|(other, _)| *other == ty)
                .map(|(_, id)| id.as_ref());
            fault.did_you_mean(id, others).into()
        })
    }

    pub(super) fn type_named(&self, name: &str) -> Result<TypeId, Error> {
        let model = self.model();
        model.type_named(name).ok_or_else(|| {
            let fault = Diagnostic::error("name/unknown-type", format!("unknown type `{name}`"));
            fault
                .did_you_mean(name, model.types.iter().map(|ty| ty.name.as_str()))
                .into()
        })
    }
}
