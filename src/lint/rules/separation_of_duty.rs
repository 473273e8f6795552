//! # separation-of-duty
//!
//! Proves what `no user can both …` asks for: that no organisation lets one user do both. The constraint itself is checked on
//! facts only; this rule looks at every organisation that keeps the exclusions (`no user is both …`), and shows one in which
//! somebody can do both.
//!
//! A separation that rests on nobody being given two roles by chance is none.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { actions place, pay }
//! role Buyer at Shop { can place Order }
//! role Payer at Shop { can pay Order }
//! no user can both place Order and pay Order on the same Shop   # error
//! ```
//!
//! Use instead: roles that exclude each other.
//!
//! ```roles
//! account Shop
//! resource Order in Shop { actions place, pay }
//! role Buyer at Shop { can place Order }
//! role Payer at Shop { can pay Order }
//! no user is both Buyer and Payer at the same Shop
//! no user can both place Order and pay Order on the same Shop
//! ```

use crate::analyze::duties::{Clash, clash};
use crate::analyze::solver::Search;
use crate::diagnostic::Diagnostic;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};
use crate::model::ConstraintKind;
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    name: "separation-of-duty",
    category: Category::Security,
    level: Level::Warning,
    whole: true,
    source: include_str!("separation_of_duty.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for constraint in &cx.model.constraints {
        let ConstraintKind::Permissions { left, right, same } = &constraint.kind else {
            continue;
        };
        match clash(analysis, left, right, *same) {
            Search::Nowhere => {}
            Search::Found(clash) => report(cx, constraint.span, &clash),
            Search::GaveUp => {
                let message = "whether one user can do both could not be settled: there are too many cases";
                let warning = Diagnostic::warning("constraint/unknown", message);
                cx.found.push(warning.at(constraint.span, ""));
            }
        }
    }
}

fn report(cx: &mut Context<'_>, span: Span, clash: &Clash) {
    let [one, two] = clash.permissions.map(|id| cx.model.show_permission(id));
    let message = format!("somebody can both `{one}` and `{two}`");
    let mut report = cx.report(span, message);
    for &rule in &clash.rules {
        report = report.label(rule, "allows it");
    }
    let (first, second) = (&clash.witness.sentence, clash.witness.second_sentence());
    let facts = clash.witness.facts.trim_end();
    report.help(format!(
        "`{first}` and `{second}` are both answered with allow here:\n{facts}"
    ));
}
