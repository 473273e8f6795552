//! What became of the promises of a policy (`ensure …`): those that are broken, with an organisation that shows it, and
//! those that could not be settled. What is proved says nothing.

use super::context::Context;
use crate::analyze::Analysis;
use crate::analyze::escalation::{Path, path};
use crate::analyze::promise::{Outcome, Refutation, settle};
use crate::diagnostic::Diagnostic;
use crate::model::{Promise, PromiseKind};
use crate::query::escalation::policy::Gain;

/// Settles every promise.
pub(super) fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for promise in &cx.model.promises {
        if let PromiseKind::NeverBecome { actors, goal } = &promise.kind {
            if let Some(diagnostic) = becoming(analysis, promise, &path(analysis, actors, goal)) {
                cx.found.push(diagnostic);
            }
            continue;
        }
        match settle(analysis, promise) {
            Outcome::Proved => {}
            Outcome::Refuted(refutation) => cx.found.push(broken(analysis, promise, &refutation)),
            Outcome::Unknown(why) => cx.found.push(unsettled(promise, &why)),
        }
    }
}

fn broken(analysis: &Analysis<'_>, promise: &Promise, refutation: &Refutation) -> Diagnostic {
    let model = analysis.table.model();
    let can = if refutation.allowed { "can" } else { "cannot" };
    let message = format!(
        "this promise is broken: somebody {can} {}",
        model.show_permission(refutation.permission)
    );
    let mut diagnostic = Diagnostic::warning("ensure/refuted", message).at(promise.span, "");
    for &rule in &refutation.rules {
        diagnostic = diagnostic.at(rule, "allows it");
    }
    let verdict = if refutation.allowed { "allow" } else { "deny" };
    let shown = &refutation.shown;
    diagnostic.help(format!(
        "`{}` is answered with {verdict} here:\n{}",
        shown.sentence,
        shown.facts.trim_end()
    ))
}

/// What to say of a promise that some never become something.
fn becoming(analysis: &Analysis<'_>, promise: &Promise, path: &Path) -> Option<Diagnostic> {
    let name = |role| analysis.table.model().show_role(role);
    match path {
        Path::Never(_) => None,
        Path::Steps(steps) => {
            let message = "this promise is broken: they can, step by step";
            let mut diagnostic = Diagnostic::warning("ensure/refuted", message).at(promise.span, "");
            for (text, rules) in &steps.steps {
                for &rule in rules.iter().take(1) {
                    diagnostic = diagnostic.step(rule, text.clone());
                }
            }
            let facts = steps.facts.trim_end();
            Some(diagnostic.help(format!("`{}` is answered with yes here:\n{facts}", steps.sentence)))
        }
        Path::Perhaps(links) => {
            let chain: Vec<String> = links
                .iter()
                .filter_map(|link| match link.gains {
                    Gain::Role(role) => Some(format!("`{}`", name(role))),
                    Gain::Grant(_) => None,
                })
                .collect();
            let why = format!(
                "a chain may lead there ({}), and no organisation was found in which it does",
                chain.join(", then ")
            );
            Some(unsettled(promise, &why))
        }
    }
}

fn unsettled(promise: &Promise, why: &str) -> Diagnostic {
    Diagnostic::warning("ensure/unknown", format!("this promise could not be settled: {why}")).at(promise.span, "")
}
