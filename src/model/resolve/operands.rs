//! Literals and paths: what a name in a condition starts from, what it ends in, and whether it is always there.

use super::Resolver;
use super::rules::Setting;
use crate::diagnostic::Diagnostic;
use crate::model::value::{AttributeType, Number, Scalar, Value, parse_date, parse_datetime, parse_network};
use crate::model::{AttrName, Path, Root, TypeId, TypeKind, USER};
use crate::syntax::ast::{self, Literal, LiteralKind, Name, Operand};

/// What a path has come to after some of its steps.
#[derive(Debug, Clone)]
enum Cursor {
    /// A node or user, of one of these types.
    Things(Vec<TypeId>),
    /// A value.
    Value(AttributeType),
}

impl Resolver<'_> {
    /// A constant of the given type; an error if the operand is none.
    pub(super) fn constant(&mut self, operand: &Operand, of: Scalar) -> Option<Value> {
        let value = match operand {
            Operand::Literal(literal) => self.literal(literal, of),
            Operand::Path(path) if path.segments.is_empty() => match self.enum_value(&path.root, of) {
                None => {
                    self.unknown_enum_value(&path.root, of);
                    return None;
                }
                some => some,
            },
            _ => None,
        };
        if value.is_none() {
            self.mismatch(operand, AttributeType::one(of));
        }
        value
    }

    /// Reports an operand that is not of the type needed.
    pub(super) fn mismatch(&mut self, operand: &Operand, wanted: AttributeType) {
        let message = format!("{} is needed here", a(&self.model.show_type(wanted)));
        let span = super::attributes::operand_span(operand);
        self.found
            .push(Diagnostic::error("type/mismatch", message).at(span, ""));
    }

    /// A literal as a value of a type; `None` if it is not of that type.
    pub(super) fn literal(&mut self, literal: &Literal, of: Scalar) -> Option<Value> {
        let text = literal.text.as_str();
        match (literal.kind, of) {
            (LiteralKind::Truth, Scalar::Bool) => Some(Value::Bool(text == "true")),
            (LiteralKind::Number, Scalar::Int) => Number::parse(text).filter(|n| n.is_whole()).map(Value::Number),
            (LiteralKind::Number, Scalar::Decimal) => Number::parse(text).map(Value::Number),
            (LiteralKind::Text, Scalar::Text) => Some(Value::Text(self.model.pool.intern(text))),
            (LiteralKind::Text, Scalar::Enum(id)) => self.enum_index(text, id.0).map(Value::Enum),
            (LiteralKind::Date, Scalar::Date | Scalar::DateTime) => parse_date(text),
            (LiteralKind::DateTime, Scalar::DateTime | Scalar::Date) => parse_datetime(text),
            (LiteralKind::Address, Scalar::Ip) if !text.contains('/') => parse_network(text).map(Value::Net),
            (LiteralKind::Address, Scalar::Network) => parse_network(text).map(Value::Net),
            _ => None,
        }
    }

    /// The type that a literal has where nothing else tells.
    pub(super) fn literal_type(literal: &Literal) -> Scalar {
        match literal.kind {
            LiteralKind::Truth => Scalar::Bool,
            LiteralKind::Number => Scalar::Decimal,
            LiteralKind::Text => Scalar::Text,
            LiteralKind::Date => Scalar::Date,
            LiteralKind::DateTime => Scalar::DateTime,
            LiteralKind::Address if literal.text.contains('/') => Scalar::Network,
            LiteralKind::Address => Scalar::Ip,
        }
    }

    fn enum_index(&self, text: &str, id: u32) -> Option<u32> {
        let values = &self.model.enums.get(id as usize)?.values;
        values
            .iter()
            .position(|v| v == text)
            .and_then(|ix| u32::try_from(ix).ok())
    }

    /// A bare word as a value of an enumeration.
    pub(super) fn enum_value(&self, name: &Name, of: Scalar) -> Option<Value> {
        match of {
            Scalar::Enum(id) => self.enum_index(&name.text, id.0).map(Value::Enum),
            _ => None,
        }
    }

    /// Reports a word that is no value of an enumeration, nor anything else.
    pub(super) fn unknown_enum_value(&mut self, name: &Name, of: Scalar) {
        let fault = match of {
            Scalar::Enum(id) => {
                let values = self.model.enums[id.0 as usize].values.clone();
                let fault = super::names::unknown("name/unknown-value", "value", name);
                let near = fault.did_you_mean(&name.text, values.iter().map(String::as_str));
                if near.help.is_some() {
                    near
                } else {
                    near.help(format!("the values are: {}", values.join(", ")))
                }
            }
            _ => {
                let message = format!("`{}` is no {}", name.text, self.model.show_type(AttributeType::one(of)));
                Diagnostic::error("type/mismatch", message).at(name.span(), "")
            }
        };
        self.found.push(fault);
    }

    /// True if a path starts from something that has a meaning here (else its first word may be an enumeration value).
    pub(super) fn is_root(&self, path: &ast::Path) -> bool {
        let word = path.root.text.as_str();
        ["resource", "user", "recipient", "here", "context", "holding"].contains(&word)
            || self.names.roots.contains_key(word)
    }

    /// Resolves a path in a condition.
    pub(super) fn path(&mut self, path: &ast::Path, setting: &Setting) -> Option<Path> {
        let (root, cursor, rest) = self.root(path, setting)?;
        let (steps, ends) = self.walk(cursor, rest)?;
        Some(Path {
            root,
            steps,
            ty: ends,
            span: path.span.0,
        })
    }

    fn root<'p>(&mut self, path: &'p ast::Path, setting: &Setting) -> Option<(Root, Cursor, &'p [Name])> {
        let name = &path.root;
        let all = &path.segments[..];
        match name.text.as_str() {
            "user" => Some((Root::User, Cursor::Things(vec![USER]), all)),
            "resource" => match setting.resource.is_empty() {
                true => self.no_root(name, "this rule has no one resource"),
                false => Some((Root::Resource, Cursor::Things(setting.resource.clone()), all)),
            },
            "recipient" if setting.recipient => Some((Root::Recipient, Cursor::Things(vec![USER]), all)),
            "recipient" => self.no_root(name, "there is a recipient in `assign` and `grant` only"),
            "here" => match setting.base {
                Some(base) => Some((Root::Here, Cursor::Things(vec![base]), all)),
                None => self.no_root(name, "`here` is the node where a role is held; this rule has no role"),
            },
            "context" => self.context_root(name, all),
            "holding" => self.holding_root(name, all, setting),
            _ => self.near_root(name, all, setting),
        }
    }

    fn no_root<T>(&mut self, name: &Name, why: &str) -> Option<T> {
        let message = format!("`{}` means nothing here", name.text);
        self.found.push(
            Diagnostic::error("path/unknown-root", message)
                .at(name.span(), "")
                .help(why),
        );
        None
    }

    fn context_root<'p>(&mut self, name: &Name, rest: &'p [Name]) -> Option<(Root, Cursor, &'p [Name])> {
        let Some((first, rest)) = rest.split_first() else {
            return self.no_root(name, "write `context.` and an attribute of the request");
        };
        let Some(slot) = self.model.context.iter().position(|a| a.name == first.text) else {
            let known: Vec<&str> = self.model.context.iter().map(|a| a.name.as_str()).collect();
            let fault = super::names::unknown("name/unknown-attribute", "attribute of the request", first);
            let fault = fault.did_you_mean(&first.text, known);
            let fault = if fault.help.is_none() {
                fault.help("declare it in `context { … }`")
            } else {
                fault
            };
            self.found.push(fault);
            return None;
        };
        Some((Root::Context(slot), Cursor::Value(self.model.context[slot].ty), rest))
    }

    fn holding_root<'p>(
        &mut self,
        name: &Name,
        rest: &'p [Name],
        setting: &Setting,
    ) -> Option<(Root, Cursor, &'p [Name])> {
        let Some((first, rest)) = rest.split_first() else {
            return self.no_root(name, "write `holding.` and a parameter of the role");
        };
        if setting.base.is_none() {
            return self.no_root(name, "this rule has no role, so there is no holding");
        }
        let key = self.attr_key(&first.text);
        if matches!(first.text.as_str(), "from" | "until") {
            let ty = AttributeType {
                of: Scalar::DateTime,
                many: false,
                optional: true,
            };
            return Some((Root::Holding(key), Cursor::Value(ty), rest));
        }
        let Some(parameter) = setting.parameters.iter().find(|p| p.key == key) else {
            let known: Vec<&str> = setting.parameters.iter().map(|p| p.name.as_str()).collect();
            let fault = super::names::unknown("name/unknown-parameter", "parameter", first);
            let fault = fault.did_you_mean(&first.text, known);
            let say = format!("declare it in the role's head: `({}: …)`", first.text);
            self.found
                .push(if fault.help.is_none() { fault.help(say) } else { fault });
            return None;
        };
        Some((Root::Holding(key), Cursor::Value(parameter.ty), rest))
    }

    fn near_root<'p>(
        &mut self,
        name: &Name,
        rest: &'p [Name],
        setting: &Setting,
    ) -> Option<(Root, Cursor, &'p [Name])> {
        let Some(&near) = self.names.roots.get(&name.text) else {
            let known: Vec<String> = self
                .names
                .roots
                .keys()
                .cloned()
                .chain(["resource", "user", "context", "here", "holding", "recipient"].map(str::to_owned))
                .collect();
            let fault = super::names::unknown("path/unknown-root", "name", name);
            self.found
                .push(fault.did_you_mean(&name.text, known.iter().map(String::as_str)));
            return None;
        };
        let absent: Vec<TypeId> = setting
            .chain
            .iter()
            .copied()
            .filter(|&from| !self.containment.always(from, &setting.via, near))
            .collect();
        if let Some(&from) = absent.first() {
            let (near, from) = (self.type_name(near).to_owned(), self.type_name(from).to_owned());
            let message = format!("`{from}` may lie in no `{near}`, so `{}` may be absent", name.text);
            let fault = Diagnostic::error("path/may-be-absent", message).at(name.span(), "");
            self.found.push(fault.help(format!(
                "write `in {near}` on the rule, or name targets that always lie in one"
            )));
            return None;
        }
        Some((Root::Near(near), Cursor::Things(vec![near]), rest))
    }

    /// Follows attributes from a node of a type.
    pub(super) fn follow(&mut self, from: TypeId, segments: &[Name]) -> Option<(Vec<AttrName>, AttributeType)> {
        self.walk(Cursor::Things(vec![from]), segments)
    }

    fn walk(&mut self, mut cursor: Cursor, segments: &[Name]) -> Option<(Vec<AttrName>, AttributeType)> {
        let mut steps = Vec::new();
        for name in segments {
            let things = self.things(cursor, name)?;
            let ty = self.step(&things, name)?;
            steps.push(self.attr_key(&name.text));
            cursor = Cursor::Value(ty);
        }
        let ends = match cursor {
            Cursor::Value(ty) => ty,
            Cursor::Things(types) => self.thing(&types),
        };
        Some((steps, ends))
    }

    /// The types that a step may start from.
    fn things(&mut self, cursor: Cursor, name: &Name) -> Option<Vec<TypeId>> {
        match cursor {
            Cursor::Things(types) => Some(types),
            Cursor::Value(AttributeType {
                of: Scalar::Node(ty) | Scalar::User(ty),
                many: false,
                ..
            }) => Some(vec![ty]),
            Cursor::Value(ty) => {
                let message = format!("`{}` cannot be asked of {}", name.text, a(&self.model.show_type(ty)));
                let fault = Diagnostic::error("path/no-attributes", message).at(name.span(), "");
                let help = "a path goes on from one node or one user; over a set write `any` or `all`";
                self.found.push(fault.help(help));
                None
            }
        }
    }

    /// The type of an attribute that all of `types` must have alike.
    fn step(&mut self, types: &[TypeId], name: &Name) -> Option<AttributeType> {
        let mut agreed: Option<(AttributeType, TypeId)> = None;
        for &ty in types {
            let found = self.attributes_of(ty, name);
            if found.is_empty() {
                self.unknown_attribute(ty, name);
                return None;
            }
            for (found, ty) in found {
                match agreed {
                    Some((first, other)) if first != found => {
                        let (left, right) = (self.type_name(other).to_owned(), self.type_name(ty).to_owned());
                        let message = format!("`{}` is not of the same type at `{left}` and `{right}`", name.text);
                        self.found
                            .push(Diagnostic::error("type/mismatch", message).at(name.span(), ""));
                        return None;
                    }
                    _ => agreed = Some((found, ty)),
                }
            }
        }
        agreed.map(|(ty, _)| ty)
    }

    /// The attribute's type; a user may be a principal of any kind, so for users that of every kind that has it.
    fn attributes_of(&self, ty: TypeId, name: &Name) -> Vec<(AttributeType, TypeId)> {
        let kinds = self
            .model
            .type_ids()
            .filter(|&other| other == ty || (ty == USER && self.model.ty(other).kind == TypeKind::Principal));
        let of = |ty: TypeId| {
            let mut attributes = self.model.ty(ty).attributes.iter();
            Some((attributes.find(|a| a.name == name.text)?.ty, ty))
        };
        kinds.filter_map(of).collect()
    }

    /// Reports an attribute that a type does not have.
    pub(super) fn unknown_attribute(&mut self, ty: TypeId, name: &Name) {
        let declared = self.model.ty(ty);
        let message = format!("`{}` has no attribute `{}`", declared.name, name.text);
        let fault = Diagnostic::error("name/unknown-attribute", message).at(name.span(), "");
        let known = declared.attributes.iter().map(|a| a.name.as_str());
        let fault = fault.did_you_mean(&name.text, known);
        self.found.push(fault);
    }

    fn thing(&self, types: &[TypeId]) -> AttributeType {
        let first = types[0];
        let of = match self.model.ty(first).kind {
            TypeKind::Principal => Scalar::User(first),
            _ => Scalar::Node(first),
        };
        AttributeType::one(of)
    }
}

/// With its article.
fn a(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) && !noun.starts_with("us");
    format!("{} `{noun}`", if vowel { "an" } else { "a" })
}
