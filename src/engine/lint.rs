//! A policy linted, with the facts beside it.

use super::load::{self, Loaded};
use crate::diagnostic::Found;
use crate::eval::org::Org;
use crate::facts;
use crate::lint::{self, Levels, Suppressions};
use crate::source::{FileId, Sources};
use crate::table::Table;

/// Lints a policy and the facts beside it; tests are `rolebook test`'s matter.
pub(crate) fn examine(loaded: &Loaded, table: Option<&Table>, levels: &Levels, sources: &Sources) -> Found {
    let mut found = loaded.found.clone();
    let mut suppressions = Suppressions::default();
    for tree in &loaded.trees {
        suppressions.add_policy(tree, sources);
    }
    lint::policy(&loaded.model, table, &loaded.trees, sources, levels, &mut found);
    if let Some(table) = table {
        for &file in &loaded.policy.facts {
            examine_facts(file, table, sources, &mut suppressions, &mut found);
        }
    }
    lint::settle(found, levels, suppressions)
}

fn examine_facts(file: FileId, table: &Table, sources: &Sources, suppressions: &mut Suppressions, found: &mut Found) {
    let mut problems = Found::default();
    if let Some(yaml) = load::yaml(file, sources, &mut problems) {
        suppressions.add_facts(file, &yaml, sources);
        let facts = facts::read::read(&yaml, table.model(), &mut problems);
        if !problems.has_errors() {
            let org = Org::new(table, &facts);
            lint::facts(table, &org, &facts.context, &mut problems);
        }
    }
    found.append(problems);
}
