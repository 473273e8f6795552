//! # always-allowed-permission
//!
//! Finds permissions that everybody who is signed in has on every target, in every organisation, though no single rule
//! says so: several do together, or a condition is always true. `everyone can … anywhere` and `anyone can …` without a
//! condition say so on purpose, and are let pass.
//!
//! Whoever reads the conditions believes that somebody is kept out.
//!
//! ```roles
//! account Shop
//! resource Page in Shop {
//!   draft: bool = false
//!   actions view   # error
//! }
//! everyone can view Page anywhere when resource.draft
//! everyone can view Page anywhere unless resource.draft
//! ```
//!
//! Use instead: one rule that says so.
//!
//! ```roles
//! account Shop
//! resource Page in Shop { actions view }
//! everyone can view Page anywhere
//! ```

use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};
use crate::model::permission::Permission;

pub(super) const RULE: Rule = Rule {
    name: "always-allowed-permission",
    category: Category::Conflicts,
    level: Level::Note,
    whole: true,
    source: include_str!("always_allowed_permission.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for extreme in analysis.extremes().iter().filter(|it| it.allowed && !it.said) {
        let Permission::Act { ty, action, field } = cx.model.permissions.get(extreme.permission) else {
            continue;
        };
        let span = match field {
            None => cx.model.ty(ty).actions[action].span,
            Some(field) => cx.model.ty(ty).fields[field].span,
        };
        let shown = cx.model.show_permission(extreme.permission);
        let mut report = cx
            .report(span, format!("everybody who is signed in can always `{shown}`"))
            .help("say so in one rule without a condition, or keep somebody out");
        for &rule in &extreme.rules {
            report = report.label(rule, "gives it");
        }
    }
}
