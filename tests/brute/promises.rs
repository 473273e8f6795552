//! Promises read again, one organisation and request at a time.

use rolebook::containment::reach::{near, reaches};
use rolebook::eval::Eval;
use rolebook::eval::Request;
use rolebook::eval::condition::Scope;
use rolebook::eval::org::Org;
use rolebook::model::permission::PermId;
use rolebook::model::value::{NodeId, Tri, UserId};
use rolebook::model::{Effect, Promise, PromiseKind, Reach, RoleId, Rule};
use rolebook::table::Table;

/// True if this request, decided so, breaks a promise. Those about a role alone are looked at in [`crate::alone`].
pub(crate) fn is_broken(promise: &Promise, table: &Table, org: &Org<'_>, request: &Request<'_>, decision: Tri) -> bool {
    let eval = Eval { table, org, request };
    let allowed = decision == Tri::True;
    match &promise.kind {
        PromiseKind::Nobody { with, but, rule } if concerns(rule, request.permission) => {
            let holds = |roles: &[RoleId]| request.user.is_some_and(|user| eval.holds_from_above(user, roles));
            let speaks = (with.is_empty() || holds(with)) && !holds(but);
            allowed && speaks && lies_in(org, request, rule) && eval.conditions(rule, Scope::NONE) == Tri::True
        }
        PromiseKind::Public(rule) if concerns(rule, request.permission) => {
            let speaks = eval.public_reach(rule).min(eval.conditions(rule, Scope::NONE));
            !allowed && speaks == Tri::True
        }
        PromiseKind::Role { can: true, rules } => {
            let broken =
                |(role, rule): &(RoleId, Rule)| concerns(rule, request.permission) && eval.is_placed(*role, rule);
            !allowed && rules.iter().any(broken)
        }
        PromiseKind::Role { can: false, rules } => {
            let derived = |role: RoleId| table.model().role(role).is_derived();
            let broken = |(role, rule): &(RoleId, Rule)| {
                derived(*role) && concerns(rule, request.permission) && eval.is_placed(*role, rule)
            };
            allowed && rules.iter().any(broken)
        }
        _ => false,
    }
}

pub(crate) fn concerns(rule: &Rule, permission: PermId) -> bool {
    rule.permissions.contains(&permission)
}

fn lies_in(org: &Org<'_>, request: &Request<'_>, rule: &Rule) -> bool {
    match rule.reach {
        Reach::In(ty) => near(org, &request.target, ty).is_some(),
        _ => true,
    }
}

trait Placed {
    fn is_placed(&self, role: RoleId, rule: &Rule) -> bool;
    fn holds_from_above(&self, user: UserId, roles: &[RoleId]) -> bool;
}

impl Placed for Eval<'_> {
    /// At r or above, whatever borders lie between.
    fn holds_from_above(&self, user: UserId, roles: &[RoleId]) -> bool {
        let mut above = self.org.chain(self.request.target.start);
        above.any(|node| {
            roles
                .iter()
                .any(|&role| self.holds_exactly(user, role, node) == Tri::True)
        })
    }

    /// u holds the role somewhere from where the promise reaches the target.
    fn is_placed(&self, role: RoleId, rule: &Rule) -> bool {
        let Some(user) = self.request.user else { return false };
        let everywhere = rule.effect == Effect::Prohibit && rule.reach == Reach::Below;
        let at = |node: NodeId| {
            let entry = self.org.entries_at(user, node).iter().find(|entry| entry.role == role);
            let scope = Scope {
                here: Some(node),
                entry,
            };
            self.holds_exactly(user, role, node) == Tri::True
                && (everywhere || reaches(self.org, rule, node, &self.request.target))
                && self.conditions(rule, scope) == Tri::True
        };
        self.org.facts.node_ids().any(at)
    }
}
