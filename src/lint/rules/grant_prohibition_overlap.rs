//! # grant-prohibition-overlap
//!
//! Finds grants and prohibitions that both apply in some organisation, and shows one. The prohibition wins.
//!
//! Most such pairs are meant: that is what prohibitions are for. For an audit it is good to have seen each of them.
//!
//! ```roles
//! account Shop { closing: bool = false  actions view, close }
//! role Owner at Shop {
//!   can view Shop
//!   can close Shop   # error
//! }
//! nobody can close Shop unless shop.closing
//! ```
//!
//! Use instead: the condition in the grant, where one grant is all there is.
//!
//! ```roles
//! account Shop { closing: bool = false  actions view, close }
//! role Owner at Shop {
//!   can view Shop
//!   can close Shop when shop.closing
//! }
//! ```

use crate::analyze::overlaps::overlaps;
use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};

pub(super) const RULE: Rule = Rule {
    name: "grant-prohibition-overlap",
    category: Category::Conflicts,
    level: Level::Off,
    whole: true,
    source: include_str!("grant_prohibition_overlap.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let Some(analysis) = cx.analysis else { return };
    for overlap in overlaps(analysis) {
        let permission = cx.model.show_permission(overlap.permission);
        cx.report(
            overlap.grant,
            format!("this rule grants `{permission}` where another forbids it"),
        )
        .label(overlap.prohibition, "forbids it")
        .help(overlap.shown.help("deny"));
    }
}
