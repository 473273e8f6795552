//! Giving oneself more: whether a holder of one role may give himself another that allows what he may not do now.

use std::collections::{BTreeSet, HashMap};

use super::Analysis;
use super::cell::Cell;
use super::picture::Picture;
use super::scope::{asks_holding, asks_membership};
use super::shown::flipped;
use super::solver::{Answer, Lit};
use super::witness::Shown;
use super::world::{Atom, Without, user_of};
use crate::model::permission::{PermId, Permission};
use crate::model::value::NodeId;
use crate::model::{DerivationTerm, Effect, Model, RoleId, Rule};
use crate::source::Span;
use crate::table::{Table, Way};

/// Somebody who may give himself more than he has.
#[derive(Debug, Clone)]
pub struct Escalation {
    /// What he holds alone.
    pub giver: RoleId,
    /// What he may give himself.
    pub given: RoleId,
    /// The rule by which he gives.
    pub rule: Span,
    /// What he may do then, and not before.
    pub permission: PermId,
    /// He holds both roles, and may do it.
    pub after: Shown,
}

/// All that a policy's rules on giving let holders of one role win at once, one for each rule and role.
#[must_use]
pub fn escalations(analysis: &Analysis<'_>) -> Vec<Escalation> {
    let model = analysis.table.model();
    let (mut found, mut known) = (Vec::new(), BTreeSet::new());
    let mut gives = HashMap::new();
    for (id, permission) in model.permissions.iter() {
        let Permission::Give(given) = permission else { continue };
        for way in &analysis.table.row(id).grants {
            let Some(giver) = way.role.filter(|&role| role != given && !model.role(role).is_derived()) else {
                continue;
            };
            let rule = model.rule(way.rule).span;
            if known.contains(&(rule, giver)) || open(analysis, giver, given).is_empty() {
                continue;
            }
            let himself = gives.entry((giver, analysis.like(id)));
            if *himself.or_insert_with(|| gives_himself(analysis, id, giver))
                && let Some(won) = wins(analysis, giver, given)
            {
                known.insert((rule, giver));
                found.push(Escalation {
                    giver,
                    given,
                    rule,
                    permission: won.permission,
                    after: won.after,
                });
            }
        }
    }
    found
}

/// A holder of the role alone may give it to himself.
fn gives_himself(analysis: &Analysis<'_>, give: PermId, giver: RoleId) -> bool {
    analysis.with(give, |cell| {
        let (allowed, same, complete) = (cell.allowed_alone(giver).yes, cell.world.same, cell.world.complete);
        allowed != Lit::FALSE && cell.world.circuit.solve(&[allowed, same, complete]) == Answer::Yes
    })
}

/// What a role wins for those who hold another.
#[derive(Debug, Clone)]
pub(super) struct Won {
    pub(super) permission: PermId,
    /// Somebody holds both and may do it; without the second he may not.
    pub(super) after: Shown,
}

/// Something that a holder of both roles may do and one of the first alone may not, whatever it is that the second
/// changes: it allows it, lifts a prohibition, is asked for in a condition, makes a member, or takes the default role away.
/// What rules allow its holders is looked at first.
pub(super) fn wins(analysis: &Analysis<'_>, first: RoleId, second: RoleId) -> Option<Won> {
    let table = analysis.table;
    let gives = |id: &PermId| {
        let mut ways = table.ways(*id, Effect::Grant).iter();
        ways.any(|way| way.role == Some(second))
    };
    let (own, others): (Vec<PermId>, Vec<PermId>) = open(analysis, first, second).into_iter().partition(gives);
    own.into_iter().chain(others).find_map(|permission| {
        let after = analysis.with(permission, |cell| turns(cell, first, second))?;
        Some(Won { permission, after })
    })
}

/// Permissions of which a role may win something for holders of another.
fn open(analysis: &Analysis<'_>, first: RoleId, second: RoleId) -> Vec<PermId> {
    let touched = analysis.touched(second);
    let is_open = |it: &&Touched| !(it.by_grants_alone && gives_no_more(analysis, it.permission, first, second));
    touched.iter().filter(is_open).map(|it| it.permission).collect()
}

/// A permission for which a role can matter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Touched {
    pub(super) permission: PermId,
    /// It matters by nothing but the grants to its holders.
    by_grants_alone: bool,
}

/// Every grant of the second role is one of the first as well, word for word.
fn gives_no_more(analysis: &Analysis<'_>, permission: PermId, first: RoleId, second: RoleId) -> bool {
    let table = analysis.table;
    let row = &table.row(permission).grants;
    let of = |role| Table::cell(row, Some(role));
    let has = |way: &Way| {
        let wording = analysis.wording(way.rule);
        of(first).iter().any(|it| analysis.wording(it.rule) == wording)
    };
    of(second)
        .iter()
        .all(|way| !asks_holding(table.model().rule(way.rule)) && has(way))
}

/// What a role can matter for: rules give it to its holders, ask for it or for members, or prohibit it to those who have
/// the default role in its place.
pub(super) fn touched(table: &Table, role: RoleId) -> Vec<Touched> {
    let model = table.model();
    let mut roles = derived_from(model, role);
    let asks = |rule: &Rule| asks_membership(rule) || rule.roles_asked().iter().any(|it| roles.contains(it));
    let asked: Vec<bool> = model.rules.iter().map(asks).collect();
    roles.extend(model.default_role(model.role(role).ty));
    let concerns = |way: &Way| way.role.is_some_and(|role| roles.contains(&role)) || asked[way.rule.0 as usize];
    let is_own_grant = |way: &Way| {
        let rule = model.rule(way.rule);
        way.role == Some(role) && rule.effect == Effect::Grant && !asked[way.rule.0 as usize]
    };
    // What data hands out may be for holders of the role alone.
    let is_handed_by = |id: PermId| {
        let row = model
            .permissions
            .id(Permission::Grant(id))
            .map(|grant| table.row(grant));
        let ways = row
            .into_iter()
            .flat_map(|row| row.grants.iter().chain(&row.prohibitions));
        ways.into_iter().any(|way| asked[way.rule.0 as usize])
    };
    let all = model.permissions.iter().filter(|(_, it)| !it.is_administrative());
    let look = |(permission, _)| {
        let row = table.row(permission);
        let mut concern = row
            .grants
            .iter()
            .chain(&row.prohibitions)
            .filter(|way| concerns(way))
            .peekable();
        concern.peek()?;
        Some(Touched {
            permission,
            by_grants_alone: concern.all(is_own_grant) && !is_handed_by(permission),
        })
    };
    all.filter_map(look).collect()
}

/// The role, and those that whoever holds it may have by that.
fn derived_from(model: &Model, role: RoleId) -> BTreeSet<RoleId> {
    let mut roles = BTreeSet::from([role]);
    let rests = |id: RoleId, known: &BTreeSet<RoleId>| {
        let by_it = |being: &DerivationTerm| match being {
            DerivationTerm::Holds(of) => of.iter().any(|it| known.contains(it)),
            DerivationTerm::Member | DerivationTerm::Can(_) => true,
            DerivationTerm::Relation(_) => false,
        };
        model.role(id).derived.iter().any(by_it)
    };
    // A derived role may rest on one that is declared later.
    while let Some(next) = model.role_ids().find(|&id| !roles.contains(&id) && rests(id, &roles)) {
        roles.insert(next);
    }
    roles
}

/// A holder of both is allowed what he is denied without the second, and the evaluator says so too.
fn turns(cell: &mut Cell<'_>, first: RoleId, second: RoleId) -> Option<Shown> {
    let nodes = cell.world.nodes_of(cell.table.model().role(first).ty);
    let of_first: Vec<(NodeId, Atom)> = nodes
        .into_iter()
        .map(|node| (node, cell.world.stated(0, first, node)))
        .collect();
    let nodes = cell.world.nodes_of(cell.table.model().role(second).ty);
    nodes.into_iter().find_map(|node| {
        let (atom, shown) = (cell.world.stated(0, second, node), Atom::Stated(0, second, node));
        // Where the permission cannot tell them apart, the second changes nothing.
        if of_first.contains(&(node, atom)) {
            return None;
        }
        let mut claims = vec![cell.world.atom(atom), cell.allowed.yes, cell.world.complete];
        claims.push(!cell.allowed_without(Without::Atom(atom)).yes);
        claims.extend(holds_only(cell, &of_first, atom));
        claims.push(near(cell, &of_first, node));
        let put = |picture: &mut Picture| {
            for it in &mut picture.atoms {
                let held = of_first.iter().find(|(_, of)| of == it);
                *it = held.map_or(*it, |&(node, _)| Atom::Stated(0, first, node));
            }
            picture.atoms.retain(|it| *it != atom);
        };
        let change = |picture: &mut Picture| picture.atoms.push(shown);
        flipped(cell, &claims, put, change).map(|[_, after]| after)
    })
}

/// The caller holds the first role wherever it can be held, and by hand nothing else but this.
fn holds_only(cell: &mut Cell<'_>, of_first: &[(NodeId, Atom)], atom: Atom) -> Vec<Lit> {
    let mut claims = Vec::new();
    for &(node, it) in of_first {
        let (present, held) = (cell.world.present(node), cell.world.atom(it));
        claims.push(cell.world.circuit.or([!present, held]));
    }
    let is_other = |it: &Atom| {
        user_of(*it) == 0
            && *it != atom
            && !of_first.iter().any(|(_, of)| of == it)
            && !matches!(it, Atom::Listed(..) | Atom::InGroup(..))
    };
    let others = cell.world.atoms.iter().filter(|(it, _)| is_other(it));
    claims.extend(others.map(|(_, lit)| !*lit));
    claims
}

/// The first role is held there, above or below.
fn near(cell: &mut Cell<'_>, of_first: &[(NodeId, Atom)], node: NodeId) -> Lit {
    let mut placed = Vec::new();
    for &(other, it) in of_first {
        let near = cell.world.in_shapes(|shape| {
            let present = shape.present[node.0 as usize] && shape.present[other.0 as usize];
            present && (shape.forest.lies_in(node, other) || shape.forest.lies_in(other, node))
        });
        let held = cell.world.atom(it);
        placed.push(cell.world.circuit.and([near, held]));
    }
    cell.world.circuit.or(placed)
}
