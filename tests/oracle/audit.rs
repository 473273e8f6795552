//! The property of the access review: what a row says is allowed is allowed wherever its rule reaches, and nothing is
//! allowed to anybody of which no row tells.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use rolebook::audit::{Audit, Format, Rows};
use rolebook::containment::reach::{account, near, reaches};
use rolebook::diagnostic::Found;
use rolebook::eval::org::{Org, running};
use rolebook::eval::{Request, Target, decide};
use rolebook::facts::{Window, read};
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{NodeId, Tri, UserId, Value};
use rolebook::model::{NOW, Reach, Rule, TypeId, TypeKind, Who, check, resolve};
use rolebook::source::Sources;
use rolebook::syntax::parse;
use rolebook::table::{Table, compile};
use rolebook::yaml;

use crate::agreement::{Case, Size, hold};
use crate::policy::Theme;

/// A row read back; `None` where it is for everybody, anywhere.
struct Row<'a> {
    text: String,
    user: Option<UserId>,
    place: Option<NodeId>,
    /// It is also for those who are not signed in.
    open: bool,
    allowed: bool,
    rules: Vec<&'a Rule>,
}

struct Review<'a> {
    table: &'a Table,
    org: &'a Org<'a>,
    context: Vec<Value>,
    rows: HashMap<PermId, Vec<Row<'a>>>,
}

impl<'a> Review<'a> {
    fn new(table: &'a Table, org: &'a Org<'a>, now: Value) -> Self {
        let mut context = org.facts.context.clone();
        context.resize(table.model().context.len(), Value::Missing);
        if context[NOW] == Value::Missing {
            context[NOW] = now;
        }
        let mut review = Self {
            table,
            org,
            context,
            rows: HashMap::new(),
        };
        let csv = written(&Audit::new(table, org, now, Format::Csv));
        for record in csv::Reader::from_reader(&csv[..]).records() {
            let record = record.expect("CSV");
            let cells: Vec<&str> = record.iter().collect();
            for (permission, row) in review.read(&cells) {
                review.rows.entry(permission).or_default().push(row);
            }
        }
        review
    }

    /// The row; for each permission of these words, of which there is mostly one.
    fn read(&self, cells: &[&str]) -> Vec<(PermId, Row<'a>)> {
        let (model, facts) = (self.table.model(), &self.org.facts);
        let place = facts.node_ids().find(|&node| facts.node_name(model, node) == cells[2]);
        assert_eq!(place.is_none(), cells[2].is_empty(), "{cells:?}");
        let named = model.permissions.iter().filter(|(id, permission)| match permission {
            Permission::AddMember(_) | Permission::RemoveMember(_) => {
                format!("{} at {}", model.show_permission(*id), model.show_target(*id)) == cells[4]
            }
            _ => model.show_permission(*id) == cells[4],
        });
        let row = |permission| Row {
            text: cells.join(","),
            user: (!cells[0].is_empty()).then(|| facts.user_named(cells[1]).expect("a user")),
            place,
            open: cells[3] == "anyone",
            allowed: cells[6] == "allow",
            rules: self.rules(permission, place, cells[3], cells[5]),
        };
        named.map(|(id, _)| (id, row(id))).collect()
    }

    /// The rules that a row may be about.
    fn rules(&self, permission: PermId, place: Option<NodeId>, because: &str, reach: &str) -> Vec<&'a Rule> {
        let (model, org) = (self.table.model(), self.org);
        let name = because.split(" (").next().unwrap_or(because);
        let ways = self.table.row(permission).grants.iter();
        let of_policy = ways.filter(|way| match (way.role, &model.rule(way.rule).who) {
            (Some(role), _) => {
                model.show_role(role) == name && place.is_some_and(|at| org.ty(at) == model.role(role).ty)
            }
            (None, Who::Everyone) => name == "everyone",
            (None, _) => name == "anyone",
        });
        let holders = place.map(|place| Who::Holders(org.ty(place)));
        let custom = org
            .facts
            .custom
            .iter()
            .filter(|role| format!("custom role {}", role.name) == name);
        let custom = custom.flat_map(|role| &role.rules).map(|(_, rule)| rule);
        let grants = org
            .facts
            .grants
            .iter()
            .filter(|grant| name == "single grant" && Some(grant.at) == place);
        let of_facts = custom.chain(grants.map(|grant| &grant.rule));
        let of_facts =
            of_facts.filter(|rule| Some(&rule.who) == holders.as_ref() && rule.permissions.contains(&permission));
        let said = |rule: &&Rule| match rule.reach {
            Reach::Below if place.is_none() => reach == "anywhere",
            Reach::Below => reach == "and below",
            other => model.show_reach(other) == reach,
        };
        of_policy
            .map(|way| model.rule(way.rule))
            .chain(of_facts)
            .filter(said)
            .collect()
    }

    fn reaches(&self, row: &Row<'_>, rule: &Rule, target: &Target) -> bool {
        let Some(place) = row.place else {
            return !matches!(rule.reach, Reach::In(ty) if near(self.org, target, ty).is_none());
        };
        if rule.who != Who::Everyone {
            return reaches(self.org, rule, place, target);
        }
        let inside = !matches!(rule.reach, Reach::In(ty) if near(self.org, target, ty).is_none());
        inside && account(self.org, target) == Some(place)
    }

    /// Whether the evaluator allows it, to somebody at least.
    fn allows(&self, user: Option<UserId>, permission: PermId, target: Target) -> bool {
        let administrative = self.table.model().permissions.get(permission).is_administrative();
        let to = |recipient| {
            let request = Request {
                user,
                permission,
                target,
                recipient,
                context: &self.context,
                given: &[],
                pool: &self.org.facts.pool,
            };
            decide(self.table, self.org, &request)
        };
        to(None) || administrative && self.org.facts.user_ids().any(|other| to(Some(other)))
    }

    /// Everything that a permission can be asked of.
    fn targets(&self, permission: PermId) -> Vec<Target> {
        let (model, org) = (self.table.model(), self.org);
        let at = |fits: &dyn Fn(TypeId) -> bool| org.facts.node_ids().filter(|&n| fits(org.ty(n))).collect::<Vec<_>>();
        let inside = |ty: TypeId| at(&|other| model.ty(ty).containers.contains(&other)).into_iter();
        match model.permissions.get(permission) {
            Permission::Act { ty, action, .. } if model.ty(ty).actions[action].creating => {
                inside(ty).map(|place| Target::created(ty, place)).collect()
            }
            Permission::Act { ty, .. } if model.ty(ty).kind == TypeKind::Principal => {
                let users = org.facts.user_ids().filter(|&user| org.facts.user(user).ty == ty);
                let now = self.context[NOW];
                let is_there = move |(place, window): &(NodeId, Window)| {
                    org.kind(*place).is_place() && running(*window, now) == Tri::True
                };
                let places = |user| org.memberships(user).filter(is_there);
                users
                    .flat_map(|user| places(user).map(move |(place, _)| Target::user(user, ty, place)))
                    .collect()
            }
            Permission::Act { ty, .. } => {
                let listed = at(&|other| other == ty).into_iter().map(Target::node);
                listed
                    .chain(inside(ty).map(|place| Target::unlisted(ty, place)))
                    .collect()
            }
            Permission::Give(role) | Permission::Take(role) => at(&|ty| ty == model.role(role).ty)
                .into_iter()
                .map(Target::node)
                .collect(),
            Permission::AddMember(ty) | Permission::RemoveMember(ty) => {
                at(&|other| other == ty).into_iter().map(Target::node).collect()
            }
            Permission::Grant(_) => at(&|ty| model.ty(ty).kind.is_place())
                .into_iter()
                .map(Target::node)
                .collect(),
        }
    }

    /// What is wrong with the review, and how much was looked at: rows that allow, and decisions that do.
    fn check(&self) -> Result<[usize; 2], String> {
        let mut seen = [0, 0];
        let users: Vec<Option<UserId>> = self.org.facts.user_ids().map(Some).chain([None]).collect();
        for (permission, _) in self.table.model().permissions.iter() {
            let rows = self.rows.get(&permission).map_or(&[][..], Vec::as_slice);
            for target in self.targets(permission) {
                for &user in &users {
                    let of = |row: &&Row<'_>| match (row.place, user) {
                        (Some(_), user) => user.is_some() && row.user == user,
                        (None, user) => row.open || user.is_some(),
                    };
                    let allowed = self.allows(user, permission, target);
                    let own = rows.iter().filter(of);
                    let told = own
                        .clone()
                        .any(|row| row.rules.iter().any(|rule| self.reaches(row, rule, &target)));
                    if allowed && !told {
                        let what = self.table.model().show_permission(permission);
                        return Err(format!("no row tells that {user:?} can {what} {target:?}"));
                    }
                    let all =
                        |row: &&Row<'_>| row.allowed && row.rules.iter().all(|rule| self.reaches(row, rule, &target));
                    if let (Some(row), false) = (own.clone().find(all), allowed) {
                        return Err(format!("`{}` is not so for {user:?} at {target:?}", row.text));
                    }
                    seen[0] += own.filter(|row| row.allowed).count();
                    seen[1] += usize::from(allowed);
                }
            }
        }
        Ok(seen)
    }
}

/// Bytes that two have: who writes them, and who reads them then.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody fails").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn written(audit: &Audit<'_>) -> Vec<u8> {
    let bytes = Shared::default();
    let mut rows = Rows::new(Format::Csv, bytes.clone()).expect("bytes");
    audit.opening(&mut rows).expect("bytes");
    for &account in audit.accounts() {
        audit.account(account, &mut rows, &mut |_| {}).expect("bytes");
    }
    rows.finish().expect("bytes");
    std::mem::take(&mut *bytes.0.lock().expect("nobody fails"))
}

fn honest(case: &Case, seen: &std::cell::RefCell<[usize; 2]>) -> Result<(), TestCaseError> {
    let reject = || TestCaseError::reject("does not compile");
    let setup = case.setup().ok_or_else(reject)?;
    let table = compile(check(&setup.policy.model, &Found::default()).map_err(|_| reject())?);
    let org = Org::new(&table, &setup.facts);
    let review = Review::new(&table, &org, crate::values::moment(2));
    let looked = review.check();
    prop_assert!(looked.is_ok(), "{}", looked.err().unwrap_or_default());
    for (sum, count) in seen.borrow_mut().iter_mut().zip(looked.unwrap_or_default()) {
        *sum += count;
    }
    Ok(())
}

#[test]
fn a_review_says_what_the_evaluator_says() {
    let seen = std::cell::RefCell::new([0, 0]);
    let wanted = std::env::var("ROLEBOOK_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(40);
    hold(&Theme::ALL, Size::Small, wanted, |case| honest(&case, &seen));
    let [rows, decisions] = *seen.borrow();
    assert!(rows > 2_000 && decisions > 2_000, "{rows} {decisions}");
}

#[test]
fn the_reviews_of_the_portals_say_what_the_evaluator_says() {
    for portal in [
        "amazon-business",
        "automico-b2b",
        "littlebig-connection",
        "partner-portal",
        "seller-central",
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(portal);
        let (mut sources, mut found) = (Sources::default(), Found::default());
        let policy = rolebook::project::find(&[folder], &mut sources, &mut found).remove(0);
        let parsed = policy
            .roles
            .iter()
            .map(|&file| parse::policy(file, sources.text(file), &mut found));
        let trees: Vec<_> = parsed.collect();
        let model = resolve::resolve(&trees, &mut found);
        let table = compile(check(&model, &found).expect("the portal has no errors"));
        let file = policy.facts[0];
        let yaml = yaml::read(file, sources.text(file), &mut found).expect("the facts are YAML");
        let facts = read::read(&yaml, table.model(), &mut found);
        let org = Org::new(&table, &facts);
        let seen = Review::new(&table, &org, crate::values::moment(2)).check();
        let [rows, decisions] = seen.unwrap_or_else(|wrong| panic!("{portal}: {wrong}"));
        assert!(rows > 60 && decisions > 60, "{portal}: {rows} {decisions}");
    }
}
