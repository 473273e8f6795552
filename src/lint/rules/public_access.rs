//! # public-access
//!
//! Finds rules that let callers do more than look without any condition: callers who are not signed in (`anyone`), or
//! everybody who is, in every account (`everyone … anywhere`). The words taken for looking are view, read and see.
//!
//! Such a rule opens every account to people who have nothing to do with it.
//!
//! ```roles
//! account Shop
//! resource Review in Shop { author: user  actions view, edit }
//! anyone can view Review
//! everyone can edit Review anywhere   # error
//! ```
//!
//! Use instead: a relation or a condition, or a role.
//!
//! ```roles
//! account Shop
//! resource Review in Shop { author: user  actions view, edit }
//! anyone can view Review
//! everyone can edit Review anywhere as author
//! ```

use crate::analyze::access::public;
use crate::lint::context::Context;
use crate::lint::words::looks;
use crate::lint::{Category, Level, Rule};
use crate::model::Model;
use crate::model::permission::{PermId, Permission};

pub(super) const RULE: Rule = Rule {
    name: "public-access",
    category: Category::Security,
    level: Level::Warning,
    whole: true,
    source: include_str!("public_access.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    let model = cx.model;
    for found in public(analysis, |id| !is_looking(model, id)) {
        let who = if found.anyone {
            "callers who are not signed in"
        } else {
            "all users of all accounts"
        };
        let permission = model.show_permission(found.permission);
        cx.report(
            model.rule(found.rule).span,
            format!("{who} can `{permission}`, on no condition"),
        )
        .help(found.shown.help("allow"));
    }
}

fn is_looking(model: &Model, id: PermId) -> bool {
    match model.permissions.get(id) {
        Permission::Act { ty, action, .. } => looks(&model.ty(ty).actions[action].name),
        _ => false,
    }
}
