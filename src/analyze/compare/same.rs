//! Permissions on which two policies say the same, by the rules that a decision on them can look at.
//!
//! What facts can look like (types, attributes with their defaults, roles with their derivations, `implies`) is compared as
//! a whole: where anything of it differs, no permission is left out. Else a permission is left out if its own row, and every
//! row that the decision can come to look at ([`Scope`]), are the same on both sides. So nothing is decided here about
//! what an edit means.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use crate::analyze::scope::Scope;
use crate::model::permission::PermId;
use crate::model::rebase::Rebased;
use crate::model::{Attribute, Model, RoleId, Rule, RuleId};
use crate::table::Table;

/// Permissions on which the decisions may differ.
pub(super) fn changed(rebased: &Rebased, [old, new]: [&Table; 2]) -> BTreeSet<PermId> {
    let all: BTreeSet<PermId> = rebased.base.permissions.iter().map(|(id, _)| id).collect();
    let declared_alike = declared(&rebased.old) == declared(&rebased.new)
        && rebased.old_values == rebased.new_values
        && rebased.old_types == rebased.new_types;
    if !declared_alike {
        return all;
    }
    let rows = [Rows::of(old), Rows::of(new)];
    let is_same = |id: &PermId| rows[0].row(old, *id) == rows[1].row(new, *id);
    let same: BTreeSet<PermId> = all.iter().copied().filter(is_same).collect();
    let looked_at = |id: PermId| [old, new].into_iter().flat_map(move |table| Scope::rows(table, id));
    all.into_iter()
        .filter(|&id| !looked_at(id).all(|row| same.contains(&row)))
        .collect()
}

/// All that is declared, rules apart.
fn declared(model: &Model) -> String {
    let mut text = String::new();
    for ty in &model.types {
        let mut containers = ty.containers.clone();
        containers.sort_unstable();
        let _ = write!(
            text,
            "{} {:?} {containers:?} {:?};",
            ty.name,
            ty.kind,
            attributes(&ty.attributes)
        );
    }
    for role in &model.roles {
        let head = (role.is_declared(), role.default, &role.derived);
        let _ = write!(text, "{} {head:?} {:?};", role.name, attributes(&role.parameters));
    }
    let implied = model.permissions.iter().map(|(id, _)| model.permissions.implied(id));
    let _ = write!(
        text,
        "{:?} {:?}",
        attributes(&model.context),
        implied.collect::<Vec<_>>()
    );
    let mut scope = Scope::default();
    scope.policy(model);
    let _ = write!(text, "{:?}", scope.followed);
    text
}

fn attributes(all: &[Attribute]) -> Vec<String> {
    let mut told: Vec<String> = all
        .iter()
        .map(|it| format!("{:?} {:?} {:?}", it.key, it.ty, it.default))
        .collect();
    told.sort_unstable();
    told
}

/// Rules as texts that are the same if the rules are, but for the permissions that they concern.
struct Rows {
    rules: Vec<String>,
}

impl Rows {
    fn of(table: &Table) -> Self {
        Self {
            rules: table.model().rules.iter().map(text).collect(),
        }
    }

    fn row(&self, table: &Table, id: PermId) -> BTreeSet<(Option<RoleId>, &str)> {
        let row = table.row(id);
        let ways = row.grants.iter().chain(&row.prohibitions);
        ways.map(|way| (way.role, self.rules[way.rule.ix()].as_str())).collect()
    }
}

/// By rule: the first that reads the same.
pub(in crate::analyze) fn wordings(model: &Model) -> Vec<RuleId> {
    let mut known: HashMap<String, RuleId> = HashMap::new();
    let rules = (0..).map(RuleId).zip(&model.rules);
    rules.map(|(id, rule)| *known.entry(text(rule)).or_insert(id)).collect()
}

/// A rule as a text that is the same if the rule is, but for the permissions that it concerns.
pub(super) fn text(rule: &Rule) -> String {
    let whom = (&rule.effect, &rule.who, &rule.named, rule.except_self, rule.they_have);
    format!(
        "{whom:?} {:?} {:?} {:?} {:?} {:?}",
        rule.receiver, rule.reach, rule.relation, rule.when, rule.unless
    )
}
