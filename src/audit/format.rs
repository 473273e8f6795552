//! Fields of a row as CSV or JSON Lines, escaped once and copied into every row that has them.
//!
//! A row is what stands before it ([`Format::field`] of account, user, place and reason) and an ending that is the same
//! wherever its line is written.

use serde::Serialize as _;

/// The columns, in order: what a holding has in all its rows stands first.
const COLUMNS: [&str; 8] = [
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
}

impl Format {
    /// What stands above all rows.
    #[must_use]
    pub fn heading(self) -> String {
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

    /// What ends a row.
    pub(super) const fn end(self) -> &'static [u8] {
        match self {
            Self::Csv => b"\n",
            Self::Jsonl => b"}\n",
        }
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
