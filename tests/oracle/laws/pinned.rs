//! A formula pinned to one organisation is a decision: whatever model of a permission's world is drawn at random, written down
//! and read again, the evaluator comes to what the formula says, on both rails.

use rolebook::analyze::cell::Cell;
use rolebook::analyze::circuit::Truth;
use rolebook::analyze::picture::{Given, Picture};
use rolebook::analyze::solver::{Answer, Lit};
use rolebook::analyze::witness::Witness;
use rolebook::analyze::world::TermKind;
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{Tri, Value};
use rolebook::model::{Effect, Model, RoleId, TypeId, USER};
use rolebook::source::FileId;
use rolebook::syntax::parse;
use rolebook::table::Table;

use super::asked::{self, Asked};
use super::draft::Draft;
use super::paper::parsed;
use super::seeds;
use super::shrink::{self, Broken};
use crate::meaning::{self, Contribution, Source};
use crate::tape::{Seed, Tape};

/// Permissions of a policy, and models of each.
const PERMISSIONS: usize = 5;
const MODELS: usize = 6;

/// What a term can be, or have in it, each with what says so.
type Values = Vec<(Value, Lit)>;

/// The literals of everything that a model says.
struct Levers {
    shapes: Vec<Lit>,
    atoms: Vec<Lit>,
    /// By user: of which kind, and what says so.
    kinds: Vec<Vec<(TypeId, Lit)>>,
    /// By term: whether it is stated, and what.
    terms: Vec<(Lit, Values)>,
}

impl Levers {
    /// All gates are made before anything is solved, so that a model tells their values.
    fn of(cell: &mut Cell<'_>) -> Self {
        let world = &mut cell.world;
        let shape = world.shape.clone();
        let shapes = (0..world.shapes.len())
            .map(|ix| shape.is(&mut world.circuit, ix))
            .collect();
        let kinds = (0..world.users).map(|user| {
            let kinds = world.kinds().into_iter();
            kinds.map(|kind| (kind, world.is_of_kind(user, kind))).collect()
        });
        let kinds = kinds.collect();
        let terms = (0..world.terms.len()).map(|term| (world.terms[term].given, world.stated_values(term)));
        Self {
            terms: terms.collect(),
            atoms: world.atoms.iter().map(|(_, lit)| *lit).collect(),
            kinds,
            shapes,
        }
    }

    /// A model in which as much as can be is as the tape says; false if there is none at all.
    fn solve(&self, cell: &mut Cell<'_>, tape: &mut Tape) -> bool {
        let share = tape.one(&[15, 30, 50]);
        let either = |lit: Lit, yes: bool| if yes { lit } else { !lit };
        let mut wishes = vec![
            either(cell.world.same, tape.chance(30)),
            either(cell.world.signed_in, tape.chance(90)),
        ];
        wishes.extend(tape.pick(&self.shapes));
        for kinds in &self.kinds {
            wishes.extend(tape.pick(kinds).map(|(_, is)| *is));
        }
        for ((given, values), term) in self.terms.iter().zip(&cell.world.terms) {
            wishes.push(either(*given, tape.chance(75)));
            match term.kind {
                TermKind::One(..) => wishes.extend(tape.pick(values).map(|(_, is)| *is)),
                TermKind::Set(_) => wishes.extend(values.iter().map(|&(_, is)| either(is, tape.chance(40)))),
            }
        }
        wishes.extend(self.atoms.iter().map(|&lit| either(lit, tape.chance(share))));
        for _ in 0..200 {
            if cell.world.circuit.solve(&wishes) == Answer::Yes {
                return true;
            }
            let core = cell.world.circuit.core();
            let Some(at) = wishes.iter().rposition(|wish| core.contains(wish)) else {
                return false;
            };
            wishes.remove(at);
        }
        false
    }

    /// The model as an organisation and a request.
    fn picture(&self, cell: &Cell<'_>) -> Option<Picture> {
        let world = &cell.world;
        let holds = |lit: &Lit| world.circuit.value(*lit);
        let value = |((given, values), kind): (&(Lit, Values), &TermKind)| {
            let mut said = values.iter().filter(|(_, is)| holds(is)).map(|(value, _)| *value);
            match kind {
                _ if !holds(given) => Given::Not,
                TermKind::One(..) => said.next().map_or(Given::Not, Given::One),
                TermKind::Set(_) => Given::Set(said.collect()),
            }
        };
        let terms = world.terms.iter().map(|term| &term.kind);
        let stated = world.atoms.iter().filter(|(_, lit)| holds(lit));
        let kind = |kinds: &Vec<(TypeId, Lit)>| kinds.iter().find(|(_, is)| holds(is)).map_or(USER, |(kind, _)| *kind);
        let chance = world.chance_nodes();
        let lacking = chance.iter().filter(|(_, there)| !holds(there));
        Some(Picture {
            shape: self.shapes.iter().position(holds)?,
            same: holds(&world.same),
            second_same: false,
            signed_in: holds(&world.signed_in),
            lacking: lacking.map(|(node, _)| *node).collect(),
            kinds: self.kinds.iter().map(kind).collect(),
            atoms: stated.map(|(atom, _)| *atom).collect(),
            values: self.terms.iter().zip(terms).map(value).collect(),
            model: std::rc::Rc::default(),
        })
    }
}

/// What a formula says in the last model; `None` if it contradicts itself.
fn said(cell: &Cell<'_>, truth: Truth) -> Option<Tri> {
    match (cell.world.circuit.value(truth.yes), cell.world.circuit.value(truth.no)) {
        (true, false) => Some(Tri::True),
        (false, true) => Some(Tri::False),
        (false, false) => Some(Tri::Unknown),
        (true, true) => None,
    }
}

/// Where formula and evaluator part, as text.
fn apart(table: &Table, id: PermId, models: usize, tape: &mut Tape, seen: &mut [usize; 4]) -> Option<String> {
    let mut cell = Cell::new(table, id);
    let levers = Levers::of(&mut cell);
    let name = asked::name(table.model(), id);
    for _ in 0..models {
        if !levers.solve(&mut cell, tape) {
            return None;
        }
        let formula = said(&cell, cell.allowed);
        let witness = cell.world.write(&levers.picture(&cell)?, id);
        let decided = witness.degree(table, FileId::GENERATED);
        seen[formula.map_or(3, |degree| degree as usize)] += 1;
        if let Some(way) = ways_apart(&cell, &witness) {
            let (sentence, facts) = (&witness.sentence, &witness.facts);
            return Some(format!("{name}: {way}\n{sentence}\n{facts}"));
        }
        if formula.is_none() || decided != formula {
            let (sentence, facts) = (&witness.sentence, &witness.facts);
            return Some(format!(
                "{name}: the formula says {formula:?}, the evaluator {decided:?}\n{sentence}\n{facts}"
            ));
        }
    }
    None
}

/// A way of granting or prohibiting of which formula and oracle think otherwise.
fn ways_apart(cell: &Cell<'_>, witness: &Witness) -> Option<String> {
    let model = cell.table.model();
    let (facts, mut found) = parsed(&witness.facts, model)?;
    let sentence = parse::sentence(FileId::GENERATED, &witness.sentence, &mut found)?;
    (!found.has_errors()).then_some(())?;
    let asked = Asked::of_sentence(model, &facts, cell.permission, &sentence)?;
    let question = asked.asked(cell.permission, model, &facts)?;
    let request = question.request();
    let (oracle, ask) = meaning::open(model, &facts, &request);
    let sides = [
        (Effect::Grant, &cell.decision.grants),
        (Effect::Prohibit, &cell.decision.prohibitions),
    ];
    for (effect, ways) in sides {
        let contributions = oracle.contributions(&ask, effect);
        for (way, truth) in ways {
            let rule = model.rule(way.rule);
            let of_way = |it: &&Contribution<'_>| std::ptr::eq(it.rule, rule) && role_of(it) == way.role;
            let degrees = contributions.iter().filter(of_way).map(|it| it.degree);
            let degree = degrees.max().unwrap_or(Tri::False);
            let formula = said(cell, *truth);
            if formula != Some(degree) {
                let role = way.role.map_or_else(String::new, |role| model.full_role(role));
                let at = (rule.span.start, rule.span.end);
                return Some(format!(
                    "{effect:?} {role} {at:?}: the formula says {formula:?}, the oracle {degree:?}"
                ));
            }
        }
    }
    None
}

/// The role through which a rule contributes.
fn role_of(it: &Contribution<'_>) -> Option<RoleId> {
    it.held.as_ref().map(|held| match held.source {
        Source::Stated(holding) => holding.role,
        Source::Default(role) | Source::Derived(role) => role,
        Source::Grant(_) => RoleId(u32::MAX),
    })
}

/// The permissions that some rule speaks of.
fn spoken(table: &Table) -> Vec<PermId> {
    let model: &Model = table.model();
    let ruled = |id: &PermId| {
        [Effect::Grant, Effect::Prohibit]
            .iter()
            .any(|&effect| !table.ways(*id, effect).is_empty())
    };
    let handed = |id: &PermId| {
        model
            .permissions
            .id(Permission::Grant(*id))
            .is_some_and(|id| ruled(&id))
    };
    let all = model.permissions.iter().map(|(id, _)| id);
    all.filter(|id| ruled(id) || handed(id)).collect()
}

fn hold(seed: Seed, seen: &mut [usize; 4]) -> Option<Broken> {
    let draft = Draft::generate(seed)?;
    let compiled = draft.compile().ok()?;
    let mut tape = Tape::second(seed);
    let all = spoken(&compiled.table);
    for _ in 0..PERMISSIONS {
        let &id = tape.pick(&all)?;
        if let Some(why) = apart(&compiled.table, id, MODELS, &mut tape, seen) {
            return Some(found(&draft, why));
        }
    }
    None
}

fn found(draft: &Draft, why: String) -> Broken {
    Broken {
        old: draft.clone(),
        new: draft.clone(),
        case: None,
        why,
        again,
    }
}

/// The permission is the one that the text begins with; models are drawn anew.
fn again(broken: &Broken) -> Option<Broken> {
    let compiled = broken.new.compile().ok()?;
    let name = broken.why.split(": ").next()?;
    let model = compiled.table.model();
    let id = model
        .permissions
        .iter()
        .map(|(id, _)| id)
        .find(|&id| asked::name(model, id) == name)?;
    let why = apart(&compiled.table, id, 40, &mut Tape::new(1), &mut [0; 4])?;
    Some(found(&broken.new, why))
}

#[test]
fn a_formula_in_one_organisation_is_a_decision() {
    let (mut seen, mut wrong) = ([0; 4], Vec::new());
    for seed in seeds(12) {
        if let Some(broken) = hold(seed, &mut seen) {
            wrong.push(format!("seed {seed}\n{}", shrink::smallest(broken)));
            if wrong.len() >= super::most() {
                break;
            }
        }
    }
    println!("false, unknown, true, neither: {seen:?}");
    assert!(wrong.is_empty(), "{} broken\n\n{}", wrong.len(), wrong.join("\n\n"));
}
