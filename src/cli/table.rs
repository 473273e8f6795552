//! `rolebook table`

use std::path::PathBuf;

use super::{Exit, load};
use crate::diagnostic::Found;
use crate::report::grid::{self, TableFormat};
use crate::source::Sources;
use crate::table::grid::Grid;

/// Print the decision table: who has which permission, where and on what condition.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The policy: a folder of `.roles` files, or a snapshot.
    #[arg(value_name = "FOLDER")]
    policy: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

pub(super) fn run(args: &Args) -> Exit {
    let mut sources = Sources::default();
    let mut found = Found::default();
    let Some(loaded) = load::one(args.policy.as_deref(), &mut sources, &mut found) else {
        return load::print_problems(found, &sources);
    };
    found.append(loaded.found);
    if let Some(table) = &loaded.table {
        let grid = Grid::new(table);
        load::print(&grid::render(
            &grid,
            &sources,
            args.format,
            &load::style(&std::io::stdout()),
        ));
    }
    load::print_problems(found, &sources)
}
