//! The same properties in organisations of hundreds of nodes and users.

use std::cell::Cell;

use crate::agreement::{Size, agree, hold};
use crate::policy::Theme;

#[test]
fn large_organisations() {
    let asked = Cell::new(0);
    hold(&Theme::ALL, Size::Large, 4, |case| agree(&case, &asked));
    assert!(asked.get() > 300, "only {} requests", asked.get());
}
