//! What every command does: reading what the user named, printing what is wrong.

use std::io::IsTerminal;
use std::path::Path;

use super::{Exit, progress};
use crate::diagnostic::Found;
pub(super) use crate::engine::load::{Loaded, compile, facts, one, ready};
use crate::engine::load::{facts_beside, organisation_at};
use crate::facts::Facts;
use crate::model::NOW;
use crate::model::value::{Value, show_time};
use crate::report::{self, Format, Style};
use crate::source::Sources;

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

/// The organisation that the user named, or the one that came with the policy: a file, or a folder of tables.
pub(super) fn organisation(
    given: Option<&Path>,
    loaded: &mut Loaded,
    sources: &mut Sources,
    found: &mut Found,
) -> Option<Facts> {
    let Some(path) = given else {
        return match loaded.facts.take() {
            None => facts_beside(&loaded.policy, sources).and_then(|file| facts(file, &loaded.model, sources, found)),
            facts => facts,
        };
    };
    loaded.index = None;
    organisation_at(path, &loaded.model, sources, found, |tables, read| {
        progress::watch("reading", tables.bytes, &tables.read, read)
    })
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
