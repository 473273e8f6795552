//! `rolebook diff`

use std::path::PathBuf;

use super::Exit;
use super::load::{self, Loaded};
use crate::diagnostic::{Diagnostic, Found, Severity};
use crate::diff::people::{self, Person, View};
use crate::diff::{self, Diff, Side};
use crate::eval::org::Org;
use crate::facts::Facts;
use crate::model::value::clock;
use crate::project::{self, Place, Sides};
use crate::report::diff::{DiffFormat, Document, render};
use crate::source::{FileId, Sources};

/// Tell what changed in meaning between two policies: who gains and loses what, and by which edit.
///
/// OLD and NEW are folders, or revisions of a git repository. Examples: "old new", "main..HEAD policies/shop",
/// "main...HEAD policies/shop" (since the branch was made), "v1 v2 policies/shop", "HEAD policies/shop" (against the files
/// as they are now), "main:policies/shop policies/store". What is a path is taken for one.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The old policy: a folder, a revision, or both sides as `OLD..NEW`.
    #[arg(value_name = "OLD")]
    old: String,
    /// The new policy; without it, the files as they are.
    #[arg(value_name = "NEW")]
    new: Option<String>,
    /// The folder of the policy, for two revisions.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Tell also who gains and loses what in this organisation.
    #[arg(short, long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: DiffFormat,
    /// Which changes make the exit code 1.
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    fail_on: FailOn,
}

/// Which changes make the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum FailOn {
    /// Something is allowed that was not, or that cannot be ruled out.
    #[default]
    Wider,
    /// More can be handed out.
    Escalation,
    /// Anything means something else.
    Any,
}

pub(super) fn run(args: &Args) -> Exit {
    let sides = Sides::of(&args.old, args.new.as_deref(), args.path.as_deref());
    let sides = sides.unwrap_or_else(|message| super::wrong_usage(&message));
    let mut sources = Sources::default();
    let mut found = Found::default();
    let old = load(&sides.old, "old", &mut sources, &mut found);
    let new = load(&sides.new, "new", &mut sources, &mut found);
    let facts = args
        .facts
        .as_deref()
        .and_then(|path| project::read_facts(path, &mut sources, &mut found));
    let (Some(old), Some(new), false) = (old, new, found.has_errors()) else {
        return load::print_problems(found, &sources);
    };
    let (Some(old_side), Some(new_side)) = (side(&old, &sources), side(&new, &sources)) else {
        return load::print_problems(found, &sources);
    };
    let diff = diff::compare(&old_side, &new_side);
    let people = facts.map(|file| people(file, [&old_side, &new_side], &sources, &mut found));
    let document = Document {
        old: &old.policy.folder.to_string_lossy(),
        new: &new.policy.folder.to_string_lossy(),
        diff: &diff,
        people: people.as_ref().and_then(Option::as_deref),
        sources: &sources,
    };
    load::print(&render(&document, args.format, &load::style(&std::io::stdout())));
    match load::print_problems(found, &sources) {
        Exit::Broken => Exit::Broken,
        _ if fails(&diff, document.people.unwrap_or_default(), args.fail_on) => Exit::Findings,
        other => other,
    }
}

/// What somebody gains in the given organisation is gained, whatever else was found.
fn fails(diff: &Diff, people: &[Person], on: FailOn) -> bool {
    let gained = || people.iter().flat_map(|person| &person.gains);
    match on {
        FailOn::Wider => diff.is_wider() || gained().next().is_some(),
        FailOn::Escalation => diff.escalates() || gained().any(|deed| diff::hands_out(&deed.permission)),
        FailOn::Any => diff.is_changed() || !people.is_empty(),
    }
}

/// Reads and compiles one side; its errors are kept, with a word on which side it is.
fn load(place: &Place, which: &str, sources: &mut Sources, found: &mut Found) -> Option<Loaded> {
    let policy = place.policy(sources, found)?;
    let mut loaded = load::compile(policy, sources);
    let problems = std::mem::take(&mut loaded.found);
    if loaded.table.is_some() {
        return Some(loaded);
    }
    let count = keep_errors(&problems, found);
    let message = format!("the {which} policy, `{}`, has errors", loaded.policy.folder.display());
    let counted = if count == 1 {
        "it is shown".to_owned()
    } else {
        format!("the {count} are shown")
    };
    found.push(Diagnostic::error("diff/broken-side", message).help(format!("{counted} below; nothing is compared")));
    None
}

/// Keeps the errors, not the findings; how many there are.
fn keep_errors(problems: &Found, found: &mut Found) -> usize {
    let errors = problems.iter().filter(|fault| fault.severity == Severity::Error);
    errors.map(|fault| found.push(fault.clone())).count()
}

fn side<'a>(loaded: &'a Loaded, sources: &'a Sources) -> Option<Side<'a>> {
    Some(Side {
        table: loaded.table.as_ref()?,
        trees: &loaded.trees,
        sources,
    })
}

/// Who gains and loses what; `None`, with errors, if the facts cannot be read under one of the policies.
fn people(file: FileId, sides: [&Side<'_>; 2], sources: &Sources, found: &mut Found) -> Option<Vec<Person>> {
    let [old, new] =
        [("old", sides[0]), ("new", sides[1])].map(|(which, side)| facts(file, which, side, sources, found));
    let (old, new) = (old?, new?);
    let orgs = [Org::new(sides[0].table, &old), Org::new(sides[1].table, &new)];
    let view = |ix: usize| View {
        table: sides[ix].table,
        org: &orgs[ix],
    };
    Some(people::compare(view(0), view(1), clock()))
}

fn facts(file: FileId, which: &str, side: &Side<'_>, sources: &Sources, found: &mut Found) -> Option<Facts> {
    let mut problems = Found::default();
    let facts = load::facts(file, side.table.model(), sources, &mut problems);
    if !problems.has_errors() {
        return facts;
    }
    keep_errors(&problems, found);
    let message = format!("the facts `{}` do not fit the {which} policy", sources.name(file));
    found.push(Diagnostic::error("diff/facts", message).help("who gains and loses what cannot be told"));
    None
}
