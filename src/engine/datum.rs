//! Values as an application has them.

use std::borrow::Cow;

use crate::diagnostic::Diagnostic;
use crate::facts::read::{Names, no_list, parse_value};
use crate::model::value::{AttributeType, Pool, Value};

/// A value for an attribute: a text, a number, `true` or `false`, or a list of these. What it means is the attribute's
/// matter, as in a file of facts: a text may be a date, an address, or the id of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datum<'a> {
    texts: Vec<Cow<'a, str>>,
    is_list: bool,
}

impl<'a> Datum<'a> {
    fn one(text: impl Into<Cow<'a, str>>) -> Self {
        Self {
            texts: vec![text.into()],
            is_list: false,
        }
    }

    fn list<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        let texts = items.into_iter().flat_map(|item| item.into().texts);
        Self {
            texts: texts.collect(),
            is_list: true,
        }
    }

    /// The value of a type; a fault if it is none.
    pub(super) fn as_type(&self, ty: AttributeType, names: &Names<'_>, pool: &mut Pool) -> Result<Value, Diagnostic> {
        if self.is_list && !ty.many {
            return Err(no_list(names.model(), ty));
        }
        let texts: Vec<&str> = self.texts.iter().map(AsRef::as_ref).collect();
        parse_value(&texts, ty, names, pool)
    }
}

impl<'a> From<&'a str> for Datum<'a> {
    fn from(text: &'a str) -> Self {
        Self::one(text)
    }
}

impl<'a> From<&'a String> for Datum<'a> {
    fn from(text: &'a String) -> Self {
        Self::one(text.as_str())
    }
}

impl From<String> for Datum<'_> {
    fn from(text: String) -> Self {
        Self::one(text)
    }
}

/// What is written as a file of facts would write it.
macro_rules! written {
    ($($ty:ty),*) => {$(
        impl From<$ty> for Datum<'_> {
            fn from(value: $ty) -> Self {
                Self::one(value.to_string())
            }
        }
    )*};
}

written!(bool, i32, i64, u32, u64, usize, f64);

impl<'a, T: Into<Self>> From<Vec<T>> for Datum<'a> {
    fn from(items: Vec<T>) -> Self {
        Self::list(items)
    }
}

impl<'a, T: Into<Self>, const N: usize> From<[T; N]> for Datum<'a> {
    fn from(items: [T; N]) -> Self {
        Self::list(items)
    }
}

impl<'a, T: Clone + Into<Self>> From<&[T]> for Datum<'a> {
    fn from(items: &[T]) -> Self {
        Self::list(items.iter().cloned())
    }
}
