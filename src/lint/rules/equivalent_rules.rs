//! # equivalent-rules
//!
//! Finds two rules that decide the same in every organisation, in whatever words. The later one is reported.
//!
//! One of them does nothing. When the other is changed one day, this one stays behind and still gives what was meant to be
//! taken.
//!
//! ```roles
//! account Shop { closed: bool = false  actions view, edit }
//! role Owner at Shop {
//!   can view, edit Shop unless shop.closed
//!   can edit, view Shop when not shop.closed   # error
//! }
//! ```
//!
//! Use instead: the rule once.
//!
//! ```roles
//! account Shop { closed: bool = false  actions view, edit }
//! role Owner at Shop { can view, edit Shop unless shop.closed }
//! ```

use crate::analyze::verdict::Verdict;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "equivalent-rules",
    category: Category::Redundancy,
    level: Level::Warning,
    whole: true,
    source: include_str!("equivalent_rules.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for finding in analysis.rules() {
        let Verdict::Equivalent(to) = finding.verdict else {
            continue;
        };
        cx.report(cx.model.rule(finding.rule).span, "this rule says what another says")
            .label(to, "the same in every organisation")
            .help("take one of them out");
    }
}
