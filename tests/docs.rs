//! Everything that `docs/language.md` shows is run: policies, mistakes, facts, tests and questions.
//!
//! A ```` ```roles ```` block is a policy in a folder of its own; one that begins with `# continues` is a further file of the
//! one before. `yaml facts`, `yaml tests` and `console` blocks belong to the policy above them. A block marked `error` is
//! tried beside that policy, and the `text` block after it shows what is said: `code: message`, a line each.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PAGE: &str = include_str!("../docs/language.md");
const GRAMMAR: &str = include_str!("../grammar/rolebook.pest");

/// What is said of a small example is about its smallness.
const OF_EXAMPLES: [&str; 12] = [
    "unused-declaration",
    "empty-role",
    "privilege-escalation",
    "separation-of-duty",
    "cross-account-access",
    "equivalent-roles",
    "never-allowed-permission",
    "vacuous-prohibition",
    "irrevocable-role",
    "missing-implied-action",
    "unassignable-role",
    "wildcard-grant",
];

/// The moment at which the questions of the page are asked.
const NOW: &str = "2026-06-01T00:00Z";

/// A fenced block, with the line of its fence.
struct Block {
    kind: String,
    text: String,
    line: usize,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (ix, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), open) {
            (Some(kind), false) => blocks.push(Block {
                kind: kind.to_owned(),
                text: String::new(),
                line: ix + 1,
            }),
            (None, true) => {
                let text = &mut blocks.last_mut().expect("a block is open").text;
                text.push_str(line);
                text.push('\n');
            }
            _ => {}
        }
        open ^= line.starts_with("```");
    }
    assert!(!open, "a block is not closed");
    blocks
}

fn rolebook(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
    command
        .args(args)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs")
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// What lint says of a folder, as `code: message`.
fn findings(folder: &Path) -> Vec<String> {
    let output = rolebook(folder, &["lint", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("lint prints JSON");
    let told = document["diagnostics"].as_array().expect("a list of findings").iter();
    let text = |finding: &serde_json::Value, key: &str| finding[key].as_str().expect("a text").to_owned();
    told.map(|finding| (text(finding, "code"), text(finding, "message")))
        .filter(|(code, _)| !OF_EXAMPLES.contains(&code.as_str()))
        .map(|(code, message)| format!("{code}: {message}"))
        .collect()
}

/// The page as it is run from top to bottom.
struct Run {
    root: PathBuf,
    folders: usize,
    /// The policy above.
    folder: PathBuf,
    /// How many files it has.
    files: usize,
    /// What was said of the last mistake.
    said: Vec<String>,
    faults: Vec<String>,
}

impl Run {
    fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root);
        Self {
            folder: root.clone(),
            root,
            folders: 0,
            files: 0,
            said: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn fresh(&mut self) -> PathBuf {
        self.folders += 1;
        let folder = self.root.join(self.folders.to_string());
        fs::create_dir_all(&folder).expect("the folder can be made");
        folder
    }

    fn block(&mut self, block: &Block) {
        match block.kind.as_str() {
            "roles" => self.policy(block),
            "toml" => self.clean_with("rolebook.toml", block),
            "yaml facts" => self.clean_with("facts.yaml", block),
            "yaml tests" => self.tests(block),
            "console" => self.console(block),
            "roles error" | "yaml facts error" => self.mistake(block),
            "text" => {
                let said = std::mem::take(&mut self.said);
                self.compare(block, &said);
            }
            "" => {}
            other => self.faults.push(format!("line {}: nobody runs `{other}`", block.line)),
        }
    }

    fn policy(&mut self, block: &Block) {
        if block.text.starts_with("# continues") {
            self.files += 1;
        } else {
            self.folder = self.fresh();
            self.files = 1;
        }
        self.clean_with(&file_name(self.files), block);
    }

    /// Adds a file; with it, lint finds nothing.
    fn clean_with(&mut self, name: &str, block: &Block) {
        fs::write(self.folder.join(name), &block.text).expect("the file can be written");
        let found = findings(&self.folder);
        if !found.is_empty() {
            self.faults.push(format!("line {}: {}", block.line, found.join("\n")));
        }
    }

    fn tests(&mut self, block: &Block) {
        fs::write(self.folder.join("tests.yaml"), &block.text).expect("the file can be written");
        let output = rolebook(&self.folder, &["test"]);
        if !output.status.success() {
            self.faults.push(format!("line {}: {}", block.line, printed(&output)));
        }
    }

    fn console(&mut self, block: &Block) {
        let mut shown = Vec::new();
        for line in block.text.lines() {
            let Some(command) = line.strip_prefix("$ rolebook ") else {
                continue;
            };
            let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
            let arguments: Vec<&str> = match name {
                "ask" => vec![rest.trim_matches('"')],
                _ => rest.split_whitespace().collect(),
            };
            shown.push(line.to_owned());
            let output = rolebook(&self.folder, &[&[name, "--now", NOW], &arguments[..]].concat());
            shown.extend(printed(&output).lines().map(|line| line.trim_end().to_owned()));
        }
        self.compare(block, &shown);
    }

    /// A mistake is tried beside the policy that it continues, and does not stay.
    fn mistake(&mut self, block: &Block) {
        let folder = self.fresh();
        let facts = block.kind.contains("facts");
        if facts || block.text.starts_with("# continues") {
            for file in (1..=self.files).map(file_name) {
                fs::copy(self.folder.join(&file), folder.join(&file)).expect("the file can be copied");
            }
        }
        let name = if facts {
            "facts.yaml".to_owned()
        } else {
            file_name(self.files + 1)
        };
        fs::write(folder.join(name), &block.text).expect("the file can be written");
        self.said = findings(&folder);
        if self.said.is_empty() {
            self.faults
                .push(format!("line {}: there is no mistake in it", block.line));
        }
    }

    fn compare(&mut self, block: &Block, got: &[String]) {
        let shown: Vec<&str> = block.text.lines().collect();
        if shown != got {
            self.faults.push(format!(
                "line {} shows something else than this:\n{}",
                block.line,
                got.join("\n")
            ));
        }
    }
}

fn file_name(number: usize) -> String {
    if number == 1 {
        "policy.roles".to_owned()
    } else {
        format!("policy-{number}.roles")
    }
}

#[test]
fn everything_on_the_page_is_as_it_says() {
    let mut run = Run::new("docs");
    blocks(PAGE).iter().for_each(|block| run.block(block));
    assert!(run.faults.is_empty(), "docs/language.md:\n{}", run.faults.join("\n\n"));
    assert!(run.folders > 20, "the page has lost its examples");
}

#[test]
fn every_mistake_is_followed_by_what_is_said_of_it() {
    let all = blocks(PAGE);
    let kinds: Vec<&str> = all.iter().map(|block| block.kind.as_str()).collect();
    let mistakes = kinds.iter().filter(|kind| kind.ends_with("error")).count();
    let answered = kinds
        .windows(2)
        .filter(|pair| pair[0].ends_with("error") && pair[1] == "text")
        .count();
    assert_eq!(mistakes, answered);
}

#[test]
fn a_block_that_is_wrong_is_noticed() {
    let mut run = Run::new("docs-wrong");
    let page = "```roles\naccount Shop { actions view }\nrole Clerk at Shop { can vew Shop }\n```\n\
                ```roles\naccount Shop { actions view }\nrole Clerk at Shop { can view Shop }\n```\n\
                ```console\n$ rolebook ask \"which roles can view Shop\"\nOwner\n```\n\
                ```roles error\naccount Shop { actions view }\nrole Clerk at Shop { can view Shop }\n```\n";
    blocks(page).iter().for_each(|block| run.block(block));
    let lines: Vec<&str> = run
        .faults
        .iter()
        .filter_map(|fault| fault.split([':', ' ']).nth(1))
        .collect();
    assert_eq!(lines, ["1", "9", "13"]);
}

/// The keywords in a rule of the grammar.
fn keywords(rule: &str) -> BTreeSet<String> {
    let (_, body) = GRAMMAR
        .split_once(&format!("\n{rule} = @{{"))
        .expect("the grammar has it");
    let (body, _) = body.split_once("\n}").expect("the rule ends");
    let after = body.split("kw_").skip(1);
    after
        .map(|text| text.chars().take_while(char::is_ascii_alphabetic).collect())
        .collect()
}

/// The words between backticks behind a phrase of the page.
fn listed(phrase: &str) -> BTreeSet<String> {
    let (_, after) = PAGE.split_once(phrase).expect("the page has it");
    let list = after.split('`').nth(1).expect("words in backticks");
    list.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn the_reserved_words_are_those_of_the_grammar() {
    assert_eq!(listed("(words that follow a name or an expression):"), keywords("hard"));
    let opening: BTreeSet<String> = keywords("opener").union(&keywords("verb")).cloned().collect();
    assert_eq!(listed("(words that open an item):"), opening);
}
