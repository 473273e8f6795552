//! An organisation and requests as text: facts that rolebook reads, and sentences.

use std::fmt::Write as _;

use rolebook::eval::Resource;
use rolebook::facts::{Facts, Subject};
use rolebook::model::permission::Permission;
use rolebook::model::value::{GroupId, NodeId, Scalar, Value};
use rolebook::model::{Attribute, TypeKind};

use crate::asks::Ask;
use crate::evidence::{Seen, spaces};
use crate::shape::Bounds;
use crate::small::Small;
use crate::space::Space;

/// What was seen, as text.
pub(crate) fn seen(small: &Small, bounds: Bounds, seen: &Seen) -> String {
    let spaces = spaces(small, bounds);
    let (space, asks) = &spaces[seen.shape];
    let facts = space.facts(&seen.state);
    handed(space, &facts, &seen.state) + &case(space, &facts, &[&asks[seen.ask]])
}

/// What `u` has by data.
pub(crate) fn handed(space: &Space<'_>, facts: &Facts, state: &[usize]) -> String {
    let handed = space.handed(state).iter();
    handed.map(|it| it.show(&facts.nodes[it.node].id)).collect()
}

/// An organisation with requests.
pub(crate) fn case(space: &Space<'_>, facts: &Facts, asks: &[&Ask]) -> String {
    let mut text = String::new();
    for (section, kind) in [
        ("accounts", TypeKind::Account),
        ("units", TypeKind::Unit),
        ("resources", TypeKind::Resource),
    ] {
        let of = facts
            .node_ids()
            .filter(|&node| space.small.model().ty(facts.node(node).ty).kind == kind);
        let lines: Vec<String> = of.map(|node| show_node(space, facts, node)).collect();
        if !lines.is_empty() {
            let _ = writeln!(text, "{section}:\n{}", lines.join("\n"));
        }
    }
    text += &users(space, facts);
    for ask in asks {
        let _ = writeln!(text, "# {}", sentence(space, facts, ask));
    }
    text
}

fn show_node(space: &Space<'_>, facts: &Facts, node: NodeId) -> String {
    let model = space.small.model();
    let it = facts.node(node);
    let container = it
        .container
        .map(|at| format!(", in: {}", facts.node(at).id))
        .unwrap_or_default();
    let values = values(space, facts, &model.ty(it.ty).attributes, &it.values);
    format!("  {}: {{ is: {}{container}{values} }}", it.id, model.ty(it.ty).name)
}

fn users(space: &Space<'_>, facts: &Facts) -> String {
    let model = space.small.model();
    let mut text = "users:\n".to_owned();
    for (ix, user) in facts.users.iter().enumerate() {
        let places: Vec<&str> = user.places.iter().map(|&at| &facts.node(at).id[..]).collect();
        let own = |subject: Subject| matches!(subject, Subject::User(id) if id.0 as usize == ix);
        let roles = roles(space, facts, own);
        let values = values(space, facts, &model.ty(user.ty).attributes, &user.values);
        let _ = writeln!(
            text,
            "  {}: {{ in: [{}], roles: {{ {roles} }}{values} }}",
            user.id,
            places.join(", ")
        );
    }
    let of_group = |ix: u32| roles(space, facts, |subject| subject == Subject::Group(GroupId(ix)));
    let groups = [("g", "u", of_group(1)), ("h", "w", of_group(2))];
    for (ix, (group, member, via)) in groups.iter().filter(|(.., via)| !via.is_empty()).enumerate() {
        let heading = if ix == 0 { "groups:\n" } else { "" };
        let _ = writeln!(
            text,
            "{heading}  {group}: {{ members: [{member}], roles: {{ {via} }} }}"
        );
    }
    text
}

fn roles(space: &Space<'_>, facts: &Facts, of: impl Fn(Subject) -> bool) -> String {
    let model = space.small.model();
    let known = space.small.model().roles.len();
    let held = facts
        .holdings
        .iter()
        .filter(|it| of(it.subject()) && it.role.ix() < known);
    let mut by_role: Vec<(String, Vec<&str>)> = Vec::new();
    for it in held {
        let name = model.show_role(it.role);
        let node = &facts.node(it.node).id[..];
        match by_role.iter_mut().find(|(known, _)| *known == name) {
            Some((_, nodes)) => nodes.push(node),
            None => by_role.push((name, vec![node])),
        }
    }
    let shown = by_role
        .iter()
        .map(|(name, nodes)| format!("{name}: [{}]", nodes.join(", ")));
    shown.collect::<Vec<_>>().join(", ")
}

fn values(space: &Space<'_>, facts: &Facts, attributes: &[Attribute], values: &[Value]) -> String {
    let used = attributes
        .iter()
        .zip(values)
        .filter(|(attribute, _)| space.uses(attribute));
    let shown = used.filter_map(|(attribute, value)| {
        Some(format!(
            ", {}: {}",
            attribute.name,
            show(space, facts, attribute, *value)?
        ))
    });
    shown.collect()
}

fn show(space: &Space<'_>, facts: &Facts, attribute: &Attribute, value: Value) -> Option<String> {
    Some(match (value, attribute.ty.of) {
        (Value::Missing | Value::Absent, _) => return None,
        (Value::Bool(yes), _) => yes.to_string(),
        (Value::Number(number), _) => number.to_string(),
        (Value::Enum(nth), Scalar::Enum(of)) => space.small.model().enums[of.0 as usize].values[nth as usize].clone(),
        (Value::User(user), _) => facts.user(user).id.to_string(),
        (Value::List(list), _) => {
            let one = |value: &Value| show(space, facts, attribute, *value);
            let all: Vec<String> = space.base.pool.values(list).iter().filter_map(one).collect();
            format!("[{}]", all.join(", "))
        }
        (other, _) => format!("{other:?}"),
    })
}

/// The request as a sentence.
fn sentence(space: &Space<'_>, facts: &Facts, ask: &Ask) -> String {
    let model = space.small.model();
    let who = ask.user.map_or("anyone", |user| &facts.user(user).id);
    let at = &facts.node(ask.target.start).id;
    let shown = model.show_permission(ask.permission);
    let verb = shown.split(' ').next().unwrap_or_default();
    let field = match model.permissions.get(ask.permission) {
        Permission::Act {
            ty, field: Some(field), ..
        } => format!("{} of ", model.ty(ty).fields[field].name),
        _ => String::new(),
    };
    let what = match (ask.recipient, ask.target.resource) {
        (Some(to), _) => format!("{shown} at {at} to {}", facts.user(to).id),
        (None, Resource::Node(_)) => format!("{verb} {field}{at}"),
        (None, Resource::Unlisted(ty)) => format!("{verb} {field}{} in {at}", model.ty(ty).name),
        (None, Resource::User(user)) => format!("{verb} {field}{} in {at}", facts.user(user).id),
    };
    let given: Vec<(&Attribute, Value)> = match ask.target.resource {
        Resource::Unlisted(ty) => ask
            .given
            .iter()
            .map(|&(slot, value)| (&model.ty(ty).attributes[slot], value))
            .collect(),
        _ => Vec::new(),
    };
    let given = given
        .into_iter()
        .filter_map(|(a, value)| Some(format!("{} = {}", a.name, show(space, facts, a, value)?)));
    let context = model.context.iter().zip(&ask.context);
    let context =
        context.filter_map(|(a, value)| Some(format!("context.{} = {}", a.name, show(space, facts, a, *value)?)));
    let with: Vec<String> = given.chain(context).collect();
    let with = if with.is_empty() {
        String::new()
    } else {
        format!(" with {}", with.join(", "))
    };
    format!("{who} can {what}{with}")
}
