//! Conditions: whether each can come to be true, or false.

use super::{Perhaps, Seen, Stand, Trail, all_of, any_of, attempt};
use crate::eval::Resource;
use crate::eval::condition::UNLISTED;
use crate::facts::Thing;
use crate::model::value::{Scalar, Tri, UserId, Value};
use crate::model::{AttrName, Default, Expr, Operand, Path, Root, Test, TestKind};
use crate::query::escalation::most::Need;
use crate::syntax::ast::Op;

impl Perhaps<'_> {
    /// Whether a condition can come to be true, or false.
    pub(super) fn can(&self, expr: &Expr, want: bool, from: Stand<'_>, trail: &mut Trail) -> bool {
        match (expr, want) {
            (Expr::And(parts), true) | (Expr::Or(parts), false) => {
                all_of(parts, trail, |part, trail| self.can(part, want, from, trail))
            }
            (Expr::And(parts), false) | (Expr::Or(parts), true) => {
                any_of(parts, trail, |part, trail| self.can(part, want, from, trail))
            }
            (Expr::Not(inner), want) => self.can(inner, !want, from, trail),
            (Expr::Test(test), want) => attempt(trail, |trail| self.test(test, want, from, trail)),
        }
    }

    pub(super) fn test(&self, test: &Test, want: bool, from: Stand<'_>, trail: &mut Trail) -> bool {
        let fixed = || self.eval().test(test, from.scope()) == Tri::from(want);
        if let TestKind::Holds { who, roles, at } = &test.kind {
            return match self.seen(who, from) {
                Seen::Free { atom, .. } => self.note(atom, self.request.user.map(Value::User), trail),
                Seen::Fixed => match self.eval().path(who, from.scope()) {
                    Value::User(user) if want => self.holds_at(user, roles, at, from, trail),
                    Value::User(_) => true,
                    _ => fixed(),
                },
            };
        }
        for path in test.paths() {
            if let Seen::Free { atom, last } = self.seen(path, from) {
                let value = last.and_then(|last| self.choose(test, path, last, want, from));
                return self.note(atom, value, trail);
            }
        }
        match self.belonging(&test.kind, from) {
            Some((left, right, negated)) if negated != want => self.is_in(left, right, trail),
            Some(_) => true,
            None => fixed(),
        }
    }

    pub(super) fn note(&self, atom: Option<usize>, value: Option<Value>, trail: &mut Trail) -> bool {
        trail.extend(atom.map(|atom| Need { atom, value }));
        true
    }

    /// `user in place`, `user in group`: what may change without an attribute; with whether it says `not in`.
    pub(super) fn belonging(&self, kind: &TestKind, from: Stand<'_>) -> Option<(Option<UserId>, Value, bool)> {
        let (left, op, right) = match kind {
            TestKind::Compare(Operand::Path(left), op, Operand::Path(right), _) => (left, *op, right),
            TestKind::Quantified {
                set,
                op,
                right: Operand::Path(right),
                ..
            } => (set, *op, right),
            _ => return None,
        };
        if !matches!(op, Op::In | Op::NotIn) {
            return None;
        }
        let eval = self.eval();
        let (value, right) = (eval.path(left, from.scope()), eval.path(right, from.scope()));
        let user = match (value, right) {
            (Value::User(user), Value::Group(_) | Value::Node(_)) => Some(user),
            // Any or all of several users: as it suits.
            (Value::List(_), Value::Group(_) | Value::Node(_)) if matches!(left.ty.of, Scalar::User(_)) => None,
            _ => return None,
        };
        Some((user, right, op == Op::NotIn))
    }

    pub(super) fn is_in(&self, user: Option<UserId>, right: Value, trail: &mut Trail) -> bool {
        let Some(user) = user else { return true };
        match right {
            Value::Group(_) => self.is_or_in(user, right, trail),
            Value::Node(place) => self.member_of(user, std::iter::once(place), trail),
            _ => false,
        }
    }

    /// A value that makes a test come out as wanted, if the path ends in the attribute that is to be changed.
    pub(super) fn choose(
        &self,
        test: &Test,
        path: &Path,
        last: (Thing, usize),
        want: bool,
        from: Stand<'_>,
    ) -> Option<Value> {
        let domain = self.most.domains.attribute(last.0, last.1)?;
        let fits = |value: &&Value| {
            let tried = Test {
                span: test.span,
                kind: with_value(&test.kind, path, **value)?,
            };
            (self.eval().test(&tried, from.scope()) == Tri::from(want)).then_some(())
        };
        domain.values.iter().find(|value| fits(value).is_some()).copied()
    }

    /// Whether an attribute on a path may change.
    pub(super) fn seen(&self, path: &Path, from: Stand<'_>) -> Seen {
        if let (Root::Holding(_), true) = (path.root, from.new) {
            return Seen::Free { atom: None, last: None };
        }
        let start = match path.root {
            Root::Holding(_) | Root::Context(_) => {
                let root = Path {
                    steps: Vec::new(),
                    ..path.clone()
                };
                self.eval().path(&root, from.scope())
            }
            root => self.eval().root(root, from.scope()),
        };
        self.walk(start, &path.steps)
    }

    pub(super) fn walk(&self, start: Value, steps: &[AttrName]) -> Seen {
        if let (Value::Node(UNLISTED), Some((&first, rest))) = (start, steps.split_first()) {
            return match self.fallback(first) {
                free @ Seen::Free { .. } => free,
                Seen::Fixed => self.walk(self.eval().step(start, first), rest),
            };
        }
        match self.most.free_on(start, steps) {
            Some(atom) => Seen::Free {
                atom: Some(atom),
                last: self.most.is_last(start, steps, atom),
            },
            None => Seen::Fixed,
        }
    }

    /// A default of a target that nobody lists.
    pub(super) fn fallback(&self, name: AttrName) -> Seen {
        let model = self.table().model();
        let Resource::Unlisted(ty) = self.request.target.resource else {
            return Seen::Fixed;
        };
        let given = |slot: usize| self.request.given.iter().any(|(known, _)| *known == slot);
        let Some(slot) = model.slot(ty, name).filter(|&slot| !given(slot)) else {
            return Seen::Fixed;
        };
        match &model.ty(ty).attributes[slot].default {
            Default::Path(near, steps) => match self.most.org.near(self.request.target.start, *near) {
                Some(node) => self.walk(Value::Node(node), steps),
                None => Seen::Fixed,
            },
            _ => Seen::Fixed,
        }
    }
}

/// The test with a value in the place of a path.
fn with_value(kind: &TestKind, path: &Path, value: Value) -> Option<TestKind> {
    let is = |operand: &Operand| matches!(operand, Operand::Path(other) if std::ptr::eq(other, path));
    match kind {
        TestKind::Truth(operand) if is(operand) => Some(TestKind::Truth(Operand::Value(value))),
        TestKind::Compare(left, op, right, by) if is(left) => {
            Some(TestKind::Compare(Operand::Value(value), *op, right.clone(), *by))
        }
        TestKind::Compare(left, op, right, by) if is(right) => {
            Some(TestKind::Compare(left.clone(), *op, Operand::Value(value), *by))
        }
        _ => None,
    }
}
