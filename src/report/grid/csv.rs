//! The table for spreadsheets, in the long form: a record per permission, role and rule, so that it sorts and filters.
//!
//! A permission of which no rule speaks has one record with the effect `none`. Roles are written with their type
//! (`Entity.Lead`) in `via`, by their name alone in `role`, the type being in `role_type`; rules without a role have
//! `everyone`, `anyone`, `nobody` or `nobody but Owner` there. `parties` has `except self`, `to Secondary` and the like.
//! `fields` are those for which the record's row stands. Lists within a cell are set apart by spaces.

use super::lines::{clean, subject};
use crate::model::Effect;
use crate::report::places::Places;
use crate::source::{Sources, Span};
use crate::table::grid::{Clause, Entry, Grid, Origin, Row, Subject};

const HEADER: [&str; 16] = [
    "area",
    "action",
    "target",
    "field",
    "role",
    "role_type",
    "effect",
    "parties",
    "reach",
    "relation",
    "condition",
    "via",
    "file",
    "line",
    "permission",
    "fields",
];

/// The table as CSV with a header.
#[must_use]
pub fn csv(grid: &Grid, sources: &Sources) -> String {
    let mut file = File {
        writer: ::csv::Writer::from_writer(Vec::new()),
        grid,
        places: Places::new(sources),
    };
    file.record(&HEADER.map(str::to_owned));
    for row in grid.groups.iter().flat_map(|group| &group.rows) {
        file.row(row);
    }
    let bytes = file.writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

struct File<'a> {
    writer: ::csv::Writer<Vec<u8>>,
    grid: &'a Grid,
    places: Places<'a>,
}

/// What a record says beside the permission.
#[derive(Default)]
struct Said {
    effect: &'static str,
    but: String,
    parties: String,
    reach: String,
    relation: String,
    condition: String,
    via: String,
    place: [String; 2],
}

impl File<'_> {
    /// Writing to memory does not fail, and each record is as long as the header.
    fn record(&mut self, fields: &[String; HEADER.len()]) {
        _ = self.writer.write_record(fields.iter().map(|field| clean(field)));
    }

    fn row(&mut self, row: &Row) {
        for entry in &row.cells {
            for (origin, clause) in self.grid.ways(entry) {
                let said = self.way(origin, clause);
                self.said(row, Some(entry), said);
            }
            for &limit in &entry.limits {
                let said = Said {
                    effect: "limit",
                    place: self.place(self.grid.clauses[limit].span),
                    ..Said::default()
                };
                self.said(row, Some(entry), said);
            }
        }
        if row.cells.is_empty() {
            self.said(
                row,
                None,
                Said {
                    effect: "none",
                    ..Said::default()
                },
            );
        }
    }

    fn way(&mut self, origin: &Origin, clause: &Clause) -> Said {
        Said {
            effect: effect(clause.effect),
            but: clause
                .but
                .as_ref()
                .map_or_else(String::new, |but| format!(" but {but}")),
            parties: clause.parties(),
            reach: clause.reach.clone().unwrap_or_default(),
            relation: clause
                .relation
                .as_ref()
                .map_or_else(String::new, |relation| format!("as {relation}")),
            condition: clause.condition(),
            via: via(self.grid, origin).join(" "),
            place: self.place(clause.span),
        }
    }

    fn place(&mut self, span: Span) -> [String; 2] {
        let (line, _) = self.places.position(span.file, span.range().start);
        [self.places.sources().name(span.file).to_owned(), line.to_string()]
    }

    fn said(&mut self, row: &Row, entry: Option<&Entry>, said: Said) {
        let [role, ty] = entry.map_or_else(Default::default, |entry| self.head(entry.column));
        let role = [role.as_str(), &said.but].concat();
        let [file, line] = said.place;
        self.record(&[
            row.areas.join(" "),
            row.action.clone(),
            row.target.clone(),
            row.field.clone().unwrap_or_default(),
            role,
            ty,
            said.effect.to_owned(),
            said.parties,
            said.reach,
            said.relation,
            said.condition,
            said.via,
            file,
            line,
            row.text.clone(),
            row.stands_for.join(" "),
        ]);
    }

    /// Name and type of a column.
    fn head(&self, column: usize) -> [String; 2] {
        match self.grid.columns[column] {
            Subject::Role(id) => {
                let head = self.grid.role(id);
                [head.name.clone(), head.ty.clone()]
            }
            _ => [subject(self.grid, column), String::new()],
        }
    }
}

/// `grant`, `prohibit`
pub(super) const fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Grant => "grant",
        Effect::Prohibit => "prohibit",
    }
}

/// The roles from which a rule came, the nearest first, the one that states it last; none for an own rule.
pub(super) fn via(grid: &Grid, origin: &Origin) -> Vec<String> {
    origin.path.iter().skip(1).map(|&role| grid.role(role).full()).collect()
}
