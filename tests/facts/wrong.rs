//! Each fault of an organisation, with its line and column.

use crate::*;

/// A policy that has what the example lacks.
pub(crate) const MORE: &str = "
account Agency { registrant: user? }
unit Desk in Agency { }
resource File in Desk { owner: user  reader: users  actions view }
user { manager: user? }
role Clerk at Desk (limit: int) { can view File when holding.limit > 3 }
role Boss at Desk { can view File as manager+ of owner }
role Registrant at Agency for whoever is registrant { can view File }
roles main { Clerk, Boss }
";

pub(crate) const AGENCY: &str = "accounts: { a: { is: Agency }, b: { is: Agency } }
units: { d: { is: Desk, in: a }, e: { is: Desk, in: b } }
";

/// The faults of facts laid behind [`AGENCY`]; lines count from there.
pub(crate) fn faults(more: &str) -> Vec<String> {
    reading(MORE, &format!("{AGENCY}{more}")).faults()
}

/// The one fault there is.
pub(crate) fn fault(more: &str) -> String {
    let mut all = faults(more);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

pub(crate) fn help(more: &str) -> String {
    let it = reading(MORE, &format!("{AGENCY}{more}"));
    it.found[0].help.clone().unwrap_or_default()
}

#[test]
fn keys() {
    assert_eq!(
        fault("user: { oz: {} }"),
        "3:1 facts/unknown-key: unknown key `user` in the facts"
    );
    assert_eq!(help("user: { oz: {} }"), "did you mean `users`?");
    assert_eq!(
        fault("policy: x"),
        "3:1 facts/unknown-key: unknown key `policy` in the facts"
    );
    assert_eq!(
        fault("groups: { g: { member: [] } }"),
        "3:16 facts/unknown-key: unknown key `member` in a group"
    );
    assert_eq!(
        faults("grants: [{ too: d }]").last().unwrap(),
        "3:12 facts/unknown-key: unknown key `too` in a grant"
    );
}

#[test]
fn shapes() {
    assert_eq!(
        fault("users: [oz]"),
        "3:8 facts/shape: a mapping from ids to records is needed here, not a list"
    );
    assert_eq!(
        fault("users: { oz: here }"),
        "3:14 facts/shape: a record such as `{ in: … }` is needed here, not a single value"
    );
    assert_eq!(
        fault("grants: { a: b }"),
        "3:9 facts/shape: a list of records is needed here, not a mapping"
    );
    assert_eq!(
        fault("users: { oz: { in: [[d]] } }"),
        "3:21 facts/shape: the id of a node is needed here, not a list"
    );
    assert_eq!(
        fault("users: { oz: { in: [~] } }"),
        "3:21 facts/shape: the id of a node is needed here, not nothing"
    );
}

#[test]
fn types_of_records() {
    assert_eq!(
        fault("resources: { f: { in: d } }"),
        "3:14 facts/no-type: `f` has no type"
    );
    assert_eq!(
        help("resources: { f: { in: d } }"),
        "say `is:`; the types of resources are: `File`"
    );
    assert_eq!(
        fault("resources: { f: { is: Fil, in: d } }"),
        "3:23 name/unknown-type: unknown type `Fil`"
    );
    assert_eq!(
        fault("resources: { f: { is: Desk, in: a } }"),
        "3:23 facts/wrong-section: `Desk` is a unit, not a resource"
    );
    assert_eq!(
        fault("users: { x: { is: Desk } }"),
        "3:19 facts/wrong-section: `Desk` is a unit, not a kind of user"
    );
}

#[test]
fn containers() {
    assert_eq!(
        fault("resources: { f: { is: File } }"),
        "3:14 containment/no-container: `f` lies in nothing: only accounts may stand alone"
    );
    assert_eq!(
        fault("resources: { f: { is: File, in: a } }"),
        "3:33 containment/not-allowed: `File` cannot lie in `a`, which is of type `Agency`"
    );
    assert_eq!(
        help("resources: { f: { is: File, in: a } }"),
        "`File` may lie in: `Desk`"
    );
    assert_eq!(
        fault("resources: { f: { is: File, in: dd } }"),
        "3:33 name/unknown-node: unknown node `dd`"
    );
    assert_eq!(
        fault("resources: { f: { is: File, in: [d] } }"),
        "3:33 facts/shape: the id of one container is needed here, not a list"
    );
}

#[test]
fn a_circle_of_containers_is_told_whole() {
    let facts = "units:
  a: { is: Entity, in: b }
  b: { is: Entity, in: c }
  c: { is: Entity, in: a }
  d: { is: Entity, in: a }
";
    let it = reading(LITTLEBIG, facts);
    assert_eq!(
        it.faults(),
        ["2:24 facts/containment-cycle: `a` would lie in itself: `a` in `b` in `c` in `a`"]
    );
    assert_eq!(it.found[0].labels.len(), 3);
}

#[test]
fn ids() {
    assert_eq!(
        fault("users: { anyone: {} }"),
        "3:10 facts/reserved-id: no user can be called `anyone`"
    );
    assert_eq!(
        fault("users: { everyone: {} }"),
        "3:10 facts/reserved-id: no user can be called `everyone`"
    );
    assert_eq!(
        fault("groups: { everyone: { members: [] } }"),
        "3:23 facts/reserved-id: `everyone` is all users; `members` cannot be said of it"
    );
    for id in ["Boss at d", "group:ops", "nobody at all"] {
        for section in ["users", "groups"] {
            let told = fault(&format!("{section}: {{ '{id}': {{}} }}"));
            assert!(
                told.ends_with(&format!("facts/reserved-id: nothing can be called `{id}`")),
                "{told}"
            );
        }
        let told = fault(&format!("resources: {{ '{id}': {{ is: File, in: d }} }}"));
        assert!(told.contains("facts/reserved-id"), "{told}");
    }
    assert_eq!(
        fault("users: { '': {} }"),
        "3:10 facts/reserved-id: an id needs a letter or a number"
    );
    assert_eq!(
        fault("resources: { 17: { is: File, in: d }, File 17: { is: File, in: d } }"),
        "3:39 name/ambiguous: `File 17` is also how the File `17` is named"
    );
    let alike = faults("users: { zo\u{eb}: {}, zoe\u{308}: {} }");
    assert_eq!(alike.len(), 1, "one name in two forms: {alike:?}");
    let twice = faults("users: { oz: {}, oz: {} }");
    assert_eq!(twice.len(), 1, "told once, by whoever reads the YAML: {twice:?}");
    assert!(twice[0].starts_with("3:18 "));
}

#[test]
fn references() {
    assert_eq!(
        fault("users: { oz: { in: f } }"),
        "3:20 name/unknown-node: unknown node `f`"
    );
    let file = "resources: { f: { is: File, in: d } }\n";
    assert_eq!(
        fault(&format!("{file}users: {{ oz: {{ in: f }} }}")),
        "4:20 name/wrong-type: `f` is of type `File`; `Agency`, `Desk` is needed here"
    );
    let same = "resources: { d: { is: File, in: d } }\nusers: { oz: }\n";
    let grant = format!("{same}grants: [{{ to: oz, can: view File, at: d }}]");
    assert_eq!(fault(&grant), "5:40 name/ambiguous: `d` could be `Desk d` or `File d`");
    assert_eq!(faults(&grant.replace("at: d", "at: Desk d")), [""; 0]);
}

#[test]
fn a_record_left_out_is_reported_once() {
    assert_eq!(
        fault("resources: { f: { is: Fill, in: d } }\nusers: { oz: }\ngrants: [{ to: oz, can: view File, at: f }]"),
        "3:23 name/unknown-type: unknown type `Fill`"
    );
}

#[test]
fn attributes() {
    assert_eq!(
        fault("resources: { f: { is: File, in: d, ovner: oz } }"),
        "3:36 name/unknown-attribute: `File` has no attribute `ovner`"
    );
    assert_eq!(
        help("resources: { f: { is: File, in: d, ovner: oz } }"),
        "did you mean `owner`?"
    );
    assert_eq!(
        fault("users: { oz: { inn: d } }"),
        "3:16 name/unknown-attribute: `User` has no attribute `inn`"
    );
    assert_eq!(
        fault("context: { nov: 3 }"),
        "3:12 name/unknown-attribute: `context` has no attribute `nov`"
    );
    assert_eq!(
        fault("context: { now: soon }"),
        "3:17 type/mismatch: `soon` is no datetime"
    );
}

#[test]
fn roles_given_by_hand() {
    assert_eq!(
        fault("users: { oz: { roles: { Clerc: d } } }"),
        "3:25 name/unknown-role: unknown role `Clerc`"
    );
    assert_eq!(help("users: { oz: { roles: { Clerc: d } } }"), "did you mean `Clerk`?");
    assert_eq!(
        help("users: { oz: { roles: { main: d } } }"),
        "`main` is a set of roles; name the role"
    );
    assert_eq!(
        fault("users: { oz: { roles: { Clerk: a } } }"),
        "3:32 role/not-at-this-type: there is no role `Clerk` at `a`, which is of type `Agency`"
    );
    assert_eq!(
        help("users: { oz: { roles: { Clerk: a } } }"),
        "`Clerk` exists at `Desk`; `Agency` has the roles: `Registrant`"
    );
    assert_eq!(
        fault("users: { oz: { roles: { Registrant: a } } }"),
        "3:25 role/derived-by-hand: `Registrant` is derived and cannot be given by hand"
    );
    assert_eq!(
        fault("users: { oz: { roles: { Clerk: { from: 2026-01-01 } } } }"),
        "3:32 facts/missing-key: a holding needs `at:`"
    );
    assert_eq!(
        fault("users: { oz: { roles: { Boss: x } } }"),
        "3:31 name/unknown-node: unknown node `x`"
    );
}

#[test]
fn parameters_and_windows() {
    let held = |extra: &str| {
        fault(&format!(
            "users: {{ oz: {{ roles: {{ Clerk: {{ at: d, {extra} }} }} }} }}"
        ))
    };
    assert_eq!(
        held("limt: 3"),
        "3:41 name/unknown-parameter: `Clerk` has no parameter `limt`"
    );
    assert_eq!(held("limit: much"), "3:48 type/mismatch: `much` is no int");
    assert_eq!(held("until: soon"), "3:48 type/mismatch: `soon` is no date or datetime");
    assert_eq!(
        held("from: 2026-02-02, until: 2026-02-01"),
        "3:66 facts/empty-window: `until` is not after `from`"
    );
    assert_eq!(
        faults("users: { oz: { roles: { Clerk: { at: d, from: 2026-02-02, until: 2026-02-02 } } } }"),
        [""; 0]
    );
}

#[test]
fn a_holding_stated_twice_is_a_finding() {
    let it = reading(
        MORE,
        &format!("{AGENCY}users: {{ oz: {{ roles: {{ Clerk: [d, {{ at: d }}, {{ at: d, limit: 3 }}] }} }} }}"),
    );
    assert_eq!(
        it.faults(),
        ["3:36 facts/duplicate-holding: `Clerk` at `d` is given twice"]
    );
    assert_eq!((it.found[0].severity, it.found[0].labels.len()), (Severity::Warning, 2));
    assert_eq!(it.facts.holdings.len(), 2);
}

#[test]
fn groups() {
    assert_eq!(
        fault("groups: { g: { members: [group:h] } }"),
        "3:26 name/unknown-group: unknown group `h`"
    );
    assert_eq!(
        fault("groups: { g: { members: [oz] } }"),
        "3:26 name/unknown-user: unknown user `oz`"
    );
    assert_eq!(
        help("groups: { g: { members: [h] }, h: }"),
        "the group is written `group:h`"
    );
    assert_eq!(
        fault("groups: { g: { members: [Registrant at a] } }"),
        "3:26 role/derived-by-hand: `Registrant` is derived and cannot be given by hand"
    );
    assert_eq!(
        fault("groups: { g: { members: [Clerk at a] } }"),
        "3:35 role/not-at-this-type: there is no role `Clerk` at `a`, which is of type `Agency`"
    );
    assert_eq!(
        fault("groups: { g: { members: ['Clark at d'] } }"),
        "3:27 name/unknown-role: unknown role `Clark`"
    );
}

#[test]
fn groups_in_a_circle() {
    let groups = "groups:
  g: { members: [group:h] }
  h: { members: [group:i] }
  i: { members: [group:g, group:j] }
  j: { members: [group:j, group:everyone] }
";
    let expected = [
        "4:3 facts/group-cycle: groups contain each other: `g` contains `h` contains `i` contains `g`",
        "7:3 facts/group-cycle: groups contain each other: `j` contains `j`",
    ];
    assert_eq!(faults(groups), expected);
}

#[test]
fn nobody_is_his_own_superior() {
    assert_eq!(
        fault("users: { oz: { manager: mia }, mia: { manager: oz }, eve: { manager: oz } }"),
        "3:25 facts/relation-cycle: `manager` runs in a circle: `oz` to `mia` to `oz`"
    );
}

#[test]
fn all_problems_in_one_run() {
    let facts = "resources:
  f: { is: File, in: d, ovner: oz, reader: [oz, sam] }
  g: { is: Fille, in: d }
users:
  oz: { in: [d, nowhere], roles: { Clerc: d, Clerk: a } }
groups:
  x: { members: [group:y, tim] }
grants:
  - { to: oz, can: wiew File, at: d }
  - { to: group:x, can: view File, at: g }
rolls: []
";
    let places: Vec<String> = faults(facts)
        .iter()
        .map(|f| f.split(": ").next().unwrap().to_owned())
        .collect();
    let expected = [
        "4:25 name/unknown-attribute",
        "4:49 name/unknown-user",
        "5:12 name/unknown-type",
        "7:17 name/unknown-node",
        "7:36 name/unknown-role",
        "7:53 role/not-at-this-type",
        "9:18 name/unknown-group",
        "9:27 name/unknown-user",
        "11:20 name/unknown-action",
        "13:1 facts/unknown-key",
    ];
    assert_eq!(places, expected);
}
