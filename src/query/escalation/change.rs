//! What one person can change in one step: what it asks of him, and what it does to the facts.

use super::Scene;
use super::goal::places_of;
use crate::eval::Target;
use crate::eval::decision::Eval;
use crate::eval::explain::{Cause, Reason, explain};
use crate::eval::org::{Org, Source};
use crate::facts::{CustomRole, EVERYONE, Facts, Holding, Member, SingleGrant, Subject, Thing, Window, defaults};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{GroupId, NodeId, Scalar, UserId, Value};
use crate::model::{AttrName, Model, RoleId, Rule, TypeId, TypeKind};
use crate::source::Span;

/// The action that changes what stands in a field.
pub(super) const EDIT: &str = "edit";

/// One change of an organisation.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A role is given.
    Give {
        /// Which, of the policy or a custom one.
        role: RoleId,
        /// Where.
        node: NodeId,
        /// To whom.
        to: Subject,
        /// With these parameters.
        parameters: Vec<(AttrName, Value)>,
    },
    /// A role is taken, however often it is stated.
    Take {
        /// Which.
        role: RoleId,
        /// Where.
        node: NodeId,
        /// From whom.
        from: Subject,
    },
    /// A user becomes a member of a place.
    Add {
        /// Which place.
        place: NodeId,
        /// Who.
        user: UserId,
    },
    /// A user is a member of a place no more.
    Remove {
        /// Which place.
        place: NodeId,
        /// Who.
        user: UserId,
    },
    /// A single permission is granted.
    Grant {
        /// Which.
        permission: PermId,
        /// Where.
        node: NodeId,
        /// To whom.
        to: Subject,
    },
    /// A single grant is revoked.
    Revoke {
        /// What it grants.
        permissions: Vec<PermId>,
        /// Where.
        node: NodeId,
        /// From whom.
        from: Subject,
    },
    /// A user becomes a member of a group.
    Join {
        /// Which group.
        group: GroupId,
        /// Who.
        user: UserId,
    },
    /// A user leaves a group.
    Leave {
        /// Which group.
        group: GroupId,
        /// Who.
        user: UserId,
    },
    /// An attribute gets another value.
    Set {
        /// Of what.
        thing: Thing,
        /// Which.
        slot: usize,
        /// The value.
        value: Value,
    },
}

/// One permission that a change asks of who makes it.
#[derive(Debug, Clone)]
pub(super) struct Demand {
    pub(super) permission: PermId,
    /// One of these will do: a user lies in several places.
    pub(super) targets: Vec<Target>,
    pub(super) recipient: Option<UserId>,
}

impl Demand {
    fn at(permission: PermId, node: NodeId, recipient: UserId) -> Self {
        Self {
            permission,
            targets: vec![Target::node(node)],
            recipient: Some(recipient),
        }
    }
}

/// The rule that a single grant of one permission is.
pub(super) fn grant_rule(model: &Model, permission: PermId, ty: TypeId, span: Span) -> Rule {
    let named = match model.permissions.get(permission) {
        Permission::Act { ty, .. } if model.ty(ty).kind == TypeKind::Account => vec![ty],
        _ => Vec::new(),
    };
    Rule::granting(model.permissions.closure(&[permission]), ty, named, span)
}

/// Who may change an attribute: whoever may edit the field that it stands in.
pub(super) fn editing(model: &Model, facts: &Facts, thing: Thing, slot: usize) -> Option<PermId> {
    let ty = facts.type_of(thing);
    let it = model.ty(ty);
    let field = it.attributes[slot].field?;
    let action = it.actions.iter().position(|action| action.name == EDIT)?;
    model.permissions.id(Permission::Act {
        ty,
        action,
        field: Some(field),
    })
}

/// Whoever may grant every permission of a custom role may give and take it.
pub(super) fn parts(model: &Model, custom: &CustomRole) -> Vec<PermId> {
    let all = custom
        .rules
        .iter()
        .flat_map(|(_, rule)| rule.permissions.iter().copied());
    let mut parts: Vec<PermId> = all.collect();
    parts.sort_unstable();
    parts.dedup();
    grants(model, &parts)
}

fn grants(model: &Model, permissions: &[PermId]) -> Vec<PermId> {
    let grant = |&id: &PermId| model.permissions.id(Permission::Grant(id));
    permissions.iter().filter_map(grant).collect()
}

/// What handing a role out asks, if it can be held at a node.
pub(super) fn handing(scene: &Scene<'_>, org: &Org<'_>, role: RoleId, node: NodeId, give: bool) -> Vec<PermId> {
    let model = scene.table.model();
    if let Some(custom) = scene.facts.custom_role(model, role) {
        let fits = org.kind(node).is_place() && org.lies_in(node, custom.at);
        return if fits { parts(model, custom) } else { Vec::new() };
    }
    let Some(it) = model.roles.get(role.ix()) else {
        return Vec::new();
    };
    if it.ty != org.ty(node) || it.is_derived() {
        return Vec::new();
    }
    let half = if give {
        Permission::Give(role)
    } else {
        Permission::Take(role)
    };
    model.permissions.id(half).into_iter().collect()
}

/// The users that a subject stands for.
pub(super) fn users_of(org: &Org<'_>, subject: Subject) -> Vec<UserId> {
    match subject {
        Subject::User(user) => vec![user],
        Subject::Group(EVERYONE) => org.facts.user_ids().collect(),
        Subject::Group(group) => {
            let is_in = |user: &UserId| org.groups(*user).any(|(known, _)| known == group);
            org.facts.user_ids().filter(is_in).collect()
        }
    }
}

/// A group with the groups that it is in.
pub(super) fn outer_groups(facts: &Facts, group: GroupId) -> Vec<GroupId> {
    let mut all = vec![group];
    let mut next = 0;
    while let Some(&inner) = all.get(next) {
        next += 1;
        for (ix, outer) in (0..).zip(&facts.groups) {
            let id = GroupId(ix);
            if outer.members.contains(&Member::Group(inner)) && !all.contains(&id) {
                all.push(id);
            }
        }
    }
    all
}

impl Change {
    /// What the change asks of who makes it; `None` if nobody can make it.
    pub(super) fn demands(&self, scene: &Scene<'_>, org: &Org<'_>) -> Option<Vec<Demand>> {
        let model = scene.table.model();
        let demands = match self {
            Self::Give { role, node, to, .. } => {
                handed(&handing(scene, org, *role, *node, true), *node, &users_of(org, *to))
            }
            Self::Take { role, node, from } => {
                handed(&handing(scene, org, *role, *node, false), *node, &users_of(org, *from))
            }
            Self::Add { place, user } => handed(&member(model, org, *place, true), *place, &[*user]),
            Self::Remove { place, user } => handed(&member(model, org, *place, false), *place, &[*user]),
            Self::Grant { permission, node, to } => {
                let granted = model.permissions.closure(&[*permission]);
                handed(&grants(model, &granted), *node, &users_of(org, *to))
            }
            Self::Revoke {
                permissions,
                node,
                from,
            } => handed(&grants(model, permissions), *node, &users_of(org, *from)),
            Self::Join { group, user } => grouped(scene, org, *group, *user, true),
            Self::Leave { group, user } => grouped(scene, org, *group, *user, false),
            Self::Set { thing, slot, .. } => {
                let permission = editing(model, org.facts, *thing, *slot)?;
                let targets = match *thing {
                    Thing::Node(node) => vec![Target::node(node)],
                    Thing::User(user) => places_of(org, user),
                };
                vec![Demand {
                    permission,
                    targets,
                    recipient: None,
                }]
            }
        };
        (!demands.is_empty()).then_some(demands)
    }

    /// True if the actor may make the change.
    #[must_use]
    pub fn is_allowed(&self, scene: &Scene<'_>, org: &Org<'_>, actor: UserId) -> bool {
        let allowed = |demand: &Demand| {
            let mut targets = demand.targets.iter();
            targets.any(|&target| scene.decides(org, actor, (demand.permission, target, demand.recipient)))
        };
        self.demands(scene, org)
            .is_some_and(|demands| demands.iter().all(allowed))
            && !self.closes_circle(scene, org)
    }

    /// The rules that allow the actor to make it.
    pub(super) fn rules(&self, scene: &Scene<'_>, org: &Org<'_>, actor: UserId) -> Vec<Span> {
        let mut rules = Vec::new();
        for demand in self.demands(scene, org).unwrap_or_default() {
            let reasons = demand.targets.iter().flat_map(|&target| {
                let request = scene.request(actor, demand.permission, target, demand.recipient, &[]);
                explain(scene.table, org, &request).reasons
            });
            // A single grant is allowed by no rule of its own: the data are the rule.
            let by_rule = |reason: &Reason| !matches!(reason.entry.map(|entry| entry.source()), Some(Source::Grant(_)));
            let mut granted = reasons.filter(|reason| reason.cause == Cause::Granted);
            let grants = granted.find(by_rule);
            rules.extend(grants.map(|reason| reason.rule).filter(|rule| !rules.contains(rule)));
        }
        rules
    }

    /// Makes the change.
    pub fn apply(&self, model: &Model, facts: &mut Facts) {
        match self {
            Self::Give {
                role,
                node,
                to,
                parameters,
            } => {
                let given = Holding::new(*to, *role, *node, facts.node(*node).span);
                facts.holdings.push(given.on(Window::ALWAYS, parameters.clone()));
            }
            Self::Take { role, node, from } => {
                let taken = |held: &Holding| (held.subject(), held.role, held.node) == (*from, *role, *node);
                facts.holdings.retain(|held| !taken(held));
            }
            Self::Add { place, user } => {
                facts.users[user.0 as usize].places.push(*place);
                defaults::fill(facts, model);
            }
            Self::Remove { place, user } => {
                facts.users[user.0 as usize].places.retain(|listed| listed != place);
                defaults::fill(facts, model);
            }
            Self::Grant { permission, node, to } => {
                let (ty, span) = (facts.node(*node).ty, facts.node(*node).span);
                let rule = grant_rule(model, *permission, ty, span);
                facts.grants.push(SingleGrant {
                    to: *to,
                    rule,
                    at: *node,
                    window: Window::ALWAYS,
                    span,
                });
            }
            Self::Revoke {
                permissions,
                node,
                from,
            } => facts
                .grants
                .retain(|grant| !(grant.to == *from && grant.at == *node && grant.rule.permissions == *permissions)),
            Self::Join { group, user } => facts.groups[group.0 as usize].members.push(Member::User(*user)),
            Self::Leave { group, user } => {
                let members = &mut facts.groups[group.0 as usize].members;
                members.retain(|member| *member != Member::User(*user));
            }
            Self::Set { thing, slot, value } => {
                facts.fallbacks.retain(|open| open != &(*thing, *slot));
                facts.set(*thing, *slot, *value);
                defaults::fill(facts, model);
            }
        }
    }

    /// Facts have no circles in what `manager+` follows, and nobody can make one.
    fn closes_circle(&self, scene: &Scene<'_>, org: &Org<'_>) -> bool {
        let Self::Set {
            thing: Thing::User(start),
            slot,
            value: Value::User(first),
        } = *self
        else {
            return false;
        };
        let model = scene.table.model();
        let attribute = &model.ty(org.facts.user(start).ty).attributes[slot];
        if !follows_on(model, attribute.key) || !matches!(attribute.ty.of, Scalar::User(_)) {
            return false;
        }
        let request = scene.request(start, PermId(0), Target::node(NodeId(0)), None, &[]);
        let eval = Eval {
            table: scene.table,
            org,
            request: &request,
        };
        let mut at = Value::User(first);
        for _ in 0..=org.facts.users.len() {
            match at {
                Value::User(user) if user == start => return true,
                Value::User(_) => at = eval.step(at, attribute.key),
                _ => return false,
            }
        }
        true
    }
}

/// True if some rule follows an attribute with `+`.
fn follows_on(model: &Model, key: AttrName) -> bool {
    let relations = model.rules.iter().flat_map(|rule| &rule.relation);
    relations
        .flat_map(|relation| &relation.then)
        .any(|&(name, plus)| plus && name == key)
}

fn handed(permissions: &[PermId], node: NodeId, recipients: &[UserId]) -> Vec<Demand> {
    let one = |&permission: &PermId| recipients.iter().map(move |&to| Demand::at(permission, node, to));
    permissions.iter().flat_map(one).collect()
}

fn member(model: &Model, org: &Org<'_>, place: NodeId, add: bool) -> Vec<PermId> {
    let ty = org.ty(place);
    let half = if add {
        Permission::AddMember(ty)
    } else {
        Permission::RemoveMember(ty)
    };
    model.permissions.id(half).into_iter().collect()
}

/// A group is changed by whoever may give (or take) the user all that it has; one that has nothing by nobody.
fn grouped(scene: &Scene<'_>, org: &Org<'_>, group: GroupId, user: UserId, give: bool) -> Vec<Demand> {
    let facts = org.facts;
    let groups = outer_groups(facts, group);
    let has = |subject: Subject| matches!(subject, Subject::Group(id) if groups.contains(&id));
    let mut demands = Vec::new();
    for held in facts.holdings.iter().filter(|held| has(held.subject())) {
        let asked = handing(scene, org, held.role, held.node, give);
        if asked.is_empty() {
            return Vec::new();
        }
        demands.extend(handed(&asked, held.node, &[user]));
    }
    for grant in facts.grants.iter().filter(|grant| has(grant.to)) {
        let asked = grants(scene.table.model(), &grant.rule.permissions);
        demands.extend(handed(&asked, grant.at, &[user]));
    }
    if group == EVERYONE { Vec::new() } else { demands }
}
