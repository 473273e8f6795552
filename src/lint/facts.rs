//! Findings about an organisation: constraints that it breaks, and what is stated in it to no effect.
//!
//! 1. [`by_hand`] gathers who holds which role by hand, groups by their members, to what degree right now.
//! 2. [`each`], [`pairs`] and [`permissions`] hold every constraint of the policy against it.
//! 3. [`holdings`] looks for holdings that are expired or redundant, [`ceiling`] for permissions that nobody may grant,
//!    [`ineffective`] for grants and custom roles that change nothing, [`orphans`] for places that nobody administers.
//!
//! Only what is certain is reported: where the present moment is not known, a holding with a bound counts for neither side.

mod by_hand;
mod ceiling;
mod each;
mod holdings;
mod ineffective;
mod orphans;
mod pairs;
mod permissions;

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Found};
use crate::eval::org::{self, Org};
use crate::eval::{Request, Target};
use crate::facts::Facts;
use crate::model::permission::PermId;
use crate::model::value::{NodeId, UserId, Value};
use crate::model::{Constraint, ConstraintKind, Model, RoleId, TypeId};
use crate::table::Table;
use by_hand::ByHand;

/// How many things a message lists before it counts the rest.
const LISTED: usize = 5;

/// Holds an organisation against the constraints of its policy, and looks for what is stated to no effect.
///
/// `context` is that of a request at the present moment; a `now` that is missing leaves every bound unknown.
pub fn facts(table: &Table, org: &Org<'_>, context: &[Value], found: &mut Found) {
    let mut check = Check::new(table, org, context, found);
    let by_hand = ByHand::new(&check);
    for constraint in &table.model().constraints {
        check.constraint(constraint, &by_hand);
    }
    holdings::check(&mut check);
    ceiling::check(&mut check);
    ineffective::check(&mut check);
    orphans::check(&mut check);
}

/// One organisation being looked at.
struct Check<'a> {
    table: &'a Table,
    model: &'a Model,
    org: &'a Org<'a>,
    facts: &'a Facts,
    context: &'a [Value],
    now: Value,
    /// The default role of each type.
    defaults: Vec<Option<RoleId>>,
    /// Nodes by type.
    nodes: Vec<Vec<NodeId>>,
    /// Ids that nodes of several types have.
    shared: HashSet<&'a str>,
    found: &'a mut Found,
}

impl<'a> Check<'a> {
    fn new(table: &'a Table, org: &'a Org<'a>, context: &'a [Value], found: &'a mut Found) -> Self {
        let (model, facts): (_, &Facts) = (table.model(), &org.facts);
        let mut defaults = vec![None; model.types.len()];
        for role in model.role_ids().filter(|&role| model.role(role).default) {
            defaults[model.role(role).ty.ix()] = Some(role);
        }
        let mut nodes = vec![Vec::new(); model.types.len()];
        let (mut seen, mut shared) = (HashSet::new(), HashSet::new());
        for id in facts.node_ids() {
            let node = facts.node(id);
            nodes[node.ty.ix()].push(id);
            if !seen.insert(node.id.as_str()) {
                shared.insert(node.id.as_str());
            }
        }
        Self {
            table,
            model,
            org,
            facts,
            context,
            now: org::now(context),
            defaults,
            nodes,
            shared,
            found,
        }
    }

    fn constraint(&mut self, constraint: &'a Constraint, by_hand: &ByHand) {
        match &constraint.kind {
            ConstraintKind::Each { ty, count, roles, when } => {
                let each = each::Each {
                    constraint,
                    ty: *ty,
                    count: *count,
                    roles,
                    when: when.as_ref(),
                };
                each.check(self, by_hand);
            }
            ConstraintKind::Also { is, also } => pairs::also(self, by_hand, constraint, is, also),
            ConstraintKind::Roles { left, right, same } => {
                pairs::exclusive(self, by_hand, constraint, (left, right), *same);
            }
            ConstraintKind::Permissions { left, right, same } => {
                permissions::exclusive(self, constraint, (left, right), *same);
            }
        }
    }

    /// A request about the facts as they are.
    fn request(&self, user: Option<UserId>, permission: PermId, target: Target) -> Request<'a> {
        Request {
            user,
            permission,
            target,
            recipient: None,
            context: self.context,
            given: &[],
            pool: &self.facts.pool,
        }
    }

    fn nodes_of(&self, ty: TypeId) -> &[NodeId] {
        &self.nodes[ty.ix()]
    }

    /// The id of a node in backticks, with its type where the id alone is not enough.
    fn node(&self, id: NodeId) -> String {
        let node = self.facts.node(id);
        match self.shared.contains(node.id.as_str()) {
            true => format!("`{} {}`", self.model.ty(node.ty).name, node.id),
            false => format!("`{}`", node.id),
        }
    }

    fn user(&self, id: UserId) -> String {
        format!("`{}`", self.facts.user(id).id)
    }

    fn role(&self, role: RoleId) -> String {
        format!("`{}`", self.facts.role_name(self.model, role))
    }

    /// `` `Lead` or `Deputy` ``
    fn roles(&self, roles: &[RoleId], or: &str) -> String {
        let names: Vec<String> = roles.iter().map(|&role| self.role(role)).collect();
        match names.split_last() {
            Some((last, before)) if !before.is_empty() => format!("{} {or} {last}", before.join(", ")),
            _ => names.join(""),
        }
    }
}

/// Points at the constraint that is broken, and gives its doc comment as help.
fn blamed(fault: Diagnostic, constraint: &Constraint) -> Diagnostic {
    let fault = fault.at(constraint.span, "this says so");
    match &constraint.doc {
        Some(doc) => fault.help(doc.lines().collect::<Vec<_>>().join(" ")),
        None => fault,
    }
}

/// The first few of a list, and how many more there are.
fn few(names: &[String]) -> String {
    let shown = names[..names.len().min(LISTED)].join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
