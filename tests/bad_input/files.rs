//! Files and paths that are not what was meant.

use crate::{FACTS, SHOP, facts, policy, run};

const VIEW: [&str; 2] = ["ask", "can ada view order-1"];

#[test]
fn bytes_that_are_not_utf8() {
    let roles = [SHOP.as_bytes(), b"role Caf\xe9 at Shop {}\nrole Other at Shoop {}\n"].concat();
    let yaml = [FACTS.as_bytes(), b"# \xff\n"].concat();
    let run = run(&[("p.roles", &roles), ("facts.yaml", &yaml)], &["lint"]);
    run.ends(3).shows(
        "project/not-utf8",
        "`p.roles` is not UTF-8: the byte 0xE9",
        "p.roles:7:9",
        "save the file as UTF-8",
    );
    run.shows(
        "project/not-utf8",
        "`facts.yaml` is not UTF-8: the byte 0xFF",
        "facts.yaml:8:3",
        "save the file as UTF-8",
    );
    run.shows(
        "name/unknown-type",
        "unknown type `Shoop`",
        "p.roles:8:15",
        "did you mean `Shop`?",
    );
}

#[test]
fn a_byte_order_mark_means_nothing() {
    let [roles, yaml] = [SHOP, FACTS].map(|text| format!("\u{feff}{text}"));
    let files = [("p.roles", roles.as_bytes()), ("facts.yaml", yaml.as_bytes())];
    run(&files, &["lint"]).ends(0).has("no findings");
    run(&files, &VIEW).ends(0).has("allow: ada can view Order order-1");
}

#[test]
fn empty_files() {
    let files: [(&str, &[u8]); 2] = [("p.roles", b""), ("facts.yaml", b"")];
    run(&files, &["ask", "which roles exist"]).ends(0).lacks("error");
    run(&files, &["lint"]).ends(1).shows(
        "project/unknown-yaml",
        "`facts.yaml` holds neither facts nor tests",
        "facts.yaml:1:1",
        "`accounts`",
    );
    run(&files, &VIEW).ends(3).shows(
        "sentence/no-facts",
        "is about an organisation, and there is none",
        "sentence:1:1",
        "`-f FILE`",
    );
    facts("", &["ask", "which roles exist"])
        .ends(0)
        .has("Shop.Owner")
        .has("Branch.Clerk");
    facts("accounts: {}\n", &["lint"]).ends(0).has("no findings");
}

#[test]
fn a_facts_file_where_a_policy_is_expected() {
    for args in [
        &["lint", "facts.yaml"][..],
        &["test", "facts.yaml"],
        &["ask", "-p", "facts.yaml", "which roles exist"],
    ] {
        let run = policy("", args);
        run.ends(3).shows(
            "project/facts-not-policy",
            "`facts.yaml` holds data",
            "",
            "facts are given with `-f facts.yaml`",
        );
    }
}

#[test]
fn a_policy_where_facts_are_expected() {
    let run = policy("", &["ask", "-f", "p.roles", "can oz view order-1"]);
    run.ends(3).shows(
        "project/policy-not-facts",
        "`p.roles` is a policy",
        "",
        "facts are YAML with keys such as `accounts`",
    );
}

#[test]
fn a_folder_without_a_policy() {
    for args in [&["lint"][..], &["test"], &["ask", "which roles exist"]] {
        let run = run(&[("notes.txt", b"")], args);
        run.ends(3).shows(
            "project/no-policy",
            "there is no policy in `.`",
            "",
            "files that end in `.roles`",
        );
    }
}

#[test]
fn a_path_that_does_not_exist() {
    policy("", &["lint", "far/away"])
        .ends(3)
        .shows("project/not-found", "`far/away` does not exist", "", "");
    policy("", &["ask", "-p", "q.roles", "x"]).ends(3).shows(
        "project/not-found",
        "`q.roles`",
        "",
        "did you mean `p.roles`?",
    );
    let run = policy("", &["ask", "-f", "fcts.yaml", "can oz view order-1"]);
    run.ends(3).shows(
        "project/not-found",
        "`fcts.yaml` does not exist",
        "",
        "did you mean `facts.yaml`?",
    );
}

#[test]
fn the_good_paths_of_a_run_are_examined() {
    let bad = SHOP.to_owned() + "role X at Shoop {}\n";
    let files = [("a/p.roles", bad.as_bytes()), ("b/p.roles", bad.as_bytes())];
    let run = run(&files, &["lint", "a", "c", "b"]);
    run.ends(3)
        .errors(3)
        .shows("project/not-found", "`c` does not exist", "", "did you mean `a`?");
    run.shows("name/unknown-type", "`Shoop`", "a/p.roles:7:11", "`Shop`")
        .shows("name/unknown-type", "`Shoop`", "b/p.roles:7:11", "`Shop`");
}

#[test]
fn two_policies_to_ask() {
    let files = [("a/p.roles", SHOP.as_bytes()), ("b/p.roles", SHOP.as_bytes())];
    let outcome = run(&files, &["ask", "which roles exist"]);
    outcome
        .ends(3)
        .shows(
            "project/several-policies",
            "there are 2 policies here",
            "",
            "`-p FOLDER`",
        )
        .has("a`")
        .has("b`");
    run(&files, &["ask", "-p", "a", "which roles exist"])
        .ends(0)
        .has("Shop.Owner");
}
