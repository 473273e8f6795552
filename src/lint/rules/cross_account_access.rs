//! # cross-account-access
//!
//! Finds grants by which a user may act in an account with which he has nothing to do: all that he holds lies in another,
//! of which neither is above the other, and no condition or relation ties the two ends.
//!
//! Accounts are borders between customers. `anywhere` takes them away, for every holder of the role, and so does `across`
//! with an account as the target.
//!
//! ```roles
//! account Shop { actions view }
//! resource Order in Shop { actions view }
//! role Clerk at Shop {
//!   can view Shop
//!   can view Order anywhere   # error
//! }
//! ```
//!
//! Use instead: no reach, or a condition that ties the two ends; or a role at the account above.
//!
//! ```roles
//! account Shop { partner: Shop?  actions view }
//! resource Order in Shop { actions view }
//! role Clerk at Shop {
//!   can view Shop
//!   can view Order anywhere when shop.partner is here
//! }
//! ```

use crate::analyze::access::crossing;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "cross-account-access",
    category: Category::Security,
    level: Level::Warning,
    whole: true,
    source: include_str!("cross_account_access.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    let model = cx.model;
    for found in crossing(analysis) {
        let (role, permission) = (model.show_role(found.role), model.show_permission(found.permission));
        let into = &model.ty(found.into).name;
        let place = match found.from == found.into {
            true => format!("of one `{into}` can `{permission}` in another"),
            false => format!("of a `{}` can `{permission}` in a `{into}`", model.ty(found.from).name),
        };
        let message = format!("holders of `{role}` {place}, where they hold nothing");
        cx.report(model.rule(found.rule).span, message)
            .help(found.shown.help("allow"));
    }
}
