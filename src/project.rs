//! Files: the only module that reads and writes them.
//!
//! A policy is a folder: all `.roles` files directly in it. [`find`] goes from the paths that a user gave to
//! policies and the YAML beside them, [`read_facts`] reads the file behind `-f`.
//!
//! 1. `folders` searches below a path for folders with `.roles` files, and stops at each that it finds.
//! 2. `read` turns a file into a text; one that is not UTF-8 is read as well as it can be, and reported.
//! 3. `kind` tells tests from facts by their top-level keys.
//! 4. [`Configs`] finds and reads the `rolebook.toml` of a policy.
//! 5. [`tables`] finds the tables of a folder.
//! 6. `sides` reads what is to be compared; `revision` reads a policy as it was, through the program `git`.

mod config;
mod folders;
mod git;
mod kind;
mod read;
mod revision;
mod sides;
mod snapshots;
mod tables;

pub use sides::{Place, Sides};
pub use snapshots::{is_snapshot, snapshot, write_whole};
pub use tables::{Tables, tables};

pub use config::{Config, Configs};

use crate::diagnostic::{Diagnostic, Found, nearest};
use crate::source::{FileId, Sources};
use folders::{Folder, Search};
use kind::Kind;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// The files of one policy, each list sorted by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Where the files are; as the user wrote it, `.` for the current folder.
    pub folder: PathBuf,
    /// The policy itself.
    pub roles: Vec<FileId>,
    /// YAML beside it that describes organisations.
    pub facts: Vec<FileId>,
    /// YAML beside it that holds tests.
    pub tests: Vec<FileId>,
}

/// The policies at or below the paths, each once; those of the current folder if no path is given.
pub fn find(paths: &[PathBuf], sources: &mut Sources, found: &mut Found) -> Vec<Policy> {
    let current = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &current } else { paths };
    let mut seen = BTreeSet::new();
    let mut policies = Vec::new();
    for path in paths {
        let folders = at_path(path, found).into_iter();
        let fresh = folders.filter(|folder| seen.insert(folder.identity()));
        policies.extend(fresh.map(|folder| policy(&folder, sources, found)));
    }
    policies
}

/// Reads the YAML file that the user named as facts; one that was read with a policy is not read twice.
pub fn read_facts(path: &Path, sources: &mut Sources, found: &mut Found) -> Option<FileId> {
    if !could_be_facts(path, found) {
        return None;
    }
    let name = shown(path);
    let known = sources.files().find(|&file| sources.name(file) == name);
    known.or_else(|| read::file(path, sources, found))
}

/// The same as the file is now, whatever was read before.
pub fn read_facts_now(path: &Path, sources: &mut Sources, found: &mut Found) -> Option<FileId> {
    match could_be_facts(path, found) {
        true => read::file(path, sources, found),
        false => None,
    }
}

/// There is a file, and it is no policy.
fn could_be_facts(path: &Path, found: &mut Found) -> bool {
    if extension(path) == "roles" {
        found.push(policy_not_facts(path));
        return false;
    }
    if !path.exists() {
        found.push(not_found(path));
        return false;
    }
    true
}

/// Facts that come from anywhere, under a name of their own.
pub fn facts_from(name: &str, from: impl std::io::Read, sources: &mut Sources, found: &mut Found) -> Option<FileId> {
    let path = Path::new(name);
    let bytes = read::all(from).map_err(|error| found.push(read::unreadable(path, &error)));
    read::text(path, bytes.ok()?, sources, found)
}

/// How the files of a folder of tables stand: names, lengths and when they were changed. Nothing for what is no folder.
pub fn ages(path: &Path) -> Vec<String> {
    if path.is_file() {
        return age(path).into_iter().collect();
    }
    let entries = path.read_dir().into_iter().flatten().flatten();
    let mut ages: Vec<String> = entries.filter_map(|entry| age(&entry.path())).collect();
    ages.sort();
    ages
}

fn age(path: &Path) -> Option<String> {
    let about = path.metadata().ok()?;
    let changed = about.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let (name, nanoseconds) = (path.file_name()?, changed.as_nanos());
    Some(format!("{name:?} {} {nanoseconds}", about.len()))
}

/// Reads the baseline that the user named.
pub fn read_baseline(path: &Path, sources: &mut Sources, found: &mut Found) -> Option<FileId> {
    if !path.exists() {
        found.push(not_found(path).help("`rolebook lint --write-baseline FILE` writes one"));
        return None;
    }
    read::file(path, sources, found)
}

/// Writes a file anew.
pub fn write(path: &Path, text: &str, found: &mut Found) {
    if let Err(error) = std::fs::write(path, text) {
        found.push(unwritable(path, &error));
    }
}

/// Writes at the end of a file, which need not exist.
pub fn append(path: &Path, text: &str, found: &mut Found) {
    use std::io::Write as _;
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
    if let Err(error) = file.and_then(|mut file| file.write_all(text.as_bytes())) {
        found.push(unwritable(path, &error));
    }
}

/// What a path that the user gave stands for.
fn at_path(path: &Path, found: &mut Found) -> Vec<Folder> {
    if path.is_dir() {
        let folders = Search::below(path, found);
        if folders.is_empty() {
            found.push(no_policy(path));
        }
        return folders;
    }
    match (path.exists(), extension(path)) {
        (false, _) => found.push(not_found(path)),
        (true, "roles") => return vec![Folder::of_file(path)],
        (true, "yaml" | "yml" | "json" | "jsonl" | "csv") => found.push(facts_not_policy(path)),
        (true, _) => found.push(no_policy(path)),
    }
    Vec::new()
}

fn policy(folder: &Folder, sources: &mut Sources, found: &mut Found) -> Policy {
    let mut policy = Policy {
        folder: folder.path.clone(),
        roles: Vec::new(),
        facts: Vec::new(),
        tests: Vec::new(),
    };
    for path in &folder.roles {
        policy.roles.extend(read::file(path, sources, found));
    }
    for path in &folder.yaml {
        let Some(file) = read::file(path, sources, found) else {
            continue;
        };
        match Kind::of(sources.text(file)) {
            Kind::Tests => policy.tests.push(file),
            Kind::Facts => policy.facts.push(file),
            Kind::Unknown { key } => found.push(kind::unknown(file, sources, key)),
        }
    }
    policy
}

/// A path as messages show it: as the user wrote it, without any `./`.
fn shown(path: &Path) -> String {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    let short: PathBuf = parts.collect();
    let short = if short.as_os_str().is_empty() { path } else { &short };
    short.to_string_lossy().into_owned()
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or("")
}

fn not_found(path: &Path) -> Diagnostic {
    let diagnostic = Diagnostic::error("project/not-found", format!("`{}` does not exist", shown(path)));
    match neighbour(path) {
        Some(near) => diagnostic.help(format!("did you mean `{}`?", shown(&near))),
        None => diagnostic,
    }
}

/// What exists beside a path that does not, under a similar name.
fn neighbour(path: &Path) -> Option<PathBuf> {
    let parent = path.parent()?;
    let folder = if parent.as_os_str().is_empty() {
        Path::new(".")
    } else {
        parent
    };
    let entries = folder.read_dir().ok()?.flatten();
    let names: BTreeSet<_> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    let near = nearest(path.file_name()?.to_str()?, names.iter().map(String::as_str))?;
    Some(parent.join(near))
}

/// A file that the system does not let us write.
pub(crate) fn unwritable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let why = match error.kind() {
        std::io::ErrorKind::PermissionDenied => "permission is denied".to_owned(),
        std::io::ErrorKind::NotFound => "its folder does not exist".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    };
    Diagnostic::error(
        "project/unwritable",
        format!("`{}` cannot be written: {why}", shown(path)),
    )
}

fn no_policy(path: &Path) -> Diagnostic {
    if path.is_dir() {
        return Diagnostic::error("project/no-policy", format!("there is no policy in `{}`", shown(path))).help(
            "looked for files that end in `.roles`, in this folder and those below it; \
             `target` and folders that start with `.` are left out",
        );
    }
    Diagnostic::error("project/no-policy", format!("`{}` is no policy", shown(path)))
        .help("a policy is a file that ends in `.roles`, or a folder of such files")
}

fn facts_not_policy(path: &Path) -> Diagnostic {
    let name = shown(path);
    Diagnostic::error(
        "project/facts-not-policy",
        format!("`{name}` holds data, and a policy is expected here"),
    )
    .help(format!(
        "name a folder of `.roles` files; facts are given with `-f {name}`"
    ))
}

fn policy_not_facts(path: &Path) -> Diagnostic {
    let name = shown(path);
    Diagnostic::error(
        "project/policy-not-facts",
        format!("`{name}` is a policy, and facts are expected here"),
    )
    .help("facts are YAML with keys such as `accounts` and `users`; a policy is named without `-f`")
}
