//! Rules written in facts: single grants, and roles that tenants made for themselves.
//!
//! A text is parsed as a rule of the policy is, then resolved at each type of node at which it may be held. All texts
//! of one type are resolved together, for each resolution stands on a copy of the model.

use std::collections::BTreeMap;

use super::shape::items;
use super::{Reader, Record};
use crate::diagnostic::{Diagnostic, Found, Label, Severity};
use crate::facts::{SingleGrant, Subject, Window};
use crate::model::containment::Containment;
use crate::model::resolve::Loose;
use crate::model::value::NodeId;
use crate::model::{Rule, TypeId};
use crate::yaml::Yaml;
use crate::source::{FileId, Span};
use crate::syntax::{ast, parse};

/// A text behind `can:`.
struct Text<'y> {
    yaml: &'y Yaml,
    /// The bytes of the file are those of the text.
    exact: bool,
    rule: ast::Rule,
    /// Where it may be held; that of the place it is given at first.
    types: Vec<TypeId>,
    owner: Owner,
}

/// Whose text it is.
#[derive(Clone, Copy)]
enum Owner {
    /// A custom role, by its place in the list.
    Custom(usize),
    /// A single grant.
    Grant(Subject, NodeId, Window),
}

/// A text as resolved at one type, or what is wrong with it there.
struct Landing {
    ty: TypeId,
    rule: Rule,
    faults: Vec<Diagnostic>,
}

impl<'y> Reader<'y> {
    /// Reads custom roles and single grants.
    pub(super) fn read_texts(&mut self, yaml: &'y Yaml) {
        let mut texts = self.custom_texts();
        for record in self.entries(yaml, "grants") {
            self.only_keys(record.fields, &["to", "can", "at", "from", "until"], "a grant");
            self.grant_texts(record, &mut texts);
        }
        let landings = self.land(&texts);
        for (text, landings) in texts.iter().zip(landings) {
            let rules = self.sound(text, landings);
            self.give(text, rules);
        }
    }

    fn custom_texts(&mut self) -> Vec<Text<'y>> {
        let containment = Containment::new(&self.model.types);
        let mut texts = Vec::new();
        for ix in 0..self.custom.len() {
            let base = self.facts.node(self.facts.custom[ix].at).ty;
            let places = containment.below(base, false).into_iter();
            let other = places.filter(|&ty| ty != base && self.model.ty(ty).kind.is_place());
            let types: Vec<TypeId> = std::iter::once(base).chain(other).collect();
            let fields = self.custom[ix];
            let record = Record { span: self.facts.custom[ix].span, fields };
            let Some(can) = self.required(record, "can", "a role") else {
                continue;
            };
            texts.extend(items(can).iter().filter_map(|item| self.rule_text(item, &types, Owner::Custom(ix))));
        }
        texts
    }

    fn grant_texts(&mut self, record: Record<'y>, texts: &mut Vec<Text<'y>>) {
        let to = self.required(record, "to", "a grant").and_then(|to| self.subject(to));
        let at = self.required(record, "at", "a grant").and_then(|at| self.node(at, None));
        let can = self.required(record, "can", "a grant");
        let window = self.window(record.fields);
        let (Some(to), Some(at), Some(can), Some(window)) = (to, at, can, window) else {
            return;
        };
        let types = [self.facts.node(at).ty];
        let owner = Owner::Grant(to, at, window);
        texts.extend(items(can).iter().filter_map(|item| self.rule_text(item, &types, owner)));
    }

    fn rule_text(&mut self, yaml: &'y Yaml, types: &[TypeId], owner: Owner) -> Option<Text<'y>> {
        let text = self.text(yaml, "a rule such as `view Budget`")?;
        let (base, exact) = base(yaml, text);
        let rule = self.parsed(yaml, exact, |found| parse::rule(yaml.span.file, text, base, found))?;
        let types = types.to_vec();
        Some(Text { yaml, exact, rule, types, owner })
    }

    /// What a parser makes of a text; its faults are reported where the text stands.
    pub(super) fn parsed<T>(&mut self, at: &Yaml, exact: bool, parse: impl FnOnce(&mut Found) -> Option<T>) -> Option<T> {
        let mut found = Found::default();
        let tree = parse(&mut found);
        for fault in found.sorted() {
            self.found.push(placed(fault, at, exact));
        }
        tree
    }

    /// Resolves every text at each of its types.
    fn land(&mut self, texts: &[Text<'y>]) -> Vec<Vec<Landing>> {
        let mut landings: Vec<Vec<Landing>> = texts.iter().map(|_| Vec::new()).collect();
        if texts.is_empty() {
            return landings;
        }
        let starts: BTreeMap<(FileId, u32), usize> = texts.iter().map(|text| start(text.yaml.span)).zip(0..).collect();
        let mut model = self.model.clone();
        for ty in self.model.type_ids() {
            if !texts.iter().any(|text| text.types.contains(&ty)) {
                continue;
            }
            let mut found = Found::default();
            model.pool = std::mem::take(&mut self.facts.pool);
            let mut loose = Loose::new(&model, &mut found);
            for (text, landings) in texts.iter().zip(&mut landings).filter(|(text, _)| text.types.contains(&ty)) {
                let rule = loose.rule(&text.rule, ty, text.yaml.span);
                landings.push(Landing { ty, rule, faults: Vec::new() });
            }
            self.facts.pool = loose.finish();
            self.blame(found, &starts, &mut landings);
        }
        landings
    }

    /// Hands each fault to the text in which it lies.
    fn blame(&mut self, found: Found, starts: &BTreeMap<(FileId, u32), usize>, landings: &mut [Vec<Landing>]) {
        for fault in found.sorted() {
            let place = fault.labels.first().map(|label| start(label.span));
            let text = place.and_then(|place| starts.range(..=place).next_back()).map(|(_, &text)| text);
            match text.and_then(|text| landings[text].last_mut()) {
                Some(landing) if fault.severity == Severity::Error => landing.faults.push(fault),
                _ => self.found.push(fault),
            }
        }
    }

    /// What a text gives where it makes sense; if it does so nowhere, it is wrong.
    fn sound(&mut self, text: &Text<'y>, landings: Vec<Landing>) -> Vec<(TypeId, Rule)> {
        let (good, mut bad): (Vec<Landing>, Vec<Landing>) = landings.into_iter().partition(|l| l.faults.is_empty());
        if good.is_empty() {
            bad.sort_by_key(|landing| text.types.iter().position(|&ty| ty == landing.ty));
            for fault in bad.into_iter().take(1).flat_map(|landing| landing.faults) {
                self.found.push(placed(fault, text.yaml, text.exact));
            }
        }
        if good.iter().any(|landing| self.is_administrative(&landing.rule)) {
            let fault = Diagnostic::error("facts/administrative", "a text of the facts cannot hand out roles or permissions");
            self.report(fault.help("`assign`, `give`, `take` and `grant` stand in the policy only"), text.yaml.span);
            return Vec::new();
        }
        good.into_iter().map(|landing| (landing.ty, landing.rule)).collect()
    }

    fn is_administrative(&self, rule: &Rule) -> bool {
        rule.permissions.iter().any(|&id| self.model.permissions.get(id).is_administrative())
    }

    fn give(&mut self, text: &Text<'y>, rules: Vec<(TypeId, Rule)>) {
        match text.owner {
            Owner::Custom(ix) => self.facts.custom[ix].rules.extend(rules),
            Owner::Grant(to, at, window) => self.facts.grants.extend(rules.into_iter().map(|(_, rule)| SingleGrant {
                to,
                rule,
                at,
                window,
                span: text.yaml.span,
            })),
        }
    }
}

/// Where a text begins in its file, and whether each of its bytes stands there as it is: an escaped or folded text
/// does not.
pub(super) fn base(yaml: &Yaml, text: &str) -> (usize, bool) {
    let (start, len) = (yaml.span.start as usize, yaml.span.range().len());
    if len == text.len() { (start, true) } else { (start + 1, len == text.len() + 2) }
}

/// A fault of a text, at the whole of it where its bytes do not tell the place.
fn placed(mut fault: Diagnostic, at: &Yaml, exact: bool) -> Diagnostic {
    if !exact {
        let inside = |label: &&mut Label| label.span.file == at.span.file && label.span.start >= at.span.start;
        fault.labels.iter_mut().filter(inside).for_each(|label| label.span = at.span);
    }
    fault
}

const fn start(span: Span) -> (FileId, u32) {
    (span.file, span.start)
}
