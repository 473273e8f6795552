//! Finding and reading the files of policies.

use rolebook::diagnostic::{Diagnostic, Found};
use rolebook::project::{Policy, find, read_facts};
use rolebook::source::{FileId, Sources};
use std::path::{Path, PathBuf};

/// A folder of its own for a test, empty at first and taken away at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("project-{test}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, content).expect("a file");
        self
    }

    fn find(&self, paths: &[&str]) -> Outcome {
        let paths: Vec<_> = paths.iter().map(|path| self.0.join(path)).collect();
        let (mut sources, mut found) = (Sources::default(), Found::default());
        let policies = find(&paths, &mut sources, &mut found);
        Outcome {
            root: format!("{}/", self.0.display()),
            sources,
            found: found.iter().cloned().collect(),
            policies,
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Outcome {
    root: String,
    sources: Sources,
    found: Vec<Diagnostic>,
    policies: Vec<Policy>,
}

impl Outcome {
    fn names(&self, files: &[FileId]) -> Vec<String> {
        files
            .iter()
            .map(|&file| self.sources.name(file).replace(&self.root, ""))
            .collect()
    }

    fn messages(&self) -> Vec<String> {
        self.found
            .iter()
            .map(|d| format!("{} {}", d.code, d.message.replace(&self.root, "")))
            .collect()
    }

    fn helps(&self) -> Vec<String> {
        self.found
            .iter()
            .map(|d| d.help.as_deref().unwrap_or("").replace(&self.root, ""))
            .collect()
    }
}

#[test]
fn a_folder_is_a_policy() {
    let folder = Folder::new("folder");
    folder
        .write("shop/b.roles", "b")
        .write("shop/a.roles", "a")
        .write("shop/notes.txt", "");
    folder
        .write("shop/z.yaml", "# facts\nusers: {}\n")
        .write("shop/t.yml", "facts: z.yaml\ntests: []\n");
    folder
        .write("shop/q.yaml", "\u{feff}\"accounts\" : {}\n")
        .write("shop/below/c.roles", "c");
    let outcome = folder.find(&["shop"]);
    assert_eq!(outcome.messages(), [""; 0]);
    let [policy] = &outcome.policies[..] else {
        panic!("{:?}", outcome.policies)
    };
    assert_eq!(policy.folder, folder.0.join("shop"));
    assert_eq!(outcome.names(&policy.roles), ["shop/a.roles", "shop/b.roles"]);
    assert_eq!(outcome.names(&policy.facts), ["shop/q.yaml", "shop/z.yaml"]);
    assert_eq!(outcome.names(&policy.tests), ["shop/t.yml"]);
    assert_eq!(outcome.sources.text(policy.roles[1]), "b");
}

#[test]
fn policies_are_searched_below_and_found_once() {
    let folder = Folder::new("below");
    for name in [
        "p/b/x.roles",
        "p/a/deep/x.roles",
        "p/.hidden/x.roles",
        "p/target/x.roles",
        "p/c/readme.md",
    ] {
        folder.write(name, "");
    }
    let outcome = folder.find(&["p", "p/b", "p/b/../b", "p/b/x.roles", "p/b/x.roles"]);
    assert_eq!(outcome.messages(), [""; 0]);
    let names: Vec<_> = outcome
        .policies
        .iter()
        .flat_map(|policy| outcome.names(&policy.roles))
        .collect();
    assert_eq!(names, ["p/a/deep/x.roles", "p/b/x.roles", "p/b/x.roles"]);
    assert_eq!(folder.find(&["p/.hidden"]).policies.len(), 1);
}

#[test]
fn a_file_is_a_policy_by_itself() {
    let folder = Folder::new("file");
    folder
        .write("a.roles", "")
        .write("b.roles", "")
        .write("f.yaml", "users: {}\n");
    let outcome = folder.find(&["a.roles"]);
    assert_eq!(outcome.names(&outcome.policies[0].roles), ["a.roles"]);
    assert!(outcome.policies[0].facts.is_empty());
}

#[cfg(unix)]
#[test]
fn links_in_circles_end() {
    let folder = Folder::new("links");
    folder.write("p/a/x.roles", "");
    std::os::unix::fs::symlink(folder.0.join("p"), folder.0.join("p/again")).expect("a link");
    std::os::unix::fs::symlink(folder.0.join("nowhere"), folder.0.join("p/a/y.roles")).expect("a link");
    let outcome = folder.find(&["p"]);
    assert_eq!(outcome.policies.len(), 1);
    assert_eq!(
        outcome.messages(),
        ["project/unreadable `p/a/y.roles` cannot be read: what it links to does not exist"]
    );
}

#[test]
fn paths_that_are_wrong_are_explained() {
    let folder = Folder::new("wrong");
    folder
        .write("policies/shop/a.roles", "")
        .write("empty/readme.md", "")
        .write("lbc.yaml", "users: {}\n");
    let outcome = folder.find(&[
        "policies/shpo",
        "empty",
        "lbc.yaml",
        "empty/readme.md",
        "nothing/like/this",
    ]);
    assert!(outcome.policies.is_empty() && outcome.found.iter().all(|d| d.labels.is_empty()));
    assert_eq!(
        outcome.messages(),
        [
            "project/not-found `policies/shpo` does not exist",
            "project/no-policy there is no policy in `empty`",
            "project/facts-not-policy `lbc.yaml` holds data, and a policy is expected here",
            "project/no-policy `empty/readme.md` is no policy",
            "project/not-found `nothing/like/this` does not exist",
        ]
    );
    let helps = outcome.helps();
    assert_eq!(helps[0], "did you mean `policies/shop`?");
    assert!(
        helps[1].contains("`.roles`") && helps[2].contains("-f lbc.yaml"),
        "{helps:?}"
    );
}

#[test]
fn yaml_without_a_known_key_is_a_warning() {
    let folder = Folder::new("yaml");
    folder
        .write("a.roles", "")
        .write("b.yaml", "# mine\nacounts:\n  users: 1\n")
        .write("c.yaml", "- users:\n");
    folder.write("d.yaml", "").write("e.yaml", "text: users: x\nroles:x\n");
    let outcome = folder.find(&["."]);
    assert_eq!(outcome.found.len(), 4, "{:?}", outcome.messages());
    assert!(outcome.found.iter().all(|d| d.code == "project/unknown-yaml"));
    assert_eq!(outcome.sources.snippet(outcome.found[0].labels[0].span), "acounts");
    assert_eq!(outcome.helps()[0], "did you mean `accounts`?");
}

#[test]
fn bytes_that_are_no_text_are_shown() {
    let folder = Folder::new("utf8");
    folder
        .write("a.roles", b"role Caf\xe9 \xff at Shop\n")
        .write("b.yaml", b"\xff\xfeu\0s\0");
    folder.write("big.roles", vec![b' '; Sources::MAX_BYTES + 1]);
    let outcome = folder.find(&["."]);
    let messages = outcome.messages();
    assert_eq!(
        messages[0],
        "project/not-utf8 `a.roles` is not UTF-8: the byte 0xE9 fits nowhere"
    );
    let label = outcome.found[0].labels[0].span;
    assert_eq!((label.start, outcome.sources.snippet(label)), (8, "\u{fffd}"));
    assert_eq!(outcome.sources.text(label.file), "role Caf\u{fffd} \u{fffd} at Shop\n");
    assert_eq!(messages[1], "project/too-large `big.roles` is larger than 64 MiB");
    assert!(outcome.helps()[2].contains("UTF-16"), "{messages:?}");
    assert_eq!(outcome.policies[0].roles.len(), 1);
}

#[test]
fn facts_are_read_by_name() {
    let folder = Folder::new("facts");
    folder.write("a.roles", "").write("f.yaml", "users: {}\n");
    let mut outcome = folder.find(&["."]);
    let known = outcome.policies[0].facts[0];
    let mut found = Found::default();
    let mut read = |name: &str| read_facts(&folder.0.join(name), &mut outcome.sources, &mut found);
    assert_eq!(read("f.yaml"), Some(known));
    assert_eq!((read("a.roles"), read("g.yaml"), read(".")), (None, None, None));
    let codes: Vec<_> = found.iter().map(|d| d.code).collect();
    assert_eq!(
        codes,
        ["project/policy-not-facts", "project/not-found", "project/unreadable"]
    );
}
