//! What a *no* rests on: what the actors obtain at most, and for each rule that would give the goal what is missing.

use super::most::{Atom, Most};
use super::{Goal, Proof};
use crate::eval::Target;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{NodeId, UserId};
use crate::model::{DerivationTerm, RoleId};
use crate::source::Span;

/// How many rules are looked at for telling how it comes that a role is never held, in large organisations.
const QUESTIONS: usize = 20_000;

/// What keeps a rule from giving the goal; later ones are nearer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// None of the actors can obtain its role.
    NotHeld,
    /// It reaches the goal from nowhere they can hold the role.
    OutOfReach,
    /// The recipient is none of those it allows.
    Recipient,
    /// Its condition or relation can never be met.
    Condition,
    /// A prohibition that nobody can lift.
    Prohibited,
}

/// A rule that would give the goal, and does not.
#[derive(Debug, Clone, PartialEq)]
pub struct Obstacle {
    /// The rule.
    pub rule: Span,
    /// The roles that have it; none for a rule without a role.
    pub roles: Vec<RoleId>,
    /// What it would allow.
    pub permission: PermId,
    /// What stands in the way.
    pub stop: Stop,
}

/// The proof, where the goal does not lie in the fixpoint or a search found it nowhere.
pub(super) fn proof(most: &Most<'_>, goal: &Goal, states: Option<usize>) -> Proof {
    let mut proof = Proof {
        states,
        ..Proof::default()
    };
    for atom in most.obtained() {
        enter(&mut proof, most, atom);
    }
    if states.is_none() {
        let asked = questions(most, goal);
        asked
            .into_iter()
            .for_each(|question| obstacles(&mut proof, most, question));
        backwards(&mut proof, most);
    }
    proof
}

/// The rules that would give the roles that are never held, and so on from these.
fn backwards(proof: &mut Proof, most: &Most<'_>) {
    let scene = most.scene;
    let mut known: Vec<RoleId> = Vec::new();
    loop {
        let held = proof.obstacles.iter().filter(|obstacle| obstacle.stop == Stop::NotHeld);
        let mut roles = held.flat_map(|obstacle| &obstacle.roles).copied();
        let Some(role) = roles.find(|role| !known.contains(role)) else {
            return;
        };
        known.push(role);
        if known.len() * scene.facts.nodes.len() * scene.actors.len().pow(2) > QUESTIONS {
            return;
        }
        for &user in scene.actors {
            let asked = for_role(most, user, role, None);
            asked.into_iter().for_each(|question| obstacles(proof, most, question));
        }
    }
}

fn enter(proof: &mut Proof, most: &Most<'_>, atom: Atom) {
    let acts = |user: UserId| most.scene.actors.contains(&user);
    match atom {
        Atom::Held(user, role, node, _) if acts(user) && !proof.roles.contains(&(user, role, node)) => {
            let known = most.org.entries_at(user, node).iter().any(|entry| entry.role == role);
            if !known {
                proof.roles.push((user, role, node));
            }
        }
        Atom::Granted(user, ix, node) if acts(user) => {
            proof.grants.push((user, most.singles.all[ix].handout.clone(), node));
        }
        Atom::Free(thing, slot) => proof.attributes.push((thing, slot)),
        _ => {}
    }
}

type Question = (UserId, PermId, Target, Option<UserId>);

/// What would have to be allowed, to whom.
fn questions(most: &Most<'_>, goal: &Goal) -> Vec<Question> {
    match goal {
        Goal::Role { user, roles, node } => roles
            .iter()
            .flat_map(|&role| for_role(most, *user, role, *node))
            .collect(),
        Goal::Act { user, act, .. } => {
            let targets = goal.targets(most.org);
            let recipient = match &act.recipients {
                crate::query::deed::Recipients::Each(list) => list.first().copied(),
                _ => None,
            };
            let on = |&id: &PermId| targets.iter().map(move |&target| (*user, id, target, recipient));
            let mut questions: Vec<Question> = act.permissions.iter().flat_map(on).collect();
            questions.extend(by_grant(most, *user, &act.permissions, &targets));
            questions
        }
    }
}

/// The same permissions handed out singly.
fn by_grant(most: &Most<'_>, user: UserId, permissions: &[PermId], targets: &[Target]) -> Vec<Question> {
    let model = most.scene.table.model();
    let grants: Vec<PermId> = permissions
        .iter()
        .filter_map(|&id| model.permissions.id(Permission::Grant(id)))
        .collect();
    let mut questions = Vec::new();
    for target in targets {
        for &actor in most.scene.actors {
            let at = Target::node(target.start);
            questions.extend(grants.iter().map(|&id| (actor, id, at, Some(user))));
        }
    }
    questions
}

fn for_role(most: &Most<'_>, user: UserId, role: RoleId, node: Option<NodeId>) -> Vec<Question> {
    let (scene, model) = (most.scene, most.scene.table.model());
    let nodes: Vec<NodeId> = node.map_or_else(|| scene.facts.node_ids().collect(), |node| vec![node]);
    let mut questions = Vec::new();
    for node in nodes {
        for &actor in scene.actors {
            let asked = most.asked(role, node).into_iter();
            questions.extend(asked.map(|id| (actor, id, Target::node(node), Some(user))));
        }
        let derived = model
            .roles
            .get(role.ix())
            .filter(|it| it.ty == most.org.ty(node))
            .map(|it| &it.derived);
        for being in derived.into_iter().flatten() {
            match being {
                DerivationTerm::Can(ids) => {
                    questions.extend(ids.iter().map(|&id| (user, id, target(most, id, node), None)))
                }
                DerivationTerm::Holds(roles) => {
                    let give = |&role: &RoleId| model.permissions.id(Permission::Give(role));
                    let each = roles.iter().filter_map(give);
                    questions.extend(each.map(|id| (user, id, Target::node(node), Some(user))));
                }
                DerivationTerm::Relation(_) | DerivationTerm::Member => {}
            }
        }
    }
    questions
}

fn target(most: &Most<'_>, id: PermId, node: NodeId) -> Target {
    let request = most.scene.request(UserId(0), id, Target::node(node), None, &[]);
    let eval = crate::eval::Eval {
        table: most.scene.table,
        org: most.org,
        request: &request,
    };
    eval.target_at(id, node)
}

/// The rules that would give it; of each the nearest that anybody comes.
fn obstacles(proof: &mut Proof, most: &Most<'_>, question: Question) {
    let (user, permission, target, recipient) = question;
    let model = most.scene.table.model();
    // What can come to be allowed stands in nobody's way.
    if most.may(user, permission, target, recipient, &[]).is_some() {
        return;
    }
    for way in &most.scene.table.row(permission).grants {
        let (rule, stop) = (model.rule(way.rule).span, most.stops(question, way));
        let known = proof
            .obstacles
            .iter_mut()
            .find(|known| (known.rule, known.permission) == (rule, permission));
        match known {
            None => proof.obstacles.push(Obstacle {
                rule,
                roles: way.role.into_iter().collect(),
                permission,
                stop,
            }),
            Some(known) => {
                known.stop = known.stop.max(stop);
                let new = way.role.filter(|role| !known.roles.contains(role));
                known.roles.extend(new);
            }
        }
    }
}
