//! The table for programs. The names and their order are part of the interface: they only ever grow.
//!
//! ```text
//! policy       labels of the policy: [{ text, lang }]
//! types        [{ name, kind: account|unit|resource|principal, in: [type], labels }]
//! roles        [{ name, type, default, derived, extends: [role], labels, doc }]
//! groups       [{ kind: area|type|administration|grants, name, labels, doc, elsewhere: [area], permissions }]
//! permissions  [{ permission, action, target, type, field, areas: [area], stands_for: [field], cells }]
//! cells        [{ subject: role|everyone|anyone|nobody, role, text: [words], ways, limits }]
//! ways         [{ effect: grant|prohibit, exempt: [role], they_have, except_self, receiver, reach, named: [type],
//!                 relation, when, unless, source, doc, inherited_from: [role] }]
//! limits       [{ source, doc }]: rules of the role that say `but not`
//! source       { file, line, column, end_line, end_column }, counted from 1, columns in characters
//! ```
//!
//! Roles are written with their type, `Entity.Lead`. Only the cells of which a rule speaks are there. What is not said is
//! `null`: a reach of `null` is the node and all below, up to the next border. A row stands for the record and for the
//! fields in `stands_for`. `inherited_from` is the way that the rule came: the role that is extended first, the one that
//! states the rule last; it is empty for an own rule.

use serde::Serialize;

use super::csv::{effect, via};
use crate::model::RoleId;
use crate::report::json::printable;
use crate::report::places::Places;
use crate::source::{Sources, Span};
use crate::syntax::ast;
use crate::table::grid::{self, Entry, Grid, GroupKind, Origin, RoleHead, Subject, TypeHead};

#[derive(Serialize)]
struct Document<'a> {
    policy: Vec<Label<'a>>,
    types: Vec<Type<'a>>,
    roles: Vec<Role<'a>>,
    groups: Vec<Group<'a>>,
}

#[derive(Serialize)]
struct Label<'a> {
    text: &'a str,
    lang: Option<&'a str>,
}

#[derive(Serialize)]
struct Type<'a> {
    name: &'a str,
    kind: &'static str,
    r#in: &'a [String],
    labels: Vec<Label<'a>>,
}

#[derive(Serialize)]
struct Role<'a> {
    name: &'a str,
    r#type: &'a str,
    default: bool,
    derived: bool,
    extends: Vec<String>,
    labels: Vec<Label<'a>>,
    doc: Option<&'a str>,
}

#[derive(Serialize)]
struct Group<'a> {
    kind: &'static str,
    name: &'a str,
    labels: Vec<Label<'a>>,
    doc: Option<&'a str>,
    elsewhere: &'a [String],
    permissions: Vec<Permission<'a>>,
}

#[derive(Serialize)]
struct Permission<'a> {
    permission: &'a str,
    action: &'a str,
    target: &'a str,
    r#type: &'a str,
    field: Option<&'a str>,
    areas: &'a [String],
    stands_for: &'a [String],
    cells: Vec<Cell<'a>>,
}

#[derive(Serialize)]
struct Cell<'a> {
    subject: &'static str,
    role: Option<String>,
    text: Vec<String>,
    ways: Vec<Way<'a>>,
    limits: Vec<Limit<'a>>,
}

#[derive(Serialize)]
struct Way<'a> {
    effect: &'static str,
    exempt: Vec<String>,
    they_have: bool,
    except_self: bool,
    receiver: Option<&'a str>,
    reach: Option<&'a str>,
    named: &'a [String],
    relation: Option<&'a str>,
    when: Option<&'a str>,
    unless: Option<&'a str>,
    source: Place<'a>,
    doc: Option<&'a str>,
    inherited_from: Vec<String>,
}

#[derive(Serialize)]
struct Limit<'a> {
    source: Place<'a>,
    doc: Option<&'a str>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// The table as one JSON document.
#[must_use]
pub fn json(grid: &Grid, sources: &Sources) -> String {
    let mut writer = Writer {
        grid,
        places: Places::new(sources),
    };
    let document = Document {
        policy: labels(&grid.title),
        types: grid.types.iter().map(ty).collect(),
        roles: shown_roles(grid).map(|head| role(grid, head)).collect(),
        groups: grid.groups.iter().map(|group| writer.group(group)).collect(),
    };
    printable(&serde_json::to_string_pretty(&document).unwrap_or_default()) + "\n"
}

struct Writer<'a> {
    grid: &'a Grid,
    places: Places<'a>,
}

impl<'a> Writer<'a> {
    fn group(&mut self, group: &'a grid::Group) -> Group<'a> {
        Group {
            kind: kind(group.kind),
            name: &group.name,
            labels: labels(&group.labels),
            doc: group.doc.as_deref(),
            elsewhere: &group.elsewhere,
            permissions: group.rows.iter().map(|row| self.permission(row)).collect(),
        }
    }

    fn permission(&mut self, row: &'a grid::Row) -> Permission<'a> {
        Permission {
            permission: &row.text,
            action: &row.action,
            target: &row.target,
            r#type: &row.ty,
            field: row.field.as_deref(),
            areas: &row.areas,
            stands_for: &row.stands_for,
            cells: row.cells.iter().map(|entry| self.cell(entry)).collect(),
        }
    }

    fn cell(&mut self, entry: &'a Entry) -> Cell<'a> {
        let grid = self.grid;
        let (subject, role) = match grid.columns[entry.column] {
            Subject::Role(id) => ("role", Some(id)),
            Subject::Everyone => ("everyone", None),
            Subject::Anyone => ("anyone", None),
            Subject::Nobody => ("nobody", None),
        };
        Cell {
            subject,
            role: role.map(|id| grid.role(id).full()),
            text: grid.words(entry),
            ways: grid
                .ways(entry)
                .map(|(origin, clause)| self.way(origin, clause))
                .collect(),
            limits: entry
                .limits
                .iter()
                .map(|&limit| self.limit(&grid.clauses[limit]))
                .collect(),
        }
    }

    fn way(&mut self, origin: &'a Origin, clause: &'a grid::Clause) -> Way<'a> {
        Way {
            effect: effect(clause.effect),
            exempt: full_names(self.grid, &clause.exempt),
            they_have: clause.they_have,
            except_self: clause.except_self,
            receiver: clause.receiver.as_deref(),
            reach: clause.reach.as_deref(),
            named: &clause.named,
            relation: clause.relation.as_deref(),
            when: clause.when.as_deref(),
            unless: clause.unless.as_deref(),
            source: self.place(clause.span),
            doc: clause.doc.as_deref(),
            inherited_from: via(self.grid, origin),
        }
    }

    fn limit(&mut self, clause: &'a grid::Clause) -> Limit<'a> {
        Limit {
            source: self.place(clause.span),
            doc: clause.doc.as_deref(),
        }
    }

    fn place(&mut self, span: Span) -> Place<'a> {
        let bytes = span.range();
        let (line, column) = self.places.position(span.file, bytes.start);
        let (end_line, end_column) = self.places.position(span.file, bytes.end);
        Place {
            file: self.places.sources().name(span.file),
            line,
            column,
            end_line,
            end_column,
        }
    }
}

/// The roles that have a column, in its order.
fn shown_roles(grid: &Grid) -> impl Iterator<Item = &RoleHead> {
    grid.columns.iter().filter_map(|subject| match subject {
        Subject::Role(id) => Some(grid.role(*id)),
        _ => None,
    })
}

fn role<'a>(grid: &Grid, head: &'a RoleHead) -> Role<'a> {
    Role {
        name: &head.name,
        r#type: &head.ty,
        default: head.default,
        derived: head.derived,
        extends: full_names(grid, &head.extends),
        labels: labels(&head.labels),
        doc: head.doc.as_deref(),
    }
}

fn ty(head: &TypeHead) -> Type<'_> {
    Type {
        name: &head.name,
        kind: head.kind,
        r#in: &head.containers,
        labels: labels(&head.labels),
    }
}

fn labels(labels: &[ast::Label]) -> Vec<Label<'_>> {
    labels
        .iter()
        .map(|label| Label {
            text: &label.text,
            lang: label.lang.as_deref(),
        })
        .collect()
}

fn full_names(grid: &Grid, roles: &[RoleId]) -> Vec<String> {
    roles.iter().map(|&role| grid.role(role).full()).collect()
}

const fn kind(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Area => "area",
        GroupKind::Type => "type",
        GroupKind::Administration => "administration",
        GroupKind::Grants => "grants",
    }
}
