//! What rules and conditions read: the one walk over expressions.
//!
//! Whoever wants the tests, the paths or the constants of a rule asks here, so that a new kind of test is taught to
//! one place. What a test *means* is in `meaning`.

use super::value::{Value, shift};
use super::{Expr, HeldAt, Operand, Path, Receiver, RoleId, Rule, Test, TestKind, Who};
use crate::syntax::ast::Op;

impl Rule {
    /// What stands behind `when` and behind `unless`.
    pub fn conditions(&self) -> impl Iterator<Item = &Expr> {
        self.when.iter().chain(&self.unless)
    }

    /// The tests of both, in the order in which they are written.
    pub fn tests(&self) -> impl Iterator<Item = &Test> {
        self.conditions().flat_map(Expr::tests)
    }

    /// The paths of both. The attributes of relations are no paths.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.tests().flat_map(Test::paths)
    }

    /// The roles that the rule asks for, besides the one that it belongs to.
    #[must_use]
    pub fn roles_asked(&self) -> Vec<RoleId> {
        let exempt = match &self.who {
            Who::Nobody(but) => &but[..],
            _ => &[],
        };
        let receive = match &self.receiver {
            Receiver::Holders(to) => &to[..],
            _ => &[],
        };
        let held = self.tests().flat_map(|test| test.roles().iter());
        exempt.iter().chain(receive).chain(held).copied().collect()
    }
}

impl Expr {
    /// Its tests, in the order in which they are written. No recursion: conditions may be long.
    #[must_use]
    pub fn tests(&self) -> Vec<&Test> {
        let mut open = vec![self];
        let mut tests = Vec::new();
        while let Some(expr) = open.pop() {
            match expr {
                Self::And(parts) | Self::Or(parts) => open.extend(parts.iter().rev()),
                Self::Not(inner) => open.push(inner),
                Self::Test(test) => tests.push(test),
            }
        }
        tests
    }

    /// The paths of its tests.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.tests().into_iter().flat_map(Test::paths)
    }
}

impl Test {
    /// The paths that it reads: of the left side, of the right side, of the place where a role is held.
    #[must_use]
    pub fn paths(&self) -> Vec<&Path> {
        let (left, right) = self.sides();
        let at = match &self.kind {
            TestKind::Holds { at: HeldAt::At(at), .. } => Some(at),
            _ => None,
        };
        let right = right.map(Operand::paths).unwrap_or_default();
        left.into_iter().chain(right).chain(at).collect()
    }

    /// The roles of which it asks whether somebody holds them.
    #[must_use]
    pub fn roles(&self) -> &[RoleId] {
        match &self.kind {
            TestKind::Holds { roles, .. } => roles,
            _ => &[],
        }
    }

    /// `left in right`, `left not in right`.
    #[must_use]
    pub const fn within(&self) -> Option<(&Path, &Operand)> {
        match &self.kind {
            TestKind::Compare(Operand::Path(left), Op::In | Op::NotIn, right, _)
            | TestKind::Quantified {
                set: left,
                op: Op::In | Op::NotIn,
                right,
                ..
            } => Some((left, right)),
            _ => None,
        }
    }

    /// Paths of the one side, each with a path of the other with which it is compared.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&Path, &Path)> {
        let (left, right) = self.sides();
        let right = right.map(Operand::paths).unwrap_or_default();
        let with_each = |left| right.iter().map(move |&right| (left, right));
        left.into_iter().flat_map(with_each).collect()
    }

    /// Each path with a constant that it is compared with, moved by what the test adds to its right side.
    #[must_use]
    pub fn constants(&self) -> Vec<(&Path, Value)> {
        let (left, right) = self.sides();
        let Some(right) = right else { return Vec::new() };
        let (minutes, lefts) = match &self.kind {
            TestKind::Compare(left, _, _, minutes) => (*minutes, left.constants()),
            _ => (0, Vec::new()),
        };
        let mut found = each_with(&left, &right.constants(), minutes);
        found.extend(each_with(&right.paths(), &lefts, minutes.saturating_neg()));
        found
    }

    /// The paths of the left side, and the right side if there is one.
    fn sides(&self) -> (Vec<&Path>, Option<&Operand>) {
        match &self.kind {
            TestKind::Truth(operand) => (operand.paths(), None),
            TestKind::Compare(left, _, right, _) => (left.paths(), Some(right)),
            TestKind::Quantified { set, right, .. } => (vec![set], Some(right)),
            TestKind::Holds { who, .. } => (vec![who], None),
        }
    }
}

impl Operand {
    /// The path, or those of a list.
    #[must_use]
    pub fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Value(_) => Vec::new(),
            Self::List(items) => items.iter().flat_map(Self::paths).collect(),
            Self::Path(path) => vec![path],
        }
    }

    /// The constant, or those of a list.
    #[must_use]
    pub fn constants(&self) -> Vec<Value> {
        match self {
            Self::Value(value) => vec![*value],
            Self::List(items) => items.iter().flat_map(Self::constants).collect(),
            Self::Path(_) => Vec::new(),
        }
    }
}

fn each_with<'p>(paths: &[&'p Path], values: &[Value], minutes: i64) -> Vec<(&'p Path, Value)> {
    let with_each = |&path| values.iter().map(move |&value| (path, shift(value, minutes)));
    paths.iter().flat_map(with_each).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::diagnostic::Found;
    use crate::model::resolve::resolve;
    use crate::source::Sources;
    use crate::syntax::parse;
    use serde_json::Value as Json;

    /// A rule with this condition.
    fn rule(condition: &str) -> Rule {
        let text = format!(
            "account Shop {{ open: bool  owner: user  level: int }}\n\
             resource Order in Shop {{ creator: user  readers: users  level: int  actions view }}\n\
             role Clerk at Shop {{ can view Order when {condition} }}"
        );
        let (mut sources, mut found) = (Sources::default(), Found::default());
        let file = sources.add("shop.roles", &text);
        let model = resolve(&[parse::policy(file, &text, &mut found)], &mut found);
        assert!(!found.has_errors(), "{text}\n{found:?}");
        model.rules[0].clone()
    }

    /// The kind of a test, and where a role is asked for: a new one needs a condition below.
    const fn kind(test: &Test) -> usize {
        match test.kind {
            TestKind::Truth(_) => 0,
            TestKind::Compare(..) => 1,
            TestKind::Quantified { .. } => 2,
            TestKind::Holds { at: HeldAt::Above, .. } => 3,
            TestKind::Holds {
                at: HeldAt::Anywhere, ..
            } => 4,
            TestKind::Holds { at: HeldAt::At(_), .. } => 5,
        }
    }

    /// As often as a path is in what is kept of a rule.
    fn paths_within(kept: &Json) -> usize {
        let is_path = kept.get("root").is_some() && kept.get("steps").is_some();
        let inner: usize = match kept {
            Json::Array(items) => items.iter().map(paths_within).sum(),
            Json::Object(fields) => fields.values().map(paths_within).sum(),
            _ => 0,
        };
        inner + usize::from(is_path)
    }

    #[test]
    fn every_kind_of_test_gives_all_its_paths() {
        let conditions = [
            ("shop.open", 1),
            ("resource.level > shop.level", 2),
            ("not (user in [resource.creator, shop.owner] or 5 <= resource.level)", 4),
            ("any resource.readers is shop.owner", 2),
            ("all resource.readers in [user, shop.owner]", 3),
            ("resource.creator holds Clerk", 1),
            ("resource.creator holds Clerk anywhere", 1),
            ("resource.creator holds Clerk at shop", 2),
        ];
        let mut kinds = Vec::new();
        for (condition, count) in conditions {
            let rule = rule(condition);
            assert_eq!(rule.paths().count(), count, "{condition}");
            assert_eq!(
                paths_within(&serde_json::to_value(&rule).unwrap()),
                count,
                "{condition}"
            );
            kinds.extend(rule.tests().map(kind));
        }
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds, [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn constants_are_moved_to_the_side_of_the_path() {
        let of = |condition: &str| {
            let rule = rule(condition);
            let values = rule.tests().flat_map(Test::constants).map(|(_, value)| value);
            values.collect::<Vec<_>>()
        };
        let [day, minute] = [86_400, 60];
        assert_eq!(
            of("context.now > 1970-01-02T00:00Z + 1 minutes"),
            [Value::Time(day + minute)]
        );
        assert_eq!(of("1970-01-03T00:00Z <= context.now + 1 days"), [Value::Time(day)]);
        assert_eq!(of("resource.level > shop.level"), []);
    }
}
