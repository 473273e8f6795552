//! What data may hand out: custom roles and single grants, up to their ceilings.

use super::{Asked, Meaning};
use crate::analyze::circuit::Truth;
use crate::analyze::solver::Lit;
use crate::analyze::world::{Atom, Ceilings, Shape, Text, accounts_below};
use crate::containment::reach::reaches;
use crate::eval::Resource;
use crate::eval::delegated_grants::{Terms, terms};
use crate::model::permission::{PermId, Permission};
use crate::model::value::NodeId;
use crate::model::{Reach, Rule, TypeKind};
use crate::source::Span;

impl Meaning<'_, '_> {
    /// Custom roles and single grants: where some `can grant` reaches, anybody may have been given the permission.
    pub(super) fn extra(&mut self, asked: &Asked) -> Truth {
        let model = self.model();
        let permission = asked.permission;
        if model.permissions.get(permission).is_administrative() {
            return Truth::FALSE;
        }
        let Some(grant) = model.permissions.id(Permission::Grant(permission)) else {
            return Truth::FALSE;
        };
        if self.table.row(grant).grants.is_empty() {
            return Truth::FALSE;
        }
        let mut found = Vec::new();
        let mut rule = self.text(permission, model.rule(self.table.row(grant).grants[0].rule).span);
        for ix in 0..self.world.nodes.len() {
            // All that facts can say there, though it be only in the other of two policies that it reaches further.
            for within in accounts_below(self.world.model, self.world.nodes[ix].ty) {
                rule.reach = within.map_or(Reach::Below, Reach::In);
                found.push(self.granted_at(&rule, NodeId(u32::try_from(ix).unwrap_or(u32::MAX)), asked));
            }
        }
        self.world.circuit.any(found)
    }

    fn granted_at(&mut self, rule: &Rule, node: NodeId, asked: &Asked) -> Truth {
        let reach = self.where_target(asked, |shape, target| {
            shape.present[node.0 as usize] && reaches(&shape.forest, rule, node, target)
        });
        if reach == Lit::FALSE {
            return Truth::FALSE;
        }
        let permission = asked.permission;
        let text = |permission| Text {
            permission,
            within: match rule.reach {
                Reach::In(ty) => Some(ty),
                _ => None,
            },
        };
        let mut found = Vec::new();
        if self.model().ty(self.world.nodes[node.0 as usize].ty).kind.is_place() {
            let made = self.with_implied(permission, |id| Atom::Custom(asked.caller, text(id), node));
            self.note_ceilings(permission, node, asked);
            let places = |shape: &Shape| places_above(shape, node);
            found.push(self.handed(made, (permission, node), asked, places));
        }
        let single = self.with_implied(permission, |id| Atom::Single(asked.caller, text(id), node));
        found.push(self.handed(single, (permission, node), asked, |_| vec![node]));
        let any = self.world.circuit.any(found);
        self.world.circuit.both(Truth::sure(reach), any)
    }

    /// What is handed out works on the terms on which it may be at one of some nodes.
    fn handed(
        &mut self,
        given: Lit,
        (permission, node): (PermId, NodeId),
        asked: &Asked,
        made_at: impl Fn(&Shape) -> Vec<NodeId>,
    ) -> Truth {
        let table = self.table;
        let by_shape = self.world.shapes.iter().map(|shape| {
            let there = shape.present[node.0 as usize];
            let nodes = if there { made_at(shape) } else { Vec::new() };
            let terms = nodes
                .into_iter()
                .filter_map(|at| terms(table, &shape.forest, permission, at));
            terms.collect::<Vec<Terms>>()
        });
        let by_shape: Vec<Vec<Terms>> = by_shape.collect();
        let mut different: Vec<&Terms> = Vec::new();
        for terms in by_shape.iter().flatten() {
            if !different.contains(&terms) {
                different.push(terms);
            }
        }
        let mut found = Vec::new();
        for terms in different {
            let shape = self.world.shape.clone();
            let here = shape.one_of(&mut self.world.circuit, |ix| by_shape[ix].contains(terms));
            let entitled = self.entitled(terms, node, asked);
            let given = Truth::sure(self.world.circuit.and([given, here]));
            found.push(self.world.circuit.both(given, entitled));
        }
        self.world.circuit.any(found)
    }

    /// The caller holds at a node what the terms ask, and nothing that they exclude.
    fn entitled(&mut self, terms: &Terms, node: NodeId, asked: &Asked) -> Truth {
        let place = Asked {
            at: Some(node),
            own: None,
            resource: Resource::Node(node),
            ..*asked
        };
        let may = match &terms.to {
            Some(to) => self.holds_above(asked.caller, to, &place),
            None => Truth::TRUE,
        };
        if terms.not_to.is_empty() {
            return may;
        }
        let barred = self.holds_above(asked.caller, &terms.not_to, &place);
        self.world.circuit.both(may, !barred)
    }

    /// By shape: the places from a node outward at which the permission may be granted, those first where to anybody, each
    /// with what says that the caller may have been granted it there.
    fn note_ceilings(&mut self, permission: PermId, node: NodeId, asked: &Asked) {
        let table = self.table;
        let mut by_shape = Vec::new();
        for ix in 0..self.world.shapes.len() {
            let shape = &self.world.shapes[ix];
            let places = places_above(shape, node).into_iter();
            let mut ceilings: Vec<(NodeId, Terms)> = places
                .filter_map(|at| Some((at, terms(table, &shape.forest, permission, at)?)))
                .collect();
            ceilings.sort_by_key(|(_, terms)| !terms.are_open());
            let entitled = ceilings
                .into_iter()
                .map(|(at, terms)| (at, self.entitled(&terms, node, asked).yes));
            by_shape.push(entitled.collect::<Ceilings>());
        }
        self.world.note_ceilings(permission, node, by_shape);
    }

    /// The permission handed out itself, or one that implies it.
    fn with_implied(&mut self, permission: PermId, atom: impl Fn(PermId) -> Atom) -> Lit {
        let stronger = self.model().permissions.upward(&[permission]);
        let known: Vec<PermId> = stronger
            .into_iter()
            .filter(|&id| id == permission || self.world.asks(id))
            .collect();
        let lits: Vec<Lit> = known.into_iter().map(|id| self.world.atom(atom(id))).collect();
        self.world.circuit.or(lits)
    }

    /// The rule that a text of the facts would be that names just this permission.
    fn text(&self, permission: PermId, span: Span) -> Rule {
        let model = self.model();
        let named = match model.permissions.get(permission) {
            Permission::Act { ty, .. } if model.ty(ty).kind == TypeKind::Account => vec![ty],
            _ => Vec::new(),
        };
        Rule::granting(vec![permission], crate::model::USER, named, span)
    }
}

/// A node and what encloses it, as far as that are places that are there.
fn places_above(shape: &Shape, node: NodeId) -> Vec<NodeId> {
    let is_there = |at: &NodeId| shape.forest.kind(*at).is_place() && shape.present[at.0 as usize];
    shape.forest.chain(node).filter(is_there).collect()
}
