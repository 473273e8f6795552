//! Names as they are written in rows.

use std::collections::{BTreeMap, HashSet};

use xxhash_rust::xxh3::xxh3_64;

use super::sheet::{Basis, Line, prohibition_in_words};
use super::{Ground, Held};
use crate::eval::org::{Entry, Source};
use crate::model::value::{NodeId, show_time};
use crate::model::{RoleId, RuleId};
use crate::table::{Table, Way};

/// The names of roles, prohibitions in words, and which nodes need their type beside their id.
pub(super) struct Names {
    roles: Vec<String>,
    prohibitions: BTreeMap<(RuleId, Option<RoleId>), String>,
    /// Hashes of ids that several nodes have.
    shared: HashSet<u64>,
}

impl Names {
    pub(super) fn new(ground: &Ground<'_>) -> Self {
        let (model, facts) = (ground.table.model(), &ground.org.facts);
        let mut hashes: Vec<u64> = facts.nodes.iter().map(|node| xxh3_64(node.id.as_bytes())).collect();
        hashes.sort_unstable();
        let shared = hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        let custom = facts.custom.iter().map(|role| format!("custom role {}", role.name));
        Self {
            roles: model
                .role_ids()
                .map(|role| model.show_role(role))
                .chain(custom)
                .collect(),
            prohibitions: prohibitions(ground.table),
            shared: shared.collect(),
        }
    }

    /// The name of a role, of the policy or of a tenant.
    pub(super) fn role(&self, role: RoleId) -> &str {
        self.roles.get(role.ix()).map_or("single grant", String::as_str)
    }

    /// The id of a node, with its type where another node has the same.
    pub(super) fn node(&self, ground: &Ground<'_>, node: NodeId, out: &mut String) {
        let node = ground.org.facts.node(node);
        if !self.shared.is_empty() && self.shared.contains(&xxh3_64(node.id.as_bytes())) {
            out.push_str(&ground.table.model().ty(node.ty).name);
            out.push(' ');
        }
        out.push_str(&node.id);
    }

    /// On what a row depends: the line's own terms, and what may prohibit it.
    pub(super) fn condition(&self, line: &Line<'_>, perhaps: &[Way], out: &mut String) {
        out.push_str(&line.terms);
        for way in perhaps {
            if !out.is_empty() {
                out.push_str("; ");
            }
            let words = self.prohibitions.get(&(way.rule, way.role));
            out.push_str(words.map_or("a prohibition", String::as_str));
        }
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

fn prohibitions(table: &Table) -> BTreeMap<(RuleId, Option<RoleId>), String> {
    let permissions = table.model().permissions.iter();
    let ways = permissions.flat_map(|(id, _)| &table.row(id).prohibitions);
    let mut all = BTreeMap::new();
    for way in ways {
        all.entry((way.rule, way.role))
            .or_insert_with(|| prohibition_in_words(table, *way));
    }
    all
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
