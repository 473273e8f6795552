//! Single changes of facts, and what each does. Nodes are never made, moved or retyped.

use crate::facts::{Facts, Holding, Member, Places, SingleGrant, Subject, Thing, Window, defaults};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, NodeId, UserId, Value};
use crate::model::{AttrName, Model, RoleId, Rule, TypeKind};

/// One change of facts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Change {
    /// A role is given by hand.
    Give {
        /// To whom.
        to: UserId,
        /// Which: of the policy, or a custom one.
        role: RoleId,
        /// Where.
        at: NodeId,
        /// Parameters that have a value other than their default.
        with: Vec<(AttrName, Value)>,
    },
    /// A role given by hand is taken away.
    Take {
        /// From whom.
        from: UserId,
        /// Which.
        role: RoleId,
        /// Where.
        at: NodeId,
    },
    /// A place lists a user.
    Enlist(UserId, NodeId),
    /// A place no longer lists a user.
    Delist(UserId, NodeId),
    /// A user comes into a group.
    Join(UserId, GroupId),
    /// A user goes out of a group that names him.
    Leave(UserId, GroupId),
    /// A single permission is handed out.
    Grant {
        /// To whom.
        to: UserId,
        /// Which.
        permission: PermId,
        /// Where.
        at: NodeId,
    },
    /// An attribute has another value.
    Set(Thing, usize, Value),
    /// A set has one element more.
    Add(Thing, usize, Value),
    /// A set has one element less.
    Remove(Thing, usize, Value),
}

impl Change {
    /// The attribute that it changes.
    const fn slot(&self) -> Option<(Thing, usize)> {
        match self {
            Self::Set(of, slot, _) | Self::Add(of, slot, _) | Self::Remove(of, slot, _) => Some((*of, *slot)),
            _ => None,
        }
    }

    /// True if the two change the same thing, to whatever value.
    #[must_use]
    pub fn is_of_one_thing(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Give { to, role, at, .. },
                Self::Give {
                    to: other_to,
                    role: other_role,
                    at: other_at,
                    ..
                },
            ) => (to, role, at) == (other_to, other_role, other_at),
            (Self::Set(..), Self::Set(..)) | (Self::Add(..), Self::Add(..)) | (Self::Remove(..), Self::Remove(..)) => {
                self.slot() == other.slot()
            }
            _ => self == other,
        }
    }

    /// True if the two cannot both be made, or are one.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Give {
                    to: a, role: r, at: n, ..
                },
                Self::Give {
                    to: b, role: s, at: m, ..
                },
            )
            | (
                Self::Give {
                    to: a, role: r, at: n, ..
                },
                Self::Take {
                    from: b,
                    role: s,
                    at: m,
                },
            )
            | (
                Self::Take {
                    from: a,
                    role: r,
                    at: n,
                },
                Self::Give {
                    to: b, role: s, at: m, ..
                },
            ) => (a, r, n) == (b, s, m),
            (Self::Enlist(a, n), Self::Delist(b, m)) | (Self::Delist(a, n), Self::Enlist(b, m)) => (a, n) == (b, m),
            (Self::Join(a, g), Self::Leave(b, h)) | (Self::Leave(a, g), Self::Join(b, h)) => (a, g) == (b, h),
            (Self::Add(a, s, v), Self::Remove(b, t, w)) | (Self::Remove(a, s, v), Self::Add(b, t, w)) => {
                (a, s, v) == (b, t, w)
            }
            (Self::Set(..), _) | (_, Self::Set(..)) => self.slot().is_some() && self.slot() == other.slot(),
            _ => self == other,
        }
    }

    /// Makes the change; false if it would change nothing.
    pub fn apply(&self, facts: &mut Facts, model: &Model) -> bool {
        match self {
            Self::Give { to, role, at, with } => give(facts, model, *to, *role, *at, with),
            Self::Take { from, role, at } => {
                let subject = Subject::User(*from);
                let before = facts.holdings.len();
                facts
                    .holdings
                    .retain(|h| (h.subject(), h.role, h.node) != (subject, *role, *at));
                facts.holdings.len() < before
            }
            Self::Enlist(user, at) => enlist(&mut facts.users[user.0 as usize].places, *at),
            Self::Delist(user, at) => delist(&mut facts.users[user.0 as usize].places, *at),
            Self::Join(user, group) => insert(&mut facts.groups[group.0 as usize].members, Member::User(*user)),
            Self::Leave(user, group) => remove(&mut facts.groups[group.0 as usize].members, &Member::User(*user)),
            Self::Grant { to, permission, at } => {
                facts.grants.push(single(facts, model, *to, *permission, *at));
                true
            }
            Self::Set(of, slot, value) => set(facts, *of, *slot, *value),
            Self::Add(of, slot, value) => {
                let mut values = elements(facts, *of, *slot);
                insert(&mut values, *value) && replace(facts, *of, *slot, values)
            }
            Self::Remove(of, slot, value) => {
                let mut values = elements(facts, *of, *slot);
                remove(&mut values, value) && replace(facts, *of, *slot, values)
            }
        }
    }
}

/// Makes changes one after the other; `None` if one of them would change nothing, or if a chain of users closed.
pub(super) fn changed(facts: &Facts, model: &Model, changes: &[&Change]) -> Option<Facts> {
    let mut facts = facts.clone();
    for change in changes {
        if !change.apply(&mut facts, model) {
            return None;
        }
    }
    if changes.iter().any(|change| closes_a_circle(change, &facts, model)) {
        return None;
    }
    defaults::fill(&mut facts, model);
    Some(facts)
}

/// True if a user is now his own superior: facts with a circle in a relation are refused.
fn closes_a_circle(change: &Change, facts: &Facts, model: &Model) -> bool {
    let Change::Set(Thing::User(user), slot, _) = change else {
        return false;
    };
    let Some(name) = model.ty(facts.user(*user).ty).attributes.get(*slot).map(|a| a.key) else {
        return false;
    };
    if !is_climbed(facts, model, name) {
        return false;
    }
    let mut at = *user;
    for _ in 0..=facts.users.len() {
        let it = facts.user(at);
        match model.slot(it.ty, name).map(|slot| it.values[slot]) {
            Some(Value::User(next)) if next == *user => return true,
            Some(Value::User(next)) => at = next,
            _ => return false,
        }
    }
    true
}

/// True if a rule follows an attribute any number of times.
fn is_climbed(facts: &Facts, model: &Model, name: AttrName) -> bool {
    let custom = facts
        .custom
        .iter()
        .flat_map(|role| role.rules.iter().map(|(_, rule)| rule));
    let single = facts.grants.iter().map(|grant| &grant.rule);
    let mut rules = model.rules.iter().chain(custom).chain(single);
    rules.any(|rule| rule.relation.iter().any(|it| it.then.contains(&(name, true))))
}

fn give(facts: &mut Facts, model: &Model, to: UserId, role: RoleId, at: NodeId, with: &[(AttrName, Value)]) -> bool {
    let declared = model.roles.get(role.ix()).map_or(&[][..], |role| &role.parameters);
    let mut parameters: Vec<(AttrName, Value)> = with.to_vec();
    for parameter in declared {
        if let crate::model::Default::Value(value) = parameter.default
            && with.iter().all(|(key, _)| *key != parameter.key)
        {
            parameters.push((parameter.key, value));
        }
    }
    parameters.sort_unstable_by_key(|(key, _)| *key);
    let given = Holding::new(Subject::User(to), role, at, facts.user(to).span).on(Window::ALWAYS, parameters);
    if facts.holdings.iter().any(|known| known.states_the_same(&given)) {
        return false;
    }
    facts.holdings.push(given);
    true
}

/// What `can: view Budget` gives: the record with its fields, here and below.
pub(super) fn single(facts: &Facts, model: &Model, to: UserId, permission: PermId, at: NodeId) -> SingleGrant {
    let mut named = Vec::new();
    let mut wanted = vec![permission];
    if let Permission::Act { ty, action, field } = model.permissions.get(permission) {
        if model.ty(ty).kind == TypeKind::Account {
            named.push(ty);
        }
        let fields = if field.is_none() { model.ty(ty).fields.len() } else { 0 };
        let of_field = |field| {
            model.permissions.id(Permission::Act {
                ty,
                action,
                field: Some(field),
            })
        };
        wanted.extend((0..fields).filter_map(of_field));
    }
    let span = facts.user(to).span;
    let rule = Rule::granting(model.permissions.closure(&wanted), facts.node(at).ty, named, span);
    SingleGrant {
        to: Subject::User(to),
        rule,
        at,
        window: Window::ALWAYS,
        span,
    }
}

fn enlist(places: &mut Places, place: NodeId) -> bool {
    let new = !places.contains(&place);
    places.extend(new.then_some(place));
    new
}

fn delist(places: &mut Places, place: NodeId) -> bool {
    let before = places.len();
    places.retain(|other| *other != place);
    places.len() < before
}

fn insert<T: PartialEq>(list: &mut Vec<T>, item: T) -> bool {
    let new = !list.contains(&item);
    if new {
        list.push(item);
    }
    new
}

fn remove<T: PartialEq>(list: &mut Vec<T>, item: &T) -> bool {
    let before = list.len();
    list.retain(|other| other != item);
    list.len() < before
}

fn set(facts: &mut Facts, of: Thing, slot: usize, value: Value) -> bool {
    let old = facts.set(of, slot, value);
    facts.fallbacks.retain(|open| *open != (of, slot));
    old != value
}

fn elements(facts: &Facts, of: Thing, slot: usize) -> Vec<Value> {
    match facts.values(of)[slot] {
        Value::List(list) => facts.pool.values(list).to_vec(),
        _ => Vec::new(),
    }
}

fn replace(facts: &mut Facts, of: Thing, slot: usize, values: Vec<Value>) -> bool {
    let list = if values.is_empty() {
        Value::EMPTY
    } else {
        facts.pool.list(values)
    };
    set(facts, of, slot, list)
}
