//! `from:` and `until:` of holdings and single grants.

use super::Reader;
use super::shape::field;
use crate::diagnostic::Diagnostic;
use crate::facts::Window;
use crate::model::value::{DAY, Value, parse_date, parse_datetime};
use crate::yaml::{Key, Yaml};

impl<'y> Reader<'y> {
    /// The window that a record states; none if a bound cannot be read or nothing lies between the bounds.
    pub(super) fn window(&mut self, fields: &'y [(Key, Yaml)]) -> Option<Window> {
        let (from, until) = (field(fields, "from"), field(fields, "until"));
        let first = from.map(|from| self.bound(from, 0));
        let last = until.map(|until| self.bound(until, DAY));
        let window = Window {
            from: first.unwrap_or(Some(Window::ALWAYS.from))?,
            until: last.unwrap_or(Some(Window::ALWAYS.until))?,
        };
        if window.is_empty() {
            let fault = Diagnostic::error("facts/empty-window", "`until` is not after `from`");
            let fault = until
                .into_iter()
                .chain(from)
                .fold(fault, |fault, at| fault.at(at.span, ""));
            self.found.push(fault);
            return None;
        }
        Some(window)
    }

    /// A bound in seconds; a date stands for its first second and `day` more.
    fn bound(&mut self, yaml: &'y Yaml, day: i64) -> Option<i64> {
        let text = self.text(yaml, "a date or a moment")?;
        let moment = moment(text, day);
        self.take(moment, yaml.span)
    }
}

/// A bound in seconds; a date stands for its first second and `day` more.
///
/// # Errors
///
/// A diagnostic that has no place yet, if the text is neither a date nor a moment.
pub(in crate::facts) fn moment(text: &str, day: i64) -> Result<i64, Diagnostic> {
    match parse_date(text).or_else(|| parse_datetime(text)) {
        Some(Value::Date(date)) => Ok(i64::from(date) * DAY + day),
        Some(Value::Time(second)) => Ok(second),
        _ => {
            let fault = Diagnostic::error("type/mismatch", format!("`{text}` is no date or datetime"));
            Err(fault.help("write `2026-12-31` or `2026-12-31T08:00Z`"))
        }
    }
}
