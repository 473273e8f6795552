//! Fields of a row: as CSV or JSON Lines, escaped once and copied into every row that has them, or as the cells of columns.
//!
//! A row is what stands before it (account, user, place and reason) and an [`Ending`] that is the same wherever its line
//! is written.

use std::path::Path;

use serde::Serialize as _;

/// The columns, in order: what a holding has in all its rows stands first.
pub(super) const COLUMNS: [&str; 8] = [
    "account",
    "user",
    "place",
    "because",
    "permission",
    "reach",
    "decision",
    "condition",
];

/// A column, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Account,
    User,
    Place,
    Because,
    Permission,
    Reach,
    Decision,
    Condition,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// Comma-separated values under one line of names (RFC 4180, lines end in a line feed).
    #[default]
    Csv,
    /// JSON Lines: one object a line.
    Jsonl,
    /// Apache Parquet: eight columns of text, in groups of about a hundred thousand rows.
    Parquet,
}

impl Format {
    /// The format that the ending of a file's name asks for.
    #[must_use]
    pub fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
        }
    }

    /// What the name of a file ends with while it grows.
    pub(super) const fn parts(self) -> &'static str {
        match self {
            Self::Csv | Self::Jsonl => ".partial",
            Self::Parquet => ".parts",
        }
    }

    /// How it writes lines of text, if that is what it does.
    pub(super) const fn text(self) -> Option<Text> {
        match self {
            Self::Csv => Some(Text::Csv),
            Self::Jsonl => Some(Text::Jsonl),
            Self::Parquet => None,
        }
    }
}

/// A format that is lines of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Csv,
    Jsonl,
}

impl Text {
    /// What stands above all rows.
    pub(super) fn heading(self) -> String {
        match self {
            Self::Csv => COLUMNS.join(",") + "\n",
            Self::Jsonl => String::new(),
        }
    }

    /// Writes one field with what stands before it.
    pub(super) fn field(self, out: &mut Vec<u8>, column: Column, text: &str) {
        let first = column == Column::Account;
        match self {
            Self::Csv => {
                if !first {
                    out.push(b',');
                }
                csv(out, text);
            }
            Self::Jsonl => {
                out.extend_from_slice(if first { b"{\"" } else { b",\"" });
                out.extend_from_slice(COLUMNS[column as usize].as_bytes());
                out.extend_from_slice(b"\":");
                json(out, text);
            }
        }
    }

    /// Writes the last two fields and what ends a row.
    fn finish(self, out: &mut Vec<u8>, decision: &str, condition: &str) {
        self.field(out, Column::Decision, decision);
        self.field(out, Column::Condition, condition);
        out.extend_from_slice(match self {
            Self::Csv => b"\n",
            Self::Jsonl => b"}\n",
        });
    }
}

/// What a row says of all that a holding reaches.
pub(super) const DECISIONS: [&str; 2] = ["allow", "depends"];

/// What ends the rows of a line.
pub(super) struct Ending {
    permission: String,
    reach: String,
    terms: String,
    /// As text, if the format is text: of rows that allow, and of those that depend on the line's own terms alone.
    whole: [Vec<u8>; 2],
    /// Permission and reach as text.
    middle: Vec<u8>,
}

impl Ending {
    pub(super) fn new(format: Format, permission: &str, reach: &str, terms: &str) -> Self {
        let (mut middle, mut whole) = (Vec::new(), [Vec::new(), Vec::new()]);
        if let Some(text) = format.text() {
            text.field(&mut middle, Column::Permission, permission);
            text.field(&mut middle, Column::Reach, reach);
            for (whole, decision) in whole.iter_mut().zip(DECISIONS) {
                whole.extend_from_slice(&middle);
                text.finish(whole, decision, terms);
            }
        }
        let [permission, reach, terms] = [permission, reach, terms].map(str::to_owned);
        Self {
            permission,
            reach,
            terms,
            whole,
            middle,
        }
    }

    pub(super) fn text(&self, allowed: bool) -> &[u8] {
        &self.whole[usize::from(!allowed)]
    }

    /// The ending of a row that depends also on what may prohibit it.
    pub(super) fn depending(&self, out: &mut Vec<u8>, text: Text, condition: &str) {
        out.extend_from_slice(&self.middle);
        text.finish(out, DECISIONS[1], condition);
    }

    /// As cells: permission, reach, decision and condition.
    pub(super) fn cells(&self, allowed: bool) -> [&str; 4] {
        let decision = DECISIONS[usize::from(!allowed)];
        [&self.permission, &self.reach, decision, &self.terms]
    }

    /// The cells of a row that depends also on what may prohibit it.
    pub(super) fn depending_cells<'c>(&'c self, condition: &'c str) -> [&'c str; 4] {
        [&self.permission, &self.reach, DECISIONS[1], condition]
    }
}

fn csv(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(bytes);
        return;
    }
    out.push(b'"');
    for part in bytes.split_inclusive(|&byte| byte == b'"') {
        out.extend_from_slice(part);
        if part.ends_with(b"\"") {
            out.push(b'"');
        }
    }
    out.push(b'"');
}

fn json(out: &mut Vec<u8>, text: &str) {
    let before = out.len();
    if text.serialize(&mut serde_json::Serializer::new(&mut *out)).is_err() {
        out.truncate(before);
        out.extend_from_slice(b"null");
    }
}
