//! Sentences: questions, expectations and statements.

use pest::iterators::Pair;

use super::Cx;
use super::grammar::{Parts, Rule};
use super::names::{list, name, nfc, role_name, target, unescape};
use crate::syntax::ast::{Deed, Id, NodeRef, RoleName, Scope, Sentence, SentenceKind, Setting, Thing};

pub(super) fn sentence(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Sentence {
    debug_assert_eq!(pair.as_rule(), Rule::sentence);
    let mut parts = Parts::of(pair);
    let main = parts.any();
    let start = cx.span(&main).0;
    let kind = match main.as_rule() {
        Rule::question => question(cx, Parts::of(main).any()),
        _ => statement(cx, main),
    };
    let (mut with, mut together, mut end) = (Vec::new(), Vec::new(), start);
    while let Some(pair) = parts.next() {
        match pair.as_rule() {
            Rule::supposed => with = settings(cx, pair.clone()),
            Rule::helpers => together = helpers(cx, pair.clone()),
            _ => continue,
        }
        end = cx.span(&pair).0;
    }
    Sentence {
        kind,
        with,
        together,
        span: crate::syntax::ast::SpanEq(start.to(end)),
    }
}

fn question(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> SentenceKind {
    match pair.as_rule() {
        Rule::ask_why | Rule::ask_how | Rule::ask_can | Rule::ask_who_can | Rule::ask_roles_can => about_deed(cx, pair),
        Rule::ask_who_is | Rule::ask_is | Rule::ask_where | Rule::ask_roles_exist => about_role(cx, pair),
        _ => about_powers(cx, pair),
    }
}

/// Questions that end in a deed.
fn about_deed(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> SentenceKind {
    let rule = pair.as_rule();
    let mut parts = Parts::of(pair);
    match rule {
        Rule::ask_who_can => SentenceKind::WhoCan(deed(cx, parts.one(Rule::deed))),
        Rule::ask_roles_can => SentenceKind::WhichRolesCan(deed(cx, parts.one(Rule::deed))),
        Rule::ask_how => SentenceKind::HowCould {
            who: id(cx, parts.one(Rule::id)),
            deed: deed(cx, parts.one(Rule::deed)),
        },
        Rule::ask_why => {
            parts.has(Rule::kw_why);
            SentenceKind::Why {
                can: parts.any().as_rule() == Rule::kw_can,
                who: id(cx, parts.one(Rule::id)),
                deed: deed(cx, parts.one(Rule::deed)),
            }
        }
        _ => SentenceKind::Can {
            who: id(cx, parts.one(Rule::id)),
            ever: parts.has(Rule::kw_ever),
            deed: deed(cx, parts.one(Rule::deed)),
        },
    }
}

/// Questions about who holds a role, and where there is one.
fn about_role(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> SentenceKind {
    let rule = pair.as_rule();
    let mut parts = Parts::of(pair);
    match rule {
        Rule::ask_who_is => {
            let (role, at) = role_at(cx, parts);
            SentenceKind::WhoIs { role, at }
        }
        Rule::ask_is => {
            let who = id(cx, parts.one(Rule::id));
            let (role, at) = role_at(cx, parts);
            SentenceKind::IsRole { who, role, at }
        }
        Rule::ask_where => SentenceKind::WhereExists(role_name(cx, parts.one(Rule::role_name))),
        _ => {
            let ty = std::iter::from_fn(|| parts.next()).find(|pair| pair.as_rule() == Rule::type_ref);
            SentenceKind::WhichRolesExist(ty.map(|pair| name(cx, pair)))
        }
    }
}

fn role_at(cx: &mut Cx<'_>, mut parts: Parts<'_>) -> (RoleName, Option<NodeRef>) {
    let role = role_name(cx, parts.one(Rule::role_name));
    (role, at_node(cx, &mut parts))
}

/// Questions about what somebody can do, see or is.
fn about_powers(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> SentenceKind {
    let rule = pair.as_rule();
    let mut parts = Parts::of(pair);
    match rule {
        Rule::ask_what_is => SentenceKind::WhatIs(id(cx, parts.one(Rule::id))),
        Rule::ask_what_can => {
            let who = id(cx, parts.one(Rule::id));
            parts.has(Rule::kw_do);
            let scope = parts.next().map(|pair| scope(cx, pair));
            SentenceKind::WhatCan { who, scope }
        }
        Rule::ask_visible => SentenceKind::Visible {
            who: id(cx, parts.one(Rule::id)),
            actions: list(cx, parts.one(Rule::verbs)),
            of: node(cx, parts.one(Rule::node)),
        },
        _ => SentenceKind::Which {
            ty: name(cx, parts.one(Rule::type_ref)),
            who: id(cx, parts.one(Rule::id)),
            actions: list(cx, parts.one(Rule::verbs)),
        },
    }
}

fn scope(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Scope {
    let rule = pair.as_rule();
    let mut parts = Parts::of(pair);
    match rule {
        Rule::scope_in => Scope::In(node(cx, parts.one(Rule::node))),
        Rule::scope_to => Scope::To(node(cx, parts.one(Rule::node))),
        _ => Scope::That(id(cx, parts.one(Rule::id))),
    }
}

fn statement(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> SentenceKind {
    debug_assert_eq!(pair.as_rule(), Rule::statement);
    let mut parts = Parts::of(pair);
    let who = id(cx, parts.one(Rule::id));
    let inner = parts.any();
    let rule = inner.as_rule();
    let mut parts = Parts::of(inner);
    if rule == Rule::states_deed {
        return SentenceKind::States {
            who,
            can: parts.any().as_rule() == Rule::kw_can,
            ever: parts.has(Rule::kw_ever),
            deed: deed(cx, parts.one(Rule::deed)),
        };
    }
    parts.has(Rule::kw_is);
    let is = !parts.has(Rule::kw_not);
    let (role, at) = role_at(cx, parts);
    SentenceKind::StatesRole { who, is, role, at }
}

fn deed(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Deed {
    debug_assert_eq!(pair.as_rule(), Rule::deed);
    let inner = Parts::of(pair).any();
    let rule = inner.as_rule();
    let mut parts = Parts::of(inner);
    match rule {
        Rule::becomes => {
            let (role, at) = role_at(cx, parts);
            Deed::Become { role, at }
        }
        Rule::handing => Deed::Grant {
            revoke: parts.any().as_rule() == Rule::kw_revoke,
            actions: list(cx, parts.one(Rule::verbs)),
            target: target(cx, parts.one(Rule::target)),
            at: at_node(cx, &mut parts),
            other: other(cx, &mut parts),
        },
        _ => Deed::Act {
            actions: list(cx, parts.one(Rule::verbs)),
            thing: thing(cx, parts.one(Rule::thing)),
            at: at_node(cx, &mut parts),
            other: other(cx, &mut parts),
        },
    }
}

fn at_node(cx: &mut Cx<'_>, parts: &mut Parts<'_>) -> Option<NodeRef> {
    let pair = parts.opt(Rule::at_node)?;
    Some(node(cx, Parts::of(pair).one(Rule::node)))
}

fn other(cx: &mut Cx<'_>, parts: &mut Parts<'_>) -> Option<Id> {
    let pair = parts.opt(Rule::other)?;
    Some(id(cx, Parts::of(pair).one(Rule::id)))
}

fn thing(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Thing {
    debug_assert_eq!(pair.as_rule(), Rule::thing);
    let mut parts = Parts::of(pair);
    Thing {
        field: parts
            .opt(Rule::of_what)
            .map(|pair| id(cx, Parts::of(pair).one(Rule::id))),
        node: node(cx, parts.one(Rule::node)),
        within: parts
            .opt(Rule::in_node)
            .map(|pair| node(cx, Parts::of(pair).one(Rule::node))),
    }
}

pub(super) fn node(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> NodeRef {
    debug_assert_eq!(pair.as_rule(), Rule::node);
    let mut parts = Parts::of(pair);
    let first = id(cx, parts.one(Rule::id));
    match parts.opt(Rule::id) {
        Some(second) => NodeRef {
            ty: Some(first),
            id: id(cx, second),
        },
        None => NodeRef { ty: None, id: first },
    }
}

fn settings(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Vec<Setting> {
    debug_assert_eq!(pair.as_rule(), Rule::supposed);
    let settings = pair.into_inner().filter(|inner| inner.as_rule() == Rule::setting);
    settings.map(|inner| setting(cx, inner)).collect()
}

fn setting(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Setting {
    debug_assert_eq!(pair.as_rule(), Rule::setting);
    let mut parts = Parts::of(pair);
    let key = id(cx, parts.one(Rule::key));
    let value = parts.any();
    let list = value.as_rule() == Rule::ids;
    Setting {
        key,
        values: match list {
            true => Parts::of(value).many(Rule::id, |pair| id(cx, pair)),
            false => vec![id(cx, value)],
        },
        list,
    }
}

fn helpers(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Vec<Id> {
    debug_assert_eq!(pair.as_rule(), Rule::helpers);
    let ids = pair.into_inner().filter(|inner| inner.as_rule() == Rule::id);
    ids.map(|inner| id(cx, inner)).collect()
}

fn id(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Id {
    debug_assert!(matches!(pair.as_rule(), Rule::id | Rule::key));
    let quoted = pair.as_str().starts_with('"');
    Id {
        text: match quoted {
            true => nfc(&unescape(pair.as_str())),
            false => nfc(pair.as_str()),
        },
        quoted,
        span: cx.span(&pair),
    }
}
