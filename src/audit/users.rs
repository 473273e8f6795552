//! Who has something in which account.

use super::derived::AllDerived;
use crate::eval::org::{Org, running};
use crate::model::TypeKind;
use crate::model::value::{NodeId, Tri, UserId, Value};

/// The users of each account, in the order of the facts.
pub(super) struct Users {
    accounts: Vec<NodeId>,
    /// By node: where the users of an account start, else the end of the list before.
    starts: Vec<u32>,
    list: Vec<UserId>,
    /// By node: an account that has members.
    members: Vec<bool>,
}

impl Users {
    pub(super) fn new(org: &Org<'_>, derived: &AllDerived, everyone: bool, now: Value) -> Self {
        let mut pairs: Vec<(NodeId, UserId)> = derived.iter().map(|(user, node)| (org.account(node), user)).collect();
        let mut members = vec![false; org.facts.nodes.len()];
        for user in org.facts.user_ids() {
            for (place, window) in org.memberships(user) {
                let now = org.kind(place) == TypeKind::Account && running(window, now) == Tri::True;
                members[place.0 as usize] |= now;
                if everyone {
                    note(&mut pairs, org.account(place), user);
                }
            }
            for entry in org.entries(user) {
                note(&mut pairs, org.account(entry.node), user);
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        Self {
            accounts: org.facts.node_ids().filter(|&node| org.account(node) == node).collect(),
            starts: starts(&pairs, members.len()),
            list: pairs.into_iter().map(|(_, user)| user).collect(),
            members,
        }
    }

    pub(super) fn accounts(&self) -> &[NodeId] {
        &self.accounts
    }

    pub(super) fn of(&self, account: NodeId) -> &[UserId] {
        let ix = account.0 as usize;
        &self.list[self.starts[ix] as usize..self.starts[ix + 1] as usize]
    }

    /// True if an account that encloses a node has members, who may be given something there.
    pub(super) fn has_members(&self, org: &Org<'_>, node: NodeId) -> bool {
        org.chain(node).any(|at| self.members[at.0 as usize])
    }
}

/// Most of what a user holds lies in one account.
fn note(pairs: &mut Vec<(NodeId, UserId)>, account: NodeId, user: UserId) {
    if pairs.last() != Some(&(account, user)) {
        pairs.push((account, user));
    }
}

fn starts(pairs: &[(NodeId, UserId)], nodes: usize) -> Vec<u32> {
    let mut starts = vec![0u32; nodes + 1];
    for (account, _) in pairs {
        starts[account.0 as usize + 1] += 1;
    }
    for ix in 0..nodes {
        starts[ix + 1] += starts[ix];
    }
    starts
}
