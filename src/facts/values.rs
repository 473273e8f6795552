//! The values of a node or user. Those that are all defaults share one list, so that two million resources of which few
//! differ do not take two million lists.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, LazyLock};

use crate::model::value::Value;

/// Values by slot; a copy shares them until one of the two is changed. One pointer wide, as there is one in each of
/// millions of nodes, of which few have values of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values(Arc<Box<[Value]>>);

impl Default for Values {
    /// None; all of these share one list, too.
    fn default() -> Self {
        static NONE: LazyLock<Arc<Box<[Value]>>> = LazyLock::new(Arc::default);
        Self(Arc::clone(&NONE))
    }
}

impl From<Vec<Value>> for Values {
    fn from(values: Vec<Value>) -> Self {
        Self(Arc::new(values.into()))
    }
}

impl FromIterator<Value> for Values {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        Self(Arc::new(values.into_iter().collect()))
    }
}

impl Deref for Values {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0
    }
}

impl DerefMut for Values {
    /// What others share is copied first.
    fn deref_mut(&mut self) -> &mut [Value] {
        &mut *Arc::make_mut(&mut self.0)
    }
}
