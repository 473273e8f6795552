//! Rules that stand in facts, resolved against a finished model.

use super::rules::Frame;
use super::{Containment, Resolver};
use crate::diagnostic::Found;
use crate::model::value::Pool;
use crate::model::{AttrName, Effect, Model, RoleId, Rule, TypeId, Who};
use crate::source::Span;
use crate::syntax::ast;

/// Resolves texts of the facts against a finished model: single grants and the rules of custom roles.
pub struct Loose<'a> {
    resolver: Resolver<'a>,
}

impl<'a> Loose<'a> {
    /// Stands on a copy of the model; [`Loose::finish`] gives back what grew.
    #[must_use]
    pub fn new(model: &Model, found: &'a mut Found) -> Self {
        let mut resolver = Resolver::new(&[], found);
        resolver.containment = Containment::new(&model.types);
        resolver.names = model.index.clone();
        for (ix, name) in model.attr_names.iter().enumerate() {
            resolver
                .attr_keys
                .insert(name.clone(), AttrName(u32::try_from(ix).unwrap_or(u32::MAX)));
        }
        resolver.model = model.clone();
        Self { resolver }
    }

    /// A rule held at a node type.
    pub fn rule(&mut self, rule: &ast::Rule, base: TypeId, span: Span) -> Rule {
        let frame = Frame {
            effect: Effect::Grant,
            who: Who::Holders(base),
            reach: None,
            parameters: Vec::new(),
            span,
            doc: None,
            of_all: false,
        };
        self.resolver.rule(rule, &frame)
    }

    /// The roles of a name.
    pub fn roles(&mut self, name: &ast::RoleName) -> Vec<RoleId> {
        self.resolver.find_roles(name)
    }

    /// Strings and lists, with those that the rules added.
    #[must_use]
    pub fn finish(self) -> Pool {
        self.resolver.model.pool
    }
}
