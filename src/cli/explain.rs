//! `rolebook explain`

use super::{Exit, load};
use crate::diagnostic::nearest;
use crate::lint;

/// Tell what a finding means and what to do about it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The code of an error or finding, such as `name/unknown-role`; without one all are listed.
    code: Option<String>,
}

#[expect(clippy::print_stderr, reason = "the command line prints")]
pub(super) fn run(args: &Args) -> Exit {
    let Some(code) = &args.code else {
        load::print(&lint::codes().map(|code| format!("{code}\n")).collect::<String>());
        return Exit::Fine;
    };
    if let Some(page) = lint::page(code) {
        load::print(page);
        return Exit::Fine;
    }
    let near = nearest(code, lint::codes()).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    eprintln!("there is no finding `{code}`{near}");
    Exit::Broken
}
