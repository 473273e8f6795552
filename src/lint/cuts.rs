//! A part of a condition cut out of its text, with the word that joins it to the rest.
//!
//! The span of a part goes from its first test to its last: brackets and `not` around it belong to it as well.

use crate::source::{Sources, Span};

/// What is to be cut so that a part is gone; none if something stands there that a cut would tear apart.
pub(super) fn cut(sources: &Sources, part: Span, whole: bool) -> Option<Span> {
    let text = sources.text(part.file);
    let (start, end) = balanced(text, part.range().start, part.range().end)?;
    let (start, end) = around(text, start, end);
    let (start, end) = match whole {
        true => (before(text, start, &["when", "unless", "as"])?, end),
        false => joined(text, start, end)?,
    };
    let start = if whole { text[..start].trim_end().len() } else { start };
    let is_clean = !text[start..end].contains('#');
    is_clean.then(|| Span::new(part.file, start, end))
}

/// With the brackets that only one end of it stands in: `a) or b` is `(a) or b`.
fn balanced(text: &str, mut start: usize, mut end: usize) -> Option<(usize, usize)> {
    let (closed, open) = unmatched(&text[start..end]);
    for _ in 0..closed {
        while let Some(at) = before(text, start, &["not"]) {
            start = at;
        }
        start = text[..start].trim_end().strip_suffix('(')?.len();
    }
    for _ in 0..open {
        end = text.len() - text[end..].trim_start().strip_prefix(')')?.len();
    }
    Some((start, end))
}

/// How many brackets are closed that were not opened, and opened that are not closed. Those in strings do not count.
fn unmatched(text: &str) -> (usize, usize) {
    let (mut closed, mut open, mut quoted) = (0, 0, false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => open += 1,
            ')' if !quoted && open > 0 => open -= 1,
            ')' if !quoted => closed += 1,
            _ => {}
        }
    }
    (closed, open)
}

/// With the brackets and the `not` around it.
fn around(text: &str, start: usize, end: usize) -> (usize, usize) {
    let (mut start, mut end) = (start, start + text[start..end].trim_end().len());
    loop {
        let (left, right) = (text[..start].trim_end(), text[end..].trim_start());
        if left.ends_with('(') && right.starts_with(')') {
            (start, end) = (left.len() - 1, text.len() - right.len() + 1);
        } else if let Some(at) = before(text, start, &["not"]) {
            start = at;
        } else {
            return (start, end);
        }
    }
}

/// Where a word begins that stands right before.
fn before(text: &str, start: usize, words: &[&str]) -> Option<usize> {
    let left = text[..start].trim_end();
    words.iter().find_map(|word| {
        let rest = left.strip_suffix(word)?;
        let apart = !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
        apart.then_some(rest.len())
    })
}

/// With the `and` or `or` behind it, else with the one before.
fn joined(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let right = text[end..].trim_start();
    let behind = ["and", "or"].into_iter().find_map(|word| {
        let rest = right.strip_prefix(word)?;
        let apart = rest.starts_with(|c: char| c.is_whitespace() || c == '(');
        apart.then(|| text.len() - rest.trim_start().len())
    });
    match behind {
        Some(next) => Some((start, next)),
        None => before(text, start, &["and", "or"]).map(|at| (text[..at].trim_end().len(), end)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str, part: &str, whole: bool) -> Option<String> {
        let mut sources = Sources::default();
        let file = sources.add("a.roles", text);
        let start = text.find(part)?;
        let span = cut(&sources, Span::new(file, start, start + part.len()), whole)?;
        let mut left = text.to_owned();
        left.replace_range(span.range(), "");
        Some(left)
    }

    #[test]
    fn parts_go_with_what_joins_them() {
        let text = "can view X when x.a and not (x.b or x.c) and x.d # why";
        let cases = [
            ("x.a", false, "can view X when not (x.b or x.c) and x.d # why"),
            ("x.b or x.c", false, "can view X when x.a and x.d # why"),
            ("x.b", false, "can view X when x.a and not (x.c) and x.d # why"),
            ("x.c", false, "can view X when x.a and not (x.b) and x.d # why"),
            ("x.d", false, "can view X when x.a and not (x.b or x.c) # why"),
            ("x.a and not (x.b or x.c) and x.d", true, "can view X # why"),
        ];
        for (part, whole, left) in cases {
            assert_eq!(without(text, part, whole).as_deref(), Some(left), "{part}");
        }
        assert_eq!(
            without("can view X as creator or owner", "owner", false).as_deref(),
            Some("can view X as creator")
        );
        assert_eq!(
            without("can view X as creator when y", "creator", true).as_deref(),
            Some("can view X when y")
        );
        assert_eq!(
            without("can view X unless not y", "y", true).as_deref(),
            Some("can view X")
        );
        for (text, part) in [
            ("can view X when ((a) or b)", "a) or b"),
            ("can view X when (a or (b))", "a or (b"),
            ("can view X when not (a) or b", "a) or b"),
            ("can view X when (a is \"(\")", "a is \"(\""),
        ] {
            assert_eq!(without(text, part, true).as_deref(), Some("can view X"), "{text}");
        }
        assert_eq!(without("can view X when a and # why\n b", "a", false), None);
    }
}
