//! Where a holding counts, in three words.

use super::entry::Entry;
use crate::containment::forest::{Forest, Spot};
use crate::model::RoleId;

/// One holding: the node's number in pre-order, how many nodes lie in it, and the role with [`Self::BOUNDED`].
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::eval) struct SubtreeKey(pub(super) [u32; 3]);

impl SubtreeKey {
    /// It is held for a time only.
    const BOUNDED: u32 = 1 << 31;

    pub(super) fn of(entry: &Entry, forest: &Forest) -> Self {
        let (first, last) = forest.interval(entry.node);
        let bounded = if entry.is_always() { 0 } else { Self::BOUNDED };
        Self([first, last - first, entry.role.0 | bounded])
    }

    /// What lies in the node, as [`Forest::interval`] tells it.
    #[inline]
    pub(in crate::eval) const fn interval(self) -> (u32, u32) {
        let [first, extent, _] = self.0;
        (first, first + extent)
    }

    /// Some node lies in this one, with no border between the two.
    #[inline]
    pub(in crate::eval) const fn is_around(self, spot: Spot) -> bool {
        let [first, extent, _] = self.0;
        spot.lies_within_account(first, extent)
    }

    /// The role.
    #[inline]
    pub(in crate::eval) const fn role(self) -> RoleId {
        RoleId(self.0[2] & !Self::BOUNDED)
    }

    /// True if it is held without bounds of time.
    #[inline]
    pub(in crate::eval) const fn is_always(self) -> bool {
        self.0[2] & Self::BOUNDED == 0
    }
}
