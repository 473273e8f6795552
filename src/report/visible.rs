//! Text that was read, made fit to print: what would steer a terminal or deceive the eye is written as an escape.

use std::fmt::Write as _;

/// A longer message is cut: somebody's whole file may be quoted in it.
const LONGEST: usize = 2000;

/// True for characters that are not shown as themselves: control characters, marks that change the direction of
/// writing (as in "Trojan Source"), and characters without any width that joining does not need.
pub(super) fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
        )
        || ('\u{2028}'..='\u{202e}').contains(&c)
        || ('\u{2060}'..='\u{206f}').contains(&c)
        || ('\u{fff9}'..='\u{fffb}').contains(&c)
        || ('\u{e0000}'..='\u{e007f}').contains(&c)
}

/// Adds a character, or its escape such as `\u{202e}`.
pub(super) fn push(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        c if hidden(c) => _ = write!(out, "{}", c.escape_unicode()),
        c => out.push(c),
    }
}

/// A text on one line, cut where it is overlong.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for (count, c) in text.chars().enumerate() {
        if count == LONGEST {
            out.push('…');
            break;
        }
        push(&mut out, c);
    }
    out
}

/// A text that may have several lines, as help has.
pub(super) fn lines(text: &str) -> String {
    text.lines().map(one_line).collect::<Vec<_>>().join("\n")
}
