//! Names, labels, role names and targets.

use std::borrow::Cow;

use pest::iterators::Pair;

use super::Cx;
use super::grammar::{Parts, Rule};
use crate::source;
use crate::syntax::ast::{Label, Name, Permission, RoleName, Target};

/// Any rule that is a name: declared, used, or a step of a path.
pub(super) fn name(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Name {
    let span = cx.span(&pair);
    let quote = pair.clone().into_inner().find(|inner| inner.as_rule() == Rule::quoted);
    Name {
        text: match &quote {
            Some(quote) => nfc(&unescape(quote.as_str())),
            None => nfc(pair.as_str()),
        },
        quoted: quote.is_some(),
        span,
    }
}

/// The names in a list, all of the same rule.
pub(super) fn names(cx: &mut Cx<'_>, parts: &mut Parts<'_>, rule: Rule) -> Vec<Name> {
    parts.many(rule, |pair| name(cx, pair))
}

/// The names of a pair that is nothing but a list of them.
pub(super) fn list(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Vec<Name> {
    debug_assert!(matches!(pair.as_rule(), Rule::types | Rule::action_list | Rule::verbs));
    let mut parts = Parts::of(pair);
    std::iter::from_fn(|| parts.next()).map(|pair| name(cx, pair)).collect()
}

pub(super) fn labels(cx: &mut Cx<'_>, parts: &mut Parts<'_>) -> Vec<Label> {
    parts.many(Rule::label, |pair| label(cx, pair))
}

pub(super) fn label(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Label {
    debug_assert_eq!(pair.as_rule(), Rule::label);
    let span = cx.span(&pair);
    let mut parts = Parts::of(pair);
    Label {
        text: nfc(&unescape(parts.one(Rule::string).as_str())),
        lang: parts.opt(Rule::lang).map(|lang| lang.as_str().to_lowercase()),
        span,
    }
}

pub(super) fn role_name(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> RoleName {
    debug_assert_eq!(pair.as_rule(), Rule::role_name);
    let span = cx.span(&pair);
    let mut parts = Parts::of(pair);
    let first = name(cx, parts.one(Rule::role_ref));
    let (ty, name) = match parts.opt(Rule::role_ref) {
        Some(second) => (Some(first), name(cx, second)),
        None => (None, first),
    };
    RoleName {
        ty,
        name,
        plus: parts.has(Rule::plus),
        span,
    }
}

/// `role_names`, or a rule that holds them behind keywords.
pub(super) fn role_names(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Vec<RoleName> {
    let list = match pair.as_rule() {
        Rule::role_names => pair,
        _ => Parts::of(pair).one(Rule::role_names),
    };
    Parts::of(list).many(Rule::role_name, |pair| role_name(cx, pair))
}

pub(super) fn target(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Target {
    debug_assert_eq!(pair.as_rule(), Rule::target);
    let span = cx.span(&pair);
    let mut parts = Parts::of(pair);
    Target {
        name: name(cx, parts.one(Rule::thing_ref)),
        field: parts.opt(Rule::local_ref).map(|field| name(cx, field)),
        plus: parts.has(Rule::plus),
        span,
    }
}

pub(super) fn permission(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Permission {
    debug_assert!(matches!(pair.as_rule(), Rule::permission | Rule::pair));
    let mut parts = Parts::of(pair);
    Permission {
        action: parts.opt(Rule::action_ref).map(|action| name(cx, action)),
        target: target(cx, parts.one(Rule::target)),
    }
}

/// Identifiers are compared in NFC.
pub(super) fn nfc(text: &str) -> String {
    source::nfc(text).into_owned()
}

/// The text of a string literal, without its quotes and escapes.
pub(super) fn unescape(literal: &str) -> Cow<'_, str> {
    let text = literal.strip_prefix('"').unwrap_or(literal);
    let text = text.strip_suffix('"').unwrap_or(text);
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut chars = text.chars();
    let mut plain = String::with_capacity(text.len());
    while let Some(c) = chars.next() {
        plain.push(match c {
            '\\' => chars.next().map_or('\\', escaped),
            _ => c,
        });
    }
    Cow::Owned(plain)
}

/// What a letter behind a backslash stands for; any other sign stands for itself.
const fn escaped(c: char) -> char {
    match c {
        'n' => '\n',
        't' => '\t',
        other => other,
    }
}
