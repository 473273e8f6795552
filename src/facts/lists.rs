//! Lists that stand one behind the other, by number: two arrays, however many lists there are.

use serde::{Deserialize, Serialize};

use crate::packed::{self, Record};

/// A list of items for each number.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Record", deserialize = "T: Record"))]
pub(crate) struct Lists<T> {
    #[serde(with = "packed")]
    starts: Vec<u32>,
    #[serde(with = "packed")]
    items: Vec<T>,
}

impl<T: Copy> Lists<T> {
    /// Sorts items into lists by counting; the order within a list stays.
    pub(crate) fn of(lists: usize, pairs: impl Iterator<Item = (usize, T)> + Clone, filler: T) -> Self {
        let mut starts = vec![0_u32; lists + 1];
        for (list, _) in pairs.clone() {
            starts[list + 1] += 1;
        }
        for list in 0..lists {
            starts[list + 1] += starts[list];
        }
        let mut next = starts.clone();
        let mut items = vec![filler; starts[lists] as usize];
        for (list, item) in pairs {
            items[next[list] as usize] = item;
            next[list] += 1;
        }
        Self { starts, items }
    }

    /// No lists; [`Self::push`] adds them one by one.
    pub(crate) fn none() -> Self {
        Self {
            starts: vec![0],
            items: Vec::new(),
        }
    }

    /// Adds a list behind the last.
    pub(crate) fn push(&mut self, items: impl IntoIterator<Item = T>) {
        self.items.extend(items);
        self.starts.push(u32::try_from(self.items.len()).unwrap_or(u32::MAX));
    }

    /// Adds other lists behind the last.
    pub(crate) fn append(&mut self, mut other: Self) {
        let before = self.items.len();
        self.items.append(&mut other.items);
        let ends = other.starts[1..].iter().map(|&end| before + end as usize);
        self.starts
            .extend(ends.map(|end| u32::try_from(end).unwrap_or(u32::MAX)));
    }

    /// Gives back what was taken in advance.
    pub(crate) fn shrink(&mut self) {
        self.starts.shrink_to_fit();
        self.items.shrink_to_fit();
    }

    /// The list of a number; an empty one where there is none.
    #[inline]
    pub(crate) fn get(&self, list: usize) -> &[T] {
        match (self.starts.get(list), self.starts.get(list + 1)) {
            (Some(&start), Some(&end)) => &self.items[start as usize..end as usize],
            _ => &[],
        }
    }

    /// The items of all lists, each with its list's number.
    pub(crate) fn all(&self) -> impl Iterator<Item = (usize, &T)> + Clone {
        let of = |(list, ends): (usize, &[u32])| (list, ends[0] as usize..ends[1] as usize);
        let ranges = self.starts.windows(2).enumerate().map(of);
        ranges.flat_map(|(list, range)| self.items[range].iter().map(move |item| (list, item)))
    }

    /// True if there are so many lists, and all items stand in one of them.
    pub(crate) fn are(&self, lists: usize) -> bool {
        let end = self.starts.last().map(|&end| end as usize);
        self.starts.len() == lists + 1 && self.starts.is_sorted() && end == Some(self.items.len())
    }

    /// Every item, to be changed.
    pub(crate) fn items_mut(&mut self) -> &mut [T] {
        &mut self.items
    }

    /// Every item, list by list.
    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }
}
