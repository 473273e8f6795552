//! From a changed cell to the edits that changed it.
//!
//! 1. [`Tracer::trace`] goes through the ways of both sides. A way that the other side has as well is no cause.
//! 2. [`Tracer::of_way`] follows any other: the role or permission is new or gone; the rule is; the rule was edited; the
//!    head above it gives another reach; or all reads as before, and the rule came to the cell through something else
//!    (`through`): an edge of `extends`, an area, a role set, `implies`.
//! 3. If no way differs, what the conditions speak of does (`meaning`): an attribute's default, who holds a role.
//! 4. What is left over changed no cell (`idle`).

mod idle;
mod meaning;
mod through;

use super::declared::{Declared, Subject};
use super::names::Names;
use super::texts::{Pairs, Text, Texts};
use super::{Cause, Kind, Side, words};
use crate::analyze::compare::{Cell, Change, SETTING};
use crate::model::changing::is_changing;
use crate::model::permission::{PermId, Permission};
use crate::model::{Model, Rule, Who};
use crate::table::Way;
use crate::table::grid::Clause;
use std::collections::BTreeSet;

/// All that is needed to trace cells.
pub(super) struct Tracer<'t> {
    halves: [Half<'t>; 2],
    pairs: Pairs,
    declared: Declared,
    names: &'t Names,
}

/// The rules that are part of a change.
#[derive(Debug, Clone, Default)]
pub(super) struct Touched {
    texts: BTreeSet<(Which, usize)>,
}

struct Half<'t> {
    side: Side<'t>,
    texts: Texts<'t>,
}

/// Which of the two policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Which {
    Old,
    New,
}

impl Which {
    const fn other(self) -> Self {
        match self {
            Self::Old => Self::New,
            Self::New => Self::Old,
        }
    }
}

/// A way on one side, with what it belongs to.
#[derive(Clone, Copy)]
struct Spot<'c> {
    cell: &'c Cell,
    way: Way,
    which: Which,
}

impl<'t> Tracer<'t> {
    pub(super) fn of(old: &Side<'t>, new: &Side<'t>, names: &'t Names) -> Self {
        let halves = [old, new].map(|side| Half {
            side: *side,
            texts: Texts::of(side),
        });
        Self {
            pairs: Pairs::of(&halves[0].texts, &halves[1].texts),
            declared: Declared::of(old, new, names),
            halves,
            names,
        }
    }

    /// The edits that changed a cell, at least one: of those that can have changed it in its direction, if there are any.
    pub(super) fn trace(&self, cell: &Cell, touched: &mut Touched) -> BTreeSet<Cause> {
        let causes = match cell.permission.strip_prefix(SETTING) {
            Some(setting) => self.of_setting(setting),
            None => self.of_rules(cell, touched),
        };
        match causes.is_empty() {
            true => BTreeSet::from([self.declared_alone()]),
            false => causes,
        }
    }

    fn of_rules(&self, cell: &Cell, touched: &mut Touched) -> BTreeSet<Cause> {
        let all = self.of_ways(cell, Change::Both, touched);
        let wanted = self.of_ways(cell, cell.change, touched);
        if !wanted.is_empty() {
            return wanted;
        }
        let meant = self.meaning(cell, touched);
        match meant.is_empty() {
            false => meant,
            true => all,
        }
    }

    /// Where every rule reads as before: the edit of a declaration, if there is but one.
    fn declared_alone(&self) -> Cause {
        match &self.declared.list[..] {
            [only] => only.cause.clone(),
            _ => unclear(),
        }
    }

    /// Another permission changes an attribute: it moved to another field, or the action that changes it came or went.
    fn of_setting(&self, setting: &str) -> BTreeSet<Cause> {
        let is_owner = |ty: &str| setting.strip_prefix(ty).is_some_and(|rest| rest.starts_with('.'));
        let attribute = self.edits(|it| matches!(it, Subject::Attribute(_, full) if full == setting));
        let action = self.edits(|it| matches!(it, Subject::Member(ty, name) if is_owner(ty) && is_changing(name)));
        match attribute.is_empty() {
            false => attribute,
            true => action,
        }
    }

    /// The edits behind the ways that one side has and the other lacks. What is wider has a new grant or lacks a
    /// prohibition; what is narrower lacks a grant or has a new prohibition.
    fn of_ways(&self, cell: &Cell, change: Change, touched: &mut Touched) -> BTreeSet<Cause> {
        let ([old, new], [before, after]) = (&cell.behind.grants, &cell.behind.prohibitions);
        let wider = [(Which::New, new, old), (Which::Old, before, after)];
        let narrower = [(Which::Old, old, new), (Which::New, after, before)];
        let lists = match change {
            Change::Gained | Change::Wider => wider.to_vec(),
            Change::Lost | Change::Narrower => narrower.to_vec(),
            Change::Both => [narrower, wider].concat(),
        };
        let mut causes = BTreeSet::new();
        for (which, here, there) in lists {
            for &way in here.at_work.iter().filter(|way| !self.is_had(which, **way, &there.all)) {
                touched.texts.extend(self.text(which, way).map(|text| (which, text)));
                causes.extend(self.of_way(Spot { cell, way, which }));
            }
        }
        causes
    }

    fn half(&self, which: Which) -> &Half<'t> {
        match which {
            Which::Old => &self.halves[0],
            Which::New => &self.halves[1],
        }
    }

    fn model(&self, which: Which) -> &'t Model {
        self.half(which).side.table.model()
    }

    fn rule(&self, which: Which, way: Way) -> &'t Rule {
        self.model(which).rule(way.rule)
    }

    /// The text behind a way.
    fn text(&self, which: Which, way: Way) -> Option<usize> {
        self.half(which).texts.at(self.rule(which, way).span)
    }

    /// The partner of a text on the other side.
    fn partner(&self, which: Which, text: usize) -> Option<usize> {
        match which {
            Which::Old => self.pairs.new_of(text),
            Which::New => self.pairs.old_of(text),
        }
    }

    fn texts(&self, which: Which, text: usize, partner: usize) -> (&Text<'t>, &Text<'t>) {
        (
            &self.half(which).texts.list[text],
            &self.half(which.other()).texts.list[partner],
        )
    }

    /// True if the other side has the same way with the same meaning.
    fn is_had(&self, which: Which, way: Way, there: &[Way]) -> bool {
        let partner = self.text(which, way).and_then(|text| self.partner(which, text));
        let mut others = there
            .iter()
            .filter(|other| partner.is_some() && self.text(which.other(), **other) == partner);
        others.any(|other| {
            let clause = |which, way| Clause::of(self.model(which), self.rule(which, way));
            let (a, b) = (clause(which, way), clause(which.other(), *other));
            let whom = |which: Which, way| self.whom(which, self.rule(which, way));
            let same_whom = whom(which, way) == whom(which.other(), *other);
            same_whom && a.effect == b.effect && a.terms() == b.terms() && a.named == b.named
        })
    }

    /// Of whom a rule without a role speaks.
    fn whom(&self, which: Which, rule: &Rule) -> String {
        match &rule.who {
            Who::Holders(_) => String::new(),
            Who::Everyone => "everyone".to_owned(),
            Who::Anyone => "anyone".to_owned(),
            Who::Nobody(but) => {
                let mut but: Vec<String> = but.iter().map(|&role| self.model(which).full_role(role)).collect();
                but.sort_unstable();
                format!("nobody but {}", but.join(", "))
            }
        }
    }

    fn of_way(&self, spot: Spot<'_>) -> Vec<Cause> {
        match (self.of_names(spot), self.text(spot.which, spot.way)) {
            (Some(cause), _) => vec![cause.clone()],
            (None, Some(text)) => self.of_text(spot, text),
            (None, None) => vec![unclear()],
        }
    }

    /// A role that is new or gone, or a permission that is gone.
    fn of_names(&self, spot: Spot<'_>) -> Option<&Cause> {
        let role = spot.cell.role.clone().map(Subject::Role);
        let of_role = role.and_then(|role| self.declared.find(&role));
        of_role.or_else(|| match (spot.which, spot.cell.new_permission) {
            (Which::Old, None) => self.of_permission(Which::Old, spot.cell.old_permission?),
            _ => None,
        })
    }

    /// What made a permission come or go.
    fn of_permission(&self, which: Which, id: PermId) -> Option<&Cause> {
        let model = self.model(which);
        let of_type = |ty| self.declared.find(&Subject::Type(model.ty(ty).name.clone()));
        match model.permissions.get(id) {
            Permission::Give(role) | Permission::Take(role) => {
                self.declared.find(&Subject::Role(model.full_role(role)))
            }
            Permission::AddMember(ty) | Permission::RemoveMember(ty) => of_type(ty),
            Permission::Grant(inner) => self.of_permission(which, inner),
            Permission::Act { ty, action, field } => {
                let it = model.ty(ty);
                let member = |name: &str| self.declared.find(&Subject::Member(it.name.clone(), name.to_owned()));
                let of_field = field.and_then(|field| member(&it.fields[field].name));
                of_type(ty).or_else(|| member(&it.actions[action].name)).or(of_field)
            }
        }
    }

    fn of_text(&self, spot: Spot<'_>, text: usize) -> Vec<Cause> {
        let which = spot.which;
        let Some(partner) = self.partner(which, text) else {
            return vec![self.lone(which, text)];
        };
        if let Some(edge) = self.edge(spot, partner) {
            return vec![edge.clone()];
        }
        let (own, other) = self.texts(which, text, partner);
        let mut causes = Vec::new();
        if !own.reads_like(other) {
            causes.push(self.edited(which, text, partner));
        }
        if own.head_reach() != other.head_reach() {
            causes.push(self.head_changed(which, text, partner));
        }
        if causes.is_empty() {
            causes.push(match self.through(spot, text) {
                Some(through) => through.clone(),
                None if own.roles == other.roles => self.declared_alone(),
                None => self.edited(which, text, partner),
            });
        }
        causes
    }

    /// A rule that one side lacks.
    fn lone(&self, which: Which, text: usize) -> Cause {
        let text = &self.half(which).texts.list[text];
        let kind = self.kind_of(which, text);
        let fresh = if kind == Kind::Assignment {
            "a new assignment rule"
        } else {
            "a new rule"
        };
        let (title, old, new) = match which {
            Which::Old => (format!("{} taken away", noun(kind)), Some(text.span), None),
            Which::New => (fresh.to_owned(), None, Some(text.span)),
        };
        Cause {
            kind,
            title,
            old,
            new,
            words: Vec::new(),
        }
    }

    fn edited(&self, which: Which, text: usize, partner: usize) -> Cause {
        let (own, other) = self.texts(which, text, partner);
        let (old, new) = match which {
            Which::Old => (own, other),
            Which::New => (other, own),
        };
        let kind = self.kind_of(which, own);
        let done = match () {
            () if !old.reads_like(new) => "changed",
            () if old.roles.iter().any(|role| new.roles.contains(role)) => "is said of other roles",
            () => "moved",
        };
        Cause {
            kind,
            title: format!("{} {done}", noun(kind)),
            old: Some(old.span),
            new: Some(new.span),
            words: words::between(old, new, self.halves[0].side.sources, self.names),
        }
    }

    /// The head of the block around a rule gives another reach.
    fn head_changed(&self, which: Which, text: usize, partner: usize) -> Cause {
        let (own, other) = self.texts(which, text, partner);
        let (old, new) = match which {
            Which::Old => (own, other),
            Which::New => (other, own),
        };
        let head = |text: &Text<'_>| text.block.map(|block| block.head.0);
        Cause {
            kind: Kind::Head,
            title: "the reach in a role's head changed".to_owned(),
            old: head(old),
            new: head(new),
            words: words::of_heads(old, new, self.halves[0].side.sources),
        }
    }

    fn kind_of(&self, which: Which, text: &Text<'_>) -> Kind {
        let model = self.model(which);
        let rule = model.rules.iter().find(|rule| rule.span == text.span);
        let handing = |rule: &Rule| {
            let mut all = rule.permissions.iter().map(|&id| model.permissions.get(id));
            !rule.permissions.is_empty() && all.all(Permission::is_administrative)
        };
        if rule.is_some_and(handing) {
            Kind::Assignment
        } else {
            Kind::Rule
        }
    }
}

const fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Assignment => "an assignment rule",
        _ => "a rule",
    }
}

fn unclear() -> Cause {
    Cause {
        kind: Kind::Unclear,
        title: "several edits together".to_owned(),
        old: None,
        new: None,
        words: Vec::new(),
    }
}
