//! Values of each type, given and not given.

use crate::*;

const TYPES: &str = "
account Shop {
  open: bool  count: int  price: decimal = 1.50  name: string  day: date  moment: datetime
  address: ip  net: network  colour: red | green | blue  level: low < high = low
  owner: user  deputy: user?  staff: users  team: group  team2: group?
  plan: Plan  other: Plan?  plans: set of Plan  sizes: set of int
  robot: App?

}
unit Stand in Shop, Stand {
  count: int = shop.count
  first: bool = stand.last  last: bool = shop.open
  stock: int = shop.plan.stock
}
resource Plan in Shop { stock: int = shop.count  next: int = shop.plan.next }
user { boss: user?  hidden: bool = shop.open }
principal App { key: string }
role Seller at Stand (limit: int, kind: red | green = green) { can do everything }
";

fn shop(attributes: &str) -> Reading {
    good(TYPES, &text(attributes))
}

fn text(attributes: &str) -> String {
    format!(
        "accounts:
  s: {{ is: Shop, {attributes} }}
units: {{ u: {{ is: Stand, in: s }}, v: {{ is: Stand, in: u }} }}
resources: {{ p: {{ is: Plan, in: s }}, 17: {{ is: Plan, in: s, stock: 5 }} }}
users: {{ oz: {{ in: [s, u] }}, mia: , bot: {{ is: App, key: 007 }} }}
groups: {{ team: {{ members: oz }} }}
"
    )
}

#[test]
fn plain_values() {
    let it = shop("open: true, count: 12, price: 12.10, name: 0042, day: 2026-12-31, moment: 2026-12-31T08:00Z");
    assert_eq!(it.value("s", "open"), Value::Bool(true));
    let number = |value| match value {
        Value::Number(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(number(it.value("s", "count")), "12");
    assert_eq!(number(it.value("s", "price")), "12.1");
    let Value::Text(name) = it.value("s", "name") else {
        panic!()
    };
    assert_eq!(it.facts.pool.text(name), "0042");
    assert_eq!(it.value("s", "day"), parse_date("2026-12-31").unwrap());
    assert_eq!(it.value("s", "moment"), parse_datetime("2026-12-31T08:00Z").unwrap());
}

#[test]
fn the_last_day_of_calendars() {
    let it = shop("day: 9999-12-31, moment: 9999-12-31T23:59Z");
    assert_eq!(it.value("s", "day"), parse_date("9999-12-31").unwrap());
    assert_eq!(it.value("s", "moment"), parse_datetime("9999-12-31T23:59Z").unwrap());
    let facts = text("").replace(
        "oz: { in: [s, u] }",
        "oz: { roles: { Seller: { at: u, limit: 1, until: 9999-12-31 } } }",
    );
    let it = good(TYPES, &facts);
    assert_eq!(it.facts.holdings[0].window().until, 253_402_300_800);
}

#[test]
fn ids_and_texts_have_one_form() {
    let it = good(
        TYPES,
        &text("name: \"zoe\u{308}\", owner: \"zo\u{eb}\"").replace("mia: ,", "zoe\u{308}: ,"),
    );
    let named = it.facts.user_named("zo\u{eb}");
    assert!(named.is_some() && named == it.facts.user_named("zoe\u{308}"));
    assert_eq!(it.value("s", "owner"), Value::User(named.unwrap()));
    assert_eq!(it.names().user("zoe\u{308}", None).ok(), named);
    let Value::Text(name) = it.value("s", "name") else {
        panic!()
    };
    assert_eq!(it.facts.pool.text(name), "zo\u{eb}");
}

#[test]
fn addresses_and_enumerations() {
    let it = shop("address: 10.0.0.7, net: 10.0.0.0/8, colour: green, level: high");
    let net = |attribute| match it.value("s", attribute) {
        Value::Net(net) => net.to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(
        (net("address"), net("net")),
        ("10.0.0.7".to_owned(), "10.0.0.0/8".to_owned())
    );
    assert_eq!(
        (it.value("s", "colour"), it.value("s", "level")),
        (Value::Enum(1), Value::Enum(1))
    );
}

#[test]
fn references_and_sets() {
    let it =
        shop("owner: oz, staff: [oz, mia, oz], team: group:team, plan: 17, plans: p, sizes: [3, 1, 2, 1], robot: bot");
    assert_eq!(it.value("s", "owner"), Value::User(it.user("oz")));
    let mut staff = vec![Value::User(it.user("oz")), Value::User(it.user("mia"))];
    staff.sort_by_key(|value| format!("{value:?}"));
    assert_eq!(it.set("s", "staff"), staff);
    assert_eq!(it.value("s", "team"), Value::Group(it.names().group("team").unwrap()));
    assert_eq!(it.value("s", "plan"), Value::Node(it.node("17")));
    assert_eq!(it.set("s", "plans"), [Value::Node(it.node("p"))]);
    assert_eq!(it.set("s", "sizes"), [1, 2, 3].map(|n| Value::Number(n.into())));
    assert_eq!(it.value("s", "robot"), Value::User(it.user("bot")));
}

#[test]
fn what_is_not_given() {
    let it = shop("deputy: ~");
    for missing in ["open", "count", "name", "colour", "owner", "team", "plan"] {
        assert_eq!(it.value("s", missing), Value::Missing, "{missing}");
    }
    for absent in ["deputy", "team2", "other", "robot"] {
        assert_eq!(it.value("s", absent), Value::Absent, "{absent}");
    }
    for empty in ["staff", "plans", "sizes"] {
        assert_eq!(it.value("s", empty), Value::EMPTY, "{empty}");
    }
    assert_eq!(it.value("s", "level"), Value::Enum(0));
}

#[test]
fn defaults_along_paths() {
    let it = shop("open: true, count: 3, plan: 17");
    assert_eq!(it.value("u", "count"), Value::Number(3.into()));
    assert_eq!(it.value("p", "stock"), Value::Number(3.into()));
    assert_eq!(it.value("v", "stock"), Value::Number(5.into()));
    assert_eq!(it.value("u", "first"), Value::Missing, "no stand encloses it");
    assert_eq!(
        it.value("v", "first"),
        Value::Bool(true),
        "the last of the stand around it, a default itself"
    );
    assert_eq!(it.user_value("oz", "hidden"), Value::Bool(true));
    assert_eq!(it.user_value("mia", "hidden"), Value::Missing, "a member of nothing");
}

#[test]
fn a_default_that_waits_for_itself_is_missing() {
    let it = shop("plan: p");
    assert_eq!(it.value("p", "next"), Value::Missing);
    assert_eq!(it.value("17", "next"), Value::Missing);
}

#[test]
fn parameters_of_holdings() {
    let facts = text("").replace(
        "mia: ,",
        "mia: { roles: { Seller: [u, { at: u, limit: 5, kind: red, from: 2026-01-01 }] } },",
    );
    let it = good(TYPES, &facts);
    let values: Vec<Vec<Value>> = it
        .facts
        .holdings
        .iter()
        .map(|h| h.parameters().iter().map(|(_, value)| *value).collect())
        .collect();
    assert_eq!(
        values,
        [vec![Value::Enum(1)], vec![Value::Number(5.into()), Value::Enum(0)]]
    );
}

#[test]
fn values_of_sentences() {
    let it = shop("");
    let shop = it.model.type_named("Shop").unwrap();
    let (names, mut pool) = (it.names(), Pool::default());
    let mut parse = |attribute: &str, texts: &[&str]| {
        let slot = names.slot(shop, attribute).unwrap();
        parse_value(texts, it.model.ty(shop).attributes[slot].ty, &names, &mut pool).map_err(|fault| fault.message)
    };
    assert_eq!(parse("count", &["120"]), Ok(Value::Number(120.into())));
    assert_eq!(parse("owner", &["oz"]), Ok(Value::User(it.user("oz"))));
    assert!(matches!(parse("staff", &["mia", "oz"]), Ok(Value::List(_))));
    assert_eq!(parse("count", &["many"]), Err("`many` is no int".to_owned()));
    assert_eq!(parse("owner", &["ozz"]), Err("unknown user `ozz`".to_owned()));
    assert_eq!(
        parse("owner", &["oz", "mia"]),
        Err("one value of type `user` is needed here, not a list".to_owned())
    );
}

#[test]
fn wrong_values_are_all_reported() {
    let wrong = "open: 1, count: 1.5, price: 1e3, day: 2026-02-30, moment: noon, address: 10.0.0.0/8, net: here, colour: gren, owner: bot, staff: [oz, nobody], plan: u, name: [a], team: tim";
    let it = reading(TYPES, &text(wrong));
    let told: Vec<String> = it
        .faults()
        .iter()
        .map(|f| f.split_once(' ').unwrap().1.to_owned())
        .collect();
    let expected = [
        "type/mismatch: `1` is no bool",
        "type/mismatch: `1.5` is no int",
        "type/mismatch: `1e3` is no decimal",
        "type/mismatch: `2026-02-30` is no date",
        "type/mismatch: `noon` is no datetime",
        "type/mismatch: `10.0.0.0/8` is no ip",
        "type/mismatch: `here` is no network",
        "name/unknown-value: unknown value `gren`",
        "name/wrong-type: `bot` is of type `App`; `User` is needed here",
        "name/unknown-user: unknown user `nobody`",
        "name/wrong-type: `u` is of type `Stand`; `Plan` is needed here",
        "facts/shape: one value of type `string` is needed here, not a list",
        "name/unknown-group: unknown group `tim`",
    ];
    assert_eq!(told, expected);
    assert_eq!(it.found[7].help.as_deref(), Some("did you mean `green`?"));
    assert!(it.faults()[0].starts_with("2:24 "), "{}", it.faults()[0]);
}
