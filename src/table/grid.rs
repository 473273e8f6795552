//! The table as people read it: a cell tells in the author's words how a role has a permission.

use super::{Table, Way};
use crate::model::permission::PermId;
use crate::model::{Effect, RoleId, Rule};

/// What one role has of one permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Ways in which it is granted.
    pub grants: Vec<Way>,
    /// What prohibits it to holders of the role.
    pub prohibitions: Vec<Way>,
}

/// A clause of a rule as written, without the words that a cell does not need.
pub type Words = String;

impl Cell {
    /// The cell of a permission and a role.
    #[must_use]
    pub fn of(table: &Table, id: PermId, role: RoleId) -> Self {
        let ways = |effect| Table::cell(table.ways(id, effect), Some(role)).to_vec();
        Self { grants: ways(Effect::Grant), prohibitions: ways(Effect::Prohibit) }
    }

    /// True if the role's rules say nothing of the permission.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.grants.is_empty() && self.prohibitions.is_empty()
    }

    /// The terms of the grants: reach, relation and whether there is a condition; empty for a plain grant.
    #[must_use]
    pub fn in_words(&self, table: &Table) -> Words {
        let mut words: Vec<String> = self.grants.iter().map(|way| terms(table, table.model().rule(way.rule))).collect();
        words.dedup();
        words.join("; ")
    }
}

/// Reach, relation and condition of a rule.
#[must_use]
pub fn terms(table: &Table, rule: &Rule) -> Words {
    let model = table.model();
    let mut parts = vec![model.show_reach(rule.reach)];
    if !rule.relation.is_empty() {
        let relations: Vec<String> = rule.relation.iter().map(|relation| show_relation(table, relation)).collect();
        parts.push(format!("as {}", relations.join(" or ")));
    }
    parts.extend(rule.when.as_ref().map(|expr| format!("when {}", model.show_expr(expr))));
    parts.extend(rule.unless.as_ref().map(|expr| format!("unless {}", model.show_expr(expr))));
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

fn show_relation(table: &Table, relation: &crate::model::Relation) -> String {
    let model = table.model();
    let name = |key: crate::model::AttrName| model.attr_names[key.0 as usize].clone();
    let mut steps: Vec<String> =
        relation.then.iter().rev().map(|&(key, plus)| format!("{}{}", name(key), if plus { "+" } else { "" })).collect();
    steps.push(name(relation.first));
    steps.extend(relation.at.map(|ty| model.ty(ty).name.clone()));
    steps.join(" of ")
}
