//! What may lie in what: the graph of node types, and what follows from it before any node exists.
//!
//! Edges go from a type to its containers. [`Containment::within`] tells which types can lie within a rule's reach,
//! [`Containment::always`] whether a chain of containers must pass a type.

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{EdgeFiltered, Walker};

use super::{Reach, Type, TypeId, TypeKind};

/// The containment graph of a policy's types.
#[derive(Debug, Clone, Default)]
pub struct Containment {
    graph: DiGraph<TypeKind, ()>,
}

impl Containment {
    /// Builds the graph.
    #[must_use]
    pub fn new(types: &[Type]) -> Self {
        let mut graph = DiGraph::with_capacity(types.len(), types.len());
        for ty in types {
            graph.add_node(ty.kind);
        }
        for (ix, ty) in types.iter().enumerate() {
            for container in &ty.containers {
                graph.update_edge(NodeIndex::new(ix), NodeIndex::new(container.ix()), ());
            }
        }
        Self { graph }
    }

    fn kind(&self, ty: TypeId) -> TypeKind {
        self.graph[node(ty)]
    }

    /// The types that can directly lie in `ty`.
    pub fn contents(&self, ty: TypeId) -> impl Iterator<Item = TypeId> {
        self.graph
            .neighbors_directed(node(ty), petgraph::Direction::Incoming)
            .map(type_of)
    }

    /// Types of which a node can lie at or below a node of type `from`; with `borders`, only what lies in the same
    /// account.
    #[must_use]
    pub fn below(&self, from: TypeId, borders: bool) -> Vec<TypeId> {
        let stays = EdgeFiltered::from_fn(&self.graph, |edge| {
            use petgraph::visit::EdgeRef;
            !borders || self.graph[edge.source()] != TypeKind::Account
        });
        let reversed = petgraph::visit::Reversed(&stays);
        let mut all: Vec<TypeId> = petgraph::visit::Dfs::new(reversed, node(from))
            .iter(reversed)
            .map(type_of)
            .collect();
        all.sort_unstable();
        all
    }

    /// Types of which a node can lie within reach of a rule held at a node of type `base`; `None` for rules without a
    /// role, which see no borders, as prohibitions do.
    #[must_use]
    pub fn within(&self, base: Option<TypeId>, reach: Reach, borders: bool) -> Vec<TypeId> {
        match (reach, base) {
            (Reach::In(ty) | Reach::Across(ty), base) => self.below(ty, borders && base.is_some()),
            (Reach::Below | Reach::OnlyHere | Reach::OnlyBelow, Some(base)) => self.below(base, borders),
            (Reach::Anywhere, _) | (_, None) => self.graph.node_indices().map(type_of).collect(),
        }
    }

    /// True if every chain of containers from a node of type `from` passes a `wanted`: from `from` through each of `via`
    /// in turn up to a node without container.
    #[must_use]
    pub fn always(&self, from: TypeId, via: &[TypeId], wanted: TypeId) -> bool {
        let mut at = from;
        for &stop in via {
            if !self.avoids(at, Some(stop), wanted) {
                return true;
            }
            at = stop;
        }
        !self.avoids(at, None, wanted)
    }

    /// True if there is a chain from `from` to `to` (or to a node that stands alone) that does not pass `avoided`.
    fn avoids(&self, from: TypeId, to: Option<TypeId>, avoided: TypeId) -> bool {
        if from == avoided {
            return false;
        }
        let open = petgraph::visit::NodeFiltered::from_fn(&self.graph, |n| n != node(avoided));
        petgraph::visit::Dfs::new(&open, node(from))
            .iter(&open)
            .map(type_of)
            .any(|ty| to.map_or_else(|| self.stands_alone(ty), |to| ty == to))
    }

    fn stands_alone(&self, ty: TypeId) -> bool {
        self.kind(ty) == TypeKind::Account
            || self
                .graph
                .neighbors_directed(node(ty), petgraph::Direction::Outgoing)
                .next()
                .is_none()
    }

    /// The types that can enclose a node of type `ty`, itself included, nearest first.
    #[must_use]
    pub fn above(&self, ty: TypeId) -> Vec<TypeId> {
        petgraph::visit::Bfs::new(&self.graph, node(ty))
            .iter(&self.graph)
            .map(type_of)
            .collect()
    }
}

fn node(ty: TypeId) -> NodeIndex {
    NodeIndex::new(ty.ix())
}

fn type_of(ix: NodeIndex) -> TypeId {
    TypeId(u32::try_from(ix.index()).unwrap_or(u32::MAX))
}
