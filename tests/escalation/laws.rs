//! Laws that hold between `ever`, `how could` and single decisions, on wide policies and organisations.
//!
//! What may be changed, and by whom, is written here once more, from the reference: every change that there is is tried.

use std::collections::{BTreeMap, HashSet, VecDeque};

use rayon::prelude::*;
use rolebook::eval::org::Org;
use rolebook::eval::{Request, Target, decide};
use rolebook::facts::{EVERYONE, Facts, Member, Subject, Thing};
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{GroupId, NodeId, Number, Scalar, Tri, UserId, Value};
use rolebook::model::{Model, NOW, Reach, RoleId, TypeKind};
use rolebook::query::deed::{Act, Recipients};
use rolebook::query::escalation::{Goal, Outcome, Scene, reach};
use rolebook::query::how_could::{Alternatives, Budget, End, Wanted, alternatives};
use rolebook::query::{Change, Handout};
use rolebook::table::Table;

use crate::Case;
use crate::wide::wide;
use crate::worlds::Dice;

/// A question: whether a user can ever do something, with these people's help.
struct Question<'c> {
    table: &'c Table,
    facts: &'c Facts,
    context: Vec<Value>,
    actors: Vec<UserId>,
    goal: Goal,
}

fn number(ix: usize) -> u32 {
    u32::try_from(ix).unwrap()
}

impl Question<'_> {
    fn model(&self) -> &Model {
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
        let (to, facts) = (Subject::User(who), org.facts);
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
    fn may(&self, org: &Org<'_>, user: UserId, change: &Change) -> bool {
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
    fn universe(&self) -> Vec<Change> {
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

    fn is_reached(&self, org: &Org<'_>) -> bool {
        let scene = Scene {
            table: self.table,
            facts: org.facts,
            context: &self.context,
            pool: &org.facts.pool,
            actors: &self.actors,
        };
        self.goal.is_reached(&scene, org)
    }

    /// The organisation after a change, unless a chain of superiors closed.
    fn after(&self, facts: &Facts, change: &Change) -> Option<Facts> {
        let mut after = facts.clone();
        let changed = change.apply(&mut after, self.model());
        (changed && !is_circular(&after, self.model())).then_some(after)
    }

    /// What these people may make of an organisation in one step.
    fn next(&self, facts: &Facts, universe: &[Change]) -> Vec<(Change, Facts)> {
        let org = Org::new(self.table, facts);
        let able = |change: &&Change| self.actors.iter().any(|&actor| self.may(&org, actor, change));
        let permitted = universe.iter().filter(able);
        permitted
            .filter_map(|change| Some((change.clone(), self.after(facts, change)?)))
            .collect()
    }

    /// Breadth first up to three steps, then at random; the changes that get there.
    fn brute(&self, dice: &mut Dice, (states, walks): (usize, usize)) -> Option<Vec<Change>> {
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
    let user = dice.one(&users);
    let mut actors = vec![user];
    for _ in 0..dice.below(3) {
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

fn all(first: u64, count: u64, effort: (usize, usize)) -> Tally {
    let all: Vec<Result<Tally, String>> = (first..first + count)
        .into_par_iter()
        .map(|seed| hold(seed, effort))
        .collect();
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
        ("ever: set of a node by edit", 1),
        ("ever: set of a node by manage", 1),
        ("how could: set of a node by manage", 1),
        ("how could: set of a user by edit", 1),
        ("how could: join", 1),
        ("how could: grant", 1),
        ("how could: grant over a border", 1),
        ("how could: add", 1),
    ] {
        assert!(tally.of(what) >= least, "{what}: {tally:#?}");
    }
    if std::env::var("ROLEBOOK_CASES").is_ok() {
        println!("{tally:#?}");
    }
}
