//! Questions of an application, which looked every name up: decisions with reasons, who can, which.

use std::borrow::Cow;

use super::deed::Act;
use super::how_could::Budget;
use super::{Answer, Carried, Query};
use crate::diagnostic::Found;
use crate::eval::org::Org;
use crate::facts::Thing;
use crate::model::TypeId;
use crate::model::permission::PermId;
use crate::model::value::{UserId, Value};
use crate::source::{FileId, Span};
use crate::table::Table;

/// What questions are put to. They must make sense: [`Request::check`](crate::eval::Request::check).
#[derive(Debug, Clone, Copy)]
pub struct LookedUp<'a> {
    /// The policy.
    pub table: &'a Table,
    /// The organisation.
    pub org: &'a Org<'a>,
    /// What each request carries.
    pub carried: Carried<'a>,
}

impl LookedUp<'_> {
    /// The decision on an act, with reasons, which call the user by a name.
    #[must_use]
    pub fn decided(&self, user: Option<UserId>, name: &str, act: &Act) -> Answer {
        self.query(|query| Answer::Decision(query.decided_as(user, name, act)))
    }

    /// True if the user may do it; `None` is a caller who is not signed in.
    #[must_use]
    pub fn is_allowed(&self, user: Option<UserId>, act: &Act) -> bool {
        self.query(|query| query.is_allowed(user, act))
    }

    /// The users who may do it.
    #[must_use]
    pub fn who_can(&self, act: &Act) -> Vec<UserId> {
        self.query(|query| query.allowed_callers(act))
    }

    /// All of a type to which the user may do this; for an action that creates, the nodes in which.
    #[must_use]
    pub fn which(&self, user: Option<UserId>, ty: TypeId, permission: PermId, given: &[(usize, Value)]) -> Vec<Thing> {
        let things = self.query(|query| query.allowed_things(user, ty, &[permission], given));
        things.into_iter().map(|(thing, _)| thing).collect()
    }

    fn query<T>(&self, ask: impl FnOnce(&Query<'_, '_>) -> T) -> T {
        // Nothing is looked up, so nothing is reported.
        ask(&Query {
            table: self.table,
            org: Some(self.org),
            span: Span::new(FileId::GENERATED, 0, 0),
            with: &[],
            together: &[],
            context: self.carried.context.to_vec(),
            pool: Cow::Borrowed(self.carried.pool),
            budget: Budget::default(),
            found: &mut Found::default(),
        })
    }
}
