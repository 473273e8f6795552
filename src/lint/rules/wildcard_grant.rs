//! # wildcard-grant
//!
//! Finds roles that can do everything, or change everything, at the top of the tree: without a condition, a relation, an
//! exception or a narrower reach, held at accounts that stand alone or hold other accounts. `can view everything` is let
//! pass.
//!
//! The rule gives not only what there is, but also whatever is declared later, which nobody will remember then.
//!
//! ```roles
//! account Shop { actions view, edit, close }
//! resource Invoice in Shop { actions view, cancel }
//! role Owner at Shop {
//!   can do everything   # error
//! }
//! ```
//!
//! Use instead: an area that is named and added to on purpose, or exceptions for what is sensitive.
//!
//! ```roles
//! account Shop { actions view, edit, close }
//! resource Invoice in Shop { actions view, cancel }
//! area trade { Shop, Invoice }
//! role Owner at Shop {
//!   can do everything on trade
//! }
//! ```

use std::collections::{BTreeMap, HashSet};

use crate::lint::context::Context;
use crate::lint::words::{list, looks};
use crate::lint::{Category, Level, Rule};
use crate::model::{Model, RoleId, TypeId, TypeKind};
use crate::source::Span;
use crate::syntax::ast::{File, ItemKind, Reach, RoleDecl, RoleRule, Targets, Verbs};

pub(super) const RULE: Rule = Rule {
    name: "wildcard-grant",
    category: Category::Security,
    level: Level::Note,
    whole: false,
    source: include_str!("wildcard_grant.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model;
    let wild: HashSet<Span> = blocks(cx.files).flat_map(wildcards).collect();
    let top: HashSet<TypeId> = model.type_ids().filter(|&ty| is_top(model, ty)).collect();
    let mut found: BTreeMap<Span, Vec<RoleId>> = BTreeMap::new();
    for id in model.role_ids().filter(|&id| top.contains(&model.role(id).ty)) {
        for copy in model.role(id).rules.iter().filter(|copy| copy.via.is_none()) {
            let rule = model.rule(copy.rule);
            let ordinary = rule
                .permissions
                .iter()
                .any(|&id| !model.permissions.get(id).is_administrative());
            if ordinary && wild.contains(&rule.span) {
                found.entry(rule.span).or_default().push(id);
            }
        }
    }
    for (span, roles) in found {
        let names: Vec<String> = roles.iter().map(|&role| model.full_role(role)).collect();
        let rule = cx
            .sources
            .snippet(span)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        cx.report(
            span,
            format!("{} `{rule}` at the top of the tree, on no condition", list(&names)),
        )
        .help("whatever is declared later is given too: name an area, or say what is left out with `except`");
    }
}

fn blocks(files: &[File]) -> impl Iterator<Item = &RoleDecl> {
    files
        .iter()
        .flat_map(|file| &file.items)
        .filter_map(|item| match &item.kind {
            ItemKind::Role(decl) => Some(decl),
            _ => None,
        })
}

/// The rules of a block that speak of everything there is and ask for nothing.
fn wildcards(block: &RoleDecl) -> impl Iterator<Item = Span> {
    let wide = |reach: Option<&Reach>| matches!(reach, None | Some(Reach::Anywhere(_)));
    let wild = block.rules.iter().filter(move |it| {
        let rule = &it.rule;
        it.can && is_everything(it) && wide(rule.reach.as_ref().or(block.reach.as_ref()))
    });
    wild.map(|it| it.span.0)
}

fn is_everything(it: &RoleRule) -> bool {
    let (rule, power) = (&it.rule, &it.rule.power);
    let all =
        matches!(power.targets, Targets::Everything { .. }) && power.but_not.is_empty() && power.except.is_empty();
    let always = rule.relation.is_empty() && rule.when.is_none() && rule.unless.is_none();
    let strong = match &power.verbs {
        Verbs::Do { .. } => true,
        Verbs::Actions(actions) => actions.iter().any(|action| !looks(&action.text)),
        Verbs::Grant(_) => false,
    };
    all && always && strong
}

/// Accounts that stand alone, and those that hold others.
fn is_top(model: &Model, ty: TypeId) -> bool {
    let it = model.ty(ty);
    let holds_accounts = || {
        let mut accounts = model.types.iter().filter(|inner| inner.kind == TypeKind::Account);
        accounts.any(|inner| inner.containers.contains(&ty))
    };
    it.kind == TypeKind::Account && (it.containers.is_empty() || holds_accounts())
}
