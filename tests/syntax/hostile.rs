//! Input that is empty, huge, deep, or no text for people.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use rolebook::diagnostic::Found;
use rolebook::source::Sources;
use rolebook::syntax::parse;

use crate::common::{error, errors, good, policy, sentence};

/// The size of large inputs in bytes: less where nothing is optimised.
const LARGE: usize = if cfg!(debug_assertions) { 200_000 } else { 10_000_000 };

fn timely<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(start.elapsed() < Duration::from_secs(90), "took {:?}", start.elapsed());
    result
}

#[test]
fn nothing_is_fine() {
    for text in ["", " \n\t\r\n", "# only a comment", "\u{feff}", "## a\n## b"] {
        assert!(good(text).items.is_empty());
    }
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let text = "\u{feff}role A at T # x\nrole";
    let mut sources = Sources::default();
    let file = sources.add("x", text);
    let mut found = Found::default();
    let tree = parse::policy(file, text, &mut found);
    assert_eq!(sources.snippet(tree.items[0].span.0), "role A at T");
    assert_eq!(sources.snippet(tree.comments[0].span.0), "# x");
    assert_eq!(found.sorted()[0].labels[0].span.start as usize, text.len());
}

#[test]
fn an_open_text_is_reported_at_its_quote() {
    let found = error("role A at T \"label\nrole B at T {\n can view X\n}");
    assert!(found.starts_with("syntax/unterminated-string 1:13 [\"]"), "{found}");
    let (tree, _) = policy("role A at T \"label\nrole B at T {\n can view X\n}");
    assert_eq!(tree.items.len(), 2);
}

#[test]
fn sixty_four_levels_are_read_and_sixty_five_are_not() {
    let nested = |depth: usize| {
        let (open, close) = ("(".repeat(depth), ")".repeat(depth));
        format!("role A at T {{ can view X when {open}a{close} }}\nrole B at T")
    };
    assert_eq!(good(&nested(63)).items.len(), 2);
    let (tree, errors) = policy(&nested(64));
    assert_eq!(errors.len(), 1);
    assert!(errors[0].starts_with("syntax/too-deep 1:94 [(]"), "{}", errors[0]);
    assert_eq!(tree.items.len(), 1);
}

#[test]
fn depth_does_not_overflow_the_stack() {
    let deep = "(".repeat(100_000);
    let closed = format!("{deep}a{}", ")".repeat(100_000));
    for text in [&deep, &closed] {
        let (tree, errors) = policy(&format!("role A at T {{ can view X when {text} }}\nrole B at T"));
        assert_eq!((tree.items.len(), errors.len()), (1, 1), "{errors:#?}");
        assert!(errors[0].starts_with("syntax/too-deep"));
        let (tree, errors) = sentence(&format!("can oz edit {text}"));
        assert!(tree.is_none() && errors.len() == 1);
        let mut found = Found::default();
        let file = Sources::default().add("x", "");
        assert!(parse::rule(file, &format!("view X when {text}"), 0, &mut found).is_none());
    }
    assert_eq!(
        errors(&format!("nobody can view X unless {}a", "not ".repeat(100_000))).len(),
        1
    );
    assert_eq!(errors(&"user is a and (\n".repeat(20_000)).len(), 20_000);
    assert!(!errors(&"everyone can view X when (\nuser and\n".repeat(2_000)).is_empty());
    assert!(!errors(&"[({".repeat(50_000)).is_empty());
}

#[test]
fn long_chains_are_flat() {
    let chain = vec!["a.b is c"; LARGE / 200].join(" and ");
    timely(|| good(&format!("nobody can view X unless {chain} or {chain}")));
    let names = vec!["Name"; LARGE / 100].join(", ");
    timely(|| good(&format!("role R at T {{ can view {names} }}")));
}

#[test]
fn many_items_take_linear_time() {
    let mut text = String::new();
    let mut index = 0;
    while text.len() < LARGE {
        index += 1;
        let _ = writeln!(
            text,
            "role R{index} at T extends Base {{ ## doc\n  can view, edit Tender only here as creator when entity.legal\n}}"
        );
    }
    let tree = timely(|| good(&text));
    assert_eq!(tree.items.len(), index);
    assert!(tree.items.iter().all(|item| item.doc.is_some()));
}

#[test]
fn one_large_item_takes_linear_time() {
    let rule = "  can view Tender as creator\n";
    let rules = rule.repeat(LARGE / rule.len());
    timely(|| good(&format!("role R at T {{\n{rules}}}")));
}

#[test]
fn many_items_on_one_line_take_linear_time() {
    let tree = timely(|| good(&"role R at T { can view X } nobody can edit Y ".repeat(LARGE / 100)));
    assert_eq!(tree.items.len(), LARGE / 50);
}

#[test]
fn many_errors_take_linear_time() {
    let count = LARGE / 400;
    assert_eq!(
        timely(|| errors(&"role R at T {\n  can view ## x\n  can edit X\n}\n".repeat(count))).len(),
        count
    );
    assert_eq!(
        timely(|| errors(&"role R at T { can view\n".repeat(count))).len(),
        2 * count
    );
    assert_eq!(
        timely(|| errors(&"everyone can view X when a is\nuser and\n".repeat(count))).len(),
        count + 1
    );
    assert_eq!(timely(|| errors(&"role R at \"\n".repeat(count))).len(), count);
    assert!(!timely(|| errors(&"everyone can view X as everyone or\n".repeat(count))).is_empty());
}

#[test]
fn noise_is_refused_and_nothing_else_happens() {
    for noise in [
        "\0\0\0",
        "}{",
        "\"",
        "é\u{301}\u{301}",
        "role R at T { can \u{200d} }",
        "🦀",
        "\\",
        "role \"x\"@ at",
        "((((",
        "]]]]",
        "#\u{feff}\n\u{feff}",
    ] {
        assert!(!errors(noise).is_empty(), "{noise:?}");
        assert!(!sentence(noise).1.is_empty(), "{noise:?}");
    }
}
