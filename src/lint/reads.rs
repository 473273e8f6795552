//! Which attributes a rule asks about, and of which node.
//!
//! Only the first step of a path counts: where the node stands that a further step leads to, no rule tells.

use crate::model::containment::Containment;
use crate::model::permission::Permission;
use crate::model::{AttrName, Model, Relation, Root, Rule, TypeId, USER};
use crate::source::Span;

/// An attribute that a condition or a relation reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Read {
    /// Whose it is: [`Root::Resource`], [`Root::Near`], [`Root::Here`] or [`Root::User`].
    pub(super) root: Root,
    /// The type that has it.
    pub(super) owner: TypeId,
    /// The attribute.
    pub(super) name: AttrName,
    /// Where the rule asks.
    pub(super) span: Span,
}

/// The attributes of nodes and users on which a rule of a role held at `base` depends.
pub(super) fn reads(model: &Model, graph: &Containment, rule: &Rule, base: TypeId) -> Vec<Read> {
    let targets = targets(model, rule);
    let mut reads = Vec::new();
    for path in rule.paths() {
        let Some(&name) = path.steps.first() else { continue };
        let owners = match path.root {
            Root::Resource => targets.clone(),
            Root::Near(ty) => vec![ty],
            Root::Here => vec![base],
            Root::User => vec![USER],
            Root::Context(_) | Root::Holding(_) | Root::Recipient => Vec::new(),
        };
        reads.extend(owners.into_iter().map(|owner| Read {
            root: path.root,
            owner,
            name,
            span: path.span,
        }));
    }
    for relation in &rule.relation {
        reads.extend(targets.iter().filter_map(|&ty| related(model, graph, relation, ty)));
    }
    reads.retain(|read| model.attribute(read.owner, read.name).is_some());
    reads
}

/// Types of what the rule is about and what is there before it is done.
fn targets(model: &Model, rule: &Rule) -> Vec<TypeId> {
    let existing = rule
        .permissions
        .iter()
        .filter_map(|&id| match model.permissions.get(id) {
            Permission::Act { ty, action, .. } if !model.ty(ty).actions[action].creating => Some(ty),
            _ => None,
        });
    let mut types: Vec<TypeId> = existing.collect();
    types.sort_unstable();
    types.dedup();
    types
}

/// Where a relation is looked up from a target, if that is sure.
fn related(model: &Model, graph: &Containment, relation: &Relation, target: TypeId) -> Option<Read> {
    let read = |root, owner| Read {
        root,
        owner,
        name: relation.first,
        span: relation.span,
    };
    if let Some(ty) = relation.at {
        return Some(read(Root::Near(ty), ty));
    }
    if model.slot(target, relation.first).is_some() {
        return Some(read(Root::Resource, target));
    }
    let mut having = graph
        .above(target)
        .into_iter()
        .filter(|&ty| model.slot(ty, relation.first).is_some());
    match (having.next(), having.next()) {
        (Some(ty), None) => Some(read(Root::Near(ty), ty)),
        _ => None,
    }
}
