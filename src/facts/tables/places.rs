//! Nodes and what they lie in.

use super::ahead::Row;
use super::{Input, Kind, SHOWN, Tables, Wrong, count, twice};
use crate::diagnostic::Diagnostic;
use crate::facts::read::{contain_circles, no_id};
use crate::facts::{Node, Thing};
use crate::model::show::type_list;
use crate::model::value::NodeId;
use crate::model::{TypeId, TypeKind};
use crate::source::Span;

impl Tables<'_, '_> {
    pub(super) fn node(&mut self, row: &Row<'_>, span: Span) -> Result<(), Wrong> {
        let id = Self::need(row, 0, "id")?;
        if let Some(fault) = no_id(id) {
            self.leave_out(id);
            return Err(("id", fault));
        }
        let ty = self.place_type(Self::need(row, 1, "type")?);
        let ty = ty
            .inspect_err(|_| self.leave_out(id))
            .map_err(|fault| ("type", fault))?;
        let node = NodeId(count(self.facts.nodes.len()));
        if let Some(first) = self.names.add_node(id, ty, node) {
            return Err(("id", twice(id).at(self.facts.node(first).span, "first here")));
        }
        self.facts.nodes.push(Node {
            id: id.into(),
            ty,
            container: None,
            values: self.blank[ty.ix()].clone(),
            span,
        });
        self.cells(Thing::Node(node), row);
        match row.get(2) {
            Some(container) => self.lies_in(node, container, span),
            None if self.model.ty(ty).kind == TypeKind::Account => Ok(()),
            None => {
                let message = format!("`{id}` lies in nothing: only accounts may stand alone");
                let list = type_list(self.model, &self.model.ty(ty).containers);
                let fault = Diagnostic::error("containment/no-container", message);
                Err(("id", fault.help(format!("it may lie in: {list}"))))
            }
        }
    }

    pub(super) fn place_type(&self, name: &str) -> Result<TypeId, Diagnostic> {
        let fits = |ty: &TypeId| self.model.ty(*ty).kind != TypeKind::Principal;
        self.names.ty(name).filter(fits).ok_or_else(|| {
            let fault = Diagnostic::error("name/unknown-type", format!("unknown type `{name}`"));
            let known = self.model.type_ids().filter(fits);
            fault.did_you_mean(name, known.map(|ty| self.model.ty(ty).name.as_str()))
        })
    }

    /// Puts a node into its container, now or when all nodes are known.
    pub(super) fn lies_in(&mut self, node: NodeId, container: &str, span: Span) -> Result<(), Wrong> {
        let ty = self.facts.node(node).ty;
        let allowed: &[TypeId] = &self.model.ty(ty).containers;
        match self.names.node_of(container, |ty| allowed.contains(&ty)) {
            Some(found) => self.facts.nodes[node.0 as usize].container = Some(found),
            None => self.outside.push((node, span, container.into())),
        }
        Ok(())
    }

    /// Puts the rest of the nodes into their containers, and looks for circles.
    pub(super) fn contain(&mut self, inputs: &[Input<'_>]) {
        let mut wrong = Vec::new();
        for (node, span, container) in std::mem::take(&mut self.outside) {
            let allowed: &[TypeId] = &self.model.ty(self.facts.node(node).ty).containers;
            match self.names.node(&container, Some(allowed)) {
                Ok(found) => self.facts.nodes[node.0 as usize].container = Some(found),
                Err(_) if self.left_out.contains(&container) => {}
                Err(fault) if wrong.len() < SHOWN => wrong.push((span, fault)),
                Err(_) => self.told.more += 1,
            }
        }
        // Nodes that lie in each other are reported in the row of the one that is taken out.
        wrong.extend(contain_circles(&mut self.facts));
        let taken = |node: &Node| Some((node.span, self.names.taken_for(&node.id)?));
        let taken: Vec<_> = self.facts.nodes.iter().filter_map(taken).collect();
        let nodes = inputs.iter().filter(|input| input.kind == Kind::Nodes);
        self.told.tell_of(nodes.clone(), &taken, Some("id"));
        self.told.tell_of(nodes, &wrong, Some("in"));
    }
}
