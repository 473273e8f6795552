//! What somebody can ever come to: the steps, or what stands in the way.

use std::fmt::Write;

use super::{SHOWN, Writer};
use crate::model::value::Tri;
use crate::query::escalation::{Doubt, Stop};
use crate::query::{Barrier, Reached, Told};

/// How many rules that do not give it are told.
const RULES: usize = 8;

impl Writer<'_> {
    pub(super) fn reached(mut self, reached: &Reached) -> String {
        let word = match reached.truth {
            Tri::True => "yes",
            Tri::False => "no",
            Tri::Unknown => "unknown",
        };
        let _ = writeln!(self.out, "{word}: {}", reached.statement);
        match reached.truth {
            Tri::True => self.steps(&reached.steps),
            Tri::False => self.barriers(reached),
            Tri::Unknown => self.doubt(reached.doubt),
        }
        self.out
    }

    fn steps(&mut self, steps: &[Told]) {
        if steps.is_empty() {
            self.out.push_str("  it is so already\n");
        }
        for (number, step) in (1..).zip(steps) {
            let _ = writeln!(self.out, "  {number}. {}", step.text);
            for &rule in step.rules.iter().take(SHOWN) {
                let rule = self.rule(rule);
                let _ = writeln!(self.out, "     by {rule}");
            }
        }
    }

    fn barriers(&mut self, reached: &Reached) {
        for item in &reached.at_most {
            self.line("at most", &format!("{}: {}", item.name, item.note));
        }
        if reached.at_most.is_empty() {
            self.line("at most", "what they have now, as far as it matters");
        }
        for barrier in reached.because.iter().take(RULES) {
            self.barrier(barrier);
        }
        let more = reached.because.len().saturating_sub(RULES);
        if more > 0 {
            self.line("", &format!("and {more} more rules that do not help"));
        }
        match reached.states {
            Some(0 | 1) => self.line("searched", "there is nothing that they may change on the way"),
            Some(states) => self.line("searched", &format!("all {states} states that they can make")),
            None if reached.because.is_empty() => self.line("not granted", "no rule gives it to anybody"),
            None => {}
        }
        if reached.makes_nodes {
            self.line("provided that", "they make no new nodes: these are not looked at");
        }
    }

    fn barrier(&mut self, barrier: &Barrier) {
        let rule = self.rule(barrier.rule);
        let roles = if barrier.roles.is_empty() {
            "everyone".to_owned()
        } else {
            barrier.roles.join(", ")
        };
        let head = match barrier.stop {
            Stop::NotHeld => "never held",
            Stop::OutOfReach => "out of reach",
            Stop::Recipient => "recipient",
            Stop::Condition => "never met",
            Stop::Prohibited => "prohibited",
        };
        self.line(head, &format!("{roles}: {rule}"));
    }

    fn doubt(&mut self, doubt: Option<Doubt>) {
        let why = match doubt {
            Some(Doubt::Values) => "no plan was found, but some attribute has more values than were tried".to_owned(),
            Some(Doubt::States(states)) => format!(
                "no plan was found among the first {states} states that they can make; looking at more is too much work"
            ),
            _ => "no plan was found; already to tell what they can obtain at most is too much work".to_owned(),
        };
        self.line("not settled", &why);
    }
}
