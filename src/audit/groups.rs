//! Groups of rows as a Parquet file, or as what one is made of.
//!
//! A *row group* is written to the file itself, or as a *part*, a small Parquet file of its own with its length before it.
//! Parts are what work that was broken off can go on behind, as a Parquet file has its directory at the end; [`join`] makes
//! one file of them and copies each column as it stands.

use std::io::{self, Read, Write};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::behind::Sink;
use super::chunk::Cells;
use super::format::{COLUMNS, Column};

/// The cells of a group, column by column.
pub(super) type Group = Box<[Cells; COLUMNS.len()]>;

/// Where groups go.
pub(super) enum Groups<W: Write + Send> {
    /// To a file that is whole at the end.
    Whole(SerializedFileWriter<W>),
    /// To parts, with how many bytes there are by now.
    Parts(W, u64),
}

impl<W: Write + Send> Groups<W> {
    /// A file from its first byte.
    pub(super) fn whole(to: W) -> io::Result<Self> {
        file(to).map(Self::Whole).map_err(plain)
    }

    /// Parts behind so many bytes.
    pub(super) const fn parts(to: W, written: u64) -> Self {
        Self::Parts(to, written)
    }
}

impl<W: Write + Send + 'static> Sink for Groups<W> {
    type Batch = Group;

    fn write(&mut self, columns: Group) -> io::Result<()> {
        match self {
            Self::Whole(file) => group(file, columns).map_err(plain),
            Self::Parts(to, written) => {
                *written += part(to, columns)?;
                to.flush()
            }
        }
    }

    fn len(&self) -> u64 {
        match self {
            Self::Whole(file) => file.bytes_written() as u64,
            Self::Parts(_, written) => *written,
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Whole(mut file) => file.finish().map(drop).map_err(plain),
            Self::Parts(mut to, _) => to.flush(),
        }
    }
}

/// Makes one file of parts.
///
/// # Errors
///
/// Those of reading and writing, and if what is read are no parts.
pub(super) fn join(mut parts: impl Read, to: impl Write + Send) -> io::Result<()> {
    let mut whole = file(to).map_err(plain)?;
    let mut len = [0; 8];
    while let Some(()) = next(&mut parts, &mut len)? {
        let mut bytes = Vec::new();
        parts.by_ref().take(u64::from_le_bytes(len)).read_to_end(&mut bytes)?;
        append(&mut whole, bytes).map_err(plain)?;
    }
    whole.finish().map(drop).map_err(plain)
}

/// Reads the length before a part; `None` at the end.
fn next(parts: &mut impl Read, len: &mut [u8; 8]) -> io::Result<Option<()>> {
    match parts.read(&mut len[..1])? {
        0 => Ok(None),
        _ => parts.read_exact(&mut len[1..]).map(Some),
    }
}

/// Copies the groups of a part.
fn append<W: Write + Send>(whole: &mut SerializedFileWriter<W>, part: Vec<u8>) -> Result<(), ParquetError> {
    let part = Bytes::from(part);
    let directory = ParquetMetaDataReader::new().parse_and_finish(&part)?;
    for rows in directory.row_groups() {
        let mut group = whole.next_row_group()?;
        for column in closed(rows) {
            group.append_column(&part, column)?;
        }
        group.close()?;
    }
    Ok(())
}

/// The columns of a group as their writers would hand them over.
fn closed(rows: &RowGroupMetaData) -> impl Iterator<Item = ColumnCloseResult> {
    let number = u64::try_from(rows.num_rows()).unwrap_or(0);
    rows.columns().iter().map(move |column| ColumnCloseResult {
        bytes_written: u64::try_from(column.compressed_size()).unwrap_or(0),
        rows_written: number,
        metadata: column.clone(),
        bloom_filter: None,
        column_index: None,
        offset_index: None,
    })
}

/// Writes one group as a file of its own with its length before it; returns how many bytes that were.
fn part(to: &mut impl Write, columns: Group) -> io::Result<u64> {
    let mut whole = file(Vec::new()).map_err(plain)?;
    group(&mut whole, columns).map_err(plain)?;
    let bytes = whole.into_inner().map_err(plain)?;
    let len = bytes.len() as u64;
    to.write_all(&len.to_le_bytes())?;
    to.write_all(&bytes)?;
    Ok(len + 8)
}

/// Writes one group. Rows stand account by account, so that the least and the greatest account tell which groups a reader
/// needs; of other columns they would tell nothing.
fn group<W: Write + Send>(file: &mut SerializedFileWriter<W>, columns: Group) -> Result<(), ParquetError> {
    let schema = file.schema_descr().columns().to_vec();
    let mut group = file.next_row_group()?;
    for (ix, (cells, column)) in columns.into_iter().zip(schema).enumerate() {
        let (pages, chunk) = cells.encode(column, ix == Column::Account as usize)?;
        group.append_column(&pages, chunk)?;
    }
    group.close().map(drop)
}

/// A file of columns of text that is never missing, as in the other formats.
fn file<W: Write + Send>(to: W) -> Result<SerializedFileWriter<W>, ParquetError> {
    let text = |name: &&str| {
        let text = Type::primitive_type_builder(name, Physical::BYTE_ARRAY).with_repetition(Repetition::REQUIRED);
        text.with_logical_type(Some(LogicalType::String)).build().map(Arc::new)
    };
    let columns = COLUMNS.iter().map(text).collect::<Result<_, _>>()?;
    let schema = Type::group_type_builder("review").with_fields(columns).build()?;
    let author = concat!("rolebook ", env!("CARGO_PKG_VERSION"));
    let properties = WriterProperties::builder().set_created_by(author.to_owned());
    SerializedFileWriter::new(to, Arc::new(schema), Arc::new(properties.build()))
}

/// The error of the file system that it was, if it was one.
fn plain(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => inner
            .downcast::<io::Error>()
            .map_or_else(io::Error::other, |error| *error),
        other => io::Error::other(other),
    }
}
