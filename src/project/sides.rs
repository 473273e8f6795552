//! What is compared with what: folders, revisions, ranges of revisions.
//!
//! [`Sides::of`] reads the arguments of a comparison; a name that is a path is taken for one, anything else for a
//! revision. [`Place::policy`] reads the policy there.

use super::revision::{self, Site};
use super::{Policy, find, shown};
use crate::diagnostic::Found;
use crate::source::Sources;
use std::path::{Path, PathBuf};

/// Where a policy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the file system: a folder, or a file that is a policy by itself.
    Folder(PathBuf),
    /// In a repository.
    Revision {
        /// As the user wrote it.
        revision: String,
        /// Where the policy is: in the working tree, or from the root of the repository.
        path: PathBuf,
        /// From the root.
        rooted: bool,
        /// Not the revision itself, but where it parted from this one.
        parted_from: Option<String>,
    },
}

/// The two policies of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sides {
    /// The old one.
    pub old: Place,
    /// The new one.
    pub new: Place,
}

impl Sides {
    /// `OLD NEW`, `REV..REV [PATH]`, `REV REV [PATH]`, `REV [PATH]` (the working tree is new).
    ///
    /// # Errors
    ///
    /// What is wrong with the arguments, for the message of wrong usage.
    pub fn of(old: &str, new: Option<&str>, path: Option<&Path>) -> Result<Self, String> {
        if let (false, Some((left, right, apart))) = (Path::new(old).exists(), range(old)) {
            if path.is_some() {
                return Err(format!("`{old}` names both sides already: one folder may follow"));
            }
            let path = new.map_or(Path::new("."), Path::new);
            return Ok(Self::range(left, right, apart, path));
        }
        let (old_path, new_path) = (as_path(old), new.and_then(as_path));
        if let (Some(folder), None) = (&old_path, new) {
            return Err(format!("say what `{}` is compared with", shown(folder)));
        }
        if let Some(path) = path {
            let new = new.unwrap_or_default();
            return Ok(Self {
                old: at(old, path),
                new: at(new, path),
            });
        }
        let tree = || PathBuf::from(".");
        let beside = old_path.clone().or_else(|| new_path.clone()).unwrap_or_else(tree);
        let side = |word: &str, as_path: Option<PathBuf>| as_path.map_or_else(|| at(word, &beside), Place::Folder);
        Ok(Self {
            old: side(old, old_path),
            new: new.map_or_else(|| Place::Folder(tree()), |new| side(new, new_path)),
        })
    }

    fn range(left: &str, right: &str, apart: bool, path: &Path) -> Self {
        let mut sides = Self {
            old: at(left, path),
            new: at(right, path),
        };
        if let (true, Place::Revision { parted_from, .. }) = (apart, &mut sides.old) {
            *parted_from = Some(right.to_owned());
        }
        sides
    }
}

/// `main..HEAD`, `main...HEAD`; a side that is not given is `HEAD`.
fn range(word: &str) -> Option<(&str, &str, bool)> {
    let (left, right) = word.split_once("..")?;
    let (right, apart) = match right.strip_prefix('.') {
        Some(right) => (right, true),
        None => (right, false),
    };
    Some((or_head(left), or_head(right), apart))
}

fn or_head(word: &str) -> &str {
    if word.is_empty() { "HEAD" } else { word }
}

fn as_path(word: &str) -> Option<PathBuf> {
    let path = PathBuf::from(word);
    path.exists().then_some(path)
}

/// `main`, with the path beside it; `main:policies/shop`, with a path of its own.
fn at(word: &str, path: &Path) -> Place {
    let own = word.split_once(':');
    Place::Revision {
        revision: own.map_or(word, |(revision, _)| revision).to_owned(),
        path: own.map_or_else(|| path.to_path_buf(), |(_, path)| PathBuf::from(path)),
        rooted: own.is_some(),
        parted_from: None,
    }
}

impl Place {
    /// Reads the policy; `None`, with errors in `found`, if there is not exactly one.
    pub fn policy(&self, sources: &mut Sources, found: &mut Found) -> Option<Policy> {
        match self {
            Self::Folder(path) => in_folder(path, sources, found),
            Self::Revision {
                revision,
                path,
                rooted,
                parted_from,
            } => {
                let site = Site::of(path, *rooted);
                let place = site.and_then(|site| {
                    let at = match parted_from {
                        Some(other) => site.parting(revision, other)?,
                        None => revision.clone(),
                    };
                    Ok((site, at))
                });
                match place {
                    Ok((site, at)) => revision::policy(&site, &at, revision, sources, found),
                    Err(fault) => {
                        found.push(fault);
                        None
                    }
                }
            }
        }
    }
}

fn in_folder(path: &PathBuf, sources: &mut Sources, found: &mut Found) -> Option<Policy> {
    let mut policies = find(std::slice::from_ref(path), sources, found);
    if policies.len() > 1 {
        let names = policies.iter().map(|policy| format!("`{}`", shown(&policy.folder)));
        found.push(revision::several(names));
        return None;
    }
    policies.pop()
}
