//! The tests of a policy, run.

use std::fmt;
use std::path::Path;

use super::load;
use crate::diagnostic::{Diagnostic, Found};
use crate::eval::org::Org;
use crate::project::{self, Policy};
use crate::report::tests::{self, Ran, TestFormat};
use crate::source::{FileId, Sources};
use crate::suite::outcome::Outcome;
use crate::suite::{self, Bench, Suite};
use crate::table::Table;
use crate::yaml::Yaml;

/// What came of the tests of a policy; shown, it is what `rolebook test` prints.
#[derive(Debug, Clone)]
pub struct Tested {
    ran: Vec<Ran>,
    sources: Sources,
}

/// What came of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestOutcome<'t> {
    /// The test's name.
    pub name: &'t str,
    /// The file that it stands in.
    pub file: &'t str,
    /// The line of its name, from 1.
    pub line: usize,
    /// What was expected, what came and why, for each expectation that is not met; empty if it passed.
    pub message: String,
}

impl TestOutcome<'_> {
    /// True if every expectation is met.
    #[must_use]
    pub const fn passed(&self) -> bool {
        self.message.is_empty()
    }
}

impl Tested {
    pub(super) const fn new(ran: Vec<Ran>, sources: Sources) -> Self {
        Self { ran, sources }
    }

    fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.ran.iter().flat_map(|file| &file.outcomes)
    }

    /// How many tests passed.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.outcomes().filter(|outcome| outcome.passed()).count()
    }

    /// How many failed.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.outcomes().filter(|outcome| !outcome.passed()).count()
    }

    /// Every test, file by file in order.
    pub fn iter(&self) -> impl Iterator<Item = TestOutcome<'_>> {
        self.outcomes().map(|outcome| TestOutcome {
            name: &outcome.name,
            file: self.sources.name(outcome.span.file),
            line: self.sources.position(outcome.span.file, outcome.span.start).0,
            message: tests::failures(outcome, &self.sources),
        })
    }

    /// All of it for programs, as `rolebook test --format json` prints it.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        tests::value(&self.ran, &self.sources)
    }
}

impl fmt::Display for Tested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(tests::render(&self.ran, &self.sources, TestFormat::Text).trim_end())
    }
}

/// Runs the tests beside a policy whose name contains `filter`; files that cannot be read are left out, with errors.
pub(crate) fn run(policy: &Policy, table: &Table, filter: &str, sources: &mut Sources, found: &mut Found) -> Vec<Ran> {
    let files = policy.tests.iter();
    files
        .filter_map(|&file| run_file(file, table, &policy.folder, filter, sources, found))
        .collect()
}

fn run_file(
    file: FileId,
    table: &Table,
    folder: &Path,
    filter: &str,
    sources: &mut Sources,
    found: &mut Found,
) -> Option<Ran> {
    let mut problems = Found::default();
    let suite = load::yaml(file, sources, &mut problems).map(|yaml| suite::read::read(&yaml, sources, &mut problems));
    let facts = suite
        .as_ref()
        .and_then(|suite| facts(suite, folder, sources, &mut problems));
    let broken = problems.has_errors();
    found.append(problems);
    let suite = suite.filter(|_| !broken)?;
    let findings = |table: &Table, org: &Org<'_>, found: &mut Found| {
        crate::lint::facts(table, org, &org.facts.context, found);
    };
    let bench = Bench {
        table,
        facts: facts.as_ref(),
        findings: &findings,
        sources,
    };
    let outcomes = suite::run(&suite, &bench, filter);
    Some(Ran {
        name: sources.name(file).to_owned(),
        outcomes,
    })
}

/// The facts that a suite names, found beside it.
fn facts(suite: &Suite, folder: &Path, sources: &mut Sources, found: &mut Found) -> Option<Yaml> {
    let (name, span) = suite.facts.as_ref()?;
    let mut problems = Found::default();
    let file = project::read_facts(&folder.join(name), sources, &mut problems);
    if let (None, Some(problem)) = (file, problems.iter().next()) {
        let fault = Diagnostic::error("test/no-facts", format!("the facts `{name}` cannot be read"));
        found.push(fault.at(*span, problem.message.clone()));
        return None;
    }
    found.append(problems);
    load::yaml(file?, sources, found)
}
