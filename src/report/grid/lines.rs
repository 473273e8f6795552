//! A row as lines: who has the permission on the same terms, and the terms. Read aloud, a line is the end of a rule.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::RoleId;
use crate::model::show::label;
use crate::report::visible;
use crate::table::grid::{AT_ALL, Entry, Grid, Group, NEVER, NOT, RoleHead, Row, Subject, YES};

/// What a prohibition for all without terms says.
pub(super) const NOBODY: &str = "nobody";

/// How many roles of each name there are.
pub(super) struct Names<'a> {
    grid: &'a Grid,
    bearers: BTreeMap<&'a str, usize>,
}

impl<'a> Names<'a> {
    pub(super) fn new(grid: &'a Grid) -> Self {
        let mut bearers = BTreeMap::new();
        for role in &grid.roles {
            *bearers.entry(role.name.as_str()).or_default() += 1;
        }
        Self { grid, bearers }
    }

    /// A list of subjects. As in rules, a bare name stands for the roles of that name at all types.
    pub(super) fn list(&self, columns: &[usize]) -> String {
        let mut here: BTreeMap<&str, usize> = BTreeMap::new();
        for role in columns.iter().filter_map(|&column| self.role(column)) {
            *here.entry(role.name.as_str()).or_default() += 1;
        }
        let whole = |role: &RoleHead| here.get(role.name.as_str()) == self.bearers.get(role.name.as_str());
        let mut said: BTreeSet<&str> = BTreeSet::new();
        let mut names: Vec<String> = Vec::new();
        for &column in columns {
            match self.role(column) {
                Some(role) if whole(role) => names.extend(said.insert(&role.name).then(|| role.name.clone())),
                _ => names.push(subject(self.grid, column)),
            }
        }
        names.join(", ")
    }

    fn role(&self, column: usize) -> Option<&'a RoleHead> {
        match self.grid.columns[column] {
            Subject::Role(id) => Some(self.grid.role(id)),
            _ => None,
        }
    }
}

/// The name of a column.
pub(super) fn subject(grid: &Grid, column: usize) -> String {
    match grid.columns[column] {
        Subject::Role(id) => grid.role(id).shown(),
        Subject::Everyone => "everyone".to_owned(),
        Subject::Anyone => "anyone".to_owned(),
        Subject::Nobody => NOBODY.to_owned(),
    }
}

/// `default`, `derived`
pub(super) fn marks(grid: &Grid, role: RoleId) -> Option<&'static str> {
    let head = grid.role(role);
    match (head.default, head.derived) {
        (true, _) => Some("default"),
        (_, true) => Some("derived"),
        _ => None,
    }
}

/// The lines of a row without those for `nobody`: roles on equal terms share one, and a role that has the permission in
/// several ways is in several. Grants come first, then what is prohibited to a role, then what a role leaves out.
pub(super) fn lines(names: &Names<'_>, row: &Row) -> Vec<Line> {
    let mut lines: Vec<(String, Vec<usize>)> = Vec::new();
    let grid = names.grid;
    for entry in row.cells.iter().filter(|entry| !is_for_all(grid, entry)) {
        for words in grid.words(entry) {
            match lines.iter_mut().find(|(said, _)| *said == words) {
                Some((_, columns)) => columns.push(entry.column),
                None => lines.push((words, vec![entry.column])),
            }
        }
    }
    lines.sort_by_key(|(words, _)| (kind(words), words != YES));
    let said = |(words, columns): (String, Vec<usize>)| Line {
        kind: kind(&words),
        text: line(&words, &names.list(&columns)),
    };
    lines.into_iter().map(said).collect()
}

/// A line of a row.
pub(super) struct Line {
    pub(super) kind: Kind,
    pub(super) text: String,
}

/// What a line does, in the order in which lines stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Grants.
    Grant,
    /// Prohibits to holders of a role.
    Prohibit,
    /// Says what a role leaves out.
    Limit,
}

fn kind(words: &str) -> Kind {
    match words {
        NOT => Kind::Limit,
        _ if words == NEVER || words.starts_with("never ") => Kind::Prohibit,
        _ => Kind::Grant,
    }
}

fn line(words: &str, who: &str) -> String {
    match words {
        YES => who.to_owned(),
        NOT => format!("not {who}"),
        _ => format!("{who} {words}"),
    }
}

/// `nobody but Primary unless seller_account.fba`, one for each prohibition that binds all.
pub(super) fn prohibitions(grid: &Grid, row: &Row) -> Vec<String> {
    let entry = row.cells.iter().find(|entry| is_for_all(grid, entry));
    let words = entry.map_or_else(Vec::new, |entry| grid.words(entry));
    words
        .into_iter()
        .map(|words| {
            if words == AT_ALL {
                NOBODY.to_owned()
            } else {
                format!("{NOBODY} {words}")
            }
        })
        .collect()
}

fn is_for_all(grid: &Grid, entry: &Entry) -> bool {
    grid.columns[entry.column] == Subject::Nobody
}

/// What is prohibited to all in every row of a group alike, which is better said once.
pub(super) fn common(grid: &Grid, group: &Group) -> Vec<String> {
    let [first, others @ ..] = group.rows.as_slice() else {
        return Vec::new();
    };
    if others.is_empty() {
        return Vec::new();
    }
    let others: Vec<Vec<String>> = others.iter().map(|row| prohibitions(grid, row)).collect();
    let mut common = prohibitions(grid, first);
    common.retain(|said| others.iter().all(|other| other.contains(said)));
    common
}

/// `spending — Budgets et lignes de dépenses`
pub(super) fn heading(group: &Group) -> String {
    let label = label(&group.labels, None, &group.name);
    let text = if label == group.name {
        group.name.clone()
    } else {
        format!("{} — {label}", group.name)
    };
    clean(&text)
}

/// Where the rest of an area stands.
pub(super) fn more(group: &Group) -> Option<String> {
    let word = if group.rows.is_empty() { "see" } else { "see also" };
    (!group.elsewhere.is_empty()).then(|| format!("{word} {}", group.elsewhere.join(", ")))
}

/// The title of the policy.
pub(super) fn title(grid: &Grid) -> String {
    clean(label(&grid.title, None, "Decision table"))
}

/// A text fit to print, on one line and whole.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        visible::push(&mut out, c);
    }
    out
}
