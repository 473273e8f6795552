//! `rolebook audit`

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;

use super::load::{self, Moment};
use super::{Exit, progress, wrong_usage};
use crate::audit::file::{self, Output, Refused, Stamp, beside};
use crate::audit::{Audit, Format, Rows};
use crate::diagnostic::{Diagnostic, Found};
use crate::eval::{self, org::Org};
use crate::model::value::{NodeId, Value, clock};
use crate::project;
use crate::report;
use crate::source::{Sources, nfc};

/// Write the access review: who has which permission where, and by what.
///
/// A row for each permission that a holding gives: `allow` if everything that it reaches is allowed, `depends` if a
/// condition or a relation decides case by case. What is denied all over is no row. Accounts stand in the order of the
/// facts; what is for everybody, anywhere, stands first.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The policy: a folder of `.roles` files, or a snapshot.
    #[arg(value_name = "FOLDER")]
    policy: Option<PathBuf>,
    /// The organisation, a file or a folder of tables; by default the facts beside the policy.
    #[arg(short, long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// Only this account; may be given several times.
    #[arg(long = "account", value_name = "ID")]
    accounts: Vec<String>,
    /// How to write; by default as FILE ends (`.csv`, `.jsonl`, `.parquet`), else CSV. With --summary `jsonl` is one JSON
    /// object, and without it the summary is text.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write to this file: to FILE.partial (Parquet: FILE.parts) first, so that FILE is there only when it is whole.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Go on with an audit that was broken off: accounts that stand complete are kept.
    #[arg(long, requires = "output")]
    resume: bool,
    /// In place of rows, print who holds what and how far it reaches, who has something in more than one way, which
    /// holdings give nothing, and what is denied.
    #[arg(long, conflicts_with_all = ["output", "resume"])]
    summary: bool,
    /// The moment of the audit (`2026-12-31T08:00Z`), in place of the clock.
    #[arg(long, value_name = "DATETIME", value_parser = load::moment)]
    now: Option<Moment>,
}

pub(super) fn run(args: &Args) -> Exit {
    if args.summary && !matches!(args.format, None | Some(Format::Jsonl)) {
        wrong_usage("--summary is text, or JSON with `--format jsonl`");
    }
    let format = format(args);
    if !args.summary && args.output.is_none() && format == Format::Parquet && io::stdout().is_terminal() {
        wrong_usage("Parquet is nothing to look at: write it to a file with `--output`, or to a pipe");
    }
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let Some(mut loaded) = load::one(args.policy.as_deref(), &mut sources, &mut found) else {
        return load::print_problems(found, &sources);
    };
    found.append(std::mem::take(&mut loaded.found));
    let Some(table) = loaded.table.take() else {
        return load::print_problems(found, &sources);
    };
    let mut facts = load::organisation(args.facts.as_deref(), &mut loaded, &mut sources, &mut found);
    let said = said(args);
    let pinned = facts.as_mut().and_then(|facts| load::pin(facts, said));
    if facts.is_none() && !found.has_errors() {
        let fault = Diagnostic::error("audit/no-facts", "an audit is about an organisation, and there is none");
        found.push(fault.help("give its facts with `-f FILE`, or put `facts.yaml` beside the policy"));
    }
    let (Some(facts), false) = (facts, found.has_errors()) else {
        return load::print_problems(found, &sources);
    };
    let org = load::ready(&table, &facts, loaded.index.take());
    let now = match eval::org::now(&facts.context) {
        Value::Missing => clock(),
        pinned => pinned,
    };
    if let Some(pinned) = pinned {
        found.push(Diagnostic::note("audit/moment", pinned));
    }
    let audit = Audit::new(&table, &org, now, format);
    let job = Job {
        audit: &audit,
        accounts: accounts(args, &audit, &org, &mut found),
        org: &org,
        now,
        format,
    };
    if !found.has_errors() {
        job.run(args, &sources, &mut found);
    }
    load::print_problems(found, &sources)
}

/// The format that was said, else that of the file's name.
fn format(args: &Args) -> Format {
    let named = || args.output.as_deref().and_then(Format::of_name);
    args.format.or_else(named).unwrap_or_default()
}

/// The moment that was said, else that of the work that goes on.
fn said(args: &Args) -> Option<Moment> {
    let before = args.output.as_deref().filter(|_| args.resume).and_then(file::moment);
    args.now.or(before.map(|second| Moment(Value::Time(second))))
}

/// The accounts that were named, in the order of the facts; without names all.
fn accounts(args: &Args, audit: &Audit<'_>, org: &Org<'_>, found: &mut Found) -> Vec<NodeId> {
    let id = |account: NodeId| org.facts.node(account).id.as_str();
    let all = audit.accounts().iter().copied();
    let named: Vec<_> = args.accounts.iter().map(|id| nfc(id)).collect();
    for wanted in &named {
        if !all.clone().any(|account| id(account) == wanted) {
            let fault = Diagnostic::error("name/unknown-node", format!("there is no account `{wanted}`"));
            found.push(fault.did_you_mean(wanted, all.clone().map(id)));
        }
    }
    let chosen = |account: &NodeId| named.is_empty() || named.iter().any(|wanted| wanted == id(*account));
    all.filter(chosen).collect()
}

/// What is to be written.
struct Job<'j, 'a> {
    audit: &'j Audit<'a>,
    org: &'j Org<'a>,
    accounts: Vec<NodeId>,
    now: Value,
    format: Format,
}

impl Job<'_, '_> {
    fn run(&self, args: &Args, sources: &Sources, found: &mut Found) {
        match &args.output {
            _ if args.summary => self.summary(args),
            Some(path) => self.to_file(path, args, sources, found),
            None => self.to_stdout(found),
        }
    }

    fn summary(&self, args: &Args) {
        let bar = self.bar(&self.accounts);
        let summary = self.audit.summary(&self.accounts, &mut |users| bar.inc(users as u64));
        bar.finish_and_clear();
        load::print(&match args.format {
            Some(Format::Jsonl) => report::audit::json(&summary),
            _ => report::audit::text(&summary),
        });
    }

    fn to_stdout(&self, found: &mut Found) {
        let bar = self.bar(&self.accounts);
        let written = self.write_all(&bar);
        bar.finish_and_clear();
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                found.push(project::unwritable(Path::new("standard output"), &error));
            }
            _ => {}
        }
    }

    fn write_all(&self, bar: &ProgressBar) -> io::Result<()> {
        let mut rows = Rows::new(self.format, io::stdout())?;
        self.audit.opening(&mut rows)?;
        for &account in &self.accounts {
            self.audit
                .account(account, &mut rows, &mut |users| bar.inc(users as u64))?;
        }
        rows.finish()
    }

    fn to_file(&self, path: &Path, args: &Args, sources: &Sources, found: &mut Found) {
        let mut output = match Output::open(path, self.format, self.stamp(args, sources), args.resume) {
            Ok(output) => output,
            Err(refused) => return found.push(refusal(path, &refused)),
        };
        let written = self.write_rest(&mut output);
        let kept = output.kept();
        let Err(error) = written.and_then(|()| output.finish()) else {
            return;
        };
        let fault = project::unwritable(path, &error);
        found.push(match kept {
            Some(kept) => fault.help(format!(
                "what is complete stands in `{}`; `--resume` goes on from there",
                kept.display()
            )),
            None => fault,
        });
    }

    /// Writes what does not stand complete already.
    fn write_rest(&self, output: &mut Output) -> io::Result<()> {
        let done = output.done().len();
        if done == 0 {
            self.audit.opening(output.rows())?;
            output.complete("")?;
        }
        let rest = &self.accounts[done.saturating_sub(1).min(self.accounts.len())..];
        let bar = self.bar(rest);
        for &account in rest {
            self.audit
                .account(account, output.rows(), &mut |users| bar.inc(users as u64))?;
            output.complete(&self.org.facts.node(account).id)?;
        }
        bar.finish_and_clear();
        Ok(())
    }

    fn stamp(&self, args: &Args, sources: &Sources) -> Stamp {
        let facts = &self.org.facts;
        let tables = args.facts.as_deref().filter(|path| path.is_dir());
        let snapshot = args.policy.as_deref().filter(|path| path.is_file());
        let ages: Vec<String> = tables.into_iter().chain(snapshot).flat_map(project::ages).collect();
        let texts = sources.files().map(|file| sources.text(file));
        let nodes = facts.nodes.iter().map(|node| node.id.as_str());
        let users = facts.users.iter().map(|user| user.id.as_str());
        let accounts = self.accounts.iter().map(|&account| facts.node(account).id.as_str());
        let inputs = texts.chain(ages.iter().map(String::as_str)).chain(nodes).chain(users);
        Stamp {
            inputs: file::fingerprint(
                inputs
                    .chain([self.format.name(), env!("CARGO_PKG_VERSION")])
                    .chain(accounts),
            ),
            now: match self.now {
                Value::Time(second) => second,
                _ => 0,
            },
        }
    }

    fn bar(&self, accounts: &[NodeId]) -> ProgressBar {
        progress::of_users(accounts.iter().map(|&account| self.audit.size(account)).sum())
    }
}

fn refusal(path: &Path, refused: &Refused) -> Diagnostic {
    let journal = beside(path, ".journal");
    match refused {
        Refused::Io(error) => project::unwritable(path, error),
        Refused::Foreign => {
            let message = format!(
                "`{}` is of another audit: other policy, facts, choices or moment",
                journal.display()
            );
            Diagnostic::error("audit/foreign-journal", message).help("without `--resume` the audit starts anew")
        }
        Refused::Special => {
            let message = format!(
                "`{}` is no ordinary file, so there is nothing to go on from",
                path.display()
            );
            Diagnostic::error("audit/foreign-journal", message)
        }
    }
}
