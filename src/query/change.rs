//! One change of facts: what there is to change, what a change does, who may make it, and how it is told.
//!
//! What people change every day: roles given by hand, membership of places and groups, single grants, attributes in a
//! field. Nodes, users and the roles that tenants made stay as they are. Both engines of questions about change stand on
//! this one definition: [`how_could`](super::how_could) looks for the fewest changes that would do, by whomsoever;
//! [`escalation`](super::escalation) for all that some people can reach.
//!
//! - [`apply`]: what a change does to the facts;
//! - [`demand`]: what it asks of who makes it;
//! - [`handout`]: which single grants are worth trying, and how they are called;
//! - [`values`]: which values are worth trying;
//! - [`words`]: how it is told.

mod apply;
mod demand;
mod handout;
pub(super) mod values;
mod words;

pub(super) use apply::made;
pub(super) use demand::{Asked, Case, handing, outward, parts, places_of};
pub use handout::Handout;
pub(super) use handout::{bordering, grant_rule, handouts, lies_within, reaching};
pub(super) use words::{Told, Words};

use crate::facts::{Subject, Thing};
use crate::model::value::{GroupId, NodeId, UserId, Value};
use crate::model::{AttrName, RoleId};

/// One change of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Change {
    /// A role is given by hand.
    Give {
        /// Which, of the policy or a custom one.
        role: RoleId,
        /// Where.
        node: NodeId,
        /// To whom.
        to: Subject,
        /// Parameters that have a value other than their default; of a set one value stands for the set of it.
        parameters: Vec<(AttrName, Value)>,
    },
    /// A role is taken, however often it is stated.
    Take {
        /// Which.
        role: RoleId,
        /// Where.
        node: NodeId,
        /// From whom.
        from: Subject,
    },
    /// A place lists a user.
    Add {
        /// Which place.
        place: NodeId,
        /// Who.
        user: UserId,
    },
    /// A place no longer lists a user.
    Remove {
        /// Which place.
        place: NodeId,
        /// Who.
        user: UserId,
    },
    /// Single permissions are granted, in one act.
    Grant {
        /// Which, and how far they reach.
        handout: Handout,
        /// Where.
        node: NodeId,
        /// To whom.
        to: Subject,
    },
    /// A single grant is revoked.
    Revoke {
        /// What it grants.
        handout: Handout,
        /// Where.
        node: NodeId,
        /// From whom.
        from: Subject,
    },
    /// A user comes into a group.
    Join {
        /// Which group.
        group: GroupId,
        /// Who.
        user: UserId,
    },
    /// A user leaves a group that names them.
    Leave {
        /// Which group.
        group: GroupId,
        /// Who.
        user: UserId,
    },
    /// An attribute gets another value.
    Set {
        /// Of what.
        thing: Thing,
        /// Which.
        slot: usize,
        /// The value.
        value: Value,
    },
    /// A set gets one element more.
    Insert {
        /// Of what.
        thing: Thing,
        /// Which.
        slot: usize,
        /// The element.
        value: Value,
    },
    /// A set gets one element less.
    Delete {
        /// Of what.
        thing: Thing,
        /// Which.
        slot: usize,
        /// The element.
        value: Value,
    },
}

impl Change {
    /// The attribute that it changes.
    #[must_use]
    pub const fn slot(&self) -> Option<(Thing, usize)> {
        match self {
            Self::Set { thing, slot, .. } | Self::Insert { thing, slot, .. } | Self::Delete { thing, slot, .. } => {
                Some((*thing, *slot))
            }
            _ => None,
        }
    }

    /// The role given or taken, where, and whose it is.
    const fn holding(&self) -> Option<(RoleId, NodeId, Subject)> {
        match self {
            Self::Give { role, node, to, .. } => Some((*role, *node, *to)),
            Self::Take { role, node, from } => Some((*role, *node, *from)),
            _ => None,
        }
    }

    /// True if the two change the same thing, to whatever value.
    #[must_use]
    pub fn is_of_one_thing(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Give { .. }, Self::Give { .. }) => self.holding() == other.holding(),
            (Self::Set { .. }, Self::Set { .. })
            | (Self::Insert { .. }, Self::Insert { .. })
            | (Self::Delete { .. }, Self::Delete { .. }) => self.slot() == other.slot(),
            _ => self == other,
        }
    }

    /// Two single grants that can be made in one act, as that.
    pub(super) fn joined(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (
                Self::Grant { handout: a, node, to },
                Self::Grant {
                    handout: b,
                    node: at,
                    to: whom,
                },
            ) if (node, to) == (at, whom) => {
                let (handout, node, to) = (a.with(b)?, *node, *to);
                Some(Self::Grant { handout, node, to })
            }
            _ => None,
        }
    }

    /// True if the two cannot both be made, or are one.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Give { .. } | Self::Take { .. }, Self::Give { .. } | Self::Take { .. }) => {
                self.holding() == other.holding()
            }
            (Self::Add { place: a, user: u }, Self::Remove { place: b, user: v })
            | (Self::Remove { place: a, user: u }, Self::Add { place: b, user: v }) => (a, u) == (b, v),
            (Self::Join { group: a, user: u }, Self::Leave { group: b, user: v })
            | (Self::Leave { group: a, user: u }, Self::Join { group: b, user: v }) => (a, u) == (b, v),
            (Self::Insert { value: a, .. }, Self::Delete { value: b, .. })
            | (Self::Delete { value: a, .. }, Self::Insert { value: b, .. }) => self.slot() == other.slot() && a == b,
            (Self::Set { .. }, _) | (_, Self::Set { .. }) => self.slot().is_some() && self.slot() == other.slot(),
            _ => self == other,
        }
    }
}
