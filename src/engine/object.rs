//! What is acted upon, by names.

use super::Datum;

/// What is acted upon: `("Order", "order-9")` is a node that the organisation lists.
///
/// In administration it is what is handed out: [`Object::role`], [`Object::membership`], [`Object::permission`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object<'a> {
    /// The name of its type, or of what is handed out.
    pub(super) name: &'a str,
    pub(super) kind: Kind<'a>,
    /// Attributes of what nobody lists.
    pub(super) given: Vec<(&'a str, Datum<'a>)>,
    /// To or from whom.
    pub(super) recipient: Option<&'a str>,
}

/// Type and id of a node.
pub(super) type NodeName<'a> = (&'a str, &'a str);

/// How it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A node of this id.
    Listed(&'a str),
    /// It is not there yet, or not listed; it lies in a node.
    In(NodeName<'a>),
    /// A principal of this id, as a member of a place.
    Member(&'a str, NodeName<'a>),
    /// It is handed out at a node.
    Handed(Handed<'a>, NodeName<'a>),
}

/// What is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handed<'a> {
    /// A role.
    Role,
    /// Membership of a place.
    Membership,
    /// The permission for this action.
    Permission(&'a str),
}

impl<'a> Object<'a> {
    const fn of(name: &'a str, kind: Kind<'a>) -> Self {
        Self {
            name,
            kind,
            given: Vec::new(),
            recipient: None,
        }
    }

    /// One in a node that is not listed there: about to be made, for an action that creates.
    #[must_use]
    pub const fn within(ty: &'a str, container: (&'a str, &'a str)) -> Self {
        Self::of(ty, Kind::In(container))
    }

    /// A user, or another principal, as a member of a place.
    #[must_use]
    pub const fn member(ty: &'a str, id: &'a str, place: (&'a str, &'a str)) -> Self {
        Self::of(ty, Kind::Member(id, place))
    }

    /// A role at a node, to `give`, `take` or `assign` (both): of the policy, or one that a tenant made.
    #[must_use]
    pub const fn role(name: &'a str, node: (&'a str, &'a str)) -> Self {
        Self::of(name, Kind::Handed(Handed::Role, node))
    }

    /// Membership of a place, to `give`, `take` or `assign` (both).
    #[must_use]
    pub const fn membership(place: (&'a str, &'a str)) -> Self {
        Self::of("member", Kind::Handed(Handed::Membership, place))
    }

    /// The single permission for an action on a type, or on a field of it (`Order.cost`), at a node, to `grant` or `revoke`.
    #[must_use]
    pub const fn permission(action: &'a str, ty: &'a str, node: (&'a str, &'a str)) -> Self {
        Self::of(ty, Kind::Handed(Handed::Permission(action), node))
    }

    /// To whom it is handed, or from whom it is taken: a user, or each user in `group:ops`. Where this is not said,
    /// somebody will do.
    #[must_use]
    pub const fn to(mut self, recipient: &'a str) -> Self {
        self.recipient = Some(recipient);
        self
    }

    /// An attribute of what the organisation does not list: `Object::within("Order", shop).with("amount", 500)`.
    #[must_use]
    pub fn with(mut self, attribute: &'a str, value: impl Into<Datum<'a>>) -> Self {
        self.given.push((attribute, value.into()));
        self
    }
}

/// Type and id of a node; `Order.cost` for a field of it.
impl<'a> From<(&'a str, &'a str)> for Object<'a> {
    fn from((ty, id): (&'a str, &'a str)) -> Self {
        Self::of(ty, Kind::Listed(id))
    }
}

/// One that is asked about again.
impl<'a> From<&Self> for Object<'a> {
    fn from(object: &Self) -> Self {
        object.clone()
    }
}
