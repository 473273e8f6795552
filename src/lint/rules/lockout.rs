//! # lockout
//!
//! Finds roles that only their own holders can give: the role by itself, or several that only give each other. A policy
//! that asks for a holder at every place (`each Shop has at least 1 Owner`) is left alone, and so are defaults, derived
//! roles, and roles that nobody gives at all.
//!
//! When the last holder leaves or loses the role, nobody in the account can name another; somebody has to repair the data
//! by hand.
//!
//! ```roles
//! account Shop { actions view }
//! role Owner at Shop {   # error
//!   can view Shop
//!   can assign Owner, Clerk
//! }
//! role Clerk at Shop { can view Shop }
//! ```
//!
//! Use instead: a constraint that keeps one holder, or somebody else who can give the role.
//!
//! ```roles
//! account Shop { actions view }
//! role Owner at Shop {
//!   can view Shop
//!   can assign Owner, Clerk
//! }
//! role Clerk at Shop { can view Shop }
//! each Shop has at least 1 Owner
//! ```

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::lint::context::Context;
use crate::lint::giving::Giving;
use crate::lint::words::list;
use crate::lint::{Category, Level, Rule};
use crate::model::{ConstraintKind, DerivationTerm, Model, RoleId};
use crate::source::Span;
use crate::syntax::ast::Count;

pub(super) const RULE: Rule = Rule {
    name: "lockout",
    category: Category::Security,
    level: Level::Off,
    whole: true,
    source: include_str!("lockout.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let (model, giving) = (cx.model, Giving::of(cx.model));
    // A role's block may serve several types, at each of which it is closed in itself.
    let mut told: BTreeMap<Span, Vec<RoleId>> = BTreeMap::new();
    for circle in closed(model, &giving) {
        let span = circle.first().and_then(|&role| model.role(role).spans.first());
        if let (Some(&span), false) = (span, is_kept(model, &circle)) {
            told.entry(span).or_default().extend(circle);
        }
    }
    for (span, mut roles) in told {
        roles.sort_unstable();
        let name = |&role: &RoleId| model.show_role(role);
        let (only, first) = (roles.iter().map(name).collect::<Vec<_>>(), model.role(roles[0]));
        let ty = &model.ty(first.ty).name;
        let message = format!(
            "only holders of {} can give the role: once there is none, nobody can",
            list(&only)
        );
        let gives = giving.givers(roles[0]).first().map(|hand| model.rule(hand.rule).span);
        let mut report = cx.report(span, message);
        if let Some(gives) = gives {
            report = report.label(gives, "given by this");
        }
        report.help(format!(
            "say `each {ty} has at least 1 {}`, or let somebody else give it",
            first.name
        ));
    }
}

/// Sets of roles that are given by roles of the set only, none of which comes from elsewhere.
fn closed(model: &Model, giving: &Giving) -> Vec<BTreeSet<RoleId>> {
    let mut graph: DiGraph<RoleId, ()> = DiGraph::new();
    model.role_ids().for_each(|role| _ = graph.add_node(role));
    let before: Vec<Option<BTreeSet<RoleId>>> = model.role_ids().map(|role| givers(model, giving, role)).collect();
    for (ix, givers) in before.iter().enumerate() {
        for giver in givers.iter().flatten() {
            graph.add_edge(NodeIndex::new(giver.ix()), NodeIndex::new(ix), ());
        }
    }
    let circles = tarjan_scc(&graph).into_iter();
    let circles = circles.map(|circle| circle.into_iter().map(|ix| graph[ix]).collect::<BTreeSet<RoleId>>());
    let from_within = |circle: &BTreeSet<RoleId>, role: &RoleId| {
        before[role.ix()]
            .as_ref()
            .is_some_and(|givers| givers.is_subset(circle))
    };
    circles
        .filter(|circle| circle.iter().all(|role| from_within(circle, role)))
        .collect()
}

/// The roles without which a role is not got; `None` where it may come from elsewhere.
fn givers(model: &Model, giving: &Giving, id: RoleId) -> Option<BTreeSet<RoleId>> {
    let role = model.role(id);
    if role.default {
        return None;
    }
    if role.is_derived() {
        return role.derived.iter().find_map(|being| match being {
            DerivationTerm::Holds(roles) => Some(roles.iter().copied().collect()),
            _ => None,
        });
    }
    let hands = giving.givers(id);
    let givers: Option<BTreeSet<RoleId>> = hands.iter().map(|hand| hand.role).collect();
    givers.filter(|givers| !givers.is_empty())
}

/// A constraint asks for a holder of one of these everywhere.
fn is_kept(model: &Model, circle: &BTreeSet<RoleId>) -> bool {
    model.constraints.iter().any(|constraint| match &constraint.kind {
        ConstraintKind::Each {
            ty,
            count: Count::Exactly(1..) | Count::AtLeast(1..),
            roles,
            when: None,
        } => {
            let fits = |role: &RoleId| circle.contains(role) && model.role(*role).ty == *ty;
            !roles.is_empty() && roles.iter().all(fits)
        }
        _ => false,
    })
}
