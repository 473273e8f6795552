//! Ids, looked up by their text: a few bytes each besides the text itself, for organisations of millions.
//!
//! The texts stand behind each other in one string; a hash table holds where each stands and what it means, so that
//! looking one up touches the table and the text, and nothing else.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// One meaning of an id.
#[derive(Debug, Clone, Copy)]
struct Known<T> {
    start: usize,
    len: u32,
    meaning: T,
}

impl<T> Known<T> {
    fn id<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.start + self.len as usize).unwrap_or_default()
    }
}

/// What ids mean; one id may mean several things.
#[derive(Debug)]
pub(super) struct Ids<T> {
    text: String,
    /// Where the text of each id ends, in the order in which they were entered.
    ends: Vec<usize>,
    known: HashTable<Known<T>>,
    hasher: DefaultHashBuilder,
}

impl<T> Default for Ids<T> {
    fn default() -> Self {
        Self {
            text: String::new(),
            ends: Vec::new(),
            known: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }
}

impl<T: Copy> Ids<T> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Every id.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end])
    }

    /// Enters a meaning of an id.
    pub(super) fn add(&mut self, id: &str, meaning: T) {
        let (start, len) = (self.text.len(), u32::try_from(id.len()).unwrap_or(u32::MAX));
        self.text.push_str(id);
        self.ends.push(self.text.len());
        let (text, hasher) = (&self.text, &self.hasher);
        let hash = |known: &Known<T>| hasher.hash_one(known.id(text));
        self.known
            .insert_unique(hasher.hash_one(id), Known { start, len, meaning }, hash);
    }

    /// What an id means.
    pub(super) fn all<'i>(&'i self, id: &'i str) -> impl Iterator<Item = T> + 'i {
        let likely = self.known.iter_hash(self.hasher.hash_one(id));
        likely
            .filter(move |known| known.id(&self.text) == id)
            .map(|known| known.meaning)
    }
}
