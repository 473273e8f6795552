//! A deed looked up once.

use super::{Error, Node, Organisation, User};
use crate::diagnostic::Diagnostic;
use crate::eval::{Request, Target, decide};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{UserId, Value};
use crate::model::{NOW, TypeId};

/// An action on a type in an organisation: [`Organisation::prepare`]. Its names are
/// looked up; a decision allocates only where it needs the moment of the clock.
#[derive(Clone)]
pub struct Prepared {
    organisation: Organisation,
    permission: PermId,
    is_creating: bool,
    context: Vec<Value>,
}

impl Prepared {
    pub(super) fn new(organisation: &Organisation, action: &str, object: &str) -> Result<Self, Error> {
        let (name, field) = match object.split_once('.') {
            Some((name, field)) => (name, Some(field)),
            None => (object, None),
        };
        let ty = organisation.type_named(name)?;
        let permission = named(organisation, ty, action, field)?;
        let model = organisation.policy().table().model();
        let is_creating = match model.permissions.get(permission) {
            Permission::Act { ty, action, .. } => model.ty(ty).actions[action].creating,
            _ => false,
        };
        Ok(Self {
            context: organisation.context(),
            organisation: organisation.clone(),
            permission,
            is_creating,
        })
    }

    pub(super) const fn is_creating(&self) -> bool {
        self.is_creating
    }

    /// Whether the user may do it to this node, now; what creates is asked of the node in which something is to be made.
    ///
    /// # Errors
    ///
    /// The node is not of the type, or the user or the node is of another organisation.
    pub fn allows(&self, user: User, node: Node) -> Result<bool, Error> {
        let mark = self.organisation.mark();
        if user.of != mark || node.of != mark {
            let fault = Diagnostic::error("request/ill-typed", "the user or the node is of another organisation");
            return Err(fault.into());
        }
        let model = self.organisation.policy().table().model();
        let target = match model.permissions.get(self.permission) {
            Permission::Act { ty, .. } if self.is_creating => Target::created(ty, node.id),
            _ => Target::node(node.id),
        };
        self.decide(user.id, target)
    }

    pub(super) fn decide(&self, user: UserId, target: Target) -> Result<bool, Error> {
        match self.organisation.now() {
            Value::Missing => self.decide_in(user, target, &self.context),
            now if self.context[NOW] == now => self.decide_in(user, target, &self.context),
            now => {
                let mut context = self.context.clone();
                context[NOW] = now;
                self.decide_in(user, target, &context)
            }
        }
    }

    fn decide_in(&self, user: UserId, target: Target, context: &[Value]) -> Result<bool, Error> {
        let (table, org) = (self.organisation.policy().table(), self.organisation.org());
        let request = Request {
            user: Some(user),
            permission: self.permission,
            target,
            recipient: None,
            context,
            given: &[],
            pool: &org.facts.pool,
        };
        // What makes no sense is never allowed.
        if decide(table, org, &request) {
            return Ok(true);
        }
        match request.check(table, org) {
            Ok(()) => Ok(false),
            Err(why) => Err(Diagnostic::error("request/ill-typed", why.to_string()).into()),
        }
    }
}

/// The permission of an action on a type, or on a field of it.
fn named(organisation: &Organisation, ty: TypeId, action: &str, field: Option<&str>) -> Result<PermId, Error> {
    let model = organisation.policy().table().model();
    let it = model.ty(ty);
    let at = it
        .actions
        .iter()
        .position(|known| known.name == action)
        .ok_or_else(|| {
            let fault = Diagnostic::error("name/unknown-action", format!("`{}` has no action `{action}`", it.name));
            fault.did_you_mean(action, it.actions.iter().map(|known| known.name.as_str()))
        })?;
    let field = match field {
        None => None,
        Some(field) => Some(it.fields.iter().position(|known| known.name == field).ok_or_else(|| {
            let fault = Diagnostic::error("name/unknown-field", format!("`{}` has no field `{field}`", it.name));
            fault.did_you_mean(field, it.fields.iter().map(|known| known.name.as_str()))
        })?),
    };
    let permission = Permission::Act { ty, action: at, field };
    let id = model.permissions.id(permission);
    id.ok_or_else(|| {
        let name = &it.name;
        Diagnostic::error(
            "name/unknown-action",
            format!("`{action}` is no action on a field of `{name}`"),
        )
        .into()
    })
}
