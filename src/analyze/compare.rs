//! Two policies held against each other: which roles gain and lose what, proved for every organisation.
//!
//! 1. Both are brought into one numbering ([`crate::model::rebase`]) and read in one world, in which what facts *state*
//!    is shared, so that a changed default shows.
//! 2. Permissions whose rules, roles and ceilings are the same on both sides are left out ([`Same`]).
//! 3. For the others every cell (the grants of one role, less what prohibits its holders) is compared in both
//!    directions; where cells agree but decisions could still differ, one more query closes the gap.

use std::collections::{BTreeSet, HashMap};

use super::circuit::Truth;
use super::meaning::{Decision, Meaning};
use super::scope::Scope;
use super::solver::{Answer, Budget, Lit};
pub use super::witness::Shown;
use super::witness::Witness;
use super::world::World;
use crate::diagnostic::Found;
use crate::model::permission::{PermId, Permission};
use crate::model::rebase::{Rebased, allows, rebase};
use crate::model::{Being, Model, RoleId, Rule, TypeId, check};
use crate::source::FileId;
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

/// A cell that changed: a permission and whom it is given to.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The permission, as shown.
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
    /// The cell's grants in the old policy.
    pub old_ways: Vec<Way>,
    /// The cell's grants in the new policy.
    pub new_ways: Vec<Way>,
    /// What prohibits it in the old policy, as far as it differs.
    pub old_prohibitions: Vec<Way>,
    /// What prohibits it in the new policy, as far as it differs.
    pub new_prohibitions: Vec<Way>,
}

/// What shows that nothing else changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// Every cell is compared, and decisions are made of cells alone.
    Cells,
    /// Decisions depend on several roles at once; they were compared as a whole.
    Query,
    /// It could not be shown; why.
    Unknown(String),
}

/// What changed between two policies.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Cells that changed.
    pub cells: Vec<Cell>,
    /// What shows that all others did not.
    pub closed: Closed,
    /// Decisions that changed though no cell did: the permission, an example, and whether it is allowed now.
    pub beyond: Vec<(String, Shown, bool)>,
}

/// Compares two policies.
#[must_use]
pub fn compare(old: &Table, new: &Table) -> Comparison {
    let rebased = rebase(old.model(), new.model());
    let nothing = Found::default();
    let (Ok(old_model), Ok(new_model)) = (check(&rebased.old, &nothing), check(&rebased.new, &nothing)) else {
        return Comparison {
            cells: Vec::new(),
            closed: Closed::Unknown(String::new()),
            beyond: Vec::new(),
        };
    };
    let sides = [compile(old_model), compile(new_model)];
    let mut comparer = Comparer {
        rebased: &rebased,
        originals: [old, new],
        sides: [&sides[0], &sides[1]],
        budget: Budget::default(),
        out: Comparison {
            cells: Vec::new(),
            closed: Closed::Cells,
            beyond: Vec::new(),
        },
    };
    let changed = changed(&rebased, &sides[0], &sides[1]);
    for permission in changed {
        comparer.permission(permission);
    }
    comparer.out
}

/// Permissions whose decision may differ, by the rules and roles that it can look at.
fn changed(rebased: &Rebased, old: &Table, new: &Table) -> BTreeSet<PermId> {
    let all: Vec<PermId> = rebased.base.permissions.iter().map(|(id, _)| id).collect();
    if structure(&rebased.old, rebased) != structure(&rebased.new, rebased) {
        return all.into_iter().collect();
    }
    let (olds, news) = (Same::new(old), Same::new(new));
    let mut changed: BTreeSet<PermId> = all
        .iter()
        .copied()
        .filter(|&id| olds.row(old, id) != news.row(new, id))
        .collect();
    loop {
        let before = changed.len();
        let roles: BTreeSet<RoleId> = rebased
            .base
            .role_ids()
            .filter(|&role| is_other(rebased, role, &changed))
            .collect();
        let touched =
            |id: &PermId| asks(old, *id, &roles) || asks(new, *id, &roles) || depends(&rebased.base, *id, &changed);
        let more: Vec<PermId> = all
            .iter()
            .copied()
            .filter(|id| !changed.contains(id) && touched(id))
            .collect();
        changed.extend(more);
        if changed.len() == before {
            return changed;
        }
    }
}

/// What facts can look like: containment, attributes that both have, constraints.
fn structure(model: &Model, rebased: &Rebased) -> String {
    let mut text = String::new();
    for (ix, ty) in model.types.iter().enumerate() {
        let id = TypeId(u32::try_from(ix).unwrap_or(u32::MAX));
        let in_both = |key| rebased.old.attribute(id, key).is_some() && rebased.new.attribute(id, key).is_some();
        let shared = ty
            .attributes
            .iter()
            .filter(|it| in_both(it.key))
            .map(|it| (it.key, it.ty, &it.default));
        text += &format!("{:?} {:?};", sorted(&ty.containers), shared.collect::<Vec<_>>());
    }
    let context = model
        .context
        .iter()
        .map(|it| (it.key, it.ty, &it.default))
        .collect::<Vec<_>>();
    text + &format!("{context:?}")
}

fn sorted(types: &[TypeId]) -> Vec<TypeId> {
    let mut types = types.to_vec();
    types.sort_unstable();
    types
}

/// A role's default or derivation differs, or its derivation asks for a permission that changed.
fn is_other(rebased: &Rebased, role: RoleId, changed: &BTreeSet<PermId>) -> bool {
    let (old, new) = (rebased.old.role(role), rebased.new.role(role));
    let derived = |of: &[Being]| format!("{of:?}");
    let asks = |being: &Being| matches!(being, Being::Can(ids) if ids.iter().any(|id| changed.contains(id)));
    old.default != new.default || derived(&old.derived) != derived(&new.derived) || new.derived.iter().any(asks)
}

/// A row looks at one of these roles.
fn asks(table: &Table, id: PermId, roles: &BTreeSet<RoleId>) -> bool {
    let row = table.row(id);
    let mut ways = row.grants.iter().chain(&row.prohibitions);
    !roles.is_empty()
        && ways.any(|way| {
            let rule = table.model().rule(way.rule);
            way.role.is_some_and(|role| roles.contains(&role))
                || rule.roles_asked().iter().any(|role| roles.contains(role))
        })
}

/// Handing out a permission may ask that the giver has it.
fn depends(model: &Model, id: PermId, changed: &BTreeSet<PermId>) -> bool {
    matches!(model.permissions.get(id), Permission::Grant(inner) if changed.contains(&inner))
        || model
            .permissions
            .id(Permission::Grant(id))
            .is_some_and(|grant| changed.contains(&grant))
}

/// Rules as texts that are the same if the rules are, but for the permissions that they concern.
struct Same {
    rules: Vec<String>,
}

impl Same {
    fn new(table: &Table) -> Self {
        Self {
            rules: table.model().rules.iter().map(text).collect(),
        }
    }

    fn row(&self, table: &Table, id: PermId) -> BTreeSet<(Option<RoleId>, &str)> {
        let row = table.row(id);
        let ways = row.grants.iter().chain(&row.prohibitions);
        ways.map(|way| (way.role, self.rules[way.rule.ix()].as_str())).collect()
    }
}

fn text(rule: &Rule) -> String {
    let whom = (&rule.effect, &rule.who, &rule.named, rule.except_self, rule.they_have);
    format!(
        "{whom:?} {:?} {:?} {:?} {:?} {:?}",
        rule.receiver, rule.reach, rule.relation, rule.when, rule.unless
    )
}

struct Comparer<'c> {
    rebased: &'c Rebased,
    originals: [&'c Table; 2],
    sides: [&'c Table; 2],
    budget: Budget,
    out: Comparison,
}

/// One permission on both sides.
struct Pair<'c> {
    world: World<'c>,
    decisions: [Decision; 2],
    /// The containers are ones that the side allows.
    valid: [Lit; 2],
    /// Allowed, where the side allows the containers.
    whole: [Lit; 2],
}

impl<'c> Comparer<'c> {
    fn permission(&mut self, id: PermId) {
        let mut pair = self.pair(id);
        let before = self.out.cells.len();
        for role in self.roles(id) {
            self.cell(&mut pair, id, role);
        }
        self.note_given_up(&pair);
        let simple = [0, 1].iter().all(|&side| is_simple(self.sides[side], id));
        if self.out.cells.len() > before || simple {
            return;
        }
        if self.out.closed == Closed::Cells {
            self.out.closed = Closed::Query;
        }
        for wider in [true, false] {
            let claims = differ(pair.whole, wider);
            if let Some(shown) = self.shown(&mut pair, &claims, id, wider) {
                self.out.beyond.push((named(&self.rebased.base, id), shown, wider));
            }
        }
        self.note_given_up(&pair);
        if !pair.world.exact {
            self.out.closed = Closed::Unknown("nodes can nest in too many ways to look at all of them".to_owned());
        }
    }

    /// What the solver gave up is unknown, whatever else was found.
    fn note_given_up(&mut self, pair: &Pair<'_>) {
        if pair.world.circuit.given_up > 0 {
            self.out.closed = Closed::Unknown("conditions are too intricate to look at all cases".to_owned());
        }
    }

    fn pair(&self, id: PermId) -> Pair<'c> {
        let mut scope = Scope::default();
        for table in self.sides {
            // What was looked at in the old policy is looked at again in the new one: its rules are others.
            let (roles, permissions) = (std::mem::take(&mut scope.roles), std::mem::take(&mut scope.permissions));
            scope.permission(table, id);
            scope.roles.extend(roles);
            scope.permissions.extend(permissions);
        }
        let mut world = World::of_permission(&self.rebased.base, scope, id);
        world.unstated = true;
        world.circuit.share(&self.budget);
        let mut read = |table: &'c Table| {
            let mut meaning = Meaning::new(&mut world, table);
            let asked = meaning.main(id);
            let decision = meaning.decision(&asked);
            let whole = meaning.whole(&decision);
            let model = table.model();
            let valid = world.in_shapes(|shape| {
                let chain: Vec<TypeId> = shape.chain.iter().map(|&node| shape.forest.ty(node)).collect();
                allows(model, &chain)
            });
            (decision, whole, valid)
        };
        let (old, new) = (read(self.sides[0]), read(self.sides[1]));
        let whole = [
            world.circuit.and([old.1.yes, old.2]),
            world.circuit.and([new.1.yes, new.2]),
        ];
        Pair {
            world,
            decisions: [old.0, new.0],
            whole,
            valid: [old.2, new.2],
        }
    }

    /// Whom a permission is given to on either side; `None` is everyone.
    fn roles(&self, id: PermId) -> BTreeSet<Option<RoleId>> {
        let rows = self.sides.iter().map(|table| table.row(id));
        rows.flat_map(|row| row.grants.iter().chain(&row.prohibitions))
            .map(|way| way.role)
            .collect()
    }

    fn cell(&mut self, pair: &mut Pair<'_>, id: PermId, role: Option<RoleId>) {
        let truths = [0, 1].map(|side| cell_truth(pair, side, role));
        let (old, new) = (truths[0].yes, truths[1].yes);
        let [old_valid, new_valid] = pair.valid;
        let circuit = &mut pair.world.circuit;
        let (was, is) = (circuit.and([old, old_valid]), circuit.and([new, new_valid]));
        if was == is {
            return;
        }
        // What is not settled may have changed.
        let mut may = |lits: &[Lit]| circuit.solve(lits) != Answer::No;
        let (wider, narrower) = (may(&[is, !was]), may(&[was, !is]));
        let change = match (wider, narrower) {
            (false, false) => return,
            (true, true) => Change::Both,
            (true, false) if !may(&[was]) => Change::Gained,
            (true, false) => Change::Wider,
            (false, true) if !may(&[is]) => Change::Lost,
            (false, true) => Change::Narrower,
        };
        let mut show = |wanted: bool, is_wider: bool, gap: [Lit; 2]| {
            let claims = [&gap[..], &differ(pair.whole, is_wider)].concat();
            if wanted {
                self.shown(pair, &claims, id, is_wider)
            } else {
                None
            }
        };
        let (wider, narrower) = (show(wider, true, [is, !was]), show(narrower, false, [was, !is]));
        let cell = self.written(id, role, change, wider, narrower);
        self.out.cells.push(cell);
    }

    fn written(
        &self,
        id: PermId,
        role: Option<RoleId>,
        change: Change,
        wider: Option<Shown>,
        narrower: Option<Shown>,
    ) -> Cell {
        let base = &self.rebased.base;
        let permissions =
            [&self.rebased.old_permissions, &self.rebased.new_permissions].map(|map| map.get(&id).copied());
        let ways = [0, 1].map(|side| self.original_ways(side, permissions[side], role));
        let different = |side: usize| {
            let other = self.texts(1 - side, permissions[1 - side]);
            let own = ways[side].1.iter().copied();
            own.filter(|way| !other.contains(&self.key(side, *way)))
                .collect::<Vec<Way>>()
        };
        Cell {
            permission: named(base, id),
            role: role.map(|role| base.full_role(role)),
            old_permission: permissions[0],
            new_permission: permissions[1],
            change,
            wider,
            narrower,
            old_prohibitions: different(0),
            new_prohibitions: different(1),
            old_ways: ways[0].0.clone(),
            new_ways: ways[1].0.clone(),
        }
    }

    /// The grants of a cell and what prohibits it, in the numbering of the policy itself.
    fn original_ways(&self, side: usize, id: Option<PermId>, role: Option<RoleId>) -> (Vec<Way>, Vec<Way>) {
        let Some(id) = id else { return (Vec::new(), Vec::new()) };
        let maps: [&HashMap<RoleId, RoleId>; 2] = [&self.rebased.old_roles, &self.rebased.new_roles];
        let own = role.and_then(|role| maps[side].get(&role).copied());
        let row = self.originals[side].row(id);
        let of_cell = |way: &&Way| way.role == own && own.is_some() == role.is_some();
        let against = |way: &&Way| way.role.is_none() || of_cell(way);
        (
            row.grants.iter().filter(of_cell).copied().collect(),
            row.prohibitions.iter().filter(against).copied().collect(),
        )
    }

    fn key(&self, side: usize, way: Way) -> String {
        text(self.sides[side].model().rule(way.rule))
    }

    fn texts(&self, side: usize, id: Option<PermId>) -> BTreeSet<String> {
        let rows = id.into_iter().flat_map(|id| &self.originals[side].row(id).prohibitions);
        rows.map(|way| self.key(side, *way)).collect()
    }

    /// An organisation in which the claims hold, if both policies confirm it.
    fn shown(&self, pair: &mut Pair<'_>, claims: &[Lit], id: PermId, wider: bool) -> Option<Shown> {
        let witness: Witness = pair.world.witness(claims, id, None).found()?;
        let [old, new] = self
            .originals
            .map(|table| witness.replay(table, FileId::GENERATED).unwrap_or(false));
        ((old, new) == (!wider, wider)).then(|| witness.shown())
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

/// One side allows what the other does not.
fn differ(is: [Lit; 2], wider: bool) -> [Lit; 2] {
    let [was, is] = is;
    if wider { [is, !was] } else { [was, !is] }
}

/// The grants of one role, less what prohibits its holders.
fn cell_truth(pair: &mut Pair<'_>, side: usize, role: Option<RoleId>) -> Truth {
    let decision = &pair.decisions[side];
    let grants: Vec<Truth> = decision
        .grants
        .iter()
        .filter(|(way, _)| way.role == role)
        .map(|(_, truth)| *truth)
        .collect();
    let against = decision
        .prohibitions
        .iter()
        .filter(|(way, _)| way.role.is_none() || way.role == role);
    let against: Vec<Truth> = against.map(|(_, truth)| *truth).collect();
    let granted = pair.world.circuit.any(grants);
    let prohibited = pair.world.circuit.any(against);
    pair.world.circuit.both(granted, !prohibited)
}

/// True if a decision is made of cells: no grant asks for a second role, no prohibition is a role's or asks for one, and
/// nothing is handed out by data.
fn is_simple(table: &Table, id: PermId) -> bool {
    let model = table.model();
    let row = table.row(id);
    let ceiling = model
        .permissions
        .id(Permission::Grant(id))
        .is_some_and(|grant| !table.row(grant).grants.is_empty());
    let asks = |way: &Way| !model.rule(way.rule).roles_asked().is_empty();
    !ceiling
        && !row.grants.iter().any(asks)
        && !row.prohibitions.iter().any(|way| way.role.is_some() || asks(way))
        && row
            .grants
            .iter()
            .all(|way| way.role.is_none_or(|role| !model.role(role).is_derived()))
}
