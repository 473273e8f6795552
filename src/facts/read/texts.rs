//! Rules written in facts: single grants, and roles that tenants made for themselves.
//!
//! A text is parsed as a rule of the policy is, then resolved at each type of node at which it may be held. All texts
//! of one type are resolved together, for each resolution stands on a copy of the model; a fault is then handed to the
//! text in which it lies.

use std::collections::BTreeMap;

use super::shape::items;
use super::{Reader, Record};
use crate::diagnostic::{Diagnostic, Found, Label, Severity};
use crate::facts::{SingleGrant, Subject, Window};
use crate::model::containment::Containment;
use crate::model::resolve::Loose;
use crate::model::value::NodeId;
use crate::model::{Model, Reach, Rule, TypeId};
use crate::source::{FileId, Span};
use crate::syntax::{ast, parse};
use crate::yaml::Yaml;

/// A text behind `can:`.
struct Text<'y> {
    yaml: &'y Yaml,
    /// The bytes of the file are those of the text.
    exact: bool,
    /// How long it is.
    len: usize,
    rule: ast::Rule,
    /// Where it may be held; that of the place it is given at first.
    types: Vec<TypeId>,
    owner: Owner,
}

impl Text<'_> {
    /// True if the text stands elsewhere in the file: spans in it then run beyond its own place, into other texts.
    fn is_alias(&self) -> bool {
        self.yaml.span.range().len() < self.len
    }
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

impl Landing {
    fn is_sound(&self) -> bool {
        self.faults.iter().all(|fault| fault.severity < Severity::Error)
    }
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
            let record = Record {
                span: self.facts.custom[ix].span,
                fields,
            };
            let Some(can) = self.required(record, "can", "a role") else {
                continue;
            };
            texts.extend(
                items(can)
                    .iter()
                    .filter_map(|item| self.rule_text(item, &types, Owner::Custom(ix))),
            );
        }
        texts
    }

    fn grant_texts(&mut self, record: Record<'y>, texts: &mut Vec<Text<'y>>) {
        let to = self.required(record, "to", "a grant").and_then(|to| self.subject(to));
        let at = self
            .required(record, "at", "a grant")
            .and_then(|at| self.node(at, None));
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
        Some(Text {
            yaml,
            exact,
            len: text.len(),
            rule,
            types,
            owner,
        })
    }

    /// What a parser makes of a text; its faults are reported where the text stands.
    pub(super) fn parsed<T>(
        &mut self,
        at: &Yaml,
        exact: bool,
        parse: impl FnOnce(&mut Found) -> Option<T>,
    ) -> Option<T> {
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
        let mut model = self.model.clone();
        let (together, alone): (Vec<usize>, Vec<usize>) = (0..texts.len()).partition(|&ix| !texts[ix].is_alias());
        let batches = std::iter::once(together).chain(alone.into_iter().map(|ix| vec![ix]));
        for batch in batches {
            for ty in self.model.type_ids() {
                let here = |&ix: &usize| texts[ix].types.contains(&ty);
                let batch: Vec<usize> = batch.iter().copied().filter(here).collect();
                if !batch.is_empty() {
                    self.land_at(ty, &batch, texts, &mut model, &mut landings);
                }
            }
        }
        landings
    }

    fn land_at(
        &mut self,
        ty: TypeId,
        batch: &[usize],
        texts: &[Text<'y>],
        model: &mut Model,
        landings: &mut [Vec<Landing>],
    ) {
        let mut found = Found::default();
        model.pool = std::mem::take(&mut self.facts.pool);
        let mut loose = Loose::new(model, &mut found);
        for &ix in batch {
            let rule = loose.rule(&texts[ix].rule, ty, texts[ix].yaml.span);
            let faults = self.too_wide(&rule, ty).into_iter().collect();
            landings[ix].push(Landing { ty, rule, faults });
        }
        self.facts.pool = loose.finish();
        let starts: BTreeMap<(FileId, u32), usize> = batch.iter().map(|&ix| (start(texts[ix].yaml.span), ix)).collect();
        for fault in found.sorted() {
            let place = fault.labels.first().map(|label| start(label.span));
            let before = place
                .and_then(|place| starts.range(..=place).next_back())
                .map(|(_, &ix)| ix);
            match before.or(batch.first().copied()).and_then(|ix| landings[ix].last_mut()) {
                Some(landing) => landing.faults.push(fault),
                None => self.found.push(fault),
            }
        }
    }

    /// What a text gives where it makes sense; if it does so nowhere, it is wrong.
    fn sound(&mut self, text: &Text<'y>, landings: Vec<Landing>) -> Vec<(TypeId, Rule)> {
        let (good, mut bad): (Vec<Landing>, Vec<Landing>) = landings.into_iter().partition(Landing::is_sound);
        bad.sort_by_key(|landing| text.types.iter().position(|&ty| ty == landing.ty));
        let told = if good.is_empty() {
            bad.into_iter().next().map(|first| first.faults)
        } else {
            shared(&good)
        };
        for fault in told.unwrap_or_default() {
            self.found.push(placed(fault, text.yaml, text.exact));
        }
        if good.iter().any(|landing| self.is_administrative(&landing.rule)) {
            let message = "a text of the facts cannot hand out roles or permissions";
            let fault = Diagnostic::error("facts/administrative", message);
            self.report(
                fault.help("`assign`, `give`, `take` and `grant` stand in the policy only"),
                text.yaml.span,
            );
            return Vec::new();
        }
        if good.iter().any(|landing| self.asks_for_derived(&landing.rule)) {
            let message = "a text of the facts cannot ask for a derived role";
            let fault = Diagnostic::error("role/derivation-cycle", message);
            self.report(
                fault.help("the role could come to depend on this very text; put the rule into the policy"),
                text.yaml.span,
            );
            return Vec::new();
        }
        good.into_iter().map(|landing| (landing.ty, landing.rule)).collect()
    }

    /// What data hands out stays below the place for which somebody may grant it: a ceiling bounds where a text is held,
    /// not how far it reaches from there.
    fn too_wide(&self, rule: &Rule, held: TypeId) -> Option<Diagnostic> {
        let reach = match rule.reach {
            Reach::Anywhere => "anywhere".to_owned(),
            Reach::Across(ty) => format!("across {}", self.model.ty(ty).name),
            _ => return None,
        };
        let held = &self.model.ty(held).name;
        let message = format!("a text of the facts held at `{held}` cannot reach `{reach}`");
        let help = "what data hands out reaches what lies below; put the rule into the policy";
        Some(
            Diagnostic::error("facts/wide-reach", message)
                .at(rule.span, "")
                .help(help),
        )
    }

    /// The policy's derivations form no circle; a rule that comes later must not close one.
    fn asks_for_derived(&self, rule: &Rule) -> bool {
        rule.roles_asked()
            .iter()
            .any(|&role| self.model.role(role).is_derived())
    }

    fn is_administrative(&self, rule: &Rule) -> bool {
        rule.permissions
            .iter()
            .any(|&id| self.model.permissions.get(id).is_administrative())
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

/// The findings that a text has wherever it may be held: what is out of reach at one type may be within it at another.
fn shared(landings: &[Landing]) -> Option<Vec<Diagnostic>> {
    let (first, rest) = landings.split_first()?;
    let everywhere = |fault: &&Diagnostic| rest.iter().all(|landing| landing.faults.contains(fault));
    Some(first.faults.iter().filter(everywhere).cloned().collect())
}

/// Where a text begins in its file, and whether each of its bytes stands there as it is: an escaped or folded text
/// does not.
pub(super) fn base(yaml: &Yaml, text: &str) -> (usize, bool) {
    let (start, len) = (yaml.span.start as usize, yaml.span.range().len());
    if len == text.len() {
        (start, true)
    } else {
        (start + 1, len == text.len() + 2)
    }
}

/// A fault of a text, at the whole of it where its bytes do not tell the place.
fn placed(mut fault: Diagnostic, at: &Yaml, exact: bool) -> Diagnostic {
    if !exact {
        let inside = |label: &&mut Label| label.span.file == at.span.file && label.span.start >= at.span.start;
        fault
            .labels
            .iter_mut()
            .filter(inside)
            .for_each(|label| label.span = at.span);
    }
    fault
}

const fn start(span: Span) -> (FileId, u32) {
    (span.file, span.start)
}
