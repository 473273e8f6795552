//! A policy with its organisation in one file, opened again in a fraction of the time that reading tables takes.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `ROLEBOOK` |
//! | 4 | [`VERSION`], little-endian like all numbers here |
//! | 4 × (8 + 8) | of each part: how many bytes, and their checksum (XXH3, 64 bits) |
//! | … | the parts, in the [postcard] encoding, long lists in blocks of numbers (`packed`) |
//!
//! The parts are policy and organisation, of that its users and its holdings, and its [`Index`]. They are checked and read
//! side by side.
//!
//! The policy is kept as its text and compiled again, which takes milliseconds; the organisation as it stands in memory,
//! where what it says of types, roles and attributes is numbers. So the contents also tell by which numbers they go
//! ([`numbering`]): where the policy compiles to others, the file is of another version.
//!
//! The checksum finds damage, not malice: who can write the file can write the policy.
//!
//! [postcard]: https://postcard.jamesmunns.com

use std::collections::HashMap;
use std::fmt::Write as _;

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
pub const VERSION: u32 = 4;

const MAGIC: [u8; 8] = *b"ROLEBOOK";
const PARTS: usize = 4;
const HEADER: usize = 12 + PARTS * 16;

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

/// A snapshot as bytes.
///
/// # Errors
///
/// If something cannot be encoded, which no organisation that was read is known to cause.
pub fn save(policy: &[FileId], sources: &Sources, model: &Model, org: &Org<'_>) -> Result<Vec<u8>, Diagnostic> {
    let contents = Contents {
        policy,
        sources,
        numbering: numbering(model),
        facts: org.facts,
        values: SharedValues::of(org.facts),
    };
    let mut file = Unfinished {
        bytes: vec![0; HEADER],
        header: MAGIC.into_iter().chain(VERSION.to_le_bytes()).collect(),
    };
    file.part(&contents)?;
    file.part(&Users(&org.facts.users))?;
    file.part(&Holdings::of(&org.facts.holdings))?;
    file.part(org.index())?;
    file.bytes[..HEADER].copy_from_slice(&file.header);
    Ok(file.bytes)
}

/// A snapshot whose header is not written yet.
struct Unfinished {
    bytes: Vec<u8>,
    header: Vec<u8>,
}

impl Unfinished {
    fn part(&mut self, contents: &impl Serialize) -> Result<(), Diagnostic> {
        let before = self.bytes.len();
        self.bytes = encode(contents, std::mem::take(&mut self.bytes))?;
        let part = &self.bytes[before..];
        let numbers = [part.len() as u64, xxh3_64(part)];
        self.header.extend(numbers.into_iter().flat_map(u64::to_le_bytes));
        Ok(())
    }
}

fn encode(contents: &impl Serialize, before: Vec<u8>) -> Result<Vec<u8>, Diagnostic> {
    postcard::to_extend(contents, before)
        .map_err(|error| Diagnostic::error("snapshot/unsaved", format!("the snapshot cannot be made: {error}")))
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
/// If the bytes are no snapshot, one of another version, or damaged.
pub fn open(bytes: &[u8]) -> Result<Snapshot, Diagnostic> {
    if !is_snapshot(bytes) {
        let fault = Diagnostic::error("snapshot/foreign", "this is no snapshot");
        return Err(fault.help("snapshots are made by `rolebook snapshot`"));
    }
    let version = bytes
        .get(8..12)
        .and_then(|four| four.try_into().ok())
        .map(u32::from_le_bytes);
    let version = version.ok_or_else(damaged)?;
    if version != VERSION {
        return Err(other_version(&format!("it is of version {version}, not {VERSION}")));
    }
    let parts = parts(bytes).ok_or_else(damaged)?;
    decoded(parts).ok_or_else(damaged)
}

/// A part with its checksum.
type Part<'b> = (&'b [u8], u64);

/// The parts, if they are as long as the header says.
fn parts(bytes: &[u8]) -> Option<[Part<'_>; PARTS]> {
    let number = |from: usize| bytes.get(from..from + 8)?.try_into().ok().map(u64::from_le_bytes);
    let mut rest = bytes.get(HEADER..)?;
    let mut parts: [Part<'_>; PARTS] = [(&[], 0); PARTS];
    for (ix, part) in parts.iter_mut().enumerate() {
        let len = usize::try_from(number(12 + ix * 16)?).ok()?;
        (part.0, rest) = rest.split_at_checked(len)?;
        part.1 = number(20 + ix * 16)?;
    }
    rest.is_empty().then_some(parts)
}

/// All parts, read on two processors if there are.
fn decoded([contents, users, holdings, index]: [Part<'_>; PARTS]) -> Option<Snapshot> {
    let ((snapshot, holdings), (index, users)) = rayon::join(
        || {
            rayon::join(
                || part::<Snapshot>(contents),
                || part::<ReadHoldings>(holdings)?.whole(),
            )
        },
        || rayon::join(|| part::<Index>(index), || part::<ReadUsers>(users)),
    );
    let mut snapshot = snapshot?;
    snapshot.facts.holdings = holdings?;
    snapshot.facts.users = users?.0;
    snapshot.index = Some(index?);
    Some(snapshot)
}

/// A part, if it is what was written.
fn part<'p, T: Deserialize<'p>>((bytes, checksum): Part<'p>) -> Option<T> {
    let whole = xxh3_64(bytes) == checksum;
    whole.then(|| postcard::from_bytes(bytes).ok()).flatten()
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

fn other_version(how: &str) -> Diagnostic {
    let fault = Diagnostic::error("snapshot/version", format!("this snapshot cannot be used: {how}"));
    fault.help("make it again with `rolebook snapshot`")
}
