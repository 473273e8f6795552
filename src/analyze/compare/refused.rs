//! Facts that one of two policies refuses: what it refuses it decides nothing on.
//!
//! - A chain of containers that it does not allow.
//! - An attribute that is stated as its type is not: a value that its enumeration has not, a part where it asks for a whole,
//!   several where it asks for one. One where it asks for several is taken for a set of one.
//! - A principal of a kind that it does not know; a role given by hand that it derives.

use std::collections::HashSet;

use super::Comparer;
use crate::analyze::solver::Lit;
use crate::analyze::world::{Aim, Atom, Owner, Shape, TermKind, World, node_of};
use crate::eval::Resource;
use crate::model::rebase::{Bearer, allows};
use crate::model::value::{AttributeType, NodeId, Number, Scalar, Value};
use crate::model::{AttrName, Model, TypeId};

impl<'c> Comparer<'c> {
    /// One of two policies refuses the facts.
    pub(super) fn refused(&self, world: &mut World<'c>, side: usize) -> Lit {
        let model = self.sides[side].model();
        let mut found = vec![world.in_shapes(|shape| !allows(model, &types(shape)))];
        let known = [&self.rebased.old_types, &self.rebased.new_types][side];
        found.extend(misplaced(world, model, known));
        for term in 0..world.terms.len() {
            let Some(attribute) = world.attribute_in(model, term) else {
                continue;
            };
            let there = is_there(world, term);
            let wrong = self.wrongly_stated(world, side, term, attribute.ty);
            match world.attribute_in(self.sides[1 - side].model(), term) {
                Some(_) => found.push(world.circuit.and([there, wrong])),
                // What only one policy reads is not told otherwise than it reads it.
                None => world.circuit.require(&[!there, !wrong]),
            }
        }
        let by_hand = world.atoms.iter().filter(|(atom, _)| match *atom {
            Atom::Stated(_, role, _) | Atom::Via(_, role, _) | Atom::Lapsed(_, role, _) => {
                model.role(role).is_derived()
            }
            _ => false,
        });
        found.extend(by_hand.map(|(_, lit)| *lit));
        for user in 0..world.users {
            for kind in world.kinds().into_iter().filter(|kind| !known.contains(kind)) {
                found.push(world.is_of_kind(user, kind));
            }
        }
        world.circuit.or(found)
    }

    /// Facts state the attribute, and not as its type on one side.
    fn wrongly_stated(&self, world: &mut World<'c>, side: usize, term: usize, ty: AttributeType) -> Lit {
        let (own, given) = (world.terms[term].ty, world.terms[term].given);
        let both_enums = matches!((own.of, ty.of), (Scalar::Enum(_), Scalar::Enum(_)));
        let alike = AttributeType { many: own.many, ..ty };
        if !both_enums && !world.is_stated_as(term, alike) {
            // A set of nothing is one of anything.
            let some = match (&world.terms[term].kind, ty.many) {
                (TermKind::Set(bits), true) => bits.iter().map(|(_, bit)| *bit).collect(),
                _ => vec![Lit::TRUE],
            };
            let some = world.circuit.or(some);
            return world.circuit.and([given, some]);
        }
        if own.many && !ty.many {
            // What is told as one is no set; that the set has it is only how the other policy reads it.
            let one = world.one_of(term).map_or(Lit::FALSE, |one| world.terms[one].given);
            return world.circuit.and([given, !one]);
        }
        let mut wrong = Vec::new();
        for (value, is) in world.stated_values(term) {
            let named = world.value_name(own.of, value);
            let Some(bearer) = world.bearer(term) else { continue };
            let of = (bearer, world.terms[term].name);
            if !self.declares(side, of, ty.of, value, named) {
                wrong.push(world.circuit.and([given, is]));
            }
        }
        world.circuit.or(wrong)
    }

    /// The value is one of the type, as the side declares it.
    fn declares(
        &self,
        side: usize,
        (bearer, name): (Bearer, AttrName),
        of: Scalar,
        value: Value,
        named: Option<&str>,
    ) -> bool {
        let values = [&self.rebased.old_values, &self.rebased.new_values][side];
        match (of, value) {
            (Scalar::Enum(id), _) => {
                let known = &self.rebased.base.enums[id.0 as usize].values;
                let place = known.iter().position(|it| Some(it.as_str()) == named);
                place.is_some_and(|ix| values.contains(&(bearer, name, u32::try_from(ix).unwrap_or(u32::MAX))))
            }
            (Scalar::Int, Value::Number(number)) => Number::is_whole(number),
            _ => true,
        }
    }
}

/// The types of a chain, from the target outward, with one that facts do not list.
fn types(shape: &Shape) -> Vec<TypeId> {
    let nodes = shape.chain.iter().map(|&node| shape.forest.ty(node));
    let own = match shape.target.resource {
        Resource::Unlisted(ty) => Some(ty),
        Resource::Node(_) | Resource::User(_) => None,
    };
    own.into_iter().chain(nodes).collect()
}

/// Something is said of a node, or of one that lies in it: else it need not be there.
fn counts(world: &mut World<'_>, node: NodeId) -> Lit {
    let at_it = world.atoms.iter().filter(|(atom, _)| node_of(*atom) == Some(node));
    let mut found: Vec<Lit> = at_it.map(|(_, lit)| *lit).collect();
    for term in 0..world.terms.len() {
        let given = world.terms[term].given;
        let is_it = world
            .stated_values(term)
            .into_iter()
            .find(|(value, _)| *value == Value::Node(node));
        if let Some((_, is)) = is_it {
            let there = is_there(world, term);
            found.push(world.circuit.and([there, given, is]));
        }
        if world.terms[term].owner == Owner::Node(node) {
            found.push(given);
        }
    }
    let inner: Vec<NodeId> = (0..)
        .map(NodeId)
        .zip(&world.nodes)
        .filter(|(_, it)| it.parent == Some(node))
        .map(|(id, _)| id)
        .collect();
    for node in inner {
        let counts = counts(world, node);
        let present = world.present(node);
        found.push(world.circuit.and([counts, present]));
    }
    world.circuit.or(found)
}

/// Nodes that are there, of a type that a policy knows, and lie where it lets none lie.
fn misplaced(world: &mut World<'_>, model: &Model, known: &HashSet<TypeId>) -> Vec<Lit> {
    let nodes: Vec<(NodeId, TypeId)> = (0..).map(NodeId).zip(world.nodes.iter().map(|it| it.ty)).collect();
    let nodes = nodes.into_iter().filter(|(_, ty)| known.contains(ty));
    let misplaced = nodes.map(|(node, ty)| {
        let containers = &model.ty(ty).containers;
        let wrong = world.in_shapes(|shape| {
            let container = shape.parent(node).map(|parent| shape.forest.ty(parent));
            container.is_some_and(|container| !containers.contains(&container))
        });
        if wrong == Lit::FALSE {
            return Lit::FALSE;
        }
        let (present, counts) = (world.present(node), counts(world, node));
        world.circuit.and([wrong, present, counts])
    });
    misplaced.collect()
}

/// What the attribute is one of is there, and of that kind.
fn is_there(world: &mut World<'_>, term: usize) -> Lit {
    match world.terms[term].owner {
        Owner::User(user, kind) => world.is_of_kind(user, kind),
        Owner::Node(node) => world.present(node),
        // Nothing is supposed of what facts list.
        Owner::Fresh(second) if world.aim == Aim::Node => {
            world.in_shapes(|shape| shape.unlisted[usize::from(second)].is_some())
        }
        Owner::Holding(user, role, node, by_hand) => world.atom(match by_hand {
            true => Atom::Stated(user, role, node),
            false => Atom::Via(user, role, node),
        }),
        Owner::Fresh(_) | Owner::Context => Lit::TRUE,
    }
}

/// An attribute that is a set in one policy and one value in the other: facts that state one value state a set of it.
pub(super) fn share(world: &mut World<'_>) {
    for set in 0..world.terms.len() {
        let TermKind::Set(bits) = world.terms[set].kind.clone() else {
            continue;
        };
        let Some(one) = world.one_of(set) else { continue };
        let (single, several) = (world.terms[one].given, world.terms[set].given);
        world.circuit.imply(single, several);
        for (value, is) in world.stated_values(one) {
            match bits.iter().find(|(known, _)| *known == value) {
                Some((_, bit)) => world.circuit.require(&[!single, !is, *bit]),
                None => {
                    world.exact = false;
                    world.circuit.require(&[!single, !is]);
                }
            }
            for (_, other) in bits.iter().filter(|(known, _)| *known != value) {
                world.circuit.require(&[!single, !is, !*other]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::types;
    use crate::analyze::scope::Scope;
    use crate::analyze::world::World;
    use crate::diagnostic::Found;
    use crate::model::permission::PermId;
    use crate::model::{Model, resolve};
    use crate::source::FileId;
    use crate::syntax::parse;

    fn model(text: &str) -> Model {
        let mut found = Found::default();
        let tree = parse::policy(FileId::GENERATED, text, &mut found);
        resolve::resolve(&[tree], &mut found)
    }

    #[test]
    fn a_new_target_is_part_of_its_chain() {
        let model = model("account A\nresource D in A { creating actions make }");
        let make = model.permissions.iter().map(|(id, _)| id);
        let make: Vec<PermId> = make.filter(|&id| model.show_permission(id) == "make D").collect();
        let world = World::of_permission(&model, Scope::default(), make[0]);
        assert_eq!(types(&world.shapes[0]).len(), 2);
    }
}
