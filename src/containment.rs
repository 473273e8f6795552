//! What lies in what, and how far a rule reaches (DESIGN §5, *Reach*).
//!
//! 1. [`forest::Forest`] is an organisation's containment, made ready for decisions.
//! 2. [`Target`] is what is acted upon: a listed node, one that nobody lists, or a user at a place.
//! 3. [`reach`] says which targets a rule reaches from where its role is held.

pub mod forest;
pub mod reach;
mod target;

pub use target::{Resource, Target};
