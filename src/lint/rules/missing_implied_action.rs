//! # missing-implied-action
//!
//! Finds roles that can change or delete something that they cannot look at: `edit`, `modify`, `manage`, `delete` and
//! the like without the type's `view`, `read` or `see`. That everyone can look, or that the role's holders get it by
//! another role that derives from this one, is enough.
//!
//! Hardly any interface lets one change what it does not show, so that the right is idle, or is worked around by a
//! further role that gives too much.
//!
//! ```roles
//! account Shop { actions view }
//! resource Price in Shop { actions view, edit }
//! role Clerk at Shop {
//!   can view Shop
//!   can edit Price   # error
//! }
//! role Owner at Shop { can view Shop, Price }
//! ```
//!
//! Use instead: `edit implies view` in the type, or both actions in the rule.
//!
//! ```roles
//! account Shop { actions view }
//! resource Price in Shop {
//!   actions view, edit
//!   edit implies view
//! }
//! role Clerk at Shop {
//!   can view Shop
//!   can edit Price
//! }
//! role Owner at Shop { can view Shop, Price }
//! ```

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::lint::context::Context;
use crate::lint::words::{changes, deletes, list, looks};
use crate::lint::{Category, Level, Rule as LintRule};
use crate::model::permission::{PermId, Permission};
use crate::model::{DerivationTerm, Effect, Model, RoleId, Rule, TypeId};
use crate::source::Span;

pub(super) const RULE: LintRule = LintRule {
    name: "missing-implied-action",
    category: Category::Completeness,
    level: Level::Warning,
    whole: true,
    source: include_str!("missing_implied_action.rs"),
    check,
};

/// A rule's text and what it lets one do unseen, with the roles concerned.
type Blind = BTreeMap<(Span, TypeId), (BTreeSet<PermId>, BTreeSet<RoleId>)>;

fn check(cx: &mut Context<'_>) {
    let model = cx.model;
    let mut blind = Blind::new();
    for role in model.role_ids() {
        let allowed = allowed(model, role);
        for copy in model.role(role).rules.iter().filter(|copy| copy.via.is_none()) {
            note(model, role, model.rule(copy.rule), &allowed, &mut blind);
        }
    }
    for ((span, ty), (acts, roles)) in blind {
        let name = &model.ty(ty).name;
        let acts: Vec<String> = acts.into_iter().map(|id| model.show_permission(id)).collect();
        let roles: Vec<String> = roles.into_iter().map(|role| model.show_role(role)).collect();
        let look = look_of(model, ty).map_or("view", |look| &model.ty(ty).actions[look].name);
        cx.report(
            span,
            format!("{} can {}, but not `{look}` it", list(&roles), list(&acts)),
        )
        .help(format!(
            "say in `{name}` what implies `{look}`, or add `{look}` to the rule"
        ));
    }
}

/// Notes what one rule lets a role do unseen; the fields of a record only where the record itself is not named.
fn note(model: &Model, role: RoleId, rule: &Rule, allowed: &HashSet<PermId>, blind: &mut Blind) {
    if rule.effect == Effect::Prohibit {
        return;
    }
    for &id in &rule.permissions {
        let Permission::Act { ty, action, field } = model.permissions.get(id) else {
            continue;
        };
        let it = &model.ty(ty).actions[action];
        let record = Permission::Act {
            ty,
            action,
            field: None,
        };
        let with_record = model
            .permissions
            .id(record)
            .is_some_and(|id| rule.permissions.contains(&id));
        if it.creating || !(changes(&it.name) || deletes(&it.name)) || (field.is_some() && with_record) {
            continue;
        }
        if let Some(look) = look_of(model, ty)
            && !sees(
                model,
                allowed,
                Permission::Act {
                    ty,
                    action: look,
                    field,
                },
            )
        {
            let (acts, roles) = blind.entry((rule.span, ty)).or_default();
            acts.insert(id);
            roles.insert(role);
        }
    }
}

fn sees(model: &Model, allowed: &HashSet<PermId>, look: Permission) -> bool {
    model.permissions.id(look).is_some_and(|look| allowed.contains(&look))
}

/// The action of a type by which one looks at it.
fn look_of(model: &Model, ty: TypeId) -> Option<usize> {
    model
        .ty(ty)
        .actions
        .iter()
        .position(|it| !it.creating && looks(&it.name))
}

/// All that a role's holders are granted somewhere, by it, by what comes with it, or as everybody is.
fn allowed(model: &Model, role: RoleId) -> HashSet<PermId> {
    let own = with(model, role).into_iter().flat_map(|role| &model.role(role).rules);
    let rules = own.map(|copy| copy.rule).chain(model.public.iter().copied());
    let granted = rules
        .map(|rule| model.rule(rule))
        .filter(|rule| rule.effect == Effect::Grant);
    let by_rule = granted.flat_map(|rule| rule.permissions.iter().copied());
    let presumed = model.role(role).derived.iter().flat_map(|being| match being {
        DerivationTerm::Can(permissions) => &permissions[..],
        _ => &[],
    });
    by_rule.chain(presumed.copied()).collect()
}

/// The role, those from which it derives, and those that its holders have at the same place by derivation.
fn with(model: &Model, role: RoleId) -> Vec<RoleId> {
    let ty = model.role(role).ty;
    let mut all = vec![role];
    for being in &model.role(role).derived {
        if let DerivationTerm::Holds(roles) = being {
            all.extend(roles);
        }
    }
    let comes = |being: &DerivationTerm| match being {
        DerivationTerm::Holds(roles) => roles.contains(&role),
        DerivationTerm::Member => model.ty(ty).kind.is_place(),
        DerivationTerm::Relation(_) | DerivationTerm::Can(_) => false,
    };
    let derived = model.role_ids().filter(|&other| {
        let it = model.role(other);
        it.is_derived() && it.ty == ty && it.derived.iter().any(comes)
    });
    all.extend(derived);
    all
}
