//! Circles of derivation: a derived role that would depend, however indirectly, on itself is an error, even a positive
//! one, since a model could then hold a role for no reason (DESIGN §2).
//!
//! The graph has a node for each role and each permission; a role leads to what its `for` asks, a permission to the
//! roles in the rules that concern it.

use std::collections::HashMap;

use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

use super::{Resolver, cycles};
use crate::diagnostic::Diagnostic;
use crate::model::permission::{PermId, Permission};
use crate::model::{DerivationTerm, Model, Receiver, RoleId, RuleId};
use crate::source::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    Role(RoleId),
    Permission(PermId),
}

impl Resolver<'_> {
    /// Reports every circle of derivations, with each of its edges.
    pub(super) fn check_derivations(&mut self) {
        if !self.model.roles.iter().any(crate::model::Role::is_derived) {
            return;
        }
        let graph = Dependencies::of(&self.model);
        let name = |node: &Node| match node {
            Node::Role(role) => self.model.show_role(*role),
            Node::Permission(id) => self.model.show_permission(*id),
        };
        let faults = cycles::report(&graph, "role/derivation-cycle", "depends on", name);
        if faults.is_empty() {
            let fault = self.entangled(&graph);
            fault.into_iter().for_each(|fault| self.found.push(fault));
        }
        faults.into_iter().for_each(|fault| self.found.push(fault));
    }
}

impl Resolver<'_> {
    /// A derivation that takes too many steps to follow, or lies too deep; the graph has no circle.
    fn entangled(&self, graph: &DiGraph<Node, Span>) -> Option<Diagnostic> {
        let mut steps: Vec<u64> = vec![0; graph.node_count()];
        let mut depth: Vec<usize> = vec![0; graph.node_count()];
        for ix in toposort(graph, None).ok()?.into_iter().rev() {
            let asked = || graph.neighbors(ix).map(NodeIndex::index);
            steps[ix.index()] = asked().fold(1, |sum: u64, next| sum.saturating_add(steps[next]));
            depth[ix.index()] = asked().map(|next| depth[next] + 1).max().unwrap_or(0);
            if let (Node::Role(role), true) = (graph[ix], steps[ix.index()] > MOST || depth[ix.index()] > DEEPEST) {
                let name = self.model.show_role(role);
                let message = format!("`{name}` is derived through too many other derivations");
                let fault = Diagnostic::error("role/derivation-too-deep", message);
                let help = format!("at most {DEEPEST} levels and {MOST} steps can be followed in a decision");
                return Some(fault.at(self.model.role(role).spans[0], "").help(help));
            }
        }
        None
    }
}

/// How many steps following a derivation may take.
const MOST: u64 = 100_000;

/// How many levels of roles and permissions a derivation may have.
const DEEPEST: usize = 128;

/// The graph while it grows from the derived roles.
struct Dependencies<'m> {
    model: &'m Model,
    graph: DiGraph<Node, Span>,
    nodes: HashMap<Node, NodeIndex>,
    open: Vec<Node>,
    concerning: HashMap<PermId, Vec<(RuleId, Option<RoleId>)>>,
}

impl<'m> Dependencies<'m> {
    fn of(model: &'m Model) -> DiGraph<Node, Span> {
        let mut it = Self {
            model,
            graph: DiGraph::new(),
            nodes: HashMap::new(),
            open: Vec::new(),
            concerning: concerning(model),
        };
        for role in model.role_ids().filter(|&r| model.role(r).is_derived()) {
            it.node(Node::Role(role));
        }
        while let Some(node) = it.open.pop() {
            match node {
                Node::Role(role) => it.expand_role(role),
                Node::Permission(id) => it.expand_permission(id),
            }
        }
        it.graph
    }

    fn node(&mut self, node: Node) -> NodeIndex {
        if let Some(&known) = self.nodes.get(&node) {
            return known;
        }
        let ix = self.graph.add_node(node);
        self.nodes.insert(node, ix);
        self.open.push(node);
        ix
    }

    fn edge(&mut self, from: Node, to: Node, span: Span) {
        let (from, to) = (self.node(from), self.node(to));
        self.graph.update_edge(from, to, span);
    }

    fn expand_role(&mut self, role: RoleId) {
        let it = self.model.role(role);
        let span = it.spans[0];
        for being in &it.derived {
            match being {
                DerivationTerm::Relation(_) | DerivationTerm::Member => {}
                DerivationTerm::Holds(roles) => {
                    roles
                        .iter()
                        .for_each(|&other| self.edge(Node::Role(role), Node::Role(other), span));
                }
                DerivationTerm::Can(perms) => {
                    perms
                        .iter()
                        .for_each(|&id| self.edge(Node::Role(role), Node::Permission(id), span));
                }
            }
        }
    }

    fn expand_permission(&mut self, id: PermId) {
        for (rule, role) in self.concerning.get(&id).cloned().unwrap_or_default() {
            let rule = self.model.rule(rule);
            for other in rule.roles_asked().into_iter().chain(role) {
                self.edge(Node::Permission(id), Node::Role(other), rule.span);
            }
            if let (true, Permission::Grant(inner)) = (rule.they_have, self.model.permissions.get(id)) {
                self.edge(Node::Permission(id), Node::Permission(inner), rule.span);
            }
        }
        self.expand_ceiling(id);
    }

    /// A single grant works while its holder has a role of the `to …` under which it was granted.
    fn expand_ceiling(&mut self, id: PermId) {
        let Some(grant) = self.model.permissions.id(Permission::Grant(id)) else {
            return;
        };
        for (rule, _) in self.concerning.get(&grant).cloned().unwrap_or_default() {
            let rule = self.model.rule(rule);
            if let Receiver::Holders(to) = &rule.receiver {
                to.iter()
                    .for_each(|&role| self.edge(Node::Permission(id), Node::Role(role), rule.span));
            }
        }
    }
}

fn concerning(model: &Model) -> HashMap<PermId, Vec<(RuleId, Option<RoleId>)>> {
    let mut map: HashMap<PermId, Vec<(RuleId, Option<RoleId>)>> = HashMap::new();
    let mut note = |rule: RuleId, role: Option<RoleId>| {
        for &id in &model.rule(rule).permissions {
            map.entry(id).or_default().push((rule, role));
        }
    };
    for role in model.role_ids() {
        model.role(role).rules.iter().for_each(|r| note(r.rule, Some(role)));
    }
    model.public.iter().for_each(|&rule| note(rule, None));
    map
}
