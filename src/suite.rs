//! Tests of a policy: expectations in YAML beside it (DESIGN §4).
//!
//! 1. [`read::read`] turns a file into a [`Suite`], every sentence parsed, every problem at its place.
//! 2. [`overlay::overlay`] lays `given` over the facts, merged deeply; `null` takes away.
//! 3. [`run`] runs the tests in parallel; each reads its own facts, so that none sees another's.

pub mod outcome;
mod overlay;
pub mod read;
mod step;

use rayon::prelude::*;

use crate::diagnostic::Found;
use crate::source::{Sources, Span};
use crate::syntax::ast::Sentence;
use crate::table::Table;
use crate::yaml::Yaml;
use outcome::Outcome;

/// A file of tests.
#[derive(Debug, Clone)]
pub struct Suite {
    /// `facts:`, the file that its tests stand on.
    pub facts: Option<(String, Span)>,
    /// Its tests.
    pub tests: Vec<Test>,
}

/// One test.
#[derive(Debug, Clone)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// One step, or several that build on each other.
    pub steps: Vec<Step>,
}

/// A change of the facts and what is expected then.
#[derive(Debug, Clone)]
pub struct Step {
    /// Laid over the facts.
    pub given: Option<Yaml>,
    /// What must hold.
    pub expect: Vec<Expectation>,
    /// The facts must be refused with this code.
    pub refused: Option<(String, Span)>,
    /// The findings on the facts, by code; `None` if the test does not say.
    pub finds: Option<(Vec<String>, Span)>,
}

/// What must hold.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// The sentence.
    pub sentence: Sentence,
    /// Its text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// For a question with a list as answer: the names, sorted.
    pub names: Option<Vec<String>>,
}

/// Finds problems of facts that are no errors, such as broken constraints.
pub type Findings = dyn Fn(&Table, &crate::eval::org::Org<'_>, &mut Found) + Sync;

/// What tests are run with.
pub struct Bench<'a> {
    /// The policy.
    pub table: &'a Table,
    /// The facts that the suite stands on.
    pub facts: Option<&'a Yaml>,
    /// Checks of facts that `finds` asks for.
    pub findings: &'a Findings,
    /// For reasons in failures.
    pub sources: &'a Sources,
}

/// Runs every test whose name contains `filter`, in parallel; outcomes come in the order of the file.
#[must_use]
pub fn run(suite: &Suite, bench: &Bench<'_>, filter: &str) -> Vec<Outcome> {
    let chosen: Vec<&Test> = suite.tests.iter().filter(|test| test.name.contains(filter)).collect();
    chosen.par_iter().map(|test| step::run(test, bench)).collect()
}
