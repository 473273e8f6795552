//! Where roles are held that matter to what does not lie below.

use rolebook::model::{Expr, HeldAt, Model, PromiseKind, Reach, Role, RoleId, TestKind, TypeId};

use crate::small::promised;

/// Types at which roles are held that matter far away.
pub(crate) fn types(model: &Model) -> Vec<TypeId> {
    let rules = |role: &Role| role.rules.iter().any(|copied| is_far(model.rule(copied.rule).reach));
    let asked = model
        .rules
        .iter()
        .chain(promised(model))
        .flat_map(|rule| rule.when.iter().chain(&rule.unless));
    let asked: Vec<TypeId> = asked.flat_map(anywhere).map(|role| model.role(role).ty).collect();
    let mut types: Vec<TypeId> = model
        .roles
        .iter()
        .filter(|role| rules(role))
        .map(|role| role.ty)
        .collect();
    types.extend(asked);
    types.extend(
        model
            .promises
            .iter()
            .flat_map(|promise| everywhere(model, &promise.kind)),
    );
    types.sort_unstable();
    types.dedup();
    types
}

/// `R cannot P` speaks of every target, wherever R is held.
fn everywhere(model: &Model, promise: &PromiseKind) -> Vec<TypeId> {
    match promise {
        PromiseKind::Role { can: false, rules } => {
            let of_all = rules.iter().filter(|(_, rule)| rule.reach == Reach::Below);
            of_all.map(|(role, _)| model.role(*role).ty).collect()
        }
        _ => Vec::new(),
    }
}

fn is_far(reach: Reach) -> bool {
    matches!(reach, Reach::Across(_) | Reach::Anywhere)
}

/// The roles that a condition asks for wherever they are held.
fn anywhere(expr: &Expr) -> Vec<RoleId> {
    let (mut open, mut roles) = (vec![expr], Vec::new());
    while let Some(expr) = open.pop() {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => open.extend(parts),
            Expr::Not(inner) => open.push(inner),
            Expr::Test(test) => {
                if let TestKind::Holds {
                    roles: asked,
                    at: HeldAt::Anywhere,
                    ..
                } = &test.kind
                {
                    roles.extend_from_slice(asked);
                }
            }
        }
    }
    roles
}
