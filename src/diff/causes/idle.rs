//! Edits that changed no cell.

use super::{Touched, Tracer, Which};
use crate::analyze::compare::Change;
use crate::diff::{Cause, Group, Kind, words};
use crate::source::Span;
use std::collections::BTreeSet;

impl Tracer<'_> {
    /// Edits of declarations that are no cause, and rules that were edited and are part of no change.
    pub(in crate::diff) fn rest(&self, told: &BTreeSet<&Cause>, touched: &Touched) -> (Vec<Cause>, Vec<Cause>) {
        let mut aside = self.declared.unused(told);
        // An edited head is told where it is a cause, under whatever title.
        let heads = told.iter().filter(|cause| cause.kind == Kind::Head);
        let heads: Vec<_> = heads.map(|cause| (cause.old, cause.new)).collect();
        aside.retain(|cause| !heads.contains(&(cause.old, cause.new)));
        let idle = self.idle_texts(touched).into_iter();
        let (limits, same): (Vec<Cause>, Vec<Cause>) = idle
            .filter(|cause| !told.contains(cause))
            .partition(|cause| self.changes_limits(cause));
        aside.extend(limits);
        (aside, same)
    }

    /// A limit (`but not …`) is stated or no longer: like a promise it gives nothing, and says something.
    fn changes_limits(&self, cause: &Cause) -> bool {
        let limits = |which: Which, span: Option<Span>| {
            let model = self.model(which);
            let rules = model.rules.iter().filter(|rule| Some(rule.span) == span);
            rules
                .flat_map(|rule| rule.limits.iter().map(|&id| model.show_permission(id)))
                .collect::<BTreeSet<String>>()
        };
        limits(Which::Old, cause.old) != limits(Which::New, cause.new)
    }

    /// Every rule that one side lacks or words otherwise, and that is part of no change.
    fn idle_texts(&self, touched: &Touched) -> Vec<Cause> {
        let is_idle = |which: Which, text: usize| !touched.texts.contains(&(which, text));
        let mut causes = Vec::new();
        for (ix, text) in self.halves[0].texts.list.iter().enumerate() {
            match self.pairs.new_of(ix) {
                None if is_idle(Which::Old, ix) => causes.push(self.lone(Which::Old, ix)),
                Some(partner)
                    if !text.reads_like(&self.halves[1].texts.list[partner])
                        && is_idle(Which::Old, ix)
                        && is_idle(Which::New, partner) =>
                {
                    causes.push(self.edited(Which::Old, ix, partner));
                }
                _ => {}
            }
        }
        let new = 0..self.halves[1].texts.list.len();
        let lone = new.filter(|&ix| self.pairs.old_of(ix).is_none() && is_idle(Which::New, ix));
        causes.extend(lone.map(|ix| self.lone(Which::New, ix)));
        causes
    }

    /// What a rule that came or went says beside those that the cell has: `now also when amount < 500`.
    pub(in crate::diff) fn tell(&self, group: &mut Group) {
        let mut beside = group.cells.iter().map(|cell| cell.change);
        let (which, word) = match (group.cause.old, group.cause.new) {
            (None, Some(_)) if beside.all(|change| change == Change::Wider) => (Which::New, "now also"),
            (Some(_), None) if beside.all(|change| change == Change::Narrower) => (Which::Old, "no longer"),
            _ => return,
        };
        let half = self.half(which);
        let span = group.cause.new.or(group.cause.old);
        let text = span.and_then(|span| half.texts.at(span)).map(|ix| &half.texts.list[ix]);
        let terms = text
            .filter(|text| text.grants)
            .map(|text| words::of(text, half.side.sources));
        let terms = terms.filter(|terms| !terms.is_empty());
        group.cause.words.extend(terms.map(|terms| format!("{word} {terms}")));
    }
}
