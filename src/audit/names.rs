//! Names as they are written in rows.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use super::sheet::Basis;
use super::{Ground, Held};
use crate::eval::org::{Entry, Source};
use crate::model::RoleId;
use crate::model::value::{NodeId, show_time};

/// The names of roles, and which nodes need their type beside their id.
pub(super) struct Names {
    roles: Vec<String>,
    /// Hashes of ids that several nodes have.
    shared: HashSet<u64>,
    hasher: RandomState,
}

impl Names {
    pub(super) fn new(ground: &Ground<'_>) -> Self {
        let (model, facts) = (ground.table.model(), ground.org.facts);
        let hasher = RandomState::new();
        let mut hashes: Vec<u64> = facts.nodes.iter().map(|node| hasher.hash_one(&node.id)).collect();
        hashes.sort_unstable();
        let shared = hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        let custom = facts.custom.iter().map(|role| format!("custom role {}", role.name));
        Self {
            roles: model
                .role_ids()
                .map(|role| model.show_role(role))
                .chain(custom)
                .collect(),
            shared: shared.collect(),
            hasher,
        }
    }

    /// The name of a role, of the policy or of a tenant.
    pub(super) fn role(&self, role: RoleId) -> &str {
        self.roles.get(role.ix()).map_or("single grant", String::as_str)
    }

    /// The id of a node, with its type where another node has the same.
    pub(super) fn node(&self, ground: &Ground<'_>, node: NodeId, out: &mut String) {
        let node = ground.org.facts.node(node);
        if !self.shared.is_empty() && self.shared.contains(&self.hasher.hash_one(&node.id)) {
            out.push_str(&ground.table.model().ty(node.ty).name);
            out.push(' ');
        }
        out.push_str(&node.id);
    }

    /// `Manager (given by hand)`, `Auditor (through group auditors, until 2026-12-31T00:00:00Z)`
    pub(super) fn because(&self, ground: &Ground<'_>, held: &Held<'_>, out: &mut String) {
        let role = match held.basis {
            Basis::Everyone | Basis::EveryoneAnywhere => return out.push_str("everyone"),
            Basis::Anyone => return out.push_str("anyone"),
            Basis::Role(role) => role,
        };
        out.push_str(self.role(role));
        match held.entry {
            Some(entry) => how(ground, entry, out),
            None => out.push_str(" (derived)"),
        }
    }
}

fn how(ground: &Ground<'_>, entry: &Entry, out: &mut String) {
    out.push_str(" (");
    match (entry.source(), ground.org.group(entry)) {
        (Source::Default, _) => out.push_str("by default"),
        (_, Some(group)) => {
            out.push_str("through group ");
            out.push_str(&ground.org.facts.group(group).id);
        }
        (_, None) => out.push_str("given by hand"),
    }
    let window = ground.org.window(entry);
    for (word, second, open) in [(", from ", window.from, i64::MIN), (", until ", window.until, i64::MAX)] {
        if second != open {
            out.push_str(word);
            out.push_str(&show_time(second));
        }
    }
    out.push(')');
}
