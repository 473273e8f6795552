//! # shadowed-rule
//!
//! Finds rules that another rule covers: whenever this one decides something, the other decides the same.
//!
//! Taken out, the rule would change no decision. When it is changed one day, nothing happens, to its author's surprise.
//!
//! ```roles
//! account Shop
//! unit Team in Shop, Team
//! resource Order in Team { actions view }
//! role Clerk at Team {
//!   can view Order
//!   can view Order only here   # error
//! }
//! ```
//!
//! Use instead: the wider rule alone; or the narrower, if that was meant.
//!
//! ```roles
//! account Shop
//! unit Team in Shop, Team
//! resource Order in Team { actions view }
//! role Clerk at Team { can view Order }
//! ```

use crate::analyze::verdict::Verdict;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};
use crate::model::Effect;

pub(super) const RULE: Rule = Rule {
    name: "shadowed-rule",
    category: Category::Redundancy,
    level: Level::Warning,
    whole: true,
    source: include_str!("shadowed_rule.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for finding in analysis.rules() {
        let Verdict::Shadowed(by) = finding.verdict else {
            continue;
        };
        let rule = cx.model.rule(finding.rule);
        let message = match rule.effect {
            Effect::Grant => "this rule adds nothing: another gives all that it gives",
            Effect::Prohibit => "this rule adds nothing: another forbids all that it forbids",
        };
        cx.report(rule.span, message)
            .label(by, "covers it")
            .help("take it out: no decision changes");
    }
}
