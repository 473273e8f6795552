//! Snapshots: what is opened answers as what was saved, and what is not whole is refused.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rolebook::snapshot::{self, VERSION};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rolebook(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
    command.args(args).current_dir(root()).env("COLUMNS", "100");
    command.output().unwrap()
}

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// A folder of its own for a test.
fn folder(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("snapshot-{test}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// A snapshot of a policy with an organisation.
fn saved(test: &str, args: &[&str]) -> String {
    let file = folder(test).join("all.snapshot").to_str().unwrap().to_owned();
    let (code, out, err) = told(&rolebook(&[&["snapshot"], args, &[&file]].concat()));
    assert_eq!((code, out.as_str(), err.as_str()), (Some(0), "", ""));
    file
}

#[test]
fn portals_answer_alike() {
    for (portal, sentences) in [
        (
            "littlebig-connection",
            ["who can view Tender in paris", "what can oz do in paris"],
        ),
        ("automico-b2b", ["which roles can view Order", "what can anyone do"]),
    ] {
        let policy = format!("policies/{portal}");
        let file = saved(portal, &["-p", &policy]);
        for sentence in sentences {
            let now = ["--now", "2026-06-01T00:00Z"];
            let [plain, kept] = [&policy, &file]
                .map(|source| told(&rolebook(&[&["ask", "-p", source], &now[..], &[sentence]].concat())));
            assert_eq!(kept, plain, "{sentence}");
        }
        let now = ["--now", "2026-06-01T00:00Z"];
        let [plain, kept] = [&policy, &file].map(|source| told(&rolebook(&[&["audit", source], &now[..]].concat())));
        assert!(plain.1.lines().count() > 20 && plain.0 == Some(0), "{}", plain.2);
        assert_eq!(kept, plain);
        let [plain, kept] = [&policy, &file].map(|source| told(&rolebook(&["table", source])));
        assert_eq!(kept, plain);
    }
}

const POLICY: &str = "account Shop { plan: basic | gold }\n\
    unit Desk in Shop\n\
    resource Order in Desk { amount: int  note: string?  actions view, pay }\n\
    role Clerk at Desk { can view Order }\n\
    role Boss at Shop { can view, pay Order when resource.amount < 500 or shop.plan is gold }\n";

/// A policy with tables.
fn tables(test: &str) -> (String, String) {
    let at = folder(test);
    let (policy, facts) = (at.join("policy"), at.join("tables"));
    fs::create_dir_all(&policy).unwrap();
    fs::create_dir_all(&facts).unwrap();
    fs::write(policy.join("shop.roles"), POLICY).unwrap();
    let nodes = "id,type,in,plan,amount,note\nacme,Shop,,gold,,\nzeta,Shop,,basic,,\nfront,Desk,acme,,,\nback,Desk,zeta,,,\n\
        o1,Order,front,,700,late\no2,Order,back,,700,\no3,Order,back,,70,\n";
    let (users, holdings) = (
        "id,in\nada,acme\nbob,zeta\ncyd,acme;zeta\n",
        "to,role,at,from,until\nada,Boss,acme,,\nbob,Boss,zeta,,\ncyd,Clerk,back,2026-01-01,2026-12-31\n",
    );
    for (name, text) in [("nodes", nodes), ("users", users), ("holdings", holdings)] {
        fs::write(facts.join(name).with_extension("csv"), text).unwrap();
    }
    (policy.to_str().unwrap().to_owned(), facts.to_str().unwrap().to_owned())
}

#[test]
fn tables_answer_alike() {
    let (policy, facts) = tables("tables");
    let file = saved("tables-kept", &["-p", &policy, "-f", &facts]);
    for sentence in [
        "can ada pay o1",
        "can bob pay o2",
        "can bob pay o3",
        "can cyd view o2",
        "who can pay o3",
        "which Order can bob pay",
        "why cannot bob pay o2",
    ] {
        for now in ["2025-06-01T00:00Z", "2026-06-01T00:00Z"] {
            let plain = told(&rolebook(&["ask", "-p", &policy, "-f", &facts, "--now", now, sentence]));
            assert!(plain.2.is_empty(), "{}", plain.2);
            assert_eq!(told(&rolebook(&["ask", "-p", &file, "--now", now, sentence])), plain);
        }
    }
    // The policy of the snapshot, another organisation.
    let (code, out, _) = told(&rolebook(&["ask", "-p", &file, "-f", &facts, "can ada pay o1"]));
    assert_eq!((code, &out[..5]), (Some(0), "allow"));
}

#[test]
fn damage_is_found() {
    let (policy, facts) = tables("damage");
    let bytes = fs::read(saved("damage-kept", &["-p", &policy, "-f", &facts])).unwrap();
    assert!(snapshot::open(Cursor::new(&bytes)).is_ok());
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let fault = snapshot::open(Cursor::new(&flipped)).unwrap_err();
        let expected = match bit / 8 {
            0..8 => "snapshot/foreign",
            8..12 => "snapshot/version",
            _ => "snapshot/damaged",
        };
        assert_eq!(fault.code, expected, "bit {bit}");
    }
    for len in 0..bytes.len() {
        assert!(snapshot::open(Cursor::new(&bytes[..len])).is_err(), "{len} bytes");
    }
    assert!(snapshot::open(Cursor::new([&bytes[..], b"x"].concat())).is_err());
}

/// A file of which the system can read only the beginning.
struct Failing(Cursor<Vec<u8>>, u64);

impl Read for Failing {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self.0.position() < self.1 {
            true => self.0.read(to),
            false => Err(io::Error::other("the disk is broken")),
        }
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn what_the_system_cannot_read_is_not_called_damaged() {
    let (policy, facts) = tables("failing");
    let bytes = fs::read(saved("failing-kept", &["-p", &policy, "-f", &facts])).unwrap();
    let len = bytes.len() as u64;
    for from in [0, 12, 100] {
        let fault = snapshot::open(Failing(Cursor::new(bytes.clone()), from)).unwrap_err();
        assert_eq!(fault.code, "snapshot/unreadable");
        assert!(fault.message.ends_with("the disk is broken"), "{}", fault.message);
    }
    assert!(snapshot::open(Failing(Cursor::new(bytes), len + 1)).is_ok());
}

#[test]
fn what_cannot_be_used_is_told() {
    let (policy, facts) = tables("told");
    let file = saved("told-kept", &["-p", &policy, "-f", &facts]);
    let bytes = fs::read(&file).unwrap();
    let broken = |name: &str, bytes: &[u8]| {
        let path = Path::new(&file).with_file_name(name);
        fs::write(&path, bytes).unwrap();
        let (code, out, err) = told(&rolebook(&["ask", "-p", path.to_str().unwrap(), "can ada pay o1"]));
        assert_eq!((code, out.as_str()), (Some(3), ""), "{err}");
        err
    };
    let mut older = bytes.clone();
    older[8..12].copy_from_slice(&(VERSION - 1).to_le_bytes());
    assert!(broken("older", &older).contains("error[snapshot/version]"));
    let short = broken("short", &bytes[..bytes.len() / 2]);
    assert!(short.contains("error[snapshot/damaged]"), "{short}");
    assert!(short.contains("make it again with `rolebook snapshot`"), "{short}");
}

#[test]
fn a_file_is_whole_or_not_there() {
    let (policy, facts) = tables("whole");
    let at = folder("whole-kept");
    let (code, _, err) = told(&rolebook(&[
        "snapshot",
        "-p",
        &policy,
        "-f",
        &facts,
        at.to_str().unwrap(),
    ]));
    assert_eq!(code, Some(3));
    assert!(err.contains("is a folder") || err.contains("directory"), "{err}");
    let missing = at.join("no/such/folder.snapshot");
    let (code, _, err) = told(&rolebook(&[
        "snapshot",
        "-p",
        &policy,
        "-f",
        &facts,
        missing.to_str().unwrap(),
    ]));
    assert_eq!(code, Some(3), "{err}");
    assert_eq!(fs::read_dir(&at).unwrap().count(), 0);
    let (code, _, err) = told(&rolebook(&["snapshot", "-p", &policy, at.join("x").to_str().unwrap()]));
    assert_eq!(code, Some(3));
    assert!(err.contains("error[snapshot/no-facts]"), "{err}");
    fs::write(Path::new(&facts).join("users.csv"), "id\n\"half").unwrap();
    let (code, _, _) = told(&rolebook(&[
        "snapshot",
        "-p",
        &policy,
        "-f",
        &facts,
        at.join("y").to_str().unwrap(),
    ]));
    assert_eq!(code, Some(3));
    assert_eq!(fs::read_dir(&at).unwrap().count(), 0);
}

/// A full disk is told of, and a device stays one.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told() {
    use std::os::unix::fs::FileTypeExt as _;
    let (policy, facts) = tables("full");
    let (code, _, err) = told(&rolebook(&["snapshot", "-p", &policy, "-f", &facts, "/dev/full"]));
    assert_eq!(code, Some(3), "{err}");
    assert!(err.contains("No space left"), "{err}");
    assert!(fs::metadata("/dev/full").unwrap().file_type().is_char_device());
}

/// The numbers that facts take from a policy may not change under them.
#[test]
fn another_policy_is_refused() {
    let (policy, facts) = tables("numbers");
    let bytes = fs::read(saved("numbers-kept", &["-p", &policy, "-f", &facts])).unwrap();
    let other = POLICY.replace("unit Desk in Shop\n", "unit Aisle in Shop\nunit Desk in Shop\n");
    let mut found = rolebook::diagnostic::Found::default();
    let mut sources = rolebook::source::Sources::default();
    let model = |text: &str, sources: &mut rolebook::source::Sources, found: &mut rolebook::diagnostic::Found| {
        let file = sources.add("policy.roles", text);
        rolebook::model::resolve::resolve(&[rolebook::syntax::parse::policy(file, text, found)], found)
    };
    let (same, other) = (
        model(POLICY, &mut sources, &mut found),
        model(&other, &mut sources, &mut found),
    );
    assert!(snapshot::open(Cursor::new(&bytes)).unwrap().organisation(&same).is_ok());
    let fault = snapshot::open(Cursor::new(&bytes))
        .unwrap()
        .organisation(&other)
        .unwrap_err();
    assert_eq!(fault.code, "snapshot/version");
}
