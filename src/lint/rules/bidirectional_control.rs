//! # bidirectional-control
//!
//! Finds characters that change the direction of writing: the embeddings, overrides and isolates U+202A to U+202E and
//! U+2066 to U+2069, anywhere in a policy file, in comments and labels too.
//!
//! With them a line can be shown in another order than that in which it is read. A reviewer then sees a rule where the
//! program reads a comment, or the other way round (known as "Trojan Source"). In this example `\u{202e}` stands for the
//! character.
//!
//! ```roles
//! account Shop { actions view }
//! # may be closed at any time \u{202e}   # error
//! role Owner at Shop { can view Shop }
//! ```
//!
//! Use instead: take the character out. Scripts that are written from right to left need none of these.
//!
//! ```roles
//! account Shop "חנות"@he { actions view }
//! # may be closed at any time
//! role Owner at Shop { can view Shop }
//! ```

use std::collections::BTreeSet;

use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};
use crate::source::{FileId, Span};
use crate::syntax::ast::File;

pub(super) const RULE: Rule = Rule {
    name: "bidirectional-control",
    category: Category::Hygiene,
    level: Level::Warning,
    whole: false,
    source: include_str!("bidirectional_control.rs"),
    check,
};

/// How many characters of a line are pointed at.
const SHOWN: usize = 8;

fn check(cx: &mut Context<'_>) {
    let files: BTreeSet<FileId> = cx.files.iter().filter_map(file_of).collect();
    for file in files {
        let text = cx.sources.text(file);
        if !text.contains(turns) {
            continue;
        }
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            check_line(cx, file, start, line);
            start += line.len();
        }
    }
}

fn file_of(file: &File) -> Option<FileId> {
    let item = file.items.first().map(|item| item.span.0.file);
    item.or_else(|| file.comments.first().map(|comment| comment.span.0.file))
}

fn check_line(cx: &mut Context<'_>, file: FileId, start: usize, line: &str) {
    let mut marks = line.match_indices(turns).take(SHOWN).map(|(at, mark)| {
        let span = Span::new(file, start + at, start + at + mark.len());
        (
            span,
            mark.chars()
                .map(|c| format!("U+{:04X}", u32::from(c)))
                .collect::<String>(),
        )
    });
    let Some((first, code)) = marks.next() else { return };
    let message = format!(
        "{code} changes the direction in which `{}` is shown",
        escaped(line.trim())
    );
    let mut report = cx.report(first, message).help("take it out: no script needs it here");
    for (span, code) in marks {
        report = report.label(span, code);
    }
}

/// A line in the order in which it is read, cut where it is long.
fn escaped(line: &str) -> String {
    let mut out = String::new();
    for c in line.chars().take(80) {
        match turns(c) {
            true => out.extend(c.escape_unicode()),
            false => out.push(c),
        }
    }
    out
}

/// Embeddings, overrides, isolates, and what ends them.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
