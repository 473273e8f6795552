//! What a reading of rules brings to the one walk over them.

use crate::containment::Target;
use crate::containment::forest::Forest;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, NodeId, Tri, UserId, Value, shift};
use crate::model::{AttrName, Operand, RoleId, Root, TypeId};
use crate::syntax::ast::Op;

use super::condition::{self, At, ordered};

/// What a value is, opened: a set, or one thing.
#[derive(Debug, Clone, Copy)]
pub enum Case<S> {
    /// A set.
    Set(S),
    /// A single value; absent and missing are such.
    One(Value),
}

/// Truths and values over which a rule is read.
pub trait Domain: Sized {
    /// What is asked: who, what, on what.
    type Ask;
    /// What a condition sees besides: where the role is held, and the holding.
    type Scope: Copy + Default;
    /// What a path leads to.
    type Value;
    /// A value that is a set, opened.
    type Set;
    /// How far something holds.
    type Truth;

    /// It wants to be told what is compared with what before a set is opened.
    const LOOKS_ASIDE: bool = false;

    /// Elements of the one are about to be compared with the other.
    fn aside(&mut self, _set: &Self::Value, _op: Op, _right: &Self::Value) {}

    /// A relation goes on from what a value is.
    fn goes_on(&mut self, _from: &Self::Value) {}

    /// What is settled.
    fn constant(&mut self, truth: Tri) -> Self::Truth;

    /// Each holds.
    fn all<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        one: impl FnMut(&mut Self, T) -> Self::Truth,
    ) -> Self::Truth;

    /// One holds.
    fn any<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        one: impl FnMut(&mut Self, T) -> Self::Truth,
    ) -> Self::Truth;

    /// Both hold.
    fn both(
        &mut self,
        first: impl FnOnce(&mut Self) -> Self::Truth,
        second: impl FnOnce(&mut Self) -> Self::Truth,
    ) -> Self::Truth;

    /// It does not hold.
    fn not(&mut self, inner: impl FnOnce(&mut Self) -> Self::Truth) -> Self::Truth;

    /// A value that is told.
    fn known(&mut self, value: Value) -> Self::Value;

    /// Where a path starts.
    fn root(&mut self, at: At<'_, Self>, root: Root) -> Self::Value;

    /// The nearest node of a type, from the target outward; absent where there is none.
    fn nearest(&mut self, ask: &Self::Ask, ty: TypeId) -> Self::Value;

    /// An attribute of the target, else of the first node outward that has one of that name; absent where none has.
    fn outward(&mut self, ask: &Self::Ask, name: AttrName) -> Self::Value;

    /// An attribute of what stands there.
    fn step(&mut self, ask: &Self::Ask, at: Self::Value, name: AttrName) -> Self::Value;

    /// What the test says of the value.
    fn is(&mut self, value: &Self::Value, test: impl Fn(Value) -> Tri) -> Self::Truth;

    /// What the test says of both.
    fn compare(&mut self, left: &Self::Value, right: &Self::Value, test: impl Fn(Value, Value) -> Tri) -> Self::Truth;

    /// `left op right + minutes`, for the operators that compare two single values.
    fn ordered(&mut self, left: &Self::Value, op: Op, right: &Self::Value, minutes: i64) -> Self::Truth {
        self.compare(left, right, |left, right| ordered(left, op, shift(right, minutes)))
    }

    /// The left side is one of a list.
    fn listed(&mut self, at: At<'_, Self>, left: &Self::Value, items: &[Operand]) -> Self::Truth {
        self.any(items, |domain, item| {
            let item = condition::operand(domain, at, item);
            domain.compare(left, &item, condition::equal_or_within)
        })
    }

    /// False where one of the values is nobody, else unknown where one is missing.
    fn there(&mut self, values: &[&Self::Value], then: impl FnOnce(&mut Self) -> Self::Truth) -> Self::Truth;

    /// What is true of the value, whatever it is.
    fn cases(&mut self, value: &Self::Value, one: impl FnMut(&mut Self, Case<Self::Set>) -> Self::Truth)
    -> Self::Truth;

    /// It is true of some element.
    fn any_in(&mut self, set: &Self::Set, one: impl FnMut(&mut Self, Value) -> Self::Truth) -> Self::Truth;

    /// `any SET op right`, `all SET op right`: true of some element, or of each of at least one.
    fn quantify(
        &mut self,
        set: &Self::Set,
        every: bool,
        asked: (Op, &Operand),
        one: impl FnMut(&mut Self, Value) -> Self::Truth,
    ) -> Self::Truth;

    /// The user is in the group.
    fn in_group(&mut self, user: UserId, group: GroupId) -> Self::Truth;

    /// Somebody is in the group of whom it is true.
    fn any_member(&mut self, group: GroupId, one: impl FnMut(&mut Self, UserId) -> Self::Truth) -> Self::Truth;

    /// The user is a member of the place.
    fn is_member(&mut self, user: UserId, place: NodeId) -> Self::Truth;

    /// The one node is the other, or lies in it.
    fn lies_in(&mut self, ask: &Self::Ask, inner: NodeId, outer: NodeId) -> Self::Truth;

    /// False of a caller who is not signed in.
    fn of_caller(&mut self, ask: &Self::Ask, then: impl FnOnce(&mut Self, UserId) -> Self::Truth) -> Self::Truth;

    /// `name+`: one or more steps from a user, then the rest, end at the caller.
    fn chain_up(
        &mut self,
        ask: &Self::Ask,
        from: UserId,
        name: AttrName,
        rest: &[(AttrName, bool)],
        user: UserId,
    ) -> Self::Truth;

    /// The user holds one of the roles at the target or above it, within its account.
    fn holds_above(&mut self, ask: &Self::Ask, user: UserId, roles: &[RoleId]) -> Self::Truth;

    /// The user holds one of the roles somewhere.
    fn holds_anywhere(&mut self, ask: &Self::Ask, user: UserId, roles: &[RoleId]) -> Self::Truth;

    /// The user holds one of the roles at exactly this node.
    fn holds_exactly(&mut self, user: UserId, roles: &[RoleId], node: NodeId) -> Self::Truth;

    /// What is to be done.
    fn asked(&self, ask: &Self::Ask) -> Permission;

    /// The target stands so.
    fn stands(&mut self, ask: &Self::Ask, so: impl Fn(&Forest, &Target) -> bool) -> Self::Truth;

    /// The user is a member of a place that stands so to the target.
    fn any_membership(
        &mut self,
        ask: &Self::Ask,
        user: UserId,
        so: impl Fn(&Forest, &Target, NodeId) -> bool,
    ) -> Self::Truth;

    /// What is true of whom something is handed to; unknown where nobody is named.
    fn of_recipient(&mut self, ask: &Self::Ask, then: impl Fn(&mut Self, UserId) -> Self::Truth) -> Self::Truth;

    /// Whoever it is done to, or is handed something, is not the caller.
    fn is_other(&mut self, ask: &Self::Ask) -> Self::Truth;

    /// The caller may do something else where the target lies.
    fn may_here(&mut self, ask: &Self::Ask, permission: PermId) -> Self::Truth;

    /// A user may do something else at a node: to the unlisted T in it if the node is no T.
    fn may(&mut self, user: UserId, permission: PermId, node: NodeId) -> Self::Truth;

    /// An attribute of a listed node.
    fn of_node(&mut self, node: NodeId, name: AttrName) -> Self::Value;
}
