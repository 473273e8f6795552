//! # duplicate-rule
//!
//! Finds rules that one role, or everyone, is given twice: the same permissions with the same reach, relation and
//! conditions, whether or not they are written in the same words.
//!
//! The second does nothing. When the rule is changed one day, the other copy stays behind and still gives what was
//! meant to be taken.
//!
//! ```roles
//! account Shop { actions view, edit }
//! role Owner at Shop {
//!   can view, edit Shop
//!   can edit, view Shop   # error
//! }
//! ```
//!
//! Use instead: the rule once.
//!
//! ```roles
//! account Shop { actions view, edit }
//! role Owner at Shop { can view, edit Shop }
//! ```

use std::collections::HashMap;

use crate::diagnostic::Severity;
use crate::lint::Rule as LintRule;
use crate::lint::context::Context;
use crate::model::permission::PermId;
use crate::model::{AttrName, Effect, Expr, Model, Reach, Relation, Rule, TypeId};

pub(super) const RULE: LintRule = LintRule {
    name: "duplicate-rule",
    severity: Severity::Warning,
    whole: true,
    source: include_str!("duplicate_rule.rs"),
    check,
};

/// Rules by what is quickly compared.
type Known<'m> = HashMap<(&'m [PermId], Effect, Reach), Vec<&'m Rule>>;

fn check(cx: &mut Context<'_>) {
    let model = cx.model;
    for role in &model.roles {
        let own = role.rules.iter().filter(|copy| copy.via.is_none());
        check_rules(cx, own.map(|copy| model.rule(copy.rule)));
    }
    check_rules(cx, model.public.iter().map(|&rule| model.rule(rule)));
}

fn check_rules<'m>(cx: &mut Context<'m>, rules: impl Iterator<Item = &'m Rule>) {
    let mut known: Known<'m> = HashMap::new();
    for rule in rules.filter(|rule| !rule.permissions.is_empty()) {
        let alike = known.entry((&rule.permissions, rule.effect, rule.reach)).or_default();
        if let Some(first) = alike.iter().find(|first| same(cx.model, first, rule)) {
            cx.report(rule.span, "this rule was given before")
                .label(first.span, "given here")
                .help("take one of them out");
        } else {
            alike.push(rule);
        }
    }
}

/// Compares what is left.
fn same(model: &Model, a: &Rule, b: &Rule) -> bool {
    let text = |expr: &Option<Expr>| expr.as_ref().map(|expr| model.show_expr(expr));
    (&a.who, &a.named, &a.limits, &a.receiver) == (&b.who, &b.named, &b.limits, &b.receiver)
        && (a.except_self, a.they_have) == (b.except_self, b.they_have)
        && relations(&a.relation) == relations(&b.relation)
        && text(&a.when) == text(&b.when)
        && text(&a.unless) == text(&b.unless)
}

/// A relation without its place.
type Steps<'m> = (Option<TypeId>, AttrName, &'m [(AttrName, bool)]);

/// Relations without their places and order.
fn relations(all: &[Relation]) -> Vec<Steps<'_>> {
    let mut plain: Vec<_> = all.iter().map(|it| (it.at, it.first, &it.then[..])).collect();
    plain.sort_unstable();
    plain
}
