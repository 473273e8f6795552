//! `ensure R can never become S`: proved by a bound on what holders of R can ever obtain, refuted by steps that the
//! evaluator replays.
//!
//! 1. [`safe_by_policy`] bounds, without any organisation, what the actors can come to hold. If S is not in it, that is
//!    the proof.
//! 2. Else its chain names who might give what. For each link the solver finds an organisation in which that gift is
//!    allowed; two holders of R are put into it, at every node where R can be held and members of every account, and the
//!    question `can alice become S at … together with bob` is asked there ([`crate::query::escalation`]).
//! 3. If no such organisation answers with steps, the promise is unknown, never proved.
//!
//! [`climbs`] asks the same without a promise: for roles that nobody of R gives, and that a role which R gives does.

use std::collections::BTreeSet;

use super::Analysis;
use super::cell::Cell;
use super::giving::wins;
use super::picture::Picture;
use super::solver::Lit;
use super::world::Atom;
use crate::diagnostic::Found;
use crate::eval::org::Org;
use crate::facts::read::read;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{NodeId, Tri, Value};
use crate::model::{RoleId, TypeKind};
use crate::query::escalation::policy::{Core, Gain, Link, obtainable, safe_by_policy};
use crate::query::{Answer, Ground, ask};
use crate::source::{FileId, Span};
use crate::syntax::parse;
use crate::table::{Table, Way};
use crate::yaml;

/// What became of a promise about becoming.
#[derive(Debug, Clone)]
pub enum Path {
    /// Nobody gets there; what was looked at.
    Never(Core),
    /// Somebody gets there.
    Steps(Steps),
    /// A chain may lead there; no organisation was found in which it does.
    Perhaps(Vec<Link>),
}

/// How somebody gets there.
#[derive(Debug, Clone)]
pub struct Steps {
    /// The organisation at the start, as YAML.
    pub facts: String,
    /// The question that is answered with yes.
    pub sentence: String,
    /// Who does what, with the rules that allow it.
    pub steps: Vec<(String, Vec<Span>)>,
}

/// Whether holders of `actors` alone can come to hold one of `goal`.
#[must_use]
pub fn path(analysis: &Analysis<'_>, actors: &[RoleId], goal: &[RoleId]) -> Path {
    for &actor in actors {
        let links = match safe_by_policy(analysis.table, &[actor], goal) {
            Ok(_) => continue,
            Err(links) => links,
        };
        return match realised(analysis, actor, goal, &links) {
            Some(steps) => Path::Steps(steps),
            None => Path::Perhaps(links),
        };
    }
    match safe_by_policy(analysis.table, actors, goal) {
        Ok(core) => Path::Never(core),
        Err(links) => Path::Perhaps(links),
    }
}

/// A role that its holders cannot give, obtained all the same in several steps.
#[derive(Debug, Clone)]
pub struct Climb {
    /// What they hold at first, alone.
    pub actor: RoleId,
    /// What one of them comes to hold.
    pub reached: RoleId,
    /// What he may do then, and not before.
    pub wins: PermId,
    /// How.
    pub steps: Steps,
}

/// For each role that gives another: the nearest role that its holders obtain through it, and that allows more.
#[must_use]
pub fn climbs(analysis: &Analysis<'_>) -> Vec<Climb> {
    let model = analysis.table.model();
    let actors = model.role_ids().filter(|&role| !model.role(role).is_derived());
    actors.filter_map(|actor| climb(analysis, actor)).collect()
}

fn climb(analysis: &Analysis<'_>, actor: RoleId) -> Option<Climb> {
    let (table, model) = (analysis.table, analysis.table.model());
    let given = given_by(table, actor);
    if given.is_empty() {
        return None;
    }
    let is_farther = |role: &RoleId| {
        let it = model.role(*role);
        *role != actor && !it.default && !it.is_derived() && !given.contains(role)
    };
    let farther = obtainable(table, &[actor]).into_iter().filter(is_farther);
    farther.into_iter().find_map(|reached| {
        let wins = wins(analysis, actor, reached, model.role(reached).spans.first().copied()?)?.permission;
        match path(analysis, &[actor], &[reached]) {
            Path::Steps(steps) if steps.steps.len() > 1 => Some(Climb {
                actor,
                reached,
                wins,
                steps,
            }),
            _ => None,
        }
    })
}

/// What holders of a role may give, or members by default, or everybody.
fn given_by(table: &Table, actor: RoleId) -> Vec<RoleId> {
    let gives = table
        .model()
        .permissions
        .iter()
        .filter_map(|(id, permission)| match permission {
            Permission::Give(role) => Some((id, role)),
            _ => None,
        });
    let his = |way: &Way| {
        way.role
            .is_none_or(|role| role == actor || table.model().role(role).default)
    };
    gives
        .filter(|(id, _)| table.row(*id).grants.iter().any(his))
        .map(|(_, role)| role)
        .collect()
}

fn realised(analysis: &Analysis<'_>, actor: RoleId, goal: &[RoleId], links: &[Link]) -> Option<Steps> {
    let mut tried = BTreeSet::new();
    let goals = goal
        .iter()
        .flat_map(|&wanted| Listed::ALL.map(|listed| (wanted, listed)));
    let goals: Vec<(RoleId, Listed)> = goals.collect();
    let gifts = gifts(analysis.table, actor, links).into_iter();
    let mut stages = gifts.flat_map(|gift| goals.iter().map(move |&wanted| (gift, wanted)));
    stages.find_map(|((give, giver), wanted)| {
        let staged = analysis.with(give, |cell| stage(cell, actor, giver, wanted))?;
        let mut fresh = staged.into_iter().filter(|stage| tried.insert(stage.clone()));
        fresh.find_map(|(facts, sentence)| played(analysis, facts, sentence))
    })
}

/// What is given on the way, the last first, each by holders of which role, or by everybody.
fn gifts(table: &Table, actor: RoleId, links: &[Link]) -> Vec<(PermId, Option<RoleId>)> {
    let within = obtainable(table, &[actor]);
    let gained = links.iter().rev().filter_map(|link| match link.gains {
        Gain::Role(role) => table.model().permissions.id(Permission::Give(role)),
        Gain::Grant(_) => None,
    });
    let givers = gained.flat_map(|give| table.row(give).grants.iter().map(move |way| (give, way.role)));
    let mut seen = BTreeSet::new();
    let comes_to = |gift: &(PermId, Option<RoleId>)| gift.1.is_none_or(|role| within.contains(&role));
    givers.filter(|gift| comes_to(gift) && seen.insert(*gift)).collect()
}

/// Where holders of a role are members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    /// In every account, as somebody who holds a role would be.
    Accounts,
    /// In every place: what members have by default is theirs.
    Everywhere,
}

impl Listed {
    const ALL: [Self; 2] = [Self::Accounts, Self::Everywhere];

    const fn takes(self, kind: TypeKind) -> bool {
        match self {
            Self::Accounts => matches!(kind, TypeKind::Account),
            Self::Everywhere => kind.is_place(),
        }
    }
}

/// An organisation in which `giver` can give, with two holders of `actor` in it, and whether one of them, or the other,
/// can become what is wanted.
fn stage(
    cell: &mut Cell<'_>,
    actor: RoleId,
    giver: Option<RoleId>,
    (wanted, listed): (RoleId, Listed),
) -> Option<[(String, String); 2]> {
    let model = cell.table.model();
    let alone = giver.filter(|&role| !model.role(role).is_derived());
    let gives = match alone {
        Some(role) => cell.allowed_alone(role).yes,
        None => allowed_as(cell, giver),
    };
    let complete = cell.world.complete;
    let mut picture = cell.world.picture(&[gives, complete], alone)?;
    let chain = cell.world.shapes[picture.shape].chain.clone();
    let of = |cell: &Cell<'_>, ty| {
        chain
            .iter()
            .copied()
            .find(|node| cell.world.nodes[node.0 as usize].ty == ty)
    };
    let goal_node = of(cell, model.role(wanted).ty)?;
    of(cell, model.role(actor).ty)?;
    people(cell, &mut picture, &chain, (actor, listed));
    picture.same = false;
    let witness = cell.world.write(&picture, cell.permission);
    let (alice, bob, at) = cell.world.called(&picture, cell.permission, goal_node);
    let role = &model.role(wanted).name;
    let asked = |one: &str, other: &str| format!("can {one} become {role} at {at} together with {other}");
    Some([(&alice, &bob), (&bob, &alice)].map(|(one, other)| (witness.facts.clone(), asked(one, other))))
}

/// A rule for a derived role, or for everybody, allows it.
fn allowed_as(cell: &mut Cell<'_>, giver: Option<RoleId>) -> Lit {
    let his = cell.decision.grants.iter().filter(|(way, _)| way.role == giver);
    let ways: Vec<Lit> = his.map(|(_, truth)| truth.yes).collect();
    let circuit = &mut cell.world.circuit;
    let one = circuit.or(ways);
    circuit.and([one, cell.allowed.yes])
}

/// Two holders of a role, and where they are members.
fn people(cell: &Cell<'_>, picture: &mut Picture, chain: &[NodeId], (actor, listed): (RoleId, Listed)) {
    let model = cell.table.model();
    picture.atoms.clear();
    for user in [0, 1] {
        for &node in chain {
            let ty = cell.world.nodes[node.0 as usize].ty;
            let holds = ty == model.role(actor).ty;
            if holds {
                picture.atoms.push(Atom::Stated(user, actor, node));
            }
            if listed.takes(model.ty(ty).kind) && !(holds && listed == Listed::Accounts) {
                picture.atoms.push(Atom::Listed(user, node));
            }
        }
    }
}

/// The steps, if the question is answered with yes.
fn played(analysis: &Analysis<'_>, facts: String, sentence: String) -> Option<Steps> {
    let table = analysis.table;
    let mut found = Found::default();
    let yaml = yaml::read(FileId::GENERATED, &facts, &mut found)?;
    let organisation = read(&yaml, table.model(), &mut found);
    let parsed = parse::sentence(FileId::GENERATED, &sentence, &mut found)?;
    if found.has_errors() {
        return None;
    }
    let org = Org::new(table, &organisation);
    let ground = Ground {
        table,
        org: Some(&org),
        now: Value::Missing,
    };
    match ask(&ground, &parsed, &mut found)? {
        Answer::Reach(reached) if reached.truth == Tri::True => Some(Steps {
            facts,
            sentence,
            steps: reached.steps.into_iter().map(|told| (told.text, told.rules)).collect(),
        }),
        _ => None,
    }
}
