//! What a policy means in a symbolic organisation: [`crate::eval`] again, with formulas in place of truths.
//!
//! The steps and their names are those of the evaluator (`side`, `public`, `derived`, `receives`, …), so that the two
//! can be read side by side; reach and borders are decided by the evaluator's own functions, once for each shape.

mod condition;
mod constant;
mod default;
mod extra;
mod holds;
mod value;

use std::collections::HashSet;

use hashbrown::HashMap;

use super::circuit::Truth;
use super::scope::asks_holding;
use super::solver::Lit;
use super::world::{Aim, Owner, Shape, World};
use crate::containment::reach::reaches;
use crate::eval::{Resource, Target};
use crate::meaning::condition::At;
use crate::meaning::rule;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{NodeId, UserId};
use crate::model::{AttrName, Model, RoleId, Rule, TypeId};
use crate::table::{Table, Way};

/// What is asked: who, what, on what.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The user who asks.
    pub caller: u32,
    /// What.
    pub permission: PermId,
    /// On the world's own target, or at a node.
    pub at: Option<NodeId>,
    /// What stands before that node in the chain, unlisted.
    own: Option<TypeId>,
    /// What `resource` is, at a node.
    resource: Resource,
    /// Something is handed to somebody.
    handed: bool,
    /// It is the second of two requests.
    second: bool,
}

/// One policy's reading of a world.
pub struct Meaning<'w, 'm> {
    /// The organisation.
    pub world: &'w mut World<'m>,
    /// The policy.
    pub table: &'m Table,
    /// Of two policies: the types that this one declares. It is told nothing of nodes of another one's.
    declared: Option<&'m HashSet<TypeId>>,
    derived: HashMap<(u32, RoleId, NodeId), Truth>,
    decided: HashMap<(u32, PermId, NodeId), Truth>,
    defaults: default::Defaults,
    /// Holdings of which it is said that they run within this bound.
    bounded: HashSet<(Owner, AttrName)>,
    /// Relations that have no circle, also where they are not stated.
    in_order: HashSet<AttrName>,
    /// How many defaults wait for the one that is followed.
    depth: usize,
}

/// A decision with its parts.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Each way of granting with its truth.
    pub grants: Vec<(Way, Truth)>,
    /// Custom roles and single grants.
    pub extra: Truth,
    /// Each prohibition with its truth.
    pub prohibitions: Vec<(Way, Truth)>,
}

impl Decision {
    /// What no rule speaks of.
    #[must_use]
    pub const fn never() -> Self {
        Self {
            grants: Vec::new(),
            extra: Truth::FALSE,
            prohibitions: Vec::new(),
        }
    }
}

/// What a condition sees besides the request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    /// Where the role is held.
    pub here: Option<NodeId>,
    /// The role with the holding, if it is one by hand.
    pub holding: Option<(RoleId, Option<Owner>)>,
}

impl<'w, 'm> Meaning<'w, 'm> {
    /// Reads a world by a policy.
    pub fn new(world: &'w mut World<'m>, table: &'m Table) -> Self {
        Self::of_one(world, table, None)
    }

    /// Reads a world by one of two policies, with the types that it declares.
    pub fn of_one(world: &'w mut World<'m>, table: &'m Table, declared: Option<&'m HashSet<TypeId>>) -> Self {
        let mut it = Self {
            world,
            table,
            declared,
            derived: HashMap::new(),
            decided: HashMap::new(),
            defaults: default::Defaults::default(),
            bounded: HashSet::new(),
            in_order: HashSet::new(),
            depth: 0,
        };
        it.require_membership();
        it
    }

    pub(super) fn model(&self) -> &'m Model {
        self.table.model()
    }

    /// The user is a member of a place.
    pub(super) fn member(&mut self, user: u32, place: NodeId) -> Lit {
        let ty = self.world.nodes[place.0 as usize].ty;
        match self.declared {
            Some(declared) if !declared.contains(&ty) => Lit::FALSE,
            _ => self.world.member(self.table.model(), user, place),
        }
    }

    /// A user who is the target is a member of the place at which the chain starts.
    fn require_membership(&mut self) {
        for second in [false, true] {
            let aim = if second {
                self.world.second
            } else {
                Some(self.world.aim)
            };
            if !matches!(aim, Some(Aim::User(_))) {
                continue;
            }
            let (same, other) = if second {
                (self.world.second_same, 2)
            } else {
                (self.world.same, 1)
            };
            let start = |shape: &Shape| match (&shape.second, second) {
                (Some((chain, _)), true) => chain[0],
                _ => shape.chain[0],
            };
            let mut starts: Vec<NodeId> = self.world.shapes.iter().map(start).collect();
            starts.sort_unstable();
            starts.dedup();
            for node in starts {
                let here = self.world.in_shapes(|shape| start(shape) == node);
                for (user, is) in [(0, same), (other, !same)] {
                    let member = self.member(user, node);
                    self.world.circuit.require(&[!here, !is, member]);
                }
            }
        }
    }

    /// The question that the world was made for.
    #[must_use]
    pub fn main(&self, permission: PermId) -> Asked {
        Asked {
            caller: 0,
            permission,
            at: None,
            own: None,
            resource: Resource::User(UserId(1)),
            handed: self.model().permissions.get(permission).is_administrative(),
            second: false,
        }
    }

    /// The second question that the world was made for.
    #[must_use]
    pub fn second(&self, permission: PermId) -> Asked {
        Asked {
            second: true,
            ..self.main(permission)
        }
    }

    /// What can be the target of a question.
    pub(super) fn aim(&self, asked: &Asked) -> Aim {
        match (asked.second, self.world.second) {
            (true, Some(aim)) => aim,
            _ => self.world.aim,
        }
    }

    /// Whom a question is about, or to whom something is given: the caller, or another user.
    pub(super) fn whom(&self, asked: &Asked) -> (Lit, u32) {
        if asked.second {
            (self.world.second_same, 2)
        } else {
            (self.world.same, 1)
        }
    }

    /// A user's question at a node: on the unlisted T in it if the node is no T.
    #[must_use]
    pub fn question_at(&self, caller: u32, permission: PermId, node: NodeId) -> Asked {
        let model = self.model();
        let here = self.world.nodes[node.0 as usize].ty;
        let (own, resource) = match model.permissions.get(permission) {
            Permission::Act { ty, action, .. } if model.ty(ty).actions[action].creating => {
                (None, Resource::Unlisted(ty))
            }
            Permission::Act { ty, .. } if here != ty => (Some(ty), Resource::Unlisted(ty)),
            _ => (None, Resource::Node(node)),
        };
        Asked {
            caller,
            permission,
            at: Some(node),
            own,
            resource,
            handed: false,
            second: false,
        }
    }

    /// The target in one shape; none if the node is not there.
    fn target(asked: &Asked, shape: &Shape) -> Option<Target> {
        match asked.at {
            None if asked.second => shape.second.as_ref().map(|(_, target)| *target),
            None => Some(shape.target),
            Some(node) => shape.present[node.0 as usize].then_some(Target {
                start: node,
                own: asked.own,
                resource: asked.resource,
            }),
        }
    }

    /// The shapes in which something holds of the target.
    fn where_target(&mut self, asked: &Asked, fits: impl Fn(&Shape, &Target) -> bool) -> Lit {
        self.world
            .in_shapes(|shape| Self::target(asked, shape).is_some_and(|target| fits(shape, &target)))
    }

    /// D(u, p, r), in parts.
    pub fn decision(&mut self, asked: &Asked) -> Decision {
        let row = self.table.row(asked.permission);
        Decision {
            grants: self.ways(&row.grants, asked),
            extra: self.extra(asked),
            prohibitions: self.ways(&row.prohibitions, asked),
        }
    }

    /// D(u, p, r).
    pub fn decide(&mut self, asked: &Asked) -> Truth {
        let decision = self.decision(asked);
        self.whole(&decision)
    }

    /// The parts together.
    pub fn whole(&mut self, decision: &Decision) -> Truth {
        let grants = decision.grants.iter().map(|(_, truth)| *truth).chain([decision.extra]);
        let granted = self.world.circuit.any(grants);
        let prohibited = self
            .world
            .circuit
            .any(decision.prohibitions.iter().map(|(_, truth)| *truth));
        self.world.circuit.both(granted, !prohibited)
    }

    fn ways(&mut self, ways: &[Way], asked: &Asked) -> Vec<(Way, Truth)> {
        ways.iter().map(|&way| (way, self.way(way, asked))).collect()
    }

    /// ρ of one way.
    pub fn way(&mut self, way: Way, asked: &Asked) -> Truth {
        let rule = self.table.model().rule(way.rule);
        match way.role {
            None => self.public(rule, asked),
            Some(role) => self.of_role(rule, role, asked),
        }
    }

    /// ρ of a rule without a role.
    pub fn public(&mut self, rule: &Rule, asked: &Asked) -> Truth {
        let scope = Scope::default();
        rule::public(self, At { ask: asked, scope }, rule)
    }

    fn signed_in(&self, asked: &Asked) -> Lit {
        match asked.caller {
            0 => self.world.signed_in,
            _ => Lit::TRUE,
        }
    }

    /// ρ of a rule of a role: one of the user's holdings of it is where the rule reaches the target from.
    pub fn of_role(&mut self, rule: &Rule, role: RoleId, asked: &Asked) -> Truth {
        self.of_role_where(rule, role, asked, |_, _| Lit::TRUE)
    }

    /// The same for holdings at nodes of which something holds besides.
    pub fn of_role_where(
        &mut self,
        rule: &Rule,
        role: RoleId,
        asked: &Asked,
        fits: impl Fn(&mut World<'m>, NodeId) -> Lit,
    ) -> Truth {
        let mut found = Vec::new();
        for node in self.world.nodes_of(self.model().role(role).ty) {
            let reach = self.where_target(asked, |shape, target| {
                shape.present[node.0 as usize] && reaches(&shape.forest, rule, node, target)
            });
            if reach != Lit::FALSE {
                let fits = fits(self.world, node);
                let reach = self.world.circuit.and([reach, fits]);
                found.push(self.held_at(rule, role, node, reach, asked));
            }
        }
        self.world.circuit.any(found)
    }

    fn held_at(&mut self, rule: &Rule, role: RoleId, node: NodeId, reach: Lit, asked: &Asked) -> Truth {
        if self.model().role(role).is_derived() {
            let scope = Scope {
                here: Some(node),
                holding: None,
            };
            let conditions = self.conditions(rule, scope, asked);
            let derived = self.derived(asked.caller, role, node);
            let known = Truth::sure(self.signed_in(asked));
            return self.world.circuit.all([Truth::sure(reach), known, derived, conditions]);
        }
        let holdings = self.world.holdings(self.table.model(), asked.caller, role, node);
        if !asks_holding(rule) {
            let held = self.world.circuit.or(holdings.iter().map(|(held, _)| *held));
            let held = self.world.circuit.and([reach, held]);
            let scope = Scope {
                here: Some(node),
                holding: None,
            };
            let conditions = self.conditions(rule, scope, asked);
            return self.world.circuit.both(Truth::sure(held), conditions);
        }
        let mut found = Vec::new();
        for (held, owner) in holdings {
            if held != Lit::FALSE {
                let held = self.world.circuit.and([reach, held]);
                let scope = Scope {
                    here: Some(node),
                    holding: Some((role, owner)),
                };
                let conditions = self.conditions(rule, scope, asked);
                found.push(self.world.circuit.both(Truth::sure(held), conditions));
            }
        }
        self.world.circuit.any(found)
    }
}
