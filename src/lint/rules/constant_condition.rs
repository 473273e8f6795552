//! # constant-condition
//!
//! Finds tests, and whole conditions, that are always true or always false, in every organisation in which their rule
//! could otherwise apply.
//!
//! A condition that is always true asks for nothing, and one that is always false lets nothing through. It reads as if it
//! did.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { amount: int = 0  actions view, cancel }
//! role Clerk at Shop {
//!   can view Order
//!   can cancel Order when resource.amount < 100 or resource.amount >= 100   # error
//! }
//! ```
//!
//! Use instead: a condition that can be both, or none.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { amount: int = 0  actions view, cancel }
//! role Clerk at Shop {
//!   can view Order
//!   can cancel Order when resource.amount < 100
//! }
//! ```

use crate::lint::context::Context;
use crate::lint::cuts::cut;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "constant-condition",
    category: Category::Conflicts,
    level: Level::Warning,
    whole: true,
    source: include_str!("constant_condition.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for constant in analysis.constants() {
        let part = &constant.part;
        let text = cx.text(part.span);
        let span = cx.model.rule(constant.rule).span;
        let mut out = analysis.rules().iter().filter(|finding| finding.out);
        let help = match (part.is_whole(), constant.out) {
            (true, true) => "take it out: the rule asks for nothing by it",
            (true, false) if out.any(|it| cx.model.rule(it.rule).span == span) => {
                "the rule never applies: say what was meant, or take the rule out"
            }
            (true, false) => "the rule never applies: say what was meant",
            (false, true) => "say what was meant, or take this part out",
            (false, false) => "say what was meant",
        };
        let fix = cut(cx.sources, part.span, true).filter(|_| part.is_whole() && constant.out);
        let report = cx
            .report(part.span, format!("`{text}` is always {}", constant.value))
            .help(help);
        if let Some(span) = fix {
            report.fix(span, "", "take the condition out");
        }
    }
}
