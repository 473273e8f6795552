//! The front door: what an application meets.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::path::Path;
use std::process::Command;
use std::thread;

use rolebook::{Error, Object, Organisation, Policy, Prepared};

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
    assert!(org.can("bob", "place", order).unwrap());
    assert!(!org.can("old", "place", order).unwrap());
    assert!(!org.can("ann", "place", order).unwrap());
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
    assert_eq!(org.who_can("visit", ("Shop", "main")).unwrap(), ["bob"]);
    assert_eq!(org.which("anyone", "visit", "Shop").unwrap(), [("Shop", "main")]);
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
    let run = Command::new(env!("CARGO_BIN_EXE_rolebook"))
        .arg("lint")
        .arg(&folder)
        .output()
        .unwrap();
    assert_eq!(found.to_string(), String::from_utf8(run.stdout).unwrap().trim_end());
    assert_eq!(found.codes().collect::<Vec<_>>()[0], "wildcard-grant");
    let policy = Policy::of_texts([("shop.roles", "account Shop\nrole Clerk at Shop")]).unwrap();
    assert!(policy.lint().codes().any(|code| code == "empty-role"));
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
