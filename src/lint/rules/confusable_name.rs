//! # confusable-name
//!
//! Finds names that look like another declared name and are not the same, such as one with a Cyrillic `о` for an `o`.
//!
//! Whoever reads the policy takes the two for one, and sees a rule about a thing that it is not about. Names in plain
//! ASCII letters are not compared with each other.
//!
//! ```roles
//! account Shop { actions open, орen }   # error
//! role Owner at Shop { can open, орen Shop }
//! ```
//!
//! Use instead: one spelling, or names that differ to the eye.
//!
//! ```roles
//! account Shop { actions open, reopen }
//! role Owner at Shop { can open, reopen Shop }
//! ```

use std::collections::HashMap;

use unicode_security::skeleton;

use crate::lint::context::{Context, Declared};
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "confusable-name",
    category: Category::Hygiene,
    level: Level::Warning,
    whole: false,
    source: include_str!("confusable_name.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let mut known: HashMap<String, Declared<'_>> = HashMap::new();
    for it in cx.names() {
        let first = *known.entry(skeleton(it.name).collect()).or_insert(it);
        if first.name == it.name || (first.name.is_ascii() && it.name.is_ascii()) {
            continue;
        }
        cx.report(
            it.span,
            format!(
                "the {} `{}` looks like the {} `{}`",
                it.what, it.name, first.what, first.name
            ),
        )
        .label(first.span, "looks the same")
        .help([first.foreign(), it.foreign()].concat().join(", "));
    }
}
