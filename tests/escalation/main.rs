//! What somebody can ever come to: by examples, and against a search of every state that knows nothing of the engine.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may panic")]

mod brute;
mod climbs;
mod examples;
mod laws;
mod policy;
mod wide;
mod worlds;

use rolebook::diagnostic::Found;
use rolebook::eval::org::Org;
use rolebook::facts::Facts;
use rolebook::facts::read::read;
use rolebook::model::resolve::resolve;
use rolebook::model::value::Value;
use rolebook::model::{Model, check};
use rolebook::query::{Answer, Ground, Reached, ask, render};
use rolebook::source::Sources;
use rolebook::suite::{self, Bench};
use rolebook::syntax::parse;
use rolebook::table::{Table, compile};
use rolebook::yaml;

/// A policy with an organisation.
pub(crate) struct Case {
    pub(crate) sources: Sources,
    pub(crate) table: Table,
    pub(crate) facts: Facts,
}

/// Reads both; `None` if the policy has errors.
pub(crate) fn case(policy: &str, facts: &str) -> Option<Case> {
    let mut sources = Sources::default();
    let mut found = Found::default();
    let file = sources.add("policy.roles", policy);
    let tree = parse::policy(file, policy, &mut found);
    let model: Model = resolve(&[tree], &mut found);
    let table = compile(check(&model, &found).ok()?);
    let mut found = Found::default();
    let file = sources.add("facts.yaml", facts);
    let tree = yaml::read(file, facts, &mut found)?;
    let facts = read(&tree, table.model(), &mut found);
    assert!(!found.has_errors(), "{:#?}\n{facts:?}", found.sorted());
    Some(Case { sources, table, facts })
}

/// What is said of a sentence.
pub(crate) fn asked(case: &mut Case, sentence: &str) -> (Reached, String) {
    let mut found = Found::default();
    let file = case.sources.add("sentence", sentence);
    let parsed = parse::sentence(file, sentence, &mut found).expect(sentence);
    let org = Org::new(&case.table, &case.facts);
    let ground = Ground {
        table: &case.table,
        org: Some(&org),
        now: Value::Missing,
    };
    let answer = ask(&ground, &parsed, &mut found);
    assert!(!found.has_errors(), "{sentence}: {:#?}", found.sorted());
    let answer = answer.expect(sentence);
    let text = render::text(&answer, &ground, &case.sources);
    match answer {
        Answer::Reach(reached) => (reached, text),
        other => panic!("{sentence}: {other:?}"),
    }
}

/// What came in the tests of a suite.
pub(crate) fn outcomes(policy: &str, facts: &str, tests: &str) -> Vec<String> {
    let mut case = case(policy, facts).expect(policy);
    let mut found = Found::default();
    let (facts_file, tests_file) = (
        case.sources.add("facts.yaml", facts),
        case.sources.add("tests.yaml", tests),
    );
    let facts = yaml::read(facts_file, facts, &mut found);
    let tree = yaml::read(tests_file, tests, &mut found).expect(tests);
    let suite = suite::read::read(&tree, &case.sources, &mut found);
    let bench = Bench {
        table: &case.table,
        facts: facts.as_ref(),
        findings: &|_, _, _| {},
        sources: &case.sources,
    };
    let outcomes = suite::run(&suite, &bench, "");
    let failures = outcomes.into_iter().flat_map(|outcome| outcome.failures);
    failures.map(|failure| failure.got).collect()
}
