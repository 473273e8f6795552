//! A folder of tables as an organisation: which files are tables, and how each is opened.

use super::{extension, not_found, shown};
use crate::diagnostic::{Diagnostic, Found};
use crate::facts::tables::{Format, Input, Kind};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The tables of a folder.
pub struct Tables {
    /// Each table.
    pub inputs: Vec<Input<'static>>,
    /// How many bytes they have together.
    pub bytes: u64,
    /// How many bytes were read so far.
    pub read: Arc<AtomicU64>,
}

/// The tables in a folder, each kind once or in several files of the two formats.
pub fn tables(folder: &Path, found: &mut Found) -> Option<Tables> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        found.push(not_found(folder));
        return None;
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut tables = Tables {
        inputs: Vec::new(),
        bytes: 0,
        read: Arc::default(),
    };
    for path in paths {
        if let Some(format) = format(&path) {
            tables.add(&path, format, found);
        }
    }
    if tables.inputs.is_empty() {
        let message = format!("there are no tables in `{}`", shown(folder));
        found.push(Diagnostic::error("tables/none", message).help(format!("tables are called {}", names())));
        return None;
    }
    Some(tables)
}

impl Tables {
    fn add(&mut self, path: &Path, format: Format, found: &mut Found) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == stem) else {
            let fault = Diagnostic::error(
                "tables/unknown-table",
                format!("`{}` is no table that is known", shown(path)),
            );
            let near = fault.did_you_mean(&stem, Kind::ALL.iter().map(|kind| kind.name()));
            let help = near.help.is_none().then(|| format!("tables are called {}", names()));
            found.push(match help {
                Some(help) => near.help(help),
                None => near,
            });
            return;
        };
        self.bytes += std::fs::metadata(path).map_or(0, |it| it.len());
        let (path, read) = (path.to_owned(), Arc::clone(&self.read));
        self.inputs.push(Input {
            name: shown(&path),
            kind,
            format,
            open: Box::new(move || {
                let file = File::open(&path)?;
                let read = Arc::clone(&read);
                Ok(Box::new(Counted { file, read }))
            }),
        });
    }
}

fn format(path: &Path) -> Option<Format> {
    match extension(path) {
        "csv" => Some(Format::Csv),
        "jsonl" => Some(Format::JsonLines),
        _ => None,
    }
}

/// "nodes.csv, users.csv …"
fn names() -> String {
    let names: Vec<String> = Kind::ALL.iter().map(|kind| format!("`{}`", kind.name())).collect();
    format!("{}, with the ending `.csv` or `.jsonl`", names.join(", "))
}

/// A file whose bytes are counted as they are read.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
