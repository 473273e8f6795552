//! Ids of nodes: places apart from resources, of which there are many more, so that the places, to which everything else
//! refers, are near at hand.

use hashbrown::DefaultHashBuilder;

use super::ids::Ids;
use crate::model::value::NodeId;
use crate::model::{Model, TypeId};

/// What ids of nodes mean.
#[derive(Debug)]
pub(super) struct NodeIds {
    places: Sort,
    resources: Sort,
}

/// The ids of some types.
#[derive(Debug)]
struct Sort {
    types: Vec<TypeId>,
    ids: Ids<(TypeId, NodeId)>,
}

impl NodeIds {
    pub(super) fn new(model: &Model) -> Self {
        let hasher = DefaultHashBuilder::default();
        let of = |places: bool| Sort {
            types: model
                .type_ids()
                .filter(|&ty| model.ty(ty).kind.is_place() == places)
                .collect(),
            ids: Ids::new(hasher.clone()),
        };
        Self {
            places: of(true),
            resources: of(false),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.places.ids.len() + self.resources.ids.len()
    }

    /// Every id, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.places.ids.iter().chain(self.resources.ids.iter())
    }

    /// Enters a node; the one that had this id before, if one of the same type did.
    pub(super) fn add(&mut self, id: &str, ty: TypeId, node: NodeId) -> Option<NodeId> {
        let ids = match self.places.types.contains(&ty) {
            true => &mut self.places.ids,
            false => &mut self.resources.ids,
        };
        let taken = ids.all(id).find(|(other, _)| *other == ty).map(|(_, node)| node);
        if taken.is_none() {
            ids.add(id, (ty, node));
        }
        taken
    }

    /// The nodes of an id.
    pub(super) fn all<'i>(&'i self, id: &'i str) -> impl Iterator<Item = (TypeId, NodeId)> + 'i {
        let hash = self.places.ids.hash(id);
        let resources = self.resources.ids.hashed(hash, id);
        self.places.ids.hashed(hash, id).chain(resources)
    }

    /// The one node of an id whose type fits; only where such a node may stand is it looked for.
    pub(super) fn one(&self, id: &str, fits: impl Fn(TypeId) -> bool) -> Option<(TypeId, NodeId)> {
        let hash = self.places.ids.hash(id);
        let likely = [&self.places, &self.resources].into_iter();
        let likely = likely.filter(|sort| sort.types.iter().any(|&ty| fits(ty)));
        let mut fitting = likely
            .flat_map(|sort| sort.ids.hashed(hash, id))
            .filter(|(ty, _)| fits(*ty));
        match (fitting.next(), fitting.next()) {
            (one, None) => one,
            _ => None,
        }
    }
}
