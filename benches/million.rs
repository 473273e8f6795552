//! An organisation of a million users: `cargo bench --bench million` (another number of users: `-- 100000`).
//!
//! Tables are written to a temporary folder: 1 M users, 100 k places in trees of depth 6, 2 M resources, 4 M holdings,
//! 10 k groups. Then, each on a line of its own: loading them, the index, the memory that stays, decisions at random,
//! reverse questions with the most answers up to a thousand, the access review, and a snapshot. Medians; every answer of a
//! reverse question is held against decisions one by one before its time is told.

#![allow(clippy::print_stdout, reason = "what it finds is told on the terminal")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the numbers are small and told in short"
)]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rolebook::audit::{self, Audit, Rows};
use rolebook::diagnostic::Found;
use rolebook::eval::org::Org;
use rolebook::eval::{Request, Target, candidates, decide};
use rolebook::facts::Facts;
use rolebook::facts::tables::{self, Format, Input, Kind};
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{NodeId, UserId, Value};
use rolebook::model::{self, resolve};
use rolebook::project;
use rolebook::snapshot;
use rolebook::source::{FileId, Sources};
use rolebook::syntax::parse;
use rolebook::table::{self, Table};

const POLICY: &str = "
account Company
unit Unit in Company, Unit { frozen: bool = false }
resource Document in Unit { secret: bool = false  actions view, edit, share }
role Viewer at Unit { can view Document unless resource.secret }
role Editor at Unit { can view, edit Document }
role Manager at Unit { can do everything on Document }
role Auditor at Company { can view Document }
nobody can edit Document when unit.frozen
";

/// Places of one company: a tree in which every unit has so many below it.
const FAN: u64 = 4;
const UNITS: u64 = 1_000;

/// The units of the third level, with about fifteen units each.
const FIRST_DEPARTMENT: u64 = 21;
const DEPARTMENTS: u64 = 64;

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

fn main() -> io::Result<()> {
    let users = std::env::args()
        .skip(1)
        .find_map(|arg| arg.parse().ok())
        .unwrap_or(1_000_000);
    let folder = std::env::temp_dir().join(format!("rolebook-million-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let rows = write(&folder, users)?;
    let result = measure(&folder, rows);
    fs::remove_dir_all(&folder)?;
    result
}

/// Writes the tables; how many rows they have.
fn write(folder: &Path, users: u64) -> io::Result<u64> {
    let mut dice = Dice(3);
    let companies = (users / 10_000).max(1);
    let table = |name: &str| File::create(folder.join(name)).map(|file| BufWriter::with_capacity(1 << 20, file));
    let mut nodes = table("nodes.csv")?;
    writeln!(nodes, "id,type,in,secret")?;
    for company in 0..companies {
        writeln!(nodes, "c{company},Company,,")?;
        for unit in 0..UNITS {
            match unit {
                0 => writeln!(nodes, "u{company}-0,Unit,c{company},")?,
                _ => writeln!(nodes, "u{company}-{unit},Unit,u{company}-{},", (unit - 1) / FAN)?,
            }
        }
    }
    for document in 0..users * 2 {
        let (company, unit) = (dice.below(companies), dice.below(UNITS));
        let secret = if dice.below(20) == 0 { "true" } else { "" };
        writeln!(nodes, "d{document},Document,u{company}-{unit},{secret}")?;
    }
    let mut people = table("users.csv")?;
    writeln!(people, "id,in")?;
    let mut holdings = table("holdings.csv")?;
    writeln!(holdings, "to,role,at")?;
    for user in 0..users {
        let company = user % companies;
        writeln!(people, "p{user},c{company}")?;
        for number in 0..4 {
            let role = ["Viewer", "Viewer", "Editor", "Manager"][dice.below(4) as usize];
            let unit = place(user / companies, number, &mut dice);
            writeln!(holdings, "p{user},{role},u{company}-{unit}")?;
        }
    }
    let groups = users / 100;
    let (mut named, mut members) = (table("groups.csv")?, table("members.csv")?);
    writeln!(named, "id,in")?;
    writeln!(members, "group,member")?;
    for group in 0..groups {
        let company = group % companies;
        writeln!(named, "g{group},c{company}")?;
        for _ in 0..20 {
            writeln!(
                members,
                "g{group},p{}",
                company + companies * dice.below(users / companies)
            )?;
        }
        writeln!(
            holdings,
            "group:g{group},Viewer,u{company}-{}",
            300 + dice.below(UNITS - 300)
        )?;
    }
    for mut table in [nodes, people, holdings, named, members] {
        table.flush()?;
    }
    Ok(companies * (UNITS + 1) + users * 7 + groups * 22)
}

/// Where somebody of a company has one of his roles: deep places are the most, and have few people each; one in eleven has
/// one at the first department, and one in a hundred at several, with some three hundred documents each.
fn place(member: u64, number: u64, dice: &mut Dice) -> u64 {
    match (member % 11, member % 100, number) {
        (0, _, 0) => FIRST_DEPARTMENT,
        (_, 1, 0..3) => FIRST_DEPARTMENT + dice.below(DEPARTMENTS),
        _ => 300 + dice.below(UNITS - 300),
    }
}

fn measure(folder: &Path, rows: u64) -> io::Result<()> {
    let before = resident();
    let mut sources = Sources::default();
    let table = compiled(&mut sources);
    let start = Instant::now();
    let facts = load(folder, &table, &mut sources);
    let loading = start.elapsed();
    let start = Instant::now();
    let org = Org::new(&table, &facts);
    let indexing = start.elapsed();
    println!(
        "{} users, {} nodes, {} holdings, {} groups",
        facts.users.len(),
        facts.nodes.len(),
        facts.holdings.len(),
        facts.groups.len()
    );
    println!(
        "load: {rows} rows in {loading:.2?}, {:.2} M a second",
        rows as f64 / loading.as_secs_f64() / 1e6
    );
    println!("index: {indexing:.2?}");
    println!(
        "memory: {} MB stay, {} MB at most",
        (resident() - before) >> 20,
        most() >> 20
    );
    decisions(&table, &org);
    reverse(&table, &org);
    review(&table, &org, folder)?;
    snapshot(&table, &org, &sources, (folder, loading + indexing))
}

/// Writes the access review in each format, with all that stands before its first row.
fn review(table: &Table, org: &Org<'_>, folder: &Path) -> io::Result<()> {
    for format in [audit::Format::Csv, audit::Format::Jsonl, audit::Format::Parquet] {
        let path = folder.join("review");
        let start = Instant::now();
        let audit = Audit::new(table, org, Value::Missing, format);
        let mut rows = Rows::new(format, File::create(&path)?)?;
        audit.opening(&mut rows)?;
        for &account in audit.accounts() {
            audit.account(account, &mut rows, &mut |_| {})?;
        }
        let count = rows.rows();
        rows.finish()?;
        let took = start.elapsed();
        println!(
            "audit, {}: {count} rows, {} MB in {took:.2?}, {:.2} M rows a second",
            format.name(),
            fs::metadata(&path)?.len() >> 20,
            count as f64 / took.as_secs_f64() / 1e6
        );
        fs::remove_file(path)?;
    }
    Ok(())
}

/// Saves all and opens it again, to the first answer.
fn snapshot(table: &Table, org: &Org<'_>, sources: &Sources, (folder, loaded): (&Path, Duration)) -> io::Result<()> {
    let path = folder.join("all.snapshot");
    let policy: Vec<FileId> = sources.files().take(1).collect();
    let start = Instant::now();
    snapshot::save(&policy, sources, table.model(), org, &mut fs::File::create(&path)?)?;
    let (saving, size) = (start.elapsed(), fs::metadata(&path)?.len() >> 20);
    let start = Instant::now();
    let mut found = Found::default();
    let opened = project::snapshot(&path, &mut found).expect("it is whole");
    let trees = opened
        .policy
        .iter()
        .map(|&file| parse::policy(file, opened.sources.text(file), &mut found));
    let model = resolve::resolve(&trees.collect::<Vec<_>>(), &mut found);
    let table = table::compile(model::check(&model, &found).expect("the policy has no errors"));
    let (facts, index) = opened.organisation(&model).expect("it is of this version");
    let decoding = start.elapsed();
    let again = Org::with(&table, &facts, index).expect("it is for these facts");
    let opening = start.elapsed();
    let requests = requests(&table, org);
    let alike = |request: &&Request<'_>| decide(&table, org, request) == decide(&table, &again, request);
    assert_eq!(requests.iter().filter(alike).count(), requests.len());
    println!(
        "snapshot: {size} MB saved in {saving:.2?}, opened in {opening:.2?} ({decoding:.2?} to decode it), a {:.1}th of the load",
        loaded.as_secs_f64() / opening.as_secs_f64()
    );
    Ok(())
}

fn compiled(sources: &mut Sources) -> Table {
    let mut found = Found::default();
    let file = sources.add("policy.roles", POLICY);
    let tree = parse::policy(file, POLICY, &mut found);
    let model = resolve::resolve(&[tree], &mut found);
    table::compile(model::check(&model, &found).expect("the policy has no errors"))
}

fn load(folder: &Path, table: &Table, sources: &mut Sources) -> Facts {
    let inputs: Vec<Input<'_>> = Kind::ALL.into_iter().filter_map(|kind| input(folder, kind)).collect();
    let mut found = Found::default();
    let facts = tables::read(&inputs, table.model(), sources, &mut found);
    assert!(!found.has_errors(), "{:?}", found.sorted().first());
    facts
}

fn input(folder: &Path, kind: Kind) -> Option<Input<'static>> {
    let path: PathBuf = folder.join(format!("{}.csv", kind.name()));
    path.exists().then(|| Input {
        name: kind.name().to_owned(),
        kind,
        format: Format::Csv,
        open: Box::new(move || Ok(Box::new(File::open(&path)?) as Box<dyn Read + Send>)),
    })
}

fn permission(table: &Table, wanted: &str) -> PermId {
    let model = table.model();
    let named = |permission| match permission {
        Permission::Act {
            ty,
            action,
            field: None,
        } => model.ty(ty).actions[action].name == wanted,
        _ => false,
    };
    let mut all = model.permissions.iter();
    all.find(|(_, permission)| named(*permission))
        .expect("it is declared")
        .0
}

fn request<'a>(org: &'a Org<'_>, user: UserId, permission: PermId, node: NodeId) -> Request<'a> {
    Request {
        user: Some(user),
        permission,
        target: Target::node(node),
        recipient: None,
        context: &[],
        given: &[],
        pool: &org.facts.pool,
    }
}

/// Requests at random: one in two about a document that lies where the user holds something.
fn requests<'a>(table: &Table, org: &'a Org<'_>) -> Vec<Request<'a>> {
    let mut dice = Dice(17);
    let ty = org.facts.nodes[org.facts.nodes.len() - 1].ty;
    let permissions = ["view", "edit", "share"].map(|name| permission(table, name));
    let all = org.reverse().nodes_of(ty);
    (0..400_000)
        .map(|ix| {
            let user = UserId(dice.below(org.facts.users.len() as u64) as u32);
            let entries = org.entries(user);
            let near = org
                .reverse()
                .nodes_in(org, ty, entries[dice.below(entries.len() as u64) as usize].node);
            let from = if ix % 2 == 0 && !near.is_empty() { near } else { all };
            let node = from[dice.below(from.len() as u64) as usize];
            request(org, user, permissions[dice.below(3) as usize], node)
        })
        .collect()
}

fn decisions(table: &Table, org: &Org<'_>) {
    let requests = requests(table, org);
    let mut allowed = 0;
    let time = median(|| {
        allowed = requests
            .iter()
            .filter(|request| decide(table, org, black_box(request)))
            .count()
    });
    let each = time.as_nanos() as f64 / requests.len() as f64;
    println!(
        "decide: {each:.0} ns at random among all ({} % allowed)",
        allowed * 100 / requests.len()
    );
    let work = || {
        requests
            .iter()
            .filter(|request| decide(table, org, black_box(request)))
            .count()
    };
    let two = median(|| {
        std::thread::scope(|scope| {
            scope.spawn(work);
            black_box(work());
        });
    });
    println!(
        "two threads: {:.2} times as many decisions as one",
        2.0 * time.as_secs_f64() / two.as_secs_f64()
    );
}

fn reverse(table: &Table, org: &Org<'_>) {
    let view = permission(table, "view");
    let ty = org.facts.nodes[org.facts.nodes.len() - 1].ty;
    let documents = org.reverse().nodes_of(ty);
    let allowed = |user: UserId, node: NodeId| decide(table, org, &request(org, user, view, node));
    let who = |node: NodeId| -> Vec<UserId> {
        let candidates = candidates::callers(table, org, &request(org, UserId(0), view, node)).expect("a list");
        candidates.into_iter().filter(|&user| allowed(user, node)).collect()
    };
    let node = most_answers(documents.iter().copied(), |node| who(node).len());
    let everyone: Vec<UserId> = org.facts.user_ids().filter(|&user| allowed(user, node)).collect();
    assert_eq!(who(node), everyone);
    println!(
        "who can: {} answers in {:.2?}",
        everyone.len(),
        median(|| drop(black_box(who(node))))
    );
    let which = |user: UserId| -> Vec<NodeId> {
        let candidates = candidates::nodes(table, org, user, view, ty).expect("a list");
        candidates.into_iter().filter(|&node| allowed(user, node)).collect()
    };
    let user = most_answers(org.facts.user_ids(), |user| which(user).len());
    let all: Vec<NodeId> = documents.iter().copied().filter(|&node| allowed(user, node)).collect();
    assert_eq!(which(user), all);
    println!(
        "which: {} answers in {:.2?}",
        all.len(),
        median(|| drop(black_box(which(user))))
    );
}

/// Of some of all, taken at even distances, the one with the most answers, but not more than a thousand.
fn most_answers<T: Copy>(all: impl Iterator<Item = T>, answers: impl Fn(T) -> usize) -> T {
    let counted = all.step_by(997).map(|one| (one, answers(one)));
    let few = counted.filter(|(_, answers)| *answers <= 1_000);
    few.max_by_key(|(_, answers)| *answers).expect("there is one").0
}

/// The median of eleven runs.
fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..11)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[5]
}

/// Bytes of memory in use, where the system tells.
fn resident() -> u64 {
    status("VmRSS:")
}

fn most() -> u64 {
    status("VmHWM:")
}

fn status(key: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) << 10
}
