//! The search for folders that hold a policy.

use super::{extension, read};
use crate::diagnostic::Found;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A folder with a policy, or a single `.roles` file as one.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) roles: Vec<PathBuf>,
    pub(super) yaml: Vec<PathBuf>,
    alone: bool,
}

impl Folder {
    /// A file that is a policy by itself, without the YAML beside it.
    pub(super) fn of_file(path: &Path) -> Self {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        Self {
            path: parent.unwrap_or(Path::new(".")).to_path_buf(),
            roles: vec![path.to_path_buf()],
            yaml: Vec::new(),
            alone: true,
        }
    }

    /// The same for all ways in which a user can name this policy.
    pub(super) fn identity(&self) -> PathBuf {
        match self.roles.first() {
            Some(file) if self.alone => real(file),
            _ => real(&self.path),
        }
    }
}

/// A search in progress; links may lead in circles, so each real folder is entered once.
pub(super) struct Search<'a> {
    found: &'a mut Found,
    entered: BTreeSet<PathBuf>,
    waiting: Vec<PathBuf>,
}

impl<'a> Search<'a> {
    /// All policies at or below a folder, sorted; what lies below a policy is not searched.
    pub(super) fn below(path: &Path, found: &'a mut Found) -> Vec<Folder> {
        let mut search = Self {
            found,
            entered: BTreeSet::new(),
            waiting: vec![path.to_path_buf()],
        };
        let mut folders = Vec::new();
        while let Some(path) = search.waiting.pop() {
            if search.entered.insert(real(&path)) {
                folders.extend(search.enter(path));
            }
        }
        folders.sort_by(|a, b| a.path.cmp(&b.path));
        folders
    }

    fn enter(&mut self, path: PathBuf) -> Option<Folder> {
        let entries = match path.read_dir() {
            Ok(entries) => entries,
            Err(error) => {
                self.found.push(read::unreadable(&path, &error));
                return None;
            }
        };
        let mut entries: Vec<_> = entries.flatten().map(|entry| path.join(entry.file_name())).collect();
        entries.sort();
        let (folders, files): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.is_dir());
        // A broken link is reported when it is read; pipes and devices are nobody's policy.
        let files: Vec<_> = files
            .into_iter()
            .filter(|file| file.is_file() || !file.exists())
            .collect();
        let with = |wanted: &[&str]| {
            files
                .iter()
                .filter(|file| wanted.contains(&extension(file)))
                .cloned()
                .collect()
        };
        let roles: Vec<_> = with(&["roles"]);
        if roles.is_empty() {
            self.waiting
                .extend(folders.into_iter().filter(|folder| searched(folder)));
            return None;
        }
        Some(Folder {
            yaml: with(&["yaml", "yml"]),
            path,
            roles,
            alone: false,
        })
    }
}

fn searched(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    !name.starts_with('.') && name != "target"
}

/// The path without links; itself where it cannot be resolved.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}
