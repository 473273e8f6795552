//! From paths to a compiled policy and its facts, for every command.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::{Exit, progress};
use crate::diagnostic::Found;
use crate::eval::org::{Index, Org};
use crate::facts::{self, Facts};
use crate::model::value::{Value, show_time};
use crate::model::{self, Model, NOW};
use crate::project::{self, Policy};
use crate::report::{self, Format, Style};
use crate::source::{FileId, Sources};
use crate::syntax::{ast, parse};
use crate::table::{self, Table};
use crate::yaml::{self, Yaml};

/// A moment given on the command line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment(pub(super) Value);

/// Reads a moment.
pub(super) fn moment(text: &str) -> Result<Moment, String> {
    let parsed = crate::model::value::parse_datetime(text);
    parsed
        .map(Moment)
        .ok_or_else(|| "a datetime looks like `2026-12-31T08:00Z`".to_owned())
}

/// A policy with every stage that it reached.
pub(super) struct Loaded {
    pub(super) policy: Policy,
    pub(super) trees: Vec<ast::File>,
    pub(super) model: Model,
    /// `None` if the policy has errors.
    pub(super) table: Option<Table>,
    /// The organisation that a snapshot brought along.
    pub(super) facts: Option<Facts>,
    /// Its index, where that was brought along as well.
    pub(super) index: Option<Index>,
    pub(super) found: Found,
}

/// Parses, resolves and compiles a policy.
pub(super) fn compile(policy: Policy, sources: &Sources) -> Loaded {
    let mut found = Found::default();
    let trees: Vec<ast::File> = policy
        .roles
        .iter()
        .map(|&file| parse::policy(file, sources.text(file), &mut found))
        .collect();
    let model = model::resolve::resolve(&trees, &mut found);
    let table = model::check(&model, &found).ok().map(table::compile);
    Loaded {
        policy,
        trees,
        model,
        table,
        facts: None,
        index: None,
        found,
    }
}

/// The one policy that a command is about: of a folder, or of a snapshot.
pub(super) fn one(path: Option<&Path>, sources: &mut Sources, found: &mut Found) -> Option<Loaded> {
    if let Some(file) = path.filter(|path| project::is_snapshot(path)) {
        return snapshot(file, sources, found);
    }
    let paths: Vec<PathBuf> = path.map(Path::to_path_buf).into_iter().collect();
    let mut policies = project::find(&paths, sources, found);
    if policies.len() > 1 {
        let names: Vec<String> = policies.iter().map(|p| format!("`{}`", p.folder.display())).collect();
        let message = format!("there are {} policies here: {}", policies.len(), names.join(", "));
        let fault = crate::diagnostic::Diagnostic::error("project/several-policies", message);
        found.push(fault.help("say which with `-p FOLDER`"));
        return None;
    }
    policies.pop().map(|policy| compile(policy, sources))
}

/// A snapshot, its policy compiled again. It brings its own texts, so it must be the first that is read.
fn snapshot(path: &Path, sources: &mut Sources, found: &mut Found) -> Option<Loaded> {
    let mut snapshot = project::snapshot(path, found)?;
    *sources = std::mem::take(&mut snapshot.sources);
    let policy = Policy {
        folder: path.to_path_buf(),
        roles: std::mem::take(&mut snapshot.policy),
        facts: Vec::new(),
        tests: Vec::new(),
    };
    let mut loaded = compile(policy, sources);
    match snapshot.organisation(&loaded.model) {
        Ok((facts, index)) => (loaded.facts, loaded.index) = (Some(facts), Some(index)),
        Err(fault) => found.push(fault),
    }
    Some(loaded)
}

/// What is told of the moment of all answers, where it is not that of the clock. A moment given on the command line stands
/// above the one that the facts name.
pub(super) fn pin(facts: &mut Facts, said: Option<Moment>) -> Option<String> {
    let facts_now = crate::eval::org::now(&facts.context);
    let shown = |value| match value {
        Value::Time(second) => Some(show_time(second)),
        _ => None,
    };
    let named = shown(facts_now);
    let Some(Moment(said)) = said else {
        return named.map(|named| format!("as of {named}, which the facts name in `context`; `--now` sets another"));
    };
    facts.context.resize(facts.context.len().max(NOW + 1), Value::Missing);
    facts.context[NOW] = said;
    let other = named.filter(|_| facts_now != said)?;
    Some(format!(
        "as of {}, in place of {other}, which the facts name",
        shown(said)?
    ))
}

/// Reads a YAML file of the sources.
pub(super) fn yaml(file: FileId, sources: &Sources, found: &mut Found) -> Option<Yaml> {
    yaml::read(file, sources.text(file), found)
}

/// The organisation that the user named, or the one that came with the policy: a file, or a folder of tables.
pub(super) fn organisation(
    given: Option<&Path>,
    loaded: &mut Loaded,
    sources: &mut Sources,
    found: &mut Found,
) -> Option<Facts> {
    let (model, policy) = (&loaded.model, &loaded.policy);
    if given.is_some() {
        loaded.index = None;
    }
    match given {
        None if loaded.facts.is_some() => loaded.facts.take(),
        Some(folder) if folder.is_dir() => {
            let tables = project::tables(folder, found)?;
            let read = || facts::tables::read(&tables.inputs, model, sources, found);
            Some(progress::watch("reading", tables.bytes, &tables.read, read))
        }
        _ => facts_file(given, policy, sources, found).and_then(|file| facts(file, model, sources, found)),
    }
}

/// The organisation made ready: the index is made where no snapshot brought it along.
pub(super) fn ready<'f>(table: &Table, facts: &'f Facts, index: Option<Index>) -> Org<'f> {
    let kept = index.and_then(|index| Org::with(table, facts, index));
    kept.unwrap_or_else(|| Org::new(table, facts))
}

/// Reads the facts of a file.
pub(super) fn facts(file: FileId, model: &Model, sources: &Sources, found: &mut Found) -> Option<Facts> {
    yaml(file, sources, found).map(|yaml| facts::read::read(&yaml, model, found))
}

/// The facts file to use: the one given, else the only one beside the policy, else `facts.yaml` there.
pub(super) fn facts_file(
    given: Option<&Path>,
    policy: &Policy,
    sources: &mut Sources,
    found: &mut Found,
) -> Option<FileId> {
    match (given, &policy.facts[..]) {
        (Some(path), _) => project::read_facts(path, sources, found),
        (None, &[only]) => Some(only),
        (None, several) => several.iter().copied().find(|&file| {
            Path::new(sources.name(file))
                .file_name()
                .is_some_and(|n| n == "facts.yaml")
        }),
    }
}

/// The look of texts on a terminal or in a pipe.
pub(super) fn style(out: &impl IsTerminal) -> Style {
    let color = out.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let width = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
        .unwrap_or(100);
    Style { color, width }
}

/// Prints diagnostics to standard error; the exit code that they ask for.
#[expect(clippy::print_stderr, reason = "the command line prints")]
pub(super) fn print_problems(found: Found, sources: &Sources) -> Exit {
    let broken = found.has_errors();
    let list = found.sorted();
    if !list.is_empty() {
        eprint!("{}", report::text(&list, sources, &style(&std::io::stderr())));
    }
    if broken { Exit::Broken } else { Exit::Fine }
}

/// Findings in the format asked for.
pub(super) fn render(list: &[crate::diagnostic::Diagnostic], sources: &Sources, format: Format) -> String {
    match format {
        Format::Text => report::text(list, sources, &style(&std::io::stdout())),
        Format::Json => report::json(list, sources),
        Format::Sarif => report::sarif(list, sources),
        Format::Github => report::github(list, sources),
        Format::Junit => report::junit(list, sources),
    }
}

/// Writes to standard output; a pipe closed by its reader ends the program quietly.
pub(super) fn print(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}
