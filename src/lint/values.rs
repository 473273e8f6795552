//! Which values of one attribute a condition lets pass, exactly.
//!
//! 1. [`asked`] reads a condition that asks about one attribute and compares it with constants only.
//! 2. [`Set`] is what passes: stretches of whole numbers. A number counts in billionths, a date in days, a moment in
//!    seconds, a value of an enumeration by its place; so that two values next to each other are one apart.
//! 3. [`Axis::show`] writes a stretch in the author's terms.

use crate::model::value::{DAY, Number, Scalar, Value, shift, show_date, show_time};
use crate::model::{Expr, Model, Operand, Path, TestKind};
use crate::syntax::ast::Op;

/// Stretches of values, both ends included, in order and apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set(Vec<(i128, i128)>);

impl Set {
    /// Every value.
    pub(super) fn all() -> Self {
        Self(vec![(i128::MIN, i128::MAX)])
    }

    /// No value.
    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    fn stretch(from: i128, to: i128) -> Self {
        Self(if from <= to { vec![(from, to)] } else { Vec::new() })
    }

    /// The stretches.
    pub(super) fn stretches(&self) -> &[(i128, i128)] {
        &self.0
    }

    /// What is in either.
    pub(super) fn join(&self, other: &Self) -> Self {
        let mut all = [&self.0[..], &other.0[..]].concat();
        all.sort_unstable();
        let mut out: Vec<(i128, i128)> = Vec::with_capacity(all.len());
        for (from, to) in all {
            match out.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => out.push((from, to)),
            }
        }
        Self(out)
    }

    /// What is not in it.
    pub(super) fn rest(&self) -> Self {
        let mut out = Vec::new();
        let mut from = Some(i128::MIN);
        for &(start, end) in &self.0 {
            if let Some(from) = from.filter(|&from| from < start) {
                out.push((from, start - 1));
            }
            from = end.checked_add(1);
        }
        out.extend(from.map(|from| (from, i128::MAX)));
        Self(out)
    }

    /// What is in both.
    pub(super) fn meet(&self, other: &Self) -> Self {
        self.rest().join(&other.rest()).rest()
    }

    /// Nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<(i128, i128)> for Set {
    fn from((from, to): (i128, i128)) -> Self {
        Self::stretch(from, to)
    }
}

/// Where the values of an attribute lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    /// Whole numbers.
    Int,
    /// Numbers.
    Decimal,
    /// Days.
    Date,
    /// Seconds.
    Moment,
    /// An enumeration of so many values.
    Enum(usize),
}

impl Axis {
    /// The axis of a path's values, if it has one that is looked at.
    pub(super) fn of(model: &Model, path: &Path) -> Option<Self> {
        Some(match path.ty.of {
            _ if path.ty.many => return None,
            Scalar::Int => Self::Int,
            Scalar::Decimal => Self::Decimal,
            Scalar::Date => Self::Date,
            Scalar::DateTime => Self::Moment,
            Scalar::Enum(id) => Self::Enum(model.enums[id.0 as usize].values.len()),
            _ => return None,
        })
    }

    /// The values that there are.
    pub(super) fn whole(self) -> Set {
        match self {
            Self::Enum(len) => Set::stretch(0, i128::try_from(len).unwrap_or(i128::MAX) - 1),
            _ => Set::all(),
        }
    }

    /// A stretch without the parts at its ends that are no values; `None` if none is left.
    pub(super) fn fit(self, (from, to): (i128, i128)) -> Option<(i128, i128)> {
        let step = if self == Self::Int {
            Number::from(1).billionths()
        } else {
            1
        };
        let (up, down) = (from.rem_euclid(step), to.rem_euclid(step));
        let from = if up == 0 { from } else { from.checked_add(step - up)? };
        let to = to.checked_sub(down)?;
        (from <= to).then_some((from, to))
    }

    /// The stretch of one constant: a day is long where moments are asked for.
    fn constant(self, value: Value) -> Option<(i128, i128)> {
        let one = |at: i128| Some((at, at));
        match (self, value) {
            (Self::Int | Self::Decimal, Value::Number(number)) => one(number.billionths()),
            (Self::Date, Value::Date(day)) => one(day.into()),
            (Self::Date, Value::Time(second)) => one(second.div_euclid(DAY).into()),
            (Self::Moment, Value::Time(second)) => one(second.into()),
            (Self::Moment, Value::Date(day)) => {
                let start = i128::from(day) * i128::from(DAY);
                Some((start, start + i128::from(DAY) - 1))
            }
            (Self::Enum(_), Value::Enum(ix)) => one(ix.into()),
            _ => None,
        }
    }

    /// What passes `path op value`.
    fn passes(self, op: Op, value: Value) -> Option<Set> {
        let (from, to) = self.constant(value)?;
        Some(match op {
            Op::Is => Set::stretch(from, to),
            Op::IsNot => Set::stretch(from, to).rest(),
            Op::Less | Op::Before => Set::stretch(i128::MIN, from - 1),
            Op::AtMost => Set::stretch(i128::MIN, to),
            Op::Greater | Op::After => Set::stretch(to + 1, i128::MAX),
            Op::AtLeast => Set::stretch(from, i128::MAX),
            Op::In | Op::NotIn => return None,
        })
    }

    /// A stretch in words that follow *is*: `` `500` ``, `` from `500` to `1000` ``, `` above `0.5` and below `1` ``.
    pub(super) fn show(self, model: &Model, path: &Path, (from, to): (i128, i128)) -> String {
        let one = |at| self.show_one(model, path, at);
        if from == to {
            return format!("`{}`", one(from));
        }
        if self == Self::Decimal {
            let (below, above) = (one(from - 1), one(to + 1));
            let low = match below.len() < one(from).len() {
                true => format!("above `{below}`"),
                false => format!("`{}` or above", one(from)),
            };
            return match above.len() < one(to).len() {
                true => format!("{low} and below `{above}`"),
                false => format!("{low} and at most `{}`", one(to)),
            };
        }
        format!("from `{}` to `{}`", one(from), one(to))
    }

    fn show_one(self, model: &Model, path: &Path, at: i128) -> String {
        let name = |id: crate::model::value::EnumId| {
            let values = &model.enums[id.0 as usize].values;
            usize::try_from(at).ok().and_then(|ix| values.get(ix).cloned())
        };
        let shown = match (self, path.ty.of) {
            (Self::Date, _) => i32::try_from(at).ok().map(show_date),
            (Self::Moment, _) => i64::try_from(at).ok().map(show_time),
            (Self::Enum(_), Scalar::Enum(id)) => name(id),
            _ => Some(Number::of_billionths(at).to_string()),
        };
        shown.unwrap_or_else(|| at.to_string())
    }
}

/// A condition about one attribute.
#[derive(Debug, Clone)]
pub(super) struct Asked<'m> {
    /// The attribute.
    pub(super) path: &'m Path,
    /// What passes.
    pub(super) set: Set,
    /// It names what does not pass: that is left out on purpose.
    pub(super) excludes: bool,
}

/// True if two paths lead to the same value.
pub(super) fn same(a: &Path, b: &Path) -> bool {
    (a.root, &a.steps) == (b.root, &b.steps)
}

/// Reads a condition of which every part compares one and the same attribute with constants.
pub(super) fn asked<'m>(model: &Model, expr: &'m Expr) -> Option<Asked<'m>> {
    match expr {
        Expr::Not(inner) => {
            let asked = asked(model, inner)?;
            Some(Asked {
                set: asked.set.rest(),
                excludes: true,
                ..asked
            })
        }
        Expr::And(parts) => joined(model, parts, Set::meet),
        Expr::Or(parts) => joined(model, parts, Set::join),
        Expr::Test(test) => match &test.kind {
            TestKind::Compare(left, op, right, minutes) => compared(model, left, *op, right, *minutes),
            _ => None,
        },
    }
}

fn joined<'m>(model: &Model, parts: &'m [Expr], join: fn(&Set, &Set) -> Set) -> Option<Asked<'m>> {
    let (first, rest) = parts.split_first()?;
    let mut all = asked(model, first)?;
    for part in rest {
        let next = asked(model, part).filter(|next| same(next.path, all.path))?;
        all.set = join(&all.set, &next.set);
        all.excludes |= next.excludes;
    }
    Some(all)
}

fn compared<'m>(model: &Model, left: &'m Operand, op: Op, right: &'m Operand, minutes: i64) -> Option<Asked<'m>> {
    let (path, op, constant) = match (left, right) {
        (Operand::Path(path), constant) => (path, op, constant),
        (constant @ Operand::Value(_), Operand::Path(path)) if minutes == 0 => (path, turned(op)?, constant),
        _ => return None,
    };
    let axis = Axis::of(model, path)?;
    let set = match (op, constant) {
        (_, Operand::Value(value)) => axis.passes(op, shift(*value, minutes))?,
        (Op::In | Op::NotIn, Operand::List(items)) => {
            let mut set = Set::none();
            for item in items {
                let Operand::Value(value) = item else { return None };
                set = set.join(&axis.passes(Op::Is, *value)?);
            }
            if op == Op::In { set } else { set.rest() }
        }
        _ => return None,
    };
    let excludes = matches!(op, Op::IsNot | Op::NotIn);
    Some(Asked { path, set, excludes })
}

/// The operator seen from the other side.
const fn turned(op: Op) -> Option<Op> {
    Some(match op {
        Op::Is | Op::IsNot => op,
        Op::Less | Op::Before => Op::Greater,
        Op::Greater | Op::After => Op::Less,
        Op::AtMost => Op::AtLeast,
        Op::AtLeast => Op::AtMost,
        Op::In | Op::NotIn => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sets of the numbers 0 to 9, by their bits.
    fn of_bits(bits: u32) -> Set {
        let one = |at: i128| Set::stretch(at, at);
        let values = (0..10).filter(|at| bits >> at & 1 == 1);
        values.fold(Set::none(), |set, at| set.join(&one(at)))
    }

    fn has(set: &Set, at: i128) -> bool {
        set.stretches().iter().any(|&(from, to)| from <= at && at <= to)
    }

    #[test]
    fn sets_agree_with_bits() {
        for a in (0..1024).step_by(7) {
            for b in (0..1024).step_by(11) {
                let (left, right) = (of_bits(a), of_bits(b));
                assert_eq!(left.join(&right), of_bits(a | b));
                assert_eq!(left.meet(&right), of_bits(a & b));
                assert_eq!(left.rest().meet(&of_bits(1023)), of_bits(!a & 1023));
                assert_eq!(left.rest().rest(), left);
            }
            assert!((-1..11).all(|at| has(&of_bits(a), at) != has(&of_bits(a).rest(), at)));
        }
        assert!(Set::all().rest().is_empty());
        assert_eq!(Set::stretch(i128::MIN, 3).rest(), Set::stretch(4, i128::MAX));
        assert_eq!(Set::stretch(4, i128::MAX).rest(), Set::stretch(i128::MIN, 3));
    }

    #[test]
    fn whole_numbers_have_nothing_between() {
        let whole = |n: i64| Number::from(n).billionths();
        assert_eq!(Axis::Int.fit((whole(4) + 1, whole(5) - 1)), None);
        assert_eq!(Axis::Int.fit((whole(4) + 1, whole(5))), Some((whole(5), whole(5))));
        assert_eq!(
            Axis::Int.fit((whole(-5) - 1, whole(-4) + 1)),
            Some((whole(-5), whole(-4)))
        );
        assert_eq!(
            Axis::Decimal.fit((whole(4) + 1, whole(5) - 1)),
            Some((whole(4) + 1, whole(5) - 1))
        );
        assert_eq!(Axis::Date.fit((3, 2)), None);
    }
}
