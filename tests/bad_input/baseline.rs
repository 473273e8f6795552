//! Baselines: written, kept to, out of date, damaged, of another policy.

use crate::{FACTS, Folder, SHOP, shop_with};

const TWICE: &str = "role Both at Shop { can view Order can view Order }\n";
const WRITE: [&str; 3] = ["lint", "--write-baseline", "known.json"];
const LINT: [&str; 3] = ["lint", "--baseline", "known.json"];

/// The shop with something added to its policy.
fn shop(added: &str) -> Folder {
    let policy = shop_with(added);
    Folder::new(&[("p.roles", policy.as_bytes()), ("facts.yaml", FACTS.as_bytes())])
}

#[test]
fn what_is_known_is_hidden_wherever_it_moves() {
    let folder = shop(&format!("role Guest at Shop\n{TWICE}"));
    folder.run(&WRITE).ends(0).has("2 findings written to `known.json`");
    let known = folder.read("known.json");
    assert_eq!(known.lines().count(), 4, "{known}");
    let entries: Vec<_> = known.lines().filter(|line| line.starts_with("  {")).collect();
    assert!(entries.len() == 2 && entries[0].contains("empty-role") && entries[1].contains("equivalent-rules"));
    folder.run(&LINT).ends(0).has("no findings");
    folder.write(
        "rolebook.toml",
        b"baseline = 'known.json'\n[lint]\nequivalent-rules = 'error'\n",
    );
    folder.run(&["lint"]).ends(0).has("no findings");
    let more = format!("   role  Guest at Shop\n{TWICE}{}", TWICE.replace("Both", "Two"));
    let moved = format!("# one line more\n\n{}", shop_with(&more));
    folder.write("p.roles", moved.as_bytes());
    folder
        .run(&["lint"])
        .ends(1)
        .has("1 error")
        .lacks("Both at Shop { can view Order can view Order }\n   ·");
    folder.run(&WRITE).ends(0).has("4 findings");
    folder.run(&LINT).ends(0).has("no findings");
}

#[test]
fn one_more_of_the_same_is_new() {
    let role = "role Both at Shop {\n  can view Order\n  can view Order\n}\n";
    let folder = shop(role);
    folder.run(&WRITE).ends(0).has("1 finding written");
    folder.write(
        "p.roles",
        shop_with(&role.replace('}', "  can view Order\n}")).as_bytes(),
    );
    folder.run(&LINT).ends(1).has("1 warning");
    folder.run(&WRITE).ends(0).has("2 findings written");
    assert!(folder.read("known.json").contains("\"count\":2"));
    folder.run(&LINT).ends(0).has("no findings");
    folder.write("p.roles", shop_with(role).as_bytes());
    folder.run(&LINT).ends(0).shows(
        "baseline/stale",
        "an entry of the baseline no longer occurs",
        "known.json:2:3",
        "`--write-baseline FILE`",
    );
}

#[test]
fn an_entry_that_is_gone_is_a_note() {
    let folder = shop(&format!("role Guest at Shop\n{TWICE}"));
    folder.run(&WRITE).ends(0);
    folder.write("p.roles", SHOP.as_bytes());
    folder
        .run(&LINT)
        .ends(0)
        .has("2 entries of the baseline no longer occur")
        .has("1 note");
    folder.write("p.roles", (SHOP.to_owned() + "role X at Y\n").as_bytes());
    folder.run(&LINT).ends(3).lacks("baseline/");
}

#[test]
fn of_another_policy() {
    let folder = shop(TWICE);
    folder.run(&WRITE).ends(0);
    folder.write(
        "p.roles",
        b"policy \"Other\"\naccount Shop { actions view }\nrole Owner at Shop { can view Shop }\n",
    );
    folder.write("facts.yaml", b"accounts: {}\n");
    folder.run(&LINT).ends(3).shows(
        "baseline/foreign",
        "this baseline is of `",
        "known.json:2:3",
        "name the baseline of this policy",
    );
    folder.write("known.json", b"{\"version\": 1, \"findings\": []}");
    folder.run(&LINT).ends(0).has("no findings");
}

#[test]
fn damaged() {
    let folder = shop(TWICE);
    folder.run(&WRITE).ends(0);
    let whole = folder.read("known.json");
    let cases = [
        (String::new(), "EOF", "known.json:1:1"),
        (whole[..40].to_owned(), "EOF", "known.json:2:"),
        (format!("<<<<<<< HEAD\n{whole}"), "expected value", "known.json:1:1"),
        (
            whole.replace("\"version\": 1", "\"version\": 2"),
            "the form 2",
            "known.json:1:1",
        ),
        (
            whole.replace("\"code\"", "\"cod\""),
            "unknown field `cod`",
            "known.json:2:3",
        ),
        (
            whole.replace(",\"line\"", ",\"count\":-1,\"line\""),
            "expected a count",
            "known.json:2:3",
        ),
        ("[]".to_owned(), "expected a baseline", "known.json:1:2"),
        ("\u{202e}\u{1b}[31m".to_owned(), "expected value", "known.json:1:1"),
    ];
    for (text, gist, place) in cases {
        folder.write("known.json", text.as_bytes());
        let run = folder.run(&LINT);
        run.ends(3)
            .has("error[baseline/damaged]")
            .has(gist)
            .has(place)
            .has("1 error, 1 warning");
        run.lacks("\u{1b}").lacks("\u{202e}");
    }
    folder.write("known.json", "[".repeat(1_000_000).as_bytes());
    folder.run(&LINT).ends(3).has("baseline/damaged");
}

#[test]
fn files_that_cannot_be_read_or_written() {
    let folder = shop(TWICE);
    folder
        .run(&["lint", "--baseline", "none.json"])
        .ends(3)
        .has("`none.json` does not exist")
        .has("1 warning");
    folder.write("rolebook.toml", b"baseline = 'none.json'");
    folder.run(&["lint"]).ends(3).has("`none.json` does not exist");
    folder
        .run(&["lint", "--write-baseline", "no/such/folder"])
        .ends(3)
        .has("its folder does not exist");
    folder
        .run(&["lint", "--write-baseline", "."])
        .ends(3)
        .has("it is a folder");
    folder
        .run(&["lint", "--write-baseline", "a", "--baseline", "b"])
        .ends(2);
    folder.run(&WRITE).ends(0).has("1 finding written");
    folder.write("p.roles", b"role X at Y\n");
    folder
        .run(&["lint", "--write-baseline", "new.json"])
        .ends(3)
        .has("unknown type `Y`");
    assert!(!folder.0.join("new.json").exists());
}

#[test]
fn a_broken_constraint_of_the_facts_can_be_known() {
    let folder = shop("each Shop has exactly 7 Owner\n");
    folder.run(&["lint"]).ends(1).has("constraint/each");
    folder.run(&WRITE).ends(0);
    folder.run(&LINT).ends(0).has("no findings");
}

#[test]
fn the_page_of_a_run_gets_the_whole_table() {
    let folder = shop(TWICE);
    let github = ["lint", "--format", "github"];
    let run = folder.run_with(&github, &[("GITHUB_STEP_SUMMARY", "summary.md")]);
    run.ends(1).has("::warning file=p.roles,line=");
    folder.run_with(&github, &[("GITHUB_STEP_SUMMARY", "summary.md")]);
    assert_eq!(
        folder
            .read("summary.md")
            .matches("| warning | equivalent-rules | p.roles:")
            .count(),
        2
    );
    let nowhere = folder.run_with(&github, &[("GITHUB_STEP_SUMMARY", "no/such/folder")]);
    nowhere.ends(1).has("cannot be written").has("::warning");
    for format in ["sarif", "junit", "json"] {
        folder
            .run(&["lint", "--format", format])
            .ends(1)
            .has("equivalent-rules");
    }
}
