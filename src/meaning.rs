//! What a rule means, written once over a *domain* of truths and values (DESIGN §5): an abstract interpreter in the
//! sense of Cousot and Cousot (POPL 1977).
//!
//! 1. [`Domain`] is what a reading brings: how truths are joined, what a path leads to, who belongs where.
//! 2. [`condition`] walks tests, conditions and relations over any of them.
//! 3. [`rule`] walks what a rule asks besides: recipients, who is exempt or belongs, the terms of derived roles.
//!
//! | domain | truth | value | where |
//! | --- | --- | --- | --- |
//! | decisions | Kleene's three values | a value | `eval::condition` |
//! | proofs | two formulas: it is true, it is false | cases, each with a formula | `analyze::meaning` |
//!
//! The walk never looks at a truth: it hands closures to [`Domain::all`], [`Domain::any`] and [`Domain::not`], and the domain
//! decides what is looked at, in which order, and what is remembered. Holdings and the decision are not walked here yet; what
//! a condition asks of them is a primitive of the domain. How far a rule reaches is `containment`'s matter.

pub mod condition;
mod domain;
pub mod rule;

pub use domain::{Case, Domain};
