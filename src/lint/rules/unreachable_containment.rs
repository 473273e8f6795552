//! # unreachable-containment
//!
//! Finds units and resources that can never lie in an account: whatever contains them lies in nothing but units and
//! resources again, in a circle.
//!
//! No organisation can have such a thing, so every rule about it is idle. Accounts may lie in each other: one of them
//! stands alone.
//!
//! ```roles
//! account Shop { actions view }
//! unit Wing in Wing, Floor { actions view }   # error
//! unit Floor in Wing { actions view }   # error
//! role Owner at Shop { can view Shop }
//! role Guard at Wing { can view Wing, Floor }
//! ```
//!
//! Use instead: name the account, or something that lies in it.
//!
//! ```roles
//! account Shop { actions view }
//! unit Wing in Shop, Wing { actions view }
//! unit Floor in Wing { actions view }
//! role Owner at Shop { can view Shop }
//! role Guard at Wing { can view Wing, Floor }
//! ```

use std::collections::HashSet;

use crate::lint::context::Context;
use crate::lint::{Category, Level, Rule};
use crate::model::containment::Containment;
use crate::model::show::type_list;
use crate::model::{Model, TypeId, TypeKind};

pub(super) const RULE: Rule = Rule {
    name: "unreachable-containment",
    category: Category::Conflicts,
    level: Level::Warning,
    whole: false,
    source: include_str!("unreachable_containment.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model;
    let graph = Containment::new(&model.types);
    let reached = in_accounts(model, &graph);
    for (id, span) in cx.types().filter(|(id, _)| !reached.contains(id)) {
        let ty = model.ty(id);
        // A chain that ends in nothing was reported as an error, and so was all that hangs on it.
        let broken = || {
            graph
                .above(id)
                .iter()
                .any(|&above| model.ty(above).containers.is_empty())
        };
        if ty.kind == TypeKind::Principal || broken() {
            continue;
        }
        cx.report(span, format!("no `{}` can ever lie in an account", ty.name))
            .help(format!(
                "it lies in {} only; name something that lies in an account",
                type_list(model, &ty.containers)
            ));
    }
}

/// Types of which a node can be or lie in an account.
fn in_accounts(model: &Model, graph: &Containment) -> HashSet<TypeId> {
    let mut open: Vec<TypeId> = model
        .type_ids()
        .filter(|&ty| model.ty(ty).kind == TypeKind::Account)
        .collect();
    let mut reached: HashSet<TypeId> = open.iter().copied().collect();
    while let Some(at) = open.pop() {
        open.extend(graph.contents(at).filter(|&ty| reached.insert(ty)));
    }
    reached
}
