//! The one door to a SAT solver: variables, clauses, assumptions, a model, a core.
//!
//! Behind it stands `batsat`: CDCL in pure Rust, incremental, with assumptions and cores, one small crate. `rustsat` was
//! looked at as well; it is a common interface to many solvers, most of them C++ that a static binary would have to
//! compile and carry, and its door to `batsat` adds nothing that is needed here.

use std::cell::Cell;
use std::rc::Rc;

use batsat::{Callbacks, ClauseKind, SolverInterface, SolverOpts, lbool};

/// What a question to the solver came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The literals can hold together; there is a model.
    Yes,
    /// They cannot: that is a proof.
    No,
    /// The work that it may cost was not enough to tell. It proves nothing, and shows nothing.
    GaveUp,
}

/// What a search for something in which claims hold came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search<T> {
    /// This is one.
    Found(T),
    /// There is none: that is a proof.
    Nowhere,
    /// Not settled within the work that it may cost.
    GaveUp,
}

impl<T> Search<T> {
    /// What was found, for those who draw nothing from *none*.
    pub fn found(self) -> Option<T> {
        match self {
            Self::Found(it) => Some(it),
            Self::Nowhere | Self::GaveUp => None,
        }
    }

    /// The same of what was found.
    pub fn map<U>(self, of: impl FnOnce(T) -> U) -> Search<U> {
        match self {
            Self::Found(it) => Search::Found(of(it)),
            Self::Nowhere => Search::Nowhere,
            Self::GaveUp => Search::GaveUp,
        }
    }
}

/// How much work one question may cost, in conflicts of the solver; it is the same on every machine.
const QUESTION: u64 = 4_000;

/// How much all questions of a run may cost together.
const RUN: u64 = 20_000;

/// What a question may cost once that is spent: most need far less.
const LEAST: u64 = 30;

/// How much work the formulas of one permission may cost, in literals that are put together or assumed.
const FORMULAS: u64 = 20_000_000;

/// How much all formulas of a run may cost together.
const RUN_FORMULAS: u64 = 100_000_000;

/// What the formulas of one permission may cost once that is spent.
const LEAST_FORMULAS: u64 = 2_000_000;

/// The work that is left for the questions of a run. Copies draw on the same.
#[derive(Debug, Clone)]
pub struct Budget {
    left: Rc<Cell<u64>>,
    least: u64,
    formulas: Rc<Cell<u64>>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            left: Rc::new(Cell::new(RUN)),
            least: LEAST,
            formulas: Rc::new(Cell::new(RUN_FORMULAS)),
        }
    }
}

impl Budget {
    /// Enough for what follows without a search.
    #[must_use]
    pub fn tiny() -> Self {
        Self {
            least: 2,
            left: Rc::default(),
            formulas: Rc::default(),
        }
    }

    /// Pays for formulas of which so much is put together already; false if that is more than they may cost.
    pub(super) fn pays_for(&self, literals: u64, so_far: u64) -> bool {
        let left = self.formulas.get();
        self.formulas.set(left.saturating_sub(literals));
        so_far <= left.clamp(LEAST_FORMULAS, FORMULAS)
    }

    fn question(&self) -> u64 {
        self.left.get().clamp(self.least, QUESTION)
    }

    fn spend(&self, conflicts: u64) {
        self.left.set(self.left.get().saturating_sub(conflicts));
    }
}

/// A variable or its negation. [`Lit::TRUE`] and [`Lit::FALSE`] are constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lit(u32);

impl Lit {
    /// Always true: the first variable.
    pub const TRUE: Self = Self(0);
    /// Never true.
    pub const FALSE: Self = Self(1);

    /// By how many bits the numbers of two literals are to be shifted so that those between fall into eight blocks at
    /// most, and into two at least.
    pub(super) const fn parting(a: Self, b: Self) -> u32 {
        (u32::BITS - (a.0 ^ b.0).leading_zeros()).saturating_sub(3)
    }

    /// The block of its number.
    pub(super) const fn block(self, shift: u32) -> u32 {
        self.0 >> shift
    }

    /// Neither of the constants.
    #[must_use]
    pub const fn is_open(self) -> bool {
        self.0 > 1
    }
}

impl std::ops::Not for Lit {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0 ^ 1)
    }
}

/// What the analysis asks of a solver.
pub trait Solver {
    /// A fresh variable; the solver tries it false first.
    fn variable(&mut self) -> Lit;
    /// A fresh variable that clauses make follow from others: the solver need not decide it.
    fn dependent(&mut self) -> Lit;
    /// One of these holds.
    fn clause(&mut self, lits: &[Lit]);
    /// Whether the clauses can hold together with the assumptions, as far as the budget lets it be seen.
    fn solve(&mut self, assumptions: &[Lit], budget: &Budget) -> Answer;
    /// The value of a literal in the model of the last [`Solver::solve`] that said [`Answer::Yes`].
    fn value(&self, lit: Lit) -> bool;
    /// The model of the last [`Solver::solve`] that said [`Answer::Yes`], to be kept beyond the next one.
    fn model(&self) -> Kept;
    /// Those of the last assumptions that cannot hold together.
    fn core(&self) -> Vec<Lit>;
}

/// What holds in a model; of what was made after it nothing is known.
#[derive(Debug, Default)]
pub struct Kept(Vec<bool>);

impl Kept {
    /// It is known that the literal holds.
    #[must_use]
    pub fn shows(&self, lit: Lit) -> bool {
        let value = self.0.get((lit.0 >> 1) as usize);
        value.is_some_and(|&value| value == (lit.0 & 1 == 0))
    }
}

/// Counts the conflicts of a question, and stops it at a bound.
#[derive(Default)]
struct Count {
    conflicts: u64,
    most: u64,
}

impl Callbacks for Count {
    fn on_new_clause(&mut self, _: &[batsat::Lit], kind: ClauseKind) {
        self.conflicts += u64::from(kind == ClauseKind::Learnt);
    }

    fn stop(&self) -> bool {
        self.conflicts >= self.most
    }
}

/// Fewer learnt clauses than this are never looked through for some to forget: that is done at every decision while there
/// are too many, and short ones are always kept.
const LEARNT: i32 = 20_000;

/// `batsat` behind the door.
pub struct Batsat {
    solver: batsat::Solver<Count>,
    assumptions: Vec<batsat::Lit>,
    /// The clause that is told, in the same place every time.
    clause: Vec<batsat::Lit>,
}

impl Default for Batsat {
    fn default() -> Self {
        Self::new()
    }
}

impl Batsat {
    /// A solver that knows the constants.
    #[must_use]
    pub fn new() -> Self {
        let options = SolverOpts {
            min_learnts_lim: LEARNT,
            ..SolverOpts::default()
        };
        let mut it = Self {
            solver: batsat::Solver::new(options, Count::default()),
            assumptions: Vec::new(),
            clause: Vec::new(),
        };
        let truth = it.variable();
        it.clause(&[truth]);
        it
    }
}

fn outward(lit: Lit) -> batsat::Lit {
    batsat::Lit::new(batsat::Var::unsafe_from_idx(lit.0 >> 1), lit.0 & 1 == 0)
}

fn inward(lit: batsat::Lit) -> Lit {
    Lit(lit.var().idx() << 1 | u32::from(!lit.sign()))
}

impl Solver for Batsat {
    fn variable(&mut self) -> Lit {
        inward(batsat::Lit::new(self.solver.new_var(lbool::FALSE, true), true))
    }

    fn dependent(&mut self) -> Lit {
        inward(batsat::Lit::new(self.solver.new_var(lbool::FALSE, false), true))
    }

    fn clause(&mut self, lits: &[Lit]) {
        self.clause.clear();
        self.clause.extend(lits.iter().map(|&lit| outward(lit)));
        self.solver.add_clause_reuse(&mut self.clause);
    }

    fn solve(&mut self, assumptions: &[Lit], budget: &Budget) -> Answer {
        self.assumptions.clear();
        self.assumptions.extend(assumptions.iter().map(|&lit| outward(lit)));
        *self.solver.cb_mut() = Count {
            conflicts: 0,
            most: budget.question(),
        };
        let answer = self.solver.solve_limited(&self.assumptions);
        budget.spend(self.solver.cb().conflicts);
        if answer == lbool::TRUE {
            Answer::Yes
        } else if answer == lbool::FALSE {
            Answer::No
        } else {
            Answer::GaveUp
        }
    }

    fn value(&self, lit: Lit) -> bool {
        self.solver.value_lit(outward(lit)) == lbool::TRUE
    }

    fn model(&self) -> Kept {
        Kept(
            self.solver
                .get_model()
                .iter()
                .map(|&value| value == lbool::TRUE)
                .collect(),
        )
    }

    fn core(&self) -> Vec<Lit> {
        let failed = self
            .assumptions
            .iter()
            .filter(|&&lit| self.solver.unsat_core_contains_var(lit.var()));
        failed.map(|&lit| inward(lit)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_and_cores() {
        let (mut solver, budget) = (Batsat::new(), Budget::default());
        let [a, b, c] = [solver.variable(), solver.variable(), solver.variable()];
        solver.clause(&[!a, b]);
        assert_eq!(solver.solve(&[a], &budget), Answer::Yes);
        assert!(solver.value(b) && solver.value(Lit::TRUE) && !solver.value(Lit::FALSE));
        assert_eq!(solver.solve(&[c, a, !b], &budget), Answer::No);
        assert_eq!(solver.core(), [a, !b]);
        assert_eq!(solver.solve(&[!b], &budget), Answer::Yes);
        assert!(!solver.value(a));
    }

    /// So many pigeons in one hole fewer, no two in one.
    fn pigeons(solver: &mut Batsat, pigeons: usize) {
        let all: Vec<Vec<Lit>> = (0..pigeons)
            .map(|_| (1..pigeons).map(|_| solver.variable()).collect())
            .collect();
        for (ix, one) in all.iter().enumerate() {
            solver.clause(one);
            for (a, b) in all[..ix].iter().flat_map(|other| one.iter().zip(other)) {
                solver.clause(&[!*a, !*b]);
            }
        }
    }

    #[test]
    fn what_is_too_much_work_is_neither_yes_nor_no() {
        let (mut solver, budget) = (Batsat::new(), Budget::default());
        pigeons(&mut solver, 4);
        assert_eq!(solver.solve(&[], &budget), Answer::No);
        let mut solver = Batsat::new();
        pigeons(&mut solver, 12);
        let other = solver.variable();
        assert_eq!(solver.solve(&[], &budget), Answer::GaveUp);
        while budget.question() > LEAST {
            assert_eq!(solver.solve(&[other], &budget), Answer::GaveUp);
        }
        assert_eq!(solver.solve(&[], &budget), Answer::GaveUp);
        let mut solver = Batsat::new();
        pigeons(&mut solver, 4);
        assert_eq!(
            solver.solve(&[], &budget),
            Answer::No,
            "what is easy is settled all the same"
        );
    }
}
