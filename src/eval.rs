//! Decisions: may this user do this to that, here and now (DESIGN §5, *Decision*).
//!
//! 1. [`org::Org`] indexes an organisation once: containment as intervals, each user's holdings as a slice sorted by node.
//! 2. [`decide`] answers one [`Request`] by walking the target's few ancestors; it allocates nothing.
//! 3. [`sound`] tells which requests make sense; no other is ever allowed.
//! 4. [`candidates`] narrows reverse questions to those for whom the answer may be yes.
//! 5. [`explain::explain`] answers the same with every reason; a slow path that must agree.
//!
//! Everything is Kleene logic over [`Tri`]: an unknown never allows and always forbids.

pub mod candidates;
pub mod condition;
pub mod decision;
pub mod delegated_grants;
pub mod explain;
mod fast_path;
pub mod org;
pub mod reverse;
pub mod sound;

use crate::model::permission::PermId;
use crate::model::value::{Pool, Tri, UserId, Value};
use crate::table::Table;
use org::Org;

pub use crate::containment::{Resource, Target};
pub use sound::IllTyped;

/// One question to the evaluator. It is plain data; [`Request::check`] tells whether it makes sense.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who; `None` is a caller who is not signed in.
    pub user: Option<UserId>,
    /// What.
    pub permission: PermId,
    /// On what.
    pub target: Target,
    /// To or from whom, in administration.
    pub recipient: Option<UserId>,
    /// Attributes of the request, by slot; those beyond the end are missing.
    pub context: &'a [Value],
    /// Attributes given to a node that nobody lists, by slot.
    pub given: &'a [(usize, Value)],
    /// Strings and lists that the values above refer to; stands on the organisation's.
    pub pool: &'a Pool,
}

/// One evaluation: policy, organisation, and a request that makes sense ([`Request::check`]), which is not looked at again.
#[derive(Debug, Clone, Copy)]
pub struct Eval<'e> {
    /// The policy.
    pub table: &'e Table,
    /// The organisation.
    pub org: &'e Org<'e>,
    /// The request.
    pub request: &'e Request<'e>,
}

/// True if the request is allowed: D is true. What makes no sense ([`Request::check`]) is denied.
#[must_use]
pub fn decide(table: &Table, org: &Org<'_>, request: &Request<'_>) -> bool {
    degree(table, org, request) == Tri::True
}

/// D(u, p, r), with unknown told from false. What makes no sense ([`Request::check`]) is false.
#[must_use]
pub fn degree(table: &Table, org: &Org<'_>, request: &Request<'_>) -> Tri {
    Eval { table, org, request }.degree_if_sound()
}

/// The same for requests that this crate makes itself from parts that fit, and for what has no recipient yet.
pub(crate) mod unchecked {
    use super::{Eval, Org, Request, Table, Tri};

    /// True if D is true.
    pub(crate) fn decide(table: &Table, org: &Org<'_>, request: &Request<'_>) -> bool {
        degree(table, org, request) == Tri::True
    }

    /// D(u, p, r).
    pub(crate) fn degree(table: &Table, org: &Org<'_>, request: &Request<'_>) -> Tri {
        Eval { table, org, request }.degree()
    }
}
