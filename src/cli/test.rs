//! `rolebook test`

use std::path::PathBuf;

use super::Exit;
use super::load::{self, Loaded};
use crate::diagnostic::Found;
use crate::engine::tested;
use crate::project;
use crate::report::tests::{self, TestFormat};
use crate::source::Sources;

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
        ran.extend(tested::run(
            &policy.policy,
            table,
            &args.filter,
            &mut sources,
            &mut found,
        ));
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
