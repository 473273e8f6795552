//! Ids, looked up by their text, for organisations of millions.
//!
//! A look-up waits for memory wherever it goes, so that it goes to few places: an id of up to 24 bytes stands in the hash
//! table itself, beside what it means.

use std::hash::BuildHasher;

use compact_str::CompactString;
use hashbrown::{DefaultHashBuilder, HashTable};

/// One meaning of an id.
#[derive(Debug)]
struct Known<T> {
    id: CompactString,
    meaning: T,
}

/// What ids mean; one id may mean several things.
#[derive(Debug)]
pub(super) struct Ids<T> {
    known: HashTable<Known<T>>,
    hasher: DefaultHashBuilder,
}

impl<T: Copy> Ids<T> {
    /// None so far.
    pub(super) const fn new(hasher: DefaultHashBuilder) -> Self {
        Self {
            known: HashTable::new(),
            hasher,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Every id, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(|known| known.id.as_str())
    }

    /// Enters a meaning of an id.
    pub(super) fn add(&mut self, id: &str, meaning: T) {
        let hasher = &self.hasher;
        let known = Known { id: id.into(), meaning };
        self.known
            .insert_unique(hasher.hash_one(id), known, |known| hasher.hash_one(known.id.as_str()));
    }

    /// What an id means.
    pub(super) fn all<'i>(&'i self, id: &'i str) -> impl Iterator<Item = T> + 'i {
        self.hashed(self.hash(id), id)
    }

    /// The same for an id whose hash is known already.
    pub(super) fn hashed<'i>(&'i self, hash: u64, id: &'i str) -> impl Iterator<Item = T> + 'i {
        let likely = self.known.iter_hash(hash);
        let named = likely.filter(move |known| known.id.as_str() == id);
        named.map(|known| known.meaning)
    }

    /// The hash of an id: the same in all tables of one hasher.
    pub(super) fn hash(&self, id: &str) -> u64 {
        self.hasher.hash_one(id)
    }
}
