//! The numbers that the README quotes: `cargo bench`.
//!
//! - `decide`: one decision on the littlebig organisation, over a mix of users, permissions and targets.
//! - `compile`: parse, resolve and compile generated policies of growing size; the times should grow as the sizes.
//! - `lint`: the whole process on all five portals.

use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rolebook::diagnostic::Found;
use rolebook::eval::org::Org;
use rolebook::eval::{Request, Target, decide};
use rolebook::facts::{Facts, read};
use rolebook::model::permission::Permission;
use rolebook::model::value::{Value, parse_datetime};
use rolebook::model::{self, resolve};
use rolebook::source::Sources;
use rolebook::syntax::parse;
use rolebook::table::{self, Table};
use rolebook::yaml;

fn littlebig() -> (Table, Facts) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/littlebig-connection");
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let policy = rolebook::project::find(&[folder], &mut sources, &mut found).remove(0);
    let trees: Vec<_> = policy
        .roles
        .iter()
        .map(|&file| parse::policy(file, sources.text(file), &mut found))
        .collect();
    let model = resolve::resolve(&trees, &mut found);
    let table = table::compile(model::check(&model, &found).expect("the portal has no errors"));
    let file = policy.facts[0];
    let yaml = yaml::read(file, sources.text(file), &mut found).expect("the facts are YAML");
    let facts = read::read(&yaml, table.model(), &mut found);
    (table, facts)
}

/// Every user, ordinary permission and listed node of its type; what is created is not listed yet.
fn requests<'a>(table: &Table, org: &'a Org<'_>, context: &'a [Value]) -> Vec<Request<'a>> {
    let mut requests = Vec::new();
    for user in org.facts.user_ids() {
        for (permission, what) in table.model().permissions.iter() {
            let Permission::Act {
                ty,
                action,
                field: None,
            } = what
            else {
                continue;
            };
            if table.model().ty(ty).actions[action].creating {
                continue;
            }
            for node in org.facts.node_ids().filter(|&node| org.ty(node) == ty) {
                let (target, pool) = (Target::node(node), &org.facts.pool);
                requests.push(Request {
                    user: Some(user),
                    permission,
                    target,
                    recipient: None,
                    context,
                    given: &[],
                    pool,
                });
            }
        }
    }
    requests
}

fn decisions(criterion: &mut Criterion) {
    let (table, facts) = littlebig();
    let org = Org::new(&table, &facts);
    let mut context = vec![Value::Missing; table.model().context.len()];
    context[0] = parse_datetime("2026-11-22T12:00Z").expect("a datetime");
    let requests = requests(&table, &org, &context);
    let mut group = criterion.benchmark_group("decide");
    group.throughput(Throughput::Elements(requests.len() as u64));
    group.bench_function(format!("littlebig, {} requests", requests.len()), |bench| {
        bench.iter(|| {
            requests
                .iter()
                .filter(|request| decide(&table, &org, black_box(request)))
                .count()
        });
    });
    group.finish();
}

/// A policy of `roles` roles with twenty rules each.
fn generated(roles: usize) -> String {
    let mut text = String::from("account Shop {}\nunit Area in Shop, Area { open: bool = true }\n");
    for ty in 0..100 {
        let _ = writeln!(
            text,
            "resource Thing{ty} in Area {{ owner: user? actions view, edit, stop, renew\n edit implies view }}"
        );
    }
    for role in 0..roles {
        let extends = if role % 10 == 0 {
            String::new()
        } else {
            format!(" extends Role{}", role - 1)
        };
        let extends = if role % 10 < 3 { extends } else { String::new() };
        let _ = writeln!(text, "role Role{role} at Area{extends} {{");
        for rule in 0..20 {
            let (action, ty) = (["view", "edit", "stop", "renew"][rule % 4], (role * 7 + rule) % 100);
            let terms = ["", "only here", "as owner", "unless area.open"][(role + rule) % 4];
            let _ = writeln!(text, "  can {action} Thing{ty} {terms}");
        }
        text.push_str("}\n");
    }
    text
}

fn compile(text: &str) -> Table {
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let file = sources.add("generated.roles", text);
    let trees = [parse::policy(file, text, &mut found)];
    let model = resolve::resolve(&trees, &mut found);
    table::compile(model::check(&model, &found).expect("the generated policy has no errors"))
}

fn compilation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    group.sample_size(10);
    for roles in [125, 250, 500, 1000] {
        let text = generated(roles);
        group.throughput(Throughput::Elements(roles as u64 * 20));
        group.bench_with_input(BenchmarkId::new("rules", roles * 20), &text, |bench, text| {
            bench.iter(|| compile(text))
        });
    }
    group.finish();
}

fn lint(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lint");
    group.sample_size(20);
    group.bench_function("five portals, whole process", |bench| {
        bench.iter(|| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
            command
                .args(["lint", "policies"])
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .output()
        });
    });
    group.finish();
}

criterion_group!(benches, decisions, compilation, lint);
criterion_main!(benches);
