//! Rolebook beside Cedar, Casbin and regorus: `cargo run --release --manifest-path benches/peers/Cargo.toml`.
//!
//! 1. [`apps`] makes three applications at six sizes, with 500 requests each; [`growth`] makes policies of 10 to 10,000
//!    rules.
//! 2. Each engine, behind [`engine::Engine`], must give the right answer to every request, from prepared handles and
//!    from strings, before [`time`] measures it.
//! 3. [`report`] goes through the cases, [`table`] makes one table of them, [`summary`] says in short what it shows.
//!
//! All is measured unless `gdrive`, `github`, `tinytodo` or `rules` on the command line choose some.

mod apps;
mod casbin;
mod cedar;
mod engine;
mod floor;
mod growth;
mod regorus;
mod report;
mod rolebook;
mod summary;
mod table;
mod time;

use apps::APPS;
use report::Report;

/// How many of each kind of entity there are.
const SIZES: [usize; 6] = [5, 10, 20, 50, 500, 5_000];

fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    let is_chosen = |name: &str| chosen.is_empty() || chosen.iter().any(|c| c == name);
    let mut report = Report::default();
    for name in APPS.into_iter().filter(|name| is_chosen(name)) {
        SIZES.iter().for_each(|&size| report.application(name, size));
    }
    if is_chosen("rules") {
        growth::SIZES.iter().for_each(|&rules| report.rules(rules));
    }
    report.print();
}
