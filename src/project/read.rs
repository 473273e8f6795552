//! One file to one text.

use super::shown;
use crate::diagnostic::{Diagnostic, Found};
use crate::source::{FileId, Sources, Span};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// Reads a file under the name that the user knows it by. `None` if there is no text at all.
pub(super) fn file(path: &Path, sources: &mut Sources, found: &mut Found) -> Option<FileId> {
    let bytes = match bytes(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            found.push(unreadable(path, &error));
            return None;
        }
    };
    text(path, bytes, sources, found)
}

/// Makes a text of the bytes of a file. `None` if there are too many.
pub(super) fn text(path: &Path, bytes: Vec<u8>, sources: &mut Sources, found: &mut Found) -> Option<FileId> {
    if bytes.len() > Sources::MAX_BYTES {
        found.push(too_large(path));
        return None;
    }
    match String::from_utf8(bytes) {
        // A byte order mark is no part of the text: columns and shown lines would count it.
        Ok(text) => Some(sources.add(shown(path), text.strip_prefix('\u{feff}').unwrap_or(&text))),
        Err(error) => Some(not_utf8(path, &error, sources, found)),
    }
}

/// All bytes, or one more than are allowed.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    all(File::open(path)?)
}

/// The same of anything that can be read.
pub(super) fn all(from: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = Sources::MAX_BYTES as u64 + 1;
    from.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A file or folder that the system does not let us read.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    let diagnostic =
        |why: &str| Diagnostic::error("project/unreadable", format!("`{}` cannot be read: {why}", shown(path)));
    match error.kind() {
        io::ErrorKind::PermissionDenied => diagnostic("permission is denied"),
        io::ErrorKind::NotFound => diagnostic("what it links to does not exist"),
        io::ErrorKind::IsADirectory => diagnostic("it is a folder").help("name a file"),
        _ => diagnostic(&error.to_string()),
    }
}

pub(super) fn too_large(path: &Path) -> Diagnostic {
    let limit = Sources::MAX_BYTES >> 20;
    Diagnostic::error(
        "project/too-large",
        format!("`{}` is larger than {limit} MiB", shown(path)),
    )
    .help("split it into several files")
}

/// Keeps what can be read, so that the rest of the file is checked all the same.
fn not_utf8(path: &Path, error: &std::string::FromUtf8Error, sources: &mut Sources, found: &mut Found) -> FileId {
    let at = error.utf8_error().valid_up_to();
    let bad = error.as_bytes().get(at).copied().unwrap_or(0);
    let name = shown(path);
    let file = sources.add(name.as_str(), error.as_bytes().utf8_chunks().fold(String::new(), lossy));
    let label = Span::new(file, at, at + char::REPLACEMENT_CHARACTER.len_utf8());
    let help = match error.as_bytes() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "this looks like UTF-16; save the file as UTF-8",
        _ => "save the file as UTF-8",
    };
    found.push(
        Diagnostic::error(
            "project/not-utf8",
            format!("`{name}` is not UTF-8: the byte 0x{bad:02X} fits nowhere"),
        )
        .at(label, format!("byte 0x{bad:02X}"))
        .help(help),
    );
    file
}

fn lossy(mut text: String, chunk: std::str::Utf8Chunk<'_>) -> String {
    text.push_str(chunk.valid());
    if !chunk.invalid().is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}
