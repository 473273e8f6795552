//! An organisation read backwards: who holds something at a node, who holds a role anywhere, which nodes of a type lie
//! below a node.
//!
//! Built when it is first asked for, in time linear in the holdings and nodes; then each answer is a slice.

use super::org::entry::Entry;
use crate::containment::forest::Forest;
use crate::facts::lists::Lists;
use crate::model::value::{NodeId, UserId};
use crate::model::{RoleId, TypeId};

/// The lists.
#[derive(Debug)]
pub struct Reverse {
    by_node: Lists<UserId>,
    by_role: Lists<UserId>,
    by_type: Lists<NodeId>,
}

impl Reverse {
    /// Reads every user's holdings, given one user after the other and sorted by node, and the nodes in pre-order.
    pub(super) fn new(entries: &Lists<Entry>, forest: &Forest) -> Self {
        let user = |ix: usize| UserId(u32::try_from(ix).unwrap_or(u32::MAX));
        let roles = entries
            .items()
            .iter()
            .map(|entry| entry.role.ix() + 1)
            .max()
            .unwrap_or(0);
        let by_node = entries.all().map(|(ix, it)| (it.node.0 as usize, user(ix)));
        let by_role = entries.all().map(|(ix, it)| (it.role.ix(), user(ix)));
        let types: Vec<(usize, NodeId)> = forest.in_order().map(|node| (forest.ty(node).ix(), node)).collect();
        Self {
            by_node: Lists::of(forest.len(), by_node, UserId(0)),
            by_role: Lists::of(roles, by_role, UserId(0)),
            by_type: Lists::of(forest.types(), types.into_iter(), NodeId(0)),
        }
    }

    /// Who holds something at exactly this node: ascending, once for each holding.
    #[must_use]
    pub fn holders_at(&self, node: NodeId) -> &[UserId] {
        self.by_node.get(node.0 as usize)
    }

    /// Who holds a role somewhere: ascending, once for each holding.
    #[must_use]
    pub fn holders_of(&self, role: RoleId) -> &[UserId] {
        self.by_role.get(role.ix())
    }

    /// Every node of a type, in pre-order.
    #[must_use]
    pub fn nodes_of(&self, ty: TypeId) -> &[NodeId] {
        self.by_type.get(ty.ix())
    }

    /// The nodes of a type that lie in a node, itself included, in pre-order.
    #[must_use]
    pub fn nodes_in(&self, forest: &Forest, ty: TypeId, node: NodeId) -> &[NodeId] {
        let all = self.nodes_of(ty);
        let (first, last) = forest.interval(node);
        let start = all.partition_point(|&it| forest.interval(it).0 < first);
        let len = all[start..].partition_point(|&it| forest.interval(it).0 <= last);
        &all[start..start + len]
    }
}
