//! `rolebook.toml`: what a project asks of its linter.
//!
//! ```toml
//! baseline = "baseline.json"      # findings that are known; the path starts at this file's folder
//!
//! [lint]
//! shadowed-rule = "error"         # off, note, warning or error
//! "facts/expired-holding" = "note"
//! ```
//!
//! The file that counts for a policy is the nearest: beside it, or in a folder above, up to the root of the repository.

use super::read;
use crate::diagnostic::{Diagnostic, Found};
use crate::lint::{self, Level, Levels};
use crate::source::{FileId, Sources, Span};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// The file's name.
const NAME: &str = "rolebook.toml";

/// The sections and keys at the top of the file.
const KEYS: [&str; 2] = ["baseline", "lint"];

/// What a `rolebook.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// Which findings are wanted.
    pub levels: Levels,
    /// The file of known findings.
    pub baseline: Option<PathBuf>,
}

/// The configurations of a run; each file is read, and its faults are told, once.
#[derive(Debug, Default)]
pub struct Configs {
    known: BTreeMap<PathBuf, Config>,
}

impl Configs {
    /// The configuration of the policy in a folder.
    pub fn of(&mut self, folder: &Path, sources: &mut Sources, found: &mut Found) -> Config {
        let Some(path) = nearest_file(folder) else {
            return Config::default();
        };
        let read = || {
            let file = read::file(&path, sources, found);
            file.map_or_else(Config::default, |file| config(file, &path, sources, found))
        };
        self.known.entry(path.clone()).or_insert_with(read).clone()
    }
}

/// The nearest configuration, named from the current folder where it lies below it.
fn nearest_file(folder: &Path) -> Option<PathBuf> {
    let real = folder.canonicalize().ok()?;
    let here = Path::new(".").canonicalize().ok()?;
    for above in real.ancestors() {
        let file = above.join(NAME);
        if file.is_file() {
            return Some(file.strip_prefix(&here).map(Path::to_path_buf).unwrap_or(file));
        }
        if above.join(".git").exists() {
            break;
        }
    }
    None
}

/// Reads a text; whatever is wrong with it is told, and what is right counts.
fn config(file: FileId, path: &Path, sources: &Sources, found: &mut Found) -> Config {
    let mut reader = Reader { file, found };
    let (tree, errors) = DeTable::parse_recoverable(sources.text(file));
    for error in errors {
        reader.syntax(error.message(), error.span().unwrap_or(0..0), sources);
    }
    let mut config = Config::default();
    for (key, value) in tree.get_ref() {
        match (&**key.get_ref(), value.get_ref()) {
            ("baseline", DeValue::String(name)) => {
                config.baseline = Some(path.parent().unwrap_or(Path::new("")).join(&**name));
            }
            ("lint", DeValue::Table(rules)) => reader.levels(rules, &mut config.levels),
            ("baseline", other) => reader.shape(other, value.span(), "the path of a file in quotes"),
            ("lint", other) => reader.shape(other, value.span(), "a section `[lint]`"),
            (unknown, _) => reader.unknown_key(unknown, key.span()),
        }
    }
    config
}

/// A file that is being read.
struct Reader<'a> {
    file: FileId,
    found: &'a mut Found,
}

impl Reader<'_> {
    fn levels(&mut self, rules: &DeTable<'_>, levels: &mut Levels) {
        for (rule, value) in rules {
            let name = rule.get_ref();
            match value.get_ref() {
                DeValue::String(word) => match Level::ALL.into_iter().find(|level| level.name() == *word) {
                    Some(level) if levels.set(name, level) => {}
                    Some(_) => self.unknown_rule(name, rule.span()),
                    None => self.unknown_level(word, value.span()),
                },
                other => self.shape(other, value.span(), "a level in quotes"),
            }
        }
    }

    fn fault(&mut self, code: &'static str, message: String, at: Range<usize>) -> Diagnostic {
        Diagnostic::error(code, message).at(Span::new(self.file, at.start, at.end), "")
    }

    fn syntax(&mut self, message: &str, at: Range<usize>, sources: &Sources) {
        let message = message.lines().next().unwrap_or("");
        let fault = self.fault("config/syntax", format!("this is not TOML: {message}"), at);
        let line = sources.line(self.file, fault.labels[0].span.start);
        let bare = line.split(['=', '"', '#']).next().is_some_and(|key| key.contains('/'));
        self.found.push(match bare {
            true => fault.help("codes with a slash stand in quotes"),
            false => fault,
        });
    }

    fn shape(&mut self, got: &DeValue<'_>, at: Range<usize>, wanted: &str) {
        let message = format!("the value is of the kind `{}`, and {wanted} is needed", got.type_str());
        let fault = self.fault("config/shape", message, at);
        self.found.push(fault);
    }

    fn unknown_key(&mut self, key: &str, at: Range<usize>) {
        let help = match lint::kind(key) {
            Some(_) => "levels stand below `[lint]`",
            None => "`baseline` and `[lint]` can stand here",
        };
        let fault = self
            .fault("config/unknown-key", format!("`{key}` means nothing here"), at)
            .help(help)
            .did_you_mean(key, KEYS);
        self.found.push(fault);
    }

    fn unknown_rule(&mut self, name: &str, at: Range<usize>) {
        if lint::page(name).is_some() {
            let message = format!("`{name}` has no level");
            let fault = self.fault("config/unknown-rule", message, at);
            self.found
                .push(fault.help("errors, broken promises and files that are not used are always told"));
            return;
        }
        let names: Vec<&str> = lint::kinds().map(|kind| kind.code).collect();
        let fault = self.fault("config/unknown-rule", format!("there is no rule `{name}`"), at);
        self.found.push(fault.did_you_mean(name, names));
    }

    fn unknown_level(&mut self, word: &str, at: Range<usize>) {
        let fault = self
            .fault("config/unknown-level", format!("there is no level `{word}`"), at)
            .help("levels are `off`, `note`, `warning` and `error`")
            .did_you_mean(word, Level::ALL.map(Level::name));
        self.found.push(fault);
    }
}
