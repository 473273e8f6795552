//! Sentences and what is answered to them.

use rolebook::model::value::Tri;
use rolebook::query::Answer;
use rolebook::query::how_could::{Alternatives, Budget, End};

use crate::Ask;

const POLICY: &str = r#"
user { fields file  banned: bool = false in file  actions edit, remove }
context { ip: ip }
account Firm {
  fields settings
  open: bool = false in settings
  premium: bool = false
  limit: int = 100 in settings
  actions edit
}
unit Team in Firm, Team {
  fields settings
  frozen: bool = firm.open in settings
  lead: user? in settings
  actions edit
}
resource Order in Team {
  fields people, sums
  creator: user in people
  approvers: users in people
  amount: int in sums
  state: draft | sent | paid = draft in sums
  creating actions make
  actions view, edit, send, pay, void
  edit implies view
}
role Boss at Firm {
  can assign Boss, Head, Hand, Payer, Sender
  can assign member to anyone
  can edit Firm, Team, Order, User
  can grant view Order
}
role Head at Team {
  can assign Hand
  can view Order
}
role Hand at Team default { can make Order as creator  can view Order only here }
role Payer at Team (most: int) { can pay Order when resource.amount <= holding.most }
role Sender at Team { can send Order when resource.state is paid and resource.amount > firm.limit }
role Guest at Team { cannot view Order }
role Owner at Team for whoever is lead { can void Order unless team.frozen }
nobody can pay Order when user.banned
nobody can send Order unless firm.premium
everyone can view Order as approvers
"#;

const PEOPLE: &str = r"
accounts: { acme: { is: Firm } }
units:
  sales: { is: Team, in: acme }
  emea: { is: Team, in: sales, frozen: true }
groups:
  heads: { in: acme, roles: { Head: sales } }
users:
  ada: { in: acme, roles: { Boss: acme } }
  hal: { in: acme, roles: { Head: sales } }
  nia: { in: acme }
  oz:  { in: [acme, sales], roles: { Guest: sales } }
  tim: { in: acme, banned: true, roles: { Payer: { at: sales, most: 10 } } }
  zoe: {}
resources:
  order-1: { is: Order, in: sales, creator: ada, amount: 50 }
  order-2: { is: Order, in: emea, creator: ada, amount: 5 }
";

fn shop() -> Ask {
    Ask::new(POLICY, PEOPLE)
}

fn alternatives(ask: &Ask, budget: Budget, sentence: &str) -> (Alternatives, String) {
    match ask.within(budget, sentence) {
        Ok((Answer::HowCould(answer), text)) => (answer.alternatives, text),
        other => panic!("{sentence}: {other:?}"),
    }
}

#[test]
fn roles_members_grants_relations() {
    assert_eq!(
        shop().names("how could nia view order-1"),
        [
            "add nia to approvers of order-1",
            "give Boss at acme",
            "give Hand at sales",
            "give Head at sales",
            "give member at sales",
            "give member of group heads",
            "grant view Order at acme",
            "grant view Order at order-1",
            "grant view Order at sales",
        ]
    );
}

#[test]
fn who_may_and_what_else_it_gives() {
    assert_eq!(
        shop().text("how could nia view order-1"),
        "\
nia could view Order order-1 after one of these changes:
  add nia to approvers of order-1             by ada; gives 2 more rights
  grant view Order at order-1, sales or acme  by ada; gives 2 to 11 more rights
  give Hand at sales                          by ada, hal; gives 5 more rights
  give member at sales                        by ada; gives 5 more rights
  give Head at sales                          by ada; gives 15 more rights
  give member of group heads                  by ada; gives 15 more rights
  give Boss at acme                           by ada; gives 70 more rights
"
    );
}

#[test]
fn a_prohibition_is_lifted_by_taking_the_role_away() {
    assert_eq!(
        shop().names("how could oz view order-1"),
        Vec::<String>::new(),
        "nobody may take `Guest` away"
    );
    let text = shop().text("how could oz view order-1");
    assert!(
        text.starts_with("nothing that somebody may change would let oz view Order order-1\n"),
        "{text}"
    );
    assert!(
        text.contains("prohibited by   `cannot view Order`  (policy.roles:"),
        "{text}"
    );
    assert!(
        text.contains("would allow it  take Guest at sales; but nobody may\n"),
        "{text}"
    );
    let more = Ask::new(&format!("{POLICY}role Boss at Firm {{ can take Guest }}"), PEOPLE);
    assert_eq!(more.names("how could oz view order-1"), ["take Guest at sales"]);
}

#[test]
fn a_setting_that_falls_back_on_another_is_changed_at_either() {
    let people = PEOPLE.replace(
        "sales: { is: Team, in: acme }",
        "sales: { is: Team, in: acme, lead: nia }",
    );
    let people = people
        .replace("open: true", "")
        .replace("acme: { is: Firm }", "acme: { is: Firm, open: true }");
    let ask = Ask::new(POLICY, &people);
    assert_eq!(
        ask.names("how could nia void order-1"),
        ["set frozen of sales to false", "set open of acme to false"]
    );
}

#[test]
fn several_changes_come_in_an_order_in_which_they_can_be_made() {
    assert_eq!(
        shop().names("how could nia void order-2"),
        [
            "set lead of emea to nia, then set frozen of emea to false",
            "set lead of sales to nia, then set frozen of emea to false",
        ]
    );
}

#[test]
fn parameters_take_the_value_that_is_asked_for() {
    let names = shop().names("how could nia pay order-1");
    assert!(
        names.contains(&"give Payer at sales with most = 50".to_owned()),
        "{names:?}"
    );
    assert!(!names.contains(&"give Payer at sales".to_owned()), "{names:?}");
    assert!(
        !names.contains(&"give Payer at sales with most = 49".to_owned()),
        "{names:?}"
    );
    let both = shop().names("how could tim pay order-1");
    assert!(
        both.iter().all(|name| name.contains("set banned of tim to false")),
        "{both:?}"
    );
    assert!(
        both.iter().any(|name| name.contains("set amount of order-1 to 10")),
        "{both:?}"
    );
}

#[test]
fn what_nobody_switches_is_no_way() {
    let text = shop().text("how could nia send order-1");
    assert!(
        text.starts_with("nothing that somebody may change would let nia send Order order-1\n"),
        "{text}"
    );
    assert!(text.contains("`nobody can send Order unless firm.premium`"), "{text}");
    let (found, _) = alternatives(&shop(), Budget::default(), "how could nia send order-1");
    assert_eq!((found.end, found.truth()), (End::Complete, Tri::False));
}

#[test]
fn other_words_in_the_sentence_are_told_apart() {
    let text = shop().text("how could oz make Order in emea");
    assert!(!text.contains("as the facts are"), "{text}");
    let people = PEOPLE.replace(", roles: { Guest: sales }", "");
    let ask = Ask::new(POLICY, &people);
    assert_eq!(
        ask.text("how could oz make Order in sales"),
        "oz could make Order in sales with other words only:\n  as the facts are, asked `with creator = oz`\n"
    );
    assert_eq!(
        ask.names("how could nia make Order in sales"),
        [
            "give Hand at sales, asked with creator = nia",
            "give member at sales, asked with creator = nia"
        ]
    );
    let policy = POLICY.replace(
        "can void Order unless team.frozen",
        "can void Order when context.ip in 10.0.0.0/8",
    );
    let ask = Ask::new(&policy, PEOPLE);
    assert_eq!(
        ask.text("how could nia void order-2"),
        "nia could void Order order-2, asked `with context.ip = 10.0.0.0`, after one of these changes:\n  \
         set lead of emea or sales to nia  by ada; gives 5 to 11 more rights\n"
    );
}

#[test]
fn handing_out() {
    let names = shop().names("how could nia assign Hand at sales to zoe");
    assert_eq!(
        names,
        [
            "give Boss at acme, then give member at acme to zoe",
            "give Head at sales, then give member at acme to zoe",
            "give member of group heads, then give member at acme to zoe",
        ]
    );
}

#[test]
fn what_is_allowed_already_is_said_so() {
    let ask = shop();
    assert_eq!(ask.names("how could ada edit order-1"), ["already allowed"]);
    let text = ask.text("how could ada edit order-1");
    assert!(
        text.starts_with("already allowed: ada can edit Order order-1\n  granted by "),
        "{text}"
    );
    let none = Budget { sets: 0, size: 3 };
    let (found, _) = alternatives(&ask, none, "how could ada edit order-1");
    assert!(found.already);
}

#[test]
fn a_budget_that_ends_is_told() {
    let none = Budget { sets: 0, size: 3 };
    let (found, text) = alternatives(&shop(), none, "how could nia view order-1");
    assert_eq!((found.end, found.truth(), found.tried), (End::Stopped, Tri::Unknown, 0));
    assert!(
        text.starts_with("nothing was found by which nia could view Order order-1\n"),
        "{text}"
    );
    assert!(
        text.ends_with("the search did not finish: 0 sets of changes tried; there may be more\n"),
        "{text}"
    );
    let few = Budget { sets: 3, size: 3 };
    let (found, text) = alternatives(&shop(), few, "how could nia view order-1");
    assert_eq!((found.end, found.found.len()), (End::Stopped, 2));
    assert!(text.contains("the search did not finish: 3 sets"), "{text}");
    let small = Budget { sets: 4000, size: 1 };
    let (found, text) = alternatives(&shop(), small, "how could nia void order-2");
    assert_eq!((found.end, found.found.len()), (End::UpTo(1), 0));
    assert!(text.starts_with("no 1 change"), "{text}");
}

#[test]
fn names_are_looked_up_as_by_can() {
    let ask = shop();
    for (sentence, code) in [
        ("how could nix view order-1", "name/unknown-user"),
        ("how could nia vieww order-1", "name/unknown-action"),
        ("how could nia view order-9", "name/unknown-node"),
        ("how could nia make Order in acme", "containment/impossible"),
        ("how could nia assign Hand at acme to oz", "role/not-at-this-type"),
        ("how could nia make order-1", "sentence/exists"),
    ] {
        let of = |sentence: &str| ask.within(Budget::default(), sentence).map(|(_, text)| text);
        assert_eq!(of(sentence), Err(vec![code]), "{sentence}");
        let can = sentence
            .replace("how could nia", "can nia")
            .replace("how could nix", "can nix");
        assert_eq!(of(&can), Err(vec![code]), "{can}");
    }
}

#[test]
fn a_caller_who_is_not_signed_in_has_only_settings() {
    let policy = format!("{POLICY}anyone can view Order when firm.open");
    let ask = Ask::new(&policy, PEOPLE);
    assert_eq!(ask.names("how could anyone view order-1"), ["set open of acme to true"]);
}

#[test]
fn members_of_a_set_are_looked_for_in_groups() {
    let policy = "account Firm\nresource Doc in Firm { fields f  reviewers: users  crew: group?  actions edit }\n\
        role Boss at Firm { can assign Clerk }\nrole Clerk at Firm { can edit Doc when any resource.reviewers in resource.crew }\n";
    let people = "accounts: { acme: { is: Firm } }\n\
        users: { ada: { in: acme, roles: { Boss: acme } }, tim: { in: acme, roles: { Clerk: acme } } }\n\
        groups: { crew: { members: [], roles: { Clerk: acme } } }\n\
        resources: { d: { is: Doc, in: acme, reviewers: [tim], crew: crew } }\n";
    let ask = Ask::new(policy, people);
    assert_eq!(ask.names("how could tim edit d"), ["give member of group crew"]);
}

#[test]
fn single_grants_reach_over_a_border() {
    let policy = "account Platform\naccount Client in Platform\n\
        resource Paper in Client { actions view, edit }\n\
        role Boss at Platform { can grant view, edit Paper except self }\n";
    let people = "accounts: { p: { is: Platform }, c: { is: Client, in: p } }\n\
        users: { ada: { in: p, roles: { Boss: p } }, tim: { in: p } }\n\
        resources: { paper-1: { is: Paper, in: c } }\n";
    let ask = Ask::new(policy, people);
    assert_eq!(
        ask.names("how could tim view paper-1"),
        ["grant view Paper in Client at p"]
    );
    assert_eq!(
        ask.names("how could tim view, edit paper-1"),
        ["grant view, edit Paper in Client at p"],
        "one act grants both"
    );
}
