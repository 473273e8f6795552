//! Names that nothing has, names that two things have, and things where they cannot be.

use crate::{policy, run};

#[test]
fn unknown_names_are_likely_misspelt() {
    let run = policy(
        "role X at Shop extends Ownr {\n can viev Order\n can view Ordr\n can view Order when here.opn\n can view Order when shop.tier is smal\n can edit Shop.setings\n}\n",
        &["lint"],
    );
    run.ends(3).errors(6);
    run.shows("name/unknown-role", "`Ownr`", "p.roles:7:24", "did you mean `Owner`?");
    run.shows(
        "name/unknown-action",
        "`Order` has no action `viev`",
        "p.roles:8:6",
        "did you mean `view`?",
    );
    run.shows("name/unknown-type", "`Ordr`", "p.roles:9:11", "did you mean `Order`?");
    run.shows(
        "name/unknown-attribute",
        "`Shop` has no attribute `opn`",
        "p.roles:10:27",
        "did you mean `open`?",
    );
    run.shows(
        "name/unknown-value",
        "unknown value `smal`",
        "p.roles:11:35",
        "did you mean `small`?",
    );
    run.shows(
        "name/unknown-field",
        "`setings`",
        "p.roles:12:16",
        "did you mean `settings`?",
    );
}

#[test]
fn duplicate_declarations_show_both() {
    let run = policy(
        "resource R in Shop {\n a: int\n a: bool\n actions x, x\n fields f, f\n}\narea q { Order }\narea q { Order }\nroles m { Owner }\nroles m { Owner }\n\
         account Shop {}\nrole Clerk at Branch default {}\nrole Clerk at Branch default {}\n",
        &["lint"],
    );
    let twice = [
        ("attribute `a`", "9:2"),
        ("action `x`", "10:13"),
        ("field `f`", "11:12"),
        ("area `q`", "14:6"),
        ("role set `m`", "16:7"),
        ("type `Shop`", "17:9"),
    ];
    for (what, place) in twice {
        run.shows(
            "name/duplicate",
            &format!("{what} is declared twice"),
            &format!("p.roles:{place}"),
            "",
        );
    }
    assert_eq!(run.out.matches("first here").count(), twice.len(), "{}", run.out);
    run.ends(3)
        .has("[role/said-twice]")
        .has("`default` is said twice for `Clerk`")
        .has("p.roles:19:")
        .errors(7);
}

#[test]
fn containment_that_cannot_be() {
    let run = policy("unit U in Order {}\nunit V in Shoop {}\n", &["lint"]);
    run.ends(3).errors(2).shows(
        "containment/impossible",
        "`U` cannot lie in `Order`, which is a resource",
        "p.roles:7:11",
        "",
    );
    run.shows("name/unknown-type", "`Shoop`", "p.roles:8:11", "did you mean `Shop`?");
    let run = policy("resource X in Y {}\nresource Y in X {}\n", &["lint"]);
    run.ends(1)
        .has("no `X` can ever lie in an account")
        .has("p.roles:7:10")
        .has("no `Y` can ever lie in an account");
}

#[test]
fn roles_in_constraints_exist_where_they_are_counted() {
    let run = policy(
        "each Branch has exactly 1 Owner\neach Shop has exactly 1 Clerk\n",
        &["lint"],
    );
    run.ends(3).errors(2).shows(
        "role/not-at-this-type",
        "no role `Owner` at `Branch`",
        "p.roles:7:27",
        "`Branch` has the roles: Clerk",
    );
    run.shows(
        "role/not-at-this-type",
        "no role `Clerk` at `Shop`",
        "p.roles:8:25",
        "`Shop` has the roles: Owner",
    );
}

#[test]
fn a_policy_of_nothing_but_faults_is_still_examined() {
    let run = run(
        &[("p.roles", b"role A at X { can y Z when w.v }\nensure Q cannot y Z\n")],
        &["lint"],
    );
    run.ends(3).errors(4).has("unknown type `X`").has("unknown role `Q`");
    run.has("p.roles:1:21").has("p.roles:2:19");
}

#[test]
fn rules_with_faults_are_not_taken_for_each_other() {
    let run = policy(
        "role X at Shop {\n can view Order when resource.amuont > 1\n can view Order when shop.opn\n}\n",
        &["lint"],
    );
    run.ends(3)
        .errors(2)
        .lacks("equivalent-rules")
        .has("p.roles:8:31")
        .has("p.roles:9:27");
}

/// A role at a type that is not known: the names in its rules are looked at all the same.
#[test]
fn an_unknown_type_does_not_hide_the_rules() {
    policy(
        "resource Paper in Shop { actions view }\nrole A at Shoop { can veiw Paper }\n",
        &["lint"],
    )
    .ends(3)
    .has("unknown type `Shoop`")
    .has("`Paper` has no action `veiw`")
    .errors(2);
}
