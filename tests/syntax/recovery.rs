//! One error costs one rule, one member or one item, and is said in the user's words.

use crate::common::{error, errors, node_type, policy, role};

#[test]
fn three_broken_items_give_three_errors_and_the_good_ones_are_kept() {
    let (tree, errors) = policy(
        "account A\nrole X in A { can view B }\nrole Good at A\nrole at A\nunit U in A\neach U have exactly 1 Good\nrole Last at U { can view U }\n",
    );
    assert_eq!(errors.len(), 3, "{errors:#?}");
    assert_eq!(tree.items.len(), 4);
    assert_eq!(role(&tree.items[3]).rules.len(), 1);
}

#[test]
fn a_broken_rule_costs_one_rule() {
    let (tree, errors) = policy(
        "role A at T \"L\" {\n  can view X\n  can edit\n  can stop X when\n  can approve X\n  allow view X\n  cannot view Y\n}\nrole B at T",
    );
    assert_eq!(errors.len(), 3, "{errors:#?}");
    assert_eq!(tree.items.len(), 2);
    assert_eq!(
        (role(&tree.items[0]).rules.len(), role(&tree.items[0]).labels.len()),
        (3, 1)
    );
}

#[test]
fn a_broken_member_costs_one_member() {
    let (tree, errors) =
        policy("account A {\n  a: bool\n  b int\n  c: bool = = 3\n  actions x, y\n  x implies\n  d: int\n}");
    assert_eq!(errors.len(), 3, "{errors:#?}");
    assert_eq!(node_type(&tree.items[0]).members.len(), 3);
}

#[test]
fn an_open_brace_does_not_swallow_what_follows() {
    let (tree, errors) = policy("role A at T {\n  can view X\n  can edit\n\nrole B at T {\n  can view X\n}\n");
    assert_eq!(errors.len(), 2, "{errors:#?}");
    assert_eq!(
        errors[0],
        "syntax/unclosed 1:13 [{] `{` is never closed | put a `}` where it ends"
    );
    assert_eq!(tree.items.len(), 2);
    assert_eq!(
        (role(&tree.items[0]).rules.len(), role(&tree.items[1]).rules.len()),
        (1, 1)
    );
}

#[test]
fn brackets_are_reported_once() {
    assert_eq!(
        error("role A at T { can view X when (a }"),
        "syntax/unclosed 1:31 [(] `(` is never closed | put a `)` where it ends"
    );
    assert_eq!(
        error("role A at T }\nrole B at T"),
        "syntax/unopened 1:13 [}] `}` closes nothing"
    );
    assert_eq!(
        error("role A at T { can view X when a in [b) }"),
        "syntax/unclosed 1:36 [[] `[` is never closed | put a `]` where it ends"
    );
}

#[test]
fn a_continued_line_that_looks_like_an_opener_is_none() {
    let (tree, errors) =
        policy("everyone can view X when\nuser in resource.banned or\nresource.open\nuser { a: bool }\n");
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(tree.items.len(), 2);
}

#[test]
fn common_slips_get_help() {
    let cases = [
        (
            "role X in T",
            "syntax/unexpected 1:8 [in] expected `at` or `,`, found `in` | a role is held `at` a type",
        ),
        (
            "role in at T",
            "syntax/unexpected 1:6 [in] expected a role's name, found `in` | `in` is a word of the language; choose another name",
        ),
        (
            "role X at T { can't view Y }",
            "syntax/unexpected 1:18 ['t] expected an action, found `'t` | write `cannot`",
        ),
        (
            "role X at T { can not view Y }",
            "syntax/unexpected 1:19 [not] expected an action, found `not` | write `cannot`",
        ),
        (
            "deny X",
            "syntax/unexpected 1:1 [deny] expected a declaration such as `role`, found `deny` | write `can` or `cannot`",
        ),
        (
            "each T have exactly 1 R",
            "syntax/unexpected 1:8 [have] expected `has`, found `have` | write `has`",
        ),
        ("role A at T {\n can view X if b }", "syntax/unexpected 2:13 [if]"),
        ("role A at T { can view X when a == b }", "syntax/unexpected 1:33 [==]"),
        ("role A at T defualt", "syntax/unexpected 1:13 [defualt]"),
        ("role A at T { can view only here }", "syntax/unexpected 1:24 [only]"),
    ];
    for (text, wanted) in cases {
        let found = error(text);
        assert!(found.starts_with(wanted), "{found}");
        assert!(found.contains(" | "), "no help: {found}");
    }
}

#[test]
fn no_message_speaks_of_the_grammar() {
    let texts = [
        "role A at T { can view X Y }",
        "account A { a }",
        "area x [",
        "no user",
        "ensure",
        "roles x { }",
        "whoever is A is B",
        "nobody",
    ];
    for text in texts {
        for found in errors(text) {
            assert!(!found.contains('_') && !found.contains("EOI"), "{found}");
        }
    }
}

#[test]
fn what_can_be_read_two_ways_is_refused() {
    assert!(error("role A at T { can edit X except edit B, C }").starts_with("syntax/except-order 1:41 [C]"));
    assert!(errors("role A at T { can edit X except B, self, edit C, edit D, self }").is_empty());
    assert!(error("role A, B at T \"x\"").starts_with("syntax/label-of-several 1:16"));
    assert!(error("unit A, B in T \"x\"").starts_with("syntax/label-of-several 1:16"));
    assert!(error("role A at T default \"x\" default").starts_with("syntax/said-twice 1:25"));
    assert!(error("role A at T { can view X when a when b }").starts_with("syntax/unexpected 1:33 [when]"));
    assert!(error("each T has exactly 99999999999 R").starts_with("syntax/number"));
}
