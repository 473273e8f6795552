//! # jointly-redundant-rule
//!
//! Finds rules that no single other rule covers, but several do together. The labels name a smallest choice of them.
//!
//! Taken out, the rule would change no decision.
//!
//! ```roles
//! account Shop { open: bool  actions view }
//! role Clerk at Shop {
//!   can view Shop when shop.open
//! }
//! role Clerk at Shop {
//!   can view Shop when not shop.open
//! }
//! role Clerk at Shop {
//!   can view Shop when shop.open is true or shop.open is false   # error
//! }
//! ```
//!
//! Use instead: one rule.
//!
//! ```roles
//! account Shop { actions view }
//! role Clerk at Shop { can view Shop }
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
