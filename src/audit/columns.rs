//! Rows as the columns of a Parquet file.
//!
//! Cells gather until they make a *row group*, which is encoded and written: to the file itself, or as a *part*, a small
//! Parquet file of its own with its length before it. Parts are what work that was broken off can go on behind, as a
//! Parquet file has its directory at the end; [`join`] makes one file of them and copies each column as it stands.

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

use super::behind::{Behind, Sink};
use super::chunk::Cells;
use super::format::{COLUMNS, Column};
use super::names::Names;
use super::sheet::Line;
use super::{Audit, Dropped, Ground, Held, Taker};
use crate::model::value::{NodeId, UserId};
use crate::table::Way;

/// So many rows make a group, and wait in memory for it.
const GROUP: usize = 1 << 17;

/// A column with so many bytes of texts makes a group of fewer rows.
const LARGE: usize = 1 << 26;

/// Where groups go.
enum Groups<W: Write + Send> {
    /// To a file that is whole at the end.
    Whole(SerializedFileWriter<W>),
    /// To parts, with how many bytes there are by now.
    Parts(W, u64),
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

/// Cells on their way to a file.
pub(super) struct Columns {
    to: Behind<Group>,
    /// Rows that wait to be written as one group, and how many they are.
    columns: Group,
    waiting: usize,
    rows: u64,
}

/// The cells of a group, column by column.
type Group = Box<[Cells; COLUMNS.len()]>;

impl Columns {
    /// A file from its first byte.
    pub(super) fn whole(to: impl Write + Send + 'static) -> io::Result<Self> {
        Self::new(Groups::Whole(file(to).map_err(plain)?))
    }

    /// Parts behind so many bytes.
    pub(super) fn parts(to: impl Write + Send + 'static, written: u64) -> io::Result<Self> {
        Self::new(Groups::Parts(to, written))
    }

    fn new(to: Groups<impl Write + Send + 'static>) -> io::Result<Self> {
        Ok(Self {
            to: Behind::new(to)?,
            columns: Group::default(),
            waiting: 0,
            rows: 0,
        })
    }

    /// Adds a row; its head may be that of the row before.
    fn push(&mut self, head: &[String; 4], same: bool, ending: [&str; 4]) {
        let (heads, endings) = self.columns.split_at_mut(head.len());
        for (column, cell) in heads.iter_mut().zip(head) {
            if same { column.again(cell) } else { column.push(cell) }
        }
        for (column, cell) in endings.iter_mut().zip(ending) {
            column.push(cell);
        }
        self.waiting += 1;
        self.rows += 1;
    }

    /// How many rows have come.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// True if enough waits to be written as a part.
    pub(super) const fn is_ripe(&self) -> bool {
        self.waiting >= GROUP / 2
    }

    /// Does something when all rows that have come are written.
    pub(super) fn then(&mut self, then: impl FnOnce(u64) -> io::Result<()> + Send + 'static) -> io::Result<()> {
        self.flush()?;
        self.to.then(then)
    }

    /// Waits until all is written, with what ends a file.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.to.finish()
    }

    /// True if as much waits as is written at once.
    fn is_full(&self) -> bool {
        self.waiting >= GROUP || self.columns.iter().any(|column| column.len() >= LARGE)
    }

    /// Writes what waits as one group.
    fn flush(&mut self) -> io::Result<()> {
        match std::mem::take(&mut self.waiting) {
            0 => Ok(()),
            _ => self.to.write(std::mem::take(&mut self.columns)),
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

/// Writes cells.
pub(super) struct Writer<'w, 'a> {
    ground: &'w Ground<'a>,
    names: &'w Names,
    columns: &'w mut Columns,
    /// Account, user, place and reason.
    head: [String; 4],
    /// A row with it was written.
    same: bool,
    condition: String,
}

impl<'w, 'a> Writer<'w, 'a> {
    pub(super) fn new(audit: &'w Audit<'a>, columns: &'w mut Columns) -> Self {
        Self {
            ground: &audit.ground,
            names: &audit.names,
            columns,
            head: Default::default(),
            same: false,
            condition: String::new(),
        }
    }

    /// A cell of the head, to be written anew.
    fn cell(&mut self, column: Column) -> &mut String {
        let cell = &mut self.head[column as usize];
        cell.clear();
        cell
    }

    fn set_node(&mut self, column: Column, node: Option<NodeId>) {
        let (ground, names) = (self.ground, self.names);
        let cell = self.cell(column);
        if let Some(node) = node {
            names.node(ground, node, cell);
        }
    }
}

impl<'a> Taker<'a> for Writer<'_, 'a> {
    fn begin(&mut self, account: Option<NodeId>, user: Option<UserId>) {
        self.set_node(Column::Account, account);
        if let Some(user) = user {
            let facts = self.ground.org.facts;
            self.cell(Column::User).push_str(&facts.user(user).id);
        }
    }

    fn held(&mut self, held: &Held<'a>) {
        if let Some(all) = held.all() {
            self.cell(Column::User).push_str(all);
        }
        self.set_node(Column::Place, held.node);
        let (ground, names) = (self.ground, self.names);
        names.because(ground, held, self.cell(Column::Because));
        self.same = false;
    }

    fn row(&mut self, line: &Line<'_>, allowed: bool, perhaps: &[Way]) {
        let ending = match perhaps {
            [] => line.ending.cells(allowed),
            _ => {
                self.condition.clear();
                self.names.condition(line, perhaps, &mut self.condition);
                line.ending.depending_cells(&self.condition)
            }
        };
        self.columns.push(&self.head, self.same, ending);
        self.same = true;
    }

    fn dropped(&mut self, _: Dropped, _: u64) {}

    fn end(&mut self) -> io::Result<()> {
        if self.columns.is_full() {
            self.columns.flush()
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Memory stays bounded also where ids are long.
    #[test]
    fn long_texts_make_a_group_of_fewer_rows() {
        let mut columns = Columns::parts(io::sink(), 0).expect("there is a thread");
        let mut head: [String; 4] = Default::default();
        for row in 0..LARGE >> 20 {
            assert!(!columns.is_full());
            head[1] = row.to_string() + &"x".repeat(1 << 20);
            columns.push(&head, false, ["", "", "allow", ""]);
        }
        assert!(columns.is_full());
        columns.flush().expect("nothing is kept");
        assert!(!columns.is_full());
        columns.finish().expect("nothing is kept");
    }
}
