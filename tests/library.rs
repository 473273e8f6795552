//! The front door: what an application meets.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use rolebook::{Changes, Difference, Error, Object, Organisation, Policy, Prepared, Tested};

const POLICY: &str = "account Shop { closed: bool = false }
resource Order in Shop { fields cost  creator: user  creating actions place  actions view, stop }
user { actions remove }
role Clerk at Shop { can view Order  can stop Order as creator unless shop.closed }
role Boss at Shop extends Clerk { can place Order  can remove User except self }";

const PEOPLE: &str = "accounts: { main: { is: Shop } }
users:
  ann: { in: main, roles: { Clerk: main } }
  bob: { in: main, roles: { Boss: { at: main, until: 2999-01-01 } } }
  old: { in: main, roles: { Boss: { at: main, until: 2001-01-01 } } }
resources: { o-1: { is: Order, in: main, creator: ann } }";

fn shop() -> Organisation {
    let policy = Policy::of_texts([("shop.roles", POLICY)]).unwrap();
    policy.organisation_of(PEOPLE).unwrap()
}

/// A folder of its own with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("library").join(name);
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
    folder
}

/// What the command line prints.
fn printed<'a>(args: impl IntoIterator<Item = &'a str>) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_rolebook")).args(args).output();
    String::from_utf8(run.unwrap().stdout).unwrap().trim_end().to_owned()
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

fn code_of(error: &Error) -> &'static str {
    error.code()
}

#[test]
fn what_the_front_door_gives_can_be_kept_and_shared() {
    const fn is_shared<T: Clone + Send + Sync + 'static>() {}
    const fn is_error<T: std::error::Error + miette::Diagnostic + Send + Sync + 'static>() {}
    is_shared::<Policy>();
    is_shared::<Organisation>();
    is_shared::<Prepared>();
    is_shared::<Tested>();
    is_shared::<Difference>();
    is_error::<Error>();
    let org = shop();
    let threads = ["ann", "bob"].map(|user| {
        let org = org.clone();
        thread::spawn(move || org.can(user, "stop", ("Order", "o-1")).unwrap())
    });
    assert_eq!(threads.map(|it| it.join().unwrap()), [true, false]);
}

#[test]
fn a_request_has_the_moment_of_the_clock() {
    let org = shop();
    let order = Object::within("Order", ("Shop", "main"));
    assert!(org.can("bob", "place", &order).unwrap());
    assert!(!org.can("old", "place", &order).unwrap());
    assert!(!org.can("ann", "place", &order).unwrap());
}

#[test]
fn all_kinds_of_objects_can_be_acted_upon() {
    let org = shop();
    assert!(org.can("ann", "view", ("Order.cost", "o-1")).unwrap());
    assert!(
        org.can("ann", "view", Object::within("Order", ("Shop", "main")))
            .unwrap()
    );
    let member = |id| Object::member("User", id, ("Shop", "main"));
    assert!(org.can("bob", "remove", member("ann")).unwrap());
    assert!(!org.can("bob", "remove", member("bob")).unwrap());
}

#[test]
fn what_is_unknown_is_an_error_and_no_denial() {
    let org = shop();
    let of = |user, action, object: (&str, &str)| code_of(&org.can(user, action, object).unwrap_err());
    assert_eq!(of("anne", "view", ("Order", "o-1")), "name/unknown-user");
    assert_eq!(of("ann", "views", ("Order", "o-1")), "name/unknown-action");
    assert_eq!(of("ann", "view", ("Orders", "o-1")), "name/unknown-type");
    assert_eq!(of("ann", "view", ("Order.price", "o-1")), "name/unknown-field");
    assert_eq!(of("ann", "view", ("Order", "o-2")), "name/unknown-node");
    assert_eq!(of("ann", "place", ("Order", "o-1")), "request/ill-typed");
    let error = org.can("anne", "view", ("Order", "o-1")).unwrap_err();
    assert!(error.to_string().contains("did you mean `ann`?"), "{error}");
    assert_eq!(code_of(&org.ask("can anne view o-1").unwrap_err()), "name/unknown-user");
}

#[test]
fn a_prepared_deed_is_decided_as_by_names() {
    let org = shop();
    let (stop, place) = (
        org.prepare("stop", "Order").unwrap(),
        org.prepare("place", "Order").unwrap(),
    );
    let (order, main) = (org.node("Order", "o-1").unwrap(), org.node("Shop", "main").unwrap());
    for id in ["ann", "bob", "old"] {
        let user = org.user(id).unwrap();
        assert_eq!(
            stop.allows(user, order).unwrap(),
            org.can(id, "stop", ("Order", "o-1")).unwrap()
        );
        let by_names = org.can(id, "place", Object::within("Order", ("Shop", "main")));
        assert_eq!(place.allows(user, main).unwrap(), by_names.unwrap());
    }
    // A shop is no order, and an order is no place to put one.
    let ann = org.user("ann").unwrap();
    assert_eq!(code_of(&stop.allows(ann, main).unwrap_err()), "request/ill-typed");
    assert_eq!(code_of(&place.allows(ann, order).unwrap_err()), "request/ill-typed");
}

#[test]
fn users_and_nodes_are_of_one_organisation() {
    let (org, other) = (shop(), shop());
    let view = org.prepare("view", "Order").unwrap();
    let (ann, order) = (org.user("ann").unwrap(), org.node("Order", "o-1").unwrap());
    assert!(view.allows(ann, order).unwrap());
    let (stranger, elsewhere) = (other.user("ann").unwrap(), other.node("Order", "o-1").unwrap());
    assert_eq!(code_of(&view.allows(stranger, order).unwrap_err()), "request/ill-typed");
    assert_eq!(code_of(&view.allows(ann, elsewhere).unwrap_err()), "request/ill-typed");
    // A clone is the same organisation.
    assert!(view.allows(org.clone().user("ann").unwrap(), order).unwrap());
}

#[test]
fn a_sentence_is_answered_with_reasons() {
    let org = shop();
    let why = org.ask("why can ann stop o-1").unwrap();
    assert_eq!(why.is_yes(), Some(true));
    assert!(why.to_string().contains("granted by"), "{why}");
    assert_eq!(org.ask("who can stop o-1").unwrap().names(), ["ann"]);
}

#[test]
fn a_reply_tells_the_reasons() {
    let org = shop();
    let order = ("Order", "o-1");
    let why = org.why("ann", "stop", order).unwrap();
    assert_eq!(why.is_yes(), Some(true));
    assert_eq!(why.to_string(), org.ask("why can ann stop o-1").unwrap().to_string());
    let not = org.why("bob", "stop", order).unwrap();
    assert_eq!(not.is_yes(), Some(false));
    assert_eq!(not.to_string(), org.ask("why cannot bob stop o-1").unwrap().to_string());
    assert_eq!(
        code_of(&org.why("bob", "place", order).unwrap_err()),
        "request/ill-typed"
    );
    assert_eq!(
        code_of(&org.why("bobby", "stop", order).unwrap_err()),
        "name/unknown-user"
    );
}

#[test]
fn questions_the_other_way_round_list_ids() {
    let org = shop();
    assert_eq!(org.who_can("view", ("Order.cost", "o-1")).unwrap(), ["ann", "bob"]);
    let new = Object::within("Order", ("Shop", "main"));
    assert_eq!(org.who_can("place", new).unwrap(), ["bob"]);
    let ann = Object::member("User", "ann", ("Shop", "main"));
    assert_eq!(org.who_can("remove", ann).unwrap(), ["bob"]);
    assert_eq!(org.which("ann", "stop", "Order").unwrap(), [("Order", "o-1")]);
    assert_eq!(org.which("bob", "stop", "Order").unwrap(), []);
    assert_eq!(org.which("bob", "place", "Order").unwrap(), [("Shop", "main")]);
    assert_eq!(
        org.which("bob", "remove", "User").unwrap(),
        [("User", "ann"), ("User", "old")]
    );
    // What comes out can be put in.
    for order in org.which("ann", "view", "Order").unwrap() {
        assert!(org.can("ann", "view", order).unwrap());
    }
    let code = |wrong: Result<_, Error>| code_of(&wrong.map(|_: Vec<(&str, &str)>| ()).unwrap_err());
    assert_eq!(code(org.which("ann", "halt", "Order")), "name/unknown-action");
    assert_eq!(code(org.which("anne", "stop", "Order")), "name/unknown-user");
}

#[test]
fn anyone_is_a_caller_who_is_not_signed_in() {
    let policy = Policy::of_texts([(
        "shop.roles",
        "account Shop { actions visit, close }  anyone can visit Shop  role Boss at Shop { can close Shop }",
    )])
    .unwrap();
    let org = policy
        .organisation_of("{ accounts: { main: { is: Shop } }, users: { bob: { roles: { Boss: main } } } }")
        .unwrap();
    assert!(org.can("anyone", "visit", ("Shop", "main")).unwrap());
    assert!(!org.can("anyone", "close", ("Shop", "main")).unwrap());
    let why = org.why("anyone", "visit", ("Shop", "main")).unwrap().to_string();
    assert_eq!(why, org.ask("why can anyone visit main").unwrap().to_string());
    let (visit, close) = (
        org.prepare("visit", "Shop").unwrap(),
        org.prepare("close", "Shop").unwrap(),
    );
    let (anyone, main) = (org.user("anyone").unwrap(), org.node("Shop", "main").unwrap());
    assert!(visit.allows(anyone, main).unwrap() && !close.allows(anyone, main).unwrap());
    assert_eq!(org.who_can("visit", ("Shop", "main")).unwrap(), ["bob"]);
    assert_eq!(org.which("anyone", "visit", "Shop").unwrap(), [("Shop", "main")]);
}

const OFFICE: &str = "context { ip: ip  owner: user? }
account Shop { }
resource Order in Shop { amount: int  tags: set of string  creating actions place  actions view, stop }
role Clerk at Shop {
  can view Order when context.ip in 10.0.0.0/8
  can place Order when resource.amount < 1000 unless \"rush\" in resource.tags
  can stop Order when context.owner is user
}
role Boss at Shop {
  can assign Clerk to anyone
  can give member to anyone
  can grant view Order to anyone
}";

const STAFF: &str = "accounts: { main: { is: Shop } }
users:
  ann: { in: main, roles: { Clerk: main } }
  bob: { in: main, roles: { Boss: main } }
  tim: { roles: { Clerk: { at: main, until: 2026-12-31 } } }
groups: { ops: { members: [ann, tim] } }
roles: [{ name: Viewer, at: main, can: [view Order] }]
resources: { o-1: { is: Order, in: main } }";

fn office() -> Organisation {
    let policy = Policy::of_texts([("office.roles", OFFICE)]).unwrap();
    policy.organisation_of(STAFF).unwrap()
}

#[test]
fn a_request_carries_what_is_said_of_it() {
    let org = office();
    let order = ("Order", "o-1");
    let inside = org.with("ip", "10.1.2.3").unwrap();
    assert!(!org.can("ann", "view", order).unwrap());
    assert!(inside.can("ann", "view", order).unwrap());
    assert!(!org.with("ip", "192.0.2.1").unwrap().can("ann", "view", order).unwrap());
    // All questions are asked so, and what was looked up before fits.
    let (view, ann, node) = (
        inside.prepare("view", "Order").unwrap(),
        org.user("ann").unwrap(),
        org.node("Order", "o-1").unwrap(),
    );
    assert!(view.allows(ann, node).unwrap());
    assert!(inside.why("ann", "view", order).unwrap().is_yes().unwrap());
    assert_eq!(inside.ask("can ann view o-1").unwrap().is_yes(), Some(true));
    assert!(inside.who_can("view", order).unwrap().contains(&"ann"));
    // One after the other, with ids as values.
    let both = inside.with("owner", "ann").unwrap();
    assert!(both.can("ann", "view", order).unwrap() && both.can("ann", "stop", order).unwrap());
    assert!(!inside.with("owner", "bob").unwrap().can("ann", "stop", order).unwrap());
    let code = |wrong: Result<Organisation, Error>| code_of(&wrong.err().unwrap());
    assert_eq!(code(org.with("ip", "ten")), "type/mismatch");
    assert_eq!(code(org.with("ip", ["10.0.0.1"])), "type/mismatch");
    assert_eq!(code(org.with("ipp", "10.0.0.1")), "name/unknown-attribute");
    assert_eq!(code(org.with("owner", "nobody")), "name/unknown-user");
}

#[test]
fn a_request_is_made_at_the_moment_that_is_said() {
    let org = office().with("ip", "10.0.0.1").unwrap();
    let order = ("Order", "o-1");
    assert!(org.at("2026-12-01T00:00Z").unwrap().can("tim", "view", order).unwrap());
    assert!(!org.at("2027-01-01T00:00Z").unwrap().can("tim", "view", order).unwrap());
    assert_eq!(code_of(&org.at("soon").err().unwrap()), "type/mismatch");
}

#[test]
fn something_new_has_the_attributes_that_are_said() {
    let org = office();
    let order = |amount: i64| Object::within("Order", ("Shop", "main")).with("amount", amount);
    assert!(org.can("ann", "place", order(500).with("tags", ["gift"])).unwrap());
    assert!(
        !org.can("ann", "place", order(500).with("tags", ["gift", "rush"]))
            .unwrap()
    );
    assert!(!org.can("ann", "place", order(5000)).unwrap());
    let why = org.why("ann", "place", order(5000)).unwrap();
    assert!(why.to_string().contains("condition false"), "{why}");
    let code = |object: Object<'_>| code_of(&org.can("ann", "place", object).unwrap_err());
    assert_eq!(code(order(5).with("amount", 6)), "sentence/twice");
    assert_eq!(code(order(5).with("price", 6)), "name/unknown-attribute");
    let words = Object::within("Order", ("Shop", "main")).with("amount", "many");
    assert_eq!(code(words), "type/mismatch");
    let listed = Object::from(("Order", "o-1")).with("amount", 5);
    assert_eq!(
        code_of(&org.can("ann", "view", listed).unwrap_err()),
        "request/ill-typed"
    );
}

#[test]
fn acts_of_administration_are_asked_like_others() {
    let org = office();
    let main = ("Shop", "main");
    let same = |action: &str, object: Object<'_>, sentence: &str| {
        let (by_names, asked) = (org.why("bob", action, &object).unwrap(), org.ask(sentence).unwrap());
        assert_eq!(by_names.to_string(), asked.to_string());
        assert_eq!(org.can("bob", action, &object).unwrap(), by_names.is_yes().unwrap());
        assert!(!org.can("ann", action, &object).unwrap());
        by_names.is_yes().unwrap()
    };
    let clerk = || Object::role("Clerk", main);
    assert!(same("give", clerk().to("bob"), "why can bob give Clerk at main to bob"));
    assert!(same(
        "take",
        clerk().to("ann"),
        "why can bob take Clerk at main from ann"
    ));
    assert!(!same(
        "take",
        clerk().to("bob"),
        "why can bob take Clerk at main from bob"
    ));
    assert!(same("give", clerk(), "why can bob give Clerk at main"));
    assert!(same(
        "assign",
        clerk().to("group:ops"),
        "why can bob assign Clerk at main to group:ops"
    ));
    assert!(!same(
        "give",
        Object::role("Boss", main).to("ann"),
        "why cannot bob give Boss at main to ann"
    ));
    assert!(same(
        "give",
        Object::role("Viewer", main).to("ann"),
        "why can bob give Viewer at main to ann"
    ));
    let member = || Object::membership(main);
    assert!(same(
        "give",
        member().to("tim"),
        "why can bob give member at main to tim"
    ));
    assert!(!same(
        "take",
        member().to("ann"),
        "why can bob take member at main from ann"
    ));
    let single = Object::permission("view", "Order", main).to("ann");
    assert!(same(
        "grant",
        single.clone(),
        "why can bob grant view Order at main to ann"
    ));
    assert!(!same(
        "revoke",
        single,
        "why can bob revoke view Order at main from ann"
    ));
    assert_eq!(org.who_can("give", clerk().to("ann")).unwrap(), ["bob"]);
}

#[test]
fn what_cannot_be_handed_out_is_an_error() {
    let org = office();
    let (main, order) = (("Shop", "main"), ("Order", "o-1"));
    let code = |action: &str, object: Object<'_>| code_of(&org.can("bob", action, object).unwrap_err());
    assert_eq!(code("give", Object::role("Clark", main)), "name/unknown-role");
    assert_eq!(code("give", Object::role("Clerk", order)), "role/not-at-this-type");
    assert_eq!(
        code("give", Object::role("Clerk", main).to("anyone")),
        "name/unknown-user"
    );
    assert_eq!(
        code("give", Object::role("Clerk", main).to("group:opps")),
        "name/unknown-group"
    );
    assert_eq!(code("grant", Object::role("Clerk", main)), "name/unknown-action");
    assert_eq!(code("give", Object::membership(order)), "request/ill-typed");
    assert_eq!(
        code("grant", Object::permission("see", "Order", main)),
        "name/unknown-action"
    );
    assert_eq!(code("view", Object::from(order).to("ann")), "request/ill-typed");
}

#[test]
fn mistakes_are_shown_with_their_source() {
    let error = Policy::of_texts([("shop.roles", "account Shop\nrole Clerk at Shpo")])
        .err()
        .unwrap();
    let text = error.to_string();
    assert!(
        text.contains("shop.roles:2:15") && text.contains("did you mean `Shop`?"),
        "{text}"
    );
    assert!(Policy::open("no-such-folder").is_err());
    let policy = Policy::of_texts([("shop.roles", POLICY)]).unwrap();
    assert!(policy.organisation("no-such-file.yaml").is_err());
    assert!(policy.organisation_of("accounts: { main: { is: Shpo } }").is_err());
}

#[test]
fn a_policy_is_linted_as_on_the_command_line() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/partner-portal");
    let found = Policy::open(&folder).unwrap().lint();
    assert_eq!(found.to_string(), printed(["lint", folder.to_str().unwrap()]));
    assert_eq!(found.codes().collect::<Vec<_>>()[0], "wildcard-grant");
    let policy = Policy::of_texts([("shop.roles", "account Shop\nrole Clerk at Shop")]).unwrap();
    assert!(policy.lint().codes().any(|code| code == "empty-role"));
}

#[test]
fn a_reply_is_the_document_of_the_command_line() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/littlebig-connection");
    let org = Policy::open(&folder)
        .unwrap()
        .organisation(folder.join("facts.yaml"))
        .unwrap();
    let sentences = [
        "why can oz edit tender-17",
        "why cannot oz edit tender-18",
        "who can create PurchaseOrder in paris",
        "is oz Operational at paris",
        "how could bob validate order-9",
        "can ada ever give EntityAdmin at pit to oz",
    ];
    let path = folder.to_str().unwrap();
    for sentence in sentences {
        let shown = json(&printed(["ask", "-p", path, "--format", "json", sentence]));
        assert_eq!(org.ask(sentence).unwrap().to_json(), shown, "{sentence}");
    }
    let why = org.why("oz", "edit", ("Tender", "tender-17")).unwrap().to_json();
    assert_eq!(why, org.ask("why can oz edit tender-17").unwrap().to_json());
    assert_eq!((&why["kind"], &why["answer"]), (&"decision".into(), &true.into()));
    assert_eq!(why["on"]["id"], "tender-17");
    let reason = &why["reasons"][0];
    assert_eq!(
        (&reason["cause"], &reason["node"]),
        (&"granted".into(), &"paris".into())
    );
    assert_eq!(reason["rule"]["text"], "can edit Tender as assignee or creator");
}

#[test]
fn a_policy_is_tested_as_on_the_command_line() {
    let tests = "facts: facts.yaml
tests:
  - { name: right, expect: [ann can stop o-1] }
  - { name: wrong, expect: [bob can stop o-1] }";
    let files = [("shop.roles", POLICY), ("facts.yaml", PEOPLE), ("tests.yaml", tests)];
    let folder = folder("tested", &files);
    let path = folder.to_str().unwrap();
    let tested = Policy::open(&folder).unwrap().test().unwrap();
    assert_eq!((tested.passed(), tested.failed()), (1, 1));
    assert_eq!(tested.to_string(), printed(["test", path]));
    let all: Vec<_> = tested.iter().collect();
    assert_eq!((all[0].name, all[0].line, all[0].passed()), ("right", 3, true));
    assert_eq!((all[1].name, all[1].line, all[1].passed()), ("wrong", 4, false));
    assert!(all[1].file.ends_with("tests.yaml") && all[1].message.contains("expected  bob can stop o-1"));
    assert_eq!(
        tested.to_json()["summary"],
        json(&printed(["test", path, "--format", "json"]))["summary"]
    );
}

#[test]
fn tests_that_cannot_be_read_are_an_error() {
    let files = [
        ("shop.roles", POLICY),
        ("tests.yaml", "tests: [{ name: none, expect: [nonsense] }]"),
    ];
    let policy = Policy::open(folder("untested", &files)).unwrap();
    assert!(policy.test().is_err());
    let bare = Policy::of_texts([("shop.roles", POLICY)]).unwrap().test().unwrap();
    assert_eq!(bare.to_string(), "0 passed, 0 failed");
}

#[test]
fn policies_are_compared_as_on_the_command_line() {
    let wider = POLICY.replace(" unless shop.closed", "");
    let [old, new] =
        [("old", POLICY), ("new", wider.as_str())].map(|(name, text)| folder(name, &[("shop.roles", text)]));
    let [one, two] = [&old, &new].map(|folder| Policy::open(folder).unwrap());
    let diff = Policy::diff(&one, &two);
    let paths = [&old, &new].map(|path| path.to_str().unwrap());
    assert_eq!(diff.to_string(), printed(["diff", paths[0], paths[1]]));
    let shown = printed(["diff", paths[0], paths[1], "--format", "json"]);
    assert_eq!(diff.to_json(), json(&shown));
    assert!(diff.is_wider() && !diff.is_narrower() && !diff.escalates() && !diff.is_none());
    assert_eq!(diff.unknown(), None);
    let back = Policy::diff(&two, &one);
    assert!(back.is_narrower() && !back.is_wider());
    assert!(Policy::diff(&one, &one).is_none());
}

/// Everything that a few questions tell of two organisations.
fn alike(one: &Organisation, other: &Organisation, sentences: &[&str]) {
    let answer = |org: &Organisation, sentence: &str| org.ask(sentence).unwrap().answer().clone();
    for sentence in sentences {
        assert_eq!(answer(one, sentence), answer(other, sentence), "{sentence}");
    }
}

const FIRM: &str = "account Firm { closed: bool = false }
unit Team in Firm { open: bool = firm.closed  budget: int = 0 }
resource Order in Team { creator: user  creating actions place  actions view, stop }
user { boss: user? }
role Clerk at Team { can view Order unless firm.closed  can stop Order as boss+ of creator }
role Lead at Team extends Clerk { can place Order when team.budget > 100 }
role Guest at Firm for whoever is member { can view Order }";

#[test]
fn a_change_gives_another_organisation() {
    let old = shop();
    let order = ("Order", "o-1");
    let new = old.change(|c| c.give("ann", "Boss", "main")).unwrap();
    let place = Object::within("Order", ("Shop", "main"));
    assert!(!old.can("ann", "place", &place).unwrap());
    assert!(new.can("ann", "place", &place).unwrap());
    // What was looked up stays good, what was prepared stays what it was.
    let (before, after) = (
        old.prepare("place", "Order").unwrap(),
        new.prepare("place", "Order").unwrap(),
    );
    let (ann, main) = (old.user("ann").unwrap(), old.node("Shop", "main").unwrap());
    assert!(!before.allows(ann, main).unwrap() && after.allows(ann, main).unwrap());
    let why = new.why("ann", "place", &place).unwrap().to_string();
    assert!(why.contains("Boss at main, given by hand  (changes:1)"), "{why}");
    let closed = new
        .change(|c| {
            c.set("main", "closed", true)?;
            c.take("ann", "Clerk", "main")
        })
        .unwrap();
    assert!(new.can("ann", "stop", order).unwrap() && !closed.can("ann", "stop", order).unwrap());
    let back = closed.change(|c| c.take("ann", "Boss", "main")).unwrap();
    assert!(!back.can("ann", "view", order).unwrap());
    // What is so already is no mistake.
    assert!(back.change(|c| c.take("ann", "Boss", "main")).is_ok());
    assert!(old.change(|c| c.give("ann", "Clerk", "main")).is_ok());
}

#[test]
fn a_changed_organisation_is_the_one_that_the_facts_would_describe() {
    let before = "accounts: { main: { is: Shop } }
users: { ann: { roles: { Clerk: main } }, bob: { in: main, roles: { Boss: main } }, old: {} }
groups: { ops: { members: [old], roles: { Clerk: main } } }
resources: { o-1: { is: Order, in: main, creator: old } }";
    let after = "accounts: { main: { is: Shop, closed: true } }
users: { ann: { in: main }, bob: {}, old: {} }
groups: { ops: { members: [ann], roles: { Clerk: main, Boss: main } } }
resources: { o-1: { is: Order, in: main, creator: ann } }";
    let policy = Policy::of_texts([("shop.roles", POLICY)]).unwrap();
    let [before, after] = [before, after].map(|facts| policy.organisation_of(facts).unwrap());
    let changed = before.change(|c| {
        c.take("ann", "Clerk", "main")?;
        c.take("bob", "Shop.Boss", "Shop main")?;
        c.join("ann", "main")?;
        c.leave("bob", "main")?;
        c.join("ann", "group:ops")?;
        c.leave("old", "group:ops")?;
        c.give("group:ops", "Boss", "main")?;
        c.set("main", "closed", true)?;
        c.set("Order o-1", "creator", "ann")
    });
    let changed = changed.unwrap();
    let names = |org: &Organisation, sentence: &str| {
        let reply = org.ask(sentence).unwrap();
        (
            reply.is_yes(),
            reply.names().into_iter().map(str::to_owned).collect::<Vec<_>>(),
        )
    };
    let questions = [
        "who can view o-1",
        "who can stop o-1",
        "who can place Order in main",
        "who can remove ann",
        "what is ann",
        "what is bob",
        "what is old",
    ];
    for question in questions {
        assert_eq!(names(&changed, question), names(&after, question), "{question}");
    }
    assert_ne!(names(&before, questions[0]), names(&after, questions[0]));
}

#[test]
fn changes_are_checked_as_facts_are() {
    let policy = Policy::of_texts([("firm.roles", FIRM)]).unwrap();
    let org = policy
        .organisation_of(
            "{ accounts: { acme: { is: Firm } }, units: { sales: { is: Team, in: acme } },
               users: { ann: { boss: bob }, bob: { in: acme, boss: tim }, tim: {}, sales: {} }, groups: { ops: {} },
               resources: { o-1: { is: Order, in: sales, creator: ann } } }",
        )
        .unwrap();
    let code = |edit: fn(&mut Changes<'_>) -> Result<(), Error>| code_of(&org.change(edit).err().unwrap());
    assert_eq!(code(|c| c.give("anne", "Clerk", "sales")), "name/unknown-user");
    assert_eq!(code(|c| c.give("ann", "Clark", "sales")), "name/unknown-role");
    assert_eq!(code(|c| c.give("ann", "Clerk", "sails")), "name/unknown-node");
    assert_eq!(code(|c| c.give("ann", "Clerk", "acme")), "role/not-at-this-type");
    assert_eq!(code(|c| c.give("ann", "Guest", "acme")), "role/derived-by-hand");
    assert_eq!(code(|c| c.give("group:opps", "Clerk", "sales")), "name/unknown-group");
    assert_eq!(code(|c| c.join("ann", "o-1")), "name/wrong-type");
    assert_eq!(code(|c| c.join("ann", "group:everyone")), "facts/reserved-id");
    assert_eq!(code(|c| c.set("Team sales", "budget", "much")), "type/mismatch");
    assert_eq!(code(|c| c.set("Team sales", "budget", [1])), "type/mismatch");
    assert_eq!(code(|c| c.set("Team sales", "colour", "red")), "name/unknown-attribute");
    assert_eq!(code(|c| c.set("sales", "budget", 5)), "name/ambiguous");
    assert_eq!(code(|c| c.set("o-1", "creator", "nobody")), "name/unknown-user");
    assert_eq!(code(|c| c.set("o-2", "creator", "ann")), "name/unknown-node");
    // Nobody is their own boss, whatever the order of the changes.
    assert_eq!(code(|c| c.set("tim", "boss", "ann")), "facts/relation-cycle");
    let turned = org.change(|c| {
        c.set("tim", "boss", "ann")?;
        c.set("bob", "boss", "ann")
    });
    assert_eq!(code_of(&turned.err().unwrap()), "facts/relation-cycle");
    // An error inside leaves nothing behind.
    let rest = org.change(|c| {
        assert!(c.give("ann", "Clerk", "sails").is_err());
        c.give("tim", "Lead", "Team sales")?;
        c.set("Team sales", "budget", 500)
    });
    let rest = rest.unwrap();
    let new = Object::within("Order", ("Team", "sales"));
    assert_eq!(rest.who_can("place", &new).unwrap(), ["tim"]);
    assert!(rest.can("tim", "stop", ("Order", "o-1")).unwrap());
    alike(
        &rest,
        &rest.change(|_| Ok(())).unwrap(),
        &["who can view o-1", "what is tim"],
    );
}

#[test]
fn what_requests_carry_outlives_a_change() {
    let org = office().with("ip", "10.0.0.1").unwrap().with("owner", "ann").unwrap();
    let next = org.change(|c| c.set("o-1", "tags", ["gift", "late"])).unwrap();
    assert!(next.can("ann", "view", ("Order", "o-1")).unwrap());
    let next = next.with("owner", "tim").unwrap();
    assert!(!next.can("ann", "stop", ("Order", "o-1")).unwrap());
    let later = next.change(|c| c.give("bob", "Clerk", "main")).unwrap();
    assert!(later.can("bob", "view", ("Order", "o-1")).unwrap());
    let new = Object::within("Order", ("Shop", "main"))
        .with("amount", 5)
        .with("tags", ["rush"]);
    assert!(!later.can("ann", "place", new).unwrap());
}

#[test]
fn an_organisation_comes_from_anywhere() {
    let folder = folder("beside", &[("shop.roles", POLICY), ("facts.yaml", PEOPLE)]);
    let policy = Policy::open(&folder).unwrap();
    let snapshot = folder.join("shop.snapshot");
    printed(["snapshot", "-p", folder.to_str().unwrap(), snapshot.to_str().unwrap()]);
    let all = [
        policy.organisation(folder.join("facts.yaml")),
        policy.organisation_of(PEOPLE),
        policy.organisation_from(PEOPLE.as_bytes()),
        policy.organisation_beside(),
        policy.organisation(&snapshot),
        Policy::open(&snapshot).unwrap().organisation_beside(),
    ];
    for org in all {
        let org = org.unwrap();
        assert!(org.can("ann", "stop", ("Order", "o-1")).unwrap());
        assert_eq!(org.who_can("view", ("Order", "o-1")).unwrap(), ["ann", "bob"]);
        let why = org.why("ann", "stop", ("Order", "o-1")).unwrap().to_string();
        assert!(why.contains("shop.roles:4") && why.contains("facts"), "{why}");
        let closed = org.change(|c| c.set("main", "closed", true)).unwrap();
        assert!(!closed.can("ann", "stop", ("Order", "o-1")).unwrap());
    }
    // A file is read when it is asked for, not when the policy is opened.
    fs::write(folder.join("facts.yaml"), PEOPLE.replace("Clerk: main", "Boss: main")).unwrap();
    let again = policy.organisation(folder.join("facts.yaml")).unwrap();
    assert_eq!(
        again
            .who_can("remove", Object::member("User", "bob", ("Shop", "main")))
            .unwrap(),
        ["ann"]
    );
}

#[test]
fn an_organisation_that_is_not_there_is_an_error() {
    let folder = folder("alone", &[("shop.roles", POLICY)]);
    let policy = Policy::open(&folder).unwrap();
    assert_eq!(
        code_of(&policy.organisation_beside().err().unwrap()),
        "project/no-facts"
    );
    let facts = self::folder("elsewhere", &[("facts.yaml", PEOPLE)]).join("facts.yaml");
    let snapshot = facts.with_file_name("alone.snapshot");
    let paths = [&folder, &facts, &snapshot].map(|path| path.to_str().unwrap());
    printed(["snapshot", "-p", paths[0], "-f", paths[1], paths[2]]);
    assert!(policy.organisation(&snapshot).is_ok());
    let other = Policy::of_texts([("shop.roles", POLICY.replace("view, stop", "stop, view").as_str())]).unwrap();
    assert_eq!(
        code_of(&other.organisation(&snapshot).err().unwrap()),
        "snapshot/version"
    );
    assert_eq!(
        code_of(&policy.organisation_from(&[0xff, 0xfe][..]).err().unwrap()),
        "project/not-utf8"
    );
}

#[test]
fn the_portals_open() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/littlebig-connection");
    let policy = Policy::open(&folder).unwrap();
    let org = policy.organisation(folder.join("facts.yaml")).unwrap();
    let sentence = org.ask("who can create Tender in paris").unwrap();
    for name in sentence.names() {
        let tender = Object::within("Tender", ("Entity", "paris"));
        assert!(org.can(name, "create", tender).unwrap(), "{name}");
    }
    assert!(!sentence.names().is_empty());
    let new = Object::within("Tender", ("Entity", "paris"));
    assert_eq!(org.who_can("create", new).unwrap(), sentence.names());
    for user in sentence.names() {
        let shown = org.ask(&format!("which Tender can {user} view")).unwrap();
        let found = org.which(user, "view", "Tender").unwrap();
        assert_eq!(found.iter().map(|(_, id)| *id).collect::<Vec<_>>(), shown.names());
    }
}
