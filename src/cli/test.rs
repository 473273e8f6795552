//! `rolebook test`

use std::path::{Path, PathBuf};

use super::Exit;
use super::load::{self, Loaded};
use crate::diagnostic::{Diagnostic, Found};
use crate::project;
use crate::report::tests::{self, Ran, TestFormat};
use crate::source::{FileId, Sources};
use crate::suite::{self, Bench, Suite};
use crate::table::Table;
use crate::yaml::Yaml;

/// Run the tests of policies.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folders of policies, or folders that hold such folders; by default the current one.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Run only tests whose name contains this.
    #[arg(long, value_name = "TEXT", default_value = "")]
    filter: String,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: TestFormat,
}

pub(super) fn run(args: &Args) -> Exit {
    let mut sources = Sources::default();
    let mut found = Found::default();
    let policies = project::find(&args.paths, &mut sources, &mut found);
    let mut loaded: Vec<Loaded> = policies
        .into_iter()
        .map(|policy| load::compile(policy, &sources))
        .collect();
    let mut ran = Vec::new();
    for policy in &mut loaded {
        found.append(std::mem::take(&mut policy.found));
        let Some(table) = &policy.table else { continue };
        for &file in &policy.policy.tests {
            ran.extend(run_file(
                file,
                table,
                &policy.policy.folder,
                &args.filter,
                &mut sources,
                &mut found,
            ));
        }
    }
    if !(ran.is_empty() && found.has_errors()) {
        load::print(&tests::render(&ran, &sources, args.format));
    }
    let failed = ran
        .iter()
        .any(|file| file.outcomes.iter().any(|outcome| !outcome.passed()));
    match (load::print_problems(found, &sources), failed) {
        (Exit::Broken, _) => Exit::Broken,
        (_, true) => Exit::Findings,
        (other, false) => other,
    }
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
    let findings = |table: &Table, org: &crate::eval::org::Org<'_>, found: &mut Found| {
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
