//! Ids, looked up by their text: a few bytes each besides the text itself, for organisations of millions.
//!
//! The texts stand behind each other in one string; a hash table holds their numbers only.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// What ids mean; one id may mean several things.
#[derive(Debug)]
pub(super) struct Ids<T> {
    text: String,
    /// Where the text of each id ends, beside what it means: one is hardly read without the other.
    entries: Vec<(usize, T)>,
    /// Numbers of ids, by the hash of their text.
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl<T> Default for Ids<T> {
    fn default() -> Self {
        Self {
            text: String::new(),
            entries: Vec::new(),
            numbers: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }
}

impl<T: Copy> Ids<T> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Every id.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|number| stretch(&self.text, &self.entries, number))
    }

    /// Enters a meaning of an id.
    pub(super) fn add(&mut self, id: &str, meaning: T) {
        let number = u32::try_from(self.len()).unwrap_or(u32::MAX);
        self.text.push_str(id);
        self.entries.push((self.text.len(), meaning));
        let Self {
            text,
            entries,
            numbers,
            hasher,
            ..
        } = self;
        let hash = |number: &u32| hasher.hash_one(stretch(text, entries, *number as usize));
        numbers.insert_unique(hasher.hash_one(id), number, hash);
    }

    /// What an id means.
    pub(super) fn all<'i>(&'i self, id: &'i str) -> impl Iterator<Item = T> + 'i {
        let same = move |number: &&u32| stretch(&self.text, &self.entries, **number as usize) == id;
        let likely = self.numbers.iter_hash(self.hasher.hash_one(id));
        likely.filter(same).map(|number| self.entries[*number as usize].1)
    }
}

fn stretch<'t, T>(text: &'t str, entries: &[(usize, T)], number: usize) -> &'t str {
    let start = number.checked_sub(1).map_or(0, |before| entries[before].0);
    &text[start..entries[number].0]
}
