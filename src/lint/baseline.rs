//! The baseline: findings that were there when a policy began to be linted, kept in a file so that only new ones show.
//!
//! 1. [`write()`] puts every finding into a JSON document, sorted, one on a line.
//! 2. [`Baseline::read`] reads one; a damaged one is refused as a whole.
//! 3. [`Baseline::hide`] takes the known findings away, and tells which entries no longer occur.
//!
//! A finding is known again by its policy and its [`Fingerprint`]; one that occurs more often than before is new. What
//! can be configured can be known ([`super::kind`]): errors and broken promises are never hidden.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::codes;
use crate::diagnostic::{Diagnostic, Fingerprint, Found, Severity};
use crate::model::{Model, TypeKind};
use crate::source::{FileId, Sources, Span};

/// The form of the file.
const VERSION: u32 = 1;

/// A policy that was linted.
#[derive(Debug)]
pub struct Linted {
    /// By what it is known: its title, or else its types of accounts.
    pub name: String,
    /// Everything found.
    pub found: Found,
}

/// What a baseline file says.
#[derive(Debug)]
pub struct Baseline {
    entries: BTreeMap<Key, Known>,
    place: Span,
}

/// A policy, and a finding in it.
type Key = (String, Fingerprint);

#[derive(Debug)]
struct Known {
    count: usize,
    place: Span,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a baseline")]
struct Document<'t> {
    version: u32,
    #[serde(borrow)]
    findings: Vec<&'t RawValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a finding")]
struct Entry {
    policy: String,
    code: String,
    message: String,
    line: String,
    #[serde(default = "once", skip_serializing_if = "is_once")]
    count: usize,
}

fn once() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_once(count: &usize) -> bool {
    *count == 1
}

/// By what a policy is known in a baseline.
#[must_use]
pub fn name(model: &Model) -> String {
    if let Some(title) = model.title.first() {
        return title.text.clone();
    }
    let accounts = model.types.iter().filter(|ty| ty.kind == TypeKind::Account);
    accounts.map(|ty| ty.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Whether a baseline can hold a finding.
fn can_be_known(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity < Severity::Error && codes::kind(diagnostic.code).is_some()
}

/// A baseline of everything found that one can hold, with the number of findings in it; what it cannot hold is left.
#[must_use]
pub fn write(linted: &mut [&mut Linted], sources: &Sources) -> (String, usize) {
    let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
    for policy in linted {
        let all = std::mem::take(&mut policy.found).into_iter();
        let (known, left): (Vec<_>, Vec<_>) = all.partition(can_be_known);
        policy.found = left.into_iter().collect();
        for diagnostic in known {
            let key = (policy.name.clone(), Fingerprint::of(&diagnostic, sources));
            *counts.entry(key).or_default() += 1;
        }
    }
    let total = counts.values().sum();
    let lines: Vec<String> = counts.into_iter().map(entry).collect();
    let open = if lines.is_empty() { "" } else { "\n  " };
    let close = if lines.is_empty() { "" } else { "\n" };
    let lines = lines.join(",\n  ");
    let text = format!("{{\"version\": {VERSION}, \"findings\": [{open}{lines}{close}]}}\n");
    (text, total)
}

fn entry(((policy, print), count): (Key, usize)) -> String {
    let Fingerprint { code, message, line } = print;
    let entry = Entry {
        policy,
        code,
        message,
        line,
        count,
    };
    serde_json::to_string(&entry).unwrap_or_default()
}

impl Baseline {
    /// Reads a baseline; `None` if it is damaged, which is told with its place.
    pub fn read(file: FileId, sources: &Sources, found: &mut Found) -> Option<Self> {
        let text = sources.text(file);
        let place = |at: Range<usize>| Span::new(file, at.start, at.end);
        let document: Document<'_> = match serde_json::from_str(text) {
            Ok(document) => document,
            Err(error) => {
                found.push(damaged(&error, place(at(text, &error))));
                return None;
            }
        };
        if document.version != VERSION {
            found.push(other_version(document.version, place(0..text.len())));
            return None;
        }
        let mut baseline = Self {
            entries: BTreeMap::new(),
            place: sources.whole(file),
        };
        let (mut from, mut whole) = (0, true);
        for raw in document.findings {
            let start = from + text[from..].find(raw.get()).unwrap_or(0);
            from = start + raw.get().len();
            match serde_json::from_str(raw.get()) {
                Ok(entry) => baseline.add(entry, place(start..from)),
                Err(error) => {
                    found.push(damaged(&error, place(start..from)));
                    whole = false;
                }
            }
        }
        whole.then_some(baseline)
    }

    fn add(&mut self, entry: Entry, place: Span) {
        let Entry {
            policy,
            code,
            message,
            line,
            count,
        } = entry;
        let key = (policy, Fingerprint { code, message, line });
        let known = self.entries.entry(key).or_insert(Known { count: 0, place });
        known.count += count;
    }

    /// Takes the findings away that are known; gives what there is to say of the baseline itself.
    pub fn hide(mut self, linted: &mut [Linted], sources: &Sources) -> Found {
        // With errors not every rule ran: what seems to be gone may come back.
        let complete = !linted.iter().any(|policy| policy.found.has_errors());
        let (had, mut hidden) = (!self.entries.is_empty(), 0);
        for policy in &mut *linted {
            let all = std::mem::take(&mut policy.found).into_iter();
            let (known, new): (Vec<_>, Vec<_>) = all.partition(|it| self.knows(&policy.name, it, sources));
            hidden += known.len();
            policy.found = new.into_iter().collect();
        }
        let about = |name: &String| linted.iter().any(|policy| policy.name == *name);
        let mut remarks = Found::default();
        if !complete {
            return remarks;
        }
        if had && hidden == 0 && !self.entries.keys().any(|(policy, _)| about(policy)) {
            remarks.push(self.foreign(linted));
            return remarks;
        }
        let left = self
            .entries
            .iter()
            .filter(|((policy, _), known)| known.count > 0 && about(policy));
        remarks.append(
            stale(left.map(|(_, known)| known.place).collect())
                .into_iter()
                .collect(),
        );
        remarks
    }

    fn knows(&mut self, policy: &str, diagnostic: &Diagnostic, sources: &Sources) -> bool {
        if !can_be_known(diagnostic) {
            return false;
        }
        let key = (policy.to_owned(), Fingerprint::of(diagnostic, sources));
        match self.entries.get_mut(&key) {
            Some(known) if known.count > 0 => {
                known.count -= 1;
                true
            }
            _ => false,
        }
    }

    fn foreign(&self, linted: &[Linted]) -> Diagnostic {
        let quoted = |names: &mut dyn Iterator<Item = &String>| {
            let mut names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
            names.dedup();
            names.join(", ")
        };
        let theirs = quoted(&mut self.entries.keys().map(|(policy, _)| policy));
        let ours = quoted(&mut linted.iter().map(|policy| &policy.name));
        let message = format!("this baseline is of {theirs}, and {ours} is linted");
        let first = self
            .entries
            .values()
            .map(|known| known.place)
            .min()
            .unwrap_or(self.place);
        Diagnostic::error("baseline/foreign", message)
            .at(first, "")
            .help("name the baseline of this policy, or write one with `--write-baseline FILE`")
    }
}

/// Entries of which there are more than findings.
fn stale(mut places: Vec<Span>) -> Option<Diagnostic> {
    places.sort_unstable();
    let message = match places.len() {
        0 => return None,
        1 => "an entry of the baseline no longer occurs".to_owned(),
        count => format!("{count} entries of the baseline no longer occur"),
    };
    let note = Diagnostic::note("baseline/stale", message);
    let note = places.into_iter().fold(note, |note, place| note.at(place, ""));
    Some(note.help("take them out, or write the file anew with `--write-baseline FILE`"))
}

fn damaged(error: &serde_json::Error, place: Span) -> Diagnostic {
    let full = error.to_string();
    let message = full.split(" at line ").next().unwrap_or("");
    let message = message
        .replace("expected usize", "expected a count")
        .replace("expected u32", "expected a number");
    Diagnostic::error("baseline/damaged", format!("the baseline is damaged: {message}"))
        .at(place, "")
        .help("write it anew with `--write-baseline FILE`")
}

fn other_version(version: u32, place: Span) -> Diagnostic {
    let message = format!("the baseline has the form {version}, and {VERSION} is known");
    Diagnostic::error("baseline/damaged", message)
        .at(place, "")
        .help("write it anew with `--write-baseline FILE`")
}

/// The byte at which reading ended.
fn at(text: &str, error: &serde_json::Error) -> Range<usize> {
    let before = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let line = before.map(str::len).sum::<usize>();
    let mut at = (line + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at..at + text[at..].chars().next().map_or(0, char::len_utf8)
}
