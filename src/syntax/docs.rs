//! Doc comments find what they speak of.
//!
//! A `##` comment on lines of its own belongs to what follows it ([`leading`]); one at a line's end belongs to the
//! innermost item, member or rule that begins on that line, or else to the one in which the line ends ([`trailing`]).
//! The grammar skips comments, so both are found from places in the text, after the tree is built.

use super::ast::{Doc, File, ItemKind};
use super::outline::{Mark, Outline};
use crate::source::Span;

/// A place for a doc comment, with the stretch of text it belongs to.
struct Slot<'a> {
    start: usize,
    end: usize,
    top: bool,
    doc: &'a mut Doc,
}

/// Puts the doc comments of a file where they belong. `outline` is that of `text`.
pub(super) fn attach(file: &mut File, text: &str, outline: &Outline) {
    if !outline.comments.iter().any(|mark| is_doc(text, mark)) {
        return;
    }
    let mut slots = slots(file);
    slots.sort_by_key(|slot| slot.start);
    let tops: Vec<usize> = (0..slots.len()).filter(|&index| slots[index].top).collect();
    for mark in outline.comments.iter().filter(|mark| is_doc(text, mark)) {
        let slot = match mark.before {
            None => leading(&slots, mark),
            Some(before) => trailing(&slots, &tops, mark, before),
        };
        if let Some(slot) = slot {
            add(slots[slot].doc, words(text, mark));
        }
    }
}

/// Whether a comment begins with `##`.
pub(super) fn is_doc(text: &str, mark: &Mark) -> bool {
    text.as_bytes().get(mark.start + 1) == Some(&b'#')
}

/// The words of a comment, without signs and blanks around them.
pub(super) fn words<'a>(text: &'a str, mark: &Mark) -> &'a str {
    let skip = if is_doc(text, mark) { 2 } else { 1 };
    text.get(mark.start + skip..mark.end).unwrap_or("").trim()
}

fn add(doc: &mut Doc, line: &str) {
    match doc {
        Some(text) => {
            text.push('\n');
            text.push_str(line);
        }
        None => *doc = Some(line.to_owned()),
    }
}

fn slots(file: &mut File) -> Vec<Slot<'_>> {
    let mut slots = Vec::new();
    for item in &mut file.items {
        slots.push(slot(item.span.0, true, &mut item.doc));
        match &mut item.kind {
            ItemKind::Role(role) => {
                slots.extend(
                    role.rules
                        .iter_mut()
                        .map(|rule| slot(rule.span.0, false, &mut rule.doc)),
                );
            }
            ItemKind::NodeType(decl) => {
                slots.extend(
                    decl.members
                        .iter_mut()
                        .map(|member| slot(member.span.0, false, &mut member.doc)),
                );
            }
            ItemKind::Kind(decl) => {
                slots.extend(
                    decl.members
                        .iter_mut()
                        .map(|member| slot(member.span.0, false, &mut member.doc)),
                );
            }
            _ => {}
        }
    }
    slots
}

fn slot(span: Span, top: bool, doc: &mut Doc) -> Slot<'_> {
    let range = span.range();
    Slot {
        start: range.start,
        end: range.end,
        top,
        doc,
    }
}

/// What begins with the first code behind the comment.
fn leading(slots: &[Slot<'_>], mark: &Mark) -> Option<usize> {
    let after = mark.after?;
    slots.binary_search_by_key(&after, |slot| slot.start).ok()
}

/// What begins last on the comment's line; else the innermost that holds the code before the comment.
fn trailing(slots: &[Slot<'_>], tops: &[usize], mark: &Mark, before: usize) -> Option<usize> {
    let last = slots.partition_point(|slot| slot.start <= before).checked_sub(1)?;
    if slots[last].start >= mark.line || slots[last].end > before {
        return Some(last);
    }
    let item = tops[tops.partition_point(|&top| top <= last).checked_sub(1)?];
    // Behind a member or a rule, the item is meant only where it ends: else the comment is that of a broken rule.
    (item == last && slots[item].end > before || slots[item].end == before + 1).then_some(item)
}
