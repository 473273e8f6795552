//! # escalation-path
//!
//! Finds roles whose holders come, in several steps and with the help of one another, to a role that none of them can give.
//!
//! Who may name a manager, where a manager may name a payer, has payers: he names a colleague, and the colleague names
//! him. Each rule looks harmless alone. Where that is meant (whoever appoints the administrators answers for them), say
//! so with a reason; else let the role in between give what it gives only to others, or not at all.
//!
//! How many organisations are tried is bounded, so that among very many roles a long way can be missed. Where it matters,
//! say `ensure Manager can never become Payer`, which is proved, refuted, or told to be unknown.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { actions view, pay }
//! role Payer at Shop { can pay Order }
//! role Manager at Shop {
//!   can view Order
//!   can assign Payer except self
//! }
//! role Personnel at Shop {
//!   can assign Manager except self   # error
//! }
//! each Shop has at least 1 Personnel
//! ```
//!
//! Use instead: payers are named from among those whom somebody else let in.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { actions view, pay }
//! role Treasury at Shop { can assign Treasury except self }
//! role Payer at Shop { can pay Order }
//! role Manager at Shop {
//!   can view Order
//!   can assign Payer except self to Treasury
//! }
//! role Personnel at Shop {
//!   can assign Manager except self
//! }
//! each Shop has at least 1 Personnel
//! ```

use crate::analyze::escalation::{Climb, climbs};
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "escalation-path",
    category: Category::Security,
    level: Level::Warning,
    whole: true,
    source: include_str!("escalation_path.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for climb in climbs(analysis) {
        report(cx, &climb);
    }
}

fn report(cx: &mut Context<'_>, climb: &Climb) {
    let steps = &climb.steps.steps;
    let first = steps.iter().find_map(|(_, rules)| rules.first().copied());
    let Some(span) = first else { return };
    let name = |role| cx.model.show_role(role);
    let (actor, reached) = (name(climb.actor), name(climb.reached));
    let wins = cx.model.show_permission(climb.wins);
    let message = format!(
        "holders of `{actor}` come to hold `{reached}` in {} steps, and so win `{wins}`",
        steps.len()
    );
    let help = format!(
        "narrow a rule on the way, or suppress it with the reason; the steps start from\n{}",
        climb.steps.facts.trim_end()
    );
    let mut report = cx.report(span, message).help(help);
    for (text, rules) in steps {
        if let Some(&rule) = rules.first() {
            report = report.step(rule, text);
        }
    }
}
