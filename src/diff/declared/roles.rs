//! Roles: added, removed, and what their heads say.

use super::{Declared, Subject, cause, line_of, paired};
use crate::diff::names::Names;
use crate::diff::texts::{alike, one_line};
use crate::diff::{Cause, Kind, Side};
use crate::model::{Attribute, DerivationTerm, Model, Role};
use crate::source::Span;
use std::collections::BTreeSet;

pub(super) fn compare(old: &Side<'_>, new: &Side<'_>, names: &Names, declared: &mut Declared) {
    let (before, after) = (full_names(old.table.model()), full_names(new.table.model()));
    let (removed, added, both) = paired(roles(&before, old), roles(&after, new));
    for (name, role) in &removed {
        let shown = names.role(name);
        let mut edit = cause(
            Kind::Role,
            format!("the role `{shown}` is removed"),
            old.sources,
            Some(role.spans[0]),
            None,
        );
        let hint = renamed(old.table.model(), role, new.table.model(), &added);
        edit.words
            .extend(hint.map(|name| format!("perhaps it is called `{name}` now; roles are paired by name alone")));
        declared.push(Subject::Role((*name).to_owned()), edit);
    }
    for (name, role) in &added {
        let title = format!("the role `{}` is new", names.role(name));
        let edit = cause(Kind::Role, title, new.sources, None, Some(role.spans[0]));
        declared.push(Subject::Role((*name).to_owned()), edit);
    }
    for (name, a, b) in both {
        let roles = Both {
            name,
            shown: names.role(name),
            old: (old, a),
            new: (new, b),
        };
        holders(&roles, declared);
        parameters(&roles, declared);
        inheritance(&roles, names, declared);
    }
}

/// A role that both policies have.
struct Both<'s> {
    name: &'s str,
    shown: String,
    old: (&'s Side<'s>, &'s Role),
    new: (&'s Side<'s>, &'s Role),
}

fn full_names(model: &Model) -> Vec<String> {
    model.role_ids().map(|id| model.full_role(id)).collect()
}

fn roles<'n>(names: &'n [String], side: &Side<'n>) -> impl Iterator<Item = (&'n str, &'n Role)> {
    names.iter().map(String::as_str).zip(&side.table.model().roles)
}

/// The new role at the type of that name whose rules concern most of what a role that is gone could do.
fn renamed<'n>(old: &Model, gone: &Role, new: &Model, added: &[(&'n str, &Role)]) -> Option<&'n str> {
    let own = powers(old, gone);
    let shared = |role: &Role| own.intersection(&powers(new, role)).count();
    let candidates = added
        .iter()
        .filter(|(_, role)| new.ty(role.ty).name == old.ty(gone.ty).name || role.name == gone.name);
    let best = candidates.max_by_key(|(_, role)| shared(role))?;
    (best.1.name == gone.name || shared(best.1) > 0 && 2 * shared(best.1) >= own.len()).then_some(best.0)
}

fn powers(model: &Model, role: &Role) -> BTreeSet<String> {
    let rules = role.rules.iter().map(|rule| model.rule(rule.rule));
    rules
        .flat_map(|rule| &rule.permissions)
        .map(|&id| model.show_permission(id))
        .collect()
}

/// The line on which a head starts.
fn line(side: &Side<'_>, head: Span) -> String {
    one_line(side.sources.snippet(line_of(head, side.sources)))
}

/// The head of a role that says something.
fn saying((side, role): (&Side<'_>, &Role), says: &str) -> Option<Span> {
    role.spans.iter().copied().find(|&head| line(side, head).contains(says))
}

/// The head of a role that reads most like a line.
fn like((side, role): (&Side<'_>, &Role), wanted: &str) -> Option<Span> {
    let score = |head: &Span| alike(wanted, &line(side, *head));
    role.spans.iter().copied().max_by_key(score)
}

impl Both<'_> {
    /// An edit of heads: those that say something, and what they read like on the other side.
    fn on_heads(&self, kind: Kind, title: String, says: &str) -> Cause {
        let (old, new) = (saying(self.old, says), saying(self.new, says));
        let spans = match (old, new) {
            (None, Some(head)) => (like(self.old, &line(self.new.0, head)), Some(head)),
            (Some(head), None) => (Some(head), like(self.new, &line(self.old.0, head))),
            (None, None) => (self.old.1.spans.first().copied(), self.new.1.spans.first().copied()),
            both => both,
        };
        cause(kind, title, self.old.0.sources, spans.0, spans.1)
    }
}

/// `default` and `for whoever`.
fn holders(role: &Both<'_>, declared: &mut Declared) {
    let (name, a, b) = (&role.shown, role.old.1, role.new.1);
    let mut note = |title: String, says: &str| {
        let edit = role.on_heads(Kind::Head, title, says);
        declared.push(Subject::Holders(role.name.to_owned()), edit);
    };
    match (a.default, b.default) {
        (false, true) => note(format!("`{name}` is held by default now"), " default"),
        (true, false) => note(format!("`{name}` is no longer held by default"), " default"),
        _ => {}
    }
    if beings(role.old.0.table.model(), a) != beings(role.new.0.table.model(), b) {
        let title = match (a.is_derived(), b.is_derived()) {
            (false, _) => format!("`{name}` is held by derivation now, no longer by hand"),
            (_, false) => format!("`{name}` is given by hand now, no longer held by derivation"),
            _ => format!("who holds `{name}` changed"),
        };
        note(title, " for whoever");
    }
}

fn beings(model: &Model, role: &Role) -> BTreeSet<String> {
    let one = |being: &DerivationTerm| match being {
        DerivationTerm::Relation(name) => format!("is {}", model.attr_names[name.0 as usize]),
        DerivationTerm::Member => "is member".to_owned(),
        DerivationTerm::Holds(roles) => {
            let roles: BTreeSet<String> = roles.iter().map(|&role| model.full_role(role)).collect();
            format!("holds {roles:?}")
        }
        DerivationTerm::Can(permissions) => {
            let named: BTreeSet<String> = permissions.iter().map(|&id| model.show_permission(id)).collect();
            format!("can {named:?}")
        }
    };
    role.derived.iter().map(one).collect()
}

/// Parameters and what they are where none is given.
fn parameters(role: &Both<'_>, declared: &mut Declared) {
    let said = |(side, role): (&Side<'_>, &Role)| -> BTreeSet<String> {
        let written = |parameter: &Attribute| {
            let span = parameter.span?;
            let rest = side.sources.text(span.file).get(span.range().start..)?;
            rest.split([',', ')']).next().map(one_line)
        };
        role.parameters.iter().filter_map(written).collect()
    };
    if said(role.old) != said(role.new) {
        let edit = role.on_heads(Kind::Head, format!("the parameters of `{}` changed", role.shown), "(");
        declared.push(Subject::Holders(role.name.to_owned()), edit);
    }
}

fn inheritance(role: &Both<'_>, names: &Names, declared: &mut Declared) {
    let parents = |(side, role): (&Side<'_>, &Role)| -> BTreeSet<String> {
        let model = side.table.model();
        role.parents
            .iter()
            .map(|&(parent, _)| model.full_role(parent))
            .collect()
    };
    let (before, after) = (parents(role.old), parents(role.new));
    let mut note = |parent: &String, title: String| {
        let says = format!(" {}", parent.rsplit('.').next().unwrap_or(parent));
        let edit = role.on_heads(Kind::Inheritance, title, &says);
        declared.push(Subject::Extends(role.name.to_owned(), parent.clone()), edit);
    };
    for parent in before.difference(&after) {
        note(
            parent,
            format!("`{}` no longer extends `{}`", role.shown, names.role(parent)),
        );
    }
    for parent in after.difference(&before) {
        note(parent, format!("`{}` extends `{}` now", role.shown, names.role(parent)));
    }
}
