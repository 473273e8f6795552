//! Edits of types, users, the request, areas and role sets.

use rolebook::model::containment::Containment;
use rolebook::model::show::snake_case;
use rolebook::model::value::{AttributeType, Scalar};
use rolebook::model::{TypeId, TypeKind};
use rolebook::source::Span;
use rolebook::syntax::ast::{
    AreaDecl, Attribute, Container, ItemKind, Kind, Member, MemberKind, NodeKind, NodeTypeDecl, Operand,
};

use super::{Draft, Scene};
use crate::tape::Tape;

/// Whose a member is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Owner {
    /// Node types and kinds of principals, by name.
    Types(Vec<String>),
    Context,
}

/// An attribute in parts.
struct Parts {
    span: Span,
    owner: Owner,
    name: String,
    ty: String,
    default: Option<String>,
    field: Option<String>,
}

impl Parts {
    fn text(&self) -> String {
        let default = self.default.as_ref().map_or(String::new(), |it| format!(" = {it}"));
        let field = self.field.as_ref().map_or(String::new(), |it| format!(" in {it}"));
        format!("{}: {}{default}{field}", self.name, self.ty)
    }
}

fn operand_span(operand: &Operand) -> Span {
    match operand {
        Operand::Literal(it) => it.span.0,
        Operand::List(_, span) => span.0,
        Operand::Path(it) => it.span.0,
    }
}

impl Scene<'_> {
    fn members(&self) -> Vec<(Owner, &Member)> {
        let mut all = Vec::new();
        for item in &self.tree.items {
            let (owner, members) = match &item.kind {
                ItemKind::NodeType(it) => {
                    let names = it.names.iter().map(|name| name.text.clone());
                    (Owner::Types(names.collect()), &it.members)
                }
                ItemKind::Kind(it) => match &it.kind {
                    Kind::User => (Owner::Types(vec!["User".to_owned()]), &it.members),
                    Kind::Principal(name) => (Owner::Types(vec![name.text.clone()]), &it.members),
                    Kind::Context => (Owner::Context, &it.members),
                },
                _ => continue,
            };
            all.extend(members.iter().map(|member| (owner.clone(), member)));
        }
        all
    }

    fn parts(&self, owner: Owner, span: Span, it: &Attribute) -> Parts {
        Parts {
            span,
            owner,
            name: it.name.text.clone(),
            ty: self.snippet(it.ty.span.0).to_owned(),
            default: it.default.as_ref().map(|it| self.snippet(operand_span(it)).to_owned()),
            field: it.field.as_ref().map(|it| it.text.clone()),
        }
    }

    fn attributes(&self) -> Vec<Parts> {
        let of = |(owner, member): (Owner, &Member)| match &member.kind {
            MemberKind::Attribute(it) => Some(self.parts(owner, member.span.0, it)),
            _ => None,
        };
        self.members().into_iter().filter_map(of).collect()
    }

    /// Attributes of which the rules speak, mostly: what else is declared makes no difference.
    fn read_attributes(&self, tape: &mut Tape) -> Vec<Parts> {
        let words: Vec<&str> = self
            .draft
            .lines
            .iter()
            .flat_map(|line| line.split(|c: char| !c.is_alphanumeric()))
            .collect();
        let mut all = self.attributes();
        let is_read = |it: &Parts| words.contains(&&it.name[..]);
        if tape.chance(80) && all.iter().any(is_read) {
            all.retain(is_read);
        }
        all
    }

    fn types(&self) -> Vec<(&NodeTypeDecl, Span)> {
        let items = self.tree.items.iter();
        items
            .filter_map(|item| match &item.kind {
                ItemKind::NodeType(it) => Some((it, item.span.0)),
                _ => None,
            })
            .collect()
    }

    fn attribute(&self, parts: &Parts) -> Option<&rolebook::model::Attribute> {
        let list = match &parts.owner {
            Owner::Types(names) => &self.model.ty(self.model.type_named(names.first()?)?).attributes,
            Owner::Context => &self.model.context,
        };
        list.iter().find(|it| it.name == parts.name)
    }

    /// The paths that an attribute of a type could fall back on.
    fn paths(&self, ty: TypeId, wanted: AttributeType) -> Vec<String> {
        let graph = Containment::new(&self.model.types);
        let mut near: Vec<TypeId> = self
            .model
            .ty(ty)
            .containers
            .iter()
            .flat_map(|&at| graph.above(at))
            .collect();
        near.sort_unstable();
        near.dedup();
        let mut found = Vec::new();
        let mut from: Vec<(String, TypeId)> = near
            .into_iter()
            .map(|ty| (snake_case(&self.model.ty(ty).name), ty))
            .collect();
        for _ in 0..3 {
            let mut next = Vec::new();
            for (text, ty) in from {
                for it in &self.model.ty(ty).attributes {
                    let path = format!("{text}.{}", it.name);
                    if (it.ty.of, it.ty.many) == (wanted.of, wanted.many) {
                        found.push(path.clone());
                    }
                    match it.ty.of {
                        Scalar::Node(to) | Scalar::User(to) if !it.ty.many => next.push((path, to)),
                        _ => {}
                    }
                }
            }
            from = next;
        }
        found
    }

    /// A constant of a type.
    fn constant(&self, ty: AttributeType, tape: &mut Tape) -> Option<String> {
        let words = |all: &[&str]| all.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
        let all = match ty.of {
            Scalar::Bool => words(&["true", "false"]),
            Scalar::Int => words(&["0", "1", "2", "3"]),
            Scalar::Decimal => words(&["0", "1.5", "2"]),
            Scalar::Text => words(&["\"x\"", "\"y\""]),
            Scalar::Date => words(&["2026-01-10", "2026-01-11"]),
            Scalar::DateTime => words(&["2026-01-10T12:00Z", "2026-01-11T06:00Z"]),
            Scalar::Ip => words(&["10.0.0.1", "8.8.8.8"]),
            Scalar::Network => words(&["10.0.0.0/8", "192.168.0.0/16"]),
            Scalar::Enum(id) => self.model.enums[id.0 as usize].values.clone(),
            Scalar::User(_) | Scalar::Group | Scalar::Node(_) => return None,
        };
        let one = tape.pick(&all)?.clone();
        Some(if ty.many { format!("[{one}]") } else { one })
    }
}

/// Another default: a constant, a path, none.
pub(super) fn default(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let all = scene.read_attributes(tape);
    let it = tape.pick(&all)?;
    let ty = scene.attribute(it)?.ty;
    let owner = match &it.owner {
        Owner::Types(names) => scene.model.type_named(names.first()?),
        Owner::Context => None,
    };
    let paths = owner.map_or_else(Vec::new, |owner| scene.paths(owner, ty));
    let default = match tape.below(6) {
        0 => None,
        1 | 2 => scene.constant(ty, tape),
        _ => tape.pick(&paths).cloned().or_else(|| scene.constant(ty, tape)),
    };
    let other = Parts {
        default,
        ty: it.ty.clone(),
        name: it.name.clone(),
        field: it.field.clone(),
        owner: it.owner.clone(),
        span: it.span,
    };
    Some(scene.replaced(it.span, &other.text()))
}

/// Optional or not, one or many, or something else altogether.
pub(super) fn retype(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let mut all = scene.read_attributes(tape);
    let at = tape.below(all.len());
    let it = all.get_mut(at)?;
    it.ty = match tape.below(4) {
        0 | 1 => match it.ty.strip_suffix('?') {
            Some(plain) => plain.to_owned(),
            None => format!("{}?", it.ty),
        },
        2 => match &it.ty[..] {
            "int" => "decimal".to_owned(),
            "decimal" => "int".to_owned(),
            "user" | "user?" => "users".to_owned(),
            "users" => "user?".to_owned(),
            "date" => "datetime".to_owned(),
            "bool" => "bool?".to_owned(),
            other => other.to_owned(),
        },
        _ => tape
            .one(&["bool", "int", "user?", "users", "group", "low < middle < high"])
            .to_owned(),
    };
    if tape.chance(60) {
        it.default = None;
    }
    Some(scene.replaced(it.span, &it.text()))
}

/// Into a field, out of it, into another.
pub(super) fn field(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let mut all = scene.read_attributes(tape);
    all.retain(|it| it.owner != Owner::Context);
    let at = tape.below(all.len());
    let it = all.get_mut(at)?;
    let Owner::Types(names) = &it.owner else { return None };
    let fields = &scene.model.ty(scene.model.type_named(names.first()?)?).fields;
    let other = tape.pick(fields).map(|field| field.name.clone());
    it.field = if it.field.is_some() && tape.chance(50) {
        None
    } else {
        other
    };
    Some(scene.replaced(it.span, &it.text()))
}

/// An attribute of the name and type of another, which it may shadow; or one of a new name.
pub(super) fn new_attribute(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let all = scene.attributes();
    let model = tape.pick(&all)?;
    let (name, ty) = match tape.below(4) {
        0 => (
            "fresh".to_owned(),
            tape.one(&["bool", "bool = false", "user?", "int = 2", "users"])
                .to_owned(),
        ),
        1 => (model.name.clone(), model.ty.clone()),
        _ => {
            let relations: Vec<&Parts> = all
                .iter()
                .filter(|it| it.ty.starts_with("user") || it.ty == "group")
                .collect();
            let it = tape.pick(&relations)?;
            (it.name.clone(), it.ty.clone())
        }
    };
    // It is written before another member of some type.
    let members = scene.members();
    let (_, before) = tape.pick(&members)?;
    let mut span = before.span.0;
    span.end = span.start;
    Some(scene.replaced(span, &format!("{name}: {ty}  ")))
}

pub(super) fn drop_attribute(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let all = scene.read_attributes(tape);
    Some(scene.replaced(tape.pick(&all)?.span, ""))
}

/// A value more or less, in another order, ordered or not.
pub(super) fn values(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let mut all = scene.read_attributes(tape);
    all.retain(|it| it.ty.contains(['|', '<']));
    let at = tape.below(all.len());
    let it = all.get_mut(at)?;
    let ordered = it.ty.contains('<');
    let optional = it.ty.ends_with('?');
    let split = it.ty.trim_end_matches('?').split(['|', '<']);
    let mut values: Vec<String> = split.map(|value| value.trim().to_owned()).collect();
    let (spot, other) = (tape.below(values.len()), tape.below(values.len()));
    let mut order = ordered;
    match tape.below(6) {
        0 | 1 => values.insert(
            tape.below(values.len() + 1),
            tape.one(&["extra", "middle", "high", "other"]).to_owned(),
        ),
        2 => drop(values.remove(spot)),
        3 => values.swap(spot, other),
        4 => order = !ordered,
        _ => values[spot] = "extra".to_owned(),
    }
    let mark = if optional { "?" } else { "" };
    it.ty = values.join(if order { " < " } else { " | " }) + mark;
    if !it
        .default
        .as_ref()
        .is_none_or(|word| values.contains(word) || word.contains('.'))
    {
        it.default = values.first().cloned();
    }
    Some(scene.replaced(it.span, &it.text()))
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
