//! The headings: roles by the type at which they are held, then the words that stand for everybody.

use std::collections::HashMap;

use super::{Filter, RoleHead, Subject, TypeHead};
use crate::model::{Model, RoleId, TypeKind, Who};

/// The columns in order.
pub(super) fn columns(model: &Model, filter: &Filter) -> Vec<Subject> {
    let mut roles: Vec<RoleId> = model
        .role_ids()
        .filter(|&id| filter.wants(id, model.role(id).ty))
        .collect();
    roles.sort_by_key(|&id| (model.role(id).ty, id));
    let public = [Subject::Everyone, Subject::Anyone, Subject::Nobody];
    let said: Vec<Subject> = model
        .public
        .iter()
        .filter_map(|&rule| of_all(&model.rule(rule).who))
        .collect();
    let mut columns: Vec<Subject> = roles.into_iter().map(Subject::Role).collect();
    columns.extend(public.into_iter().filter(|subject| said.contains(subject)));
    columns
}

/// The column of rules without a role.
pub(super) const fn of_all(who: &Who) -> Option<Subject> {
    match who {
        Who::Holders(_) => None,
        Who::Everyone => Some(Subject::Everyone),
        Who::Anyone => Some(Subject::Anyone),
        Who::Nobody(_) => Some(Subject::Nobody),
    }
}

/// Every role as a heading.
pub(super) fn roles(model: &Model) -> Vec<RoleHead> {
    let mut bearers: HashMap<&str, usize> = HashMap::new();
    for role in &model.roles {
        *bearers.entry(role.name.as_str()).or_default() += 1;
    }
    let head = |role: &crate::model::Role| RoleHead {
        name: role.name.clone(),
        ty: model.ty(role.ty).name.clone(),
        shared: bearers[role.name.as_str()] > 1,
        default: role.default,
        derived: role.is_derived(),
        extends: role.parents.iter().map(|&(parent, _)| parent).collect(),
        labels: role.labels.clone(),
        doc: role.doc.clone(),
    };
    model.roles.iter().map(head).collect()
}

/// Every type that the policy declares.
pub(super) fn types(model: &Model) -> Vec<TypeHead> {
    let declared = model.types.iter().filter(|ty| ty.span.is_some());
    let head = |ty: &crate::model::Type| TypeHead {
        name: ty.name.clone(),
        kind: kind(ty.kind),
        labels: ty.labels.clone(),
        containers: ty.containers.iter().map(|&id| model.ty(id).name.clone()).collect(),
    };
    declared.map(head).collect()
}

const fn kind(kind: TypeKind) -> &'static str {
    match kind {
        TypeKind::Account => "account",
        TypeKind::Unit => "unit",
        TypeKind::Resource => "resource",
        TypeKind::Principal => "principal",
    }
}
