//! Rows of the access review a second: `cargo bench --bench audit`.
//!
//! An organisation of Littlebig Connection's policy, which has conditions and prohibitions for everybody: enterprises with
//! entities, users with a role at one or two of them. Medians of nine runs: rows made and thrown away, and written to a
//! file beside the build.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use rolebook::audit::{Audit, Format, Rows};
use rolebook::diagnostic::Found;
use rolebook::eval::org::Org;
use rolebook::facts::read;
use rolebook::model::value::clock;
use rolebook::model::{self, resolve};
use rolebook::source::Sources;
use rolebook::syntax::parse;
use rolebook::table;
use rolebook::yaml;

const ENTERPRISES: usize = 20;
const ENTITIES: usize = 20;
const USERS: usize = 1_000;

fn organisation() -> String {
    let (mut accounts, mut units, mut users) = ("accounts:\n".to_owned(), "units:\n".to_owned(), "users:\n".to_owned());
    let roles = ["Manager", "Lead", "Operational", "EntityAdmin"];
    for enterprise in 0..ENTERPRISES {
        let _ = writeln!(
            accounts,
            "  e{enterprise}: {{ is: Enterprise, negotiation: {} }}",
            enterprise % 2 == 0
        );
        for entity in 0..ENTITIES {
            let _ = writeln!(units, "  u{enterprise}-{entity}: {{ is: Entity, in: e{enterprise} }}");
        }
        for user in 0..USERS {
            let at = |step: usize| format!("u{enterprise}-{}", (user * 7 + step) % ENTITIES);
            let role = |step: usize| roles[(user + step) % roles.len()];
            let held = format!("{}: {}, {}: {}", role(0), at(0), role(1), at(1));
            let _ = writeln!(
                users,
                "  person-{enterprise}-{user}: {{ in: e{enterprise}, roles: {{ {held} }} }}"
            );
        }
    }
    accounts + &units + &users
}

fn write(audit: &Audit<'_>, format: Format, to: impl Write + Send + 'static) -> io::Result<(u64, u64)> {
    let bytes = Arc::default();
    let counted = Counted {
        to,
        bytes: Arc::clone(&bytes),
    };
    let mut rows = Rows::new(format, counted)?;
    audit.opening(&mut rows)?;
    for &account in audit.accounts() {
        audit.account(account, &mut rows, &mut |_| {})?;
    }
    let count = rows.rows();
    rows.finish()?;
    Ok((count, bytes.load(Relaxed)))
}

/// What is written to, with how many bytes came.
struct Counted<W> {
    to: W,
    bytes: Arc<AtomicU64>,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.fetch_add(bytes.len() as u64, Relaxed);
        self.to.write_all(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..9)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

#[expect(clippy::print_stdout, reason = "a benchmark prints")]
fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/littlebig-connection");
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let policy = rolebook::project::find(&[folder], &mut sources, &mut found).remove(0);
    let parsed = policy
        .roles
        .iter()
        .map(|&file| parse::policy(file, sources.text(file), &mut found));
    let trees: Vec<_> = parsed.collect();
    let model = resolve::resolve(&trees, &mut found);
    let table = table::compile(model::check(&model, &found).expect("the portal has no errors"));
    let text = organisation();
    let file = sources.add("facts.yaml", text.as_str());
    let yaml = yaml::read(file, &text, &mut found).expect("the facts are YAML");
    let facts = read::read(&yaml, table.model(), &mut found);
    let org = Org::new(&table, &facts);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("audit.rows");
    for format in [Format::Csv, Format::Jsonl, Format::Parquet] {
        let preparing = median(|| drop(Audit::new(&table, &org, clock(), format)));
        let audit = Audit::new(&table, &org, clock(), format);
        let (rows, bytes) = write(&audit, format, io::sink()).expect("nothing is written");
        let made = median(|| drop(write(&audit, format, io::sink())));
        let written = median(|| drop(File::create(&path).and_then(|file| write(&audit, format, file))));
        let rate = |time: Duration| rows as f64 / time.as_secs_f64() / 1e6;
        println!(
            "{format:?}: {} users, {rows} rows, {} MB; prepared in {preparing:.1?}; {:.1} M rows/s made, {:.1} M rows/s written to a file",
            facts.users.len(),
            bytes / 1_000_000,
            rate(made),
            rate(written)
        );
    }
    let _ = fs::remove_file(path);
}
