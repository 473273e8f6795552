//! Facts that say what cannot be, and facts that say too little.

use crate::{FACTS, SHOP, facts, policy, run};

const VIEW: [&str; 2] = ["ask", "can ada view order-1"];

#[test]
fn containment_that_cannot_be() {
    let units = "units:\n  north: { is: Branch, in: shop }\n  c: { is: Branch, in: d }\n  d: { is: Branch, in: c }\n  e: { is: Branch, in: order-1 }\n  f: { is: Branch }\n";
    let yaml = FACTS.replace("units: { north: { is: Branch, in: shop } }\n", units);
    let run = facts(&yaml, &["lint"]);
    run.ends(3)
        .errors(3)
        .has("[facts/containment-cycle]")
        .has("facts.yaml:7:24")
        .has("`c`")
        .has("`d`");
    run.has("[containment/not-allowed]")
        .has("facts.yaml:9:24")
        .has("[containment/no-container]")
        .has("facts.yaml:10:3");
    facts(&yaml, &VIEW).ends(3).errors(3);
}

#[test]
fn a_role_that_does_not_exist_there() {
    let yaml = FACTS.replace("Clerk: north", "Clerk: shop, Owner: north");
    let run = facts(&yaml, &["lint"]);
    run.ends(3).errors(2);
    run.shows(
        "role/not-at-this-type",
        "no role `Clerk` at `shop`, which is of type `Shop`",
        "facts.yaml:3:44",
        "`Clerk` exists at `Branch`",
    );
    run.shows(
        "role/not-at-this-type",
        "no role `Owner` at `north`",
        "facts.yaml:3:57",
        "`Owner` exists at `Shop`",
    );
}

#[test]
fn a_user_in_a_place_that_nobody_knows() {
    let run = facts(&FACTS.replace("[shop, north]", "[shp, north]"), &["lint"]);
    run.ends(3)
        .errors(1)
        .shows("name/unknown-node", "`shp`", "facts.yaml:3:14", "did you mean `shop`?");
}

#[test]
fn every_wrong_record_is_reported() {
    let added = "  order-2: { is: Ordr, in: north }\n  order-3: { is: Order, in: nrth }\n  order-4: { is: Order, in: north, amout: 3 }\n";
    let yaml = FACTS.to_owned() + added;
    for args in [&["lint"][..], &VIEW] {
        let run = facts(&yaml, args);
        run.ends(3).errors(3);
        run.shows(
            "name/unknown-type",
            "`Ordr`",
            "facts.yaml:8:18",
            "did you mean `Order`?",
        );
        run.shows(
            "name/unknown-node",
            "`nrth`",
            "facts.yaml:9:29",
            "did you mean `north`?",
        );
        run.shows(
            "name/unknown-attribute",
            "`Order` has no attribute `amout`",
            "facts.yaml:10:36",
            "did you mean `amount`?",
        );
    }
}

#[test]
fn attributes_of_the_wrong_type() {
    let yaml = FACTS
        .replace("is: Shop }", "is: Shop, open: yes, tier: medium }")
        .replace("amount: 5", "amount: lots")
        .replace("creator: oz", "creator: ozz");
    let run = facts(&yaml, &["lint"]);
    run.ends(3).errors(4).shows(
        "type/mismatch",
        "`yes` is no bool",
        "facts.yaml:1:37",
        "`true` or `false`",
    );
    run.shows(
        "name/unknown-value",
        "unknown value `medium`",
        "facts.yaml:1:48",
        "small, large",
    );
    run.shows("name/unknown-user", "`ozz`", "facts.yaml:7:45", "did you mean `oz`?");
    run.shows("type/mismatch", "`lots` is no int", "facts.yaml:7:58", "a whole number");
}

#[test]
fn keys_that_occur_twice() {
    let yaml = FACTS.to_owned() + "  order-1: { is: Order, in: north, in: north }\nusers:\n  tim: { in: shop }\n";
    let run = facts(&yaml, &["lint"]);
    run.ends(3).shows(
        "yaml/duplicate-key",
        "the key `users` occurs twice",
        "facts.yaml:9:1",
        "",
    );
    run.shows("yaml/duplicate-key", "the key `in` occurs twice", "facts.yaml:8:36", "");
    run.shows(
        "yaml/duplicate-key",
        "the key `order-1` occurs twice",
        "facts.yaml:8:3",
        "",
    );
    assert_eq!(run.out.matches("first here").count(), 3, "{}", run.out);
}

#[test]
fn aliases_that_multiply() {
    let mut yaml = FACTS.to_owned() + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        yaml += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    facts(&yaml, &["lint"])
        .ends(3)
        .has("[yaml/alias-limit]")
        .has("facts.yaml:13:45")
        .has("help: write out what is meant")
        .errors(1);
}

#[test]
fn text_that_is_no_yaml() {
    let run = facts(&FACTS.replace("in: shop } }", "in: shop }"), &["lint"]);
    run.ends(3)
        .shows(
            "yaml/syntax",
            "expected `,` or `}`",
            "facts.yaml:6:1",
            "close it with `}`",
        )
        .errors(1);
    facts("accounts:\n\tshop: { is: Shop }\n", &["lint"])
        .ends(3)
        .has("[yaml/syntax]")
        .has("facts.yaml:2:");
    facts(&(FACTS.to_owned() + "---\nusers: {}\n"), &["lint"])
        .ends(3)
        .has("[yaml/several-documents]")
        .has("facts.yaml:8:");
}

#[test]
fn a_broken_constraint_is_a_finding_and_questions_are_answered() {
    let constraint = "each Branch has at least 2 Clerk\n";
    let run = policy(constraint, &["lint"]);
    run.ends(1).shows(
        "constraint/each",
        "`north` has 1 holder of `Clerk`; each `Branch` has at least 2",
        "facts.yaml:5:10",
        "",
    );
    run.has("── held by `oz`").has("p.roles:7:1").has("1 warning");
    policy(constraint, &VIEW)
        .ends(0)
        .has("allow: ada can view Order order-1");
}

#[test]
fn a_missing_attribute_never_allows() {
    let run = policy("", &["ask", "--exit-code", "can oz view order-1"]);
    run.ends(1)
        .has("deny: oz cannot view Order order-1")
        .has("unknown")
        .has("`branch.legal` is missing, asked by Clerk at north");
    let yaml = FACTS.replace("in: shop } }", "in: shop, legal: true } }");
    facts(&yaml, &["ask", "--exit-code", "can oz view order-1"])
        .ends(0)
        .has("allow: oz can view Order order-1");
}

#[test]
fn a_missing_attribute_always_forbids() {
    let rule = "nobody can edit Order unless branch.legal\n";
    let outcome = policy(rule, &["ask", "--exit-code", "can ada edit order-1"]);
    outcome
        .ends(1)
        .has("deny: ada cannot edit Order order-1")
        .has("`nobody can edit Order unless branch.legal`  (p.roles:7)");
    outcome.has("`branch.legal` is missing; what is unknown forbids");
    policy(rule, &["ask", "--exit-code", "can ada view order-1"])
        .ends(0)
        .has("allow");
    let roles = SHOP.to_owned() + rule;
    let yaml = FACTS.replace("in: shop } }", "in: shop, legal: true } }");
    let run = run(
        &[("p.roles", roles.as_bytes()), ("facts.yaml", yaml.as_bytes())],
        &["ask", "can ada edit order-1"],
    );
    run.ends(0).has("allow: ada can edit Order order-1");
}
