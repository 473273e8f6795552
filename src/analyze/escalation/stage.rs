//! Organisations on which gifts on the way are played.
//!
//! A gift is given by the solver's picture of an organisation in which it is allowed, one for each of the shortest
//! chains of containers. Two holders of the first role stand in it. What the rules look at that give and take roles on
//! the way may have to be otherwise than this one gift asks: an attribute, who is a member where or in a group, at which
//! nodes of the chain the first role is held. These are [`Switch`]es, turned in as few places as will do.

use std::ops::ControlFlow;

use crate::analyze::Analysis;
use crate::analyze::cell::Cell;
use crate::analyze::picture::{Given, Picture};
use crate::analyze::scope::Scope;
use crate::analyze::solver::Lit;
use crate::analyze::world::{Atom, Owner, Term, TermKind};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, NodeId, Scalar, UserId, Value};
use crate::model::{AttrName, RoleId, TypeId, TypeKind, USER};

/// How many chains of containers are tried for a gift.
const CHAINS: usize = 3;

/// How many values of an attribute are tried.
const VALUES: usize = 4;

/// How many switches are turned at most.
pub(super) const TURNED: usize = 3;

/// What is given, and by holders of which role, or by everybody.
pub(super) type Gift = (PermId, Option<RoleId>);

/// Two holders of a role in an organisation.
pub(super) struct Stage {
    pub(super) facts: String,
    /// What they are called.
    pub(super) actors: [String; 2],
}

/// Where a gift can be played.
pub(super) struct Stages<'t> {
    cell: Cell<'t>,
    /// The attributes that the rules read which give and take roles on the way.
    read: Vec<AttrName>,
    actor: RoleId,
    /// Each with what may be otherwise in it.
    bases: Vec<(Picture, Vec<Switch>)>,
}

/// Something that may be otherwise than in the picture of one gift.
enum Switch {
    /// These facts, each of which is there or not.
    Facts(Vec<Vec<Atom>>),
    /// The value of a term.
    Term(usize, Vec<Given>),
}

impl<'t> Stages<'t> {
    /// The organisations for a gift on the way from `actor`, whose holders come to `within` at most, to `goal`.
    pub(super) fn of(
        analysis: &Analysis<'t>,
        (give, giver): Gift,
        (actor, goal): (RoleId, RoleId),
        within: &[RoleId],
    ) -> Self {
        let (table, mut scope) = (analysis.table, Scope::default());
        scope.role(table, actor);
        for &role in within {
            for handed in [Permission::Give(role), Permission::Take(role)] {
                if let Some(id) = table.model().permissions.id(handed) {
                    scope.permission(table, id);
                }
            }
        }
        let read = scope.read.iter().copied().collect();
        let mut cell = Cell::within(table, give, scope);
        cell.world.circuit.share(&analysis.budget);
        let mut stages = Self {
            cell,
            read,
            actor,
            bases: Vec::new(),
        };
        stages.pictures(giver, goal);
        stages
    }

    /// The gift is allowed in each; the holders of the first role are in place.
    fn pictures(&mut self, giver: Option<RoleId>, goal: RoleId) {
        let model = self.cell.table.model();
        let alone = giver.filter(|&role| !model.role(role).is_derived());
        let gives = match alone {
            Some(role) => self.cell.allowed_alone(role).yes,
            None => self.allowed_as(giver),
        };
        let chains = self.chains([model.role(self.actor).ty, model.role(goal).ty]);
        let found = chains.into_iter().filter_map(|ix| self.picture(ix, gives, alone));
        let found: Vec<Picture> = found.take(CHAINS).collect();
        self.bases = found
            .into_iter()
            .map(|mut base| {
                let switches = self.switches(&mut base);
                (base, switches)
            })
            .collect();
    }

    /// The chains on which both roles can be held, the shortest first.
    fn chains(&self, types: [TypeId; 2]) -> Vec<usize> {
        let world = &self.cell.world;
        let has = |ix: usize, ty| {
            let mut chain = world.shapes[ix].chain.iter();
            chain.any(|node| world.nodes[node.0 as usize].ty == ty)
        };
        let mut chains: Vec<usize> = (0..world.shapes.len()).collect();
        chains.retain(|&ix| types.iter().all(|&ty| has(ix, ty)));
        chains.sort_by_key(|&ix| world.shapes[ix].chain.len());
        chains
    }

    fn picture(&mut self, ix: usize, gives: Lit, alone: Option<RoleId>) -> Option<Picture> {
        let world = &mut self.cell.world;
        let chain = world.shape.clone().is(&mut world.circuit, ix);
        let complete = world.complete;
        let mut picture = world.picture(&[gives, complete, chain], alone).found()?;
        picture.same = false;
        picture.atoms = self.people(&picture, alone);
        Some(picture)
    }

    /// A rule for a derived role, or for everybody, allows it.
    fn allowed_as(&mut self, giver: Option<RoleId>) -> Lit {
        let his = self.cell.decision.grants.iter().filter(|(way, _)| way.role == giver);
        let ways: Vec<Lit> = his.map(|(_, truth)| truth.yes).collect();
        let circuit = &mut self.cell.world.circuit;
        let one = circuit.or(ways);
        circuit.and([one, self.cell.allowed.yes])
    }

    /// Two holders of the role, who are members of every account, and of what the gift asks for: its own picture says so,
    /// also where the giver has his role by default.
    fn people(&self, picture: &Picture, giver: Option<RoleId>) -> Vec<Atom> {
        let model = self.cell.table.model();
        let mut atoms = Vec::new();
        for &node in &self.cell.world.shapes[picture.shape].chain {
            let ty = self.cell.world.nodes[node.0 as usize].ty;
            let holds = ty == model.role(self.actor).ty;
            let is_account = model.ty(ty).kind == TypeKind::Account;
            atoms.extend([0, 1].into_iter().filter_map(|user| match holds {
                true => Some(Atom::Stated(user, self.actor, node)),
                false => is_account.then_some(Atom::Listed(user, node)),
            }));
        }
        let by_default = |role: RoleId| Some(role) == giver && model.role(role).default;
        let asked = picture.atoms.iter().filter_map(|&atom| match atom {
            Atom::Listed(0 | 1, _) | Atom::InGroup(0 | 1, _) => Some(atom),
            Atom::Stated(user, role, node) if by_default(role) => Some(Atom::Listed(user, node)),
            _ => None,
        });
        for atom in asked {
            if !atoms.contains(&atom) {
                atoms.push(atom);
            }
        }
        atoms
    }

    /// Tries each organisation in which so many switches are turned, until `play` has an answer or stops.
    pub(super) fn each<T>(&self, count: usize, mut play: impl FnMut(Stage) -> ControlFlow<T>) -> ControlFlow<T> {
        for (base, switches) in &self.bases {
            turned(base, switches, count, &mut |picture| play(self.stage(picture)))?;
        }
        ControlFlow::Continue(())
    }

    fn stage(&self, picture: &Picture) -> Stage {
        let (world, permission) = (&self.cell.world, self.cell.permission);
        Stage {
            facts: world.write(picture, permission).facts,
            actors: world.called(picture, permission),
        }
    }

    /// What can be otherwise in a picture; terms that it does not have yet are added, unset.
    fn switches(&mut self, base: &mut Picture) -> Vec<Switch> {
        let chain = self.cell.world.shapes[base.shape].chain.clone();
        let model = self.cell.table.model();
        let mut switches: Vec<Switch> = Vec::new();
        let held = chain
            .iter()
            .filter(|&&node| base.atoms.contains(&Atom::Stated(0, self.actor, node)));
        if held.clone().count() > 1 {
            let off = |&node: &NodeId| [0, 1].map(|user| Atom::Stated(user, self.actor, node)).to_vec();
            switches.extend(held.map(|node| Switch::Facts(vec![off(node)])));
        }
        for &node in &chain {
            let ty = self.cell.world.nodes[node.0 as usize].ty;
            if model.ty(ty).kind.is_place() {
                switches.push(of_two(|user| Atom::Listed(user, node)));
            }
        }
        let users = [0, 1].map(|user| Owner::User(user, base.kinds[user as usize]));
        let owners = chain.into_iter().map(Owner::Node).chain(users);
        for owner in owners.collect::<Vec<_>>() {
            switches.extend(self.attributes(owner, base));
        }
        if self.reads_groups() {
            switches.push(of_two(|user| Atom::InGroup(user, GroupId(1))));
        }
        switches
    }

    fn reads_groups(&self) -> bool {
        let mut terms = self.cell.world.terms.iter();
        terms.any(|term| term.ty.of == Scalar::Group)
    }

    fn attributes(&mut self, owner: Owner, base: &mut Picture) -> Vec<Switch> {
        let model = self.cell.table.model();
        let ty = match owner {
            Owner::Node(node) => self.cell.world.nodes[node.0 as usize].ty,
            Owner::User(_, kind) => kind,
            _ => USER,
        };
        let mut switches = Vec::new();
        for &name in &self.read {
            let Some(attribute) = model.attribute(ty, name) else {
                continue;
            };
            let term = self.cell.world.term(owner, attribute);
            // Terms that the gift itself does not read are not stated at first.
            base.values.resize(self.cell.world.terms.len(), Given::Not);
            let options = options(&self.cell.world.terms[term], &base.values[term]);
            switches.push(Switch::Term(term, options));
        }
        switches
    }
}

/// A fact of both, of the one, of the other.
fn of_two(of: impl Fn(u32) -> Atom) -> Switch {
    let [one, other] = [0, 1].map(of);
    Switch::Facts(vec![vec![one, other], vec![one], vec![other]])
}

/// What a term may be instead: nobody is looked at but the two.
fn options(term: &Term, now: &Given) -> Vec<Given> {
    let is_theirs = |value: &Value| !matches!(value, Value::User(UserId(user)) if *user > 1);
    let mut options: Vec<Given> = match &term.kind {
        TermKind::One(values, _) => values
            .iter()
            .filter(|&value| is_theirs(value))
            .map(|&value| Given::One(value))
            .collect(),
        TermKind::Set(bits) => {
            let values: Vec<Value> = bits.iter().map(|(value, _)| *value).filter(is_theirs).collect();
            let single = values.iter().map(|&value| vec![value]);
            [Vec::new(), values.clone()]
                .into_iter()
                .chain(single)
                .map(Given::Set)
                .collect()
        }
    };
    options.insert(0, Given::Not);
    options.retain(|option| option != now);
    options.truncate(VALUES);
    options
}

/// Every picture in which so many switches are turned.
fn turned<T>(
    base: &Picture,
    switches: &[Switch],
    count: usize,
    play: &mut impl FnMut(&Picture) -> ControlFlow<T>,
) -> ControlFlow<T> {
    if count == 0 {
        return play(base);
    }
    for (ix, switch) in switches.iter().enumerate() {
        for option in 0..switch.len() {
            turned(&switch.turned(base, option), &switches[ix + 1..], count - 1, play)?;
        }
    }
    ControlFlow::Continue(())
}

impl Switch {
    const fn len(&self) -> usize {
        match self {
            Self::Facts(options) => options.len(),
            Self::Term(_, options) => options.len(),
        }
    }

    fn turned(&self, base: &Picture, option: usize) -> Picture {
        let mut picture = base.clone();
        match self {
            Self::Facts(options) => {
                for &atom in &options[option] {
                    let known = picture.atoms.iter().position(|it| *it == atom);
                    match known {
                        Some(ix) => drop(picture.atoms.remove(ix)),
                        None => picture.atoms.push(atom),
                    }
                }
            }
            Self::Term(term, options) => picture.values[*term] = options[option].clone(),
        }
        picture
    }
}
