//! The answer to `how could …`: each kind of change with who may make it and what else it gives; where there is none, why.

use std::fmt::Write;

use super::Writer;
use crate::model::value::Tri;
use crate::query::how_could::{End, Gain, Group, HowCould};

/// How many kinds of changes are told.
const GROUPS: usize = 12;

/// How many who may make a change are named.
const MAKERS: usize = 3;

/// How many changes that nobody may make are told.
const BARRED: usize = 4;

/// The widest column of changes.
const COLUMN: usize = 56;

impl Writer<'_> {
    pub(super) fn how_could(mut self, answer: &HowCould) -> String {
        let what = self.what(&answer.now);
        let who = &answer.now.who;
        if answer.now.verdict == Tri::True {
            let _ = writeln!(self.out, "already allowed: {who} can {what}");
            let reasons = &answer.now.explanation.reasons;
            reasons
                .iter()
                .take(super::SHOWN)
                .for_each(|reason| self.granted(reason));
            return self.out;
        }
        match (answer.groups.is_empty(), answer.alternatives.end) {
            (false, _) => {
                let asked = answer.supposing.as_ref();
                let asked = asked.map_or_else(String::new, |words| format!(", asked `with {words}`,"));
                let _ = writeln!(self.out, "{who} could {what}{asked} after one of these changes:");
            }
            (true, _) if !answer.otherwise.is_empty() => {
                let _ = writeln!(self.out, "{who} could {what} with other words only:");
            }
            (true, End::Stopped | End::Untried) => {
                let _ = writeln!(self.out, "nothing was found by which {who} could {what}");
            }
            (true, End::Complete) => {
                let _ = writeln!(self.out, "nothing that somebody may change would let {who} {what}");
            }
            (true, End::UpTo(size)) => {
                let _ = writeln!(
                    self.out,
                    "no {size} changes that somebody may make would let {who} {what}"
                );
            }
        }
        self.groups(&answer.groups);
        for words in &answer.otherwise {
            let _ = writeln!(self.out, "  as the facts are, asked `with {words}`");
        }
        if answer.groups.is_empty() && answer.otherwise.is_empty() {
            self.denied(&answer.now);
            self.barred(&answer.barred);
        }
        self.end(answer);
        self.out
    }

    fn groups(&mut self, groups: &[Group]) {
        let shown = &groups[..groups.len().min(GROUPS)];
        let wide = shown.iter().map(|group| group.name.chars().count()).max().unwrap_or(0);
        let width = wide.min(COLUMN);
        for group in shown {
            let _ = writeln!(
                self.out,
                "  {:width$}  {}; {}",
                group.name,
                by(&group.makers),
                gives(group.gain)
            );
        }
        if groups.len() > shown.len() {
            let _ = writeln!(self.out, "  and {} more", groups.len() - shown.len());
        }
    }

    fn barred(&mut self, barred: &[String]) {
        for change in barred.iter().take(BARRED) {
            self.line("would allow it", &format!("{change}; but nobody may"));
        }
        if barred.len() > BARRED {
            self.line("", &format!("and {} more that nobody may", barred.len() - BARRED));
        }
    }

    fn end(&mut self, answer: &HowCould) {
        let tried = answer.alternatives.tried;
        let sets = if tried == 1 { "set" } else { "sets" };
        match answer.alternatives.end {
            End::Stopped => {
                let _ = writeln!(
                    self.out,
                    "the search did not finish: {tried} {sets} of changes tried; there may be more"
                );
            }
            End::Untried => {
                let _ = writeln!(
                    self.out,
                    "with which sets, and for how long, a role is given was not tried in full; there may be more"
                );
            }
            End::UpTo(1) if !answer.groups.is_empty() => {
                let _ = writeln!(self.out, "more than one change at a time was not looked at");
            }
            End::UpTo(size) if !answer.groups.is_empty() => {
                let _ = writeln!(self.out, "more than {size} changes at a time were not looked at");
            }
            _ => {}
        }
    }
}

/// `by ada`, `by ada, eve and 3 more`; of several changes each.
fn by(makers: &[Vec<String>]) -> String {
    let each: Vec<String> = makers.iter().map(|names| format!("by {}", few(names))).collect();
    each.join(", then ")
}

fn few(names: &[String]) -> String {
    let more = names.len().saturating_sub(MAKERS);
    let shown = names[..names.len() - more].join(", ");
    match more {
        0 => shown,
        _ => format!("{shown} and {more} more"),
    }
}

/// `gives nothing else`, `gives 4 to 9 more rights, costs 1`
fn gives((least, most): (Gain, Gain)) -> String {
    let about = if least.about || most.about { "about " } else { "" };
    let more = match (least.more, most.more) {
        (0, 0) => "gives nothing else".to_owned(),
        (1, 1) => "gives 1 more right".to_owned(),
        (0, b) => format!("gives up to {about}{b} more rights"),
        (a, b) if a == b => format!("gives {about}{a} more rights"),
        (a, b) => format!("gives {about}{a} to {b} more rights"),
    };
    match (least.less, most.less) {
        (0, 0) => more,
        (a, b) => format!("{more}, costs {about}{}", a.max(b)),
    }
}
