//! Decisions that must not come out as *allow*: what an author would not mean, and what makes no sense.

use rolebook::diagnostic::Found;
use rolebook::eval::org::Org;
use rolebook::eval::{IllTyped, Request, Target, candidates, decide, degree, explain::explain};
use rolebook::facts::{Facts, read};
use rolebook::model::permission::PermId;
use rolebook::model::value::{GroupId, NodeId, Number, Pool, Tri, UserId, Value, parse_datetime, parse_network};
use rolebook::model::{self, TypeId, resolve};
use rolebook::query::{Ground, ask, render};
use rolebook::source::Sources;
use rolebook::syntax::parse;
use rolebook::table::{self, Table};
use rolebook::yaml;

/// A policy with an organisation.
struct Shop {
    sources: Sources,
    table: Table,
    facts: Facts,
}

fn shop(policy: &str, facts: &str) -> Shop {
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let file = sources.add("policy.roles", policy);
    let tree = parse::policy(file, policy, &mut found);
    let model = resolve::resolve(&[tree], &mut found);
    let table = table::compile(model::check(&model, &found).unwrap_or_else(|_| panic!("{found:?}")));
    let file = sources.add("facts.yaml", facts);
    let yaml = yaml::read(file, facts, &mut found).expect("it is YAML");
    let facts = read::read(&yaml, table.model(), &mut found);
    assert!(!found.has_errors(), "{found:?}");
    Shop { sources, table, facts }
}

impl Shop {
    /// The answer as text, or the codes of what is wrong with the question.
    fn says(&mut self, sentence: &str, now: Option<&str>) -> String {
        let (mut found, file) = (Found::default(), self.sources.add("sentence", sentence));
        let sentence = parse::sentence(file, sentence, &mut found).expect("it is a sentence");
        let org = Org::new(&self.table, &self.facts);
        let ground = Ground {
            table: &self.table,
            org: Some(&org),
            now: now.map_or(Value::Missing, |now| parse_datetime(now).expect("a moment")),
        };
        match ask(&ground, &sentence, &mut found) {
            Some(answer) => render::text(&answer, &ground, &self.sources),
            None => found.iter().map(|fault| fault.code).collect::<Vec<_>>().join(" "),
        }
    }

    fn allows(&mut self, sentence: &str) -> bool {
        let said = self.says(sentence, None);
        assert!(said.starts_with("allow:") || said.starts_with("deny:"), "{said}");
        said.starts_with("allow:")
    }
}

#[test]
fn a_user_is_no_target_where_their_role_does_not_run() {
    let policy = "account Shop  unit Team in Shop  user { actions view, remove }
        role Admin at Team { can view, remove User }  role Guest at Team";
    let facts = "{ accounts: { s: { is: Shop } }, units: { t1: { is: Team, in: s } },
        users: { ann: { roles: { Admin: t1 } }, bob: { roles: { Guest: { at: t1, until: 2026-01-01 } } },
                 eve: { roles: { Guest: { at: t1, from: 2027-01-01 } } } } }";
    let mut it = shop(policy, facts);
    assert!(
        it.says("can ann view bob", Some("2025-06-01T00:00Z"))
            .starts_with("allow:")
    );
    let ended = it.says("can ann view bob", Some("2026-06-01T00:00Z"));
    assert_eq!(
        ended,
        "deny: ann cannot view User bob at t1\n  no member       bob is no member of t1 at this moment\n"
    );
    let unknown = it.says("can ann view bob", None);
    assert!(
        unknown.starts_with("deny:") && unknown.contains("no `context.now` is given"),
        "{unknown}"
    );
    assert!(
        it.says("can ann remove eve in t1", Some("2026-06-01T00:00Z"))
            .starts_with("deny:")
    );
    assert_eq!(
        it.says("who can remove bob", Some("2026-06-01T00:00Z")),
        "who can: none\n"
    );
    assert_eq!(
        it.says("which User can ann view", Some("2026-06-01T00:00Z")),
        "ann  Admin at t1\n"
    );
}

#[test]
fn what_can_be_granted_across_works_when_it_is_granted() {
    let policy = "account Platform  account Client in Platform { actions view }  unit Desk in Platform
        role Agent at Desk { can grant view Client to anyone across Platform }";
    let facts = "{ accounts: { p: { is: Platform }, c: { is: Client, in: p } }, units: { d: { is: Desk, in: p } },
        users: { ann: { roles: { Agent: d } }, tim: { in: p } },
        grants: [ { to: tim, can: view Client, at: c } ] }";
    let mut it = shop(policy, facts);
    assert!(it.allows("can ann grant view Client at c to tim") == it.allows("can tim view c"));
}

#[test]
fn everything_in_a_type_is_all_that_lies_there() {
    let facts = "{ accounts: { p: { is: Company }, c: { is: Client, in: p } }, resources: { d: { is: Doc, in: c } } }";
    for targets in ["everything", "Client, Doc"] {
        let policy = format!(
            "account Company {{ actions view }} account Client in Company {{ actions view }}
             resource Doc in Company, Client {{ actions view }}
             anyone can view {targets} in Company"
        );
        let mut it = shop(&policy, facts);
        assert!(
            it.allows("can anyone view c") && it.allows("can anyone view d"),
            "{targets}"
        );
    }
}

#[test]
fn an_address_is_the_same_however_it_is_written() {
    let policy =
        "context { ip: ip  office: network = ::ffff:198.51.100.0/120 }  account Shop { blocked: set of network }
        resource Order in Shop { actions view, edit, send }
        role Clerk at Shop { can view, send Order  can edit Order when context.ip in context.office }
        nobody can view Order when context.ip in 203.0.113.0/24
        nobody can send Order when any shop.blocked is 192.0.2.0/24 or context.ip in shop.blocked";
    let facts =
        "{ accounts: { s: { is: Shop, blocked: [\"::ffff:192.0.2.0/120\"] } }, users: { ann: { roles: { Clerk: s } } },
        resources: { o: { is: Order, in: s } } }";
    let mut it = shop(policy, facts);
    for ip in [
        "203.0.113.9",
        "::ffff:203.0.113.9",
        "::ffff:cb00:7109",
        "0:0:0:0:0:FFFF:203.0.113.9",
    ] {
        assert!(!it.allows(&format!("can ann view o with context.ip = {ip}")), "{ip}");
    }
    for ip in ["198.51.100.7", "::ffff:198.51.100.7"] {
        assert!(it.allows(&format!("can ann view o with context.ip = {ip}")), "{ip}");
        assert!(it.allows(&format!("can ann edit o with context.ip = {ip}")), "{ip}");
    }
    assert!(!it.allows("can ann send o with context.ip = 192.0.2.8"));
}

#[test]
fn with_says_one_value_once() {
    let policy = "context { ip: ip  tags: set of string }  account Shop
        resource Order in Shop { creator: user  creating actions create }
        role Clerk at Shop { can create Order as creator }";
    let facts = "{ accounts: { s: { is: Shop } }, users: { ann: { roles: { Clerk: s } }, bob: {} } }";
    let mut it = shop(policy, facts);
    let about = |with: &str| format!("can ann create Order in s with {with}");
    for twice in [
        "context.ip = 10.0.0.1, context.ip = 10.0.0.1",
        "creator = ann, creator = bob",
        "creator = bob, context.ip = 10.0.0.1, creator = ann",
    ] {
        assert_eq!(it.says(&about(twice), None), "sentence/twice", "{twice}");
    }
    for list in ["context.ip = [10.0.0.9]", "creator = [ann]", "creator = [ann, bob]"] {
        assert_eq!(it.says(&about(list), None), "type/mismatch", "{list}");
    }
    assert!(it.allows(&about("creator = ann, context.tags = [x, y]")));
}

#[test]
fn to_a_role_binds_roles_made_by_a_tenant_too() {
    let policy = "account Shop  resource Quote in Shop { actions submit, view }
        role Chief, Limited, Boss at Shop
        role Boss at Shop { can grant submit Quote to Chief  can grant view Quote }
        nobody can grant view Quote to Limited";
    let facts = "{ accounts: { s: { is: Shop } }, resources: { q: { is: Quote, in: s } },
        roles: [ { name: Sender, at: s, can: [submit Quote, view Quote] } ],
        users: { ann: { roles: { Chief: s, Sender: s } }, lea: { roles: { Limited: s, Sender: s } }, tim: { in: s } },
        grants: [ { to: lea, can: submit Quote, at: s }, { to: tim, can: view Quote, at: s } ] }";
    let mut it = shop(policy, facts);
    assert!(it.allows("can ann submit q") && it.allows("can ann view q") && it.allows("can tim view q"));
    assert!(!it.allows("can lea submit q"), "no Chief");
    assert!(!it.allows("can lea view q"), "nobody may grant that to her");
}

#[test]
fn what_nobody_may_grant_nobody_has_by_grant() {
    let policy = "account Shop { open: bool = false }  resource Quote in Shop { actions submit, view }
        role Boss at Shop { can grant submit, view Quote }
        nobody can grant submit Quote
        nobody can grant view Quote unless shop.open";
    let facts = "{ accounts: { s: { is: Shop } }, resources: { q: { is: Quote, in: s } },
        users: { tim: { in: s } },
        grants: [ { to: tim, can: submit Quote, at: s }, { to: tim, can: view Quote, at: s } ] }";
    let mut it = shop(policy, facts);
    assert!(!it.allows("can tim submit q"));
    assert!(
        it.allows("can tim view q"),
        "a ceiling looks at reach, not at conditions"
    );
}

#[test]
fn what_is_not_held_cannot_be_taken() {
    let policy = "account Shop  unit Team in Shop  resource Order in Shop { actions view }
        role Boss at Shop { can assign Second, Plain, member  can grant view Order }
        role Second at Shop  role Plain at Shop default";
    let facts = "{ accounts: { s: { is: Shop } },
        users: { sam: { in: s, roles: { Boss: s } }, pia: { in: s }, tim: { roles: { Second: { at: s, until: 2020-01-01 } } },
                 zoe: {} , ola: { in: s } },
        groups: { g: { members: [ola], roles: { Second: s } } },
        grants: [ { to: ola, can: view Order, at: s } ] }";
    let mut it = shop(policy, facts);
    assert_eq!(
        it.says("can sam take Second at s from pia", None),
        "deny: sam cannot take Second at s from pia\n  nothing to take pia has not been given it at s\n"
    );
    assert!(!it.allows("can sam take Plain at s from pia"), "held by default only");
    assert!(!it.allows("can sam take member at s from zoe"));
    assert!(!it.allows("can sam revoke view Order at s from pia"));
    assert!(it.allows("can sam take member at s from pia"));
    assert!(it.allows("can sam take Second at s from ola"), "through a group");
    assert!(it.allows("can sam revoke view Order at s from ola"));
    assert!(
        it.allows("can sam assign Second at s to pia"),
        "giving and taking: the power, not a deed"
    );
}

#[test]
fn a_default_from_nobody_is_what_is_not_given() {
    let policy = "user { vip: bool = false  friends: users }  account Shop { owner: user? }
        resource Doc in Shop { vip: bool = shop.owner.vip  seen: users = shop.owner.friends  actions edit, view }
        role Clerk at Shop { can edit Doc unless resource.vip  can view Doc unless user in resource.seen }";
    let facts = "{ accounts: { s1: { is: Shop } }, users: { ann: { roles: { Clerk: s1 } } },
        resources: { d1: { is: Doc, in: s1 } } }";
    let mut it = shop(policy, facts);
    assert!(!it.allows("can ann edit d1") && !it.allows("can ann edit Doc in s1"));
    assert!(
        it.allows("can ann view d1") && it.allows("can ann view Doc in s1"),
        "a set that is not given is empty"
    );
}

const TYPES: &str = "context { ip: ip }  account Shop { actions open }  unit Branch in Shop { actions open }
    user { boss: user?  actions greet }
    resource Order in Shop { amount: int  lines: users  creating actions create  actions view }
    resource Note in Branch { actions view }
    role Boss at Shop { can do everything  can assign anything to anyone  can grant view Order to anyone }
    anyone can view Order anywhere
    nobody can view Order when user in resource.lines";

const PEOPLE: &str = "{ accounts: { s: { is: Shop } }, units: { b: { is: Branch, in: s } },
    users: { ann: { roles: { Boss: s } }, bob: {} }, resources: { o: { is: Order, in: s }, n: { is: Note, in: b } } }";

/// Every request with small numbers, right or wrong: only those that make sense are allowed, and none panics.
#[test]
fn no_request_that_makes_no_sense_is_allowed() {
    let it = shop(TYPES, PEOPLE);
    let (org, pool) = (Org::new(&it.table, &it.facts), &it.facts.pool);
    let permissions = (0..it.table.model().permissions.len() + 2).map(|id| PermId(u32::try_from(id).unwrap()));
    let types = (0..it.table.model().types.len() + 1).map(|id| TypeId(u32::try_from(id).unwrap()));
    let types: Vec<TypeId> = types.collect();
    let users = [None, Some(UserId(0)), Some(UserId(1)), Some(UserId(9))];
    let mut seen = [0, 0];
    for permission in permissions {
        for start in [0, 1, 2, 3, 4, u32::MAX].map(NodeId) {
            let mut targets = vec![
                Target::node(start),
                Target {
                    start,
                    ..Target::node(NodeId(0))
                },
            ];
            for &ty in &types {
                targets.extend([Target::unlisted(ty, start), Target::created(ty, start)]);
                targets.extend([UserId(0), UserId(7)].map(|user| Target::user(user, ty, start)));
            }
            for (target, user, recipient) in targets
                .iter()
                .flat_map(|&target| users.map(|user| (target, user)))
                .flat_map(|(target, user)| users.map(|recipient| (target, user, recipient)))
            {
                let request = Request {
                    user,
                    permission,
                    target,
                    recipient,
                    context: &[],
                    given: &[],
                    pool,
                };
                let sound = request.check(&it.table, &org).is_ok();
                let allowed = decide(&it.table, &org, &request);
                assert!(sound || !allowed, "{request:?}");
                let told = explain(&it.table, &org, &request).verdict;
                assert_eq!(told, degree(&it.table, &org, &request), "{request:?}");
                assert!(sound || told == Tri::False, "{request:?}");
                let _ = candidates::callers(&it.table, &org, &request);
                seen[usize::from(allowed)] += 1;
            }
        }
        for user in [UserId(0), UserId(9)] {
            for &ty in &types {
                let _ = candidates::nodes(&it.table, &org, user, permission, ty);
            }
        }
    }
    assert!(seen.iter().all(|&count| count > 30), "{seen:?}");
}

/// A sound request, and what is made of it.
struct Asking<'a> {
    it: &'a Shop,
    org: &'a Org<'a>,
    base: Request<'a>,
}

fn asking(test: impl FnOnce(&Asking<'_>)) {
    let it = shop(TYPES, PEOPLE);
    let org = Org::new(&it.table, &it.facts);
    let base = Request {
        user: Some(UserId(0)),
        permission: named(&it, "view Order"),
        target: Target::node(node(&it, "o")),
        recipient: None,
        context: &[],
        given: &[],
        pool: &it.facts.pool,
    };
    test(&Asking {
        it: &it,
        org: &org,
        base,
    });
}

fn named(it: &Shop, name: &str) -> PermId {
    let model = it.table.model();
    let mut all = model.permissions.iter();
    all.find(|(id, _)| model.show_permission(*id) == name).expect(name).0
}

fn node(it: &Shop, id: &str) -> NodeId {
    let mut all = it.facts.node_ids();
    all.find(|&node| it.facts.node(node).id == id).expect(id)
}

impl<'a> Asking<'a> {
    fn ty(&self, name: &str) -> TypeId {
        self.it.table.model().type_named(name).expect(name)
    }

    fn on(&self, target: Target) -> Request<'a> {
        Request { target, ..self.base }
    }

    fn fresh(&self) -> Request<'a> {
        self.on(Target::unlisted(self.ty("Order"), node(self.it, "s")))
    }

    fn check(&self, request: &Request<'_>) -> Result<(), IllTyped> {
        let found = request.check(&self.it.table, self.org);
        assert_eq!(decide(&self.it.table, self.org, request), found.is_ok(), "{request:?}");
        found
    }
}

#[test]
fn a_target_that_makes_no_sense_is_told() {
    asking(|at| {
        assert_eq!(at.check(&at.base), Ok(()));
        for target in [
            Target::node(node(at.it, "b")),
            Target::node(node(at.it, "s")),
            Target::created(at.ty("Order"), node(at.it, "s")),
            Target::unlisted(at.ty("Order"), node(at.it, "b")),
        ] {
            assert_eq!(at.check(&at.on(target)), Err(IllTyped::Target), "{target:?}");
        }
        let permission = named(at.it, "create Order");
        let create = Request { permission, ..at.base };
        assert_eq!(at.check(&create), Err(IllTyped::Target), "it exists already");
    });
}

#[test]
fn a_recipient_stands_where_something_is_handed() {
    asking(|at| {
        let recipient = Some(UserId(1));
        assert_eq!(at.check(&Request { recipient, ..at.base }), Err(IllTyped::Recipient));
        let grant = Request {
            permission: named(at.it, "grant view Order"),
            target: Target::node(node(at.it, "s")),
            ..at.base
        };
        assert_eq!(at.check(&grant), Err(IllTyped::Recipient));
        assert_eq!(at.check(&Request { recipient, ..grant }), Ok(()));
    });
}

#[test]
fn the_context_is_of_its_types() {
    let moment = parse_datetime("2026-01-01T00:00Z").unwrap();
    let address = |text: &str| parse_network(text).map(Value::Net).unwrap();
    asking(|at| {
        for context in [
            vec![Value::Bool(true)],
            vec![moment, address("10.0.0.0/8")],
            vec![moment, Value::Absent],
            vec![moment, Value::Missing, moment],
        ] {
            let request = Request {
                context: &context,
                ..at.base
            };
            assert_eq!(at.check(&request), Err(IllTyped::Context(context.len() - 1)));
        }
        let context = [moment, address("10.0.0.8")];
        assert_eq!(
            at.check(&Request {
                context: &context,
                ..at.base
            }),
            Ok(())
        );
    });
}

#[test]
fn what_is_supposed_is_of_its_types() {
    let amount = Value::Number(Number::from(3));
    let half = Value::Number(Number::parse("0.5").unwrap());
    asking(|at| {
        let fresh = at.fresh();
        let given = [(0, amount)];
        assert_eq!(at.check(&Request { given: &given, ..fresh }), Ok(()));
        let listed = at.check(&Request {
            given: &given,
            ..at.base
        });
        assert_eq!(listed, Err(IllTyped::Given(0)), "it says so itself");
        for given in [
            vec![(0, half)],
            vec![(0, amount), (0, amount)],
            vec![(1, Value::User(UserId(0)))],
            vec![(7, amount)],
            vec![(0, Value::Group(GroupId(0)))],
        ] {
            let found = at.check(&Request { given: &given, ..fresh });
            assert_eq!(found, Err(IllTyped::Given(given[0].0)), "{given:?}");
        }
    });
}

#[test]
fn lists_stand_in_the_pool_of_the_request() {
    asking(|at| {
        let fresh = at.fresh();
        let mut pool = at.it.facts.pool.clone();
        let some = pool.list(vec![Value::User(UserId(1))]);
        let strange = pool.list(vec![Value::User(UserId(8))]);
        let with = |given: &[(usize, Value)], pool: &Pool| at.check(&Request { given, pool, ..fresh });
        assert_eq!(with(&[(1, some)], &pool), Ok(()));
        assert_eq!(with(&[(1, strange)], &pool), Err(IllTyped::Given(1)));
        let unkept = with(&[(1, some)], &at.it.facts.pool);
        assert_eq!(unkept, Err(IllTyped::Given(1)), "a list that nobody keeps");
    });
}
