//! # irrevocable-role
//!
//! Finds roles that somebody can give and nobody can take.
//!
//! Whoever received one keeps it: when he changes his post, or was given it by mistake, nobody the policy knows can put
//! that right. A policy that says `nobody can take …` has settled the matter, and is left alone.
//!
//! ```roles
//! account Shop { actions view }
//! role Guest at Shop { can view Shop }
//! role Owner at Shop {
//!   can view Shop
//!   can give Guest   # error
//! }
//! each Shop has at least 1 Owner
//! ```
//!
//! Use instead: `assign`, which is both, or a rule that lets somebody else take it.
//!
//! ```roles
//! account Shop { actions view }
//! role Guest at Shop { can view Shop }
//! role Owner at Shop {
//!   can view Shop
//!   can assign Guest
//! }
//! each Shop has at least 1 Owner
//! ```

use std::collections::BTreeMap;

use crate::lint::context::Context;
use crate::lint::giving::Giving;
use crate::lint::words::list;
use crate::lint::{Category, Level, Rule};
use crate::model::RoleId;
use crate::model::permission::Permission;
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    name: "irrevocable-role",
    category: Category::Security,
    level: Level::Warning,
    whole: true,
    source: include_str!("irrevocable_role.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let (model, giving) = (cx.model, Giving::of(cx.model));
    let mut kept: BTreeMap<Span, Vec<RoleId>> = BTreeMap::new();
    for (&role, hands) in &giving.gives {
        let taken = giving.takes.contains_key(&role) || giving.is_settled(model, Permission::Take(role));
        if let (Some(first), false) = (hands.first(), taken) {
            kept.entry(model.rule(first.rule).span).or_default().push(role);
        }
    }
    for (span, roles) in kept {
        let names: Vec<String> = roles.iter().map(|&role| model.show_role(role)).collect();
        let it = if roles.len() == 1 { "it" } else { "them" };
        cx.report(
            span,
            format!("{} can be given, and nobody can take {it} back", list(&names)),
        )
        .help("write `assign` for `give`, or let somebody `take` what was given");
    }
}
