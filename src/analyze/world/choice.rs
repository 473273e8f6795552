//! One of several things, in literals.

use crate::analyze::circuit::Circuit;
use crate::analyze::solver::Lit;

/// A value taken from an ordered list: `at_least[j]` says that it is the one at j + 1 or a later one.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    count: usize,
    at_least: Vec<Lit>,
}

impl Choice {
    pub(super) fn new(circuit: &mut Circuit, count: usize) -> Self {
        let at_least: Vec<Lit> = (1..count).map(|_| circuit.variable()).collect();
        for pair in at_least.windows(2) {
            circuit.imply(pair[1], pair[0]);
        }
        Self { count, at_least }
    }

    fn from(&self, ix: usize) -> Lit {
        match ix {
            0 => Lit::TRUE,
            _ => self.at_least.get(ix - 1).copied().unwrap_or(Lit::FALSE),
        }
    }

    /// It is the one at an index.
    pub fn is(&self, circuit: &mut Circuit, ix: usize) -> Lit {
        circuit.and([self.from(ix), !self.from(ix + 1)])
    }

    /// It is one of those for which `fits` says so.
    pub fn one_of(&self, circuit: &mut Circuit, fits: impl Fn(usize) -> bool) -> Lit {
        let count = self.count;
        let mut runs = Vec::new();
        let mut ix = 0;
        while ix < count {
            let start = ix;
            while ix < count && fits(ix) {
                ix += 1;
            }
            if ix > start {
                runs.push(circuit.and([self.from(start), !self.from(ix)]));
            }
            ix += 1;
        }
        circuit.or(runs)
    }
}
