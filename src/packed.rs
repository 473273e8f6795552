//! Long lists of records as a snapshot keeps them: numbers of four bytes, one behind the other, and their texts beside
//! them. That takes more room than numbers of varying length, and is read several times as fast.
//!
//! A list is a sequence of blocks; fields that are such lists say `#[serde(with = "packed")]`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, Error as _, SeqAccess, Visitor};
use serde::{Deserializer, Serialize, Serializer};

/// So many records make a block.
const BLOCK: usize = 1 << 13;

/// What is written as numbers, at least one, and texts.
pub(crate) trait Record: Sized {
    /// Writes it.
    fn write(&self, to: &mut Block);

    /// Reads it; `None` if that is not what stands there.
    fn read(from: &mut Reader<'_>) -> Option<Self>;
}

/// Records written one behind the other.
#[derive(Default)]
pub(crate) struct Block {
    words: Vec<u8>,
    text: String,
}

impl Block {
    /// Writes a number.
    #[inline]
    pub(crate) fn word(&mut self, word: u32) {
        self.words.extend_from_slice(&word.to_le_bytes());
    }

    /// Writes some numbers.
    pub(crate) fn words<const N: usize>(&mut self, words: [u32; N]) {
        words.into_iter().for_each(|word| self.word(word));
    }

    /// Writes a text.
    pub(crate) fn text(&mut self, text: &str) {
        self.word(u32::try_from(text.len()).unwrap_or(u32::MAX));
        self.text.push_str(text);
    }
}

/// What is left of a block.
pub(crate) struct Reader<'r> {
    words: &'r [[u8; 4]],
    text: &'r str,
}

impl<'r> Reader<'r> {
    /// The next number.
    #[inline]
    pub(crate) fn word(&mut self) -> Option<u32> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(u32::from_le_bytes(*first))
    }

    /// The next text.
    #[inline]
    pub(crate) fn text(&mut self) -> Option<&'r str> {
        let (text, rest) = self.text.split_at_checked(self.word()? as usize)?;
        self.text = rest;
        Some(text)
    }
}

impl Block {
    /// How many records there are, how many bytes their numbers take, the numbers and the texts.
    fn of<R: Record>(records: &[R]) -> Vec<u8> {
        let mut block = Self::default();
        records.iter().for_each(|record| record.write(&mut block));
        let counts = [records.len() as u32, block.words.len() as u32].map(u32::to_le_bytes);
        [counts.as_flattened(), &block.words, block.text.as_bytes()].concat()
    }
}

impl<'r> Reader<'r> {
    /// Of a block, and how many records it has.
    fn of(block: &'r [u8]) -> Option<(u32, Self)> {
        let (counts, rest) = block.split_at_checked(8)?;
        let [count, words] = *counts.as_chunks().0 else {
            return None;
        };
        let (words, text) = rest.split_at_checked(u32::from_le_bytes(words) as usize)?;
        let reader = Self {
            words: words.as_chunks().0,
            text: std::str::from_utf8(text).ok()?,
        };
        Some((u32::from_le_bytes(count), reader))
    }
}

/// A block, to be written.
struct Chunk<'c, R>(&'c [R]);

impl<R: Record> Serialize for Chunk<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&Block::of(self.0))
    }
}

/// Writes a list.
pub(crate) fn serialize<R: Record, S: Serializer>(records: &[R], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(records.chunks(BLOCK).map(Chunk))
}

/// Reads a list.
pub(crate) fn deserialize<'de, R: Record, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<R>, D::Error> {
    deserializer.deserialize_seq(List(PhantomData))
}

struct List<R>(PhantomData<R>);

impl<'de, R: Record> Visitor<'de> for List<R> {
    type Value = Vec<R>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of blocks")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut blocks: A) -> Result<Vec<R>, A::Error> {
        let mut records = Vec::new();
        let most = blocks.size_hint().unwrap_or(0).saturating_mul(BLOCK);
        records.try_reserve_exact(most).map_err(A::Error::custom)?;
        while blocks.next_element_seed(Behind(&mut records))?.is_some() {}
        records.shrink_to_fit();
        Ok(records)
    }
}

/// Reads a block behind what was read.
struct Behind<'b, R>(&'b mut Vec<R>);

impl<'de, R: Record> DeserializeSeed<'de> for Behind<'_, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_byte_buf(self)
    }
}

impl<R: Record> Visitor<'_> for Behind<'_, R> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a block of records")
    }

    fn visit_bytes<E: de::Error>(self, block: &[u8]) -> Result<(), E> {
        let cut_short = || E::custom("a block is cut short");
        let (count, mut reader) = Reader::of(block).ok_or_else(cut_short)?;
        for _ in 0..count {
            self.0.push(R::read(&mut reader).ok_or_else(cut_short)?);
        }
        Ok(())
    }
}

impl Record for u32 {
    fn write(&self, to: &mut Block) {
        to.word(*self);
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        from.word()
    }
}

impl<A: Record, B: Record> Record for (A, B) {
    fn write(&self, to: &mut Block) {
        self.0.write(to);
        self.1.write(to);
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some((A::read(from)?, B::read(from)?))
    }
}
