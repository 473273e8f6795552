//! `each Entity has exactly 1 Lead when …`: counts the users who hold the role by hand at each node.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::by_hand::{ByHand, Held};
use super::{Check, LISTED, blamed, few};
use crate::diagnostic::Diagnostic;
use crate::eval::Eval;
use crate::eval::Target;
use crate::eval::condition::Scope;
use crate::model::permission::PermId;
use crate::model::value::{NodeId, Tri};
use crate::model::{Constraint, Expr, RoleId, TypeId};
use crate::syntax::ast::Count;

/// The constraint with its parts.
#[derive(Clone, Copy)]
pub(super) struct Each<'a> {
    pub(super) constraint: &'a Constraint,
    pub(super) ty: TypeId,
    pub(super) count: Count,
    pub(super) roles: &'a [RoleId],
    pub(super) when: Option<&'a Expr>,
}

/// The users who hold a role at a node.
struct Tally<'h> {
    /// Those who certainly do, each once.
    sure: Vec<&'h Held>,
    /// How many may.
    possible: usize,
}

impl<'h> Tally<'h> {
    fn of(held: &[&'h Held]) -> Self {
        let mut held = held.to_vec();
        held.sort_by_key(|h| (h.user, Reverse(h.running)));
        held.dedup_by_key(|h| h.user);
        Self {
            possible: held.len(),
            sure: held.into_iter().filter(|h| h.running == Tri::True).collect(),
        }
    }

    /// The holders, those of one statement together.
    fn by_span(&self) -> Vec<Vec<&'h Held>> {
        let mut held = self.sure.clone();
        held.sort_by_key(|h| (h.span, h.user));
        held.chunk_by(|a, b| a.span == b.span).map(<[_]>::to_vec).collect()
    }

    /// How many hold it, in words, if that is certainly against the constraint.
    fn against(&self, count: Count) -> Option<String> {
        let (least, most) = match count {
            Count::Exactly(n) => (n, n),
            Count::AtLeast(n) => (n, u32::MAX),
            Count::AtMost(n) => (0, n),
        };
        let certain = self.sure.len() == self.possible;
        if self.possible < least as usize {
            return Some(number(if certain { "" } else { "at most " }, self.possible));
        }
        (self.sure.len() > most as usize).then(|| number(if certain { "" } else { "at least " }, self.sure.len()))
    }
}

fn number(bound: &str, count: usize) -> String {
    match count {
        0 => "no".to_owned(),
        1 => format!("{bound}1 holder of"),
        _ => format!("{bound}{count} holders of"),
    }
}

impl Each<'_> {
    pub(super) fn check(self, check: &mut Check<'_>, by_hand: &ByHand) {
        let mut at: HashMap<NodeId, Vec<&Held>> = HashMap::new();
        for held in by_hand.of(self.roles) {
            at.entry(held.node).or_default().push(held);
        }
        for ix in 0..check.nodes_of(self.ty).len() {
            let node = check.nodes_of(self.ty)[ix];
            if !self.concerns(check, node) {
                continue;
            }
            let tally = Tally::of(at.get(&node).map_or(&[], Vec::as_slice));
            if let Some(number) = tally.against(self.count) {
                let fault = self.fault(check, node, &tally, &number);
                check.found.push(fault);
            }
        }
    }

    /// True if the condition is certainly true of the node.
    fn concerns(self, check: &Check<'_>, node: NodeId) -> bool {
        let Some(when) = self.when else { return true };
        // A condition asks for no permission of its own, so any will do.
        let request = check.request(None, PermId(0), Target::node(node));
        Eval {
            table: check.table,
            org: check.org,
            request: &request,
        }
        .expr(when, Scope::NONE)
            == Tri::True
    }

    fn fault(self, check: &Check<'_>, node: NodeId, tally: &Tally<'_>, number: &str) -> Diagnostic {
        let roles = check.roles(self.roles, "or");
        let each = if self.when.is_some() { "each such" } else { "each" };
        let (name, ty) = (check.node(node), &check.model.ty(self.ty).name);
        let message = format!("{name} has {number} {roles}; {each} `{ty}` has {}", wanted(self.count));
        let mut fault = Diagnostic::warning("constraint/each", message).at(check.facts.node(node).span, "");
        for same in tally.by_span().iter().take(LISTED) {
            let names: Vec<String> = same.iter().map(|held| holder(check, held)).collect();
            fault = fault.at(same[0].span, format!("held by {}", few(&names)));
        }
        blamed(fault, self.constraint)
    }
}

fn holder(check: &Check<'_>, held: &Held) -> String {
    let user = check.user(held.user);
    match held.group {
        Some(group) => format!("{user} through `{}`", check.facts.group(group).id),
        None => user,
    }
}

fn wanted(count: Count) -> String {
    match count {
        Count::Exactly(0) | Count::AtMost(0) => "none".to_owned(),
        Count::Exactly(n) => format!("exactly {n}"),
        Count::AtLeast(n) => format!("at least {n}"),
        Count::AtMost(n) => format!("at most {n}"),
    }
}
