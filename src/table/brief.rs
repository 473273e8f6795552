//! What of a node is told in four bytes beside where it stands, so that a decision loads nothing more of most targets: its
//! type, and those of its truths and enumerations for which there is room, a bit for each value.

use crate::model::value::{Scalar, Value};
use crate::model::{Attribute, Model, TypeId};

/// What is told of the nodes of each type.
#[derive(Debug, Clone)]
pub struct Briefs {
    /// By type and slot: the first bit of a value.
    shifts: Vec<Vec<Option<u32>>>,
}

/// The lowest bits tell the type.
const TAG: u32 = 8;

/// What one node says, in brief; of a node without facts nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Brief(pub u32);

/// A type, as nodes of it say it in brief; by default one that no node says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tag(u32);

impl Tag {
    pub(super) fn of(ty: TypeId) -> Self {
        Self(tag(ty).unwrap_or_default())
    }
}

/// A test of what a node says in brief.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Test {
    /// What a node of the right type has in its lowest bits.
    tag: u32,
    /// The bits of all values: one of them is set where there is a value.
    all: u32,
    /// Those of the values that are looked for.
    wanted: u32,
}

impl Brief {
    /// A node that says this is of a type, and says so.
    #[must_use]
    #[inline]
    pub const fn is_of(self, tag: Tag) -> bool {
        tag.0 != 0 && self.0 & ((1 << TAG) - 1) == tag.0
    }

    /// Whether the value is among those looked for; `None` if there is none, or the node is of another type.
    #[must_use]
    #[inline]
    pub const fn passes(self, test: &Test) -> Option<bool> {
        let told = self.0 & ((1 << TAG) - 1) == test.tag && self.0 & test.all != 0;
        if told { Some(self.0 & test.wanted != 0) } else { None }
    }
}

impl Briefs {
    pub(super) fn of(model: &Model) -> Self {
        let shifts = model.types.iter().map(|ty| shifts(&ty.attributes, model));
        Self {
            shifts: shifts.collect(),
        }
    }

    /// What a node of a type with these values says.
    #[must_use]
    pub fn tell(&self, ty: TypeId, values: &[Value]) -> Brief {
        let Some(tag) = tag(ty) else { return Brief::default() };
        let placed = self.shifts[ty.ix()].iter().zip(values);
        let bits = placed.filter_map(|(shift, value)| Some(u32::try_from(bit(*value)?).ok()? << (*shift)?));
        Brief(bits.fold(tag, |all, bit| all | bit))
    }

    /// A test for values of an attribute, given like all that it has by [`bit`]; `None` if that is not told.
    pub(super) fn test(&self, ty: TypeId, slot: u32, all: u64, wanted: u64) -> Option<Test> {
        let shift = (*self.shifts[ty.ix()].get(slot as usize)?)?;
        let placed = |bits: u64| Some(u32::try_from(bits).ok()? << shift);
        Some(Test {
            tag: tag(ty)?,
            all: placed(all)?,
            wanted: placed(wanted)?,
        })
    }
}

/// No type has zero, which stands for nodes of which nothing is told.
fn tag(ty: TypeId) -> Option<u32> {
    let tag = ty.0.checked_add(1)?;
    (tag < 1 << TAG).then_some(tag)
}

/// The first bit of each attribute, as long as there is room.
fn shifts(attributes: &[Attribute], model: &Model) -> Vec<Option<u32>> {
    let mut next = TAG;
    let place = |attribute: &Attribute| {
        let count = u32::try_from(values(attribute, model)?).ok()?;
        let end = next.checked_add(count).filter(|&end| end <= u32::BITS)?;
        Some(std::mem::replace(&mut next, end))
    };
    attributes.iter().map(place).collect()
}

/// How many values an attribute may have, if it is a truth or an enumeration.
fn values(attribute: &Attribute, model: &Model) -> Option<usize> {
    match attribute.ty.of {
        _ if attribute.ty.many => None,
        Scalar::Bool => Some(2),
        Scalar::Enum(of) => Some(model.enums[of.0 as usize].values.len()),
        _ => None,
    }
}

/// The bit of a value that [`super::plain::Ask::Among`] can look for.
#[must_use]
#[inline]
pub const fn bit(value: Value) -> Option<u64> {
    match value {
        Value::Bool(value) => Some(1 << value as u64),
        Value::Enum(nth) if nth < 64 => Some(1 << nth),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_tells_what_a_value_is() {
        let (ty, other) = (TypeId(0), TypeId(1));
        let slots = || vec![None, Some(TAG), Some(TAG + 2)];
        let briefs = Briefs {
            shifts: vec![slots(), slots()],
        };
        let test = briefs.test(ty, 2, 0b111, 0b101).unwrap();
        let said = |ty, value| {
            briefs
                .tell(ty, &[Value::Absent, Value::Bool(true), value])
                .passes(&test)
        };
        let values = [0, 1, 2].map(|nth| said(ty, Value::Enum(nth)));
        assert_eq!(values, [Some(true), Some(false), Some(true)]);
        assert_eq!([said(ty, Value::Missing), said(other, Value::Enum(0))], [None, None]);
        assert_eq!(Brief::default().passes(&test), None);
        assert_eq!(briefs.test(ty, 0, 0b11, 0b1), None);
    }
}
