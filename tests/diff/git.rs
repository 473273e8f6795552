//! Revisions, read from repositories that the tests make.

use super::super::Folder;
use std::process::Command;

const OLD: &str = "account Shop
resource Order in Shop { actions view, stop }
role Clerk at Shop { can view Order }
";

const NEW: &str = "account Shop
resource Order in Shop { actions view, stop }
role Clerk at Shop { can view, stop Order }
";

/// A repository with the old policy on `main`, the new one on the branch `wider`; `None` without git.
fn repository() -> Option<Folder> {
    let folder = Folder::new();
    if !has_git() {
        return None;
    }
    git(&folder, &["init", "-q", "-b", "main"]);
    folder
        .write("policies/shop/shop.roles", OLD)
        .write("readme.md", "a shop");
    commit(&folder, "old");
    git(&folder, &["checkout", "-q", "-b", "wider"]);
    folder.write("policies/shop/shop.roles", NEW);
    commit(&folder, "new");
    Some(folder)
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn has_git() -> bool {
    let has = Command::new("git").arg("--version").output().is_ok();
    if !has {
        eprintln!("skipped: git is not installed");
    }
    has
}

fn git(folder: &Folder, args: &[&str]) {
    let own = [
        "-c",
        "user.name=test",
        "-c",
        "user.email=test@localhost",
        "-c",
        "commit.gpgsign=false",
    ];
    let run = Command::new("git")
        .arg("-C")
        .arg(&folder.0)
        .args(own)
        .args(args)
        .output();
    let run = run.expect("git starts");
    assert!(
        run.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&run.stderr)
    );
}

fn commit(folder: &Folder, message: &str) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "-m", message]);
}

/// All of these compare the old policy with the new one.
#[test]
fn revisions_are_named_in_many_ways() {
    let Some(folder) = repository() else { return };
    for args in [
        &["main..wider"][..],
        &["main..", "policies/shop"],
        &["main...HEAD", "policies"],
        &["main", "wider"],
        &["main", "wider", "policies/shop/shop.roles"],
        &["main", "policies/shop"],
        &["main", "HEAD"],
        &["main"],
        &["HEAD~1", "policies/shop/shop.roles"],
        &["main:policies/shop", "wider:policies"],
    ] {
        let run = folder.diff(args);
        assert!(
            run.out.starts_with("Clerk gains: stop Order\n"),
            "{args:?}: {}{}",
            run.out,
            run.err
        );
        assert_eq!(run.code, Some(1), "{args:?}");
    }
    let back = folder.diff(&["policies/shop", "main"]);
    assert!(back.out.starts_with("Clerk loses: stop Order\n"), "{}", back.out);
    assert_eq!(back.code, Some(0));
    assert_eq!(folder.diff(&["main...wider", "--fail-on", "any"]).code, Some(1));
    assert_eq!(folder.diff(&["wider..wider", "--fail-on", "any"]).code, Some(0));
}

#[test]
fn files_are_named_by_revision() {
    let Some(folder) = repository() else { return };
    let run = folder.diff(&["main..wider"]);
    assert!(run.out.contains("(main:policies/shop/shop.roles:3)"), "{}", run.out);
    assert!(run.out.contains("(wider:policies/shop/shop.roles:3)"), "{}", run.out);
    let run = folder.diff(&["main"]);
    assert!(run.out.contains("(policies/shop/shop.roles:3)"), "{}", run.out);
}

/// `main...HEAD` leaves out what happened on `main` since.
#[test]
fn three_dots_compare_since_the_branch_was_made() {
    let Some(folder) = repository() else { return };
    git(&folder, &["checkout", "-q", "main"]);
    folder.write("policies/shop/more.roles", "role Boss at Shop { can view Order }\n");
    commit(&folder, "meanwhile");
    let two = folder.diff(&["main..wider"]);
    assert!(two.out.contains("Boss loses: view Order"), "{}", two.out);
    let three = folder.diff(&["main...wider"]);
    assert!(!three.out.contains("Boss"), "{}", three.out);
    assert!(three.out.contains("Clerk gains: stop Order"), "{}", three.out);
}

/// A path that the working tree does not have any more; names with blanks; links; folders that are left out.
#[test]
fn old_trees_are_read_as_they_were() {
    let Some(folder) = repository() else { return };
    folder
        .write("moved away/it's here.roles", OLD)
        .write("policies/shop/target/x.roles", "nonsense");
    commit(&folder, "more");
    git(&folder, &["rm", "-rq", "moved away", "policies/shop/target"]);
    git(&folder, &["commit", "-q", "-m", "less"]);
    let run = folder.diff(&["HEAD~1:moved away", "policies/shop"]);
    assert!(
        run.out.contains("(HEAD~1:moved away/it's here.roles:3)"),
        "{}{}",
        run.out,
        run.err
    );
    assert_eq!(folder.diff(&["HEAD~1", "HEAD", "moved away"]).code, Some(3));
    assert_eq!(folder.diff(&["HEAD~1", "HEAD", "policies"]).code, Some(0));
}

#[cfg(unix)]
#[test]
fn links_within_a_tree_are_followed() {
    let Some(folder) = repository() else { return };
    folder.write("shared/types.txt", "resource Stock in Shop { actions count }\n");
    let policy = folder.0.join("policies/shop");
    std::os::unix::fs::symlink("../../shared/types.txt", policy.join("types.roles")).expect("a link");
    commit(&folder, "a link");
    let run = folder.diff(&["HEAD", "policies/shop", "--fail-on", "any"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    std::os::unix::fs::symlink("nowhere", policy.join("gone.roles")).expect("a link");
    commit(&folder, "a link to nowhere");
    let run = folder.diff(&["HEAD", "HEAD", "policies/shop"]);
    assert!(run.err.contains("project/unreadable"), "{}", run.err);
    assert_eq!(run.code, Some(3));
}

#[test]
fn revisions_that_are_wrong_are_explained() {
    let Some(folder) = repository() else { return };
    folder
        .write("docs/readme.md", "none")
        .write("policies/stock/stock.roles", OLD);
    commit(&folder, "two policies");
    let cases: [(&[&str], &str, &str); 7] = [
        (&["mian..wider"], "project/unknown-revision", "did you mean `main`?"),
        (
            &["main..nothing-like-this"],
            "project/unknown-revision",
            "there is no revision `nothing-like-this`",
        ),
        (
            &["main", "nothing/like/this"],
            "project/unknown-revision",
            "nor is there a file or folder of that name",
        ),
        (
            &["main..wider", "policies/stock"],
            "project/not-at-revision",
            "`policies/stock` does not exist at `main`",
        ),
        (
            &["HEAD~1..HEAD", "docs"],
            "project/not-at-revision",
            "`docs` does not exist at `HEAD~1`",
        ),
        (
            &["HEAD..HEAD", "docs"],
            "project/no-policy",
            "there is no policy in `HEAD:docs`",
        ),
        (
            &["HEAD..HEAD"],
            "project/several-policies",
            "`HEAD:policies/shop`, `HEAD:policies/stock`",
        ),
    ];
    for (args, code, words) in cases {
        let run = folder.diff(args);
        let flat = run.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(run.err.contains(code) && flat.contains(words), "{args:?}: {}", run.err);
        assert_eq!((run.code, run.out.as_str()), (Some(3), ""), "{args:?}");
    }
}

#[test]
fn a_broken_revision_is_shown() {
    let Some(folder) = repository() else { return };
    folder.write("policies/shop/shop.roles", &NEW.replace("stop Order", "stopp Order"));
    commit(&folder, "broken");
    let run = folder.diff(&["main..HEAD"]);
    assert!(run.err.contains("name/unknown-action"), "{}", run.err);
    assert!(run.err.contains("HEAD:policies/shop/shop.roles:3"), "{}", run.err);
    assert!(
        run.err.contains("the new policy, `HEAD:policies/shop`, has errors"),
        "{}",
        run.err
    );
    assert_eq!((run.code, run.out.as_str()), (Some(3), ""));
}

#[test]
fn without_a_repository_revisions_are_refused() {
    let folder = Folder::new();
    folder.write("shop.roles", OLD);
    if !has_git() {
        return;
    }
    let run = folder.diff(&["main..HEAD"]);
    assert!(run.err.contains("project/no-repository"), "{}", run.err);
    assert_eq!(run.code, Some(3));
}

#[test]
fn without_git_revisions_are_refused_and_folders_are_not() {
    let folder = Folder::new();
    folder.write("a/shop.roles", OLD).write("b/shop.roles", OLD);
    let without = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
        command
            .arg("diff")
            .args(args)
            .current_dir(&folder.0)
            .env("PATH", &folder.0);
        let output = command.output().expect("rolebook starts");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (code, words) = without(&["main..HEAD"]);
    assert!(words.contains("project/no-git"), "{words}");
    assert_eq!(code, Some(3));
    assert_eq!(without(&["a", "b"]), (Some(0), String::new()));
}
