//! Promises settled: `ensure …` over all organisations that keep the exclusions and in which nothing is missing
//! (DESIGN §5, *Promises*).
//!
//! A promise is refuted by an organisation and a request in which its negation holds; if there is none, it is proved.
//! What no reach is given for is promised everywhere; *at r or above* sees no borders, so that a role of the platform
//! counts inside its clients.

use std::collections::BTreeSet;

use super::Analysis;
use super::cell::Cell;
use super::circuit::Truth;
use super::meaning::{Asked, Meaning, Scope};
use super::scope::needs_no_holding;
use super::solver::{Lit, Search};
use super::witness::Shown;
use super::world::World;
use crate::containment::reach::reaches;
use crate::model::permission::{PermId, Permission};
use crate::model::{Effect, Promise, PromiseKind, Reach, RoleId, Rule};
use crate::source::Span;
use crate::table::{Table, Way};

/// What became of a promise.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It holds in every organisation.
    Proved,
    /// It does not hold here.
    Refuted(Box<Refutation>),
    /// It could not be settled; why.
    Unknown(String),
}

/// An organisation in which a promise is broken.
#[derive(Debug, Clone)]
pub struct Refutation {
    /// The permission that breaks it.
    pub permission: PermId,
    /// The organisation and the request.
    pub shown: Shown,
    /// True if the request is allowed there.
    pub allowed: bool,
    /// The rules that allow it.
    pub rules: Vec<Span>,
}

/// Settles one promise. `NeverBecome` is [`super::escalation`]'s matter.
#[must_use]
pub fn settle(analysis: &Analysis<'_>, promise: &Promise) -> Outcome {
    match &promise.kind {
        PromiseKind::Nobody { with, but, rule } => each(analysis, rule, |cell| nobody(cell, with, but, rule)),
        PromiseKind::Public(rule) => each(analysis, rule, |cell| everyone(cell, rule)),
        PromiseKind::Role { can, rules } => first(rules.iter().map(|(role, rule)| match can {
            true => each(analysis, rule, |cell| can_always(cell, *role, rule)),
            false => each(analysis, rule, |cell| cannot(cell, *role, rule)),
        })),
        PromiseKind::Contains { more, less } => {
            let model = analysis.table.model();
            let pairs = less.iter().flat_map(|&less| more.iter().map(move |&more| (more, less)));
            let alike = pairs.filter(|&(more, less)| model.role(more).ty == model.role(less).ty);
            let mut alike = alike.peekable();
            if alike.peek().is_none() {
                return Outcome::Unknown("no role of the one name can be held where one of the other can".to_owned());
            }
            first(alike.map(|(more, less)| contains(analysis, more, less)))
        }
        PromiseKind::NeverBecome { .. } => Outcome::Unknown("it is about steps".to_owned()),
    }
}

/// The first that is not proved.
fn first(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    let mut unknown = Outcome::Proved;
    for outcome in outcomes {
        match outcome {
            Outcome::Proved => {}
            Outcome::Refuted(_) => return outcome,
            Outcome::Unknown(_) => unknown = outcome,
        }
    }
    unknown
}

/// Looks for a violation in each permission that a promise speaks of.
fn each(analysis: &Analysis<'_>, rule: &Rule, violation: impl Fn(&mut Cell<'_>) -> Option<Violation>) -> Outcome {
    let permissions = rule.permissions.iter();
    first(permissions.map(|&permission| {
        if rule.effect == Effect::Prohibit && !may_be_allowed(analysis.table, permission) {
            return Outcome::Proved;
        }
        analysis.with(permission, |cell| match violation(cell) {
            Some(violation) => look(cell, &violation),
            None => Outcome::Proved,
        })
    }))
}

/// True if anything could allow the permission.
fn may_be_allowed(table: &Table, id: PermId) -> bool {
    let grant = table.model().permissions.id(Permission::Grant(id));
    !table.row(id).grants.is_empty() || grant.is_some_and(|grant| !table.row(grant).grants.is_empty())
}

/// What would break a promise.
struct Violation {
    claims: Vec<Lit>,
    alone: Option<RoleId>,
    allowed: bool,
}

fn look(cell: &mut Cell<'_>, violation: &Violation) -> Outcome {
    let complete = cell.world.complete;
    let claims = [&violation.claims[..], &[complete]].concat();
    match cell.confirmed(&claims, violation.alone, violation.allowed) {
        Search::Nowhere if cell.world.exact => Outcome::Proved,
        Search::GaveUp => Outcome::Unknown("conditions are too intricate to look at all cases".to_owned()),
        Search::Nowhere => Outcome::Unknown("nodes can nest in too many ways to look at all of them".to_owned()),
        Search::Found(Ok(witness)) => Outcome::Refuted(Box::new(Refutation {
            permission: cell.permission,
            rules: cell.applied(),
            shown: witness.shown(),
            allowed: violation.allowed,
        })),
        Search::Found(Err(_)) => {
            Outcome::Unknown("the evaluator does not confirm what the analysis found: a fault of rolebook".to_owned())
        }
    }
}

/// `nobody [with R | but Q] can P …`: allowed, where the promise speaks, to one of whom it speaks.
fn nobody(cell: &mut Cell<'_>, with: &[RoleId], but: &[RoleId], rule: &Rule) -> Option<Violation> {
    let allowed = cell.allowed.yes;
    let (mut meaning, asked) = cell.meaning();
    let region = region(&mut meaning, rule, &asked);
    let mut claims = vec![allowed, region.yes];
    if !with.is_empty() {
        claims.push(meaning.holds_at_or_above(0, with, &asked, false).yes);
    }
    if !but.is_empty() {
        claims.push(meaning.holds_at_or_above(0, but, &asked, false).no);
    }
    Some(Violation {
        claims,
        alone: None,
        allowed: true,
    })
}

/// Where a promise without a holder speaks.
fn region(meaning: &mut Meaning<'_, '_>, rule: &Rule, asked: &Asked) -> Truth {
    let reach = meaning.public_reach(rule, asked);
    let conditions = meaning.conditions(rule, Scope::default(), asked);
    meaning.world.circuit.both(reach, conditions)
}

/// `everyone can P …`
fn everyone(cell: &mut Cell<'_>, rule: &Rule) -> Option<Violation> {
    let allowed = cell.allowed.yes;
    let (mut meaning, asked) = cell.meaning();
    let region = region(&mut meaning, rule, &asked);
    Some(Violation {
        claims: vec![region.yes, !allowed],
        alone: None,
        allowed: false,
    })
}

/// `R can P …`: denied to a holder where the rule, were it one of R's, would reach.
fn can_always(cell: &mut Cell<'_>, role: RoleId, rule: &Rule) -> Option<Violation> {
    let allowed = cell.allowed.yes;
    let (mut meaning, asked) = cell.meaning();
    let placed = meaning.of_role(rule, role, &asked);
    Some(Violation {
        claims: vec![placed.yes, !allowed],
        alone: None,
        allowed: false,
    })
}

/// `R cannot P …`: allowed to a user whose only holding by hand is one of R.
fn cannot(cell: &mut Cell<'_>, role: RoleId, rule: &Rule) -> Option<Violation> {
    if cell.table.model().role(role).is_derived() {
        let allowed = cell.allowed.yes;
        let (mut meaning, asked) = cell.meaning();
        let placed = placed(&mut meaning, role, rule, &asked);
        return Some(Violation {
            claims: vec![placed, allowed],
            alone: None,
            allowed: true,
        });
    }
    let allowed = cell.allowed_alone(role).yes;
    if cell.world.circuit.is_never(allowed) {
        return None;
    }
    cell.world.alone = Some(role);
    let (mut meaning, asked) = cell.meaning();
    let placed = placed(&mut meaning, role, rule, &asked);
    cell.world.alone = None;
    Some(Violation {
        claims: vec![placed, allowed],
        alone: Some(role),
        allowed: true,
    })
}

/// Where `R cannot P` speaks: everywhere, or as far as its reach says from where the role is held.
fn placed(meaning: &mut Meaning<'_, '_>, role: RoleId, rule: &Rule, asked: &Asked) -> Lit {
    let everywhere = rule.reach == Reach::Below;
    let mut found = Vec::new();
    for node in meaning.world.nodes_of(meaning.table.model().role(role).ty) {
        let reach = meaning.world.in_shapes(|shape| {
            shape.present[node.0 as usize] && (everywhere || reaches(&shape.forest, rule, node, &shape.target))
        });
        if reach != Lit::FALSE {
            let holds = meaning.holds_exactly(asked.caller, role, node);
            let scope = Scope {
                here: Some(node),
                holding: None,
            };
            let conditions = meaning.conditions(rule, scope, asked);
            let both = meaning.world.circuit.and([reach, holds.yes, conditions.yes]);
            found.push(both);
        }
    }
    meaning.world.circuit.or(found)
}

/// `R can everything S can`: at the same node, each alone, there is nothing that S may and R may not.
pub fn contains(analysis: &Analysis<'_>, more: RoleId, less: RoleId) -> Outcome {
    let table = analysis.table;
    let permissions = table.model().permissions.iter().map(|(id, _)| id);
    let touched =
        |id: &PermId| is_granted(table, *id, less) && (has_way(table, *id, less) || has_way(table, *id, more));
    first(permissions.filter(touched).map(|permission| {
        analysis.with(permission, |cell| {
            let violation = match table.model().role(less).is_derived() {
                true => beyond_derived(cell, more, less),
                false => beyond_held(cell, more, less),
            };
            look(cell, &violation)
        })
    }))
}

/// What a role that is given by hand allows alone, and another does not.
fn beyond_held(cell: &mut Cell<'_>, more: RoleId, less: RoleId) -> Violation {
    let (narrow, wide) = (cell.allowed_alone(less).yes, cell.allowed_alone(more).yes);
    Violation {
        claims: vec![narrow, !wide],
        alone: Some(less),
        allowed: true,
    }
}

/// What the own rules of a derived role allow to whoever meets its terms, and another role does not, were it held there
/// instead.
fn beyond_derived(cell: &mut Cell<'_>, more: RoleId, less: RoleId) -> Violation {
    cell.world.never = Some(less);
    let wide = cell.allowed_alone(more).yes;
    cell.world.never = None;
    let (allowed, permission) = (cell.allowed.yes, cell.permission);
    let row = &cell.table.row(permission).grants;
    let grants: Vec<Way> = row.iter().filter(|way| way.role == Some(less)).copied().collect();
    let (mut meaning, asked) = cell.meaning();
    let own = grants.iter().map(|way| {
        let rule = meaning.table.model().rule(way.rule);
        let there = |world: &mut World<'_>, node| world.held_alone_at(node);
        meaning.of_role_where(rule, less, &asked, there).yes
    });
    let own: Vec<Lit> = own.collect();
    let own = meaning.world.circuit.or(own);
    Violation {
        claims: vec![allowed, own, !wide],
        alone: None,
        allowed: true,
    }
}

/// True if a rule gives a permission to a role alone, or to whoever needs no role by hand.
fn is_granted(table: &Table, id: PermId, role: RoleId) -> bool {
    let mut grants = table.row(id).grants.iter();
    grants.any(|way| way.role == Some(role) || needs_no_holding(table.model(), way))
}

/// True if what a role gives or takes may matter to a permission.
fn has_way(table: &Table, id: PermId, role: RoleId) -> bool {
    let model = table.model();
    let row = table.row(id);
    let asked = |rule: &Rule| rule.roles_asked().contains(&role);
    let mut ways = row.grants.iter().chain(&row.prohibitions);
    ways.any(|way| {
        way.role == Some(role)
            || way.role.is_some_and(|role| model.role(role).is_derived())
            || asked(model.rule(way.rule))
    })
}

/// The roles of a promise about becoming, for messages.
#[must_use]
pub fn role_names(table: &Table, roles: &[RoleId]) -> String {
    let names: BTreeSet<&str> = roles
        .iter()
        .map(|&role| table.model().role(role).name.as_str())
        .collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}
