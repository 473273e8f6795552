//! # uncovered-value
//!
//! Finds values that fall between rules: several rules of one role give the same and differ only in the value of an
//! attribute with which they do, and one value of an enumeration, or a gap between two numbers or dates, is in none of
//! them. Numbers are looked at across roles, too: `< 500` for one role and `> 500` for the other leaves 500 to nobody.
//!
//! What a rule leaves out by itself (`is not closed`) is left out on purpose, and so is what lies outside all of them.
//!
//! ```roles
//! account Shop { actions view }
//! resource Parcel in Shop { size: small | medium | large weight: int actions ship, weigh }
//! role Clerk at Shop {
//!   can ship Parcel when resource.size is small
//!   can ship Parcel when resource.size is large   # error
//!   can weigh Parcel when resource.weight < 10
//! }
//! role Owner at Shop {
//!   can view Shop
//!   can weigh Parcel when resource.weight > 10   # error
//! }
//! ```
//!
//! Use instead: rules that meet, or one rule that names all values.
//!
//! ```roles
//! account Shop { actions view }
//! resource Parcel in Shop { size: small | medium | large weight: int actions ship, weigh }
//! role Clerk at Shop {
//!   can ship Parcel when resource.size in [small, medium]
//!   can ship Parcel when resource.size is large
//!   can weigh Parcel when resource.weight < 10
//! }
//! role Owner at Shop {
//!   can view Shop
//!   can weigh Parcel when resource.weight >= 10
//! }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::lint::context::Context;
use crate::lint::siblings::{Sibling, bound, families, gaps, left_out, parts};
use crate::lint::values::{Asked, Axis, Set, same};
use crate::lint::words::list;
use crate::lint::{Category, Level, Rule as LintRule};
use crate::model::permission::PermId;
use crate::model::value::Scalar;
use crate::model::{Effect, Model, Path, RoleId, Root, Rule};
use crate::source::Span;

pub(super) const RULE: LintRule = LintRule {
    name: "uncovered-value",
    category: Category::Completeness,
    level: Level::Warning,
    whole: true,
    source: include_str!("uncovered_value.rs"),
    check,
};

/// Findings by the rules between which a value falls, and by the value; with whom and what they concern.
type Told = BTreeMap<(BTreeSet<Span>, String), (BTreeSet<RoleId>, BTreeSet<PermId>)>;

fn check(cx: &mut Context<'_>) {
    let model = cx.model;
    let mut told = Told::new();
    for role in model.role_ids() {
        of_role(model, role, &mut told);
    }
    let mut everybody = Told::new();
    across(model, &mut everybody);
    let known =
        |spans: &BTreeSet<Span>, value: &String| told.keys().any(|(own, it)| own.is_subset(spans) && it == value);
    everybody.retain(|(spans, value), _| !known(spans, value));
    for ((spans, value), (roles, acts)) in told.into_iter().chain(everybody) {
        let Some(&last) = spans.last() else { continue };
        let roles: Vec<String> = roles.into_iter().map(|role| model.show_role(role)).collect();
        let acts: Vec<String> = acts.into_iter().map(|id| model.show_permission(id)).collect();
        let message = match roles.is_empty() {
            true => format!("nobody can {} where {value}", list(&acts)),
            false => format!("no rule lets {} {} where {value}", list(&roles), list(&acts)),
        };
        let mut report = cx.report(last, message).help("let one of the rules cover it");
        for &other in spans.iter().filter(|&&span| span != last) {
            report = report.label(other, "other values here");
        }
    }
}

// ---------------------------------------------------------------- one role

fn of_role(model: &Model, role: RoleId, told: &mut Told) {
    let grants: Vec<(&Rule, bool)> = granted(model, role).collect();
    let own = grants.iter().filter(|(_, own)| *own).map(|(rule, _)| *rule);
    for family in families(model, own) {
        let (path, first) = (family[0].asked.path, family[0].rule);
        let mut open = open_values(model, &family);
        if open.is_empty() {
            continue;
        }
        let members: BTreeSet<Span> = family.iter().map(|it| it.rule.span).collect();
        let others = grants
            .iter()
            .map(|(rule, _)| rule)
            .filter(|rule| !members.contains(&rule.span));
        let others = others.filter(|rule| rule.permissions.iter().any(|id| first.permissions.contains(id)));
        let covered = others.fold(Set::none(), |set, rule| set.join(&bound(model, rule, path)));
        open.retain(|&gap| Set::from(gap).meet(&covered).is_empty());
        tell(
            model,
            path,
            &open,
            &members,
            first.permissions.first(),
            Some(role),
            told,
        );
    }
}

/// The grants of a role's holders; true for those that stand in the role itself.
fn granted(model: &Model, role: RoleId) -> impl Iterator<Item = (&Rule, bool)> {
    let of_role = model
        .role(role)
        .rules
        .iter()
        .map(|copy| (copy.rule, copy.via.is_none()));
    let public = model.public.iter().map(|&rule| (rule, false));
    let rules = of_role.chain(public).map(|(rule, own)| (model.rule(rule), own));
    rules.filter(|(rule, _)| rule.effect == Effect::Grant)
}

/// What none of a family lets pass.
fn open_values(model: &Model, family: &[Sibling<'_>]) -> Vec<(i128, i128)> {
    let path = family[0].asked.path;
    let Some(axis) = Axis::of(model, path) else {
        return Vec::new();
    };
    let sets: Vec<Set> = family.iter().map(|it| it.asked.set.clone()).collect();
    match path.ty.of {
        Scalar::Enum(id) if !model.enums[id.0 as usize].ordered => {
            let chosen = family.iter().all(|it| !it.asked.excludes) && sets.iter().any(|set| *set != sets[0]);
            if chosen { left_out(axis, &sets) } else { Vec::new() }
        }
        _ => gaps(axis, &sets),
    }
}

fn tell(
    model: &Model,
    path: &Path,
    open: &[(i128, i128)],
    rules: &BTreeSet<Span>,
    act: Option<&PermId>,
    role: Option<RoleId>,
    told: &mut Told,
) {
    let Some(axis) = Axis::of(model, path) else { return };
    if open.is_empty() || rules.len() < 2 {
        return;
    }
    let shown: Vec<String> = open.iter().map(|&gap| axis.show(model, path, gap)).collect();
    let value = format!("`{}` is {}", model.show_path(path), shown.join(" or "));
    let (roles, all) = told.entry((rules.clone(), value)).or_default();
    roles.extend(role);
    all.extend(act);
}

// ---------------------------------------------------------------- all roles

/// Numbers with which nobody at all has a permission that is given below and above.
fn across(model: &Model, told: &mut Told) {
    let mut rows: BTreeMap<PermId, Vec<(&Rule, Option<Asked<'_>>)>> = BTreeMap::new();
    for rule in model.rules.iter().filter(|rule| rule.effect == Effect::Grant) {
        let asked = parts(model, rule)
            .into_iter()
            .filter_map(|part| part.asked)
            .find(is_number);
        for &id in &rule.permissions {
            rows.entry(id).or_default().push((rule, asked.clone()));
        }
    }
    for (id, row) in rows {
        let Some(Some(first)) = row.first().map(|(_, asked)| asked) else {
            continue;
        };
        let all = |asked: &Option<Asked<'_>>| asked.as_ref().is_some_and(|asked| same(asked.path, first.path));
        let Some(axis) = Axis::of(model, first.path).filter(|_| row.iter().all(|(_, asked)| all(asked))) else {
            continue;
        };
        let sets: Vec<Set> = row.iter().map(|(rule, _)| bound(model, rule, first.path)).collect();
        let spans: BTreeSet<Span> = row.iter().map(|(rule, _)| rule.span).collect();
        tell(model, first.path, &gaps(axis, &sets), &spans, Some(&id), None, told);
    }
}

/// A number of the target or of what encloses it, which is the same for whoever asks.
fn is_number(asked: &Asked<'_>) -> bool {
    matches!(asked.path.ty.of, Scalar::Int | Scalar::Decimal)
        && matches!(asked.path.root, Root::Resource | Root::Near(_))
}
