//! Circles: every edge is shown.

use crate::{policy, run};

#[test]
fn roles_that_extend_each_other() {
    let run = policy(
        "role A at Shop extends B {}\nrole B at Shop extends C {}\nrole C at Shop extends A {}\nrole D at Shoop {}\n",
        &["lint"],
    );
    run.ends(3).shows(
        "role/inheritance-cycle",
        "`A` extends `B` extends `C` extends `A`",
        "p.roles:7:24",
        "",
    );
    run.has("── `A` extends `B`")
        .has("── `B` extends `C`")
        .has("── `C` extends `A`")
        .has("`Shoop`")
        .errors(2);
}

#[test]
fn a_role_that_extends_itself() {
    policy("role A at Shop extends A {}\n", &["lint"])
        .ends(3)
        .has("[role/inheritance-cycle]")
        .has("p.roles:7:24")
        .errors(1);
}

#[test]
fn actions_that_imply_each_other() {
    let run = policy(
        "resource R in Shop {\n actions a, b, c\n a implies b\n b implies c\n c implies a\n}\n",
        &["lint"],
    );
    run.ends(3)
        .shows(
            "type/implication-cycle",
            "`a` implies `b` implies `c` implies `a`",
            "p.roles:9:2",
            "",
        )
        .errors(1);
    run.has("── `a` implies `b`")
        .has("── `b` implies `c`")
        .has("── `c` implies `a`");
}

#[test]
fn areas_that_hold_each_other() {
    let run = policy("area x { y }\narea y { z }\narea z { x, Order }\n", &["lint"]);
    run.ends(3)
        .shows("area/cycle", "`x` holds `y` holds `z` holds `x`", "p.roles:7:10", "")
        .errors(1);
    run.has("── `x` holds `y`")
        .has("── `y` holds `z`")
        .has("── `z` holds `x`");
}

#[test]
fn derivations_that_need_each_other() {
    let text = "account Q { actions go, stay }\nrole G at Q for whoever can go Q { can stay Q }\nrole H at Q for whoever can stay Q { can go Q }\n";
    let run = run(&[("p.roles", text.as_bytes())], &["lint"]);
    run.ends(3).shows(
        "role/derivation-cycle",
        "`G` depends on `go Q` depends on `H` depends on `stay Q` depends on `G`",
        "p.roles:2:6",
        "",
    );
    run.has("── `G` depends on `go Q`")
        .has("── `go Q` depends on `H`")
        .has("── `H` depends on `stay Q`")
        .has("── `stay Q` depends on `G`");
}

#[test]
fn derivations_that_need_each_other_through_a_prohibition() {
    let text = "account Q { actions go }\nrole M at Q { can go Q }\nrole G at Q for whoever can go Q { cannot go Q }\n";
    let run = run(&[("p.roles", text.as_bytes())], &["lint"]);
    run.ends(3)
        .shows(
            "role/derivation-cycle",
            "`G` depends on `go Q` depends on `G`",
            "p.roles:3:6",
            "",
        )
        .errors(1);
    run.has("── `go Q` depends on `G`");
}

#[test]
fn derivations_that_need_each_other_by_holding() {
    let text =
        "account Q { actions go }\nrole G at Q for whoever holds H {}\nrole H at Q for whoever holds G { can go Q }\n";
    run(&[("p.roles", text.as_bytes())], &["lint"])
        .ends(3)
        .has("[role/derivation-cycle]")
        .has("p.roles:2:6")
        .errors(1);
}

/// A single grant works while its holder has a role of `to …`: that role must not come from the permission granted.
#[test]
fn a_circle_through_what_is_granted() {
    let policy = "account Shop {}\nresource Paper in Shop { actions view }
role Reader at Paper for whoever can view Paper
role Keeper at Shop { can grant view Paper to Reader }\n";
    run(&[("p.roles", policy.as_bytes())], &["lint", "."])
        .ends(3)
        .has("[role/derivation-cycle]")
        .errors(1);
}

/// A chain of roles, each derived from the next.
fn derived(levels: usize, both: bool) -> String {
    let mut text = String::new();
    for level in 0..levels {
        let next = level + 1;
        let and = if both {
            format!(" and holds B{next}")
        } else {
            String::new()
        };
        text += &format!("role A{level} at Shop for whoever holds A{next}{and} {{}}\n");
        if both {
            text += &format!("role B{level} at Shop for whoever holds A{next}{and} {{}}\n");
        }
    }
    text + &format!("role A{levels}, B{levels} at Shop {{}}\n")
}

#[test]
fn derivations_that_lie_too_deep() {
    policy(&derived(2000, false), &["lint"])
        .ends(3)
        .has("[role/derivation-too-deep]")
        .errors(1);
}

#[test]
fn derivations_that_branch_at_every_level() {
    policy(&derived(30, true), &["lint"])
        .ends(3)
        .has("[role/derivation-too-deep]")
        .errors(1);
}

#[test]
fn inheritance_that_lies_too_deep() {
    let mut text = "role R0 at Shop {}\n".to_owned();
    for role in 1..2000 {
        text += &format!("role R{role} at Shop extends R{} {{}}\n", role - 1);
    }
    policy(&text, &["lint"]).ends(3).has("[role/too-deep]").errors(1);
}
