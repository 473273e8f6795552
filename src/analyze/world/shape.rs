//! The chains that a target can lie in, with the nodes beside them.

use std::collections::BTreeSet;

use super::{Aim, Choice, World};
use crate::analyze::chains::{chains, nests, way_up};
use crate::analyze::solver::Lit;
use crate::containment::forest::Forest;
use crate::eval::Target;
use crate::model::containment::Containment;
use crate::model::value::{NodeId, UserId};
use crate::model::{Attribute, Constraint, ConstraintKind, Default, TypeId, TypeKind};

/// The most nodes of one type that attributes can name beside the chain.
const MOST_NAMED: usize = 6;

/// The most ways up from a type beside the chain.
const MOST_WAYS: usize = 12;

/// An individual node.
#[derive(Debug, Clone)]
pub struct Individual {
    /// Its type.
    pub ty: TypeId,
    /// On the target's chain: how many of its type lie inside it.
    pub ordinal: Option<usize>,
    /// On the chain of the second target only.
    second: bool,
    /// A side node's container.
    pub parent: Option<NodeId>,
}

/// The nodes of one target's chain.
pub(super) struct Link {
    pub(super) nodes: Vec<NodeId>,
    /// The target stands before them, and facts do not list it.
    pub(super) unlisted: Option<TypeId>,
}

/// One chain of containers with the nodes beside it.
#[derive(Debug)]
pub struct Shape {
    /// The chain, from the inside out.
    pub chain: Vec<NodeId>,
    /// Containment in this shape; what is not there stands apart.
    pub forest: Forest,
    /// By node.
    pub present: Vec<bool>,
    /// What the request is about.
    pub target: Target,
    /// The target, and that of the second request, is a node that facts do not list: the chain starts at its container.
    pub unlisted: [Option<TypeId>; 2],
    /// The chain of the second request's target, and that target.
    pub second: Option<(Vec<NodeId>, Target)>,
    parents: Vec<Option<NodeId>>,
}

impl Shape {
    /// What a node lies in.
    #[must_use]
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.parents[node.0 as usize]
    }

    /// Where the chain of the first or the second target starts.
    #[must_use]
    pub fn start(&self, second: bool) -> Option<NodeId> {
        match (&self.second, second) {
            (Some((chain, _)), true) => chain.first().copied(),
            _ => self.chain.first().copied(),
        }
    }
}

impl World<'_> {
    /// The chains of types from these outward, each with what stands unlisted before it.
    pub(super) fn chains(&mut self, starts: &[(TypeId, Option<TypeId>)]) -> Vec<(Vec<TypeId>, Option<TypeId>)> {
        let model = self.model;
        let containers: Vec<Vec<TypeId>> = model.types.iter().map(|ty| ty.containers.clone()).collect();
        let kinds: Vec<TypeKind> = model.types.iter().map(|ty| ty.kind).collect();
        let containment = Containment::new(&model.types);
        let most: Vec<usize> = model
            .type_ids()
            .map(|ty| match nests(&containment, &containers, ty) {
                true => 2 + usize::from(self.is_crowded(ty)),
                false => 1,
            })
            .collect();
        let mut all = Vec::new();
        for &(start, unlisted) in starts {
            let (found, whole) = chains(&containers, &kinds, start, |ty| most[ty.ix()]);
            self.exact &= whole;
            all.extend(found.into_iter().map(|chain| (chain, unlisted)));
        }
        all
    }

    pub(super) fn build(&mut self, chains: Vec<(Link, Option<Link>)>) {
        let model = self.model;
        let containers: Vec<Vec<TypeId>> = model.types.iter().map(|ty| ty.containers.clone()).collect();
        let kinds: Vec<TypeKind> = model.types.iter().map(|ty| ty.kind).collect();
        let containment = Containment::new(&model.types);
        self.add_side_nodes(&containers, &kinds, &containment);
        self.may_lack_side_nodes();
        self.shape = Choice::new(&mut self.circuit, chains.len());
        let shapes = chains.into_iter().map(|(chain, second)| self.shape_of(chain, second));
        self.shapes = shapes.collect();
        if self.shapes.is_empty() {
            self.circuit.require(&[]);
        }
        for second in [false, true] {
            let to_take = self.has_to_take(second);
            self.circuit.require(&[to_take]);
        }
    }

    /// Where a role is derived at a node, an organisation without the node is another one than with it: elsewhere nothing need
    /// be held there.
    fn may_lack_side_nodes(&mut self) {
        for ix in 0..self.nodes.len() {
            let node = &self.nodes[ix];
            let derived = node.ordinal.is_none() && self.scope.derived_at.contains(&node.ty);
            let (parent, there) = (node.parent, if derived { self.circuit.variable() } else { Lit::TRUE });
            self.there.push(there);
            if let Some(parent) = parent {
                let outer = self.there[parent.0 as usize];
                self.circuit.imply(there, outer);
            }
        }
    }

    /// The nodes of a second chain, the last of which it shares with the first.
    pub(super) fn second_chain(&mut self, first: &[NodeId], types: &[TypeId], shared: usize) -> Vec<NodeId> {
        let own = types.len() - shared;
        let mut nodes = Vec::with_capacity(types.len());
        for (ix, &ty) in types[..own].iter().enumerate() {
            let ordinal = types[..ix].iter().filter(|&&other| other == ty).count();
            nodes.push(self.individual(ty, ordinal, true));
        }
        nodes.extend_from_slice(&first[first.len() - shared..]);
        nodes
    }

    /// The node of a type that has so many of its type inside it.
    fn individual(&mut self, ty: TypeId, ordinal: usize, second: bool) -> NodeId {
        let alike = |node: &Individual| node.ty == ty && node.ordinal == Some(ordinal) && node.second == second;
        match self.nodes.iter().position(alike) {
            Some(known) => node_id(known),
            None => self.add_node(Individual {
                ty,
                ordinal: Some(ordinal),
                second,
                parent: None,
            }),
        }
    }

    fn is_crowded(&self, ty: TypeId) -> bool {
        let excluded = |constraint: &Constraint| match &constraint.kind {
            ConstraintKind::Roles { left, right, .. } => {
                let mut both = left.iter().chain(right);
                both.any(|role| self.scope.roles.contains(role) && self.model.role(*role).ty == ty)
            }
            _ => false,
        };
        self.scope.crowded.contains(&ty) || self.model.constraints.iter().any(excluded)
    }

    /// The nodes of a chain of types.
    pub(super) fn chain(&mut self, types: &[TypeId]) -> Vec<NodeId> {
        let mut nodes = Vec::with_capacity(types.len());
        for (ix, &ty) in types.iter().enumerate() {
            let ordinal = types[..ix].iter().filter(|&&other| other == ty).count();
            nodes.push(self.individual(ty, ordinal, false));
        }
        nodes
    }

    fn add_node(&mut self, individual: Individual) -> NodeId {
        self.nodes.push(individual);
        node_id(self.nodes.len() - 1)
    }

    fn add_side_nodes(&mut self, containers: &[Vec<TypeId>], kinds: &[TypeKind], containment: &Containment) {
        let chain: Vec<(NodeId, TypeId)> = self
            .nodes
            .iter()
            .enumerate()
            .map(|(ix, node)| (node_id(ix), node.ty))
            .collect();
        let mut wanted: Vec<(TypeId, Option<NodeId>)> = Vec::new();
        for &(ty, zone) in &self.scope.far {
            match zone {
                None => wanted.push((ty, None)),
                Some(zone) => wanted.extend(
                    chain
                        .iter()
                        .filter(|(_, at)| *at == zone)
                        .map(|&(node, _)| (ty, Some(node))),
                ),
            }
        }
        for &ty in &self.scope.named {
            // First in the target's own account, so that witnesses need no other.
            let is_account = |(_, at): &&(NodeId, TypeId)| kinds[at.ix()] == TypeKind::Account;
            let home = chain.iter().find(is_account);
            wanted.extend(home.map(|&(node, _)| (ty, Some(node))));
            let paths = self.scope.individuals.nodes.get(&ty).map_or(0, BTreeSet::len);
            self.exact &= paths <= MOST_NAMED;
            wanted.extend(std::iter::repeat_n((ty, None), paths.clamp(2, MOST_NAMED)));
            if self.scope.node_tests {
                wanted.extend(chain.iter().map(|&(node, _)| (ty, Some(node))));
            }
        }
        if self.scope.everyone {
            for &(node, ty) in chain.iter().filter(|(_, ty)| kinds[ty.ix()] == TypeKind::Account) {
                let inside = containment.below(ty, true);
                let unit = inside.into_iter().find(|inner| kinds[inner.ix()] == TypeKind::Unit);
                wanted.extend(unit.map(|unit| (unit, Some(node))));
            }
        }
        for (ty, under) in wanted {
            let way = match under {
                Some(node) => {
                    let wanted = self.nodes[node.0 as usize].ty;
                    way_up(containers, ty, |at| at == wanted)
                }
                None if kinds[ty.ix()] == TypeKind::Account => Some(vec![ty]),
                None => way_up(containers, ty, |at| kinds[at.ix()] == TypeKind::Account),
            };
            way.into_iter().for_each(|way| self.add_side_node(&way, under));
        }
        let apart = self
            .scope
            .far
            .iter()
            .filter(|(_, zone)| zone.is_none())
            .map(|(ty, _)| *ty);
        let apart: BTreeSet<TypeId> = apart.chain(self.scope.named.iter().copied()).collect();
        for ty in apart {
            if !self.looks_outward(ty) {
                continue;
            }
            let (ways, whole) = chains(containers, kinds, ty, |_| 1);
            self.exact &= whole && ways.len() <= MOST_WAYS;
            // The shortest is there.
            for way in ways.into_iter().take(MOST_WAYS).skip(1) {
                self.add_side_node(&way, None);
            }
        }
    }

    /// What is true of a node of this type depends on what it lies in: what a role is derived from, what an attribute is by
    /// default.
    fn looks_outward(&self, ty: TypeId) -> bool {
        let mut attributes = self.model.ty(ty).attributes.iter();
        let falls_back = |it: &Attribute| matches!(it.default, Default::Path(..)) && self.reads(it.key);
        self.scope.derived_at.contains(&ty) || attributes.any(falls_back)
    }

    /// A node at the start of a way up, under another or apart from the chain.
    fn add_side_node(&mut self, way: &[TypeId], under: Option<NodeId>) {
        let own = way.len() - usize::from(under.is_some());
        let mut parent = under;
        for &ty in way[..own].iter().rev() {
            parent = Some(self.add_node(Individual {
                ty,
                ordinal: None,
                second: false,
                parent,
            }));
        }
    }

    fn shape_of(&self, first: Link, second: Option<Link>) -> Shape {
        let unlisted = [first.unlisted, second.as_ref().and_then(|link| link.unlisted)];
        let (chain, second) = (first.nodes, second.map(|link| link.nodes));
        let mut present = vec![false; self.nodes.len()];
        let mut parents: Vec<Option<NodeId>> = vec![None; self.nodes.len()];
        for chain in [Some(&chain), second.as_ref()].into_iter().flatten() {
            for (ix, node) in chain.iter().enumerate() {
                present[node.0 as usize] = true;
                parents[node.0 as usize] = chain.get(ix + 1).copied();
            }
        }
        // A side node stands behind its container in the list.
        for (ix, node) in self.nodes.iter().enumerate().filter(|(_, node)| node.ordinal.is_none()) {
            present[ix] = node.parent.is_none_or(|parent| present[parent.0 as usize]);
            parents[ix] = node.parent.filter(|_| present[ix]);
        }
        let spots: Vec<(TypeId, Option<NodeId>)> = self
            .nodes
            .iter()
            .map(|node| node.ty)
            .zip(parents.iter().copied())
            .collect();
        let second = second.zip(self.second).map(|(chain, aim)| {
            let target = target(aim, chain[0], unlisted[1]);
            (chain, target)
        });
        Shape {
            forest: Forest::of(&spots, self.model),
            target: target(self.aim, chain[0], unlisted[0]),
            unlisted,
            chain,
            second,
            present,
            parents,
        }
    }
}

/// How many containers two chains can share, counted from the outside; with a type, they share the nearest of it.
pub(super) fn shared_ends(left: &[TypeId], right: &[TypeId], same: Option<TypeId>) -> Vec<usize> {
    let alike = left
        .iter()
        .rev()
        .zip(right.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let nearest = |chain: &[TypeId], ty| chain.iter().position(|&at| at == ty).map(|ix| chain.len() - ix);
    let enough = |&shared: &usize| match same {
        None => true,
        Some(ty) => nearest(left, ty).is_some_and(|height| nearest(right, ty) == Some(height) && shared >= height),
    };
    (0..=alike).filter(enough).collect()
}

const fn target(aim: Aim, start: NodeId, unlisted: Option<TypeId>) -> Target {
    if let Some(ty) = unlisted {
        return Target::unlisted(ty, start);
    }
    match aim {
        Aim::Node => Target::node(start),
        Aim::Fresh(ty) => Target::created(ty, start),
        Aim::User(ty) => Target::user(UserId(1), ty, start),
    }
}

pub(super) fn node_id(ix: usize) -> NodeId {
    NodeId(u32::try_from(ix).unwrap_or(u32::MAX))
}
