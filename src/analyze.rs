//! What holds in every organisation: findings and promises settled exactly, each *yes* with a witness that the evaluator
//! confirms, each *no* with the places that prove it (DESIGN §6).
//!
//! 1. A permission's decision becomes a formula ([`cell`]): [`scope`] finds what it can depend on, [`world`] makes a
//!    symbolic organisation with just these individuals ([`chains`] of containers, [`domain`]s of values), [`meaning`] is
//!    the evaluator again with formulas in place of truths, on two rails, so that *missing* stays unknown.
//! 2. A question is one call of the [`solver`]: a CDCL solver per permission, kept, asked under assumptions.
//! 3. What can be is cut down to a small [`picture`] and written as a [`witness`]: facts and a sentence, read back and
//!    replayed through `eval`. What cannot be has a core: the rules that prove it.
//!
//! Order of work everywhere: what the table's shape settles needs no formula; permissions that share nothing with a
//! question are left out; only then the solver is asked.

pub mod access;
pub mod alike;
pub mod cell;
pub mod chains;
pub mod circuit;
pub mod compare;
pub mod constants;
pub mod domain;
pub mod duties;
pub mod escalation;
pub mod extremes;
pub mod giving;
pub mod meaning;
pub mod missing;
pub mod overlaps;
pub mod parts;
pub mod picture;
pub mod plain;
pub mod promise;
pub mod redundant;
pub mod scope;
pub mod shedding;
pub mod shown;
pub mod solver;
pub mod standing;
pub mod texts;
pub mod verdict;
pub mod witness;
pub mod world;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use crate::model::permission::{PermId, Permission};
use crate::model::{RoleId, RuleId};
use crate::source::FileId;
use crate::table::Table;
use cell::Cell;
use compare::same;
use constants::Constant;
use extremes::Extreme;
use giving::Touched;
use solver::Budget;
use texts::Texts;
use verdict::Finding;

/// What is known about a policy so far; every part is found out when first asked for.
pub struct Analysis<'t> {
    /// The policy.
    pub table: &'t Table,
    /// The file that witnesses are read as.
    pub file: FileId,
    /// What questions to the solver may cost, all together.
    pub budget: Budget,
    cells: RefCell<BTreeMap<PermId, Cell<'t>>>,
    touched: RefCell<BTreeMap<RoleId, Rc<[Touched]>>>,
    wordings: OnceCell<Vec<RuleId>>,
    likes: OnceCell<Vec<PermId>>,
    rules: OnceCell<Vec<Finding>>,
    texts: OnceCell<Texts>,
    constants: OnceCell<Vec<Constant>>,
    extremes: OnceCell<Vec<Extreme>>,
}

impl<'t> Analysis<'t> {
    /// Nothing is looked at yet.
    #[must_use]
    pub fn new(table: &'t Table) -> Self {
        Self {
            table,
            file: FileId::GENERATED,
            budget: Budget::default(),
            cells: RefCell::default(),
            touched: RefCell::default(),
            wordings: OnceCell::new(),
            likes: OnceCell::new(),
            rules: OnceCell::new(),
            texts: OnceCell::new(),
            constants: OnceCell::new(),
            extremes: OnceCell::new(),
        }
    }

    /// Asks something of a permission's formula, which is made on first sight and kept.
    pub fn with<T>(&self, permission: PermId, ask: impl FnOnce(&mut Cell<'t>) -> T) -> T {
        let mut cells = self.cells.borrow_mut();
        ask(cells.entry(permission).or_insert_with(|| self.cell(permission)))
    }

    fn cell(&self, permission: PermId) -> Cell<'t> {
        let mut cell = Cell::new(self.table, permission);
        cell.world.circuit.share(&self.budget);
        cell
    }

    /// Permissions of which not everything that was asked so far could be settled, and why.
    #[must_use]
    pub fn unsettled(&self) -> Vec<(PermId, &'static str)> {
        let cells = self.cells.borrow();
        let open = cells.iter().filter_map(|(&id, cell)| Some((id, cell.unsettled()?)));
        open.collect()
    }

    /// How often the solver was asked so far, and how many literals it was told: the same on every machine.
    #[must_use]
    pub fn work(&self) -> [u64; 2] {
        let cells = self.cells.borrow();
        let circuits = cells.values().map(|cell| &cell.world.circuit);
        circuits.fold([0, 0], |[asked, written], it| [asked + it.solved, written + it.written])
    }

    /// What a role can matter for.
    fn touched(&self, role: RoleId) -> Rc<[Touched]> {
        let mut known = self.touched.borrow_mut();
        let of = known.entry(role);
        of.or_insert_with(|| giving::touched(self.table, role).into()).clone()
    }

    /// The first rule that reads the same but for the permissions that it concerns.
    fn wording(&self, rule: RuleId) -> RuleId {
        let all = self.wordings.get_or_init(|| same::wordings(self.table.model()));
        all[rule.ix()]
    }

    /// The first permission that is decided in the same way: of roles of one type of which rules of the same words speak, one
    /// is given, and taken, by whom the other is.
    fn like(&self, permission: PermId) -> PermId {
        self.likes.get_or_init(|| self.all_likes())[permission.ix()]
    }

    fn all_likes(&self) -> Vec<PermId> {
        let model = self.table.model();
        let mut known = HashMap::new();
        let like = |(id, permission)| {
            let (gives, role) = match permission {
                Permission::Give(role) => (true, role),
                Permission::Take(role) => (false, role),
                _ => return id,
            };
            let row = self.table.row(id);
            let ways = row.grants.iter().chain(&row.prohibitions);
            let words: Vec<_> = ways.map(|way| (way.role, self.wording(way.rule))).collect();
            *known.entry((gives, model.role(role).ty, words)).or_insert(id)
        };
        model.permissions.iter().map(like).collect()
    }

    /// Rules that change no decision.
    pub fn rules(&self) -> &[Finding] {
        self.rules.get_or_init(|| verdict::findings(self))
    }

    /// Rules as written, with their ways.
    pub fn texts(&self) -> &Texts {
        self.texts.get_or_init(|| texts::texts(self.table))
    }

    /// Conditions that are always the same.
    pub fn constants(&self) -> &[Constant] {
        self.constants.get_or_init(|| constants::constants(self))
    }

    /// Permissions that nobody ever has, and those that everybody always has.
    pub fn extremes(&self) -> &[Extreme] {
        self.extremes.get_or_init(|| extremes::extremes(self))
    }
}
