//! The first pass: shape and place of every node, from the events of `saphyr-parser`.
//!
//! Every event adds to the [`Outline`]; [`Locator::finish`] reckons up how much a node stands for. An alias counts as
//! much as its anchor: [`Locator::alias`] refuses what would grow too large or too deep before anybody expands it.
//! What is refused is worded in [`faults`].

mod faults;
mod keys;

use super::offsets::Offsets;
use super::outline::{Kind, Outline, index};
use crate::diagnostic::Found;
use crate::source::{FileId, Span};
use keys::Keys;
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::HashMap;
use std::ops::Range;

/// How deep lists and mappings may lie in each other, aliases included.
const DEEPEST: usize = 64;

/// How many values all aliases of a file may stand for.
const ALIASED: u64 = 1_000_000;

/// The outline of a document, or `None` where there is a fault that no tree can be built on.
pub(super) fn outline(file: FileId, offsets: &Offsets<'_>, found: &mut Found) -> Option<Outline> {
    let mut locator = Locator::new(file, offsets, found);
    let mut parser = Parser::new_from_str(offsets.text);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) => {
                let range = offsets.byte(span.start.index())..offsets.byte(span.end.index());
                locator.event(event, range)
            }
            Err(error) => locator.stopped(&error),
        }?;
    }
    locator.sound.then_some(locator.outline)
}

/// A list or mapping of which the end has not been seen.
struct Open {
    node: usize,
    anchor: usize,
    keys: Option<Keys>,
    weight: Weight,
}

/// How much a node stands for once all aliases are expanded.
#[derive(Clone, Copy)]
struct Weight {
    values: u64,
    height: usize,
}

/// A finished node that has an anchor.
struct Anchored {
    node: u32,
    weight: Weight,
    /// Its text, if it can be a key.
    text: Option<String>,
}

struct Locator<'a> {
    file: FileId,
    offsets: &'a Offsets<'a>,
    found: &'a mut Found,
    outline: Outline,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    names: HashMap<&'a str, Span>,
    aliased: u64,
    /// The end of what was read last.
    reached: usize,
    documents: usize,
    sound: bool,
}

impl<'a> Locator<'a> {
    fn new(file: FileId, offsets: &'a Offsets<'a>, found: &'a mut Found) -> Self {
        Self {
            file,
            offsets,
            found,
            outline: Outline::default(),
            open: Vec::new(),
            anchors: HashMap::new(),
            names: HashMap::new(),
            aliased: 0,
            reached: 0,
            documents: 0,
            sound: true,
        }
    }

    /// Takes one event in; `None` means that reading on is of no use.
    fn event(&mut self, event: Event<'_>, range: Range<usize>) -> Option<()> {
        let tagged = matches!(
            &event,
            Event::Scalar(_, _, _, Some(_)) | Event::SequenceStart(_, Some(_)) | Event::MappingStart(_, Some(_))
        );
        if tagged {
            self.tag(range.start);
        }
        match event {
            Event::DocumentStart(_) => self.document(range),
            Event::Scalar(text, style, anchor, _) => self.scalar(&text, style, anchor, range),
            Event::SequenceStart(anchor, _) => self.start(Kind::List, anchor, range),
            Event::MappingStart(anchor, _) => self.start(Kind::Map, anchor, range),
            Event::SequenceEnd | Event::MappingEnd => self.end(range),
            Event::Alias(anchor) => self.alias(anchor, range),
            _ => Some(()),
        }
    }

    fn span(&self, range: Range<usize>) -> Span {
        let skipped = self.offsets.skipped;
        Span::new(self.file, range.start + skipped, range.end + skipped)
    }

    fn document(&mut self, range: Range<usize>) -> Option<()> {
        self.documents += 1;
        if self.documents < 2 {
            return Some(());
        }
        self.second_document(range);
        None
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, range: Range<usize>) -> Option<()> {
        let range = self.content(anchor, range);
        let quoted = style != ScalarStyle::Plain;
        let kind = if quoted { Kind::Quoted } else { Kind::Plain };
        let nothing = text.is_empty() && !quoted;
        let range = if nothing { self.nothing(range) } else { range };
        let node = self.push(kind, range.clone());
        let key = (!nothing).then_some(text);
        self.key(key, range);
        self.finish(node, anchor, Weight { values: 1, height: 0 }, || Some(text.to_owned()));
        Some(())
    }

    fn start(&mut self, kind: Kind, anchor: usize, range: Range<usize>) -> Option<()> {
        let range = self.content(anchor, range);
        if self.open.len() >= DEEPEST {
            self.too_deep(range);
            return None;
        }
        self.key(None, range.clone());
        let node = self.push(kind, range);
        self.open.push(Open {
            node,
            anchor,
            keys: (kind == Kind::Map).then(Keys::default),
            weight: Weight { values: 1, height: 1 },
        });
        Some(())
    }

    fn end(&mut self, range: Range<usize>) -> Option<()> {
        let open = self.open.pop()?;
        // A block has no mark at its end: it ends with the last thing in it.
        if !range.is_empty() {
            self.reached = range.end;
        }
        self.outline.close(open.node, self.reached);
        self.finish(open.node, open.anchor, open.weight, || None);
        Some(())
    }

    fn alias(&mut self, anchor: usize, range: Range<usize>) -> Option<()> {
        let Some(target) = self.anchors.get(&anchor) else {
            self.endless(range);
            return None;
        };
        let (node, weight, text) = (target.node, target.weight, target.text.clone());
        self.aliased = self.aliased.saturating_add(weight.values);
        if self.aliased > ALIASED {
            self.too_many(range);
            return None;
        }
        if self.open.len() + weight.height > DEEPEST {
            self.too_deep(range);
            return None;
        }
        self.key(text.as_deref(), range.clone());
        let node = self.push(Kind::Alias(node), range);
        self.finish(node, 0, weight, || None);
        Some(())
    }

    fn push(&mut self, kind: Kind, range: Range<usize>) -> usize {
        self.reached = range.end;
        self.outline.push(kind, range)
    }

    /// A node is complete: what encloses it gains its weight, and its anchor can be referred to.
    fn finish(&mut self, node: usize, anchor: usize, weight: Weight, text: impl FnOnce() -> Option<String>) {
        if let Some(parent) = self.open.last_mut() {
            parent.weight.values = parent.weight.values.saturating_add(weight.values);
            parent.weight.height = parent.weight.height.max(weight.height + 1);
            if let Some(keys) = &mut parent.keys {
                keys.turn();
            }
        }
        if anchor > 0 {
            let node = index(node);
            let text = text();
            self.anchors.insert(anchor, Anchored { node, weight, text });
        }
    }

    /// The bytes of a node without its anchor, whose name is noted, and without the blank end of a block.
    fn content(&mut self, anchor: usize, range: Range<usize>) -> Range<usize> {
        let text = self.offsets.text.get(range.clone()).unwrap_or("");
        let rest = if anchor > 0 {
            self.anchor(range.clone(), text)
        } else {
            text
        };
        let start = range.start + (text.len() - rest.len());
        start..start + rest.trim_end().len()
    }

    fn anchor(&mut self, range: Range<usize>, text: &'a str) -> &'a str {
        let Some(from) = text.find('&') else {
            return text;
        };
        let name = word(&text[from..]);
        let span = self.span(range.start + from..range.start + from + name.len());
        // `serde_yaml` mixes up the anchors that follow a name given twice.
        if let Some(first) = self.names.insert(name, span) {
            self.anchor_twice(name, span, first);
        }
        skip_blank(&text[from + name.len()..])
    }

    /// A value of which nothing is written has the place of its key.
    fn nothing(&self, range: Range<usize>) -> Range<usize> {
        let keys = self.open.last().and_then(|open| open.keys.as_ref());
        match keys.and_then(Keys::waiting) {
            Some(key) => key,
            None => {
                let before = self.offsets.text.get(..range.start).unwrap_or("").trim_end();
                before.len()..before.len()
            }
        }
    }

    /// Where a key is due, this is one; `text` is `None` if it cannot be a key.
    fn key(&mut self, text: Option<&str>, range: Range<usize>) {
        let Some(keys) = self.open.last_mut().and_then(|open| open.keys.as_mut()) else {
            return;
        };
        if !keys.due() {
            return;
        }
        let known = text.and_then(|text| keys.note(text, range.clone()));
        let within = |open: &Open| open.keys.as_ref().is_some_and(Keys::due);
        if text.is_none() && self.open.iter().rev().skip(1).any(within) {
            return; // the key around it has been reported
        }
        match (text, known) {
            (None, _) => self.no_key(range),
            (Some(text), Some(first)) => self.key_twice(text, range, first),
            (Some(_), None) => {}
        }
    }
}

/// A tag, anchor or alias at the start of a text.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| c.is_whitespace() || ",[]{}".contains(c));
    &text[..end.unwrap_or(text.len())]
}

/// What follows blanks, line ends and comments.
fn skip_blank(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with('#') {
        rest = rest.find('\n').map_or("", |end| rest[end..].trim_start());
    }
    rest
}
