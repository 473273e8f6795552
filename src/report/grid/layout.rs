//! Columns of a terminal: how wide a text is, and how it is broken into lines.

/// What stands where nobody has a permission.
pub(super) const NONE: &str = "—";

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Combining marks take none, ideographs, Hangul and full-width forms two.
fn columns(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Adds spaces up to a width.
pub(super) fn pad(text: &mut String, to: usize) {
    let missing = to.saturating_sub(width(text));
    text.extend(std::iter::repeat_n(' ', missing));
}

/// Breaks a text at spaces into lines of at most `room` columns, all but the first set in. A word that is too long stays
/// whole.
pub(super) fn broken(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for word in text.split(' ') {
        let wide = width(word);
        match lines.last_mut() {
            Some(line) if used + 1 + wide <= room => {
                line.push(' ');
                line.push_str(word);
                used += 1 + wide;
            }
            None => {
                lines.push(word.to_owned());
                used = wide;
            }
            Some(_) => {
                lines.push(format!("  {word}"));
                used = 2 + wide;
            }
        }
    }
    lines
}
