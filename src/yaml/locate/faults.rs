//! What the first pass refuses, in words.

use super::{ALIASED, DEEPEST, Locator, word};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::yaml::syntax;
use std::ops::Range;

impl Locator<'_> {
    /// Reports a fault that leaves no tree to go on with.
    fn refuse(&mut self, diagnostic: Diagnostic) {
        self.sound = false;
        self.found.push(diagnostic);
    }

    pub(super) fn second_document(&mut self, range: Range<usize>) {
        let span = self.span(range);
        self.refuse(
            Diagnostic::error(
                "yaml/several-documents",
                "a file holds one YAML document, and here a second one starts",
            )
            .at(span, "second document")
            .help("put it into a file of its own, or take the line `---` away"),
        );
    }

    pub(super) fn tag(&mut self, at: usize) {
        let rest = self.offsets.text.get(at..).unwrap_or("");
        let from = rest.find('!').unwrap_or(0);
        let name = word(&rest[from..]);
        let span = self.span(at + from..at + from + name.len());
        self.refuse(
            Diagnostic::error("yaml/tag", format!("the tag `{name}` has no meaning here"))
                .at(span, "tag")
                .help("leave it out; what must be read as text stands in quotes"),
        );
    }

    pub(super) fn no_key(&mut self, range: Range<usize>) {
        let span = self.span(range);
        self.refuse(
            Diagnostic::error("yaml/key", "a key must be a single word or text")
                .at(span, "this cannot be a key")
                .help("a list or mapping can only stand after the `:`; text with `[` or `{` needs quotes"),
        );
    }

    /// The tree keeps both, so this alone is no reason to stop.
    pub(super) fn key_twice(&mut self, text: &str, range: Range<usize>, first: Range<usize>) {
        let (span, first) = (self.span(range), self.span(first));
        self.found.push(
            Diagnostic::error("yaml/duplicate-key", format!("the key `{text}` occurs twice"))
                .at(span, "again here")
                .at(first, "first here"),
        );
    }

    pub(super) fn anchor_twice(&mut self, name: &str, again: Span, first: Span) {
        self.refuse(
            Diagnostic::error("yaml/anchor", format!("the anchor `{name}` is given twice"))
                .at(again, "given again here")
                .at(first, "first given here"),
        );
    }

    pub(super) fn endless(&mut self, range: Range<usize>) {
        let name = self.offsets.text.get(range.clone()).unwrap_or("").to_owned();
        let span = self.span(range);
        self.refuse(
            Diagnostic::error(
                "yaml/alias-limit",
                format!("`{name}` stands inside the value that it repeats"),
            )
            .at(span, "this would go on without end"),
        );
    }

    pub(super) fn too_deep(&mut self, range: Range<usize>) {
        let span = self.span(range);
        self.refuse(
            Diagnostic::error(
                "yaml/too-deep",
                format!("lists and mappings nest deeper than {DEEPEST} levels"),
            )
            .at(span, format!("level {}", DEEPEST + 1)),
        );
    }

    pub(super) fn too_many(&mut self, range: Range<usize>) {
        let span = self.span(range);
        self.refuse(
            Diagnostic::error(
                "yaml/alias-limit",
                format!("the aliases up to here stand for more than {ALIASED} values"),
            )
            .at(span, "one alias too many")
            .help("write out what is meant, or repeat less"),
        );
    }

    /// `saphyr-parser` cannot read on.
    pub(super) fn stopped(&mut self, error: &saphyr_parser::ScanError) -> Option<()> {
        let at = self.offsets.byte(error.marker().index());
        if error.info().contains("recursion limit") {
            self.too_deep(at..at + 1);
        } else {
            let fault = syntax::refused(self.file, self.offsets, at, error.info());
            self.refuse(fault);
        }
        None
    }
}
