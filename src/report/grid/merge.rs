//! Permissions of which the same is to be said, put together as in a rule: `stop, renew PurchaseOrder`,
//! `assign Lead, Deputy`.

use crate::table::grid::{GroupKind, Row};

/// Actions on targets, and what is said of them.
struct Alike {
    actions: Vec<String>,
    targets: Vec<String>,
    said: Vec<String>,
}

/// What the rows say, each saying once per target; of roles and of permissions to hand out, once for all targets.
pub(super) fn alike<'a>(
    kind: GroupKind,
    rows: impl Iterator<Item = (&'a Row, Vec<String>)>,
) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<Alike> = Vec::new();
    for (row, said) in rows {
        let target = target(row);
        match found
            .iter_mut()
            .find(|other| other.targets == [target.as_str()] && other.said == said)
        {
            Some(other) => other.actions.push(row.action.clone()),
            None => found.push(Alike {
                actions: vec![row.action.clone()],
                targets: vec![target],
                said,
            }),
        }
    }
    if matches!(kind, GroupKind::Administration | GroupKind::Grants) {
        found = across_targets(found);
    }
    found.into_iter().map(|alike| (alike.name(), alike.said)).collect()
}

fn across_targets(all: Vec<Alike>) -> Vec<Alike> {
    let mut found: Vec<Alike> = Vec::new();
    for alike in all {
        match found
            .iter_mut()
            .find(|other| other.actions == alike.actions && other.said == alike.said)
        {
            Some(other) => other.targets.extend(alike.targets),
            None => found.push(alike),
        }
    }
    found
}

fn target(row: &Row) -> String {
    match &row.field {
        Some(field) => format!("{}.{field}", row.target),
        None => row.target.clone(),
    }
}

impl Alike {
    /// `grant view, edit Inventory`, `assign member at Entity`
    fn name(&self) -> String {
        let mut actions = self.actions[0].clone();
        for action in &self.actions[1..] {
            actions.push_str(", ");
            actions.push_str(action.strip_prefix("grant ").unwrap_or(action));
        }
        let at = if actions.ends_with(" member") { " at" } else { "" };
        format!("{actions}{at} {}", self.targets.join(", "))
    }
}
