//! What may be taken out together.
//!
//! Of two rules that say the same either may go, not both; a part of a condition may be idle because of a prohibition that
//! is itself idle because of the part. So whatever is told to be taken out is looked at in a policy from which all that
//! was told before is gone: each step keeps every decision, and so do all of them.
//!
//! A text's truth matters only where nothing else of its effect applies and nothing stands against it
//! ([`Row::decides`]). Where other decisions ask for a permission, to what degree it is denied matters as well.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Analysis;
use super::cell::Cell;
use super::circuit::Truth;
use super::parts::{Part, without};
use super::solver::{Answer, Lit};
use super::texts::truth_with;
use crate::model::permission::{PermId, Permission};
use crate::model::{DerivationTerm, Effect};
use crate::source::Span;
use crate::table::{Table, Way};

/// A policy that loses rules and parts of conditions.
pub struct Standing<'s, 't> {
    analysis: &'s Analysis<'t>,
    /// Permissions that other decisions ask for, to what degree they are known included.
    asked: BTreeSet<PermId>,
    gone: BTreeSet<Span>,
    parts: BTreeMap<Span, Vec<Part>>,
    rows: RefCell<HashMap<PermId, Row>>,
}

/// The texts of a permission with their truths.
#[derive(Default)]
struct Row {
    grants: BTreeMap<Span, Truth>,
    prohibitions: BTreeMap<Span, Truth>,
}

impl<'s, 't> Standing<'s, 't> {
    /// The policy without some rules and without parts of others.
    #[must_use]
    pub fn without(analysis: &'s Analysis<'t>, gone: BTreeSet<Span>, parts: BTreeMap<Span, Vec<Part>>) -> Self {
        Self {
            analysis,
            asked: asked(analysis.table),
            gone,
            parts,
            rows: RefCell::default(),
        }
    }

    /// The rule is no longer there.
    #[must_use]
    pub fn is_gone(&self, text: Span) -> bool {
        self.gone.contains(&text)
    }

    /// Of which policy.
    #[must_use]
    pub const fn analysis(&self) -> &'s Analysis<'t> {
        self.analysis
    }

    /// Takes a rule out if that is proved to change nothing.
    pub fn take_rule(&mut self, text: Span, effect: Effect, permissions: &[PermId]) -> bool {
        let keeps = |&id: &PermId| self.keeps(id, text, effect, |_| Truth::FALSE);
        let taken = permissions.iter().all(keeps);
        if taken {
            self.gone.insert(text);
            self.forget(permissions);
        }
        taken
    }

    /// Takes a part out of a rule's condition if that is proved to change nothing.
    pub fn take_part(&mut self, text: Span, effect: Effect, permissions: &[PermId], part: &Part) -> bool {
        let taken = self.can_spare(text, effect, permissions, part);
        if taken {
            self.parts.insert(text, self.parts_with(text, part));
            self.forget(permissions);
        }
        taken
    }

    /// True if it is proved that a part of a rule's condition changes nothing.
    pub fn can_spare(&self, text: Span, effect: Effect, permissions: &[PermId], part: &Part) -> bool {
        let parts = self.parts_with(text, part);
        let keeps = |&id: &PermId| self.keeps(id, text, effect, |cell| truth(cell, text, effect, &parts));
        permissions.iter().all(keeps)
    }

    /// What is out of a rule's condition already.
    #[must_use]
    pub fn parts(&self, text: Span) -> &[Part] {
        self.parts.get(&text).map_or(&[], Vec::as_slice)
    }

    /// The same and a part besides.
    #[must_use]
    pub fn parts_with(&self, text: Span, part: &Part) -> Vec<Part> {
        self.parts(text).iter().chain([part]).cloned().collect()
    }

    /// Each text of one effect that is left, with where it applies; may apply, if it prohibits.
    pub fn applying(&self, cell: &mut Cell<'_>, effect: Effect) -> Vec<(Span, Lit)> {
        let mut rows = self.rows.borrow_mut();
        let row = rows.entry(cell.permission).or_insert_with(|| self.row(cell));
        let texts = row.of(effect).iter();
        texts.map(|(&span, truth)| (span, applies(effect, *truth))).collect()
    }

    /// True if it is proved that a permission is decided as it is now with another truth of a text.
    fn keeps(&self, id: PermId, text: Span, effect: Effect, new: impl FnOnce(&mut Cell<'_>) -> Truth) -> bool {
        self.analysis.with(id, |cell| {
            let new = new(cell);
            let mut rows = self.rows.borrow_mut();
            let row = rows.entry(id).or_insert_with(|| self.row(cell));
            let old = row.of(effect).get(&text).copied().unwrap_or(Truth::FALSE);
            let rails = if self.asked.contains(&id) {
                &[true, false][..]
            } else {
                &[true]
            };
            let same = |cell: &mut Cell<'_>, yes: bool| {
                let changed = changes(cell, [old, new], (effect == Effect::Grant) == yes);
                cell.world.circuit.is_never(changed) || {
                    let claims = row.decides(cell, text, effect, yes);
                    cell.world.circuit.solve(&[&claims[..], &[changed]].concat()) == Answer::No
                }
            };
            cell.world.exact && rails.iter().all(|&yes| same(cell, yes))
        })
    }

    fn forget(&self, permissions: &[PermId]) {
        let mut rows = self.rows.borrow_mut();
        for id in permissions {
            rows.remove(id);
        }
    }

    fn row(&self, cell: &mut Cell<'_>) -> Row {
        let texts = |cell: &mut Cell<'_>, effect| {
            let ways = super::texts::ways(cell, effect);
            let mut all: BTreeMap<Span, Vec<Truth>> = BTreeMap::new();
            for (way, truth) in ways {
                let text = cell.table.span(way);
                if !self.gone.contains(&text) {
                    all.entry(text).or_default().push(truth);
                }
            }
            let now = all.into_iter().map(|(text, truths)| match self.parts.get(&text) {
                Some(parts) => (text, truth(cell, text, effect, parts)),
                None => (text, cell.world.circuit.any(truths)),
            });
            now.collect()
        };
        Row {
            grants: texts(cell, Effect::Grant),
            prohibitions: texts(cell, Effect::Prohibit),
        }
    }
}

impl Row {
    const fn of(&self, effect: Effect) -> &BTreeMap<Span, Truth> {
        match effect {
            Effect::Grant => &self.grants,
            Effect::Prohibit => &self.prohibitions,
        }
    }

    /// Where one text alone decides whether the permission is allowed; with `yes` false, whether it is surely denied.
    fn decides(&self, cell: &mut Cell<'_>, text: Span, effect: Effect, yes: bool) -> Vec<Lit> {
        let (gives, bars) = match yes {
            true => (grants as fn(Truth) -> Lit, may_prohibit as fn(Truth) -> Lit),
            false => (may_grant as fn(Truth) -> Lit, prohibits as fn(Truth) -> Lit),
        };
        let others = self.of(effect).iter().filter(|(it, _)| **it != text);
        let others = others.map(|(_, truth)| *truth);
        match effect {
            Effect::Grant => {
                let silent = others.chain([cell.decision.extra]).map(|truth| !gives(truth));
                let open = self.prohibitions.values().map(|&truth| !bars(truth));
                silent.chain(open).collect()
            }
            Effect::Prohibit => {
                let all = self.grants.values().copied().chain([cell.decision.extra]);
                let given = cell.world.circuit.or(all.map(gives).collect::<Vec<_>>());
                others.map(|truth| !bars(truth)).chain([given]).collect()
            }
        }
    }
}

const fn grants(truth: Truth) -> Lit {
    truth.yes
}

fn may_grant(truth: Truth) -> Lit {
    !truth.no
}

const fn prohibits(truth: Truth) -> Lit {
    truth.yes
}

fn may_prohibit(truth: Truth) -> Lit {
    !truth.no
}

/// A grant applies where it is true, a prohibition where it is not false.
pub fn applies(effect: Effect, truth: Truth) -> Lit {
    match effect {
        Effect::Grant => grants(truth),
        Effect::Prohibit => may_prohibit(truth),
    }
}

/// One rail of two truths differs.
fn changes(cell: &mut Cell<'_>, [old, new]: [Truth; 2], yes: bool) -> Lit {
    let [a, b] = if yes { [old.yes, new.yes] } else { [old.no, new.no] };
    cell.world.circuit.differ(a, b)
}

/// The truth of a text were these parts not in it.
pub fn truth(cell: &mut Cell<'_>, text: Span, effect: Effect, parts: &[Part]) -> Truth {
    let table = cell.table;
    let ways: Vec<Way> = super::texts::ways(cell, effect)
        .into_iter()
        .map(|(way, _)| way)
        .collect();
    let own = ways.into_iter().filter(|&way| table.span(way) == text);
    let truths: Vec<Truth> = own
        .map(|way| truth_with(cell, way, &without(table.model().rule(way.rule), parts)))
        .collect();
    cell.world.circuit.any(truths)
}

/// Permissions that derived roles and `they have` ask for.
fn asked(table: &Table) -> BTreeSet<PermId> {
    let model = table.model();
    let derived = model.roles.iter().flat_map(|role| &role.derived);
    let derived = derived.filter_map(|being| match being {
        DerivationTerm::Can(permissions) => Some(permissions),
        _ => None,
    });
    let handed = model.rules.iter().filter(|rule| rule.they_have);
    let inner = handed
        .flat_map(|rule| &rule.permissions)
        .filter_map(|&id| match model.permissions.get(id) {
            Permission::Grant(inner) => Some(inner),
            _ => None,
        });
    derived.flatten().copied().chain(inner).collect()
}
