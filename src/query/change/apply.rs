//! What a change does to the facts. Nodes are never made, moved or retyped.

use super::{Change, grant_rule};
use crate::facts::{EVERYONE, Facts, Holding, Member, SingleGrant, Subject, Thing, Window, defaults};
use crate::model::value::{NodeId, Value};
use crate::model::{AttrName, Default, Model, RoleId};

impl Change {
    /// Makes the change; false if it changes nothing.
    pub fn apply(&self, facts: &mut Facts, model: &Model) -> bool {
        match self {
            Self::Give {
                role,
                node,
                to,
                parameters,
            } => give(facts, model, (*role, *node, *to), parameters),
            Self::Take { role, node, from } => {
                let taken = |held: &Holding| (held.subject(), held.role, held.node) == (*from, *role, *node);
                cut(&mut facts.holdings, taken)
            }
            Self::Add { place, user } => {
                let places = &mut facts.users[user.0 as usize].places;
                let new = !places.contains(place);
                places.extend(new.then_some(*place));
                filled(facts, model, new)
            }
            Self::Remove { place, user } => {
                let places = &mut facts.users[user.0 as usize].places;
                let before = places.len();
                places.retain(|listed| listed != place);
                let changed = places.len() < before;
                filled(facts, model, changed)
            }
            Self::Grant { handout, node, to } => {
                let span = facts.node(*node).span;
                let rule = grant_rule(model, handout, facts.node(*node).ty, span);
                facts.grants.push(SingleGrant {
                    to: *to,
                    rule,
                    at: *node,
                    window: Window::ALWAYS,
                    span,
                });
                true
            }
            Self::Revoke { handout, node, from } => {
                let revoked =
                    |grant: &SingleGrant| (grant.to, grant.at) == (*from, *node) && handout.is_of(&grant.rule);
                cut(&mut facts.grants, revoked)
            }
            Self::Join { group, user } => {
                let members = &mut facts.groups[group.0 as usize].members;
                let new = *group != EVERYONE && !members.contains(&Member::User(*user));
                members.extend(new.then_some(Member::User(*user)));
                new
            }
            Self::Leave { group, user } => {
                let members = &mut facts.groups[group.0 as usize].members;
                cut(members, |member| *member == Member::User(*user))
            }
            Self::Set { thing, slot, value } => set(facts, model, (*thing, *slot), *value),
            Self::Insert { thing, slot, value } => {
                let mut values = elements(facts, *thing, *slot);
                let new = !values.contains(value);
                values.extend(new.then_some(*value));
                new && replace(facts, model, (*thing, *slot), values)
            }
            Self::Delete { thing, slot, value } => {
                let mut values = elements(facts, *thing, *slot);
                cut(&mut values, |known| known == value) && replace(facts, model, (*thing, *slot), values)
            }
        }
    }

    /// Facts have no circles in what `manager+` follows, and nobody can make one.
    pub(in crate::query) fn closes_circle(&self, facts: &Facts, model: &Model) -> bool {
        let Self::Set {
            thing: Thing::User(start),
            slot,
            value: first @ Value::User(_),
        } = *self
        else {
            return false;
        };
        let Some(key) = model.ty(facts.user(start).ty).attributes.get(slot).map(|it| it.key) else {
            return false;
        };
        if !is_climbed(facts, model, key) {
            return false;
        }
        // A chain without a circle has fewer steps than there are users.
        let mut at = first;
        for _ in 0..=facts.users.len() {
            match at {
                Value::User(user) if user == start => return true,
                Value::User(user) => {
                    let it = facts.user(user);
                    at = model.slot(it.ty, key).map_or(Value::Missing, |slot| it.values[slot]);
                }
                _ => return false,
            }
        }
        true
    }
}

/// Makes changes one after the other; `None` if one of them changes nothing, or if a chain of users closed.
pub(in crate::query) fn made(facts: &Facts, model: &Model, changes: &[&Change]) -> Option<Facts> {
    let mut facts = facts.clone();
    let all = changes.iter().all(|change| change.apply(&mut facts, model));
    let closed = changes.iter().any(|change| change.closes_circle(&facts, model));
    (all && !closed).then_some(facts)
}

/// What falls back on something may now fall back on something else.
fn filled(facts: &mut Facts, model: &Model, changed: bool) -> bool {
    if changed {
        defaults::fill(facts, model);
    }
    changed
}

fn give(
    facts: &mut Facts,
    model: &Model,
    (role, node, to): (RoleId, NodeId, Subject),
    with: &[(AttrName, Value)],
) -> bool {
    let declared = model.roles.get(role.ix()).map_or(&[][..], |role| &role.parameters);
    let mut parameters: Vec<(AttrName, Value)> = with.to_vec();
    for (key, value) in &mut parameters {
        let is_set = declared.iter().any(|it| it.key == *key && it.ty.many);
        if is_set && !matches!(value, Value::List(_)) {
            *value = facts.pool.list(vec![*value]);
        }
    }
    for parameter in declared {
        if let Default::Value(value) = parameter.default
            && with.iter().all(|(key, _)| *key != parameter.key)
        {
            parameters.push((parameter.key, value));
        }
    }
    parameters.sort_unstable_by_key(|(key, _)| *key);
    let given = Holding::new(to, role, node, facts.node(node).span).on(Window::ALWAYS, parameters);
    let new = !facts.holdings.iter().any(|known| known.states_the_same(&given));
    facts.holdings.extend(new.then_some(given));
    new
}

/// Takes out what fits; false if that was nothing.
fn cut<T>(list: &mut Vec<T>, fits: impl Fn(&T) -> bool) -> bool {
    let before = list.len();
    list.retain(|item| !fits(item));
    list.len() < before
}

/// True if a rule follows an attribute any number of times.
fn is_climbed(facts: &Facts, model: &Model, name: AttrName) -> bool {
    let custom = facts.custom.iter().flat_map(|role| role.rules.iter());
    let custom = custom.map(|(_, rule)| rule);
    let single = facts.grants.iter().map(|grant| &grant.rule);
    let mut rules = model.rules.iter().chain(custom).chain(single);
    rules.any(|rule| rule.relation.iter().any(|it| it.then.contains(&(name, true))))
}

/// What is set stands for itself, even where it falls back on just that value now.
fn set(facts: &mut Facts, model: &Model, (thing, slot): (Thing, usize), value: Value) -> bool {
    let old = facts.set(thing, slot, value);
    let before = facts.fallbacks.len();
    facts.fallbacks.retain(|open| *open != (thing, slot));
    let changed = old != value || facts.fallbacks.len() < before;
    filled(facts, model, changed)
}

fn elements(facts: &Facts, thing: Thing, slot: usize) -> Vec<Value> {
    match facts.values(thing)[slot] {
        Value::List(list) => facts.pool.values(list).to_vec(),
        _ => Vec::new(),
    }
}

fn replace(facts: &mut Facts, model: &Model, at: (Thing, usize), values: Vec<Value>) -> bool {
    let list = if values.is_empty() {
        Value::EMPTY
    } else {
        facts.pool.list(values)
    };
    set(facts, model, at, list)
}
