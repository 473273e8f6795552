//! Rules for all, constraints, and promises.

use pest::iterators::Pair;

use super::super::Cx;
use super::super::conditions;
use super::super::grammar::{Parts, Rule};
use super::super::names::{name, permission, role_name, role_names};
use super::super::rules::entitlement;
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{self, Also, Count, Each, Exclusive, ItemKind, Promise, Public, PublicRule};

pub(super) fn item(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> ItemKind {
    match pair.as_rule() {
        Rule::everyone | Rule::nobody => ItemKind::Public(public(cx, pair)),
        Rule::each => ItemKind::Each(each(cx, pair)),
        Rule::also => ItemKind::Also(also(cx, pair)),
        Rule::exclusive => ItemKind::Exclusive(exclusive(cx, pair)),
        _ => ItemKind::Ensure(ensure(cx, pair)),
    }
}

fn public(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> PublicRule {
    debug_assert!(matches!(pair.as_rule(), Rule::everyone | Rule::nobody));
    let mut parts = Parts::of(pair);
    let who = match parts.any().as_rule() {
        Rule::kw_everyone => Public::Everyone,
        Rule::kw_anyone => Public::Anyone,
        _ => Public::Nobody {
            but: roles_behind(cx, &mut parts, Rule::but_roles),
        },
    };
    PublicRule {
        who,
        rule: entitlement(cx, parts.one(Rule::entitlement)),
    }
}

fn roles_behind(cx: &mut Cx<'_>, parts: &mut Parts<'_>, rule: Rule) -> Vec<ast::RoleName> {
    parts.opt(rule).map(|pair| role_names(cx, pair)).unwrap_or_default()
}

fn each(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Each {
    debug_assert_eq!(pair.as_rule(), Rule::each);
    let mut parts = Parts::of(pair);
    Each {
        ty: name(cx, parts.one(Rule::type_ref)),
        count: count(cx, parts.one(Rule::count)),
        role: role_name(cx, parts.one(Rule::role_name)),
        when: parts.opt(Rule::when).map(|pair| conditions::clause(cx, pair)),
    }
}

fn count(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Count {
    debug_assert_eq!(pair.as_rule(), Rule::count);
    let inner = Parts::of(pair).any();
    let rule = inner.as_rule();
    let mut parts = Parts::of(inner);
    match rule {
        Rule::exactly => Count::Exactly(natural(cx, &parts.one(Rule::natural))),
        Rule::at_least_n => Count::AtLeast(natural(cx, &parts.one(Rule::natural))),
        Rule::at_most_n => Count::AtMost(natural(cx, &parts.one(Rule::natural))),
        _ => Count::Exactly(0),
    }
}

fn natural(cx: &mut Cx<'_>, pair: &Pair<'_, Rule>) -> u32 {
    debug_assert_eq!(pair.as_rule(), Rule::natural);
    pair.as_str().parse().unwrap_or_else(|_| {
        cx.found.push(
            Diagnostic::error("syntax/number", format!("`{}` is too large", pair.as_str()))
                .at(cx.span(pair).0, "")
                .help(format!("a count may be up to {}", u32::MAX)),
        );
        u32::MAX
    })
}

fn also(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Also {
    debug_assert_eq!(pair.as_rule(), Rule::also);
    let roles = pair.into_inner().filter(|inner| inner.as_rule() == Rule::role_name);
    let mut roles: Vec<_> = roles.map(|inner| role_name(cx, inner)).collect();
    Also {
        is: roles.remove(0),
        also: roles,
    }
}

fn exclusive(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Exclusive {
    debug_assert_eq!(pair.as_rule(), Rule::exclusive);
    let mut parts = Parts::of(pair);
    parts.has(Rule::kw_no);
    parts.has(Rule::kw_user);
    let inner = parts.any();
    let roles = inner.as_rule() == Rule::both_roles;
    let mut parts = Parts::of(inner);
    if roles {
        Exclusive::Roles {
            pair: [Rule::role_name; 2].map(|rule| role_name(cx, parts.one(rule))),
            same: same(cx, parts),
        }
    } else {
        Exclusive::Permissions {
            pair: [Rule::permission; 2].map(|rule| permission(cx, parts.one(rule))),
            same: same(cx, parts),
        }
    }
}

fn same(cx: &mut Cx<'_>, mut parts: Parts<'_>) -> Option<ast::Name> {
    let pair = std::iter::from_fn(|| parts.next()).find(|pair| pair.as_rule() == Rule::same)?;
    Some(name(cx, Parts::of(pair).one(Rule::type_ref)))
}

fn ensure(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Promise {
    debug_assert_eq!(pair.as_rule(), Rule::ensure);
    let mut parts = Parts::of(pair);
    parts.has(Rule::kw_ensure);
    let inner = parts.any();
    let rule = inner.as_rule();
    let mut parts = Parts::of(inner);
    match rule {
        Rule::promise_nobody => promise_nobody(cx, parts),
        Rule::promise_all => Promise::Public {
            anyone: parts.any().as_rule() == Rule::kw_anyone,
            rule: entitlement(cx, parts.one(Rule::entitlement)),
        },
        Rule::promise_contains => Promise::Contains {
            more: role_name(cx, parts.one(Rule::role_name)),
            less: role_name(cx, parts.one(Rule::role_name)),
        },
        Rule::promise_never => Promise::NeverBecome {
            actors: role_names(cx, parts.one(Rule::role_names)),
            goal: role_name(cx, parts.one(Rule::role_name)),
        },
        _ => Promise::Role {
            roles: role_names(cx, parts.one(Rule::role_names)),
            can: parts.any().as_rule() == Rule::kw_can,
            rule: entitlement(cx, parts.one(Rule::entitlement)),
        },
    }
}

fn promise_nobody(cx: &mut Cx<'_>, mut parts: Parts<'_>) -> Promise {
    parts.has(Rule::kw_nobody);
    Promise::Nobody {
        with: roles_behind(cx, &mut parts, Rule::with_roles),
        but: roles_behind(cx, &mut parts, Rule::but_roles),
        rule: entitlement(cx, parts.one(Rule::entitlement)),
    }
}
