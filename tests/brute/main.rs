//! Ground truth: verdicts on small policies by trying every small organisation and request.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![allow(clippy::print_stdout, reason = "what a run covered is told with --nocapture")]

mod against;
mod alone;
mod asks;
mod change;
mod claims;
mod edit;
mod evidence;
mod exclusion;
mod far;
mod handed;
mod known;
mod pairs;
mod patterns;
mod promises;
mod removal;
mod separation;
mod shape;
mod show;
mod small;
mod space;
mod tape;
mod together;
mod truth;
mod verdicts;
mod worlds;
mod write;
