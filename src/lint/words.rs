//! What the names of actions tell. A policy chooses its words freely; only these are taken to mean what they say.

/// Looking at something.
const LOOKING: [&str; 3] = ["view", "read", "see"];

/// Changing what is there.
const CHANGING: [&str; 8] = [
    "edit",
    "modify",
    "update",
    "change",
    "manage",
    "configure",
    "administer",
    "write",
];

/// Taking something away for good.
const DELETING: [&str; 3] = ["delete", "remove", "destroy"];

/// The action lets one look.
pub(super) fn looks(action: &str) -> bool {
    LOOKING.contains(&action)
}

/// The action lets one change what is there.
pub(super) fn changes(action: &str) -> bool {
    CHANGING.contains(&action)
}

/// The action lets one take it away for good.
pub(super) fn deletes(action: &str) -> bool {
    DELETING.contains(&action)
}

/// How many names a message lists before it counts the rest.
const LISTED: usize = 5;

/// `` `Lead`, `Deputy` and `Manager` ``; of many the first few.
pub(super) fn list(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
    if let more @ 1.. = names.len().saturating_sub(LISTED) {
        shown.push(format!("{more} more"));
    }
    match shown.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => shown.concat(),
    }
}
