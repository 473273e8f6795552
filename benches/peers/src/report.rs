//! The cases in turn, and what is printed of them.

use crate::apps::{App, Ask};
use crate::engine::Engine;
use crate::growth::{Growth, texts};
use crate::regorus::{self, MODES, Mode, Regorus};
use crate::table::{self, Row};
use crate::time::{ROUNDS, Running, Timed, Times};
use crate::{apps, casbin, cedar, floor, rolebook, summary};

/// All that was found.
#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
    mixes: Vec<String>,
}

/// Requests with the right answers.
struct Case {
    application: &'static str,
    size: usize,
    asks: Vec<Ask>,
    right: Vec<bool>,
}

/// The engines of one case.
struct Contest<'c> {
    case: &'c Case,
    entrants: Vec<Entrant<'c>>,
}

/// An engine, in one of its modes.
struct Entrant<'c> {
    engine: &'static str,
    mode: &'static str,
    /// What is timed, or why nothing is.
    timed: Result<Box<dyn Timed + 'c>, String>,
}

impl Report {
    /// An application with `size` of each kind of entity.
    pub fn application(&mut self, name: &'static str, size: usize) {
        let (app, asks) = apps::case(name, size);
        let ways: Vec<u32> = asks.iter().map(|ask| app.ways(&ask.numbers)).collect();
        let right = ways.iter().map(|&ways| ways != 0).collect();
        let by = |bit: usize| ways.iter().filter(|&&ways| ways >> bit & 1 == 1).count();
        let names = (0..).zip(app.way_names());
        let named: Vec<_> = names.map(|(bit, way)| format!("{way} {}", by(bit))).collect();
        let case = Case::new(name, size, asks, right);
        self.mixes.push(case.mix(&named.join(", ")));

        let mut contest = Contest::new(&case);
        contest.enter("Rolebook", rolebook::new(&app));
        contest.enter("Cedar", cedar::new(&app));
        contest.enter_modes("regorus", |mode| regorus::new(&app, mode));
        contest.enter("Casbin", casbin::new(&app));
        if let App::Github(github) = &app {
            contest.enter("floor", floor::new(github));
        }
        self.rows.extend(contest.run());
    }

    /// A policy of so many rules.
    pub fn rules(&mut self, rules: usize) {
        let growth = Growth::new(rules);
        let asks = growth.asks();
        let right = asks.iter().map(|ask| growth.allows(&ask.numbers)).collect();
        let case = Case::new("rules", rules, asks, right);
        self.mixes.push(case.mix("by a role"));

        let mut contest = Contest::new(&case);
        contest.enter(
            "Rolebook",
            rolebook::load(&texts::roles(&growth), &texts::facts(&growth)),
        );
        let cedar = cedar::load(
            &texts::policies(&growth),
            texts::entities(&growth),
            &texts::kinds(&growth),
        );
        contest.enter("Cedar", cedar);
        let data = texts::data(&growth);
        let load = |policy: &str, mode| regorus::load(policy, "growth", data.clone(), mode);
        contest.enter_modes("regorus, rules as rules", |mode| load(&texts::rego(&growth), mode));
        let general = include_str!("../policies/growth.rego");
        contest.enter_modes("regorus, rules as data", |mode| load(general, mode));
        let model = include_str!("../policies/growth.conf");
        contest.enter("Casbin", casbin::load(model, &texts::lines(&growth)));
        self.rows.extend(contest.run());
    }

    #[allow(clippy::print_stdout, reason = "this is what the program is for")]
    pub fn print(&self) {
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

impl Case {
    fn new(application: &'static str, size: usize, asks: Vec<Ask>, right: Vec<bool>) -> Self {
        Self {
            application,
            size,
            asks,
            right,
        }
    }

    /// How many requests are allowed, and by which ways.
    fn mix(&self, ways: &str) -> String {
        let allowed = self.right.iter().filter(|&&right| right).count();
        let share = 100 * allowed / self.right.len();
        format!("{} {}: {share} % allowed; {ways}", self.application, self.size)
    }
}

impl<'c> Contest<'c> {
    fn new(case: &'c Case) -> Self {
        Self {
            case,
            entrants: Vec::new(),
        }
    }

    fn enter<E: Engine + 'c>(&mut self, name: &'static str, engine: E) {
        self.enter_mode(name, "", Ok(engine));
    }

    fn enter_modes(&mut self, name: &'static str, load: impl Fn(Mode) -> Result<Regorus, String>) {
        for (mode, mode_name) in MODES {
            self.enter_mode(name, mode_name, load(mode));
        }
    }

    fn enter_mode<E: Engine + 'c>(&mut self, engine: &'static str, mode: &'static str, loaded: Result<E, String>) {
        let timed = loaded.and_then(|loaded| {
            let mut timed = Running::new(loaded, &self.case.asks);
            timed.check(&self.case.right)?;
            Ok(Box::new(timed) as Box<dyn Timed>)
        });
        self.entrants.push(Entrant { engine, mode, timed });
    }

    fn run(mut self) -> Vec<Row> {
        for _ in 0..ROUNDS {
            self.entrants
                .iter_mut()
                .flat_map(|entrant| &mut entrant.timed)
                .for_each(|timed| timed.round());
        }
        let mut engines: Vec<_> = self.entrants.iter().map(|entrant| entrant.engine).collect();
        engines.dedup();
        engines.into_iter().map(|engine| self.row(engine)).collect()
    }

    /// The fastest mode of an engine, and what is to be said of the others.
    fn row(&self, engine: &'static str) -> Row {
        let mut remarks = Vec::new();
        let mut best: Option<([Times; 2], &str)> = None;
        for entrant in self.entrants.iter().filter(|entrant| entrant.engine == engine) {
            match entrant.timed.as_ref().map(|timed| timed.times()) {
                Ok(times) if best.is_none_or(|(best, _)| times[0].median < best[0].median) => {
                    best = Some((times, entrant.mode));
                }
                Ok(_) => (),
                Err(why) => remarks.push(format!("{} {why}", entrant.mode)),
            }
        }
        remarks.extend(best.map(|(_, mode)| mode.to_owned()));
        let (application, size) = (self.case.application, self.case.size);
        let row = Row {
            application,
            size,
            engine,
            times: best.map_or([None; 2], |(times, _)| times.map(Some)),
            remark: remarks.join("; ").trim().to_owned(),
        };
        eprintln!("{application} {size} {engine}: {:.1?} {}", row.times, row.remark);
        row
    }
}
