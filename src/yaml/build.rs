//! The second pass: `serde_yaml` reads the values, the outline says where each of them stands.
//!
//! [`Build`] is handed the outline's node together with the value, and hands each child its own. Should the readers
//! ever disagree on the shape, a part without a node takes the span of what encloses it.

use super::offsets::Offsets;
use super::outline::{Kind, Outline};
use super::{Key, Value, Yaml};
use crate::source::{Span, nfc};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The tree of a document of which the outline is known to be sound.
pub(super) fn tree(whole: Span, offsets: &Offsets<'_>, outline: &Outline) -> Result<Yaml, serde_yaml::Error> {
    let root = Build {
        around: whole,
        outline,
        text: offsets.text,
        skipped: offsets.skipped,
        node: (!outline.is_empty()).then_some(0),
    };
    let mut tree = root.deserialize(serde_yaml::Deserializer::from_str(offsets.text))?;
    if tree.value == Value::Null && tree.span.start == tree.span.end {
        tree.span = whole;
    }
    Ok(tree)
}

/// Reads one value; `node` is its place in the outline.
#[derive(Clone, Copy)]
struct Build<'a> {
    around: Span,
    outline: &'a Outline,
    text: &'a str,
    skipped: usize,
    node: Option<usize>,
}

impl<'a> Build<'a> {
    fn span(&self) -> Span {
        match self.node {
            Some(node) => self.place(self.outline.range(node)),
            None => self.around,
        }
    }

    fn place(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.around.file, range.start + self.skipped, range.end + self.skipped)
    }

    fn yaml(&self, value: Value) -> Yaml {
        Yaml {
            span: self.span(),
            value,
        }
    }

    /// The same builder for a part of this value.
    fn part(&self, node: Option<usize>) -> Self {
        Self {
            around: self.span(),
            node,
            ..*self
        }
    }

    /// The outline's nodes below this one, if it is of the kind that the value is.
    fn parts(&self, kind: Kind) -> impl Iterator<Item = usize> + use<'a> {
        let node = self.node.map(|node| self.outline.resolve(node));
        let node = node.filter(|&node| self.outline.kind(node) == kind);
        let outline = self.outline;
        node.into_iter().flat_map(move |node| outline.children(node))
    }

    /// A number in the words of the file; `read` is what the reader made of it.
    fn number(&self, read: impl fmt::Display) -> Yaml {
        let node = self.node.map(|node| self.outline.resolve(node));
        let plain = node.filter(|&node| self.outline.kind(node) == Kind::Plain);
        let written = plain.and_then(|node| self.text.get(self.outline.range(node)));
        match written.map(str::trim) {
            Some(written) if written.bytes().any(|byte| byte.is_ascii_digit()) || written.contains('.') => {
                self.yaml(Value::Number(written.to_owned()))
            }
            _ => self.yaml(Value::Number(read.to_string())),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Build<'_> {
    type Value = Yaml;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Yaml, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Build<'_> {
    type Value = Yaml;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Yaml, E> {
        Ok(self.yaml(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Yaml, E> {
        Ok(self.yaml(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Yaml, E> {
        Ok(self.yaml(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Yaml, E> {
        Ok(self.number(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Yaml, E> {
        Ok(self.number(value))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Yaml, E> {
        Ok(self.number(value))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Yaml, E> {
        Ok(self.number(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Yaml, E> {
        Ok(self.number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Yaml, E> {
        Ok(self.yaml(Value::Text(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Yaml, A::Error> {
        let mut nodes = self.parts(Kind::List);
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.part(nodes.next()))? {
            list.push(item);
        }
        Ok(self.yaml(Value::List(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Yaml, A::Error> {
        let mut nodes = self.parts(Kind::Map);
        let mut map = Vec::new();
        while let Some(text) = entries.next_key_seed(KeyText)? {
            let key = Key {
                text,
                span: self.part(nodes.next()).span(),
            };
            let value = entries.next_value_seed(self.part(nodes.next()))?;
            map.push((key, value));
        }
        Ok(self.yaml(Value::Map(map)))
    }
}

/// Reads a key as the text that it is, so that `007` and `true` stay what they are.
struct KeyText;

impl<'de> DeserializeSeed<'de> for KeyText {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyText {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, value: &str) -> Result<String, E> {
        Ok(nfc(value).into_owned())
    }
}
