//! A broken law cut down: lines, declarations, nodes, users and values are left out as long as it stays broken.

use std::fmt::Write as _;

use rolebook::diagnostic::Found;
use rolebook::source::FileId;
use rolebook::syntax::ast::ItemKind;
use rolebook::syntax::parse;

use super::asked::Asked;
use super::draft::Draft;
use super::paper::Paper;

/// A law that does not hold: the two policies (or one, twice), and the organisation and request, if it is about one.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub(super) old: Draft,
    pub(super) new: Draft,
    pub(super) case: Option<(Paper, Asked)>,
    pub(super) why: String,
    /// Looks whether it is broken still.
    pub(super) again: fn(&Self) -> Option<Self>,
}

/// The smallest form, as text.
pub(super) fn smallest(mut broken: Broken) -> String {
    loop {
        let before = size(&broken);
        lines(&mut broken);
        organisation(&mut broken);
        declarations(&mut broken);
        if size(&broken) == before {
            return shown(&broken);
        }
    }
}

fn size(broken: &Broken) -> usize {
    format!("{broken:?}").len()
}

/// Takes the change if the law is broken still.
fn attempt(broken: &mut Broken, change: impl FnOnce(&mut Broken) -> Option<()>) -> bool {
    let mut other = broken.clone();
    match change(&mut other).and_then(|()| (other.again)(&other)) {
        Some(smaller) => {
            *broken = smaller;
            true
        }
        None => false,
    }
}

fn lines(broken: &mut Broken) {
    let mut at = 0;
    while at < broken.old.lines.len() {
        let line = broken.old.lines[at].clone();
        let left_out = attempt(broken, |it| {
            it.old.lines.retain(|other| *other != line);
            it.new.lines.retain(|other| *other != line);
            Some(())
        });
        at += usize::from(!left_out);
    }
    // What only one of the two has may not matter either.
    let mut at = 0;
    while at < broken.new.lines.len() {
        let line = broken.new.lines[at].clone();
        let left_out = attempt(broken, |it| {
            it.new.lines.retain(|other| *other != line);
            it.old.lines.retain(|other| *other != line);
            Some(())
        });
        at += usize::from(!left_out);
    }
}

/// The members and whole items of the declarations, as text.
fn parts(types: &str) -> Vec<String> {
    let tree = parse::policy(FileId::GENERATED, types, &mut Found::default());
    let mut parts = Vec::new();
    for item in &tree.items {
        parts.push(types[item.span.0.range()].to_owned());
        let members = match &item.kind {
            ItemKind::NodeType(it) => &it.members,
            ItemKind::Kind(it) => &it.members,
            _ => continue,
        };
        parts.extend(members.iter().map(|member| types[member.span.0.range()].to_owned()));
    }
    parts
}

fn declarations(broken: &mut Broken) {
    for part in parts(&broken.old.types) {
        attempt(broken, |it| {
            it.old.types = without(&it.old.types, &part)?;
            it.new.types = without(&it.new.types, &part)?;
            Some(())
        });
    }
}

fn without(text: &str, part: &str) -> Option<String> {
    let at = text.find(part)?;
    Some(format!("{}{}", &text[..at], &text[at + part.len()..]))
}

/// Tries every entry and field of the organisation, and what the request brings.
fn organisation(broken: &mut Broken) {
    let lists: [fn(&mut Paper, usize) -> Option<()>; 5] = [
        |it, ix| (ix < it.given.len()).then(|| drop(it.given.remove(ix))),
        |it, ix| (ix < it.lists.len()).then(|| drop(it.lists.remove(ix))),
        |it, ix| (ix < it.groups.len()).then(|| drop(it.groups.remove(ix))),
        |it, ix| (ix < it.users.len()).then(|| drop(it.users.remove(ix))),
        |it, ix| (ix < it.nodes.len()).then(|| drop(it.nodes.remove(ix))),
    ];
    for take in lists {
        each(broken, |it, ix| take(&mut it.case.as_mut()?.0, ix));
    }
    each(broken, |it, ix| {
        let paper = &mut it.case.as_mut()?.0;
        let entries = paper.nodes.iter_mut().chain(&mut paper.users).chain(&mut paper.groups);
        let fields = entries.flat_map(|entry| [&mut entry.values, &mut entry.fields]);
        remove(fields.chain(paper.given.iter_mut().map(|given| &mut given.fields)), ix)
    });
    each(broken, |it, ix| {
        let context = &mut it.case.as_mut()?.1.context;
        (ix < context.len()).then(|| drop(context.remove(ix)))
    });
    each(broken, |it, ix| {
        let given = &mut it.case.as_mut()?.1.given;
        (ix < given.len()).then(|| drop(given.remove(ix)))
    });
}

/// Tries one thing after the other, by number, until there is none of the number.
fn each(broken: &mut Broken, take: impl Fn(&mut Broken, usize) -> Option<()>) {
    let mut at = 0;
    loop {
        let mut there = false;
        let left_out = attempt(broken, |it| {
            take(it, at)?;
            there = true;
            Some(())
        });
        if !there {
            return;
        }
        at += usize::from(!left_out);
    }
}

/// Removes the nth of the elements of several lists.
fn remove<'l, T: 'l>(lists: impl Iterator<Item = &'l mut Vec<T>>, ix: usize) -> Option<()> {
    let mut at = ix;
    for list in lists {
        if at < list.len() {
            list.remove(at);
            return Some(());
        }
        at -= list.len();
    }
    None
}

/// Both policies, with what they have in common once.
fn shown(broken: &Broken) -> String {
    let mut text = format!("{}\n", broken.why);
    let (old, new) = (broken.old.text(), broken.new.text());
    let tidy = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.filter(|line| !line.is_empty()).collect()
    };
    let (old, new) = (tidy(&old), tidy(&new));
    for line in &old {
        let mark = if new.contains(line) { ' ' } else { '-' };
        let _ = writeln!(text, "{mark} {line}");
    }
    for line in new.iter().filter(|line| !old.contains(line)) {
        let _ = writeln!(text, "+ {line}");
    }
    if let Some((paper, _)) = &broken.case {
        let yaml = broken.new.compile().ok().and_then(|it| paper.yaml(it.table.model()));
        text += &yaml.unwrap_or_else(|| format!("{paper:?}"));
    }
    text
}
