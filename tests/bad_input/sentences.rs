//! Questions that do not parse, or name what nobody knows.

use crate::policy;

#[test]
fn a_sentence_that_does_not_parse() {
    let table = [
        ("oz order-1", "expected `is` or `can`", 4, ""),
        ("may oz view order-1", "expected `is` or `can`", 5, "ask with `can`"),
        ("can oz view", "found the end", 12, ""),
        ("can oz view order-1 )", "found `)`", 21, ""),
        ("who may view order-1", "found `may`", 5, "write `can`"),
        (" ", "a question or a statement, found the end", 2, ""),
    ];
    for (sentence, gist, column, help) in table {
        let run = policy("", &["ask", sentence]);
        run.ends(3)
            .shows("syntax/unexpected", gist, &format!("sentence:1:{column}"), help);
    }
    let run = policy("", &["ask", "can \"oz view order-1"]);
    run.ends(3).shows(
        "syntax/unterminated-string",
        "not closed",
        "sentence:1:5",
        "put a `\"` at its end",
    );
}

#[test]
fn a_sentence_that_names_nothing_known() {
    let table = [
        ("can ozz view order-1", "name/unknown-user", "`ozz`", 5, "`oz`"),
        (
            "can oz veiw order-1",
            "name/unknown-action",
            "`Order` has no action `veiw`",
            8,
            "`view`",
        ),
        ("can oz view order-2", "name/unknown-node", "`order-2`", 13, "`order-1`"),
        (
            "can oz view Oder in north",
            "name/unknown-node",
            "`Oder`",
            13,
            "`Order`",
        ),
        (
            "can oz view Order in nort",
            "name/unknown-node",
            "`nort`",
            22,
            "`north`",
        ),
        ("who is Clrk at north", "name/unknown-role", "`Clrk`", 8, "`Clerk`"),
        ("which Oder can oz view", "name/unknown-type", "`Oder`", 7, "`Order`"),
        ("where does Clrk exist", "name/unknown-role", "`Clrk`", 12, "`Clerk`"),
        (
            "can oz create Order in north with amout = 3",
            "name/unknown-attribute",
            "`amout`",
            35,
            "`amount`",
        ),
    ];
    for (sentence, code, gist, column, near) in table {
        let run = policy("", &["ask", sentence]);
        run.ends(3).shows(
            code,
            gist,
            &format!("sentence:1:{column}"),
            &format!("did you mean {near}?"),
        );
    }
}

#[test]
fn a_sentence_that_cannot_be() {
    let run = policy("", &["ask", "can oz view Order in shop"]);
    run.ends(3).shows(
        "containment/impossible",
        "cannot lie directly in `shop`",
        "sentence:1:22",
        "lies in `Branch`",
    );
    let run = policy("", &["ask", "can oz create Order in north with amount = many"]);
    run.ends(3)
        .shows("type/mismatch", "`many` is no int", "sentence:1:44", "a whole number");
    let run = policy("", &["ask", "can ada assign Clerk"]);
    run.ends(3).shows(
        "sentence/no-place",
        "it is not said where",
        "sentence:1:16",
        "write `Clerk at …`",
    );
}

#[test]
fn both_faults_of_a_sentence_are_shown() {
    let run = policy("", &["ask", "can ozz veiw order-1"]);
    run.ends(3).errors(2).has("sentence:1:5").has("sentence:1:9");
}
