//! An example of a change: written for either policy, and put to the evaluator with each.

use super::{Comparer, Pair, Shown, Subject, UNCONFIRMED};
use crate::analyze::picture::Picture;
use crate::analyze::solver::{Lit, Search};
use crate::analyze::witness::{Side, Witness};
use crate::source::FileId;

impl Comparer<'_> {
    /// An organisation that shows a change, if both policies confirm it: one that both take, or else one that the denying
    /// policy refuses. If they do not confirm it, nothing is proven.
    pub(super) fn shown(&mut self, pair: &mut Pair<'_>, gap: Lit, of: &Subject, wider: bool) -> Option<Shown> {
        let mut why = None;
        for claims in [&[gap, pair.valid[0], pair.valid[1]][..], &[gap]] {
            match pair.world.picture(claims, None) {
                Search::Found(picture) => match self.confirmed(pair, &picture, of, wider) {
                    Some(shown) => return Some(shown),
                    None => why = Some(UNCONFIRMED),
                },
                Search::GaveUp => why = Some("conditions are too intricate to look at all cases"),
                Search::Nowhere => {}
            }
        }
        if let Some(why) = why {
            self.unknown(why);
        }
        None
    }

    /// One policy allows it and the other does not.
    fn confirmed(&self, pair: &Pair<'_>, picture: &Picture, of: &Subject, wider: bool) -> Option<Shown> {
        let witness = |side: usize| {
            // What a policy has no permission for cannot be asked there, though another one may be called the same.
            let id = self.own_ids(of)[side].and(of.ids[side])?;
            Some(pair.world.write_for(picture, id, self.told(side)))
        };
        let is_allowed =
            |side, witness: &Witness| witness.replay(self.originals[side], FileId::GENERATED) == Some(true);
        let (allows, denies) = if wider { (1, 0) } else { (0, 1) };
        let (allowed, denied) = (witness(allows)?, witness(denies));
        if !is_allowed(allows, &allowed) || denied.as_ref().is_some_and(|it| is_allowed(denies, it)) {
            return None;
        }
        // What only the other policy declares is shown where that is what it denies by.
        let also = denied.filter(|_| is_allowed(denies, &allowed)).map(|it| it.facts);
        Some(Shown {
            also,
            ..allowed.shown()
        })
    }

    /// What is told to one of the policies.
    fn told(&self, side: usize) -> Side<'_> {
        let declared = match side {
            0 => (&self.rebased.old_types, &self.rebased.old_permissions),
            _ => (&self.rebased.new_types, &self.rebased.new_permissions),
        };
        Side {
            model: self.sides[side].model(),
            declared: Some(declared),
        }
    }
}
