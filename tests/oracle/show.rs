//! A failing case in words: the policy, the organisation, the request.

use std::fmt;

use rolebook::facts::{Facts, Member, Subject, Window};
use rolebook::model::Model;
use rolebook::model::value::{NodeId, Value};

use crate::agreement::Setup;
use crate::requests::Question;

pub(crate) fn setup(f: &mut fmt::Formatter<'_>, setup: &Setup) -> fmt::Result {
    writeln!(f, "\n{}\n# facts", setup.policy.text)?;
    facts(f, &setup.policy.model, &setup.facts)?;
    for (it, text) in setup.facts.grants.iter().zip(&setup.texts.grants) {
        writeln!(f, "  grant {text} at {}", setup.facts.node(it.at).id)?;
    }
    for (it, text) in setup.facts.custom.iter().zip(&setup.texts.customs) {
        writeln!(f, "  role {} at {} {text}", it.name, setup.facts.node(it.at).id)?;
    }
    if let [one] = &setup.questions[..] {
        writeln!(f, "# request\n{}", question(setup, one))?;
    }
    Ok(())
}

fn facts(f: &mut fmt::Formatter<'_>, model: &Model, facts: &Facts) -> fmt::Result {
    for node in &facts.nodes {
        let at = node.container.map_or("", |at| &facts.node(at).id);
        writeln!(
            f,
            "  {} in {at:?} {}",
            node.id,
            values(facts, &model.ty(node.ty).attributes, &node.values)
        )?;
    }
    for user in &facts.users {
        let places: Vec<&str> = user.places.iter().map(|&place| &facts.node(place).id[..]).collect();
        let ty = model.ty(user.ty);
        writeln!(
            f,
            "  {} {} in {places:?} {}",
            ty.name,
            user.id,
            values(facts, &ty.attributes, &user.values)
        )?;
    }
    for group in &facts.groups {
        let members: Vec<String> = group
            .members
            .iter()
            .map(|&member| show_member(model, facts, member))
            .collect();
        writeln!(f, "  group {} {members:?}", group.id)?;
    }
    for it in &facts.holdings {
        let role = facts.role_name(model, it.role);
        let parameters: Vec<String> = it
            .parameters()
            .iter()
            .map(|&(key, v)| format!("{}={}", model.attr_names[key.0 as usize], value(facts, v)))
            .collect();
        let to = subject(facts, it.subject());
        writeln!(
            f,
            "  {to}: {role} at {} {} {parameters:?}",
            facts.node(it.node).id,
            window(it.window())
        )?;
    }
    for it in &facts.grants {
        let to = subject(facts, it.to);
        writeln!(
            f,
            "  {to}: a single grant at {} {}",
            facts.node(it.at).id,
            window(it.window)
        )?;
    }
    Ok(())
}

fn show_member(model: &Model, facts: &Facts, member: Member) -> String {
    match member {
        Member::User(user) => facts.user(user).id.to_string(),
        Member::Group(group) => format!("group {}", facts.group(group).id),
        Member::Holders(role, node) => format!("{} at {}", facts.role_name(model, role), facts.node(node).id),
    }
}

fn subject(facts: &Facts, subject: Subject) -> String {
    match subject {
        Subject::User(user) => facts.user(user).id.to_string(),
        Subject::Group(group) => format!("group {}", facts.group(group).id),
    }
}

fn window(window: Window) -> String {
    if window == Window::ALWAYS {
        String::new()
    } else {
        format!("from {} until {}", window.from, window.until)
    }
}

fn values(facts: &Facts, attributes: &[rolebook::model::Attribute], all: &[Value]) -> String {
    let shown = attributes
        .iter()
        .zip(all)
        .map(|(attribute, &v)| format!("{}={}", attribute.name, value(facts, v)));
    shown.collect::<Vec<_>>().join(" ")
}

fn value(facts: &Facts, value: Value) -> String {
    match value {
        Value::User(user) => facts.user(user).id.to_string(),
        Value::Node(node) => facts.node(node).id.to_string(),
        Value::Group(group) => format!("group {}", facts.group(group).id),
        Value::List(list) => {
            let items = facts.pool.values(list).iter().map(|&item| self::value(facts, item));
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        Value::Text(sym) => format!("{:?}", facts.pool.text(sym)),
        other => format!("{other:?}"),
    }
}

/// `u1 can edit Paper on …`
pub(crate) fn question(setup: &Setup, question: &Question) -> String {
    let (model, facts, request) = (&setup.policy.model, &setup.facts, question.request());
    let name = |node: NodeId| &facts.node(node).id;
    let context: Vec<String> = model
        .context
        .iter()
        .zip(request.context)
        .map(|(attribute, &v)| format!("{}={}", attribute.name, value(facts, v)))
        .collect();
    format!(
        "{} can {} on {:?} (start {}), recipient {}, context {context:?}, given {:?}",
        request.user.map_or("nobody", |user| &facts.user(user).id),
        model.show_permission(request.permission),
        request.target,
        name(request.target.start),
        request.recipient.map_or("none", |user| &facts.user(user).id),
        request.given,
    )
}
