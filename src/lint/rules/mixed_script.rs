//! # mixed-script
//!
//! Finds names whose letters come from several scripts, such as Latin with one Cyrillic letter. Scripts that belong
//! together in writing, as those of Japanese do, are no mix.
//!
//! Such a name is nearly always a slip of the keyboard, or an attempt to pass one name for another: it looks like a
//! word that it is not, and nobody finds it by searching.
//!
//! ```roles
//! account Shop { actions vіew }   # error
//! role Owner at Shop { can vіew Shop }
//! ```
//!
//! Use instead: one script for each name. Different names may be in different scripts.
//!
//! ```roles
//! account Магазин { actions view }
//! role Owner at Магазин { can view Магазин }
//! ```

use unicode_security::MixedScript;

use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "mixed-script",
    category: Category::Hygiene,
    level: Level::Warning,
    whole: false,
    source: include_str!("mixed_script.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    for it in cx.names().filter(|it| !it.name.is_single_script()) {
        cx.report(
            it.span,
            format!("the {} `{}` mixes letters of several scripts", it.what, it.name),
        )
        .help(it.foreign().join(", "));
    }
}
