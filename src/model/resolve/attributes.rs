//! Attributes of types, users and the request, parameters of roles: their types and defaults.

use super::Resolver;
use super::names::Subject;
use crate::diagnostic::Diagnostic;
use crate::model::value::{AttributeType, EnumId, Scalar};
use crate::model::{Attribute, Default, Enumeration, TypeId, TypeKind, USER};
use crate::syntax::ast::{self, AttrType, BaseType, MemberKind, Name, Operand};

/// The built-in types of attributes.
const BUILT_IN: [(&str, Scalar, bool); 11] = [
    ("bool", Scalar::Bool, false),
    ("int", Scalar::Int, false),
    ("decimal", Scalar::Decimal, false),
    ("string", Scalar::Text, false),
    ("date", Scalar::Date, false),
    ("datetime", Scalar::DateTime, false),
    ("ip", Scalar::Ip, false),
    ("network", Scalar::Network, false),
    ("user", Scalar::User(USER), false),
    ("users", Scalar::User(USER), true),
    ("group", Scalar::Group, false),
];

impl Resolver<'_> {
    /// Declares the attributes of every type and of the request, then reads defaults that are paths.
    pub(super) fn declare_attributes(&mut self) {
        let now = self.attr_key("now");
        self.model.context.push(Attribute {
            name: "now".to_owned(),
            key: now,
            ty: AttributeType::one(Scalar::DateTime),
            default: Default::None,
            field: None,
            labels: Vec::new(),
            doc: Some("the moment of the request".to_owned()),
            span: None,
        });
        let mut paths = Vec::new();
        for (ty, members) in self.bodies() {
            for member in members {
                let MemberKind::Attribute(decl) = &member.kind else {
                    continue;
                };
                let slot = self.declare_attribute(ty, decl, member.doc.clone());
                if let (Some(ty), Some(slot), Some(Operand::Path(path))) = (ty, slot, &decl.default) {
                    paths.push((ty, slot, path));
                }
            }
        }
        self.index_slots();
        for (ty, slot, path) in paths {
            self.resolve_default_path(ty, slot, path);
        }
    }

    fn declare_attribute(&mut self, ty: Option<TypeId>, decl: &ast::Attribute, doc: ast::Doc) -> Option<usize> {
        let list = ty.map_or(&self.model.context, |ty| &self.model.ty(ty).attributes);
        if let Some(known) = list.iter().find(|a| a.name == decl.name.text) {
            let first = known.span;
            self.duplicate("attribute", &decl.name.text, first, decl.name.span());
            return None;
        }
        let mut attribute = self.attribute(decl, doc)?;
        if let (Some(field), Some(ty)) = (&decl.field, ty) {
            attribute.field = self.find_field(ty, field);
        } else if let Some(field) = &decl.field {
            let fault = Diagnostic::error("attribute/no-fields", "attributes of the request stand in no field");
            self.found.push(fault.at(field.span(), ""));
        }
        let list = match ty {
            Some(ty) => &mut self.model.types[ty.ix()].attributes,
            None => &mut self.model.context,
        };
        list.push(attribute);
        Some(list.len() - 1)
    }

    /// An attribute or parameter with its type and constant default.
    pub(super) fn attribute(&mut self, decl: &ast::Attribute, doc: ast::Doc) -> Option<Attribute> {
        let ty = self.attribute_type(&decl.ty)?;
        let default = match &decl.default {
            None => Default::None,
            Some(operand) => self.constant_default(operand, ty),
        };
        Some(Attribute {
            name: decl.name.text.clone(),
            key: self.attr_key(&decl.name.text),
            ty,
            default,
            field: None,
            labels: decl.labels.clone(),
            doc,
            span: Some(decl.name.span()),
        })
    }

    fn attribute_type(&mut self, ty: &AttrType) -> Option<AttributeType> {
        let (of, many) = match &ty.base {
            BaseType::Named(name) => self.named_type(name)?,
            BaseType::Enum(values) => (self.enumeration(values, false), false),
            BaseType::Ordered(values) => (self.enumeration(values, true), false),
        };
        Some(AttributeType {
            of,
            many: many || ty.set,
            optional: ty.optional,
        })
    }

    fn named_type(&mut self, name: &Name) -> Option<(Scalar, bool)> {
        if let Some(&(_, of, many)) = BUILT_IN.iter().find(|(word, ..)| *word == name.text) {
            return Some((of, many));
        }
        match self.names.subjects.find(name)[..] {
            [Subject::Type(ty)] if self.model.ty(ty).kind == TypeKind::Principal => Some((Scalar::User(ty), false)),
            [Subject::Type(ty)] => Some((Scalar::Node(ty), false)),
            _ => {
                let known: Vec<&str> = BUILT_IN
                    .iter()
                    .map(|(word, ..)| *word)
                    .chain(self.model.types.iter().map(|t| t.name.as_str()))
                    .collect();
                let fault = super::names::unknown("name/unknown-type", "type", name).did_you_mean(&name.text, known);
                let single = "an enumeration of one value is not one: write `a | b`";
                let fault = if fault.help.is_none() {
                    fault.help(single)
                } else {
                    fault
                };
                self.found.push(fault);
                None
            }
        }
    }

    fn enumeration(&mut self, values: &[Name], ordered: bool) -> Scalar {
        for (ix, value) in values.iter().enumerate() {
            if let Some(first) = values[..ix].iter().find(|other| other.text == value.text) {
                self.duplicate("enumeration value", &value.text, Some(first.span()), value.span());
            }
        }
        let it = Enumeration {
            values: values.iter().map(|v| v.text.clone()).collect(),
            ordered,
        };
        let next = u32::try_from(self.model.enums.len()).unwrap_or(u32::MAX);
        let id = *self.enums.entry(it.clone()).or_insert(next);
        if id == next {
            self.model.enums.push(it);
        }
        Scalar::Enum(EnumId(id))
    }

    /// A default that is a constant; a path is read once all attributes are known.
    fn constant_default(&mut self, operand: &Operand, ty: AttributeType) -> Default {
        match operand {
            Operand::Path(path) if !path.segments.is_empty() => Default::None,
            Operand::Path(path) if self.enum_value(&path.root, ty.of).is_none() => {
                self.unknown_enum_value(&path.root, ty.of);
                Default::None
            }
            Operand::List(items, _) if ty.many => {
                let values: Option<Vec<_>> = items.iter().map(|item| self.constant(item, ty.of)).collect();
                let Some(values) = values else { return Default::None };
                Default::Value(self.model.pool.list(values))
            }
            _ if ty.many => {
                let fault = Diagnostic::error("type/mismatch", "the default of a set is a list");
                self.found.push(fault.at(operand_span(operand), "write `[…]`"));
                Default::None
            }
            other => self.constant(other, ty.of).map_or(Default::None, Default::Value),
        }
    }

    fn resolve_default_path(&mut self, ty: TypeId, slot: usize, path: &ast::Path) {
        if path.segments.is_empty() {
            return;
        }
        let Some(&near) = self.names.roots.get(&path.root.text) else {
            let message = format!(
                "a default is a constant or a path from an enclosing type, not from `{}`",
                path.root.text
            );
            let fault = Diagnostic::error("path/unknown-root", message).at(path.root.span(), "");
            let known: Vec<&str> = self.names.roots.keys().map(String::as_str).collect();
            self.found.push(fault.did_you_mean(&path.root.text, known));
            return;
        };
        let encloses = self
            .model
            .ty(ty)
            .containers
            .iter()
            .any(|&c| self.containment.above(c).contains(&near));
        if !encloses {
            let message = format!("`{}` never lies in `{}`", self.type_name(ty), self.type_name(near));
            self.found
                .push(Diagnostic::error("path/never-encloses", message).at(path.root.span(), ""));
            return;
        }
        let Some((steps, ends)) = self.follow(near, &path.segments) else {
            return;
        };
        let wanted = self.model.ty(ty).attributes[slot].ty;
        if (ends.of, ends.many) == (wanted.of, wanted.many) {
            self.model.types[ty.ix()].attributes[slot].default = Default::Path(near, steps);
        } else {
            let message = format!(
                "the default is {} where {} is needed",
                self.model.show_type(ends),
                self.model.show_type(wanted)
            );
            self.found
                .push(Diagnostic::error("type/mismatch", message).at(path.span.0, ""));
        }
    }

    fn index_slots(&mut self) {
        let width = self.model.attr_names.len();
        self.model.slots = self
            .model
            .types
            .iter()
            .map(|ty| {
                let mut row = vec![None; width];
                for (slot, attribute) in ty.attributes.iter().enumerate() {
                    row[attribute.key.0 as usize] = u32::try_from(slot).ok();
                }
                row
            })
            .collect();
    }
}

/// Where an operand stands.
pub(super) fn operand_span(operand: &Operand) -> crate::source::Span {
    match operand {
        Operand::Literal(literal) => literal.span.0,
        Operand::List(_, span) => span.0,
        Operand::Path(path) => path.span.0,
    }
}
