//! What else a set of changes gives: pairs of a permission and a target that the user did not have before.
//!
//! Targets are the listed nodes, and in each of them one unlisted node of each type that may lie there, so that creating
//! and implicit resources count. Roles, memberships and single permissions count where somebody could receive them.

use super::plans::World;
use crate::eval::org::Org;
use crate::eval::unchecked::degree;
use crate::eval::{Request, Target};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{Tri, UserId};
use crate::table::Table;

/// How many pairs are looked at for one set of changes; of more, every nth.
const PAIRS: usize = 50_000;

/// A permission on a target.
type Pair = (PermId, Target);

/// What the user may before, and what is looked at.
pub(super) struct Gains<'g> {
    world: &'g World<'g>,
    user: UserId,
    pairs: Vec<Pair>,
    had: Vec<bool>,
    every: usize,
}

/// How many rights a set of changes brings and costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gain {
    /// Rights that the user has then and has not now, besides those asked for.
    pub more: usize,
    /// Rights that he has now and has not then.
    pub less: usize,
    /// The numbers are an estimate.
    pub about: bool,
}

impl<'g> Gains<'g> {
    pub(super) fn new(world: &'g World<'g>, base: &Org<'_>, user: UserId) -> Self {
        let all = pairs(world.table, base);
        let every = all.len() / PAIRS + 1;
        let pairs: Vec<Pair> = all.into_iter().step_by(every).collect();
        let mut gains = Self {
            world,
            user,
            pairs,
            had: Vec::new(),
            every,
        };
        gains.had = gains.has(base);
        gains
    }

    fn has(&self, org: &Org<'_>) -> Vec<bool> {
        self.pairs.iter().map(|&pair| self.may(org, pair)).collect()
    }

    fn may(&self, org: &Org<'_>, (permission, target): Pair) -> bool {
        let table = self.world.table;
        let request = Request {
            user: Some(self.user),
            permission,
            target,
            recipient: None,
            context: self.world.wanted.context,
            given: &[],
            pool: &org.facts.pool,
        };
        let least = match table.model().permissions.get(permission).is_administrative() {
            true => Tri::Unknown,
            false => Tri::True,
        };
        degree(table, org, &request) >= least
    }

    /// The difference that an organisation makes.
    pub(super) fn of(&self, org: &Org<'_>) -> Gain {
        let act = self.world.wanted.act;
        let (mut more, mut less) = (0, 0);
        for ((pair, has), had) in self.pairs.iter().zip(self.has(org)).zip(&self.had) {
            let asked = act.permissions.contains(&pair.0) && act.targets.contains(&pair.1);
            more += usize::from(has && !had && !asked);
            less += usize::from(!has && *had);
        }
        Gain {
            more: more * self.every,
            less: less * self.every,
            about: self.every > 1,
        }
    }
}

fn pairs(table: &Table, org: &Org<'_>) -> Vec<Pair> {
    let model = table.model();
    let mut pairs = Vec::new();
    for node in org.facts.node_ids() {
        let ty = org.ty(node);
        for (id, permission) in model.permissions.iter() {
            let target = match permission {
                Permission::Act { ty: of, action, .. } => {
                    let creating = model.ty(of).actions[action].creating;
                    match (creating, of == ty, model.ty(of).containers.contains(&ty)) {
                        (false, true, _) => Some(Target::node(node)),
                        (true, _, true) => Some(Target::created(of, node)),
                        (false, _, true) => Some(Target::unlisted(of, node)),
                        _ => None,
                    }
                }
                Permission::Give(role) | Permission::Take(role) => {
                    (model.role(role).ty == ty).then(|| Target::node(node))
                }
                Permission::AddMember(of) | Permission::RemoveMember(of) => (of == ty).then(|| Target::node(node)),
                Permission::Grant(_) => model.ty(ty).kind.is_place().then(|| Target::node(node)),
            };
            pairs.extend(target.map(|target| (id, target)));
        }
    }
    pairs
}
