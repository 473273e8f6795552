//! SARIF 2.1.0 (OASIS), which code scanning reads.
//!
//! A result has one location of one line: GitHub shows an alert in a pull request only where all lines of its location
//! are part of the change. Other labels are related locations, steps a code flow. Its fingerprint outlives moved lines.
//! Each rule brings its page as help. What has no place in any file is a notification of the run.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::json::printable;
use super::places::Places;
use super::word;
use crate::diagnostic::{Diagnostic, Fingerprint, Fix, Label, Severity};
use crate::lint;
use crate::source::{FileId, Sources};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// All diagnostics as one run.
#[must_use]
pub fn sarif(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let (placed, loose): (Vec<_>, Vec<_>) = diagnostics.iter().partition(|it| !it.labels.is_empty());
    let codes = indices(&placed);
    let mut writer = Writer {
        places: Places::new(sources),
        codes: &codes,
        seen: HashMap::new(),
    };
    let results: Vec<Value> = placed.into_iter().map(|it| writer.result(it)).collect();
    let notifications: Vec<Value> = loose.into_iter().map(notification).collect();
    let broken = diagnostics.iter().any(|it| it.severity == Severity::Error);
    let run = json!({
        "tool": { "driver": {
            "name": "rolebook",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": codes.keys().map(|code| rule(code)).collect::<Vec<_>>(),
        } },
        "columnKind": "unicodeCodePoints",
        "invocations": [{ "executionSuccessful": !broken, "toolExecutionNotifications": notifications }],
        "results": results,
    });
    let document = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] });
    printable(&format!("{document:#}")) + "\n"
}

/// The codes that occur, each with its place in the list of rules.
fn indices(diagnostics: &[&Diagnostic]) -> BTreeMap<&'static str, usize> {
    let mut codes: BTreeMap<_, _> = diagnostics.iter().map(|it| (it.code, 0)).collect();
    codes.values_mut().enumerate().for_each(|(ix, place)| *place = ix);
    codes
}

fn rule(code: &str) -> Value {
    let page = lint::page(code).unwrap_or(code);
    let kind = lint::kind(code);
    let severity = kind.and_then(|kind| kind.level.severity());
    let level = match kind {
        Some(_) => severity.map_or("none", word),
        None => "error",
    };
    json!({
        "id": code,
        "shortDescription": { "text": gist(page) },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "enabled": level != "none", "level": level },
        "properties": { "tags": [kind.map_or("error", |kind| kind.category.name())] },
    })
}

/// The first sentence of a page, without its heading.
fn gist(page: &str) -> String {
    let mut paragraphs = page.split("\n\n").filter(|text| !text.starts_with(['#', '*']));
    let text = paragraphs
        .next()
        .unwrap_or(page)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    text[..end].to_owned()
}

fn notification(diagnostic: &Diagnostic) -> Value {
    json!({
        "descriptor": { "id": diagnostic.code },
        "level": word(diagnostic.severity),
        "message": { "text": message(diagnostic) },
    })
}

/// The message with what to do.
fn message(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => format!("{}\n{help}", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

/// A document being written.
struct Writer<'a> {
    places: Places<'a>,
    codes: &'a BTreeMap<&'static str, usize>,
    /// How often each fingerprint came.
    seen: HashMap<u64, usize>,
}

impl Writer<'_> {
    fn result(&mut self, diagnostic: &Diagnostic) -> Value {
        let locations = diagnostic
            .labels
            .iter()
            .map(|label| self.location(label))
            .collect::<Vec<_>>();
        let (main, related) = locations.split_at(1);
        let mut result = json!({
            "ruleId": diagnostic.code,
            "ruleIndex": self.codes.get(diagnostic.code),
            "level": word(diagnostic.severity),
            "message": { "text": message(diagnostic) },
            "locations": main,
            "partialFingerprints": { "primaryLocationLineHash": self.fingerprint(diagnostic) },
        });
        if !related.is_empty() {
            result["relatedLocations"] = related.iter().enumerate().map(numbered).collect();
        }
        if !diagnostic.steps.is_empty() {
            let steps = diagnostic.steps.iter();
            let steps: Vec<_> = steps.map(|step| json!({ "location": self.location(step) })).collect();
            result["codeFlows"] = json!([{ "threadFlows": [{ "locations": steps }] }]);
        }
        if !diagnostic.fixes.is_empty() {
            result["fixes"] = diagnostic.fixes.iter().map(|fix| self.fix(fix)).collect();
        }
        result
    }

    /// GitHub's form: a hash, and which of the findings with this hash it is.
    fn fingerprint(&mut self, diagnostic: &Diagnostic) -> String {
        let hash = Fingerprint::of(diagnostic, self.places.sources()).hash();
        let count = self.seen.entry(hash).or_default();
        *count += 1;
        format!("{hash:016x}:{count}")
    }

    /// The first line of a label.
    fn location(&mut self, label: &Label) -> Value {
        let (file, bytes) = (label.span.file, label.span.range());
        let (row, column) = self.places.position(file, bytes.start);
        let text = self.places.sources().snippet(label.span);
        let width = text.lines().next().map_or(0, |first| first.chars().count());
        let region = json!({
            "startLine": row,
            "startColumn": column,
            "endLine": row,
            "endColumn": column + width,
        });
        let mut location = json!({ "physicalLocation": {
            "artifactLocation": self.artifact(file),
            "region": region,
        } });
        if !label.text.is_empty() {
            location["message"] = json!({ "text": label.text });
        }
        location
    }

    fn fix(&mut self, fix: &Fix) -> Value {
        let (file, bytes) = (fix.span.file, fix.span.range());
        let (line, column) = self.places.position(file, bytes.start);
        let (end_line, end_column) = self.places.position(file, bytes.end);
        let region = json!({
            "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column
        });
        let replacement = json!({ "deletedRegion": region, "insertedContent": { "text": fix.replacement } });
        json!({
            "description": { "text": fix.message },
            "artifactChanges": [{ "artifactLocation": self.artifact(file), "replacements": [replacement] }],
        })
    }

    fn artifact(&self, file: FileId) -> Value {
        let name = self.places.sources().name(file);
        let name = if cfg!(windows) {
            name.replace('\\', "/")
        } else {
            name.to_owned()
        };
        match name.starts_with('/') {
            true => json!({ "uri": format!("file://{}", encoded(&name)) }),
            false => json!({ "uri": encoded(&name), "uriBaseId": "%SRCROOT%" }),
        }
    }
}

fn numbered((ix, location): (usize, &Value)) -> Value {
    let mut location = location.clone();
    location["id"] = json!(ix + 1);
    location
}

/// A path as a reference by URI.
fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let encode = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    path.bytes().map(encode).collect()
}
