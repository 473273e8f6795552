//! Containment made ready for decisions: nodes numbered in pre-order, so that *is n above r* is two compares; the account
//! of every node is kept, so that a border is one compare.

use crate::facts::Facts;
use crate::model::value::NodeId;
use crate::model::{Model, TypeId, TypeKind};

#[derive(Debug, Clone, Copy)]
struct Spot {
    ty: TypeId,
    parent: Option<NodeId>,
    account: NodeId,
    first: u32,
    last: u32,
}

/// Nodes with what they lie in.
#[derive(Debug, Clone)]
pub struct Forest {
    spots: Vec<Spot>,
    kinds: Vec<TypeKind>,
}

impl Forest {
    /// Numbers the nodes of an organisation; linear.
    #[must_use]
    pub fn new(facts: &Facts, model: &Model) -> Self {
        let nodes = facts.nodes.iter().map(|node| (node.ty, node.container));
        Self::of(&nodes.collect::<Vec<_>>(), model)
    }

    /// The same for nodes given by type and container.
    #[must_use]
    pub fn of(nodes: &[(TypeId, Option<NodeId>)], model: &Model) -> Self {
        Self {
            spots: number(nodes, model),
            kinds: model.types.iter().map(|ty| ty.kind).collect(),
        }
    }

    /// The type of a node.
    #[must_use]
    pub fn ty(&self, node: NodeId) -> TypeId {
        self.spots[node.0 as usize].ty
    }

    /// The kind of a node's type.
    #[must_use]
    pub fn kind(&self, node: NodeId) -> TypeKind {
        self.kinds[self.ty(node).ix()]
    }

    /// The kind of a type.
    #[must_use]
    pub fn kind_of(&self, ty: TypeId) -> TypeKind {
        self.kinds[ty.ix()]
    }

    /// What a node lies in.
    #[must_use]
    pub fn container(&self, node: NodeId) -> Option<NodeId> {
        self.spots[node.0 as usize].parent
    }

    /// acc(x): the first account from x outward.
    #[must_use]
    pub fn account(&self, node: NodeId) -> NodeId {
        self.spots[node.0 as usize].account
    }

    /// x ⊑ y: y is x or encloses x.
    #[must_use]
    pub fn lies_in(&self, x: NodeId, y: NodeId) -> bool {
        let (inner, outer) = (self.spots[x.0 as usize].first, &self.spots[y.0 as usize]);
        outer.first <= inner && inner <= outer.last
    }

    /// x ⊑ y, with no border between them.
    #[must_use]
    #[inline]
    pub fn lies_in_account(&self, x: NodeId, y: NodeId) -> bool {
        let (inner, outer) = (&self.spots[x.0 as usize], &self.spots[y.0 as usize]);
        outer.first <= inner.first && inner.first <= outer.last && inner.account == outer.account
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spots.len()
    }

    /// True if there is no node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spots.is_empty()
    }

    /// How many types of nodes the policy knows.
    #[must_use]
    pub fn types(&self) -> usize {
        self.kinds.len()
    }

    /// The numbers, in pre-order, of a node and of the last one that lies in it.
    #[must_use]
    pub fn interval(&self, node: NodeId) -> (u32, u32) {
        let spot = &self.spots[node.0 as usize];
        (spot.first, spot.last)
    }

    /// Every node, in pre-order.
    pub fn in_order(&self) -> impl Iterator<Item = NodeId> + use<> {
        let mut nodes = vec![NodeId(0); self.spots.len()];
        for (id, spot) in (0..).map(NodeId).zip(&self.spots) {
            nodes[spot.first as usize] = id;
        }
        nodes.into_iter()
    }

    /// The node and what encloses it, from the inside out.
    pub fn chain(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(Some(node), |&at| self.container(at))
    }

    /// `near_T(x)`: the first node of a type, from x outward.
    #[must_use]
    pub fn near(&self, node: NodeId, ty: TypeId) -> Option<NodeId> {
        self.chain(node).find(|&at| self.ty(at) == ty)
    }
}

/// Numbers the nodes in pre-order, without recursion.
fn number(nodes: &[(TypeId, Option<NodeId>)], model: &Model) -> Vec<Spot> {
    let mut children: Vec<Vec<NodeId>> = vec![Vec::new(); nodes.len()];
    let mut spots: Vec<Spot> = Vec::with_capacity(nodes.len());
    let mut open: Vec<(NodeId, bool)> = Vec::new();
    for (id, &(ty, parent)) in (0..).map(NodeId).zip(nodes) {
        spots.push(Spot {
            ty,
            parent,
            account: id,
            first: 0,
            last: 0,
        });
        match parent {
            Some(container) => children[container.0 as usize].push(id),
            None => open.push((id, false)),
        }
    }
    let mut next = 0;
    while let Some((id, done)) = open.pop() {
        let ix = id.0 as usize;
        if done {
            spots[ix].last = next - 1;
            continue;
        }
        spots[ix].first = next;
        next += 1;
        if let (Some(parent), false) = (spots[ix].parent, model.ty(spots[ix].ty).kind == TypeKind::Account) {
            spots[ix].account = spots[parent.0 as usize].account;
        }
        open.push((id, true));
        open.extend(children[ix].iter().map(|&child| (child, false)));
    }
    spots
}
