//! # contained-roles
//!
//! Finds roles of which another gives everything they give, and more, though it does not extend them.
//!
//! The two grow apart as soon as only one of them is changed; `extends` says what is so, and keeps it so.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { actions view, cancel }
//! role Clerk at Shop { can view Order }   # error
//! role Manager at Shop { can view, cancel Order }
//! ```
//!
//! Use instead: `extends`.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { actions view, cancel }
//! role Clerk at Shop { can view Order }
//! role Manager at Shop extends Clerk { can cancel Order }
//! ```

use crate::analyze::alike::contained;
use crate::lint::context::Context;
use crate::lint::words::list;
use crate::lint::{Category, Level, Rule};
use crate::model::RoleId;
use std::collections::BTreeMap;

pub(super) const RULE: Rule = Rule {
    name: "contained-roles",
    category: Category::Redundancy,
    level: Level::Off,
    whole: true,
    source: include_str!("contained_roles.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    let mut wider: BTreeMap<RoleId, Vec<RoleId>> = BTreeMap::new();
    for (less, more) in contained(analysis) {
        wider.entry(less).or_default().push(more);
    }
    for (less, more) in wider {
        let Some(&span) = cx.model.role(less).spans.first() else {
            continue;
        };
        let names: Vec<String> = more.iter().map(|&role| cx.model.show_role(role)).collect();
        let all = format!(
            "everything that `{}` gives is given by {} too",
            cx.model.show_role(less),
            list(&names)
        );
        cx.report(span, all)
            .help("if that is meant to stay so, write `extends`");
    }
}
