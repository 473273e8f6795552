//! # never-allowed-permission
//!
//! Finds permissions of which rules speak, and which nobody is allowed in any organisation: nothing gives them, or
//! whatever gives them is always prohibited. Fields are looked at where the record itself can be allowed. `nobody can …`
//! without a condition says so on purpose, and is let pass.
//!
//! Whoever reads the rules believes that somebody can do it.
//!
//! ```roles
//! account Shop
//! resource Order in Shop {
//!   open: bool = true
//!   actions view, cancel   # error
//! }
//! role Clerk at Shop { can view Order }
//! nobody can cancel Order unless resource.open
//! ```
//!
//! Use instead: a rule that gives it, or a prohibition that means it.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { open: bool = true  actions view, cancel }
//! role Clerk at Shop { can view, cancel Order }
//! nobody can cancel Order unless resource.open
//! ```

use crate::analyze::Analysis;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};
use crate::model::permission::{PermId, Permission};
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    name: "never-allowed-permission",
    category: Category::Conflicts,
    level: Level::Warning,
    whole: true,
    source: include_str!("never_allowed_permission.rs"),
    check,
};

/// How many rules a finding points at.
const SHOWN: usize = 4;

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for extreme in analysis.extremes().iter().filter(|it| !it.allowed && !it.said) {
        let Some(span) = place(analysis, extreme.permission) else {
            continue;
        };
        let shown = cx.model.show_permission(extreme.permission);
        let mut report = cx
            .report(span, format!("nobody can ever `{shown}`, though rules speak of it"))
            .help("give it to somebody, or say `nobody can` without a condition");
        for &rule in extreme.rules.iter().take(SHOWN) {
            report = report.label(rule, "speaks of it");
        }
    }
}

/// Where the action is declared, if no field is given by itself; or the field, if the record itself is allowed.
fn place(analysis: &Analysis<'_>, id: PermId) -> Option<Span> {
    let (table, model) = (analysis.table, analysis.table.model());
    let Permission::Act { ty, action, field } = model.permissions.get(id) else {
        return None;
    };
    let given = |field| {
        let id = model.permissions.id(Permission::Act { ty, action, field });
        id.filter(|&id| !table.row(id).grants.is_empty())
    };
    let Some(field) = field else {
        let by_field = (0..model.ty(ty).fields.len()).any(|field| given(Some(field)).is_some());
        let apart = by_field && table.row(id).grants.is_empty();
        return (!apart).then(|| model.ty(ty).actions[action].span);
    };
    let record = given(None)?;
    let is_never = analysis
        .extremes()
        .iter()
        .any(|it| it.permission == record && !it.allowed);
    (!is_never).then(|| model.ty(ty).fields[field].span)
}
