//! Snapshots as files: written beside and renamed when they are whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use super::read::unreadable;
use super::{shown, unwritable};
use crate::audit::file::beside;
use crate::diagnostic::Found;
use crate::snapshot::{self, Snapshot};

/// The snapshot at a path; `None` if it is not one, or cannot be used.
pub fn snapshot(path: &Path, found: &mut Found) -> Option<Snapshot> {
    let file = File::open(path).map_err(|error| unreadable(path, &error));
    let snapshot = file.and_then(|file| {
        snapshot::open(file).map_err(|mut fault| {
            fault.message = format!("`{}`: {}", shown(path), fault.message);
            fault
        })
    });
    snapshot.map_err(|fault| found.push(fault)).ok()
}

/// True if a file begins as snapshots do.
#[must_use]
pub fn is_snapshot(path: &Path) -> bool {
    let mut start = [0; 8];
    let mut read = || File::open(path)?.read_exact(&mut start);
    path.is_file() && read().is_ok() && snapshot::is_snapshot(&start)
}

/// Writes a file that is whole or not there; what is no ordinary file is written to directly.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>, found: &mut Found) {
    let beside = beside(path, ".partial");
    let written = written(path, &beside, write);
    if let Err(error) = written {
        // What was begun is of no use to anybody.
        let _ = fs::remove_file(&beside);
        found.push(unwritable(path, &error));
    }
}

fn written(path: &Path, beside: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if path.exists() && !path.is_file() {
        // A pipe or a device: its name is not to be taken from it.
        return write(&mut OpenOptions::new().write(true).open(path)?);
    }
    let mut file = File::create(beside)?;
    write(&mut file)?;
    file.sync_all()?;
    fs::rename(beside, path)
}
