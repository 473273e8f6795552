//! The review in short, as text or JSON.

use std::fmt::Write as _;

use crate::audit::Dropped;
use crate::audit::summary::{Idle, Several, Summary};

/// The summary for people.
#[must_use]
pub fn text(summary: &Summary) -> String {
    let mut out = String::new();
    let rows = summary.allowed + summary.depending;
    let _ = writeln!(
        out,
        "{} have {}: {} allowed, {} depending on a condition",
        counted(summary.users as u64, "user"),
        counted(rows, "permission"),
        summary.allowed,
        summary.depending
    );
    roles(&mut out, summary);
    several(&mut out, summary);
    if !summary.giving_nothing.is_empty() {
        let _ = writeln!(
            out,
            "\n{} giving nothing",
            counted(summary.giving_nothing.len() as u64, "holding")
        );
        summary
            .giving_nothing
            .iter()
            .for_each(|idle| self::idle(&mut out, idle));
    }
    if !summary.denied.is_empty() {
        out.push_str("\nheld, and denied all over\n");
        for (&why, count) in &summary.denied {
            let _ = writeln!(out, "  {count:>8}  {}", words(why));
        }
    }
    out
}

/// The summary for programs.
#[must_use]
pub fn json(summary: &Summary) -> String {
    serde_json::to_string(summary).map_or_else(|_| String::new(), |text| text + "\n")
}

fn roles(out: &mut String, summary: &Summary) {
    let head = ["role", "users", "places", "holdings", "reach", "most at and below"].map(str::to_owned);
    let rows = summary.roles.iter().map(|role| {
        let widest = format!("{} at {}", role.nodes, role.widest);
        let counts = [role.users, role.places, role.holdings].map(|count| count.to_string());
        let [users, places, holdings] = counts;
        let reach = if role.reach.is_empty() {
            "nothing".to_owned()
        } else {
            role.reach.clone()
        };
        [role.role.clone(), users, places, holdings, reach, widest]
    });
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
    out.push('\n');
    for row in &rows {
        let mut line = String::new();
        for (ix, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let _ = match ix {
                1..=3 => write!(line, "{cell:>width$}  "),
                _ => write!(line, "{cell:<width$}  "),
            };
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn several(out: &mut String, summary: &Summary) {
    if summary.users_with_several_ways == 0 {
        return;
    }
    let count = counted(summary.users_with_several_ways as u64, "user");
    let _ = writeln!(out, "\n{count} with more than one way to the same at one place");
    for Several {
        user,
        place,
        permissions,
        permission,
        because,
    } in &summary.several_ways
    {
        let more = match permissions {
            1 => String::new(),
            more => format!(" and {} more", more - 1),
        };
        let _ = writeln!(
            out,
            "  {user} at {place}: {permission}{more}, as {}",
            because.join(" and as ")
        );
    }
    let hidden = summary.users_with_several_ways - summary.several_ways.len();
    if hidden > 0 {
        let _ = writeln!(out, "  and {hidden} more");
    }
}

fn idle(out: &mut String, idle: &Idle) {
    let why = idle.why.map_or("nobody has it, or it gives no permission", words);
    let _ = writeln!(out, "  {} at {} to {}: {why}", idle.what, idle.place, idle.to);
}

const fn words(why: Dropped) -> &'static str {
    match why {
        Dropped::Prohibited => "prohibited",
        Dropped::Condition => "the condition is false there",
        Dropped::Ended => "the holding has ended",
        Dropped::NotBegun => "the holding has not begun",
        Dropped::Unknown => "whether it is held is not known",
        Dropped::NotEntitled => "the role to which it may be granted is not held any more",
        Dropped::Beyond => "nobody may grant it there",
        Dropped::OutOfReach => "nothing of that kind can lie within reach",
    }
}

fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
