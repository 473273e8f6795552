//! What a user holds, at a glance: as much as most decisions ask, in one line of the processor's cache.
//!
//! Among a million users a decision is as long as it waits for memory. A line is found by the user's number alone, and
//! tells of up to [`FEW`] holdings where each reaches, of those that another covers nothing; of a user with more it tells
//! which nodes he may hold something at. Of his groups it tells which he may be in.

use super::entry::Entry;
use super::subsumption::Subsumption;
use super::subtree_key::SubtreeKey;
use crate::model::value::{GroupId, NodeId};
use crate::packed::{Block, Reader, Record};

/// Of so many holdings a line tells: five of three words.
const FEW: usize = 5;

/// What one user holds.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(in crate::eval) struct HoldingSummary {
    /// How many holdings there are, in three bits, and in the others the groups.
    head: u32,
    /// Of few holdings one each; of more holdings these are bits of their nodes.
    keys: [SubtreeKey; FEW],
}

impl HoldingSummary {
    /// Stands for any number of holdings beyond the few: all bits that count.
    const MANY: u32 = 0b111;

    /// Of nobody.
    pub(super) const NOTHING: Self = Self {
        head: 0,
        keys: [SubtreeKey([0; 3]); FEW],
    };

    /// Of what a user holds, less what [is covered](Subsumption).
    pub(super) fn of(
        entries: &[Entry],
        groups: impl Iterator<Item = GroupId>,
        subsumption: &mut Subsumption<'_>,
    ) -> Self {
        let mut summary = Self::NOTHING;
        let keys = subsumption.keys(entries);
        summary.head = match keys.len() <= FEW {
            true => keys.len() as u32,
            false => Self::MANY,
        };
        summary.head |= groups.fold(0, |bits, group| bits | Self::bit_of(group));
        if summary.is_few() {
            summary.keys[..keys.len()].copy_from_slice(&keys);
        }
        summary.complete(entries);
        summary
    }

    /// Sets the bits of the nodes, which a snapshot does not keep.
    pub(super) fn complete(&mut self, entries: &[Entry]) {
        if self.is_few() {
            return;
        }
        for entry in entries {
            let (key, word, bit) = Self::bit_at(entry.node);
            self.keys[key].0[word] |= bit;
        }
    }

    #[inline]
    const fn count(&self) -> usize {
        (self.head & Self::MANY) as usize
    }

    #[inline]
    const fn is_few(&self) -> bool {
        self.count() <= FEW
    }

    /// The bit of a group; for some it is one of those that count.
    const fn bit_of(group: GroupId) -> u32 {
        1 << (group.0 % u32::BITS) & !Self::MANY
    }

    /// The bit of a node, by key, by one of two words of it, and there; many nodes share one, but not neighbours.
    const fn bit_at(node: NodeId) -> (usize, usize, u32) {
        let hash = node.0.wrapping_mul(0x9E37_79B1);
        let key = (hash as u64 * FEW as u64) >> 32;
        (key as usize, (hash >> 5 & 1) as usize, 1 << (hash & 31))
    }

    /// His holdings, less what is covered, if they are few.
    #[inline]
    pub(in crate::eval) fn few(&self) -> Option<&[SubtreeKey]> {
        self.keys.get(..self.count())
    }

    /// False if he, who has many holdings, has none at a node.
    #[inline]
    pub(in crate::eval) fn has_bit_of(&self, node: NodeId) -> bool {
        let (key, word, bit) = Self::bit_at(node);
        self.keys[key].0[word] & bit != 0
    }

    /// False if he holds nothing at a node.
    #[inline]
    pub(super) fn may_hold_at(&self, node: NodeId) -> bool {
        self.is_few() || self.has_bit_of(node)
    }

    /// False if he is not in a group, leaving aside that of all.
    #[inline]
    pub(in crate::eval) const fn may_be_in(&self, group: GroupId) -> bool {
        (self.head | Self::MANY) >> (group.0 % u32::BITS) & 1 != 0
    }
}

impl Record for HoldingSummary {
    fn write(&self, to: &mut Block) {
        to.word(self.head);
        self.few().into_iter().flatten().for_each(|key| to.words(key.0));
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let head = from.word()?;
        let mut summary = Self { head, ..Self::NOTHING };
        let told = if summary.is_few() { summary.count() } else { 0 };
        for SubtreeKey(words) in &mut summary.keys[..told] {
            *words = [from.word()?, from.word()?, from.word()?];
        }
        Some(summary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_is_one_line_of_the_cache() {
        assert_eq!((size_of::<HoldingSummary>(), align_of::<HoldingSummary>()), (64, 64));
    }
}
