//! Ground truth by brute force: on small policies and organisations all sets of up to two changes are made, and the
//! smallest that allow the deed and that somebody may make are those that are answered. A set is smallest if no other
//! works that changes only some of the same things, to whatever values.

use std::collections::BTreeSet;

use rolebook::eval::org::Org;
use rolebook::eval::{Request, Resource, Target, decide};
use rolebook::facts::{Facts, Member, Subject, Thing, defaults};
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{GroupId, NodeId, Number, Scalar, UserId, Value};
use rolebook::model::{Model, RoleId};
use rolebook::query::Handout;
use rolebook::query::deed::{Act, Recipients};
use rolebook::query::how_could::{Alternatives, Budget, Change, End, Wanted, alternatives};
use rolebook::table::Table;

use super::cases::{Dice, people, policy};
use crate::Ask;

struct Bench<'b> {
    table: &'b Table,
    facts: &'b Facts,
    user: UserId,
    act: Act,
    context: Vec<Value>,
}

impl Bench<'_> {
    const fn model(&self) -> &Model {
        self.table.model()
    }

    fn decides(
        &self,
        org: &Org<'_>,
        user: UserId,
        permission: PermId,
        target: Target,
        recipient: Option<UserId>,
    ) -> bool {
        let request = Request {
            user: Some(user),
            permission,
            target,
            recipient,
            context: &self.context,
            given: &[],
            pool: &org.facts.pool,
        };
        decide(self.table, org, &request)
    }

    fn recipient(&self) -> Option<UserId> {
        match &self.act.recipients {
            Recipients::Each(list) => list.first().copied(),
            _ => None,
        }
    }

    fn allowed(&self, org: &Org<'_>) -> bool {
        let one = |&permission| self.decides(org, self.user, permission, self.act.targets[0], self.recipient());
        self.act.permissions.iter().all(one)
    }

    /// The facts after some changes; `None` if one does nothing or two contradict each other.
    fn made(&self, changes: &[&Change]) -> Option<Facts> {
        let mut facts = self.facts.clone();
        for (ix, change) in changes.iter().enumerate() {
            if changes[..ix].iter().any(|other| other.contradicts(change)) || !change.apply(&mut facts, self.model()) {
                return None;
            }
        }
        defaults::fill(&mut facts, self.model());
        Some(facts)
    }

    fn may(&self, org: &Org<'_>, change: &Change, user: UserId) -> bool {
        let at = |permission: Permission, node: NodeId, to: UserId| {
            let id = self.model().permissions.id(permission);
            id.is_some_and(|id| self.decides(org, user, id, Target::node(node), Some(to)))
        };
        match change {
            Change::Give { to, role, node, .. } => at(Permission::Give(*role), *node, user_of(*to)),
            Change::Take { from, role, node } => at(Permission::Take(*role), *node, user_of(*from)),
            Change::Add { user: to, place } => at(Permission::AddMember(org.ty(*place)), *place, *to),
            Change::Remove { user: from, place } => at(Permission::RemoveMember(org.ty(*place)), *place, *from),
            Change::Grant { handout, to, node }
            | Change::Revoke {
                handout,
                from: to,
                node,
            } => {
                let mut each = handout.permissions.iter();
                each.all(|&id| at(Permission::Grant(id), *node, user_of(*to)))
            }
            Change::Join { user: to, group } | Change::Leave { user: to, group } => {
                let give = matches!(change, Change::Join { .. });
                let roles = roles_of(&org.facts, *group);
                let each = |(role, n): &(RoleId, NodeId)| {
                    let half = if give {
                        Permission::Give(*role)
                    } else {
                        Permission::Take(*role)
                    };
                    at(half, *n, *to)
                };
                !roles.is_empty() && roles.iter().all(each)
            }
            Change::Set { thing, slot, .. }
            | Change::Insert { thing, slot, .. }
            | Change::Delete { thing, slot, .. } => self.may_edit(org, *thing, *slot, user),
        }
    }

    fn may_edit(&self, org: &Org<'_>, of: Thing, slot: usize, user: UserId) -> bool {
        let ty = self.facts.type_of(of);
        let action = self
            .model()
            .ty(ty)
            .actions
            .iter()
            .position(|action| action.name == "edit");
        let field = self.model().ty(ty).attributes[slot].field;
        let (Some(action), Some(_)) = (action, field) else {
            return false;
        };
        let Some(id) = self.model().permissions.id(Permission::Act { ty, action, field }) else {
            return false;
        };
        match of {
            Thing::Node(node) => self.decides(org, user, id, Target::node(node), None),
            Thing::User(other) => {
                let places = org.memberships(other).filter(|(place, _)| org.kind(*place).is_place());
                places
                    .map(|(place, _)| Target::user(other, ty, place))
                    .any(|target| self.decides(org, user, id, target, None))
            }
        }
    }

    fn somebody_may(&self, org: &Org<'_>, change: &Change) -> bool {
        org.facts.user_ids().any(|user| self.may(org, change, user))
    }

    /// Every change that there is.
    fn universe(&self) -> Vec<Change> {
        let (model, facts) = (self.model(), self.facts);
        let mut all = Vec::new();
        let persons: BTreeSet<UserId> = [self.user].into_iter().chain(self.recipient()).collect();
        for &to in &persons {
            for at in facts.node_ids() {
                let ty = facts.node(at).ty;
                for role in model.role_ids().filter(|&role| model.role(role).ty == ty) {
                    if !model.role(role).is_derived() {
                        let (node, parameters, subject) = (at, Vec::new(), Subject::User(to));
                        all.push(Change::Give {
                            to: subject,
                            role,
                            node,
                            parameters,
                        });
                        all.push(Change::Take {
                            from: subject,
                            role,
                            node,
                        });
                    }
                }
                if model.ty(ty).kind.is_place() {
                    all.extend([
                        Change::Add { user: to, place: at },
                        Change::Remove { user: to, place: at },
                    ]);
                }
                for (permission, it) in model.permissions.iter() {
                    // What nobody can ever grant is left out, to save time.
                    let grant = model.permissions.id(Permission::Grant(permission));
                    let known = grant.is_some_and(|grant| !self.table.row(grant).grants.is_empty());
                    if !it.is_administrative() && to == self.user && known {
                        all.push(Change::Grant {
                            handout: self.text(permission),
                            node: at,
                            to: Subject::User(to),
                        });
                    }
                }
            }
            for group in (1..u32::try_from(facts.groups.len()).expect("few")).map(GroupId) {
                all.extend([Change::Join { user: to, group }, Change::Leave { user: to, group }]);
            }
        }
        let nodes = facts.node_ids().map(Thing::Node);
        for of in nodes.chain(facts.user_ids().map(Thing::User)) {
            for (slot, attribute) in model.ty(facts.type_of(of)).attributes.iter().enumerate() {
                if attribute.field.is_some() {
                    all.extend(self.settings(of, slot, attribute.ty.of, attribute.ty.many));
                }
            }
        }
        all.retain(|change| self.made(&[change]).is_some());
        all
    }

    /// A text that names the record covers its fields.
    fn text(&self, permission: PermId) -> Handout {
        let permissions = &self.model().permissions;
        let Permission::Act { ty, action, field } = permissions.get(permission) else {
            unreachable!("only actions are granted")
        };
        let fields = if field.is_none() {
            self.model().ty(ty).fields.len()
        } else {
            0
        };
        let field = |field| {
            permissions.id(Permission::Act {
                ty,
                action,
                field: Some(field),
            })
        };
        let all: Vec<PermId> = (0..fields).filter_map(field).chain([permission]).collect();
        Handout {
            permissions: permissions.closure(&all),
            within: None,
        }
    }

    fn settings(&self, of: Thing, slot: usize, scalar: Scalar, many: bool) -> Vec<Change> {
        let users: Vec<Value> = self.facts.user_ids().map(Value::User).collect();
        let values = match scalar {
            Scalar::Bool => vec![Value::Bool(true), Value::Bool(false)],
            Scalar::Enum(_) => (0..3).map(Value::Enum).collect(),
            Scalar::Int => [9, 10, 11].map(|n| Value::Number(Number::from(n))).to_vec(),
            Scalar::User(_) if many => users,
            Scalar::User(_) => users.into_iter().chain([Value::Absent]).collect(),
            _ => [0, 1, 2]
                .map(|n| Value::Group(GroupId(n)))
                .into_iter()
                .chain([Value::Absent])
                .collect(),
        };
        let each = |value| match many {
            true => vec![
                Change::Insert { thing: of, slot, value },
                Change::Delete { thing: of, slot, value },
            ],
            false => vec![Change::Set { thing: of, slot, value }],
        };
        values.into_iter().flat_map(each).collect()
    }

    /// True if the changes allow the deed, and can be made by somebody one after the other.
    fn works(&self, changes: &[&Change]) -> bool {
        let Some(facts) = self.made(changes) else { return false };
        if !self.allowed(&Org::new(self.table, &facts)) {
            return false;
        }
        self.order(&[], changes)
    }

    /// True if somebody may make the rest, in some order, once these are made.
    fn order(&self, done: &[&Change], rest: &[&Change]) -> bool {
        let Some(facts) = self.made(done) else { return false };
        let org = Org::new(self.table, &facts);
        rest.is_empty()
            || rest.iter().enumerate().any(|(ix, next)| {
                let (mut done, mut rest) = (done.to_vec(), rest.to_vec());
                done.push(next);
                rest.remove(ix);
                self.somebody_may(&org, next) && self.order(&done, &rest)
            })
    }

    /// Where it is said that there are no other sets, none of three changes is one.
    fn sample(&self, dice: &mut Dice, found: &BTreeSet<BTreeSet<String>>) {
        let all = self.universe();
        for _ in 0..if all.len() < 3 { 0 } else { TRIPLES } {
            let three = [0; 3].map(|_| &all[dice.below(all.len())]);
            let told: BTreeSet<String> = three.iter().map(|change| format!("{change:?}")).collect();
            let things: BTreeSet<String> = told.iter().map(|change| thing(change)).collect();
            let within = |set: &BTreeSet<String>| set.iter().all(|change| things.contains(&thing(change)));
            let known = found.iter().any(within);
            assert!(told.len() < 3 || known || !self.works(&three), "{told:#?} is not told");
        }
    }

    /// The smallest sets of up to two changes, by brute force.
    fn brute(&self) -> BTreeSet<BTreeSet<String>> {
        let all = self.universe();
        let told = |change: &Change| format!("{change:?}");
        let alone: Vec<&Change> = all.iter().filter(|change| self.works(&[change])).collect();
        let enough: BTreeSet<String> = alone.iter().map(|change| thing(&told(change))).collect();
        let rest: Vec<&Change> = all
            .iter()
            .filter(|change| !enough.contains(&thing(&told(change))))
            .collect();
        let mut found: BTreeSet<BTreeSet<String>> = alone.iter().map(|one| BTreeSet::from([told(one)])).collect();
        for (ix, a) in rest.iter().enumerate() {
            for b in &rest[..ix] {
                if self.works(&[a, b]) {
                    found.insert(BTreeSet::from([told(a), told(b)]));
                }
            }
        }
        found
    }

    fn searched(&self) -> Alternatives {
        let wanted = Wanted {
            user: Some(self.user),
            act: &self.act,
            context: &self.context,
            pool: &self.facts.pool,
        };
        let budget = Budget { sets: 200_000, size: 2 };
        alternatives(self.table, self.facts, &wanted, budget)
    }
}

/// What a change is made to, its value left out.
fn thing(told: &str) -> String {
    let valued = ["Set ", "Insert ", "Delete "].iter().any(|kind| told.starts_with(kind));
    let cut = if valued { told.find(", value: ") } else { None };
    cut.map_or(told, |at| &told[..at]).to_owned()
}

fn user_of(subject: Subject) -> UserId {
    match subject {
        Subject::User(user) => user,
        Subject::Group(_) => unreachable!("only persons are given something here"),
    }
}

/// The roles of a group and of those in which it is.
fn roles_of(facts: &Facts, group: GroupId) -> Vec<(RoleId, NodeId)> {
    let mut groups = vec![group];
    for (outer, it) in (0u32..).map(GroupId).zip(&facts.groups) {
        if it.members.contains(&Member::Group(group)) {
            groups.push(outer);
        }
    }
    let of = |subject: Subject| matches!(subject, Subject::Group(group) if groups.contains(&group));
    let holdings = facts.holdings.iter().filter(|h| of(h.subject()));
    holdings.map(|h| (h.role, h.node)).collect()
}

/// A deed that somebody may not do.
fn bench<'b>(ask: &'b Ask, dice: &mut Dice) -> Option<Bench<'b>> {
    let (model, facts) = (ask.table.model(), &ask.facts);
    let users: Vec<UserId> = facts.user_ids().collect();
    let node = |id: &str| facts.node_ids().find(|&n| facts.node(n).id == id).expect("it is there");
    let wanted = dice.one(&[
        "view Doc",
        "edit Doc",
        "sign Doc",
        "make Doc",
        "sign Doc",
        "give Head",
        "edit Team",
    ]);
    let (permission, _) = model
        .permissions
        .iter()
        .find(|(id, _)| model.show_permission(*id) == wanted)?;
    let target = match model.permissions.get(permission) {
        Permission::Give(_) => Target::node(node(dice.one(&["top", "sub"]))),
        Permission::Act { ty, .. } if wanted == "make Doc" => Target::created(ty, node("sub")),
        Permission::Act { .. } if wanted == "edit Team" => Target::node(node("top")),
        _ => Target::node(node("doc")),
    };
    let recipients = match wanted {
        "give Head" => Recipients::Each(vec![dice.one(&users)]),
        _ => Recipients::None,
    };
    assert!(!matches!(target.resource, Resource::User(_)));
    let bench = Bench {
        table: &ask.table,
        facts,
        user: dice.one(&users),
        act: Act {
            permissions: vec![permission],
            targets: vec![target],
            recipients,
            given: Vec::new(),
            taking: false,
        },
        context: vec![Value::Missing; model.context.len()],
    };
    let allowed = bench.allowed(&Org::new(&ask.table, facts));
    (!allowed).then_some(bench)
}

/// So many sets of three changes are tried beside those that are answered.
const TRIPLES: usize = 200;

/// So many organisations; `ROLEBOOK_CASES` asks for another number.
const CASES: u64 = 60;

#[test]
fn the_answers_are_the_smallest_sets() {
    let asked = std::env::var("ROLEBOOK_CASES").ok().and_then(|n| n.parse().ok());
    let (mut compared, mut pairs, mut complete) = (0, 0, 0);
    for seed in 0..asked.unwrap_or(CASES) {
        let mut dice = Dice(seed);
        let (policy, people) = (policy(&mut dice), people(&mut dice));
        let ask = Ask::try_new(&policy, &people).unwrap_or_else(|| panic!("{policy}\n{people}"));
        let Some(bench) = bench(&ask, &mut dice) else { continue };
        let searched = bench.searched();
        assert!(
            searched.end != End::Stopped && searched.supposing.is_none(),
            "seed {seed}"
        );
        let sets = searched
            .found
            .iter()
            .map(|it| it.steps.iter().map(|step| format!("{:?}", step.change)).collect());
        let sets: BTreeSet<BTreeSet<String>> = sets.collect();
        let brute = bench.brute();
        let wrong: Vec<_> = sets.symmetric_difference(&brute).take(3).collect();
        let side = |set: &BTreeSet<String>| if brute.contains(set) { "missed" } else { "not smallest" };
        let told: Vec<String> = wrong.iter().map(|set| format!("{}: {set:#?}", side(set))).collect();
        let name = &bench.facts.user(bench.user).id;
        let deed = bench.model().show_permission(bench.act.permissions[0]);
        assert!(
            wrong.is_empty(),
            "seed {seed}: {name} {deed} {:?}\n{}\n{policy}\n{people}",
            bench.act,
            told.join("\n")
        );
        if searched.end == End::Complete {
            bench.sample(&mut dice, &sets);
            complete += 1;
        }
        compared += 1;
        pairs += sets.iter().filter(|set| set.len() == 2).count();
    }
    assert!(
        compared > 30 && pairs > 15 && complete > 10,
        "{compared} organisations, {pairs} pairs, {complete} complete"
    );
}
