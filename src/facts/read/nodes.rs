//! Ids of nodes: places apart from resources, of which there are many more, so that the places, to which everything else
//! refers, are near at hand.

use super::ids::Ids;
use crate::model::value::NodeId;
use crate::model::{Model, TypeId};

/// What ids of nodes mean.
#[derive(Debug)]
pub(super) struct NodeIds {
    places: Ids<(TypeId, NodeId)>,
    resources: Ids<(TypeId, NodeId)>,
    resource_types: Vec<TypeId>,
}

impl NodeIds {
    pub(super) fn new(model: &Model) -> Self {
        let is_resource = |ty: &TypeId| !model.ty(*ty).kind.is_place();
        Self {
            places: Ids::default(),
            resources: Ids::default(),
            resource_types: model.type_ids().filter(is_resource).collect(),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.places.len() + self.resources.len()
    }

    /// Every id, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.places.iter().chain(self.resources.iter())
    }

    /// Enters a node; the one that had this id before, if one of the same type did.
    pub(super) fn add(&mut self, id: &str, ty: TypeId, node: NodeId) -> Option<NodeId> {
        let ids = match self.resource_types.contains(&ty) {
            true => &mut self.resources,
            false => &mut self.places,
        };
        let taken = ids.all(id).find(|(other, _)| *other == ty).map(|(_, node)| node);
        if taken.is_none() {
            ids.add(id, (ty, node));
        }
        taken
    }

    /// The nodes of an id.
    pub(super) fn all<'i>(&'i self, id: &'i str) -> impl Iterator<Item = (TypeId, NodeId)> + 'i {
        self.places.all(id).chain(self.resources.all(id))
    }

    /// The one node of an id whose type fits.
    pub(super) fn one(&self, id: &str, fits: impl Fn(TypeId) -> bool) -> Option<(TypeId, NodeId)> {
        let may_be_resource = self.resource_types.iter().any(|&ty| fits(ty));
        let resources = may_be_resource.then(|| self.resources.all(id));
        let all = self.places.all(id).chain(resources.into_iter().flatten());
        let mut fitting = all.filter(|(ty, _)| fits(*ty));
        match (fitting.next(), fitting.next()) {
            (one, None) => one,
            _ => None,
        }
    }
}
