//! Edits of attributes: of types, users and the request.

use rolebook::model::TypeId;
use rolebook::model::containment::Containment;
use rolebook::model::show::snake_case;
use rolebook::model::value::{AttributeType, Scalar};
use rolebook::source::Span;
use rolebook::syntax::ast::{Attribute, ItemKind, Kind, Member, MemberKind, Operand};

use super::{Draft, Scene};
use crate::tape::Tape;

/// Whose a member is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
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
    pub(super) fn members(&self) -> Vec<(Owner, &Member)> {
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
