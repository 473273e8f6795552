//! The decision table as people and programs get it: what a policy says, cell by cell, in four formats.

use rolebook::diagnostic::Found;
use rolebook::model;
use rolebook::report::grid::{TableFormat, csv, json, markdown, render, text};
use rolebook::report::{self, Style};
use rolebook::source::Sources;
use rolebook::syntax::parse;
use rolebook::table::grid::{Filter, Grid};
use rolebook::table::{self, Table};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const PLAIN: Style = Style {
    color: false,
    width: 96,
};

fn compiled(name: &str, text: &str) -> (Sources, Table) {
    let mut sources = Sources::default();
    let mut found = Found::default();
    let file = sources.add(name, text);
    let tree = parse::policy(file, text, &mut found);
    let model = model::resolve::resolve(&[tree], &mut found);
    let Ok(checked) = model::check(&model, &found) else {
        let faults: Vec<String> = found.iter().map(|fault| report::line(fault, &sources)).collect();
        panic!("{}", faults.join("\n"));
    };
    let table = table::compile(checked);
    (sources, table)
}

fn grid(name: &str, text: &str) -> (Sources, Grid) {
    let (sources, table) = compiled(name, text);
    (sources, Grid::new(&table))
}

/// The policies beside this file, by name.
fn policies() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/table");
    let mut policies: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("folder")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "roles"))
        .map(|path| {
            let name = path.file_name().expect("name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).expect("text"))
        })
        .collect();
    policies.sort();
    assert!(policies.len() > 5);
    policies
}

fn parsed(grid: &Grid, sources: &Sources) -> Value {
    serde_json::from_str(&json(grid, sources)).expect("JSON")
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("{key} in {value}"))
}

/// Every cell with its permission.
fn cells(document: &Value) -> Vec<(&str, &Value)> {
    let groups = list(document, "groups").iter();
    let rows = groups.flat_map(|group| list(group, "permissions"));
    rows.flat_map(|row| {
        list(row, "cells")
            .iter()
            .map(|cell| (row["permission"].as_str().expect("name"), cell))
    })
    .collect()
}

fn cell<'a>(document: &'a Value, permission: &str, role: &str) -> &'a Value {
    let found = cells(document)
        .into_iter()
        .find(|(name, cell)| *name == permission && cell["role"] == role);
    found.unwrap_or_else(|| panic!("{permission}, {role}")).1
}

#[test]
fn text_of_policies() {
    let settings = || {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("table");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings
    };
    insta::glob!("table/*.roles", |path| {
        let name = path.file_name().expect("name").to_string_lossy();
        let source = std::fs::read_to_string(path).expect("text");
        let (_, grid) = grid(&name, &source);
        let page = format!("{source}\n{}\n\n{}", "=".repeat(40), text(&grid, &PLAIN));
        settings().bind(|| insta::assert_snapshot!("text", page));
    });
}

#[test]
fn markdown_of_a_policy() {
    let source = include_str!("table/prohibitions.roles");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("table");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("markdown", markdown(&grid("prohibitions.roles", source).1)));
}

#[test]
fn lines_fit_the_terminal() {
    for (name, source) in policies() {
        let (_, grid) = grid(&name, &source);
        for width in [60, 80, 120] {
            let page = text(&grid, &Style { color: false, width });
            let widest = page.lines().skip(1).map(|line| line.chars().count()).max().unwrap_or(0);
            assert!(widest <= width, "{name}: {widest} > {width}\n{page}");
            assert!(!page.lines().any(|line| line.ends_with(' ')), "{page}");
        }
    }
}

#[test]
fn what_binds_many_rows_is_told_once() {
    let source = "account A { closed: bool actions a, b, c, d }\nrole R at A {\n  can a A\n  \
                  cannot do anything when resource.closed and user is not user\n}\nrole Z at A { can do everything }\n";
    let page = text(&grid("notes.roles", source).1, &PLAIN);
    assert_eq!(page.matches("R never when").count(), 1, "{page}");
    assert_eq!(
        page.matches("[1]").count(),
        3,
        "`a`, the others, and the note itself\n{page}"
    );
}

#[test]
fn markdown_tables_have_equal_columns() {
    for (name, source) in policies() {
        let page = markdown(&grid(&name, &source).1);
        let bars = |line: &str| line.replace("\\|", "").matches('|').count();
        let lines: Vec<&str> = page.lines().collect();
        for pair in lines
            .windows(2)
            .filter(|pair| pair.iter().all(|line| line.starts_with('|')))
        {
            assert_eq!(bars(pair[0]), bars(pair[1]), "{name}: {pair:?}");
        }
    }
    let page = markdown(&grid("areas.roles", include_str!("table/areas.roles")).1);
    assert!(page.contains("Everything \\| sold"), "{page}");
}

#[test]
fn csv_parses_back() {
    for (name, source) in policies() {
        let (sources, grid) = grid(&name, &source);
        let page = csv(&grid, &sources);
        let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(page.as_bytes());
        let width = reader.headers().expect("header").len();
        let records: Vec<::csv::StringRecord> = reader.records().map(|record| record.expect("record")).collect();
        assert!(records.iter().all(|record| record.len() == width), "{name}");
        let permissions: BTreeSet<&str> = records.iter().map(|record| &record[14]).collect();
        let rows: BTreeSet<&str> = grid
            .groups
            .iter()
            .flat_map(|group| &group.rows)
            .map(|row| row.text.as_str())
            .collect();
        assert_eq!(permissions, rows, "{name}");
        let lines = source.lines().count();
        let known = |line: &str| line.is_empty() || line.parse::<usize>().is_ok_and(|line| (1..=lines).contains(&line));
        assert!(records.iter().all(|record| known(&record[13])), "{name}");
    }
}

/// The text at a place of the JSON, which counts lines and columns from 1, columns in characters.
fn at(source: &str, place: &Value) -> String {
    let number = |key: &str| usize::try_from(place[key].as_u64().expect(key)).expect("fits");
    let byte = |line: usize, column: usize| {
        let before: usize = source.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let here = source[before..]
            .char_indices()
            .nth(column - 1)
            .map_or(source.len() - before, |(at, _)| at);
        before + here
    };
    source[byte(number("line"), number("column"))..byte(number("end_line"), number("end_column"))].to_owned()
}

#[test]
fn json_spans_are_rules() {
    for (name, source) in policies() {
        let (sources, grid) = grid(&name, &source);
        let document = parsed(&grid, &sources);
        for (permission, cell) in cells(&document) {
            let ways = list(cell, "ways");
            assert!(
                !ways.is_empty() || !list(cell, "limits").is_empty(),
                "{name}: {permission}"
            );
            for way in ways {
                let text = at(&source, &way["source"]);
                let granted = ["can ", "everyone can ", "anyone can "]
                    .iter()
                    .any(|word| text.starts_with(word));
                let denied = ["cannot ", "nobody "].iter().any(|word| text.starts_with(word));
                assert!(
                    if way["effect"] == "grant" { granted } else { denied },
                    "{name}: {permission}: {text}"
                );
                assert_eq!(way["source"]["file"], name.as_str());
            }
            for limit in list(cell, "limits") {
                assert!(
                    at(&source, &limit["source"]).contains("but not"),
                    "{name}: {permission}"
                );
            }
        }
    }
}

#[test]
fn json_tells_the_whole_path_of_inheritance() {
    let (sources, grid) = grid("inheritance.roles", include_str!("table/inheritance.roles"));
    let document = parsed(&grid, &sources);
    let path = |permission, role, way: usize| cell(&document, permission, role)["ways"][way]["inherited_from"].clone();
    assert_eq!(path("view Plan", "Company.Reader", 0), serde_json::json!([]));
    assert_eq!(
        path("view Plan", "Company.Chief", 0),
        serde_json::json!(["Company.Editor", "Company.Reader"])
    );
    assert_eq!(
        path("view Plan", "Site.Signer", 0),
        serde_json::json!(["Site.Editor", "Company.Editor", "Company.Reader"])
    );
    assert_eq!(path("edit Plan", "Site.Signer", 0), serde_json::json!(["Site.Editor"]));
    assert_eq!(
        path("edit Plan", "Site.Signer", 1),
        serde_json::json!(["Site.Editor", "Company.Editor"])
    );
    let signer = &cell(&document, "view Plan", "Site.Signer")["ways"][0];
    assert_eq!(signer["doc"], "the root of it");
    let nobody = cells(&document)
        .into_iter()
        .find(|(name, cell)| *name == "sign Plan" && cell["subject"] == "nobody");
    assert_eq!(
        nobody.expect("nobody").1["ways"][0]["exempt"],
        serde_json::json!(["Company.Chief", "Site.Signer"])
    );
}

#[test]
fn json_and_csv_agree() {
    for (name, source) in policies() {
        let (sources, grid) = grid(&name, &source);
        let document = parsed(&grid, &sources);
        let said: usize = cells(&document)
            .iter()
            .map(|(_, cell)| list(cell, "ways").len() + list(cell, "limits").len())
            .sum();
        let page = csv(&grid, &sources);
        let mut reader = ::csv::Reader::from_reader(page.as_bytes());
        let records = reader
            .records()
            .map(|record| record.expect("record"))
            .filter(|record| &record[6] != "none");
        assert_eq!(records.count(), said, "{name}");
    }
}

#[test]
fn a_field_has_a_row_where_it_differs() {
    let (sources, grid) = grid("prohibitions.roles", include_str!("table/prohibitions.roles"));
    let document = parsed(&grid, &sources);
    let groups = list(&document, "groups").iter();
    let rows: Vec<&Value> = groups.flat_map(|group| list(group, "permissions")).collect();
    let row = |name: &str| rows.iter().find(|row| row["permission"] == name);
    assert_eq!(
        row("view Report").expect("record")["stands_for"],
        serde_json::json!(["body"])
    );
    assert!(row("view Report.pay").is_some() && row("view Report.body").is_none());
}

#[test]
fn every_permission_of_an_area_has_one_row() {
    let (_, grid) = grid("areas.roles", include_str!("table/areas.roles"));
    let names: Vec<&str> = grid.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["all", "money", "settings", "Shop", "Order", "Note"]);
    let rows: Vec<&str> = grid
        .groups
        .iter()
        .flat_map(|group| &group.rows)
        .map(|row| row.text.as_str())
        .collect();
    assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), rows.len());
    let total = grid.groups[1]
        .rows
        .iter()
        .find(|row| row.text == "view Order.total")
        .expect("row");
    assert_eq!(total.areas, ["all", "money"]);
}

#[test]
fn columns_can_be_chosen() {
    let (sources, table) = compiled("inheritance.roles", include_str!("table/inheritance.roles"));
    let site = table.model().type_named("Site").expect("type");
    let grid = Grid::filtered(
        &table,
        &Filter {
            types: vec![site],
            roles: Vec::new(),
        },
    );
    let document = parsed(&grid, &sources);
    let roles: Vec<&str> = list(&document, "roles")
        .iter()
        .map(|role| role["name"].as_str().expect("name"))
        .collect();
    assert_eq!(roles, ["Editor", "Signer"]);
    let signer = cell(&document, "view Plan", "Site.Signer");
    assert_eq!(list(&signer["ways"][0], "inherited_from").len(), 3);
    let signer = table.model().role_at(site, "Signer").expect("role");
    let grid = Grid::filtered(
        &table,
        &Filter {
            types: Vec::new(),
            roles: vec![signer],
        },
    );
    assert_eq!(grid.columns.len(), 2, "the role and `nobody`");
}

#[test]
fn what_is_read_cannot_pass_for_output() {
    let source = "policy \"T\u{202e}itle\" account A \"\u{1b}[2Jx\" { name: string actions view }\n\
                  role R at A { can view A when resource.name is \"\u{202e}|<b>*x*\" }\nrole S at A { can view A }\n";
    let (sources, grid) = grid("a\u{1b}.roles", source);
    for format in [
        TableFormat::Text,
        TableFormat::Markdown,
        TableFormat::Csv,
        TableFormat::Json,
    ] {
        let page = render(&grid, &sources, format, &PLAIN);
        assert!(
            !page.contains(|c: char| c == '\u{202e}' || (c != '\n' && c.is_control())),
            "{page}"
        );
    }
    assert!(markdown(&grid).contains("\\|&lt;b>\\*x\\*"), "{}", markdown(&grid));
    let document = parsed(&grid, &sources);
    assert_eq!(
        cell(&document, "view A", "A.R")["ways"][0]["when"],
        "resource.name is \"\u{202e}|<b>*x*\""
    );
}

#[test]
fn the_order_is_always_the_same() {
    let formats = [
        TableFormat::Text,
        TableFormat::Markdown,
        TableFormat::Csv,
        TableFormat::Json,
    ];
    for (name, source) in policies() {
        for format in formats {
            let page = || {
                let (sources, grid) = grid(&name, &source);
                render(&grid, &sources, format, &PLAIN)
            };
            assert_eq!(page(), page(), "{name}");
        }
    }
}

/// A hundred base roles with nine heirs each, and one that hands them all out.
fn thousand_roles() -> String {
    let mut source =
        "account A { actions view, edit, close }\nresource T in A { actions view, edit, sign }\n".to_owned();
    for base in 0..100 {
        _ = writeln!(
            source,
            "role B{base} at A {{ can view everything can edit T only here }}"
        );
        for heir in 0..9 {
            _ = writeln!(
                source,
                "role H{base}x{heir} at A extends B{base} {{ can sign T when user is not user }}"
            );
        }
    }
    source + "role Admin at A { can assign anything can do everything }\n"
}

#[test]
fn a_thousand_roles_are_shown_quickly_and_whole() {
    let (sources, table) = compiled("many.roles", &thousand_roles());
    let start = Instant::now();
    let grid = Grid::new(&table);
    let pages = [
        text(&grid, &PLAIN),
        markdown(&grid),
        csv(&grid, &sources),
        json(&grid, &sources),
    ];
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    for page in pages {
        assert!(page.contains("H99x8") && !page.contains('…'));
    }
}
