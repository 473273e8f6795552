//! Findings: what a policy or an organisation says that is allowed, and should be looked at.
//!
//! 1. [`policy`] runs every rule of the list in `rules` on a resolved policy, whole or with errors.
//! 2. [`facts()`] holds an organisation against the constraints of its policy, and looks for what is stated to no effect.
//! 3. [`page`] tells what a code means, for every code of the program.
//!
//! A rule is one file: its name, its check, and its page, which is the file's doc comment. It is handed a
//! [`context::Context`] with what all rules need to know, and reports; it keeps no lists.

mod codes;
mod context;
mod facts;
mod rules;
mod uses;

use crate::diagnostic::{Found, Severity};
use crate::model::Model;
use crate::source::Sources;
use crate::syntax::ast;
use crate::table::Table;
use context::Context;
use uses::Uses;

pub use codes::{codes, page};
pub use facts::facts;

/// A rule of the linter.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which is its code.
    pub name: &'static str,
    /// How grave its findings are.
    pub severity: Severity,
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

/// Runs every rule on a policy. One with errors has no table; it gets the rules that need no whole policy.
pub fn policy(model: &Model, table: Option<&Table>, files: &[ast::File], sources: &Sources, found: &mut Found) {
    let uses = Uses::of(model);
    for rule in rules().iter().filter(|rule| table.is_some() || !rule.whole) {
        let mut cx = Context {
            model,
            files,
            sources,
            uses: &uses,
            rule,
            found,
        };
        (rule.check)(&mut cx);
    }
}
