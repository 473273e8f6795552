//! # privilege-escalation
//!
//! Finds rules by which somebody can give himself a role, and with it something that he could not do before.
//!
//! Whoever may hand out more than he has needs only to hand it to himself. Where that is meant (an administrator who can take
//! part in anything), say so with a reason; else `except self`, or a rule that asks somebody else.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { actions view, pay }
//! role Payer at Shop { can pay Order }
//! role Manager at Shop {
//!   can view Order
//!   can assign Payer   # error
//! }
//! ```
//!
//! Use instead: nobody gives it to himself.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { actions view, pay }
//! role Payer at Shop { can pay Order }
//! role Manager at Shop {
//!   can view Order
//!   can assign Payer except self
//! }
//! ```

use crate::analyze::giving::escalations;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "privilege-escalation",
    category: Category::Security,
    level: Level::Warning,
    whole: true,
    source: include_str!("privilege_escalation.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for found in escalations(analysis) {
        let name = |role| cx.model.show_role(role);
        let (giver, given) = (name(found.giver), name(found.given));
        let wins = cx.model.show_permission(found.permission);
        let message = format!("`{giver}` can give himself `{given}`, and so win `{wins}`");
        let (sentence, facts) = (&found.after.sentence, found.after.facts.trim_end());
        cx.report(found.rule, message).help(format!(
            "say `except self`, or suppress it with the reason; `{sentence}` is answered with allow only after it:\n{facts}"
        ));
    }
}
