//! Edits of what types are, lie in and can be asked, of areas and role sets.

use rolebook::model::{TypeId, TypeKind};
use rolebook::source::Span;
use rolebook::syntax::ast::{AreaDecl, Container, ItemKind, Member, MemberKind, NodeKind, NodeTypeDecl};

use super::declared::Owner;
use super::{Draft, Scene};
use crate::tape::Tape;

impl Scene<'_> {
    fn types(&self) -> Vec<(&NodeTypeDecl, Span)> {
        let items = self.tree.items.iter();
        items
            .filter_map(|item| match &item.kind {
                ItemKind::NodeType(it) => Some((it, item.span.0)),
                _ => None,
            })
            .collect()
    }
}

/// What a type lies in: one more, or one less.
pub(super) fn container(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let all = scene.types();
    let &(it, span) = tape.pick(&all)?;
    let mut names: Vec<String> = it
        .containers
        .iter()
        .map(|container| match container {
            Container::Type(name) => name.text.clone(),
            Container::AnyAccount(_) => "any account".to_owned(),
            Container::AnyPlace(_) => "any place".to_owned(),
        })
        .collect();
    if tape.chance(50) && !names.is_empty() {
        names.remove(tape.below(names.len()));
    } else {
        let types: Vec<TypeId> = scene.model.type_ids().collect();
        let ty = scene.model.ty(tape.one(&types));
        (ty.kind != TypeKind::Principal && !names.contains(&ty.name)).then_some(())?;
        names.push(ty.name.clone());
    }
    Some(scene.replaced(head(scene, it, span), &heading(it.kind, it, &names)))
}

/// From the first word to the brace.
fn head(scene: &Scene<'_>, it: &NodeTypeDecl, item: Span) -> Span {
    let text = scene.snippet(item);
    let end = text.find('{').unwrap_or(text.len());
    debug_assert!(!it.names.is_empty());
    Span {
        end: item.start + u32::try_from(end).unwrap_or(0),
        ..item
    }
}

fn heading(kind: NodeKind, it: &NodeTypeDecl, containers: &[String]) -> String {
    let word = match kind {
        NodeKind::Account => "account",
        NodeKind::Unit => "unit",
        NodeKind::Resource => "resource",
    };
    let names: Vec<&str> = it.names.iter().map(|name| &name.text[..]).collect();
    let within = if containers.is_empty() {
        String::new()
    } else {
        format!(" in {}", containers.join(", "))
    };
    format!("{word} {}{within} ", names.join(", "))
}

/// An account becomes a unit, a unit an account or a resource.
pub(super) fn kind(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let all = scene.types();
    let &(it, span) = tape.pick(&all)?;
    let kind = match it.kind {
        NodeKind::Account | NodeKind::Resource => NodeKind::Unit,
        NodeKind::Unit => tape.one(&[NodeKind::Account, NodeKind::Account, NodeKind::Resource]),
    };
    let head = head(scene, it, span);
    let (_, rest) = scene.snippet(head).split_once(' ')?;
    let word = heading(kind, it, &[]);
    let (word, _) = word.split_once(' ')?;
    Some(scene.replaced(head, &format!("{word} {rest}")))
}

/// An ordinary action becomes a creating one, or the other way round.
pub(super) fn creating(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let members = scene.members();
    let of = |(owner, member): &(Owner, &Member)| match &member.kind {
        MemberKind::Actions { creating, actions } if *owner != Owner::Context => Some((
            member.span.0,
            *creating,
            actions.iter().map(|it| it.name.text.clone()).collect(),
        )),
        _ => None,
    };
    let lists: Vec<(Span, bool, Vec<String>)> = members.iter().filter_map(of).collect();
    let (span, was, mut actions) = tape.pick(&lists)?.clone();
    let one = actions.remove(tape.below(actions.len()));
    let word = |creating| if creating { "creating actions" } else { "actions" };
    let moved = format!("{} {one}", word(!was));
    let text = if actions.is_empty() {
        moved
    } else {
        format!("{moved}  {} {}", word(was), actions.join(", "))
    };
    Some(scene.replaced(span, &text))
}

/// An action more or less.
pub(super) fn actions(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let members = scene.members();
    let lists: Vec<&Member> = members
        .iter()
        .map(|(_, member)| *member)
        .filter(|member| matches!(member.kind, MemberKind::Actions { .. }))
        .collect();
    let it = tape.pick(&lists)?;
    changed_list(scene, it.span.0, &["view", "extra", "edit"], tape)
}

/// A field more or less.
pub(super) fn fields(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let members = scene.members();
    let lists: Vec<&Member> = members
        .iter()
        .map(|(_, member)| *member)
        .filter(|member| matches!(member.kind, MemberKind::Fields(_)))
        .collect();
    let it = tape.pick(&lists)?;
    changed_list(scene, it.span.0, &["extra"], tape)
}

/// A name more or less in a list behind some words.
fn changed_list(scene: &Scene<'_>, span: Span, more: &[&str], tape: &mut Tape) -> Option<Draft> {
    let text = scene.snippet(span);
    let mut names: Vec<&str> = text.split(", ").collect();
    if tape.chance(50) {
        names.push(tape.one(more));
    } else if names.len() > 1 {
        names.remove(1 + tape.below(names.len() - 1));
    } else {
        return None;
    }
    Some(scene.replaced(span, &names.join(", ")))
}

/// An implication more or less.
pub(super) fn implies(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let members = scene.members();
    let is_implication = |member: &Member| matches!(member.kind, MemberKind::Implies { .. });
    let stated: Vec<Span> = members
        .iter()
        .filter(|(_, member)| is_implication(member))
        .map(|(_, member)| member.span.0)
        .collect();
    if tape.chance(50) {
        return Some(scene.replaced(*tape.pick(&stated)?, ""));
    }
    let (owner, member) = tape.pick(&members)?;
    let Owner::Types(names) = owner else { return None };
    let ty = scene.model.ty(scene.model.type_named(names.first()?)?);
    let (a, b) = (tape.pick(&ty.actions)?, tape.pick(&ty.actions)?);
    let mut span = member.span.0;
    span.start = span.end;
    (a.name != b.name).then(|| scene.replaced(span, &format!("  {} implies {}", a.name, b.name)))
}

/// What an area holds.
pub(super) fn area(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let of = |item: &rolebook::syntax::ast::Item| match &item.kind {
        ItemKind::Area(AreaDecl { name, permissions, .. }) => {
            let spans: Vec<Span> = permissions
                .iter()
                .map(|it| {
                    let action = it.action.as_ref().map_or(it.target.span.0, |action| action.span());
                    action.to(it.target.span.0)
                })
                .collect();
            Some((item.span.0, name.text.clone(), spans))
        }
        _ => None,
    };
    let areas: Vec<(Span, String, Vec<Span>)> = scene.tree.items.iter().filter_map(of).collect();
    let (span, name, spans) = tape.pick(&areas)?;
    let mut parts: Vec<String> = spans.iter().map(|&span| scene.snippet(span).to_owned()).collect();
    let types: Vec<TypeId> = scene.model.type_ids().collect();
    let ty = scene.model.ty(tape.one(&types));
    match (tape.chance(50), tape.pick(&ty.actions)) {
        (true, Some(action)) if tape.chance(50) => parts.push(format!("{} {}", action.name, ty.name)),
        (true, _) => parts.push(ty.name.clone()),
        (false, _) if parts.len() > 1 => drop(parts.remove(tape.below(parts.len()))),
        (false, _) => return None,
    }
    Some(scene.replaced(*span, &format!("area {name} {{ {} }}", parts.join(", "))))
}

/// What a role set holds.
pub(super) fn role_set(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let of = |item: &rolebook::syntax::ast::Item| match &item.kind {
        ItemKind::Bundle(it) => {
            let names: Vec<String> = it
                .roles
                .iter()
                .map(|role| scene.snippet(role.span.0).to_owned())
                .collect();
            Some((item.span.0, it.name.text.clone(), names))
        }
        _ => None,
    };
    let sets: Vec<(Span, String, Vec<String>)> = scene.tree.items.iter().filter_map(of).collect();
    let (span, name, mut roles) = tape.pick(&sets)?.clone();
    if tape.chance(50) && roles.len() > 1 {
        roles.remove(tape.below(roles.len()));
    } else {
        let role = tape.pick(&scene.model.roles)?;
        (!roles.contains(&role.name)).then(|| roles.push(role.name.clone()))?;
    }
    Some(scene.replaced(span, &format!("roles {name} {{ {} }}", roles.join(", "))))
}
