//! One test: its steps in turn, each on the facts that the steps before it left.

use std::time::Instant;

use super::outcome::{Failure, Outcome};
use super::overlay::overlay;
use super::{Bench, Expectation, Step, Test};
use crate::diagnostic::{Diagnostic, Found, Severity};
use crate::eval::org::Org;
use crate::facts::{Facts, read};
use crate::model::value::{Tri, Value};
use crate::query::{Answer, Ground, ask, render};
use crate::source::Span;
use crate::syntax::ast::SentenceKind;
use crate::yaml::{self, Yaml};

pub(super) fn run(test: &Test, bench: &Bench<'_>) -> Outcome {
    let start = Instant::now();
    let empty = Yaml {
        span: test.span,
        value: yaml::Value::Map(Vec::new()),
    };
    let mut facts = bench.facts.cloned().unwrap_or(empty);
    let mut failures = Vec::new();
    for step in &test.steps {
        if let Some(given) = &step.given {
            facts = overlay(&facts, given);
        }
        failures.extend(run_step(step, test, &facts, bench));
    }
    Outcome {
        name: test.name.clone(),
        span: test.span,
        failures,
        time: start.elapsed(),
    }
}

fn run_step(step: &Step, test: &Test, yaml: &Yaml, bench: &Bench<'_>) -> Vec<Failure> {
    let mut found = Found::default();
    let facts = read::read(yaml, bench.table.model(), &mut found);
    if let Some((code, span)) = &step.refused {
        return refused(code, *span, &found).into_iter().collect();
    }
    if found.has_errors() {
        let expected = "facts that can be read".to_owned();
        let why = problems(&found, Severity::Error);
        return vec![Failure {
            span: test.span,
            expected,
            got: "facts with errors".to_owned(),
            why,
        }];
    }
    check(step, &facts, found, bench)
}

fn refused(code: &str, span: Span, found: &Found) -> Option<Failure> {
    if found.iter().any(|d| d.severity == Severity::Error && d.code == code) {
        return None;
    }
    let got = if found.has_errors() {
        "refused for other reasons"
    } else {
        "facts without errors"
    };
    let expected = format!("facts refused with `{code}`");
    Some(Failure {
        span,
        expected,
        got: got.to_owned(),
        why: problems(found, Severity::Error),
    })
}

fn problems(found: &Found, least: Severity) -> String {
    let lines: Vec<String> = found.iter().filter(|d| d.severity >= least).map(in_a_line).collect();
    lines.join("\n")
}

fn in_a_line(d: &Diagnostic) -> String {
    let help = d.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
    format!("{}: {}{help}", d.code, d.message)
}

/// `found` are the findings of the reader.
fn check(step: &Step, facts: &Facts, mut found: Found, bench: &Bench<'_>) -> Vec<Failure> {
    let org = Org::new(bench.table, facts);
    let mut failures: Vec<Failure> = step
        .expect
        .iter()
        .filter_map(|expect| unmet(expect, &org, bench))
        .collect();
    if let Some((codes, span)) = &step.finds {
        (bench.findings)(bench.table, &org, &mut found);
        let mut got: Vec<&str> = found
            .iter()
            .filter(|d| d.severity >= Severity::Warning)
            .map(|d| d.code)
            .collect();
        got.sort_unstable();
        got.dedup();
        let mut wanted: Vec<&str> = codes.iter().map(String::as_str).collect();
        wanted.dedup();
        if got != wanted {
            let why = problems(&found, Severity::Warning);
            failures.push(Failure {
                span: *span,
                expected: in_list(&wanted),
                got: in_list(&got),
                why,
            });
        }
    }
    failures
}

fn in_list(names: &[&str]) -> String {
    format!("[{}]", names.join(", "))
}

/// The failure of an expectation, if it is not met.
fn unmet(expect: &Expectation, org: &Org<'_>, bench: &Bench<'_>) -> Option<Failure> {
    let ground = Ground {
        table: bench.table,
        org: Some(org),
        now: Value::Missing,
    };
    let mut found = Found::default();
    let Some(answer) = ask(&ground, &expect.sentence, &mut found) else {
        let why = problems(&found, Severity::Error);
        let expected = expect.text.clone();
        return Some(Failure {
            span: expect.span,
            expected,
            got: "no answer".to_owned(),
            why,
        });
    };
    let got = compare(expect, &answer)?;
    let why = render::text(&answer, &ground, bench.sources);
    let expected = match &expect.names {
        Some(names) => format!("{}: [{}]", expect.text, names.join(", ")),
        None => expect.text.clone(),
    };
    Some(Failure {
        span: expect.span,
        expected,
        got,
        why,
    })
}

/// What came instead of what was expected; `None` if it is the same.
fn compare(expect: &Expectation, answer: &Answer) -> Option<String> {
    if let (Answer::Reach(_), Some(Tri::Unknown)) = (answer, answer.truth()) {
        return Some("not settled".to_owned());
    }
    match (&expect.names, answer.names(), answer.truth()) {
        (Some(wanted), Some(mut got), _) => {
            got.sort_unstable();
            (*wanted != got).then(|| in_list(&got))
        }
        (Some(_), None, _) => Some("an answer that is no list".to_owned()),
        (None, Some(_), _) => Some("a list; write what it should be: `question: [names]`".to_owned()),
        (None, None, truth) => {
            let is = truth == Some(Tri::True);
            let wanted = wants_true(&expect.sentence.kind);
            (is != wanted).then(|| outcome(answer, is))
        }
    }
}

fn outcome(answer: &Answer, is: bool) -> String {
    match (answer, is) {
        (Answer::Decision(_), true) => "allowed",
        (Answer::Decision(_), false) => "denied",
        (_, true) => "true",
        (_, false) => "not true",
    }
    .to_owned()
}

const fn wants_true(kind: &SentenceKind) -> bool {
    match kind {
        SentenceKind::States { can, .. } | SentenceKind::Why { can, .. } => *can,
        SentenceKind::StatesRole { is, .. } => *is,
        _ => true,
    }
}
