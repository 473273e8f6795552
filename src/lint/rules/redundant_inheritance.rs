//! # redundant-inheritance
//!
//! Finds roles that extend another twice: named twice, or once by itself and once through a role that extends it.
//!
//! The shorter way adds nothing. It hides on whom the role really rests, and stays behind when that is changed.
//!
//! ```roles
//! account Shop { actions view, edit, close }
//! role Clerk at Shop { can view Shop }
//! role Manager at Shop extends Clerk { can edit Shop }
//! role Owner at Shop extends Manager, Clerk { can close Shop }   # error
//! ```
//!
//! Use instead: the nearest role alone.
//!
//! ```roles
//! account Shop { actions view, edit, close }
//! role Clerk at Shop { can view Shop }
//! role Manager at Shop extends Clerk { can edit Shop }
//! role Owner at Shop extends Manager { can close Shop }
//! ```

use std::collections::HashSet;

use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};
use crate::model::{Model, RoleId};
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    name: "redundant-inheritance",
    category: Category::Redundancy,
    level: Level::Warning,
    whole: false,
    source: include_str!("redundant_inheritance.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    for role in cx.model.role_ids() {
        let parents = &cx.model.role(role).parents;
        for (ix, &(parent, span)) in parents.iter().enumerate() {
            let twice = parents[..ix].iter().find(|(other, _)| *other == parent);
            let through = || {
                parents
                    .iter()
                    .find(|(other, _)| *other != parent && rests_on(cx.model, *other, parent))
            };
            if let Some(&first) = twice.or_else(through) {
                report(cx, role, (parent, span), first);
            }
        }
    }
}

fn report(cx: &mut Context<'_>, role: RoleId, (parent, span): (RoleId, Span), (other, first): (RoleId, Span)) {
    let name = |role| format!("`{}`", cx.model.show_role(role));
    let message = match parent == other {
        true => format!("{} extends {} twice", name(role), name(parent)),
        false => format!(
            "{} extends {} through {} already",
            name(role),
            name(parent),
            name(other)
        ),
    };
    cx.report(span, message)
        .label(first, "extended by this")
        .help("take it out");
}

/// True if `role` extends `base`, itself or through others.
fn rests_on(model: &Model, role: RoleId, base: RoleId) -> bool {
    let mut seen = HashSet::from([role]);
    let mut open = vec![role];
    while let Some(at) = open.pop() {
        for &(parent, _) in &model.role(at).parents {
            if parent == base {
                return true;
            }
            if seen.insert(parent) {
                open.push(parent);
            }
        }
    }
    false
}
