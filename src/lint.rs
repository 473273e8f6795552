//! Findings: what a policy or an organisation says that is allowed, and should be looked at.
//!
//! 1. [`policy`] runs every rule of the list in `rules` on a resolved policy, whole or with errors.
//! 2. [`facts()`] holds an organisation against the constraints of its policy, and looks for what is stated to no effect.
//! 3. [`settle`] sorts out what is wanted: findings get the [`Levels`] that were configured, and those that a comment
//!    allows ([`Suppressions`]) are taken away.
//! 4. [`baseline`] hides what was found on the day on which it was written.
//! 5. [`page`] tells what a code means, for every code of the program.
//!
//! A rule is one file: its name, its check, and its page, which is the file's doc comment. It is handed a
//! [`context::Context`] with what all rules need to know, and reports; it keeps no lists.

pub mod baseline;
mod codes;
mod context;
mod cuts;
mod facts;
mod giving;
mod levels;
mod promises;
mod reads;
mod rules;
mod siblings;
mod suppress;
mod unsettled;
mod uses;
mod values;
mod words;

use crate::analyze::Analysis;
use crate::diagnostic::Found;
use crate::model::Model;
use crate::source::Sources;
use crate::syntax::ast;
use crate::table::Table;
use context::Context;
use uses::Uses;

pub use codes::{Kind, codes, kind, kinds, page};
pub use facts::facts;
pub use levels::{Category, Level, Levels};
pub use suppress::Suppressions;

/// A rule of the linter.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which is its code.
    pub name: &'static str,
    /// What it is about.
    pub category: Category,
    /// How grave its findings are, where no `rolebook.toml` says otherwise.
    pub level: Level,
    /// It says of something that it is nowhere used, which only a policy without errors can tell.
    whole: bool,
    /// The file that it stands in; the doc comment at its start is the rule's page.
    source: &'static str,
    check: fn(&mut Context<'_>),
}

impl Rule {
    /// The page: what the rule does, why that is bad, an example, what to use instead.
    pub fn page(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        lines
            .map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned() + "\n")
            .collect()
    }
}

/// Every rule, by name.
#[must_use]
pub fn rules() -> &'static [Rule] {
    &rules::ALL
}

/// Runs every rule that is wanted on a policy. One with errors has no table; it gets the rules that need no whole
/// policy.
pub fn policy(
    model: &Model,
    table: Option<&Table>,
    files: &[ast::File],
    sources: &Sources,
    levels: &Levels,
    found: &mut Found,
) {
    let uses = Uses::of(model);
    let analysis = table.map(Analysis::new);
    let wanted = rules().iter().filter(|rule| table.is_some() || !rule.whole);
    let mut wanted = wanted
        .filter_map(|rule| Some((rule, levels.of(rule).severity()?)))
        .peekable();
    let Some(&(rule, severity)) = wanted.peek() else { return };
    let mut cx = Context {
        model,
        files,
        sources,
        uses: &uses,
        analysis: analysis.as_ref(),
        rule,
        severity,
        found,
    };
    for (rule, severity) in wanted {
        (cx.rule, cx.severity) = (rule, severity);
        (rule.check)(&mut cx);
    }
    promises::check(&mut cx);
    unsettled::check(&mut cx);
}

/// What is left of the findings on a policy and its facts: at their configured levels, without those that a comment
/// allows, and with what is wrong with these comments.
#[must_use]
pub fn settle(found: Found, levels: &Levels, mut suppressions: Suppressions) -> Found {
    // With errors not every rule ran: what looks unused may be needed.
    let complete = !found.has_errors();
    let wanted = found.into_iter().filter_map(|diagnostic| levels.apply(diagnostic));
    let mut left: Found = wanted.filter(|diagnostic| !suppressions.cover(diagnostic)).collect();
    let about = suppressions.finish(levels, complete).into_iter();
    left.append(about.filter_map(|diagnostic| levels.apply(diagnostic)).collect());
    left
}
