//! From what was read to the changes that bear on it.
//!
//! A role comes to somebody by hand, by default as a member, or through a group, which may itself be named by the holders
//! of another role; so whoever wants one of these otherwise goes back along all three ([`Candidates::role`]).

use std::collections::HashSet;

use super::reads::{Look, Read, Want};
use super::values::Values;
use crate::eval::org::Org;
use crate::facts::{EVERYONE, Facts, Member, Subject, Thing};
use crate::model::value::{GroupId, NodeId, UserId, Value};
use crate::model::{AttrName, Model, RoleId};
use crate::query::change::{Change, Handout, handing};
use crate::table::Table;

/// How many sets of parameter values are tried for one role at one node.
const PARAMETERS: usize = 64;

/// What the changes are looked for in.
#[derive(Clone, Copy)]
pub(super) struct Candidates<'c> {
    pub(super) table: &'c Table,
    pub(super) org: &'c Org<'c>,
    pub(super) values: &'c Values<'c>,
}

impl Candidates<'_> {
    const fn model(&self) -> &Model {
        self.table.model()
    }

    fn facts(&self) -> &Facts {
        &self.org.facts
    }

    /// The changes that bear on one of these.
    pub(super) fn of(&self, reads: &[Read]) -> Vec<Change> {
        let mut changes = Vec::new();
        for read in reads {
            match read {
                Read::Role(who, role, at, want) => changes.extend(self.role(*who, *role, *at, *want, reads)),
                Read::Member(who, at, want) => changes.extend(self.member(*who, *at, *want)),
                Read::Group(who, group, want) => changes.extend(self.flow(*who, vec![*group], *want)),
                Read::Value(Look::Slot(of, slot), hints, goes_on) => {
                    changes.extend(self.slot(*of, *slot, hints, *goes_on));
                }
                Read::Value(Look::Parameter(to, role, at, _), ..) => changes.extend(self.gives(*to, *role, *at, reads)),
                Read::Grant(to, handout, at) => changes.push(Change::Grant {
                    handout: handout.clone(),
                    node: *at,
                    to: Subject::User(*to),
                }),
                Read::Value(Look::Context(_) | Look::Given(_), ..) => {}
            }
        }
        let mut known = HashSet::new();
        changes.retain(|change| known.insert(change.clone()));
        changes
    }

    fn role(&self, who: UserId, role: RoleId, at: NodeId, want: Want, reads: &[Read]) -> Vec<Change> {
        let mut changes = Vec::new();
        if want != Want::False {
            changes.extend(self.gives(who, role, at, reads));
        }
        if want != Want::True {
            changes.push(take(who, role, at));
        }
        if self.model().default_role(self.org.ty(at)) == Some(role) {
            changes.extend(self.by_default(who, at, want));
        }
        let holds = |subject: Subject| match subject {
            Subject::Group(group) if group != EVERYONE => Some(group),
            _ => None,
        };
        let facts = self.facts();
        let first = self.model().roles.len() + facts.custom.len();
        let by_role = facts.holdings.iter().filter(|h| (h.role, h.node) == (role, at));
        let by_grant = role.ix().checked_sub(first).and_then(|ix| facts.grants.get(ix));
        let revoked = by_grant.filter(|grant| want != Want::True && grant.to == Subject::User(who));
        changes.extend(revoked.map(|grant| Change::Revoke {
            handout: Handout::of(&grant.rule),
            node: at,
            from: grant.to,
        }));
        let subjects = by_role.map(|h| h.subject()).chain(by_grant.map(|grant| grant.to));
        changes.extend(self.flow(who, subjects.filter_map(holds).collect(), want));
        changes
    }

    /// Not all values are tried that a role could be given with: sets of several elements, and from when until when.
    pub(super) fn leaves_untried(&self, read: &Read) -> bool {
        let Read::Value(Look::Parameter(_, role, at, key), ..) = read else {
            return false;
        };
        let declared = self.model().roles.get(role.ix()).map_or(&[][..], |it| &it.parameters);
        let parameter = declared.iter().find(|parameter| parameter.key == *key);
        parameter.is_none_or(|it| it.ty.many) && handing(self.model(), self.org, *role, *at, true).is_some()
    }

    /// A role by hand, with the parameters that its conditions ask for.
    fn gives(&self, to: UserId, role: RoleId, at: NodeId, reads: &[Read]) -> Vec<Change> {
        let model = self.model();
        if handing(model, self.org, role, at, true).is_none() {
            return Vec::new();
        }
        let mut choices: Vec<Vec<(AttrName, Value)>> = vec![Vec::new()];
        let declared = model.roles.get(role.ix()).map_or(&[][..], |it| &it.parameters);
        for parameter in declared {
            let hints = hints_of(reads, (to, role, at), parameter.key);
            let ty = (parameter.key, parameter.ty);
            let mut values = self.values.of(self.facts(), ty, parameter.unset(), &hints, false);
            values.extend((parameter.ty.many && parameter.unset() != Value::EMPTY).then_some(Value::EMPTY));
            let longer = choices.iter().flat_map(|chosen| {
                values.iter().map(|&value| {
                    let mut longer = chosen.clone();
                    longer.push((parameter.key, value));
                    longer
                })
            });
            let longer: Vec<_> = longer.take(PARAMETERS).collect();
            choices.extend(longer);
        }
        let give = |mut parameters: Vec<(AttrName, Value)>| {
            parameters.sort_unstable_by_key(|(key, _)| *key);
            Change::Give {
                role,
                node: at,
                to: Subject::User(to),
                parameters,
            }
        };
        choices.into_iter().map(give).collect()
    }

    /// The default role of a node: for those it lists who have no role of their own there.
    fn by_default(&self, who: UserId, at: NodeId, want: Want) -> Vec<Change> {
        let mut changes = Vec::new();
        if want != Want::False {
            changes.push(Change::Add { place: at, user: who });
            changes.extend(self.takes(who, at));
        }
        if want != Want::True {
            changes.push(Change::Remove { place: at, user: who });
            changes.extend(self.any_role(who, at));
        }
        changes
    }

    fn member(&self, who: UserId, at: NodeId, want: Want) -> Vec<Change> {
        let mut changes = Vec::new();
        if want != Want::False {
            changes.push(Change::Add { place: at, user: who });
            changes.extend(self.any_role(who, at));
        }
        if want != Want::True {
            changes.push(Change::Remove { place: at, user: who });
            changes.extend(self.takes(who, at));
        }
        changes.retain(|change| self.org.kind(at).is_place() || !matches!(change, Change::Add { .. }));
        changes
    }

    /// Each role that could be given at a node.
    fn any_role(&self, who: UserId, at: NodeId) -> Vec<Change> {
        let count = self.model().roles.len() + self.facts().custom.len();
        let roles = (0..u32::try_from(count).unwrap_or(u32::MAX)).map(RoleId);
        roles.flat_map(|role| self.gives(who, role, at, &[])).collect()
    }

    /// Each role that somebody has by hand at a node.
    fn takes(&self, who: UserId, at: NodeId) -> Vec<Change> {
        let holdings = self.facts().holdings.iter();
        let his = holdings.filter(|h| h.subject() == Subject::User(who) && h.node == at);
        his.map(|h| take(who, h.role, at)).collect()
    }

    /// Ways into and out of these groups, directly, through groups in them, and by holding a role that they name.
    fn flow(&self, who: UserId, groups: Vec<GroupId>, want: Want) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut groups = groups;
        let mut next = 0;
        while let Some(&group) = groups.get(next) {
            next += 1;
            if want != Want::False && group != EVERYONE {
                changes.push(Change::Join { group, user: who });
            }
            for member in &self.facts().group(group).members {
                match member {
                    Member::User(user) if *user == who && want != Want::True => {
                        changes.push(Change::Leave { group, user: who });
                    }
                    Member::User(_) => {}
                    Member::Group(inner) if groups.contains(inner) => {}
                    Member::Group(inner) => groups.push(*inner),
                    Member::Holders(role, at) => {
                        changes.extend(self.holders(who, *role, *at, want, &mut groups));
                    }
                }
            }
        }
        changes
    }

    /// Ways to hold a role that a group names; the groups that hold it are looked at in turn.
    fn holders(&self, who: UserId, role: RoleId, at: NodeId, want: Want, groups: &mut Vec<GroupId>) -> Vec<Change> {
        let mut changes = Vec::new();
        if want != Want::False {
            changes.extend(self.gives(who, role, at, &[]));
        }
        if want != Want::True {
            changes.push(take(who, role, at));
        }
        if self.model().default_role(self.org.ty(at)) == Some(role) {
            changes.extend(self.by_default(who, at, want));
        }
        for holding in self.facts().holdings.iter().filter(|h| (h.role, h.node) == (role, at)) {
            if let Subject::Group(group) = holding.subject()
                && group != EVERYONE
                && !groups.contains(&group)
            {
                groups.push(group);
            }
        }
        changes
    }

    fn slot(&self, of: Thing, slot: usize, hints: &[Value], followed: bool) -> Vec<Change> {
        let (model, facts) = (self.model(), self.facts());
        let ty = facts.type_of(of);
        let attribute = &model.ty(ty).attributes[slot];
        if model.changing(ty, slot).is_none() {
            return Vec::new();
        }
        let now = facts.values(of)[slot];
        let values = self
            .values
            .of(facts, (attribute.key, attribute.ty), now, hints, followed);
        if !attribute.ty.many {
            let set = |value| Change::Set { thing: of, slot, value };
            return values.into_iter().map(set).collect();
        }
        let present: &[Value] = match now {
            Value::List(list) => facts.pool.values(list),
            _ => &[],
        };
        let new = values.into_iter().filter(|value| !present.contains(value));
        let insert = |value| Change::Insert { thing: of, slot, value };
        let delete = |&value: &Value| Change::Delete { thing: of, slot, value };
        new.map(insert).chain(present.iter().map(delete)).collect()
    }
}

const fn take(who: UserId, role: RoleId, node: NodeId) -> Change {
    let from = Subject::User(who);
    Change::Take { role, node, from }
}

fn hints_of(reads: &[Read], of: (UserId, RoleId, NodeId), key: AttrName) -> Vec<Value> {
    let of_key = reads.iter().filter_map(|read| match read {
        Read::Value(Look::Parameter(to, role, at, k), hints, _) if (*to, *role, *at) == of && *k == key => Some(hints),
        _ => None,
    });
    of_key.flatten().copied().collect()
}
