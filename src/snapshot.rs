//! A policy with its organisation in one file, opened again in a fraction of the time that reading tables takes.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `ROLEBOOK` |
//! | 4 | [`VERSION`], little-endian like all numbers here |
//! | 8 | how many bytes follow the header |
//! | 8 | their checksum (XXH3, 64 bits) |
//! | 8 | how many of the bytes are the first part |
//! | … | policy and organisation, in the [postcard] encoding |
//! | … | its [`Index`], the same |
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
use crate::facts::{Facts, Values};
use crate::model::Model;
use crate::model::value::Value;
use crate::source::{FileId, Sources};

/// The version of the format: files of any other are refused.
pub const VERSION: u32 = 2;

const MAGIC: [u8; 8] = *b"ROLEBOOK";
const HEADER: usize = 28;
/// Of the first part's length, which counts to the contents.
const LENGTH: usize = 8;

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
    of_nodes: Vec<u32>,
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
    let mut bytes = encode(&contents, vec![0; HEADER + LENGTH])?;
    let first = (bytes.len() - HEADER - LENGTH) as u64;
    bytes[HEADER..HEADER + LENGTH].copy_from_slice(&first.to_le_bytes());
    let mut bytes = encode(org.index(), bytes)?;
    let (header, contents) = bytes.split_at_mut(HEADER);
    let parts: [&[u8]; 4] = [
        &MAGIC,
        &VERSION.to_le_bytes(),
        &(contents.len() as u64).to_le_bytes(),
        &xxh3_64(contents).to_le_bytes(),
    ];
    header.copy_from_slice(&parts.concat());
    Ok(bytes)
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
    let number = |from: usize| bytes.get(from..from + 8)?.try_into().ok().map(u64::from_le_bytes);
    let version = bytes
        .get(8..12)
        .and_then(|four| four.try_into().ok())
        .map(u32::from_le_bytes);
    let version = version.ok_or_else(damaged)?;
    if version != VERSION {
        return Err(other_version(&format!("it is of version {version}, not {VERSION}")));
    }
    let (length, checksum) = (number(12).ok_or_else(damaged)?, number(20).ok_or_else(damaged)?);
    let contents = bytes.get(HEADER..).ok_or_else(damaged)?;
    if contents.len() as u64 != length || xxh3_64(contents) != checksum {
        return Err(damaged());
    }
    let (first, parts) = contents.split_first_chunk::<LENGTH>().ok_or_else(damaged)?;
    let first = usize::try_from(u64::from_le_bytes(*first)).map_err(|_| damaged())?;
    let (first, second) = parts.split_at_checked(first).ok_or_else(damaged)?;
    decode(first, second).map_err(|_| damaged())
}

/// Both parts at once.
fn decode(first: &[u8], second: &[u8]) -> postcard::Result<Snapshot> {
    let (snapshot, index) = rayon::join(
        || postcard::from_bytes::<Snapshot>(first),
        || postcard::from_bytes::<Index>(second),
    );
    Ok(Snapshot {
        index: Some(index?),
        ..snapshot?
    })
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
        for (node, number) in facts.nodes.iter_mut().zip(self.of_nodes) {
            node.values = of(number)?;
        }
        for (user, number) in facts.users.iter_mut().zip(self.of_users) {
            user.values = of(number)?;
        }
        whole.then_some(())
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
