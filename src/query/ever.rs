//! `can oz become R at N`, `can tom ever edit X together with sam`: [`escalation`](super::escalation) put to an
//! organisation, and its outcome in words.

use super::deed::{Act, Recipients};
use super::escalation::{self, BUDGET, Change, Doubt, Goal, Obstacle, Outcome, Proof, Scene, Step, Stop};
use super::powers::show;
use super::{Answer, Item, Query};
use crate::eval::{Resource, Target};
use crate::facts::{Facts, Subject, Thing};
use crate::model::permission::PermId;
use crate::model::value::{NodeId, Tri, UserId, Value};
use crate::model::{AttrName, Model, RoleId};
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
        let helpers: Vec<Id> = self.sentence.together.clone();
        let helpers: Vec<Option<Option<UserId>>> = helpers.iter().map(|id| self.caller(id)).collect();
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
        let what = deed_in_words(&act, facts, self.model());
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

fn deed_in_words(act: &Act, facts: &Facts, model: &Model) -> String {
    let permissions: Vec<String> = act.permissions.iter().map(|&id| model.show_permission(id)).collect();
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
    let to = if to.is_empty() { to } else { format!(" to {to}") };
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

impl Words<'_> {
    fn told(self, outcome: Outcome, truth: Tri, statement: String) -> Reached {
        let mut reached = Reached {
            truth,
            statement,
            steps: Vec::new(),
            because: Vec::new(),
            at_most: Vec::new(),
            states: None,
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

    fn step(self, step: Step) -> Told {
        let actor = &self.facts.user(step.actor).id;
        Told {
            text: format!("{actor} {}", self.change(&step.change)),
            rules: step.rules,
        }
    }

    fn change(self, change: &Change) -> String {
        let (user, group) = (|id| &self.facts.user(id).id, |id| &self.facts.group(id).id);
        match change {
            Change::Give {
                role,
                node,
                to,
                parameters,
            } => {
                let with = self.parameters(*role, parameters);
                format!("gives {} to {}{with}", self.role(*role, *node), self.subject(*to))
            }
            Change::Take { role, node, from } => {
                format!("takes {} from {}", self.role(*role, *node), self.subject(*from))
            }
            Change::Add { place, user: who } => format!("gives member at {} to {}", self.node(*place), user(*who)),
            Change::Remove { place, user: who } => format!("takes member at {} from {}", self.node(*place), user(*who)),
            Change::Grant { permission, node, to } => {
                let what = self.permission(*permission, *node);
                format!("grants {what} to {}", self.subject(*to))
            }
            Change::Revoke {
                permissions,
                node,
                from,
            } => {
                let what: Vec<String> = permissions.iter().map(|&id| self.model.show_permission(id)).collect();
                let (what, at) = (what.join(", "), self.node(*node));
                format!("revokes {what} at {at} from {}", self.subject(*from))
            }
            Change::Join { group: id, user: who } => format!("takes {} into group {}", user(*who), group(*id)),
            Change::Leave { group: id, user: who } => format!("takes {} out of group {}", user(*who), group(*id)),
            Change::Set { thing, slot, value } => {
                let attribute = &self.model.ty(self.facts.type_of(*thing)).attributes[*slot];
                let value = show(*value, attribute.ty.of, self.facts, self.model);
                format!("sets {} of {} to {value}", attribute.name, self.thing(*thing))
            }
        }
    }

    fn parameters(self, role: RoleId, parameters: &[(AttrName, Value)]) -> String {
        let declared = self.model.roles.get(role.ix()).map_or(&[][..], |role| &role.parameters);
        let one = |(key, value): &(AttrName, Value)| {
            let parameter = declared.iter().find(|parameter| parameter.key == *key)?;
            let value = show(*value, parameter.ty.of, self.facts, self.model);
            Some(format!("{} = {value}", parameter.name))
        };
        let all: Vec<String> = parameters.iter().filter_map(one).collect();
        if all.is_empty() {
            String::new()
        } else {
            format!(" with {}", all.join(", "))
        }
    }

    fn node(self, node: NodeId) -> String {
        self.facts.node_name(self.model, node)
    }

    fn role(self, role: RoleId, node: NodeId) -> String {
        format!("{} at {}", self.facts.role_name(self.model, role), self.node(node))
    }

    fn permission(self, id: PermId, node: NodeId) -> String {
        format!("{} at {}", self.model.show_permission(id), self.node(node))
    }

    fn thing(self, thing: Thing) -> String {
        match thing {
            Thing::Node(node) => self.node(node),
            Thing::User(user) => self.facts.user(user).id.to_string(),
        }
    }

    fn subject(self, subject: Subject) -> String {
        match subject {
            Subject::User(user) => self.facts.user(user).id.to_string(),
            Subject::Group(group) => format!("group:{}", self.facts.group(group).id),
        }
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
            .map(|&(user, id, node)| (user, self.permission(id, node)));
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
                note: list.join(", "),
            })
            .collect();
        let attribute = |&(thing, slot): &(Thing, usize)| {
            let name = &self.model.ty(self.facts.type_of(thing)).attributes[slot].name;
            format!("{name} of {}", self.thing(thing))
        };
        let changed: Vec<String> = proof.attributes.iter().map(attribute).collect();
        if !changed.is_empty() {
            let name = "changed".to_owned();
            told.push(Item {
                name,
                note: changed.join(", "),
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
