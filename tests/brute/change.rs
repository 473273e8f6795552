//! Two policies over the same organisations: what the one allows and the other does not, by the rules of one role, and by
//! all. A change of what a role's rules give counts where it changes the decision on somebody who is given nothing else.

use std::collections::{BTreeMap, BTreeSet};

use rolebook::eval::Eval;
use rolebook::eval::org::Org;
use rolebook::model::RoleId;
use rolebook::model::permission::PermId;
use rolebook::model::value::Tri;

use crate::asks::{Ask, asks};
use crate::shape::{Bounds, shapes};
use crate::small::Small;
use crate::space::{Space, U};
use crate::truth::cell;

/// What was seen of one permission in one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) before: bool,
    pub(crate) after: bool,
    pub(crate) more: bool,
    pub(crate) less: bool,
}

impl Seen {
    fn note(&mut self, before: bool, after: bool, counts: bool) {
        self.before |= before;
        self.after |= after;
        self.more |= counts && after && !before;
        self.less |= counts && before && !after;
    }

    /// As the comparison calls it.
    pub(crate) const fn change(self) -> Option<&'static str> {
        match (self.more, self.less) {
            (false, false) => None,
            _ if !self.before => Some("Gained"),
            _ if !self.after => Some("Lost"),
            (true, false) => Some("Wider"),
            (false, true) => Some("Narrower"),
            (true, true) => Some("Both"),
        }
    }
}

/// All that changed.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// By the rules of one role, or those without one.
    pub(crate) cells: BTreeMap<(PermId, Option<RoleId>), Seen>,
    /// By all rules.
    pub(crate) all: BTreeMap<PermId, Seen>,
}

/// Two policies made comparable: the same organisations and requests.
pub(crate) fn pair(old: &mut Small, new: &mut Small) -> bool {
    let both = old.matter.with(&new.matter);
    let (a, b) = (old.model(), new.model());
    let names = |small: &Small| {
        small
            .model()
            .permissions
            .iter()
            .map(|(id, _)| small.model().show_permission(id))
            .collect::<Vec<_>>()
    };
    let roles = |small: &Small| {
        small
            .given()
            .map(|role| small.model().show_role(role))
            .collect::<Vec<_>>()
    };
    let same = a.roles.len() == b.roles.len() && names(old) == names(new) && roles(old) == roles(new);
    old.matter = both.clone();
    new.matter = both;
    same
}

/// Every change; `None` if the organisations are too many.
pub(crate) fn changes(old: &Small, new: &Small, bounds: Bounds) -> Option<Changes> {
    let spaces = |small| {
        let with_asks = |shape| {
            let mut space = Space::new(small, shape, bounds);
            let end = space.shape.chain - 1;
            let asks = asks(&mut space, end);
            (space, asks)
        };
        shapes(small, bounds).into_iter().map(with_asks).collect::<Vec<_>>()
    };
    let (before, after) = (spaces(old), spaces(new));
    let work: usize = before.iter().map(|(space, asks)| space.size() * asks.len()).sum();
    if 2 * work > bounds.decisions {
        return None;
    }
    let mut changes = Changes::default();
    for ((one, asked), (other, again)) in before.iter().zip(&after) {
        assert_eq!(
            (one.size(), asked.len()),
            (other.size(), again.len()),
            "{}\n{}",
            old.text,
            new.text
        );
        let both = Both {
            sides: [(one, asked), (other, again)],
        };
        both.run(&mut changes);
    }
    Some(changes)
}

/// One shape under both policies.
struct Both<'b> {
    sides: [(&'b Space<'b>, &'b [Ask]); 2],
}

impl Both<'_> {
    fn run(&self, changes: &mut Changes) {
        for state in self.sides[0].0.states() {
            let facts = self.sides.map(|(space, _)| space.facts(&state));
            let orgs = [0, 1].map(|side| Org::new(&self.sides[side].0.small.table, &facts[side]));
            for ix in 0..self.sides[0].1.len() {
                let ask = &self.sides[0].1[ix];
                if !ask.makes_sense(&orgs[0]) {
                    continue;
                }
                let requests = [0, 1].map(|side| self.sides[side].1[ix].request(self.sides[side].0));
                let evals = [0, 1].map(|side| Eval {
                    table: &self.sides[side].0.small.table,
                    org: &orgs[side],
                    request: &requests[side],
                });
                let [was, is] = [0, 1].map(|side| evals[side].degree() == Tri::True);
                for role in columns(&evals) {
                    let [before, after] = [0, 1].map(|side| cell(&evals[side], role));
                    let counts = (before, after) == (was, is) && self.is_alone(&state, role);
                    let seen = changes.cells.entry((ask.permission, role)).or_default();
                    seen.note(before, after, counts);
                }
                changes.all.entry(ask.permission).or_default().note(was, is, true);
            }
        }
    }
}

impl Both<'_> {
    /// `u` is given nothing but a role; one that follows from others is not given at all.
    fn is_alone(&self, state: &[usize], role: Option<RoleId>) -> bool {
        let spaces = self.sides.map(|(space, _)| space);
        let derived = |role: RoleId| spaces.iter().any(|space| space.small.model().role(role).is_derived());
        let given = spaces[0].given(state);
        let mut own = given.iter().filter(|given| given.user == U);
        role.is_some_and(derived) || (own.all(|given| Some(given.role) == role) && spaces[0].handed(state).is_empty())
    }
}

/// Whom a permission is given to, or from whom it is taken, under either policy.
fn columns(evals: &[Eval<'_>; 2]) -> BTreeSet<Option<RoleId>> {
    let rows = evals.iter().map(|eval| eval.table.row(eval.request.permission));
    rows.flat_map(|row| row.grants.iter().chain(&row.prohibitions))
        .map(|way| way.role)
        .collect()
}
