//! A deed by names, looked up: which permission, on what.

use super::object::Kind;
use super::{Error, Object, Organisation};
use crate::diagnostic::Diagnostic;
use crate::eval::{Request, Target};
use crate::model::TypeId;
use crate::model::permission::{PermId, Permission};
use crate::query::deed::{Act, Recipients};

impl Organisation {
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

    /// A deed looked up.
    pub(super) fn act(&self, action: &str, object: &Object<'_>) -> Result<Act, Error> {
        let (_, permission) = self.permission(action, object.ty)?;
        let target = self.target(object, self.is_creating(permission))?;
        self.makes_sense(permission, target)?;
        Ok(Act {
            permissions: vec![permission],
            targets: vec![target],
            recipients: Recipients::None,
            given: Vec::new(),
            taking: false,
        })
    }

    fn makes_sense(&self, permission: PermId, target: Target) -> Result<(), Error> {
        let request = Request {
            user: None,
            permission,
            target,
            recipient: None,
            context: &[],
            given: &[],
            pool: &self.org().facts.pool,
        };
        let sense = request.check(self.policy().table(), self.org());
        sense.map_err(|why| Diagnostic::error("request/ill-typed", why.to_string()).into())
    }

    /// What is acted upon, looked up; the name of a field is no part of it.
    pub(super) fn target(&self, object: &Object<'_>, creating: bool) -> Result<Target, Error> {
        let name = object.ty.split_once('.').map_or(object.ty, |(ty, _)| ty);
        Ok(match object.kind {
            Kind::Listed(id) => Target::node(self.node(name, id)?.id),
            Kind::In((ty, id)) => {
                let (own, container) = (self.type_named(name)?, self.node(ty, id)?.id);
                match creating {
                    true => Target::created(own, container),
                    false => Target::unlisted(own, container),
                }
            }
            Kind::Member(id, (ty, place)) => {
                let (own, place) = (self.type_named(name)?, self.node(ty, place)?.id);
                Target::user(self.user(id)?.id, own, place)
            }
        })
    }
}

fn unknown_action(message: String) -> Diagnostic {
    Diagnostic::error("name/unknown-action", message)
}
