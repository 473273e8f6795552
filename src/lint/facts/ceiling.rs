//! Custom roles and single grants that name more than anybody may grant there: the part beyond does nothing.

use std::collections::BTreeMap;

use super::{Check, few};
use crate::diagnostic::Diagnostic;
use crate::model::permission::{PermId, Permission};
use crate::model::value::NodeId;
use crate::source::Span;

/// Reports each text once, with all that lies beyond.
pub(super) fn check(check: &mut Check<'_>) {
    let mut beyond: BTreeMap<(Span, NodeId), Vec<PermId>> = BTreeMap::new();
    for part in &check.org.extra.beyond {
        beyond.entry((part.span, part.node)).or_default().push(part.permission);
    }
    for ((span, node), permissions) in beyond {
        let named = permissions.iter().filter(|&&id| !comes_along(check, id, &permissions));
        let names: Vec<String> = named
            .map(|&id| format!("`{}`", check.model.show_permission(id)))
            .collect();
        let message = format!("nobody may grant {} at {}", few(&names), check.node(node));
        let fault = Diagnostic::warning("facts/beyond-ceiling", message).at(span, "this part does nothing");
        check
            .found
            .push(fault.help("take it out, or let some role `can grant` it where it reaches this place"));
    }
}

/// True for a field whose record is listed as well.
fn comes_along(check: &Check<'_>, id: PermId, all: &[PermId]) -> bool {
    let Permission::Act {
        ty,
        action,
        field: Some(_),
    } = check.model.permissions.get(id)
    else {
        return false;
    };
    let record = check.model.permissions.id(Permission::Act {
        ty,
        action,
        field: None,
    });
    record.is_some_and(|record| all.contains(&record))
}
