//! Files of tests that are wrong.

use crate::{FACTS, Run, SHOP, run};

fn tests(text: &str) -> Run {
    let files = [
        ("p.roles", SHOP.as_bytes()),
        ("facts.yaml", FACTS.as_bytes()),
        ("tests.yaml", text.as_bytes()),
    ];
    run(&files, &["test"])
}

#[test]
fn unknown_keys() {
    let run = tests(
        "facts: facts.yaml\nextra: 1\ntests:\n  - name: one\n    expects: [ ada can view order-1 ]\n    expect: [ ada can view order-1 ]\n",
    );
    run.ends(3).errors(2).shows(
        "test/unknown-key",
        "unknown key `extra`",
        "tests.yaml:2:1",
        "the keys are: facts, tests",
    );
    run.shows(
        "test/unknown-key",
        "unknown key `expects`",
        "tests.yaml:5:5",
        "did you mean `expect`?",
    );
}

#[test]
fn a_test_that_expects_nothing_or_has_no_name() {
    let run = tests("facts: facts.yaml\ntests:\n  - name: one\n  - expect: [ ada can view order-1 ]\n");
    run.ends(3).errors(2).shows(
        "test/shape",
        "a test that expects nothing cannot fail",
        "tests.yaml:3:5",
        "",
    );
    run.shows("test/shape", "a test needs a name", "tests.yaml:4:5", "");
}

#[test]
fn an_expectation_that_does_not_parse() {
    let text = "facts: facts.yaml\ntests:\n  - name: one\n    expect:\n      - oz can view\n      - \"oz may view order-1\"\n      - \"who can view order-1\": ada\n      - [ a ]\n";
    let run = tests(text);
    run.ends(3)
        .errors(4)
        .shows("syntax/unexpected", "found the end", "tests.yaml:5:20", "");
    run.has("found `may`").has("tests.yaml:6:13");
    run.shows(
        "test/shape",
        "the answer to a question is a list of names",
        "tests.yaml:7:33",
        "",
    );
    run.shows("test/shape", "an expectation is a sentence", "tests.yaml:8:9", "");
}

#[test]
fn an_expectation_over_several_lines_or_with_escapes() {
    for expectation in [
        "\"oz \\u0063an view\\x20\\x20é order-1 %\"",
        ">-\n        oz can\n        view\n        é order-1 %",
        "'oz ''é'' can view %'",
        "|\n        é é é é\n        oz can %",
    ] {
        let run = tests(&format!(
            "facts: facts.yaml\ntests:\n  - name: one\n    expect:\n      - {expectation}\n"
        ));
        run.ends(3).has("[syntax/unexpected]").has("tests.yaml:");
    }
}

#[test]
fn what_an_expectation_names_is_looked_up() {
    let run = tests(
        "facts: facts.yaml\ntests:\n  - name: one\n    expect:\n      - ozz can view order-1\n      - ada can view order-1\n  - name: two\n    expect: [ ada can view order-1 ]\n",
    );
    assert_ne!(run.code, Some(0), "{}", run.out);
    run.has("unknown user `ozz`")
        .has("tests.yaml:5")
        .has("1 passed, 1 failed");
}

#[test]
fn facts_that_a_test_breaks() {
    let run = tests(
        "facts: facts.yaml\ntests:\n  - name: one\n    given: { users: { tim: { roles: { Clerk: shop } } } }\n    expect: [ ada can view order-1 ]\n  - name: two\n    expect: [ ada can view order-1 ]\n",
    );
    assert_ne!(run.code, Some(0), "{}", run.out);
    run.has("no role `Clerk` at `shop`").has("1 passed, 1 failed");
}

#[test]
fn facts_that_do_not_exist() {
    let run = tests("facts: fact.yaml\ntests:\n  - name: one\n    expect: [ ada can view order-1 ]\n");
    run.ends(3).errors(1).shows(
        "test/no-facts",
        "the facts `fact.yaml` cannot be read",
        "tests.yaml:1:8",
        "",
    );
}
