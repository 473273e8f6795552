//! Formulas as the domain of proofs: what conditions and relations are in a symbolic organisation.

use super::value::{Base, Cases, known};
use super::{Asked, Meaning, Scope};
use crate::analyze::circuit::Truth;
use crate::analyze::solver::Lit;
use crate::analyze::world::{Aim, Atom, TermKind};
use crate::containment::Target;
use crate::containment::forest::Forest;
use crate::containment::reach;
use crate::meaning::condition::{self, At, equal_or_within, ordered};
use crate::meaning::rule;
use crate::meaning::{Case, Domain};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, NodeId, Tri, UserId, Value, shift};
use crate::model::{AttrName, Expr, Operand, RoleId, Root, Rule, TypeId};
use crate::syntax::ast::Op;

/// A set, element by element with what says that it is in it.
#[derive(Debug)]
pub struct Elements {
    /// The attribute that it is, if it is one of the world's.
    term: Option<usize>,
    /// The elements.
    pub(super) bits: Vec<(Value, Lit)>,
}

impl Domain for Meaning<'_, '_> {
    type Ask = Asked;
    type Scope = Scope;
    type Value = Cases;
    type Set = Elements;
    type Truth = Truth;

    fn constant(&mut self, truth: Tri) -> Truth {
        truth.into()
    }

    fn all<T>(&mut self, items: impl IntoIterator<Item = T>, mut one: impl FnMut(&mut Self, T) -> Truth) -> Truth {
        let truths: Vec<Truth> = items.into_iter().map(|item| one(self, item)).collect();
        self.world.circuit.all(truths)
    }

    fn any<T>(&mut self, items: impl IntoIterator<Item = T>, mut one: impl FnMut(&mut Self, T) -> Truth) -> Truth {
        let truths: Vec<Truth> = items.into_iter().map(|item| one(self, item)).collect();
        self.world.circuit.any(truths)
    }

    /// What can only be false needs no second.
    fn both(&mut self, first: impl FnOnce(&mut Self) -> Truth, second: impl FnOnce(&mut Self) -> Truth) -> Truth {
        match first(self) {
            Truth::FALSE => Truth::FALSE,
            first => {
                let second = second(self);
                self.world.circuit.both(first, second)
            }
        }
    }

    fn not(&mut self, inner: impl FnOnce(&mut Self) -> Truth) -> Truth {
        !inner(self)
    }

    fn known(&mut self, value: Value) -> Cases {
        known(value)
    }

    fn root(&mut self, at: At<'_, Self>, root: Root) -> Cases {
        Meaning::root(self, root, at.scope, at.ask)
    }

    fn nearest(&mut self, ask: &Asked, ty: TypeId) -> Cases {
        self.near(ask, ty, Value::Absent)
    }

    fn outward(&mut self, ask: &Asked, name: AttrName) -> Cases {
        Meaning::outward(self, name, ask)
    }

    fn step(&mut self, ask: &Asked, at: Cases, name: AttrName) -> Cases {
        Meaning::step(self, at, name, ask)
    }

    fn is(&mut self, value: &Cases, test: impl Fn(Value) -> Tri) -> Truth {
        self.test(value, test)
    }

    /// Those of one side are taken one by one; what each asks of the other is a few ranges of its values.
    fn compare(&mut self, left: &Cases, right: &Cases, test: impl Fn(Value, Value) -> Tri) -> Truth {
        let (lefts, rights) = (self.single(left), self.single(right));
        let is_shorter = lefts.len() <= rights.len();
        let (ones, others) = if is_shorter { (lefts, right) } else { (rights, left) };
        let mut cases = Vec::new();
        for (guard, one) in ones {
            let truth = match is_shorter {
                true => self.test(others, |other| test(one, other)),
                false => self.test(others, |other| test(other, one)),
            };
            cases.push((guard, truth));
        }
        self.world.circuit.choose(&cases)
    }

    fn ordered(&mut self, left: &Cases, op: Op, right: &Cases, minutes: i64) -> Truth {
        match (&left[..], &right[..]) {
            (_, &[(Lit::TRUE, Base::Value(value))]) => {
                let value = shift(value, minutes);
                let key = self.term_of(left).map(|term| (term, None, op, value));
                self.once(key, |it| it.test(left, |one| ordered(one, op, value)))
            }
            (&[(Lit::TRUE, Base::Value(value))], _) => self.test(right, |it| ordered(value, op, shift(it, minutes))),
            _ => self.compare(left, right, |l, r| ordered(l, op, shift(r, minutes))),
        }
    }

    /// Of its constants all at once, of its paths one by one.
    fn listed(&mut self, at: At<'_, Self>, left: &Cases, items: &[Operand]) -> Truth {
        let (constants, paths): (Vec<&Operand>, Vec<&Operand>) =
            items.iter().partition(|item| matches!(item, Operand::Value(_)));
        let constants: Vec<Value> = constants.into_iter().flat_map(Operand::constants).collect();
        let mut found = vec![self.one_of(left, &constants)];
        for item in paths {
            let item = condition::operand(self, at, item);
            found.push(self.compare(left, &item, equal_or_within));
        }
        self.world.circuit.any(found)
    }

    fn there(&mut self, values: &[&Cases], then: impl FnOnce(&mut Self) -> Truth) -> Truth {
        let found = then(self);
        let mut one_is = |wanted| {
            let is: Vec<Lit> = values
                .iter()
                .map(|value| self.test(value, |it| (it == wanted).into()).yes)
                .collect();
            self.world.circuit.or(is)
        };
        let (nobody, missing) = (one_is(Value::Absent), one_is(Value::Missing));
        let yes = self.world.circuit.and([found.yes, !nobody, !missing]);
        let no = self.world.circuit.and([found.no, !missing]);
        Truth {
            yes,
            no: self.world.circuit.or([nobody, no]),
        }
    }

    fn cases(&mut self, value: &Cases, mut one: impl FnMut(&mut Self, Case<Elements>) -> Truth) -> Truth {
        let mut found = Vec::new();
        let mut single = Cases::new();
        for &(guard, base) in value {
            match self.elements(base) {
                Some(elements) => found.push((guard, one(self, Case::Set(elements)))),
                None => single.push((guard, base)),
            }
        }
        for (guard, value) in self.single(&single) {
            found.push((guard, one(self, Case::One(value))));
        }
        self.world.circuit.choose(&found)
    }

    fn any_in(&mut self, set: &Elements, mut one: impl FnMut(&mut Self, Value) -> Truth) -> Truth {
        self.any(&set.bits, |it, &(value, bit)| {
            let truth = one(it, value);
            it.world.circuit.both(Truth::sure(bit), truth)
        })
    }

    fn quantify(
        &mut self,
        set: &Elements,
        every: bool,
        (op, right): (Op, &Operand),
        mut one: impl FnMut(&mut Self, Value) -> Truth,
    ) -> Truth {
        let key = match (set.term, right) {
            (Some(term), Operand::Value(value)) => Some((term, Some(every), op, *value)),
            _ => None,
        };
        self.once(key, |it| {
            if !every {
                return it.any_in(set, one);
            }
            let mut found = Vec::new();
            for &(value, bit) in &set.bits {
                let truth = one(it, value);
                found.push(it.world.circuit.any([Truth::sure(!bit), truth]));
            }
            let some = it.world.circuit.or(set.bits.iter().map(|(_, bit)| *bit));
            found.push(Truth::sure(some));
            it.world.circuit.all(found)
        })
    }

    fn in_group(&mut self, user: UserId, group: GroupId) -> Truth {
        Truth::sure(self.world.atom(Atom::InGroup(user.0, group)))
    }

    fn any_member(&mut self, group: GroupId, mut one: impl FnMut(&mut Self, UserId) -> Truth) -> Truth {
        self.any((0..self.world.users).map(UserId), |it, user| {
            let (member, truth) = (it.in_group(user, group), one(it, user));
            it.world.circuit.both(member, truth)
        })
    }

    fn is_member(&mut self, user: UserId, place: NodeId) -> Truth {
        Truth::sure(self.member(user.0, place))
    }

    fn lies_in(&mut self, ask: &Asked, inner: NodeId, outer: NodeId) -> Truth {
        Truth::sure(match inner {
            condition::UNLISTED => self.where_target(ask, |shape, target| shape.forest.lies_in(target.start, outer)),
            _ => self.world.in_shapes(|shape| shape.forest.lies_in(inner, outer)),
        })
    }

    fn of_caller(&mut self, ask: &Asked, then: impl FnOnce(&mut Self, UserId) -> Truth) -> Truth {
        let truth = then(self, UserId(ask.caller));
        let known = Truth::sure(self.signed_in(ask));
        self.world.circuit.both(known, truth)
    }

    /// Facts with circles are refused, so that there are no more steps than users. By how many steps there may be, from
    /// each user.
    fn chain_up(
        &mut self,
        ask: &Asked,
        from: UserId,
        name: AttrName,
        rest: &[(AttrName, bool)],
        user: UserId,
    ) -> Truth {
        let users = 0..self.world.users;
        let mut next = Vec::new();
        let mut there = Vec::new();
        for from in users.clone() {
            let cases = self.step_from_user(from, name);
            next.push(self.single(&cases));
            there.push(condition::followed(
                self,
                ask,
                &known(Value::User(UserId(from))),
                rest,
                user,
            ));
        }
        let mut above = vec![Truth::FALSE; next.len()];
        for _ in users {
            above = next
                .iter()
                .map(|cases| self.one_further(cases, &there, &above))
                .collect();
        }
        above[from.0 as usize]
    }

    fn holds_above(&mut self, ask: &Asked, user: UserId, roles: &[RoleId]) -> Truth {
        Meaning::holds_above(self, user.0, roles, ask)
    }

    fn holds_anywhere(&mut self, ask: &Asked, user: UserId, roles: &[RoleId]) -> Truth {
        Meaning::holds_anywhere(self, user.0, roles, ask)
    }

    fn holds_exactly(&mut self, user: UserId, roles: &[RoleId], node: NodeId) -> Truth {
        self.holds_one_exactly(user.0, roles, node)
    }

    fn asked(&self, ask: &Asked) -> Permission {
        self.model().permissions.get(ask.permission)
    }

    fn stands(&mut self, ask: &Asked, so: impl Fn(&Forest, &Target) -> bool) -> Truth {
        Truth::sure(self.where_target(ask, |shape, target| so(&shape.forest, target)))
    }

    fn any_membership(&mut self, ask: &Asked, user: UserId, so: impl Fn(&Forest, &Target, NodeId) -> bool) -> Truth {
        let mut found = Vec::new();
        for place in self.world.places() {
            let there = self.where_target(ask, |shape, target| {
                shape.present[place.0 as usize] && so(&shape.forest, target, place)
            });
            if there != Lit::FALSE {
                let member = self.member(user.0, place);
                found.push(self.world.circuit.and([there, member]));
            }
        }
        Truth::sure(self.world.circuit.or(found))
    }

    fn of_recipient(&mut self, ask: &Asked, then: impl Fn(&mut Self, UserId) -> Truth) -> Truth {
        if !ask.handed || ask.at.is_some() {
            return Truth::UNKNOWN;
        }
        let (same, other) = self.whom(ask);
        let cases = [(same, then(self, UserId(0))), (!same, then(self, UserId(other)))];
        self.world.circuit.choose(&cases)
    }

    fn is_other(&mut self, ask: &Asked) -> Truth {
        let is_about_a_user = ask.at.is_none() && (ask.handed || matches!(self.aim(ask), Aim::User(_)));
        let ((same, _), signed_in) = (self.whom(ask), self.world.signed_in);
        match is_about_a_user {
            true => Truth::sure(self.world.circuit.or([!same, !signed_in])),
            false if Domain::asked(self, ask).is_administrative() => Truth::UNKNOWN,
            // Whom nobody lists is not the caller.
            false => Truth::TRUE,
        }
    }

    fn may_here(&mut self, ask: &Asked, permission: PermId) -> Truth {
        let mut cases = Vec::new();
        for start in self.starts(ask) {
            let here = self.where_target(ask, |_, target| target.start == start);
            cases.push((here, self.could(ask.caller, permission, start)));
        }
        self.world.circuit.choose(&cases)
    }

    fn may(&mut self, user: UserId, permission: PermId, node: NodeId) -> Truth {
        self.could(user.0, permission, node)
    }

    fn of_node(&mut self, node: NodeId, name: AttrName) -> Cases {
        self.step_from_node(node, name)
    }
}

impl Meaning<'_, '_> {
    /// The truth of a condition.
    pub fn expr(&mut self, expr: &Expr, scope: Scope, asked: &Asked) -> Truth {
        condition::expr(self, At { ask: asked, scope }, expr)
    }

    /// Relation, recipient, `when` and `unless`.
    pub fn conditions(&mut self, rule: &Rule, scope: Scope, asked: &Asked) -> Truth {
        rule::conditions(self, At { ask: asked, scope }, rule)
    }

    /// Where a rule without a role reaches.
    pub fn public_reach(&mut self, rule: &Rule, asked: &Asked) -> Truth {
        rule::public_reach(self, asked, rule)
    }

    /// The nodes at which the target's chain can start.
    fn starts(&self, asked: &Asked) -> Vec<NodeId> {
        let targets = self.world.shapes.iter().filter_map(|shape| Self::target(asked, shape));
        let mut starts: Vec<NodeId> = targets.map(|target| target.start).collect();
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// The elements of a set; none if it is no set.
    pub(super) fn elements(&self, base: Base) -> Option<Elements> {
        match base {
            Base::Value(Value::List(list)) => {
                let values = self.model().pool.values(list).iter();
                let bits = values.map(|&value| (value, Lit::TRUE)).collect();
                Some(Elements { term: None, bits })
            }
            Base::Term(term) => match &self.world.terms[term].kind {
                TermKind::Set(bits) => Some(Elements {
                    term: Some(term),
                    bits: bits.clone(),
                }),
                TermKind::One(..) => None,
            },
            Base::Value(_) => None,
        }
    }

    /// One step, and then as many as before.
    fn one_further(&mut self, next: &[(Lit, Value)], there: &[Truth], above: &[Truth]) -> Truth {
        let truth = |it: &mut Self, value: Value| match value {
            Value::User(UserId(next)) => it.world.circuit.any([there[next as usize], above[next as usize]]),
            Value::Missing => Truth::UNKNOWN,
            _ => Truth::FALSE,
        };
        let cases: Vec<(Lit, Truth)> = next.iter().map(|&(guard, value)| (guard, truth(self, value))).collect();
        self.world.circuit.choose(&cases)
    }

    /// The nearest node of a type, or what is said where there is none.
    pub(super) fn near(&mut self, ask: &Asked, ty: TypeId, otherwise: Value) -> Cases {
        self.nearest_as(ask, |shape, target| match reach::near(&shape.forest, target, ty) {
            Some(reach::Near::Node(node)) => Value::Node(node),
            Some(reach::Near::Own) => Value::Node(condition::UNLISTED),
            None => otherwise,
        })
    }
}
