//! Planted solutions: an organisation is drawn first, then a condition that is true in it, of many tests on many things of one
//! kind. That nobody is ever allowed it must then not be proved, however many people, nodes or values it takes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rolebook::analyze::Analysis;
use rolebook::analyze::promise::{Outcome, settle};
use rolebook::eval::org::Org;
use rolebook::eval::{Request, Target, decide};
use rolebook::facts::Facts;
use rolebook::model::permission::PermId;
use rolebook::source::Sources;

use super::draft::{Compiled, compiled};
use super::paper::parsed;
use super::{most, seeds};
use crate::tape::{Seed, Tape};

/// Attributes of each kind: `u0` to `u6`.
const EACH: usize = 7;

const KINDS: [(char, &str); 9] = [
    ('u', "user"),
    ('s', "users"),
    ('g', "group"),
    ('p', "Dept"),
    ('n', "int"),
    ('t', "string"),
    ('d', "date"),
    ('i', "ip"),
    ('w', "network"),
];

/// Tests of a theme; `@x` is some attribute of a kind.
const THEMES: [(&str, &[&str]); 7] = [
    (
        "users",
        &[
            "@u is @u",
            "@u is @u",
            "user is @u",
            "@u.boss is @u",
            "user.boss.boss is @u",
            "@u in @s",
        ],
    ),
    ("groups", &["@u in @g", "user in @g", "@u in @g", "any @s in @g"]),
    (
        "sets",
        &["@u in @s", "any @s is @u", "all @s in @s", "any @s in @s", "user in @s"],
    ),
    (
        "nodes",
        &[
            "@p is @p",
            "@p in @p",
            "dept in @p",
            "dept is @p",
            "user.place is @p",
            "user in @p",
            "@u in @p",
        ],
    ),
    (
        "numbers",
        &["@n < @n", "@n <= @n", "@n is @n", "@n < 3", "user.level < @n"],
    ),
    (
        "words",
        &[
            "@t is @t",
            "@t is @t",
            "@t is \"x\"",
            "@d before @d",
            "@d is @d",
            "@d before @d + 2 days",
        ],
    ),
    (
        "addresses",
        &["@i in @w", "@i is @i", "@i in 10.0.0.0/24", "context.ip in @w"],
    ),
];

/// A condition, part by part, with the organisation in which it is true.
struct Planted {
    facts: String,
    parts: Vec<String>,
}

fn declarations() -> String {
    let mut text = "account Shop\nunit Dept in Shop, Dept\ncontext { ip: ip = 10.0.0.1 }\n".to_owned();
    text += "user { boss: user?  level: int  place: Dept? }\nresource Doc in Dept {\n";
    for (letter, ty) in KINDS {
        for ix in 0..EACH {
            let _ = writeln!(text, "  {letter}{ix}: {ty}");
        }
    }
    text + "  actions view\n}\n"
}

fn policy(parts: &[String]) -> Option<Compiled> {
    let when = if parts.is_empty() {
        String::new()
    } else {
        format!(" when {}", parts.join(" and "))
    };
    let text = format!(
        "{}role Clerk at Shop {{ can view Doc{when} }}\nensure nobody can view Doc\n",
        declarations()
    );
    compiled(&[text], &mut Sources::default()).ok()
}

/// An organisation of eight people, five groups, nested departments, and one document with everything.
fn organisation(tape: &mut Tape) -> String {
    let mut text = "accounts: { shop: { is: Shop } }\nunits:\n  m0: { is: Dept, in: shop }\n".to_owned();
    for ix in 1..8 {
        let outer = tape.below(ix);
        let _ = writeln!(
            text,
            "  m{ix}: {{ is: Dept, in: {} }}",
            if tape.chance(30) {
                "shop".to_owned()
            } else {
                format!("m{outer}")
            }
        );
    }
    text += "users:\n";
    for ix in 0..8 {
        let boss = if ix > 0 && tape.chance(80) {
            format!(", boss: v{}", tape.below(ix))
        } else {
            String::new()
        };
        let roles = if ix == 7 { ", roles: { Clerk: shop }" } else { "" };
        let (level, place, listed) = (tape.below(9), tape.below(8), tape.below(8));
        let _ = writeln!(
            text,
            "  v{ix}: {{ level: {level}, place: m{place}, in: m{listed}{boss}{roles} }}"
        );
    }
    text += "groups:\n";
    for ix in 0..EACH {
        let members: Vec<String> = (0..8)
            .filter(|_| tape.chance(45))
            .map(|user| format!("v{user}"))
            .collect();
        let _ = writeln!(text, "  h{ix}: {{ members: [{}] }}", members.join(", "));
    }
    let _ = write!(text, "resources:\n  doc: {{ is: Doc, in: m{}", tape.below(8));
    // All of a kind may be different, or be drawn one by one.
    let shift = tape.chance(60).then(|| tape.below(8));
    for (letter, _) in KINDS {
        for ix in 0..EACH {
            let some = shift.map_or_else(|| tape.below(8), |shift| (3 * ix + shift) % 8);
            let _ = write!(text, ", {letter}{ix}: {}", value(letter, ix, some, tape));
        }
    }
    text + " }\n"
}

fn value(letter: char, ix: usize, some: usize, tape: &mut Tape) -> String {
    match letter {
        'u' => format!("v{some}"),
        's' => {
            let all: Vec<String> = (0..8)
                .filter(|_| tape.chance(35))
                .map(|user| format!("v{user}"))
                .collect();
            format!("[{}]", all.join(", "))
        }
        'g' => format!("h{ix}"),
        'p' => format!("m{some}"),
        'n' => some.to_string(),
        't' => ["x", "a", "b", "c", "d", "e", "f", "g"][some].to_owned(),
        'd' => format!("2026-01-{:02}", some + 1),
        'i' => format!("10.0.{}.{some}", tape.below(3)),
        _ => tape
            .one(&[
                "10.0.0.0/24",
                "10.0.1.0/24",
                "10.0.0.0/23",
                "10.0.0.0/8",
                "10.0.0.4/30",
                "10.0.0.0/29",
                "10.0.2.0/24",
            ])
            .to_owned(),
    }
}

fn allows(compiled: &Compiled, facts: &Facts) -> bool {
    let org = Org::new(&compiled.table, facts);
    let model = compiled.table.model();
    let permission = model
        .permissions
        .iter()
        .find(|(id, _)| model.show_permission(*id) == "view Doc");
    let node = facts.node_ids().find(|&node| facts.node(node).id == "doc");
    let request = Request {
        user: facts.user_named("v7"),
        permission: permission.map_or(PermId(0), |(id, _)| id),
        target: Target::node(node.expect("there is a document")),
        recipient: None,
        context: &facts.context,
        given: &[],
        pool: &facts.pool,
    };
    decide(&compiled.table, &org, &request)
}

/// True of the organisation: as it stands, or the other way round.
fn fitting(test: String, facts: &str) -> Option<String> {
    let says = |part: &str| {
        let compiled = policy(&[part.to_owned()])?;
        let (facts, found) = parsed(facts, compiled.table.model())?;
        assert!(!found.has_errors(), "{:?}\n{facts:?}", found.iter().next());
        Some(allows(&compiled, &facts))
    };
    if says(&test)? {
        return Some(test);
    }
    let turned = format!("not ({test})");
    says(&turned)?.then_some(turned)
}

/// A test with an attribute in each of its places.
fn filled(test: &str, numbers: [usize; 2]) -> String {
    let mut text = String::new();
    let mut numbers = numbers.into_iter().cycle();
    let mut letters = test.chars();
    while let Some(c) = letters.next() {
        match c {
            '@' => {
                let letter = letters.next().unwrap_or('u');
                let _ = write!(text, "resource.{letter}{}", numbers.next().unwrap_or(0));
            }
            c => text.push(c),
        }
    }
    text
}

fn planted(seed: Seed) -> (&'static str, Planted) {
    let mut tape = Tape::new(seed);
    let facts = organisation(&mut tape);
    let (theme, tests) = tape.one(&THEMES);
    let mut parts: Vec<String> = Vec::new();
    // Few attributes make few tests hang together, many make them need many individuals.
    let (width, count) = (2 + tape.below(EACH - 1), 3 + tape.below(16));
    let mut tests: Vec<String> = (0..count)
        .map(|_| {
            let numbers = [(); 2].map(|()| tape.below(width));
            filled(tape.one(tests), numbers)
        })
        .collect();
    if tape.chance(50) {
        // One relation between all of them.
        let test = tape.one(&THEMES.map(|(_, tests)| tests[0]));
        let pairs = (0..width).flat_map(|a| (a + 1..width).map(move |b| [a, b]));
        tests = pairs.map(|pair| filled(test, pair)).collect();
    }
    for test in tests {
        parts.extend(fitting(test, &facts).filter(|part| !parts.contains(part)));
    }
    (theme, Planted { facts, parts })
}

/// What becomes of the promise that nobody can: `None` if it is rightly refuted.
fn outcome(parts: &[String]) -> Option<Outcome> {
    let compiled = policy(parts)?;
    let analysis = Analysis::new(&compiled.table);
    let promise = compiled.table.model().promises.first()?;
    match settle(&analysis, promise) {
        Outcome::Refuted(_) => None,
        other => Some(other),
    }
}

fn is_proved(parts: &[String]) -> bool {
    matches!(outcome(parts), Some(Outcome::Proved))
}

/// Leaves out tests as long as it is proved.
fn smallest(mut parts: Vec<String>) -> String {
    let mut at = 0;
    while at < parts.len() {
        let mut fewer = parts.clone();
        fewer.remove(at);
        if is_proved(&fewer) {
            parts = fewer;
        } else {
            at += 1;
        }
    }
    parts.join(" and ")
}

#[test]
fn what_can_be_is_not_proved_away() {
    let (mut seen, mut wrong): (BTreeMap<&str, [usize; 2]>, Vec<String>) = (BTreeMap::new(), Vec::new());
    for seed in seeds(30) {
        let (theme, it) = planted(seed);
        let compiled = policy(&it.parts).expect("every part compiles");
        let (facts, _) = parsed(&it.facts, compiled.table.model()).expect("the organisation is read");
        assert!(allows(&compiled, &facts), "seed {seed}: {:?}", it.parts);
        match outcome(&it.parts) {
            None => seen.entry(theme).or_default()[0] += 1,
            Some(Outcome::Proved) => {
                wrong.push(format!(
                    "seed {seed}, {theme}: proved never to be: {}",
                    smallest(it.parts)
                ));
                if wrong.len() >= most() {
                    break;
                }
            }
            Some(_) => seen.entry(theme).or_default()[1] += 1,
        }
    }
    println!("refuted, unknown: {seen:?}");
    assert!(wrong.is_empty(), "{} broken\n\n{}", wrong.len(), wrong.join("\n\n"));
    let [refuted, unknown] = seen.values().fold([0, 0], |[a, b], it| [a + it[0], b + it[1]]);
    assert!(unknown <= refuted, "{unknown} are unknown, {refuted} refuted");
}
