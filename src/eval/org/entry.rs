//! What a user holds, packed.

use super::windows::WindowId;
use crate::model::RoleId;
use crate::model::value::NodeId;
use crate::packed::{Block, Reader, Record};

/// How a user comes to hold a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Stated for him or a group that he is in: index into the facts' holdings.
    Holding(u32),
    /// The default of a place that lists him.
    Default,
    /// A single grant: index into the facts' grants.
    Grant(u32),
}

/// A role that a user holds at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Where.
    pub node: NodeId,
    /// Which; single grants have numbers beyond all roles.
    pub role: RoleId,
    how: How,
    /// When: a number of the organisation's windows.
    pub(super) window: WindowId,
}

impl Record for Entry {
    fn write(&self, to: &mut Block) {
        // Few are held for a time only; those tell the window, too.
        let bounded = u32::from(!self.is_always());
        to.words([self.node.0, self.role.0 << 1 | bounded, self.how.0]);
        if bounded == 1 {
            self.window.write(to);
        }
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let (node, role) = (NodeId(from.word()?), from.word()?);
        Some(Self {
            node,
            role: RoleId(role >> 1),
            how: How(from.word()?),
            window: match role & 1 {
                0 => WindowId::ALWAYS,
                _ => WindowId::read(from)?,
            },
        })
    }
}

impl Entry {
    pub(super) fn new(
        (role, node): (RoleId, NodeId),
        window: WindowId,
        (source, through_group): (Source, bool),
    ) -> Self {
        Self {
            node,
            role,
            how: How::new(source, through_group),
            window,
        }
    }

    /// How it came.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.how.source()
    }

    /// It came through a group; else it is the user's own.
    #[must_use]
    pub const fn is_through_group(&self) -> bool {
        self.how.0 & How::GROUP != 0
    }

    /// True if it is held without bounds of time.
    #[must_use]
    #[inline]
    pub fn is_always(&self) -> bool {
        self.window == WindowId::ALWAYS
    }

    /// It is stated for the user himself.
    pub(super) const fn is_direct(&self) -> bool {
        matches!(self.source(), Source::Holding(_)) && !self.is_through_group()
    }
}

/// A source and whether it is a group's, in one number: two bits for the kind, one for the group, the rest an index.
///
/// An organisation has at most [`How::MOST`] holdings, and as many grants; what lies beyond would take some tens of
/// gigabytes of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct How(u32);

impl How {
    const MOST: u32 = (1 << 29) - 1;
    const GROUP: u32 = 1 << 29;
    const DEFAULT: u32 = 1 << 30;
    const GRANT: u32 = 1 << 31;

    fn new(source: Source, through_group: bool) -> Self {
        let (kind, ix) = match source {
            Source::Holding(ix) => (0, ix),
            Source::Default => (Self::DEFAULT, 0),
            Source::Grant(ix) => (Self::GRANT, ix),
        };
        assert!(ix <= Self::MOST, "more than {} holdings", Self::MOST);
        Self(kind | if through_group { Self::GROUP } else { 0 } | ix)
    }

    const fn source(self) -> Source {
        match (self.0 & Self::GRANT != 0, self.0 & Self::DEFAULT != 0) {
            (true, _) => Source::Grant(self.0 & Self::MOST),
            (_, true) => Source::Default,
            _ => Source::Holding(self.0 & Self::MOST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_stays_what_it_was() {
        for source in [
            Source::Holding(0),
            Source::Holding(How::MOST),
            Source::Grant(0),
            Source::Grant(How::MOST),
            Source::Default,
        ] {
            for group in [false, true] {
                let how = How::new(source, group);
                assert_eq!((how.source(), how.0 & How::GROUP != 0), (source, group));
            }
        }
    }
}
