//! The one door to a SAT solver: variables, clauses, assumptions, a model, a core.
//!
//! Behind it stands `batsat`: CDCL in pure Rust, incremental, with assumptions and cores, one small crate. `rustsat` was
//! looked at as well; it is a common interface to many solvers, most of them C++ that a static binary would have to
//! compile and carry, and its door to `batsat` adds nothing that is needed here.

use batsat::{BasicSolver, SolverInterface, lbool};

/// A variable or its negation. [`Lit::TRUE`] and [`Lit::FALSE`] are constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lit(u32);

impl Lit {
    /// Always true: the first variable.
    pub const TRUE: Self = Self(0);
    /// Never true.
    pub const FALSE: Self = Self(1);

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
    /// True if the clauses can hold together with the assumptions.
    fn solve(&mut self, assumptions: &[Lit]) -> bool;
    /// The value of a literal in the model of the last [`Solver::solve`] that said yes.
    fn value(&self, lit: Lit) -> bool;
    /// Those of the last assumptions that cannot hold together.
    fn core(&self) -> Vec<Lit>;
}

/// `batsat` behind the door.
#[derive(Default)]
pub struct Batsat {
    solver: BasicSolver,
    assumptions: Vec<batsat::Lit>,
}

impl Batsat {
    /// A solver that knows the constants.
    #[must_use]
    pub fn new() -> Self {
        let mut it = Self::default();
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
        let mut lits: Vec<_> = lits.iter().map(|&lit| outward(lit)).collect();
        self.solver.add_clause_reuse(&mut lits);
    }

    fn solve(&mut self, assumptions: &[Lit]) -> bool {
        self.assumptions.clear();
        self.assumptions.extend(assumptions.iter().map(|&lit| outward(lit)));
        self.solver.solve_limited(&self.assumptions) == lbool::TRUE
    }

    fn value(&self, lit: Lit) -> bool {
        self.solver.value_lit(outward(lit)) == lbool::TRUE
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
        let mut solver = Batsat::new();
        let [a, b, c] = [solver.variable(), solver.variable(), solver.variable()];
        solver.clause(&[!a, b]);
        assert!(solver.solve(&[a]));
        assert!(solver.value(b) && solver.value(Lit::TRUE) && !solver.value(Lit::FALSE));
        assert!(!solver.solve(&[c, a, !b]));
        assert_eq!(solver.core(), [a, !b]);
        assert!(solver.solve(&[!b]));
        assert!(!solver.value(a));
    }
}
