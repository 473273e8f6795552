//! The rules behind a change: those that are at work where something is gained or lost, in the numbering of their own
//! policies; and what is gained or lost by a rule that nothing told so far names.

use std::collections::HashMap;

use super::{Behind, Comparer, Pair, Subject, Ways};
use crate::analyze::circuit::Truth;
use crate::analyze::meaning::Decision;
use crate::analyze::solver::Lit;
use crate::model::RoleId;
use crate::model::permission::PermId;
use crate::table::Way;

impl Comparer<'_> {
    /// What is gained or lost by a rule that stands on one side only, and that nothing told so far names.
    pub(super) fn untold(&mut self, pair: &mut Pair<'_>, of: &Subject, gap: Lit, wider: bool) {
        let side = usize::from(wider);
        let granting = pair.decisions[side].grants.clone().into_iter();
        let prohibiting = pair.decisions[1 - side].prohibitions.clone().into_iter();
        let grants = granting.map(|(way, truth)| (side, way, truth.yes));
        let all = grants.chain(prohibiting.map(|(way, truth)| (1 - side, way, !truth.no)));
        for (side, way, works) in all.collect::<Vec<_>>() {
            if self.stands_on_both(of, way, side) || self.is_told(of, way, side) {
                continue;
            }
            let own = pair.world.circuit.and([gap, works]);
            self.beyond(pair, of, own, wider);
        }
    }

    /// The other side has a rule of the same role that reads the same.
    fn stands_on_both(&self, of: &Subject, way: Way, side: usize) -> bool {
        let text = &self.texts[side][way.rule.ix()];
        of.ids[1 - side].is_some_and(|id| {
            let row = self.sides[1 - side].row(id);
            let mut all = row.grants.iter().chain(&row.prohibitions);
            all.any(|it| it.role == way.role && self.texts[1 - side][it.rule.ix()] == *text)
        })
    }

    /// Something told of the subject names the rule.
    fn is_told(&self, of: &Subject, way: Way, side: usize) -> bool {
        let own = self.original(side, of, way);
        let names = |behind: &Behind| {
            let both = [&behind.grants[side], &behind.prohibitions[side]];
            both.iter()
                .any(|ways| own.is_some_and(|own| ways.at_work.contains(&own)))
        };
        let cells = self.out.cells.iter().filter(|cell| cell.permission == of.name);
        let beyond = self.out.beyond.iter().filter(|it| it.permission == of.name);
        cells
            .map(|cell| &cell.behind)
            .chain(beyond.map(|it| &it.behind))
            .any(names)
    }

    /// The rules behind a change, in the numbering of their own policies.
    pub(super) fn behind(
        &self,
        pair: &mut Pair<'_>,
        of: &Subject,
        [loss, gain]: [Lit; 2],
        grants: impl Fn(&Way) -> bool,
        prohibitions: impl Fn(&Way) -> bool,
    ) -> Behind {
        let mut behind = Behind::default();
        for side in [0, 1] {
            let Decision {
                grants: given,
                prohibitions: against,
                ..
            } = pair.decisions[side].clone();
            // What is granted is at work where its own side allows, what prohibits where its own side does not.
            let (allowed, denied) = if side == 0 { (loss, gain) } else { (gain, loss) };
            let of_kind = |ways: Vec<(Way, Truth)>, fits: &dyn Fn(&Way) -> bool| {
                ways.into_iter().filter(|(way, _)| fits(way)).collect::<Vec<_>>()
            };
            for (way, truth) in of_kind(given, &grants) {
                let works = pair.can_be(&[allowed, truth.yes]);
                self.note(&mut behind.grants[side], side, of, way, works);
            }
            for (way, truth) in of_kind(against, &prohibitions) {
                let works = pair.can_be(&[denied, !truth.no]);
                self.note(&mut behind.prohibitions[side], side, of, way, works);
            }
        }
        behind
    }

    fn note(&self, ways: &mut Ways, side: usize, of: &Subject, way: Way, works: bool) {
        let Some(own) = self.original(side, of, way) else {
            return;
        };
        ways.all.push(own);
        if works {
            ways.at_work.push(own);
        }
    }

    /// A way in the numbering of the policy itself, where rules have the same ids.
    fn original(&self, side: usize, of: &Subject, way: Way) -> Option<Way> {
        let maps: [&HashMap<RoleId, RoleId>; 2] = [&self.rebased.old_roles, &self.rebased.new_roles];
        let role = way.role.and_then(|role| maps[side].get(&role).copied());
        let row = self.originals[side].row(self.own_ids(of)[side]?);
        let mut all = row.grants.iter().chain(&row.prohibitions);
        all.find(|own| own.rule == way.rule && own.role == role).copied()
    }

    /// The permissions in the numbering of the policies themselves.
    pub(super) fn own_ids(&self, of: &Subject) -> [Option<PermId>; 2] {
        let maps = [&self.rebased.old_permissions, &self.rebased.new_permissions];
        [0, 1].map(|side| maps[side].get(&of.ids[side]?).copied())
    }
}
