//! What facts state of users, made when a rule first asks for it, with what follows from the constraints.

use std::collections::BTreeSet;

use super::{Choice, Owner, Without, World};
use crate::analyze::solver::Lit;
use crate::model::containment::Containment;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, NodeId};
use crate::model::{ConstraintKind, Model, NOW, RoleId, TypeId, TypeKind};

/// Something that facts state or do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Atom {
    /// A role given by hand to the user himself.
    Stated(u32, RoleId, NodeId),
    /// A role given to a group that the user is in.
    Via(u32, RoleId, NodeId),
    /// Some role of no consequence is given to the user here, which takes the default away.
    Other(u32, NodeId),
    /// A role was given to the user himself and runs no longer: it takes the default away, is no membership, and can still
    /// be taken.
    Lapsed(u32, RoleId, NodeId),
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

impl World<'_> {
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
        if let Atom::Listed(_, node) = atom
            && !self.model.ty(self.nodes[node.0 as usize].ty).kind.is_place()
        {
            return Lit::FALSE;
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
        if let Atom::Lapsed(user, role, node) = atom {
            // Without a moment nobody knows that it is over.
            let now = self.term(Owner::Context, &self.model.context[NOW]);
            let known = self.terms[now].given;
            self.circuit.imply(lit, known);
            let running = self.atom(Atom::Stated(user, role, node));
            self.circuit.require(&[!lit, !running]);
        }
        self.keep_apart(atom, lit);
        self.atoms.push((atom, lit));
        lit
    }

    /// The caller's only holding is at this node. For roles of one type it is the same node, whichever is looked at.
    pub fn held_alone_at(&mut self, node: NodeId) -> Lit {
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
    pub fn member(&mut self, model: &Model, user: u32, place: NodeId) -> Lit {
        // Every rule on giving asks this of the recipient, and a place has as many roles as there are such rules.
        let policy = std::ptr::from_ref(model).addr();
        let key = (policy, self.alone.filter(|_| user == 0), user, place);
        if let Some(&known) = self.members.get(&key).filter(|_| self.without.is_none()) {
            return known;
        }
        let listed = self.atom(Atom::Listed(user, place));
        let stated = self.some_stated(model, user, place);
        let member = self.circuit.or([listed, stated]);
        if self.without.is_none() {
            self.members.insert(key, member);
        }
        member
    }

    /// Some role is stated for the user himself at a node: one that the policy knows, or that a tenant made.
    fn some_stated(&mut self, model: &Model, user: u32, node: NodeId) -> Lit {
        let ty = self.nodes[node.0 as usize].ty;
        let here = |role: &RoleId| {
            let role = model.role(*role);
            role.ty == ty && role.is_declared() && !role.is_derived()
        };
        if let Some(alone) = self.alone.filter(|_| user == 0) {
            return match here(&alone) {
                true => self.atom(Atom::Stated(user, alone, node)),
                false => Lit::FALSE,
            };
        }
        let roles = self.scope.roles.iter().copied().filter(here);
        let mut stated: Vec<Atom> = roles.map(|role| Atom::Stated(user, role, node)).collect();
        if self.other_role(ty).is_some() || self.idle_text(ty).is_some() {
            stated.push(Atom::Other(user, node));
        }
        stated.extend(self.texts[ty.ix()].iter().map(|&text| Atom::Custom(user, text, node)));
        let stated: Vec<Lit> = stated.into_iter().map(|atom| self.atom(atom)).collect();
        self.circuit.or(stated)
    }

    /// Finds out what tenants may write into roles, at places of each type: what the scope looks at, and what does nothing.
    pub(super) fn note_texts(&mut self) {
        let model = self.model;
        let containment = Containment::new(&model.types);
        let handed = self.handed();
        let above = model.permissions.upward(&handed);
        for ty in model.type_ids() {
            let place = model.ty(ty).kind.is_place();
            let within = if place && !handed.is_empty() {
                accounts_below(model, ty)
            } else {
                Vec::new()
            };
            let text = |&permission: &PermId| {
                let within = within.clone().into_iter();
                within.map(move |within| Text { permission, within })
            };
            self.texts.push(handed.iter().flat_map(text).collect());
            let below = containment.below(ty, true);
            let does_nothing = |(id, permission): &(PermId, Permission)| match permission {
                Permission::Act { ty, .. } => below.contains(ty) && !above.contains(id),
                _ => false,
            };
            let idle = model.permissions.iter().filter(|_| place).find(does_nothing);
            self.idle.push(idle.map(|(id, _)| id));
        }
    }

    /// Permissions that data may hand out, with those that the scope looks at and that imply them.
    fn handed(&self) -> Vec<PermId> {
        let handed: Vec<PermId> = self.scope.handed.iter().copied().collect();
        let mut permissions = self.model.permissions.upward(&handed);
        permissions.retain(|id| handed.contains(id) || self.asks(*id));
        permissions
    }

    /// What a role says that a tenant made, and where it is held.
    #[must_use]
    pub fn custom_role(&self, atom: Atom) -> Option<(Text, NodeId)> {
        match atom {
            Atom::Custom(_, text, node) => Some((text, node)),
            Atom::Other(_, node) => {
                let ty = self.nodes[node.0 as usize].ty;
                let permission = self.idle_text(ty).filter(|_| self.other_role(ty).is_none())?;
                Some((
                    Text {
                        permission,
                        within: None,
                    },
                    node,
                ))
            }
            _ => None,
        }
    }

    /// A permission that a tenant may write into a role held at places of a type, without consequence.
    fn idle_text(&self, ty: TypeId) -> Option<PermId> {
        self.idle[ty.ix()]
    }

    /// A role of a type that the scope knows nothing of, to be given without consequence.
    #[must_use]
    pub fn other_role(&self, ty: TypeId) -> Option<RoleId> {
        let at = |role: &RoleId| self.model.role(*role).ty == ty && !self.model.role(*role).is_derived();
        self.model.role_ids().filter(at).find(|role| {
            let it = self.model.role(*role);
            !self.scope.roles.contains(role) && !it.default && it.is_declared()
        })
    }

    /// A role of a type that is given by hand, if there is any.
    #[must_use]
    pub fn given_at(&self, ty: TypeId) -> Option<RoleId> {
        let by_hand = |role: &RoleId| {
            let it = self.model.role(*role);
            it.ty == ty && it.is_declared() && !it.is_derived()
        };
        self.model.role_ids().find(by_hand)
    }

    /// Some role was stated for the user himself at a node and runs no longer: that which is to be taken, or any other.
    pub(super) fn some_lapsed(&mut self, user: u32, node: NodeId) -> Lit {
        let ty = self.nodes[node.0 as usize].ty;
        let taken = self
            .asked
            .into_iter()
            .flatten()
            .filter_map(|id| match self.model.permissions.get(id) {
                Permission::Take(role) if self.model.role(role).ty == ty => Some(role),
                _ => None,
            });
        let roles: BTreeSet<RoleId> = self.given_at(ty).into_iter().chain(taken).collect();
        let lapsed: Vec<Lit> = roles
            .into_iter()
            .map(|role| self.atom(Atom::Lapsed(user, role, node)))
            .collect();
        self.circuit.or(lapsed)
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
    pub fn holdings(&mut self, model: &Model, user: u32, role: RoleId, node: NodeId) -> [(Lit, Option<Owner>); 3] {
        let stated = self.atom(Atom::Stated(user, role, node));
        let via = self.atom(Atom::Via(user, role, node));
        let default = match model.role(role).default {
            true => {
                let listed = self.atom(Atom::Listed(user, node));
                let given = self.some_stated(model, user, node);
                let lapsed = self.some_lapsed(user, node);
                self.circuit.and([listed, !given, !lapsed])
            }
            false => Lit::FALSE,
        };
        [
            (stated, Some(Owner::Holding(user, role, node, true))),
            (via, Some(Owner::Holding(user, role, node, false))),
            (default, None),
        ]
    }
}

/// How far a text can reach that is held at a node of this type: what lies below in the same account, or in one of the
/// accounts below. Whatever else a text says only narrows that.
pub fn accounts_below(model: &Model, held: TypeId) -> Vec<Option<TypeId>> {
    let below = Containment::new(&model.types).below(held, false);
    let lies_there = |ty: &TypeId| {
        let it = model.ty(*ty);
        it.kind == TypeKind::Account && it.containers.iter().any(|container| below.contains(container))
    };
    std::iter::once(None)
        .chain(model.type_ids().filter(lies_there).map(Some))
        .collect()
}

/// The node at which it is.
#[must_use]
pub const fn node_of(atom: Atom) -> Option<NodeId> {
    match atom {
        Atom::Stated(_, _, node)
        | Atom::Via(_, _, node)
        | Atom::Other(_, node)
        | Atom::Lapsed(_, _, node)
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
        | Atom::Lapsed(user, ..)
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
