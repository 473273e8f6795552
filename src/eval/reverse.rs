//! An organisation read backwards: who holds something at a node, who holds a role anywhere, which nodes of a type lie
//! below a node.
//!
//! Built when it is first asked for, in time linear in the holdings and nodes; then each answer is a slice.

use super::forest::Forest;
use super::org::Entry;
use crate::model::value::{NodeId, UserId};
use crate::model::{RoleId, TypeId};

/// Lists that stand one behind the other, by number.
#[derive(Debug)]
struct Lists<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy> Lists<T> {
    /// Sorts items into lists by counting; the order within a list stays.
    fn of(lists: usize, pairs: impl Iterator<Item = (usize, T)> + Clone, filler: T) -> Self {
        let mut starts = vec![0_u32; lists + 1];
        for (list, _) in pairs.clone() {
            starts[list + 1] += 1;
        }
        for list in 0..lists {
            starts[list + 1] += starts[list];
        }
        let mut next = starts.clone();
        let mut items = vec![filler; starts[lists] as usize];
        for (list, item) in pairs {
            items[next[list] as usize] = item;
            next[list] += 1;
        }
        Self { starts, items }
    }

    fn get(&self, list: usize) -> &[T] {
        match (self.starts.get(list), self.starts.get(list + 1)) {
            (Some(&start), Some(&end)) => &self.items[start as usize..end as usize],
            _ => &[],
        }
    }
}

/// The lists.
#[derive(Debug)]
pub struct Reverse {
    by_node: Lists<UserId>,
    by_role: Lists<UserId>,
    by_type: Lists<NodeId>,
}

impl Reverse {
    /// Reads every user's holdings, given one user after the other and sorted by node, and the nodes in pre-order.
    pub(super) fn new(entries: &[Entry], starts: &[u32], forest: &Forest) -> Self {
        let of_user = |(user, window): (u32, &[u32])| {
            let own = &entries[window[0] as usize..window[1] as usize];
            own.iter().map(move |entry| (UserId(user), entry))
        };
        let all = (0..).zip(starts.windows(2)).flat_map(of_user);
        let roles = entries.iter().map(|entry| entry.role.ix() + 1).max().unwrap_or(0);
        let nodes = forest.len();
        let types = forest.in_order().map(|node| (forest.ty(node).ix(), node));
        Self {
            by_node: Lists::of(
                nodes,
                all.clone().map(|(user, it)| (it.node.0 as usize, user)),
                UserId(0),
            ),
            by_role: Lists::of(roles, all.map(|(user, it)| (it.role.ix(), user)), UserId(0)),
            by_type: Lists::of(forest.types(), types.collect::<Vec<_>>().into_iter(), NodeId(0)),
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
