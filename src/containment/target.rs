//! What is acted upon.

use crate::model::TypeId;
use crate::model::value::{NodeId, UserId};

/// What is acted upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The first listed node of the chain of containers.
    pub start: NodeId,
    /// What stands before it in the chain: a node that nobody lists, or a user, by its type.
    pub own: Option<TypeId>,
    /// What `resource` is.
    pub resource: Resource,
}

/// What `resource` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// A listed node.
    Node(NodeId),
    /// A node of this type that nobody lists.
    Unlisted(TypeId),
    /// A user.
    User(UserId),
}

impl Target {
    /// A listed node.
    #[must_use]
    pub const fn node(node: NodeId) -> Self {
        Self {
            start: node,
            own: None,
            resource: Resource::Node(node),
        }
    }

    /// A node directly in `container` that the facts do not list.
    #[must_use]
    pub const fn unlisted(ty: TypeId, container: NodeId) -> Self {
        Self {
            start: container,
            own: Some(ty),
            resource: Resource::Unlisted(ty),
        }
    }

    /// The target of a creating action: reach and type roots start at the container, only `resource` is the new node.
    #[must_use]
    pub const fn created(ty: TypeId, container: NodeId) -> Self {
        Self {
            start: container,
            own: None,
            resource: Resource::Unlisted(ty),
        }
    }

    /// A user, as a member of `place`.
    #[must_use]
    pub const fn user(user: UserId, ty: TypeId, place: NodeId) -> Self {
        Self {
            start: place,
            own: Some(ty),
            resource: Resource::User(user),
        }
    }
}
