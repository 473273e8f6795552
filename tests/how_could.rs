//! `how could …`: what would allow a deed, who may make it, and what is said where nothing would.

use rolebook::diagnostic::Found;
use rolebook::eval::org::Org;
use rolebook::facts::{self, Facts};
use rolebook::model;
use rolebook::model::value::Value;
use rolebook::query::how_could::Budget;
use rolebook::query::{Answer, Ground, ask_within, render};
use rolebook::source::Sources;
use rolebook::syntax::parse;
use rolebook::table::{self, Table};
use rolebook::yaml;

mod how_could {
    mod brute;
    mod cases;
    mod sentences;
}

/// A policy and an organisation, both good.
struct Ask {
    sources: Sources,
    table: Table,
    facts: Facts,
}

impl Ask {
    /// `None` if the policy or the facts have errors.
    fn try_new(policy: &str, people: &str) -> Option<Self> {
        let (mut sources, mut found) = (Sources::default(), Found::default());
        let file = sources.add("policy.roles", policy);
        let tree = parse::policy(file, policy, &mut found);
        let model = model::resolve::resolve(&[tree], &mut found);
        let table = table::compile(model::check(&model, &found).ok()?);
        let file = sources.add("facts.yaml", people);
        let yaml = yaml::read(file, people, &mut found)?;
        let facts = facts::read::read(&yaml, table.model(), &mut found);
        let it = Self { sources, table, facts };
        (!found.has_errors()).then_some(it)
    }

    fn new(policy: &str, people: &str) -> Self {
        Self::try_new(policy, people).expect("policy and facts are good")
    }

    /// The answer, with its text; or the codes of what is wrong with the sentence.
    fn within(&self, budget: Budget, sentence: &str) -> Result<(Answer, String), Vec<&'static str>> {
        let (mut sources, mut found) = (self.sources.clone(), Found::default());
        let file = sources.add("sentence", sentence);
        let tree = parse::sentence(file, sentence, &mut found).expect("the sentence is one");
        let org = Org::new(&self.table, &self.facts);
        let ground = Ground {
            table: &self.table,
            org: Some(&org),
            now: Value::Missing,
        };
        match ask_within(&ground, &tree, budget, &mut found) {
            Some(answer) => {
                let text = render::text(&answer, &ground, &sources);
                Ok((answer, text))
            }
            None => Err(found.iter().map(|fault| fault.code).collect()),
        }
    }

    fn text(&self, sentence: &str) -> String {
        self.within(Budget::default(), sentence).expect("there is an answer").1
    }

    /// What an expectation would list, sorted.
    fn names(&self, sentence: &str) -> Vec<String> {
        let (answer, _) = self.within(Budget::default(), sentence).expect("there is an answer");
        let names = answer.names().expect("the answer is a list");
        let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        names.sort();
        names
    }
}
