//! What a rule is handed: the policy, ready facts about it, and [`Context::report`].

use super::Rule;
use super::uses::Uses;
use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Found, Severity};
use crate::model::{Attribute, Model, TypeId};
use crate::source::{Sources, Span};
use crate::syntax::ast;

/// One rule's view of a policy.
pub(super) struct Context<'a> {
    /// The policy.
    pub(super) model: &'a Model,
    /// Its files as written.
    pub(super) files: &'a [ast::File],
    /// The texts.
    pub(super) sources: &'a Sources,
    /// What is used where.
    pub(super) uses: &'a Uses,
    /// What is proved, of a policy without errors.
    pub(super) analysis: Option<&'a Analysis<'a>>,
    pub(super) rule: &'a Rule,
    pub(super) severity: Severity,
    pub(super) found: &'a mut Found,
}

/// A finding that is being told; it is kept at the end of the statement.
#[derive(Debug)]
pub(super) struct Report<'c> {
    diagnostic: Option<Diagnostic>,
    found: &'c mut Found,
}

impl<'a> Context<'a> {
    /// Reports a finding at a place.
    pub(super) fn report(&mut self, span: Span, message: impl Into<String>) -> Report<'_> {
        let mut diagnostic = Diagnostic::note(self.rule.name, message).at(span, "");
        diagnostic.severity = self.severity;
        Report {
            diagnostic: Some(diagnostic),
            found: self.found,
        }
    }

    /// The source of a stretch, as one line.
    pub(super) fn text(&self, span: Span) -> String {
        self.sources
            .snippet(span)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Every name that the policy declares.
    pub(super) fn names(&self) -> impl Iterator<Item = Declared<'a>> + use<'a> {
        let model = self.model;
        let types = model.types.iter().flat_map(declared_by_type);
        let roles = model.roles.iter().flat_map(|role| {
            let own = role.spans.iter().take(1).map(|&span| Declared {
                what: "role",
                name: &role.name,
                span,
            });
            own.chain(attributes("parameter", &role.parameters))
        });
        let areas = model.areas.iter().map(|area| Declared {
            what: "area",
            name: &area.name,
            span: area.span,
        });
        let sets = model.bundles.iter().map(|set| Declared {
            what: "role set",
            name: &set.name,
            span: set.span,
        });
        types
            .chain(roles)
            .chain(areas)
            .chain(sets)
            .chain(attributes("attribute", &model.context))
    }

    /// Types declared in the policy, with the place of their name.
    pub(super) fn types(&self) -> impl Iterator<Item = (TypeId, Span)> + use<'a> {
        let model = self.model;
        model
            .type_ids()
            .filter_map(|id| model.ty(id).span.map(|span| (id, span)))
    }
}

/// A declared name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Declared<'a> {
    /// What it names.
    pub(super) what: &'static str,
    /// The name.
    pub(super) name: &'a str,
    /// Where.
    pub(super) span: Span,
}

impl Declared<'_> {
    /// The letters outside ASCII with their numbers, which tell those apart that look alike.
    pub(super) fn foreign(&self) -> Vec<String> {
        let letters = self.name.chars().filter(|c| !c.is_ascii());
        letters.map(|c| format!("`{c}` is U+{:04X}", u32::from(c))).collect()
    }
}

fn declared_by_type(ty: &crate::model::Type) -> impl Iterator<Item = Declared<'_>> {
    let own = ty.span.map(|span| Declared {
        what: "type",
        name: &ty.name,
        span,
    });
    let actions = ty.actions.iter().map(|it| Declared {
        what: "action",
        name: &it.name,
        span: it.span,
    });
    let fields = ty.fields.iter().map(|it| Declared {
        what: "field",
        name: &it.name,
        span: it.span,
    });
    own.into_iter()
        .chain(actions)
        .chain(fields)
        .chain(attributes("attribute", &ty.attributes))
}

fn attributes<'m>(what: &'static str, all: &'m [Attribute]) -> impl Iterator<Item = Declared<'m>> {
    all.iter().filter_map(move |it| {
        it.span.map(|span| Declared {
            what,
            name: &it.name,
            span,
        })
    })
}

impl Report<'_> {
    /// Points at another place with a few words.
    pub(super) fn label(self, span: Span, text: impl Into<String>) -> Self {
        self.with(|diagnostic| diagnostic.at(span, text))
    }

    /// Adds the next step of what leads to it, such as an assignment in a chain.
    pub(super) fn step(self, span: Span, text: impl Into<String>) -> Self {
        self.with(|diagnostic| diagnostic.step(span, text))
    }

    /// Offers a change of the text that takes the finding away and changes no decision.
    pub(super) fn fix(self, span: Span, replacement: impl Into<String>, message: impl Into<String>) -> Self {
        self.with(|diagnostic| diagnostic.fix(span, replacement, message))
    }

    /// Says what to do.
    pub(super) fn help(self, text: impl Into<String>) -> Self {
        self.with(|diagnostic| diagnostic.help(text))
    }

    fn with(mut self, change: impl FnOnce(Diagnostic) -> Diagnostic) -> Self {
        self.diagnostic = self.diagnostic.take().map(change);
        self
    }
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        if let Some(diagnostic) = self.diagnostic.take() {
            self.found.push(diagnostic);
        }
    }
}
