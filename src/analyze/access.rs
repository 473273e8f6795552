//! Who gets in from outside: callers that nobody knows ([`public`]), and users of one account in another ([`crossing`]).

use super::Analysis;
use super::cell::Cell;
use super::shown::{pictured, shown};
use super::solver::Lit;
use super::texts::{permissions, rule};
use super::witness::Shown;
use super::world::{Atom, Shape};
use crate::containment::reach::account;
use crate::model::permission::PermId;
use crate::model::value::NodeId;
use crate::model::{Effect, Path, Reach, RoleId, Root, Rule, RuleId, Test, TestKind, TypeId, Who};
use crate::table::Way;

/// What a rule without any condition gives to all.
#[derive(Debug, Clone)]
pub struct Public {
    /// The rule.
    pub rule: RuleId,
    /// What it gives, of what was asked for.
    pub permission: PermId,
    /// Callers who are not signed in are among them.
    pub anyone: bool,
    /// Somebody who gets it.
    pub shown: Shown,
}

/// What `anyone`, or `everyone` anywhere, may do on no condition, of the permissions that are wanted; once for a text.
#[must_use]
pub fn public(analysis: &Analysis<'_>, wanted: impl Fn(PermId) -> bool) -> Vec<Public> {
    let model = analysis.table.model();
    let texts = analysis.texts().values();
    let open = texts.filter_map(|ways| rule(ways).filter(|&id| is_open(model.rule(id))).map(|id| (id, ways)));
    let found = open.filter_map(|(id, ways)| {
        let anyone = matches!(model.rule(id).who, Who::Anyone);
        let all = permissions(ways).into_iter().filter(|&permission| wanted(permission));
        let mut shown = all.filter_map(|permission| {
            let shown = analysis.with(permission, |cell| to_all(cell, id, anyone))?;
            Some(Public {
                rule: id,
                permission,
                anyone,
                shown,
            })
        });
        shown.next()
    });
    found.collect()
}

fn is_open(rule: &Rule) -> bool {
    let all = matches!(rule.who, Who::Anyone) || (matches!(rule.who, Who::Everyone) && rule.reach == Reach::Anywhere);
    all && rule.effect == Effect::Grant && rule.relation.is_empty() && rule.when.is_none() && rule.unless.is_none()
}

fn to_all(cell: &mut Cell<'_>, id: RuleId, anyone: bool) -> Option<Shown> {
    let gives = cell
        .decision
        .grants
        .iter()
        .find(|(way, _)| way.rule == id)
        .map(|(_, truth)| truth.yes)?;
    let (allowed, signed_in) = (cell.allowed.yes, cell.world.signed_in);
    let caller = if anyone { !signed_in } else { signed_in };
    shown(cell, &[caller, gives, allowed], true)
}

/// A grant that reaches into an account in which its holder has nothing.
#[derive(Debug, Clone)]
pub struct Crossing {
    /// The rule.
    pub rule: RuleId,
    /// Whose.
    pub role: RoleId,
    /// What it gives there.
    pub permission: PermId,
    /// The type of the account in which the role is held.
    pub from: TypeId,
    /// The type of the account that is reached.
    pub into: TypeId,
    /// An organisation in which it does.
    pub shown: Shown,
}

/// Grants by which a user all of whose holdings lie apart from the target's account, neither above nor below it, may act
/// there, though no condition ties the two; once for a text.
#[must_use]
pub fn crossing(analysis: &Analysis<'_>) -> Vec<Crossing> {
    let model = analysis.table.model();
    let texts = analysis.texts().values();
    let far = texts.filter_map(|ways| rule(ways).filter(|&id| is_far(model.rule(id))).map(|id| (id, ways)));
    far.filter_map(|(id, ways)| first_crossing(analysis, id, ways))
        .collect()
}

fn is_far(rule: &Rule) -> bool {
    let reaches = matches!(rule.reach, Reach::Anywhere | Reach::Across(_) | Reach::In(_));
    reaches && rule.effect == Effect::Grant && matches!(rule.who, Who::Holders(_)) && !is_tied(rule)
}

/// A relation or a test looks at the holder's end and at the target's.
fn is_tied(rule: &Rule) -> bool {
    !rule.relation.is_empty() || rule.tests().any(ties)
}

fn ties(test: &Test) -> bool {
    let is_holder = |path: &Path| matches!(path.root, Root::User | Root::Here | Root::Holding(_));
    let is_target = |path: &Path| matches!(path.root, Root::Resource | Root::Near(_));
    let paths = test.paths();
    match &test.kind {
        TestKind::Truth(_) => false,
        TestKind::Holds { who, .. } => is_holder(who),
        _ => paths.iter().any(|path| is_holder(path)) && paths.iter().any(|path| is_target(path)),
    }
}

fn first_crossing(analysis: &Analysis<'_>, id: RuleId, ways: &[(PermId, Way)]) -> Option<Crossing> {
    let model = analysis.table.model();
    let mut found = ways.iter().filter_map(|&(permission, way)| {
        let role = way.role.filter(|&role| !model.role(role).is_derived())?;
        let (from, into, shown) = analysis.with(permission, |cell| crosses(cell, way, role))?;
        Some(Crossing {
            rule: id,
            role,
            permission,
            from,
            into,
            shown,
        })
    });
    found.next()
}

fn crosses(cell: &mut Cell<'_>, way: Way, role: RoleId) -> Option<(TypeId, TypeId, Shown)> {
    let gives = cell
        .decision
        .grants
        .iter()
        .find(|(it, _)| *it == way)
        .map(|(_, truth)| truth.yes)?;
    let mut claims = vec![gives, cell.allowed.yes];
    claims.extend(outside(cell));
    let (picture, shown) = pictured(cell, &claims, true)?;
    let shape = &cell.world.shapes[picture.shape];
    let held = picture.atoms.iter().find_map(|atom| match *atom {
        Atom::Stated(0, which, node) | Atom::Via(0, which, node) if which == role => Some(node),
        Atom::Listed(0, node) if cell.world.nodes[node.0 as usize].ty == cell.table.model().role(role).ty => Some(node),
        _ => None,
    })?;
    let home = account(&shape.forest, &shape.target)?;
    let ty = |node: NodeId| cell.world.nodes[node.0 as usize].ty;
    Some((ty(shape.forest.account(held)), ty(home), shown))
}

/// The caller has nothing in the target's account, nor above or below it, and nothing through a group.
fn outside(cell: &mut Cell<'_>) -> Vec<Lit> {
    let own = cell.world.atoms.iter();
    let own: Vec<(NodeId, Lit, bool)> = own
        .filter_map(|&(atom, lit)| held_at(atom).map(|node| (node, lit, matches!(atom, Atom::Via(..)))))
        .collect();
    let mut none = Vec::new();
    for (node, lit, through_group) in own {
        let near = cell.world.in_shapes(|shape| is_near(shape, node));
        none.push(match through_group {
            true => !lit,
            false => !cell.world.circuit.and([near, lit]),
        });
    }
    none
}

/// What the caller has at a node.
const fn held_at(atom: Atom) -> Option<NodeId> {
    match atom {
        Atom::Stated(0, _, node)
        | Atom::Via(0, _, node)
        | Atom::Other(0, node)
        | Atom::Listed(0, node)
        | Atom::Single(0, _, node)
        | Atom::Custom(0, _, node) => Some(node),
        _ => None,
    }
}

/// One of the two accounts, the node's and the target's, is or encloses the other.
fn is_near(shape: &Shape, node: NodeId) -> bool {
    let above = |outer| shape.forest.lies_in(shape.target.start, outer);
    let below = |outer| shape.forest.lies_in(node, outer);
    let home = account(&shape.forest, &shape.target);
    shape.present[node.0 as usize] && (above(shape.forest.account(node)) || home.is_some_and(below))
}
