//! Two policies held against each other: which roles gain and lose what, proved for every organisation.
//!
//! 1. Both are brought into one numbering ([`crate::model::rebase`]) and read in one world, in which what facts *state*
//!    is shared, so that a changed default shows. What only one of them declares is not there for the other; facts that one
//!    of them refuses allow nothing there.
//! 2. Permissions of which all rules that a decision can look at are the same on both sides are left out ([`same`]).
//! 3. For the others the whole decisions are compared, in both directions. What is gained or lost is told by **cell** (the
//!    grants of one role, less what prohibits its holders) where a cell shows it, and else as what is **beyond** cells.
//! 4. Who may change a setting is compared like a permission: that of editing the field in which the attribute stands.
//!
//! Constraints are not assumed: facts that break one are decided all the same.

mod behind;
mod confirmed;
mod named;
mod refused;
pub(super) mod same;

use std::collections::BTreeSet;

use super::circuit::Truth;
use super::meaning::{Decision, Meaning};
use super::scope::Scope;
use super::solver::{Answer, Budget, Lit};
pub use super::witness::Shown;
use super::world::{Atom, World};
use crate::diagnostic::Found;
use crate::model::permission::{PermId, Permission};
use crate::model::rebase::{Rebased, rebase};
use crate::model::{Model, RoleId, check};
use crate::table::{Table, Way, compile};

/// How a cell changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It was never allowed, and now is.
    Gained,
    /// It was allowed, and now never is.
    Lost,
    /// It is allowed in more cases.
    Wider,
    /// It is allowed in fewer cases.
    Narrower,
    /// It is allowed in cases in which it was not, and the other way round.
    Both,
}

/// The rules of one effect on one side of a change.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    /// All that speak of what changed.
    pub all: Vec<Way>,
    /// Those that have a part in the change: a grant that applies where something is gained or lost, a prohibition that
    /// applied where something is gained, or applies where something is lost.
    pub at_work: Vec<Way>,
}

/// What changed, and by which rules; of two things the first is the old policy's.
#[derive(Debug, Clone, Default)]
pub struct Behind {
    /// What is granted.
    pub grants: [Ways; 2],
    /// What is prohibited.
    pub prohibitions: [Ways; 2],
}

/// A cell that changed: a permission and whom it is given to.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The permission, as shown; `change setting Entity.validation` is who may change an attribute.
    pub permission: String,
    /// The role, with its type; `None` is everyone.
    pub role: Option<String>,
    /// The permission in the old policy.
    pub old_permission: Option<PermId>,
    /// The permission in the new policy.
    pub new_permission: Option<PermId>,
    /// How it changed.
    pub change: Change,
    /// What the new policy allows and the old one does not.
    pub wider: Option<Shown>,
    /// What the old policy allows and the new one does not.
    pub narrower: Option<Shown>,
    /// The rules behind it.
    pub behind: Behind,
}

/// A change that no cell shows: what several roles decide together, or what comes by a single grant.
#[derive(Debug, Clone)]
pub struct Beyond {
    /// The permission, as shown.
    pub permission: String,
    /// The permission in the old policy.
    pub old_permission: Option<PermId>,
    /// The permission in the new policy.
    pub new_permission: Option<PermId>,
    /// It is allowed now, and was not; or the other way round.
    pub wider: bool,
    /// No rule of the policy gives it here: it comes by what data hands out, a single grant or a tenant's role.
    pub by_data: bool,
    /// An organisation and a request that show it.
    pub shown: Shown,
    /// The rules behind it.
    pub behind: Behind,
}

impl Beyond {
    /// The same as a cell of everyone's.
    #[must_use]
    pub fn as_cell(&self) -> Cell {
        let shown = |wider: bool| (self.wider == wider).then(|| self.shown.clone());
        Cell {
            permission: self.permission.clone(),
            role: None,
            old_permission: self.old_permission,
            new_permission: self.new_permission,
            change: if self.wider { Change::Wider } else { Change::Narrower },
            wider: shown(true),
            narrower: shown(false),
            behind: self.behind.clone(),
        }
    }
}

/// What shows that nothing else changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// All decisions that can differ were compared, over all organisations.
    Proven,
    /// It could not be shown; why.
    Unknown(String),
}

/// Why nothing is proven where the evaluator does not confirm a change: then the two readings of a policy differ.
pub const UNCONFIRMED: &str = "the evaluator does not confirm what the analysis found: a fault of rolebook";

/// What changed between two policies.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Cells that changed.
    pub cells: Vec<Cell>,
    /// What shows that all others did not.
    pub closed: Closed,
    /// Decisions that changed in cases that no cell shows.
    pub beyond: Vec<Beyond>,
}

/// How the right to change a setting begins, as it is shown. No permission is called so.
pub const SETTING: &str = "change setting ";

/// Compares two policies.
#[must_use]
pub fn compare(old: &Table, new: &Table) -> Comparison {
    let rebased = rebase(old.model(), new.model());
    let nothing = Found::default();
    let mut out = Comparison {
        cells: Vec::new(),
        closed: Closed::Proven,
        beyond: Vec::new(),
    };
    let (Ok(old_model), Ok(new_model)) = (check(&rebased.old, &nothing), check(&rebased.new, &nothing)) else {
        out.closed = Closed::Unknown("the policies cannot be brought into one numbering".to_owned());
        return out;
    };
    let sides = [compile(old_model), compile(new_model)];
    let mut comparer = Comparer {
        rebased: &rebased,
        originals: [old, new],
        sides: [&sides[0], &sides[1]],
        texts: [0, 1].map(|side| sides[side].model().rules.iter().map(same::text).collect()),
        budget: Budget::default(),
        out,
    };
    let changed = same::changed(&rebased, comparer.sides);
    for permission in changed {
        comparer.subject(&comparer.permission(permission));
    }
    for setting in comparer.moved_settings() {
        comparer.subject(&setting);
    }
    comparer.look_at_names();
    comparer.out
}

struct Comparer<'c> {
    rebased: &'c Rebased,
    originals: [&'c Table; 2],
    sides: [&'c Table; 2],
    /// By rule, on each side: how it reads.
    texts: [Vec<String>; 2],
    budget: Budget,
    out: Comparison,
}

/// What is compared: a permission, or two that do the same thing.
struct Subject {
    name: String,
    /// In the common numbering.
    ids: [Option<PermId>; 2],
}

/// One subject on both sides.
struct Pair<'c> {
    world: World<'c>,
    decisions: [Decision; 2],
    /// The side takes such facts.
    valid: [Lit; 2],
    /// Allowed, where the side takes the facts.
    whole: [Lit; 2],
}

impl Pair<'_> {
    /// It is known that all of these can hold together.
    fn can_be(&mut self, lits: &[Lit]) -> bool {
        self.world.circuit.solve(lits) == Answer::Yes
    }

    /// Allowed by the new policy and not by the old one; or the other way round.
    fn gap(&mut self, wider: bool) -> Lit {
        let [was, is] = self.whole;
        self.world.circuit.and(if wider { [is, !was] } else { [was, !is] })
    }

    /// The grants of one role, less what prohibits its holders.
    fn cell(&mut self, side: usize, role: Option<RoleId>) -> Lit {
        let decision = &self.decisions[side];
        let grants = decision.grants.iter().filter(|(way, _)| way.role == role);
        let grants: Vec<Lit> = grants.map(|(_, truth)| truth.yes).collect();
        let against = decision.prohibitions.iter().filter(|(way, _)| speaks_of(way, role));
        let against: Vec<Lit> = against.map(|(_, truth)| truth.no).collect();
        let granted = self.world.circuit.or(grants);
        let open = self.world.circuit.and(against);
        self.world.circuit.and([granted, open, self.valid[side]])
    }
}

/// A prohibition for all, or for the holders of a role.
fn speaks_of(way: &Way, role: Option<RoleId>) -> bool {
    way.role.is_none() || way.role == role
}

impl<'c> Comparer<'c> {
    fn permission(&self, id: PermId) -> Subject {
        Subject {
            name: named(&self.rebased.base, id),
            ids: [Some(id); 2],
        }
    }

    /// Attributes of both policies that another permission changes now.
    fn moved_settings(&self) -> Vec<Subject> {
        let models = [&self.rebased.old, &self.rebased.new];
        let base = &self.rebased.base;
        let mut found = Vec::new();
        for (ty, it) in base.type_ids().zip(&base.types) {
            for attribute in &it.attributes {
                let slots = models.map(|model| model.slot(ty, attribute.key));
                let [Some(old), Some(new)] = slots else { continue };
                let declared = [&self.rebased.old_permissions, &self.rebased.new_permissions];
                let changing =
                    |side: usize, slot| models[side].changing_among(ty, slot, |id| declared[side].contains_key(&id));
                let ids = [changing(0, old), changing(1, new)];
                if ids[0] != ids[1] {
                    let name = format!("{SETTING}{}.{}", it.name, attribute.name);
                    found.push(Subject { name, ids });
                }
            }
        }
        found
    }

    fn subject(&mut self, of: &Subject) {
        let mut pair = self.pair(of);
        let gaps = [false, true].map(|wider| pair.gap(wider));
        let mut left = gaps;
        if gaps.iter().any(|&gap| pair.can_be(&[gap])) {
            for role in self.roles(of) {
                self.cell(&mut pair, of, role, gaps, &mut left);
            }
            for wider in [true, false] {
                self.beyond(&mut pair, of, left[usize::from(wider)], wider);
                self.untold(&mut pair, of, gaps[usize::from(wider)], wider);
            }
        }
        if pair.world.circuit.given_up > 0 {
            self.unknown("conditions are too intricate to look at all cases");
        } else if !pair.world.exact {
            self.unknown("nodes can nest in too many ways to look at all of them");
        }
    }

    fn unknown(&mut self, why: &str) {
        self.out.closed = Closed::Unknown(why.to_owned());
    }

    fn pair(&self, of: &Subject) -> Pair<'c> {
        let mut scope = Scope::default();
        let ids = of.ids.into_iter().flatten();
        for (table, id) in self
            .sides
            .iter()
            .flat_map(|table| ids.clone().map(move |id| (table, id)))
        {
            scope.policy(table.model());
            // What was looked at in the old policy is looked at again in the new one: its rules are others.
            let (roles, permissions) = (std::mem::take(&mut scope.roles), std::mem::take(&mut scope.permissions));
            scope.permission(table, id);
            scope.roles.extend(roles);
            scope.permissions.extend(permissions);
        }
        self.hand_out(&mut scope);
        let aim = of.ids.into_iter().flatten().next().unwrap_or(PermId(0));
        let mut world = World::of_permission(&self.rebased.base, scope, aim);
        world.unstated = true;
        world.circuit.share(&self.budget);
        let mut read = |side: usize| {
            let declared = [&self.rebased.old_types, &self.rebased.new_types][side];
            let mut meaning = Meaning::of_one(&mut world, self.sides[side], Some(declared));
            let Some(id) = of.ids[side] else {
                return (Decision::never(), Truth::FALSE);
            };
            let asked = meaning.main(id);
            let decision = meaning.decision(&asked);
            let whole = meaning.whole(&decision);
            (decision, whole)
        };
        let (old, new) = (read(0), read(1));
        refused::share(&mut world);
        let valid = [0, 1].map(|side| {
            let refused = self.refused(&mut world, side);
            !refused
        });
        let whole = [(old.1, valid[0]), (new.1, valid[1])].map(|(truth, valid)| world.circuit.and([truth.yes, valid]));
        Pair {
            world,
            decisions: [old.0, new.0],
            valid,
            whole,
        }
    }

    /// What data hands out may imply a permission in one policy and not in the other: then it is looked at by itself.
    fn hand_out(&self, scope: &mut Scope) {
        let handed: Vec<PermId> = scope.handed.iter().copied().collect();
        let stronger = self.sides.map(|side| {
            let stronger = side.model().permissions.upward(&handed);
            stronger.into_iter().collect::<BTreeSet<PermId>>()
        });
        for &permission in stronger[0].symmetric_difference(&stronger[1]) {
            scope.permissions.insert(permission);
            scope.handed.insert(permission);
        }
    }

    /// Whom a permission is given to on either side; `None` is everyone.
    fn roles(&self, of: &Subject) -> BTreeSet<Option<RoleId>> {
        let rows = (0..2).filter_map(|side| Some(self.sides[side].row(of.ids[side]?)));
        rows.flat_map(|row| row.grants.iter().chain(&row.prohibitions))
            .map(|way| way.role)
            .collect()
    }

    /// What one role gains and loses; what it shows is taken from what is left to be shown.
    fn cell(&mut self, pair: &mut Pair<'_>, of: &Subject, role: Option<RoleId>, gaps: [Lit; 2], left: &mut [Lit; 2]) {
        let [was, is] = [0, 1].map(|side| pair.cell(side, role));
        let nothing_else = self.nothing_else(pair, role);
        let circuit = &mut pair.world.circuit;
        let shown_by_it = [[gaps[0], was, !is], [gaps[1], is, !was]].map(|parts| circuit.and(parts));
        let own = shown_by_it.map(|gap| circuit.and([gap, nothing_else]));
        let mut can_be = |lit| circuit.solve(&[lit]) == Answer::Yes;
        let [less, more] = own.map(&mut can_be);
        let change = match (more, less) {
            (false, false) => return,
            (true, true) => Change::Both,
            (true, false) if !can_be(was) => Change::Gained,
            (true, false) => Change::Wider,
            (false, true) if !can_be(is) => Change::Lost,
            (false, true) => Change::Narrower,
        };
        for (left, (shown, wanted)) in left.iter_mut().zip(shown_by_it.into_iter().zip([less, more])) {
            if wanted {
                *left = circuit.and([*left, !shown]);
            }
        }
        let behind = self.behind(pair, of, own, |way| way.role == role, |way| speaks_of(way, role));
        let mut show = |wanted: bool, wider: bool| match wanted {
            true => self.shown(pair, own[usize::from(wider)], of, wider),
            false => None,
        };
        let (wider, narrower) = (show(more, true), show(less, false));
        let [old_permission, new_permission] = self.own_ids(of);
        self.out.cells.push(Cell {
            permission: of.name.clone(),
            role: role.map(|role| self.rebased.base.full_role(role)),
            old_permission,
            new_permission,
            change,
            wider,
            narrower,
            behind,
        });
    }

    /// The caller is given nothing but one role, so that a change is a change for its holders. For a role that follows from
    /// others this asks nothing.
    fn nothing_else(&self, pair: &mut Pair<'_>, role: Option<RoleId>) -> Lit {
        let follows = |role: RoleId| self.sides.iter().any(|side| side.model().role(role).is_derived());
        if role.is_some_and(follows) {
            return Lit::TRUE;
        }
        let others = pair.world.atoms.iter().filter(|(atom, _)| match *atom {
            Atom::Stated(0, of, _) | Atom::Via(0, of, _) => Some(of) != role,
            Atom::Single(0, ..) | Atom::Custom(0, ..) => true,
            _ => false,
        });
        let others: Vec<Lit> = others.map(|(_, lit)| !*lit).collect();
        pair.world.circuit.and(others)
    }

    /// What is gained or lost and no cell shows.
    fn beyond(&mut self, pair: &mut Pair<'_>, of: &Subject, gap: Lit, wider: bool) {
        if !pair.can_be(&[gap]) {
            return;
        }
        let side = usize::from(wider);
        let grants: Vec<Lit> = pair.decisions[side]
            .grants
            .iter()
            .map(|(_, truth)| !truth.yes)
            .collect();
        let mut gaps = [Lit::FALSE; 2];
        gaps[side] = gap;
        // What the policy's own rules give is told rather than what data hands out.
        let granted = !pair.world.circuit.and(grants);
        let by_data = !pair.can_be(&[gap, granted]);
        if !by_data {
            gaps[side] = pair.world.circuit.and([gap, granted]);
        }
        let behind = self.behind(pair, of, gaps, |_| true, |_| true);
        let Some(shown) = self.shown(pair, gaps[side], of, wider) else {
            return;
        };
        let [old_permission, new_permission] = self.own_ids(of);
        self.out.beyond.push(Beyond {
            permission: of.name.clone(),
            old_permission,
            new_permission,
            wider,
            by_data,
            shown,
            behind,
        });
    }
}

/// A permission by name; membership with the type of the place.
fn named(model: &Model, id: PermId) -> String {
    let shown = model.show_permission(id);
    match model.permissions.get(id) {
        Permission::AddMember(ty) | Permission::RemoveMember(ty) => format!("{shown} at {}", model.ty(ty).name),
        _ => shown,
    }
}
