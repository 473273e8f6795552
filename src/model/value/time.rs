//! Dates and moments, in text and as numbers.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

use super::Value;

/// Seconds in a day.
pub const DAY: i64 = 86_400;

/// Reads `2026-12-31`.
#[must_use]
pub fn parse_date(text: &str) -> Option<Value> {
    let date: Date = (text.len() == 10).then(|| text.parse().ok())??;
    Some(Value::Date(days(date)))
}

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Days since 1970-01-01. A timestamp would not do: the last days of the year 9999, which stand for *for ever* in many
/// exports, have none.
fn days(date: Date) -> i32 {
    date.since(EPOCH).map_or(0, |span| span.get_days())
}

/// Reads `2026-12-31T08:00Z`, `2026-12-31T08:00:30+02:00`.
#[must_use]
pub fn parse_datetime(text: &str) -> Option<Value> {
    let with_seconds = match text.get(11..) {
        Some(clock) if clock.get(5..6) != Some(":") => format!("{}:00{}", text.get(..16)?, text.get(16..)?),
        _ => text.to_owned(),
    };
    match with_seconds.parse::<Timestamp>() {
        Ok(time) => Some(Value::Time(time.as_second())),
        Err(_) => beyond_timestamps(&with_seconds).map(Value::Time),
    }
}

/// A moment of the last day of the year 9999.
fn beyond_timestamps(text: &str) -> Option<i64> {
    let local: DateTime = text.strip_suffix('Z')?.parse().ok()?;
    let clock = local.time();
    let second = i64::from(clock.hour()) * 3_600 + i64::from(clock.minute()) * 60 + i64::from(clock.second());
    Some(i64::from(days(local.date())) * DAY + second)
}

/// Shows a date.
#[must_use]
pub fn show_date(day: i32) -> String {
    EPOCH
        .checked_add(SignedDuration::from_hours(24 * i64::from(day)))
        .map_or_else(|_| day.to_string(), |date| date.to_string())
}

/// Shows a datetime in UTC.
#[must_use]
pub fn show_time(second: i64) -> String {
    let beyond = || {
        let (day, clock) = (second.div_euclid(DAY), second.rem_euclid(DAY));
        // The end of the last day there is: its next has no name.
        let (day, hours) = if clock == 0 {
            (day - 1, 24)
        } else {
            (day, clock / 3_600)
        };
        let day = i32::try_from(day).map_or_else(|_| day.to_string(), show_date);
        format!("{day}T{hours:02}:{:02}:{:02}Z", clock / 60 % 60, clock % 60)
    };
    Timestamp::from_second(second).map_or_else(|_| beyond(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::super::{compare, shift};
    use super::*;

    #[test]
    fn the_last_day_is_a_day() {
        let day = parse_date("9999-12-31").unwrap();
        assert_eq!(day, Value::Date(2_932_896));
        assert_eq!(show_date(2_932_896), "9999-12-31");
        assert_eq!(
            parse_datetime("9999-12-31T23:59Z"),
            Some(Value::Time(2_932_896 * DAY + 86_340))
        );
        assert_eq!(show_time(2_932_896 * DAY + 86_340), "9999-12-31T23:59:00Z");
        assert_eq!(show_time(2_932_897 * DAY), "9999-12-31T24:00:00Z");
        assert_eq!(parse_date("0001-01-01").map(|_| ()), Some(()));
        assert_eq!(parse_date("10000-01-01"), None);
        assert_eq!(shift(day, 1440), Value::Date(2_932_897));
        assert_eq!(
            [1969, 1970].map(|year| parse_date(&format!("{year}-12-31"))),
            [-1, 364].map(|n| Some(Value::Date(n)))
        );
    }

    #[test]
    fn dates_and_times_compare_by_day() {
        let day = parse_date("2026-12-31").unwrap();
        assert_eq!(day, Value::Date(20_818));
        let noon = parse_datetime("2026-12-31T12:00Z").unwrap();
        assert_eq!(compare(noon, day), Some(Ordering::Equal));
        assert_eq!(parse_datetime("2026-12-31T14:00:00+02:00"), Some(noon));
        assert_eq!(compare(shift(day, 1440), noon), Some(Ordering::Greater));
        assert_eq!(parse_date("2026-02-30"), None);
        assert_eq!(show_date(20_818), "2026-12-31");
        assert_eq!(show_time(0), "1970-01-01T00:00:00Z");
    }
}
