//! # fail-open-prohibition
//!
//! Finds prohibitions that go away when a value is left out: an optional user, group or node that is not given makes a
//! test false, and so does an empty set behind `all`. What was denied is allowed then.
//!
//! Values that are missing prohibit; values that may be absent do not. Whoever forgets one, or takes it out, opens a door.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { buyer: user?  actions view, approve }
//! role Manager at Shop { can view, approve Order }
//! nobody can approve Order when resource.buyer is user   # error
//! ```
//!
//! Use instead: a value that has to be given, or a prohibition that asks for the value.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { buyer: user  actions view, approve }
//! role Manager at Shop { can view, approve Order }
//! nobody can approve Order when resource.buyer is user
//! ```

use crate::analyze::missing::fail_open;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "fail-open-prohibition",
    category: Category::Security,
    level: Level::Warning,
    whole: true,
    source: include_str!("fail_open_prohibition.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    let model = cx.model;
    for found in fail_open(analysis) {
        let name = &model.attr_names[found.attribute.0 as usize];
        let permission = model.show_permission(found.permission);
        let message =
            format!("without a value for `{name}` this prohibition does not apply: `{permission}` is allowed");
        let witness = found.shown.help("deny");
        cx.report(model.rule(found.rule).span, message)
            .help(format!("{witness}\nWithout `{name}` it is answered with allow."));
    }
}
