//! The same properties in organisations of hundreds of nodes and users.

use std::cell::Cell;

use proptest::test_runner::{Config, TestRunner};

use crate::agreement::{Size, agree, sized};
use crate::policy::Theme;

#[test]
fn large_organisations() {
    let asked = Cell::new(0);
    for theme in [
        Theme::Reach,
        Theme::Conditions,
        Theme::Derivations,
        Theme::Administration,
        Theme::Everything,
    ] {
        let config = Config {
            cases: 4,
            failure_persistence: None,
            max_shrink_iters: 200,
            ..Config::default()
        };
        let result = TestRunner::new(config).run(&sized(theme, Size::Large), |case| agree(&case, &asked));
        let told = result.err().map_or_else(String::new, |error| error.to_string());
        assert!(told.is_empty(), "{told}");
    }
    assert!(asked.get() > 300, "only {} requests", asked.get());
}
