//! A policy as declarations and lines of one item each, so that parts of it can be changed and left out.

use rolebook::diagnostic::{Found, Severity};
use rolebook::model::check;
use rolebook::model::resolve::resolve;
use rolebook::source::Sources;
use rolebook::syntax::{ast, parse};
use rolebook::table::{Table, compile};

use crate::policy::{Theme, write};
use crate::tape::{Seed, Tape};
use crate::worlds::WORLDS;

/// A policy in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) world: usize,
    /// Types, users, request, areas, role sets.
    pub(super) types: String,
    /// Heads of roles, rules, constraints, promises.
    pub(super) lines: Vec<String>,
}

/// A policy that compiles.
pub(super) struct Compiled {
    pub(super) trees: Vec<ast::File>,
    pub(super) table: Table,
}

/// Compiles files; the first bytes of the errors if there are any.
pub(super) fn compiled(texts: &[String], sources: &mut Sources) -> Result<Compiled, Vec<usize>> {
    let mut found = Found::default();
    let trees: Vec<ast::File> = texts
        .iter()
        .enumerate()
        .map(|(ix, text)| {
            let file = sources.add(format!("{ix}.roles"), text.clone());
            parse::policy(file, text, &mut found)
        })
        .collect();
    let model = resolve(&trees, &mut found);
    let Ok(checked) = check(&model, &found) else {
        let errors = found.iter().filter(|fault| fault.severity == Severity::Error);
        let starts = errors.filter_map(|fault| fault.labels.iter().map(|label| label.span.start as usize).max());
        return Err(starts.collect());
    };
    Ok(Compiled {
        table: compile(checked),
        trees,
    })
}

impl Draft {
    /// A generated policy.
    pub(super) fn generate(seed: Seed) -> Option<Self> {
        let mut tape = Tape::new(seed);
        let world = tape.below(WORLDS.len());
        let theme = tape.one(&Theme::ALL);
        let heads: Vec<Seed> = (0..WORLDS[world].roles.len()).map(|_| tape.word()).collect();
        let rules: Vec<Seed> = (0..tape.below(14) + 3).map(|_| tape.word()).collect();
        let policy = write(world, theme, &heads, &rules)?;
        let types = WORLDS[world].types.to_owned();
        let lines = policy.text[types.len()..].lines().map(str::to_owned).collect();
        let mut draft = Self { world, types, lines };
        for _ in 0..tape.below(3) / 2 {
            draft.lines.extend(exclusion(&draft, &mut tape));
        }
        Some(draft)
    }

    pub(super) fn text(&self) -> String {
        format!("{}{}\n", self.types, self.lines.join("\n"))
    }

    /// Compiles; the lines at fault if it does not, none of them if the fault lies in the declarations.
    pub(super) fn compile(&self) -> Result<Compiled, Vec<usize>> {
        let text = self.text();
        compiled(std::slice::from_ref(&text), &mut Sources::default()).map_err(|starts| {
            let of_lines = starts.into_iter().filter(|&start| start >= self.types.len());
            let mut lines: Vec<usize> = of_lines
                .map(|start| text[self.types.len()..start].matches('\n').count())
                .collect();
            lines.sort_unstable();
            lines.dedup();
            lines
        })
    }

    /// True if a line is the head of a role, without rules.
    pub(super) fn is_head(line: &str) -> bool {
        line.starts_with("role ") && !line.contains('{')
    }
}

/// Two drafts compiled. What the second cannot say is left out of both.
pub(super) fn settle(old: &mut Draft, new: &mut Draft) -> Option<(Compiled, Compiled)> {
    for _ in 0..12 {
        match (old.compile(), new.compile()) {
            (Ok(one), Ok(other)) => return Some((one, other)),
            (Err(bad), _) => leave_out(old, new, &bad)?,
            (_, Err(bad)) => leave_out(new, old, &bad)?,
        }
    }
    None
}

/// Takes lines from one, and the same lines from the other.
fn leave_out(from: &mut Draft, other: &mut Draft, bad: &[usize]) -> Option<()> {
    for &ix in bad.iter().rev() {
        let line = from.lines.get(ix)?.clone();
        from.lines.remove(ix);
        other.lines.retain(|same| *same != line);
    }
    (!bad.is_empty()).then_some(())
}

/// `no user is both A and B`
pub(super) fn exclusion(draft: &Draft, tape: &mut Tape) -> Option<String> {
    let compiled = draft.compile().ok()?;
    let model = compiled.table.model();
    let given: Vec<_> = model
        .role_ids()
        .filter(|&role| !model.role(role).is_derived())
        .collect();
    let (one, two) = (model.role(*tape.pick(&given)?), model.role(*tape.pick(&given)?));
    let same = tape
        .chance(40)
        .then(|| format!(" at the same {}", model.ty(one.ty).name));
    let (a, b) = (&one.name, &two.name);
    (a != b).then(|| format!("no user is both {a} and {b}{}", same.unwrap_or_default()))
}
