//! `no user is both R and S`, read once more: who holds both, at whatever nodes and times.

use rolebook::facts::{Facts, Member, Subject};
use rolebook::model::value::UserId;
use rolebook::model::{ConstraintKind, Model, RoleId};

/// True if nobody holds, by hand or through a group, both of two roles that are kept apart.
pub(super) fn keeps_apart(model: &Model, facts: &Facts) -> bool {
    let held: Vec<Vec<(u32, u32)>> = facts.user_ids().map(|user| held_by(facts, user)).collect();
    model.constraints.iter().all(|constraint| match &constraint.kind {
        ConstraintKind::Roles { left, right, .. } => held.iter().all(|held| {
            let sides = held.iter().flat_map(|a| held.iter().map(move |b| (a, b)));
            let among = |roles: &[RoleId], role: u32| roles.iter().any(|it| it.0 == role);
            !sides
                .into_iter()
                .any(|(a, b)| a != b && among(left, a.0) && among(right, b.0))
        }),
        _ => true,
    })
}

/// Roles and nodes that are given to a user, to a group of theirs, or to everyone; at whatever time.
fn held_by(facts: &Facts, user: UserId) -> Vec<(u32, u32)> {
    let mut groups = vec![0u32];
    let mut held: Vec<(u32, u32)> = Vec::new();
    loop {
        let before = (groups.len(), held.len());
        for it in &facts.holdings {
            let given = match it.subject() {
                Subject::User(whose) => whose == user,
                Subject::Group(group) => groups.contains(&group.0),
            };
            if given && !held.contains(&(it.role.0, it.node.0)) {
                held.push((it.role.0, it.node.0));
            }
        }
        for (ix, group) in (0u32..).zip(&facts.groups) {
            let is_in = group.members.iter().any(|member| match *member {
                Member::User(whose) => whose == user,
                Member::Group(inner) => groups.contains(&inner.0),
                Member::Holders(role, node) => held.contains(&(role.0, node.0)),
            });
            if is_in && !groups.contains(&ix) {
                groups.push(ix);
            }
        }
        if before == (groups.len(), held.len()) {
            return held;
        }
    }
}
