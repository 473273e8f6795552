//! The values of a node or user. Those that are all defaults share one list, so that two million resources of which few
//! differ do not take two million lists.

use std::ops::Deref;
use std::sync::LazyLock;

use triomphe::{Arc, ThinArc};

use crate::model::value::Value;

/// Values by slot; a copy shares them until one of the two is changed. One pointer wide, as there is one in each of
/// millions of nodes, of which few have values of their own; the values stand where it points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values(ThinArc<(), Value>);

impl Values {
    /// Sets the value in a slot and returns what stood there. What others share is copied first.
    pub fn set(&mut self, slot: usize, value: Value) -> Value {
        if ThinArc::strong_count(&self.0) > 1 {
            *self = Self::of(self);
        }
        self.0.with_arc_mut(|values| {
            let own = Arc::get_mut(values);
            own.map_or(value, |own| std::mem::replace(&mut own.slice_mut()[slot], value))
        })
    }

    fn of(values: &[Value]) -> Self {
        Self(ThinArc::from_header_and_slice((), values))
    }
}

impl Default for Values {
    /// None; all of these share one list, too.
    fn default() -> Self {
        static NONE: LazyLock<Values> = LazyLock::new(|| Values::of(&[]));
        NONE.clone()
    }
}

impl From<Vec<Value>> for Values {
    fn from(values: Vec<Value>) -> Self {
        Self::of(&values)
    }
}

impl FromIterator<Value> for Values {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        Self::from(Vec::from_iter(values))
    }
}

impl Deref for Values {
    type Target = [Value];

    #[inline]
    fn deref(&self) -> &[Value] {
        &self.0.slice
    }
}
