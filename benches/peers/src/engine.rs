//! What every engine does: answer a request from the strings of an application, and from its own prepared handle.

use crate::apps::Ask;

/// An engine with a policy and an organisation loaded.
pub trait Engine {
    /// What the engine can prepare of a request beforehand.
    type Handle;

    /// Prepares a request.
    fn prepare(&self, ask: &Ask) -> Self::Handle;

    /// Answers a prepared request.
    fn interned(&mut self, handle: &Self::Handle) -> bool;

    /// Answers a request as an application states it.
    fn strings(&mut self, ask: &Ask) -> bool;
}
