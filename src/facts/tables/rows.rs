//! The rows of one table, from CSV or JSON Lines, one at a time: [`Rows::advance`] moves on to the next record.
//!
//! Both come down to a record of texts: a JSON line is laid out in the order of the columns, so that whoever reads rows
//! need not know what they were written in.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use csv::StringRecord;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Format, Input, Kind};
use crate::diagnostic::Diagnostic;
use crate::source::nfc;

/// Several values in one cell stand between these.
const SEPARATOR: char = ';';

/// The values of a JSON list stand each behind one of these, which no text holds: a list of one is not the one, and what
/// holds a separator is not two.
const LISTED: char = '\u{1f}';

/// The values of a cell.
pub(super) fn values(cell: &str) -> impl Iterator<Item = &str> {
    let (items, between) = match cell.strip_prefix(LISTED) {
        Some("") => (None, LISTED),
        Some(items) => (Some(items), LISTED),
        None => (Some(cell), SEPARATOR),
    };
    items
        .into_iter()
        .flat_map(move |items| items.split(between))
        .map(str::trim)
}

/// True if a cell is a JSON list.
pub(super) fn is_list(cell: &str) -> bool {
    cell.starts_with(LISTED)
}

/// What is wrong with a row.
#[derive(Debug)]
pub(super) struct Fault {
    /// Its line, from 1.
    pub(super) line: u64,
    /// The column, where one cell is to blame.
    pub(super) column: Option<String>,
    pub(super) diagnostic: Diagnostic,
}

enum Source {
    Csv(Box<csv::Reader<Box<dyn Read + Send>>>),
    Lines(BufReader<Box<dyn Read + Send>>, String),
}

/// A table being read.
pub(super) struct Rows {
    source: Source,
    record: StringRecord,
    kind: Kind,
    /// The line of the last row.
    pub(super) line: u64,
    /// By column that the kind of table has: where it stands in a record.
    places: Vec<Option<usize>>,
    /// Further columns, each the name of an attribute or parameter, with where they stand.
    pub(super) extra: Vec<(usize, String)>,
}

impl Rows {
    /// Opens a table and reads its header.
    pub(super) fn open(input: &Input<'_>) -> Result<Self, Fault> {
        let source = (input.open)().map_err(|error| unreadable(&error, 0))?;
        let columns = input.kind.columns();
        let mut rows = Self {
            source: match input.format {
                Format::Csv => Source::Csv(Box::new(
                    csv::ReaderBuilder::new().buffer_capacity(1 << 16).from_reader(source),
                )),
                Format::JsonLines => Source::Lines(BufReader::with_capacity(1 << 16, source), String::new()),
            },
            record: StringRecord::new(),
            kind: input.kind,
            line: 0,
            places: vec![None; columns.len()],
            extra: Vec::new(),
        };
        rows.header()?;
        Ok(rows)
    }

    fn header(&mut self) -> Result<(), Fault> {
        let Source::Csv(reader) = &mut self.source else {
            self.places = (0..self.places.len()).map(Some).collect();
            return Ok(());
        };
        let header = reader.headers().map_err(|error| csv_fault(&error))?.clone();
        for (at, name) in header.iter().enumerate() {
            if self.column(name.trim(), at)? != at {
                return Err(fault(1, twice("the header names", name.trim())));
            }
        }
        let columns = self.kind.columns().iter().zip(&self.places);
        let missing: Vec<String> = columns
            .filter(|((_, needed), place)| *needed && place.is_none())
            .map(|((name, _), _)| format!("`{name}`"))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!("the header lacks {}", missing.join(", "));
        let all: Vec<&str> = self.kind.columns().iter().map(|(name, _)| *name).collect();
        let help = format!("the columns of this table are: {}", all.join(", "));
        Err(fault(1, Diagnostic::error("tables/missing-column", message).help(help)))
    }

    /// Notes where a column stands.
    fn column(&mut self, name: &str, at: usize) -> Result<usize, Fault> {
        let columns = self.kind.columns();
        if let Some(known) = columns.iter().position(|(column, _)| *column == name) {
            return Ok(*self.places[known].get_or_insert(at));
        }
        let name = &*nfc(name);
        if let Some((known, _)) = self.extra.iter().find(|(_, extra)| extra == name) {
            return Ok(*known);
        }
        if !self.kind.has_extra() {
            let message = format!("this table has no column `{name}`");
            let fault = Diagnostic::error("tables/unknown-column", message);
            let near = fault.did_you_mean(name, columns.iter().map(|(column, _)| *column));
            return Err(self::fault(self.line.max(1), near));
        }
        self.extra.push((at, name.to_owned()));
        Ok(at)
    }

    /// Moves to the next row; false at the end.
    pub(super) fn advance(&mut self) -> Result<bool, Fault> {
        match &mut self.source {
            Source::Csv(reader) => {
                let more = reader
                    .read_record(&mut self.record)
                    .map_err(|error| csv_fault(&error))?;
                self.line = self.record.position().map_or(self.line, csv::Position::line);
                Ok(more)
            }
            Source::Lines(..) => self.next_line(),
        }
    }

    fn next_line(&mut self) -> Result<bool, Fault> {
        let Source::Lines(reader, buffer) = &mut self.source else {
            return Ok(false);
        };
        let mut text = std::mem::take(buffer);
        loop {
            text.clear();
            self.line += 1;
            let read = reader
                .read_line(&mut text)
                .map_err(|error| unreadable(&error, self.line))?;
            if read == 0 {
                return Ok(false);
            }
            if !text.trim().is_empty() {
                break;
            }
        }
        let laid_out = self.lay_out(&text);
        if let Source::Lines(_, buffer) = &mut self.source {
            *buffer = text;
        }
        laid_out.map(|()| true)
    }

    /// Puts the values of an object in the order of the columns.
    fn lay_out(&mut self, text: &str) -> Result<(), Fault> {
        let wrong = |error: &serde_json::Error| {
            let told = error.to_string();
            let told = told.split(" at line ").next().unwrap_or_default().to_owned();
            let message = format!("this line is no JSON object: {told} (column {})", error.column());
            Diagnostic::error("tables/shape", message)
        };
        let object: Object<'_> = serde_json::from_str(text).map_err(|error| fault(self.line, wrong(&error)))?;
        let mut cells: Vec<Cow<'_, str>> = Vec::with_capacity(self.places.len() + self.extra.len());
        cells.resize(self.places.len() + self.extra.len(), Cow::Borrowed(""));
        let mut said = vec![false; cells.len()];
        for (key, value) in object.0 {
            let at = self.column(&key, cells.len())?;
            cells.resize(cells.len().max(at + 1), Cow::Borrowed(""));
            said.resize(cells.len(), false);
            if std::mem::replace(&mut said[at], true) {
                return Err(fault(self.line, twice("this line says", &key)));
            }
            cells[at] = cell(value.get()).map_err(|wrong| fault(self.line, wrong.told(&key)))?;
            if is_list(&cells[at]) && !self.kind.takes_lists(&key) {
                let message = format!("`{key}` is a list; one text is needed here");
                return Err(fault(self.line, Diagnostic::error("tables/shape", message)));
            }
        }
        self.record.clear();
        cells.iter().for_each(|cell| self.record.push_field(cell));
        self.missing_cell()
    }

    fn missing_cell(&self) -> Result<(), Fault> {
        let columns = self.kind.columns().iter().enumerate();
        let missing = columns.filter(|(ix, (_, needed))| *needed && self.is_empty(*ix));
        match missing.map(|(_, (name, _))| name).next() {
            None => Ok(()),
            Some(name) => Err(lacks(self.line, name)),
        }
    }

    /// True if a column of this kind of table has nothing here.
    fn is_empty(&self, column: usize) -> bool {
        let cell = self.places[column].and_then(|at| self.record.get(at));
        cell.is_none_or(|cell| cell.trim().is_empty())
    }

    /// The last row.
    pub(super) const fn record(&self) -> &StringRecord {
        &self.record
    }

    /// Where the columns stand that were seen so far.
    pub(super) fn layout(&self) -> Layout {
        Layout {
            places: self.places.clone(),
            extra: self.extra.clone(),
        }
    }
}

/// Where the columns stand in a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    /// By column that the kind of table has.
    pub(super) places: Vec<Option<usize>>,
    /// Further columns, each the name of an attribute or parameter.
    pub(super) extra: Vec<(usize, String)>,
}

/// A cell that must not be empty is.
pub(super) fn lacks(line: u64, name: &str) -> Fault {
    let message = format!("this row has no `{name}`");
    fault(line, Diagnostic::error("tables/shape", message))
}

fn fault(line: u64, diagnostic: Diagnostic) -> Fault {
    Fault {
        line,
        column: None,
        diagnostic,
    }
}

fn unreadable(error: &io::Error, line: u64) -> Fault {
    fault(
        line,
        Diagnostic::error("project/unreadable", format!("the table cannot be read: {error}")),
    )
}

fn csv_fault(error: &csv::Error) -> Fault {
    let line = error.position().map_or(1, csv::Position::line);
    let diagnostic = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let message = format!("this row has {len} cells, the header has {expected_len}");
            Diagnostic::error("tables/shape", message).help("a text that holds a comma stands in quotes")
        }
        csv::ErrorKind::Utf8 { err, .. } => {
            let message = format!("cell {} of this row is not UTF-8", err.field() + 1);
            Diagnostic::error("tables/shape", message)
        }
        _ => Diagnostic::error("project/unreadable", format!("the table cannot be read: {error}")),
    };
    fault(line, diagnostic)
}

/// Why a JSON value is no cell.
#[derive(Debug, Clone, Copy)]
enum NoCell {
    /// An object, or a list of such or of lists.
    Nested,
    /// A text without a letter.
    Empty,
}

impl NoCell {
    fn told(self, key: &str) -> Diagnostic {
        match self {
            Self::Nested => {
                let message = format!("`{key}` is an object; a text, a number or a list is needed here");
                Diagnostic::error("tables/shape", message)
            }
            Self::Empty => {
                let fault = Diagnostic::error("tables/shape", format!("`{key}` is an empty text"));
                fault.help("where nothing is to be said, leave it out or write `null`")
            }
        }
    }
}

fn twice(what: &str, column: &str) -> Diagnostic {
    let fault = Diagnostic::error("tables/twice", format!("{what} `{column}` twice"));
    fault.help("say it once: which of the two counts would be a guess")
}

/// A JSON value as a cell: a list becomes several values.
fn cell(raw: &str) -> Result<Cow<'_, str>, NoCell> {
    match raw.as_bytes().first() {
        Some(b'n') => Ok(Cow::Borrowed("")),
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(raw).map_err(|_| NoCell::Nested)?;
            let mut cell = String::from(LISTED);
            for (ix, item) in items.into_iter().enumerate() {
                cell.extend((ix > 0).then_some(LISTED));
                cell.push_str(&one(item.get())?);
            }
            Ok(Cow::Owned(cell))
        }
        _ => one(raw),
    }
}

/// A single JSON value as a cell.
fn one(raw: &str) -> Result<Cow<'_, str>, NoCell> {
    match raw.as_bytes().first() {
        Some(b'"') => {
            let text: Text<'_> = serde_json::from_str(raw).map_err(|_| NoCell::Nested)?;
            let plain = !text.0.contains(LISTED) && !text.0.trim().is_empty();
            plain.then_some(text.0).ok_or(NoCell::Empty)
        }
        Some(b'{' | b'[' | b'n') | None => Err(NoCell::Nested),
        Some(_) => Ok(Cow::Borrowed(raw)),
    }
}

/// A text, borrowed where nothing in it is escaped.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A JSON object with its values unread.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::with_capacity(6);
                while let Some((key, value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
                    entries.push((key.0, value));
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}
