//! Long lists of records as a snapshot keeps them: numbers of four bytes, one behind the other, and their texts beside
//! them. That takes more room than numbers of varying length, and is read several times as fast.
//!
//! A list is a sequence of blocks; fields that are such lists say `#[serde(with = "packed")]`.

use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer, Serialize, Serializer};

/// So many records make a block.
const BLOCK: usize = 1 << 14;

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

/// A block as it stands in the snapshot: how many records, their numbers, their texts.
type Raw<'r> = (u32, &'r [u8], &'r str);

/// Bytes that are written as they are.
struct Bytes<'b>(&'b [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

struct Chunk<'c, R>(&'c [R]);

impl<R: Record> Serialize for Chunk<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut block = Block::default();
        self.0.iter().for_each(|record| record.write(&mut block));
        (self.0.len() as u32, Bytes(&block.words), &block.text).serialize(serializer)
    }
}

/// Writes a list.
pub(crate) fn serialize<R: Record, S: Serializer>(records: &[R], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(records.chunks(BLOCK).map(Chunk))
}

/// Reads a list.
pub(crate) fn deserialize<'de, R: Record, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<R>, D::Error> {
    let blocks: Vec<Raw<'de>> = Vec::deserialize(deserializer)?;
    // A block that tells of more records than it has numbers for is damaged, and not believed.
    let most = |(count, words, _): &Raw<'_>| (*count as usize).min(words.len() / 4);
    let mut records = Vec::with_capacity(blocks.iter().map(most).sum());
    for (count, words, text) in blocks {
        let (words, _) = words.as_chunks();
        let mut reader = Reader { words, text };
        for _ in 0..count {
            records.push(R::read(&mut reader).ok_or_else(|| D::Error::custom("a record is cut short"))?);
        }
    }
    Ok(records)
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
