//! Bad input at the command line: what is wrong is shown with its code, its place and its remedy, the rest of the run
//! is shown too, and nothing panics, hangs or runs out of stack.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

mod bad_input {
    mod baseline;
    mod circles;
    mod config;
    mod facts;
    mod files;
    mod names;
    mod sentences;
    mod size;
    mod syntax;
    mod tests;
}

/// A policy without a finding; what a test adds begins at line 7.
const SHOP: &str = include_str!("bad_input/shop.roles");

/// The shop with something added to its policy; the owner can give the roles that it brings.
fn shop_with(added: &str) -> String {
    let given = ["Both", "Two"]
        .iter()
        .filter(|name| added.contains(&format!("role {name} ")));
    let names: String = given.map(|name| format!(", {name}")).collect();
    SHOP.replace("Owner, Clerk", &format!("Owner, Clerk{names}")) + added
}
/// An organisation of it; what a test adds begins at line 8, in `resources`.
const FACTS: &str = include_str!("bad_input/shop.yaml");

/// How a command ended, and all that it printed.
struct Run {
    code: Option<i32>,
    out: String,
}

/// Runs `rolebook` in a folder of its own that holds these files.
fn run(files: &[(&str, &[u8])], args: &[&str]) -> Run {
    Folder::new(files).run(args)
}

/// A folder that is taken away at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, &[u8])]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "bad-input-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        files.iter().for_each(|(name, content)| folder.write(name, content));
        folder
    }

    fn write(&self, name: &str, content: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect("a text")
    }

    fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, &[])
    }

    /// Runs `rolebook` here with more variables.
    fn run_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
        command
            .args(args)
            .current_dir(&self.0)
            .env_remove("GITHUB_STEP_SUMMARY")
            .env("COLUMNS", "120")
            .env("NO_COLOR", "1")
            .envs(variables.iter().copied());
        let output = command.output().expect("rolebook starts");
        let out = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(!out.contains("panicked"), "{out}");
        Run {
            code: output.status.code(),
            out: out.into_owned(),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The shop with something added to its policy.
fn policy(added: &str, args: &[&str]) -> Run {
    run(
        &[
            ("p.roles", (SHOP.to_owned() + added).as_bytes()),
            ("facts.yaml", FACTS.as_bytes()),
        ],
        args,
    )
}

/// The shop with other facts.
fn facts(text: &str, args: &[&str]) -> Run {
    run(&[("p.roles", SHOP.as_bytes()), ("facts.yaml", text.as_bytes())], args)
}

impl Run {
    /// The exit code; a crash has none.
    #[track_caller]
    fn ends(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{}", self.out);
        self
    }

    /// A text that the output must hold.
    #[track_caller]
    fn has(&self, text: &str) -> &Self {
        assert!(self.out.contains(text), "no `{text}` in\n{}", self.out);
        self
    }

    /// A text that the output must not hold.
    #[track_caller]
    fn lacks(&self, text: &str) -> &Self {
        assert!(!self.out.contains(text), "`{text}` in\n{}", self.out);
        self
    }

    /// A diagnostic with this code, a message that holds `gist`, its caret at `place`, and a help line that holds `help`;
    /// each of the last two may be empty for none.
    #[track_caller]
    fn shows(&self, code: &str, gist: &str, place: &str, help: &str) -> &Self {
        let head = format!("[{code}]\n");
        let mut reports = self.out.split("\n\n").filter(|report| report.contains(&head));
        let place = if place.is_empty() {
            String::new()
        } else {
            format!("─[{place}]")
        };
        let fits = |report: &str| {
            let flat = one_line(report);
            let (body, remedy) = flat.split_once(" help: ").unwrap_or((&flat, ""));
            body.contains(gist)
                && body.contains(&place)
                && remedy.contains(help)
                && remedy.is_empty() == help.is_empty()
        };
        assert!(
            reports.any(fits),
            "no `{code}` ({gist}) at `{place}`, help `{help}`, in\n{}",
            self.out
        );
        self
    }

    /// How many errors the last line counts.
    #[track_caller]
    fn errors(&self, count: usize) -> &Self {
        let plural = if count == 1 { "" } else { "s" };
        let line = self.out.lines().last().unwrap_or("");
        assert!(
            line.starts_with(&format!("{count} error{plural}")),
            "not {count} errors:\n{}",
            self.out
        );
        self
    }
}

/// A report without its line breaks, so that a wrapped message can be looked for.
fn one_line(report: &str) -> String {
    report
        .lines()
        .map(|line| line.trim().trim_start_matches("│ "))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs `work`, which must end within `seconds`.
#[track_caller]
fn within<T>(seconds: u64, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    let taken = start.elapsed();
    assert!(taken < Duration::from_secs(seconds), "it took {taken:?}");
    result
}

#[test]
fn the_shop_is_good() {
    policy("", &["lint"]).ends(0).has("no findings");
    policy("", &["ask", "can ada view order-1"])
        .ends(0)
        .has("allow: ada can view Order order-1");
}
