//! Outcomes of tests as text, JSON and JUnit.

use std::fmt::Write;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};

use crate::source::{Sources, Span};
use crate::suite::outcome::{Failure, Outcome};

/// How outcomes are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum TestFormat {
    /// For people: failures with expected, got and why.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// JUnit XML, for CI servers.
    Junit,
}

/// One file of tests that was run.
#[derive(Debug, Clone)]
pub struct Ran {
    /// The file.
    pub name: String,
    /// What came of its tests, in order.
    pub outcomes: Vec<Outcome>,
}

/// All outcomes in a format.
#[must_use]
pub fn render(ran: &[Ran], sources: &Sources, format: TestFormat) -> String {
    match format {
        TestFormat::Text => text(ran, sources),
        TestFormat::Json => format!("{:#}\n", value(ran, sources)),
        TestFormat::Junit => junit(ran, sources),
    }
}

fn outcomes(ran: &[Ran]) -> impl Iterator<Item = &Outcome> {
    ran.iter().flat_map(|file| &file.outcomes)
}

fn place(span: Span, sources: &Sources) -> String {
    let (line, _) = sources.position(span.file, span.start);
    format!("{}:{line}", sources.name(span.file))
}

fn text(ran: &[Ran], sources: &Sources) -> String {
    let mut out = String::new();
    for outcome in outcomes(ran).filter(|outcome| !outcome.passed()) {
        let _ = writeln!(out, "FAILED  {}  ({})", outcome.name, place(outcome.span, sources));
        out.push_str(&failures(outcome, sources));
        out.push('\n');
    }
    let failed = outcomes(ran).filter(|outcome| !outcome.passed()).count();
    let passed = outcomes(ran).count() - failed;
    let _ = writeln!(out, "{passed} passed, {failed} failed");
    out
}

fn write_failure(out: &mut String, failure: &Failure, sources: &Sources) {
    let _ = writeln!(
        out,
        "  expected  {}  ({})",
        failure.expected,
        place(failure.span, sources)
    );
    let _ = writeln!(out, "  got       {}", failure.got);
    for (ix, line) in failure.why.lines().enumerate() {
        let head = if ix == 0 { "why" } else { "" };
        let _ = writeln!(out, "  {head:<9} {line}");
    }
}

/// What a failed test prints below its name; empty for one that passed.
#[must_use]
pub fn failures(outcome: &Outcome, sources: &Sources) -> String {
    let mut out = String::new();
    let failures = outcome.failures.iter();
    failures.for_each(|failure| write_failure(&mut out, failure, sources));
    out
}

/// All outcomes as one JSON document.
#[must_use]
pub fn value(ran: &[Ran], sources: &Sources) -> Value {
    let files: Vec<Value> = ran
        .iter()
        .map(|file| {
            let tests: Vec<Value> = file
                .outcomes
                .iter()
                .map(|outcome| outcome_json(outcome, sources))
                .collect();
            json!({ "file": file.name, "tests": tests })
        })
        .collect();
    let failed = outcomes(ran).filter(|outcome| !outcome.passed()).count();
    let summary = json!({ "passed": outcomes(ran).count() - failed, "failed": failed });
    json!({ "files": files, "summary": summary })
}

fn outcome_json(outcome: &Outcome, sources: &Sources) -> Value {
    let failures: Vec<Value> = outcome
        .failures
        .iter()
        .map(|f| {
            let (line, column) = sources.position(f.span.file, f.span.start);
            json!({ "line": line, "column": column, "expected": f.expected, "got": f.got, "why": f.why })
        })
        .collect();
    let (line, _) = sources.position(outcome.span.file, outcome.span.start);
    json!({
        "name": outcome.name,
        "line": line,
        "passed": outcome.passed(),
        "milliseconds": outcome.time.as_secs_f64() * 1000.0,
        "failures": failures,
    })
}

fn junit(ran: &[Ran], sources: &Sources) -> String {
    let mut report = Report::new("rolebook");
    for file in ran {
        let mut suite = TestSuite::new(file.name.as_str());
        suite.add_test_cases(file.outcomes.iter().map(|outcome| case(outcome, sources)));
        report.add_test_suite(suite);
    }
    report.to_string().unwrap_or_default() + "\n"
}

fn case(outcome: &Outcome, sources: &Sources) -> TestCase {
    let status = match &outcome.failures[..] {
        [] => TestCaseStatus::success(),
        failures => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(format!("expected {}, got {}", failures[0].expected, failures[0].got));
            status.set_description(self::failures(outcome, sources));
            status
        }
    };
    let mut case = TestCase::new(outcome.name.as_str(), status);
    case.set_time(outcome.time);
    case.set_classname(place(outcome.span, sources));
    case
}
