//! Rendering of diagnostics: what people, programs and terminals get to see.

use rolebook::diagnostic::Diagnostic;
use rolebook::report::{self, Style};
use rolebook::source::{FileId, Sources, Span};
use std::time::{Duration, Instant};

#[path = "report/others.rs"]
mod others;
#[path = "report/sarif.rs"]
mod sarif;

const PLAIN: Style = Style {
    color: false,
    width: 80,
};

fn at(sources: &Sources, file: FileId, word: &str) -> Span {
    let start = sources.text(file).find(word).expect(word);
    Span::new(file, start, start + word.len())
}

#[test]
fn a_report_shows_every_file_that_it_speaks_of() {
    let mut sources = Sources::default();
    let policy = sources.add(
        "demo.roles",
        "policy \"Demo\"\n\nrole Buyer at Enterprise {\n  can view Budget\n}\n",
    );
    let facts = sources.add("facts.yaml", "users:\n  é: { roles: { Buyer: paris } }\n");
    let found = [
        Diagnostic::error("role/not-at-this-type", "the role `Buyer` does not exist at `Entity`")
            .at(at(&sources, facts, "Buyer"), "given here")
            .at(at(&sources, policy, "Buyer"), "declared here")
            .help("give it at an Enterprise"),
        Diagnostic::warning("lint/unused", "`Budget` is never used").at(at(&sources, policy, "Budget"), ""),
        Diagnostic::note("project/no-policy", "nothing to do"),
    ];
    let expected = "\
error[role/not-at-this-type]
  × the role `Buyer` does not exist at `Entity`
   ╭─[facts.yaml:2:17]
 1 │ users:
 2 │   é: { roles: { Buyer: paris } }
   ·                 ──┬──
   ·                   ╰── given here
   ╰────
   ╭─[demo.roles:3:6]
 2 │
 3 │ role Buyer at Enterprise {
   ·      ──┬──
   ·        ╰── declared here
 4 │   can view Budget
   ╰────
  help: give it at an Enterprise

warning[lint/unused]
  ⚠ `Budget` is never used
   ╭─[demo.roles:4:12]
 3 │ role Buyer at Enterprise {
 4 │   can view Budget
   ·            ──────
 5 │ }
   ╰────

note[project/no-policy]
  ☞ nothing to do

1 error, 1 warning, 1 note
";
    assert_eq!(report::text(&found, &sources, &PLAIN), expected);
    assert_eq!(report::text(&[], &sources, &PLAIN), "");
    let colored = report::text(&found, &sources, &Style { color: true, width: 80 });
    assert!(colored.contains("\u{1b}[31m") && !expected.contains('\u{1b}'));
    assert_eq!(
        report::line(&found[0], &sources),
        "facts.yaml:2:17: error[role/not-at-this-type]: the role `Buyer` does not exist at `Entity`"
    );
    assert_eq!(
        report::line(&found[2], &sources),
        "note[project/no-policy]: nothing to do"
    );
}

#[test]
fn labels_may_stand_anywhere() {
    let text = "a: 1\r\n\tb: 2\r\n\r\n日本: x\nlong:\n  1\n  2\n  3\n  4\n  5\nlast";
    let mut sources = Sources::default();
    let file = sources.add("x", text);
    let empty = sources.add("empty", "");
    for start in 0..=text.len() + 2 {
        for end in start..=text.len() + 3 {
            let found = Diagnostic::error("a/b", "m")
                .at(Span::new(file, start, end), "label")
                .at(Span::new(file, text.len() / 2, end.max(text.len() / 2)), "other");
            let shown = report::text(std::slice::from_ref(&found), &sources, &PLAIN);
            assert!(
                shown.contains("label") && !shown.contains("Failed"),
                "{start}..{end}\n{shown}"
            );
            assert!(report::json(&[found], &sources).contains("label"));
        }
    }
    let found = [Diagnostic::error("a/b", "m").at(sources.whole(empty), "nothing here")];
    assert!(report::text(&found, &sources, &PLAIN).contains("nothing here"));
}

#[test]
fn what_is_read_cannot_pass_for_output() {
    let mut sources = Sources::default();
    let file = sources.add(
        "a\u{1b}[2J\n.yaml",
        "key: \u{202e}txet\u{2066} \u{1b}[31m\u{9b}0m \u{7f}\u{200b}\r x\n",
    );
    let found = [
        Diagnostic::error("a/b", "bad `\u{202e}\u{1b}]0;x\u{7}`\nerror[c/d]: no")
            .at(at(&sources, file, "txet"), "so\nx\u{2069}")
            .help("one\u{1b}\ntwo"),
    ];
    let outputs = [
        report::text(&found, &sources, &PLAIN),
        report::line(&found[0], &sources),
        report::json(&found, &sources),
    ];
    for output in &outputs {
        assert!(!output.contains(|c: char| c != '\n' && c.is_control()), "{output}");
        assert!(
            !output.contains(['\u{202e}', '\u{2066}', '\u{2069}', '\u{200b}']),
            "{output}"
        );
    }
    assert!(
        outputs[0].contains("key: \\u{202e}txet\\u{2066} \\u{1b}[31m"),
        "{}",
        outputs[0]
    );
    assert!(
        outputs[0].contains("bad `\\u{202e}\\u{1b}]0;x\\u{7}`\\nerror[c/d]: no"),
        "{}",
        outputs[0]
    );
    assert_eq!(outputs[1].lines().count(), 1);
    let value: serde_json::Value = serde_json::from_str(&outputs[2]).expect("JSON");
    assert_eq!(
        value["diagnostics"][0]["message"],
        "bad `\u{202e}\u{1b}]0;x\u{7}`\nerror[c/d]: no"
    );
}

#[test]
fn json_has_every_diagnostic_and_place() {
    let mut sources = Sources::default();
    let file = sources.add("facts.yaml", "é: 1\né: 2\n");
    let found = [Diagnostic::error("yaml/duplicate-key", "twice")
        .at(Span::new(file, 6, 8), "again")
        .help("h")];
    let value: serde_json::Value = serde_json::from_str(&report::json(&found, &sources)).expect("JSON");
    let expected = serde_json::json!({
        "diagnostics": [{
            "severity": "error", "code": "yaml/duplicate-key", "message": "twice", "help": "h",
            "labels": [{
                "file": "facts.yaml", "line": 2, "column": 1, "end_line": 2, "end_column": 2, "text": "again"
            }],
            "steps": [], "fixes": [],
        }],
        "summary": { "errors": 1, "warnings": 0, "notes": 0 },
    });
    assert_eq!(value, expected);
}

#[test]
fn one_long_line_is_cut_and_scanned_once() {
    let text = "文a: {}, ".repeat(600_000);
    let mut sources = Sources::default();
    let file = sources.add("big.yaml", text.as_str());
    let found: Vec<_> = (0..10_000)
        .map(|count| count * 600 + 3)
        .map(|start| Diagnostic::warning("a/b", "m").at(Span::new(file, start, start + 1), "here"))
        .collect();
    let begun = Instant::now();
    let shown = report::text(&found, &sources, &PLAIN);
    let json = report::json(&found, &sources);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(shown.len() < 200_000 && shown.lines().all(|line| line.chars().count() <= 80));
    assert!(
        shown.ends_with("10000 warnings (9800 more than the 200 shown)\n"),
        "{}",
        shown.lines().last().expect("a line")
    );
    assert_eq!(json.matches("\"here\"").count(), 10_000);
    assert!(shown.contains("big.yaml:1:482]") || shown.contains("…"), "{shown:.400}");
}
