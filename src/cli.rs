//! The command line: one file per command, each with its arguments and a `run`; no logic of its own.

mod ask;
mod audit;
mod diff;
mod exit;
mod explain;
mod lint;
mod load;
mod progress;
mod prompt;
mod snapshot;
mod table;
mod test;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

pub use exit::Exit;

/// Policies for B2B portals: who may do what, where, and who may hand it out.
#[derive(Debug, Parser)]
#[command(name = "rolebook", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Lint(lint::Args),
    Ask(ask::Args),
    Test(test::Args),
    Diff(diff::Args),
    Table(table::Args),
    Audit(audit::Args),
    Snapshot(snapshot::Args),
    Explain(explain::Args),
}

/// Runs the command that the process was called with.
#[must_use]
pub fn main() -> Exit {
    match Cli::parse().command {
        Command::Lint(args) => lint::run(&args),
        Command::Ask(args) => ask::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Table(args) => table::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Snapshot(args) => snapshot::run(&args),
        Command::Explain(args) => explain::run(&args),
    }
}

/// Ends with the message and exit code of wrong usage.
fn wrong_usage(message: &str) -> ! {
    Cli::command().error(ErrorKind::ValueValidation, message).exit()
}
