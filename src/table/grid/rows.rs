//! Cells: the ways of a permission, put under their columns.

use std::collections::{BTreeMap, HashMap};

use super::{Clause, Entry, Origin, Subject, columns};
use crate::model::permission::PermId;
use crate::model::{Effect, Model, RoleId, RuleId};
use crate::table::{Table, Way};

/// Gathers cells, and each rule and each path of inheritance once.
pub(super) struct Gatherer<'a> {
    pub(super) table: &'a Table,
    column_of: HashMap<Subject, usize>,
    clauses: Numbered<RuleId, Clause>,
    origins: Numbered<(Option<RoleId>, RuleId), Origin>,
    limits: HashMap<PermId, Vec<(usize, RuleId)>>,
}

/// Things in the order in which they were first asked for.
struct Numbered<K, T> {
    ids: HashMap<K, usize>,
    list: Vec<T>,
}

impl<K: std::hash::Hash + Eq, T> Numbered<K, T> {
    fn new() -> Self {
        Self {
            ids: HashMap::new(),
            list: Vec::new(),
        }
    }

    fn number(&mut self, key: K, make: impl FnOnce() -> T) -> usize {
        *self.ids.entry(key).or_insert_with(|| {
            self.list.push(make());
            self.list.len() - 1
        })
    }
}

impl<'a> Gatherer<'a> {
    pub(super) fn new(table: &'a Table, columns: &[Subject]) -> Self {
        let mut gatherer = Self {
            table,
            column_of: columns.iter().enumerate().map(|(ix, &subject)| (subject, ix)).collect(),
            clauses: Numbered::new(),
            origins: Numbered::new(),
            limits: HashMap::new(),
        };
        for (column, subject) in columns.iter().enumerate() {
            if let Subject::Role(role) = *subject {
                gatherer.note_limits(column, role);
            }
        }
        gatherer
    }

    pub(super) const fn model(&self) -> &'a Model {
        self.table.model()
    }

    pub(super) fn finish(self) -> (Vec<Clause>, Vec<Origin>) {
        (self.clauses.list, self.origins.list)
    }

    /// `but not` binds the role that says it; heirs do not copy it.
    fn note_limits(&mut self, column: usize, role: RoleId) {
        let model = self.model();
        for own in model.role(role).rules.iter().filter(|rule| rule.via.is_none()) {
            for &id in &model.rule(own.rule).limits {
                self.limits.entry(id).or_default().push((column, own.rule));
            }
        }
    }

    /// The cells of a permission that are not empty, by column.
    pub(super) fn cells(&mut self, id: PermId) -> Vec<Entry> {
        let mut cells: BTreeMap<usize, Entry> = BTreeMap::new();
        let table = self.table;
        for &way in [Effect::Grant, Effect::Prohibit]
            .iter()
            .flat_map(|&effect| table.ways(id, effect))
        {
            if let Some(column) = self.column(way) {
                let origin = self.origin(way);
                entry(&mut cells, column).ways.push(origin);
            }
        }
        for (column, rule) in self.limits.get(&id).cloned().unwrap_or_default() {
            let clause = self.clause(rule);
            entry(&mut cells, column).limits.push(clause);
        }
        cells.into_values().collect()
    }

    /// True if a cell grants.
    pub(super) fn grants(&self, cells: &[Entry]) -> bool {
        let mut ways = cells
            .iter()
            .flat_map(|entry| &entry.ways)
            .map(|&way| &self.origins.list[way]);
        ways.any(|origin| self.clauses.list[origin.clause].effect == Effect::Grant)
    }

    fn column(&self, way: Way) -> Option<usize> {
        let subject = match way.role {
            Some(role) => Subject::Role(role),
            None => columns::of_all(&self.model().rule(way.rule).who)?,
        };
        self.column_of.get(&subject).copied()
    }

    fn origin(&mut self, way: Way) -> usize {
        let (table, clause) = (self.table, self.clause(way.rule));
        self.origins.number((way.role, way.rule), || Origin {
            clause,
            path: table.path(way),
        })
    }

    fn clause(&mut self, rule: RuleId) -> usize {
        let model = self.model();
        self.clauses.number(rule, || Clause::of(model, model.rule(rule)))
    }
}

fn entry(cells: &mut BTreeMap<usize, Entry>, column: usize) -> &mut Entry {
    cells.entry(column).or_insert_with(|| Entry {
        column,
        ways: Vec::new(),
        limits: Vec::new(),
    })
}
