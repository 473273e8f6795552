//! Types: added, removed, and what changed within them.

use super::{Declared, Subject, cause, paired};
use crate::diff::{Cause, Kind, Side};
use crate::model::{Model, Type, TypeKind};
use crate::source::{Sources, Span};
use crate::syntax::ast::{self, ItemKind, MemberKind};
use std::collections::BTreeSet;

pub(super) fn compare(old: &Side<'_>, new: &Side<'_>, declared: &mut Declared) {
    let (removed, added, both) = paired(types(old.table.model()), types(new.table.model()));
    for (name, ty) in &removed {
        let hint = renamed(ty, &added);
        let mut edit = on_type(
            Kind::Type,
            format!("the type `{name}` is removed"),
            old.sources,
            Some(ty),
            None,
        );
        edit.words
            .extend(hint.map(|name| format!("perhaps it is called `{name}` now; types are paired by name alone")));
        declared.push(Subject::Type((*name).to_owned()), edit);
    }
    for (name, ty) in &added {
        let edit = on_type(
            Kind::Type,
            format!("the type `{name}` is new"),
            old.sources,
            None,
            Some(ty),
        );
        declared.push(Subject::Type((*name).to_owned()), edit);
    }
    for (name, a, b) in both {
        containers(name, (old, a), (new, b), declared);
        members(name, (old, a), (new, b), declared);
        implications(name, (old, a), (new, b), declared);
    }
    attributes(old, new, declared);
}

fn types(model: &Model) -> impl Iterator<Item = (&str, &Type)> {
    model.types.iter().map(|ty| (ty.name.as_str(), ty))
}

fn on_type(kind: Kind, title: String, sources: &Sources, old: Option<&Type>, new: Option<&Type>) -> Cause {
    let span = |ty: Option<&Type>| ty.and_then(|ty| ty.span);
    cause(kind, title, sources, span(old), span(new))
}

/// The new type of the same kind that has most of the actions and attributes of one that is gone.
fn renamed<'n>(gone: &Type, added: &[(&'n str, &Type)]) -> Option<&'n str> {
    let names = |ty: &Type| -> BTreeSet<String> {
        let attributes = ty.attributes.iter().map(|attribute| attribute.name.clone());
        attributes
            .chain(ty.actions.iter().map(|action| action.name.clone()))
            .collect()
    };
    let own = names(gone);
    let alike = |ty: &Type| own.intersection(&names(ty)).count();
    let candidates = added.iter().filter(|(_, ty)| ty.kind == gone.kind);
    let best = candidates.max_by_key(|(_, ty)| alike(ty))?;
    (alike(best.1) > 0 && 2 * alike(best.1) >= own.len()).then_some(best.0)
}

/// What a type may lie in, and whether it is a border.
fn containers(name: &str, old: (&Side<'_>, &Type), new: (&Side<'_>, &Type), declared: &mut Declared) {
    let named = |(side, ty): (&Side<'_>, &Type)| -> BTreeSet<String> {
        let model = side.table.model();
        ty.containers
            .iter()
            .map(|&container| model.ty(container).name.clone())
            .collect()
    };
    let (before, after) = (named(old), named(new));
    let mut words = Vec::new();
    if old.1.kind != new.1.kind {
        words.push(format!("now {}, no longer {}", kind(new.1.kind), kind(old.1.kind)));
    }
    let list = |names: Vec<&String>| {
        names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (added, removed) = (
        after.difference(&before).collect::<Vec<_>>(),
        before.difference(&after).collect::<Vec<_>>(),
    );
    if !added.is_empty() {
        words.push(format!("may now lie in {}", list(added)));
    }
    if !removed.is_empty() {
        words.push(format!("no longer lies in {}", list(removed)));
    }
    if words.is_empty() {
        return;
    }
    let title = format!("where `{name}` lies changed");
    let mut edit = on_type(Kind::Containment, title, old.0.sources, Some(old.1), Some(new.1));
    edit.words = words;
    declared.push(Subject::Containers(name.to_owned()), edit);
}

const fn kind(kind: TypeKind) -> &'static str {
    match kind {
        TypeKind::Account => "an account",
        TypeKind::Unit => "a unit",
        TypeKind::Resource => "a resource",
        TypeKind::Principal => "a principal",
    }
}

/// Actions and fields.
fn members(name: &str, old: (&Side<'_>, &Type), new: (&Side<'_>, &Type), declared: &mut Declared) {
    fn listed(ty: &Type) -> impl Iterator<Item = (&str, (&'static str, Span))> {
        let actions = ty.actions.iter().map(|it| (it.name.as_str(), ("action", it.span)));
        actions.chain(ty.fields.iter().map(|it| (it.name.as_str(), ("field", it.span))))
    }
    let (removed, added, _) = paired(listed(old.1), listed(new.1));
    for (member, (word, span)) in removed {
        let title = format!("the {word} `{member}` of `{name}` is removed");
        let edit = cause(Kind::Action, title, old.0.sources, Some(span), None);
        declared.push(Subject::Member(name.to_owned(), member.to_owned()), edit);
    }
    for (member, (word, span)) in added {
        let title = format!("the {word} `{member}` of `{name}` is new");
        let edit = cause(Kind::Action, title, new.0.sources, None, Some(span));
        declared.push(Subject::Member(name.to_owned(), member.to_owned()), edit);
    }
    let creating = |ty: &Type| {
        ty.actions
            .iter()
            .map(|it| (it.name.clone(), it.creating, it.span))
            .collect::<Vec<_>>()
    };
    for (action, before, span) in creating(old.1) {
        let now = creating(new.1)
            .into_iter()
            .find(|(name, now, _)| *name == action && *now != before);
        if let Some((_, now, new_span)) = now {
            let word = if now { "creates now" } else { "creates no longer" };
            let title = format!("the action `{action}` of `{name}` {word}");
            let edit = cause(Kind::Action, title, old.0.sources, Some(span), Some(new_span));
            declared.push(Subject::Member(name.to_owned(), action), edit);
        }
    }
}

fn implications(name: &str, old: (&Side<'_>, &Type), new: (&Side<'_>, &Type), declared: &mut Declared) {
    let pairs = |ty: &Type| -> Vec<(String, Span)> {
        let action = |ix: usize| ty.actions[ix].name.as_str();
        let implies = ty.implies.iter();
        implies
            .map(|&(a, b, span)| (format!("{} implies {}", action(a), action(b)), span))
            .collect()
    };
    let (before, after) = (pairs(old.1), pairs(new.1));
    let names = |pairs: &'_ [(String, Span)]| pairs.iter().map(|(text, _)| text.clone()).collect::<BTreeSet<_>>();
    if names(&before) == names(&after) {
        return;
    }
    let only = |some: &[(String, Span)], others: &[(String, Span)]| -> Vec<(String, Span)> {
        let known = names(others);
        some.iter().filter(|(text, _)| !known.contains(text)).cloned().collect()
    };
    let (gone, fresh) = (only(&before, &after), only(&after, &before));
    let spot = |list: &[(String, Span)]| list.first().map(|(_, span)| *span);
    let mut edit = cause(
        Kind::Implication,
        format!("what actions of `{name}` imply changed"),
        old.0.sources,
        spot(&gone),
        spot(&fresh),
    );
    edit.words
        .extend(gone.iter().map(|(text, _)| format!("no longer `{text}`")));
    edit.words.extend(fresh.iter().map(|(text, _)| format!("now `{text}`")));
    declared.push(Subject::Implies(name.to_owned()), edit);
}

/// The attributes of types and of the request.
fn attributes(old: &Side<'_>, new: &Side<'_>, declared: &mut Declared) {
    let (before, after) = (stated(old), stated(new));
    let (removed, added, both) = paired(
        before.iter().map(|(name, it, span)| (name.as_str(), (*it, *span))),
        after.iter().map(|(name, it, span)| (name.as_str(), (*it, *span))),
    );
    for (name, (it, span)) in removed {
        let edit = cause(
            Kind::Attribute,
            format!("the attribute `{name}` is removed"),
            old.sources,
            Some(span),
            None,
        );
        declared.push(subject(name, it), edit);
    }
    for (name, (it, span)) in added {
        let edit = cause(
            Kind::Attribute,
            format!("the attribute `{name}` is new"),
            new.sources,
            None,
            Some(span),
        );
        declared.push(subject(name, it), edit);
    }
    for (name, a, b) in both {
        attribute(name, a, b, old.sources, declared);
    }
}

/// An attribute of both policies.
fn attribute(
    name: &str,
    (a, a_span): (&ast::Attribute, Span),
    (b, b_span): (&ast::Attribute, Span),
    sources: &Sources,
    declared: &mut Declared,
) {
    let what = match () {
        () if a.ty != b.ty => "the type of the attribute",
        () if a.default != b.default => "the default of the attribute",
        () if a.field != b.field => "the field of the attribute",
        () => return,
    };
    let title = format!("{what} `{name}` changed");
    let edit = cause(Kind::Attribute, title, sources, Some(a_span), Some(b_span));
    declared.push(subject(name, a), edit);
}

/// Users are a type like any other, though their declaration does not name it.
fn subject(name: &str, it: &ast::Attribute) -> Subject {
    let of_users = name.strip_prefix("user.").map(|attribute| format!("User.{attribute}"));
    Subject::Attribute(it.name.text.clone(), of_users.unwrap_or_else(|| name.to_owned()))
}

/// `Entity.legal`, `context.ip` with what is said of them.
fn stated<'t>(side: &Side<'t>) -> Vec<(String, &'t ast::Attribute, Span)> {
    let mut list = Vec::new();
    for item in side.trees.iter().flat_map(|file| &file.items) {
        let (owners, members) = match &item.kind {
            ItemKind::NodeType(decl) => (decl.names.iter().map(|name| name.text.clone()).collect(), &decl.members),
            ItemKind::Kind(decl) => (vec![owner(&decl.kind)], &decl.members),
            _ => continue,
        };
        for member in members {
            if let MemberKind::Attribute(it) = &member.kind {
                let named = owners
                    .iter()
                    .map(|owner| (format!("{owner}.{}", it.name.text), it, it.name.span()));
                list.extend(named);
            }
        }
    }
    list
}

fn owner(kind: &ast::Kind) -> String {
    match kind {
        ast::Kind::User => "user".to_owned(),
        ast::Kind::Principal(name) => name.text.clone(),
        ast::Kind::Context => "context".to_owned(),
    }
}
