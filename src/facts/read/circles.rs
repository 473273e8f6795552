//! Circles where each thing leads to one other at most, or to several; both without recursion.

use std::collections::HashMap;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// How many things of a circle are named.
const SHOWN: usize = 12;

/// The circles of a graph in which `next` tells the one thing that each of `0..count` leads to.
pub(super) fn of_chain(count: usize, next: impl Fn(usize) -> Option<usize>) -> Vec<Vec<usize>> {
    let mut walked_from: Vec<Option<usize>> = vec![None; count];
    let mut circles = Vec::new();
    for start in 0..count {
        let mut at = Some(start);
        while let Some(thing) = at {
            match walked_from[thing] {
                None => walked_from[thing] = Some(start),
                Some(earlier) if earlier == start => {
                    circles.push(around(thing, &next));
                    break;
                }
                Some(_) => break,
            }
            at = next(thing);
        }
    }
    circles
}

/// One way round, from a thing that is on a circle.
fn around(first: usize, next: impl Fn(usize) -> Option<usize>) -> Vec<usize> {
    let mut circle = vec![first];
    let mut at = next(first);
    while let Some(thing) = at.filter(|&thing| thing != first) {
        circle.push(thing);
        at = next(thing);
    }
    circle
}

/// One circle of each knot of a graph with these edges.
pub(super) fn of_edges(edges: &[(u32, u32)]) -> Vec<Vec<usize>> {
    let graph: DiGraph<(), ()> = DiGraph::from_edges(edges);
    let mut circles: Vec<Vec<usize>> = kosaraju_scc(&graph)
        .into_iter()
        .filter(|part| part.len() > 1 || graph.contains_edge(part[0], part[0]))
        .map(|part| within(&graph, &part))
        .collect();
    circles.sort();
    circles
}

/// A circle inside a knot: going on within it must come back to where it has been.
fn within(graph: &DiGraph<(), ()>, part: &[NodeIndex]) -> Vec<usize> {
    let stay: HashMap<NodeIndex, NodeIndex> = {
        let inside: std::collections::HashSet<NodeIndex> = part.iter().copied().collect();
        let onward = |&at: &NodeIndex| Some((at, graph.neighbors(at).filter(|n| inside.contains(n)).min()?));
        part.iter().filter_map(onward).collect()
    };
    let mut seen: HashMap<NodeIndex, usize> = HashMap::new();
    let mut path = Vec::new();
    let mut at = part.iter().min().copied();
    while let Some(node) = at {
        if let Some(&first) = seen.get(&node) {
            path.drain(..first);
            break;
        }
        seen.insert(node, path.len());
        path.push(node.index());
        at = stay.get(&node).copied();
    }
    path
}

/// `a` in `b` in `a`
pub(super) fn tell(names: &[String], verb: &str) -> String {
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > SHOWN {
        format!(" {verb} … ({} in all)", names.len())
    } else {
        String::new()
    };
    format!("{}{more} {verb} {}", shown.join(&format!(" {verb} ")), shown[0])
}
