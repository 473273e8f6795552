//! A policy with its organisation in one file, opened again in a fraction of the time that reading tables takes.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `ROLEBOOK` |
//! | 4 | [`VERSION`], little-endian like all numbers here |
//! | … | four parts, in the [postcard] encoding, long lists in blocks of numbers (`packed`), cut into frames with checksums |
//! | 4 × 8 | how many bytes each part takes |
//! | 8 | the checksum of these (XXH3) |
//!
//! The parts are policy and organisation, of that its users and its holdings, and its [`Index`]. They are read side by
//! side, a frame at a time, so that opening a file takes no more memory than what is in it.
//!
//! The policy is kept as its text and compiled again, which takes milliseconds; the organisation as it stands in memory,
//! where what it says of types, roles and attributes is numbers. So the contents also tell by which numbers they go
//! ([`numbering`]): where the policy compiles to others, the file is of another version.
//!
//! Checksums find damage, not malice: who can write the file can write the policy.
//!
//! [postcard]: https://postcard.jamesmunns.com

mod frames;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::Mutex;

use postcard::Deserializer;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::diagnostic::Diagnostic;
use crate::eval::org::{Index, Org};
use crate::facts::kept::{Holdings, ReadHoldings, ReadUsers, Users};
use crate::facts::{Facts, Values};
use crate::model::Model;
use crate::model::value::Value;
use crate::packed;
use crate::source::{FileId, Sources};

/// The version of the format: files of any other are refused.
pub const VERSION: u32 = 6;

const MAGIC: [u8; 8] = *b"ROLEBOOK";
const PARTS: usize = 4;
/// Bytes before the parts.
const START: u64 = 12;
/// Bytes behind them.
const END: u64 = (PARTS as u64 + 1) * 8;

/// What is written.
#[derive(Serialize)]
struct Contents<'c> {
    policy: &'c [FileId],
    sources: &'c Sources,
    numbering: u64,
    facts: &'c Facts,
    values: SharedValues,
}

/// A snapshot whose policy is not compiled yet.
#[derive(Debug, Deserialize)]
pub struct Snapshot {
    /// The files of the policy.
    pub policy: Vec<FileId>,
    /// All texts, with the numbers under which spans know them.
    pub sources: Sources,
    numbering: u64,
    facts: Facts,
    values: SharedValues,
    #[serde(skip)]
    index: Option<Index>,
}

/// The values of nodes and users, each list once: most have what their type has by default.
#[derive(Debug, Default, Serialize, Deserialize)]
struct SharedValues {
    lists: Vec<Vec<Value>>,
    #[serde(with = "packed")]
    of_nodes: Vec<u32>,
    #[serde(with = "packed")]
    of_users: Vec<u32>,
}

/// Writes a snapshot.
///
/// # Errors
///
/// If it cannot be written, or something cannot be encoded, which no organisation that was read is known to cause.
pub fn save(policy: &[FileId], sources: &Sources, model: &Model, org: &Org<'_>, to: &mut impl Write) -> io::Result<()> {
    let contents = Contents {
        policy,
        sources,
        numbering: numbering(model),
        facts: &org.facts,
        values: SharedValues::of(&org.facts),
    };
    to.write_all(&MAGIC)?;
    to.write_all(&VERSION.to_le_bytes())?;
    let lens = [
        write(&contents, to)?,
        write(&Users(&org.facts.users), to)?,
        write(&Holdings::of(&org.facts.holdings), to)?,
        write(org.index(), to)?,
    ];
    let lens = lens.map(u64::to_le_bytes);
    to.write_all(lens.as_flattened())?;
    to.write_all(&xxh3_64(lens.as_flattened()).to_le_bytes())
}

/// Writes a part and tells how many bytes it takes.
fn write(contents: &impl Serialize, to: &mut impl Write) -> io::Result<u64> {
    let mut frames = frames::Writer::new(to);
    match postcard::to_io(contents, &mut frames) {
        Ok(_) => frames.finish(),
        Err(error) => Err(frames.fault.unwrap_or_else(|| io::Error::other(error))),
    }
}

/// True if bytes begin as a snapshot does.
#[must_use]
pub fn is_snapshot(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// Reads a snapshot.
///
/// # Errors
///
/// If the file is no snapshot, one of another version, or damaged, or if it cannot be read.
pub fn open(mut file: impl Read + Seek + Send) -> Result<Snapshot, Diagnostic> {
    let mut start = Vec::new();
    let read = (&mut file).take(START).read_to_end(&mut start);
    read.map_err(|error| unreadable(&error))?;
    if !is_snapshot(&start) {
        let fault = Diagnostic::error("snapshot/foreign", "this is no snapshot");
        return Err(fault.help("snapshots are made by `rolebook snapshot`"));
    }
    let version = start[MAGIC.len()..].try_into().map(u32::from_le_bytes);
    let version = version.map_err(|_| damaged())?;
    if version != VERSION {
        return Err(other_version(&format!("it is of version {version}, not {VERSION}")));
    }
    let parts = parts(&mut file).map_err(|error| unreadable(&error))?;
    decoded(&Mutex::new(file), parts.ok_or_else(damaged)?)
}

/// Where the parts are; `None` if the file is not as long as it says.
fn parts(file: &mut (impl Read + Seek)) -> io::Result<Option<[Range<u64>; PARTS]>> {
    let Some(end) = file
        .seek(SeekFrom::End(0))?
        .checked_sub(END)
        .filter(|&end| end >= START)
    else {
        return Ok(None);
    };
    let mut numbers = [[0; 8]; PARTS + 1];
    file.seek(SeekFrom::Start(end))?;
    file.read_exact(numbers.as_flattened_mut())?;
    let [lens @ .., checksum] = numbers;
    let whole = xxh3_64(lens.as_flattened()) == u64::from_le_bytes(checksum);
    let mut next = Some(START);
    let parts = lens.map(|len| {
        let start = next.unwrap_or(end);
        next = start.checked_add(u64::from_le_bytes(len));
        start..next.unwrap_or(end)
    });
    Ok((whole && next == Some(end)).then_some(parts))
}

/// All parts, read on two processors if there are.
fn decoded(file: &Mutex<impl Read + Seek + Send>, parts: [Range<u64>; PARTS]) -> Result<Snapshot, Diagnostic> {
    let [contents, users, holdings, index] = parts;
    let ((snapshot, holdings), (index, users)) = rayon::join(
        || {
            rayon::join(
                || part::<Snapshot>(file, contents),
                || part::<ReadHoldings>(file, holdings)?.whole().ok_or_else(damaged),
            )
        },
        || rayon::join(|| part::<Index>(file, index), || part::<ReadUsers>(file, users)),
    );
    let mut snapshot = snapshot?;
    snapshot.facts.holdings = holdings?;
    snapshot.facts.users = users?.0;
    snapshot.index = Some(index?);
    Ok(snapshot)
}

/// A part, if it is what was written.
fn part<T: DeserializeOwned>(file: &Mutex<impl Read + Seek>, part: Range<u64>) -> Result<T, Diagnostic> {
    let mut deserializer = Deserializer::from_flavor(frames::Reader::new(file, part));
    let read = T::deserialize(&mut deserializer);
    let rest = deserializer.finalize().map_err(|_| damaged())?;
    match (read, &rest.fault) {
        (_, Some(fault)) => Err(unreadable(fault)),
        (Ok(read), _) if rest.is_at_end() => Ok(read),
        _ => Err(damaged()),
    }
}

impl Snapshot {
    /// The organisation and its index ([`Org::with`]), for the policy that was compiled from the snapshot's own
    /// files.
    ///
    /// # Errors
    ///
    /// If the policy compiles to other numbers than those by which the organisation was written.
    pub fn organisation(self, model: &Model) -> Result<(Facts, Index), Diagnostic> {
        if self.numbering != numbering(model) {
            return Err(other_version(
                "this version of the program numbers its policy otherwise",
            ));
        }
        let mut facts = self.facts;
        facts.pool.index();
        self.values.share(&mut facts).ok_or_else(damaged)?;
        Ok((facts, self.index.ok_or_else(damaged)?))
    }
}

impl SharedValues {
    fn of(facts: &Facts) -> Self {
        let mut shared = Self::default();
        let mut known: HashMap<Vec<Value>, u32> = HashMap::new();
        let mut number = |values: &Values| {
            if let Some(&known) = known.get(&values[..]) {
                return known;
            }
            let next = u32::try_from(shared.lists.len()).unwrap_or(u32::MAX);
            shared.lists.push(values.to_vec());
            known.insert(values.to_vec(), next);
            next
        };
        let of_nodes = facts.nodes.iter().map(|node| number(&node.values)).collect();
        let of_users = facts.users.iter().map(|user| number(&user.values)).collect();
        (shared.of_nodes, shared.of_users) = (of_nodes, of_users);
        shared
    }

    /// Puts the values back; `None` if there are too few.
    fn share(self, facts: &mut Facts) -> Option<()> {
        let lists: Vec<Values> = self.lists.into_iter().map(Values::from).collect();
        let of = |number: u32| lists.get(number as usize).cloned();
        let whole = (self.of_nodes.len(), self.of_users.len()) == (facts.nodes.len(), facts.users.len());
        let (mut nodes, mut users) = (
            facts.nodes.iter_mut().zip(self.of_nodes),
            facts.users.iter_mut().zip(self.of_users),
        );
        let (nodes, users) = rayon::join(
            || nodes.try_for_each(|(node, number)| of(number).map(|values| node.values = values)),
            || users.try_for_each(|(user, number)| of(number).map(|values| user.values = values)),
        );
        whole.then_some(nodes.and(users)?)
    }
}

/// A number that stands for all numbers that facts take from a policy: types with their attributes, roles, enumerations,
/// names of attributes, permissions, texts.
fn numbering(model: &Model) -> u64 {
    let mut all = String::new();
    for ty in &model.types {
        let attributes = ty.attributes.iter().map(|attribute| (&attribute.name, attribute.ty));
        let _ = writeln!(all, "type {} {:?}", ty.name, attributes.collect::<Vec<_>>());
    }
    for role in &model.roles {
        let _ = writeln!(all, "role {} {:?}", role.name, role.ty);
    }
    for (_, permission) in model.permissions.iter() {
        let _ = writeln!(all, "permission {permission:?}");
    }
    let context = model.context.iter().map(|attribute| (&attribute.name, attribute.ty));
    let context: Vec<_> = context.collect();
    let _ = writeln!(
        all,
        "{:?} {:?} {:?} {context:?}",
        model.enums,
        model.attr_names,
        model.pool.strings()
    );
    xxh3_64(all.as_bytes())
}

fn damaged() -> Diagnostic {
    let fault = Diagnostic::error("snapshot/damaged", "this snapshot is damaged or cut short");
    fault.help("make it again with `rolebook snapshot`")
}

fn unreadable(error: &io::Error) -> Diagnostic {
    Diagnostic::error("snapshot/unreadable", format!("this snapshot cannot be read: {error}"))
}

fn other_version(how: &str) -> Diagnostic {
    let fault = Diagnostic::error("snapshot/version", format!("this snapshot cannot be used: {how}"));
    fault.help("make it again with `rolebook snapshot`")
}
