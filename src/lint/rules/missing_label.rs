//! # missing-label
//!
//! Finds what lacks a label in a language in which most others of its kind have one: types, actions, fields, areas, roles
//! and role sets; of attributes only those that have some label. What has no label at all counts as
//! lacking it; a role that has no doc comment either is told by `undocumented-role`.
//!
//! In that language the help page, the table's headings and the answers fall back to another one in the middle of a line.
//!
//! ```roles
//! account Shop "Laden"@de { actions view "ansehen"@de, edit "ändern"@de, close "schließen"@de }
//! role Owner at Shop "Inhaber"@de { can close Shop }
//! role Manager at Shop "Leiter"@de { can edit, view Shop }
//! role Temp at Shop "temporary help"@en { can view Shop }   # error
//! ```
//!
//! Use instead: the label in each language that the others have.
//!
//! ```roles
//! account Shop "Laden"@de { actions view "ansehen"@de, edit "ändern"@de, close "schließen"@de }
//! role Owner at Shop "Inhaber"@de { can close Shop }
//! role Manager at Shop "Leiter"@de { can edit, view Shop }
//! role Temp at Shop "Aushilfe"@de "temporary help"@en { can view Shop }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::lint::context::Context;
use crate::lint::words::list;
use crate::lint::{Category, Level, Rule};
use crate::model::{Attribute, Model, Type, USER};
use crate::source::Span;
use crate::syntax::ast::Label;

pub(super) const RULE: Rule = Rule {
    name: "missing-label",
    category: Category::Completeness,
    level: Level::Note,
    whole: false,
    source: include_str!("missing_label.rs"),
    check,
};

/// Something that may have labels.
struct Labelled<'m> {
    name: &'m str,
    labels: &'m [Label],
    span: Span,
}

fn check(cx: &mut Context<'_>) {
    let model = cx.model;
    check_kind(cx, "type", types(model));
    check_kind(cx, "action", model.types.iter().flat_map(actions).collect());
    check_kind(cx, "field", model.types.iter().flat_map(fields).collect());
    check_kind(cx, "attribute", attributes(model));
    check_kind(cx, "role", roles(model));
    let areas = model.areas.iter().map(|it| labelled(&it.name, &it.labels, it.span));
    check_kind(cx, "area", areas.collect());
    let sets = model.bundles.iter().map(|it| labelled(&it.name, &it.labels, it.span));
    check_kind(cx, "role set", sets.collect());
}

fn check_kind(cx: &mut Context<'_>, kind: &str, mut all: Vec<Labelled<'_>>) {
    // One declaration may serve several types.
    let mut seen = BTreeSet::new();
    all.retain(|it| seen.insert(it.span));
    let mut having: BTreeMap<&str, usize> = BTreeMap::new();
    for it in &all {
        for lang in languages(it) {
            *having.entry(lang).or_default() += 1;
        }
    }
    having.retain(|_, count| *count * 2 > all.len());
    for it in &all {
        let has = languages(it);
        let lacking: Vec<String> = having
            .keys()
            .filter(|lang| !has.contains(*lang))
            .map(|l| format!("@{l}"))
            .collect();
        if !lacking.is_empty() {
            cx.report(
                it.span,
                format!(
                    "the {kind} `{}` has no label in {}, as most others have",
                    it.name,
                    list(&lacking)
                ),
            )
            .help(format!("write `\"…\"{}` behind it", lacking[0]));
        }
    }
}

fn languages<'m>(it: &Labelled<'m>) -> BTreeSet<&'m str> {
    it.labels.iter().filter_map(|label| label.lang.as_deref()).collect()
}

const fn labelled<'m>(name: &'m str, labels: &'m [Label], span: Span) -> Labelled<'m> {
    Labelled { name, labels, span }
}

/// Types of the policy; the users of a policy need no declaration, and so no label.
fn types(model: &Model) -> Vec<Labelled<'_>> {
    let own = model
        .types
        .iter()
        .enumerate()
        .filter(|(ix, it)| *ix != USER.ix() || !it.labels.is_empty());
    own.filter_map(|(_, it)| it.span.map(|span| labelled(&it.name, &it.labels, span)))
        .collect()
}

fn actions(ty: &Type) -> impl Iterator<Item = Labelled<'_>> {
    ty.actions.iter().map(|it| labelled(&it.name, &it.labels, it.span))
}

fn fields(ty: &Type) -> impl Iterator<Item = Labelled<'_>> {
    ty.fields.iter().map(|it| labelled(&it.name, &it.labels, it.span))
}

fn attributes(model: &Model) -> Vec<Labelled<'_>> {
    let of_types = model.types.iter().flat_map(|ty| &ty.attributes);
    let of_roles = model.roles.iter().flat_map(|role| &role.parameters);
    let shown = |it: &&Attribute| !it.labels.is_empty();
    let all = of_types.chain(&model.context).chain(of_roles).filter(shown);
    all.filter_map(|it| it.span.map(|span| labelled(&it.name, &it.labels, span)))
        .collect()
}

/// Roles by the place of their first block. One without a label and without a doc comment is told by `undocumented-role`.
fn roles(model: &Model) -> Vec<Labelled<'_>> {
    let told = model
        .roles
        .iter()
        .filter(|it| !it.labels.is_empty() || it.doc.is_some());
    told.filter_map(|it| Some(labelled(&it.name, &it.labels, *it.spans.first()?)))
        .collect()
}
