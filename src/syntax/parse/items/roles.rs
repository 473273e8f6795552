//! Roles: the head with its clauses in any order, and the rules.

use pest::iterators::Pair;

use super::super::Cx;
use super::super::grammar::{Parts, Rule};
use super::super::names::{label, list, name, names, role_name, role_names, target};
use super::super::rules::{reach, role_rule};
use super::{attribute, labels_of_one, twice};
use crate::syntax::ast::{DerivationTerm, RoleDecl};

pub(super) fn role(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> RoleDecl {
    debug_assert_eq!(pair.as_rule(), Rule::role);
    let mut parts = Parts::of(pair);
    let mut decl = head(cx, parts.one(Rule::role_head));
    if let Some(rules) = parts.opt(Rule::rules) {
        decl.rules = Parts::of(rules).many(Rule::role_rule, |pair| role_rule(cx, pair));
    }
    decl
}

fn head(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> RoleDecl {
    debug_assert_eq!(pair.as_rule(), Rule::role_head);
    let span = cx.span(&pair);
    let mut parts = Parts::of(pair);
    parts.has(Rule::kw_role);
    let mut decl = RoleDecl {
        names: names(cx, &mut parts, Rule::new_role),
        at: list(cx, parts.one(Rule::types)),
        reach: None,
        extends: Vec::new(),
        default: None,
        derived: Vec::new(),
        parameters: Vec::new(),
        labels: Vec::new(),
        rules: Vec::new(),
        head: span,
    };
    while let Some(clause) = parts.next() {
        add(cx, &mut decl, clause);
    }
    labels_of_one(cx, &decl.names, &decl.labels);
    decl
}

/// Adds one clause of a head; each may stand once, labels as often as there are languages.
fn add(cx: &mut Cx<'_>, decl: &mut RoleDecl, pair: Pair<'_, Rule>) {
    let span = cx.span(&pair);
    let (what, again) = match pair.as_rule() {
        Rule::label => {
            decl.labels.push(label(cx, pair));
            return;
        }
        Rule::reach => ("the reach", decl.reach.replace(reach(cx, pair)).is_some()),
        Rule::default => ("`default`", decl.default.replace(span).is_some()),
        Rule::extends => ("`extends`", fill(&mut decl.extends, role_names(cx, pair))),
        Rule::derived => ("`for whoever`", fill(&mut decl.derived, beings(cx, pair))),
        _ => {
            let parameters = Parts::of(pair).many(Rule::parameter, |pair| attribute(cx, pair));
            ("the list of parameters", fill(&mut decl.parameters, parameters))
        }
    };
    if again {
        twice(cx, what, span.0);
    }
}

/// Adds to a list; true if there was something in it.
fn fill<T>(list: &mut Vec<T>, more: Vec<T>) -> bool {
    let again = !list.is_empty();
    list.extend(more);
    again
}

fn beings(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Vec<DerivationTerm> {
    debug_assert_eq!(pair.as_rule(), Rule::derived);
    let beings = pair.into_inner().filter(|inner| inner.as_rule() == Rule::being);
    beings.map(|inner| being(cx, inner)).collect()
}

fn being(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> DerivationTerm {
    debug_assert_eq!(pair.as_rule(), Rule::being);
    let inner = Parts::of(pair).any();
    let rule = inner.as_rule();
    let mut parts = Parts::of(inner);
    match rule {
        Rule::being_is => DerivationTerm::Is(name(cx, parts.one(Rule::local_ref))),
        Rule::being_holds => DerivationTerm::Holds(role_name(cx, parts.one(Rule::role_name))),
        _ => DerivationTerm::Can {
            actions: list(cx, parts.one(Rule::action_list)),
            target: target(cx, parts.one(Rule::target)),
        },
    }
}
