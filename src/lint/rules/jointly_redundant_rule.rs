//! # jointly-redundant-rule
//!
//! Finds rules that no single other rule covers, but several do together. The labels name a smallest choice of them.
//!
//! Taken out, the rule would change no decision.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { amount: int  actions view }
//! role Clerk at Shop {
//!   can view Order when resource.amount < 100
//!   can view Order when resource.amount >= 50 and resource.amount < 300
//!   can view Order when resource.amount > 20 and resource.amount < 200   # error
//! }
//! ```
//!
//! Use instead: the others, or one rule.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { amount: int  actions view }
//! role Clerk at Shop { can view Order when resource.amount < 300 }
//! ```

use crate::analyze::verdict::Verdict;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "jointly-redundant-rule",
    category: Category::Redundancy,
    level: Level::Warning,
    whole: true,
    source: include_str!("jointly_redundant_rule.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for finding in analysis.rules() {
        let Verdict::Jointly(by) = &finding.verdict else {
            continue;
        };
        let message = "this rule adds nothing: others together cover it";
        let mut report = cx.report(cx.model.rule(finding.rule).span, message);
        for &span in by {
            report = report.label(span, "covers a part of it");
        }
        report.help("take it out: no decision changes");
    }
}
