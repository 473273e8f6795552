//! An organisation from tables: a folder of CSV and JSON Lines files, for facts that are too many for a document.
//!
//! | table | columns |
//! | --- | --- |
//! | `nodes` | `id`, `type`, `in`, and any attribute |
//! | `users` | `id`, `type`, `in` (several behind each other, `;` between), and any attribute |
//! | `groups` | `id`, `in` |
//! | `members` | `group`, `member` (a user, `group:other`) |
//! | `holdings` | `to`, `role`, `at`, `from`, `until`, and any parameter |
//! | `attributes` | `of`, `attribute`, `value`: one attribute of a node or user |
//!
//! Rows are streamed, read ahead by a thread, so that memory is what the organisation takes and not what the files hold. First every id is
//! entered (`places`, `people`), with the attributes that refer to none, then what refers to ids is read: members, `holdings`,
//! and, in a second pass over nodes and users where they have such columns, the other `attributes`. As in [`super::read`], what is wrong is reported
//! and left out; of each table the first [`SHOWN`] mistakes are told in full, with their line, the rest is counted.

mod ahead;
mod attributes;
mod holdings;
mod people;
mod places;
mod rows;
mod tell;

use std::collections::{HashMap, HashSet};
use std::io::{self, Read};

use ahead::{Item, Row, read_ahead};
use attributes::Given;
use rows::{Fault, Rows};
use tell::Told;

use super::read::{Names, constant, relation_circles};
use super::{EVERYONE, Facts, Group, Values, defaults};
use crate::diagnostic::{Diagnostic, Found};
use crate::model::value::NodeId;
use crate::model::{Model, RoleId, TypeId};
use crate::source::{Sources, Span};

/// So many mistakes of a table are told in full.
pub const SHOWN: usize = 20;

/// What a table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Places and resources.
    Nodes,
    /// Users and other principals.
    Users,
    /// Groups.
    Groups,
    /// Who is in which group.
    Members,
    /// Roles given by hand.
    Holdings,
    /// Single attributes.
    Attributes,
}

impl Kind {
    /// Every kind, in the order in which they are read.
    pub const ALL: [Self; 6] = [
        Self::Nodes,
        Self::Users,
        Self::Groups,
        Self::Members,
        Self::Holdings,
        Self::Attributes,
    ];

    /// The name of the file, without its ending.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nodes => "nodes",
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Members => "members",
            Self::Holdings => "holdings",
            Self::Attributes => "attributes",
        }
    }

    /// Its columns, and whether each must be there.
    const fn columns(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Nodes => &[("id", true), ("type", true), ("in", false)],
            Self::Users => &[("id", true), ("type", false), ("in", false)],
            Self::Groups => &[("id", true), ("in", false)],
            Self::Members => &[("group", true), ("member", true)],
            Self::Holdings => &[
                ("to", true),
                ("role", true),
                ("at", true),
                ("from", false),
                ("until", false),
            ],
            Self::Attributes => &[("of", true), ("attribute", true), ("value", true)],
        }
    }

    /// A JSON list may stand in a column: whether it may in a further one is a matter of its type.
    fn takes_lists(self, column: &str) -> bool {
        let named = self.columns().iter().any(|(name, _)| *name == column);
        !named || (self, column) == (Self::Users, "in") || (self, column) == (Self::Attributes, "value")
    }

    /// Further columns are attributes or parameters.
    const fn has_extra(self) -> bool {
        matches!(self, Self::Nodes | Self::Users | Self::Holdings)
    }
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header, as in RFC 4180.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// Opens a table from its start.
pub type Open<'o> = Box<dyn Fn() -> io::Result<Box<dyn Read + Send>> + 'o>;

/// One table.
pub struct Input<'o> {
    /// The name that it is shown under.
    pub name: String,
    /// What it is about.
    pub kind: Kind,
    /// How it is written.
    pub format: Format,
    /// Opens it from its start; it may be read twice.
    pub open: Open<'o>,
}

/// Reads an organisation. What is wrong is left out and stands in `found`.
#[must_use]
pub fn read(inputs: &[Input<'_>], model: &Model, sources: &mut Sources, found: &mut Found) -> Facts {
    let facts = Facts {
        pool: model.pool.clone(),
        context: model.context.iter().map(constant).collect(),
        ..Facts::default()
    };
    let mut tables = Tables {
        model,
        names: Names::of(&facts, model),
        facts,
        told: Told::new(sources, found),
        left_out: HashSet::new(),
        outside: Vec::new(),
        given: Given::default(),
        roles: HashMap::new(),
        blank: attributes::blank(model),
        slots: HashMap::new(),
        waits: false,
        further: Vec::new(),
    };
    tables.everyone();
    let mut waiting = Vec::new();
    for kind in Kind::ALL {
        for input in inputs.iter().filter(|input| input.kind == kind) {
            tables.table(input);
            waiting.extend(std::mem::take(&mut tables.waits).then_some(input));
        }
        if kind == Kind::Nodes {
            tables.contain(inputs);
        }
    }
    tables.finish(inputs, &waiting)
}

/// The state of a reading.
struct Tables<'m, 't> {
    model: &'m Model,
    facts: Facts,
    names: Names<'m>,
    told: Told<'t>,
    /// Ids of rows that were left out: what refers to them is not reported again.
    left_out: HashSet<Box<str>>,
    /// Nodes whose container was not known yet when they were read.
    outside: Vec<(NodeId, Span, Box<str>)>,
    /// Attributes that were given.
    given: Given,
    /// The roles of a name, looked up once.
    roles: HashMap<Box<str>, Vec<RoleId>>,
    /// What a node or user of each type is of whom nothing is said.
    blank: Vec<Values>,
    /// By column of the table that is read and type of its rows: which attribute it is, and whether that refers to things.
    slots: HashMap<(usize, TypeId), Option<(usize, bool)>>,
    /// Something in the table that is read refers to things that are not known yet.
    waits: bool,
    /// What else is wrong with the row that is read, with the name of the column.
    further: Vec<(String, Diagnostic)>,
}

/// The mistakes of a table.
#[derive(Default)]
struct Faults {
    /// Those that are told in full.
    shown: Vec<Fault>,
    /// How many there are besides.
    more: usize,
}

impl Faults {
    fn push(&mut self, fault: Fault) {
        match self.shown.len() < SHOWN {
            true => self.shown.push(fault),
            false => self.more += 1,
        }
    }
}

/// A mistake in a cell of a row.
type Wrong = (&'static str, Diagnostic);

impl Tables<'_, '_> {
    fn everyone(&mut self) {
        self.names.add_group("everyone", EVERYONE);
        let file = self.told.nowhere();
        self.facts.groups.push(Group {
            id: "everyone".to_owned(),
            place: None,
            members: Vec::new(),
            span: Span::new(file, 0, 0),
        });
    }

    /// Reads the ids of a table, or what refers to them.
    fn table(&mut self, input: &Input<'_>) {
        self.pass(input, |tables, row, span| match input.kind {
            Kind::Nodes => tables.node(row, span),
            Kind::Users => tables.user(row, span),
            Kind::Groups => tables.group(row, span),
            Kind::Members => tables.member(row),
            Kind::Holdings => tables.holding(row, span),
            Kind::Attributes => Ok(()),
        });
    }

    /// Goes through a table once.
    fn pass(&mut self, input: &Input<'_>, mut each: impl FnMut(&mut Self, &Row<'_>, Span) -> Result<(), Wrong>) {
        let file = self.told.file(&input.name);
        let rows = match Rows::open(input) {
            Ok(rows) => rows,
            Err(fault) => return self.told.tell(input, vec![fault], 0),
        };
        self.slots.clear();
        let mut faults = Faults::default();
        read_ahead(rows, |item| match item {
            Item::Fault(fault) => faults.push(fault),
            Item::Row(row) => {
                let line = usize::try_from(row.line).unwrap_or(usize::MAX);
                let wrong = each(self, &row, Span::new(file, line, line)).err();
                let wrong = wrong.map(|(column, diagnostic)| (column.to_owned(), diagnostic));
                for (column, diagnostic) in wrong.into_iter().chain(self.further.drain(..)) {
                    faults.push(Fault {
                        line: row.line,
                        column: Some(column),
                        diagnostic,
                    });
                }
            }
        });
        self.told.tell(input, faults.shown, faults.more);
    }

    /// A cell that must be there.
    fn need<'r>(row: &Row<'r>, column: usize, name: &'static str) -> Result<&'r str, Wrong> {
        row.get(column)
            .ok_or_else(|| (name, rows::lacks(row.line, name).diagnostic))
    }

    /// Attributes, what they fall back on, and what must stand once only.
    fn finish(mut self, inputs: &[Input<'_>], waiting: &[&Input<'_>]) -> Facts {
        for input in waiting {
            self.columns(input);
        }
        for input in inputs.iter().filter(|input| input.kind == Kind::Attributes) {
            self.pass(input, |tables, row, _| tables.attribute(row));
        }
        self.fall_back();
        defaults::fill(&mut self.facts, self.model);
        self.relations();
        self.once(inputs);
        self.told.end(inputs);
        self.facts
    }

    /// Reports circles of relations, some of them.
    fn relations(&mut self) {
        let mut circles = Found::default();
        relation_circles(&self.facts, self.model, &mut circles);
        let mut circles = circles.into_iter();
        circles
            .by_ref()
            .take(SHOWN)
            .for_each(|circle| self.told.found.push(circle));
        self.told.more += circles.len();
    }

    fn leave_out(&mut self, id: &str) {
        self.left_out.insert(id.into());
    }
}

fn twice(id: &str) -> Diagnostic {
    Diagnostic::error("name/duplicate", format!("`{id}` is declared twice"))
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
