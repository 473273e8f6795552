//! What follows `can`: power, receiver, reach, relation and condition.

use pest::iterators::Pair;

use super::Cx;
use super::conditions;
use super::grammar::{Parts, Rule};
use super::names::{list, name, permission, role_names, target};
use crate::diagnostic::Diagnostic;
use crate::syntax::ast;
use crate::syntax::ast::{Except, Link, Name, Permission, Power, Reach, Receiver, RoleRule, Step, Targets, Verbs};

/// A rule in a role's body.
pub(super) fn role_rule(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> RoleRule {
    debug_assert_eq!(pair.as_rule(), Rule::role_rule);
    let span = cx.span(&pair);
    let mut parts = Parts::of(pair);
    RoleRule {
        can: parts.any().as_rule() == Rule::kw_can,
        rule: entitlement(cx, parts.one(Rule::entitlement)),
        doc: None,
        span,
    }
}

pub(super) fn entitlement(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> ast::Rule {
    debug_assert_eq!(pair.as_rule(), Rule::entitlement);
    let mut parts = Parts::of(pair);
    ast::Rule {
        power: power(cx, parts.one(Rule::power)),
        receiver: parts.opt(Rule::receiver).map(|pair| receiver(cx, pair)),
        reach: parts.opt(Rule::reach).map(|pair| reach(cx, pair)),
        relation: parts
            .opt(Rule::relation)
            .map(|pair| relation(cx, pair))
            .unwrap_or_default(),
        when: parts.opt(Rule::when).map(|pair| conditions::clause(cx, pair)),
        unless: parts.opt(Rule::unless).map(|pair| conditions::clause(cx, pair)),
    }
}

fn power(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Power {
    debug_assert_eq!(pair.as_rule(), Rule::power);
    let inner = Parts::of(pair).any();
    match inner.as_rule() {
        Rule::do_all => do_all(cx, inner),
        Rule::hand_out => hand_out(cx, inner),
        _ => ordinary(cx, inner),
    }
}

fn do_all(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Power {
    debug_assert_eq!(pair.as_rule(), Rule::do_all);
    let mut parts = Parts::of(pair);
    parts.has(Rule::kw_do);
    let word = parts.any();
    let anything = word.as_rule() == Rule::anything;
    let everything = Targets::Everything {
        anything,
        span: cx.span(&word),
    };
    Power {
        verbs: Verbs::Do { anything },
        but_not: Vec::new(),
        targets: match parts.has(Rule::kw_on) {
            true => targets(cx, parts.one(Rule::targets)),
            false => everything,
        },
        they_have: false,
        except: except(cx, &mut parts),
    }
}

fn hand_out(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Power {
    debug_assert_eq!(pair.as_rule(), Rule::hand_out);
    let mut parts = Parts::of(pair);
    parts.has(Rule::kw_grant);
    let first = parts.any();
    let (actions, targets) = match first.as_rule() {
        Rule::action_list => (list(cx, first), targets(cx, parts.one(Rule::targets))),
        Rule::permissions => (Vec::new(), Targets::Each(pairs(cx, first))),
        _ => (Vec::new(), everything(cx, &first)),
    };
    Power {
        verbs: Verbs::Grant(actions),
        but_not: Vec::new(),
        targets,
        they_have: parts.has(Rule::they_have),
        except: except(cx, &mut parts),
    }
}

fn pairs(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Vec<Permission> {
    debug_assert_eq!(pair.as_rule(), Rule::permissions);
    Parts::of(pair).many(Rule::pair, |pair| permission(cx, pair))
}

fn ordinary(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Power {
    debug_assert_eq!(pair.as_rule(), Rule::ordinary);
    let mut parts = Parts::of(pair);
    Power {
        verbs: Verbs::Actions(list(cx, parts.one(Rule::action_list))),
        but_not: parts
            .opt(Rule::but_not)
            .map(|pair| but_not(cx, pair))
            .unwrap_or_default(),
        targets: targets(cx, parts.one(Rule::targets)),
        they_have: false,
        except: except(cx, &mut parts),
    }
}

fn but_not(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Vec<Name> {
    debug_assert_eq!(pair.as_rule(), Rule::but_not);
    list(cx, Parts::of(pair).one(Rule::action_list))
}

fn targets(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Targets {
    debug_assert_eq!(pair.as_rule(), Rule::targets);
    let mut parts = Parts::of(pair);
    match parts.peek() {
        Some(Rule::target) => Targets::List(parts.many(Rule::target, |pair| target(cx, pair))),
        _ => everything(cx, &parts.any()),
    }
}

fn everything(cx: &Cx<'_>, pair: &Pair<'_, Rule>) -> Targets {
    debug_assert!(matches!(pair.as_rule(), Rule::everything | Rule::anything));
    Targets::Everything {
        anything: pair.as_rule() == Rule::anything,
        span: cx.span(pair),
    }
}

/// The list behind `except`. An item without an action behind one with an action could be read two ways.
fn except(cx: &mut Cx<'_>, parts: &mut Parts<'_>) -> Vec<Except> {
    let Some(pair) = parts.opt(Rule::except) else {
        return Vec::new();
    };
    let mut parts = Parts::of(pair);
    parts.has(Rule::kw_except);
    let list = parts.many(Rule::exempt, |pair| exempt(cx, pair));
    let mut action = None;
    for item in &list {
        let Except::Permission(permission) = item else {
            continue;
        };
        match (&permission.action, action) {
            (None, Some(action)) => two_readings(cx, permission, action),
            (Some(name), _) => action = Some(name),
            (None, None) => {}
        }
    }
    list
}

fn two_readings(cx: &mut Cx<'_>, permission: &Permission, action: &Name) {
    let (target, action) = (&permission.target.name.text, &action.text);
    cx.found.push(
        Diagnostic::error(
            "syntax/except-order",
            format!("`{target}` behind `except {action} …` can be read two ways"),
        )
        .at(permission.target.span.0, "has no action of its own")
        .help(format!(
            "write `{action} {target}`, or put `{target}` first if every action on it is meant"
        )),
    );
}

fn exempt(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Except {
    debug_assert_eq!(pair.as_rule(), Rule::exempt);
    let inner = Parts::of(pair).any();
    match inner.as_rule() {
        Rule::permission => Except::Permission(permission(cx, inner)),
        _ => Except::Oneself(cx.span(&inner)),
    }
}

pub(super) fn reach(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Reach {
    debug_assert_eq!(pair.as_rule(), Rule::reach);
    let inner = Parts::of(pair).any();
    let span = cx.span(&inner);
    match inner.as_rule() {
        Rule::only_here => Reach::OnlyHere(span),
        Rule::only_below => Reach::OnlyBelow(span),
        Rule::across => Reach::Across(name(cx, Parts::of(inner).one(Rule::type_ref))),
        Rule::within => Reach::In(name(cx, Parts::of(inner).one(Rule::type_ref))),
        _ => Reach::Anywhere(span),
    }
}

fn receiver(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Receiver {
    debug_assert_eq!(pair.as_rule(), Rule::receiver);
    let mut parts = Parts::of(pair);
    parts.has(Rule::kw_to);
    let inner = parts.any();
    match inner.as_rule() {
        Rule::role_names => Receiver::Roles(role_names(cx, inner)),
        _ => Receiver::Anyone(cx.span(&inner)),
    }
}

fn relation(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Vec<Link> {
    debug_assert_eq!(pair.as_rule(), Rule::relation);
    let links = pair.into_inner().filter(|inner| inner.as_rule() == Rule::link);
    links.map(|inner| link(cx, inner)).collect()
}

fn link(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Link {
    debug_assert_eq!(pair.as_rule(), Rule::link);
    let span = cx.span(&pair);
    let steps = pair.into_inner().filter(|inner| inner.as_rule() == Rule::step);
    Link {
        steps: steps.map(|inner| step(cx, inner)).collect(),
        span,
    }
}

fn step(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Step {
    debug_assert_eq!(pair.as_rule(), Rule::step);
    let mut parts = Parts::of(pair);
    Step {
        name: name(cx, parts.one(Rule::local_ref)),
        plus: parts.has(Rule::plus),
    }
}
