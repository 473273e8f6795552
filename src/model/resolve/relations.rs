//! Relations: `as creator`, `as manager+ of creator`, `as advisor of RetailAccount`.

use super::rules::Setting;
use super::{Resolver, names};
use crate::diagnostic::Diagnostic;
use crate::model::value::Scalar;
use crate::model::{AttrName, Relation, TypeId, USER};
use crate::syntax::ast::{self, Link, Name, Step, Targets};

impl Resolver<'_> {
    pub(super) fn relations(&mut self, rule: &ast::Rule, setting: &Setting) -> Vec<Relation> {
        let explicit = matches!(&rule.power.targets, Targets::List(list)
            if list.iter().all(|t| matches!(self.names.subjects.find(&t.name)[..], [names::Subject::Type(_)])));
        rule.relation
            .iter()
            .filter_map(|link| self.relation(link, setting, explicit))
            .collect()
    }

    fn relation(&mut self, link: &Link, setting: &Setting, explicit: bool) -> Option<Relation> {
        let (last, before) = link.steps.split_last()?;
        let named = match self.names.subjects.find(&last.name)[..] {
            [names::Subject::Type(ty)] if !before.is_empty() => Some(ty),
            _ => None,
        };
        let (first, then) = match named {
            Some(_) => before.split_last()?,
            None => (last, before),
        };
        if first.plus {
            let fault = Diagnostic::error("relation/plus", "`+` follows a relation between users");
            self.found
                .push(fault.at(first.name.span(), "").help("as in `manager+ of creator`"));
        }
        match named {
            Some(ty) => self.related_at(ty, &first.name)?,
            None => self.related_outward(&first.name, setting, explicit)?,
        }
        let then: Option<Vec<(AttrName, bool)>> = then.iter().rev().map(|step| self.follow_users(step)).collect();
        Some(Relation {
            at: named,
            first: self.attr_key(&first.name.text),
            then: then?,
            span: link.span.0,
        })
    }

    fn related_at(&mut self, ty: TypeId, name: &Name) -> Option<()> {
        match self.holds_users(ty, name) {
            Some(true) => Some(()),
            Some(false) => self.no_users(ty, name),
            None => {
                self.unknown_attribute(ty, name);
                None
            }
        }
    }

    /// True if the attribute of this name holds users or a group; `None` if there is none.
    fn holds_users(&self, ty: TypeId, name: &Name) -> Option<bool> {
        let attribute = self.model.ty(ty).attributes.iter().find(|a| a.name == name.text)?;
        Some(matches!(attribute.ty.of, Scalar::User(_) | Scalar::Group))
    }

    fn no_users(&mut self, ty: TypeId, name: &Name) -> Option<()> {
        let message = format!("`{}` of `{}` holds no users", name.text, self.type_name(ty));
        self.found
            .push(Diagnostic::error("type/mismatch", message).at(name.span(), ""));
        None
    }

    /// A relation looked up on the resource, then outward: it must be found, and on one type only.
    fn related_outward(&mut self, name: &Name, setting: &Setting, explicit: bool) -> Option<()> {
        let mut found_any = false;
        let mut lacking = None;
        for &ty in &setting.resource {
            match self.holds_users(ty, name) {
                Some(true) => found_any = true,
                Some(false) => return self.no_users(ty, name),
                None => match self.related_above(ty, name)? {
                    true => found_any = true,
                    false => lacking = lacking.or(Some(ty)),
                },
            }
        }
        match lacking {
            Some(ty) if explicit || !found_any => {
                self.unknown_attribute(ty, name);
                None
            }
            _ => Some(()),
        }
    }

    fn related_above(&mut self, ty: TypeId, name: &Name) -> Option<bool> {
        let above = self.containment.above(ty);
        let having: Vec<TypeId> = above
            .into_iter()
            .filter(|&t| t != ty && self.holds_users(t, name) == Some(true))
            .collect();
        if having.len() > 1 {
            let list: Vec<String> = having.iter().map(|&t| format!("`{}`", self.type_name(t))).collect();
            let message = format!("`{}` could be that of {}", name.text, list.join(" or "));
            let fault = Diagnostic::error("relation/ambiguous", message).at(name.span(), "");
            self.found
                .push(fault.help(format!("write `{} of {}`", name.text, self.type_name(having[0]))));
            return None;
        }
        Some(!having.is_empty())
    }

    fn follow_users(&mut self, step: &Step) -> Option<(AttrName, bool)> {
        let name = &step.name;
        let found = self
            .model
            .ty(USER)
            .attributes
            .iter()
            .find(|a| a.name == name.text)
            .map(|a| a.ty);
        let Some(ty) = found else {
            self.unknown_attribute(USER, name);
            return None;
        };
        if !matches!(ty.of, Scalar::User(_) | Scalar::Group) {
            return self.no_users(USER, name).map(|()| (AttrName(0), false));
        }
        if step.plus && (ty.many || !ty.optional || ty.of == Scalar::Group) {
            let message = format!("`{}+` needs an attribute of type `user?`", name.text);
            self.found
                .push(Diagnostic::error("relation/plus", message).at(name.span(), ""));
            return None;
        }
        Some((self.attr_key(&name.text), step.plus))
    }
}
