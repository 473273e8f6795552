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

/// `eval::org::key` of `src/eval/org/key.rs`.
fn file_name(path: &Path) -> String {
    let inner = path.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
    let parts: Vec<_> = inner
        .iter()
        .map(|part| part.to_str().unwrap().trim_end_matches(".rs"))
        .collect();
    parts.join("::")
}

/// What stands behind `crate::` and `super::` in the code of a file, tests aside, as full paths.
fn paths(own: &str, text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().take_while(|line| *line != "#[cfg(test)]").collect();
    let code: Vec<&str> = code.iter().map(|line| line.split("//").next().unwrap()).collect();
    let code = code.join(" ");
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        let before = &code[..at];
        if before.ends_with("::") || before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let mut base: Vec<&str> = if code[at..].starts_with("crate") {
            Vec::new()
        } else {
            own.split("::").collect()
        };
        let mut rest = code[at..].strip_prefix("crate::").unwrap_or(&code[at..]);
        while let Some(further) = rest.strip_prefix("super::") {
            base.pop();
            rest = further;
        }
        let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let stem: String = rest.chars().take_while(|&c| is_path(c)).collect();
        let inside = rest[stem.len()..]
            .strip_prefix('{')
            .and_then(|list| list.split('}').next());
        let ends = inside.map_or(vec![""], |list| list.split(',').map(str::trim).collect());
        found.extend(ends.iter().map(|end| {
            let parts = stem.split("::").chain(end.split("::")).filter(|part| !part.is_empty());
            base.iter().copied().chain(parts).collect::<Vec<_>>().join("::")
        }));
    }
    found
}

/// The files that each file imports from, by the longest path that is one; those of its own line of parents apart.
fn imports() -> std::collections::BTreeMap<String, Vec<String>> {
    let mut files = Vec::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
    let names: Vec<String> = files.iter().map(|path| file_name(path)).collect();
    let file_of = |path: &str| {
        let mut ends = path.match_indices("::").map(|(at, _)| at).collect::<Vec<_>>();
        ends.push(path.len());
        ends.iter()
            .rev()
            .map(|&end| path[..end].to_owned())
            .find(|path| names.contains(path))
    };
    let is_in_line = |a: &str, b: &str| format!("{a}::").starts_with(&format!("{b}::"));
    let of = |path: &PathBuf| {
        let own = file_name(path);
        let used = paths(&own, &fs::read_to_string(path).unwrap());
        let used = used.iter().filter_map(|path| file_of(path));
        let used = used.filter(|other| !is_in_line(&own, other) && !is_in_line(other, &own));
        let used = used.collect();
        (own, used)
    };
    files.iter().map(of).collect()
}

#[test]
fn no_file_imports_one_that_imports_it() {
    let imports = imports();
    let mut circles = Vec::new();
    for own in imports.keys() {
        let (mut seen, mut open) = (Vec::new(), imports[own].clone());
        while let Some(next) = open.pop() {
            if !seen.contains(&next) {
                open.extend(imports.get(&next).into_iter().flatten().cloned());
                seen.push(next);
            }
        }
        if seen.contains(own) {
            circles.push(own.clone());
        }
    }
    assert!(circles.is_empty(), "they stand in a circle: {}", circles.join(", "));
}

#[test]
fn the_check_of_files_sees_imports() {
    let text = "use super::{holding_summary::HoldingSummary, subtree_key};\nuse super::super::Eval;\n// use crate::cli;\nlet x = crate::eval::decide();\n#[cfg(test)]\nuse crate::cli;";
    let found = paths("eval::org::subsumption", text);
    let mut expected = vec![
        "eval::decide",
        "eval::org::holding_summary::HoldingSummary",
        "eval::org::subtree_key",
        "eval::Eval",
    ];
    expected.sort_unstable();
    let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, expected);
    assert!(imports()["eval::org::subsumption"].contains(&"eval::org::subtree_key".to_owned()));
}
