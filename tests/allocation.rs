//! A decision allocates nothing.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use rolebook::diagnostic::Found;
use rolebook::eval::org::Org;
use rolebook::eval::{Request, Target, decide};
use rolebook::facts::{Facts, read};
use rolebook::model::permission::Permission;
use rolebook::model::value::{Value, parse_datetime};
use rolebook::model::{self, resolve};
use rolebook::source::Sources;
use rolebook::syntax::parse;
use rolebook::table::{self, Table};
use rolebook::yaml;

fn portal(name: &str) -> (Table, Facts) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(name);
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let policies = rolebook::project::find(&[folder], &mut sources, &mut found);
    let trees: Vec<_> = policies[0]
        .roles
        .iter()
        .map(|&file| parse::policy(file, sources.text(file), &mut found))
        .collect();
    let model = resolve::resolve(&trees, &mut found);
    let table = table::compile(model::check(&model, &found).unwrap());
    let file = policies[0].facts[0];
    let yaml = yaml::read(file, sources.text(file), &mut found).unwrap();
    let facts = read::read(&yaml, table.model(), &mut found);
    assert!(!found.has_errors());
    (table, facts)
}

/// Every user, ordinary permission and node, once.
fn sweep(table: &Table, org: &Org<'_>, context: &[Value]) -> usize {
    let mut allowed = 0;
    for user in org.facts.user_ids() {
        for (permission, what) in table.model().permissions.iter() {
            let Permission::Act { ty, .. } = what else { continue };
            for node in org.facts.node_ids().filter(|&node| org.ty(node) == ty) {
                let (target, pool) = (Target::node(node), &org.facts.pool);
                let request = Request {
                    user: Some(user),
                    permission,
                    target,
                    recipient: None,
                    context,
                    given: &[],
                    pool,
                };
                allowed += usize::from(decide(table, org, &request));
            }
        }
    }
    allowed
}

#[test]
fn a_decision_allocates_nothing() {
    for name in [
        "littlebig-connection",
        "partner-portal",
        "seller-central",
        "automico-b2b",
        "amazon-business",
    ] {
        let (table, facts) = portal(name);
        let org = Org::new(&table, &facts);
        let mut context = vec![Value::Missing; table.model().context.len()];
        context[0] = parse_datetime("2026-11-22T12:00Z").unwrap();
        let mut allowed = 0;
        let measured = allocation_counter::measure(|| allowed = sweep(&table, &org, &context));
        assert!(allowed > 0, "{name}: nothing was allowed, so nothing was tried");
        assert_eq!(measured.count_total, 0, "{name}");
    }
}

#[test]
fn the_counter_counts() {
    let measured = allocation_counter::measure(|| drop(std::hint::black_box(vec![1_u8])));
    assert_eq!(measured.count_total, 1);
}
