//! What there is to change and who may change it, written once more from the reference, and tried by brute force.

use std::collections::{HashSet, VecDeque};

use rolebook::eval::org::Org;
use rolebook::eval::{Request, Target, decide};
use rolebook::facts::{EVERYONE, Facts, Member, Subject, Thing};
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{GroupId, NodeId, Number, Scalar, Tri, UserId, Value};
use rolebook::model::{Model, NOW, Reach, RoleId, TypeKind};
use rolebook::query::escalation::{Goal, Scene};
use rolebook::query::{Change, Handout};
use rolebook::table::Table;

use crate::worlds::Dice;

/// A question: whether a user can ever do something, with these people's help.
pub(crate) struct Question<'c> {
    pub(crate) table: &'c Table,
    pub(crate) facts: &'c Facts,
    pub(crate) context: Vec<Value>,
    pub(crate) actors: Vec<UserId>,
    pub(crate) goal: Goal,
}

fn number(ix: usize) -> u32 {
    u32::try_from(ix).unwrap()
}

impl Question<'_> {
    pub(crate) fn model(&self) -> &Model {
        self.table.model()
    }

    fn decides(&self, org: &Org<'_>, user: UserId, id: PermId, target: Target, to: Option<UserId>) -> bool {
        let request = Request {
            user: Some(user),
            permission: id,
            target,
            recipient: to,
            context: &self.context,
            given: &[],
            pool: &org.facts.pool,
        };
        decide(self.table, org, &request)
    }

    fn hands(&self, org: &Org<'_>, user: UserId, what: Permission, node: NodeId, to: Subject) -> bool {
        let Some(id) = self.model().permissions.id(what) else {
            return false;
        };
        let is_in = |other: &UserId| match to {
            Subject::User(only) => *other == only,
            Subject::Group(EVERYONE) => true,
            // Whoever may be in it counts.
            Subject::Group(group) => org.is_in_group(*other, group, self.context[NOW]) != Tri::False,
        };
        let mut members = org.facts.user_ids().filter(is_in).peekable();
        members.peek().is_some() && members.all(|to| self.decides(org, user, id, Target::node(node), Some(to)))
    }

    /// All that a custom role, or a single grant, gives.
    fn grants(&self, org: &Org<'_>, user: UserId, all: &[PermId], node: NodeId, to: Subject) -> bool {
        !all.is_empty()
            && all
                .iter()
                .all(|&id| self.hands(org, user, Permission::Grant(id), node, to))
    }

    fn hands_role(&self, org: &Org<'_>, user: UserId, (role, node): (RoleId, NodeId), to: Subject, give: bool) -> bool {
        if let Some(custom) = org.facts.custom_role(self.model(), role) {
            let parts: Vec<PermId> = custom
                .rules
                .iter()
                .flat_map(|(_, rule)| rule.permissions.clone())
                .collect();
            return self.grants(org, user, &parts, node, to);
        }
        let half = if give {
            Permission::Give(role)
        } else {
            Permission::Take(role)
        };
        !self.model().role(role).is_derived() && self.hands(org, user, half, node, to)
    }

    /// Whoever may `edit` the field, or `manage` it where the type has no `edit`.
    fn changes(&self, org: &Org<'_>, user: UserId, thing: Thing, slot: usize) -> bool {
        let (ty, model) = (org.facts.type_of(thing), self.model());
        let names: Vec<&str> = model.ty(ty).actions.iter().map(|action| action.name.as_str()).collect();
        let wanted = if names.contains(&"edit") { "edit" } else { "manage" };
        let action = names.iter().position(|name| *name == wanted);
        let field = model.ty(ty).attributes[slot].field;
        let (Some(action), Some(_)) = (action, field) else {
            return false;
        };
        let id = model.permissions.id(Permission::Act { ty, action, field }).unwrap();
        match thing {
            Thing::Node(node) => self.decides(org, user, id, Target::node(node), None),
            Thing::User(other) => org
                .facts
                .node_ids()
                .filter(|&place| {
                    org.kind(place).is_place() && org.is_member(other, place, Value::Missing) != Tri::False
                })
                .any(|place| self.decides(org, user, id, Target::user(other, ty, place), None)),
        }
    }

    fn joins(&self, org: &Org<'_>, user: UserId, group: GroupId, who: UserId, give: bool) -> bool {
        let mut groups = vec![group];
        for _ in &org.facts.groups {
            for (ix, outer) in org.facts.groups.iter().enumerate() {
                let inner = |member: &Member| matches!(member, Member::Group(id) if groups.contains(id));
                if outer.members.iter().any(inner) && !groups.contains(&GroupId(number(ix))) {
                    groups.push(GroupId(number(ix)));
                }
            }
        }
        let has = |subject: Subject| matches!(subject, Subject::Group(id) if groups.contains(&id));
        let (to, facts) = (Subject::User(who), &org.facts);
        let held: Vec<_> = facts.holdings.iter().filter(|held| has(held.subject())).collect();
        let granted: Vec<_> = facts.grants.iter().filter(|grant| has(grant.to)).collect();
        !(held.is_empty() && granted.is_empty())
            && held
                .iter()
                .all(|held| self.hands_role(org, user, (held.role, held.node), to, give))
            && granted
                .iter()
                .all(|grant| self.grants(org, user, &grant.rule.permissions, grant.at, to))
    }

    /// Whether somebody may make a change, by the reference.
    pub(crate) fn may(&self, org: &Org<'_>, user: UserId, change: &Change) -> bool {
        let member = |place: NodeId, who: &UserId, add: bool| {
            let ty = org.ty(place);
            let half = if add {
                Permission::AddMember(ty)
            } else {
                Permission::RemoveMember(ty)
            };
            self.hands(org, user, half, place, Subject::User(*who))
        };
        match change {
            Change::Give { role, node, to, .. } => self.hands_role(org, user, (*role, *node), *to, true),
            Change::Take { role, node, from } => self.hands_role(org, user, (*role, *node), *from, false),
            Change::Add { place, user: who } => member(*place, who, true),
            Change::Remove { place, user: who } => member(*place, who, false),
            Change::Grant { handout, node, to } => self.grants(org, user, &handout.permissions, *node, *to),
            Change::Revoke { handout, node, from } => self.grants(org, user, &handout.permissions, *node, *from),
            Change::Join { group, user: who } => self.joins(org, user, *group, *who, true),
            Change::Leave { group, user: who } => self.joins(org, user, *group, *who, false),
            Change::Set { thing, slot, .. }
            | Change::Insert { thing, slot, .. }
            | Change::Delete { thing, slot, .. } => self.changes(org, user, *thing, *slot),
        }
    }

    /// Every change that there is.
    pub(crate) fn universe(&self) -> Vec<Change> {
        let (facts, mut all) = (self.facts, Vec::new());
        let users = facts.user_ids().map(Subject::User);
        let groups = (0..facts.groups.len()).map(|ix| Subject::Group(GroupId(number(ix))));
        let subjects: Vec<Subject> = users.chain(groups).collect();
        for &to in &subjects {
            self.roles(to, &mut all);
            self.single(to, &mut all);
        }
        for user in facts.user_ids() {
            for place in facts
                .node_ids()
                .filter(|&node| self.model().ty(facts.node(node).ty).kind.is_place())
            {
                all.extend([Change::Add { place, user }, Change::Remove { place, user }]);
            }
            for group in (1..number(facts.groups.len())).map(GroupId) {
                all.extend([Change::Join { group, user }, Change::Leave { group, user }]);
            }
        }
        for grant in &facts.grants {
            let within = match grant.rule.reach {
                Reach::In(ty) => Some(ty),
                _ => None,
            };
            let permissions = grant.rule.permissions.clone();
            let (handout, node, from) = (Handout { permissions, within }, grant.at, grant.to);
            all.push(Change::Revoke { handout, node, from });
        }
        self.settings(&mut all);
        all
    }

    fn roles(&self, to: Subject, all: &mut Vec<Change>) {
        let (facts, model) = (self.facts, self.model());
        for node in facts.node_ids() {
            let own = model
                .role_ids()
                .filter(|&role| model.role(role).ty == facts.node(node).ty);
            let place = model.ty(facts.node(node).ty).kind.is_place();
            let custom = (0..facts.custom.len()).filter(|_| place);
            let org = Org::new(self.table, facts);
            let custom = custom.filter(|&ix| org.lies_in(node, facts.custom[ix].at));
            let custom: Vec<RoleId> = custom.map(|ix| RoleId(number(model.roles.len() + ix))).collect();
            for role in own.chain(custom) {
                let declared = model.roles.get(role.ix()).map_or(&[][..], |role| &role.parameters);
                let large = declared
                    .iter()
                    .map(|it| (it.key, Value::Number(Number::from(6))))
                    .collect();
                for parameters in [Vec::new(), large].into_iter().take(1 + declared.len()) {
                    all.push(Change::Give {
                        role,
                        node,
                        to,
                        parameters,
                    });
                }
                all.push(Change::Take { role, node, from: to });
            }
        }
    }

    /// Texts that name a record, with its fields or without, or one field; with each reach.
    fn single(&self, to: Subject, all: &mut Vec<Change>) {
        let (facts, model) = (self.facts, self.model());
        let accounts = model.type_ids().filter(|&ty| model.ty(ty).kind == TypeKind::Account);
        let withins: Vec<_> = std::iter::once(None).chain(accounts.map(Some)).collect();
        for (id, permission) in model.permissions.iter() {
            let Permission::Act { ty, action, field } = permission else {
                continue;
            };
            let grant = model.permissions.id(Permission::Grant(id)).unwrap();
            if self.table.row(grant).grants.is_empty() {
                continue;
            }
            let fields = (0..model.ty(ty).fields.len()).filter(|_| field.is_none());
            let of = |field| {
                model.permissions.id(Permission::Act {
                    ty,
                    action,
                    field: Some(field),
                })
            };
            let whole: Vec<PermId> = fields.filter_map(of).chain([id]).collect();
            let mut sets = vec![model.permissions.closure(&[id])];
            let whole = model.permissions.closure(&whole);
            sets.extend((!sets.contains(&whole)).then_some(whole));
            for permissions in sets {
                for &within in &withins {
                    let handout = Handout {
                        permissions: permissions.clone(),
                        within,
                    };
                    let grant = |node| Change::Grant {
                        handout: handout.clone(),
                        node,
                        to,
                    };
                    all.extend(facts.node_ids().map(grant));
                }
            }
        }
    }

    fn settings(&self, all: &mut Vec<Change>) {
        let facts = self.facts;
        let things = facts
            .node_ids()
            .map(Thing::Node)
            .chain(facts.user_ids().map(Thing::User));
        for thing in things {
            for (slot, attribute) in self.model().ty(facts.type_of(thing)).attributes.iter().enumerate() {
                let users = facts
                    .user_ids()
                    .filter(|&user| Scalar::User(facts.user(user).ty) == attribute.ty.of);
                let users = users.map(Value::User);
                let mut values: Vec<Value> = match attribute.ty.of {
                    Scalar::Bool => vec![Value::Bool(true), Value::Bool(false)],
                    Scalar::Enum(_) => (0..3).map(Value::Enum).collect(),
                    Scalar::Int => [0, 3, 4, 5, 6, 10, 11].map(|n| Value::Number(Number::from(n))).to_vec(),
                    Scalar::Group => (0..number(facts.groups.len()))
                        .map(|ix| Value::Group(GroupId(ix)))
                        .collect(),
                    _ => users.collect(),
                };
                values.extend(attribute.ty.optional.then_some(Value::Absent));
                for value in values {
                    match attribute.ty.many {
                        true => {
                            all.push(Change::Insert { thing, slot, value });
                            all.push(Change::Delete { thing, slot, value });
                        }
                        false => all.push(Change::Set { thing, slot, value }),
                    }
                }
            }
        }
    }

    pub(crate) fn is_reached(&self, org: &Org<'_>) -> bool {
        let scene = Scene {
            table: self.table,
            facts: &org.facts,
            context: &self.context,
            pool: &org.facts.pool,
            actors: &self.actors,
        };
        self.goal.is_reached(&scene, org)
    }

    /// The organisation after a change, unless a chain of superiors closed.
    pub(crate) fn after(&self, facts: &Facts, change: &Change) -> Option<Facts> {
        let mut after = facts.clone();
        let changed = change.apply(&mut after, self.model());
        (changed && !is_circular(&after, self.model())).then_some(after)
    }

    /// What these people may make of an organisation in one step.
    pub(crate) fn next(&self, facts: &Facts, universe: &[Change]) -> Vec<(Change, Facts)> {
        let org = Org::new(self.table, facts);
        let able = |change: &&Change| self.actors.iter().any(|&actor| self.may(&org, actor, change));
        let permitted = universe.iter().filter(able);
        permitted
            .filter_map(|change| Some((change.clone(), self.after(facts, change)?)))
            .collect()
    }

    /// Breadth first up to three steps, then at random; the changes that get there.
    pub(crate) fn brute(&self, dice: &mut Dice, (states, walks): (usize, usize)) -> Option<Vec<Change>> {
        let universe = self.universe();
        let mut open = VecDeque::from([(self.facts.clone(), Vec::new())]);
        let mut seen = HashSet::from([state(self.facts)]);
        let mut count = 0;
        while let Some((facts, steps)) = open.pop_front() {
            count += 1;
            if count > states || steps.len() == 3 {
                break;
            }
            for (change, after) in self.next(&facts, &universe) {
                let steps: Vec<Change> = steps.iter().cloned().chain([change]).collect();
                if self.is_reached(&Org::new(self.table, &after)) {
                    return Some(steps);
                }
                if seen.insert(state(&after)) {
                    open.push_back((after, steps));
                }
            }
        }
        (0..walks).find_map(|_| self.walk(dice, &universe))
    }

    fn walk(&self, dice: &mut Dice, universe: &[Change]) -> Option<Vec<Change>> {
        let (mut facts, mut steps) = (self.facts.clone(), Vec::new());
        for _ in 0..5 {
            // A look at a part of all changes is enough for a step.
            let part: Vec<Change> = (0..120).map(|_| universe[dice.below(universe.len())].clone()).collect();
            let mut next = self.next(&facts, &part);
            if next.is_empty() {
                continue;
            }
            let (change, after) = next.swap_remove(dice.below(next.len()));
            steps.push(change);
            if self.is_reached(&Org::new(self.table, &after)) {
                return Some(steps);
            }
            facts = after;
        }
        None
    }
}

fn state(facts: &Facts) -> String {
    let mut held: Vec<_> = facts
        .holdings
        .iter()
        .map(|it| (it.subject(), it.role.0, it.node.0, it.parameters().to_vec()))
        .collect();
    held.sort_by_key(|it| format!("{it:?}"));
    let users: Vec<_> = facts
        .users
        .iter()
        .map(|it| (it.places.clone(), it.values.to_vec()))
        .collect();
    let nodes: Vec<_> = facts.nodes.iter().map(|it| it.values.to_vec()).collect();
    let groups: Vec<_> = facts.groups.iter().map(|it| it.members.clone()).collect();
    let grants: Vec<_> = facts
        .grants
        .iter()
        .map(|it| (it.to, it.at, it.rule.permissions.clone(), it.rule.reach))
        .collect();
    format!("{held:?}{users:?}{nodes:?}{groups:?}{grants:?}{:?}", facts.fallbacks)
}

fn is_circular(facts: &Facts, model: &Model) -> bool {
    facts.user_ids().any(|start| {
        let manager = |user: UserId| {
            let it = facts.user(user);
            let slot = model
                .ty(it.ty)
                .attributes
                .iter()
                .position(|attribute| attribute.name == "manager")?;
            match it.values[slot] {
                Value::User(next) => Some(next),
                _ => None,
            }
        };
        let mut at = manager(start);
        for _ in 0..facts.users.len() {
            match at {
                Some(user) if user == start => return true,
                Some(user) => at = manager(user),
                None => return false,
            }
        }
        false
    })
}
