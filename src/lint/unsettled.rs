//! What the analysis could not settle: nothing is said of a rule that is not proved, so that findings may be missing. That
//! they may is said here.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::context::Context;
use crate::diagnostic::Diagnostic;
use crate::model::Rule;
use crate::model::permission::PermId;
use crate::source::Span;
use crate::table::Table;

/// Tells of every permission of which something is not settled, once for rules that are the same.
pub(super) fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    let mut told: BTreeMap<(Span, &'static str), Vec<String>> = BTreeMap::new();
    for (permission, why) in analysis.unsettled() {
        if let Some(span) = intricate(analysis.table, permission) {
            let name = format!("`{}`", cx.model.show_permission(permission));
            told.entry((span, why)).or_default().push(name);
        }
    }
    for ((span, why), names) in told {
        let message = format!("not everything about {} could be settled: {why}", names.join(", "));
        let note = Diagnostic::note("rule/unknown", message).at(span, "");
        cx.found
            .push(note.help("findings on its rules may be missing; simpler conditions can be settled"));
    }
}

/// The rule of a permission that asks most.
fn intricate(table: &Table, permission: PermId) -> Option<Span> {
    let row = table.row(permission);
    let rules = row.grants.iter().chain(&row.prohibitions);
    let rules = rules.map(|way| table.model().rule(way.rule));
    let size = |rule: &Rule| rule.tests().count();
    let most = rules.max_by_key(|rule| (size(rule), Reverse(rule.span)));
    most.map(|rule| rule.span)
}
