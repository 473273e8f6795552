//! Which rules say something: each rule text of a policy, held against all others.
//!
//! A text may land in several roles and concern several permissions; it says something if in one of these it alone
//! decides something. So for every permission one question is enough for most texts: *can it apply where nothing else of
//! its kind does, to an effect?* Only those of which no permission says yes are looked at further, for the reason.
//!
//! 1. Some need no solver ([`is_plain`]): the only way by which a role has a permission that nothing prohibits.
//! 2. [`Survey::survey`] asks the solver, one permission after the other, about the texts that are not settled yet.
//! 3. [`Survey::verdict`] finds the reason for what is left: never true, prohibited, or covered, and by which texts.
//! 4. [`Survey::together`] keeps those that can all be taken out ([`Standing`]).
//!
//! What the solver gives up is taken as it would be were the text needed: nothing is said of it.

mod sheet;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use sheet::Sheet;
pub(super) use sheet::by_text;

use super::Analysis;
use super::cell::Cell;
use super::circuit::Circuit;
use super::solver::{Answer, Lit};
use super::standing::Standing;
use crate::eval::delegated_grants::terms_of;
use crate::model::containment::Containment;
use crate::model::permission::{PermId, Permission};
use crate::model::value::NodeId;
use crate::model::{Effect, RuleId, TypeId, TypeKind};
use crate::source::Span;
use crate::table::{Table, Way};

/// What is wrong with a rule that changes no decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is never true.
    Dead,
    /// Whenever it is true, one of these prohibits the same.
    Overridden(Vec<Span>),
    /// Nothing that it prohibits is granted when it applies; these grant it at other times.
    Vacuous(Vec<Span>),
    /// This one covers it.
    Shadowed(Span),
    /// This one says the same.
    Equivalent(Span),
    /// These cover it together.
    Jointly(Vec<Span>),
}

impl Verdict {
    /// What is looked at first.
    const fn order(&self) -> u8 {
        match self {
            Self::Dead => 0,
            Self::Overridden(_) => 1,
            Self::Vacuous(_) => 2,
            Self::Shadowed(_) => 3,
            Self::Equivalent(_) => 4,
            Self::Jointly(_) => 5,
        }
    }
}

/// A rule text with what is wrong with it.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The text.
    pub rule: RuleId,
    /// What is wrong.
    pub verdict: Verdict,
    /// It can be taken out, together with all that are told, and nothing changes.
    pub out: bool,
}

#[derive(Debug, Default)]
struct Text {
    rule: Option<RuleId>,
    permissions: Vec<PermId>,
    alive: bool,
    /// Permissions in which it applies to an effect, though not alone.
    effective: Vec<PermId>,
    decides: bool,
}

/// Rule texts being settled.
struct Survey<'s, 't> {
    analysis: &'s Analysis<'t>,
    table: &'t Table,
    texts: BTreeMap<Span, Text>,
    /// By type: the types that can lie below in the same account.
    below: Vec<Vec<TypeId>>,
    sheets: RefCell<HashMap<(PermId, Effect), Sheet>>,
}

/// Everything that is wrong with the rules of a policy, in the order of their texts.
#[must_use]
pub fn findings(analysis: &Analysis<'_>) -> Vec<Finding> {
    let types = &analysis.table.model().types;
    let containment = Containment::new(types);
    let mut survey = Survey {
        analysis,
        table: analysis.table,
        texts: texts(analysis.table),
        below: analysis
            .table
            .model()
            .type_ids()
            .map(|ty| containment.below(ty, true))
            .collect(),
        sheets: RefCell::default(),
    };
    survey.settle_plain();
    survey.survey();
    survey.findings()
}

fn texts(table: &Table) -> BTreeMap<Span, Text> {
    let mut texts: BTreeMap<Span, Text> = BTreeMap::new();
    for (permission, _) in table.model().permissions.iter() {
        let row = table.row(permission);
        for way in row.grants.iter().chain(&row.prohibitions) {
            let text = texts.entry(table.span(*way)).or_default();
            text.rule.get_or_insert(way.rule);
            if text.permissions.last() != Some(&permission) {
                text.permissions.push(permission);
            }
        }
    }
    texts
}

impl Survey<'_, '_> {
    fn settle_plain(&mut self) {
        let table = self.table;
        for (permission, _) in table.model().permissions.iter() {
            let row = table.row(permission);
            for way in &row.grants {
                if is_plain(table, permission, *way, &self.below)
                    && let Some(text) = self.texts.get_mut(&table.span(*way))
                {
                    (text.alive, text.decides) = (true, true);
                }
            }
        }
    }

    fn survey(&mut self) {
        for (permission, _) in self.table.model().permissions.iter() {
            for effect in [Effect::Grant, Effect::Prohibit] {
                let ways = self.table.ways(permission, effect);
                if ways.iter().any(|way| self.is_open(self.table.span(*way))) {
                    self.ask(permission, effect);
                }
            }
        }
    }

    fn is_open(&self, span: Span) -> bool {
        self.texts.get(&span).is_some_and(|text| !text.decides)
    }

    /// Asks something of one permission's texts of one effect.
    fn sheet<T>(&self, permission: PermId, effect: Effect, ask: impl FnOnce(&mut Cell<'_>, &mut Sheet) -> T) -> T {
        self.analysis.with(permission, |cell| {
            let mut sheets = self.sheets.borrow_mut();
            let sheet = sheets
                .entry((permission, effect))
                .or_insert_with(|| Sheet::new(cell, effect));
            ask(cell, sheet)
        })
    }

    /// Asks about every open text of one effect in one cell.
    fn ask(&mut self, permission: PermId, effect: Effect) {
        let mut texts = std::mem::take(&mut self.texts);
        self.sheet(permission, effect, |cell, sheet| {
            let groups = Groups::of(cell, &sheet.texts);
            for (ix, (span, lit)) in sheet.texts.clone().into_iter().enumerate() {
                let Some(text) = texts.get_mut(&span).filter(|text| !text.decides) else {
                    continue;
                };
                let mut alone = groups.none_but(ix, &sheet.texts);
                alone.extend([!sheet.extra, lit, sheet.arena]);
                if !cell.world.exact || sheet.solve(cell, &alone) != Answer::No {
                    (text.alive, text.decides) = (true, true);
                    continue;
                }
                if sheet.was_met(ix) || sheet.solve(cell, &[lit, sheet.arena]) != Answer::No {
                    text.effective.push(permission);
                }
                text.alive = text.alive || !text.effective.is_empty() || cell.world.circuit.solve(&[lit]) != Answer::No;
            }
        });
        self.texts = texts;
    }

    fn findings(&self) -> Vec<Finding> {
        let open = self.texts.iter().filter(|(_, text)| !text.decides);
        let found: Vec<Finding> = open
            .filter_map(|(&span, text)| {
                let verdict = self.verdict(span, text)?;
                Some(Finding {
                    rule: text.rule?,
                    verdict,
                    out: false,
                })
            })
            .collect();
        self.together(found)
    }

    /// Those that can be taken out one after the other, in the order of their texts. What others cover only together comes
    /// last: these may be covered themselves. A rule that allows nothing is told in any case: it may bound what data hands
    /// out all the same.
    fn together(&self, mut found: Vec<Finding>) -> Vec<Finding> {
        let model = self.table.model();
        let whole = Standing::without(self.analysis, BTreeSet::new(), BTreeMap::new());
        let mut standing = Standing::without(self.analysis, BTreeSet::new(), BTreeMap::new());
        found.sort_by_key(|finding| finding.verdict.order());
        found.retain_mut(|finding| {
            let rule = model.rule(finding.rule);
            let text = &self.texts[&rule.span];
            // Each by itself may be taken out, and all together.
            let is_a_ceiling = |standing| self.is_a_ceiling(rule.span, text, standing);
            finding.out = !is_a_ceiling(&whole)
                && !is_a_ceiling(&standing)
                && standing.take_rule(rule.span, rule.effect, &text.permissions);
            if let Verdict::Jointly(by) = &mut finding.verdict {
                *by = self.joint_cover(rule.span, text, &standing);
            }
            finding.out || matches!(finding.verdict, Verdict::Dead | Verdict::Overridden(_))
        });
        found.sort_by_key(|finding| model.rule(finding.rule).span);
        found
    }

    fn verdict(&self, span: Span, text: &Text) -> Option<Verdict> {
        let effect = self.table.model().rule(text.rule?).effect;
        if !text.alive {
            return Some(Verdict::Dead);
        }
        if text.effective.is_empty() {
            let against = self.against(span, text, effect);
            return Some(match effect {
                Effect::Grant => Verdict::Overridden(against),
                Effect::Prohibit => Verdict::Vacuous(against),
            });
        }
        self.covered(span, text, effect)
    }

    /// True if it decides what data may hand out: ceilings look at reach, not at conditions, so a rule decides something
    /// there even where it is never true.
    fn is_a_ceiling(&self, own: Span, text: &Text, standing: &Standing<'_, '_>) -> bool {
        let permissions = &self.table.model().permissions;
        text.permissions.iter().any(|&id| match permissions.get(id) {
            Permission::Grant(inner) => self.analysis.with(inner, |cell| moves_ceiling(cell, own, standing)),
            _ => false,
        })
    }

    /// For a grant the prohibitions that stand against it, for a prohibition the grants that it misses.
    fn against(&self, span: Span, text: &Text, effect: Effect) -> Vec<Span> {
        let other = match effect {
            Effect::Grant => Effect::Prohibit,
            Effect::Prohibit => Effect::Grant,
        };
        let mut found = BTreeSet::new();
        for &permission in &text.permissions {
            let lit = self.sheet(permission, effect, |_, sheet| {
                sheet.index(span).map_or(Lit::FALSE, |ix| sheet.texts[ix].1)
            });
            self.sheet(permission, other, |cell, sheet| {
                found.extend(core(cell, &[lit], &sheet.texts))
            });
        }
        found.into_iter().collect()
    }

    /// The first text that covers more; else the first that says the same, told at the later one; else several together.
    fn covered(&self, span: Span, text: &Text, effect: Effect) -> Option<Verdict> {
        let mut equivalent = None;
        let mut from = 0;
        while let Some((cover, next)) = self.single_cover(span, text, effect, from) {
            let back = self.texts.get(&cover)?;
            if !self.covers(span, cover, &back.permissions, effect) {
                return Some(Verdict::Shadowed(cover));
            }
            equivalent.get_or_insert(cover);
            from = next;
        }
        match equivalent {
            Some(first) => (first < span).then_some(Verdict::Equivalent(first)),
            // Which these are is seen when it is known which are left.
            None => Some(Verdict::Jointly(Vec::new())),
        }
    }

    /// The next text that covers this one alone wherever it stands, and where to look on from in the first permission's
    /// sheet.
    fn single_cover(&self, span: Span, text: &Text, effect: Effect, mut from: usize) -> Option<(Span, usize)> {
        let (&first, others) = text.effective.split_first()?;
        loop {
            let (cover, next) = self.sheet(first, effect, |cell, sheet| {
                let ix = sheet.next_cover(cell, sheet.index(span)?, from)?;
                Some((sheet.texts[ix].0, ix + 1))
            })?;
            if self.covers(cover, span, others, effect) {
                return Some((cover, next));
            }
            from = next;
        }
    }

    /// True if whenever `span` applies to an effect in one of the permissions, `cover` does too.
    fn covers(&self, cover: Span, span: Span, permissions: &[PermId], effect: Effect) -> bool {
        permissions.iter().all(|&permission| {
            self.sheet(permission, effect, |cell, sheet| {
                match (sheet.index(cover), sheet.index(span)) {
                    (Some(cover), Some(text)) => sheet.covers(cell, cover, text),
                    (None, Some(text)) => {
                        let lits = [sheet.texts[text].1, sheet.arena];
                        sheet.solve(cell, &lits) == Answer::No
                    }
                    (_, None) => true,
                }
            })
        })
    }

    /// Texts that are left and together cover this one.
    fn joint_cover(&self, span: Span, text: &Text, standing: &Standing<'_, '_>) -> Vec<Span> {
        let effect = text
            .rule
            .map_or(Effect::Grant, |rule| self.table.model().rule(rule).effect);
        let mut found = BTreeSet::new();
        for &permission in &text.effective {
            self.sheet(permission, effect, |cell, sheet| {
                let Some(own) = sheet.index(span) else { return };
                let lit = sheet.texts[own].1;
                let left = sheet
                    .texts
                    .iter()
                    .filter(|(it, _)| *it != span && !standing.is_gone(*it));
                let left: Vec<(Span, Lit)> = left.copied().collect();
                found.extend(core(cell, &[lit, sheet.arena], &left));
            });
        }
        found.into_iter().collect()
    }
}

/// True if at some node other things could be handed out without a text.
fn moves_ceiling(cell: &Cell<'_>, own: Span, standing: &Standing<'_, '_>) -> bool {
    let (table, permission) = (cell.table, cell.permission);
    let left = |way: &Way| !standing.is_gone(table.span(*way));
    cell.world.shapes.iter().any(|shape| {
        let mut nodes = (0..).map(NodeId).zip(&shape.present).filter(|(_, present)| **present);
        nodes.any(|(at, _)| {
            let without = |way: &Way| left(way) && table.span(*way) != own;
            terms_of(table, &shape.forest, permission, at, left)
                != terms_of(table, &shape.forest, permission, at, without)
        })
    })
}

/// Texts in groups, each group with a gate that says whether one of its texts applies: so that *none but this one* takes
/// few assumptions, and few gates follow from each of them.
struct Groups {
    size: usize,
    some: Vec<Lit>,
}

impl Groups {
    fn of(cell: &mut Cell<'_>, texts: &[(Span, Lit)]) -> Self {
        let size = texts.len().isqrt().max(1);
        let gate = |group: &[(Span, Lit)]| cell.world.circuit.or(group.iter().map(|(_, lit)| *lit));
        let some = texts.chunks(size).map(gate).collect();
        Self { size, some }
    }

    /// No text but this one applies.
    fn none_but(&self, ix: usize, texts: &[(Span, Lit)]) -> Vec<Lit> {
        let own = ix / self.size;
        let start = own * self.size;
        let beside = texts.iter().enumerate().skip(start).take(self.size);
        let beside = beside.filter(|(other, _)| *other != ix).map(|(_, (_, lit))| !*lit);
        let groups = self.some.iter().enumerate().filter(|(group, _)| *group != own);
        groups.map(|(_, some)| !*some).chain(beside).collect()
    }
}

/// A subset-minimal choice of texts one of which always applies where all of `given` do; empty if they need not, or if
/// that is not settled.
pub(super) fn core(cell: &mut Cell<'_>, given: &[Lit], texts: &[(Span, Lit)]) -> Vec<Span> {
    let circuit = &mut cell.world.circuit;
    let none: Vec<Lit> = texts.iter().map(|(_, lit)| !*lit).collect();
    if circuit.solve(&[given, &none].concat()) != Answer::No {
        return Vec::new();
    }
    let failed = |circuit: &Circuit| -> Vec<Lit> {
        let core = circuit.core().into_iter();
        core.filter(|lit| !given.contains(lit)).collect()
    };
    let mut core = failed(circuit);
    let mut ix = 0;
    while ix < core.len() {
        let mut fewer = core.clone();
        fewer.remove(ix);
        match circuit.solve(&[given, &fewer].concat()) {
            Answer::Yes | Answer::GaveUp => ix += 1,
            // What was kept is needed by every part that fails, so it stands first here too.
            Answer::No => core = failed(circuit),
        }
    }
    texts
        .iter()
        .filter(|(_, lit)| core.contains(&!*lit))
        .map(|(span, _)| *span)
        .collect()
}

/// True if the way is the only one by which its role has the permission, without condition, and nothing prohibits it:
/// whoever holds the role alone shows that the rule decides something.
fn is_plain(table: &Table, permission: PermId, way: Way, below: &[Vec<TypeId>]) -> bool {
    table.model().rule(way.rule).is_plain() && stands_alone(table, permission, way, below)
}

/// True if the way is the only one by which its role has the permission, which nothing prohibits, at what lies below.
pub(super) fn stands_alone(table: &Table, permission: PermId, way: Way, below: &[Vec<TypeId>]) -> bool {
    let model = table.model();
    let row = table.row(permission);
    let Some(role) = way.role else { return false };
    let Permission::Act { ty, action, .. } = model.permissions.get(permission) else {
        return false;
    };
    let creates = model.ty(ty).actions[action].creating;
    let alone = row.grants.iter().filter(|other| other.role == way.role).count() == 1
        && row
            .grants
            .iter()
            .all(|other| other.role.is_some_and(|role| !model.role(role).is_derived()));
    let lies_below = || {
        let below = &below[model.role(role).ty.ix()];
        match creates {
            true => model
                .ty(ty)
                .containers
                .iter()
                .any(|container| below.contains(container)),
            false => below.contains(&ty),
        }
    };
    row.prohibitions.is_empty() && alone && model.ty(ty).kind != TypeKind::Principal && lies_below()
}
