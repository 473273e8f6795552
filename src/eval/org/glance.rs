//! What a user holds, at a glance: as much as most decisions ask, in one line of the processor's cache.
//!
//! Among a million users a decision is as long as it waits for memory. A line is found by the user's number alone, and
//! tells of up to [`FEW`] holdings where each reaches; of a user with more it tells which nodes he may hold something at.

use super::entry::Entry;
use crate::eval::forest::Forest;
use crate::model::RoleId;
use crate::model::value::NodeId;
use crate::packed::{Block, Reader, Record};

/// Of so many holdings a line tells: five of twelve bytes, and how many there are.
pub(in crate::eval) const FEW: usize = 5;

/// One holding.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::eval) struct Key {
    /// The numbers, in pre-order, of the node and of the last one that lies in it.
    first: u32,
    last: u32,
    /// The role, and whether it is held for a time only.
    role: u32,
}

impl Key {
    const BOUNDED: u32 = 1 << 31;

    fn of(entry: &Entry, forest: &Forest) -> Self {
        let (first, last) = forest.interval(entry.node);
        let bounded = if entry.is_always() { 0 } else { Self::BOUNDED };
        Self {
            first,
            last,
            role: entry.role.0 | bounded,
        }
    }

    /// What lies in the node, as [`Forest::interval`] tells it.
    #[inline]
    pub(in crate::eval) const fn interval(&self) -> (u32, u32) {
        (self.first, self.last)
    }

    /// The role.
    #[inline]
    pub(in crate::eval) const fn role(&self) -> RoleId {
        RoleId(self.role & !Self::BOUNDED)
    }

    /// True if it is held without bounds of time.
    #[inline]
    pub(in crate::eval) const fn is_always(&self) -> bool {
        self.role & Self::BOUNDED == 0
    }
}

/// What one user holds.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
pub(in crate::eval) struct Glance {
    count: u32,
    /// As many as there are, in the order of his entries; of more than [`FEW`] the first stands for [`NodeBits`].
    keys: [Key; FEW],
}

impl Glance {
    /// Of nobody.
    pub(super) const NOTHING: Self = Self {
        count: 0,
        keys: [Key {
            first: 0,
            last: 0,
            role: 0,
        }; FEW],
    };

    pub(super) fn of(entries: &[Entry], forest: &Forest) -> Self {
        let mut glance = Self {
            count: u32::try_from(entries.len()).unwrap_or(u32::MAX),
            ..Self::NOTHING
        };
        if entries.len() > FEW {
            let NodeBits(bits) = NodeBits::of(entries);
            (glance.keys[0].first, glance.keys[0].last) = (bits as u32, (bits >> 32) as u32);
            return glance;
        }
        for (key, entry) in glance.keys.iter_mut().zip(entries) {
            *key = Key::of(entry, forest);
        }
        glance
    }

    /// Each of his holdings, in the order of his entries, if they are few.
    #[inline]
    pub(in crate::eval) fn few(&self) -> Option<&[Key]> {
        self.keys.get(..self.count as usize)
    }

    /// The nodes at which he holds something, if it is much; else any.
    #[inline]
    pub(in crate::eval) fn nodes(&self) -> NodeBits {
        let Key { first, last, .. } = self.keys[0];
        match self.count as usize > FEW {
            true => NodeBits(u64::from(first) | u64::from(last) << 32),
            false => NodeBits(u64::MAX),
        }
    }
}

impl Record for Glance {
    fn write(&self, to: &mut Block) {
        to.word(self.count);
        for key in self.few().unwrap_or(&self.keys[..1]) {
            to.words([key.first, key.last, key.role]);
        }
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let mut glance = Self {
            count: from.word()?,
            ..Self::NOTHING
        };
        let told = if glance.count as usize > FEW {
            1
        } else {
            glance.count as usize
        };
        for key in &mut glance.keys[..told] {
            *key = Key {
                first: from.word()?,
                last: from.word()?,
                role: from.word()?,
            };
        }
        Some(glance)
    }
}

/// Some nodes, each with one of 64 bits, which neighbours do not share: tells fast that a node is not among them.
#[derive(Debug, Clone, Copy)]
pub(in crate::eval) struct NodeBits(u64);

impl NodeBits {
    const fn bit(node: NodeId) -> u64 {
        1 << (node.0 & 63)
    }

    fn of(entries: &[Entry]) -> Self {
        Self(entries.iter().fold(0, |bits, entry| bits | Self::bit(entry.node)))
    }

    /// False if the node is none of them.
    #[inline]
    pub(in crate::eval) const fn may_have(self, node: NodeId) -> bool {
        self.0 & Self::bit(node) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_is_one_line_of_the_cache() {
        assert_eq!((size_of::<Glance>(), align_of::<Glance>()), (64, 64));
    }
}
