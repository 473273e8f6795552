//! Top-level items that declare: node types, kinds of principals, areas, role sets.
//!
//! Roles are in `roles`, rules for all, constraints and promises in `promises`.

mod promises;
mod roles;

use pest::iterators::Pair;

use super::Cx;
use super::conditions::operand;
use super::grammar::{Parts, Rule};
use super::names::{labels, name, names, permission, role_name};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{
    AreaDecl, AttrType, Attribute, BaseType, BundleDecl, Container, Item, ItemKind, Kind, KindDecl, Label, Labelled,
    Member, MemberKind, Name, NodeKind, NodeTypeDecl,
};

pub(super) fn item(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Item {
    debug_assert_eq!(pair.as_rule(), Rule::item);
    let span = cx.span(&pair);
    let inner = Parts::of(pair).any();
    let kind = match inner.as_rule() {
        Rule::policy => {
            let mut parts = Parts::of(inner);
            parts.has(Rule::kw_policy);
            ItemKind::Policy(labels(cx, &mut parts))
        }
        Rule::node_type => ItemKind::NodeType(node_type(cx, inner)),
        Rule::kind => ItemKind::Kind(kind(cx, inner)),
        Rule::area => ItemKind::Area(area(cx, inner)),
        Rule::bundle => ItemKind::Bundle(bundle(cx, inner)),
        Rule::role => ItemKind::Role(roles::role(cx, inner)),
        _ => promises::item(cx, inner),
    };
    Item { kind, doc: None, span }
}

fn node_type(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> NodeTypeDecl {
    debug_assert_eq!(pair.as_rule(), Rule::node_type);
    let mut parts = Parts::of(pair);
    let mut head = Parts::of(parts.one(Rule::node_head));
    let kind = match head.any().as_rule() {
        Rule::kw_account => NodeKind::Account,
        Rule::kw_unit => NodeKind::Unit,
        _ => NodeKind::Resource,
    };
    let decl = NodeTypeDecl {
        kind,
        names: names(cx, &mut head, Rule::new_type),
        containers: head
            .opt(Rule::containers)
            .map(|pair| containers(cx, pair))
            .unwrap_or_default(),
        labels: labels(cx, &mut head),
        members: body(cx, &mut parts),
    };
    labels_of_one(cx, &decl.names, &decl.labels);
    decl
}

fn containers(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Vec<Container> {
    debug_assert_eq!(pair.as_rule(), Rule::containers);
    let mut parts = Parts::of(pair);
    parts.has(Rule::kw_in);
    parts.many(Rule::container, |pair| {
        let inner = Parts::of(pair).any();
        match inner.as_rule() {
            Rule::any_account => Container::AnyAccount(cx.span(&inner)),
            Rule::any_place => Container::AnyPlace(cx.span(&inner)),
            _ => Container::Type(name(cx, inner)),
        }
    })
}

/// A label names one thing.
pub(super) fn labels_of_one(cx: &mut Cx<'_>, names: &[Name], labels: &[Label]) {
    let ([_, _, ..], [label, ..]) = (names, labels) else {
        return;
    };
    cx.found.push(
        Diagnostic::error(
            "syntax/label-of-several",
            "a declaration of several names cannot have a label",
        )
        .at(label.span.0, "whose label is this?")
        .help("declare each name with its label, and the rest together"),
    );
}

fn kind(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> KindDecl {
    debug_assert_eq!(pair.as_rule(), Rule::kind);
    let mut parts = Parts::of(pair);
    let mut head = Parts::of(parts.one(Rule::kind_head));
    let word = head.any();
    let kind = match word.as_rule() {
        Rule::kw_user => Kind::User,
        Rule::kw_context => Kind::Context,
        _ => Kind::Principal(name(cx, head.one(Rule::new_type))),
    };
    KindDecl {
        kind,
        labels: labels(cx, &mut head),
        members: body(cx, &mut parts),
        head: cx.span(&word),
    }
}

fn body(cx: &mut Cx<'_>, parts: &mut Parts<'_>) -> Vec<Member> {
    match parts.opt(Rule::body) {
        Some(body) => Parts::of(body).many(Rule::member, |pair| member(cx, pair)),
        None => Vec::new(),
    }
}

pub(super) fn member(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Member {
    debug_assert_eq!(pair.as_rule(), Rule::member);
    let span = cx.span(&pair);
    let inner = Parts::of(pair).any();
    let kind = match inner.as_rule() {
        Rule::attribute => MemberKind::Attribute(attribute(cx, inner)),
        Rule::fields => {
            let mut parts = Parts::of(inner);
            parts.has(Rule::kw_fields);
            MemberKind::Fields(parts.many(Rule::field, |pair| labelled(cx, pair)))
        }
        Rule::actions => actions(cx, inner),
        _ => implies(cx, inner),
    };
    Member { kind, doc: None, span }
}

fn actions(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> MemberKind {
    debug_assert_eq!(pair.as_rule(), Rule::actions);
    let mut parts = Parts::of(pair);
    let creating = parts.has(Rule::kw_creating);
    parts.has(Rule::kw_actions);
    MemberKind::Actions {
        creating,
        actions: parts.many(Rule::action, |pair| labelled(cx, pair)),
    }
}

fn labelled(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Labelled {
    debug_assert!(matches!(pair.as_rule(), Rule::field | Rule::action));
    let mut parts = Parts::of(pair);
    Labelled {
        name: name(cx, parts.any()),
        labels: labels(cx, &mut parts),
    }
}

fn implies(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> MemberKind {
    debug_assert_eq!(pair.as_rule(), Rule::implies);
    let mut parts = Parts::of(pair);
    let action = name(cx, parts.one(Rule::action_ref));
    parts.has(Rule::kw_implies);
    MemberKind::Implies {
        action,
        implied: names(cx, &mut parts, Rule::action_ref),
    }
}

/// An attribute, or a parameter of a role.
pub(super) fn attribute(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Attribute {
    debug_assert!(matches!(pair.as_rule(), Rule::attribute | Rule::parameter));
    let mut parts = Parts::of(pair);
    Attribute {
        name: name(cx, parts.one(Rule::new_local)),
        ty: attr_type(cx, parts.one(Rule::value_type)),
        default: parts
            .opt(Rule::default_to)
            .map(|pair| operand(cx, Parts::of(pair).one(Rule::operand))),
        field: parts
            .opt(Rule::within_field)
            .map(|pair| name(cx, Parts::of(pair).one(Rule::local_ref))),
        labels: labels(cx, &mut parts),
    }
}

fn attr_type(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> AttrType {
    debug_assert_eq!(pair.as_rule(), Rule::value_type);
    let span = cx.span(&pair);
    let mut parts = Parts::of(pair);
    AttrType {
        set: parts.has(Rule::kw_set),
        base: base_type(cx, parts.one(Rule::base)),
        optional: parts.has(Rule::maybe),
        span,
    }
}

fn base_type(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> BaseType {
    debug_assert_eq!(pair.as_rule(), Rule::base);
    let mut values = Vec::new();
    let mut ordered = false;
    for inner in pair.into_inner() {
        match inner.as_rule() {
            Rule::local_ref => values.push(name(cx, inner)),
            sign => ordered = sign == Rule::p_less,
        }
    }
    match values.len() {
        1 => BaseType::Named(values.remove(0)),
        _ if ordered => BaseType::Ordered(values),
        _ => BaseType::Enum(values),
    }
}

fn area(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> AreaDecl {
    debug_assert_eq!(pair.as_rule(), Rule::area);
    let mut parts = Parts::of(pair);
    AreaDecl {
        name: name(cx, parts.one(Rule::new_area)),
        labels: labels(cx, &mut parts),
        permissions: parts.many(Rule::permission, |pair| permission(cx, pair)),
    }
}

fn bundle(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> BundleDecl {
    debug_assert_eq!(pair.as_rule(), Rule::bundle);
    let mut parts = Parts::of(pair);
    BundleDecl {
        name: name(cx, parts.one(Rule::new_role)),
        labels: labels(cx, &mut parts),
        roles: parts.many(Rule::role_name, |pair| role_name(cx, pair)),
    }
}

/// A clause that may be said once was said again.
fn twice(cx: &mut Cx<'_>, what: &str, again: Span) {
    cx.found.push(
        Diagnostic::error("syntax/said-twice", format!("{what} is said twice"))
            .at(again, "once more here")
            .help("keep one of the two"),
    );
}
