//! Every command that the README shows is run, and prints what the README says.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

#[test]
fn commands_print_what_the_readme_says() {
    trycmd::TestCases::new().case("README.md").run();
}

/// The policy and the tests that the README shows are in the language.
#[test]
fn examples_are_in_the_language() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let policy = block(&text, "```roles\n");
    let mut found = rolebook::diagnostic::Found::default();
    let file = rolebook::source::Sources::default().add("README", policy);
    let tree = rolebook::syntax::parse::policy(file, policy, &mut found);
    assert!(!found.has_errors());
    assert_eq!(tree.items.len(), 5);
    let tests = block(&text, "```yaml\n");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let portal = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/littlebig-connection");
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(portal).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !name.ends_with("tests.yaml") {
            fs::copy(&path, folder.join(name)).unwrap();
        }
    }
    fs::write(folder.join("tests.yaml"), tests).unwrap();
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_rolebook"))
        .arg("test")
        .arg(&folder)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&run.stdout), "2 passed, 0 failed\n");
}

/// What stands between an opening fence and the next closing one.
fn block<'t>(text: &'t str, fence: &str) -> &'t str {
    let start = text.find(fence).unwrap() + fence.len();
    let len = text[start..].find("```").unwrap();
    &text[start..start + len]
}
