//! The windows of an organisation, each kept once: most of what is held is held always, and the rest shares a few dates.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Window};
use crate::packed::{Block, Reader, Record};

/// One of the windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct WindowId(u32);

impl Record for WindowId {
    fn write(&self, to: &mut Block) {
        to.word(self.0);
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        from.word().map(Self)
    }
}

impl WindowId {
    pub(super) const ALWAYS: Self = Self(0);
}

/// Windows by number; the first is [`Window::ALWAYS`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Vec<Window>", into = "Vec<Window>")]
pub(super) struct Windows {
    all: Vec<Window>,
    ids: HashMap<Window, WindowId>,
}

impl From<Vec<Window>> for Windows {
    fn from(all: Vec<Window>) -> Self {
        let mut windows = Self::none();
        for window in all {
            windows.id(window);
        }
        windows
    }
}

impl From<Windows> for Vec<Window> {
    fn from(windows: Windows) -> Self {
        windows.all
    }
}

impl Windows {
    /// There are others than [`Window::ALWAYS`].
    pub(super) fn are_several(&self) -> bool {
        self.all.len() > 1
    }

    /// None but [`Window::ALWAYS`].
    pub(super) fn none() -> Self {
        Self {
            all: vec![Window::ALWAYS],
            ids: HashMap::from([(Window::ALWAYS, WindowId::ALWAYS)]),
        }
    }

    /// All that the facts state.
    pub(super) fn of(facts: &Facts) -> Self {
        let mut windows = Self::none();
        let stated = facts.holdings.iter().map(crate::facts::Holding::window);
        for window in stated.chain(facts.grants.iter().map(|grant| grant.window)) {
            windows.id(window);
        }
        windows
    }

    /// The number of a window, a new one if it was not seen before.
    pub(super) fn id(&mut self, window: Window) -> WindowId {
        if window == Window::ALWAYS {
            return WindowId::ALWAYS;
        }
        let next = WindowId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        *self.ids.entry(window).or_insert_with(|| {
            self.all.push(window);
            next
        })
    }

    /// The number of a window that the facts state.
    pub(super) fn stated(&self, window: Window) -> WindowId {
        self.ids.get(&window).copied().unwrap_or(WindowId::ALWAYS)
    }

    pub(super) fn get(&self, id: WindowId) -> Window {
        self.all[id.0 as usize]
    }
}
