//! What is acted upon, by names.

/// What is acted upon: `("Order", "order-9")` is a node that the organisation lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object<'a> {
    pub(super) ty: &'a str,
    pub(super) kind: Kind<'a>,
}

/// How it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A node of this id.
    Listed(&'a str),
    /// It is not there yet, or not listed; it lies in a node of this type and id.
    In((&'a str, &'a str)),
    /// A principal of this id, as a member of a place.
    Member(&'a str, (&'a str, &'a str)),
}

impl<'a> Object<'a> {
    /// One in a node that is not listed there: about to be made, for an action that creates.
    #[must_use]
    pub const fn within(ty: &'a str, container: (&'a str, &'a str)) -> Self {
        Self {
            ty,
            kind: Kind::In(container),
        }
    }

    /// A user, or another principal, as a member of a place.
    #[must_use]
    pub const fn member(ty: &'a str, id: &'a str, place: (&'a str, &'a str)) -> Self {
        Self {
            ty,
            kind: Kind::Member(id, place),
        }
    }
}

/// Type and id of a node; `Order.cost` for a field of it.
impl<'a> From<(&'a str, &'a str)> for Object<'a> {
    fn from((ty, id): (&'a str, &'a str)) -> Self {
        Self {
            ty,
            kind: Kind::Listed(id),
        }
    }
}
