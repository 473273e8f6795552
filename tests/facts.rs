//! Facts read from YAML: what an organisation says, and what is said about one that is wrong.

use rolebook::diagnostic::{Diagnostic, Found, Severity};
use rolebook::facts::read::{Names, parse_value, read};
use rolebook::facts::{EVERYONE, Facts, Member, Subject, Window};
use rolebook::model::resolve::resolve;
use rolebook::model::value::{NodeId, Pool, UserId, Value, parse_date, parse_datetime};
use rolebook::model::{Model, NOW};
use rolebook::source::Sources;
use rolebook::syntax::parse;
use rolebook::yaml;

mod facts {
    mod large;
    mod texts;
    mod values;
    mod wrong;
}

const LITTLEBIG: &str = include_str!("facts/littlebig.roles");
const LBC: &str = include_str!("facts/littlebig.yaml");

/// What reading gives.
struct Reading {
    sources: Sources,
    model: Model,
    facts: Facts,
    found: Vec<Diagnostic>,
}

/// Reads facts against a policy that must be good.
fn reading(policy: &str, facts: &str) -> Reading {
    let mut sources = Sources::default();
    let mut found = Found::default();
    let file = sources.add("policy.roles", policy);
    let tree = parse::policy(file, policy, &mut found);
    let model = resolve(&[tree], &mut found);
    assert!(!found.has_errors(), "{found:#?}");
    let mut found = Found::default();
    let file = sources.add("facts.yaml", facts);
    let tree = yaml::read(file, facts, &mut found).expect("the text is YAML");
    let facts = read(&tree, &model, &mut found);
    let found = found.sorted();
    Reading {
        sources,
        model,
        facts,
        found,
    }
}

/// Facts without a fault.
fn good(policy: &str, facts: &str) -> Reading {
    let reading = reading(policy, facts);
    assert!(reading.found.is_empty(), "{:#?}", reading.found);
    reading
}

impl Reading {
    fn names(&self) -> Names<'_> {
        Names::of(&self.facts, &self.model)
    }

    fn node(&self, id: &str) -> NodeId {
        self.names().node(id, None).expect("the facts have it")
    }

    fn user(&self, id: &str) -> UserId {
        self.names().user(id, None).expect("the facts have it")
    }

    /// The value of a node's attribute.
    fn value(&self, node: &str, attribute: &str) -> Value {
        let node = self.facts.node(self.node(node));
        node.values[self.names().slot(node.ty, attribute).expect("the facts have it")]
    }

    /// The value of a user's attribute.
    fn user_value(&self, user: &str, attribute: &str) -> Value {
        let user = self.facts.user(self.user(user));
        user.values[self.names().slot(user.ty, attribute).expect("the facts have it")]
    }

    /// The values of a set.
    fn set(&self, node: &str, attribute: &str) -> Vec<Value> {
        match self.value(node, attribute) {
            Value::List(list) => self.facts.pool.values(list).to_vec(),
            other => panic!("{other:?} is no set"),
        }
    }

    /// The holdings as words, for comparison.
    fn holdings(&self) -> Vec<String> {
        let subject = |subject| match subject {
            Subject::User(user) => self.facts.user(user).id.to_string(),
            Subject::Group(group) => format!("group:{}", self.facts.group(group).id),
        };
        let told = self.facts.holdings.iter().map(|h| {
            let role = self.facts.role_name(&self.model, h.role);
            format!("{} {role} {}", subject(h.subject()), self.facts.node(h.node).id)
        });
        told.collect()
    }

    /// Each fault as `line:column code: message`.
    fn faults(&self) -> Vec<String> {
        let place = |d: &Diagnostic| {
            let span = d.labels[0].span;
            self.sources.position(span.file, span.start)
        };
        let told = self.found.iter().map(|d| {
            let (line, column) = place(d);
            format!("{line}:{column} {}: {}", d.code, d.message)
        });
        told.collect()
    }
}

#[test]
fn the_example_of_the_design() {
    let it = good(LITTLEBIG, LBC);
    assert_eq!(
        (it.facts.nodes.len(), it.facts.users.len(), it.facts.groups.len()),
        (6, 6, 3)
    );
    let container = |id: &str| it.facts.node(it.node(id)).container;
    assert_eq!(container("lbc"), None);
    assert_eq!(container("pit"), Some(it.node("paris")));
    assert_eq!(container("tender-17"), Some(it.node("paris")));
    assert_eq!(it.value("lbc", "negotiation"), Value::Bool(true));
    assert_eq!(it.value("paris", "legal"), Value::Bool(false));
    assert_eq!(it.value("tender-17", "creator"), Value::User(it.user("oz")));
    assert_eq!(it.set("tender-17", "assignee"), [Value::User(it.user("mia"))]);
    assert_eq!(
        it.facts.user(it.user("mia")).places[..],
        [it.node("lbc"), it.node("paris")]
    );
    assert_eq!(it.facts.group(EVERYONE).id, "everyone");
    assert_eq!(it.facts.context, [Value::Missing]);
}

#[test]
fn holdings_of_the_example() {
    let it = good(LITTLEBIG, LBC);
    let expected = [
        "eve EnterpriseAdmin lbc",
        "ada EntityAdmin paris",
        "ada Lead fr",
        "ada Lead paris",
        "ada Lead pit",
        "oz Operational paris",
        "oz Operational pit",
        "group:auditors Buyer lbc",
    ];
    assert_eq!(it.holdings(), expected);
    let Some(Value::Date(day)) = parse_date("2026-12-31") else {
        panic!()
    };
    assert_eq!(it.facts.holdings[5].window(), Window::ALWAYS);
    let until = (i64::from(day) + 1) * 86_400;
    assert_eq!(it.facts.holdings[6].window(), Window { from: i64::MIN, until });
}

#[test]
fn groups_of_the_example() {
    let it = good(LITTLEBIG, LBC);
    let auditors = it.names().group("auditors").unwrap();
    let entity = it.model.type_named("Entity").unwrap();
    let manager = it.model.role_at(entity, "Manager").unwrap();
    let members = [
        Member::User(it.user("eve")),
        Member::Group(it.names().group("group:interns").unwrap()),
        Member::Holders(manager, it.node("paris")),
    ];
    assert_eq!(it.facts.group(auditors).members, members);
    assert_eq!(it.facts.group(auditors).place, Some(it.node("lbc")));
}

#[test]
fn texts_of_the_example() {
    let it = good(LITTLEBIG, LBC);
    let [grant] = &it.facts.grants[..] else { panic!() };
    assert_eq!(grant.to, Subject::User(it.user("mia")));
    let shown: Vec<String> = grant
        .rule
        .permissions
        .iter()
        .map(|&p| it.model.show_permission(p))
        .collect();
    assert_eq!(shown, ["view Budget"]);
    assert_eq!(it.sources.snippet(grant.span), "view Budget");
    let [reviewer] = &it.facts.custom[..] else { panic!() };
    assert_eq!((reviewer.name.as_str(), reviewer.at), ("Reviewer", it.node("lbc")));
    let types: Vec<&str> = reviewer
        .rules
        .iter()
        .map(|(ty, _)| it.model.ty(*ty).name.as_str())
        .collect();
    assert_eq!(types, ["Enterprise", "Entity", "Enterprise", "Entity"]);
}

#[test]
fn a_default_is_read_at_the_container() {
    let facts = "accounts: { on: { is: Enterprise, validation: true }, off: { is: Enterprise } }
units:
  deep: { is: Entity, in: mid }
  mid: { is: Entity, in: top }
  top: { is: Entity, in: on }
  other: { is: Entity, in: off }
  own: { is: Entity, in: on, buyer_validation: false }
";
    let it = good(LITTLEBIG, facts);
    for node in ["top", "mid", "deep"] {
        assert_eq!(it.value(node, "buyer_validation"), Value::Bool(true), "{node}");
    }
    assert_eq!(it.value("other", "buyer_validation"), Value::Bool(false));
    assert_eq!(it.value("own", "buyer_validation"), Value::Bool(false));
}

#[test]
fn everyone_may_hold_roles() {
    let it = good(
        LITTLEBIG,
        "accounts: { a: { is: Enterprise } }\ngroups: { everyone: { roles: { Buyer: a } } }",
    );
    assert_eq!(it.holdings(), ["group:everyone Buyer a"]);
    assert_eq!(it.facts.holdings[0].subject(), Subject::Group(EVERYONE));
}

#[test]
fn what_every_request_carries() {
    let policy = format!("{LITTLEBIG}\ncontext {{ ip: ip  office: network = 10.0.0.0/8 }}");
    let it = good(&policy, "context: { ip: 10.0.0.1, now: 2026-12-31 }");
    assert_eq!(it.facts.context[NOW], parse_datetime("2026-12-31T00:00Z").unwrap());
    let text = |value| match value {
        Value::Net(net) => net.to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(text(it.facts.context[1]), "10.0.0.1");
    assert_eq!(text(it.facts.context[2]), "10.0.0.0/8");
}

#[test]
fn custom_roles_are_held_like_others() {
    let facts = format!("{LBC}\n").replace(
        "  nia: { in: lbc }",
        "  nia: { in: lbc, roles: { Reviewer: [lbc, pit] } }",
    );
    let it = good(LITTLEBIG, &facts);
    let held: Vec<String> = it.holdings().into_iter().filter(|h| h.starts_with("nia")).collect();
    assert_eq!(held, ["nia Reviewer lbc", "nia Reviewer pit"]);
}

#[test]
fn the_same_id_at_two_types() {
    let facts = "accounts: { paris: { is: Enterprise } }
units: { paris: { is: Entity, in: paris } }
users:
  oz: { in: Entity paris, roles: { Lead: paris, Buyer: paris } }
";
    let policy = LITTLEBIG.replace("unit Entity in Enterprise, Entity", "unit Entity in Enterprise");
    let it = good(&policy, facts);
    assert_eq!(it.facts.user(it.user("oz")).places[..], [NodeId(1)]);
    assert_eq!(
        it.facts.holdings.iter().map(|h| h.node).collect::<Vec<_>>(),
        [NodeId(1), NodeId(0)]
    );
}

#[test]
fn a_role_is_named_by_its_type_or_label() {
    let facts = "accounts: { a: { is: Entreprise } }
users: { oz: { roles: { Enterprise.Buyer: a, Administrateur Entreprise: a } } }
";
    assert_eq!(
        good(LITTLEBIG, facts).holdings(),
        ["oz Buyer a", "oz EnterpriseAdmin a"]
    );
}
