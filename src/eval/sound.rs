//! Which requests make sense for a policy and an organisation.
//!
//! A request is numbers, and a number that was meant for something else must never come out as *allowed*: what
//! [`Request::check`] refuses is denied, whatever the rules say. A decision looks first at what most requests are, a
//! permission on a listed node of its type, and only where something could come out as allowed.

use std::fmt;
use std::ptr;

use super::Eval;
use super::org::Org;
use super::{Request, Resource};
use crate::model::permission::Permission;
use crate::model::value::{AttributeType, NodeId, Scalar, UserId, Value};
use crate::model::{Attribute, TypeId, TypeKind};
use crate::table::{Row, Table};

/// Why a request makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IllTyped {
    /// The policy has no such permission.
    Permission,
    /// The organisation has no such user.
    User,
    /// The organisation has no such node.
    Node,
    /// The permission is not about such a target: it is of another type, or a new one where the permission is about one
    /// that is there, or the other way round.
    Target,
    /// Something is handed to nobody, or there is a recipient where nothing is handed.
    Recipient,
    /// The request cannot carry this value, by slot.
    Context(usize),
    /// The target cannot have this value, by slot; or it is listed, and says itself what it is.
    Given(usize),
    /// The strings and lists do not stand on the organisation's.
    Pool,
}

impl fmt::Display for IllTyped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permission => f.write_str("the policy has no such permission"),
            Self::User => f.write_str("the organisation has no such user"),
            Self::Node => f.write_str("the organisation has no such node"),
            Self::Target => f.write_str("the permission is not about such a target"),
            Self::Recipient => f.write_str("a recipient is needed where something is handed, and nowhere else"),
            Self::Context(slot) => write!(f, "the request cannot carry this value in slot {slot}"),
            Self::Given(slot) => write!(f, "the target cannot be given this value in slot {slot}"),
            Self::Pool => f.write_str("the strings and lists are not those of the organisation"),
        }
    }
}

impl std::error::Error for IllTyped {}

impl Request<'_> {
    /// Looks whether the request makes sense.
    ///
    /// # Errors
    ///
    /// What does not.
    pub fn check(&self, table: &Table, org: &Org<'_>) -> Result<(), IllTyped> {
        let permission = self.check_all_but_recipient(table, org)?;
        match permission.is_administrative() == self.recipient.is_some() {
            true => Ok(()),
            false => Err(IllTyped::Recipient),
        }
    }

    /// The same where it is still open to whom something is handed.
    pub(super) fn check_all_but_recipient(&self, table: &Table, org: &Org<'_>) -> Result<Permission, IllTyped> {
        let look = Look {
            request: self,
            table,
            org,
        };
        let permission = table.model().permissions.known(self.permission);
        let permission = permission.ok_or(IllTyped::Permission)?;
        if !look.is_node(self.target.start) {
            return Err(IllTyped::Node);
        }
        if !self.user.iter().chain(&self.recipient).all(|&user| look.is_user(user)) {
            return Err(IllTyped::User);
        }
        if !self.pool.stands_on(&org.facts.pool) {
            return Err(IllTyped::Pool);
        }
        if !look.is_target_of(permission) {
            return Err(IllTyped::Target);
        }
        look.context()?;
        look.given().map(|()| permission)
    }
}

/// A request that is looked at.
struct Look<'l> {
    request: &'l Request<'l>,
    table: &'l Table,
    org: &'l Org<'l>,
}

impl Look<'_> {
    fn is_node(&self, node: NodeId) -> bool {
        (node.0 as usize) < self.org.len()
    }

    fn is_user(&self, user: UserId) -> bool {
        (user.0 as usize) < self.org.facts.users.len()
    }

    /// A permission is about a listed node of its type, a new one that can lie where it is said to, or a user.
    fn is_target_of(&self, permission: Permission) -> bool {
        let model = self.table.model();
        match permission {
            Permission::Act { ty, action, .. } => self.is_acted_upon(ty, model.ty(ty).actions[action].creating),
            Permission::Give(role) | Permission::Take(role) => self.is_listed(|ty| ty == model.role(role).ty),
            Permission::AddMember(ty) | Permission::RemoveMember(ty) => self.is_listed(|of| of == ty),
            Permission::Grant(_) => self.is_listed(|_| true),
        }
    }

    fn is_listed(&self, fits: impl Fn(TypeId) -> bool) -> bool {
        let target = &self.request.target;
        let listed = target.resource == Resource::Node(target.start) && target.own.is_none();
        listed && fits(self.org.ty(target.start))
    }

    fn is_acted_upon(&self, ty: TypeId, creating: bool) -> bool {
        let (org, target, it) = (self.org, &self.request.target, self.table.model().ty(ty));
        match target.resource {
            Resource::Node(_) => !creating && self.is_listed(|of| of == ty),
            Resource::Unlisted(of) => {
                let lies = match it.kind {
                    // Principals lie in places, and are listed unless they are new.
                    TypeKind::Principal => creating && org.kind(target.start).is_place(),
                    _ => it.containers.contains(&org.ty(target.start)),
                };
                of == ty && lies && target.own == (!creating).then_some(ty)
            }
            Resource::User(user) => {
                let fits = self.is_user(user) && org.facts.user(user).ty == ty && target.own == Some(ty);
                fits && !creating && org.kind(target.start).is_place()
            }
        }
    }

    fn context(&self) -> Result<(), IllTyped> {
        let known = &self.table.model().context;
        let fits = |slot: usize, value| known.get(slot).is_some_and(|attribute| self.fits(value, attribute));
        let mut all = self.request.context.iter().enumerate();
        let wrong = all.find(|&(slot, &value)| !fits(slot, value));
        wrong.map_or(Ok(()), |(slot, _)| Err(IllTyped::Context(slot)))
    }

    fn given(&self) -> Result<(), IllTyped> {
        let given = self.request.given;
        let known = match self.request.target.resource {
            Resource::Unlisted(ty) => &self.table.model().ty(ty).attributes[..],
            Resource::Node(_) | Resource::User(_) => &[],
        };
        let once = |slot: usize| given.iter().filter(|(other, _)| *other == slot).count() == 1;
        let fits = |&&(slot, value): &&(usize, Value)| {
            let attribute = known.get(slot);
            once(slot) && attribute.is_some_and(|attribute| self.fits(value, attribute))
        };
        let wrong = given.iter().find(|one| !fits(one));
        wrong.map_or(Ok(()), |(slot, _)| Err(IllTyped::Given(*slot)))
    }

    /// An attribute can have a value.
    fn fits(&self, value: Value, attribute: &Attribute) -> bool {
        let AttributeType { of, many, .. } = attribute.ty;
        match value {
            Value::Missing => true,
            Value::Absent => attribute.ty.blank() == Value::Absent,
            Value::List(list) => {
                many && self
                    .request
                    .pool
                    .elements(list)
                    .is_some_and(|all| all.iter().all(|&one| self.is(one, of)))
            }
            one => !many && self.is(one, of),
        }
    }

    fn is(&self, value: Value, of: Scalar) -> bool {
        let facts = &self.org.facts;
        match (of, value) {
            (Scalar::Bool, Value::Bool(_))
            | (Scalar::Decimal, Value::Number(_))
            | (Scalar::Date, Value::Date(_))
            | (Scalar::DateTime, Value::Time(_))
            | (Scalar::Network, Value::Net(_)) => true,
            (Scalar::Int, Value::Number(number)) => number.is_whole(),
            (Scalar::Ip, Value::Net(net)) => net.is_address(),
            (Scalar::Text, Value::Text(text)) => (text.0 as usize) < self.request.pool.strings().len(),
            (Scalar::Enum(of), Value::Enum(nth)) => {
                let values = self
                    .table
                    .model()
                    .enums
                    .get(of.0 as usize)
                    .map_or(0, |it| it.values.len());
                (nth as usize) < values
            }
            (Scalar::User(ty), Value::User(user)) => self.is_user(user) && facts.user(user).ty == ty,
            (Scalar::Group, Value::Group(group)) => (group.0 as usize) < facts.groups.len(),
            (Scalar::Node(ty), Value::Node(node)) => self.is_node(node) && self.org.ty(node) == ty,
            _ => false,
        }
    }
}

impl Eval<'_> {
    /// The request makes sense.
    #[cold]
    #[inline(never)]
    pub(super) fn is_sound(&self) -> bool {
        self.request.check(self.table, self.org).is_ok()
    }

    /// It is about a listed node, by a user who is there, and carries at most the moment: whatever its numbers were meant
    /// for, they can be looked up.
    #[inline]
    pub(super) fn is_bare(&self) -> bool {
        let Request {
            user,
            target,
            recipient,
            context,
            given,
            pool,
            ..
        } = self.request;
        let listed = target.own.is_none() & (target.resource == Resource::Node(target.start));
        let is_user = |user: UserId| (user.0 as usize) < self.org.facts.users.len();
        let no_more = recipient.is_none() & given.is_empty() & (context.len() <= 1);
        listed & no_more & ptr::eq(*pool, &self.org.facts.pool) & user.is_none_or(is_user)
    }

    /// A bare request makes sense: the node is of the permission's type, and the moment is one.
    #[inline]
    pub(super) fn is_plainly_sound(&self, row: &Row) -> bool {
        let is_moment = matches!(self.request.context, [] | [Value::Time(_) | Value::Missing]);
        is_moment && row.is_about(self.org.spot(self.request.target.start).brief())
    }
}
