//! `can oz become R at N`, `can tom ever edit X together with sam`: [`escalation`](super::escalation) put to an
//! organisation, and its outcome in words.

use super::deed::{Act, Recipients};
use super::escalation::{self, BUDGET, Doubt, Goal, Obstacle, Outcome, Proof, Scene, Step, Stop};
use super::verdict::is_taking;
use super::{Answer, Item, Query, change};
use crate::eval::{Resource, Target};
use crate::facts::{Facts, Thing};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{NodeId, Tri, UserId};
use crate::model::{Model, RoleId};
use crate::source::Span;
use crate::syntax::ast::{Deed, Id, NodeRef, RoleName};

/// The answer to whether somebody can ever come to something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// Whether he can; unknown where the search ended first.
    pub truth: Tri,
    /// What was asked, as a statement: `oz can become Manager at paris`.
    pub statement: String,
    /// The steps by which he can.
    pub steps: Vec<Told>,
    /// Why he cannot.
    pub because: Vec<Barrier>,
    /// What the actors can obtain at most, besides what they have.
    pub at_most: Vec<Item>,
    /// How many states were searched, if a search proved it.
    pub states: Option<usize>,
    /// Some action makes nodes, and a *no* holds without making new ones.
    pub makes_nodes: bool,
    /// Why it is unknown.
    pub doubt: Option<Doubt>,
}

/// A step in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// `oz gives Manager at paris to tim`
    pub text: String,
    /// The rules that allow it.
    pub rules: Vec<Span>,
}

/// A rule that would give it, and why it does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barrier {
    /// What stands in the way.
    pub stop: Stop,
    /// The roles that have the rule.
    pub roles: Vec<String>,
    /// The rule.
    pub rule: Span,
}

impl Query<'_, '_> {
    /// Answers `can U become R at N`, `can U ever …`.
    pub(super) fn ever(&mut self, who: &Id, deed: &Deed) -> Option<Answer> {
        let user = self.caller(who);
        let about = match deed {
            Deed::Become { role, at } => self.becoming(role, at.as_ref()),
            _ => self.acting(deed),
        };
        let together = self.together;
        let helpers: Vec<Option<Option<UserId>>> = together.iter().map(|id| self.caller(id)).collect();
        let (user, (what, about)) = (user?, about?);
        let helpers: Option<Vec<Option<UserId>>> = helpers.into_iter().collect();
        let helpers = helpers?;
        let Some(user) = user else {
            return match deed {
                Deed::Become { .. } => Some(nobody_signed_in(who, &what)),
                _ => self.decision(who, deed),
            };
        };
        let mut actors = vec![user];
        actors.extend(helpers.into_iter().flatten());
        actors.dedup();
        Some(Answer::Reach(self.reached(who, &what, about.of(user), &actors)?))
    }

    fn becoming(&mut self, role: &RoleName, at: Option<&NodeRef>) -> Option<(String, About)> {
        let roles = self.needs_roles(role);
        let node = match at {
            Some(at) => Some(self.node(at)?),
            None => None,
        };
        let (roles, facts) = (roles?, self.facts()?);
        self.suppose(None)?;
        let fits = |&role: &RoleId| {
            let policy = self.model().roles.get(role.ix());
            policy.is_none_or(|it| node.is_none_or(|node| it.ty == facts.node(node).ty))
        };
        let here: Vec<RoleId> = roles.iter().copied().filter(fits).collect();
        if let (true, Some(at), Some(node)) = (here.is_empty(), at, node) {
            return self.not_here(&roles, node, at);
        }
        let place = at.map_or_else(String::new, |at| format!(" at {}", at.id.text));
        let name = &role.name.text;
        Some((format!("become {name}{place}"), About::Role(here, node)))
    }

    fn acting(&mut self, deed: &Deed) -> Option<(String, About)> {
        let act = self.act(deed)?;
        let facts = self.facts()?;
        let what = deed_in_words(&act, is_taking(deed), facts, self.model());
        // A user who is no member of the place that is named was refused; one that is not named may change.
        let placed = matches!(deed, Deed::Act { thing, at, .. } if thing.within.is_some() || at.is_some());
        let on_user = act
            .targets
            .iter()
            .all(|target| matches!(target.resource, Resource::User(_)));
        let roams = on_user && !placed && !act.targets.is_empty();
        Some((what, About::Act(act, roams)))
    }

    fn reached(&mut self, who: &Id, what: &str, goal: Goal, actors: &[UserId]) -> Option<Reached> {
        let facts = self.facts()?;
        let scene = Scene {
            table: self.table,
            facts,
            context: &self.context,
            pool: &self.pool,
            actors,
        };
        let words = Words {
            facts,
            model: self.model(),
        };
        let names: Vec<&str> = actors[1..].iter().map(|&user| facts.user(user).id.as_str()).collect();
        let together = if names.is_empty() {
            String::new()
        } else {
            format!(" together with {}", names.join(", "))
        };
        let outcome = escalation::reach(&scene, &goal, BUDGET);
        let truth = truth_of(&outcome);
        let can = if truth == Tri::False { "can never" } else { "can" };
        let statement = format!("{} {can} {what}{together}", who.text);
        Some(words.told(outcome, truth, statement))
    }
}

/// How many roles, grants or attributes are told of one who comes to have them.
const OBTAINED: usize = 12;

fn few(mut list: Vec<String>) -> String {
    let more = list.len().saturating_sub(OBTAINED);
    list.truncate(OBTAINED);
    list.extend((more > 0).then(|| format!("and {more} more")));
    list.join(", ")
}

/// What is asked, before it is said who.
enum About {
    Role(Vec<RoleId>, Option<NodeId>),
    Act(Act, bool),
}

impl About {
    fn of(self, user: UserId) -> Goal {
        match self {
            Self::Role(roles, node) => Goal::Role { user, roles, node },
            Self::Act(act, roams) => Goal::Act { user, act, roams },
        }
    }
}

fn nobody_signed_in(who: &Id, what: &str) -> Answer {
    let reason = Item {
        name: "a caller who is not signed in can be given nothing".to_owned(),
        note: String::new(),
    };
    Answer::Fact {
        truth: Tri::False,
        statement: format!("{} can never {what}", who.text),
        items: vec![reason],
    }
}

const fn truth_of(outcome: &Outcome) -> Tri {
    match outcome {
        Outcome::Plan(_) => Tri::True,
        Outcome::Never(_) => Tri::False,
        Outcome::Unknown(_) => Tri::Unknown,
    }
}

/// `view Safe safe-1`, `take Lead at sales from tim`
fn deed_in_words(act: &Act, takes: bool, facts: &Facts, model: &Model) -> String {
    let name = |&id: &PermId| match model.permissions.get(id) {
        Permission::Grant(inner) if takes => format!("revoke {}", model.show_permission(inner)),
        _ => model.show_permission(id),
    };
    let permissions: Vec<String> = act.permissions.iter().map(name).collect();
    let place = act
        .targets
        .first()
        .map_or_else(String::new, |target| place_in_words(target, facts, model));
    let to = match &act.recipients {
        Recipients::Each(list) => list
            .iter()
            .map(|&user| facts.user(user).id.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        _ => String::new(),
    };
    let way = if takes { "from" } else { "to" };
    let to = if to.is_empty() { to } else { format!(" {way} {to}") };
    format!("{}{place}{to}", permissions.join(", "))
}

fn place_in_words(target: &Target, facts: &Facts, model: &Model) -> String {
    let name = |node| facts.node_name(model, node);
    match target.resource {
        Resource::Node(node) if model.ty(facts.node(node).ty).kind.is_place() => format!(" at {}", name(node)),
        Resource::Node(node) => format!(" {}", name(node)),
        Resource::Unlisted(_) => format!(" in {}", name(target.start)),
        Resource::User(user) => format!(" {}", facts.user(user).id),
    }
}

/// Outcomes in words.
#[derive(Clone, Copy)]
struct Words<'w> {
    facts: &'w Facts,
    model: &'w Model,
}

impl<'w> Words<'w> {
    fn told(self, outcome: Outcome, truth: Tri, statement: String) -> Reached {
        let mut reached = Reached {
            truth,
            statement,
            steps: Vec::new(),
            because: Vec::new(),
            at_most: Vec::new(),
            states: None,
            makes_nodes: self
                .model
                .types
                .iter()
                .any(|ty| ty.actions.iter().any(|action| action.creating)),
            doubt: None,
        };
        match outcome {
            Outcome::Plan(plan) => {
                let pooled = Facts {
                    pool: plan.pool,
                    ..self.facts.clone()
                };
                let words = Words { facts: &pooled, ..self };
                reached.steps = plan.steps.into_iter().map(|step| words.step(step)).collect();
            }
            Outcome::Never(proof) => {
                reached.at_most = self.at_most(&proof);
                reached.states = proof.states;
                reached.because = proof.obstacles.iter().map(|obstacle| self.barrier(obstacle)).collect();
                reached.because.sort_by_key(|barrier| std::cmp::Reverse(barrier.stop));
                let mut told: Vec<Barrier> = Vec::new();
                reached.because.retain(|barrier| {
                    let new = !told.contains(barrier);
                    told.push(barrier.clone());
                    new
                });
            }
            Outcome::Unknown(doubt) => reached.doubt = Some(doubt),
        }
        reached
    }

    const fn changes(self) -> change::Words<'w> {
        change::Words {
            model: self.model,
            facts: self.facts,
            asker: None,
        }
    }

    fn step(self, step: Step) -> Told {
        Told {
            text: self.changes().act(step.actor, &step.change),
            rules: step.rules,
        }
    }

    fn node(self, node: NodeId) -> String {
        self.facts.node_name(self.model, node)
    }

    fn role(self, role: RoleId, node: NodeId) -> String {
        format!("{} at {}", self.facts.role_name(self.model, role), self.node(node))
    }

    /// `oz: Manager at paris, Lead at fr`
    fn at_most(self, proof: &Proof) -> Vec<Item> {
        let mut items: Vec<(UserId, Vec<String>)> = Vec::new();
        let roles = proof
            .roles
            .iter()
            .map(|&(user, role, node)| (user, self.role(role, node)));
        let grants = proof
            .grants
            .iter()
            .map(|(user, handout, node)| (*user, format!("{} at {}", handout.show(self.model), self.node(*node))));
        for (user, what) in roles.chain(grants) {
            match items.iter_mut().find(|(known, _)| *known == user) {
                Some((_, list)) if !list.contains(&what) => list.push(what),
                Some(_) => {}
                None => items.push((user, vec![what])),
            }
        }
        let mut told: Vec<Item> = items
            .into_iter()
            .map(|(user, list)| Item {
                name: self.facts.user(user).id.to_string(),
                note: few(list),
            })
            .collect();
        let attribute = |&(thing, slot): &(Thing, usize)| {
            let name = &self.model.ty(self.facts.type_of(thing)).attributes[slot].name;
            format!("{name} of {}", self.changes().thing(thing))
        };
        let changed: Vec<String> = proof.attributes.iter().map(attribute).collect();
        if !changed.is_empty() {
            let name = "changed".to_owned();
            told.push(Item {
                name,
                note: few(changed),
            });
        }
        told
    }

    fn barrier(self, obstacle: &Obstacle) -> Barrier {
        Barrier {
            stop: obstacle.stop,
            roles: obstacle
                .roles
                .iter()
                .map(|&role| self.facts.role_name(self.model, role))
                .collect(),
            rule: obstacle.rule,
        }
    }
}
