//! YAML as a tree in which every key and value knows where it stands.
//!
//! `serde_yaml` decides what a document says, but gives no places; `saphyr-parser` gives places. The idea is to read
//! twice and to walk both readings in step:
//!
//! 1. `locate::outline` goes through the events of `saphyr-parser` once, keeps the shape and the span of every
//!    node, and refuses what a later reader could not bear: nesting without end, aliases that multiply, tags.
//! 2. `build::tree` lets `serde_yaml` read the values and takes the span of each from the outline.
//! 3. Where the text is no YAML at all, `syntax::explain` turns the reader's words into a message for people.
//!
//! A document that only one of the two readers accepts is refused: nobody should have to guess which of them is right.

mod build;
mod locate;
mod offsets;
mod outline;
mod syntax;
#[cfg(test)]
mod tests;

use crate::diagnostic::Found;
use crate::source::{FileId, Span};
use offsets::Offsets;

/// A value and the place it stands at. What an alias stands for has the place of the alias; the parts of it have the
/// places they were written at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Yaml {
    /// The place of the value; the key's place where nothing is written after the key.
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// What a YAML node says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`, `~`, or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number exactly as it was written: `12.10` keeps its zero.
    Number(String),
    /// Any other scalar.
    Text(String),
    /// A sequence.
    List(Vec<Yaml>),
    /// A mapping in the order of the file; a key that occurs twice is there twice, and reported.
    Map(Vec<(Key, Yaml)>),
}

/// A key of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The text, in NFC as all names are; a key that looks like a number is text as well.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// Reads a file that holds one YAML document. `None` means that there is no tree to go on with; every fault of the
/// file has been reported either way.
pub fn read(file: FileId, text: &str, found: &mut Found) -> Option<Yaml> {
    let offsets = Offsets::new(text);
    let whole = Span::new(file, 0, text.len());
    let outline = locate::outline(file, &offsets, found)?;
    match build::tree(whole, &offsets, &outline) {
        Ok(tree) => Some(tree),
        Err(error) => {
            found.push(syntax::explain(file, &offsets, &error));
            None
        }
    }
}
