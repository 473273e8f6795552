//! An id is the same in every normal form: an organisation whose ids are written otherwise answers alike.

use rolebook::eval::decide;

use super::asked::Asked;
use super::compared::{Policy, Reading};
use super::draft::Draft;
use super::paper::{parsed, spelled};
use super::{organisation, seeds};
use crate::requests;
use crate::tape::Tape;

/// `é` as one letter, and as a letter with a mark.
const FORMS: [&str; 2] = ["\u{e9}", "e\u{301}"];

#[test]
fn ids_are_the_same_in_every_normal_form() {
    let mut compared = 0;
    for seed in seeds(8) {
        let Some(compiled) = Draft::generate(seed).and_then(|draft| Some((draft.world, draft.compile().ok()?))) else {
            continue;
        };
        let (world, policy) = (compiled.0, Policy::of(compiled.1));
        let model = policy.model();
        let mut tape = Tape::second(seed);
        let paper = organisation::drawn(&policy, world, false, &mut tape);
        let Some(text) = paper.yaml(model) else { continue };
        let ids: Vec<String> = paper
            .nodes
            .iter()
            .chain(&paper.users)
            .map(|entry| entry.id.clone())
            .collect();
        let Some(facts) = paper.read(model) else { continue };
        let reading = Reading::of(&policy, &facts);
        let others = FORMS.map(|form| {
            let text = spelled(&text, &ids, form);
            let (facts, found) = parsed(&text, model).unwrap_or_default();
            assert!(
                !found.has_errors(),
                "seed {seed}, {form:?}: {:?}\n{text}",
                found.iter().next()
            );
            facts
        });
        let others = [0, 1].map(|ix| Reading::of(&policy, &others[ix]));
        for _ in 0..40 {
            let Some(question) = requests::ask(model, &facts, tape.word()) else {
                continue;
            };
            let asked = Asked::of(model, &facts, &question.request());
            let said = decide(&policy.compiled.table, &reading.org, &question.request());
            // Names are asked for in the one form, in which policies and sentences are read.
            let respelled = asked.respelled(&ids, FORMS[0]);
            for (other, form) in others.iter().zip(FORMS) {
                let is = respelled
                    .question(other)
                    .map(|it| decide(&policy.compiled.table, &other.org, &it.request()));
                assert_eq!(is, Some(said), "seed {seed}, {form:?}: {respelled}");
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared}");
}
