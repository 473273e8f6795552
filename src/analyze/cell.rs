//! One permission as a formula: its world, and the truth of each way of granting and prohibiting it.

use std::rc::Rc;

use hashbrown::HashMap;

use super::circuit::Truth;
use super::meaning::{Asked, Decision, Meaning};
use super::scope::{Scope, needs_no_holding};
use super::solver::{Lit, Search};
use super::witness::Witness;
use super::world::{Without, World};
use crate::model::RoleId;
use crate::model::permission::PermId;
use crate::source::{FileId, Span};
use crate::table::{Table, Way};

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
    /// Grants and prohibitions that need no role by hand.
    common: Rc<[Vec<Way>; 2]>,
    without: HashMap<Without, Truth>,
    /// For holders of one role alone, and whether a role can be had at all.
    alone: HashMap<(RoleId, Option<RoleId>), Truth>,
}

fn common(table: &Table, permission: PermId) -> [Vec<Way>; 2] {
    let row = table.row(permission);
    [&row.grants, &row.prohibitions].map(|ways| {
        let common = ways.iter().filter(|way| needs_no_holding(table.model(), way));
        common.copied().collect()
    })
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
            common: Rc::new(common(table, permission)),
            without: HashMap::new(),
            alone: HashMap::new(),
        }
    }

    /// D for a caller whose only holding by hand is of one role. Ways of roles that can then not be held are left out, and
    /// what data hands out.
    pub fn allowed_alone(&mut self, role: RoleId) -> Truth {
        let key = (role, self.world.never);
        if let Some(&known) = self.alone.get(&key) {
            return known;
        }
        let truth = self.held_alone(role);
        self.alone.insert(key, truth);
        truth
    }

    fn held_alone(&mut self, role: RoleId) -> Truth {
        let (table, common) = (self.table, self.common.clone());
        let row = table.row(self.permission);
        self.world.alone = Some(role);
        let (mut meaning, asked) = self.meaning();
        let [granted, prohibited] =
            [(&row.grants, &common[0]), (&row.prohibitions, &common[1])].map(|(all, common)| {
                let own = Table::cell(all, Some(role)).iter().filter(|way| !common.contains(way));
                let ways = own.chain(common.iter());
                let truths: Vec<Truth> = ways.map(|&way| meaning.way(way, &asked)).collect();
                meaning.world.circuit.any(truths)
            });
        self.world.alone = None;
        self.world.circuit.both(granted, !prohibited)
    }

    /// D as it would be without something.
    pub fn allowed_without(&mut self, without: Without) -> Truth {
        if let Some(&known) = self.without.get(&without) {
            return known;
        }
        self.world.without = Some(without);
        let (mut meaning, asked) = self.meaning();
        let truth = meaning.decide(&asked);
        self.world.without = None;
        self.without.insert(without, truth);
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
        let witness = match self.world.witness(claims, self.permission, alone) {
            Search::Found(witness) => witness,
            Search::Nowhere => return Search::Nowhere,
            Search::GaveUp => return Search::GaveUp,
        };
        Search::Found(match witness.replay(self.table, FileId::GENERATED) == Some(allowed) {
            true => Ok(witness),
            false => Err(witness),
        })
    }
}
