//! A policy as it was at a revision of a repository.
//!
//! 1. [`Site::of`] finds the repository around a path, also one that no longer exists, and the path from its root.
//! 2. [`policy`] lists what the revision has there, and picks the folders as the search in the file system does.
//! 3. The files are read under names such as `main:policies/shop.roles`, by which `git show` knows them as well.

use super::git::{Git, Listed};
use super::{Policy, extension, read};
use crate::diagnostic::{Diagnostic, Found};
use crate::source::Sources;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// A path in a repository.
pub(super) struct Site {
    git: Git,
    /// From the root, without a `/` at its end; empty for the root.
    path: String,
}

impl Site {
    /// The repository around a path, and the path in it; with `rooted`, a path from the root of the current repository.
    pub(super) fn of(path: &Path, rooted: bool) -> Result<Self, Diagnostic> {
        let (folder, below) = if rooted {
            (PathBuf::from("."), path.to_path_buf())
        } else {
            existing(path)
        };
        let git = Git::at(&folder);
        let prefix = git.prefix()?;
        let start = if rooted { PathBuf::new() } else { PathBuf::from(prefix) };
        Ok(Self {
            git,
            path: plain(&start.join(below)),
        })
    }

    /// Where two lines of history parted.
    pub(super) fn parting(&self, left: &str, right: &str) -> Result<String, Diagnostic> {
        self.git.parting(left, right)
    }
}

/// The one policy at a path of a revision; `shown` is the revision as the user wrote it.
pub(super) fn policy(
    site: &Site,
    revision: &str,
    shown: &str,
    sources: &mut Sources,
    found: &mut Found,
) -> Option<Policy> {
    let policy = one(site, revision, shown, sources, found);
    policy.map_err(|fault| found.push(fault)).ok()
}

fn one(
    site: &Site,
    revision: &str,
    shown: &str,
    sources: &mut Sources,
    found: &mut Found,
) -> Result<Policy, Diagnostic> {
    let tree = site.git.tree(revision)?;
    let files = site.git.list(&tree, &site.path)?;
    if files.is_empty() {
        return Err(not_there(site, shown));
    }
    let mut folders = folders(&files, &site.path);
    let Some((folder, files)) = folders.pop_first() else {
        return Err(no_policy(&format!("{shown}:{}", site.path)));
    };
    if !folders.is_empty() {
        let others = std::iter::once(folder).chain(folders.into_keys());
        return Err(several(others.map(|folder| format!("`{shown}:{folder}`"))));
    }
    let (fit, large): (Vec<&Listed>, Vec<_>) = files
        .into_iter()
        .partition(|file| file.size <= Sources::MAX_BYTES as u64);
    let named = |path: &str| PathBuf::from(format!("{shown}:{path}"));
    large
        .iter()
        .for_each(|file| found.push(read::too_large(&named(&file.path))));
    let paths: Vec<&str> = fit.iter().map(|file| file.path.as_str()).collect();
    let mut policy = Policy {
        folder: named(&folder),
        roles: Vec::new(),
        facts: Vec::new(),
        tests: Vec::new(),
    };
    for (path, text) in paths.iter().zip(site.git.texts(&tree, &paths)?) {
        match text {
            Some(bytes) => policy.roles.extend(read::text(&named(path), bytes, sources, found)),
            None => found.push(unreadable(&named(path))),
        }
    }
    Ok(policy)
}

/// The folders at or below a path that hold a policy, each with its files; what lies below a policy is left out, as are
/// `target` and hidden folders. A path to a file stands for that file alone.
fn folders<'l>(files: &'l [Listed], path: &str) -> BTreeMap<String, Vec<&'l Listed>> {
    let mut folders: BTreeMap<String, Vec<&Listed>> = BTreeMap::new();
    let roles = files.iter().filter(|file| extension(Path::new(&file.path)) == "roles");
    for file in roles.filter(|file| searched(&file.path, path)) {
        folders.entry(parent(&file.path).to_owned()).or_default().push(file);
    }
    let names: Vec<String> = folders.keys().cloned().collect();
    folders.retain(|folder, _| {
        let above = |other: &String| other != folder && lies_in(folder, other) && lies_in(other, path);
        !names.iter().any(above)
    });
    folders
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn lies_in(path: &str, folder: &str) -> bool {
    folder.is_empty() || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// True if no folder between the path asked for and the file is one that the search leaves out.
fn searched(file: &str, asked: &str) -> bool {
    let below = file.strip_prefix(asked).unwrap_or(file);
    let mut folders = parent(below).split('/');
    folders.all(|name| !name.starts_with('.') && name != "target")
}

/// The nearest folder above a path that exists, and the rest of the path.
fn existing(path: &Path) -> (PathBuf, PathBuf) {
    let folder = path.ancestors().find(|folder| folder.is_dir());
    match folder {
        Some(folder) if !folder.as_os_str().is_empty() => {
            let rest = path.strip_prefix(folder).unwrap_or(Path::new(""));
            (folder.to_path_buf(), rest.to_path_buf())
        }
        _ => (PathBuf::from("."), path.to_path_buf()),
    }
}

/// A path with `/` between its parts and without `.` and `..`.
fn plain(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            Component::ParentDir => _ = parts.pop(),
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            _ => {}
        }
    }
    parts.join("/")
}

fn not_there(site: &Site, revision: &str) -> Diagnostic {
    let message = match site.path.as_str() {
        "" => format!("there are no files at `{revision}`"),
        path => format!("`{path}` does not exist at `{revision}`"),
    };
    Diagnostic::error("project/not-at-revision", message)
        .help(format!("if it had another name then, write `{revision}:FOLDER`"))
}

fn no_policy(place: &str) -> Diagnostic {
    Diagnostic::error("project/no-policy", format!("there is no policy in `{place}`")).help(
        "looked for files that end in `.roles`, in this folder and those below it; \
         `target` and folders that start with `.` are left out",
    )
}

/// Several policies where one is compared.
pub(super) fn several(names: impl Iterator<Item = String>) -> Diagnostic {
    let names: Vec<String> = names.collect();
    let message = format!("there are {} policies here: {}", names.len(), names.join(", "));
    Diagnostic::error("project/several-policies", message)
        .help("name one as the last argument: `rolebook diff main..HEAD FOLDER`")
}

fn unreadable(name: &Path) -> Diagnostic {
    let message = format!(
        "`{}` cannot be read: it is a link that leads nowhere",
        super::shown(name)
    );
    Diagnostic::error("project/unreadable", message)
}
