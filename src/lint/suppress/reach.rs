//! Where a suppression reaches: from the place of its comment and of what begins and ends around it.

use std::ops::Range;

use crate::syntax::ast::{File, ItemKind};
use crate::yaml::{Value, Yaml};

/// Everything in a file that a comment can speak of, sorted by where it begins.
#[derive(Debug)]
pub(super) struct Things(Vec<Range<usize>>);

impl Things {
    /// Items, members and rules.
    pub(super) fn of_policy(file: &File) -> Self {
        let mut things = Vec::new();
        for item in &file.items {
            things.push(item.span.0.range());
            match &item.kind {
                ItemKind::Role(role) => things.extend(role.rules.iter().map(|rule| rule.span.0.range())),
                ItemKind::NodeType(decl) => things.extend(decl.members.iter().map(|member| member.span.0.range())),
                ItemKind::Kind(decl) => things.extend(decl.members.iter().map(|member| member.span.0.range())),
                _ => {}
            }
        }
        Self::sorted(things)
    }

    /// Entries of mappings and lists; beside them the keys and values in which `#` begins no comment, sorted.
    pub(super) fn of_facts(tree: &Yaml) -> (Self, Vec<Range<usize>>) {
        let (mut things, mut scalars) = (Vec::new(), Vec::new());
        let mut waiting = vec![tree];
        while let Some(yaml) = waiting.pop() {
            match &yaml.value {
                Value::Map(entries) => {
                    for (key, value) in entries {
                        scalars.push(key.span.range());
                        things.push(key.span.to(value.span).range());
                        waiting.push(value);
                    }
                }
                Value::List(elements) => {
                    things.extend(elements.iter().map(|element| element.span.range()));
                    waiting.extend(elements);
                }
                _ => scalars.push(yaml.span.range()),
            }
        }
        scalars.sort_by_key(|scalar| (scalar.start, scalar.end));
        (Self::sorted(things), scalars)
    }

    fn sorted(mut things: Vec<Range<usize>>) -> Self {
        things.sort_by_key(|thing| (thing.start, std::cmp::Reverse(thing.end)));
        Self(things)
    }

    /// The bytes in which a comment hides findings.
    pub(super) fn reach(&self, text: &str, comment: &Range<usize>) -> Range<usize> {
        if self.0.first().is_none_or(|first| comment.start < first.start) {
            return 0..text.len() + 1;
        }
        let own = line_of(text, comment.start);
        let alone = text[own.start..comment.start].trim().is_empty();
        let line = if alone { code_below(text, own.end) } else { Some(own) };
        let Some(line) = line else { return comment.clone() };
        let begun = &self.0[self.begin(line.start)..self.begin(line.end)];
        let mut reach = comment.start.min(line.start)..line.end;
        if let Some(end) = begun.iter().map(|thing| thing.end).max() {
            reach.end = reach.end.max(end);
        } else if let Some(around) = self.around(line.start) {
            reach = reach.start.min(around.start)..reach.end.max(around.end);
        }
        reach
    }

    /// How many things begin before a byte.
    fn begin(&self, byte: usize) -> usize {
        self.0.partition_point(|thing| thing.start < byte)
    }

    /// The innermost thing that began before a byte and goes on.
    fn around(&self, byte: usize) -> Option<&Range<usize>> {
        self.0[..self.begin(byte)].iter().rev().find(|thing| thing.end > byte)
    }
}

/// The comments of a YAML text: from a `#` at the start or behind a blank, outside keys and values.
pub(super) fn comments(text: &str, scalars: &[Range<usize>]) -> impl Iterator<Item = Range<usize>> {
    let within = |byte: usize| {
        let last = scalars[..scalars.partition_point(|scalar| scalar.start <= byte)].last();
        last.is_some_and(|scalar| byte < scalar.end)
    };
    let mut start = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let at = start;
        start += line.len();
        let begins = |&(ix, _): &(usize, &str)| line[..ix].chars().next_back().is_none_or(char::is_whitespace);
        let mut marks = line.match_indices('#').filter(begins).map(|(ix, _)| at + ix);
        let mark = marks.find(|&mark| !within(mark))?;
        Some(mark..at + line.trim_end().len())
    })
}

/// The line that a byte lies in, without its end.
fn line_of(text: &str, byte: usize) -> Range<usize> {
    let start = text[..byte].rfind('\n').map_or(0, |at| at + 1);
    start..text[byte..].find('\n').map_or(text.len(), |at| byte + at)
}

/// The next line that is no comment, if no empty line comes before it.
fn code_below(text: &str, end: usize) -> Option<Range<usize>> {
    let mut at = end;
    while at < text.len() {
        let line = line_of(text, at + 1);
        match text[line.clone()].trim_start() {
            "" => return None,
            words if words.starts_with('#') => at = line.end,
            _ => return Some(line),
        }
    }
    None
}
