//! Holdings that give nothing beyond what another gives: the same role, or one that has all that it has, held at the same
//! node or at one that encloses it.
//!
//! Only what is told [plainly](crate::table::plain) counts, as only that is decided by a [`super::holding_summary::HoldingSummary`].

use std::collections::HashMap;

use smallvec::SmallVec;

use super::entry::Entry;
use super::subtree_key::SubtreeKey;
use crate::containment::forest::{Forest, Spot};
use crate::model::RoleId;
use crate::table::Table;

/// Of more holdings none is left out, as each is compared with all.
const MOST: usize = 32;

/// Finds holdings that others cover.
pub(super) struct Subsumption<'o> {
    table: &'o Table,
    forest: &'o Forest,
    /// Whether the first role covers the second, as far as that was asked.
    known: HashMap<(RoleId, RoleId), bool>,
}

impl<'o> Subsumption<'o> {
    pub(super) fn new(table: &'o Table, forest: &'o Forest) -> Self {
        Self {
            table,
            forest,
            known: HashMap::new(),
        }
    }

    /// What a user holds, in order, less what is covered; all of it if that is much.
    pub(super) fn keys(&mut self, entries: &[Entry]) -> SmallVec<[SubtreeKey; MOST]> {
        let mut kept: SmallVec<[(SubtreeKey, Spot); MOST]> = SmallVec::new();
        for entry in entries {
            let it = (SubtreeKey::of(entry, self.forest), self.forest.spot(entry.node));
            if entries.len() <= MOST {
                if kept.iter().any(|other| self.covers(other, &it)) {
                    continue;
                }
                kept.retain(|other| !self.covers(&it, &*other));
            }
            kept.push(it);
        }
        kept.into_iter().map(|(key, _)| key).collect()
    }

    fn covers(&mut self, (key, _): &(SubtreeKey, Spot), (other, spot): &(SubtreeKey, Spot)) -> bool {
        key.is_always() && key.is_around(*spot) && self.role_covers(key.role(), other.role())
    }

    fn role_covers(&mut self, role: RoleId, other: RoleId) -> bool {
        let ask = || self.table.covers(role, other);
        role == other || *self.known.entry((role, other)).or_insert_with(ask)
    }
}
