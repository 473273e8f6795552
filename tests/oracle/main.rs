//! The oracle against the evaluator: generated policies, organisations and requests, on which both must agree.
//!
//! - `meaning` is the oracle, DESIGN §5 read aloud.
//! - `policy`, `words` and `tests_of` write policies as text, `organisation` builds facts, `requests` asks; each reads a
//!   `tape` of numbers, which proptest shortens when a case fails.
//! - `agreement`, `backwards` and `audit` hold the properties, `coverage` shows that the cases reach every feature;
//!   `plain` holds the fast path against one policy that is made for it.
//! - `laws` holds what analyses prove of every organisation against the organisations.
#![allow(clippy::print_stdout, reason = "what a run covered is told with --nocapture")]

mod agreement;
mod audit;
mod backwards;
mod coverage;
mod kept;
mod large;
mod laws;
mod meaning;
mod organisation;
mod plain;
mod policy;
mod requests;
mod show;
mod tape;
mod tests_of;
mod values;
mod words;
mod worlds;
