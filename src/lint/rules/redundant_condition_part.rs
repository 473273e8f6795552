//! # redundant-condition-part
//!
//! Finds parts of `as`, `when` and `unless` that decide nothing: without the part every permission is decided as before,
//! in every organisation.
//!
//! A reader takes the part for a safeguard, or for a reason; it is neither.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { open: bool = true  amount: int = 0  actions view }
//! role Clerk at Shop {
//!   can view Order when resource.open and (resource.open or resource.amount > 100)   # error
//! }
//! ```
//!
//! Use instead: the rest of the condition.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { open: bool = true  actions view }
//! role Clerk at Shop {
//!   can view Order when resource.open
//! }
//! ```

use crate::analyze::redundant::redundant;
use crate::lint::context::Context;
use crate::lint::cuts::cut;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "redundant-condition-part",
    category: Category::Redundancy,
    level: Level::Warning,
    whole: true,
    source: include_str!("redundant_condition_part.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for found in redundant(analysis) {
        let span = found.part.span;
        let (text, fix) = (cx.text(span), cut(cx.sources, span, found.part.is_whole()));
        let mut report = cx
            .report(
                span,
                format!("`{text}` decides nothing: without it every decision stays"),
            )
            .help("take it out, or say what was meant");
        for because in found.because {
            report = report.label(because, "decides what it would");
        }
        if let Some(span) = fix {
            report.fix(span, "", format!("take `{text}` out"));
        }
    }
}
