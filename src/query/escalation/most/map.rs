//! What stays as it is while the fixpoint grows: where roles can be given, what groups there are, who has what by hand.
//! Found out once, so that a round looks at each of these without searching.

use std::collections::HashMap;

use super::group_id;
use crate::eval::org::Org;
use crate::facts::{Facts, Member, Subject};
use crate::model::RoleId;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, NodeId, UserId};
use crate::query::change::{handing, outward};
use crate::query::escalation::Scene;
use crate::query::escalation::slice::Slice;

/// What giving something asks, and where.
pub(in crate::query::escalation) type Asked = (Vec<PermId>, NodeId);

pub(in crate::query::escalation) struct Map {
    /// Where roles that matter can be given, and what that asks.
    pub(in crate::query::escalation) roles: Vec<(RoleId, Asked)>,
    /// Places of which it matters who is a member, and what adding one asks.
    pub(in crate::query::escalation) places: Vec<Asked>,
    /// The holdings of the facts.
    pub(in crate::query::escalation) stated: HashMap<(Subject, RoleId, NodeId), Vec<usize>>,
    /// The roles that users have by hand at a place.
    pub(super) by_hand: HashMap<(UserId, NodeId), Vec<RoleId>>,
    /// The groups that name the holders of a role.
    pub(super) naming: HashMap<(RoleId, NodeId), Vec<GroupId>>,
    /// The groups in which a group is.
    pub(super) outer: Vec<Vec<GroupId>>,
    /// What each role and grant that the facts give to a group asks of who gives it.
    pub(super) asked: Vec<Vec<Asked>>,
    open: Vec<bool>,
}

impl Map {
    pub(super) fn of(scene: &Scene<'_>, org: &Org<'_>, slice: &Slice) -> Self {
        let (facts, count) = (scene.facts, scene.facts.groups.len());
        let mut map = Self {
            roles: roles(scene, org, slice),
            places: places(scene, slice),
            stated: HashMap::new(),
            by_hand: HashMap::new(),
            naming: HashMap::new(),
            outer: vec![Vec::new(); count],
            asked: vec![Vec::new(); count],
            open: vec![false; count],
        };
        for (ix, held) in facts.holdings.iter().enumerate() {
            let key = (held.subject(), held.role, held.node);
            map.stated.entry(key).or_default().push(ix);
            if let Subject::User(user) = held.subject() {
                let by_hand = map.by_hand.entry((user, held.node)).or_default();
                by_hand.extend((!by_hand.contains(&held.role)).then_some(held.role));
            }
        }
        map.groups(facts);
        map.what_groups_ask(scene, org);
        map
    }

    fn groups(&mut self, facts: &Facts) {
        let mut open: Vec<GroupId> = Vec::new();
        for (ix, group) in facts.groups.iter().enumerate() {
            for member in &group.members {
                match *member {
                    Member::User(_) => {}
                    Member::Group(inner) => self.outer[inner.0 as usize].push(group_id(ix)),
                    Member::Holders(role, node) => {
                        self.naming.entry((role, node)).or_default().push(group_id(ix));
                        open.push(group_id(ix));
                    }
                }
            }
        }
        while let Some(group) = open.pop() {
            if !std::mem::replace(&mut self.open[group.0 as usize], true) {
                open.extend(&self.outer[group.0 as usize]);
            }
        }
    }

    fn what_groups_ask(&mut self, scene: &Scene<'_>, org: &Org<'_>) {
        let model = scene.table.model();
        for held in &scene.facts.holdings {
            if let Subject::Group(group) = held.subject() {
                let asked = handing(model, org, held.role, held.node, true).unwrap_or_default();
                self.asked[group.0 as usize].push((asked, held.node));
            }
        }
        for grant in &scene.facts.grants {
            if let Subject::Group(group) = grant.to {
                let one = |&id: &PermId| model.permissions.id(Permission::Grant(id));
                let asked = grant.rule.permissions.iter().filter_map(one).collect();
                self.asked[group.0 as usize].push((asked, grant.at));
            }
        }
    }

    /// A group that somebody may get into by a role, not by joining it.
    pub(in crate::query::escalation) fn is_open(&self, group: GroupId) -> bool {
        self.open[group.0 as usize]
    }

    pub(super) fn some_open(&self) -> bool {
        self.open.contains(&true)
    }

    /// A group with those in which it is.
    pub(super) fn outward(&self, facts: &Facts, group: GroupId) -> Vec<GroupId> {
        match self.outer[group.0 as usize].is_empty() {
            true => vec![group],
            false => outward(facts, group),
        }
    }
}

fn roles(scene: &Scene<'_>, org: &Org<'_>, slice: &Slice) -> Vec<(RoleId, Asked)> {
    let (facts, model) = (scene.facts, scene.table.model());
    let count = model.roles.len() + facts.custom.len();
    let roles = (0..u32::try_from(count).unwrap_or(u32::MAX)).map(RoleId);
    let relevant: Vec<RoleId> = roles.filter(|&role| slice.has_role(role)).collect();
    let here = |node: NodeId| {
        let given = relevant.iter().map(move |&role| (role, node));
        given.filter_map(|(role, node)| Some((role, (handing(model, org, role, node, true)?, node))))
    };
    facts.node_ids().flat_map(here).collect()
}

fn places(scene: &Scene<'_>, slice: &Slice) -> Vec<Asked> {
    let (facts, model) = (scene.facts, scene.table.model());
    let relevant: Vec<bool> = model.type_ids().map(|ty| slice.has_members(model, ty)).collect();
    let add = |node: NodeId| {
        let id = model.permissions.id(Permission::AddMember(facts.node(node).ty));
        (id.into_iter().collect(), node)
    };
    let places = facts.node_ids().filter(|&node| relevant[facts.node(node).ty.ix()]);
    places.map(add).collect()
}
