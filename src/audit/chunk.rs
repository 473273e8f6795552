//! One column of a group of rows, as Parquet stores it: a dictionary of texts, then for each row which of them it has.
//!
//! Cells become that as they come, because most rows have the texts of rows before them, and the library's own writer would
//! look up each anew. Pages, their headers and the directory are the library's.
//!
//! Source: Apache Parquet format, *Encodings* (`PLAIN` for byte arrays, the run-length and bit-packing hybrid).

use std::io;

use bytes::Bytes;
use hashbrown::HashTable;
use parquet::basic::Encoding;
use parquet::column::page::{CompressedPage, Page, PageWriter as _};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use xxhash_rust::xxh3::xxh3_64;

/// So many bytes stand before each text of a dictionary, and tell how long it is.
const LENGTH: usize = size_of::<u32>();

/// The cells of one column that wait to be written.
#[derive(Default)]
pub(super) struct Cells {
    dictionary: Dictionary,
    /// Which text some rows that follow each other have, and how many rows they are.
    runs: Vec<(u32, u32)>,
}

impl Cells {
    /// Adds a row.
    pub(super) fn push(&mut self, text: &str) {
        match self.runs.last_mut() {
            Some((entry, rows)) if self.dictionary.text(*entry) == text.as_bytes() => *rows += 1,
            _ => {
                let entry = self.dictionary.place(text.as_bytes());
                self.runs.push((entry, 1));
            }
        }
    }

    /// Adds a row with the text that came last, if any came.
    pub(super) fn again(&mut self, text: &str) {
        match self.runs.last_mut() {
            Some((_, rows)) => *rows += 1,
            None => self.push(text),
        }
    }

    /// How many bytes the texts take.
    pub(super) const fn len(&self) -> usize {
        self.dictionary.page.len()
    }

    /// Encodes the column, with its least and greatest text if a reader can use them.
    pub(super) fn encode(self, column: ColumnDescPtr, bounds: bool) -> Result<(Bytes, ColumnCloseResult)> {
        let rows: u32 = self.runs.iter().map(|(_, rows)| rows).sum();
        let bounds = bounds.then(|| self.dictionary.bounds()).flatten();
        let mut out = TrackedWrite::new(Vec::new());
        let mut pages = SerializedPageWriter::new(&mut out);
        let entries = self.dictionary.starts.len();
        let first = pages.write_page(self.dictionary.into_page()?)?;
        let second = pages.write_page(numbers(&self.runs, entries, rows))?;
        let (bytes, size) = (out.into_inner()?, first.bytes_written + second.bytes_written);
        let mut chunk = ColumnChunkMetaData::builder(column)
            .set_encodings(vec![Encoding::PLAIN, Encoding::RLE_DICTIONARY])
            .set_total_compressed_size(signed(size)?)
            .set_total_uncompressed_size(signed(size)?)
            .set_num_values(i64::from(rows))
            .set_dictionary_page_offset(Some(signed(first.offset)?))
            .set_data_page_offset(signed(second.offset)?);
        if let Some(bounds) = bounds {
            chunk = chunk.set_statistics(bounds);
        }
        let close = ColumnCloseResult {
            bytes_written: size,
            rows_written: u64::from(rows),
            metadata: chunk.build()?,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        Ok((bytes.into(), close))
    }
}

/// Texts, each of which has a number and stands once.
#[derive(Default)]
struct Dictionary {
    /// The page that it becomes: text behind text, each with its length before it.
    page: Vec<u8>,
    /// By number: where a text starts.
    starts: Vec<usize>,
    numbers: HashTable<u32>,
}

impl Dictionary {
    fn text(&self, number: u32) -> &[u8] {
        text(&self.page, &self.starts, number)
    }

    /// The number of a text, which is added unless it is there.
    fn place(&mut self, wanted: &[u8]) -> u32 {
        let Self { page, starts, numbers } = self;
        let (hash, same) = (xxh3_64(wanted), |number: &u32| text(page, starts, *number) == wanted);
        if let Some(number) = numbers.find(hash, same) {
            return *number;
        }
        // A group has fewer rows than that.
        let number = u32::try_from(starts.len()).unwrap_or(u32::MAX);
        // A text that is longer than a page may be is refused when it becomes one.
        let len = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
        page.extend_from_slice(&len.to_le_bytes());
        starts.push(page.len());
        page.extend_from_slice(wanted);
        numbers.insert_unique(hash, number, |number| xxh3_64(text(page, starts, *number)));
        number
    }

    /// The least and the greatest text.
    fn bounds(&self) -> Option<Statistics> {
        let texts = || (0..self.starts.len()).filter_map(|ix| Some(self.text(u32::try_from(ix).ok()?)));
        let array = |text: &[u8]| ByteArray::from(text.to_vec());
        let (least, most) = (array(texts().min()?), array(texts().max()?));
        Some(Statistics::new(Some(least), Some(most), None, Some(0), false))
    }

    fn into_page(self) -> Result<CompressedPage> {
        let size = self.page.len();
        i32::try_from(size).map_err(too_long)?;
        let page = Page::DictionaryPage {
            buf: self.page.into(),
            num_values: u32::try_from(self.starts.len()).map_err(too_long)?,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        Ok(CompressedPage::new(page, size))
    }
}

fn text<'p>(page: &'p [u8], starts: &[usize], number: u32) -> &'p [u8] {
    let ix = number as usize;
    let end = starts.get(ix + 1).map_or(page.len(), |next| next - LENGTH);
    &page[starts[ix]..end]
}

/// The page that says which text each row has.
fn numbers(runs: &[(u32, u32)], entries: usize, rows: u32) -> CompressedPage {
    let width = (usize::BITS - entries.saturating_sub(1).leading_zeros()).max(1);
    let mut hybrid = Hybrid::new(width);
    for &(entry, rows) in runs {
        hybrid.push(entry, rows);
    }
    let buf = hybrid.finish();
    let size = buf.len();
    let page = Page::DataPage {
        buf: buf.into(),
        num_values: rows,
        encoding: Encoding::RLE_DICTIONARY,
        def_level_encoding: Encoding::RLE,
        rep_level_encoding: Encoding::RLE,
        statistics: None,
    };
    CompressedPage::new(page, size)
}

/// Numbers are packed in groups of so many.
const PACKED: u32 = 8;

/// Numbers of so many bits: stretches of one number that comes often in a row, and between them stretches of packed ones.
struct Hybrid {
    out: Vec<u8>,
    width: u32,
    /// What is to be packed: a whole number of groups before each stretch of one number.
    packed: Vec<u32>,
}

impl Hybrid {
    /// With the width before all.
    fn new(width: u32) -> Self {
        Self {
            out: vec![width.to_le_bytes()[0]],
            width,
            packed: Vec::new(),
        }
    }

    /// Adds a number so many times.
    fn push(&mut self, number: u32, times: u32) {
        let open = u32::try_from(self.packed.len()).unwrap_or(0) % PACKED;
        let fill = times.min((PACKED - open) % PACKED);
        let rest = times - fill;
        let packed = if rest < PACKED { times } else { fill };
        self.packed.extend(std::iter::repeat_n(number, packed as usize));
        if rest >= PACKED {
            self.pack();
            self.head(rest << 1);
            let bytes = self.width.div_ceil(8) as usize;
            self.out.extend_from_slice(&number.to_le_bytes()[..bytes]);
        }
    }

    /// Writes what is to be packed, the last group filled up.
    fn pack(&mut self) {
        let groups = u32::try_from(self.packed.len()).unwrap_or(0).div_ceil(PACKED);
        if groups == 0 {
            return;
        }
        self.head(groups << 1 | 1);
        self.packed.resize((groups * PACKED) as usize, 0);
        let (mut bits, mut held) = (0, 0);
        for number in self.packed.drain(..) {
            bits |= u64::from(number) << held;
            held += self.width;
            let whole = held / 8;
            self.out.extend_from_slice(&bits.to_le_bytes()[..whole as usize]);
            bits >>= whole * 8;
            held %= 8;
        }
    }

    /// What stands before a stretch, seven bits a byte.
    fn head(&mut self, mut number: u32) {
        while number >= 0x80 {
            self.out.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.out.push(number.to_le_bytes()[0]);
    }

    fn finish(mut self) -> Vec<u8> {
        self.pack();
        self.out
    }
}

fn signed(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(too_long)
}

fn too_long(_: std::num::TryFromIntError) -> ParquetError {
    ParquetError::External(Box::new(io::Error::from(io::ErrorKind::FileTooLarge)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::record::RowAccessor as _;
    use parquet::schema::parser::parse_message_type;

    use super::*;

    /// Writes one column and reads it with the library's own reader.
    fn there_and_back(texts: &[String]) -> Vec<String> {
        let mut cells = Cells::default();
        texts.iter().for_each(|text| cells.push(text));
        let schema = parse_message_type("message m { required binary text (string); }").expect("a schema");
        let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::default()).expect("bytes");
        let column = file.schema_descr().column(0);
        let mut group = file.next_row_group().expect("bytes");
        let (pages, chunk) = cells.encode(column, true).expect("few cells");
        group.append_column(&pages, chunk).expect("it is of this schema");
        group.close().expect("one column");
        let bytes = Bytes::from(file.into_inner().expect("bytes"));
        let read = SerializedFileReader::new(bytes).expect("a file");
        let chunk = read.metadata().row_group(0).column(0);
        let bounds = chunk.statistics().expect("bounds");
        let (least, most) = (texts.iter().min().expect("some"), texts.iter().max().expect("some"));
        assert_eq!(bounds.min_bytes_opt(), Some(least.as_bytes()));
        assert_eq!(bounds.max_bytes_opt(), Some(most.as_bytes()));
        let rows = read.get_row_iter(None).expect("rows");
        rows.map(|row| row.expect("a row").get_string(0).expect("a text").clone())
            .collect()
    }

    /// Numbers of every width, come singly and in runs of lengths around the size of a group.
    #[test]
    fn a_column_is_read_as_it_was_written() {
        let mut dice = 7_u64;
        let mut below = |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (dice >> 33) % sides
        };
        for entries in [1, 2, 3, 4, 5, 8, 9, 255, 256, 257, 65_535, 65_536, 65_537, 100_000] {
            for longest in [1, 2, 7, 8, 9, 30] {
                let mut texts: Vec<String> = (0..entries).map(|entry| format!("text {entry}")).collect();
                for _ in 0..2_000 {
                    let text = format!("text {}", below(entries));
                    let times = 1 + below(longest);
                    texts.extend((0..times).map(|_| text.clone()));
                }
                assert!(
                    there_and_back(&texts) == texts,
                    "{entries} texts, up to {longest} times in a row"
                );
            }
        }
    }

    #[test]
    fn a_text_stands_once() {
        let mut cells = Cells::default();
        for text in ["a", "", "b", "a", "a", "", "\u{e9}", "b"] {
            cells.push(text);
        }
        cells.again("b");
        assert_eq!(cells.dictionary.starts.len(), 4);
        assert_eq!(cells.len(), 4 * LENGTH + 4);
        assert_eq!(cells.runs, [(0, 1), (1, 1), (2, 1), (0, 2), (1, 1), (3, 1), (2, 2)]);
    }
}
