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
//! | `how could` | Kleene's, and what was looked at | a value, and by what | `query::how_could::trace` |
//! | `ever`, `become` | whether it may come out as wanted | a value, that may be another | `query::escalation::perhaps` |
//! | proofs | two formulas: it is true, it is false | cases, each with a formula | `analyze::meaning` |
//!
//! The walk never looks at a truth: it hands closures to [`Domain::all`], [`Domain::any`] and [`Domain::not`], and the domain
//! decides what is looked at, in which order, and what is remembered. What is wanted, true or false, is a state of the
//! domain that [`Domain::not`] turns around.
//!
//! **What is not walked here.** Which holdings there are, and the decision over them, stay with each domain: an index, a
//! symbolic holding and one that may come about are found in different ways. How far a rule reaches is `containment`'s
//! matter. Where there is no organisation (`query::escalation::policy`) every value is free, so that nothing is left to walk
//! but who holds what. Defaults are followed before there is an organisation (`facts::defaults`). An access review asks about
//! many targets at once (`audit::zone`).

pub mod condition;
mod domain;
pub mod rule;

pub use domain::{Case, Domain};
