//! # undocumented-role
//!
//! Finds roles without a label and without a doc comment in a policy in which most roles have one.
//!
//! Whoever hands the role out sees its bare name only, and the policy as a help page has a gap there.
//!
//! ```roles
//! account Shop { actions view, edit, close }
//! role Owner at Shop "the one who pays" { can close Shop }
//! ## Runs the shop from day to day.
//! role Manager at Shop { can edit Shop can view Shop }
//! role Temp at Shop { can view Shop }   # error
//! ```
//!
//! Use instead: a label, or a doc comment in front of the role.
//!
//! ```roles
//! account Shop { actions view, edit, close }
//! role Owner at Shop "the one who pays" { can close Shop }
//! ## Runs the shop from day to day.
//! role Manager at Shop { can edit Shop can view Shop }
//! role Temp at Shop "helps out" { can view Shop }
//! ```

use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};
use crate::model::Role;

pub(super) const RULE: Rule = Rule {
    name: "undocumented-role",
    category: Category::Completeness,
    level: Level::Note,
    whole: false,
    source: include_str!("undocumented_role.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model;
    let (told, bare): (Vec<_>, Vec<_>) = model.role_ids().partition(|&role| is_told(model.role(role)));
    if bare.len() >= told.len() {
        return;
    }
    for role in bare {
        if let Some(&span) = model.role(role).spans.first() {
            cx.report(
                span,
                format!(
                    "`{}` has neither a label nor a doc comment, as most roles here have",
                    model.show_role(role)
                ),
            )
            .help("add a label in quotes, or a line `## …` in front of it");
        }
    }
}

fn is_told(role: &Role) -> bool {
    role.doc.is_some() || !role.labels.is_empty()
}
