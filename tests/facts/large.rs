//! Large organisations are read in a time that grows with their size, and deep ones without recursion. The trees are
//! built, not parsed: it is the reading of facts that is measured.

use std::time::{Duration, Instant};

use rolebook::source::Span;
use rolebook::yaml::{Key, Value as Written, Yaml};

use crate::*;

const MANY: usize = 100_000;

/// A mapping, all of it at one place.
fn map(entries: impl IntoIterator<Item = (String, Yaml)>) -> Yaml {
    let entries = entries
        .into_iter()
        .map(|(text, value)| (Key { text, span: place() }, value));
    Yaml {
        span: place(),
        value: Written::Map(entries.collect()),
    }
}

fn text(text: &str) -> Yaml {
    Yaml {
        span: place(),
        value: Written::Text(text.to_owned()),
    }
}

fn place() -> Span {
    let file = Sources::default().add("facts.yaml", "");
    Span::new(file, 0, 0)
}

fn record(fields: &[(&str, &str)]) -> Yaml {
    map(fields.iter().map(|(key, value)| ((*key).to_owned(), text(value))))
}

/// One account with one unit, and these sections.
fn organisation(sections: Vec<(&str, Vec<(String, Yaml)>)>) -> Yaml {
    let account = map([(
        "a".to_owned(),
        map([
            ("is".to_owned(), text("Enterprise")),
            ("validation".to_owned(), text("true")),
        ]),
    )]);
    let sections = sections
        .into_iter()
        .map(|(name, records)| (name.to_owned(), map(records)));
    map(sections.chain([("accounts".to_owned(), account)]))
}

fn timed(tree: &Yaml) -> Reading {
    let it = good(LITTLEBIG, "{}");
    let mut found = Found::default();
    let before = Instant::now();
    let facts = read(tree, &it.model, &mut found);
    assert!(
        before.elapsed() < Duration::from_secs(60),
        "took {:?}",
        before.elapsed()
    );
    Reading {
        facts,
        found: found.sorted(),
        ..it
    }
}

#[test]
fn many_records() {
    let unit = ("e".to_owned(), record(&[("is", "Entity"), ("in", "a")]));
    let tender = |ix| record(&[("is", "Tender"), ("in", "e"), ("creator", &format!("u{ix}"))]);
    let user = |_| {
        map([
            ("in".to_owned(), text("e")),
            ("roles".to_owned(), record(&[("Lead", "e")])),
        ])
    };
    let it = timed(&organisation(vec![
        ("units", vec![unit]),
        (
            "resources",
            (0..MANY).map(|ix| (format!("t{ix}"), tender(ix))).collect(),
        ),
        ("users", (0..MANY).map(|ix| (format!("u{ix}"), user(ix))).collect()),
    ]));
    assert!(it.found.is_empty(), "{:?}", it.found.first());
    assert_eq!((it.facts.nodes.len(), it.facts.holdings.len()), (MANY + 2, MANY));
}

#[test]
fn many_faults() {
    let user = |ix: usize| (format!("u{ix}"), record(&[("in", &format!("nowhere{ix}"))]));
    let it = timed(&organisation(vec![("users", (0..MANY).map(user).collect())]));
    assert_eq!(it.found.len(), MANY);
}

#[test]
fn deep_nesting() {
    let within = |ix: usize| {
        if ix == 0 {
            "a".to_owned()
        } else {
            format!("e{}", ix - 1)
        }
    };
    let unit = |ix: usize| (format!("e{ix}"), record(&[("is", "Entity"), ("in", &within(ix))]));
    let it = timed(&organisation(vec![("units", (0..MANY).rev().map(unit).collect())]));
    assert!(it.found.is_empty(), "{:?}", it.found.first());
    assert_eq!(
        it.value(&format!("e{}", MANY - 1), "buyer_validation"),
        Value::Bool(true)
    );
}

#[test]
fn a_circle_of_everything() {
    let unit = |ix: usize| {
        (
            format!("e{ix}"),
            record(&[("is", "Entity"), ("in", &format!("e{}", (ix + 1) % MANY))]),
        )
    };
    let it = timed(&organisation(vec![("units", (0..MANY).map(unit).collect())]));
    assert_eq!(it.found.len(), 1);
    assert!(
        it.found[0].message.ends_with("in … (100000 in all) in `e0`"),
        "{}",
        it.found[0].message
    );
}
