//! Circles in a graph of declarations, told with every edge.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};

use petgraph::Direction;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// How many edges of one circle are shown.
const SHOWN: usize = 12;

/// One diagnostic for each circle: `a` extends `b` extends `a`, with a label on every edge.
pub(super) fn report<N>(
    graph: &DiGraph<N, Span>,
    code: &'static str,
    verb: &str,
    name: impl Fn(&N) -> String,
) -> Vec<Diagnostic> {
    circles(graph)
        .iter()
        .map(|circle| describe(graph, circle, code, verb, &name))
        .collect()
}

/// The nodes of each circle, in the order of one way round.
pub(super) fn circles<N>(graph: &DiGraph<N, Span>) -> Vec<Vec<NodeIndex>> {
    let mut found: Vec<Vec<NodeIndex>> = tarjan_scc(graph)
        .into_iter()
        .filter(|part| part.len() > 1 || graph.find_edge(part[0], part[0]).is_some())
        .map(|part| walk(graph, &part))
        .collect();
    found.sort();
    found
}

/// One way round within a strongly connected part, from its first node.
fn walk<N>(graph: &DiGraph<N, Span>, part: &[NodeIndex]) -> Vec<NodeIndex> {
    let inside: HashSet<NodeIndex> = part.iter().copied().collect();
    let start = part.iter().copied().min().unwrap_or_default();
    let mut came_from = HashMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for next in graph
            .neighbors_directed(at, Direction::Outgoing)
            .filter(|n| inside.contains(n))
        {
            if next == start {
                return unwind(&came_from, start, at);
            }
            if let Entry::Vacant(new) = came_from.entry(next) {
                new.insert(at);
                queue.push_back(next);
            }
        }
    }
    part.to_vec()
}

fn unwind(came_from: &HashMap<NodeIndex, NodeIndex>, start: NodeIndex, last: NodeIndex) -> Vec<NodeIndex> {
    let mut path = vec![last];
    while let Some(&before) = path.last().and_then(|at| came_from.get(at)) {
        path.push(before);
    }
    debug_assert_eq!(path.last(), Some(&start));
    path.reverse();
    path
}

fn describe<N>(
    graph: &DiGraph<N, Span>,
    circle: &[NodeIndex],
    code: &'static str,
    verb: &str,
    name: &impl Fn(&N) -> String,
) -> Diagnostic {
    let step = |node: NodeIndex| format!("`{}`", name(&graph[node]));
    let mut path: Vec<String> = circle.iter().take(SHOWN).map(|&node| step(node)).collect();
    if circle.len() > SHOWN {
        path.push("…".to_owned());
    }
    path.push(step(circle[0]));
    let mut fault = Diagnostic::error(code, format!("a circle: {}", path.join(&format!(" {verb} "))));
    for (ix, &node) in circle.iter().enumerate().take(SHOWN) {
        let next = circle[(ix + 1) % circle.len()];
        if let Some(edge) = graph.edges_connecting(node, next).next() {
            fault = fault.at(*edge.weight(), format!("{} {verb} {}", step(node), step(next)));
        }
    }
    fault
}
