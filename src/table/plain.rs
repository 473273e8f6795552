//! The fast path of a row: ways that roles and places settle, with no more than a look at an attribute or two.
//!
//! A decision walks what a user holds once. A role that has the permission outright ends it; one that has it under plain
//! conditions is asked these, each one load and a test of a bit, or whether the user is, or is in, what an attribute of
//! the target names. What cannot be said so briefly is left to the whole evaluation ([`Plain::rest`]); so is a value
//! that is missing.

use smallvec::SmallVec;

use crate::model::permission::{PermId, Permission};
use crate::model::value::{Scalar, Value};
use crate::model::{AttrName, Effect, Expr, Model, Operand, Path, Reach, RoleId, Root, Rule, TestKind, TypeId, Who};
use crate::syntax::ast::Op;

use super::brief::{Briefs, Test, bit};
use super::{Needs, Way, needs};

/// The ways of granting that are settled first, as the fast path asks for them.
#[derive(Debug, Clone, Default)]
pub struct Plain {
    /// Roles that have the permission on no condition, wherever what is held reaches below.
    outright: Roles,
    /// These, and those that have it under plain conditions.
    known: Roles,
    /// Ways with plain conditions, sorted by role.
    asked: Vec<(RoleId, Asks)>,
    /// The same for everybody, also without signing in.
    public: Vec<Asks>,
    /// Of what type the targets are, where something is asked.
    ty: Option<TypeId>,
    /// The other ways in which the permission is granted.
    rest: Vec<Way>,
    needs: Needs,
}

/// What must hold together.
pub type Asks = SmallVec<[Ask; 2]>;

/// One look at an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// The user is, or is in, what the target's attribute in this slot names.
    Related(u32),
    /// A truth or a value of an enumeration, which the target tells in brief.
    Brief(Test),
    /// The same where it does not: the value is one of those whose bits are set.
    Among {
        /// On the nearest node of this type; `None` for the target itself.
        near: Option<TypeId>,
        /// The slot of the attribute there.
        slot: u32,
        /// A bit for each value.
        values: u64,
    },
}

impl Plain {
    pub(super) fn of(id: PermId, grants: &[Way], model: &Model, briefs: &Briefs) -> Self {
        let mut plain = Self::default();
        for way in grants {
            if !plain.takes(id, way, model, briefs) {
                plain.rest.push(*way);
            }
        }
        plain.needs = needs(&plain.rest, model);
        plain
    }

    /// True if the way is settled here, and nowhere else.
    fn takes(&mut self, id: PermId, way: &Way, model: &Model, briefs: &Briefs) -> bool {
        let rule = model.rule(way.rule);
        let Some(sets) = conditions(id, rule, model, briefs) else {
            return false;
        };
        if sets.iter().any(|set| !set.is_empty()) {
            self.ty = target(id, model);
        }
        match way.role {
            None if rule.who == Who::Anyone && rule.relation.is_empty() => self.public.extend(sets),
            Some(role) if !model.role(role).is_derived() => sets.into_iter().for_each(|set| self.enter(role, set)),
            _ => return false,
        }
        // A rule that names an account reaches across one border too, which is not looked at here.
        rule.named.is_empty()
    }

    fn enter(&mut self, role: RoleId, set: Asks) {
        self.known.enter(role);
        if set.is_empty() {
            self.outright.enter(role);
        } else if !self.asked.iter().any(|known| *known == (role, set.clone())) {
            self.asked.push((role, set));
        }
    }

    /// True if holders of the role have the permission outright.
    #[must_use]
    #[inline]
    pub fn has(&self, role: RoleId) -> bool {
        self.outright.has(role)
    }

    /// True if holders of the role have the permission outright or under plain conditions.
    #[must_use]
    #[inline]
    pub fn knows(&self, role: RoleId) -> bool {
        self.known.has(role)
    }

    /// What is asked of holders of a role: one of these sets must hold whole.
    #[inline]
    pub fn asked_of(&self, role: RoleId) -> impl Iterator<Item = &[Ask]> {
        // A few are gone through faster than half of them left aside.
        let start = match self.asked.len() {
            0..=8 => 0,
            _ => self.asked.partition_point(|(of, _)| *of < role),
        };
        let until = self.asked[start..].iter().take_while(move |(of, _)| *of <= role);
        until.filter(move |(of, _)| *of == role).map(|(_, set)| set.as_slice())
    }

    /// True if holders of one role have the permission whenever holders of another have it.
    pub(super) fn covers(&self, role: RoleId, other: RoleId) -> bool {
        let asked_too = |set| self.asked_of(role).any(|own| own == set);
        !self.knows(other) || self.has(role) || !self.has(other) && self.asked_of(other).all(asked_too)
    }

    /// What is asked of everybody: one of these sets must hold whole.
    #[inline]
    pub fn public(&self) -> impl Iterator<Item = &[Ask]> {
        self.public.iter().map(|set| set.as_slice())
    }

    /// The type of the targets of which something is asked; `None` if nothing is.
    #[must_use]
    #[inline]
    pub const fn asks_about(&self) -> Option<TypeId> {
        self.ty
    }

    /// There is no other way in which the permission is granted.
    #[must_use]
    #[inline]
    pub const fn is_all(&self) -> bool {
        self.rest.is_empty()
    }

    /// The other ways in which the permission is granted, sorted by role, with the searches that they need.
    #[must_use]
    #[inline]
    pub fn rest(&self) -> (&[Way], Needs) {
        (&self.rest, self.needs)
    }
}

/// A set of roles: a bit for each, those of the first 64 in place.
#[derive(Debug, Clone, Default)]
struct Roles {
    first: u64,
    more: Vec<u64>,
}

impl Roles {
    fn enter(&mut self, role: RoleId) {
        let bit = 1 << (role.ix() % 64);
        match (role.ix() / 64).checked_sub(1) {
            None => self.first |= bit,
            Some(word) => {
                self.more.resize(self.more.len().max(word + 1), 0);
                self.more[word] |= bit;
            }
        }
    }

    #[inline]
    fn has(&self, role: RoleId) -> bool {
        let word = match (role.ix() / 64).checked_sub(1) {
            None => self.first,
            Some(word) => self.more.get(word).copied().unwrap_or(0),
        };
        word >> (role.ix() % 64) & 1 == 1
    }
}

/// What a rule asks, in sets of which one must hold whole; `None` if it asks for more than a look at attributes.
fn conditions(id: PermId, rule: &Rule, model: &Model, briefs: &Briefs) -> Option<Vec<Asks>> {
    let plain = rule.effect == Effect::Grant && rule.reach == Reach::Below && !rule.except_self && !rule.they_have;
    if !plain || model.permissions.get(id).is_administrative() {
        return None;
    }
    let mut tests = Asks::new();
    if let Some(when) = &rule.when {
        tests.extend(asks(id, when, false, model, briefs)?);
    }
    if let Some(unless) = &rule.unless {
        tests.extend(asks(id, unless, true, model, briefs)?);
    }
    if rule.relation.is_empty() {
        return Some(vec![tests]);
    }
    let related = rule.relation.iter().map(|relation| {
        let plain = relation.at.is_none() && relation.then.is_empty();
        let slot = slot(target(id, model)?, relation.first, model).filter(|_| plain)?;
        Some([&[Ask::Related(slot)], &tests[..]].concat().into())
    });
    related.collect()
}

/// The type of the target, if that is a listed node.
pub(super) fn target(id: PermId, model: &Model) -> Option<TypeId> {
    match model.permissions.get(id) {
        Permission::Act { ty, action, .. } if !model.ty(ty).actions[action].creating => Some(ty),
        _ => None,
    }
}

/// The tests that must all hold for a condition to hold, or not to.
fn asks(id: PermId, expr: &Expr, negated: bool, model: &Model, briefs: &Briefs) -> Option<Vec<Ask>> {
    match expr {
        Expr::Not(inner) => asks(id, inner, !negated, model, briefs),
        Expr::And(parts) if !negated => each(id, parts, negated, model, briefs),
        Expr::Or(parts) if negated => each(id, parts, negated, model, briefs),
        Expr::And(_) | Expr::Or(_) => None,
        Expr::Test(test) => Some(vec![ask(id, &test.kind, negated, model, briefs)?]),
    }
}

fn each(id: PermId, parts: &[Expr], negated: bool, model: &Model, briefs: &Briefs) -> Option<Vec<Ask>> {
    let sets = parts.iter().map(|part| asks(id, part, negated, model, briefs));
    Some(sets.collect::<Option<Vec<_>>>()?.concat())
}

fn ask(id: PermId, test: &TestKind, negated: bool, model: &Model, briefs: &Briefs) -> Option<Ask> {
    let (path, wanted, inverse) = match test {
        TestKind::Truth(Operand::Path(path)) => (path, bit(Value::Bool(true))?, false),
        TestKind::Compare(Operand::Path(path), op, right, 0) => {
            let inverse = matches!(op, Op::IsNot | Op::NotIn);
            let fits = matches!(
                (op, right),
                (Op::Is | Op::IsNot, Operand::Value(_)) | (Op::In | Op::NotIn, Operand::List(_))
            );
            (path, constants(right).filter(|_| fits)?, inverse)
        }
        _ => return None,
    };
    let all = every_value(path, model)?;
    let (near, slot) = place(id, path, model)?;
    let values = match inverse == negated {
        true => wanted,
        false => all & !wanted,
    };
    let told = || briefs.test(target(id, model)?, slot, all, values);
    let brief = near.is_none().then(told).flatten();
    Some(brief.map_or(Ask::Among { near, slot, values }, Ask::Brief))
}

/// The bits of constants.
fn constants(operand: &Operand) -> Option<u64> {
    match operand {
        Operand::Value(value) => bit(*value),
        Operand::List(items) => {
            let bits: Option<Vec<u64>> = items.iter().map(constants).collect();
            Some(bits?.into_iter().fold(0, |all, bit| all | bit))
        }
        Operand::Path(_) => None,
    }
}

/// The bits of all that a path can end in.
fn every_value(path: &Path, model: &Model) -> Option<u64> {
    let count = match path.ty.of {
        Scalar::Bool => 2,
        Scalar::Enum(of) => model.enums[of.0 as usize].values.len(),
        _ => return None,
    };
    let fits = !path.ty.many && count < 64;
    fits.then(|| (1 << count) - 1)
}

/// Where a path of one step ends: on which node, in which slot.
fn place(id: PermId, path: &Path, model: &Model) -> Option<(Option<TypeId>, u32)> {
    let [step] = path.steps[..] else { return None };
    let own = target(id, model)?;
    match path.root {
        Root::Resource => Some((None, slot(own, step, model)?)),
        Root::Near(ty) if ty == own => Some((None, slot(own, step, model)?)),
        Root::Near(ty) => Some((Some(ty), slot(ty, step, model)?)),
        _ => None,
    }
}

fn slot(ty: TypeId, name: AttrName, model: &Model) -> Option<u32> {
    u32::try_from(model.slot(ty, name)?).ok()
}
