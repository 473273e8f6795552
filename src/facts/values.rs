//! The values of a node or user. Those that are all defaults share one list, so that two million resources of which few
//! differ do not take two million lists.

use std::ops::Deref;

use triomphe::{Arc, HeaderSliceWithLengthProtected, ThinArc};

use crate::model::value::Value;

/// Values by slot; a copy shares them until one of the two is changed. One pointer wide, as there is one in each of
/// millions of nodes, of which few have values of their own; the values stand where it points, and it is nowhere if
/// there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(Option<ThinArc<(), Value>>);

impl Values {
    /// Sets the value in a slot that there is and returns what stood there. What others share is copied first.
    pub fn set(&mut self, slot: usize, value: Value) -> Value {
        if self.0.as_ref().is_some_and(|values| ThinArc::strong_count(values) > 1) {
            *self = Self::of(self);
        }
        let place = |values: &mut Arc<_>| {
            let own: Option<&mut HeaderSliceWithLengthProtected<(), Value>> = Arc::get_mut(values);
            own.map(|own| std::mem::replace(&mut own.slice_mut()[slot], value))
        };
        let before = self.0.as_mut().and_then(|values| values.with_arc_mut(place));
        before.unwrap_or(value)
    }

    fn of(values: &[Value]) -> Self {
        let some = !values.is_empty();
        Self(some.then(|| ThinArc::from_header_and_slice((), values)))
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
        self.0.as_ref().map_or(&[], |values| &values.slice)
    }
}
