//! # vacuous-prohibition
//!
//! Finds prohibitions that forbid what nobody is granted: they apply at times, but never to anything that some rule would
//! otherwise allow.
//!
//! Such a rule looks like a safeguard. It does nothing today; and if it stands for a promise, `ensure` says that in words
//! that are proved.
//!
//! ```roles
//! account Shop { actions view, close }
//! role Owner at Shop { can view Shop }
//! role Guest at Shop {
//!   can view Shop
//!   cannot close Shop   # error
//! }
//! ```
//!
//! Use instead: a promise.
//!
//! ```roles
//! account Shop { actions view, close }
//! role Owner at Shop { can view, close Shop }
//! role Guest at Shop { can view Shop }
//! ensure Guest cannot close Shop
//! ```

use crate::analyze::verdict::Verdict;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "vacuous-prohibition",
    category: Category::Conflicts,
    level: Level::Warning,
    whole: true,
    source: include_str!("vacuous_prohibition.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for finding in analysis.rules() {
        let Verdict::Vacuous(misses) = &finding.verdict else {
            continue;
        };
        let message = "this rule forbids nothing that is ever granted when it applies";
        let mut report = cx.report(cx.model.rule(finding.rule).span, message);
        for &span in misses.iter().take(3) {
            report = report.label(span, "grants it, at other times only");
        }
        report.help("take it out, or say it as a promise (`ensure …`), which is proved");
    }
}
