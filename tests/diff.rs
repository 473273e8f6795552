//! `rolebook diff` at the command line: pairs of policies with what is printed about them, revisions of a repository, and
//! what is wrong with the arguments.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

mod diff {
    mod causes;
    mod git;
    mod wrong;
}

/// A folder of its own for a test, taken away at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("diff-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        // Not in the repository around this crate: a folder without one is wanted as well.
        let path = std::env::temp_dir().join("rolebook").join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
        self
    }

    fn diff(&self, args: &[&str]) -> Run {
        run(&self.0, args)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// How a command ended, and what it printed.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(folder: &Path, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
    command.arg("diff").args(args).current_dir(folder);
    command.env("COLUMNS", "100").env("NO_COLOR", "1");
    let output = command.output().expect("rolebook starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let run = Run {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    };
    assert!(!run.err.contains("panicked"), "{}", run.err);
    run
}

fn pairs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff")
}

/// Holds what is printed about a pair to its snapshot.
fn snapshot(pair: &str, name: &str, args: &[&str], code: i32) {
    let mut all = vec!["old", "new"];
    all.extend(args);
    let run = run(&pairs().join(pair), &all);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(pairs().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.remove_input_file();
    settings.bind(|| insta::assert_snapshot!(name, format!("{}{}", run.out, run.err)));
    assert_eq!(run.code, Some(code), "{}", run.err);
}

#[test]
fn rules_are_told_in_the_authors_words() {
    snapshot("rules", "rules", &[], 1);
}

#[test]
fn heads_and_inheritance_are_causes() {
    snapshot("heads", "heads", &[], 1);
}

#[test]
fn declarations_are_causes() {
    snapshot("declared", "declared", &[], 1);
}

#[test]
fn administration_is_told_apart() {
    snapshot("handing", "handing", &["--fail-on", "escalation"], 1);
}

#[test]
fn what_reads_otherwise_and_means_the_same_is_equal() {
    snapshot("same", "same", &["--fail-on", "any"], 0);
}

#[test]
fn people_of_an_organisation_gain_and_lose() {
    snapshot("people", "people", &["--facts", "facts.yaml"], 1);
}

#[test]
fn markdown_fits_a_pull_request() {
    snapshot("rules", "rules-markdown", &["--format", "markdown"], 1);
    snapshot(
        "people",
        "people-markdown",
        &["--format", "markdown", "--facts", "facts.yaml"],
        1,
    );
    snapshot("declared", "declared-markdown", &["--format", "markdown"], 1);
}

#[test]
fn json_has_everything() {
    snapshot(
        "people",
        "people-json",
        &["--format", "json", "--facts", "facts.yaml"],
        1,
    );
}
