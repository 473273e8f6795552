//! # ensure-unproved
//!
//! Counts the promises of a policy (`ensure …`). Their names and types are checked; that they hold is not proved by
//! this version. One note for a policy, at the first of them.
//!
//! Without the note a run without findings would look like a proof.
//!
//! ```roles
//! account Shop { actions view }
//! role Owner at Shop { can view Shop }
//! role Guest at Shop
//! ensure Guest cannot view Shop   # error
//! ```
//!
//! Use instead: until promises are proved, tests beside the policy that expect the same of an example.
//!
//! ```roles
//! account Shop { actions view }
//! role Owner at Shop { can view Shop }
//! ```

use crate::diagnostic::Severity;
use crate::lint::Rule;
use crate::lint::context::Context;

pub(super) const RULE: Rule = Rule {
    name: "ensure-unproved",
    severity: Severity::Note,
    whole: true,
    source: include_str!("ensure_unproved.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let promises = &cx.model.promises;
    let Some(first) = promises.first() else { return };
    let message = match promises.len() {
        1 => "1 promise is resolved but not yet proved".to_owned(),
        count => format!("{count} promises are resolved but not yet proved"),
    };
    cx.report(first.span, message)
        .help("names and types in promises are checked; whether they hold is not");
}
