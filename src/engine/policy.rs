//! A compiled policy.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::lint::examine;
use super::load::{self, Loaded};
use super::{Difference, Error, Findings, Organisation, Tested, tested};
use crate::diagnostic::{Diagnostic, Found};
use crate::diff::{self, Side};
use crate::facts::Facts;
use crate::lint::Levels;
use crate::project::{self, Config, Configs};
use crate::source::Sources;
use crate::table::Table;

/// A compiled policy; a clone is the same one.
#[derive(Clone)]
pub struct Policy(Arc<Compiled>);

struct Compiled {
    /// Every stage but the table.
    loaded: Loaded,
    table: Table,
    levels: Levels,
    sources: Sources,
}

impl Policy {
    /// The policy of a folder of `.roles` files, or that of a snapshot, without its organisation.
    ///
    /// # Errors
    ///
    /// What `rolebook lint` would call an error: the path is none of a policy, or the policy does not compile.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let (mut sources, mut found) = (Sources::default(), Found::default());
        let loaded = load::one(Some(path.as_ref()), &mut sources, &mut found);
        let config = match &loaded {
            Some(loaded) => Configs::default().of(&loaded.policy.folder, &mut sources, &mut found),
            None => Config::default(),
        };
        Self::of(loaded, config.levels, sources, found)
    }

    /// A policy of texts, each with the name under which mistakes are told.
    ///
    /// # Errors
    ///
    /// They do not compile.
    pub fn of_texts<'t>(texts: impl IntoIterator<Item = (&'t str, &'t str)>) -> Result<Self, Error> {
        let mut sources = Sources::default();
        let roles = texts.into_iter().map(|(name, text)| sources.add(name, text)).collect();
        let policy = project::Policy {
            folder: Path::new(".").to_path_buf(),
            roles,
            facts: Vec::new(),
            tests: Vec::new(),
        };
        let loaded = load::compile(policy, &sources);
        Self::of(Some(loaded), Levels::default(), sources, Found::default())
    }

    fn of(loaded: Option<Loaded>, levels: Levels, sources: Sources, mut found: Found) -> Result<Self, Error> {
        let Some(mut loaded) = loaded else {
            return Err(Error::new(found, &sources));
        };
        (loaded.facts, loaded.index) = (None, None);
        found.append(loaded.found.clone());
        match loaded.table.take().filter(|_| !found.has_errors()) {
            Some(table) => Ok(Self(Arc::new(Compiled {
                loaded,
                table,
                levels,
                sources,
            }))),
            None => Err(Error::new(found, &sources)),
        }
    }

    /// What `rolebook lint` finds in the policy and in the facts beside it, at the levels that `rolebook.toml` sets.
    #[must_use]
    pub fn lint(&self) -> Findings {
        let it = &*self.0;
        let found = examine(&it.loaded, Some(&it.table), &it.levels, &it.sources);
        Findings::new(found, &it.sources)
    }

    /// Runs the tests in the policy's folder, as `rolebook test` does.
    ///
    /// # Errors
    ///
    /// A file of tests cannot be read, or the facts that it stands on.
    pub fn test(&self) -> Result<Tested, Error> {
        let (mut sources, mut found) = (self.0.sources.clone(), Found::default());
        let ran = tested::run(&self.0.loaded.policy, &self.0.table, "", &mut sources, &mut found);
        match found.has_errors() {
            true => Err(Error::new(found, &sources)),
            false => Ok(Tested::new(ran, sources)),
        }
    }

    /// What changed in meaning from one policy to another, as `rolebook diff` tells it: in every organisation, not in a given
    /// one. Small policies take milliseconds, large ones seconds.
    #[must_use]
    pub fn diff(old: &Self, new: &Self) -> Difference {
        // Both sides point into one collection of texts, so the new one is compiled again behind the old one.
        let mut sources = old.0.sources.clone();
        let compiled = new.again(&mut sources);
        let sides = [
            (&old.0.table, &old.0.loaded),
            (compiled.table.as_ref().unwrap_or(&new.0.table), &compiled),
        ];
        let [old_side, new_side] = sides.map(|(table, loaded)| Side {
            table,
            trees: &loaded.trees,
            sources: &sources,
        });
        let diff = diff::compare(&old_side, &new_side);
        Difference::new(diff, sources, [old.name(), new.name()])
    }

    /// What the policy is called: its folder.
    fn name(&self) -> String {
        self.0.loaded.policy.folder.to_string_lossy().into_owned()
    }

    /// The same policy, its texts among others.
    fn again(&self, sources: &mut Sources) -> Loaded {
        let (policy, own) = (&self.0.loaded.policy, &self.0.sources);
        let roles = policy
            .roles
            .iter()
            .map(|&file| sources.add(own.name(file), own.text(file)));
        let policy = project::Policy {
            folder: policy.folder.clone(),
            roles: roles.collect(),
            facts: Vec::new(),
            tests: Vec::new(),
        };
        load::compile(policy, sources)
    }

    /// The organisation that a file describes as it is now, or a folder of tables, or the one of a snapshot, which must be a
    /// snapshot of this policy.
    ///
    /// # Errors
    ///
    /// It cannot be read, or the policy does not take it.
    pub fn organisation(&self, path: impl AsRef<Path>) -> Result<Organisation, Error> {
        let path = path.as_ref();
        if project::is_snapshot(path) {
            return self.of_snapshot(path);
        }
        self.read(|table, sources, found| match path.is_dir() {
            true => load::organisation_at(path, table.model(), sources, found, |_, read| read()),
            false => {
                let file = project::read_facts_now(path, sources, found)?;
                load::facts(file, table.model(), sources, found)
            }
        })
    }

    /// The organisation that a text in YAML describes.
    ///
    /// # Errors
    ///
    /// The policy does not take it.
    pub fn organisation_of(&self, text: &str) -> Result<Organisation, Error> {
        self.read(|table, sources, found| {
            let file = sources.add("facts", text);
            load::facts(file, table.model(), sources, found)
        })
    }

    /// The organisation that YAML from anywhere describes: a response, a pipe.
    ///
    /// # Errors
    ///
    /// It cannot be read, or the policy does not take it.
    pub fn organisation_from(&self, reader: impl io::Read) -> Result<Organisation, Error> {
        self.read(|table, sources, found| {
            let file = project::facts_from("facts", reader, sources, found)?;
            load::facts(file, table.model(), sources, found)
        })
    }

    /// The organisation that lies beside the policy: its only file of facts, else `facts.yaml`, as it was when the policy was
    /// opened; that of the snapshot, where the policy is of one.
    ///
    /// # Errors
    ///
    /// There is none, or the policy does not take it.
    pub fn organisation_beside(&self) -> Result<Organisation, Error> {
        let own = &self.0.loaded.policy;
        if project::is_snapshot(&own.folder) {
            return self.of_snapshot(&own.folder);
        }
        self.read(|table, sources, found| match load::facts_beside(own, sources) {
            Some(file) => load::facts(file, table.model(), sources, found),
            None => {
                found.push(no_facts(own));
                None
            }
        })
    }

    /// A snapshot keeps its own texts, into which its facts point; so its policy stands in for this one, which says the same.
    fn of_snapshot(&self, path: &Path) -> Result<Organisation, Error> {
        let (mut sources, mut found) = (Sources::default(), Found::default());
        let mut loaded = load::one(Some(path), &mut sources, &mut found);
        let brought = loaded.as_mut().map(|loaded| (loaded.facts.take(), loaded.index.take()));
        let policy = Self::of(loaded, self.0.levels.clone(), sources.clone(), found)?;
        match brought {
            Some((Some(facts), index)) if policy.says_the_same(self) => {
                Ok(Organisation::new(policy, facts, index, sources))
            }
            _ => Err(other_policy(path).into()),
        }
    }

    fn says_the_same(&self, other: &Self) -> bool {
        let texts = |policy: &Self| -> Vec<String> {
            let roles = policy.0.loaded.policy.roles.iter();
            roles.map(|&file| policy.0.sources.text(file).to_owned()).collect()
        };
        texts(self) == texts(other)
    }

    fn read(
        &self,
        read: impl FnOnce(&Table, &mut Sources, &mut Found) -> Option<Facts>,
    ) -> Result<Organisation, Error> {
        let (mut sources, mut found) = (self.0.sources.clone(), Found::default());
        let facts = read(&self.0.table, &mut sources, &mut found);
        match facts.filter(|_| !found.has_errors()) {
            Some(facts) => Ok(Organisation::new(self.clone(), facts, None, sources)),
            None => Err(Error::new(found, &sources)),
        }
    }

    /// The decision table.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.0.table
    }
}

fn no_facts(policy: &project::Policy) -> Diagnostic {
    let message = format!("there are no facts beside the policy `{}`", policy.folder.display());
    let fault = Diagnostic::error("project/no-facts", message);
    match policy.facts.is_empty() {
        true => fault.help("put `facts.yaml` there, or name a file"),
        false => fault.help("there are several files of facts: call one of them `facts.yaml`, or name it"),
    }
}

fn other_policy(path: &Path) -> Diagnostic {
    let message = format!(
        "`{}`: this snapshot cannot be used: it is of another policy",
        path.display()
    );
    Diagnostic::error("snapshot/version", message).help("make it again with `rolebook snapshot`")
}
