//! Texts that do not parse.

use crate::{FACTS, SHOP, facts, policy, run, within};

const DEEP: usize = 100_000;

#[test]
fn deep_brackets_in_a_condition() {
    let condition = "(".repeat(DEEP) + "here.open" + &")".repeat(DEEP);
    let run = within(60, || {
        policy(
            &format!("role P at Shop {{ can edit Shop when {condition} }}\nrole Q at Shop {{ can vew Order }}\n"),
            &["lint"],
        )
    });
    run.ends(3).shows(
        "syntax/too-deep",
        "nested more than 64 deep",
        "p.roles:7:100",
        "split the rule",
    );
    run.shows(
        "name/unknown-action",
        "`Order` has no action `vew`",
        "p.roles:8:22",
        "did you mean `view`?",
    )
    .errors(2);
}

#[test]
fn deep_brackets_in_a_sentence() {
    for (bracket, start, column) in [
        ("(", "can oz view ", 13),
        ("[", "can oz view order-1 with amount = ", 36),
    ] {
        let sentence = start.to_owned() + &bracket.repeat(DEEP);
        let run = within(60, || policy("", &["ask", &sentence]));
        run.ends(3).shows(
            "syntax/unexpected",
            &format!("found `{bracket}`"),
            &format!("sentence:1:{column}"),
            "",
        );
    }
}

#[test]
fn deep_brackets_in_yaml() {
    let yaml = format!("accounts: {}{}\n", "[".repeat(DEEP), "]".repeat(DEEP));
    for args in [&["lint"][..], &["ask", "can oz view order-1"]] {
        let run = within(60, || facts(&yaml, args));
        run.ends(3)
            .has("[yaml/too-deep]")
            .has("nest deeper than 64 levels")
            .has("facts.yaml:1:");
    }
}

#[test]
fn a_string_without_its_end() {
    let run = policy("role X at Shop \"abc { }\nrole Y at Shoop {}\n", &["lint"]);
    run.ends(3).shows(
        "syntax/unterminated-string",
        "not closed on its line",
        "p.roles:7:16",
        "put a `\"` at its end",
    );
    run.shows("name/unknown-type", "`Shoop`", "p.roles:8:11", "did you mean `Shop`?")
        .errors(2);
}

#[test]
fn three_errors_in_a_file_and_one_in_another() {
    let text = SHOP.to_owned() + "role at Shop { }\nunit { }\nresource Z in Branch { actions , view }\n";
    let other = b"role Other at Brnch { can view Order }\n";
    let run = run(
        &[
            ("p.roles", text.as_bytes()),
            ("q.roles", other),
            ("facts.yaml", FACTS.as_bytes()),
        ],
        &["lint"],
    );
    run.ends(3).errors(4);
    run.shows(
        "syntax/unexpected",
        "expected a role's name, found `at`",
        "p.roles:7:6",
        "`at` is a word of the language",
    );
    run.shows(
        "syntax/unexpected",
        "expected a type's name, found `{`",
        "p.roles:8:6",
        "",
    );
    run.shows("syntax/unexpected", "found `,`", "p.roles:9:32", "commas stand between");
    run.shows(
        "name/unknown-type",
        "unknown type `Brnch`",
        "q.roles:1:15",
        "did you mean `Branch`?",
    );
}

#[test]
fn a_bracket_without_its_partner() {
    let run = policy("role X at Shop { can view Order\nrole Y at Shoop {}\n", &["lint"]);
    run.ends(3).has("[syntax/unclosed]").has("p.roles:7:16").has("`Shoop`");
    policy("}\nrole Y at Shoop {}\n", &["lint"])
        .ends(3)
        .has("[syntax/unopened]")
        .has("p.roles:7:1")
        .has("`Shoop`");
}
