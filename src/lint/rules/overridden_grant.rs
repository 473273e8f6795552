//! # overridden-grant
//!
//! Finds grants that a prohibition takes back every time: wherever the grant applies, one prohibition or several together
//! forbid the same.
//!
//! Prohibitions beat grants, whatever their order. The text says that somebody may do something, and nobody ever may.
//!
//! ```roles
//! account Shop { actions view, close }
//! role Owner at Shop {
//!   can view Shop
//!   can close Shop   # error
//! }
//! nobody can close Shop
//! ```
//!
//! Use instead: the prohibition with a condition, or without the grant.
//!
//! ```roles
//! account Shop { closing: bool = false  actions view, close }
//! role Owner at Shop {
//!   can view Shop
//!   can close Shop
//! }
//! nobody can close Shop unless shop.closing
//! ```

use crate::analyze::verdict::Verdict;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "overridden-grant",
    category: Category::Conflicts,
    level: Level::Warning,
    whole: true,
    source: include_str!("overridden_grant.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for finding in analysis.rules() {
        let Verdict::Overridden(by) = &finding.verdict else {
            continue;
        };
        let message = match by.len() {
            1 => "this rule gives nothing: what it grants is always prohibited",
            _ => "this rule gives nothing: several prohibitions together always forbid what it grants",
        };
        let mut report = cx.report(cx.model.rule(finding.rule).span, message);
        for &span in by {
            report = report.label(span, "forbids it");
        }
        report.help(match finding.out {
            true => "narrow the prohibition, or take the grant out",
            false => "narrow the prohibition; the rule still says what data may hand out",
        });
    }
}
