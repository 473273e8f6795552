//! Single grants and custom roles: rules written in facts.

use super::wrong::{AGENCY, MORE, fault};
use crate::*;

#[test]
fn grants() {
    let grant = |text: &str| {
        fault(&format!(
            "users: {{ oz: }}\ngrants:\n  - {{ to: oz, can: {text}, at: d }}"
        ))
    };
    assert_eq!(
        grant("vew File"),
        "5:20 name/unknown-action: `File` has no action `vew`"
    );
    assert_eq!(
        grant("\"vew File\""),
        "5:21 name/unknown-action: `File` has no action `vew`"
    );
    assert_eq!(grant("view Fil"), "5:25 name/unknown-type: unknown type or area `Fil`");
    assert!(grant("\"view \\u0046il\"").starts_with("5:20 name/unknown-type"));
    assert!(grant("[view File, view only]").starts_with("5:3"));
    assert_eq!(
        grant("assign Clerk"),
        "5:20 facts/administrative: a text of the facts cannot hand out roles or permissions"
    );
    assert_eq!(
        grant("grant view File"),
        "5:20 facts/administrative: a text of the facts cannot hand out roles or permissions"
    );
    assert_eq!(
        fault("grants: [{ to: oz, can: view File, at: d }]"),
        "3:16 name/unknown-user: unknown user `oz`"
    );
    assert_eq!(
        fault("users: { oz: }\ngrants: [{ to: oz, at: d }]"),
        "4:10 facts/missing-key: a grant needs `can:`"
    );
}

#[test]
fn a_text_reaches_only_below() {
    let policy = "account Agency
account Client in Agency
unit Desk in Client
resource File in Agency, Client, Desk { actions view, edit }
role Boss at Agency { can grant view, edit File }
role Head at Client { can grant view, edit File }
";
    let facts = |text: &str, at: &str| {
        format!(
            "accounts: {{ a: {{ is: Agency }}, c: {{ is: Client, in: a }} }}\nunits: {{ d: {{ is: Desk, in: c }} }}\n\
             users: {{ oz: }}\ngrants:\n  - {{ to: oz, can: {text}, at: {at} }}"
        )
    };
    let faults = |text: &str, at: &str| reading(policy, &facts(text, at)).faults();
    let refused = |reach: &str, held: &str| {
        [format!(
            "5:20 facts/wide-reach: a text of the facts held at `{held}` cannot reach `{reach}`"
        )]
    };
    assert_eq!(faults("view File anywhere", "d"), refused("anywhere", "Desk"));
    assert_eq!(faults("view File across Agency", "d"), refused("across Agency", "Desk"));
    for fine in [
        "view File",
        "view File only here",
        "view File in Desk",
        "view File in Client",
    ] {
        assert!(faults(fine, "c").is_empty(), "{fine}");
    }
}

#[test]
fn a_text_that_stands_elsewhere() {
    let facts = "users: { oz: }
grants:
  - { to: oz, can: &it vew File, at: d }
  - { to: oz, can: *it, at: d }
  - { to: oz, can: view File, at: d }
";
    let it = reading(MORE, &format!("{AGENCY}{facts}"));
    let places: Vec<String> = it
        .faults()
        .iter()
        .map(|f| f.split(": ").next().unwrap().to_owned())
        .collect();
    assert_eq!(places, ["5:24 name/unknown-action", "6:20 name/unknown-action"]);
    assert_eq!(it.facts.grants.len(), 1);
}

#[test]
fn a_text_counts_where_it_makes_sense() {
    let it = reading(
        MORE,
        &format!("{AGENCY}roles: [{{ name: X, at: a, can: view File when holding.limit > 3 }}]"),
    );
    assert_eq!(
        it.faults().len(),
        1,
        "told once, not once for each type of place: {:?}",
        it.faults()
    );
    good(
        LITTLEBIG,
        &LBC.replace("can: [view Tender, view Proposal]", "can: view Budget"),
    );
    let nowhere = LBC.replace("can: view Budget, at: lbc", "can: view Budget, at: paris");
    let it = reading(LITTLEBIG, &nowhere);
    let told = "21:26 rule/out-of-reach: `Budget` can never lie within reach of this rule";
    assert_eq!(it.faults(), [told]);
    assert_eq!(it.found[0].severity, Severity::Warning);
}

#[test]
fn custom_roles() {
    let role = |text: &str| fault(&format!("roles:\n  - {{ {text} }}"));
    assert_eq!(
        role("name: Clerk, at: d, can: view File"),
        "4:13 name/duplicate: there is a role `Clerk` already"
    );
    assert_eq!(
        role("name: main, at: d, can: view File"),
        "4:13 name/duplicate: there is a role `main` already"
    );
    assert_eq!(
        role("at: d, can: view File"),
        "4:5 facts/missing-key: a role needs `name:`"
    );
    assert_eq!(
        role("name: X, at: q, can: view File"),
        "4:20 name/unknown-node: unknown node `q`"
    );
    assert_eq!(
        role("name: X, at: a, can: view Fil"),
        "4:33 name/unknown-type: unknown type or area `Fil`"
    );
    assert_eq!(
        fault("roles: [{ name: X, at: a, can: view File }]\nusers: { oz: { roles: { X: e } } }"),
        "4:28 role/not-here: `X` is held at `a` or below, not at `e`"
    );
    assert_eq!(
        fault("roles:\n  - { name: X, at: a, can: view File }\n  - { name: X, at: b, can: view File }"),
        "5:13 name/duplicate: there is a role `X` already"
    );
}

#[test]
fn a_text_that_asks_for_a_derived_role() {
    let policy = "account Shop {}\nresource Paper in Shop { owner: user? actions view }
role Owner at Paper for whoever is owner\nrole Keeper at Shop { can grant view Paper }";
    let facts = "accounts: { s: { is: Shop } }\nusers: { oz: { in: s } }
grants: [{ to: oz, can: view Paper when user holds Owner, at: s }]";
    let it = reading(policy, facts);
    assert_eq!(
        it.faults(),
        ["3:25 role/derivation-cycle: a text of the facts cannot ask for a derived role"]
    );
}
