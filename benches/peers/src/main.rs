//! Rolebook beside Cedar, Casbin and regorus: `cargo run --release --manifest-path benches/peers/Cargo.toml`.
//!
//! 1. [`apps`] makes three applications at six sizes, with 500 requests each; [`growth`] makes policies of 10 to 10,000
//!    rules.
//! 2. Each engine, behind [`engine::Engine`], must give the right answer to every request, from prepared handles and
//!    from strings, before [`time`] measures it.
//! 3. [`table`] prints one table, [`summary`] what it says in short.
//!
//! What is not said on the command line is measured; names of applications (`gdrive`, `github`, `tinytodo`, `rules`)
//! choose some.

mod apps;
mod casbin;
mod cedar;
mod engine;
mod floor;
mod growth;
mod regorus;
mod rolebook;
mod summary;
mod table;
mod time;

use std::time::Duration;

use apps::{APPS, App, Ask};
use engine::Engine;
use growth::{Growth, texts};
use regorus::MODES;
use table::Row;
use time::{Agreement, Times};

/// How many of each kind of entity there are.
const SIZES: [usize; 6] = [5, 10, 20, 50, 500, 5_000];

/// How long asking everything once may take.
const LIMIT: Duration = Duration::from_secs(10);

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

/// A set of requests with the right answers.
struct Case {
    application: &'static str,
    size: usize,
    asks: Vec<Ask>,
    right: Vec<bool>,
}

/// All that was found.
#[derive(Default)]
struct Report {
    rows: Vec<Row>,
    mixes: Vec<String>,
}

impl Report {
    fn application(&mut self, name: &'static str, size: usize) {
        let app = App::new(name, size);
        let asks = apps::asks(&app, 1);
        let ways: Vec<u32> = asks.iter().map(|ask| app.ways(&ask.numbers)).collect();
        let right = ways.iter().map(|&ways| ways != 0).collect();
        let case = Case {
            application: name,
            size,
            asks,
            right,
        };
        let by = |bit: usize| ways.iter().filter(|&&ways| ways >> bit & 1 == 1).count();
        let ways: Vec<_> = (0..)
            .zip(app.way_names())
            .map(|(bit, way)| format!("{way} {}", by(bit)))
            .collect();
        self.mix(&case, &ways.join(", "));
        self.engine(&case, "Rolebook", rolebook::new(&app));
        self.engine(&case, "Cedar", cedar::new(&app));
        if let App::Github(github) = &app {
            self.engine(&case, "floor", floor::new(github));
        }
        self.regorus(&case, "regorus", |mode| regorus::new(&app, mode));
        self.engine(&case, "Casbin", casbin::new(&app));
    }

    fn rules(&mut self, rules: usize) {
        let growth = Growth::new(rules);
        let asks = growth.asks();
        let right = asks.iter().map(|ask| growth.allows(&ask.numbers)).collect();
        let case = Case {
            application: "rules",
            size: rules,
            asks,
            right,
        };
        self.mix(&case, "by a role");
        self.engine(
            &case,
            "Rolebook",
            rolebook::load(&texts::roles(&growth), &texts::facts(&growth)),
        );
        let cedar = cedar::load(
            &texts::policies(&growth),
            texts::entities(&growth),
            &texts::kinds(&growth),
        );
        self.engine(&case, "Cedar", cedar);
        let data = texts::data(&growth);
        self.regorus(&case, "regorus, rules as rules", |mode| {
            regorus::load(&texts::rego(&growth), "growth", data.clone(), mode)
        });
        self.regorus(&case, "regorus, rules as data", |mode| {
            regorus::load(include_str!("../policies/growth.rego"), "growth", data.clone(), mode)
        });
        let model = include_str!("../policies/growth.conf");
        self.engine(&case, "Casbin", casbin::load(model, &texts::lines(&growth)));
    }

    fn mix(&mut self, case: &Case, ways: &str) {
        let allowed = case.right.iter().filter(|&&right| right).count();
        let share = 100 * allowed / case.right.len();
        self.mixes
            .push(format!("{} {}: {share} % allowed; {ways}", case.application, case.size));
    }

    fn engine(&mut self, case: &Case, name: &'static str, mut engine: impl Engine) {
        let (times, remark) = match measured(case, &mut engine) {
            Ok(times) => (times.map(Some), String::new()),
            Err(why) => ([None; 2], why),
        };
        self.row(case, name, times, remark);
    }

    fn row(&mut self, case: &Case, engine: &'static str, times: [Option<Times>; 2], remark: String) {
        eprintln!("{} {} {engine}: {times:.1?} {remark}", case.application, case.size);
        let (application, size) = (case.application, case.size);
        self.rows.push(Row {
            application,
            size,
            engine,
            times,
            remark,
        });
    }

    /// The fastest mode that agrees; those that do not are named.
    fn regorus(
        &mut self,
        case: &Case,
        name: &'static str,
        load: impl Fn(regorus::Mode) -> Result<regorus::Regorus, String>,
    ) {
        let mut remarks = Vec::new();
        let mut best: Option<([Times; 2], &str)> = None;
        for (mode, mode_name) in MODES {
            match load(mode).and_then(|mut engine| measured(case, &mut engine)) {
                Ok(times) if best.is_none_or(|(best, _)| times[0].median < best[0].median) => {
                    best = Some((times, mode_name));
                }
                Ok(_) => (),
                Err(why) => remarks.push(format!("{mode_name}: {why}")),
            }
        }
        remarks.extend(best.map(|(_, mode)| format!("{mode} shown")));
        self.row(
            case,
            name,
            best.map_or([None; 2], |(times, _)| times.map(Some)),
            remarks.join("; "),
        );
    }

    #[allow(clippy::print_stdout, reason = "this is what the program is for")]
    fn print(&self) {
        println!("{}. Times in nanoseconds.\n", summary::machine());
        println!("{}", table::markdown(&self.rows));
        for engine in ["Rolebook", "regorus", "Casbin"] {
            summary::lines(&self.rows, engine)
                .iter()
                .for_each(|line| println!("- {line}"));
        }
        println!();
        self.mixes.iter().for_each(|mix| println!("- {mix}"));
    }
}

/// Times of prepared handles and of strings, if all answers are right.
fn measured(case: &Case, engine: &mut impl Engine) -> Result<[Times; 2], String> {
    let handles: Vec<_> = case.asks.iter().map(|ask| engine.prepare(ask)).collect();
    let interned = agreed(time::agreement(&case.right, LIMIT, |ix| engine.interned(&handles[ix])))?;
    let strings = agreed(time::agreement(&case.right, LIMIT, |ix| engine.strings(&case.asks[ix])))?;
    Ok([
        time::measure(handles.len(), interned, |ix| engine.interned(&handles[ix])),
        time::measure(case.asks.len(), strings, |ix| engine.strings(&case.asks[ix])),
    ])
}

fn agreed(agreement: Agreement) -> Result<Duration, String> {
    match agreement {
        Agreement::All(once) => Ok(once),
        Agreement::Wrong(wrong) => Err(format!("{wrong} of {} answers wrong", apps::ASKS)),
        Agreement::TooSlow(about) => Err(format!("over budget: {} requests would take {:.0?}", apps::ASKS, about)),
    }
}
