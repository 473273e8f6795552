//! Areas, role sets, constraints, promises.

use super::{Declared, Subject, cause, paired};
use crate::diff::texts::{alike, one_line};
use crate::diff::{Kind, Side};
use crate::source::Span;
use crate::syntax::ast::{AreaDecl, BundleDecl, Item, ItemKind};

/// Statements that share less are two statements.
const LIKENESS: usize = 50;

pub(super) fn compare(old: &Side<'_>, new: &Side<'_>, declared: &mut Declared) {
    areas(old, new, declared);
    role_sets(old, new, declared);
    statements(old, new, declared, Kind::Constraint);
    statements(old, new, declared, Kind::Promise);
}

fn items<'t>(side: &Side<'t>) -> impl Iterator<Item = &'t Item> {
    side.trees.iter().flat_map(|file| &file.items)
}

fn areas(old: &Side<'_>, new: &Side<'_>, declared: &mut Declared) {
    fn listed<'t>(side: &Side<'t>) -> impl Iterator<Item = (&'t str, &'t AreaDecl)> {
        items(side).filter_map(|item| match &item.kind {
            ItemKind::Area(area) => Some((area.name.text.as_str(), area)),
            _ => None,
        })
    }
    let (_, _, both) = paired(listed(old), listed(new));
    for (name, a, b) in both {
        if a.permissions != b.permissions {
            let title = format!("what the area `{name}` holds changed");
            let spans = (Some(a.name.span()), Some(b.name.span()));
            let edit = cause(Kind::Area, title, old.sources, spans.0, spans.1);
            declared.push(Subject::Area(name.to_owned()), edit);
        }
    }
}

fn role_sets(old: &Side<'_>, new: &Side<'_>, declared: &mut Declared) {
    fn listed<'t>(side: &Side<'t>) -> impl Iterator<Item = (&'t str, &'t BundleDecl)> {
        items(side).filter_map(|item| match &item.kind {
            ItemKind::Bundle(bundle) => Some((bundle.name.text.as_str(), bundle)),
            _ => None,
        })
    }
    let (_, _, both) = paired(listed(old), listed(new));
    for (name, a, b) in both {
        if a.roles != b.roles {
            let title = format!("what the role set `{name}` holds changed");
            let spans = (Some(a.name.span()), Some(b.name.span()));
            let edit = cause(Kind::RoleSet, title, old.sources, spans.0, spans.1);
            declared.push(Subject::RoleSet(name.to_owned()), edit);
        }
    }
}

/// Constraints or promises: those that only one policy has, paired where they are similar.
fn statements(old: &Side<'_>, new: &Side<'_>, declared: &mut Declared, kind: Kind) {
    let (word, subject) = match kind {
        Kind::Promise => ("promise", Subject::Promise),
        _ => ("constraint", Subject::Constraint),
    };
    let (gone, mut fresh) = apart(of_kind(old, kind), of_kind(new, kind));
    for item in gone {
        let line = one_line(old.sources.snippet(item.span.0));
        let score = |other: &&Item| alike(&line, &one_line(new.sources.snippet(other.span.0)));
        let best = (0..fresh.len()).max_by_key(|&ix| score(&fresh[ix]));
        let partner = best
            .filter(|&ix| score(&fresh[ix]) >= LIKENESS)
            .map(|ix| fresh.remove(ix));
        let done = if partner.is_some() { "changed" } else { "taken away" };
        declared.push(
            subject.clone(),
            statement(kind, format!("a {word} {done}"), Some(item), partner),
        );
    }
    for item in fresh {
        declared.push(
            subject.clone(),
            statement(kind, format!("a new {word}"), None, Some(item)),
        );
    }
}

fn statement(kind: Kind, title: String, old: Option<&Item>, new: Option<&Item>) -> crate::diff::Cause {
    let span = |item: &Item| -> Span { item.span.0 };
    crate::diff::Cause {
        kind,
        title,
        old: old.map(span),
        new: new.map(span),
        words: Vec::new(),
    }
}

fn of_kind<'t>(side: &Side<'t>, kind: Kind) -> Vec<&'t Item> {
    let fits = |item: &&Item| match item.kind {
        ItemKind::Each(_) | ItemKind::Also(_) | ItemKind::Exclusive(_) => kind == Kind::Constraint,
        ItemKind::Ensure(_) => kind == Kind::Promise,
        _ => false,
    };
    items(side).filter(fits).collect()
}

/// What stands in one list and not in the other, each statement counted.
fn apart<'t>(old: Vec<&'t Item>, new: Vec<&'t Item>) -> (Vec<&'t Item>, Vec<&'t Item>) {
    let mut fresh = new;
    let mut gone = Vec::new();
    for item in old {
        match fresh.iter().position(|other| other.kind == item.kind) {
            Some(ix) => _ = fresh.remove(ix),
            None => gone.push(item),
        }
    }
    (gone, fresh)
}
