//! `rolebook lint`

use std::path::PathBuf;

use super::Exit;
use super::load::{self, Loaded};
use crate::diagnostic::{Found, Severity};
use crate::eval::org::Org;
use crate::lint;
use crate::project;
use crate::report::Format;
use crate::source::Sources;

/// Find errors, conflicts and broken constraints: the step for CI.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folders of policies, or folders that hold such folders; by default the current one.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &Args) -> Exit {
    let mut sources = Sources::default();
    let mut found = Found::default();
    let policies = project::find(&args.paths, &mut sources, &mut found);
    for policy in policies {
        let loaded = load::compile(policy, &sources);
        examine(loaded, &mut sources, &mut found);
    }
    let list = found.sorted();
    let worst = list.iter().map(|d| d.severity).max();
    let text = load::render(&list, &sources, args.format);
    load::print(if text.is_empty() { "no findings\n" } else { &text });
    match worst {
        Some(Severity::Error) => Exit::Broken,
        Some(Severity::Warning) => Exit::Findings,
        _ => Exit::Fine,
    }
}

/// Lints a policy and the facts beside it; tests are `rolebook test`'s matter.
fn examine(loaded: Loaded, sources: &mut Sources, found: &mut Found) {
    found.append(loaded.found);
    lint::policy(&loaded.model, loaded.table.as_ref(), &loaded.trees, sources, found);
    let Some(table) = &loaded.table else { return };
    for &file in &loaded.policy.facts {
        let mut problems = Found::default();
        let facts = load::facts(file, table.model(), sources, &mut problems);
        if let (Some(facts), false) = (facts, problems.has_errors()) {
            let org = Org::new(table, &facts);
            lint::facts(table, &org, &facts.context, &mut problems);
        }
        found.append(problems);
    }
}
