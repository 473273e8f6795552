//! The front door: a policy, an organisation, and questions to it. What is made here is owned, may be sent to and shared
//! between threads, and is cheap to clone.
//!
//! 1. [`Policy::open`] reads and compiles a policy; [`Policy::lint`], [`Policy::test`] and [`Policy::diff`] look at it as
//!    the command line does; [`Policy::organisation`] reads whom it is about and makes it ready.
//! 2. [`Organisation::can`] answers one request by names, [`Organisation::why`] tells the reasons, [`Organisation::who_can`] and
//!    [`Organisation::which`] ask the other way round, [`Organisation::ask`] answers any sentence.
//! 3. [`Organisation::with`] and [`Organisation::at`] say what requests carry; [`Object::role`] and its like are acts of
//!    administration.
//! 4. [`Organisation::prepare`] looks the names up once, for who decides the same deed again and again.
//! 5. [`Organisation::change`] gives another organisation; the old one lives on.
//!
//! Whatever is unknown or makes no sense is an [`Error`], never a guess: a misspelt user is not a denial.
//!
//! **The clock is part of a request.** Where something is held for a time only, or a rule reads `context.now`, the moment is
//! that of the facts if they name one, else that of the system's clock at the time of asking.

mod acts;
mod change;
mod datum;
mod difference;
mod error;
mod findings;
mod handing;
pub(crate) mod lint;
pub(crate) mod load;
mod names;
mod object;
mod organisation;
mod policy;
mod prepared;
mod reply;
pub(crate) mod tested;

pub use change::Changes;
pub use datum::Datum;
pub use difference::Difference;
pub use error::Error;
pub use findings::Findings;
pub use names::{Node, User};
pub use object::Object;
pub use organisation::Organisation;
pub use policy::Policy;
pub use prepared::Prepared;
pub use reply::Reply;
pub use tested::{TestOutcome, Tested};
