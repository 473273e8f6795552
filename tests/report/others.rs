//! Annotations, the table of a run, JUnit, and steps in a report.

use rolebook::diagnostic::Diagnostic;
use rolebook::report;
use rolebook::source::{Sources, Span};

use crate::{PLAIN, at};

#[test]
fn annotations_are_escaped_and_the_gravest_come_first() {
    let mut sources = Sources::default();
    let file = sources.add("a,b:c%.roles", "role A\nrole B\nrole C\n");
    let found = [
        Diagnostic::note("empty-role", "a note").at(at(&sources, file, "A"), ""),
        Diagnostic::warning("a/b", "100% ::error::\nmore")
            .at(at(&sources, file, "B"), "")
            .help("one\ntwo"),
        Diagnostic::error("c/d", "over lines")
            .at(Span::new(file, 0, 12), "")
            .step(Span::new(file, 0, 1), "first"),
        Diagnostic::error("project/no-policy", "no place"),
    ];
    let expected = "\
::error file=a%2Cb%3Ac%25.roles,line=1,title=c/d::over lines%0A1. first
::error title=project/no-policy::no place
::warning file=a%2Cb%3Ac%25.roles,line=2,endLine=2,col=6,endColumn=7,title=a/b::100%25 ::error::\\nmore%0Aone%0Atwo
::notice file=a%2Cb%3Ac%25.roles,line=1,endLine=1,col=6,endColumn=7,title=empty-role::a note
";
    assert_eq!(report::github(&found, &sources), expected);
    assert_eq!(report::github(&[], &sources), "");
}

#[test]
fn the_table_of_a_run_holds_no_markup_of_others() {
    let mut sources = Sources::default();
    let file = sources.add("a|b.roles", "role A\n");
    let found = [
        Diagnostic::warning("a/b", "`A|<b>` <img> [x](y)\u{202e}")
            .at(at(&sources, file, "A"), "")
            .help("do it"),
        Diagnostic::note("c/d", "no place"),
    ];
    let expected = "\
## rolebook lint

1 warning, 1 note

| | code | place | message |
| --- | --- | --- | --- |
| warning | a/b | a\\|b.roles:1 | `A\\|<b>` &lt;img> \\[x](y)\\\\u{202e}<br>do it |
| note | c/d |  | no place |
";
    assert_eq!(report::markdown(&found, &sources), expected);
    assert_eq!(report::markdown(&[], &sources), "## rolebook lint\n\nno findings\n");
    let many = vec![found[0].clone(); 50_000];
    let long = report::markdown(&many, &sources);
    assert!(long.len() < 1 << 20 && long.contains("\n… and "), "{}", long.len());
}

#[test]
fn junit_has_a_suite_for_every_file() {
    let mut sources = Sources::default();
    let file = sources.add("p.roles", "role A <&>\n");
    sources.add("facts.yaml", "");
    let found = [
        Diagnostic::warning("a/b", "bad `<&>`\u{1b}")
            .at(at(&sources, file, "<&>"), "")
            .help("do it"),
        Diagnostic::note("empty-role", "a note").at(at(&sources, file, "A"), ""),
        Diagnostic::error("project/no-policy", "no place"),
    ];
    let xml = report::junit(&found, &sources);
    for part in [
        "<testsuites name=\"rolebook lint\" tests=\"4\" skipped=\"0\" failures=\"2\" errors=\"0\">",
        "<testsuite name=\"p.roles\" tests=\"2\"",
        "<testsuite name=\"facts.yaml\" tests=\"1\"",
        "<testcase name=\"no findings\"",
        "<testsuite name=\"run\" tests=\"1\"",
        "<failure message=\"bad `&lt;&amp;&gt;`\\u{1b}\" type=\"a/b\">",
        "p.roles:1:8: warning[a/b]: bad `&lt;&amp;&gt;`\\u{1b}\ndo it",
        "<system-out>p.roles:1:6: note[empty-role]: a note</system-out>",
    ] {
        assert!(xml.contains(part), "no {part} in\n{xml}");
    }
}

#[test]
fn steps_are_numbered() {
    let mut sources = Sources::default();
    let file = sources.add("p.roles", "role A\nrole B\n");
    let found = [Diagnostic::warning("a/b", "`A` can become `B`")
        .at(at(&sources, file, "A"), "")
        .step(at(&sources, file, "A"), "`leo` gives `A` to `mia`\n")
        .step(at(&sources, file, "B"), "`mia` gives `B` to himself")
        .help("take one out\nor both")];
    let expected = "\
warning[a/b]
  ⚠ `A` can become `B`
   ╭─[p.roles:1:6]
 1 │ role A
   ·      ─
 2 │ role B
   ╰────
  1. `leo` gives `A` to `mia`\\n  (p.roles:1:6)
  2. `mia` gives `B` to himself  (p.roles:2:6)
  help: take one out
        or both

1 warning
";
    assert_eq!(report::text(&found, &sources, &PLAIN), expected);
    let json: serde_json::Value = serde_json::from_str(&report::json(&found, &sources)).expect("JSON");
    assert_eq!(json["diagnostics"][0]["steps"][1]["line"], 2);
}
