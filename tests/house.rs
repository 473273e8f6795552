//! The order of the house: a module uses only what stands above it (DESIGN §6).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom of the crate to its top.
const ORDER: [&str; 23] = [
    "packed",
    "source",
    "diagnostic",
    "yaml",
    "syntax",
    "model",
    "facts",
    "table",
    "containment",
    "meaning",
    "eval",
    "snapshot",
    "query",
    "audit",
    "analyze",
    "diff",
    "lint",
    "suite",
    "report",
    "project",
    "engine",
    "cli",
    "main",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

fn module_of(path: &Path) -> String {
    let inner = path.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
    let first = inner.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The crate's modules that a text names, with the line.
fn used(text: &str) -> Vec<(usize, String)> {
    let mut uses = Vec::new();
    for (ix, line) in text.lines().enumerate() {
        let code = line.trim_start();
        if code.starts_with("//") {
            continue;
        }
        for (at, _) in code.match_indices("crate::") {
            let rest = &code[at + "crate::".len()..];
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            uses.push((ix + 1, name));
        }
    }
    uses
}

#[test]
fn a_module_uses_only_what_stands_above_it() {
    let mut files = Vec::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
    let rank = |name: &str| ORDER.iter().position(|module| *module == name);
    let mut wrong = Vec::new();
    for path in files {
        let module = module_of(&path);
        if module == "lib" {
            continue;
        }
        let own = rank(&module).unwrap_or_else(|| panic!("`{module}` has no place in the order"));
        let text = fs::read_to_string(&path).unwrap();
        let above = used(&text)
            .into_iter()
            .filter(|(_, name)| rank(name).is_some_and(|other| other > own));
        wrong.extend(above.map(|(line, name)| format!("{}:{line} uses `{name}`", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_check_sees_imports() {
    let seen = used("use crate::model::Model;\n// crate::cli\nlet x = crate::eval::decide;");
    assert_eq!(seen, [(1, "model".to_owned()), (3, "eval".to_owned())]);
}

#[test]
fn every_module_opens_with_what_it_is() {
    let mut files = Vec::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
    let silent: Vec<String> = files
        .iter()
        .filter(|path| !fs::read_to_string(path).unwrap().starts_with("//!"))
        .map(|path| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}
