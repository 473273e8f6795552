//! A model of the solver, cut down: as few facts as show the same.
//!
//! 1. The shortest chain of containers in which the claims can hold.
//! 2. Each thing that may be stated is tried unstated, the roundabout first, so that what is left is a subset-minimum.
//! 3. Each attribute is tried as not stated, then by default; else it keeps its value.

use std::rc::Rc;

use super::solver::{Answer, Kept, Lit, Search};
use super::world::{Atom, Owner, TermKind, World, user_of};
use crate::model::value::{NodeId, Value};
use crate::model::{Default, NOW, RoleId, TypeId, USER};

/// What holds in one organisation of a world.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Which chain.
    pub shape: usize,
    /// The deed is about the caller himself.
    pub same: bool,
    /// The second deed is about the caller himself.
    pub second_same: bool,
    /// The caller is known.
    pub signed_in: bool,
    /// Nodes beside the chain that are not there.
    pub lacking: Vec<NodeId>,
    /// By user: of which kind.
    pub kinds: Vec<TypeId>,
    /// What is stated.
    pub atoms: Vec<Atom>,
    /// The value of each term.
    pub values: Vec<Given>,
    /// What else holds in it.
    pub model: Rc<Kept>,
}

/// The value of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// Facts do not state it.
    Not,
    /// One value.
    One(Value),
    /// The elements of a set.
    Set(Vec<Value>),
}

/// What holds in a picture so far, and a model that shows that it can.
struct Fixed {
    lits: Vec<Lit>,
    model: Kept,
}

/// The most chains that are tried for the shortest.
const TRIES: usize = 12;

impl World<'_> {
    /// That the request names its moment: who asks again without one is answered by the clock.
    fn moment(&self) -> Option<Lit> {
        let key = self.model.context.get(NOW)?.key;
        let mut terms = self.terms.iter();
        let now = terms.find(|term| matches!(term.owner, Owner::Context) && term.name == key)?;
        Some(now.given)
    }

    /// A small organisation in which the claims hold; none if there is no organisation in which they do. With a role
    /// looked at alone, the caller holds nothing else by hand.
    pub fn picture(&mut self, claims: &[Lit], alone: Option<RoleId>) -> Search<Picture> {
        match self.circuit.solve(claims) {
            Answer::Yes => {}
            Answer::No => return Search::Nowhere,
            Answer::GaveUp => return Search::GaveUp,
        }
        let mut fixed = Fixed {
            lits: claims.to_vec(),
            model: self.circuit.model(),
        };
        let shape = self.shortest(&mut fixed);
        let (same, signed_in) = (self.same, self.signed_in);
        for wish in [!same, !self.second_same, signed_in].into_iter().chain(self.moment()) {
            self.wish(&mut fixed, wish);
        }
        let kinds = (0..self.users).map(|user| self.settle_kind(&mut fixed, user)).collect();
        let lacking = self.lack(&mut fixed);
        self.state_less(&mut fixed);
        fixed.lits.retain(|&lit| lit != self.complete);
        let values = self.settle(&mut fixed);
        // A wish that was given up may leave something fixed that cannot be.
        if self.circuit.solve(&fixed.lits) != Answer::Yes {
            return Search::GaveUp;
        }
        let stated = self
            .atoms
            .iter()
            .filter(|(_, lit)| self.circuit.value(*lit))
            .map(|(atom, _)| *atom);
        let atoms: Vec<Atom> = match alone {
            None => stated.collect(),
            Some(role) => {
                let of_others =
                    |atom: &Atom| user_of(*atom) != 0 || matches!(atom, Atom::Listed(..) | Atom::InGroup(..));
                stated.filter(of_others).chain(self.alone_holding(role)).collect()
            }
        };
        Search::Found(Picture {
            shape,
            same: self.circuit.value(same),
            second_same: self.circuit.value(self.second_same),
            signed_in: self.circuit.value(signed_in),
            lacking,
            kinds,
            atoms,
            values,
            model: Rc::new(self.circuit.model()),
        })
    }

    /// Leaves out nodes beside the chain.
    fn lack(&mut self, fixed: &mut Fixed) -> Vec<NodeId> {
        let all = self.chance_nodes();
        let left_out = all.into_iter().filter(|&(_, there)| {
            let lacks = self.wish(fixed, !there);
            if !lacks {
                fixed.lits.push(there);
            }
            lacks
        });
        left_out.map(|(node, _)| node).collect()
    }

    /// Users first, then other principals.
    fn settle_kind(&mut self, fixed: &mut Fixed, user: u32) -> TypeId {
        let mut kinds = self.kinds().into_iter();
        let found = kinds.find(|&kind| {
            let is = self.is_of_kind(user, kind);
            self.wish(fixed, is)
        });
        found.unwrap_or(USER)
    }

    fn shortest(&mut self, fixed: &mut Fixed) -> usize {
        let mut order: Vec<usize> = (0..self.shapes.len()).collect();
        order.sort_by_key(|&ix| self.shapes[ix].chain.len());
        for &ix in order.iter().take(TRIES) {
            if self.wish_shape(fixed, ix) {
                return ix;
            }
        }
        let mut rest = order.into_iter().skip(TRIES);
        rest.find(|&ix| self.wish_shape(fixed, ix)).unwrap_or(0)
    }

    fn wish_shape(&mut self, fixed: &mut Fixed, ix: usize) -> bool {
        let shape = self.shape.clone();
        let is = shape.is(&mut self.circuit, ix);
        self.wish(fixed, is)
    }

    /// Fixes a literal if the rest allows it.
    fn wish(&mut self, fixed: &mut Fixed, lit: Lit) -> bool {
        self.wish_all(fixed, &[lit])
    }

    /// Fixes literals if the rest allows all of them. What holds in the last model need not be asked for.
    fn wish_all(&mut self, fixed: &mut Fixed, lits: &[Lit]) -> bool {
        let before = fixed.lits.len();
        fixed.lits.extend(lits);
        if lits.iter().all(|&lit| fixed.model.shows(lit)) {
            return true;
        }
        let possible = self.circuit.solve(&fixed.lits) == Answer::Yes;
        match possible {
            true => fixed.model = self.circuit.model(),
            false => fixed.lits.truncate(before),
        }
        possible
    }

    /// States no more than is needed, rank by rank, so that what is left does not hang on the solver's whim.
    fn state_less(&mut self, fixed: &mut Fixed) {
        for rank in 0..RANKS {
            let such = self.atoms.iter().filter(|(atom, _)| rank_of(*atom) == rank);
            let such: Vec<Lit> = such.map(|(_, lit)| !*lit).collect();
            if self.wish_all(fixed, &such) {
                continue;
            }
            for lit in such {
                if !self.wish(fixed, lit) {
                    fixed.lits.push(!lit);
                }
            }
        }
    }

    fn settle(&mut self, fixed: &mut Fixed) -> Vec<Given> {
        (0..self.terms.len())
            .map(|term| self.settle_term(fixed, term))
            .collect()
    }

    fn settle_term(&mut self, fixed: &mut Fixed, term: usize) -> Given {
        let given = self.terms[term].given;
        if given != Lit::TRUE && self.wish(fixed, !given) {
            return Given::Not;
        }
        fixed.lits.push(given);
        let values = self.stated_values(term);
        if let TermKind::Set(_) = self.terms[term].kind {
            return Given::Set(self.settle_set(fixed, term, &values));
        }
        let default = self.default_of(term);
        let first = values.iter().filter(|(value, _)| *value == default);
        let all = first.chain(&values);
        let found = all.copied().find(|&(_, is)| self.wish(fixed, is));
        found.map_or(Given::Not, |(value, _)| Given::One(value))
    }

    /// The elements of a set: those of the default if they will do, else as few as possible.
    fn settle_set(&mut self, fixed: &mut Fixed, term: usize, values: &[(Value, Lit)]) -> Vec<Value> {
        let default = match self.default_of(term) {
            Value::List(list) => self.model.pool.values(list),
            _ => &[],
        };
        let as_default = |&(value, is): &(Value, Lit)| if default.contains(&value) { is } else { !is };
        let plain: Vec<Lit> = values.iter().map(as_default).collect();
        if self.wish_all(fixed, &plain) {
            return default.to_vec();
        }
        let mut elements = Vec::new();
        for &(value, is) in values {
            if !self.wish(fixed, !is) {
                fixed.lits.push(is);
                elements.push(value);
            }
        }
        elements
    }

    /// The constant that an attribute is by default.
    pub fn default_of(&self, term: usize) -> Value {
        let attribute = self.attribute_of(term);
        match attribute.map(|it| &it.default) {
            Some(Default::Value(value)) => *value,
            _ => Value::Missing,
        }
    }

    /// Facts need not state this, as it is so by default.
    #[must_use]
    pub fn is_by_default(&self, term: usize, given: &Given) -> bool {
        if self.terms[term].given != Lit::TRUE {
            return *given == Given::Not;
        }
        match (given, self.default_of(term)) {
            (Given::Not, _) => true,
            (Given::One(value), default) => *value == default,
            (Given::Set(values), Value::List(list)) => same(values, self.model.pool.values(list)),
            (Given::Set(values), _) => values.is_empty(),
        }
    }
}

/// Both have the same elements.
fn same(one: &[Value], other: &[Value]) -> bool {
    one.iter().all(|value| other.contains(value)) && other.iter().all(|value| one.contains(value))
}

/// How many ranks there are.
const RANKS: u8 = 8;

/// What is rather left out than something of a higher rank: roles of one's own are plainer than groups, custom roles and
/// single grants, and membership is plainer than a role, of others above all.
const fn rank_of(atom: Atom) -> u8 {
    match atom {
        Atom::Custom(..) => 0,
        Atom::Single(..) => 1,
        Atom::Via(..) | Atom::Lapsed(..) => 2,
        Atom::Stated(1.., ..) | Atom::Other(1.., _) => 3,
        Atom::Other(..) => 4,
        Atom::InGroup(..) => 5,
        Atom::Stated(..) => 6,
        Atom::Listed(..) => 7,
    }
}
