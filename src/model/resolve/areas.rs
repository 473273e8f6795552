//! Areas: named sets of permissions, which may hold other areas but not in a circle.

use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

use super::names::Subject;
use super::{Resolver, cycles};
use crate::model::Area;
use crate::source::Span;
use crate::syntax::ast::{AreaDecl, ItemKind};

impl<'a> Resolver<'a> {
    /// Declares every area, then fills them, those that others hold first.
    pub(super) fn resolve_areas(&mut self) {
        let mut decls: Vec<&'a AreaDecl> = Vec::new();
        for item in self.items.clone() {
            if let ItemKind::Area(decl) = &item.kind
                && self.declare_area(decl, item.doc.clone())
            {
                decls.push(decl);
            }
        }
        let graph = self.area_graph(&decls);
        let circles = cycles::report(&graph, "area/cycle", "holds", |&ix| decls[ix].name.text.clone());
        let broken = !circles.is_empty();
        circles.into_iter().for_each(|fault| self.found.push(fault));
        let order: Vec<NodeIndex> = match toposort(&graph, None) {
            Ok(order) => order.into_iter().rev().collect(),
            Err(_) => graph.node_indices().collect(),
        };
        for ix in order {
            self.fill_area(ix.index(), decls[ix.index()], broken);
        }
    }

    fn declare_area(&mut self, decl: &AreaDecl, doc: Option<String>) -> bool {
        let ix = self.model.areas.len();
        if let Some(known) = self.names.subjects.declare(&decl.name.text, Subject::Area(ix)) {
            let first = match known {
                Subject::Type(ty) => self.model.ty(ty).span,
                Subject::Area(area) => Some(self.model.areas[area].span),
            };
            self.duplicate("area", &decl.name.text, first, decl.name.span());
            return false;
        }
        self.names.subjects.label(&decl.labels, Subject::Area(ix));
        self.model.areas.push(Area {
            name: decl.name.text.clone(),
            labels: decl.labels.clone(),
            doc,
            span: decl.name.span(),
            permissions: Vec::new(),
            used: false,
        });
        true
    }

    fn area_graph(&self, decls: &[&AreaDecl]) -> DiGraph<usize, Span> {
        let mut graph: DiGraph<usize, Span> = DiGraph::new();
        let nodes: Vec<NodeIndex> = (0..decls.len()).map(|ix| graph.add_node(ix)).collect();
        for (ix, decl) in decls.iter().enumerate() {
            for permission in &decl.permissions {
                if let [Subject::Area(inner)] = self.names.subjects.find(&permission.target.name)[..] {
                    graph.update_edge(nodes[ix], nodes[inner], permission.target.span.0);
                }
            }
        }
        graph
    }

    fn fill_area(&mut self, ix: usize, decl: &AreaDecl, broken: bool) {
        let mut permissions = Vec::new();
        for permission in &decl.permissions {
            let area = matches!(
                self.names.subjects.find(&permission.target.name)[..],
                [Subject::Area(_)]
            );
            if broken && area {
                continue;
            }
            let actions = permission.action.as_ref().map(std::slice::from_ref);
            permissions.extend(self.acts(actions, &permission.target));
        }
        permissions.sort_unstable();
        permissions.dedup();
        self.model.areas[ix].permissions = permissions;
    }
}
