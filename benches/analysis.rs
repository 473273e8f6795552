//! What proofs cost: `cargo bench --bench analysis`.
//!
//! - `redundancy`: every rule of one permission's cell held against all others, for cells of growing size.
//! - `large`: a policy of 300 roles, 400 permissions and 3,000 rules: linted whole, and compared after one edit.

use std::fmt::Write;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rolebook::analyze::{Analysis, compare::compare, verdict::findings};
use rolebook::diagnostic::Found;
use rolebook::lint::{self, Levels};
use rolebook::model::{self, Model, resolve};
use rolebook::source::Sources;
use rolebook::syntax::{ast, parse};
use rolebook::table::{self, Table};

struct Policy {
    sources: Sources,
    trees: Vec<ast::File>,
    model: Model,
    table: Table,
}

fn policy(text: &str) -> Policy {
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let file = sources.add("generated.roles", text);
    let trees = vec![parse::policy(file, text, &mut found)];
    let model = resolve::resolve(&trees, &mut found);
    let table = table::compile(model::check(&model, &found).expect("the generated policy has no errors"));
    Policy {
        sources,
        trees,
        model,
        table,
    }
}

/// A small generator that gives the same numbers everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// One permission with so many rules, on some conditions each, of a fifth as many roles.
fn cell(rules: u64) -> String {
    let mut dice = Dice(7);
    let mut text = String::from(
        "account Shop { open: bool  big: bool }\nunit Team in Shop, Team { level: low | mid | high  busy: bool }\n\
         resource Order in Team { creator: user  assignee: users  amount: int  urgent: bool  actions view }\n",
    );
    let roles = (rules / 5).max(2);
    for role in 0..roles {
        let _ = writeln!(
            text,
            "role R{role} at {} {{",
            if role % 3 == 0 { "Shop" } else { "Team" }
        );
        for _ in 0..rules / roles {
            let _ = writeln!(text, "  can view Order{}", conditions(&mut dice));
        }
        text.push_str("}\n");
    }
    for _ in 0..(rules / 50).max(1) {
        let _ = writeln!(
            text,
            "nobody can view Order when resource.amount > {}",
            5_000 + dice.below(1_000)
        );
    }
    text
}

fn conditions(dice: &mut Dice) -> String {
    let one = |dice: &mut Dice| match dice.below(7) {
        0 => "shop.open".to_owned(),
        1 => "not shop.big".to_owned(),
        2 => format!("resource.amount < {}", dice.below(40) * 100),
        3 => format!("resource.amount > {}", dice.below(40) * 100),
        4 => format!("team.level is {}", ["low", "mid", "high"][dice.below(3) as usize]),
        5 => "resource.urgent".to_owned(),
        _ => "not team.busy".to_owned(),
    };
    let parts: Vec<String> = (0..1 + dice.below(3)).map(|_| one(dice)).collect();
    let relation = if dice.below(3) == 0 {
        " as creator or assignee"
    } else {
        ""
    };
    format!(
        "{relation} when {}",
        parts.join(if dice.below(3) == 0 { " or " } else { " and " })
    )
}

/// 300 roles, 400 permissions, 3,000 rules; `edit` is one more condition somewhere.
fn large(edit: bool) -> String {
    let mut dice = Dice(11);
    let mut text = String::from("account Shop { open: bool }\nunit Team in Shop, Team { busy: bool }\n");
    for ty in 0..80 {
        let _ = writeln!(
            text,
            "resource T{ty} in Team {{ creator: user  amount: int  flag: bool  actions view, edit, stop, pay, share  edit implies view }}"
        );
    }
    for role in 0..300 {
        let _ = writeln!(
            text,
            "role R{role} at {} {{",
            if role % 4 == 0 { "Shop" } else { "Team" }
        );
        for rule in 0..10 {
            let action = ["view", "edit", "stop", "pay", "share"][dice.below(5) as usize];
            let ty = dice.below(80);
            let condition = match dice.below(4) {
                0 => format!(" when resource.amount < {}", dice.below(20) * 50),
                1 => " as creator".to_owned(),
                2 => " unless team.busy".to_owned(),
                _ => String::new(),
            };
            let extra = if edit && role == 150 && rule == 5 {
                " when shop.open"
            } else {
                ""
            };
            let condition = if extra.is_empty() { condition } else { extra.to_owned() };
            let _ = writeln!(text, "  can {action} T{ty}{condition}");
        }
        text.push_str("}\n");
    }
    for ty in 0..20 {
        let _ = writeln!(text, "nobody can pay T{ty} unless resource.flag");
    }
    text
}

fn redundancy(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("redundancy");
    group.sample_size(10);
    for rules in [100, 1_000] {
        let policy = policy(&cell(rules));
        group.bench_with_input(
            BenchmarkId::from_parameter(format!("{rules} rules")),
            &policy,
            |bench, policy| {
                bench.iter(|| findings(&Analysis::new(black_box(&policy.table))).len());
            },
        );
    }
    group.finish();
}

fn whole(criterion: &mut Criterion) {
    let (old, new) = (policy(&large(false)), policy(&large(true)));
    let mut group = criterion.benchmark_group("large");
    group.sample_size(10);
    group.bench_function("lint", |bench| {
        bench.iter(|| {
            let mut found = Found::default();
            lint::policy(
                &old.model,
                Some(&old.table),
                &old.trees,
                &old.sources,
                &Levels::default(),
                &mut found,
            );
            found.sorted().len()
        });
    });
    group.bench_function("diff after one edit", |bench| {
        bench.iter(|| compare(black_box(&old.table), black_box(&new.table)).cells.len());
    });
    group.finish();
}

criterion_group!(benches, redundancy, whole);
criterion_main!(benches);
