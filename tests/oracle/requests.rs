//! Random requests: every kind of permission on listed, unlisted, created and user targets, by users and by nobody, with
//! values missing from the request.

use rolebook::eval::{Request, Target};
use rolebook::facts::{Facts, Subject};
use rolebook::model::containment::Containment;
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{NodeId, Pool, Tri, UserId, Value};
use rolebook::model::{Effect, Model, NOW, Rule, TypeId, TypeKind};

use crate::meaning;
use crate::tape::{Seed, Tape};
use crate::values::{moment, one};

/// A request that owns what it refers to.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    user: Option<UserId>,
    permission: PermId,
    target: Target,
    recipient: Option<UserId>,
    context: Vec<Value>,
    given: Vec<(usize, Value)>,
    pool: Pool,
}

impl Question {
    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            user: self.user,
            permission: self.permission,
            target: self.target,
            recipient: self.recipient,
            context: &self.context,
            given: &self.given,
            pool: &self.pool,
        }
    }
}

/// A question about the policy and its organisation; `None` if the organisation has no such target. Of a few drawn it is
/// mostly the first on which a role that the user holds has a bearing: far more than half of all questions have no such.
pub(crate) fn ask(model: &Model, facts: &Facts, seed: Seed) -> Option<Question> {
    let mut tape = Tape::second(seed);
    let draws = if tape.chance(70) { 6 } else { 1 };
    let mut drawn = (0..draws).filter_map(|ix| draw(model, facts, seed.wrapping_add(ix)));
    let first = drawn.next()?;
    if draws == 1 || bears(model, facts, &first) {
        return Some(first);
    }
    Some(drawn.find(|question| bears(model, facts, question)).unwrap_or(first))
}

fn bears(model: &Model, facts: &Facts, question: &Question) -> bool {
    let (oracle, ask) = meaning::open(model, facts, &question.request());
    [Effect::Grant, Effect::Prohibit].into_iter().any(|effect| {
        let contributions = oracle.contributions(&ask, effect);
        contributions
            .iter()
            .any(|it| it.held.is_some() && it.degree != Tri::False)
    })
}

fn draw(model: &Model, facts: &Facts, seed: Seed) -> Option<Question> {
    let mut tape = Tape::new(seed);
    let permission = permission(model, facts, &mut tape)?;
    about(model, facts, permission, false, &mut tape)
}

/// A question about one permission; if it is to be full, as little as can be is missing from it.
pub(crate) fn about(model: &Model, facts: &Facts, permission: PermId, full: bool, tape: &mut Tape) -> Option<Question> {
    let users: Vec<UserId> = facts.user_ids().collect();
    let user = (!tape.chance(8)).then(|| tape.one(&users));
    // Values may add lists and strings: to a copy of the pool, which belongs to the request.
    let mut asking = facts.clone();
    let target = target(model, facts, permission, tape)?;
    let about_users = matches!(target.resource, rolebook::eval::Resource::User(_));
    let handed = model.permissions.get(permission).is_administrative();
    let recipient = (!about_users && handed != (!full && tape.chance(5))).then(|| tape.one(&users));
    let mut context: Vec<Value> = vec![Value::Missing; model.context.len()];
    for (slot, attribute) in model.context.iter().enumerate() {
        if slot == NOW && (full || tape.chance(60)) {
            context[slot] = moment(tape.below(5));
        } else if slot != NOW && (full || tape.chance(70)) {
            context[slot] = one(&mut asking, attribute.ty.of, None, tape).unwrap_or(Value::Missing);
        }
    }
    let keep = context.len()
        - if !full && tape.chance(20) {
            tape.below(context.len())
        } else {
            0
        };
    context.truncate(keep);
    let given = given(model, &mut asking, target, full, tape);
    Some(Question {
        user,
        permission,
        target,
        recipient,
        context,
        given,
        pool: asking.pool,
    })
}

/// Mostly a permission that some rule speaks of. The choice does not move when other rules go, as they do while a failing
/// case shrinks.
fn permission(model: &Model, facts: &Facts, tape: &mut Tape) -> Option<PermId> {
    let all = model.permissions.iter().map(|(id, _)| id);
    let spoken = !tape.chance(8);
    let rules = model.rules.iter().chain(facts.grants.iter().map(|grant| &grant.rule));
    let rules: Vec<&Rule> = rules
        .chain(facts.custom.iter().flat_map(|it| it.rules.iter().map(|(_, rule)| rule)))
        .collect();
    let concerned = |id: &PermId| rules.iter().any(|rule| rule.permissions.contains(id));
    let salt = tape.below(usize::MAX);
    let mut ranked: Vec<(usize, PermId)> = all
        .map(|id| (Tape::new((salt ^ id.ix()) as u64).below(usize::MAX), id))
        .collect();
    ranked.sort_unstable();
    let first = ranked.iter().map(|&(_, id)| id).find(|id| !spoken || concerned(id));
    first.or(ranked.first().map(|&(_, id)| id))
}

fn target(model: &Model, facts: &Facts, permission: PermId, tape: &mut Tape) -> Option<Target> {
    let nodes = |fits: &dyn Fn(TypeId) -> bool| -> Vec<NodeId> {
        facts.node_ids().filter(|&node| fits(facts.node(node).ty)).collect()
    };
    match model.permissions.get(permission) {
        Permission::Act { ty, .. } if model.ty(ty).kind == TypeKind::Principal => user_target(model, facts, ty, tape),
        Permission::Act { ty, action, .. } => {
            let containers = nodes(&|at| model.ty(ty).containers.contains(&at));
            let listed = nodes(&|at| at == ty);
            let creating = model.ty(ty).actions[action].creating;
            if creating {
                return tape.pick(&containers).map(|&at| Target::created(ty, at));
            }
            if (listed.is_empty() || tape.chance(25)) && !containers.is_empty() {
                return tape.pick(&containers).map(|&at| Target::unlisted(ty, at));
            }
            tape.pick(&listed).map(|&node| Target::node(node))
        }
        Permission::Give(role) | Permission::Take(role) => tape
            .pick(&nodes(&|at| at == model.role(role).ty))
            .map(|&node| Target::node(node)),
        Permission::AddMember(ty) | Permission::RemoveMember(ty) => {
            tape.pick(&nodes(&|at| at == ty)).map(|&node| Target::node(node))
        }
        Permission::Grant(inner) => {
            let fits = granted_at(model, inner);
            tape.pick(&nodes(&|at| fits.contains(&at)))
                .map(|&node| Target::node(node))
        }
    }
}

/// The types of nodes in which there can be something that a granted permission is about.
fn granted_at(model: &Model, inner: PermId) -> Vec<TypeId> {
    let Permission::Act { ty, action, .. } = model.permissions.get(inner) else {
        return Vec::new();
    };
    let graph = Containment::new(&model.types);
    match model.ty(ty).kind {
        TypeKind::Principal => model.type_ids().filter(|&ty| model.ty(ty).kind.is_place()).collect(),
        _ if model.ty(ty).actions[action].creating => {
            let containers = model.ty(ty).containers.iter();
            containers.flat_map(|&at| graph.above(at)).collect()
        }
        _ => graph.above(ty),
    }
}

/// A user of the kind, in a place of which he is a member.
fn user_target(model: &Model, facts: &Facts, ty: TypeId, tape: &mut Tape) -> Option<Target> {
    let mut pairs: Vec<(UserId, NodeId)> = Vec::new();
    for user in facts.user_ids().filter(|&user| facts.user(user).ty == ty) {
        pairs.extend(facts.user(user).places.iter().map(|&place| (user, place)));
        let own = facts.holdings.iter().filter(|it| it.subject() == Subject::User(user));
        let places = own
            .map(|it| it.node)
            .filter(|&node| model.ty(facts.node(node).ty).kind.is_place());
        pairs.extend(places.map(|place| (user, place)));
    }
    tape.pick(&pairs).map(|&(user, place)| Target::user(user, ty, place))
}

/// Some attributes of a node that nobody lists.
fn given(model: &Model, facts: &mut Facts, target: Target, full: bool, tape: &mut Tape) -> Vec<(usize, Value)> {
    let rolebook::eval::Resource::Unlisted(ty) = target.resource else {
        return Vec::new();
    };
    let mut given = Vec::new();
    for (slot, attribute) in model.ty(ty).attributes.iter().enumerate() {
        if !full && !tape.chance(55) {
            continue;
        }
        let value = if attribute.ty.many {
            let count = tape.below(3);
            let values = (0..count)
                .filter_map(|_| one(facts, attribute.ty.of, None, tape))
                .collect();
            Some(facts.pool.list(values))
        } else {
            one(facts, attribute.ty.of, None, tape)
        };
        given.extend(value.map(|value| (slot, value)));
    }
    given
}
