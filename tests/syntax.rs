//! The parser: every example of the language reference, recovery after errors, hostile input, doc comments.

#[path = "syntax/common.rs"]
mod common;
#[path = "syntax/docs.rs"]
mod docs;
#[path = "syntax/hostile.rs"]
mod hostile;
#[path = "syntax/policies.rs"]
mod policies;
#[path = "syntax/recovery.rs"]
mod recovery;
#[path = "syntax/sentences.rs"]
mod sentences;
