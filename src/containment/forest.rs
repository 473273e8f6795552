//! Containment made ready for decisions: nodes numbered in pre-order, so that *is n above r* is two compares; the account
//! of every node is kept, so that a border is one compare.

use serde::{Deserialize, Serialize};

use crate::facts::Facts;
use crate::facts::lists::Lists;
use crate::model::value::NodeId;
use crate::model::{Model, TypeId, TypeKind};
use crate::packed::{self, Block, Reader, Record};
use crate::table::Table;
use crate::table::brief::Brief;

/// Where a node and its account stand in pre-order, and what it says in brief: all that is looked at of most targets.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spot {
    first: u32,
    /// The last node in pre-order that lies in it.
    last: u32,
    /// What the first account outward has as `first`.
    home: u32,
    brief: Brief,
}

impl Spot {
    /// What it says.
    #[inline]
    pub(crate) const fn brief(self) -> Brief {
        self.brief
    }

    /// It lies in a node, of which the number in pre-order is given and how many nodes lie in that, with no border between
    /// the two: its account encloses that node, as all three stand in one line.
    #[inline]
    pub(crate) const fn lies_within_account(self, first: u32, extent: u32) -> bool {
        // A node with a greater number makes the distance so great that neither holds.
        let distance = self.first.wrapping_sub(first);
        (distance <= extent) & (distance <= self.first - self.home)
    }
}

/// The rest of what is known of a node.
#[derive(Debug, Clone, Copy)]
struct More {
    ty: TypeId,
    /// The node itself where it lies in nothing.
    parent: NodeId,
    account: NodeId,
}

impl Record for Spot {
    fn write(&self, to: &mut Block) {
        to.words([self.first, self.last, self.home, self.brief.0]);
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            first: from.word()?,
            last: from.word()?,
            home: from.word()?,
            brief: Brief(from.word()?),
        })
    }
}

impl Record for More {
    fn write(&self, to: &mut Block) {
        to.words([self.ty.0, self.parent.0, self.account.0]);
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            ty: TypeId(from.word()?),
            parent: NodeId(from.word()?),
            account: NodeId(from.word()?),
        })
    }
}

/// Nodes with what they lie in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Forest {
    #[serde(with = "packed")]
    spots: Vec<Spot>,
    #[serde(with = "packed")]
    more: Vec<More>,
    kinds: Vec<TypeKind>,
}

impl Forest {
    /// Numbers the nodes of an organisation; linear.
    #[must_use]
    pub fn new(facts: &Facts, table: &Table) -> Self {
        let nodes = facts.nodes.iter().map(|node| (node.ty, node.container));
        let mut forest = Self::of(&nodes.collect::<Vec<_>>(), table.model());
        for (spot, node) in forest.spots.iter_mut().zip(&facts.nodes) {
            spot.brief = table.briefs().tell(node.ty, &node.values);
        }
        forest
    }

    /// The same for nodes given by type and container, which say nothing.
    #[must_use]
    pub fn of(nodes: &[(TypeId, Option<NodeId>)], model: &Model) -> Self {
        let (spots, more) = number(nodes, model);
        Self {
            spots,
            more,
            kinds: model.types.iter().map(|ty| ty.kind).collect(),
        }
    }

    /// The type of a node.
    #[must_use]
    pub fn ty(&self, node: NodeId) -> TypeId {
        self.more[node.0 as usize].ty
    }

    /// The kind of a node's type.
    #[must_use]
    pub fn kind(&self, node: NodeId) -> TypeKind {
        self.kinds[self.ty(node).ix()]
    }

    /// The kind of a type.
    #[must_use]
    pub fn kind_of(&self, ty: TypeId) -> TypeKind {
        self.kinds[ty.ix()]
    }

    /// The same of what may be no type of the policy.
    #[inline]
    pub(crate) fn known_kind(&self, ty: TypeId) -> Option<TypeKind> {
        self.kinds.get(ty.ix()).copied()
    }

    /// What a node lies in.
    #[must_use]
    pub fn container(&self, node: NodeId) -> Option<NodeId> {
        let parent = self.more[node.0 as usize].parent;
        (parent != node).then_some(parent)
    }

    /// acc(x): the first account from x outward.
    #[must_use]
    pub fn account(&self, node: NodeId) -> NodeId {
        self.more[node.0 as usize].account
    }

    /// x ⊑ y: y is x or encloses x.
    #[must_use]
    pub fn lies_in(&self, x: NodeId, y: NodeId) -> bool {
        self.lies_within(x, self.interval(y))
    }

    /// x ⊑ y, where of y only [`Self::interval`] is given.
    #[must_use]
    #[inline]
    pub fn lies_within(&self, x: NodeId, (first, last): (u32, u32)) -> bool {
        (first..=last).contains(&self.spots[x.0 as usize].first)
    }

    /// Where a node stands.
    #[inline]
    pub(crate) fn spot(&self, node: NodeId) -> Spot {
        self.spots[node.0 as usize]
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spots.len()
    }

    /// True if there is no node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spots.is_empty()
    }

    /// How many types of nodes the policy knows.
    #[must_use]
    pub fn types(&self) -> usize {
        self.kinds.len()
    }

    /// The numbers, in pre-order, of a node and of the last one that lies in it.
    #[must_use]
    pub fn interval(&self, node: NodeId) -> (u32, u32) {
        let Spot { first, last, .. } = self.spots[node.0 as usize];
        (first, last)
    }

    /// Every node, in pre-order.
    pub fn in_order(&self) -> impl Iterator<Item = NodeId> + use<> {
        let mut nodes = vec![NodeId(0); self.spots.len()];
        for (id, spot) in (0..).map(NodeId).zip(&self.spots) {
            nodes[spot.first as usize] = id;
        }
        nodes.into_iter()
    }

    /// The node and what encloses it, from the inside out.
    pub fn chain(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(Some(node), |&at| self.container(at))
    }

    /// The same up to the node's account.
    #[inline]
    pub fn chain_in_account(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let outward = move |&at: &NodeId| {
            let More { parent, account, .. } = self.more[at.0 as usize];
            (account != at).then_some(parent)
        };
        std::iter::successors(Some(node), outward)
    }

    /// `near_T(x)`: the first node of a type, from x outward.
    #[must_use]
    #[inline]
    pub fn near(&self, node: NodeId, ty: TypeId) -> Option<NodeId> {
        self.chain(node).find(|&at| self.ty(at) == ty)
    }
}

/// Numbers the nodes in pre-order, without recursion.
fn number(nodes: &[(TypeId, Option<NodeId>)], model: &Model) -> (Vec<Spot>, Vec<More>) {
    let all = || (0..).map(NodeId).zip(nodes);
    let inside = all().filter_map(|(id, (_, parent))| Some((parent.as_ref()?.0 as usize, id)));
    let children = Lists::of(nodes.len(), inside, NodeId(0));
    let more = |(id, &(ty, parent)): (NodeId, &(TypeId, Option<NodeId>))| More {
        ty,
        parent: parent.unwrap_or(id),
        account: id,
    };
    let mut spots = vec![Spot::default(); nodes.len()];
    let mut more: Vec<More> = all().map(more).collect();
    let roots = all().filter(|(_, (_, parent))| parent.is_none());
    let mut open: Vec<(NodeId, bool)> = roots.map(|(id, _)| (id, false)).collect();
    let mut next = 0;
    while let Some((id, done)) = open.pop() {
        let ix = id.0 as usize;
        if done {
            spots[ix].last = next - 1;
            continue;
        }
        let More { ty, parent, .. } = more[ix];
        let outside = parent != id && model.ty(ty).kind != TypeKind::Account;
        let home = match outside {
            true => spots[parent.0 as usize].home,
            false => next,
        };
        if outside {
            more[ix].account = more[parent.0 as usize].account;
        }
        spots[ix] = Spot {
            first: next,
            last: next,
            home,
            brief: Brief::default(),
        };
        next += 1;
        open.push((id, true));
        open.extend(children.get(ix).iter().map(|&child| (child, false)));
    }
    (spots, more)
}
