//! The property of reverse questions: who is no candidate is never allowed, for every user, node and permission asked about.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use rolebook::diagnostic::Found;
use rolebook::eval::org::Org;
use rolebook::eval::{Request, Resource, Target, candidates, decide};
use rolebook::model::check;
use rolebook::model::permission::Permission;
use rolebook::model::value::{NodeId, UserId};
use rolebook::table::{Table, compile};

use crate::agreement::{Case, Size, cases, hold};
use crate::policy::Theme;

/// How often there was a list, and how many were left out of one.
#[derive(Default)]
struct Seen {
    callers: Cell<u32>,
    nodes: Cell<u32>,
    spared: Cell<usize>,
}

impl Seen {
    fn list(&self, counter: &Cell<u32>, spared: usize) {
        counter.set(counter.get() + 1);
        self.spared.set(self.spared.get() + spared);
    }
}

fn agree(case: &Case, seen: &Seen) -> Result<(), TestCaseError> {
    let reject = || TestCaseError::reject("does not compile");
    let setup = case.setup().ok_or_else(reject)?;
    let table = compile(check(&setup.policy.model, &Found::default()).map_err(|_| reject())?);
    let org = Org::new(&table, &setup.facts);
    for question in &setup.questions {
        callers(&table, &org, &question.request(), seen)?;
        nodes(&table, &org, &question.request(), seen)?;
    }
    Ok(())
}

/// Every permission on every node that can have it: all users beside who can, all nodes beside which.
fn every_cell(case: &Case, seen: &Seen) -> Result<(), TestCaseError> {
    let reject = || TestCaseError::reject("does not compile");
    let setup = case.setup().ok_or_else(reject)?;
    let table = compile(check(&setup.policy.model, &Found::default()).map_err(|_| reject())?);
    let org = Org::new(&table, &setup.facts);
    let acts = setup
        .policy
        .model
        .permissions
        .iter()
        .filter_map(|(id, permission)| match permission {
            Permission::Act { ty, .. } => Some((id, ty)),
            _ => None,
        });
    for (permission, ty) in acts {
        for node in setup.facts.node_ids().filter(|&node| org.ty(node) == ty) {
            let request = Request {
                user: None,
                permission,
                target: Target::node(node),
                recipient: None,
                context: &[],
                given: &[],
                pool: &setup.facts.pool,
            };
            callers(&table, &org, &request, seen)?;
            for user in setup.facts.user_ids().map(Some) {
                nodes(&table, &org, &Request { user, ..request }, seen)?;
            }
        }
    }
    Ok(())
}

fn callers(table: &Table, org: &Org<'_>, request: &Request<'_>, seen: &Seen) -> Result<(), TestCaseError> {
    let Some(found) = candidates::callers(table, org, request) else {
        return Ok(());
    };
    seen.list(&seen.callers, org.facts.users.len() - found.len());
    prop_assert!(found.is_sorted_by(|a, b| a < b));
    for user in org.facts.user_ids().filter(|user| !found.contains(user)) {
        let user = Some(user);
        prop_assert!(
            !decide(table, org, &Request { user, ..*request }),
            "{:?} is no candidate",
            user
        );
    }
    Ok(())
}

fn nodes(table: &Table, org: &Org<'_>, request: &Request<'_>, seen: &Seen) -> Result<(), TestCaseError> {
    let (Some(user), Resource::Node(node)) = (request.user, request.target.resource) else {
        return Ok(());
    };
    let ty = org.ty(node);
    let all: Vec<NodeId> = org.facts.node_ids().filter(|&node| org.ty(node) == ty).collect();
    let Some(found) = candidates::nodes(table, org, user, request.permission, ty) else {
        return Ok(());
    };
    seen.list(&seen.nodes, all.len() - found.len());
    for node in all.into_iter().filter(|node| !found.contains(node)) {
        let target = Target::node(node);
        prop_assert!(
            !decide(table, org, &Request { target, ..*request }),
            "{node:?} is no candidate"
        );
    }
    let mut once: Vec<NodeId> = found.clone();
    once.sort_unstable();
    once.dedup();
    prop_assert_eq!(once.len(), found.len());
    Ok(())
}

#[test]
fn no_candidate_is_missed() {
    let seen = Seen::default();
    hold(&Theme::ALL, Size::Small, 30, |case| agree(&case, &seen));
    let (callers, nodes, spared) = (seen.callers.get(), seen.nodes.get(), seen.spared.get());
    assert!(
        callers > 500 && nodes > 300 && spared > 2_000,
        "{callers} {nodes} {spared}"
    );
}

#[test]
fn forward_and_backward_agree_on_every_cell() {
    let seen = Seen::default();
    hold(&Theme::ALL, Size::Small, 20, |case| every_cell(&case, &seen));
    let (callers, nodes) = (seen.callers.get(), seen.nodes.get());
    assert!(callers > 1_000 && nodes > 1_000, "{callers} {nodes}");
}

/// The users of an organisation who hold something at a node, and those of whom the index says so.
#[test]
fn the_index_is_the_holdings_backwards() {
    let mut runner = TestRunner::deterministic();
    let config = |case: Case| {
        let Some(setup) = case.setup() else { return Ok(()) };
        let Ok(checked) = check(&setup.policy.model, &Found::default()) else {
            return Ok(());
        };
        let table = compile(checked);
        let org = Org::new(&table, &setup.facts);
        for node in org.facts.node_ids() {
            let holds = |user: &UserId| !org.entries_at(*user, node).is_empty();
            let expected: Vec<UserId> = org.facts.user_ids().filter(holds).collect();
            let mut found = org.reverse().holders_at(node).to_vec();
            prop_assert!(found.is_sorted());
            found.dedup();
            prop_assert_eq!(found, expected);
            let mut inside = org.reverse().nodes_in(&org, org.ty(node), node).to_vec();
            inside.sort_unstable();
            let lies_in = |other: &NodeId| org.lies_in(*other, node) && org.ty(*other) == org.ty(node);
            let expected: Vec<NodeId> = org.facts.node_ids().filter(lies_in).collect();
            prop_assert_eq!(inside, expected);
        }
        Ok(())
    };
    runner.run(&cases(Theme::Everything), config).expect("the index agrees");
}
