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
use super::world::Atom;
use crate::diagnostic::Found;
use crate::eval::org::Org;
use crate::facts::read::read;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{NodeId, Tri, Value};
use crate::model::{RoleId, TypeKind};
use crate::query::escalation::policy::{By, Core, Gain, Link, obtainable, safe_by_policy};
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

/// What holders of a role, or everybody, may give.
fn given_by(table: &Table, actor: RoleId) -> Vec<RoleId> {
    let gives = table
        .model()
        .permissions
        .iter()
        .filter_map(|(id, permission)| match permission {
            Permission::Give(role) => Some((id, role)),
            _ => None,
        });
    let his = |way: &Way| way.role.is_none_or(|role| role == actor);
    gives
        .filter(|(id, _)| table.row(*id).grants.iter().any(his))
        .map(|(_, role)| role)
        .collect()
}

fn realised(analysis: &Analysis<'_>, actor: RoleId, goal: &[RoleId], links: &[Link]) -> Option<Steps> {
    let model = analysis.table.model();
    let mut tried = BTreeSet::new();
    for link in links.iter().rev() {
        let (Gain::Role(gained), By::Rule(_, Some(giver))) = (link.gains, link.by) else {
            continue;
        };
        let Some(give) = model.permissions.id(Permission::Give(gained)) else {
            continue;
        };
        for &wanted in goal {
            let found = analysis.with(give, |cell| {
                let (facts, sentence) = stage(cell, actor, giver, wanted)?;
                tried
                    .insert((facts.clone(), sentence.clone()))
                    .then(|| played(analysis, facts, sentence))?
            });
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// An organisation in which `giver` can give, with two holders of `actor` in it, and the question about `wanted`.
fn stage(cell: &mut Cell<'_>, actor: RoleId, giver: RoleId, wanted: RoleId) -> Option<(String, String)> {
    let model = cell.table.model();
    let alone = (!model.role(giver).is_derived()).then_some(giver);
    let allowed = match alone {
        Some(giver) => cell.allowed_alone(giver).yes,
        None => cell.allowed.yes,
    };
    let complete = cell.world.complete;
    let mut picture = cell.world.picture(&[allowed, complete], alone)?;
    let chain = cell.world.shapes[picture.shape].chain.clone();
    let of = |cell: &Cell<'_>, ty| {
        chain
            .iter()
            .copied()
            .find(|node| cell.world.nodes[node.0 as usize].ty == ty)
    };
    let goal_node = of(cell, model.role(wanted).ty)?;
    of(cell, model.role(actor).ty)?;
    people(cell, &mut picture, &chain, actor);
    picture.same = false;
    let witness = cell.world.write(&picture, cell.permission);
    let (alice, bob, at) = cell.world.called(&picture, cell.permission, goal_node);
    let role = &model.role(wanted).name;
    Some((
        witness.facts,
        format!("can {alice} become {role} at {at} together with {bob}"),
    ))
}

/// Two holders of a role, members of every account.
fn people(cell: &Cell<'_>, picture: &mut Picture, chain: &[NodeId], actor: RoleId) {
    let model = cell.table.model();
    picture.atoms.clear();
    for user in [0, 1] {
        for &node in chain {
            let ty = cell.world.nodes[node.0 as usize].ty;
            if ty == model.role(actor).ty {
                picture.atoms.push(Atom::Stated(user, actor, node));
            } else if model.ty(ty).kind == TypeKind::Account {
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
