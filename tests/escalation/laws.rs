//! Laws that hold between `ever`, `how could` and single decisions, on wide policies and organisations.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rolebook::eval::Target;
use rolebook::eval::org::Org;
use rolebook::facts::{Facts, Subject, Thing};
use rolebook::model::value::{UserId, Value};
use rolebook::model::{Model, NOW, RoleId};
use rolebook::query::Change;
use rolebook::query::deed::{Act, Recipients};
use rolebook::query::escalation::{Goal, Outcome, Scene, reach};
use rolebook::query::how_could::{Alternatives, Budget, End, Wanted, alternatives};

use crate::Case;
use crate::reference::Question;
use crate::wide::wide;
use crate::worlds::Dice;

/// What was seen, by name.
#[derive(Debug, Default)]
struct Tally(BTreeMap<String, usize>);

impl Tally {
    fn count(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    fn with(mut self, other: Self) -> Self {
        for (what, count) in other.0 {
            *self.0.entry(what).or_default() += count;
        }
        self
    }

    fn of(&self, what: &str) -> usize {
        self.0.get(what).copied().unwrap_or(0)
    }
}

/// What kind of a change it is, for the coverage.
fn kind(change: &Change, facts: &Facts, model: &Model) -> String {
    let way = |thing: Thing, slot: usize| {
        let ty = model.ty(facts.type_of(thing));
        let what = match thing {
            Thing::Node(_) => "node",
            Thing::User(_) if ty.name == "User" => "user",
            Thing::User(_) => "principal",
        };
        let edit = ty.actions.iter().any(|action| action.name == "edit");
        assert!(ty.attributes[slot].field.is_some());
        format!("set of a {what} by {}", if edit { "edit" } else { "manage" })
    };
    match change {
        Change::Give { role, .. } if role.ix() >= model.roles.len() => "give a custom role".to_owned(),
        Change::Give { parameters, .. } if !parameters.is_empty() => "give with parameters".to_owned(),
        Change::Give {
            to: Subject::Group(_), ..
        } => "give to a group".to_owned(),
        Change::Give { .. } => "give".to_owned(),
        Change::Take { .. } => "take".to_owned(),
        Change::Add { .. } => "add".to_owned(),
        Change::Remove { .. } => "remove".to_owned(),
        Change::Grant { handout, .. } if handout.within.is_some() => "grant over a border".to_owned(),
        Change::Grant { .. } => "grant".to_owned(),
        Change::Revoke { .. } => "revoke".to_owned(),
        Change::Join { .. } => "join".to_owned(),
        Change::Leave { .. } => "leave".to_owned(),
        Change::Set { thing, slot, .. } | Change::Insert { thing, slot, .. } | Change::Delete { thing, slot, .. } => {
            way(*thing, *slot)
        }
    }
}

fn question<'c>(case: &'c Case, dice: &mut Dice) -> Question<'c> {
    let (model, facts) = (case.table.model(), &case.facts);
    let node = |id: &str| facts.node_ids().find(|&node| facts.node(node).id == id).unwrap();
    let users: Vec<UserId> = facts.user_ids().collect();
    let user = if dice.chance(60) { users[0] } else { dice.one(&users) };
    let mut actors = vec![user];
    for _ in 0..dice.below(4) {
        let other = dice.one(&users);
        actors.extend((!actors.contains(&other)).then_some(other));
    }
    let wanted = dice.one(&[
        "view Paper",
        "sign Paper",
        "sign Paper",
        "edit Paper",
        "view Paper.cost",
        "edit Paper.body",
        "view Client",
        "give Lead",
    ]);
    let (id, _) = model
        .permissions
        .iter()
        .find(|(id, _)| model.show_permission(*id) == wanted)
        .unwrap();
    let (target, recipients) = match wanted {
        "view Client" => (node("c"), Recipients::None),
        "give Lead" => (node("t"), Recipients::Each(vec![dice.one(&users)])),
        _ => (node(dice.one(&["paper-1", "paper-2"])), Recipients::None),
    };
    let act = Act {
        permissions: vec![id],
        targets: vec![Target::node(target)],
        recipients,
        given: Vec::new(),
        taking: false,
    };
    let roles: Vec<RoleId> = model.role_ids().collect();
    let goal = match dice.below(4) {
        0 => Goal::Role {
            user,
            roles: vec![dice.one(&roles)],
            node: None,
        },
        _ => Goal::Act {
            user,
            act,
            roams: false,
        },
    };
    let mut context = vec![Value::Missing; model.context.len()];
    if dice.chance(70) {
        context[NOW] = Value::Time(1_780_000_000);
    }
    Question {
        table: &case.table,
        facts,
        context,
        actors,
        goal,
    }
}

impl Question<'_> {
    fn ever(&self) -> Outcome {
        let scene = Scene {
            table: self.table,
            facts: self.facts,
            context: &self.context,
            pool: &self.facts.pool,
            actors: &self.actors,
        };
        reach(&scene, &self.goal, 300_000)
    }

    fn how_could(&self) -> Option<Alternatives> {
        let Goal::Act { user, act, .. } = &self.goal else {
            return None;
        };
        let wanted = Wanted {
            user: Some(*user),
            act,
            context: &self.context,
            pool: &self.facts.pool,
        };
        let budget = Budget { sets: 300, size: 2 };
        Some(alternatives(self.table, self.facts, &wanted, budget))
    }

    /// Each step is allowed to who makes it, and in the end the goal is reached.
    fn replay(&self, start: &Facts, steps: &[(Vec<UserId>, Change)]) -> Result<(), String> {
        let mut facts = start.clone();
        for (makers, change) in steps {
            let org = Org::new(self.table, &facts);
            if let Some(maker) = makers.iter().find(|&&maker| !self.may(&org, maker, change)) {
                return Err(format!("{maker:?} may not {change:?}"));
            }
            facts = self
                .after(&facts, change)
                .ok_or_else(|| format!("{change:?} changes nothing"))?;
        }
        let reached = self.is_reached(&Org::new(self.table, &facts));
        reached
            .then_some(())
            .ok_or_else(|| "the goal is not reached".to_owned())
    }

    /// Who is named may make the change when those before it are made, and the deed is allowed in the end.
    fn names_hold(&self, all: &Alternatives, tally: &mut Tally) -> Result<(), String> {
        let mut start = self.facts.clone();
        start.pool.intern("something else");
        for found in all.found.iter().filter(|_| all.supposing.is_none()) {
            let steps: Vec<_> = found
                .steps
                .iter()
                .map(|step| (step.makers.clone(), step.change.clone()))
                .collect();
            if steps.iter().any(|(makers, _)| makers.is_empty()) {
                return Err(format!("nobody makes {steps:?}"));
            }
            for (_, change) in &steps {
                tally.count(format!("how could: {}", kind(change, self.facts, self.model())));
            }
            self.replay(&start, &steps)
                .map_err(|fault| format!("how could {steps:#?}: {fault}"))?;
        }
        Ok(())
    }
}

fn hold(seed: u64, effort: (usize, usize)) -> Result<Tally, String> {
    let (case, text) = wide(seed);
    let mut dice = Dice::new(seed ^ 0x77);
    let question = question(&case, &mut dice);
    let mut tally = Tally::default();
    features(&text, &mut tally);
    let wrong = |what: String| {
        let who: Vec<_> = question.actors.iter().map(|&user| &case.facts.user(user).id).collect();
        format!(
            "seed {seed}: {who:?}, {:?}, now {:?}: {what}\n{text}",
            question.goal, question.context[NOW]
        )
    };
    let all = question.how_could();
    if let Some(all) = &all {
        question.names_hold(all, &mut tally).map_err(&wrong)?;
    }
    match question.ever() {
        Outcome::Plan(plan) => {
            tally.count("ever: yes");
            tally.count(format!("ever: yes in {}", plan.steps.len().min(3)));
            let steps: Vec<_> = plan
                .steps
                .iter()
                .map(|step| (vec![step.actor], step.change.clone()))
                .collect();
            for (makers, change) in &steps {
                if !question.actors.contains(&makers[0]) {
                    return Err(wrong(format!("{makers:?} is nobody who acts")));
                }
                tally.count(format!("ever: {}", kind(change, &case.facts, case.table.model())));
            }
            let mut start = case.facts.clone();
            start.pool = plan.pool;
            question
                .replay(&start, &steps)
                .map_err(|fault| wrong(format!("ever {steps:#?}: {fault}")))?;
        }
        Outcome::Never(proof) => {
            tally.count(if proof.states.is_some() {
                "ever: searched"
            } else {
                "ever: bounded"
            });
            tally.count("ever: never");
            let theirs = |makers: &[UserId]| makers.iter().any(|user| question.actors.contains(user));
            let found = all
                .iter()
                .filter(|all| all.supposing.is_none())
                .flat_map(|all| &all.found);
            for found in found {
                if found.steps.iter().all(|step| theirs(&step.makers)) {
                    return Err(wrong(format!("never, but how could says {:#?}", found.steps)));
                }
            }
            if all.as_ref().is_some_and(|all| all.already) {
                return Err(wrong("never, but allowed already".to_owned()));
            }
            if let Some(steps) = question.brute(&mut dice, effort) {
                return Err(wrong(format!("never, but {steps:#?}")));
            }
        }
        Outcome::Unknown(doubt) => tally.count(
            format!("ever: {doubt:?}")
                .chars()
                .take_while(|c| *c != '(')
                .collect::<String>(),
        ),
    }
    if let Some(all) = &all
        && all.found.is_empty()
        && !all.already
        && all.end != End::Stopped
    {
        tally.count("how could: nothing");
        one_step(&question).map_or(Ok(()), |change| {
            Err(wrong(format!("how could says nothing, but {change:?}")))
        })?;
    }
    Ok(tally)
}

/// A single change that somebody may make and that `how could` looks at, by which the deed is allowed.
fn one_step(question: &Question<'_>) -> Option<Change> {
    let Goal::Act { user, act, .. } = &question.goal else {
        return None;
    };
    let mut persons = vec![*user];
    if let Recipients::Each(list) = &act.recipients {
        persons.extend(list);
    }
    let everybody = Question {
        actors: question.facts.user_ids().collect(),
        goal: question.goal.clone(),
        context: question.context.clone(),
        ..*question
    };
    let about = |change: &Change| match change {
        Change::Give { to: who, .. }
        | Change::Take { from: who, .. }
        | Change::Grant { to: who, .. }
        | Change::Revoke { from: who, .. } => {
            matches!(who, Subject::User(user) if persons.contains(user))
        }
        Change::Add { user, .. }
        | Change::Remove { user, .. }
        | Change::Join { user, .. }
        | Change::Leave { user, .. } => persons.contains(user),
        _ => true,
    };
    let universe: Vec<Change> = everybody.universe().into_iter().filter(about).collect();
    let next = everybody.next(question.facts, &universe).into_iter();
    next.filter(|(_, after)| everybody.is_reached(&Org::new(question.table, after)))
        .map(|(change, _)| change)
        .next()
}

/// What the generated policies and organisations have in them.
fn features(text: &str, tally: &mut Tally) {
    for (what, has) in [
        (
            "any xs in g",
            text.contains("any team.staff in team.keep") || text.contains("any resource.readers in team."),
        ),
        (
            "x in g",
            text.contains("user in team.crew") || text.contains("user in team.keep"),
        ),
        ("manage", text.contains("can manage")),
        ("grant over a border", text.contains("in Client, at: p")),
        ("custom role", text.contains("name: Auditor")),
        ("past", text.contains("until: 2020")),
        ("future", text.contains("from: 2030")),
        ("manager+", text.contains("manager+")),
    ] {
        if has {
            tally.count(format!("has {what}"));
        }
    }
}

fn told(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// Where a group had to be given something before somebody could be put into it.
const ONCE_WRONG: [u64; 1] = [2085];

fn all(first: u64, count: u64, effort: (usize, usize)) -> Tally {
    let seeds: Vec<u64> = (first..first + count).chain(ONCE_WRONG).collect();
    let all: Vec<Result<Tally, String>> = seeds.into_par_iter().map(|seed| hold(seed, effort)).collect();
    let wrong: Vec<&String> = all.iter().filter_map(|result| result.as_ref().err()).collect();
    let first: Vec<&str> = wrong.iter().filter_map(|text| text.lines().next()).collect();
    assert!(
        wrong.is_empty(),
        "{} wrong: {first:#?}, the first:\n{}",
        wrong.len(),
        wrong[0]
    );
    all.into_iter().flatten().fold(Tally::default(), Tally::with)
}

/// The laws, and that what is generated reaches all that can change.
#[test]
fn what_is_said_of_change_agrees_with_changes() {
    let count = told("ROLEBOOK_CASES", 120);
    let states = usize::try_from(told("ROLEBOOK_STATES", 12)).unwrap();
    let tally = all(told("ROLEBOOK_FIRST", 0), count, (states, states / 2));
    let (few, some) = (
        usize::try_from(count).unwrap() / 12,
        usize::try_from(count).unwrap() / 40,
    );
    for (what, least) in [
        ("ever: yes", few),
        ("ever: never", few),
        ("ever: give", some),
        ("has any xs in g", some),
        ("has x in g", some),
        ("has manage", few),
        ("has grant over a border", some),
        ("has custom role", few),
        ("has past", some),
        ("has future", some),
        ("has manager+", some),
        ("how could: set of a node by edit", 1),
        ("how could: set of a node by manage", 1),
        ("how could: grant", 1),
        ("how could: grant over a border", 1),
        ("how could: add", 1),
    ] {
        assert!(tally.of(what) >= least, "{what}: {tally:#?}");
    }
}
