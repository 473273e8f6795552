//! Prohibitions that fail open: leave one value out, and what was denied is allowed.
//!
//! What is *missing* prohibits, so this is about what is *absent*: an optional user, group or node that is not given makes
//! a test false, and so does an empty set behind `all`. The decision is made twice in one world, once as if the attribute
//! were not given ([`Without::Term`]), and the two are held against each other.

use std::collections::BTreeSet;

use super::Analysis;
use super::cell::Cell;
use super::picture::Given;
use super::shown::flipped;
use super::solver::Lit;
use super::texts::{permissions, rule};
use super::verdict::by_text;
use super::witness::Shown;
use super::world::{TermKind, Without};
use crate::model::permission::PermId;
use crate::model::value::Value;
use crate::model::{AttrName, Default, Effect, Root, Rule, RuleId, TestKind};
use crate::source::Span;

/// A prohibition that an absent value takes away.
#[derive(Debug, Clone)]
pub struct FailOpen {
    /// The prohibition.
    pub rule: RuleId,
    /// The attribute.
    pub attribute: AttrName,
    /// What is allowed without it.
    pub permission: PermId,
    /// Where it is denied while the value is there.
    pub shown: Shown,
}

/// Every such prohibition, once for a text, in the order of the texts.
#[must_use]
pub fn fail_open(analysis: &Analysis<'_>) -> Vec<FailOpen> {
    let model = analysis.table.model();
    let texts = analysis.texts().iter();
    let found = texts.filter_map(|(&span, ways)| {
        let id = rule(ways).filter(|&id| model.rule(id).effect == Effect::Prohibit)?;
        let names = attributes(analysis, model.rule(id));
        let pairs = permissions(ways)
            .into_iter()
            .flat_map(|permission| names.iter().map(move |&name| (permission, name)));
        let mut opened = pairs.filter_map(|(permission, attribute)| {
            let shown = analysis.with(permission, |cell| opens(cell, span, attribute))?;
            Some(FailOpen {
                rule: id,
                attribute,
                permission,
                shown,
            })
        });
        opened.next()
    });
    found.collect()
}

/// The attributes that a rule reads and that can be absent; sets only where all of the elements are asked for.
fn attributes(analysis: &Analysis<'_>, rule: &Rule) -> BTreeSet<AttrName> {
    let model = analysis.table.model();
    let context = |root| {
        if let Root::Context(slot) = root {
            Some(model.context[slot].key)
        } else {
            None
        }
    };
    let read = rule
        .paths()
        .flat_map(|path| path.steps.iter().copied().chain(context(path.root)));
    let followed = rule
        .relation
        .iter()
        .flat_map(|it| std::iter::once(it.first).chain(it.then.iter().map(|(name, _)| *name)));
    let every = rule.tests().filter_map(|test| match &test.kind {
        TestKind::Quantified { all: true, set, .. } => set.steps.last().copied().or_else(|| context(set.root)),
        _ => None,
    });
    let every: BTreeSet<AttrName> = every.collect();
    let of_types = || model.types.iter().flat_map(|ty| &ty.attributes).chain(&model.context);
    let can_be = |name: &AttrName| {
        of_types()
            .filter(|it| it.key == *name && matches!(it.default, Default::None))
            .any(|it| match it.unset() {
                Value::Absent => true,
                unset => unset == Value::EMPTY && every.contains(name),
            })
    };
    read.chain(followed).filter(can_be).collect()
}

/// An organisation in which this prohibition alone stops somebody, until the attribute of one thing is left out.
fn opens(cell: &mut Cell<'_>, span: Span, attribute: AttrName) -> Option<Shown> {
    let forbids = by_text(cell, Effect::Prohibit)
        .into_iter()
        .find(|(known, _)| *known == span)?
        .1;
    let granted = cell.granted();
    let terms: Vec<usize> = (0..cell.world.terms.len())
        .filter(|&ix| cell.world.terms[ix].name == attribute)
        .collect();
    terms.into_iter().find_map(|ix| {
        let allowed = allowed_without(cell, ix)?;
        let claims = [forbids, granted, !cell.allowed.yes, allowed];
        let absent = match cell.world.terms[ix].kind {
            TermKind::One(..) => Given::Not,
            TermKind::Set(_) => Given::Set(Vec::new()),
        };
        flipped(cell, &claims, |_| {}, |picture| picture.values[ix].clone_from(&absent)).map(|[before, _]| before)
    })
}

/// D, were the attribute of one thing not given.
fn allowed_without(cell: &mut Cell<'_>, term: usize) -> Option<Lit> {
    let it = &cell.world.terms[term];
    let (owner, name) = (it.owner, it.name);
    let unset = cell.world.attribute_of(term)?.unset();
    if !matches!(unset, Value::Absent | Value::EMPTY) {
        return None;
    }
    Some(cell.allowed_without(Without::Term(owner, name)).yes)
}
