//! All requests about the end of a chain: every permission, every caller, recipient and target, and every value that the
//! request itself brings.

use rolebook::eval::org::Org;
use rolebook::eval::{Request, Resource, Target};
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{NodeId, Tri, UserId, Value};
use rolebook::model::{NOW, TypeId, TypeKind};

use crate::space::{Space, U, W, id};

/// When every request is made: the first second of 2026.
const MOMENT: i64 = 1_767_225_600;

/// One request, with what it owns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ask {
    pub(crate) user: Option<UserId>,
    pub(crate) permission: PermId,
    pub(crate) target: Target,
    pub(crate) recipient: Option<UserId>,
    pub(crate) context: Vec<Value>,
    pub(crate) given: Vec<(usize, Value)>,
    /// Nothing that it brings is missing.
    pub(crate) complete: bool,
}

impl Ask {
    pub(crate) fn request<'a>(&'a self, space: &'a Space<'_>) -> Request<'a> {
        Request {
            user: self.user,
            permission: self.permission,
            target: self.target,
            recipient: self.recipient,
            context: &self.context,
            given: &self.given,
            pool: &space.base.pool,
        }
    }

    /// A user is a target where he is a member.
    pub(crate) fn makes_sense(&self, org: &Org<'_>) -> bool {
        match self.target.resource {
            Resource::User(user) => org.is_member(user, self.target.start, Value::Missing) == Tri::True,
            _ => true,
        }
    }
}

/// Every request about a node.
pub(crate) fn asks(space: &mut Space<'_>, at: usize) -> Vec<Ask> {
    let mut asks = Vec::new();
    for &permission in &space.small.matter.spoken {
        for target in targets(space, permission, at) {
            asks.extend(of_target(space, permission, target));
        }
    }
    asks
}

/// What a permission can be about at a node.
fn targets(space: &Space<'_>, permission: PermId, at: usize) -> Vec<Target> {
    let model = space.small.model();
    let (node, ty) = (id(at), space.shape.types[at]);
    let itself = |fits: bool| if fits { vec![Target::node(node)] } else { Vec::new() };
    match model.permissions.get(permission) {
        Permission::Act { ty: of, action, .. } => {
            let creating = model.ty(of).actions[action].creating;
            acted_upon(space, of, creating, node, ty)
        }
        Permission::Grant(_) => itself(true),
        Permission::Give(role) | Permission::Take(role) => itself(model.role(role).ty == ty),
        Permission::AddMember(of) | Permission::RemoveMember(of) => itself(of == ty),
    }
}

fn acted_upon(space: &Space<'_>, of: TypeId, creating: bool, node: NodeId, at: TypeId) -> Vec<Target> {
    let model = space.small.model();
    let inside = model.ty(of).containers.contains(&at);
    match model.ty(of).kind {
        TypeKind::Principal if model.ty(at).kind.is_place() => {
            let users = if space.is_two() { &[U, W][..] } else { &[U] };
            users.iter().map(|&user| Target::user(user, of, node)).collect()
        }
        TypeKind::Principal => Vec::new(),
        _ if creating && inside => vec![Target::created(of, node)],
        _ if creating => Vec::new(),
        _ => {
            let listed = (of == at).then_some(Target::node(node));
            let unlisted = inside && (space.small.is_leaf(of) || space.small.derives_at(of));
            listed
                .into_iter()
                .chain(unlisted.then_some(Target::unlisted(of, node)))
                .collect()
        }
    }
}

fn of_target(space: &mut Space<'_>, permission: PermId, target: Target) -> Vec<Ask> {
    let small = space.small;
    let model = small.model();
    let given = match target.resource {
        Resource::Unlisted(ty) => space.combinations(&model.ty(ty).attributes),
        _ => vec![Vec::new()],
    };
    let contexts = space.combinations(&model.context);
    let handing = model.permissions.get(permission).is_administrative();
    let recipients = if handing { vec![Some(W), Some(U)] } else { vec![None] };
    let users = if small.matter.open.contains(&permission) {
        vec![Some(U), None]
    } else {
        vec![Some(U)]
    };
    let mut asks = Vec::new();
    for given in &given {
        for context in &contexts {
            let missing = given.iter().chain(context).any(|(_, value)| *value == Value::Missing);
            let falls_back = matches!(target.resource, Resource::Unlisted(_));
            let ask = Ask {
                user: None,
                permission,
                target,
                recipient: None,
                context: whole(context, model.context.len()),
                given: given
                    .iter()
                    .copied()
                    .filter(|(_, value)| *value != Value::Missing || !falls_back)
                    .collect(),
                complete: !missing,
            };
            for &user in &users {
                asks.extend(recipients.iter().map(|&recipient| Ask {
                    user,
                    recipient,
                    ..ask.clone()
                }));
            }
        }
    }
    asks
}

fn whole(context: &[(usize, Value)], len: usize) -> Vec<Value> {
    let mut values = vec![Value::Missing; len];
    values[NOW] = Value::Time(MOMENT);
    for &(slot, value) in context {
        values[slot] = value;
    }
    values
}
