//! What users would hold were some holdings not stated: groups of holders that rest on them are left as well.

use super::Entry;
use super::stated::Stated;
use crate::facts::{Facts, Window};
use crate::model::Model;
use crate::model::value::UserId;

/// An organisation of which holdings can be left out.
pub struct Without<'f>(Stated<'f>);

impl<'f> Without<'f> {
    /// What the facts state.
    #[must_use]
    pub fn new(facts: &'f Facts, model: &Model) -> Self {
        Self(Stated::new(facts, model))
    }

    /// All that a user would hold without these holdings, by number, and when.
    #[must_use]
    pub fn held(&self, user: UserId, gone: &[u32]) -> Vec<(Entry, Window)> {
        let mut walk = self.0.walk();
        walk.gone = gone;
        walk.closure(user);
        let windows = &walk.windows;
        walk.entries
            .iter()
            .map(|entry| (*entry, windows.get(entry.window)))
            .collect()
    }
}
