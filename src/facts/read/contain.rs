//! What lies in what: containers of nodes, places of users and groups, and the order from the outside in.

use super::names::Miss;
use super::shape::{field, items};
use super::{Reader, circles};
use crate::diagnostic::Diagnostic;
use crate::facts::order::outside_in;
use crate::facts::{Facts, Node};
use crate::model::show::type_list;
use crate::model::value::NodeId;
use crate::model::{TypeId, TypeKind};
use crate::source::Span;
use crate::yaml::Yaml;

/// The forest of nodes: containers before contents, and for each node the stretch that it and its contents take when
/// the forest is gone through in depth.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    /// Every node, its container before it.
    pub(super) order: Vec<NodeId>,
    start: Vec<usize>,
    size: Vec<usize>,
}

impl Nesting {
    fn new(nodes: &[Node]) -> Self {
        let order = outside_in(nodes);
        let mut size = vec![1; nodes.len()];
        for &node in order.iter().rev() {
            if let Some(container) = nodes[ix(node)].container {
                size[ix(container)] += size[ix(node)];
            }
        }
        let mut start = vec![0; nodes.len()];
        let mut free = vec![0; nodes.len()];
        let mut roots = 0;
        for &node in &order {
            let next = nodes[ix(node)]
                .container
                .map_or(&mut roots, |container| &mut free[ix(container)]);
            start[ix(node)] = *next;
            *next += size[ix(node)];
            free[ix(node)] = start[ix(node)] + 1;
        }
        Self { order, start, size }
    }

    /// True if `node` is `outer` or lies in it.
    pub(super) fn within(&self, node: NodeId, outer: NodeId) -> bool {
        let first = self.start[ix(outer)];
        (first..first + self.size[ix(outer)]).contains(&self.start[ix(node)])
    }
}

/// Takes one of the nodes of each circle out; says of which circle.
pub(in crate::facts) fn contain_circles(facts: &mut Facts) -> Vec<(Span, Diagnostic)> {
    let mut faults = Vec::new();
    for circle in circles_of(&facts.nodes) {
        faults.push((facts.nodes[circle[0]].span, in_itself(&facts.nodes, &circle)));
        facts.nodes[circle[0]].container = None;
    }
    faults
}

fn circles_of(nodes: &[Node]) -> Vec<Vec<usize>> {
    circles::of_chain(nodes.len(), |node| nodes[node].container.map(ix))
}

fn in_itself(nodes: &[Node], circle: &[usize]) -> Diagnostic {
    let names: Vec<String> = circle.iter().map(|&node| nodes[node].id.to_string()).collect();
    let message = format!("`{}` would lie in itself: {}", names[0], circles::tell(&names, "in"));
    Diagnostic::error("facts/containment-cycle", message)
}

/// As an index.
pub(super) const fn ix(node: NodeId) -> usize {
    node.0 as usize
}

impl<'y> Reader<'y> {
    /// Puts every node into its container.
    pub(super) fn contain(&mut self) {
        for node in 0..self.nodes.len() {
            self.facts.nodes[node].container = self.container(node);
        }
        for circle in circles_of(&self.facts.nodes) {
            self.report_circle(&circle);
        }
        self.nesting = Nesting::new(&self.facts.nodes);
    }

    fn container(&mut self, node: usize) -> Option<NodeId> {
        let (record, ty) = (self.nodes[node], self.facts.nodes[node].ty);
        let Some(within) = field(record.fields, "in") else {
            if self.model.ty(ty).kind != TypeKind::Account {
                self.lies_in_nothing(node);
            }
            return None;
        };
        let text = self.text(within, "the id of one container")?;
        if self.is_left_out(text) {
            return None;
        }
        let allowed: &[TypeId] = &self.model.ty(ty).containers;
        match self.names.find_node(text, Some(allowed)) {
            Err(Miss::Unfit(other)) => {
                self.not_allowed(ty, text, other, within);
                None
            }
            _ => {
                let container = self.names.node(text, Some(allowed));
                self.take(container, within.span)
            }
        }
    }

    fn lies_in_nothing(&mut self, node: usize) {
        let it = &self.facts.nodes[node];
        let message = format!("`{}` lies in nothing: only accounts may stand alone", it.id);
        let list = type_list(self.model, &self.model.ty(it.ty).containers);
        let fault = Diagnostic::error("containment/no-container", message);
        self.report(fault.help(format!("say `in:`; it may lie in: {list}")), it.span);
    }

    fn not_allowed(&mut self, ty: TypeId, text: &str, other: TypeId, at: &Yaml) {
        let declared = self.model.ty(ty);
        let (name, other) = (&declared.name, &self.model.ty(other).name);
        let message = format!("`{name}` cannot lie in `{text}`, which is of type `{other}`");
        let help = match declared.containers[..] {
            [] => format!("`{name}` lies in nothing"),
            _ => format!("`{name}` may lie in: {}", type_list(self.model, &declared.containers)),
        };
        self.report(
            Diagnostic::error("containment/not-allowed", message).help(help),
            at.span,
        );
    }

    /// Reports that nodes lie in each other, and takes the first out.
    fn report_circle(&mut self, circle: &[usize]) {
        let span = |node: &usize| field(self.nodes[*node].fields, "in").map_or(self.nodes[*node].span, |at| at.span);
        let fault = in_itself(&self.facts.nodes, circle);
        let shown = circle.iter().take(12);
        self.found
            .push(shown.fold(fault, |fault, node| fault.at(span(node), "")));
        self.facts.nodes[circle[0]].container = None;
    }

    /// Reads the places that list each user.
    pub(super) fn read_places(&mut self) {
        for user in 0..self.users.len() {
            let Some(listed) = field(self.users[user].fields, "in") else {
                continue;
            };
            let mut places: Vec<NodeId> = items(listed).iter().filter_map(|item| self.place(item)).collect();
            places.sort_unstable();
            places.dedup();
            self.facts.users[user].places = places.into();
        }
    }

    /// The account or unit that a text names.
    pub(super) fn place(&mut self, yaml: &'y Yaml) -> Option<NodeId> {
        let is_place = |&ty: &TypeId| self.model.ty(ty).kind.is_place();
        let places: Vec<TypeId> = self.model.type_ids().filter(is_place).collect();
        self.node(yaml, Some(&places))
    }

    /// The node that a text names, of one of `types` if some are given.
    pub(super) fn node(&mut self, yaml: &'y Yaml, types: Option<&[TypeId]>) -> Option<NodeId> {
        let text = self.text(yaml, "the id of a node")?;
        if self.is_left_out(text) {
            return None;
        }
        let node = self.names.node(text, types);
        self.take(node, yaml.span)
    }

    /// True if the text names a record that was left out with an error of its own.
    pub(super) fn is_left_out(&self, text: &str) -> bool {
        let bare = text.strip_prefix("group:").map_or(text, str::trim_start);
        let behind_type = || text.split_once(char::is_whitespace).map(|(_, id)| id.trim_start());
        self.left_out.contains(bare) || behind_type().is_some_and(|id| self.left_out.contains(id))
    }
}
