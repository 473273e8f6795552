//! Who and what comes into question at all, so that a reverse question costs what its answer costs.
//!
//! A candidate may still be refused, by a condition, a border or a prohibition: each is asked of the evaluator. What is
//! no candidate is never allowed. [`callers`] and [`nodes`] read a permission's ways: holders at the nodes that enclose
//! the target, holders anywhere of roles that reach far, who stands in a relation. Where a way is open to everybody, or
//! derived from something else than a relation, there is no better list than everyone ([`None`]).

use super::Eval;
use super::Request;
use super::org::Org;
use crate::model::permission::PermId;
use crate::model::value::{NodeId, UserId, Value};
use crate::model::{DerivationTerm, Effect, RoleId, Rule, TypeId};
use crate::table::{Table, Way, is_far};

/// The users who may be allowed what a request asks, ascending, whoever its user is; `None` if that may be anybody.
#[must_use]
pub fn callers(table: &Table, org: &Org<'_>, request: &Request<'_>) -> Option<Vec<UserId>> {
    if request.check_all_but_recipient(table, org).is_err() {
        return Some(Vec::new());
    }
    let eval = Eval { table, org, request };
    let ways = table.ways(request.permission, Effect::Grant);
    let needs = table.needs(request.permission, Effect::Grant);
    let (public, of_roles) = ways.split_at(needs.public as usize);
    let mut found = Vec::new();
    for way in public {
        related(&eval, table.model().rule(way.rule), &mut found)?;
    }
    let extra = org.extra.ways(request.permission);
    for way in extra.iter().filter(|way| is_far(org.extra.rule(way).reach)) {
        found.extend(org.reverse().holders_of(way.role));
    }
    if needs.held || !extra.is_empty() {
        for node in org.chain(request.target.start) {
            found.extend(org.reverse().holders_at(node));
        }
    }
    for way in of_roles {
        of_way(&eval, way, &mut found)?;
    }
    found.sort_unstable();
    found.dedup();
    Some(found)
}

/// Holders that a way reaches from elsewhere.
fn of_way(eval: &Eval<'_>, way: &Way, found: &mut Vec<UserId>) -> Option<()> {
    let role = way.role?;
    let is_far = is_far(eval.table.model().rule(way.rule).reach);
    match (eval.table.model().role(role).is_derived(), is_far) {
        (true, true) => return None,
        (true, false) => return derived(eval, role, found),
        (false, true) => found.extend(eval.org.reverse().holders_of(role)),
        (false, false) => {}
    }
    Some(())
}

/// Who may hold a derived role at a node that encloses the target: one of its terms that names them is enough.
fn derived(eval: &Eval<'_>, role: RoleId, found: &mut Vec<UserId>) -> Option<()> {
    let model = eval.table.model();
    let it = model.role(role);
    let relation = it.derived.iter().find_map(|being| match being {
        DerivationTerm::Relation(name) => Some(*name),
        _ => None,
    });
    let by_hand = |roles: &[RoleId]| roles.iter().all(|&role| !model.role(role).is_derived());
    let holds = it
        .derived
        .iter()
        .any(|being| matches!(being, DerivationTerm::Holds(roles) if by_hand(roles)));
    let nodes = eval.org.chain(eval.request.target.start);
    for node in nodes.filter(|&node| eval.org.ty(node) == it.ty) {
        match relation {
            Some(name) => users(eval, eval.step(Value::Node(node), name), found)?,
            None if holds => found.extend(eval.org.reverse().holders_at(node)),
            None => return None,
        }
    }
    Some(())
}

/// Who stands in one of a rule's relations to the target.
fn related(eval: &Eval<'_>, rule: &Rule, found: &mut Vec<UserId>) -> Option<()> {
    if rule.relation.is_empty() {
        return None;
    }
    for relation in &rule.relation {
        if !relation.then.is_empty() {
            return None;
        }
        users(eval, eval.related_value(relation), found)?;
    }
    Some(())
}

/// The users that a value names; `None` for a group, whose members are not listed here.
fn users(eval: &Eval<'_>, value: Value, found: &mut Vec<UserId>) -> Option<()> {
    match value {
        Value::User(user) => found.push(user),
        Value::Group(_) => return None,
        Value::List(list) => {
            for &value in eval.request.pool.values(list) {
                users(eval, value, found)?;
            }
        }
        _ => {}
    }
    Some(())
}

/// The nodes of a type on which a user may be allowed a permission, in pre-order; `None` if that may be any.
#[must_use]
pub fn nodes(table: &Table, org: &Org<'_>, user: UserId, permission: PermId, ty: TypeId) -> Option<Vec<NodeId>> {
    let known = table.known_row(permission).is_some() && (user.0 as usize) < org.facts.users.len();
    if !known {
        return Some(Vec::new());
    }
    let ways = table.ways(permission, Effect::Grant);
    let needs = table.needs(permission, Effect::Grant);
    if needs.public > 0 || needs.derived {
        return None;
    }
    let reaches_far = |way: &&Way| is_far(table.model().rule(way.rule).reach);
    let mut far: Vec<RoleId> = ways.iter().filter(reaches_far).filter_map(|way| way.role).collect();
    let extra = org.extra.ways(permission);
    let far_extra = extra.iter().filter(|way| is_far(org.extra.rule(way).reach));
    far.extend(far_extra.map(|way| way.role));
    let gives = |role: RoleId| !Table::cell(ways, Some(role)).is_empty() || extra.iter().any(|way| way.role == role);
    let entries = org.entries(user);
    if entries.iter().any(|entry| far.contains(&entry.role)) {
        return None;
    }
    let mut roots: Vec<NodeId> = entries
        .iter()
        .filter(|entry| gives(entry.role))
        .map(|entry| entry.node)
        .collect();
    roots.sort_unstable_by_key(|&node| org.interval(node));
    roots.dedup();
    let mut found: Vec<NodeId> = Vec::new();
    let mut end = None;
    for root in roots {
        let (first, last) = org.interval(root);
        if end.is_some_and(|end| first <= end) {
            continue;
        }
        end = Some(last);
        found.extend(org.reverse().nodes_in(org, ty, root));
    }
    Some(found)
}
