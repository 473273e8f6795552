//! What the rows say together: the machine, and each engine beside Cedar, the floor and itself at the smallest size.

use std::fs;

use crate::table::{Row, median, ratio};

/// The processor and how many of it there are.
pub fn machine() -> String {
    let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{model}, cores: {cores}")
}

/// Lines on one engine: applications first, rules apart.
pub fn lines(rows: &[Row], engine: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for (mode, name) in ["interned", "strings"].iter().enumerate() {
        let of = |other: &str, rules: bool| -> Vec<f64> {
            let mine = rows
                .iter()
                .filter(|row| row.engine == engine && (row.application == "rules") == rules);
            let ratio = |row: &Row| {
                let other = median(rows, row.application, other, row.size, mode)?;
                Some(other / row.times[mode]?.median)
            };
            mine.filter_map(ratio).collect()
        };
        lines.extend(spread(&of("Cedar", false)).map(|s| format!("{engine}, {name}: times as fast as Cedar: {s}")));
        lines.extend(
            spread(&of("Cedar", true)).map(|s| format!("{engine}, {name}, rules: times as fast as Cedar: {s}")),
        );
        let slower: Vec<f64> = of("floor", false).iter().map(|ratio| 1.0 / ratio).collect();
        lines.extend(spread(&slower).map(|s| format!("{engine}, {name}: times the floor: {s}")));
    }
    lines
}

fn spread(ratios: &[f64]) -> Option<String> {
    let least = ratios.iter().copied().reduce(f64::min)?;
    let most = ratios.iter().copied().reduce(f64::max)?;
    let mean = (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp();
    Some(format!(
        "least {}, geometric mean {}, most {}",
        ratio(least),
        ratio(mean),
        ratio(most)
    ))
}
