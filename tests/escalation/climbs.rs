//! `escalation-path` against a search of every state of small organisations in which two hold one role alone.

use std::collections::BTreeSet;

use rayon::prelude::*;
use rolebook::analyze::Analysis;
use rolebook::analyze::escalation::{Climb, climbs};
use rolebook::analyze::giving::escalations;
use rolebook::eval::org::Org;
use rolebook::eval::{Request, Target, decide};
use rolebook::facts::{Facts, Holding, Subject};
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::UserId;
use rolebook::model::{Model, RoleId};
use rolebook::source::Span;
use rolebook::table::Table;

use crate::brute::{Machine, Truth, Wanted};
use crate::worlds::{ladder, world};
use crate::{Case, case};

const ACTORS: [UserId; 2] = [UserId(0), UserId(1)];

/// Organisations that differ in all that conditions can see, and in which nobody holds anything yet.
fn organisations() -> Vec<String> {
    let mut all = Vec::new();
    for open in ["", ", open: true"] {
        for lead in ["", ", lead: a", ", lead: b"] {
            for listed in ["acme", "acme, t1"] {
                for (inner, crew) in [
                    ("", "[]"),
                    ("  t2: { is: Team, in: t1, crew: g }\n", "[]"),
                    ("", "[a, b]"),
                ] {
                    all.push(format!(
                        "accounts: {{ acme: {{ is: Company }} }}\n\
                         units:\n  t1: {{ is: Team, in: acme, crew: g{open}{lead} }}\n{inner}\
                         users:\n  a: {{ in: [{listed}] }}\n  b: {{ in: [{listed}] }}\n\
                         groups:\n  g: {{ members: {crew} }}\n\
                         resources: {{ d: {{ is: Doc, in: t1 }} }}\n"
                    ));
                }
            }
        }
    }
    all
}

fn held(facts: &Facts, model: &Model, user: UserId, role: RoleId) -> Vec<Holding> {
    let nodes = facts
        .node_ids()
        .filter(|&node| facts.node(node).ty == model.role(role).ty);
    let holding = |node| Holding::new(Subject::User(user), role, node, facts.node(node).span);
    nodes.map(holding).collect()
}

/// Both hold the role wherever it can be held, and nothing else.
fn alone(facts: &Facts, model: &Model, role: RoleId) -> Facts {
    let mut alone = facts.clone();
    alone.holdings = ACTORS
        .into_iter()
        .flat_map(|user| held(facts, model, user, role))
        .collect();
    alone
}

/// Somebody who holds both roles may do here what he may not with the first alone.
fn wins(table: &Table, facts: &Facts, first: RoleId, second: RoleId) -> bool {
    let model = table.model();
    let before = alone(facts, model, first);
    let mut after = before.clone();
    after.holdings.extend(held(facts, model, ACTORS[0], second));
    let [before, after] = [&before, &after].map(|facts| Org::new(table, facts));
    let acts = model.permissions.iter().filter(|(_, it)| !it.is_administrative());
    let targets = acts.flat_map(|(id, _)| facts.node_ids().map(move |node| (id, node)));
    targets.into_iter().any(|(permission, node)| {
        let Permission::Act { ty, .. } = model.permissions.get(permission) else {
            return false;
        };
        let request = Request {
            user: Some(ACTORS[0]),
            permission,
            target: Target::node(node),
            recipient: None,
            context: &[],
            given: &[],
            pool: &facts.pool,
        };
        ty == facts.node(node).ty && decide(table, &after, &request) && !decide(table, &before, &request)
    })
}

/// What rules let holders of a role, members by default, or everybody, give.
fn given(table: &Table, actor: RoleId) -> BTreeSet<RoleId> {
    let of = |(id, permission)| match permission {
        Permission::Give(role) => Some((role, id)),
        _ => None,
    };
    let rows = table.model().permissions.iter().filter_map(of);
    let his = |role: RoleId| role == actor || table.model().role(role).default;
    let his = rows.filter(|&(_, id)| table.row(id).grants.iter().any(|way| way.role.is_none_or(his)));
    his.map(|(role, _)| role).collect()
}

/// A role that holders of the actor's reach in some organisation, that none of them gives, and that allows more.
fn farther(table: &Table, organisations: &[Facts], actor: RoleId) -> Option<(RoleId, usize)> {
    let (model, given) = (table.model(), given(table, actor));
    if given.is_empty() {
        return None;
    }
    let asked = |role: &RoleId| {
        let it = model.role(*role);
        *role != actor && !it.is_derived() && !it.default && !given.contains(role)
    };
    let goals: Vec<RoleId> = model.role_ids().filter(asked).collect();
    let more = |goal: &RoleId| organisations.iter().any(|facts| wins(table, facts, actor, *goal));
    let won = goals.into_iter().filter(more);
    // What takes a single step somewhere is no path, but a right to give.
    won.filter_map(|goal| {
        let depth = |facts: &Facts| {
            let facts = alone(facts, model, actor);
            let actors = ACTORS.to_vec();
            let machine = Machine {
                table,
                base: &facts,
                actors,
            };
            machine.comes_to(&[goal]).map(|(_, depth)| depth)
        };
        let depths: Vec<Option<usize>> = organisations.iter().map(depth).collect();
        let ix = depths.iter().position(Option::is_some)?;
        depths.iter().flatten().all(|&depth| depth > 1).then_some((goal, ix))
    })
    .next()
}

/// The steps that the rule shows are there, and no single one.
fn confirmed(case: &Case, policy: &str, climb: &Climb) -> Result<(), String> {
    let staged = crate::case(policy, &climb.steps.facts).ok_or("the organisation cannot be read")?;
    let words: Vec<&str> = climb.steps.sentence.split(' ').collect();
    let user = |name: &str| staged.facts.user_ids().find(|&user| staged.facts.user(user).id == name);
    let (Some(one), Some(other)) = (user(words[1]), words.last().and_then(|name| user(name))) else {
        return Err("who is asked about is not there".to_owned());
    };
    let node = staged
        .facts
        .node_ids()
        .find(|&node| staged.facts.node(node).id == words[5]);
    let wanted = Wanted::Role(one, climb.reached, node.ok_or("the place is not there")?);
    let machine = Machine {
        table: &staged.table,
        base: &staged.facts,
        actors: vec![one, other],
    };
    if given(&case.table, climb.actor).contains(&climb.reached) {
        return Err("the first role gives it".to_owned());
    }
    match machine.search(&wanted) {
        Truth::Yes(depth) if depth > 1 => Ok(()),
        Truth::Open => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

#[derive(Debug, Default)]
struct Tally {
    climbs: usize,
    /// Found by the search as well.
    expected: usize,
    actors: usize,
}

fn compare(policy: &str, seed: u64) -> Result<Tally, String> {
    let known = case(policy, "{}").ok_or("the policy has errors")?;
    let organisations: Vec<Facts> = organisations()
        .iter()
        .filter_map(|facts| Some(case(policy, facts)?.facts))
        .collect();
    let model = known.table.model();
    let analysis = Analysis::new(&known.table);
    let said = climbs(&analysis);
    let mut tally = Tally {
        climbs: said.len(),
        ..Tally::default()
    };
    for climb in &said {
        let name = |role| model.show_role(role);
        confirmed(&known, policy, climb).map_err(|fault| {
            let (actor, reached) = (name(climb.actor), name(climb.reached));
            format!(
                "seed {seed}: {actor} to {reached}: {fault}\n{policy}{}",
                climb.steps.facts
            )
        })?;
    }
    for actor in model.role_ids().filter(|&role| !model.role(role).is_derived()) {
        tally.actors += 1;
        let Some((reached, ix)) = farther(&known.table, &organisations, actor) else {
            continue;
        };
        tally.expected += 1;
        if said.iter().any(|climb| climb.actor == actor) {
            continue;
        }
        let (actor, reached) = (model.show_role(actor), model.show_role(reached));
        let facts = &self::organisations()[ix];
        return Err(format!(
            "seed {seed}: {actor} comes to {reached}, and nothing is said\n{policy}\n{facts}"
        ));
    }
    Ok(tally)
}

/// The sums over the policies of these seeds, if nothing is wrong with any.
fn all(seeds: Vec<u64>, policy: impl Fn(u64) -> String + Sync) -> Tally {
    let seeds = seeds.into_par_iter();
    let all: Vec<Result<Tally, String>> = seeds.map(|seed| compare(&policy(seed), seed)).collect();
    let wrong: Vec<&String> = all.iter().filter_map(|result| result.as_ref().err()).collect();
    let first: Vec<&str> = wrong.iter().filter_map(|text| text.lines().next()).collect();
    assert!(wrong.is_empty(), "{first:#?}, the first:\n{}", wrong[0]);
    let sum = |of: fn(&Tally) -> usize| all.iter().flatten().map(of).sum();
    Tally {
        climbs: sum(|it| it.climbs),
        expected: sum(|it| it.expected),
        actors: sum(|it| it.actors),
    }
}

/// The rules by which holders of a role alone give it themselves in some organisation, where it allows more in some.
fn given_oneself(table: &Table, organisations: &[Facts], actor: RoleId) -> Vec<(RoleId, Vec<Span>)> {
    let model = table.model();
    let handed = model
        .permissions
        .iter()
        .filter_map(|(id, permission)| match permission {
            Permission::Give(role) if role != actor => Some((role, id)),
            _ => None,
        });
    let his = handed.filter_map(|(role, id)| {
        let ways = table.row(id).grants.iter().filter(|way| way.role == Some(actor));
        let rules: Vec<Span> = ways.map(|way| model.rule(way.rule).span).collect();
        (!rules.is_empty()
            && organisations
                .iter()
                .any(|facts| gives_himself(table, facts, actor, (role, id))))
        .then_some((role, rules))
    });
    let more = |goal: RoleId| organisations.iter().any(|facts| wins(table, facts, actor, goal));
    his.filter(|(role, _)| more(*role)).collect()
}

fn gives_himself(table: &Table, facts: &Facts, actor: RoleId, (role, give): (RoleId, PermId)) -> bool {
    let facts = alone(facts, table.model(), actor);
    let org = Org::new(table, &facts);
    let mut nodes = facts
        .node_ids()
        .filter(|&node| facts.node(node).ty == table.model().role(role).ty);
    nodes.any(|node| {
        let request = Request {
            user: Some(ACTORS[0]),
            permission: give,
            target: Target::node(node),
            recipient: Some(ACTORS[0]),
            context: &[],
            given: &[],
            pool: &facts.pool,
        };
        decide(table, &org, &request)
    })
}

/// Nothing that holders of a role can give themselves, and that allows more, is left out.
#[test]
fn what_is_given_to_oneself_agrees_with_decisions() {
    let seeds = || 900..900 + cases(100);
    let policies: Vec<String> = seeds().map(random).chain(seeds().map(ladder)).collect();
    let wrong = |policy: &String| {
        let known = case(policy, "{}").unwrap();
        let all: Vec<Facts> = organisations()
            .iter()
            .filter_map(|facts| Some(case(policy, facts)?.facts))
            .collect();
        let model = known.table.model();
        let found = escalations(&Analysis::new(&known.table));
        let actors = model.role_ids().filter(|&role| !model.role(role).is_derived());
        let expected = actors.flat_map(|actor| {
            let given = given_oneself(&known.table, &all, actor).into_iter();
            given.map(move |(role, rules)| (actor, role, rules))
        });
        let is_told = |actor: RoleId, rules: &[Span]| {
            let mut of = found.iter().filter(|it| it.giver == actor);
            of.any(|it| rules.contains(&it.rule))
        };
        let mut seen = 0;
        for (actor, role, rules) in expected {
            seen += 1;
            if !is_told(actor, &rules) {
                let (actor, role) = (model.show_role(actor), model.show_role(role));
                return Err(format!("{actor} gives himself {role}, and nothing is said\n{policy}"));
            }
        }
        Ok(seen)
    };
    let all: Vec<Result<usize, String>> = policies.par_iter().map(wrong).collect();
    let faults: Vec<&String> = all.iter().filter_map(|result| result.as_ref().err()).collect();
    assert!(faults.is_empty(), "{} wrong, the first:\n{}", faults.len(), faults[0]);
    let seen: usize = all.iter().flatten().sum();
    assert!(seen > policies.len() / 4, "{seen}");
}

/// What holders of a role give themselves, and win by it.
fn won(policy: &str) -> Vec<String> {
    let known = case(policy, "{}").unwrap();
    let model = known.table.model();
    let all = escalations(&Analysis::new(&known.table));
    let told = all.iter().map(|it| {
        let (giver, given) = (model.show_role(it.giver), model.show_role(it.given));
        format!("{giver}: {given}: {}", model.show_permission(it.permission))
    });
    told.collect()
}

const SHOP: &str = "account Shop\nresource Order in Shop { actions view, pay }\nrole Manager, Payer at Shop\n";

#[test]
fn a_role_wins_what_it_changes_for_who_holds_both() {
    let gives = "role Manager at Shop { can assign Payer }\n";
    let pays = "role Payer at Shop { can pay Order }\n";
    assert_eq!(won(&format!("{SHOP}{gives}{pays}")), ["Manager: Payer: pay Order"]);
    // What the first role forbids is not won.
    let forbids = "role Manager at Shop { cannot pay Order }\n";
    assert_eq!(won(&format!("{SHOP}{gives}{pays}{forbids}")), [""; 0]);
    // A rule for everyone asks for the role; one asks for members, whom it makes.
    let asks = "everyone can pay Order anywhere when user holds Payer\n";
    assert_eq!(won(&format!("{SHOP}{gives}{asks}")), ["Manager: Payer: pay Order"]);
    let desk = "unit Desk in Shop\nrole Clerk at Desk\nrole Manager at Shop { can assign Clerk to anyone }\n\
                resource Till in Desk { actions open }\neveryone can open Till anywhere when user in desk\n";
    assert_eq!(won(&format!("{SHOP}{desk}")), ["Manager: Clerk: open Till"]);
    // Whoever can pay is more.
    let derived = "role Treasurer at Shop for whoever can pay Order { can view Order }\n";
    let only = "role Payer at Shop { can pay Order }\nrole Manager at Shop { can pay Order }\n";
    assert_eq!(won(&format!("{SHOP}{gives}{only}{derived}")), [""; 0]);
}

fn random(seed: u64) -> String {
    world(seed)
        .1
        .split_once("---")
        .map_or_else(String::new, |(policy, _)| policy.to_owned())
}

/// How many policies are looked at, unless the environment says otherwise.
fn cases(count: u64) -> u64 {
    let told = std::env::var("ROLEBOOK_CASES").ok();
    told.and_then(|text| text.parse().ok()).unwrap_or(count)
}

#[test]
fn ladders_of_roles_agree_with_a_search_of_everything() {
    let count = cases(60);
    let sums = all((900..900 + count).collect(), ladder);
    let few = usize::try_from(count).unwrap() / 20;
    assert!(
        sums.climbs > few && sums.climbs < sums.actors / 2 && sums.expected > few,
        "{sums:?}"
    );
}

/// Here the role reached wins by more than what its own rules give, such as that it makes a member, or stands at a type
/// that encloses the first, or somebody on the way must be in a group.
const ONCE_MISSED: [u64; 10] = [1_085, 1_401, 1_429, 1_449, 1_737, 1_975, 2_544, 3_193, 3_209, 6_169];

/// Most of these give everything at once, or nothing.
#[test]
fn random_policies_agree_with_a_search_of_everything() {
    let count = cases(120);
    let sums = all((900..900 + count).chain(ONCE_MISSED).collect(), random);
    let few = ONCE_MISSED.len() + usize::try_from(count).unwrap() / 40;
    assert!(
        sums.climbs > few && sums.climbs < sums.actors / 20 && sums.expected > few,
        "{sums:?}"
    );
}
