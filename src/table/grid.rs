//! The table as people read it: permissions × roles, in each cell how a role has the permission, in the author's words.
//!
//! A [`Grid`] is made of the [`Table`] alone, so it needs no facts, and holds all that a rendering needs:
//!
//! 1. `columns`: a column per role, roles of one node type together, then `everyone`, `anyone` and `nobody` if a rule
//!    speaks of them.
//! 2. `rows`: a row per permission with its cells. A field that every column has exactly as the record is told by the
//!    record's row; `give` and `take` that are had alike are one row, `assign`.
//! 3. `groups`: areas, then the types whose permissions lie in no area, then administration, then single permissions
//!    that somebody may hand out.
//!
//! [`Clause`] puts a rule's terms into words, here and in answers ([`Cell`]).

mod columns;
mod groups;
mod rows;
mod words;

pub use words::{AT_ALL, Clause, NEVER, NOT, Words, YES, terms};

use super::{Table, Way};
use crate::model::permission::PermId;
use crate::model::{Effect, RoleId, TypeId};
use crate::syntax::ast::{Doc, Label};

/// What one role has of one permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Ways in which it is granted.
    pub grants: Vec<Way>,
    /// What prohibits it to holders of the role.
    pub prohibitions: Vec<Way>,
}

impl Cell {
    /// The cell of a permission and a role.
    #[must_use]
    pub fn of(table: &Table, id: PermId, role: RoleId) -> Self {
        let ways = |effect| Table::cell(table.ways(id, effect), Some(role)).to_vec();
        Self {
            grants: ways(Effect::Grant),
            prohibitions: ways(Effect::Prohibit),
        }
    }

    /// True if the role's rules say nothing of the permission.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.grants.is_empty() && self.prohibitions.is_empty()
    }

    /// The terms of the grants: reach, relation and condition; empty for a plain grant.
    #[must_use]
    pub fn in_words(&self, table: &Table) -> Words {
        let terms = self.grants.iter().map(|way| terms(table, table.model().rule(way.rule)));
        let words = words::granted(terms);
        if words == [YES] {
            String::new()
        } else {
            words.join("; ")
        }
    }
}

/// The decision table, ready to be rendered.
#[derive(Debug, Clone)]
pub struct Grid {
    /// The labels of the policy.
    pub title: Vec<Label>,
    /// Node types and kinds of principals that have permissions or roles.
    pub types: Vec<TypeHead>,
    /// Every role of the policy, by id, shown or not: paths of inheritance name them.
    pub roles: Vec<RoleHead>,
    /// The columns; cells name them by index.
    pub columns: Vec<Subject>,
    /// The rows, grouped.
    pub groups: Vec<Group>,
    /// The rules behind the cells.
    pub clauses: Vec<Clause>,
    /// How a column came by a clause; cells name these by index.
    pub origins: Vec<Origin>,
}

/// Whom a column is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The holders of a role.
    Role(RoleId),
    /// Whoever is a member of some place in the account.
    Everyone,
    /// Callers who are not signed in, too.
    Anyone,
    /// Prohibitions for all.
    Nobody,
}

/// A type as a heading.
#[derive(Debug, Clone)]
pub struct TypeHead {
    /// Its name.
    pub name: String,
    /// `account`, `unit`, `resource`, `principal`
    pub kind: &'static str,
    /// Its labels.
    pub labels: Vec<Label>,
    /// The types that may contain it.
    pub containers: Vec<String>,
}

/// A role as a heading.
#[derive(Debug, Clone)]
pub struct RoleHead {
    /// Its name alone.
    pub name: String,
    /// The type at which it is held.
    pub ty: String,
    /// Another type has a role of this name.
    pub shared: bool,
    /// Held by members to whom nothing else is given there.
    pub default: bool,
    /// Held by derivation only.
    pub derived: bool,
    /// The roles whose rules it copies.
    pub extends: Vec<RoleId>,
    /// Its labels.
    pub labels: Vec<Label>,
    /// Its doc comment.
    pub doc: Doc,
}

impl RoleHead {
    /// `Entity.Lead`
    #[must_use]
    pub fn full(&self) -> String {
        format!("{}.{}", self.ty, self.name)
    }

    /// The name, with its type where the name alone would not tell.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.shared { self.full() } else { self.name.clone() }
    }
}

/// What a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupKind {
    /// An area of the policy.
    Area,
    /// A type, for what lies in no area.
    Type,
    /// Giving and taking roles and memberships.
    Administration,
    /// Handing out single permissions.
    Grants,
}

/// Rows under one heading.
#[derive(Debug, Clone)]
pub struct Group {
    /// What it is.
    pub kind: GroupKind,
    /// The name of the area or type.
    pub name: String,
    /// Labels of the area or type.
    pub labels: Vec<Label>,
    /// Doc comment of the area or type.
    pub doc: Doc,
    /// The rows.
    pub rows: Vec<Row>,
    /// Smaller areas under which other permissions of this area stand.
    pub elsewhere: Vec<String>,
}

/// A permission with its cells.
#[derive(Debug, Clone)]
pub struct Row {
    /// `edit`, `assign`, `grant view`, `give member`
    pub action: String,
    /// `Entity`, `Lead`; of `member`, the type of the place.
    pub target: String,
    /// The type of nodes at which it is decided or, of `grant`, that the granted permission is about.
    pub ty: String,
    /// The field that it is about.
    pub field: Option<String>,
    /// It as the policy's author would write it: `edit Entity.billing`, `assign Lead`, `assign member at Entity`.
    pub text: String,
    /// All areas that have it.
    pub areas: Vec<String>,
    /// Fields that every column has exactly as this row tells.
    pub stands_for: Vec<String>,
    /// The cells that are not empty, by column.
    pub cells: Vec<Entry>,
}

impl Row {
    /// The cell under a column, if it is not empty.
    #[must_use]
    pub fn cell(&self, column: usize) -> Option<&Entry> {
        let found = self.cells.binary_search_by_key(&column, |entry| entry.column);
        found.ok().map(|ix| &self.cells[ix])
    }
}

/// A cell that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Index into [`Grid::columns`].
    pub column: usize,
    /// Indices into [`Grid::origins`]: grants, then prohibitions.
    pub ways: Vec<usize>,
    /// Indices into [`Grid::clauses`]: rules of the role that say `but not`.
    pub limits: Vec<usize>,
}

/// A rule as a column has it.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Index into [`Grid::clauses`].
    pub clause: usize,
    /// The roles it came through: the column's own first, the one that states it last; empty for rules without a role.
    pub path: Vec<RoleId>,
}

/// Which columns are wanted; an empty list is no limit.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Roles held at nodes of these types.
    pub types: Vec<TypeId>,
    /// These roles.
    pub roles: Vec<RoleId>,
}

impl Filter {
    fn wants(&self, role: RoleId, ty: TypeId) -> bool {
        (self.types.is_empty() || self.types.contains(&ty)) && (self.roles.is_empty() || self.roles.contains(&role))
    }
}

impl Grid {
    /// The whole table.
    #[must_use]
    pub fn new(table: &Table) -> Self {
        Self::filtered(table, &Filter::default())
    }

    /// The columns that are wanted, those of rules without a role included. Every ordinary permission keeps its row.
    #[must_use]
    pub fn filtered(table: &Table, filter: &Filter) -> Self {
        let model = table.model();
        let columns = columns::columns(model, filter);
        let mut gatherer = rows::Gatherer::new(table, &columns);
        let groups = groups::groups(&mut gatherer);
        let (clauses, origins) = gatherer.finish();
        Self {
            title: model.title.clone(),
            types: columns::types(model),
            roles: columns::roles(model),
            columns,
            groups,
            clauses,
            origins,
        }
    }

    /// The head of a role.
    #[must_use]
    pub fn role(&self, id: RoleId) -> &RoleHead {
        &self.roles[id.ix()]
    }

    /// The rules by which a cell grants or prohibits.
    pub fn ways<'a>(&'a self, entry: &'a Entry) -> impl Iterator<Item = (&'a Origin, &'a Clause)> {
        entry.ways.iter().map(|&way| {
            let origin = &self.origins[way];
            (origin, &self.clauses[origin.clause])
        })
    }

    /// What a cell says: `yes`, `only here as creator`, `never when user.is_external`, `not` for what the role limits
    /// itself to leave out. In the column `nobody` it reads on from there: `unless enterprise.negotiation`, `at all`.
    /// Several are given one by one; of those that read alike, one.
    #[must_use]
    pub fn words(&self, entry: &Entry) -> Vec<Words> {
        let terms = |effect| {
            self.ways(entry)
                .filter(move |(_, c)| c.effect == effect)
                .map(|(_, c)| c.terms())
        };
        if self.columns[entry.column] == Subject::Nobody {
            return words::denied_to_all(terms(Effect::Prohibit));
        }
        let mut words = words::granted(terms(Effect::Grant));
        let granted = !words.is_empty();
        words.extend(words::denied(terms(Effect::Prohibit)));
        if !granted && !entry.limits.is_empty() {
            words.push(NOT.to_owned());
        }
        words
    }
}
