//! A file that is whole or not there: rows go to `FILE.partial`, which takes the name of the file at the end. For Parquet,
//! of which nothing can be read before its end is written, they go to `FILE.parts`, of which `FILE.partial` is made.
//!
//! `FILE.journal` tells how far it is: what the rows are made from (a [`Stamp`]), then a line for each account that stands
//! complete, with how many bytes there are after it. Work that was broken off goes on behind the last of these lines.
//! What is no ordinary file, such as `/dev/stdout` or a named pipe, is written to directly.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::groups::join;
use super::{Format, Rows};

/// A number that stands for texts, the same in every version of the program (FNV-1a).
pub fn fingerprint<'t>(texts: impl Iterator<Item = &'t str>) -> u64 {
    let bytes = texts.flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// What rows are made from: inputs, choices and the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// A number that stands for policy, facts and choices.
    pub inputs: u64,
    /// The moment, in seconds since 1970.
    pub now: i64,
}

/// What stands in the first line of a journal before the stamp.
const TITLE: &str = "rolebook audit 1";

/// Why work cannot go on.
#[derive(Debug)]
pub enum Refused {
    /// Reading or writing failed.
    Io(io::Error),
    /// The journal is of other inputs or choices, or none of this version.
    Foreign,
    /// What the file is called is no ordinary file, so there is nothing to go on from.
    Special,
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A file on its way.
pub struct Output {
    path: PathBuf,
    /// `None` for what is written to directly.
    journal: Option<Arc<File>>,
    format: Format,
    file: File,
    rows: Rows,
    done: Vec<String>,
    /// What is complete and not yet in the journal.
    open: Vec<String>,
}

/// The moment of the work that was broken off, if there is one.
#[must_use]
pub fn moment(path: &Path) -> Option<i64> {
    let mut first = String::new();
    let journal = File::open(beside(path, ".journal")).ok()?;
    BufReader::new(journal).read_line(&mut first).ok()?;
    stamp(&first).map(|stamp| stamp.now)
}

impl Output {
    /// Starts a file, or goes on with it.
    ///
    /// # Errors
    ///
    /// If a file cannot be opened, or if what is there is not of this stamp.
    pub fn open(path: &Path, format: Format, stamp: Stamp, resume: bool) -> Result<Self, Refused> {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        if path.is_dir() {
            return Err(Refused::Io(io::ErrorKind::IsADirectory.into()));
        }
        if path.exists() && !path.is_file() {
            return Self::directly(path, format, resume);
        }
        match resume && beside(&path, ".journal").exists() {
            true => Self::resume(path, format, stamp),
            false => Self::start(path, format, stamp),
        }
    }

    fn directly(path: PathBuf, format: Format, resume: bool) -> Result<Self, Refused> {
        if resume {
            return Err(Refused::Special);
        }
        let file = OpenOptions::new().write(true).open(&path)?;
        Ok(Self {
            rows: Rows::new(format, file.try_clone()?)?,
            path,
            journal: None,
            format,
            file,
            done: Vec::new(),
            open: Vec::new(),
        })
    }

    /// Goes on behind what is complete, with how many bytes there are after each.
    fn after(path: PathBuf, format: Format, journal: File, file: File, done: Vec<(u64, String)>) -> io::Result<Self> {
        let len = done.last().map_or(0, |(len, _)| *len);
        Ok(Self {
            rows: Rows::parts(format, file.try_clone()?, len)?,
            path,
            journal: Some(Arc::new(journal)),
            format,
            file,
            done: done.into_iter().map(|(_, name)| name).collect(),
            open: Vec::new(),
        })
    }

    fn start(path: PathBuf, format: Format, stamp: Stamp) -> Result<Self, Refused> {
        let mut journal = File::create(beside(&path, ".journal"))?;
        let file = File::create(beside(&path, format.parts()))?;
        writeln!(journal, "{TITLE} {:016x} {}", stamp.inputs, stamp.now)?;
        Ok(Self::after(path, format, journal, file, Vec::new())?)
    }

    fn resume(path: PathBuf, format: Format, wanted: Stamp) -> Result<Self, Refused> {
        let text = fs::read_to_string(beside(&path, ".journal"))?;
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        if stamp(first) != Some(wanted) {
            return Err(Refused::Foreign);
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(beside(&path, format.parts()))?;
        let (kept, done) = complete(rest, file.metadata()?.len());
        file.set_len(done.last().map_or(0, |(len, _)| *len))?;
        file.seek(io::SeekFrom::End(0))?;
        let mut journal = OpenOptions::new().write(true).open(beside(&path, ".journal"))?;
        journal.set_len((first.len() + 1 + kept) as u64)?;
        journal.seek(io::SeekFrom::End(0))?;
        Ok(Self::after(path, format, journal, file, done)?)
    }

    /// What stands complete from before.
    #[must_use]
    pub fn done(&self) -> &[String] {
        &self.done
    }

    /// Where rows go.
    pub const fn rows(&mut self) -> &mut Rows {
        &mut self.rows
    }

    /// Notes that all rows of an account have come.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn complete(&mut self, name: &str) -> io::Result<()> {
        if self.journal.is_none() {
            return Ok(());
        }
        self.open.push(name.to_owned());
        if self.rows.is_ripe() { self.note() } else { Ok(()) }
    }

    /// Notes what is complete behind the bytes of it, so that the journal never tells of more than there is.
    fn note(&mut self) -> io::Result<()> {
        let Some(journal) = self.journal.clone() else {
            return Ok(());
        };
        let open = std::mem::take(&mut self.open);
        self.rows.then(move |bytes| {
            let lines = open.iter().map(|name| format!("{bytes} {}\n", escaped(name)));
            (&*journal).write_all(lines.collect::<String>().as_bytes())
        })
    }

    /// Gives the file its name.
    ///
    /// # Errors
    ///
    /// Those of writing and renaming.
    pub fn finish(mut self) -> io::Result<()> {
        self.note()?;
        let Self {
            path,
            format,
            file,
            rows,
            journal,
            ..
        } = self;
        rows.finish()?;
        if journal.is_none() {
            return Ok(());
        }
        let (parts, partial) = (beside(&path, format.parts()), beside(&path, ".partial"));
        if parts == partial {
            file.sync_all()?;
        } else {
            let whole = File::create(&partial)?;
            join(BufReader::new(File::open(&parts)?), &whole)?;
            whole.sync_all()?;
        }
        fs::rename(&partial, &path)?;
        if parts != partial {
            fs::remove_file(parts)?;
        }
        fs::remove_file(beside(&path, ".journal"))
    }

    /// The file from which work that breaks off can go on, if there is one.
    #[must_use]
    pub fn kept(&self) -> Option<PathBuf> {
        self.journal.as_ref().map(|_| beside(&self.path, self.format.parts()))
    }
}

/// The complete lines of a journal for which there are bytes enough: how long they are, and each with its bytes.
fn complete(text: &str, bytes: u64) -> (usize, Vec<(u64, String)>) {
    let (mut kept, mut done): (usize, Vec<(u64, String)>) = (0, Vec::new());
    for line in text.split_inclusive('\n') {
        let parsed = line.strip_suffix('\n').and_then(|line| line.split_once(' '));
        let parsed = parsed.and_then(|(len, name)| Some((len.parse().ok()?, serde_json::from_str(name).ok()?)));
        let least = done.last().map_or(0, |(len, _)| *len);
        match parsed {
            Some((len, name)) if (least..=bytes).contains(&len) => done.push((len, name)),
            _ => break,
        }
        kept += line.len();
    }
    (kept, done)
}

fn stamp(line: &str) -> Option<Stamp> {
    let (inputs, now) = line.trim_end().strip_prefix(TITLE)?.trim_start().split_once(' ')?;
    Some(Stamp {
        inputs: u64::from_str_radix(inputs, 16).ok()?,
        now: now.parse().ok()?,
    })
}

fn escaped(name: &str) -> String {
    serde_json::Value::from(name).to_string()
}

/// The path with an ending more.
#[must_use]
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
