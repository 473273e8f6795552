//! Laws that hold between a proof and a decision: whatever an analysis says of all organisations must be true of those that
//! are drawn at random.
//!
//! - `draft` is a policy as declarations and lines, which `edits` change in every way that there is.
//! - `paper` is an organisation as names and texts, so that two policies can each read it, with its own defaults; `asked` is
//!   a request as names.
//! - `compared` holds the comparison of two policies against decisions, `identity` a policy against itself written otherwise.
//! - What fails is cut down by `shrink` before it is shown.
//!
//! Seeds are numbers from 0 on, so that a run is always the same; `ROLEBOOK_CASES` asks for another number of cases, and
//! `ROLEBOOK_FIRST` for another first one.

mod asked;
mod compared;
mod draft;
mod edits;
mod exclusions;
mod identity;
mod linted;
mod organisation;
mod paper;
mod pinned;
mod planted;
mod portals;
mod promised;
mod shrink;
mod spelled;

/// The numbers of the cases to run: so many, unless the environment says otherwise.
fn seeds(count: u64) -> std::ops::Range<u64> {
    let said = |name| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let first = said("ROLEBOOK_FIRST").unwrap_or(0);
    first..first + said("ROLEBOOK_CASES").unwrap_or(count)
}

/// How many broken cases are shown before a run ends: few, or with `ROLEBOOK_ALL` as many as there are.
fn most() -> usize {
    if std::env::var("ROLEBOOK_ALL").is_ok() {
        usize::MAX
    } else {
        3
    }
}
