//! Seeded faults: small edits of the portals, each of which the comparison must show, with the right role and permission.
//!
//! `tests/seeded/*.txt` has twenty edits a portal. A block starts with `#` and what was done; then comes the file, and
//! which occurrence if there are several; `-` is the text as it is, `+` what takes its place (without it, the text is
//! taken out); each `=` is a cell that must be shown, and how it changed.

use std::fs;
use std::path::{Path, PathBuf};

use rolebook::analyze::compare::Change;
use rolebook::diagnostic::Found;
use rolebook::diff::{self, Diff, Group, Side};
use rolebook::model;
use rolebook::report;
use rolebook::source::Sources;
use rolebook::syntax::{ast, parse};
use rolebook::table::{self, Table};

/// One small edit.
#[derive(Debug, Default)]
struct Edit {
    name: String,
    file: String,
    nth: Option<usize>,
    before: String,
    after: String,
    shows: Vec<String>,
}

/// The files of a policy: name, text.
type Files = Vec<(String, String)>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(portal: &str) -> Files {
    let entries = fs::read_dir(root().join("policies").join(portal)).expect("a portal");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "roles"))
        .collect();
    files.sort();
    let name = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    files
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).expect("a file")))
        .collect()
}

fn edits(portal: &str) -> Vec<Edit> {
    let path = root().join("tests/seeded").join(format!("{portal}.txt"));
    let text = fs::read_to_string(path).expect("the list of edits");
    text.split("\n\n").map(edit).collect()
}

fn edit(block: &str) -> Edit {
    let mut edit = Edit::default();
    for line in block.lines() {
        let rest = line.get(1..).map_or("", |rest| rest.strip_prefix(' ').unwrap_or(rest));
        let join = |text: &mut String| {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(rest);
        };
        match line.chars().next() {
            Some('#') => edit.name = rest.to_owned(),
            Some('-') => join(&mut edit.before),
            Some('+') => join(&mut edit.after),
            Some('=') => edit.shows.push(rest.to_owned()),
            _ => {
                let (file, nth) = line
                    .split_once(' ')
                    .map_or((line, None), |(file, nth)| (file, nth.parse().ok()));
                edit.file = file.to_owned();
                edit.nth = nth;
            }
        }
    }
    edit
}

impl Edit {
    /// The policy with the edit; the text must be there, once or as often as said.
    fn made(&self, files: &Files) -> Files {
        let mut edited = files.clone();
        let (_, text) = edited
            .iter_mut()
            .find(|(name, _)| *name == self.file)
            .expect("the file of an edit");
        let found: Vec<usize> = text.match_indices(&self.before).map(|(at, _)| at).collect();
        let at = match self.nth {
            Some(nth) => found.get(nth - 1).copied(),
            None => (found.len() == 1).then(|| found[0]),
        };
        let at = at.unwrap_or_else(|| panic!("{}: `{}` stands there {} times", self.name, self.before, found.len()));
        text.replace_range(at..at + self.before.len(), &self.after);
        edited
    }
}

struct Compiled {
    trees: Vec<ast::File>,
    table: Table,
}

fn compiled(side: &str, files: &Files, sources: &mut Sources) -> Compiled {
    let mut found = Found::default();
    let parsed = files.iter().map(|(name, text)| {
        let file = sources.add(format!("{side}/{name}"), text.as_str());
        parse::policy(file, text, &mut found)
    });
    let trees: Vec<ast::File> = parsed.collect();
    let model = model::resolve::resolve(&trees, &mut found);
    let Ok(checked) = model::check(&model, &found) else {
        let faults: Vec<String> = found.iter().map(|fault| report::line(fault, sources)).collect();
        panic!("{}", faults.join("\n"));
    };
    let table = table::compile(checked);
    Compiled { trees, table }
}

fn compare(old: &Files, new: &Files) -> (Diff, Sources) {
    let mut sources = Sources::default();
    let old = compiled("old", old, &mut sources);
    let new = compiled("new", new, &mut sources);
    let diff = diff::compare(&old.side(&sources), &new.side(&sources));
    (diff, sources)
}

/// The causes that do not stand in the file that was edited.
fn strayed(diff: &Diff, sources: &Sources, file: &str) -> Vec<String> {
    let in_file = |group: &&Group| {
        let mut spans = group.cause.old.iter().chain(&group.cause.new);
        spans.any(|span| sources.name(span.file).ends_with(&format!("/{file}")))
    };
    let strayed = diff.groups.iter().filter(|group| !in_file(group));
    strayed
        .map(|group| format!("{} {:?}", group.cause.title, group.cells))
        .collect()
}

impl Compiled {
    fn side<'a>(&'a self, sources: &'a Sources) -> Side<'a> {
        Side {
            table: &self.table,
            trees: &self.trees,
            sources,
        }
    }
}

/// `Manager: create PurchaseOrder wider`, for every changed cell.
fn cells(diff: &Diff) -> Vec<String> {
    let touched = diff.groups.iter().flat_map(|group| &group.cells);
    let shown = touched.map(|cell| {
        let (role, permission) = &cell.shown;
        format!("{role}: {permission} {}", word(cell.change))
    });
    shown.collect()
}

const fn word(change: Change) -> &'static str {
    match change {
        Change::Gained => "gained",
        Change::Lost => "lost",
        Change::Wider => "wider",
        Change::Narrower => "narrower",
        Change::Both => "both",
    }
}

/// Every edit of a portal is shown, and what is shown is caused in the file that was edited.
fn check(portal: &str) {
    let files = files(portal);
    let edits = edits(portal);
    assert_eq!(edits.len(), 20, "{portal}");
    let mut missing = Vec::new();
    for edit in &edits {
        assert!(!edit.shows.is_empty(), "{}", edit.name);
        let (diff, sources) = compare(&files, &edit.made(&files));
        let shown = cells(&diff);
        for wanted in edit.shows.iter().filter(|wanted| !shown.contains(wanted)) {
            missing.push(format!("{}: `{wanted}` is not in {shown:#?}", edit.name));
        }
        let strayed = strayed(&diff, &sources, &edit.file);
        missing.extend(strayed.iter().map(|cause| format!("{}: caused by {cause}", edit.name)));
    }
    assert!(missing.is_empty(), "{portal}\n{}", missing.join("\n"));
}

#[test]
fn edits_of_amazon_business_are_shown() {
    check("amazon-business");
}

#[test]
fn edits_of_automico_are_shown() {
    check("automico-b2b");
}

#[test]
fn edits_of_littlebig_connection_are_shown() {
    check("littlebig-connection");
}

#[test]
fn edits_of_the_partner_portal_are_shown() {
    check("partner-portal");
}

#[test]
fn edits_of_seller_central_are_shown() {
    check("seller-central");
}

/// What was not edited is not shown.
#[test]
fn a_portal_is_equal_to_itself() {
    for portal in [
        "amazon-business",
        "automico-b2b",
        "littlebig-connection",
        "partner-portal",
        "seller-central",
    ] {
        let files = files(portal);
        let (diff, _) = compare(&files, &files);
        assert!(
            diff.is_equal() && !diff.is_changed() && diff.same.is_empty(),
            "{portal}: {:?}",
            cells(&diff)
        );
    }
}
