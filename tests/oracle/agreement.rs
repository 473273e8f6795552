//! The properties: the evaluator decides as the oracle does, and its reasons fit its verdict.

use std::cell::Cell;
use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use rolebook::diagnostic::Found;
use rolebook::eval::explain::{Cause, explain};
use rolebook::eval::org::Org;
use rolebook::eval::{decide, degree};
use rolebook::facts::Facts;
use rolebook::model::value::Tri;
use rolebook::model::{Effect, check};
use rolebook::source::Span;
use rolebook::table::{Table, compile};

use crate::meaning;
use crate::organisation::{Tapes, Texts, build};
use crate::policy::{Policy, Theme, write};
use crate::requests::{Question, ask};
use crate::show;
use crate::tape::Seed;
use crate::worlds::WORLDS;

/// Everything that one case is made from.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) theme: Theme,
    pub(crate) world: usize,
    pub(crate) heads: Vec<Seed>,
    pub(crate) rules: Vec<Seed>,
    pub(crate) tapes: Tapes,
    pub(crate) requests: Vec<Seed>,
}

/// A case made real.
pub(crate) struct Setup {
    pub(crate) policy: Policy,
    pub(crate) facts: Facts,
    pub(crate) texts: Texts,
    pub(crate) questions: Vec<Question>,
}

impl Case {
    pub(crate) fn setup(&self) -> Option<Setup> {
        let policy = write(self.world, self.theme, &self.heads, &self.rules)?;
        let (facts, texts) = build(&policy, self.world, self.theme, &self.tapes);
        let questions = self
            .requests
            .iter()
            .filter_map(|&seed| ask(&policy.model, &facts, seed))
            .collect();
        Some(Setup {
            policy,
            facts,
            texts,
            questions,
        })
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.setup() {
            Some(setup) => show::setup(f, &setup),
            None => f.write_str("a policy that does not compile"),
        }
    }
}

fn seeds(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Seed>> {
    vec(any::<Seed>().no_shrink(), count)
}

/// How large organisations are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// What a person could draw.
    Small,
    /// Hundreds of nodes and users, with many holdings each.
    Large,
}

/// Cases of a theme.
pub(crate) fn cases(theme: Theme) -> impl Strategy<Value = Case> {
    sized(theme, Size::Small)
}

/// Cases of a theme and size.
pub(crate) fn sized(theme: Theme, size: Size) -> impl Strategy<Value = Case> {
    let own = usize::from(matches!(theme, Theme::Administration | Theme::Everything)) * 3;
    let (holdings, groups, users, nodes) = match size {
        Size::Small => (3..16, 0..4, 2..5, 4..13),
        Size::Large => (200..1_500, 0..20, 30..120, 300..1_001),
    };
    let facts = (
        seeds(0..2 + own),
        seeds(0..1 + own),
        seeds(holdings),
        seeds(groups),
        seeds(users),
        seeds(nodes),
    );
    let facts = facts.prop_map(|(grants, customs, holdings, groups, users, nodes)| Tapes {
        nodes,
        users,
        groups,
        holdings,
        grants,
        customs,
        full: false,
    });
    (
        seeds(1..81),
        seeds(4..22),
        facts,
        seeds(11..12),
        (0..WORLDS.len()).no_shrink(),
    )
        .prop_map(move |(requests, rules, tapes, heads, world)| Case {
            theme,
            world,
            heads,
            rules,
            tapes,
            requests,
        })
}

pub(crate) fn agree(case: &Case, asked: &Cell<u32>) -> Result<(), TestCaseError> {
    let Some(setup) = case.setup() else {
        return Err(TestCaseError::reject("does not compile"));
    };
    let found = Found::default();
    let checked = check(&setup.policy.model, &found).map_err(|_| TestCaseError::reject("does not compile"))?;
    let table = compile(checked);
    let org = Org::new(&table, &setup.facts);
    for question in &setup.questions {
        one(&setup, &table, &org, question)?;
        asked.set(asked.get() + 1);
    }
    Ok(())
}

fn one(setup: &Setup, table: &Table, org: &Org<'_>, question: &Question) -> Result<(), TestCaseError> {
    let request = question.request();
    let makes_sense = meaning::makes_sense(&setup.policy.model, &request);
    let expected = match makes_sense {
        true => meaning::degree(&setup.policy.model, &setup.facts, &request),
        false => Tri::False,
    };
    let found = degree(table, org, &request);
    let what = || show::question(setup, question);
    let checked = request.check(table, org);
    prop_assert_eq!(checked.is_ok(), makes_sense, "{:?} for {}", checked, what());
    prop_assert_eq!(found, expected, "degree (left: evaluator, right: oracle) of {}", what());
    prop_assert_eq!(
        decide(table, org, &request),
        expected == Tri::True,
        "decision of {}",
        what()
    );
    let told = explain(table, org, &request);
    prop_assert_eq!(told.verdict, expected, "verdict of the explanation of {}", what());
    if !makes_sense
        || told
            .reasons
            .iter()
            .any(|reason| matches!(reason.cause, Cause::NotThere(_)))
    {
        return Ok(());
    }
    for (effect, cause) in [(Effect::Grant, Cause::Granted), (Effect::Prohibit, Cause::Prohibited)] {
        let (oracle, ask) = meaning::open(&setup.policy.model, &setup.facts, &request);
        let applying = oracle
            .contributions(&ask, effect)
            .into_iter()
            .filter(|it| it.degree == Tri::True);
        let applying: Vec<Span> = applying.map(|it| it.rule.span).collect();
        let mut named = told.reasons.iter().filter(|reason| reason.cause == cause);
        let wrong = named.clone().find(|reason| !applying.contains(&reason.rule));
        prop_assert!(wrong.is_none(), "{wrong:?} does not apply to {}", what());
        let asked = (effect == Effect::Grant) == (expected == Tri::True);
        prop_assert!(
            !asked || applying.is_empty() || named.next().is_some(),
            "{cause:?} is not told of {}",
            what()
        );
    }
    Ok(())
}

/// Holds a property against so many cases of each theme and size.
pub(crate) fn hold(themes: &[Theme], size: Size, count: u32, property: impl Fn(Case) -> Result<(), TestCaseError>) {
    for &theme in themes {
        let config = Config {
            cases: count,
            failure_persistence: None,
            max_global_rejects: count.max(10),
            max_shrink_iters: 300,
            ..Config::default()
        };
        if let Err(error) = TestRunner::new(config).run(&sized(theme, size), &property) {
            panic!("{error}");
        }
    }
}

/// Runs so many cases of a theme, each with some forty requests; `ROLEBOOK_CASES` asks for another number.
fn run(theme: Theme, cases_wanted: u32) {
    let cases_wanted = std::env::var("ROLEBOOK_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(cases_wanted);
    let config = Config {
        cases: cases_wanted,
        failure_persistence: None,
        max_shrink_iters: 600,
        max_global_rejects: cases_wanted / 10 + 1,
        ..Config::default()
    };
    let asked = Cell::new(0);
    let result = TestRunner::new(config).run(&cases(theme), |case| agree(&case, &asked));
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(
        asked.get() >= 27 * cases_wanted,
        "only {} requests in {cases_wanted} organisations",
        asked.get()
    );
}

#[test]
fn reach() {
    run(Theme::Reach, 75);
}

#[test]
fn conditions() {
    run(Theme::Conditions, 75);
}

#[test]
fn derivations() {
    run(Theme::Derivations, 75);
}

#[test]
fn administration() {
    run(Theme::Administration, 75);
}

#[test]
fn everything() {
    run(Theme::Everything, 75);
}
