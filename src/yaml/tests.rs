//! Tests of the YAML reader.

use super::{Value, Yaml, read};
use crate::diagnostic::Found;
use crate::source::{FileId, Sources};
use std::fmt::Write as _;

fn parse(text: &str) -> (Sources, FileId, Option<Yaml>, Found) {
    let mut sources = Sources::default();
    let file = sources.add("facts.yaml", text);
    let mut found = Found::default();
    let tree = read(file, text, &mut found);
    (sources, file, tree, found)
}

/// The tree with the text of every span behind its value.
fn show(sources: &Sources, yaml: &Yaml) -> String {
    let place = sources.snippet(yaml.span);
    match &yaml.value {
        Value::Null => format!("null<{place}>"),
        Value::Bool(value) => format!("{value}<{place}>"),
        Value::Number(text) => format!("#{text}<{place}>"),
        Value::Text(text) => format!("{text:?}<{place}>"),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(|item| show(sources, item)).collect();
            format!("[{}]<{place}>", items.join(", "))
        }
        Value::Map(entries) => {
            let entry = |(key, value): &(super::Key, Yaml)| {
                format!("{}<{}>: {}", key.text, sources.snippet(key.span), show(sources, value))
            };
            let entries: Vec<_> = entries.iter().map(entry).collect();
            format!("{{{}}}<{place}>", entries.join(", "))
        }
    }
}

fn shown(text: &str) -> String {
    let (sources, _, tree, found) = parse(text);
    assert!(found.is_empty(), "{text:?}: {found:?}");
    show(&sources, &tree.expect(text))
}

fn faults(text: &str) -> Vec<String> {
    let (sources, _, _, found) = parse(text);
    let labels = |d: &crate::diagnostic::Diagnostic| {
        let labels = d.labels.iter().map(|label| {
            let (line, column) = sources.position(label.span.file, label.span.start);
            format!("{line}:{column} {:?}", sources.snippet(label.span))
        });
        labels.collect::<Vec<_>>().join(", ")
    };
    found
        .iter()
        .map(|d| format!("{} {} @ {}", d.code, d.message, labels(d)))
        .collect()
}

#[test]
fn every_value_and_key_has_its_place() {
    assert_eq!(
        shown("accounts:\n  lbc: { is: Enterprise, open: true }\n  # done\n\nusers: [a, \"b c\"]\n"),
        "{accounts<accounts>: {lbc<lbc>: {is<is>: \"Enterprise\"<Enterprise>, open<open>: true<true>}<{ is: Enterprise, open: true }>}\
         <lbc: { is: Enterprise, open: true }>, users<users>: [\"a\"<a>, \"b c\"<\"b c\">]<[a, \"b c\"]>}\
         <accounts:\n  lbc: { is: Enterprise, open: true }\n  # done\n\nusers: [a, \"b c\"]>"
    );
}

#[test]
fn block_lists_and_block_texts_end_where_their_text_ends() {
    assert_eq!(
        shown("- a\n- b: c\n\n# end\n"),
        "[\"a\"<a>, {b<b>: \"c\"<c>}<b: c>]<- a\n- b: c>"
    );
    assert_eq!(shown("t: |\n  one\n  two\n\nu: 1\n").matches("<one\n  two>").count(), 1);
    assert_eq!(
        shown("t: one\n  two\n"),
        "{t<t>: \"one two\"<one\n  two>}<t: one\n  two>"
    );
}

#[test]
fn numbers_stay_as_written() {
    assert_eq!(
        shown("[12.10, 1e3, 0x1F, -5, +7, 99999999999999999999999999999999999999999999, .5, 1_000, 2026-12-31]"),
        "[#12.10<12.10>, #1e3<1e3>, #0x1F<0x1F>, #-5<-5>, #+7<+7>, \
         #99999999999999999999999999999999999999999999<99999999999999999999999999999999999999999999>, #.5<.5>, \
         \"1_000\"<1_000>, \"2026-12-31\"<2026-12-31>]<[12.10, 1e3, 0x1F, -5, +7, 99999999999999999999999999999999999999999999, .5, 1_000, 2026-12-31]>"
    );
    assert_eq!(shown("007"), "\"007\"<007>");
    assert_eq!(shown("007: \"12\""), "{007<007>: \"12\"<\"12\">}<007: \"12\">");
    assert_eq!(shown("true: 1\n1.0: 2\n~: 3").matches("true<true>").count(), 1);
}

#[test]
fn places_are_bytes_whatever_the_script() {
    let long = "é".repeat(200);
    assert_eq!(
        shown(&format!("# {long}\nprénom: Zoé # 名前\n部署: [開発, b]\n")),
        "{prénom<prénom>: \"Zoé\"<Zoé>, 部署<部署>: [\"開発\"<開発>, \"b\"<b>]<[開発, b]>}<prénom: Zoé # 名前\n部署: [開発, b]>"
    );
    assert_eq!(
        shown("\u{feff}é: [ü, 1]\r\nb: 2\r\n"),
        "{é<é>: [\"ü\"<ü>, #1<1>]<[ü, 1]>, b<b>: #2<2>}<é: [ü, 1]\r\nb: 2>"
    );
}

#[test]
fn nothing_is_null() {
    assert_eq!(shown(""), "null<>");
    assert_eq!(shown("# only this\n"), "null<# only this\n>");
    assert_eq!(shown("---\n"), "null<---\n>");
    assert_eq!(
        shown("a:\nb: ~\nc:\n"),
        "{a<a>: null<a>, b<b>: null<~>, c<c>: null<c>}<a:\nb: ~\nc>"
    );
    assert_eq!(shown("{a: , b}"), "{a<a>: null<a>, b<b>: null<b>}<{a: , b}>");
    assert_eq!(shown("- \n- b\n"), "[null<>, \"b\"<b>]<- \n- b>");
}

#[test]
fn an_alias_stands_where_it_is_written_and_its_parts_where_they_are() {
    assert_eq!(
        shown("a: &x [1.0, b]\nc: *x\nd: &y 1.50\ne: *y\n? *y\n: f\n")
            .replace("<a: &x [1.0, b]\nc: *x\nd: &y 1.50\ne: *y\n? *y\n: f>", ""),
        "{a<a>: [#1.0<1.0>, \"b\"<b>]<[1.0, b]>, c<c>: [#1.0<1.0>, \"b\"<b>]<*x>, d<d>: #1.50<1.50>, e<e>: #1.50<*y>, 1.50<*y>: \"f\"<f>}"
    );
    assert_eq!(
        shown("a: &x\n  # why\n  b: 1\n<<: *x\n")
            .matches("<<<<<>: {b<b>: #1<1>}<*x>")
            .count(),
        1
    );
    assert_eq!(
        faults("a: &x 1\nb: &x 2\n"),
        ["yaml/anchor the anchor `&x` is given twice @ 2:4 \"&x\", 1:4 \"&x\""]
    );
}

#[test]
fn every_duplicate_is_reported_and_kept() {
    assert_eq!(
        faults("a: 1\nb: {c: 1, 'c': 2}\na: 2\n\"a\": 3\n"),
        [
            "yaml/duplicate-key the key `c` occurs twice @ 2:11 \"'c'\", 2:5 \"c\"",
            "yaml/duplicate-key the key `a` occurs twice @ 3:1 \"a\", 1:1 \"a\"",
            "yaml/duplicate-key the key `a` occurs twice @ 4:1 \"\\\"a\\\"\", 1:1 \"a\"",
        ]
    );
    let (_, _, tree, _) = parse("a: 1\na: 2\n");
    assert!(matches!(tree.map(|tree| tree.value), Some(Value::Map(entries)) if entries.len() == 2));
}

#[test]
fn what_facts_have_no_use_for_is_refused() {
    assert_eq!(
        faults("a: !foo 1\nb: !!str 2\n"),
        [
            "yaml/tag the tag `!foo` has no meaning here @ 1:4 \"!foo\"",
            "yaml/tag the tag `!!str` has no meaning here @ 2:4 \"!!str\""
        ]
    );
    assert_eq!(
        faults("a: 1\n---\nb: 2\n"),
        ["yaml/several-documents a file holds one YAML document, and here a second one starts @ 2:1 \"---\""]
    );
    assert_eq!(faults("? [a]\n: 1\n{b: 1}: 2\n").len(), 2);
    assert_eq!(faults(": 1\n").len(), 1);
}

#[test]
fn syntax_faults_say_what_is_wrong_and_where() {
    assert_eq!(faults("a: b: c\n"), ["yaml/syntax a `:` cannot stand here @ 1:5 \":\""]);
    assert_eq!(
        faults("é: [a, b\nc: d\n"),
        ["yaml/syntax expected `,` or `]` @ 2:2 \":\", 1:4 \"[\""]
    );
    assert_eq!(faults("a: \"b\n").len(), 1);
    assert_eq!(
        faults("a: @b\n"),
        ["yaml/syntax a value cannot start with `@` @ 1:4 \"@\""]
    );
    assert_eq!(
        faults("a:\n\tb: 1\n"),
        ["yaml/syntax a tab cannot indent @ 2:1 \"\\t\""]
    );
    assert_eq!(
        faults("é: \"x\u{7}\"\n"),
        ["yaml/syntax this character may not occur in YAML @ 1:6 \"\\u{7}\""]
    );
    assert_eq!(
        faults("a: *b\n"),
        ["yaml/syntax an alias refers to no anchor before it @ 1:4 \"*\""]
    );
}

#[test]
fn deep_nesting_is_refused_early() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("[", "")] {
        let text = open.repeat(100_000) + &close.repeat(100_000);
        let found = faults(&text);
        let last = found.last().map_or("", String::as_str);
        assert!(
            last.contains("too-deep") && found.len() <= 2,
            "{open:?} {} {last:.80}",
            found.len()
        );
    }
    assert!(faults(&("[".repeat(64) + &"]".repeat(64))).is_empty());
    let nested = format!(
        "- &a {}1{}\n- {}*a{}\n",
        "[".repeat(40),
        "]".repeat(40),
        "[".repeat(40),
        "]".repeat(40)
    );
    assert!(faults(&nested)[0].starts_with("yaml/too-deep"));
    assert!(faults(&("a: @\n".to_owned() + &"[".repeat(100_000)))[0].starts_with("yaml/syntax"));
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        writeln!(laughs, "a{level}: &a{level} [{}]", [before.as_str(); 10].join(", ")).expect("a string");
    }
    assert!(faults(&laughs)[0].starts_with("yaml/alias-limit"));
    let wide = format!("a: &a [{}]\nb:\n{}", "x, ".repeat(5000), "- *a\n".repeat(5000));
    assert!(faults(&wide)[0].starts_with("yaml/alias-limit"));
    assert!(faults("a: &a [*a]\n")[0].starts_with("yaml/alias-limit"));
}

/// Damaged documents end in a tree or in a message, never in a panic; every place lies on characters.
#[test]
fn damaged_documents_never_panic() {
    let good = "a: &x [1.0, \"é\", 'b']\nc: {d: *x, e: |\n  文 text\n}\n- f: !g\n? h\n: i # j\n--- %\n\tk: >-\n  l\r\n";
    let characters: Vec<char> = good.chars().collect();
    let mut seed = 7u64;
    for _ in 0..4000 {
        let mut text = characters.clone();
        for _ in 0..6 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let (from, to) = ((seed >> 33) as usize % text.len(), (seed >> 13) as usize % text.len());
            match seed >> 60 {
                0..=5 => text.swap(from, to),
                6..=10 if text.len() > 2 => drop(text.remove(from)),
                _ => text.insert(from, text[to]),
            }
        }
        let text: String = text.into_iter().collect();
        let (sources, _, tree, found) = parse(&text);
        assert!(tree.is_some() || found.has_errors(), "{text:?}");
        for label in found.iter().flat_map(|d| &d.labels) {
            assert!(
                sources.text(label.span.file).get(label.span.range()).is_some(),
                "{text:?} {label:?}"
            );
        }
        if let Some(tree) = tree {
            show(&sources, &tree);
        }
    }
}
