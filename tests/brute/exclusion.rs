//! `no user is both R and S [at the same T]`, read again: which sets of holdings a policy rules out.

use rolebook::model::{ConstraintKind, Model, RoleId, TypeId};

use crate::shape::Shape;
use crate::space::Given;

/// True if no exclusion is broken by what one user is given.
pub(crate) fn kept(model: &Model, shape: &Shape, set: &[Given]) -> bool {
    model.constraints.iter().all(|constraint| match &constraint.kind {
        ConstraintKind::Roles { left, right, same } => !clash(shape, set, (left, right), *same),
        _ => true,
    })
}

fn clash(shape: &Shape, set: &[Given], (left, right): (&[RoleId], &[RoleId]), same: Option<TypeId>) -> bool {
    let pairs = set.iter().flat_map(|a| set.iter().map(move |b| (a, b)));
    let together = |a: &Given, b: &Given| match same {
        None => true,
        Some(ty) => near(shape, a.node, ty).is_some() && near(shape, a.node, ty) == near(shape, b.node, ty),
    };
    pairs.into_iter().any(|(a, b)| {
        let sides = left.contains(&a.role) && right.contains(&b.role);
        sides && a.role != b.role && together(a, b)
    })
}

/// The nearest node of a type, from a node outward.
fn near(shape: &Shape, node: usize, ty: TypeId) -> Option<usize> {
    std::iter::successors(Some(node), |&at| shape.parents[at]).find(|&at| shape.types[at] == ty)
}
