//! The five portals: their tests pass, they lint clean, and every statement of their pages is pinned by a test.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Each portal with the letter of its statements and how many its page makes.
const PORTALS: [(&str, char, usize); 5] = [
    ("amazon-business", 'A', 45),
    ("automico-b2b", 'B', 58),
    ("partner-portal", 'C', 87),
    ("littlebig-connection", 'D', 107),
    ("seller-central", 'E', 47),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rolebook(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rolebook"))
        .args(args)
        .current_dir(root())
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn every_test_of_every_portal_passes() {
    let output = rolebook(&["test", "policies"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

#[test]
fn every_portal_lints_clean() {
    let output = rolebook(&["lint", "policies"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

/// The statement ids in a text: `D-F90`.
fn ids(text: &str, letter: char) -> BTreeSet<usize> {
    let mark = format!("{letter}-F");
    let starts = text.match_indices(&mark).map(|(at, _)| at + mark.len());
    let digits = starts.map(|at| text[at..].chars().take_while(char::is_ascii_digit).collect::<String>());
    digits.filter_map(|digits| digits.parse().ok()).collect()
}

fn test_files(system: &str) -> Vec<PathBuf> {
    let folder = root().join("policies").join(system);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.to_str().is_some_and(|name| name.ends_with("tests.yaml")))
        .collect()
}

/// The ids in the names of tests.
fn pinned(system: &str, letter: char) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for path in test_files(system) {
        let text = fs::read_to_string(path).unwrap();
        let names = text
            .lines()
            .map(|line| line.trim_start().trim_start_matches("- "))
            .filter(|l| l.starts_with("name:"));
        found.extend(names.flat_map(|name| ids(name, letter)));
    }
    found
}

#[derive(serde::Deserialize)]
struct Statements {
    without_effect: BTreeMap<String, String>,
}

fn without_effect(system: &str) -> BTreeMap<String, String> {
    let path = root().join("tests/statements").join(format!("{system}.yaml"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_yaml::from_str::<Statements>(&text).unwrap().without_effect
}

#[test]
fn every_statement_is_pinned_or_has_a_reason() {
    for (system, letter, count) in PORTALS {
        let pinned = pinned(system, letter);
        let excused = without_effect(system);
        assert!(
            excused.values().all(|reason| reason.len() > 8),
            "{system}: a statement is excused without a reason"
        );
        let excused: BTreeSet<usize> = excused.keys().flat_map(|id| ids(id, letter)).collect();
        let both: Vec<&usize> = pinned.intersection(&excused).collect();
        assert!(both.is_empty(), "{system}: tested and excused: {both:?}");
        let open: Vec<usize> = (1..=count)
            .filter(|id| !pinned.contains(id) && !excused.contains(id))
            .collect();
        assert!(open.is_empty(), "{system}: neither tested nor excused: {open:?}");
        let beyond: Vec<&usize> = pinned.union(&excused).filter(|id| **id == 0 || **id > count).collect();
        assert!(beyond.is_empty(), "{system}: no such statements: {beyond:?}");
        assert!(
            excused.len() * 4 < count,
            "{system}: {} statements excused is no short list",
            excused.len()
        );
    }
}

#[test]
fn ids_are_found() {
    assert_eq!(ids("- name: \"D-F9 D-F90: x\"", 'D'), BTreeSet::from([9, 90]));
}
