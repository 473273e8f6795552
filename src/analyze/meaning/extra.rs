//! What data may hand out: custom roles and single grants, up to their ceilings.

use super::{Asked, Meaning};
use crate::analyze::circuit::Truth;
use crate::analyze::solver::Lit;
use crate::analyze::world::{Atom, Shape, Text, accounts_below};
use crate::eval::Resource;
use crate::eval::org_extra::{Ceiling, ceiling};
use crate::eval::reach::reaches;
use crate::model::permission::{PermId, Permission};
use crate::model::value::NodeId;
use crate::model::{Reach, Receiver, RoleId, Rule, TypeKind};
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
            for within in accounts_below(model, self.world.nodes[ix].ty) {
                rule.reach = within.map_or(Reach::Below, Reach::In);
                found.push(self.granted_at(&rule, NodeId(u32::try_from(ix).unwrap_or(u32::MAX)), asked));
            }
        }
        self.world.circuit.any(found)
    }

    fn granted_at(&mut self, rule: &Rule, node: NodeId, asked: &Asked) -> Truth {
        let table = self.table;
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
        let ceiling_at = |shape: &Shape, at| ceiling(table, &shape.forest, permission, at);
        let within = |it: &mut Self, fits: &dyn Fn(&Shape) -> bool| {
            it.world
                .in_shapes(|shape| shape.present[node.0 as usize] && fits(shape))
        };
        let mut found = Vec::new();
        if self.model().ty(self.world.nodes[node.0 as usize].ty).kind.is_place() {
            let lit = self.with_implied(permission, |id| Atom::Custom(asked.caller, text(id), node));
            let ceilings = self.ceilings(permission, node);
            let made = self
                .world
                .shape
                .clone()
                .one_of(&mut self.world.circuit, |ix| ceilings[ix].is_some());
            self.world.note_ceilings(permission, node, ceilings);
            found.push(Truth::sure(self.world.circuit.and([lit, made])));
        }
        let single = self.with_implied(permission, |id| Atom::Single(asked.caller, text(id), node));
        let open = within(self, &|shape| ceiling_at(shape, node) == Ceiling::Open);
        found.push(Truth::sure(self.world.circuit.and([single, open])));
        for roles in self.receivers(permission) {
            let to = within(
                self,
                &|shape| matches!(ceiling_at(shape, node), Ceiling::To(list) if list.contains(&roles)),
            );
            if to != Lit::FALSE {
                let place = Asked {
                    at: Some(node),
                    own: None,
                    resource: Resource::Node(node),
                    ..*asked
                };
                let entitled = self.holds_above(asked.caller, &[roles], &place);
                let given = Truth::sure(self.world.circuit.and([single, to]));
                found.push(self.world.circuit.both(given, entitled));
            }
        }
        let any = self.world.circuit.any(found);
        self.world.circuit.both(Truth::sure(reach), any)
    }

    /// By shape: the first place from a node outward at which the permission may be granted.
    fn ceilings(&self, permission: PermId, node: NodeId) -> Vec<Option<NodeId>> {
        let there = |shape: &Shape| {
            let mut places = shape.forest.chain(node).filter(|&at| shape.forest.kind(at).is_place());
            let open = |at: &NodeId| ceiling(self.table, &shape.forest, permission, *at) != Ceiling::None;
            places.find(|at| shape.present[at.0 as usize] && open(at))
        };
        self.world.shapes.iter().map(there).collect()
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

    /// The roles to which a permission may be granted.
    fn receivers(&self, permission: PermId) -> Vec<RoleId> {
        let model = self.model();
        let Some(grant) = model.permissions.id(Permission::Grant(permission)) else {
            return Vec::new();
        };
        let mut roles = Vec::new();
        for way in &self.table.row(grant).grants {
            if let Receiver::Holders(to) = &model.rule(way.rule).receiver {
                roles.extend_from_slice(to);
            }
        }
        roles.sort_unstable();
        roles.dedup();
        roles
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
