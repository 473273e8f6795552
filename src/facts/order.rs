//! Nodes in an order in which every one stands behind its container.

use super::Node;
use crate::model::value::NodeId;

/// Every node behind its container; nodes are free of circles here.
pub(super) fn outside_in(nodes: &[Node]) -> Vec<NodeId> {
    let mut contents: Vec<Vec<NodeId>> = vec![Vec::new(); nodes.len()];
    let mut order = Vec::with_capacity(nodes.len());
    for (node, id) in nodes.iter().zip((0..).map(NodeId)) {
        match node.container {
            Some(container) => contents[container.0 as usize].push(id),
            None => order.push(id),
        }
    }
    let mut done = 0;
    while let Some(&node) = order.get(done) {
        order.append(&mut contents[node.0 as usize]);
        done += 1;
    }
    order
}
