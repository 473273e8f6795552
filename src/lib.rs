//! Rolebook: a small language and toolchain for *who may do what, where, and who may hand it out*.
//!
//! A policy is a folder of `.roles` files that read like a help page. It is compiled to a decision table, questioned,
//! tested and linted. The program is `rolebook`; this library decides in nanoseconds inside an application.
//!
//! # The front door
//!
//! ```
//! use rolebook::{Object, Policy};
//!
//! let policy = Policy::of_texts([("shop.roles",
//!     "account Shop { }  resource Order in Shop { creator: user  creating actions place  actions view, stop }
//!      role Clerk at Shop { can place, view Order  can stop Order as creator }")])?;
//! let shop = policy.organisation_of(
//!     "{ accounts: { main: { is: Shop } },
//!        users: { ann: { in: main, roles: { Clerk: main } } },
//!        resources: { o-1: { is: Order, in: main, creator: ann } } }")?;
//!
//! assert!(shop.can("ann", "stop", ("Order", "o-1"))?);
//! assert!(shop.can("ann", "place", Object::within("Order", ("Shop", "main")))?);
//! assert!(shop.can("anne", "stop", ("Order", "o-1")).is_err()); // unknown, never a guess
//!
//! let stop = shop.prepare("stop", "Order")?; // names looked up once
//! assert!(stop.allows(shop.user("ann")?, shop.node("Order", "o-1")?)?);
//!
//! let why = shop.why("ann", "stop", ("Order", "o-1"))?; // `ask` answers any sentence
//! assert!(why.to_string().contains("can stop Order as creator"));
//! assert_eq!(shop.which("ann", "view", "Order")?, [("Order", "o-1")]);
//!
//! let next = shop.change(|c| c.take("ann", "Clerk", "main"))?; // checked as facts are
//! assert!(next.who_can("stop", ("Order", "o-1"))?.is_empty());
//! assert!(shop.can("ann", "stop", ("Order", "o-1"))?); // the old one lives on
//! # Ok::<(), rolebook::Error>(())
//! ```
//!
//! A policy of files is opened with [`Policy::open`], an organisation of a file, of a folder of tables or of a snapshot with
//! [`Policy::organisation`]. What a request carries is said by [`Organisation::with`] and [`Organisation::at`]; what is
//! handed out, by [`Object::role`] and its like. All are owned, `Send`, `Sync`, and cheap to clone. Below the front door a
//! request is numbers; one that makes no sense is denied, and [`Request::check`](eval::Request::check) tells what is wrong
//! with it.
//!
//! # The pipeline
//!
//! ```text
//!  sources ─ syntax ─▶ tree ─ model ─▶ names resolved ─ check ─▶ table ─┬─▶ eval    decisions, reasons
//!            (pest)                    (petgraph)      the one gate     ├─▶ query   sentences
//!                                                                       ├─▶ lint    findings
//!  YAML ──── yaml ───▶ values with spans ─ facts ─▶ an organisation ────┴─▶ suite   tests
//! ```
//!
//! Each stage is a type, and each consumes the last. Up to the gate a stage gives a value *and* diagnostics, so that lint
//! works on half-good files; after [`model::check`] nothing can fail.
//!
//! # The house
//!
//! A module uses only what stands above it; a test holds that order.
//!
//! | module | what it is |
//! | --- | --- |
//! | `packed` | long lists as a snapshot keeps them |
//! | [`source`] | files, spans, values with spans |
//! | [`diagnostic`] | what is wrong, where, and what to do |
//! | [`yaml`] | YAML in which every key and value knows where it stands |
//! | [`syntax`] | the grammar, the tree, the parser that goes on after an error |
//! | [`model`] | types, permissions, roles, rules with every name looked up; the gate |
//! | [`facts`] | an organisation, read from YAML and checked against the policy |
//! | [`table`] | the decision table: permission × role, ways of granting and prohibiting |
//! | [`containment`] | what lies in what, and how far a rule reaches |
//! | [`meaning`] | what rules and conditions mean, over any domain of truths: decisions, proofs |
//! | [`eval`] | decisions without allocation; the same with reasons |
//! | [`snapshot`] | a policy with its organisation in one file |
//! | [`query`] | sentences answered |
//! | [`audit`] | the access review: every user's permissions, row by row |
//! | [`analyze`] | what holds in every organisation: proofs, and witnesses against |
//! | [`diff`] | what changed between two policies, by cause |
//! | [`lint`] | findings on policies and facts, one file a rule |
//! | [`suite`] | tests of a policy |
//! | [`report`] | findings, tables and outcomes as text, Markdown, CSV, JSON, SARIF, JUnit |
//! | [`project`] | which files make a policy, and its `rolebook.toml`; the only module that reads and writes them |
//! | [`engine`] | the front door: [`Policy`], [`Organisation`] |
//! | [`cli`] | the command line |
//!
//! # What a policy means
//!
//! **Allow** iff some grant applies and no prohibition does. Truth has three values (Kleene): for a grant every part must
//! be *true*; a prohibition applies unless some part is *false*. So what is unknown never allows and always forbids.
//! Rules and files have no order.
//!
//! - A rule of a role applies through a **holding**: (subject, role, node), stated for a user or a group, by default for
//!   a place's members, or derived (`for whoever …`).
//! - Its **reach** is the node of the holding and everything below, up to the border of the next account inside; `only
//!   here`, `only below`, `in T` (over one border), `across T` and `anywhere` say otherwise. Prohibitions see no borders.
//! - It may ask for a **relation** (`as creator`), and for **conditions** over the resource, the user, the request, the
//!   holding, and the nearest enclosing node of a type (`entity.legal`).
//! - **Permissions** are (action, type) and (action, type.field), closed under `implies`; giving and taking roles,
//!   memberships and single permissions are permissions too.
//!
//! A plain interpreter of these lines lives in `tests/oracle`; generated policies, organisations and requests must
//! agree with it.

pub mod analyze;
pub mod audit;
pub mod cli;
pub mod containment;
pub mod diagnostic;
pub mod diff;
pub mod engine;
pub mod eval;
pub mod facts;
pub mod lint;
pub mod meaning;
pub mod model;
mod packed;
pub mod project;
pub mod query;
pub mod report;
pub mod snapshot;
pub mod source;
pub mod suite;
pub mod syntax;
pub mod table;
pub mod yaml;

pub use engine::{
    Changes, Datum, Difference, Error, Findings, Node, Object, Organisation, Policy, Prepared, Reply, TestOutcome,
    Tested, User,
};

/// The README's example is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
