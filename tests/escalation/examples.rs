//! Policies in which it takes more than one step, and what is said of them.

use rolebook::model::value::{Tri, UserId};
use rolebook::query::escalation::{Doubt, Goal, Outcome, Scene, reach};

use crate::{Case, asked, case};

const CIRCLE: &str = "account Company\n\
    unit Team in Company\n\
    role Lead at Team { can give Clerk except self }\n\
    role Clerk at Team { can give Auditor except self to Clerk }\n\
    role Auditor at Team { can give Chief except self }\n\
    role Chief at Team\n";

const THREE: &str = "accounts: { acme: { is: Company } }\n\
    units: { sales: { is: Team, in: acme } }\n\
    users:\n\
    \x20 leo: { in: acme, roles: { Lead: sales } }\n\
    \x20 ann: { in: acme }\n\
    \x20 tim: { in: acme }\n";

fn good(policy: &str, facts: &str) -> Case {
    case(policy, facts).expect(policy)
}

/// The steps of a sentence that is true.
fn steps(policy: &str, facts: &str, sentence: &str) -> Vec<String> {
    let (reached, text) = asked(&mut good(policy, facts), sentence);
    assert_eq!(reached.truth, Tri::True, "{text}");
    reached.steps.into_iter().map(|step| step.text).collect()
}

/// What is said of a sentence that is false.
fn never(policy: &str, facts: &str, sentence: &str) -> String {
    let (reached, text) = asked(&mut good(policy, facts), sentence);
    assert_eq!(reached.truth, Tri::False, "{text}");
    text
}

#[test]
fn several_people_in_several_steps() {
    let all = "can ann become Chief at sales together with leo, tim";
    assert_eq!(
        steps(CIRCLE, THREE, all),
        [
            "leo gives Clerk at sales to ann",
            "leo gives Clerk at sales to tim",
            "ann gives Auditor at sales to tim",
            "tim gives Chief at sales to ann"
        ]
    );
    never(CIRCLE, THREE, "can ann become Chief at sales");
    never(CIRCLE, THREE, "can ann become Chief at sales together with tim");
    // The third may be any of them, but there must be a third: leo cannot make himself a clerk.
    never(CIRCLE, THREE, "can ann become Chief at sales together with leo");
}

#[test]
fn statements_say_the_same() {
    let mut case = good(CIRCLE, THREE);
    let (reached, _) = asked(&mut case, "ann can become Chief at sales together with leo, tim");
    assert_eq!(reached.truth, Tri::True);
    let (reached, text) = asked(&mut case, "ann cannot become Chief");
    assert_eq!(reached.truth, Tri::False);
    assert_eq!(
        text,
        "no: ann can never become Chief\n\
         \x20 at most         what they have now, as far as it matters\n\
         \x20 never held      Auditor: `can give Chief except self`  (policy.roles:5)\n\
         \x20 never held      Clerk: `can give Auditor except self to Clerk`  (policy.roles:4)\n\
         \x20 never held      Lead: `can give Clerk except self`  (policy.roles:3)\n"
    );
}

#[test]
fn a_role_that_forbids_is_given_up() {
    let policy = "account Company\n\
        role Manager at Company { can assign Boss, Auditor }\n\
        role Auditor at Company { cannot assign Boss }\n\
        role Boss at Company\n";
    let facts = "accounts: { acme: { is: Company } }\n\
        users: { ann: { in: acme, roles: { Manager: acme, Auditor: acme } } }\n";
    assert_eq!(
        steps(policy, facts, "can ann become Boss at acme"),
        ["ann takes Auditor at acme from ann", "ann gives Boss at acme to ann"]
    );
    let kept = policy.replace("can assign Boss, Auditor", "can assign Boss can give Auditor");
    let said = never(&kept, facts, "can ann become Boss at acme");
    assert!(
        said.contains("searched        there is nothing that they may change on the way"),
        "{said}"
    );
}

#[test]
fn settings_are_changed_on_the_way() {
    let policy = "account Company { fields settings  open: bool = false in settings  actions edit }\n\
        unit Team in Company { limit: int = 0 in rules  fields rules  closed: bool = company.open in rules  actions edit }\n\
        role Keeper at Company { can edit Company.settings }\n\
        role Lead at Team { can give Boss when team.limit > 500 and team.closed  can edit Team.rules }\n\
        role Boss at Team\n";
    let facts = "accounts: { acme: { is: Company } }\n\
        units: { sales: { is: Team, in: acme } }\n\
        users:\n\
        \x20 kim: { in: acme, roles: { Keeper: acme } }\n\
        \x20 leo: { in: acme, roles: { Lead: sales } }\n";
    assert_eq!(
        steps(policy, facts, "can leo become Boss at sales"),
        [
            "leo sets limit of sales to 501",
            "leo sets closed of sales to true",
            "leo gives Boss at sales to leo"
        ]
    );
    let fixed = policy.replace("company.open in rules", "company.open");
    never(&fixed, facts, "can leo become Boss at sales");
    assert_eq!(
        steps(&fixed, facts, "can leo become Boss at sales together with kim"),
        [
            "kim sets open of acme to true",
            "leo sets limit of sales to 501",
            "leo gives Boss at sales to leo"
        ]
    );
}

#[test]
fn who_receives_must_belong() {
    let policy = "account Company\n\
        resource Safe in Company { actions open }\n\
        role Owner at Company { can assign Clerk }\n\
        role Porter at Company { can assign member to anyone }\n\
        role Clerk at Company { can open Safe }\n";
    let facts = "accounts: { acme: { is: Company } }\n\
        users:\n\
        \x20 oz: { in: acme, roles: { Owner: acme } }\n\
        \x20 pat: { in: acme, roles: { Porter: acme } }\n\
        \x20 zoe: {}\n";
    let said = never(policy, facts, "can zoe ever open Safe in acme together with oz");
    assert!(said.contains("never held      Clerk: `can open Safe`"), "{said}");
    assert_eq!(
        steps(policy, facts, "can zoe ever open Safe in acme together with oz, pat"),
        ["pat gives member at acme to zoe", "oz gives Clerk at acme to zoe"]
    );
}

#[test]
fn groups_and_what_they_have() {
    let policy = "account Company\n\
        role Clerk at Company { can give Buyer, Boss when recipient holds Buyer }\n\
        role Tutor at Company { can give Buyer }\n\
        role Buyer, Boss at Company\n";
    let facts = "accounts: { acme: { is: Company } }\n\
        users:\n\
        \x20 tia: { in: acme, roles: { Tutor: acme } }\n\
        \x20 ann: { in: acme }\n\
        groups:\n\
        \x20 desk: { members: [Buyer at acme], roles: { Boss: acme } }\n\
        \x20 crew: { members: [], roles: { Buyer: acme } }\n";
    // Whoever is given Buyer is in the desk, and the desk has Boss.
    assert_eq!(
        steps(policy, facts, "can ann become Boss at acme together with tia"),
        ["tia gives Buyer at acme to ann"]
    );
    never(policy, facts, "can ann become Boss at acme");
}

#[test]
fn single_grants_and_roles_that_hang_on_them() {
    let policy = "account Shop\n\
        resource Permissions in Shop { actions view, edit }\n\
        role Owner at Shop { can grant view, edit Permissions to Clerk }\n\
        role Clerk at Shop\n\
        role Admin at Shop for whoever holds Clerk and can view, edit Permissions { can assign Clerk to anyone }\n";
    let facts = "accounts: { shop-1: { is: Shop } }\n\
        users:\n\
        \x20 oz: { in: shop-1, roles: { Owner: shop-1 } }\n\
        \x20 sam: { in: shop-1, roles: { Clerk: shop-1 } }\n";
    let said = steps(policy, facts, "can sam become Admin at shop-1 together with oz");
    // One act that hands out both.
    assert_eq!(said, ["oz grants view, edit Permissions at shop-1 to sam"]);
    never(policy, facts, "can sam become Admin at shop-1");
    // The owner is no clerk, and nobody is an administrator yet who could make him one.
    assert_eq!(
        steps(policy, facts, "can oz become Admin at shop-1 together with sam"),
        [
            "oz grants view, edit Permissions at shop-1 to sam",
            "sam gives Clerk at shop-1 to oz",
            "oz grants view, edit Permissions at shop-1 to oz"
        ]
    );
}

#[test]
fn parameters_are_chosen() {
    let policy = "account Company\n\
        role Head at Company { can give Buyer }\n\
        role Buyer at Company (limit: int = 100) { can give Chief when holding.limit > 500 }\n\
        role Chief at Company\n";
    let facts = "accounts: { acme: { is: Company } }\n\
        users: { hal: { in: acme, roles: { Head: acme } } }\n";
    assert_eq!(
        steps(policy, facts, "can hal become Chief at acme"),
        [
            "hal gives Buyer at acme to hal with limit = 501",
            "hal gives Chief at acme to hal"
        ]
    );
}

#[test]
fn what_is_so_already_takes_no_step() {
    let (reached, text) = asked(&mut good(CIRCLE, THREE), "can leo become Lead at sales");
    assert_eq!((reached.truth, reached.steps.len()), (Tri::True, 0));
    assert_eq!(text, "yes: leo can become Lead at sales\n  it is so already\n");
}

#[test]
fn what_is_not_settled_fails_a_test_either_way() {
    let policy = "account Company { fields f  a: int in f  b: int in f  c: int in f  d: int in f  actions edit }\n\
        role Lead at Company {\n\
        \x20 can edit Company\n\
        \x20 can give Boss when company.a > company.b and company.b > company.c and company.c > company.d\n\
        }\n\
        role Boss at Company\n";
    let facts = "accounts: { acme: { is: Company, a: 0, b: 0, c: 0, d: 0 } }\n\
        users: { leo: { in: acme, roles: { Lead: acme } } }\n";
    let tests = "tests:\n- { name: no, expect: [ leo cannot become Boss at acme ] }\n\
        - { name: yes, expect: [ leo can become Boss at acme ] }\n";
    let outcomes = crate::outcomes(policy, facts, tests);
    assert_eq!(outcomes, ["not settled", "not settled"]);
}

#[test]
fn a_budget_that_ends_settles_nothing() {
    let case = good(CIRCLE, THREE);
    let (ann, all) = (UserId(1), [UserId(0), UserId(1), UserId(2)]);
    let model = case.table.model();
    let chief = model.role_ids().find(|&role| model.role(role).name == "Chief").unwrap();
    let goal = Goal::Role {
        user: ann,
        roles: vec![chief],
        node: None,
    };
    let scene = |actors| Scene {
        table: &case.table,
        facts: &case.facts,
        context: &[],
        pool: &case.facts.pool,
        actors,
    };
    for actors in [&all[..], &all[1..2]] {
        assert!(matches!(
            reach(&scene(actors), &goal, 0),
            Outcome::Unknown(Doubt::Bound | Doubt::States(_))
        ));
    }
    assert!(matches!(
        reach(&scene(&all), &goal, 5),
        Outcome::Unknown(Doubt::Bound | Doubt::States(_))
    ));
    assert!(matches!(reach(&scene(&all), &goal, 50_000), Outcome::Plan(_)));
}

#[test]
fn more_values_than_are_tried() {
    let policy = "account Company { fields f  a: int in f  b: int in f  c: int in f  d: int in f  actions edit }\n\
        role Lead at Company {\n\
        \x20 can edit Company\n\
        \x20 can give Boss when company.a > company.b and company.b > company.c and company.c > company.d\n\
        }\n\
        role Boss at Company\n";
    let facts = "accounts: { acme: { is: Company, a: 0, b: 0, c: 0, d: 0 } }\n\
        users: { leo: { in: acme, roles: { Lead: acme } } }\n";
    let (reached, text) = asked(&mut good(policy, facts), "leo cannot become Boss at acme");
    assert_eq!(
        (reached.truth, reached.doubt),
        (Tri::Unknown, Some(Doubt::Values)),
        "{text}"
    );
    let fewer = policy.replace(" and company.c > company.d", "");
    assert_eq!(steps(&fewer, facts, "can leo become Boss at acme").len(), 3);
}
