//! What a rule asks besides reach: relation, recipient, `when`, `unless`.

use super::{Asked, Meaning, Scope};
use crate::analyze::circuit::Truth;
use crate::analyze::solver::Lit;
use crate::analyze::world::Aim;
use crate::eval::reach::account;
use crate::model::permission::Permission;
use crate::model::value::NodeId;
use crate::model::{Effect, Receiver, RoleId, Rule, TypeKind};

impl Meaning<'_, '_> {
    /// Relation, recipient, `when` and `unless`.
    pub fn conditions(&mut self, rule: &Rule, scope: Scope, asked: &Asked) -> Truth {
        let mut parts = vec![self.related(&rule.relation, asked)];
        if rule.except_self || rule.they_have || self.is_administrative(asked) {
            parts.push(self.receives(rule, asked));
        }
        if let Some(when) = &rule.when {
            parts.push(self.expr(when, scope, asked));
        }
        if let Some(unless) = &rule.unless {
            parts.push(!self.expr(unless, scope, asked));
        }
        self.world.circuit.all(parts)
    }

    fn is_administrative(&self, asked: &Asked) -> bool {
        self.model().permissions.get(asked.permission).is_administrative()
    }

    /// What a rule asks of the recipient.
    fn receives(&mut self, rule: &Rule, asked: &Asked) -> Truth {
        let mut parts = Vec::new();
        if rule.except_self {
            parts.push(self.is_other(asked));
        }
        if rule.they_have {
            parts.push(self.giver_has(asked));
        }
        if self.is_administrative(asked) {
            parts.push(self.may_receive(rule, asked));
        }
        self.world.circuit.all(parts)
    }

    /// Something is handed to somebody, or done to a user.
    fn is_about_a_user(&self, asked: &Asked) -> bool {
        asked.at.is_none() && (asked.handed || matches!(self.aim(asked), Aim::User(_)))
    }

    fn is_other(&mut self, asked: &Asked) -> Truth {
        let ((same, _), signed_in) = (self.whom(asked), self.world.signed_in);
        match self.is_about_a_user(asked) {
            true => Truth::sure(self.world.circuit.or([!same, !signed_in])),
            false => Truth::UNKNOWN,
        }
    }

    fn giver_has(&mut self, asked: &Asked) -> Truth {
        let Permission::Grant(inner) = self.model().permissions.get(asked.permission) else {
            return Truth::TRUE;
        };
        let mut cases = Vec::new();
        for start in self.starts(asked) {
            let here = self.where_target(asked, |_, target| target.start == start);
            let has = self.could(asked.caller, inner, start);
            cases.push((here, has));
        }
        self.world.circuit.choose(&cases)
    }

    /// The nodes at which the target's chain can start.
    fn starts(&self, asked: &Asked) -> Vec<NodeId> {
        let targets = self.world.shapes.iter().filter_map(|shape| Self::target(asked, shape));
        let mut starts: Vec<NodeId> = targets.map(|target| target.start).collect();
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    fn may_receive(&mut self, rule: &Rule, asked: &Asked) -> Truth {
        let grants = rule.effect == Effect::Grant;
        match &rule.receiver {
            Receiver::Anyone => Truth::TRUE,
            Receiver::Member if !grants => Truth::TRUE,
            _ if !asked.handed || asked.at.is_some() => Truth::UNKNOWN,
            Receiver::Member => self.of_recipient(asked, Self::is_account_member),
            Receiver::Holders(roles) => self.of_recipient(asked, |it, user, asked| {
                let holds = it.holds_above(user, roles, asked);
                match grants {
                    true => {
                        let member = it.is_account_member(user, asked);
                        it.world.circuit.both(member, holds)
                    }
                    false => holds,
                }
            }),
        }
    }

    fn of_recipient(&mut self, asked: &Asked, truth: impl Fn(&mut Self, u32, &Asked) -> Truth) -> Truth {
        let (same, other) = self.whom(asked);
        let cases = [(same, truth(self, 0, asked)), (!same, truth(self, other, asked))];
        self.world.circuit.choose(&cases)
    }

    /// The user is a member of an account that encloses the target.
    pub fn is_account_member(&mut self, user: u32, asked: &Asked) -> Truth {
        let mut found = Vec::new();
        for place in self.world.places() {
            if self.model().ty(self.world.nodes[place.0 as usize].ty).kind != TypeKind::Account {
                continue;
            }
            let encloses = self.where_target(asked, |shape, target| {
                shape.present[place.0 as usize] && shape.forest.lies_in(target.start, place)
            });
            if encloses != Lit::FALSE {
                let member = self.member(user, place);
                found.push(self.world.circuit.and([encloses, member]));
            }
        }
        Truth::sure(self.world.circuit.or(found))
    }

    /// `u holds one of R` as a promise reads it: at the target or above, whatever the borders.
    pub fn holds_at_or_above(&mut self, user: u32, roles: &[RoleId], asked: &Asked, borders: bool) -> Truth {
        self.holds_where(user, roles, asked, |shape, target, node| {
            let stays = !borders || account(&shape.forest, target) == Some(shape.forest.account(node));
            stays && shape.forest.lies_in(target.start, node)
        })
    }
}
