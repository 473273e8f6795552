//! Suppressions: the comment `# allow: NAME, reason`, in a policy and in the facts beside it.
//!
//! A suppression hides the findings of one code whose main place lies where it reaches:
//!
//! - before the first item of a file: in the whole file;
//! - at a line's end, or on lines of its own right above a line: on that line, and in everything that begins there (an
//!   item, a member, a rule, an entry of the facts); where nothing begins, in the innermost that the line is part of.
//!
//! 1. [`Suppressions::add_policy`] and [`Suppressions::add_facts`] gather the comments; `reach` finds where each reaches.
//! 2. [`Suppressions::cover`] is asked for every finding, and marks the narrowest that hides it.
//! 3. [`Suppressions::finish`] tells what is wrong with the comments themselves: a name that is unknown, a reason that is
//!    missing, a suppression that hid nothing.

mod reach;

use std::collections::HashMap;
use std::ops::Range;

use super::codes::{self, Kind};
use super::{Category, Level, Levels};
use crate::diagnostic::{Diagnostic, Found, nearest};
use crate::source::{FileId, Sources, Span};
use crate::syntax::ast;
use crate::yaml::Yaml;
use reach::Things;

/// All suppressions of a policy and its facts.
#[derive(Debug, Default)]
pub struct Suppressions {
    list: Vec<Suppression>,
    places: HashMap<(FileId, &'static str), Vec<usize>>,
    unknown: Found,
}

/// One comment.
#[derive(Debug)]
struct Suppression {
    comment: Span,
    kind: Kind,
    reasoned: bool,
    reach: Range<usize>,
    used: bool,
}

impl Suppressions {
    /// Gathers those of a policy file.
    pub fn add_policy(&mut self, file: &ast::File, sources: &Sources) {
        let mut things = None;
        for comment in &file.comments {
            let span = comment.span.0;
            if !comment.doc && comment.text.starts_with("allow:") {
                let things = things.get_or_insert_with(|| Things::of_policy(file));
                self.add(span, sources, things);
            }
        }
    }

    /// Gathers those of a facts file.
    pub fn add_facts(&mut self, file: FileId, tree: &Yaml, sources: &Sources) {
        let text = sources.text(file);
        if !text.contains("allow:") {
            return;
        }
        let (things, scalars) = Things::of_facts(tree);
        for comment in reach::comments(text, &scalars) {
            if text[comment.start + 1..comment.end].trim_start().starts_with("allow:") {
                self.add(Span::new(file, comment.start, comment.end), sources, &things);
            }
        }
    }

    fn add(&mut self, comment: Span, sources: &Sources, things: &Things) {
        let written = sources.snippet(comment);
        let Some((_, rest)) = written.split_once("allow:") else {
            return;
        };
        let (name, reason) = rest.split_once(',').unwrap_or((rest, ""));
        let start = comment.range().end - rest.len() + (name.len() - name.trim_start().len());
        let name = name.trim();
        match codes::kind(name).filter(|kind| !kind.code.starts_with("suppression/")) {
            Some(kind) => {
                let place = self.places.entry((comment.file, kind.code)).or_default();
                place.push(self.list.len());
                self.list.push(Suppression {
                    comment,
                    kind,
                    reasoned: !reason.trim().is_empty(),
                    reach: things.reach(sources.text(comment.file), &comment.range()),
                    used: false,
                });
            }
            None => self
                .unknown
                .push(unknown(name, Span::new(comment.file, start, start + name.len()))),
        }
    }

    /// Whether a suppression hides a finding; the narrowest that does is marked as used.
    pub(super) fn cover(&mut self, diagnostic: &Diagnostic) -> bool {
        let Some(main) = diagnostic.labels.first() else {
            return false;
        };
        let Some(places) = self.places.get(&(main.span.file, diagnostic.code)) else {
            return false;
        };
        let at = main.span.range().start;
        let reaching = places.iter().filter(|&&ix| self.list[ix].reach.contains(&at));
        let narrowest = reaching.min_by_key(|&&ix| self.list[ix].reach.len());
        if let Some(&ix) = narrowest {
            self.list[ix].used = true;
        }
        narrowest.is_some()
    }

    /// What is wrong with the suppressions themselves; that one hid nothing can be told after a `complete` run only.
    pub(super) fn finish(self, levels: &Levels, complete: bool) -> Found {
        let mut found = self.unknown;
        for it in self.list {
            let off = levels.changed(it.kind.code).unwrap_or(it.kind.level) == Level::Off;
            if complete && !it.used && !off {
                found.push(unused(&it));
            } else if it.kind.category == Category::Security && !it.reasoned {
                found.push(no_reason(&it));
            }
        }
        found
    }
}

fn unknown(name: &str, span: Span) -> Diagnostic {
    if codes::page(name).is_some() {
        return Diagnostic::warning("suppression/unknown", format!("`{name}` cannot be suppressed"))
            .at(span, "")
            .help("errors, broken promises and faults of suppressions are mended, not allowed");
    }
    if name.is_empty() {
        return Diagnostic::warning("suppression/unknown", "this suppression names no finding")
            .at(span, "")
            .help("write `# allow: NAME, reason`");
    }
    let names: Vec<&str> = codes::kinds().map(|kind| kind.code).collect();
    let near = nearest(name, names.iter().copied());
    let fault = Diagnostic::warning("suppression/unknown", format!("there is no finding `{name}`"))
        .at(span, "")
        .help("write `# allow: NAME, reason`; `rolebook explain` lists the names")
        .did_you_mean(name, near);
    match near {
        Some(near) => fault.fix(span, near, format!("write `{near}`")),
        None => fault,
    }
}

fn unused(it: &Suppression) -> Diagnostic {
    let message = format!("nothing is suppressed here: `{}` finds nothing", it.kind.code);
    Diagnostic::warning("suppression/unused", message)
        .at(it.comment, "")
        .help("take it out")
        .fix(it.comment, "", "take the comment out")
}

fn no_reason(it: &Suppression) -> Diagnostic {
    let code = it.kind.code;
    Diagnostic::warning(
        "suppression/no-reason",
        format!("`{code}` is suppressed without a reason"),
    )
    .at(it.comment, "")
    .help(format!("say why: `# allow: {code}, reason`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of a suppression at the end.
    fn told(category: Category, level: Level, [reasoned, used, complete]: [bool; 3]) -> Vec<&'static str> {
        let mut sources = Sources::default();
        let file = sources.add("p.roles", "# allow: public-access");
        let suppression = Suppression {
            comment: sources.whole(file),
            kind: Kind {
                code: "public-access",
                category,
                level,
            },
            reasoned,
            reach: 0..1,
            used,
        };
        let all = Suppressions {
            list: vec![suppression],
            ..Suppressions::default()
        };
        let found = all.finish(&Levels::default(), complete).into_iter();
        found.map(|diagnostic| diagnostic.code).collect()
    }

    #[test]
    fn a_finding_on_security_is_suppressed_with_a_reason() {
        let security = |state| told(Category::Security, Level::Warning, state);
        assert_eq!(security([false, true, true]), ["suppression/no-reason"]);
        assert_eq!(security([false, false, false]), ["suppression/no-reason"]);
        assert_eq!(security([false, false, true]), ["suppression/unused"]);
        assert!(security([true, true, true]).is_empty());
        assert!(told(Category::Hygiene, Level::Warning, [false, true, true]).is_empty());
    }

    #[test]
    fn only_a_rule_that_ran_leaves_a_suppression_unused() {
        assert!(told(Category::Security, Level::Off, [true, false, true]).is_empty());
        assert!(told(Category::Security, Level::Note, [true, false, false]).is_empty());
        assert_eq!(
            told(Category::Security, Level::Note, [true, false, true]),
            ["suppression/unused"]
        );
    }
}
