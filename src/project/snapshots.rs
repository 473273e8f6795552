//! Snapshots as files: read at once, written beside and renamed when they are whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use rayon::prelude::*;

use super::read::unreadable;
use super::{shown, unwritable};
use crate::audit::file::beside;
use crate::diagnostic::Found;
use crate::snapshot::{self, Snapshot};

/// The snapshot at a path; `None` if it is not one, or cannot be used.
pub fn snapshot(path: &Path, found: &mut Found) -> Option<Snapshot> {
    let bytes = read(path).map_err(|error| unreadable(path, &error));
    let snapshot = bytes.and_then(|bytes| {
        snapshot::open(&bytes).map_err(|mut fault| {
            fault.message = format!("`{}`: {}", shown(path), fault.message);
            fault
        })
    });
    snapshot.map_err(|fault| found.push(fault)).ok()
}

/// So many bytes are read in one go.
const STRETCH: usize = 1 << 24;

/// A whole file, on all processors: of a large one the system takes as long to make room as to copy. What changes
/// meanwhile is found by the checksum.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let len = usize::try_from(fs::metadata(path)?.len()).map_err(io::Error::other)?;
    let mut bytes = vec![0; len];
    let stretches = bytes.par_chunks_mut(STRETCH).enumerate();
    stretches.try_for_each(|(nth, stretch)| {
        let mut file = File::open(path)?;
        file.seek(io::SeekFrom::Start((nth * STRETCH) as u64))?;
        file.read_exact(stretch)
    })?;
    Ok(bytes)
}

/// True if a file begins as snapshots do.
#[must_use]
pub fn is_snapshot(path: &Path) -> bool {
    let mut start = [0; 8];
    let mut read = || File::open(path)?.read_exact(&mut start);
    path.is_file() && read().is_ok() && snapshot::is_snapshot(&start)
}

/// Writes a file that is whole or not there; what is no ordinary file is written to directly.
pub fn write_whole(path: &Path, bytes: &[u8], found: &mut Found) {
    let beside = beside(path, ".partial");
    let written = written(path, &beside, bytes);
    if let Err(error) = written {
        // What was begun is of no use to anybody.
        let _ = fs::remove_file(&beside);
        found.push(unwritable(path, &error));
    }
}

fn written(path: &Path, beside: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if path.exists() && !path.is_file() {
        // A pipe or a device: its name is not to be taken from it.
        return OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let mut file = File::create(beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(beside, path)
}
