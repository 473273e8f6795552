//! Text to tree: the grammar in `grammar/rolebook.pest` read by pest, and the [tree](ast) it becomes.
//!
//! 1. [`parse::policy`] scans comments and brackets (`outline`), parses item by item and goes on at the next item after
//!    an error, and puts the doc comments where they belong (`docs`).
//! 2. [`parse::sentence`] reads a question, an expectation or a statement.
//! 3. [`parse::rule`] reads the text behind `can:` in facts, [`parse::holders`] reads `R at node`.

pub mod ast;
mod docs;
mod outline;
pub mod parse;
