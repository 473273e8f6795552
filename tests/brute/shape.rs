//! The skeletons of small organisations: a chain of containers down to where the request is about, and, where a rule reaches
//! far, nodes beside the chain at which its role may be held.

use rolebook::model::{TypeId, TypeKind};

use crate::small::Small;

/// How large organisations may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How often a type may occur in a chain.
    pub(crate) repeat: usize,
    /// How many listed nodes a chain has at most.
    pub(crate) length: usize,
    /// How many roles a user is given at most.
    pub(crate) holdings: usize,
    /// How many permissions he has by data at most.
    pub(crate) handed: usize,
    /// How many decisions may be spent.
    pub(crate) decisions: usize,
}

/// A forest of typed nodes; the chain comes first, from the outside in.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) types: Vec<TypeId>,
    pub(crate) parents: Vec<Option<usize>>,
    /// How many nodes the chain has.
    pub(crate) chain: usize,
    /// From here on nodes only list members.
    pub(crate) bare: usize,
}

/// Every shape within bounds.
pub(crate) fn shapes(small: &Small, bounds: Bounds) -> Vec<Shape> {
    let far = &small.matter.far;
    let all = chains(small, bounds).into_iter().map(Shape::chain);
    all.map(|shape| shape.beside(small, far)).collect()
}

/// Every pair of chains that have their first nodes in common, with the two ends, which may be one.
pub(crate) fn forks(small: &Small, bounds: Bounds) -> Vec<(Shape, [usize; 2])> {
    let (chains, far) = (chains(small, bounds), &small.matter.far);
    let mut forks = Vec::new();
    for one in &chains {
        for other in &chains {
            let shared = one.iter().zip(other).take_while(|(a, b)| a == b).count();
            for shared in 0..=shared {
                let mut shape = Shape::chain(one.clone());
                let end = shape.fork(shared, &other[shared..]);
                forks.push((shape.beside(small, far), [one.len() - 1, end]));
            }
        }
    }
    forks
}

/// Every chain of types, from an account inward.
fn chains(small: &Small, bounds: Bounds) -> Vec<Vec<TypeId>> {
    let model = small.model();
    let roots = model.type_ids().filter(|&ty| model.ty(ty).kind == TypeKind::Account);
    let mut open: Vec<Vec<TypeId>> = roots.map(|ty| vec![ty]).collect();
    let mut chains = Vec::new();
    while let Some(chain) = open.pop() {
        if chain.len() < bounds.length {
            let more = contents(small, chain[chain.len() - 1]).into_iter();
            let fits = |ty: &TypeId| chain.iter().filter(|known| *known == ty).count() < bounds.repeat;
            open.extend(more.filter(fits).map(|ty| [&chain[..], &[ty]].concat()));
        }
        chains.push(chain);
    }
    chains
}

/// What may lie directly in a type and is worth listing.
fn contents(small: &Small, outer: TypeId) -> Vec<TypeId> {
    let model = small.model();
    let fits = |ty: &TypeId| {
        model.ty(*ty).kind != TypeKind::Principal && model.ty(*ty).containers.contains(&outer) && !small.is_leaf(*ty)
    };
    model.type_ids().filter(fits).collect()
}

impl Shape {
    fn chain(types: Vec<TypeId>) -> Self {
        Self {
            parents: (0..types.len()).map(|ix| ix.checked_sub(1)).collect(),
            chain: types.len(),
            bare: types.len(),
            types,
        }
    }

    /// A second chain that leaves the first behind so many nodes; gives its end.
    fn fork(&mut self, shared: usize, rest: &[TypeId]) -> usize {
        let mut at = shared.checked_sub(1);
        for &ty in rest {
            self.types.push(ty);
            self.parents.push(at);
            at = Some(self.types.len() - 1);
        }
        self.chain = self.types.len();
        at.unwrap_or(0)
    }

    /// Nodes beside those known, at which far-reaching roles may be held.
    fn beside(mut self, small: &Small, far: &[TypeId]) -> Self {
        for &ty in far {
            for at in 0..self.chain {
                if small.model().ty(ty).containers.contains(&self.types[at]) {
                    self.types.push(ty);
                    self.parents.push(Some(at));
                }
            }
            self.elsewhere(small, ty);
        }
        self.bare = self.types.len();
        if small.matter.lines.contains("everyone can") {
            self.apart(small);
        }
        self
    }

    /// A unit in each account: its members belong to the account all the same.
    fn apart(&mut self, small: &Small) {
        let model = small.model();
        for at in 0..self.chain {
            let fits = |ty: &TypeId| {
                model.ty(*ty).kind == TypeKind::Unit && model.ty(*ty).containers.contains(&self.types[at])
            };
            let unit = model.type_ids().find(fits);
            if let (Some(unit), TypeKind::Account) = (unit, model.ty(self.types[at]).kind) {
                self.types.push(unit);
                self.parents.push(Some(at));
            }
        }
    }

    /// A node of a type in a tree of its own.
    fn elsewhere(&mut self, small: &Small, ty: TypeId) {
        let model = small.model();
        let mut path = vec![ty];
        while let Some(&outer) = path.last()
            && model.ty(outer).kind != TypeKind::Account
            && let Some(&next) = model.ty(outer).containers.iter().find(|inner| !path.contains(inner))
        {
            path.push(next);
        }
        let mut parent = None;
        for ty in path.into_iter().rev() {
            self.types.push(ty);
            self.parents.push(parent);
            parent = Some(self.types.len() - 1);
        }
    }
}
