//! Large files end soon, and nothing in them is lost. Sizes are smaller without optimisation, where all is slower.

use crate::{FACTS, SHOP, policy, run, within};

const BYTES: usize = if cfg!(debug_assertions) { 200_000 } else { 10_000_000 };

/// Seconds that a command may take on a slow machine.
const SECONDS: u64 = 120;

/// What `line` gives for 0, 1, 2, … up to the size.
fn repeated(line: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for number in 0.. {
        text += &line(number);
        if text.len() >= BYTES {
            break;
        }
    }
    text
}

#[test]
fn many_roles() {
    let roles = repeated(|n| {
        format!(
            "role R{n} at Branch {{ can view, edit Order when branch.legal  can create Order only here as creator }}\n"
        )
    });
    let run = within(SECONDS, || policy(&roles, &["ask", "can ada view order-1"]));
    run.ends(0).has("allow: ada can view Order order-1");
}

#[test]
fn a_long_comment() {
    let text = format!("# {}\nrole Z at Shoop {{}}\n", "x".repeat(BYTES));
    let run = within(SECONDS, || policy(&text, &["lint"]));
    run.ends(3)
        .errors(1)
        .shows("name/unknown-type", "`Shoop`", "p.roles:8:11", "did you mean `Shop`?");
}

#[test]
fn a_long_line_of_rules() {
    let text = format!(
        "role Z at Shop {{ {}}}\nrole Z at Shoop {{}}\n",
        repeated(|_| "can view Order ".to_owned())
    );
    let run = within(SECONDS, || policy(&text, &["ask", "can ada view order-1"]));
    run.ends(3).errors(1).has("p.roles:8:11");
    assert!(run.out.len() < 5_000, "an excerpt of {} bytes", run.out.len());
}

#[test]
fn many_records() {
    let records = repeated(|n| format!("  o{n}: {{ is: Order, in: north, creator: oz, amount: {n} }}\n"));
    let yaml = format!("{FACTS}{records}  last: {{ is: Ordr, in: north }}\n");
    let outcome = within(SECONDS, || {
        run(
            &[("p.roles", SHOP.as_bytes()), ("facts.yaml", yaml.as_bytes())],
            &["lint"],
        )
    });
    outcome.ends(3).errors(1).shows(
        "name/unknown-type",
        "`Ordr`",
        &format!("facts.yaml:{}:15", yaml.lines().count()),
        "did you mean `Order`?",
    );
}

#[test]
fn many_errors_are_counted() {
    let roles = (0..1_000)
        .map(|n| format!("role R{n} at Shoop {{}}\n"))
        .collect::<String>();
    let run = within(SECONDS, || policy(&roles, &["lint"]));
    run.ends(3).errors(1_000).has("800 more than the 200 shown");
}

/// Roles that are given around a circle, each step on a condition that the next one rules out: what is tried for each is
/// bounded, however many roles come in sight.
#[test]
fn roles_around_a_circle() {
    const ROLES: usize = 40;
    let attributes: String = (0..=ROLES).map(|n| format!("  f{n}: bool = false\n")).collect();
    let role = |n: usize| {
        let next = (n + 1) % ROLES;
        format!(
            "role R{n} at Desk {{ can a{n} Paper  can give R{next} to anyone when desk.f{n} and not desk.f{} }}\n",
            n + 1
        )
    };
    let actions: Vec<String> = (0..ROLES).map(|n| format!("a{n}")).collect();
    let actions = actions.join(", ");
    let roles: String = (0..ROLES).map(role).collect();
    let text = format!("unit Desk in Shop {{\n{attributes}}}\nresource Paper in Desk {{ actions {actions} }}\n{roles}");
    let run = within(SECONDS, || policy(&text, &["lint"]));
    run.ends(1).has("`R0` can give himself `R1`, and so win `a1 Paper`");
}
