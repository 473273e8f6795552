//! `rolebook snapshot`

use std::fs::File;
use std::path::PathBuf;

use super::{Exit, load};
use crate::diagnostic::{Diagnostic, Found};
use crate::project;
use crate::snapshot;
use crate::source::Sources;

/// Save a policy and its organisation to one file, which opens far faster than tables are read.
///
/// `ask`, `audit` and `table` take the file in place of the policy's folder: `rolebook ask -p acme.snapshot "can oz view d1"`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The policy: a folder of `.roles` files.
    #[arg(short, long, value_name = "FOLDER")]
    policy: Option<PathBuf>,
    /// The organisation, a file or a folder of tables; by default the facts beside the policy.
    #[arg(short, long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// Where to write: to OUTPUT.partial first, which is renamed when it is whole.
    output: PathBuf,
}

pub(super) fn run(args: &Args) -> Exit {
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let Some(mut loaded) = load::one(args.policy.as_deref(), &mut sources, &mut found) else {
        return load::print_problems(found, &sources);
    };
    found.append(std::mem::take(&mut loaded.found));
    let facts = load::organisation(args.facts.as_deref(), &mut loaded, &mut sources, &mut found);
    if facts.is_none() && !found.has_errors() {
        let fault = Diagnostic::error(
            "snapshot/no-facts",
            "a snapshot holds an organisation, and there is none",
        );
        found.push(fault.help("give its facts with `-f FILE`, or put `facts.yaml` beside the policy"));
    }
    if let (Some(facts), Some(table), false) = (facts, &loaded.table, found.has_errors()) {
        let org = load::ready(table, &facts, loaded.index.take());
        let save = |to: &mut File| snapshot::save(&loaded.policy.roles, &sources, &loaded.model, &org, to);
        project::write_whole(&args.output, save, &mut found);
    }
    load::print_problems(found, &sources)
}
