//! # empty-role
//!
//! Finds roles that have no rule and that nothing names: they are no default, no other role extends them, nobody gives
//! them, and no condition, constraint or promise speaks of them.
//!
//! Whoever holds such a role has nothing by it. It was forgotten when its rules went away, or its rules are still to
//! be written.
//!
//! ```roles
//! account Shop { actions view }
//! role Owner at Shop { can view Shop }
//! role Guest at Shop   # error
//! ```
//!
//! Use instead: give it rules, or say what it is for by naming it where it matters.
//!
//! ```roles
//! account Shop { actions view }
//! role Owner at Shop { can view Shop }
//! role Guest at Shop
//! no user is both Owner and Guest
//! ```

use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "empty-role",
    category: Category::Hygiene,
    level: Level::Note,
    whole: true,
    source: include_str!("empty_role.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model;
    for id in model.role_ids() {
        let role = model.role(id);
        if !role.rules.is_empty() || role.default || cx.uses.roles.contains(&id) {
            continue;
        }
        if let Some(&span) = role.spans.first() {
            cx.report(
                span,
                format!("`{}` has no rules, and nothing names it", model.show_role(id)),
            )
            .help("give it rules, or take it out");
        }
    }
}
