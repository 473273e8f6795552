//! Who holds a role where: as stated, or derived from what else is true of him.

use super::{Asked, Meaning};
use crate::analyze::circuit::Truth;
use crate::analyze::solver::Lit;
use crate::analyze::world::Shape;
use crate::containment::reach::account;
use crate::eval::Target;
use crate::meaning::rule;
use crate::model::RoleId;
use crate::model::permission::PermId;
use crate::model::value::{NodeId, UserId};

impl Meaning<'_, '_> {
    /// To what degree a user holds a derived role at a node.
    pub fn derived(&mut self, user: u32, role: RoleId, node: NodeId) -> Truth {
        if let Some(&known) = self.derived.get(&(user, role, node)) {
            return known;
        }
        match role {
            role if user == 0 && self.world.alone == Some(role) => return Truth::sure(self.world.held_alone_at(node)),
            role if user == 0 && self.world.never == Some(role) => return Truth::FALSE,
            _ => {}
        }
        let present = Truth::sure(self.world.present(node));
        let terms = rule::derived(self, UserId(user), &self.table.model().role(role).derived, node);
        let truth = self.world.circuit.both(present, terms);
        self.derived.insert((user, role, node), truth);
        truth
    }

    /// D(u, p, n): for the unlisted T in n if n is no T.
    pub(in crate::analyze) fn could(&mut self, user: u32, permission: PermId, node: NodeId) -> Truth {
        if let Some(&known) = self.decided.get(&(user, permission, node)) {
            return known;
        }
        let asked = self.question_at(user, permission, node);
        let truth = self.decide(&asked);
        self.decided.insert((user, permission, node), truth);
        truth
    }

    pub(super) fn holds_one_exactly(&mut self, user: u32, roles: &[RoleId], node: NodeId) -> Truth {
        let all: Vec<Truth> = roles.iter().map(|&role| self.holds_exactly(user, role, node)).collect();
        self.world.circuit.any(all)
    }

    /// The user holds a role at exactly this node.
    pub fn holds_exactly(&mut self, user: u32, role: RoleId, node: NodeId) -> Truth {
        let it = self.table.model().role(role);
        if it.ty != self.world.nodes[node.0 as usize].ty {
            return Truth::FALSE;
        }
        if it.is_derived() {
            return self.derived(user, role, node);
        }
        let holdings = self.world.holdings(self.table.model(), user, role, node);
        Truth::sure(self.world.circuit.or(holdings.iter().map(|(held, _)| *held)))
    }

    /// `u holds one of R`: at the target or above, within its account.
    pub fn holds_above(&mut self, user: u32, roles: &[RoleId], asked: &Asked) -> Truth {
        self.holds_where(user, roles, asked, |shape, target, node| {
            let home = account(&shape.forest, target);
            home == Some(shape.forest.account(node)) && shape.forest.lies_in(target.start, node)
        })
    }

    /// `u holds one of R` as a promise reads it: at the target or above, whatever the borders.
    pub fn holds_at_or_above(&mut self, user: u32, roles: &[RoleId], asked: &Asked, borders: bool) -> Truth {
        self.holds_where(user, roles, asked, |shape, target, node| {
            let stays = !borders || account(&shape.forest, target) == Some(shape.forest.account(node));
            stays && shape.forest.lies_in(target.start, node)
        })
    }

    /// The user holds a role somewhere.
    pub(super) fn holds_anywhere(&mut self, user: u32, roles: &[RoleId], asked: &Asked) -> Truth {
        self.holds_where(user, roles, asked, |_, _, _| true)
    }

    /// The user holds one of the roles at a node that stands as `fits` says.
    pub fn holds_where(
        &mut self,
        user: u32,
        roles: &[RoleId],
        asked: &Asked,
        fits: impl Fn(&Shape, &Target, NodeId) -> bool,
    ) -> Truth {
        let mut found = Vec::new();
        for &role in roles {
            for node in self.world.nodes_of(self.model().role(role).ty) {
                let there = self.where_target(asked, |shape, target| {
                    shape.present[node.0 as usize] && fits(shape, target, node)
                });
                if there != Lit::FALSE {
                    let holds = self.holds_exactly(user, role, node);
                    found.push(self.world.circuit.both(Truth::sure(there), holds));
                }
            }
        }
        self.world.circuit.any(found)
    }
}
