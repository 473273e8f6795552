//! The property of snapshots: an organisation that was saved and opened again is the one that it was.

use std::cell::Cell;
use std::io::Cursor;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use rolebook::diagnostic::Found;
use rolebook::eval::degree;
use rolebook::eval::org::{Index, Org};
use rolebook::facts::Facts;
use rolebook::model::check;
use rolebook::snapshot;
use rolebook::source::Sources;
use rolebook::table::compile;

use crate::agreement::{Case, Size, hold};
use crate::policy::Theme;

/// All that an organisation says, but for how texts are found.
fn said(facts: &Facts) -> String {
    let Facts {
        nodes,
        users,
        groups,
        holdings,
        custom,
        grants,
        context,
        fallbacks,
        pool,
    } = facts;
    format!(
        "{nodes:?} {users:?} {groups:?} {holdings:?} {custom:?} {grants:?} {context:?} {fallbacks:?} {:?}",
        pool.strings()
    )
}

fn json(index: &Index) -> serde_json::Value {
    serde_json::to_value(index).expect("numbers and lists")
}

fn agree(case: &Case, decided: &Cell<usize>) -> Result<(), TestCaseError> {
    let reject = || TestCaseError::reject("does not compile");
    let setup = case.setup().ok_or_else(reject)?;
    let table = compile(check(&setup.policy.model, &Found::default()).map_err(|_| reject())?);
    let before = Org::new(&table, &setup.facts);
    let mut bytes = Vec::new();
    snapshot::save(&[], &Sources::default(), table.model(), &before, &mut bytes)
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    let opened = snapshot::open(Cursor::new(bytes));
    let organisation = opened.and_then(|snapshot| snapshot.organisation(table.model()));
    let (facts, index) = organisation.map_err(|fault| TestCaseError::fail(format!("{fault:?}")))?;
    prop_assert_eq!(said(&facts), said(&setup.facts));
    prop_assert_eq!(json(before.index()), json(&index));
    let after = Org::with(&table, &facts, index).ok_or_else(|| TestCaseError::fail("it is for other facts"))?;
    for question in &setup.questions {
        let request = question.request();
        prop_assert_eq!(degree(&table, &before, &request), degree(&table, &after, &request));
        decided.set(decided.get() + 1);
    }
    Ok(())
}

#[test]
fn what_was_saved_answers_alike() {
    let decided = Cell::new(0);
    let themes = [Theme::Conditions, Theme::Administration, Theme::Everything];
    hold(&themes, Size::Small, 30, |case| agree(&case, &decided));
    assert!(decided.get() > 1_000, "{}", decided.get());
}
