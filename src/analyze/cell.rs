//! One permission as a formula: its world, and the truth of each way of granting and prohibiting it.

use super::circuit::Truth;
use super::meaning::{Asked, Decision, Meaning};
use super::scope::Scope;
use super::solver::{Lit, Search};
use super::witness::Witness;
use super::world::{Without, World};
use crate::model::RoleId;
use crate::model::permission::PermId;
use crate::source::{FileId, Span};
use crate::table::Table;

/// A permission with its world.
pub struct Cell<'m> {
    /// Every organisation, as far as the permission can tell them apart.
    pub world: World<'m>,
    /// The policy.
    pub table: &'m Table,
    /// Which permission.
    pub permission: PermId,
    /// Its ways with their truths.
    pub decision: Decision,
    /// D(u, p, r)
    pub allowed: Truth,
}

impl<'m> Cell<'m> {
    /// The formula of a permission, in a world that also serves the promises about it.
    #[must_use]
    pub fn new(table: &'m Table, permission: PermId) -> Self {
        Self::within(table, permission, Scope::default())
    }

    /// The same in a world that serves what is in the scope besides.
    #[must_use]
    pub fn within(table: &'m Table, permission: PermId, mut scope: Scope) -> Self {
        scope.policy(table.model());
        scope.permission(table, permission);
        for promise in &table.model().promises {
            scope.promise(table, promise, permission);
        }
        let mut world = World::of_permission(table.model(), scope, permission);
        let mut meaning = Meaning::new(&mut world, table);
        let asked = meaning.main(permission);
        let decision = meaning.decision(&asked);
        let allowed = meaning.whole(&decision);
        Self {
            world,
            table,
            permission,
            decision,
            allowed,
        }
    }

    /// D for a caller whose only holding by hand is of one role.
    pub fn allowed_alone(&mut self, role: RoleId) -> Truth {
        self.world.alone = Some(role);
        let (mut meaning, asked) = self.meaning();
        let truth = meaning.decide(&asked);
        self.world.alone = None;
        truth
    }

    /// D as it would be without something.
    pub fn allowed_without(&mut self, without: Without) -> Truth {
        self.world.without = Some(without);
        let (mut meaning, asked) = self.meaning();
        let truth = meaning.decide(&asked);
        self.world.without = None;
        truth
    }

    /// The texts of the grants that apply in the last model.
    #[must_use]
    pub fn applied(&self) -> Vec<Span> {
        let applied = self
            .decision
            .grants
            .iter()
            .filter(|(_, truth)| self.world.circuit.value(truth.yes));
        let mut spans: Vec<Span> = applied.map(|(way, _)| self.table.model().rule(way.rule).span).collect();
        spans.sort_unstable();
        spans.dedup();
        spans
    }

    /// The policy's reading of the world, with the question.
    pub fn meaning(&mut self) -> (Meaning<'_, 'm>, Asked) {
        let meaning = Meaning::new(&mut self.world, self.table);
        let asked = meaning.main(self.permission);
        (meaning, asked)
    }

    /// Why something that was asked is not settled, if so.
    #[must_use]
    pub fn unsettled(&self) -> Option<&'static str> {
        let circuit = &self.world.circuit;
        match (circuit.given_up, self.world.exact) {
            (0, true) => None,
            (0, false) => Some("there are too many cases to look at all of them"),
            _ => Some("its conditions take more work than is spent on a question"),
        }
    }

    /// No prohibition applies.
    pub fn unprohibited(&mut self) -> Lit {
        let parts: Vec<Lit> = self.decision.prohibitions.iter().map(|(_, truth)| truth.no).collect();
        self.world.circuit.and(parts)
    }

    /// Something grants it.
    pub fn granted(&mut self) -> Lit {
        let ways = self.decision.grants.iter().map(|(_, truth)| truth.yes);
        let parts: Vec<Lit> = ways.chain([self.decision.extra.yes]).collect();
        self.world.circuit.or(parts)
    }

    /// An organisation and a request in which the claims hold, confirmed by the evaluator; as an error if it says
    /// otherwise: that is a fault of the analysis, never a finding.
    pub fn confirmed(
        &mut self,
        claims: &[Lit],
        alone: Option<RoleId>,
        allowed: bool,
    ) -> Search<Result<Witness, Witness>> {
        let witness = self.world.witness(claims, self.permission, alone);
        witness.map(
            |witness| match witness.replay(self.table, FileId::GENERATED) == Some(allowed) {
                true => Ok(witness),
                false => Err(witness),
            },
        )
    }
}
