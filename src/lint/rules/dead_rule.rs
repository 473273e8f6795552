//! # dead-rule
//!
//! Finds rules that never apply: no organisation and no request makes them true (or, for a prohibition, anything but
//! false). Usually two parts of a condition exclude each other, or the reach and the condition do.
//!
//! A rule that never applies reads as if something were given or forbidden that is not.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { amount: int  actions view, stop }
//! role Clerk at Shop {
//!   can view Order
//!   can stop Order when resource.amount > 500 and resource.amount < 100   # error
//! }
//! ```
//!
//! Use instead: what was meant, or nothing.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { amount: int  actions view, stop }
//! role Clerk at Shop {
//!   can view Order
//!   can stop Order when resource.amount > 100 and resource.amount < 500
//! }
//! ```

use crate::analyze::verdict::Verdict;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "dead-rule",
    category: Category::Conflicts,
    level: Level::Warning,
    whole: true,
    source: include_str!("dead_rule.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for finding in analysis
        .rules()
        .iter()
        .filter(|finding| finding.verdict == Verdict::Dead)
    {
        let rule = cx.model.rule(finding.rule);
        let help = match finding.out {
            true => "no organisation and no request makes it true: mend its condition or its reach, or take it out",
            false => "no organisation and no request makes it true: mend its condition or its reach",
        };
        cx.report(rule.span, "this rule never applies").help(help);
    }
}
