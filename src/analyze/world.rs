//! A symbolic organisation: finitely many individuals that stand for all organisations, with a variable for everything
//! that facts could state of them.
//!
//! 1. The target's chain of containers comes in **shapes** ([`super::chains`]), of which one holds. A node is known by
//!    its type and how many of that type lie inside it, so that shapes share nodes, and the nearest of a type is one node.
//! 2. Beside the chain stand **side nodes**: where a role is held that reaches `across` or `anywhere`, where a member of
//!    the account is listed, what an attribute names.
//! 3. **Atoms** are made when a rule first asks for them: a role stated for a user at a node, a listing, a group.
//! 4. **Terms** are attributes; each takes one of finitely many candidate values ([`super::domain`]), ordered, so that a
//!    comparison is a range; or facts leave it out.
//!
//! Users: the caller is 0; whom the deed is about or to whom something is given is 0 or 1 ([`World::same`]); others are
//! whom attributes may name. Each is a principal of some kind.

mod atom;
mod choice;
mod shape;
mod term;

use hashbrown::HashMap;

pub use atom::{Atom, Text, accounts_below, node_of, user_of};
pub use choice::Choice;
use shape::Link;
pub use shape::{Individual, Shape};
pub use term::{Order, Owner, Term, TermKind};

use super::circuit::{Circuit, Truth};
use super::scope::Scope;
use super::solver::Lit;
use crate::model::containment::Containment;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{AttributeType, NodeId, Value};
use crate::model::{AttrName, Model, RoleId, TypeId, TypeKind};
use crate::syntax::ast::Op;
use shape::{node_id, shared_ends};

/// What is looked at as if it were not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Without {
    /// Something stated.
    Atom(Atom),
    /// The value of an attribute.
    Term(Owner, AttrName),
}

/// A test of a term against a constant; of a set, whether every element is asked for.
pub type Tested = (usize, Option<bool>, Op, Value);

/// What a world is about: what can be the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// A node: one that facts list, or in some shapes one that they do not ([`Shape::unlisted`]).
    Node,
    /// A node of this type that does not exist yet; the chain starts at its container.
    Fresh(TypeId),
    /// A user of this kind, as a member of a place; the chain starts there.
    User(TypeId),
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
    /// What the requests are for, where that is known.
    asked: [Option<PermId>; 2],
    /// The chains; one of them holds.
    pub shapes: Vec<Shape>,
    /// Which.
    pub shape: Choice,
    /// The nodes.
    pub nodes: Vec<Individual>,
    /// By node: it is there, where its container is. Only beside the chain may a node not be.
    there: Vec<Lit>,
    /// How many users there are.
    pub users: u32,
    /// How many groups there are that attributes can name.
    groups: u32,
    /// The kinds of principals.
    kinds: Vec<TypeId>,
    /// By user: of which kind.
    kind: Vec<Choice>,
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
    term_ids: HashMap<(Owner, AttrName, AttributeType), usize>,
    scope: Scope,
    above: HashMap<AttrName, Order>,
    /// Two policies are read in this world, which may have different defaults: what is not stated is told from what is
    /// stated to be just that.
    pub unstated: bool,
    /// The caller's only stated holding, while one role is looked at alone; a derived one counts as held whatever its terms
    /// say.
    pub alone: Option<RoleId>,
    /// A derived role that nobody holds meanwhile, whatever its terms say.
    pub never: Option<RoleId>,
    alone_at: HashMap<TypeId, Vec<(NodeId, Lit)>>,
    /// What is left out, while one thing is looked at as if it were not there.
    pub without: Option<Without>,
    /// By permission, node and shape: where a custom role with that permission that is held there can be made.
    ceilings: HashMap<(PermId, NodeId), Vec<Ceilings>>,
    /// Who is a member where, by each policy, also where the caller holds one role alone.
    members: HashMap<(usize, Option<RoleId>, u32, NodeId), Lit>,
    /// Tests that were made before.
    pub tested: HashMap<Tested, Truth>,
    /// By type: a permission that a tenant may write into a role held there, without consequence.
    idle: Vec<Option<PermId>>,
    /// By type: what data may hand out there that the scope looks at.
    texts: Vec<Vec<Text>>,
}

/// Places at which something may be handed out, each with what says that the caller may have been given it there.
pub type Ceilings = Vec<(NodeId, Lit)>;

/// The most users, and groups, of a world.
const MOST_USERS: u32 = 10;

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// The most pairs of chains that are looked at.
const MOST_PAIRS: usize = 600;

impl<'m> World<'m> {
    /// A world for one request, or for two of the same caller.
    fn new(model: &'m Model, scope: Scope, aim: Aim, second: Option<Aim>) -> Self {
        let told_apart = &scope.individuals;
        let fewest = if scope.many_users || second.is_some() { 4 } else { 3 };
        let users = count(told_apart.users.len() + 2 + usize::from(second.is_some())).max(fewest);
        let groups = match told_apart.users.is_empty() {
            true => 2,
            false => count(told_apart.groups.len()).max(2),
        };
        let mut world = Self {
            circuit: Circuit::default(),
            model,
            aim,
            second,
            second_same: Lit::FALSE,
            asked: [None; 2],
            shapes: Vec::new(),
            shape: Choice::default(),
            nodes: Vec::new(),
            there: Vec::new(),
            users: users.min(MOST_USERS),
            groups: groups.min(MOST_USERS),
            kinds: model
                .type_ids()
                .filter(|&ty| model.ty(ty).kind == TypeKind::Principal)
                .collect(),
            kind: Vec::new(),
            same: Lit::FALSE,
            signed_in: Lit::TRUE,
            complete: Lit::TRUE,
            exact: users <= MOST_USERS && groups <= MOST_USERS,
            atoms: Vec::new(),
            known: HashMap::new(),
            terms: Vec::new(),
            term_ids: HashMap::new(),
            scope,
            above: HashMap::new(),
            unstated: false,
            alone: None,
            never: None,
            alone_at: HashMap::new(),
            without: None,
            ceilings: HashMap::new(),
            idle: Vec::new(),
            texts: Vec::new(),
            members: HashMap::new(),
            tested: HashMap::new(),
        };
        world.note_texts();
        world.complete = world.circuit.variable();
        world.same = world.circuit.variable();
        if second.is_some() {
            world.second_same = world.circuit.variable();
        }
        if world.scope.anyone {
            world.signed_in = world.circuit.variable();
        }
        let count = world.kinds.len();
        world.kind = (0..world.users)
            .map(|_| Choice::new(&mut world.circuit, count))
            .collect();
        world.aim_at_kind(aim, world.same, 1);
        if let Some(second) = second {
            world.aim_at_kind(second, world.second_same, 2);
        }
        world
    }

    /// Whom a deed is about is of the kind that it can be done to.
    fn aim_at_kind(&mut self, aim: Aim, same: Lit, other: u32) {
        if let Aim::User(kind) = aim {
            let (own, others) = (self.is_of_kind(0, kind), self.is_of_kind(other, kind));
            self.circuit.require(&[!same, own]);
            self.circuit.require(&[same, others]);
        }
    }

    /// The kinds of principals.
    #[must_use]
    pub fn kinds(&self) -> Vec<TypeId> {
        self.kinds.clone()
    }

    /// A user is a principal of a kind.
    pub fn is_of_kind(&mut self, user: u32, kind: TypeId) -> Lit {
        let ix = self.kinds.iter().position(|&known| known == kind);
        let choice = self.kind[user as usize].clone();
        ix.map_or(Lit::FALSE, |ix| choice.is(&mut self.circuit, ix))
    }

    /// A world for a permission. Handing out a single permission can be asked at several types of nodes.
    #[must_use]
    pub fn of_permission(model: &'m Model, scope: Scope, id: PermId) -> Self {
        let (aim, _) = aim_of(model, id);
        let mut world = Self::new(model, scope, aim, None);
        world.asked[0] = Some(id);
        let starts = world.starts(id);
        let mut links = Vec::new();
        for (types, unlisted) in world.chains(&starts) {
            let nodes = world.chain(&types);
            links.push((Link { nodes, unlisted }, None));
        }
        world.build(links);
        world
    }

    /// A world for two permissions of one user; with a type, the nearest of that type is the same for both targets.
    #[must_use]
    pub fn of_both(model: &'m Model, scope: Scope, [first, second]: [PermId; 2], same: Option<TypeId>) -> Self {
        let ((aim, _), (second_aim, _)) = (aim_of(model, first), aim_of(model, second));
        let mut world = Self::new(model, scope, aim, Some(second_aim));
        world.asked = [Some(first), Some(second)];
        let [starts, second_starts] = [first, second].map(|id| world.starts(id));
        let (lefts, rights) = (world.chains(&starts), world.chains(&second_starts));
        let mut links = Vec::new();
        for (left, unlisted) in &lefts {
            for (right, second_unlisted) in &rights {
                for shared in shared_ends(left, right, same) {
                    world.exact &= links.len() < MOST_PAIRS;
                    if links.len() < MOST_PAIRS {
                        let nodes = world.chain(left);
                        let other = Link {
                            nodes: world.second_chain(&nodes, right, shared),
                            unlisted: *second_unlisted,
                        };
                        let unlisted = *unlisted;
                        links.push((Link { nodes, unlisted }, Some(other)));
                    }
                }
            }
        }
        world.build(links);
        world
    }

    /// The types at which a target's chain can start; with those at which a target starts that facts do not list, where
    /// that makes a difference: at a listed node a derived role is held as soon as its terms are met.
    fn starts(&self, id: PermId) -> Vec<(TypeId, Option<TypeId>)> {
        let model = self.model;
        let (aim, starts) = aim_of(model, id);
        let mut all: Vec<(TypeId, Option<TypeId>)> = starts.into_iter().map(|ty| (ty, None)).collect();
        if let (Permission::Act { ty, .. }, Aim::Node) = (model.permissions.get(id), aim)
            && self.scope.derived_at.contains(&ty)
        {
            all.extend(model.ty(ty).containers.iter().map(|&container| (container, Some(ty))));
        }
        all
    }

    /// Where custom roles with a permission that are held at a node can be made, in one shape.
    pub(super) fn ceilings(&self, permission: PermId, node: NodeId, shape: usize) -> &[(NodeId, Lit)] {
        let by_shape = self.ceilings.get(&(permission, node));
        by_shape.map_or(&[][..], |by_shape| &by_shape[shape])
    }

    /// Remembers where custom roles can be made, for witnesses.
    pub fn note_ceilings(&mut self, permission: PermId, node: NodeId, by_shape: Vec<Ceilings>) {
        self.ceilings.insert((permission, node), by_shape);
    }

    /// True if the scope looks at a permission.
    #[must_use]
    pub fn asks(&self, permission: PermId) -> bool {
        self.scope.permissions.contains(&permission)
    }

    /// True if the scope reads an attribute.
    #[must_use]
    pub fn reads(&self, name: AttrName) -> bool {
        self.scope.read.contains(&name)
    }

    /// The shape is one of those for which `fits` says so.
    pub fn in_shapes(&mut self, fits: impl Fn(&Shape) -> bool) -> Lit {
        self.shape.one_of(&mut self.circuit, |ix| fits(&self.shapes[ix]))
    }

    /// The node is there.
    pub fn present(&mut self, node: NodeId) -> Lit {
        let in_shape = self.in_shapes(|shape| shape.present[node.0 as usize]);
        let there = self.there[node.0 as usize];
        self.circuit.and([in_shape, there])
    }

    /// The node may not be there though its container is.
    #[must_use]
    pub fn may_lack(&self, node: NodeId) -> bool {
        self.there[node.0 as usize] != Lit::TRUE
    }

    /// Nodes beside the chain that are there by chance, with what says so.
    pub fn chance_nodes(&self) -> Vec<(NodeId, Lit)> {
        let all = self.there.iter().enumerate().map(|(ix, &lit)| (node_id(ix), lit));
        all.filter(|(_, lit)| *lit != Lit::TRUE).collect()
    }

    /// What is to be taken by a request has been given, whether or not it still runs: the role by hand or to a group, the
    /// membership. What nobody has, nobody can take.
    fn has_to_take(&mut self, second: bool) -> Lit {
        let Some(id) = self.asked[usize::from(second)] else {
            return Lit::TRUE;
        };
        let (same, other) = match second {
            true => (self.second_same, 2),
            false => (self.same, 1),
        };
        let ty = match self.model.permissions.get(id) {
            // What is derived nobody was given.
            Permission::Take(role) if !self.model.role(role).is_derived() => self.model.role(role).ty,
            Permission::RemoveMember(ty) => ty,
            _ => return Lit::TRUE,
        };
        let mut found = Vec::new();
        for node in self.nodes_of(ty) {
            let here = self.in_shapes(|shape| shape.start(second) == Some(node));
            for (user, is) in [(0, same), (other, !same)] {
                let was_given = self.was_given(id, user, node);
                found.push(self.circuit.and([here, is, was_given]));
            }
        }
        self.circuit.or(found)
    }

    fn was_given(&mut self, taken: PermId, user: u32, node: NodeId) -> Lit {
        match self.model.permissions.get(taken) {
            Permission::Take(role) => {
                let by_hand = self.atom(Atom::Stated(user, role, node));
                let by_group = self.atom(Atom::Via(user, role, node));
                let lapsed = self.atom(Atom::Lapsed(user, role, node));
                self.circuit.or([by_hand, by_group, lapsed])
            }
            _ => {
                let (member, lapsed) = (self.member(self.model, user, node), self.some_lapsed(user, node));
                self.circuit.or([member, lapsed])
            }
        }
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
