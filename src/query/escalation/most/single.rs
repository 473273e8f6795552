//! The single grants that could have a part in reaching the goal.

use crate::eval::org::Org;
use crate::model::containment::Containment;
use crate::model::permission::{PermId, Permission};
use crate::model::value::NodeId;
use crate::model::{Model, Rule, TypeId};
use crate::query::change::{Handout, bordering, grant_rule, handouts, lies_within};
use crate::query::escalation::Scene;
use crate::query::escalation::slice::Slice;

/// One single grant that is worth trying.
pub(in crate::query::escalation) struct Single {
    pub(in crate::query::escalation) handout: Handout,
    /// What granting it asks.
    pub(in crate::query::escalation) asked: Vec<PermId>,
    /// The rule that it is, wherever it is held.
    pub(in crate::query::escalation) rule: Rule,
}

/// All of them, and where those that go over a border can be of use.
pub(in crate::query::escalation) struct Singles {
    pub(in crate::query::escalation) all: Vec<Single>,
    borders: Vec<Vec<TypeId>>,
}

impl Singles {
    pub(super) fn of(scene: &Scene<'_>, org: &Org<'_>, slice: &Slice) -> Self {
        let (table, model) = (scene.table, scene.table.model());
        let containment = Containment::new(&model.types);
        let borders = bordering(model, org, scene.facts.nodes.len());
        let mut across: Vec<TypeId> = borders.iter().flatten().copied().collect();
        across.sort_unstable();
        across.dedup();
        let relevant =
            |(id, permission): (PermId, Permission)| (!permission.is_administrative() && slice.has(id)).then_some(id);
        let mut all: Vec<Single> = Vec::new();
        for permissions in model
            .permissions
            .iter()
            .filter_map(relevant)
            .flat_map(|id| handouts(table, id))
        {
            let inside = |&ty: &TypeId| lies_within(model, &containment, &permissions, ty);
            let within = across.iter().copied().filter(inside).map(Some);
            for within in std::iter::once(None).chain(within).collect::<Vec<_>>() {
                let permissions = permissions.clone();
                let handout = Handout { permissions, within };
                if all.iter().all(|known| known.handout != handout) {
                    all.push(single(scene, model, handout));
                }
            }
        }
        Self { all, borders }
    }

    /// True if one of them can be of use at a node.
    pub(in crate::query::escalation) fn fits(&self, ix: usize, node: NodeId) -> bool {
        let within = self.all[ix].handout.within;
        within.is_none_or(|ty| self.borders[node.0 as usize].contains(&ty))
    }
}

fn single(scene: &Scene<'_>, model: &Model, handout: Handout) -> Single {
    let grant = |&id: &PermId| model.permissions.id(Permission::Grant(id));
    let asked = handout.permissions.iter().filter_map(grant).collect();
    // Its reach alone is looked at, which is the same wherever it is held.
    let rule = grant_rule(model, &handout, crate::model::USER, scene.facts.nodes[0].span);
    Single { handout, asked, rule }
}
