//! Which attributes are compared with which, and with what constants.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::AttrName;
use crate::model::value::Value;

/// Attributes by what they are compared with: those of one class share their candidate values.
#[derive(Debug, Default)]
pub struct Classes {
    parents: BTreeMap<AttrName, AttrName>,
    /// Attributes of which the defaults are known.
    pub(super) settled: BTreeSet<AttrName>,
    data: BTreeMap<AttrName, Class>,
}

/// What the attributes of one class are compared with.
#[derive(Debug, Clone, Default)]
pub struct Class {
    /// Constants.
    pub constants: Vec<Value>,
    /// `+ 30 days`, in minutes.
    pub shifts: Vec<i64>,
    /// How often attributes are compared with each other.
    pub links: usize,
    /// The attributes that are.
    pub linked: BTreeSet<AttrName>,
}

impl Classes {
    fn root(&self, key: AttrName) -> AttrName {
        let mut at = key;
        while let Some(&parent) = self.parents.get(&at) {
            at = parent;
        }
        at
    }

    /// The class of an attribute.
    #[must_use]
    pub fn class(&self, key: AttrName) -> Class {
        self.data.get(&self.root(key)).cloned().unwrap_or_default()
    }

    pub(super) fn entry(&mut self, key: AttrName) -> &mut Class {
        let root = self.root(key);
        self.data.entry(root).or_default()
    }

    /// Attributes are compared with each other.
    pub(super) fn link(&mut self, a: AttrName, b: AttrName) {
        self.join(a, b);
        let class = self.entry(a);
        class.links += 1;
        class.linked.extend([a, b]);
    }

    pub(super) fn join(&mut self, a: AttrName, b: AttrName) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            self.parents.insert(b, a);
            let other = self.data.remove(&b).unwrap_or_default();
            let class = self.data.entry(a).or_default();
            class.constants.extend(other.constants);
            class.shifts.extend(other.shifts);
            class.links += other.links;
            class.linked.extend(other.linked);
        }
    }
}
