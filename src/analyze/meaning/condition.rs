//! Conditions and relations in a symbolic organisation.

use super::constant::equal_or_within;
use super::value::{Base, Cases, UNLISTED, known};
use super::{Asked, Meaning, Scope};
use crate::analyze::circuit::Truth;
use crate::analyze::solver::Lit;
use crate::analyze::world::{Atom, TermKind};
use crate::eval::condition::{ordered, truth};
use crate::eval::reach::near;
use crate::model::value::{NodeId, Tri, UserId, Value, shift};
use crate::model::{AttrName, Expr, HeldAt, Operand, Relation, RoleId, Root, Test, TestKind};
use crate::syntax::ast::Op;

impl Meaning<'_, '_> {
    /// The truth of a condition.
    pub fn expr(&mut self, expr: &Expr, scope: Scope, asked: &Asked) -> Truth {
        match expr {
            Expr::And(parts) => {
                let parts: Vec<Truth> = parts.iter().map(|part| self.expr(part, scope, asked)).collect();
                self.world.circuit.all(parts)
            }
            Expr::Or(parts) => {
                let parts: Vec<Truth> = parts.iter().map(|part| self.expr(part, scope, asked)).collect();
                self.world.circuit.any(parts)
            }
            Expr::Not(inner) => !self.expr(inner, scope, asked),
            Expr::Test(test) => self.one_test(test, scope, asked),
        }
    }

    fn one_test(&mut self, test: &Test, scope: Scope, asked: &Asked) -> Truth {
        match &test.kind {
            TestKind::Truth(operand) => {
                let cases = self.operand(operand, scope, asked);
                self.test(&cases, truth)
            }
            TestKind::Compare(left, op, right, minutes) => {
                let left = self.operand(left, scope, asked);
                self.compared(&left, *op, right, *minutes, scope, asked)
            }
            TestKind::Quantified { all, set, op, right } => {
                let set = self.path(set, scope, asked);
                self.quantified(*all, &set, *op, right, scope, asked)
            }
            TestKind::Holds { who, roles, at } => {
                let who = self.path(who, scope, asked);
                self.holds(&who, roles, at, scope, asked)
            }
        }
    }

    fn holds(&mut self, who: &Cases, roles: &[RoleId], at: &HeldAt, scope: Scope, asked: &Asked) -> Truth {
        let nowhere = match at {
            HeldAt::At(path) => {
                let place = self.path(path, scope, asked);
                self.test(&place, |value| (value == Value::Absent).into())
            }
            _ => Truth::FALSE,
        };
        let mut cases = Vec::new();
        for (guard, value) in self.single(who) {
            let holds = match value {
                Value::User(user) => self.holds_at(user.0, roles, at, scope, asked),
                Value::Absent | Value::Node(_) => Truth::FALSE,
                _ if nowhere.yes == Lit::TRUE => Truth::FALSE,
                _ => Truth {
                    yes: Lit::FALSE,
                    no: nowhere.yes,
                },
            };
            cases.push((guard, holds));
        }
        self.world.circuit.choose(&cases)
    }

    fn holds_at(&mut self, user: u32, roles: &[RoleId], at: &HeldAt, scope: Scope, asked: &Asked) -> Truth {
        let path = match at {
            HeldAt::Above => return self.holds_above(user, roles, asked),
            HeldAt::Anywhere => return self.holds_anywhere(user, roles, asked),
            HeldAt::At(path) => path,
        };
        let places = self.path(path, scope, asked);
        let mut cases = Vec::new();
        for (guard, value) in self.single(&places) {
            let holds = match value {
                Value::Node(UNLISTED) | Value::Absent => Truth::FALSE,
                Value::Node(node) => self.holds_one_exactly(user, roles, node),
                _ => Truth::UNKNOWN,
            };
            cases.push((guard, holds));
        }
        self.world.circuit.choose(&cases)
    }

    fn quantified(&mut self, every: bool, set: &Cases, op: Op, right: &Operand, scope: Scope, asked: &Asked) -> Truth {
        let mut cases = Vec::new();
        for &(guard, base) in set {
            cases.push((guard, self.quantified_over(every, base, op, right, scope, asked)));
        }
        self.world.circuit.choose(&cases)
    }

    fn quantified_over(
        &mut self,
        every: bool,
        set: Base,
        op: Op,
        right: &Operand,
        scope: Scope,
        asked: &Asked,
    ) -> Truth {
        let key = match (set, right) {
            (Base::Term(term), Operand::Value(value)) => Some((term, Some(every), op, *value)),
            _ => None,
        };
        self.once(key, |it| it.quantified_anew(every, set, op, right, scope, asked))
    }

    fn quantified_anew(
        &mut self,
        every: bool,
        set: Base,
        op: Op,
        right: &Operand,
        scope: Scope,
        asked: &Asked,
    ) -> Truth {
        let elements: Vec<(Value, Lit)> = match set {
            Base::Value(Value::Missing) => {
                let right = self.operand(right, scope, asked);
                let absent = self.test(&right, |value| (value == Value::Absent).into());
                return Truth {
                    yes: Lit::FALSE,
                    no: absent.yes,
                };
            }
            Base::Value(Value::Absent) => return Truth::FALSE,
            Base::Value(Value::List(list)) => self
                .model()
                .pool
                .values(list)
                .iter()
                .map(|&value| (value, Lit::TRUE))
                .collect(),
            Base::Term(term) => match &self.world.terms[term].kind {
                TermKind::Set(bits) => bits.clone(),
                TermKind::One(..) => return Truth::UNKNOWN,
            },
            Base::Value(_) => return Truth::UNKNOWN,
        };
        let mut found = Vec::new();
        for &(value, bit) in &elements {
            let fits = self.compared(&known(value), op, right, 0, scope, asked);
            found.push(match every {
                true => self.world.circuit.any([Truth::sure(!bit), fits]),
                false => self.world.circuit.both(Truth::sure(bit), fits),
            });
        }
        if !every {
            return self.world.circuit.any(found);
        }
        found.push(Truth::sure(self.world.circuit.or(elements.iter().map(|(_, bit)| *bit))));
        self.world.circuit.all(found)
    }

    fn compared(&mut self, left: &Cases, op: Op, right: &Operand, minutes: i64, scope: Scope, asked: &Asked) -> Truth {
        match (op, right) {
            (Op::In | Op::NotIn, Operand::List(items)) => {
                let found = self.listed(left, items, scope, asked);
                self.negated(op == Op::NotIn, left, found)
            }
            (Op::In | Op::NotIn, _) => {
                let right = self.operand(right, scope, asked);
                let found = self.contained(left, &right, asked);
                let found = self.negated(op == Op::NotIn, left, found);
                let nobody = self.test(&right, |value| (value == Value::Absent).into());
                self.world.circuit.both(found, !nobody)
            }
            _ => {
                let right = self.operand(right, scope, asked);
                match (&left[..], &right[..]) {
                    (_, &[(Lit::TRUE, Base::Value(value))]) => {
                        let value = shift(value, minutes);
                        let key = self.term_of(left).map(|term| (term, None, op, value));
                        self.once(key, |it| it.test(left, |one| ordered(one, op, value)))
                    }
                    (&[(Lit::TRUE, Base::Value(value))], _) => {
                        self.test(&right, |it| ordered(value, op, shift(it, minutes)))
                    }
                    _ => self.related_as(left, &right, |l, r| ordered(l, op, shift(r, minutes))),
                }
            }
        }
    }

    /// `not in`: false where the left side is nobody, unknown where it is missing.
    fn negated(&mut self, negate: bool, left: &Cases, found: Truth) -> Truth {
        let nobody = self.test(left, |value| (value == Value::Absent).into());
        let missing = self.test(left, |value| (value == Value::Missing).into());
        let found = if negate { !found } else { found };
        let there = self.world.circuit.both(found, !nobody);
        let (yes, no) = (there.yes, there.no);
        let yes = self.world.circuit.and([yes, !missing.yes]);
        let no = self.world.circuit.and([no, !missing.yes]);
        Truth { yes, no }
    }

    /// A test of two single values. Those of one side are taken one by one; what each asks of the other is a few ranges of
    /// its values.
    pub(super) fn related_as(&mut self, left: &Cases, right: &Cases, test: impl Fn(Value, Value) -> Tri) -> Truth {
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

    /// Every pair of single values that the two sides can be.
    pub(super) fn pairs(
        &mut self,
        left: &Cases,
        right: &Cases,
        test: impl Fn(&mut Self, Value, Value) -> Truth,
    ) -> Truth {
        let (left, right) = (self.single(left), self.single(right));
        let mut cases = Vec::new();
        for &(l, a) in &left {
            for &(r, b) in &right {
                let both = self.world.circuit.and([l, r]);
                if both != Lit::FALSE {
                    let truth = test(self, a, b);
                    cases.push((both, truth));
                }
            }
        }
        self.world.circuit.choose(&cases)
    }

    /// `left in right`.
    fn contained(&mut self, left: &Cases, right: &Cases, asked: &Asked) -> Truth {
        let mut cases = Vec::new();
        for &(guard, base) in right {
            let truth = match self.elements(base) {
                Some(elements) => self.in_set(left, &elements),
                None => self.pairs(left, &vec![(Lit::TRUE, base)], |it, l, r| it.contained_in(l, r, asked)),
            };
            cases.push((guard, truth));
        }
        self.world.circuit.choose(&cases)
    }

    /// The elements of a set; none if it is no set.
    pub(super) fn elements(&self, base: Base) -> Option<Vec<(Value, Lit)>> {
        match base {
            Base::Value(Value::List(list)) => Some(
                self.model()
                    .pool
                    .values(list)
                    .iter()
                    .map(|&value| (value, Lit::TRUE))
                    .collect(),
            ),
            Base::Term(term) => match &self.world.terms[term].kind {
                TermKind::Set(bits) => Some(bits.clone()),
                TermKind::One(..) => None,
            },
            Base::Value(_) => None,
        }
    }

    fn in_set(&mut self, left: &Cases, elements: &[(Value, Lit)]) -> Truth {
        let mut found = vec![self.test(left, |value| match value {
            Value::Missing => crate::model::value::Tri::Unknown,
            _ => crate::model::value::Tri::False,
        })];
        for &(value, bit) in elements {
            let equal = self.related_as(left, &known(value), equal_or_within);
            found.push(self.world.circuit.both(Truth::sure(bit), equal));
        }
        self.world.circuit.any(found)
    }

    fn contained_in(&mut self, left: Value, right: Value, asked: &Asked) -> Truth {
        match (left, right) {
            (Value::Missing, _) | (_, Value::Missing) => Truth::UNKNOWN,
            (Value::Absent, _) | (_, Value::Absent) => Truth::FALSE,
            (Value::User(user), Value::Group(group)) => Truth::sure(self.world.atom(Atom::InGroup(user.0, group))),
            (Value::User(_), Value::Node(UNLISTED)) => Truth::FALSE,
            (Value::User(user), Value::Node(place)) => Truth::sure(self.member(user.0, place)),
            (Value::Node(inner), Value::Node(outer)) => Truth::sure(self.node_in(inner, outer, asked)),
            (Value::Net(_), Value::Net(_)) => equal_or_within(left, right).into(),
            _ => Truth::FALSE,
        }
    }

    fn node_in(&mut self, inner: NodeId, outer: NodeId, asked: &Asked) -> Lit {
        match (inner, outer) {
            (UNLISTED, UNLISTED) => Lit::TRUE,
            (_, UNLISTED) => Lit::FALSE,
            (UNLISTED, _) => self.where_target(asked, |shape, target| shape.forest.lies_in(target.start, outer)),
            _ => self.world.in_shapes(|shape| shape.forest.lies_in(inner, outer)),
        }
    }

    /// `as a or b`: the user is, or is in, what one of the relations leads to.
    pub(super) fn related(&mut self, relations: &[Relation], asked: &Asked) -> Truth {
        if relations.is_empty() {
            return Truth::TRUE;
        }
        let all: Vec<Truth> = relations
            .iter()
            .map(|relation| self.relation(relation, asked))
            .collect();
        let related = self.world.circuit.any(all);
        let known = Truth::sure(self.signed_in(asked));
        self.world.circuit.both(known, related)
    }

    fn relation(&mut self, relation: &Relation, asked: &Asked) -> Truth {
        let value = match relation.at {
            Some(ty) => {
                let root = self.root(Root::Near(ty), Scope::default(), asked);
                let there = self.where_target(asked, |shape, target| near(&shape.forest, target, ty).is_some());
                let mut cases = self.step(root, relation.first, asked);
                if there != Lit::TRUE {
                    for (guard, _) in &mut cases {
                        *guard = self.world.circuit.and([*guard, there]);
                    }
                    cases.push((!there, Base::Value(Value::Absent)));
                }
                cases
            }
            None => self.outward(relation.first, asked),
        };
        self.followed(&value, &relation.then, asked.caller, asked)
    }

    fn followed(&mut self, value: &Cases, then: &[(AttrName, bool)], user: u32, asked: &Asked) -> Truth {
        let Some((&(name, plus), rest)) = then.split_first() else {
            return self.is_or_in(user, value);
        };
        let mut cases = Vec::new();
        for &(guard, base) in value {
            let truth = match self.elements(base) {
                Some(elements) => self.followed_by_each(&elements, then, user, asked),
                None => {
                    let mut found = Vec::new();
                    for (inner, value) in self.single(&vec![(Lit::TRUE, base)]) {
                        found.push((inner, self.followed_from(value, (name, plus, rest), then, user, asked)));
                    }
                    self.world.circuit.choose(&found)
                }
            };
            cases.push((guard, truth));
        }
        self.world.circuit.choose(&cases)
    }

    fn followed_by_each(
        &mut self,
        elements: &[(Value, Lit)],
        then: &[(AttrName, bool)],
        user: u32,
        asked: &Asked,
    ) -> Truth {
        let mut found = Vec::new();
        for &(value, bit) in elements {
            let truth = self.followed(&known(value), then, user, asked);
            found.push(self.world.circuit.both(Truth::sure(bit), truth));
        }
        self.world.circuit.any(found)
    }

    fn followed_from(
        &mut self,
        value: Value,
        (name, plus, rest): (AttrName, bool, &[(AttrName, bool)]),
        then: &[(AttrName, bool)],
        user: u32,
        asked: &Asked,
    ) -> Truth {
        match value {
            Value::User(from) if plus => self.chain_up(from.0, name, rest, user, asked),
            Value::User(from) => {
                let next = self.step_from_user(from.0, name);
                self.followed(&next, rest, user, asked)
            }
            Value::Group(group) => {
                let users: Vec<(Value, Lit)> = (0..self.world.users)
                    .map(|each| (Value::User(UserId(each)), self.world.atom(Atom::InGroup(each, group))))
                    .collect();
                self.followed_by_each(&users, then, user, asked)
            }
            Value::Missing => Truth::UNKNOWN,
            _ => Truth::FALSE,
        }
    }

    /// `manager+`: one or more steps, ending where the attribute is absent; facts with circles are refused, so that there are
    /// no more steps than users. By how many steps there may be, from each user.
    fn chain_up(&mut self, from: u32, name: AttrName, rest: &[(AttrName, bool)], user: u32, asked: &Asked) -> Truth {
        let users = 0..self.world.users;
        let next: Vec<Vec<(Lit, Value)>> = users
            .clone()
            .map(|from| {
                let cases = self.step_from_user(from, name);
                self.single(&cases)
            })
            .collect();
        let there: Vec<Truth> = users
            .clone()
            .map(|next| self.followed(&known(Value::User(UserId(next))), rest, user, asked))
            .collect();
        let mut above = vec![Truth::FALSE; next.len()];
        for _ in users {
            above = next
                .iter()
                .map(|cases| self.one_further(cases, &there, &above))
                .collect();
        }
        above[from as usize]
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

    /// u is the value, or is in it.
    pub(super) fn is_or_in(&mut self, user: u32, value: &Cases) -> Truth {
        let mut cases = Vec::new();
        for &(guard, base) in value {
            let truth = match self.elements(base) {
                Some(elements) => {
                    let mut found = Vec::new();
                    for (value, bit) in elements {
                        let is = self.is_value(user, value);
                        found.push(self.world.circuit.both(Truth::sure(bit), is));
                    }
                    self.world.circuit.any(found)
                }
                None => self.pairs(
                    &known(Value::User(UserId(user))),
                    &vec![(Lit::TRUE, base)],
                    |it, _, r| it.is_value(user, r),
                ),
            };
            cases.push((guard, truth));
        }
        self.world.circuit.choose(&cases)
    }

    fn is_value(&mut self, user: u32, value: Value) -> Truth {
        match value {
            Value::User(other) => Truth::from(crate::model::value::Tri::from(other.0 == user)),
            Value::Group(group) => Truth::sure(self.world.atom(Atom::InGroup(user, group))),
            Value::Missing => Truth::UNKNOWN,
            _ => Truth::FALSE,
        }
    }
}
