//! SARIF: held against the schema that OASIS published.

use rolebook::diagnostic::Diagnostic;
use rolebook::report;
use rolebook::source::{Sources, Span};
use serde_json::{Value, json};

use crate::at;

fn written(found: &[Diagnostic], sources: &Sources) -> Value {
    // One of its patterns, for a language that is never written here, has a bracket too many.
    let schema = include_str!("sarif-schema-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&schema).expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let document = serde_json::from_str(&report::sarif(found, sources)).expect("JSON");
    let faults: Vec<String> = schema.iter_errors(&document).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{}\n{document:#}", faults.join("\n"));
    document
}

#[test]
fn a_result_has_everything_that_a_finding_has() {
    let mut sources = Sources::default();
    let policy = sources.add(
        "a b/é.roles",
        "role Buyer at Shop {\r\n  can view Order\r\n  can edit Order\r\n}\n",
    );
    let facts = sources.add("/abs/facts.yaml", "users: {}\n");
    let rule = at(&sources, policy, "can view Order\r\n  can edit Order");
    let found = [
        Diagnostic::warning("dead-rule", "given `twice`\u{202e}")
            .at(rule, "here")
            .at(at(&sources, facts, "users"), "there")
            .step(at(&sources, policy, "Buyer"), "first")
            .step(at(&sources, facts, "users"), "then")
            .help("take it out")
            .fix(rule, "", "take the rule out"),
        Diagnostic::note("empty-role", "no rules").at(at(&sources, policy, "Buyer"), ""),
        Diagnostic::error("project/not-found", "`x` does not exist"),
    ];
    let document = written(&found, &sources);
    let run = &document["runs"][0];
    let result = &run["results"][0];
    let place = json!({
        "artifactLocation": { "uri": "a%20b/%C3%A9.roles", "uriBaseId": "%SRCROOT%" },
        "region": { "startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 17 },
    });
    assert_eq!(
        result["locations"],
        json!([{ "physicalLocation": place, "message": { "text": "here" } }])
    );
    let related = &result["relatedLocations"][0];
    assert_eq!(
        related["physicalLocation"]["artifactLocation"],
        json!({ "uri": "file:///abs/facts.yaml" })
    );
    assert_eq!(
        (&related["id"], &related["message"]["text"]),
        (&json!(1), &json!("there"))
    );
    assert_eq!(result["message"]["text"], "given `twice`\u{202e}\ntake it out");
    let flow = &result["codeFlows"][0]["threadFlows"][0]["locations"];
    assert_eq!(flow[1]["location"]["message"]["text"], "then");
    let change = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(change["deletedRegion"]["endLine"], 3);
    assert_eq!(run["results"].as_array().map(Vec::len), Some(2));
    let notification = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(notification["descriptor"]["id"], "project/not-found");
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let rules = &run["tool"]["driver"]["rules"];
    assert_eq!(rules[0]["id"], "dead-rule");
    assert_eq!(rules[0]["properties"]["tags"], json!(["conflicts"]));
    assert!(
        rules[0]["help"]["markdown"]
            .as_str()
            .is_some_and(|page| page.contains("```roles"))
    );
    assert_eq!(result["ruleIndex"], 0);
    assert!(!report::sarif(&found, &sources).contains('\u{202e}'));
}

#[test]
fn a_fingerprint_outlives_moved_lines() {
    let prints = |text: &str, places: &[usize]| {
        let mut sources = Sources::default();
        let file = sources.add("p.roles", text);
        let found = places
            .iter()
            .map(|&at| Diagnostic::warning("a/b", "twice").at(Span::new(file, at, at + 1), ""));
        let document = written(&found.collect::<Vec<_>>(), &sources);
        let results = document["runs"][0]["results"].as_array().expect("results").clone();
        let print = |result: &Value| result["partialFingerprints"]["primaryLocationLineHash"].clone();
        results.iter().map(print).collect::<Vec<_>>()
    };
    let before = prints("can view\ncan view\ncan edit\n", &[0, 9, 18]);
    assert_eq!(
        before,
        prints("# more\n  can  view\n\ncan view\n\tcan edit", &[9, 20, 30])
    );
    assert_eq!(before.iter().collect::<std::collections::HashSet<_>>().len(), 3);
    assert_eq!(before[0], "077976ba29d006d4:1", "the form is part of the interface");
}

#[test]
fn nothing_found() {
    let document = written(&[], &Sources::default());
    assert_eq!(document["runs"][0]["results"], json!([]));
    assert_eq!(document["version"], "2.1.0");
}

#[test]
fn labels_may_stand_anywhere() {
    let text = "a: 1\r\n\tb: 2\r\n\r\n日本: x\nlast";
    let mut sources = Sources::default();
    let file = sources.add("x", text);
    let mut found = Vec::new();
    for start in 0..=text.len() + 2 {
        for end in start..=text.len() + 3 {
            let span = Span::new(file, start, end);
            found.push(
                Diagnostic::error("a/b", "m")
                    .at(span, "l")
                    .fix(span, "r", "f")
                    .step(span, "s"),
            );
        }
    }
    written(&found, &sources);
    for written in [report::github, report::junit, report::markdown].map(|write| write(&found, &sources)) {
        assert!(written.contains("a/b"));
    }
}
