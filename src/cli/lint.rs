//! `rolebook lint`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::Exit;
use super::load;
use crate::diagnostic::{Diagnostic, Found, Severity};
use crate::engine::lint::examine;
use crate::lint::baseline::{self, Baseline, Linted};
use crate::project::{self, Config, Configs, Policy};
use crate::report::{self, Format};
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
    /// Hide the findings that this file knows; `baseline` in rolebook.toml says the same.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write every present finding to a file, and let only new ones count from now on.
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    write_baseline: Option<PathBuf>,
}

/// Everything that was linted, by the baseline that knows of it.
type Groups = BTreeMap<Option<PathBuf>, Vec<Linted>>;

pub(super) fn run(args: &Args) -> Exit {
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let mut groups = lint_all(args, &mut sources, &mut found);
    let mut written = None;
    match &args.write_baseline {
        Some(path) => written = write_baseline(path, &mut groups, &sources, &mut found),
        None => hide_known(&mut groups, &mut sources, &mut found),
    }
    groups
        .into_values()
        .flatten()
        .for_each(|policy| found.append(policy.found));
    let list = found.sorted();
    print(&list, &sources, args.format, written.as_deref());
    exit(&list)
}

/// Reads all policies, then lints them side by side.
fn lint_all(args: &Args, sources: &mut Sources, found: &mut Found) -> Groups {
    let mut configs = Configs::default();
    let mut policies = Vec::new();
    for policy in project::find(&args.paths, sources, found) {
        let config = configs.of(&policy.folder, sources, found);
        policies.push((policy, config));
    }
    let lint = |(policy, config): (Policy, Config)| {
        let loaded = load::compile(policy, sources);
        let linted = Linted {
            name: baseline::name(&loaded.model),
            found: examine(&loaded, loaded.table.as_ref(), &config.levels, sources),
        };
        (args.baseline.clone().or(config.baseline), linted)
    };
    let linted: Vec<(Option<PathBuf>, Linted)> = policies.into_par_iter().map(lint).collect();
    let mut groups = Groups::new();
    for (baseline, policy) in linted {
        groups.entry(baseline).or_default().push(policy);
    }
    groups
}

fn hide_known(groups: &mut Groups, sources: &mut Sources, found: &mut Found) {
    for (path, policies) in groups {
        let Some(path) = path else { continue };
        let baseline =
            project::read_baseline(path, sources, found).and_then(|file| Baseline::read(file, sources, found));
        if let Some(baseline) = baseline {
            found.append(baseline.hide(policies, sources));
        }
    }
}

/// Says what was written; `None` if nothing was, because of errors.
fn write_baseline(path: &Path, groups: &mut Groups, sources: &Sources, found: &mut Found) -> Option<String> {
    let mut policies: Vec<&mut Linted> = groups.values_mut().flatten().collect();
    if found.has_errors() || policies.iter().any(|policy| policy.found.has_errors()) {
        return None;
    }
    let (text, count) = baseline::write(&mut policies, sources);
    project::write(path, &text, found);
    let plural = if count == 1 { "" } else { "s" };
    (!found.has_errors()).then(|| format!("{count} finding{plural} written to `{}`\n", path.display()))
}

fn print(list: &[Diagnostic], sources: &Sources, format: Format, written: Option<&str>) {
    let text = load::render(list, sources, format);
    let nothing = if text.is_empty() { "no findings\n" } else { "" };
    match (written, format) {
        (Some(written), Format::Text) => load::print(&format!("{text}{written}")),
        _ => load::print(&format!("{text}{nothing}")),
    }
    if format == Format::Github {
        summarize(list, sources);
    }
}

/// The whole table for the page of the run, where GitHub asks for one.
fn summarize(list: &[Diagnostic], sources: &Sources) {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return;
    };
    let mut found = Found::default();
    project::append(Path::new(&path), &report::markdown(list, sources), &mut found);
    // Findings were printed; a page that cannot be written must not change how the run ends.
    load::print_problems(found, sources);
}

fn exit(list: &[Diagnostic]) -> Exit {
    match list.iter().map(|diagnostic| diagnostic.severity).max() {
        Some(Severity::Error) => Exit::Broken,
        Some(Severity::Warning | Severity::Raised) => Exit::Findings,
        Some(Severity::Note) | None => Exit::Fine,
    }
}
