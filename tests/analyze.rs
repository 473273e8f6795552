//! The analysis against the evaluator: what the solver says is replayed on the organisation that it names.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::path::{Path, PathBuf};

use rolebook::analyze::cell::Cell;
use rolebook::analyze::solver::Search;
use rolebook::analyze::{Analysis, alike, giving, overlaps, promise, redundant};
use rolebook::diagnostic::Found;
use rolebook::source::{FileId, Sources};
use rolebook::table::Table;
use rolebook::{model, syntax, table};

fn compile(folder: &Path) -> (Table, FileId) {
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let mut paths: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "roles"));
    paths.sort();
    let mut trees = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let file = sources.add(path.display().to_string(), text.clone());
        trees.push(syntax::parse::policy(file, &text, &mut found));
    }
    let model = model::resolve::resolve(&trees, &mut found);
    let table = table::compile(model::check(&model, &found).unwrap());
    let file = sources.add("witness.yaml", "");
    (table, file)
}

/// Whatever the solver claims of a decision, in whole and way by way, the evaluator confirms.
fn agrees(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(folder);
    let (table, file) = compile(&folder);
    let mut replayed = 0;
    let mut wrong = Vec::new();
    for (permission, _) in table.model().permissions.iter() {
        let mut cell = Cell::new(&table, permission);
        let (allowed, unprohibited) = (cell.allowed, cell.unprohibited());
        let mut claims = vec![
            (vec![allowed.yes], true),
            (vec![allowed.no], false),
            (vec![!allowed.yes], false),
        ];
        for (_, truth) in cell.decision.grants.clone() {
            claims.push((vec![truth.yes, unprohibited], true));
            claims.push((vec![truth.yes, !unprohibited], false));
            claims.push((vec![!truth.yes, !truth.no, !allowed.yes], false));
        }
        for (_, truth) in cell.decision.prohibitions.clone() {
            let granted = cell.granted();
            claims.push((vec![truth.yes, granted], false));
            claims.push((vec![!truth.no, !truth.yes, granted], false));
            claims.push((vec![truth.no, allowed.yes], true));
        }
        for (claims, expected) in claims {
            match cell.confirmed(&claims, None, expected) {
                Search::Nowhere => {}
                Search::GaveUp => wrong.push(table.model().show_permission(permission)),
                Search::Found(Ok(_)) => replayed += 1,
                Search::Found(Err(witness)) => wrong.push(format!(
                    "{}: expected {expected}, evaluator says {:?}\n{}{}\n",
                    table.model().show_permission(permission),
                    witness.replay(&table, file),
                    witness.facts,
                    witness.sentence
                )),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}\n{}",
        wrong.len(),
        replayed + wrong.len(),
        wrong[..wrong.len().min(8)].join("\n")
    );
    assert!(replayed > 100, "only {replayed}");
}

#[test]
fn amazon_business() {
    agrees("amazon-business");
}

#[test]
fn automico_b2b() {
    agrees("automico-b2b");
}

#[test]
fn partner_portal() {
    agrees("partner-portal");
}

#[test]
fn littlebig_connection() {
    agrees("littlebig-connection");
}

#[test]
fn seller_central() {
    agrees("seller-central");
}

// ---------------------------------------------------------------- growth

fn compiled(text: &str) -> Table {
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let file = sources.add("grown.roles", text);
    let trees = [syntax::parse::policy(file, text, &mut found)];
    let model = model::resolve::resolve(&trees, &mut found);
    table::compile(model::check(&model, &found).unwrap())
}

/// How often the solver is asked, and how much it is told, for all findings on a policy.
fn work(text: &str) -> [u64; 2] {
    let table = compiled(text);
    let analysis = Analysis::new(&table);
    let _ = (redundant::redundant(&analysis), analysis.extremes());
    let _ = (
        alike::equivalent(&analysis),
        giving::escalations(&analysis),
        overlaps::overlaps(&analysis),
    );
    analysis.work()
}

const SHOP: &str = "account Shop { actions open }
resource Order in Shop { amount: int = 0  tags: set of string  actions view }
";

fn listed(n: usize, between: &str, item: impl Fn(usize) -> String) -> String {
    (0..n).map(item).collect::<Vec<_>>().join(between)
}

#[test]
fn work_grows_with_the_square_of_a_policy_at_most() {
    type Grown = fn(usize) -> String;
    let grown: [(&str, Grown); 6] = [
        ("approval limits", |n| {
            listed(n, "\n", |i| {
                format!("role R{i} at Shop {{ can view Order when resource.amount <= {i} }}")
            })
        }),
        ("roles that assign all", |n| {
            listed(n, "\n", |i| format!("role R{i} at Shop {{ can assign anything }}"))
        }),
        ("an `or` of equalities", |n| {
            let tests = listed(n, " or ", |i| format!("resource.amount is {}", 2 * i));
            format!("role R at Shop {{ can view Order when {tests} }}")
        }),
        ("an `or` of tests on a set", |n| {
            let tests = listed(n, " or ", |i| format!("any resource.tags is \"t{i}\""));
            format!("role R at Shop {{ can view Order when {tests} }}")
        }),
        ("rules of one role", |n| {
            let rules = listed(n, "\n", |i| format!("can view Order when resource.amount is {i}"));
            format!("role R at Shop {{ {rules} }}")
        }),
        ("a list", |n| {
            let list = listed(n, ", ", |i| (2 * i).to_string());
            format!("role R at Shop {{ can view Order when resource.amount in [{list}] }}")
        }),
    ];
    for (name, of) in grown {
        let [small, large] = [20, 80].map(|n| work(&format!("{SHOP}{}", of(n))));
        // Four times the policy: sixteen times the work, and something for gates that become trees; the cube is 64 times.
        for (a, b) in small.into_iter().zip(large) {
            assert!(b <= 24 * a + 200, "{name}: {small:?} then {large:?}");
        }
        assert!(
            large[0] <= 5 * small[0] + 200,
            "{name}: questions {small:?} then {large:?}"
        );
    }
}

/// Nine pigeons in eight holes, told of one order.
fn pigeons(n: usize) -> String {
    let of = |p: usize, h: usize| format!("resource.p{p}h{h}");
    let all = |of: &dyn Fn(usize, usize) -> String, between: &str| {
        listed(n, between, |p| format!("({})", listed(n - 1, " or ", |h| of(p, h))))
    };
    let attributes = listed(n, " ", |p| listed(n - 1, " ", |h| format!("p{p}h{h}: bool = false")));
    let apart = (0..n).flat_map(|p| (0..p).flat_map(move |q| (0..n - 1).map(move |h| (p, q, h))));
    let apart: Vec<String> = apart
        .map(|(p, q, h)| format!("not ({} and {})", of(p, h), of(q, h)))
        .collect();
    format!(
        "account Shop\nresource Order in Shop {{ {attributes} actions view }}\nrole R at Shop {{ can view Order when {} and {} }}
ensure R cannot view Order",
        all(&of, " and "),
        apart.join(" and ")
    )
}

#[test]
fn what_takes_too_much_work_is_unknown() {
    let table = compiled(&pigeons(4));
    let analysis = Analysis::new(&table);
    let settle = |analysis: &Analysis<'_>| promise::settle(analysis, &analysis.table.model().promises[0]);
    assert!(matches!(settle(&analysis), promise::Outcome::Proved));
    assert_eq!(analysis.rules().len(), 1, "never true");
    let table = compiled(&pigeons(12));
    let analysis = Analysis::new(&table);
    assert!(matches!(settle(&analysis), promise::Outcome::Unknown(_)));
    assert!(analysis.rules().is_empty() && analysis.extremes().is_empty());
    assert_eq!(analysis.unsettled().len(), 1);
}
