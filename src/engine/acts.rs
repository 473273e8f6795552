//! A deed by names, looked up: which permission, on what.

use std::borrow::Cow;

use super::object::Kind;
use super::{Error, Object, Organisation};
use crate::diagnostic::Diagnostic;
use crate::eval::{Request, Target};
use crate::model::TypeId;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{Pool, Value};
use crate::query::deed::{Act, Recipients};

/// A deed looked up.
pub(super) struct Asked<'o> {
    pub(super) act: Act,
    /// The organisation's texts and lists, and those that are said of the object.
    pub(super) pool: Cow<'o, Pool>,
}

impl Organisation {
    /// Looks a deed up.
    pub(super) fn asked(&self, action: &str, object: &Object<'_>) -> Result<Asked<'_>, Error> {
        match object.kind {
            Kind::Handed(what, _) => self.handing(action, what, object),
            Kind::Listed(_) | Kind::In(_) | Kind::Member(..) => self.ordinary(action, object),
        }
    }

    /// Something done to a thing.
    fn ordinary(&self, action: &str, object: &Object<'_>) -> Result<Asked<'_>, Error> {
        let (ty, permission) = self.permission(action, object.name)?;
        let target = self.target(object, self.is_creating(permission))?;
        self.makes_sense(permission, target)?;
        if object.recipient.is_some() {
            return Err(ill_typed(format!(
                "`{action}` hands nothing out, so it is done to nobody"
            )));
        }
        let mut pool = Cow::Borrowed(self.pool());
        let act = Act {
            permissions: vec![permission],
            targets: vec![target],
            recipients: Recipients::None,
            given: self.given(ty, object, &mut pool)?,
            taking: false,
        };
        Ok(Asked { act, pool })
    }

    /// What is said of an object that nobody lists.
    fn given(&self, ty: TypeId, object: &Object<'_>, pool: &mut Cow<'_, Pool>) -> Result<Vec<(usize, Value)>, Error> {
        let attributes = &self.model().ty(ty).attributes;
        let mut given = Vec::new();
        for (name, datum) in &object.given {
            if !matches!(object.kind, Kind::In(_)) {
                return Err(said_of_listed(name));
            }
            let slot = attributes.iter().position(|known| known.name == *name).ok_or_else(|| {
                let message = format!("`{}` has no attribute `{name}`", self.model().ty(ty).name);
                let fault = Diagnostic::error("name/unknown-attribute", message);
                fault.did_you_mean(name, attributes.iter().map(|known| known.name.as_str()))
            })?;
            if given.iter().any(|(known, _)| *known == slot) {
                return Err(Diagnostic::error("sentence/twice", format!("`{name}` is said twice")).into());
            }
            given.push((slot, self.value(datum, attributes[slot].ty, pool.to_mut())?));
        }
        Ok(given)
    }

    /// What is acted upon, looked up; the name of a field is no part of it.
    pub(super) fn target(&self, object: &Object<'_>, creating: bool) -> Result<Target, Error> {
        let name = object.name.split_once('.').map_or(object.name, |(ty, _)| ty);
        match object.kind {
            Kind::Listed(id) => Ok(Target::node(self.node(name, id)?.id)),
            Kind::Member(id, (ty, place)) => {
                let (own, place) = (self.type_named(name)?, self.node(ty, place)?.id);
                Ok(Target::user(self.listed_user(id)?, own, place))
            }
            Kind::In((ty, id)) => {
                let (own, container) = (self.type_named(name)?, self.node(ty, id)?.id);
                Ok(match creating {
                    true => Target::created(own, container),
                    false => Target::unlisted(own, container),
                })
            }
            Kind::Handed(_, (ty, id)) => Ok(Target::node(self.node(ty, id)?.id)),
        }
    }

    fn makes_sense(&self, permission: PermId, target: Target) -> Result<(), Error> {
        let request = Request {
            user: None,
            permission,
            target,
            recipient: None,
            context: &[],
            given: &[],
            pool: self.pool(),
        };
        let sense = request.check(self.policy().table(), self.org());
        sense.map_err(|why| ill_typed(why.to_string()))
    }

    /// The type and the permission of an action on a type, or on a field of it (`Order.cost`).
    pub(super) fn permission(&self, action: &str, of: &str) -> Result<(TypeId, PermId), Error> {
        let (name, field) = match of.split_once('.') {
            Some((name, field)) => (name, Some(field)),
            None => (of, None),
        };
        let ty = self.type_named(name)?;
        let (at, field) = self.action(ty, action, field)?;
        let id = self.model().permissions.id(Permission::Act { ty, action: at, field });
        let id = id.ok_or_else(|| unknown_action(format!("`{action}` is no action on a field of `{name}`")))?;
        Ok((ty, id))
    }

    fn action(&self, ty: TypeId, action: &str, field: Option<&str>) -> Result<(usize, Option<usize>), Error> {
        let it = self.model().ty(ty);
        let at = it.actions.iter().position(|known| known.name == action);
        let at = at.ok_or_else(|| {
            let fault = unknown_action(format!("`{}` has no action `{action}`", it.name));
            fault.did_you_mean(action, it.actions.iter().map(|known| known.name.as_str()))
        })?;
        let Some(field) = field else { return Ok((at, None)) };
        let slot = it.fields.iter().position(|known| known.name == field);
        let slot = slot.ok_or_else(|| {
            let fault = Diagnostic::error("name/unknown-field", format!("`{}` has no field `{field}`", it.name));
            fault.did_you_mean(field, it.fields.iter().map(|known| known.name.as_str()))
        })?;
        Ok((at, Some(slot)))
    }

    pub(super) fn is_creating(&self, permission: PermId) -> bool {
        match self.model().permissions.get(permission) {
            Permission::Act { ty, action, .. } => self.model().ty(ty).actions[action].creating,
            _ => false,
        }
    }
}

pub(super) fn ill_typed(message: impl Into<String>) -> Error {
    Diagnostic::error("request/ill-typed", message).into()
}

fn said_of_listed(name: &str) -> Error {
    let message = format!("`{name}` cannot be supposed of something that the organisation lists");
    let fault = Diagnostic::error("request/ill-typed", message);
    fault.help("only `Object::within` takes attributes").into()
}

pub(super) fn unknown_action(message: String) -> Diagnostic {
    Diagnostic::error("name/unknown-action", message)
}
