//! Organisations from tables: they say what the same organisation says in YAML, and every mistake is told with its line.

use std::fs;
use std::io::{self, Cursor, Read};
use std::process::Command;

use rolebook::diagnostic::Found;
use rolebook::eval::org::Org;
use rolebook::facts::tables::{Format, Input, Kind, SHOWN, read};
use rolebook::facts::{Facts, read as yaml_facts};
use rolebook::model::{Model, check, resolve};
use rolebook::report;
use rolebook::source::{Sources, Span};
use rolebook::syntax::parse;
use rolebook::table::compile;
use rolebook::yaml;

const POLICY: &str = "user { manager: user? }
account Company { tier: low | high  cap2: int }
unit Team in Company, Team { cap: int = company.cap2 }
resource Order in Team { creator: user  tags: set of string  actions view, stop }
role Manager at Team (limit: int = 10) { can view Order }
role Owner at Company { can stop Order }
nobody can stop Order as manager+ of creator
";

fn model(sources: &mut Sources) -> Model {
    let mut found = Found::default();
    let file = sources.add("policy.roles", POLICY);
    let tree = parse::policy(file, POLICY, &mut found);
    let model = resolve::resolve(&[tree], &mut found);
    assert!(
        !found.has_errors(),
        "{}",
        report::text(
            &found.sorted(),
            sources,
            &report::Style {
                color: false,
                width: 100
            }
        )
    );
    model
}

fn input(name: &str, text: &'static str) -> Input<'static> {
    let (stem, ending) = name.split_once('.').expect("an ending");
    Input {
        name: name.to_owned(),
        kind: Kind::ALL.into_iter().find(|kind| kind.name() == stem).expect("a table"),
        format: if ending == "csv" {
            Format::Csv
        } else {
            Format::JsonLines
        },
        open: Box::new(move || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(Cursor::new(text))) }),
    }
}

/// The organisation with the texts and the mistakes of its tables.
fn read_all(tables: &[(&str, &'static str)]) -> (Facts, Sources, Found) {
    let mut sources = Sources::default();
    let model = model(&mut sources);
    let mut found = Found::default();
    let inputs: Vec<Input<'_>> = tables.iter().map(|(name, text)| input(name, text)).collect();
    let facts = read(&inputs, &model, &mut sources, &mut found);
    (facts, sources, found)
}

/// The organisation, and each mistake as `file:line:column code: message`.
fn reading(tables: &[(&str, &'static str)]) -> (Facts, Vec<String>) {
    let (facts, sources, found) = read_all(tables);
    let told = found.sorted().into_iter().map(|fault| {
        let place = fault.labels.first().map_or_else(String::new, |label| {
            let (line, column) = sources.position(label.span.file, label.span.start);
            format!("{}:{line}:{column} ", sources.name(label.span.file))
        });
        format!("{place}{}: {}", fault.code, fault.message)
    });
    (facts, told.collect())
}

const NODES: &str = "id,type,in,tier,cap2,creator,tags\n\
    sales,Team,acme,,,,\n\
    acme,Company,,high,7,,\n\
    \"order, one\",Order,sales,,,ann,red;blue\n";

const GOOD: [(&str, &str); 5] = [
    ("nodes.csv", NODES),
    ("users.csv", "id,in,manager\nada,acme,\nann,acme;sales,ada\nr2,acme,\n"),
    ("groups.csv", "id,in\nfolk,acme\nall,\n"),
    ("members.csv", "group,member\nfolk,ann\nall,group:folk\n"),
    (
        "holdings.csv",
        "to,role,at,until,limit\nada,Owner,acme,,\nann,Manager,sales,2027-01-31,500\ngroup:all,Manager,sales,,\n",
    ),
];

const SAME: &str = "accounts: { acme: { is: Company, tier: high, cap2: 7 } }
units: { sales: { is: Team, in: acme } }
resources: { 'order, one': { is: Order, in: sales, creator: ann, tags: [red, blue] } }
users:
  ada: { in: acme, roles: { Owner: acme } }
  ann: { in: [acme, sales], manager: ada, roles: { Manager: { at: sales, until: 2027-01-31, limit: 500 } } }
  r2: { in: acme }
groups:
  folk: { in: acme, members: [ann] }
  all: { members: ['group:folk'], roles: { Manager: sales } }
";

/// An organisation without the places that it was read from and the order in which it was.
fn plain(facts: &Facts) -> Vec<String> {
    let text = |value: &rolebook::model::value::Value| match value {
        rolebook::model::value::Value::List(list) => {
            let values = facts.pool.values(*list).iter();
            let mut values: Vec<String> = values.map(|value| one(facts, value)).collect();
            values.sort();
            values.join("+")
        }
        other => one(facts, other),
    };
    let mut lines = Vec::new();
    for node in &facts.nodes {
        let container = node.container.map(|id| &facts.node(id).id);
        let values: Vec<String> = node.values.iter().map(text).collect();
        lines.push(format!("{} {:?} {container:?} {values:?}", node.id, node.ty));
    }
    for user in &facts.users {
        let mut places: Vec<&str> = user.places.iter().map(|&place| facts.node(place).id.as_str()).collect();
        places.sort_unstable();
        let values: Vec<String> = user.values.iter().map(text).collect();
        lines.push(format!("{} {:?} {places:?} {values:?}", user.id, user.ty));
    }
    for group in &facts.groups {
        let place = group.place.map(|id| &facts.node(id).id);
        lines.push(format!("{} {place:?} {:?}", group.id, group.members));
    }
    for it in &facts.holdings {
        let parameters: Vec<String> = it.parameters().iter().map(|(_, value)| text(value)).collect();
        let at = &facts.node(it.node).id;
        lines.push(format!(
            "{:?} {:?} {at} {:?} {parameters:?}",
            it.subject(),
            it.role,
            it.window()
        ));
    }
    lines.sort();
    lines
}

fn one(facts: &Facts, value: &rolebook::model::value::Value) -> String {
    use rolebook::model::value::Value;
    match value {
        Value::Text(text) => facts.pool.text(*text).to_owned(),
        Value::User(user) => facts.user(*user).id.to_string(),
        Value::Node(node) => facts.node(*node).id.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn tables_say_what_yaml_says() {
    let (tables, told) = reading(&GOOD);
    assert_eq!(told, [""; 0]);
    let mut sources = Sources::default();
    let model = model(&mut sources);
    let mut found = Found::default();
    let file = sources.add("facts.yaml", SAME);
    let tree = yaml::read(file, SAME, &mut found).expect("YAML");
    let same = yaml_facts::read(&tree, &model, &mut found);
    assert!(!found.has_errors(), "{:?}", found.sorted());
    assert_eq!(plain(&tables), plain(&same));
    assert_eq!(tables.fallbacks.len(), same.fallbacks.len());
}

#[test]
fn json_lines_say_what_csv_says() {
    let nodes = r#"{"id":"sales","type":"Team","in":"acme"}

{"id":"acme","type":"Company","tier":"high","cap2":7}
{"type":"Order","id":"order, one","in":"sales","creator":"\u0061nn","tags":["red","blue"],"tier":null}
"#;
    let users = "{\"id\":\"ada\",\"in\":[\"acme\"]}\n{\"id\":\"ann\",\"in\":[\"acme\",\"sales\"],\"manager\":\"ada\"}\n{\"id\":\"r2\",\"in\":\"acme\"}";
    let holdings = "{\"to\":\"ada\",\"role\":\"Owner\",\"at\":\"acme\"}\n{\"to\":\"ann\",\"role\":\"Manager\",\"at\":\"sales\",\"limit\":500,\"until\":\"2027-01-31\"}\n{\"to\":\"group:all\",\"role\":\"Manager\",\"at\":\"sales\"}\n";
    let (csv, _) = reading(&GOOD);
    let (json, told) = reading(&[
        ("nodes.jsonl", nodes),
        ("users.jsonl", users),
        GOOD[2],
        GOOD[3],
        ("holdings.jsonl", holdings),
    ]);
    assert_eq!(told, [""; 0]);
    assert_eq!(plain(&json), plain(&csv));
}

#[test]
fn attributes_may_stand_in_a_table_of_their_own() {
    let nodes = "id,type,in\nacme,Company,\nsales,Team,acme\n\"order, one\",Order,sales\n";
    let attributes = "of,attribute,value\nacme,tier,high\nacme,cap2,7\n\"order, one\",creator,ann\n\"order, one\",tags,red;blue\nann,manager,ada\n";
    let users = "id,in\nada,acme\nann,acme;sales\nr2,acme\n";
    let tables = [
        ("nodes.csv", nodes),
        ("users.csv", users),
        GOOD[2],
        GOOD[3],
        GOOD[4],
        ("attributes.csv", attributes),
    ];
    let (split, told) = reading(&tables);
    assert_eq!(told, [""; 0]);
    assert_eq!(plain(&split), plain(&reading(&GOOD).0));
}

/// One table beside good ones.
fn beside<'n>(name: &'n str, text: &'static str) -> Vec<(&'n str, &'static str)> {
    let stem = name.split('.').next().unwrap_or_default();
    let mut tables: Vec<(&str, &'static str)> = GOOD.to_vec();
    tables.retain(|(other, _)| !other.starts_with(stem));
    tables.push((name, text));
    tables
}

/// The mistakes of one table beside good ones.
fn wrong(name: &str, text: &'static str) -> Vec<String> {
    reading(&beside(name, text)).1
}

/// What the mistakes of one table point at: the lines, with what is marked of them.
fn shown(name: &str, text: &'static str) -> Vec<String> {
    let (_, sources, found) = read_all(&beside(name, text));
    let labels = found
        .iter()
        .flat_map(|fault| fault.labels.iter().map(|label| (label.span, &label.text)));
    let line = |(span, text): (Span, &String)| {
        let marked = &sources.text(span.file)[span.range()];
        let row = sources
            .line(span.file, span.start)
            .replacen(marked, &format!("[{marked}]"), 1);
        format!("{} {row} {text}", sources.position(span.file, span.start).0)
            .trim_end()
            .to_owned()
    };
    labels.map(line).collect()
}

#[test]
fn half_a_record() {
    assert_eq!(
        wrong("holdings.csv", "to,role,at\nada,Owner,acme\nann,Mana"),
        ["holdings.csv:3:1 tables/shape: this row has 2 cells, the header has 3"]
    );
    assert_eq!(
        wrong(
            "holdings.jsonl",
            "{\"to\":\"ada\",\"role\":\"Owner\",\"at\":\"acme\"}\n{\"to\":\"ann\",\"ro"
        ),
        ["holdings.jsonl:2:1 tables/shape: this line is no JSON object: EOF while parsing a string (column 15)"]
    );
    assert_eq!(
        wrong("holdings.jsonl", "{\"to\":\"ada\",\"role\":\"Owner\"}"),
        ["holdings.jsonl:1:1 tables/shape: this row has no `at`"]
    );
    assert_eq!(
        wrong("holdings.csv", "to,role,at\nada,Owner,\n"),
        ["holdings.csv:2:11 tables/shape: this row has no `at`"]
    );
}

#[test]
fn columns() {
    assert_eq!(
        wrong("holdings.csv", "to,role\nada,Owner\n"),
        ["holdings.csv:1:1 tables/missing-column: the header lacks `at`"]
    );
    assert_eq!(
        wrong("members.csv", "group,member,since\nfolk,ann,2026\n"),
        ["members.csv:1:1 tables/unknown-column: this table has no column `since`"]
    );
    assert_eq!(
        wrong("users.csv", "id,in,mangager\nada,acme,\nann,acme,ada\nr2,,\n"),
        ["users.csv:3:10 name/unknown-attribute: `User` has no attribute `mangager`"]
    );
}

/// Of one row every mistake is told, whether it is seen at once or needs all ids.
#[test]
fn several_mistakes_in_one_row() {
    assert_eq!(
        wrong(
            "nodes.csv",
            "id,type,in,cap,creator\nacme,Company,,,\nsales,Team,acme,many,ada\n\"order, one\",Order,nowhere,9,bob\n"
        ),
        [
            "nodes.csv:3:17 type/mismatch: `many` is no int",
            "nodes.csv:3:22 name/unknown-attribute: `Team` has no attribute `creator`",
            "nodes.csv:4:28 name/unknown-attribute: `Order` has no attribute `cap`",
            "nodes.csv:4:20 name/unknown-node: unknown node `nowhere`",
            "nodes.csv:4:30 name/unknown-user: unknown user `bob`",
        ]
    );
}

#[test]
fn names_that_mean_nothing() {
    assert_eq!(
        wrong("users.csv", "id,in\nada,acme\nann,acme\nr2,acme\nada,sales\n"),
        ["users.csv:5:1 name/duplicate: `ada` is declared twice"]
    );
    assert_eq!(
        wrong("holdings.csv", "to,role,at\nada,Owner,acmee\nann,Owner,acme\n"),
        ["holdings.csv:2:11 name/unknown-node: unknown node `acmee`"]
    );
    assert_eq!(
        wrong(
            "holdings.csv",
            "to,role,at\noz,Owner,acme\nann,Ownr,acme\nann,Owner,sales\n"
        ),
        [
            "holdings.csv:2:1 name/unknown-user: unknown user `oz`",
            "holdings.csv:3:5 name/unknown-role: unknown role `Ownr`",
            "holdings.csv:4:11 name/wrong-type: `sales` is of type `Team`; `Company` is needed here",
        ]
    );
    assert_eq!(
        wrong(
            "holdings.csv",
            "to,role,at,from,until\nada,Owner,acme,2027-01-01,2026-01-01\nann,Owner,acme,soon,\n"
        ),
        [
            "holdings.csv:2:27 facts/empty-window: `until` is not after `from`",
            "holdings.csv:3:16 type/mismatch: `soon` is no date or datetime",
        ]
    );
}

#[test]
fn circles() {
    assert_eq!(
        wrong(
            "nodes.csv",
            "id,type,in\nacme,Company,\nsales,Team,emea\nemea,Team,sales\n\"order, one\",Order,acme\n"
        ),
        [
            "nodes.csv:5:20 name/wrong-type: `acme` is of type `Company`; `Team` is needed here",
            "nodes.csv:3:12 facts/containment-cycle: `sales` would lie in itself: `sales` in `emea` in `sales`",
        ]
    );
    let told = wrong("users.csv", "id,in,manager\nada,acme,ann\nann,acme,ada\nr2,acme,\n");
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("facts/relation-cycle: `manager` runs in a circle"),
        "{told:?}"
    );
}

#[test]
fn what_is_stated_twice() {
    assert_eq!(
        wrong(
            "holdings.csv",
            "to,role,at\nada,Owner,acme\nann,Owner,acme\nada,Owner,acme\n"
        ),
        ["holdings.csv:4:1 facts/duplicate-holding: `Owner` at `acme` is given twice"]
    );
}

/// Also of what is found when all tables are read, the lines are shown.
#[test]
fn mistakes_show_their_lines() {
    assert_eq!(
        shown(
            "holdings.csv",
            "to,role,at\nada,Owner,acme\nann,Owner,acme\nada,Owner,acme\n"
        ),
        ["4 [ada,Owner,acme]"]
    );
    assert_eq!(
        shown(
            "users.csv",
            "id,in,manager\nada,acme,ann\nann,acme,ada\nr2,acme,\nr2,acme,\n"
        ),
        [
            "5 [r2],acme,",
            "4 [r2,acme,] first here",
            "2 [ada,acme,ann]",
            "3 [ann,acme,ada]"
        ]
    );
    assert_eq!(
        shown(
            "nodes.csv",
            "id,type,in\nacme,Company,\nsales,Team,emea\n\"order, one\",Order,sales\n"
        ),
        ["3 sales,Team,[emea]"]
    );
}

/// Circles of relations are told of once, however many there are.
#[test]
fn many_circles_are_counted() {
    let pairs = (0..500).map(|pair| format!("a{pair},acme,b{pair}\nb{pair},acme,a{pair}\n"));
    let text = format!(
        "id,in,manager\nada,acme,\nann,acme,\nr2,acme,\n{}",
        pairs.collect::<String>()
    );
    let told = wrong("users.csv", text.leak());
    assert_eq!(told.len(), SHOWN + 1);
    assert_eq!(told[0], "tables/more: 480 more mistakes in these tables are not shown");
}

#[test]
fn many_mistakes_are_counted() {
    let rows: String = (0..1_000).map(|row| format!("nobody{row},Owner,acme\n")).collect();
    let text: &'static str = Box::leak(format!("to,role,at\n{rows}").into_boxed_str());
    let told = wrong("holdings.csv", text);
    assert_eq!(told.len(), SHOWN + 1);
    assert_eq!(told[0], "tables/more: 980 more mistakes in these tables are not shown");
}

#[test]
fn a_folder_on_the_command_line() {
    let folder = std::env::temp_dir().join(format!("rolebook-tables-{}", std::process::id()));
    fs::create_dir_all(folder.join("data")).expect("a folder");
    fs::write(folder.join("policy.roles"), POLICY).expect("a file");
    for (name, text) in GOOD {
        fs::write(folder.join("data").join(name), text).expect("a file");
    }
    let ask = |sentence: &str| {
        let rolebook = Command::new(env!("CARGO_BIN_EXE_rolebook"))
            .current_dir(&folder)
            .args(["ask", "-p", ".", "-f", "data", "--now", "2026-11-22T12:00Z", sentence])
            .output()
            .expect("it runs");
        let told = String::from_utf8_lossy(&rolebook.stdout).into_owned() + &String::from_utf8_lossy(&rolebook.stderr);
        (rolebook.status.code(), told)
    };
    let (code, told) = ask("who can view \"order, one\"");
    assert_eq!((code, told.as_str()), (Some(0), "ann  Manager at sales\n"));
    fs::write(folder.join("data/holding.csv"), "to\n").expect("a file");
    let (code, told) = ask("who can view \"order, one\"");
    assert_eq!(code, Some(3));
    assert!(
        told.contains("tables/unknown-table") && told.contains("holdings"),
        "{told}"
    );
    fs::remove_file(folder.join("data/holding.csv")).expect("it is there");
    fs::write(folder.join("data/users.csv"), "id,in\nada,acme\nann,acne\n").expect("a file");
    let (code, told) = ask("who can view \"order, one\"");
    assert_eq!(code, Some(3));
    assert!(
        told.contains("users.csv:3:5]") && told.contains("3 │ ann,acne"),
        "{told}"
    );
    fs::remove_dir_all(&folder).expect("it is there");
}

/// The index of many users is made in stretches: each finds his own holding, with its window, all the same.
#[test]
fn many_users_keep_their_windows() {
    const USERS: usize = 50_000;
    let (mut users, mut holdings) = ("id,in\n".to_owned(), "to,role,at,until\n".to_owned());
    for user in 0..USERS {
        users += &format!("u{user},acme\n");
        holdings += &format!(
            "u{user},Owner,acme,{}-{:02}-01\n",
            2030 + user / 12 % 400,
            1 + user % 12
        );
    }
    let (facts, told) = reading(&[
        ("nodes.csv", "id,type,in,tier,cap2\nacme,Company,,high,7\n"),
        ("users.csv", users.leak()),
        ("holdings.csv", holdings.leak()),
    ]);
    assert_eq!(told, [""; 0]);
    let model = model(&mut Sources::default());
    let table = compile(check(&model, &Found::default()).expect("no errors"));
    let org = Org::new(&table, &facts);
    for (user, holding) in facts.user_ids().zip(&facts.holdings) {
        let windows: Vec<_> = org.entries(user).iter().map(|entry| org.window(entry)).collect();
        assert_eq!(windows, [holding.window()], "{user:?}");
    }
}

/// Which of two values counts would be a matter of the order of rows, or of columns.
#[test]
fn what_is_said_twice_is_an_error() {
    let with = |attributes: &'static str| {
        let mut tables = GOOD.to_vec();
        tables.push(("attributes.csv", attributes));
        reading(&tables).1
    };
    assert_eq!(
        with("of,attribute,value\nsales,cap,1\nsales,cap,2\n"),
        ["attributes.csv:3:7 tables/twice: `cap` is given twice"]
    );
    assert_eq!(
        with("of,attribute,value\nacme,tier,low\n"),
        ["attributes.csv:2:6 tables/twice: `tier` is given twice"],
        "in a column of `nodes` before"
    );
    assert_eq!(
        with("of,attribute,value\nann,manager,ada\n"),
        ["attributes.csv:2:5 tables/twice: `manager` is given twice"],
        "in a column of `users` before, also the same"
    );
    for (name, text) in [
        ("nodes.csv", "id,type,in,cap,cap\nacme,Company,,,\n"),
        ("nodes.csv", "id,id,type\nacme,acme,Company\n"),
        ("holdings.csv", "to,role,at,until,until\nada,Owner,acme,2021-01-01,\n"),
    ] {
        let told = wrong(name, text);
        assert!(
            told[0].starts_with(&format!("{name}:1:1 tables/twice: the header names")),
            "{told:?}"
        );
    }
    for line in [
        "{\"to\":\"ada\",\"role\":\"Owner\",\"at\":\"acme\",\"until\":\"2021-01-01\",\"until\":null}",
        "{\"to\":\"ada\",\"role\":\"Owner\",\"at\":\"acme\",\"until\":null,\"until\":\"2021-01-01\"}",
        "{\"to\":\"ann\",\"role\":\"Manager\",\"at\":\"sales\",\"limit\":1,\"limit\":2}",
        "{\"to\":\"ada\",\"to\":\"ann\",\"role\":\"Owner\",\"at\":\"acme\"}",
    ] {
        let told = wrong("holdings.jsonl", line);
        assert!(
            told[0].starts_with("holdings.jsonl:1:1 tables/twice: this line says"),
            "{told:?}"
        );
    }
}

#[test]
fn what_json_says_is_taken_as_it_is() {
    assert_eq!(
        wrong(
            "holdings.jsonl",
            "{\"to\":\"ada\",\"role\":\"Owner\",\"at\":\"acme\",\"until\":\"\"}"
        ),
        ["holdings.jsonl:1:1 tables/shape: `until` is an empty text"]
    );
    assert_eq!(
        wrong(
            "holdings.jsonl",
            "{\"to\":\"ada\",\"role\":\"Owner\",\"at\":[\"acme\"]}"
        ),
        ["holdings.jsonl:1:1 tables/shape: `at` is a list; one text is needed here"]
    );
    assert_eq!(
        wrong(
            "holdings.jsonl",
            "{\"to\":\"ann\",\"role\":\"Manager\",\"at\":\"sales\",\"limit\":[5]}"
        ),
        ["holdings.jsonl:1:20 type/mismatch: one value of type `int` is needed here, not a list"]
    );
    let nodes = "{\"id\":\"acme\",\"type\":\"Company\",\"tier\":\"high\",\"cap2\":7}
{\"id\":\"sales\",\"type\":\"Team\",\"in\":\"acme\"}
{\"id\":\"order, one\",\"type\":\"Order\",\"in\":\"sales\",\"creator\":\"ann\",\"tags\":[\"red;blue\"]}
{\"id\":\"two\",\"type\":\"Order\",\"in\":\"sales\",\"creator\":\"ann\",\"tags\":[]}
";
    let (facts, told) = reading(&beside("nodes.jsonl", nodes));
    assert_eq!(told, [""; 0]);
    let told = plain(&facts);
    assert!(
        told.iter()
            .any(|line| line.starts_with("order, one") && line.contains("\"red;blue\"")),
        "{told:?}"
    );
}

#[test]
fn ids_have_one_form_and_are_no_references() {
    assert_eq!(
        wrong(
            "users.csv",
            "id,in\nada,acme\nann,acme\nr2,acme\nzo\u{eb},acme\nzoe\u{308},acme\n"
        ),
        ["users.csv:6:1 name/duplicate: `zo\u{eb}` is declared twice"]
    );
    let (facts, told) = reading(&beside(
        "users.csv",
        "id,in\nada,acme\nann,acme\nr2,acme\nzoe\u{308},acme\n",
    ));
    assert_eq!(told, [""; 0]);
    assert_eq!(facts.user_named("zoe\u{308}"), facts.user_named("zo\u{eb}"));
    assert!(facts.user_named("zo\u{eb}").is_some());
    let told = wrong(
        "users.csv",
        "id,in\nada,acme\nann,acme\nr2,acme\nOwner at acme,acme\ngroup:x,\n",
    );
    assert_eq!(
        told,
        [
            "users.csv:5:1 facts/reserved-id: nothing can be called `Owner at acme`",
            "users.csv:6:1 facts/reserved-id: nothing can be called `group:x`",
        ]
    );
    assert_eq!(
        wrong("groups.csv", "id,in\nfolk,acme\nall,\ngroup:x,\n"),
        ["groups.csv:4:1 facts/reserved-id: nothing can be called `group:x`"]
    );
}
