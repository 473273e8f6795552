//! A policy written otherwise is the same: it differs neither from itself, nor from itself in another order, in several
//! files, and with role sets and areas written out.

use rolebook::diagnostic::Found;
use rolebook::diff::{Side, compare};
use rolebook::source::{FileId, Sources};
use rolebook::syntax::{ast, parse};

use super::draft::{Draft, compiled};
use super::seeds;
use crate::tape::{Seed, Tape};

/// Texts, each a file.
type Files = Vec<String>;

fn shuffled<T>(mut list: Vec<T>, tape: &mut Tape) -> Vec<T> {
    for ix in (1..list.len()).rev() {
        list.swap(ix, tape.below(ix + 1));
    }
    list
}

/// The items of a policy, each as text.
fn items(draft: &Draft) -> Vec<String> {
    let tree = parse::policy(FileId::GENERATED, &draft.types, &mut Found::default());
    let declared = tree
        .items
        .iter()
        .map(|item| draft.types[item.span.0.range()].to_owned());
    declared.chain(draft.lines.iter().cloned()).collect()
}

/// The same policy in other words, with what was done.
fn otherwise(draft: &Draft, tape: &mut Tape) -> Vec<(&'static str, Files)> {
    let items = items(draft);
    let order = shuffled(items.clone(), tape).join("\n");
    let parts = shuffled(items, tape);
    let files = parts
        .chunks(parts.len().div_ceil(3))
        .map(|part| part.join("\n"))
        .collect();
    vec![
        ("as it is", vec![draft.text()]),
        ("in another order", vec![order]),
        ("in several files", files),
        ("members in another order", vec![members(draft, tape)]),
        ("written out", vec![written_out(draft)]),
    ]
}

/// The members of each type, of users and the request in another order.
fn members(draft: &Draft, tape: &mut Tape) -> String {
    let tree = parse::policy(FileId::GENERATED, &draft.types, &mut Found::default());
    let mut text = draft.text();
    for item in tree.items.iter().rev() {
        let members = match &item.kind {
            ast::ItemKind::NodeType(it) => &it.members,
            ast::ItemKind::Kind(it) => &it.members,
            _ => continue,
        };
        let parts = members
            .iter()
            .map(|member| draft.types[member.span.0.range()].to_owned());
        let parts = shuffled(parts.collect(), tape);
        for (member, part) in members.iter().zip(parts).rev() {
            text.replace_range(member.span.0.range(), &part);
        }
    }
    text
}

/// Areas of types, and role sets, in rules as what they hold.
fn written_out(draft: &Draft) -> String {
    let tree = parse::policy(FileId::GENERATED, &draft.types, &mut Found::default());
    let mut lines = draft.lines.join("\n");
    for item in &tree.items {
        let (name, words) = match &item.kind {
            ast::ItemKind::Area(it) if it.permissions.iter().all(|it| it.action.is_none()) => {
                let targets = it.permissions.iter().map(|it| &draft.types[it.target.span.0.range()]);
                (&it.name.text, targets.collect::<Vec<_>>().join(", "))
            }
            ast::ItemKind::Bundle(it) => {
                let roles = it.roles.iter().map(|it| &draft.types[it.span.0.range()]);
                (&it.name.text, roles.collect::<Vec<_>>().join(", "))
            }
            _ => continue,
        };
        for end in [" ", "\n"] {
            lines = lines.replace(&format!(" {name}{end}"), &format!(" {words}{end}"));
        }
    }
    format!("{}{lines}\n", draft.types)
}

/// Both in one collection of files, compared.
fn differ(draft: &Draft, files: &[String]) -> Option<String> {
    let mut sources = Sources::default();
    let old = compiled(&[draft.text()], &mut sources).ok()?;
    let Ok(new) = compiled(files, &mut sources) else {
        return Some("does not compile".to_owned());
    };
    let [one, other] = [&old, &new].map(|it| Side {
        table: &it.table,
        trees: &it.trees,
        sources: &sources,
    });
    let diff = compare(&one, &other);
    let untold = !diff.is_equal() || diff.is_wider() || diff.escalates() || !diff.paths.is_empty();
    let groups: Vec<_> = diff
        .groups
        .iter()
        .map(|group| (&group.cause.title, &group.cells))
        .collect();
    untold.then(|| format!("{:?} {groups:?} {:?}", diff.closed, diff.beyond))
}

/// Leaves out lines as long as it differs.
fn smallest(mut draft: Draft, seed: Seed, how: &str) -> String {
    let look = |draft: &Draft| {
        let all = otherwise(draft, &mut Tape::new(seed));
        let (_, files) = all.into_iter().find(|(name, _)| *name == how)?;
        differ(draft, &files)
    };
    let mut at = 0;
    while at < draft.lines.len() {
        let mut fewer = draft.clone();
        fewer.lines.remove(at);
        match look(&fewer) {
            Some(_) => draft = fewer,
            None => at += 1,
        }
    }
    format!("{how}: {:?}\n{}", look(&draft), draft.text())
}

#[test]
fn a_policy_written_otherwise_is_the_same() {
    let mut wrong = Vec::new();
    for seed in seeds(2) {
        let Some(draft) = Draft::generate(seed) else { continue };
        for (how, files) in otherwise(&draft, &mut Tape::new(seed)) {
            if differ(&draft, &files).is_some() && wrong.len() < 5 {
                wrong.push(format!("seed {seed}\n{}", smallest(draft.clone(), seed, how)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
