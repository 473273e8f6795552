//! The fast path: what roles, places and a look at an attribute tell about a request ([`crate::table::plain`]).
//!
//! Most decisions end here, so this is written for speed: of few holdings one line of the cache tells the stretches of
//! nodes that they enclose, roles are bits, and what most conditions ask stands beside where the target does. Where
//! something is missing or held for a time only, nothing is told (`None`), and the whole evaluation has its turn.

use super::Eval;
use super::Resource;
use super::org::{HoldingSummary, SubtreeKey};
use crate::model::value::{NodeId, Tri, UserId, Value};
use crate::model::{RoleId, TypeKind};
use crate::table::brief::bit;
use crate::table::plain::{Ask, Plain};

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FastPath {
    /// Some grant applies.
    Granted,
    /// No grant applies.
    Denied,
    /// None of the rules applies that are looked at here; of the others nothing is known.
    NotSo,
    /// All has to be looked at.
    Unclear,
}

impl Eval<'_> {
    /// Whether some grant applies: a role that has the permission is held above the target, within its account.
    #[inline(always)]
    pub(super) fn fast_path(&self, plain: &Plain) -> FastPath {
        if self.is_unfit() {
            return FastPath::Unclear;
        }
        let look = Look {
            eval: self,
            plain,
            start: self.request.target.start,
        };
        match look.is_granted() {
            Some(true) => FastPath::Granted,
            Some(false) if plain.is_all() && !self.has_extra() => FastPath::Denied,
            Some(false) => FastPath::NotSo,
            None => FastPath::Unclear,
        }
    }

    /// The target is an account that nobody lists, or a user.
    #[inline]
    fn is_unfit(&self) -> bool {
        let own = self.request.target.own;
        own.is_some_and(|own| !matches!(self.org.known_kind(own), Some(TypeKind::Unit | TypeKind::Resource)))
    }

    #[inline]
    fn has_extra(&self) -> bool {
        !self.org.extra.ways(self.request.permission).is_empty()
    }
}

/// A request looked at plainly.
#[derive(Clone, Copy)]
struct Look<'l> {
    eval: &'l Eval<'l>,
    plain: &'l Plain,
    start: NodeId,
}

impl<'l> Look<'l> {
    #[inline(always)]
    fn is_granted(self) -> Option<bool> {
        if self.one_holds(self.plain.public())? {
            return Some(true);
        }
        let Some(user) = self.eval.request.user else {
            return Some(false);
        };
        let summary = self.eval.org.holding_summary(user);
        match summary.few() {
            Some(keys) => self.one_gives(keys),
            None => self.one_above_gives(user, summary),
        }
    }

    /// Each of few holdings is looked at.
    #[inline(always)]
    fn one_gives(self, keys: &[SubtreeKey]) -> Option<bool> {
        let spot = self.eval.org.spot(self.start);
        for key in keys {
            if key.is_around(spot) && self.gives(key.role(), key.is_always())? {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Of many holdings those are, which are at the target or at what encloses it, up to its account.
    #[inline(always)]
    fn one_above_gives(self, user: UserId, summary: &HoldingSummary) -> Option<bool> {
        let entries = self.eval.org.entries(user);
        for node in self.eval.org.chain_in_account(self.start) {
            if !summary.has_bit_of(node) {
                continue;
            }
            let first = entries.partition_point(|entry| entry.node < node);
            for entry in &entries[first..] {
                if entry.node != node {
                    break;
                }
                if self.gives(entry.role, entry.is_always())? {
                    return Some(true);
                }
            }
        }
        Some(false)
    }

    /// A role of which nothing is known gives nothing; of a holding with a window nothing is told.
    #[inline(always)]
    fn gives(self, role: RoleId, always: bool) -> Option<bool> {
        if !self.plain.knows(role) {
            return Some(false);
        }
        if !always {
            return None;
        }
        match self.plain.has(role) {
            true => Some(true),
            false => self.one_holds(self.plain.asked_of(role)),
        }
    }

    /// One of the sets holds whole.
    #[inline(always)]
    fn one_holds<'s>(self, sets: impl Iterator<Item = &'s [Ask]>) -> Option<bool> {
        for set in sets {
            if self.hold(set)? {
                return Some(true);
            }
        }
        Some(false)
    }

    #[inline(always)]
    fn hold(self, set: &[Ask]) -> Option<bool> {
        for ask in set {
            if !self.answer(ask)? {
                return Some(false);
            }
        }
        Some(true)
    }

    /// One look at an attribute of the target, or of a node that it lies in.
    #[inline(always)]
    fn answer(self, ask: &Ask) -> Option<bool> {
        let Eval { org, request, .. } = *self.eval;
        match *ask {
            Ask::Related(slot) => match request.user {
                Some(user) => self.is_plainly_in(user, self.own(slot)?),
                None => Some(false),
            },
            Ask::Brief(ref test) => {
                let listed = request.target.resource == Resource::Node(self.start);
                org.spot(self.start).brief().passes(test).filter(|_| listed)
            }
            Ask::Among { near, slot, values } => {
                let value = match near {
                    Some(ty) => org.facts.node(org.near(self.start, ty)?).values.get(slot as usize)?,
                    None => self.own(slot)?,
                };
                Some(bit(*value)? & values != 0)
            }
        }
    }

    /// A value of the target, if that is a listed node of the type that is asked about.
    #[inline(always)]
    fn own(self, slot: u32) -> Option<&'l Value> {
        let Eval { org, request, .. } = *self.eval;
        let node = org.facts.node(self.start);
        let fits = request.target.resource == Resource::Node(self.start) && self.plain.asks_about() == Some(node.ty);
        node.values.get(slot as usize).filter(|_| fits)
    }

    /// The user is the value, or is in it.
    #[inline(always)]
    fn is_plainly_in(self, user: UserId, value: &Value) -> Option<bool> {
        match *value {
            Value::User(other) => Some(user == other),
            Value::Group(group) => self.eval.org.is_always_in(user, group),
            Value::Absent => Some(false),
            Value::List(_) => match self.eval.is_or_in(user, *value) {
                Tri::Unknown => None,
                truth => Some(truth == Tri::True),
            },
            _ => None,
        }
    }
}
