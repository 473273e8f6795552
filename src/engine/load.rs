//! From paths to a compiled policy and its facts.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Found};
use crate::eval::org::{Index, Org};
use crate::facts::{self, Facts};
use crate::model::{self, Model};
use crate::project::{self, Policy, Tables};
use crate::source::{FileId, Sources};
use crate::syntax::{ast, parse};
use crate::table::{self, Table};
use crate::yaml::{self, Yaml};

/// A policy with every stage that it reached.
pub(crate) struct Loaded {
    pub(crate) policy: Policy,
    pub(crate) trees: Vec<ast::File>,
    pub(crate) model: Model,
    /// `None` if the policy has errors.
    pub(crate) table: Option<Table>,
    /// The organisation that a snapshot brought along.
    pub(crate) facts: Option<Facts>,
    /// Its index, where that was brought along as well.
    pub(crate) index: Option<Index>,
    pub(crate) found: Found,
}

/// Parses, resolves and compiles a policy.
pub(crate) fn compile(policy: Policy, sources: &Sources) -> Loaded {
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
pub(crate) fn one(path: Option<&Path>, sources: &mut Sources, found: &mut Found) -> Option<Loaded> {
    if let Some(file) = path.filter(|path| project::is_snapshot(path)) {
        return snapshot(file, sources, found);
    }
    let paths: Vec<PathBuf> = path.map(Path::to_path_buf).into_iter().collect();
    let mut policies = project::find(&paths, sources, found);
    if policies.len() > 1 {
        let names: Vec<String> = policies.iter().map(|p| format!("`{}`", p.folder.display())).collect();
        let message = format!("there are {} policies here: {}", policies.len(), names.join(", "));
        let fault = Diagnostic::error("project/several-policies", message);
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

/// Reads a YAML file of the sources.
pub(crate) fn yaml(file: FileId, sources: &Sources, found: &mut Found) -> Option<Yaml> {
    yaml::read(file, sources.text(file), found)
}

/// The organisation of a path: a file, or a folder of tables, which are read as `watch` wants to see it.
pub(crate) fn organisation_at(
    path: &Path,
    model: &Model,
    sources: &mut Sources,
    found: &mut Found,
    watch: impl FnOnce(&Tables, &mut dyn FnMut() -> Facts) -> Facts,
) -> Option<Facts> {
    if !path.is_dir() {
        return project::read_facts(path, sources, found).and_then(|file| facts(file, model, sources, found));
    }
    let tables = project::tables(path, found)?;
    Some(watch(&tables, &mut || {
        facts::tables::read(&tables.inputs, model, sources, found)
    }))
}

/// The organisation made ready: the index is made where no snapshot brought it along.
pub(crate) fn ready<'f>(table: &Table, facts: &'f Facts, index: Option<Index>) -> Org<'f> {
    let kept = index.and_then(|index| Org::with(table, facts, index));
    kept.unwrap_or_else(|| Org::new(table, facts))
}

/// Reads the facts of a file.
pub(crate) fn facts(file: FileId, model: &Model, sources: &Sources, found: &mut Found) -> Option<Facts> {
    yaml(file, sources, found).map(|yaml| facts::read::read(&yaml, model, found))
}

/// The facts beside a policy: the only file of them, else `facts.yaml`.
pub(crate) fn facts_beside(policy: &Policy, sources: &Sources) -> Option<FileId> {
    let is_named = |&file: &FileId| {
        let name = Path::new(sources.name(file)).file_name();
        name.is_some_and(|name| name == "facts.yaml")
    };
    match policy.facts[..] {
        [only] => Some(only),
        _ => policy.facts.iter().copied().find(is_named),
    }
}
