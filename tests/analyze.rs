//! The analysis against the evaluator: what the solver says is replayed on the organisation that it names.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::path::{Path, PathBuf};

use rolebook::analyze::cell::Cell;
use rolebook::analyze::solver::Search;
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
