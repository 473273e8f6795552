//! The access review as the program writes it: rows, files that are whole or not there, and the summary.
//!
//! That rows say what the evaluator says is held by `tests/oracle/audit.rs`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;

const NOW: &str = "2026-06-01T00:00Z";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn audit(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
    command
        .arg("audit")
        .args(args)
        .args(["--now", NOW])
        .current_dir(root())
        .env("COLUMNS", "400");
    command.output().unwrap()
}

fn out(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", err(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder of its own for a test.
fn folder(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("audit-{test}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Facts for the policy of these tests that make some megabytes of rows: so many users in each of 120 shops.
fn many(folder: &Path, each: usize) -> String {
    let (mut accounts, mut users) = ("accounts:\n".to_owned(), "users:\n".to_owned());
    for shop in 0..120 {
        let _ = writeln!(accounts, "  shop-{shop}: {{ is: Shop, loud: false }}");
        for user in 0..each {
            let _ = writeln!(
                users,
                "  user-{shop}-{user}: {{ in: shop-{shop}, roles: {{ Manager: shop-{shop} }} }}"
            );
        }
    }
    let file = folder.join("facts.yaml");
    fs::write(&file, accounts + &users).unwrap();
    file.to_str().unwrap().to_owned()
}

/// A row for a role given by hand, through a group, until a day, by default, by derivation; for a custom role and a single
/// grant; by rules for everyone and anyone.
#[test]
fn every_kind_of_reason_makes_rows() {
    let rows = out(&audit(&["tests/audit"]));
    assert_eq!(rows, fs::read_to_string(root().join("tests/audit/rows.csv")).unwrap());
}

type Row = Vec<(String, String)>;

/// The rows of a table in CSV, each a list of names and values.
fn csv_rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heading = reader.headers().unwrap().clone();
    let row = |row: csv::StringRecord| {
        let cells = heading.iter().zip(row.iter());
        cells.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn json_rows(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        let cells = object.into_iter();
        cells
            .map(|(name, value)| (name, value.as_str().unwrap().to_owned()))
            .collect()
    };
    text.lines().map(row).collect()
}

fn parquet_rows(bytes: Vec<u8>) -> Vec<Row> {
    let file = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let row = |row: parquet::record::Row| {
        let cells = row.get_column_iter();
        let cell = |(name, value): (&String, &Field)| match value {
            Field::Str(text) => (name.clone(), text.clone()),
            other => panic!("{name}: {other}"),
        };
        cells.map(cell).collect()
    };
    file.get_row_iter(None)
        .unwrap()
        .map(|read| row(read.unwrap()))
        .collect()
}

#[test]
fn all_formats_say_the_same() {
    let asked = ["tests/audit", "--format"];
    let written = |format: &str| audit(&[&asked[..], &[format]].concat());
    let csv = out(&written("csv"));
    let rows = csv_rows(&csv);
    assert_eq!(csv, out(&audit(&["tests/audit"])));
    assert_eq!(rows, json_rows(&out(&written("jsonl"))));
    assert_eq!(rows, parquet_rows(written("parquet").stdout));
    let odd = ("user".to_owned(), "eve \"the\", boss\t\u{e9}\n".to_owned());
    assert!(rows.iter().any(|row| row[1] == odd), "{csv}");
}

#[test]
fn the_name_of_a_file_tells_its_format() {
    let folder = folder("named");
    let read = |name: &str| {
        let file = folder.join(name);
        out(&audit(&["tests/audit", "--output", file.to_str().unwrap()]));
        fs::read(file).unwrap()
    };
    let rows = csv_rows(&String::from_utf8(read("rows.csv")).unwrap());
    assert_eq!(rows, json_rows(&String::from_utf8(read("rows.JSONL")).unwrap()));
    assert_eq!(rows, parquet_rows(read("rows.parquet")));
    assert_eq!(read("rows.txt"), read("rows.csv"));
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["rows.JSONL", "rows.csv", "rows.parquet", "rows.txt"]);
}

#[test]
fn accounts_are_chosen_by_id() {
    let all = out(&audit(&["tests/audit"]));
    let rome = out(&audit(&["tests/audit", "--account", "rome"]));
    let of_rome =
        |line: &&str| line.starts_with("rome,") || line.starts_with(",anyone") || line.starts_with("account,");
    let kept: Vec<&str> = all.split_inclusive('\n').filter(of_rome).collect();
    assert!(rome.starts_with(&kept.concat()));
    let unknown = audit(&["tests/audit", "--account", "roma"]);
    assert_eq!(unknown.status.code(), Some(3));
    assert!(
        err(&unknown).contains("there is no account `roma`"),
        "{}",
        err(&unknown)
    );
    assert!(err(&unknown).contains("did you mean `rome`?"));
    assert!(unknown.stdout.is_empty());
}

#[test]
fn the_summary_counts() {
    let summary = out(&audit(&["tests/audit", "--summary"]));
    assert_eq!(
        summary,
        fs::read_to_string(root().join("tests/audit/summary.txt")).unwrap()
    );
    let json: serde_json::Value =
        serde_json::from_str(&out(&audit(&["tests/audit", "--summary", "--format", "jsonl"]))).unwrap();
    let rows = out(&audit(&["tests/audit"]));
    let saying = |word: &str| rows.lines().filter(|line| line.contains(&format!(",{word},"))).count();
    assert_eq!(json["allowed"], saying("allow"));
    assert_eq!(json["depending"], saying("depends"));
    assert_eq!(json["denied"]["ended"], 11);
    assert_eq!(
        audit(&["tests/audit", "--summary", "--format", "csv"]).status.code(),
        Some(2)
    );
}

#[test]
fn a_file_is_whole_or_not_there() {
    let folder = folder("whole");
    let file = folder.join("rows.csv");
    let output = audit(&["tests/audit", "--output", file.to_str().unwrap()]);
    assert_eq!((out(&output), err(&output)), (String::new(), String::new()));
    assert_eq!(fs::read_to_string(&file).unwrap(), out(&audit(&["tests/audit"])));
    let names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["rows.csv"]);
    let nowhere = folder.join("none/rows.csv");
    let output = audit(&["tests/audit", "--output", nowhere.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        err(&output).contains("cannot be written: its folder does not exist"),
        "{}",
        err(&output)
    );
}

/// The file system takes so many kilobytes and no more.
#[cfg(unix)]
fn audit_within(blocks: u32, args: &[&str]) -> Output {
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command
        .args(["-c", &limited, env!("CARGO_BIN_EXE_rolebook"), "audit"])
        .args(args)
        .current_dir(root())
        .env("COLUMNS", "400");
    command.output().unwrap()
}

#[cfg(unix)]
#[test]
fn work_that_breaks_off_goes_on() {
    let folder = folder("resume");
    let facts = many(&folder, 40);
    let (whole, file) = (folder.join("whole.csv"), folder.join("rows.csv"));
    let (partial, journal) = (folder.join("rows.csv.partial"), folder.join("rows.csv.journal"));
    let asked = ["tests/audit", "-f", &facts, "--output"];
    out(&audit(&[&asked[..], &[whole.to_str().unwrap()]].concat()));
    let to_file = [&asked[..], &[file.to_str().unwrap(), "--now", NOW]].concat();
    let broken = audit_within(1200, &to_file);
    assert_eq!(broken.status.code(), Some(3));
    assert!(
        err(&broken).contains("rows.csv` cannot be written: File too large"),
        "{}",
        err(&broken)
    );
    assert!(
        err(&broken).contains("`--resume` goes on from there"),
        "{}",
        err(&broken)
    );
    assert!(!file.exists());
    let before = fs::read_to_string(&journal).unwrap();
    assert!(before.lines().count() > 3, "{before}");
    // Another audit does not go on with it, and leaves it alone.
    let resume = [file.to_str().unwrap(), "--resume"];
    let foreign = audit(&[&asked[..], &resume, &["--account", "shop-1"]].concat());
    assert_eq!(foreign.status.code(), Some(3));
    assert!(err(&foreign).contains("is of another audit"), "{}", err(&foreign));
    assert_eq!(fs::read_to_string(&journal).unwrap(), before);
    // What stands behind the last account that is complete is cut off, also half a line of the journal; the moment is kept.
    fs::write(
        &partial,
        fs::read(&partial)
            .unwrap()
            .into_iter()
            .chain(*b"half a row")
            .collect::<Vec<u8>>(),
    )
    .unwrap();
    fs::write(&journal, before + "12").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
    let resumed = command
        .arg("audit")
        .args(asked)
        .args(resume)
        .current_dir(root())
        .env("COLUMNS", "400")
        .output()
        .unwrap();
    out(&resumed);
    assert!(fs::read(&file).unwrap() == fs::read(&whole).unwrap());
    assert!(!partial.exists() && !journal.exists());
}

/// A Parquet file has its directory at its end, so that work goes on behind parts, of which one file is made.
#[cfg(unix)]
#[test]
fn parts_of_a_parquet_file_are_joined() {
    let folder = folder("parts");
    let facts = many(&folder, 250);
    let (whole, file) = (folder.join("whole.parquet"), folder.join("rows.parquet"));
    let parts = folder.join("rows.parquet.parts");
    let asked = ["tests/audit", "-f", &facts, "--output"];
    out(&audit(&[&asked[..], &[whole.to_str().unwrap()]].concat()));
    let whole = fs::read(whole).unwrap();
    let broken = audit_within(
        u32::try_from(whole.len() / 1024).unwrap(),
        &[&asked[..], &[file.to_str().unwrap(), "--now", NOW]].concat(),
    );
    assert_eq!(broken.status.code(), Some(3));
    assert!(
        err(&broken).contains("rows.parquet.parts`; `--resume` goes on"),
        "{}",
        err(&broken)
    );
    assert!(!file.exists());
    let journal = fs::read_to_string(folder.join("rows.parquet.journal")).unwrap();
    let done = journal.lines().count() - 2;
    assert!((20..100).contains(&done), "{done} of 120 accounts were done");
    out(&audit(&[&asked[..], &[file.to_str().unwrap(), "--resume"]].concat()));
    assert!(fs::read(&file).unwrap() == whole);
    assert!(!parts.exists() && !folder.join("rows.parquet.journal").exists());
    let metadata = SerializedFileReader::new(bytes::Bytes::from(whole)).unwrap();
    let metadata = metadata.metadata();
    assert!(metadata.num_row_groups() > 3);
    assert_eq!(metadata.file_metadata().num_rows(), 120 * 250 * 12 + 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    use std::os::unix::fs::FileTypeExt as _;
    let full = audit(&["tests/audit", "--output", "/dev/full"]);
    assert_eq!(full.status.code(), Some(3));
    assert!(
        err(&full).contains("`/dev/full` cannot be written: No space left on device"),
        "{}",
        err(&full)
    );
    assert!(fs::metadata("/dev/full").unwrap().file_type().is_char_device());
    for format in ["csv", "jsonl", "parquet"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
        command
            .args(["audit", "tests/audit", "--format", format])
            .current_dir(root())
            .env("COLUMNS", "400");
        let full = command
            .stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap())
            .output()
            .unwrap();
        assert_eq!(full.status.code(), Some(3));
        assert!(
            err(&full).contains("`standard output` cannot be written: No space left on device"),
            "{}",
            err(&full)
        );
    }
}

#[test]
fn a_reader_may_leave() {
    let folder = folder("pipe");
    let facts = many(&folder, 40);
    for (format, start) in [("csv", b"acco"), ("jsonl", b"{\"ac"), ("parquet", b"PAR1")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
        command
            .args(["audit", "tests/audit", "-f", &facts, "--format", format])
            .current_dir(root())
            .env("COLUMNS", "400");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 4];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()));
        assert_eq!(&first, start);
    }
}

#[test]
fn without_an_organisation_there_is_no_review() {
    let folder = folder("none");
    fs::write(
        folder.join("shop.roles"),
        "account Shop { actions view }\nrole Clerk at Shop { can view Shop }\n",
    )
    .unwrap();
    let output = audit(&[folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        err(&output).contains("an audit is about an organisation, and there is none"),
        "{}",
        err(&output)
    );
}

/// `in T` of a rule for everyone is also about an account that lies in a T: it looks outward, over the border.
#[test]
fn what_everyone_can_in_a_place_reaches_the_accounts_inside() {
    let folder = folder("inside");
    let policy = "account Firm { }\nunit Team in Firm { }\naccount Lab in Team { actions view }\neveryone can view Lab in Team\n";
    let facts = "accounts: { firm: { is: Firm }, lab: { is: Lab, in: team } }\nunits: { team: { is: Team, in: firm } }\nusers: { ann: { in: lab } }\n";
    fs::write(folder.join("firm.roles"), policy).unwrap();
    fs::write(folder.join("facts.yaml"), facts).unwrap();
    let rows = out(&audit(&[folder.to_str().unwrap()]));
    assert!(
        rows.contains("\nlab,ann,lab,everyone,view Lab,in Team,allow,\n"),
        "{rows}"
    );
}

/// FAULTS E10: the facts' own moment is told, and `--now` wins over it.
#[test]
fn the_moment_that_is_asked_for_wins_over_that_of_the_facts() {
    let folder = folder("moment");
    let policy = "account Shop { }\nresource Doc in Shop { actions view }\nrole Clerk at Shop { can view Doc }\n";
    let facts = "context: { now: 2021-06-01T00:00Z }\naccounts: { acme: { is: Shop } }\nresources: { d: { is: Doc, in: acme } }\nusers: { ann: { in: acme, roles: { Clerk: { at: acme, until: 2021-12-31 } } } }\n";
    fs::write(folder.join("shop.roles"), policy).unwrap();
    fs::write(folder.join("facts.yaml"), facts).unwrap();
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
        let output = command.args(args).current_dir(&folder).output().unwrap();
        out(&output) + &err(&output)
    };
    let (own, later) = ("as of 2021-06-01", "as of 2022-01-01T00:00:00Z, in place of 2021-06-01");
    let sentence = "can ann view d";
    let told = run(&["ask", "-p", "shop.roles", "-f", "facts.yaml", sentence]);
    assert!(
        told.contains("allow: ann can view Doc d") && told.contains(own),
        "{told}"
    );
    let at = ["--now", "2022-01-01T00:00Z"];
    let told = run(&["ask", "-p", "shop.roles", "-f", "facts.yaml", at[0], at[1], sentence]);
    assert!(told.contains("deny: ann cannot") && told.contains(later), "{told}");
    let told = run(&["audit", "."]);
    assert!(told.contains(",view Doc,") && told.contains(own), "{told}");
    let told = run(&["audit", ".", "--now", "2022-01-01T00:00Z"]);
    assert!(!told.contains(",view Doc,") && told.contains(later), "{told}");
}
