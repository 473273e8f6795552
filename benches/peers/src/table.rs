//! The table: one row for each application, size and engine.
//!
//! [`Row`] is what was measured; [`print`] sets each against Cedar, against the floor and against the smallest size,
//! always interned with interned and strings with strings.

use std::fmt::Write;

use crate::time::Times;

/// What was measured of one engine.
#[derive(Debug, Clone)]
pub struct Row {
    pub application: &'static str,
    pub size: usize,
    pub engine: &'static str,
    /// From prepared handles, then from strings.
    pub times: [Option<Times>; 2],
    /// Why there is no time, or which mode was used.
    pub remark: String,
}

const HEAD: &str = "\
| application | N | engine | interned: median | p99 | in turn | Cedar ÷ this | this ÷ floor | this ÷ N least \
| strings: median | p99 | in turn | Cedar ÷ this | this ÷ floor | this ÷ N least | remark |
| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
";

/// The table in Markdown.
pub fn markdown(rows: &[Row]) -> String {
    let mut text = String::from(HEAD);
    for row in rows {
        let Row {
            application,
            size,
            engine,
            remark,
            ..
        } = row;
        let cells = [0, 1].map(|mode| cells(rows, row, mode)).concat().join(" | ");
        let _ = writeln!(
            text,
            "| {application} | {} | {engine} | {cells} | {remark} |",
            grouped(*size as f64)
        );
    }
    text
}

fn cells(rows: &[Row], row: &Row, mode: usize) -> Vec<String> {
    let Some(times) = row.times[mode] else {
        return vec!["-".to_owned(); 6];
    };
    let other = |engine: &str, size: usize| median(rows, row.application, engine, size, mode);
    let ratio = |of: Option<f64>, by: f64| of.map_or("-".to_owned(), |of| ratio(of / by));
    let least = rows
        .iter()
        .filter(|r| r.application == row.application)
        .map(|r| r.size)
        .min();
    let smallest = least.and_then(|least| other(row.engine, least));
    vec![
        nanoseconds(times.median),
        nanoseconds(times.p99),
        nanoseconds(times.turn),
        ratio(other("Cedar", row.size), times.median),
        other("floor", row.size).map_or("-".to_owned(), |floor| ratio(Some(times.median), floor)),
        smallest.map_or("-".to_owned(), |smallest| ratio(Some(times.median), smallest)),
    ]
}

/// The median of an engine at a size.
pub fn median(rows: &[Row], application: &str, engine: &str, size: usize, mode: usize) -> Option<f64> {
    let same = |row: &&Row| row.application == application && row.engine == engine && row.size == size;
    Some(rows.iter().find(same)?.times[mode]?.median)
}

fn nanoseconds(time: f64) -> String {
    if time < 100.0 {
        format!("{time:.1}")
    } else {
        grouped(time)
    }
}

/// `12 345`
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (ix, digit) in digits.chars().enumerate() {
        if ix > 0 && (digits.len() - ix) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A ratio with two or three figures that count.
pub fn ratio(ratio: f64) -> String {
    match ratio {
        ratio if ratio >= 100.0 => grouped(ratio),
        ratio if ratio >= 10.0 => format!("{ratio:.1}"),
        ratio if ratio >= 0.1 => format!("{ratio:.2}"),
        ratio => format!("{ratio:.5}"),
    }
}
