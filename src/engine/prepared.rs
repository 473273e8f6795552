//! A deed looked up once.

use super::{Error, Node, Organisation, User};
use crate::diagnostic::Diagnostic;
use crate::eval::{Request, Target, decide};
use crate::model::NOW;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{UserId, Value};

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
        let (_, permission) = organisation.permission(action, object)?;
        Ok(Self {
            context: organisation.context(),
            organisation: organisation.clone(),
            permission,
            is_creating: organisation.is_creating(permission),
        })
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

    fn decide(&self, user: Option<UserId>, target: Target) -> Result<bool, Error> {
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

    fn decide_in(&self, user: Option<UserId>, target: Target, context: &[Value]) -> Result<bool, Error> {
        let (table, org) = (self.organisation.policy().table(), self.organisation.org());
        let request = Request {
            user,
            permission: self.permission,
            target,
            recipient: None,
            context,
            given: &[],
            pool: self.organisation.pool(),
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
