//! Formulas as gates over a solver: built bottom up, equal ones once (hash-consing), constants folded on the way.
//!
//! [`Truth`] is Kleene's logic on two rails: a literal for *is true* and one for *is false*; where neither holds the
//! truth is unknown. What can never be unknown has rails that are each other's negation, and costs no more than one.

use hashbrown::HashMap;
use smallvec::SmallVec;

use super::solver::{Answer, Batsat, Budget, Kept, Lit, Solver};
use crate::model::value::Tri;

/// How often the solver may give up before it is asked for less.
const PATIENCE: u64 = 8;

/// More literals than this make a tree of gates.
const WIDE: usize = 64;

/// Most gates have few literals.
type Lits = SmallVec<[Lit; 6]>;

/// Gates over a solver.
#[derive(Default)]
pub struct Circuit {
    solver: Batsat,
    gates: HashMap<Lits, Lit>,
    /// What questions may cost.
    budget: Budget,
    /// How often the solver was asked.
    pub solved: u64,
    /// How often it gave up.
    pub given_up: u64,
    /// How many literals its clauses have.
    pub written: u64,
    /// How many literals were put together.
    put_together: u64,
    /// Formulas cost more than they may: what is asked for from here on is not made, and nothing is settled.
    broken_off: bool,
}

impl Circuit {
    /// Questions are paid for from here on by a budget that others draw on too.
    pub fn share(&mut self, budget: &Budget) {
        self.budget = budget.clone();
    }

    /// A fresh variable.
    pub fn variable(&mut self) -> Lit {
        self.solver.variable()
    }

    /// One of these always holds.
    pub fn require(&mut self, lits: &[Lit]) {
        if !lits.contains(&Lit::TRUE) {
            self.written += lits.len() as u64;
            self.solver.clause(lits);
        }
    }

    /// Whenever `a` holds, so does `b`.
    pub fn imply(&mut self, a: Lit, b: Lit) {
        self.require(&[!a, b]);
    }

    /// All of these.
    pub fn and(&mut self, lits: impl IntoIterator<Item = Lit>) -> Lit {
        let mut lits: Lits = lits.into_iter().filter(|&lit| lit != Lit::TRUE).collect();
        if self.breaks_off(lits.len()) {
            return Lit::FALSE;
        }
        lits.sort_unstable();
        lits.dedup();
        if lits.contains(&Lit::FALSE) || lits.windows(2).any(|pair| pair[0] == !pair[1]) {
            return Lit::FALSE;
        }
        match lits[..] {
            [] => Lit::TRUE,
            [only] => only,
            _ if lits.len() > WIDE => self.tree(&lits),
            _ => self.gate(lits),
        }
    }

    /// True once formulas cost more than they may.
    fn breaks_off(&mut self, literals: usize) -> bool {
        let literals = literals as u64 + 1;
        self.put_together += literals;
        if !self.broken_off && !self.budget.pays_for(literals, self.put_together) {
            self.broken_off = true;
            self.given_up += 1;
        }
        self.broken_off
    }

    /// It is known that the literal never holds, without a question.
    #[must_use]
    pub fn is_never(&self, lit: Lit) -> bool {
        self.is_same(lit, Lit::FALSE)
    }

    /// It is known that two literals are one formula, without a question.
    #[must_use]
    pub fn is_same(&self, a: Lit, b: Lit) -> bool {
        a == b && !self.broken_off
    }

    /// A wide gate as a tree, parted where the numbers of the literals differ first: two gates that differ in one literal
    /// share all of it but one path.
    fn tree(&mut self, lits: &[Lit]) -> Lit {
        let (first, last) = (lits[0], lits[lits.len() - 1]);
        let shift = Lit::parting(first, last);
        let parts = lits.chunk_by(|a, b| a.block(shift) == b.block(shift));
        let mut gates = Lits::new();
        for part in parts {
            gates.push(if let [only] = part { *only } else { self.tree(part) });
        }
        gates.sort_unstable();
        self.gate(gates)
    }

    fn gate(&mut self, lits: Lits) -> Lit {
        if let Some(&known) = self.gates.get(&lits[..]) {
            return known;
        }
        let gate = self.solver.dependent();
        self.written += 3 * lits.len() as u64 + 1;
        for &lit in &lits {
            self.solver.clause(&[!gate, lit]);
        }
        let back: Lits = lits.iter().map(|&lit| !lit).chain([gate]).collect();
        self.solver.clause(&back);
        self.gates.insert(lits, gate);
        gate
    }

    /// One of these.
    pub fn or(&mut self, lits: impl IntoIterator<Item = Lit>) -> Lit {
        !self.and(lits.into_iter().map(|lit| !lit))
    }

    /// Just one of the two.
    pub fn differ(&mut self, a: Lit, b: Lit) -> Lit {
        let (only_a, only_b) = (self.and([a, !b]), self.and([!a, b]));
        self.or([only_a, only_b])
    }

    /// Whether all of these can hold together.
    pub fn solve(&mut self, assumptions: &[Lit]) -> Answer {
        if self.breaks_off(assumptions.len()) {
            return Answer::GaveUp;
        }
        self.solved += 1;
        // What was too much so often will be so again: only what follows at once is still looked for.
        let answer = match self.given_up > PATIENCE {
            true => self.solver.solve(assumptions, &Budget::tiny()),
            false => self.solver.solve(assumptions, &self.budget),
        };
        self.given_up += u64::from(answer == Answer::GaveUp);
        answer
    }

    /// The value of a literal in the last model.
    #[must_use]
    pub fn value(&self, lit: Lit) -> bool {
        self.solver.value(lit)
    }

    /// The last model, to be kept beyond the next question.
    #[must_use]
    pub fn model(&self) -> Kept {
        self.solver.model()
    }

    /// Those of the last assumptions that cannot hold together.
    #[must_use]
    pub fn core(&self) -> Vec<Lit> {
        self.solver.core()
    }

    /// Both of these.
    pub fn both(&mut self, a: Truth, b: Truth) -> Truth {
        self.all([a, b])
    }

    /// All of these.
    pub fn all(&mut self, truths: impl IntoIterator<Item = Truth>) -> Truth {
        let truths: SmallVec<[Truth; 4]> = truths.into_iter().collect();
        let yes = self.and(truths.iter().map(|t| t.yes));
        match truths.iter().all(|truth| truth.is_sure()) {
            true => Truth::sure(yes),
            false => Truth {
                yes,
                no: self.or(truths.iter().map(|t| t.no)),
            },
        }
    }

    /// One of these.
    pub fn any(&mut self, truths: impl IntoIterator<Item = Truth>) -> Truth {
        !self.all(truths.into_iter().map(|truth| !truth))
    }

    /// The truth that belongs to the one guard that holds: guards exclude each other and one of them holds.
    pub fn choose(&mut self, cases: &[(Lit, Truth)]) -> Truth {
        let rail = |it: &mut Self, rail: fn(&Truth) -> Lit| {
            let parts: Vec<Lit> = cases
                .iter()
                .map(|(guard, truth)| it.and([*guard, rail(truth)]))
                .collect();
            it.or(parts)
        };
        let yes = rail(self, |t| t.yes);
        match cases.iter().all(|(_, truth)| truth.is_sure()) {
            true => Truth::sure(yes),
            false => Truth {
                yes,
                no: rail(self, |t| t.no),
            },
        }
    }
}

/// A truth in three values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truth {
    /// It is true.
    pub yes: Lit,
    /// It is false.
    pub no: Lit,
}

impl Truth {
    /// Always true.
    pub const TRUE: Self = Self {
        yes: Lit::TRUE,
        no: Lit::FALSE,
    };
    /// Always false.
    pub const FALSE: Self = Self {
        yes: Lit::FALSE,
        no: Lit::TRUE,
    };
    /// Always unknown.
    pub const UNKNOWN: Self = Self {
        yes: Lit::FALSE,
        no: Lit::FALSE,
    };

    /// True or false as a literal is.
    #[must_use]
    pub fn sure(lit: Lit) -> Self {
        Self { yes: lit, no: !lit }
    }

    /// Never unknown.
    #[must_use]
    pub fn is_sure(self) -> bool {
        self.yes == !self.no
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        Self {
            yes: self.no,
            no: self.yes,
        }
    }
}

impl From<Tri> for Truth {
    fn from(tri: Tri) -> Self {
        match tri {
            Tri::True => Self::TRUE,
            Tri::False => Self::FALSE,
            Tri::Unknown => Self::UNKNOWN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_that_were_not_made_prove_nothing() {
        let mut circuit = Circuit::default();
        circuit.share(&Budget::tiny());
        let all: Vec<Lit> = (0..1_000).map(|_| circuit.variable()).collect();
        let one = circuit.and(all.iter().copied());
        assert!(circuit.is_same(one, one) && circuit.is_never(Lit::FALSE));
        while circuit.given_up == 0 {
            circuit.and(all.iter().copied());
        }
        let (a, b) = (circuit.and([all[0], all[1]]), circuit.and([all[2], all[3]]));
        assert!(!circuit.is_same(a, b) && !circuit.is_never(a), "neither was made");
        assert_eq!(circuit.solve(&[a]), Answer::GaveUp);
        assert_eq!(circuit.solve(&[]), Answer::GaveUp);
    }
}
