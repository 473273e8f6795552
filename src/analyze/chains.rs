//! The chains of containers that a target can stand in, by type.
//!
//! A type that can lie in itself, directly or through others, could be met any number of times. Decisions cannot tell
//! more than a few of them apart: the nearest is what type roots name, and one more is needed for each holding that
//! must lie apart from the others. So chains up to those numbers stand for all.

use crate::model::containment::Containment;
use crate::model::{TypeId, TypeKind};

/// The most chains that are looked at.
const MOST: usize = 600;

/// All chains from a type outward, shortest first. The flag is false if there were too many to list.
#[must_use]
pub fn chains(
    containers: &[Vec<TypeId>],
    kinds: &[TypeKind],
    start: TypeId,
    most: impl Fn(TypeId) -> usize,
) -> (Vec<Vec<TypeId>>, bool) {
    let mut found = Vec::new();
    let mut open: std::collections::VecDeque<Vec<TypeId>> = [vec![start]].into();
    let mut looked = 0;
    while let Some(chain) = open.pop_front() {
        let Some(&last) = chain.last() else { continue };
        looked += 1;
        if looked > MOST * 8 || found.len() >= MOST {
            return (found, false);
        }
        for &container in &containers[last.ix()] {
            let met = chain.iter().filter(|&&ty| ty == container).count();
            if met < most(container) {
                open.push_back([&chain[..], &[container]].concat());
            }
        }
        if kinds[last.ix()] == TypeKind::Account {
            found.push(chain);
        }
    }
    (found, true)
}

/// True if a node of this type can lie, at whatever depth, in another of the type.
#[must_use]
pub fn nests(containment: &Containment, containers: &[Vec<TypeId>], ty: TypeId) -> bool {
    containers[ty.ix()]
        .iter()
        .any(|&container| containment.above(container).contains(&ty))
}

/// The shortest way from a type up to one of the wanted types, both ends included.
#[must_use]
pub fn way_up(containers: &[Vec<TypeId>], from: TypeId, wanted: impl Fn(TypeId) -> bool) -> Option<Vec<TypeId>> {
    let mut seen = vec![from];
    let mut open: std::collections::VecDeque<Vec<TypeId>> = [vec![from]].into();
    while let Some(way) = open.pop_front() {
        let last = *way.last()?;
        for &container in &containers[last.ix()] {
            let longer = [&way[..], &[container]].concat();
            if wanted(container) {
                return Some(longer);
            }
            if !seen.contains(&container) {
                seen.push(container);
                open.push_back(longer);
            }
        }
    }
    None
}
