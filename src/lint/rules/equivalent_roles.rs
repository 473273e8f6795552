//! # equivalent-roles
//!
//! Finds roles of one type that give the same: whoever holds only the one may do, in every organisation, exactly what he
//! may do with only the other. Roles that a constraint or a rule about giving them out tells apart are let pass.
//!
//! Who gives out roles has to choose between them, and nothing depends on the choice. One day only one of them is changed.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { actions view, cancel }
//! role Clerk at Shop { can view, cancel Order }
//! role Seller at Shop {   # error
//!   can view Order
//!   can cancel Order
//! }
//! ```
//!
//! Use instead: one of them, with a label for each name; or the difference that was meant.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { actions view, cancel }
//! role Clerk at Shop { can view, cancel Order }
//! role Seller at Shop { can view Order }
//! ```

use crate::analyze::alike::equivalent;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};
use crate::model::permission::Permission;
use crate::model::{ConstraintKind, RoleId};
use crate::source::Span;
use crate::table::Table;

pub(super) const RULE: Rule = Rule {
    name: "equivalent-roles",
    category: Category::Redundancy,
    level: Level::Note,
    whole: true,
    source: include_str!("equivalent_roles.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for (role, other) in equivalent(analysis) {
        let (here, there) = (cx.model.role(role).spans.first(), cx.model.role(other).spans.first());
        let (Some(&here), Some(&there)) = (here, there) else {
            continue;
        };
        if told_apart(analysis.table, role, other) {
            continue;
        }
        let names = (cx.model.show_role(role), cx.model.show_role(other));
        cx.report(here, format!("`{}` gives exactly what `{}` gives", names.0, names.1))
            .label(there, "gives the same")
            .help("keep one of them, or say in what they differ");
    }
}

/// A constraint speaks of one of them only, or they are not given out by the same rules.
fn told_apart(table: &Table, a: RoleId, b: RoleId) -> bool {
    let model = table.model();
    let by_constraint = model.constraints.iter().any(|constraint| {
        let sides = match &constraint.kind {
            ConstraintKind::Each { roles, .. } => vec![roles],
            ConstraintKind::Also { is, also } => vec![is, also],
            ConstraintKind::Roles { left, right, .. } => vec![left, right],
            ConstraintKind::Permissions { .. } => Vec::new(),
        };
        sides.iter().any(|side| side.contains(&a) != side.contains(&b))
    });
    by_constraint || model.role(a).default != model.role(b).default || handing(table, a) != handing(table, b)
}

/// The rules about giving and taking a role.
fn handing(table: &Table, role: RoleId) -> Vec<Span> {
    let model = table.model();
    let ids = [Permission::Give(role), Permission::Take(role)].into_iter();
    let rows = ids
        .filter_map(|permission| model.permissions.id(permission))
        .map(|id| table.row(id));
    let ways = rows.flat_map(|row| row.grants.iter().chain(&row.prohibitions));
    ways.map(|way| model.rule(way.rule).span).collect()
}
