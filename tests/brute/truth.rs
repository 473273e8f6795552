//! ρ of every rule text for one request: a vector of Kleene's values, two bits each. Behind the texts stands what data
//! hands out beyond them.

use rolebook::eval::Eval;
use rolebook::eval::condition::Scope;
use rolebook::eval::org::Org;
use rolebook::eval::{Request, degree};
use rolebook::model::value::{NodeId, Tri, UserId};
use rolebook::model::{Effect, RoleId, Rule, Who};
use rolebook::table::Way;

use crate::small::Small;

/// ρ by rule text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Truths(u64);

impl Truths {
    pub(crate) const fn get(self, text: usize) -> Tri {
        match (self.0 >> (2 * text)) & 3 {
            0 => Tri::False,
            1 => Tri::Unknown,
            _ => Tri::True,
        }
    }

    pub(crate) fn set(&mut self, text: usize, yes: bool, no: bool) {
        let to = if yes {
            Tri::True
        } else if no {
            Tri::False
        } else {
            Tri::Unknown
        };
        self.raise(text, to);
    }

    fn raise(&mut self, text: usize, to: Tri) {
        if to > self.get(text) {
            let bits = if to == Tri::True { 2 } else { 1 };
            self.0 = self.0 & !(3 << (2 * text)) | (bits << (2 * text));
        }
    }

    /// The rules of one effect together, some left out.
    pub(crate) fn side(self, small: &Small, effect: Effect, but: &[usize]) -> Tri {
        let of = (0..small.texts.len()).filter(|ix| small.texts[*ix].effect == effect && !but.contains(ix));
        let handed = if effect == Effect::Grant {
            self.get(small.texts.len())
        } else {
            Tri::False
        };
        of.map(|ix| self.get(ix)).max().unwrap_or(Tri::False).max(handed)
    }

    /// D, some rules left out.
    pub(crate) fn decide(self, small: &Small, but: &[usize]) -> Tri {
        let prohibited = self.side(small, Effect::Prohibit, but);
        self.side(small, Effect::Grant, but).min(prohibited.negate())
    }
}

/// ρ of every rule text.
///
/// # Panics
///
/// If the rules together do not give what the evaluator decides.
pub(crate) fn truths(small: &Small, org: &Org<'_>, request: &Request<'_>) -> Truths {
    let eval = Eval {
        table: &small.table,
        org,
        request,
    };
    let mut truths = Truths::default();
    let row = small.table.row(request.permission);
    for way in row.grants.iter().chain(&row.prohibitions) {
        if let Some(text) = small.text_of[way.rule.ix()]
            && truths.get(text) != Tri::True
        {
            truths.raise(text, of_way(&eval, *way));
        }
    }
    let granted = eval.side(Effect::Grant);
    if granted > truths.side(small, Effect::Grant, &[]) && !(org.facts.custom.is_empty() && org.facts.grants.is_empty())
    {
        truths.raise(small.texts.len(), granted);
    }
    assert_eq!(
        truths.decide(small, &[]),
        degree(&small.table, org, request),
        "{}",
        small.text
    );
    truths
}

/// The grants of one role, or of rules without one, less what prohibits its holders.
pub(crate) fn cell(eval: &Eval<'_>, role: Option<RoleId>) -> bool {
    let row = eval.table.row(eval.request.permission);
    let own = row.grants.iter().filter(|way| way.role == role);
    let against = row
        .prohibitions
        .iter()
        .filter(|way| way.role.is_none() || way.role == role);
    let granted = own.map(|way| of_way(eval, *way)).max().unwrap_or(Tri::False);
    let prohibited = against.map(|way| of_way(eval, *way)).max().unwrap_or(Tri::False);
    granted.min(prohibited.negate()) == Tri::True
}

fn of_way(eval: &Eval<'_>, way: Way) -> Tri {
    let rule = eval.table.model().rule(way.rule);
    match (way.role, eval.request.user) {
        (None, user) => public(eval, rule, user),
        (Some(role), Some(user)) => through(eval, rule, role, user),
        (Some(_), None) => Tri::False,
    }
}

fn public(eval: &Eval<'_>, rule: &Rule, user: Option<UserId>) -> Tri {
    let exempt = match (&rule.who, user) {
        (Who::Nobody(but), Some(user)) => eval.holds_above(user, but),
        _ => Tri::False,
    };
    let rest = eval.conditions(rule, Scope::NONE);
    eval.public_reach(rule).min(exempt.negate()).min(rest)
}

/// Through each holding of a role.
fn through(eval: &Eval<'_>, rule: &Rule, role: RoleId, user: UserId) -> Tri {
    if eval.table.model().role(role).is_derived() {
        let at = |node: NodeId| eval.applies(rule, node, None).min(eval.derived(user, role, node));
        let nodes = eval
            .org
            .facts
            .node_ids()
            .filter(|&node| eval.org.ty(node) == eval.table.model().role(role).ty);
        return nodes.map(at).max().unwrap_or(Tri::False);
    }
    let held = eval.org.entries(user).iter().filter(|entry| entry.role == role);
    held.map(|entry| {
        eval.org
            .runs(entry, eval.now())
            .min(eval.applies(rule, entry.node, Some(entry)))
    })
    .max()
    .unwrap_or(Tri::False)
}
