//! A file of tests, read with every problem at its place.

use super::{Expectation, Step, Suite, Test};
use crate::diagnostic::{Diagnostic, Found};
use crate::source::{Sources, Span, nfc};
use crate::syntax::ast::Sentence;
use crate::syntax::parse;
use crate::yaml::{Key, Value, Yaml};

/// Reads a suite from YAML.
pub fn read(yaml: &Yaml, sources: &Sources, found: &mut Found) -> Suite {
    let mut reader = Reader { sources, found };
    let mut suite = Suite {
        facts: None,
        tests: Vec::new(),
    };
    for (key, value) in reader.map(yaml, "a file of tests") {
        match (key.text.as_str(), &value.value) {
            ("facts", Value::Text(name)) => suite.facts = Some((name.clone(), value.span)),
            ("facts", _) => reader.wrong(value.span, "the name of a facts file is needed"),
            ("tests", Value::List(tests)) => suite.tests = tests.iter().filter_map(|test| reader.test(test)).collect(),
            ("tests", _) => reader.wrong(value.span, "a list of tests is needed"),
            _ => reader.unknown(key, &["facts", "tests"]),
        }
    }
    suite
}

struct Reader<'r> {
    sources: &'r Sources,
    found: &'r mut Found,
}

impl Reader<'_> {
    fn wrong(&mut self, span: Span, message: &str) {
        self.found.push(Diagnostic::error("test/shape", message).at(span, ""));
    }

    fn unknown(&mut self, key: &Key, known: &[&str]) {
        let fault = Diagnostic::error("test/unknown-key", format!("unknown key `{}`", key.text)).at(key.span, "");
        let fault = fault.did_you_mean(&key.text, known.iter().copied());
        let list = format!("the keys are: {}", known.join(", "));
        self.found
            .push(if fault.help.is_none() { fault.help(list) } else { fault });
    }

    fn map<'y>(&mut self, yaml: &'y Yaml, what: &str) -> Vec<(&'y Key, &'y Yaml)> {
        match &yaml.value {
            Value::Map(pairs) => pairs.iter().map(|(key, value)| (key, value)).collect(),
            _ => {
                self.wrong(yaml.span, &format!("{what} is a mapping"));
                Vec::new()
            }
        }
    }

    fn test(&mut self, yaml: &Yaml) -> Option<Test> {
        let pairs = self.map(yaml, "a test");
        let name = pairs
            .iter()
            .find(|(key, _)| key.text == "name")
            .map(|(_, value)| *value);
        let Some(Yaml {
            value: Value::Text(name),
            span,
        }) = name
        else {
            self.wrong(yaml.span, "a test needs a name");
            return None;
        };
        let mut steps = Vec::new();
        for (key, value) in pairs.iter().filter(|(key, _)| key.text == "steps") {
            match &value.value {
                Value::List(list) => steps.extend(list.iter().map(|step| self.step(step, &[]))),
                _ => self.wrong(key.span, "`steps` is a list"),
            }
        }
        if steps.is_empty() {
            steps.push(self.step(yaml, &["name"]));
        } else {
            pairs
                .iter()
                .filter(|(k, _)| k.text != "steps" && k.text != "name")
                .for_each(|(k, _)| {
                    self.unknown(k, &["name", "steps"]);
                });
        }
        Some(Test {
            name: name.clone(),
            span: *span,
            steps,
        })
    }

    fn step(&mut self, yaml: &Yaml, besides: &[&str]) -> Step {
        let mut step = Step {
            given: None,
            expect: Vec::new(),
            refused: None,
            finds: None,
        };
        for (key, value) in self.map(yaml, "a step") {
            match (key.text.as_str(), &value.value) {
                ("given", _) => step.given = Some(value.clone()),
                ("expect", Value::List(list)) => step.expect = list.iter().flat_map(|e| self.expectations(e)).collect(),
                ("expect", _) => self.wrong(value.span, "`expect` is a list of sentences"),
                ("refused", Value::Text(code)) => step.refused = Some((code.clone(), value.span)),
                ("finds", Value::List(list)) => step.finds = Some((self.names(list), key.span)),
                (other, _) if besides.contains(&other) => {}
                _ => self.unknown(key, &["name", "given", "expect", "refused", "finds", "steps"]),
            }
        }
        if !says_something(yaml) {
            self.wrong(yaml.span, "a test that expects nothing cannot fail");
        }
        step
    }

    fn expectations(&mut self, yaml: &Yaml) -> Vec<Expectation> {
        match &yaml.value {
            Value::Text(text) => self.expectation(text, yaml.span, None).into_iter().collect(),
            Value::Map(pairs) => pairs
                .iter()
                .filter_map(|(key, value)| match &value.value {
                    Value::List(list) => {
                        let names = self.names(list);
                        self.expectation(&key.text, key.span, Some(names))
                    }
                    _ => {
                        self.wrong(value.span, "the answer to a question is a list of names");
                        None
                    }
                })
                .collect(),
            _ => {
                self.wrong(yaml.span, "an expectation is a sentence");
                Vec::new()
            }
        }
    }

    fn expectation(&mut self, text: &str, span: Span, names: Option<Vec<String>>) -> Option<Expectation> {
        let sentence = self.sentence(text, span)?;
        Some(Expectation {
            sentence,
            text: text.to_owned(),
            span,
            names,
        })
    }

    fn stands_at(&self, span: Span, at: usize, text: &str) -> bool {
        self.sources
            .text(span.file)
            .get(at..)
            .is_some_and(|rest| rest.starts_with(text))
    }

    /// A sentence with its carets in the YAML, or at the whole of it where an escaped or folded text hides the place.
    fn sentence(&mut self, text: &str, span: Span) -> Option<Sentence> {
        let start = span.start as usize;
        let exact = [start, start + 1]
            .into_iter()
            .find(|&at| self.stands_at(span, at, text));
        if let Some(base) = exact {
            return parse::sentence_at(span.file, text, base, self.found);
        }
        let mut found = Found::default();
        let sentence = parse::sentence(span.file, text, &mut found);
        for mut fault in found.sorted() {
            fault.labels.iter_mut().for_each(|label| label.span = span);
            self.found.push(fault);
        }
        sentence
    }

    fn names(&mut self, list: &[Yaml]) -> Vec<String> {
        let mut names = Vec::new();
        for item in list {
            match &item.value {
                Value::Text(text) | Value::Number(text) => names.push(nfc(text).into_owned()),
                _ => self.wrong(item.span, "a name is needed"),
            }
        }
        names.sort();
        names
    }
}

/// True if a test says what it expects, well or badly: a key that is unknown, or a sentence that cannot be read, was
/// reported already.
fn says_something(yaml: &Yaml) -> bool {
    let Value::Map(pairs) = &yaml.value else { return true };
    pairs
        .iter()
        .any(|(key, value)| match (key.text.as_str(), &value.value) {
            ("name" | "given" | "steps", _) => false,
            ("expect", Value::List(list)) => !list.is_empty(),
            _ => true,
        })
}
