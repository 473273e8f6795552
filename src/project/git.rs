//! The `git` program: what it is asked, and what its refusals mean.
//!
//! Each question is one run of it ([`Git::run`]); texts are read in one batch ([`Git::texts`]). Its words are kept out of
//! the messages unless nothing better is known.

use crate::diagnostic::{Diagnostic, nearest};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A repository, by a folder in it.
pub(super) struct Git {
    folder: PathBuf,
}

/// What a run printed, and how it ended.
struct Output {
    fine: bool,
    out: Vec<u8>,
    words: String,
}

/// A file of a revision.
pub(super) struct Listed {
    /// From the root of the repository.
    pub(super) path: String,
    /// In bytes.
    pub(super) size: u64,
}

impl Git {
    pub(super) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
        }
    }

    /// Runs git with a text as its input.
    fn run(&self, args: &[&str], input: &str) -> Result<Output, Diagnostic> {
        let mut child = Command::new("git")
            .arg("-C")
            .arg(&self.folder)
            .args(args)
            .env("LC_ALL", "C")
            .env("GIT_LITERAL_PATHSPECS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| no_git(&error))?;
        let pipe = child.stdin.take();
        let output = std::thread::scope(|scope| {
            // While git writes what it found it does not read: both go on at once.
            scope.spawn(move || pipe.map(|mut pipe| pipe.write_all(input.as_bytes())));
            child.wait_with_output()
        });
        let output = output.map_err(|error| no_git(&error))?;
        Ok(Output {
            fine: output.status.success(),
            out: output.stdout,
            words: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        })
    }

    /// The folder as the repository's root sees it: empty, or with a `/` at its end.
    pub(super) fn prefix(&self) -> Result<String, Diagnostic> {
        let asked = self.run(&["rev-parse", "--show-prefix"], "")?;
        if asked.fine {
            return Ok(line(&asked.out));
        }
        if asked.words.contains("not a git repository") {
            return Err(self.no_repository());
        }
        Err(refused(&asked.words))
    }

    /// The tree of a revision.
    pub(super) fn tree(&self, revision: &str) -> Result<String, Diagnostic> {
        let wanted = format!("{revision}^{{tree}}");
        let asked = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted], "")?;
        match asked.fine && !revision.is_empty() {
            true => Ok(line(&asked.out)),
            false => Err(self.unknown_revision(revision)),
        }
    }

    /// Where two lines of history parted.
    pub(super) fn parting(&self, left: &str, right: &str) -> Result<String, Diagnostic> {
        self.tree(left)?;
        self.tree(right)?;
        let asked = self.run(&["merge-base", "--end-of-options", left, right], "")?;
        match asked.fine {
            true => Ok(line(&asked.out)),
            false => Err(no_parting(left, right)),
        }
    }

    /// The files at or below a path of a tree.
    pub(super) fn list(&self, tree: &str, path: &str) -> Result<Vec<Listed>, Diagnostic> {
        let mut args = vec!["ls-tree", "-r", "-l", "-z", "--full-tree", tree];
        if !path.is_empty() {
            args.extend(["--", path]);
        }
        let asked = self.run(&args, "")?;
        if !asked.fine {
            return Err(refused(&asked.words));
        }
        let text = String::from_utf8_lossy(&asked.out);
        Ok(text.split('\0').filter_map(listed).collect())
    }

    /// The contents of files of a tree, in order; `None` for one that cannot be read. Links within the tree are followed.
    pub(super) fn texts(&self, tree: &str, paths: &[&str]) -> Result<Vec<Option<Vec<u8>>>, Diagnostic> {
        // A name over two lines would be read as two.
        let asked: String = paths
            .iter()
            .map(|path| format!("{tree}:{}\n", path.replace('\n', "\u{fffd}")))
            .collect();
        let answer = self.run(&["cat-file", "--batch", "--follow-symlinks"], &asked)?;
        if !answer.fine {
            return Err(refused(&answer.words));
        }
        let mut rest = &answer.out[..];
        Ok(paths.iter().map(|_| next(&mut rest)).collect())
    }

    fn no_repository(&self) -> Diagnostic {
        let folder = super::shown(&self.folder);
        let message = format!("`{folder}` is in no git repository");
        Diagnostic::error("project/no-repository", message)
            .help("revisions are read from the repository around the policy; two folders can be compared without one")
    }

    fn unknown_revision(&self, revision: &str) -> Diagnostic {
        let message = format!("there is no revision `{revision}` in this repository");
        let diagnostic = Diagnostic::error("project/unknown-revision", message);
        let known = self.names();
        if let Some(near) = nearest(revision, known.iter().map(String::as_str)) {
            return diagnostic.help(format!("did you mean `{near}`?"));
        }
        if self.is_shallow() {
            return diagnostic.help("the repository was cloned without its whole history: fetch the revision first");
        }
        diagnostic.help("nor is there a file or folder of that name")
    }

    /// Branches and tags.
    fn names(&self) -> Vec<String> {
        let asked = self.run(&["for-each-ref", "--format=%(refname:short)"], "");
        let text = asked.map_or_else(|_| Vec::new(), |asked| asked.out);
        String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
    }

    fn is_shallow(&self) -> bool {
        let asked = self.run(&["rev-parse", "--is-shallow-repository"], "");
        asked.is_ok_and(|asked| line(&asked.out) == "true")
    }
}

/// `100644 blob 83ba…      12\tpolicies/shop.roles`; nothing for what is no file.
fn listed(entry: &str) -> Option<Listed> {
    let (head, path) = entry.split_once('\t')?;
    let mut words = head.split_ascii_whitespace().skip(1);
    let (kind, size) = (words.next()?, words.nth(1)?);
    (kind == "blob").then(|| Listed {
        path: path.to_owned(),
        size: size.parse().unwrap_or(0),
    })
}

/// The next answer of a batch: a line `id blob size`, so many bytes, a line end. Anything else but `missing` also says how
/// long it is, in its last word.
fn next(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|&byte| byte == b'\n')?;
    let head = String::from_utf8_lossy(&rest[..end]).into_owned();
    *rest = &rest[end + 1..];
    if head.ends_with(" missing") || head.ends_with(" ambiguous") {
        return None;
    }
    let size: usize = head.rsplit(' ').next()?.parse().ok()?;
    let bytes = rest.get(..size)?.to_vec();
    *rest = rest.get(size + 1..).unwrap_or_default();
    head.contains(" blob ").then_some(bytes)
}

fn line(out: &[u8]) -> String {
    String::from_utf8_lossy(out).trim_end_matches(['\n', '\r']).to_owned()
}

fn no_git(error: &io::Error) -> Diagnostic {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "revisions are read by the program `git`, which is not installed here".to_owned(),
        _ => format!("the program `git` cannot be run: {error}"),
    };
    Diagnostic::error("project/no-git", message).help("install it, or compare two folders")
}

fn no_parting(left: &str, right: &str) -> Diagnostic {
    let message = format!("`{left}` and `{right}` have no history in common");
    Diagnostic::error("project/unknown-revision", message).help(format!("write `{left}..{right}` to compare the two"))
}

fn refused(words: &str) -> Diagnostic {
    let first = words.lines().next().unwrap_or("");
    let words = first.trim_start_matches("fatal: ").trim_start_matches("error: ");
    Diagnostic::error("project/git", format!("git refuses: {words}"))
}
