//! # shedding-gains-access
//!
//! Finds roles that are worth giving up: without the role its holder is allowed something that he was not allowed with
//! it, because the default role comes back, or because a condition asks for the role. A `cannot` in the role itself says
//! so on purpose, and is let pass.
//!
//! A role that restricts lasts only as long as nobody takes it away; who may take it away gives access by it.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { actions view, cancel }
//! role Clerk at Shop default { can view, cancel Order }
//! role Trainee at Shop { can view Order }   # error
//! ```
//!
//! Use instead: roles that only add, on top of a default role with the least.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { actions view, cancel }
//! role Trainee at Shop default { can view Order }
//! role Clerk at Shop { can view, cancel Order }
//! ```

use crate::analyze::shedding::shedding;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "shedding-gains-access",
    category: Category::Security,
    level: Level::Note,
    whole: true,
    source: include_str!("shedding_gains_access.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    let model = cx.model;
    for found in shedding(analysis) {
        let Some(&span) = model.role(found.role).spans.first() else {
            continue;
        };
        let (role, permission) = (model.show_role(found.role), model.show_permission(found.permission));
        let why = match found.default {
            Some(default) => format!(", as `{}` comes back by default", model.show_role(default)),
            None => String::new(),
        };
        let witness = found.shown.help("deny");
        cx.report(span, format!("who gives up `{role}` gains `{permission}`{why}"))
            .help(format!("{witness}\nWithout the role it is answered with allow."));
    }
}
