//! # unused-declaration
//!
//! Finds what is declared to no effect: areas and role sets that nothing names, attributes and parameters that no rule
//! reads and no field shows, actions that no rule gives, and types that nothing speaks of.
//!
//! What is not used is misleading: a reader takes it for a rule's condition or for somebody's right. Often a rule was
//! forgotten, or names another thing by mistake. A prohibition or a promise that names an action is use enough, and so
//! is `can grant`, by which the action can be handed out.
//!
//! ```roles
//! account Shop {
//!   open: bool
//!   rating: int   # error
//!   actions view,
//!     close   # error
//! }
//! area everyday { view Shop }   # error
//! role Owner at Shop { can view Shop when shop.open }
//! ```
//!
//! Use instead: take it out, or write the rule that uses it.
//!
//! ```roles
//! account Shop {
//!   open: bool
//!   actions view, close
//! }
//! role Owner at Shop {
//!   can view Shop when shop.open
//!   can close Shop
//! }
//! ```

use std::collections::HashSet;

use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};
use crate::model::permission::Permission;
use crate::model::{AttrName, Attribute, NOW, Type, TypeId, TypeKind};
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    name: "unused-declaration",
    category: Category::Redundancy,
    level: Level::Warning,
    whole: true,
    source: include_str!("unused_declaration.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model;
    for area in model.areas.iter().filter(|area| !area.used) {
        cx.report(area.span, format!("nothing names the area `{}`", area.name));
    }
    for set in model.bundles.iter().filter(|set| !set.used) {
        cx.report(set.span, format!("nothing names the role set `{}`", set.name));
    }
    check_attributes(cx);
    check_actions(cx);
    check_types(cx);
}

fn check_attributes(cx: &mut Context<'_>) {
    let (model, uses) = (cx.model, cx.uses);
    // One declaration may serve several types or roles.
    let mut told = HashSet::new();
    for ty in &model.types {
        let words = ("attribute", format!(" of `{}`", ty.name));
        unread(cx, &mut told, &ty.attributes, &words, |_, name| {
            uses.read.contains(&name)
        });
    }
    for role in &model.roles {
        let words = ("parameter", format!(" of `{}`", role.name));
        unread(cx, &mut told, &role.parameters, &words, |_, name| {
            uses.parameters.contains(&name)
        });
    }
    let read = |slot: usize, _| slot == NOW || uses.context.contains(&slot);
    unread(
        cx,
        &mut told,
        &model.context,
        &("attribute", " of the request".to_owned()),
        read,
    );
}

fn unread(
    cx: &mut Context<'_>,
    told: &mut HashSet<Span>,
    attributes: &[Attribute],
    (what, of): &(&str, String),
    read: impl Fn(usize, AttrName) -> bool,
) {
    // What stands in a field is shown to whoever may view it.
    let idle = |(slot, it): &(usize, &Attribute)| it.field.is_none() && !read(*slot, it.key);
    for (_, attribute) in attributes.iter().enumerate().filter(idle) {
        if let Some(span) = attribute.span.filter(|&span| told.insert(span)) {
            cx.report(span, format!("no rule reads the {what} `{}`{of}", attribute.name));
        }
    }
}

fn check_actions(cx: &mut Context<'_>) {
    let given = given_actions(cx);
    for id in cx.model.type_ids() {
        let ty = cx.model.ty(id);
        let idle = ty
            .actions
            .iter()
            .enumerate()
            .filter(|(action, _)| !given.contains(&(id, *action)));
        let idle: Vec<_> = idle.map(|(_, action)| action).collect();
        if let (Some(span), true) = (ty.span, idle.len() > 1 && idle.len() == ty.actions.len()) {
            cx.report(span, format!("no rule gives anything on `{}`", ty.name));
            continue;
        }
        for action in idle {
            cx.report(action.span, format!("no rule gives `{} {}`", action.name, ty.name));
        }
    }
}

/// Actions that a rule or promise concerns, on the record or on a field.
fn given_actions(cx: &Context<'_>) -> HashSet<(TypeId, usize)> {
    let permissions = cx
        .model
        .permissions
        .iter()
        .filter(|(id, _)| cx.uses.permissions.contains(id));
    permissions
        .filter_map(|(_, permission)| match permission {
            Permission::Act { ty, action, .. } => Some((ty, action)),
            _ => None,
        })
        .collect()
}

/// Types without actions, in which nothing lies, and which no role, attribute or rule names.
fn check_types(cx: &mut Context<'_>) {
    let containers: HashSet<TypeId> = cx
        .model
        .types
        .iter()
        .flat_map(|ty| ty.containers.iter().copied())
        .collect();
    for (id, span) in cx.types() {
        let ty = cx.model.ty(id);
        if is_bare(ty) && !containers.contains(&id) && !cx.uses.types.contains(&id) {
            cx.report(span, format!("nothing speaks of the type `{}`", ty.name));
        }
    }
}

fn is_bare(ty: &Type) -> bool {
    ty.actions.is_empty() && ty.kind != TypeKind::Principal
}
