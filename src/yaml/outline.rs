//! Shape and places of a document: one flat list of nodes in the order of the text.
//!
//! A node knows where the next one after its own content is, so no node needs a list of children. An alias is a
//! reference to its anchor, never a copy.

use std::ops::Range;

/// What stands at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A scalar without quotes.
    Plain,
    /// A scalar in quotes, or a block of text.
    Quoted,
    /// A sequence.
    List,
    /// A mapping: keys and values in turn.
    Map,
    /// What stands at another, earlier node.
    Alias(u32),
}

#[derive(Debug)]
struct Node {
    start: u32,
    end: u32,
    /// The node after everything in this one.
    next: u32,
    kind: Kind,
}

/// Shape and places of a document.
#[derive(Debug, Default)]
pub(super) struct Outline {
    nodes: Vec<Node>,
}

impl Outline {
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The bytes of a node, within the text that was read.
    pub(super) fn range(&self, node: usize) -> Range<usize> {
        self.nodes[node].start as usize..self.nodes[node].end as usize
    }

    pub(super) fn kind(&self, node: usize) -> Kind {
        self.nodes[node].kind
    }

    /// The node itself, or what it is an alias of.
    pub(super) fn resolve(&self, node: usize) -> usize {
        match self.nodes[node].kind {
            Kind::Alias(target) => target as usize,
            _ => node,
        }
    }

    /// The nodes directly below a node.
    pub(super) fn children(&self, node: usize) -> impl Iterator<Item = usize> + use<'_> {
        let end = self.nodes[node].next as usize;
        let step = move |&child: &usize| Some(self.nodes[child].next as usize).filter(|&next| next < end);
        std::iter::successors(Some(node + 1).filter(|&first| first < end), step)
    }

    /// Adds a node at the end.
    pub(super) fn push(&mut self, kind: Kind, range: Range<usize>) -> usize {
        let node = self.nodes.len();
        self.nodes.push(Node {
            start: index(range.start),
            end: index(range.end),
            next: index(node + 1),
            kind,
        });
        node
    }

    /// Everything added since `node` lies in it, and it ends at `end`.
    pub(super) fn close(&mut self, node: usize, end: usize) {
        let next = index(self.nodes.len());
        let node = &mut self.nodes[node];
        node.end = node.end.max(index(end));
        node.next = next;
    }
}

/// A byte or node as it is kept; files of 4 GiB are not read.
pub(super) fn index(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
