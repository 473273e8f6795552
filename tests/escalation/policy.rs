//! Safety by the policy alone: what is proved holds in every organisation tried.

use rayon::prelude::*;
use rolebook::analyze::Analysis;
use rolebook::analyze::escalation::{Path, path};
use rolebook::facts::{Facts, Holding, Subject};
use rolebook::model::value::UserId;
use rolebook::model::{Model, RoleId};
use rolebook::query::escalation::policy::{By, Core, Gain, Lack, Link, safe_by_policy};
use rolebook::query::escalation::{Goal, Outcome, Scene, reach};

use crate::worlds::world;
use crate::{Case, case};

fn role(model: &Model, name: &str) -> RoleId {
    model
        .role_ids()
        .find(|&role| model.role(role).name == name)
        .expect(name)
}

fn settled(policy: &str, actor: &str, goal: &str) -> (Case, Result<Core, Vec<Link>>) {
    let case = case(policy, "{}").expect(policy);
    let model = case.table.model();
    let settled = safe_by_policy(&case.table, &[role(model, actor)], &[role(model, goal)]);
    (case, settled)
}

/// The rules that a proof rests on, as they are written.
fn core(policy: &str, actor: &str, goal: &str) -> Vec<String> {
    let (case, settled) = settled(policy, actor, goal);
    let core = settled.unwrap();
    core.examined
        .iter()
        .map(|found| case.sources.snippet(found.rule).to_owned())
        .collect()
}

/// The roles of a chain, in order.
fn chain(policy: &str, actor: &str, goal: &str) -> Vec<String> {
    let (case, settled) = settled(policy, actor, goal);
    let model = case.table.model();
    let name = |link: &Link| match link.gains {
        Gain::Role(role) => model.role(role).name.clone(),
        Gain::Grant(id) => format!("grant {}", model.show_permission(id)),
    };
    settled.unwrap_err().iter().map(name).collect()
}

const LADDER: &str = "account Company\n\
    unit Team in Company\n\
    resource Order in Team { actions view, approve }\n\
    role Admin at Company { can assign Admin, Lead }\n\
    role Lead at Team { can assign Clerk  can give Deputy to Clerk }\n\
    role Deputy at Team { can give Auditor }\n\
    role Clerk, Auditor, Guest at Team\n";

#[test]
fn who_gives_what() {
    assert_eq!(core(LADDER, "Lead", "Admin"), ["can assign Admin, Lead"]);
    assert_eq!(
        core(LADDER, "Clerk", "Auditor"),
        [
            "can give Auditor",
            "can give Deputy to Clerk",
            "can assign Admin, Lead",
            "can assign Admin, Lead"
        ]
    );
    assert_eq!(chain(LADDER, "Lead", "Auditor"), ["Lead", "Clerk", "Deputy", "Auditor"]);
    assert_eq!(chain(LADDER, "Lead", "Lead"), ["Lead"]);
}

#[test]
fn who_may_receive() {
    let policy = LADDER.replace("can assign Clerk ", "");
    let (_, settled) = settled(&policy, "Lead", "Deputy");
    let core = settled.unwrap();
    assert!(
        matches!(&core.examined[0].lacks, Lack::Receiver(roles) if roles.len() == 1),
        "{core:?}"
    );
}

#[test]
fn rules_for_all_defaults_and_conditions() {
    let open =
        LADDER.to_owned() + "everyone can give Guest\nrole Guest at Team { can give Lead when user holds Auditor }\n";
    assert_eq!(chain(&open, "Clerk", "Guest"), ["Guest"]);
    assert!(core(&open, "Clerk", "Lead").contains(&"can give Lead when user holds Auditor".to_owned()));
    let default = open.replace(
        "role Clerk, Auditor, Guest at Team",
        "role Clerk, Auditor at Team role Guest at Team default",
    );
    let (_, settled) = settled(&default, "Clerk", "Guest");
    assert_eq!(settled.unwrap_err()[0].by, By::Default);
    let forbidden = open.clone() + "nobody but Admin can give Guest\n";
    assert_eq!(core(&forbidden, "Clerk", "Guest"), ["everyone can give Guest"]);
    let sometimes = open + "nobody can give Guest when recipient in company\n";
    assert_eq!(chain(&sometimes, "Clerk", "Guest"), ["Guest"]);
}

#[test]
fn derived_roles_hang_on_grants() {
    let policy = "account Shop\n\
        resource Permissions in Shop { actions view, edit }\n\
        role Owner at Shop { can grant edit Permissions to Clerk }\n\
        role Clerk at Shop\n\
        role Admin at Shop for whoever holds Clerk and can edit Permissions { can assign Clerk to anyone }\n";
    assert_eq!(core(policy, "Clerk", "Admin"), ["can grant edit Permissions to Clerk"]);
    let open = policy.to_owned() + "everyone can grant edit Permissions to Clerk\n";
    assert_eq!(
        chain(&open, "Clerk", "Admin"),
        ["Clerk", "grant edit Permissions", "Admin"]
    );
}

/// One step of `edit` makes a clerk the chief; whom the field names from the start, where others edit it, is not known;
/// where it stands in no field, that is the proof.
#[test]
fn derived_roles_hang_on_attributes() {
    let policy = "account Shop\n\
        unit Team in Shop { fields desk  lead: user? in desk  actions edit }\n\
        role Clerk at Team { can edit Team.desk }\n\
        role Other at Team\n\
        role Chief at Team for whoever is lead\n";
    let settled = |policy: &str, actor: &str| {
        let case = case(policy, "{}").expect(policy);
        let model = case.table.model();
        let goal = [role(model, "Chief")];
        path(&Analysis::new(&case.table), &[role(model, actor)], &goal)
    };
    let Path::Steps(steps) = settled(policy, "Clerk") else {
        panic!("a clerk becomes the chief");
    };
    assert_eq!(steps.steps.len(), 1, "{steps:?}");
    assert!(steps.steps[0].0.contains(" sets lead of "), "{steps:?}");
    assert!(matches!(settled(policy, "Other"), Path::Perhaps(_)));
    let nobody = policy.replace(" in desk", "");
    assert!(matches!(settled(&nobody, "Clerk"), Path::Never(_)));
}

/// Gives the actor one role, at one node, and nothing by groups.
fn alone(facts: &Facts, role: RoleId, case: &Case) -> Vec<Facts> {
    let ty = case.table.model().role(role).ty;
    let mut all = Vec::new();
    for node in facts.node_ids().filter(|&node| facts.node(node).ty == ty) {
        let mut alone = facts.clone();
        let span = facts.node(node).span;
        alone.groups.iter_mut().for_each(|group| group.members.clear());
        alone.grants.clear();
        alone
            .holdings
            .retain(|held| matches!(held.subject(), Subject::User(user) if user != UserId(0)));
        alone
            .holdings
            .push(Holding::new(Subject::User(UserId(0)), role, node, span));
        all.push(alone);
    }
    all
}

/// How many proofs there were.
fn compare(seed: u64) -> Result<usize, String> {
    let (case, text) = world(seed);
    let model = case.table.model();
    let mut proofs = 0;
    for actor in model.role_ids().filter(|&role| !model.role(role).is_derived()) {
        for goal in model.role_ids() {
            if safe_by_policy(&case.table, &[actor], &[goal]).is_err() {
                continue;
            }
            proofs += 1;
            for facts in alone(&case.facts, actor, &case) {
                let scene = Scene {
                    table: &case.table,
                    facts: &facts,
                    context: &[],
                    pool: &facts.pool,
                    actors: &[UserId(0)],
                };
                let wanted = Goal::Role {
                    user: UserId(0),
                    roles: vec![goal],
                    node: None,
                };
                if let Outcome::Plan(plan) = reach(&scene, &wanted, 200_000) {
                    let (actor, goal) = (&model.role(actor).name, &model.role(goal).name);
                    return Err(format!(
                        "seed {seed}: {actor} becomes {goal}: {:#?}\n{text}",
                        plan.steps
                    ));
                }
            }
        }
    }
    Ok(proofs)
}

#[test]
fn what_is_proved_holds_in_organisations() {
    let all: Vec<Result<usize, String>> = (500..560_u64).into_par_iter().map(compare).collect();
    let wrong: Vec<&String> = all.iter().filter_map(|result| result.as_ref().err()).collect();
    assert!(wrong.is_empty(), "{} wrong, the first:\n{}", wrong.len(), wrong[0]);
    assert!(all.iter().flatten().sum::<usize>() > 100);
}
