//! A symbolic organisation: finitely many individuals that stand for all organisations, with a variable for everything
//! that facts could state of them.
//!
//! 1. The target's chain of containers comes in **shapes** ([`super::chains`]), of which one holds. A node is known by
//!    its type and how many of that type lie inside it, so that shapes share nodes, and the nearest of a type is one node.
//! 2. Beside the chain stand **side nodes**: where a role is held that reaches `across` or `anywhere`, where a member of
//!    the account is listed, what an attribute names.
//! 3. **Atoms** are made when a rule first asks for them: a role stated for a user at a node, a listing, a group.
//! 4. **Terms** are attributes; each takes one of finitely many candidate values ([`super::domain`]), ordered, so that a
//!    comparison is a range. *Missing* is a candidate where facts may leave the attribute out.
//!
//! Users: the caller is 0; whom the deed is about or to whom something is given is 0 or 1 ([`World::same`]); others are
//! whom attributes may name.

use std::collections::HashMap;

use super::chains::{chains, nests, way_up};
use super::circuit::Circuit;
use super::domain;
use super::scope::Scope;
use super::solver::Lit;
use crate::eval::Target;
use crate::eval::forest::Forest;
use crate::model::containment::Containment;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, NodeId, Scalar, UserId, Value};
use crate::model::{AttrName, Attribute, ConstraintKind, Default, Model, RoleId, TypeId, TypeKind, USER};

/// Something that facts state or do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Atom {
    /// A role given by hand to the user himself.
    Stated(u32, RoleId, NodeId),
    /// A role given to a group that the user is in.
    Via(u32, RoleId, NodeId),
    /// Some role of no consequence is given to the user here, which takes the default away.
    Other(u32, NodeId),
    /// The place lists the user.
    Listed(u32, NodeId),
    /// The user is in the group.
    InGroup(u32, GroupId),
    /// A single grant to the user here.
    Single(u32, Text, NodeId),
    /// A custom role with this permission, held by the user here.
    Custom(u32, Text, NodeId),
}

/// What data hands out: a permission on what lies below, or `in` the accounts of a type below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text {
    /// Which permission.
    pub permission: PermId,
    /// In which accounts.
    pub within: Option<TypeId>,
}

/// What a term is an attribute of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// A node.
    Node(NodeId),
    /// The target that nobody lists, of the first request or of the second.
    Fresh(bool),
    /// A user.
    User(u32),
    /// The request.
    Context,
    /// A holding: whose, which role, where; stated for himself (or for a group).
    Holding(u32, RoleId, NodeId, bool),
}

/// What is looked at as if it were not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// Something stated.
    Atom(Atom),
    /// The value of an attribute.
    Term(Owner, AttrName),
}

/// What a world is about: what can be the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// A listed node.
    Node,
    /// A node of this type that does not exist yet; the chain starts at its container.
    Fresh(TypeId),
    /// A user of this kind, as a member of a place; the chain starts there.
    User(TypeId),
}

/// A value taken from an ordered list: `at_least[j]` says that it is the one at j + 1 or a later one.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    count: usize,
    at_least: Vec<Lit>,
}

impl Choice {
    fn new(circuit: &mut Circuit, count: usize) -> Self {
        let at_least: Vec<Lit> = (1..count).map(|_| circuit.variable()).collect();
        for pair in at_least.windows(2) {
            circuit.imply(pair[1], pair[0]);
        }
        Self { count, at_least }
    }

    fn from(&self, ix: usize) -> Lit {
        match ix {
            0 => Lit::TRUE,
            _ => self.at_least.get(ix - 1).copied().unwrap_or(Lit::FALSE),
        }
    }

    /// It is the one at an index.
    pub fn is(&self, circuit: &mut Circuit, ix: usize) -> Lit {
        circuit.and([self.from(ix), !self.from(ix + 1)])
    }

    /// It is one of those for which `fits` says so.
    pub fn one_of(&self, circuit: &mut Circuit, fits: impl Fn(usize) -> bool) -> Lit {
        let count = self.count;
        let mut runs = Vec::new();
        let mut ix = 0;
        while ix < count {
            let start = ix;
            while ix < count && fits(ix) {
                ix += 1;
            }
            if ix > start {
                runs.push(circuit.and([self.from(start), !self.from(ix)]));
            }
            ix += 1;
        }
        circuit.or(runs)
    }
}

/// What a term can be.
#[derive(Debug, Clone)]
pub enum TermKind {
    /// One of these.
    One(Vec<Value>, Choice),
    /// A set: each of these is in it or not.
    Set(Vec<(Value, Lit)>),
}

/// An attribute of an individual.
#[derive(Debug, Clone)]
pub struct Term {
    /// Of what.
    pub owner: Owner,
    /// Which; for the request that of the context's attribute.
    pub name: AttrName,
    /// What it can be.
    pub kind: TermKind,
}

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
    parent: Option<NodeId>,
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
}

/// A symbolic organisation.
pub struct World<'m> {
    /// Its formulas.
    pub circuit: Circuit,
    /// Types, roles, attributes, constraints.
    pub model: &'m Model,
    /// What can be the target.
    pub aim: Aim,
    /// What can be the target of a second request of the same caller.
    pub second: Option<Aim>,
    /// The second request is about the caller himself, or gives something to him.
    pub second_same: Lit,
    /// The chains; one of them holds.
    pub shapes: Vec<Shape>,
    /// Which.
    pub shape: Choice,
    /// The nodes.
    pub nodes: Vec<Individual>,
    /// How many users there are.
    pub users: u32,
    /// The deed is about the caller himself, or gives something to him.
    pub same: Lit,
    /// The caller is known.
    pub signed_in: Lit,
    /// Nothing is missing, as an assumption.
    pub complete: Lit,
    /// False if the individuals may be too few to stand for all organisations.
    pub exact: bool,
    /// Every atom with its literal, in the order of their making.
    pub atoms: Vec<(Atom, Lit)>,
    known: HashMap<Atom, Lit>,
    /// Every term.
    pub terms: Vec<Term>,
    term_ids: HashMap<(Owner, AttrName), usize>,
    scope: Scope,
    above: HashMap<(AttrName, u32, u32), Lit>,
    /// Two policies are read in this world, which may have different defaults: *missing* is *not stated*.
    pub unstated: bool,
    /// The caller's only stated holding, while one role is looked at alone.
    pub alone: Option<RoleId>,
    alone_at: HashMap<TypeId, Vec<(NodeId, Lit)>>,
    /// What is left out, while one thing is looked at as if it were not there.
    pub without: Option<Without>,
    /// By node and shape: where a custom role that is held there can be made.
    ceilings: HashMap<NodeId, Vec<Option<NodeId>>>,
}

/// Groups that a world has.
const GROUPS: u32 = 2;

impl<'m> World<'m> {
    /// A world for one request, or for two of the same caller.
    fn new(model: &'m Model, scope: Scope, aim: Aim, second: Option<Aim>) -> Self {
        let mut world = Self {
            circuit: Circuit::default(),
            model,
            aim,
            second,
            second_same: Lit::FALSE,
            shapes: Vec::new(),
            shape: Choice::default(),
            nodes: Vec::new(),
            users: if scope.many_users || second.is_some() { 4 } else { 3 },
            same: Lit::FALSE,
            signed_in: Lit::TRUE,
            complete: Lit::TRUE,
            exact: true,
            atoms: Vec::new(),
            known: HashMap::new(),
            terms: Vec::new(),
            term_ids: HashMap::new(),
            scope,
            above: HashMap::new(),
            unstated: false,
            alone: None,
            alone_at: HashMap::new(),
            without: None,
            ceilings: HashMap::new(),
        };
        world.complete = world.circuit.variable();
        world.same = world.circuit.variable();
        if second.is_some() {
            world.second_same = world.circuit.variable();
        }
        if world.scope.anyone {
            world.signed_in = world.circuit.variable();
        }
        world
    }

    /// A world for a permission. Handing out a single permission can be asked at several types of nodes.
    #[must_use]
    pub fn of_permission(model: &'m Model, scope: Scope, id: PermId) -> Self {
        let (aim, starts) = aim_of(model, id);
        let mut world = Self::new(model, scope, aim, None);
        let chains = world
            .chains(&starts)
            .into_iter()
            .map(|types| (world.chain(&types), None))
            .collect();
        world.build(chains);
        world
    }

    /// A world for two permissions of one user; with a type, the nearest of that type is the same for both targets.
    #[must_use]
    pub fn of_both(model: &'m Model, scope: Scope, [first, second]: [PermId; 2], same: Option<TypeId>) -> Self {
        let ((aim, starts), (second_aim, second_starts)) = (aim_of(model, first), aim_of(model, second));
        let mut world = Self::new(model, scope, aim, Some(second_aim));
        let (lefts, rights) = (world.chains(&starts), world.chains(&second_starts));
        let mut chains = Vec::new();
        for left in &lefts {
            for right in &rights {
                for shared in shared_ends(left, right, same) {
                    world.exact &= chains.len() < MOST_PAIRS;
                    if chains.len() < MOST_PAIRS {
                        let chain = world.chain(left);
                        let other = world.second_chain(&chain, right, shared);
                        chains.push((chain, Some(other)));
                    }
                }
            }
        }
        world.build(chains);
        world
    }

    /// The chains of types from these outward.
    fn chains(&mut self, starts: &[TypeId]) -> Vec<Vec<TypeId>> {
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
        for &start in starts {
            let (found, whole) = chains(&containers, &kinds, start, |ty| most[ty.ix()]);
            self.exact &= whole;
            all.extend(found);
        }
        all
    }

    fn build(&mut self, chains: Vec<(Vec<NodeId>, Option<Vec<NodeId>>)>) {
        let model = self.model;
        let containers: Vec<Vec<TypeId>> = model.types.iter().map(|ty| ty.containers.clone()).collect();
        let kinds: Vec<TypeKind> = model.types.iter().map(|ty| ty.kind).collect();
        let containment = Containment::new(&model.types);
        self.add_side_nodes(&containers, &kinds, &containment);
        self.shape = Choice::new(&mut self.circuit, chains.len());
        let shapes = chains.into_iter().map(|(chain, second)| self.shape_of(chain, second));
        self.shapes = shapes.collect();
        if self.shapes.is_empty() {
            self.circuit.require(&[]);
        }
    }

    /// The nodes of a second chain, the last of which it shares with the first.
    fn second_chain(&mut self, first: &[NodeId], types: &[TypeId], shared: usize) -> Vec<NodeId> {
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
        let excluded = |constraint: &crate::model::Constraint| match &constraint.kind {
            ConstraintKind::Roles { left, right, .. } => {
                let mut both = left.iter().chain(right);
                both.any(|role| self.scope.roles.contains(role) && self.model.role(*role).ty == ty)
            }
            _ => false,
        };
        self.scope.crowded.contains(&ty) || self.model.constraints.iter().any(excluded)
    }

    /// The nodes of a chain of types.
    fn chain(&mut self, types: &[TypeId]) -> Vec<NodeId> {
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
            wanted.extend([(ty, None), (ty, None)]);
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
            self.add_side_node(containers, kinds, ty, under);
        }
    }

    /// A node of a type under another, or apart from the chain, with what lies between.
    fn add_side_node(&mut self, containers: &[Vec<TypeId>], kinds: &[TypeKind], ty: TypeId, under: Option<NodeId>) {
        let way = match under {
            Some(node) => {
                let wanted = self.nodes[node.0 as usize].ty;
                way_up(containers, ty, |at| at == wanted)
            }
            None if kinds[ty.ix()] == TypeKind::Account => Some(vec![ty]),
            None => way_up(containers, ty, |at| kinds[at.ix()] == TypeKind::Account),
        };
        let Some(mut way) = way else { return };
        if under.is_some() {
            way.pop();
        }
        let mut parent = under;
        for &ty in way.iter().rev() {
            parent = Some(self.add_node(Individual {
                ty,
                ordinal: None,
                second: false,
                parent,
            }));
        }
    }

    fn shape_of(&self, chain: Vec<NodeId>, second: Option<Vec<NodeId>>) -> Shape {
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
            let target = target(aim, chain[0]);
            (chain, target)
        });
        Shape {
            forest: Forest::of(&spots, self.model),
            target: target(self.aim, chain[0]),
            chain,
            second,
            present,
            parents,
        }
    }

    /// Remembers where custom roles can be made, for witnesses.
    pub fn note_ceilings(&mut self, node: NodeId, by_shape: Vec<Option<NodeId>>) {
        self.ceilings.insert(node, by_shape);
    }

    /// Where a custom role that is held at a node can be made.
    #[must_use]
    pub fn made_at(&self, node: NodeId, shape: usize) -> NodeId {
        self.ceilings
            .get(&node)
            .and_then(|by_shape| by_shape[shape])
            .unwrap_or(node)
    }

    /// True if the scope looks at a permission.
    #[must_use]
    pub fn asks(&self, permission: PermId) -> bool {
        self.scope.permissions.contains(&permission)
    }

    /// The shape is one of those for which `fits` says so.
    pub fn in_shapes(&mut self, fits: impl Fn(&Shape) -> bool) -> Lit {
        self.shape.one_of(&mut self.circuit, |ix| fits(&self.shapes[ix]))
    }

    /// The node is there.
    pub fn present(&mut self, node: NodeId) -> Lit {
        self.in_shapes(|shape| shape.present[node.0 as usize])
    }

    /// The nodes of a type.
    #[must_use]
    pub fn nodes_of(&self, ty: TypeId) -> Vec<NodeId> {
        (0..self.nodes.len())
            .filter(|&ix| self.nodes[ix].ty == ty)
            .map(node_id)
            .collect()
    }

    /// The places.
    #[must_use]
    pub fn places(&self) -> Vec<NodeId> {
        let is_place = |ix: &usize| self.model.ty(self.nodes[*ix].ty).kind.is_place();
        (0..self.nodes.len()).filter(is_place).map(node_id).collect()
    }

    /// The literal of an atom; those of nodes that are not there are false.
    pub fn atom(&mut self, atom: Atom) -> Lit {
        if self.without == Some(Without::Atom(atom)) {
            return Lit::FALSE;
        }
        if let (Some(alone), 0) = (self.alone, user_of(atom)) {
            match atom {
                Atom::Stated(_, role, node) if role == alone => return self.held_alone_at(node),
                Atom::Listed(..) | Atom::InGroup(..) => {}
                _ => return Lit::FALSE,
            }
        }
        if let Some(&known) = self.known.get(&atom) {
            return known;
        }
        let lit = self.circuit.variable();
        self.known.insert(atom, lit);
        if let Some(node) = node_of(atom) {
            let present = self.present(node);
            self.circuit.imply(lit, present);
        }
        if user_of(atom) == 0 {
            let signed_in = self.signed_in;
            self.circuit.imply(lit, signed_in);
        }
        self.keep_apart(atom, lit);
        self.atoms.push((atom, lit));
        lit
    }

    /// The caller's only holding is at this node. For roles of one type it is the same node, whichever is looked at.
    fn held_alone_at(&mut self, node: NodeId) -> Lit {
        let ty = self.nodes[node.0 as usize].ty;
        if !self.alone_at.contains_key(&ty) {
            let nodes = self.nodes_of(ty);
            let choice = Choice::new(&mut self.circuit, nodes.len());
            let mut at = Vec::new();
            for (ix, &node) in nodes.iter().enumerate() {
                // Nothing is required: other questions are put to the same world.
                let (here, present) = (choice.is(&mut self.circuit, ix), self.present(node));
                at.push((node, self.circuit.and([here, present, self.signed_in])));
            }
            self.alone_at.insert(ty, at);
        }
        let at = self.alone_at[&ty].iter().find(|(known, _)| *known == node);
        at.map_or(Lit::FALSE, |(_, lit)| *lit)
    }

    /// Where the caller's only holding of a role is, in the last model.
    #[must_use]
    pub fn alone_holding(&self, role: RoleId) -> Option<Atom> {
        let nodes = self.alone_at.get(&self.model.role(role).ty)?;
        let (node, _) = nodes.iter().find(|(_, lit)| self.circuit.value(*lit))?;
        Some(Atom::Stated(0, role, *node))
    }

    /// Exclusions: `no user is both R and S [at the same T]`.
    fn keep_apart(&mut self, atom: Atom, lit: Lit) {
        let Some((user, role, node)) = given(atom) else { return };
        let model = self.model;
        for constraint in &model.constraints {
            let ConstraintKind::Roles { left, right, same } = &constraint.kind else {
                continue;
            };
            for (one, two) in [(left, right), (right, left)] {
                if one.contains(&role) {
                    self.exclude(lit, (user, role, node), two, *same);
                }
            }
        }
    }

    fn exclude(&mut self, lit: Lit, (user, role, node): (u32, RoleId, NodeId), roles: &[RoleId], same: Option<TypeId>) {
        let others: Vec<(Lit, RoleId, NodeId)> = self
            .atoms
            .iter()
            .filter_map(|&(other, lit)| given(other).map(|given| (lit, given)))
            .filter(|(_, (whose, which, _))| *whose == user && roles.contains(which))
            .map(|(lit, (_, which, at))| (lit, which, at))
            .collect();
        for (other, which, at) in others {
            if which == role && at == node {
                continue;
            }
            let near = match same {
                None => Lit::TRUE,
                Some(ty) => self.in_shapes(|shape| {
                    let near = shape.forest.near(node, ty);
                    near.is_some() && near == shape.forest.near(at, ty)
                }),
            };
            self.circuit.require(&[!near, !lit, !other]);
        }
    }

    /// The user is a member: listed, or a role is stated for himself.
    pub fn member(&mut self, user: u32, place: NodeId) -> Lit {
        let listed = self.atom(Atom::Listed(user, place));
        let stated = self.some_stated(user, place);
        self.circuit.or([listed, stated])
    }

    /// Some role is stated for the user himself at a node.
    fn some_stated(&mut self, user: u32, node: NodeId) -> Lit {
        let ty = self.nodes[node.0 as usize].ty;
        let here = |role: &RoleId| self.model.role(*role).ty == ty && !self.model.role(*role).is_derived();
        let roles: Vec<RoleId> = self.scope.roles.iter().copied().filter(here).collect();
        let mut stated: Vec<Lit> = roles
            .into_iter()
            .map(|role| self.atom(Atom::Stated(user, role, node)))
            .collect();
        if self.other_role(ty).is_some() {
            stated.push(self.atom(Atom::Other(user, node)));
        }
        self.circuit.or(stated)
    }

    /// A role of a type that the scope knows nothing of, to be given without consequence.
    #[must_use]
    pub fn other_role(&self, ty: TypeId) -> Option<RoleId> {
        let at = |role: &RoleId| self.model.role(*role).ty == ty && !self.model.role(*role).is_derived();
        self.model
            .role_ids()
            .filter(at)
            .find(|role| !self.scope.roles.contains(role) && !self.model.role(*role).default)
    }

    /// What states that a user is given a role: one that decides nothing here only takes the default away.
    #[must_use]
    pub fn stated(&self, user: u32, role: RoleId, node: NodeId) -> Atom {
        match self.scope.roles.contains(&role) {
            true => Atom::Stated(user, role, node),
            false => Atom::Other(user, node),
        }
    }

    /// How a user can hold a role at a node: stated, through a group, by default.
    pub fn holdings(&mut self, user: u32, role: RoleId, node: NodeId, default: bool) -> [(Lit, Option<Owner>); 3] {
        let stated = self.atom(Atom::Stated(user, role, node));
        let via = self.atom(Atom::Via(user, role, node));
        let default = match default {
            true => {
                let listed = self.atom(Atom::Listed(user, node));
                let given = self.some_stated(user, node);
                self.circuit.and([listed, !given])
            }
            false => Lit::FALSE,
        };
        [
            (stated, Some(Owner::Holding(user, role, node, true))),
            (via, Some(Owner::Holding(user, role, node, false))),
            (default, None),
        ]
    }

    /// The term of an attribute.
    pub fn term(&mut self, owner: Owner, name: AttrName, attribute: &Attribute) -> usize {
        if let Some(&known) = self.term_ids.get(&(owner, name)) {
            return known;
        }
        let kind = match attribute.ty.many {
            true => self.set(attribute),
            false => self.one(attribute),
        };
        self.terms.push(Term { owner, name, kind });
        let id = self.terms.len() - 1;
        self.term_ids.insert((owner, name), id);
        id
    }

    fn set(&mut self, attribute: &Attribute) -> TermKind {
        let values = self.values(attribute);
        let bits = values
            .into_iter()
            .map(|value| (value, self.circuit.variable()))
            .collect::<Vec<_>>();
        for &(value, bit) in &bits {
            if let Value::Node(node) = value {
                let present = self.present(node);
                self.circuit.imply(bit, present);
            }
        }
        TermKind::Set(bits)
    }

    fn one(&mut self, attribute: &Attribute) -> TermKind {
        let mut values = Vec::new();
        let may_be_missing = may_be_missing(self.model, attribute, 0);
        if may_be_missing || self.unstated {
            values.push(Value::Missing);
        }
        let thing = matches!(attribute.ty.of, Scalar::User(_) | Scalar::Group | Scalar::Node(_));
        if thing && attribute.ty.optional {
            values.push(Value::Absent);
        }
        values.extend(self.values(attribute));
        let choice = Choice::new(&mut self.circuit, values.len());
        for (ix, value) in values.iter().enumerate() {
            if let Value::Node(node) = value {
                let present = self.present(*node);
                let is = choice.is(&mut self.circuit, ix);
                self.circuit.imply(is, present);
            }
        }
        if may_be_missing && !attribute.ty.optional {
            let is = choice.is(&mut self.circuit, 0);
            let complete = self.complete;
            self.circuit.imply(complete, !is);
        }
        TermKind::One(values, choice)
    }

    fn values(&mut self, attribute: &Attribute) -> Vec<Value> {
        match attribute.ty.of {
            Scalar::User(_) => (0..self.users).map(|user| Value::User(UserId(user))).collect(),
            Scalar::Group => (1..=GROUPS).map(|group| Value::Group(GroupId(group))).collect(),
            Scalar::Node(ty) => self.nodes_of(ty).into_iter().map(Value::Node).collect(),
            plain => {
                let count = match plain {
                    Scalar::Enum(id) => self.model.enums[id.0 as usize].values.len(),
                    _ => 0,
                };
                let class = self.scope.classes.class(attribute.key);
                let (mut values, whole) = domain::candidates(plain, &class, count);
                self.exact &= whole;
                // The default comes first, so that witnesses need not state it.
                if let Default::Value(default) = attribute.default
                    && !values.contains(&default)
                {
                    values.insert(0, default);
                }
                values
            }
        }
    }

    /// `x` stands above `y` in a relation without circles.
    pub fn is_above(&mut self, relation: AttrName, x: u32, y: u32) -> Lit {
        if x == y {
            return Lit::FALSE;
        }
        if self.above.is_empty() || !self.above.contains_key(&(relation, 0, 1)) {
            self.order(relation);
        }
        self.above.get(&(relation, x, y)).copied().unwrap_or(Lit::FALSE)
    }

    fn order(&mut self, relation: AttrName) {
        for x in 0..self.users {
            for y in x + 1..self.users {
                let lit = self.circuit.variable();
                self.above.insert((relation, x, y), lit);
                self.above.insert((relation, y, x), !lit);
            }
        }
        let lit = |it: &Self, x, y| it.above.get(&(relation, x, y)).copied().unwrap_or(Lit::FALSE);
        for x in 0..self.users {
            for y in (0..self.users).filter(|&y| y != x) {
                for z in (0..self.users).filter(|&z| z != x && z != y) {
                    let (xy, yz, xz) = (lit(self, x, y), lit(self, y, z), lit(self, x, z));
                    self.circuit.require(&[!xy, !yz, xz]);
                }
            }
        }
    }
}

/// The most pairs of chains that are looked at.
const MOST_PAIRS: usize = 600;

/// How many containers two chains can share, counted from the outside; with a type, they share the nearest of it.
fn shared_ends(left: &[TypeId], right: &[TypeId], same: Option<TypeId>) -> Vec<usize> {
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

const fn target(aim: Aim, start: NodeId) -> Target {
    match aim {
        Aim::Node => Target::node(start),
        Aim::Fresh(ty) => Target::created(ty, start),
        Aim::User(ty) => Target::user(UserId(1), ty, start),
    }
}

/// What can be the target of a permission, and the types at which its chain can start.
#[must_use]
pub fn aim_of(model: &Model, id: PermId) -> (Aim, Vec<TypeId>) {
    match model.permissions.get(id) {
        Permission::Act { ty, action, .. } if model.ty(ty).actions[action].creating => {
            (Aim::Fresh(ty), model.ty(ty).containers.clone())
        }
        Permission::Act { ty, .. } if model.ty(ty).kind == TypeKind::Principal => (
            Aim::User(ty),
            model.type_ids().filter(|&ty| model.ty(ty).kind.is_place()).collect(),
        ),
        Permission::Act { ty, .. } | Permission::AddMember(ty) | Permission::RemoveMember(ty) => (Aim::Node, vec![ty]),
        Permission::Give(role) | Permission::Take(role) => (Aim::Node, vec![model.role(role).ty]),
        Permission::Grant(inner) => {
            let (aim, mut starts) = aim_of(model, inner);
            if !matches!(aim, Aim::User(_)) {
                let containment = Containment::new(&model.types);
                starts = starts.iter().flat_map(|&start| containment.above(start)).collect();
                starts.sort_unstable();
                starts.dedup();
            }
            (Aim::Node, starts)
        }
    }
}

/// True if facts may leave the attribute without a value.
#[must_use]
pub fn may_be_missing(model: &Model, attribute: &Attribute, depth: usize) -> bool {
    match &attribute.default {
        Default::Value(_) => false,
        Default::None => attribute.unset() == Value::Missing,
        Default::Path(near, steps) => {
            let end = match steps[..] {
                [step] => model.attribute(*near, step),
                _ => None,
            };
            attribute.unset() == Value::Missing
                && (depth > 8
                    || end.is_none_or(|end| std::ptr::eq(end, attribute) || may_be_missing(model, end, depth + 1)))
        }
    }
}

fn node_id(ix: usize) -> NodeId {
    NodeId(u32::try_from(ix).unwrap_or(u32::MAX))
}

const fn node_of(atom: Atom) -> Option<NodeId> {
    match atom {
        Atom::Stated(_, _, node)
        | Atom::Via(_, _, node)
        | Atom::Other(_, node)
        | Atom::Listed(_, node)
        | Atom::Single(_, _, node)
        | Atom::Custom(_, _, node) => Some(node),
        Atom::InGroup(..) => None,
    }
}

/// The user of whom an atom speaks.
#[must_use]
pub const fn user_of(atom: Atom) -> u32 {
    match atom {
        Atom::Stated(user, ..)
        | Atom::Via(user, ..)
        | Atom::Other(user, _)
        | Atom::Listed(user, _)
        | Atom::InGroup(user, _)
        | Atom::Single(user, ..)
        | Atom::Custom(user, ..) => user,
    }
}

/// A role given by hand, to a user or to a group that he is in.
const fn given(atom: Atom) -> Option<(u32, RoleId, NodeId)> {
    match atom {
        Atom::Stated(user, role, node) | Atom::Via(user, role, node) => Some((user, role, node)),
        _ => None,
    }
}

/// The attribute of a user.
#[must_use]
pub fn user_attribute(model: &Model, name: AttrName) -> Option<&Attribute> {
    model.attribute(USER, name)
}
