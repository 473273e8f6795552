//! Decisions: every permission of a deed must be allowed, on one of its targets, for each of its recipients.

use super::deed::{Act, Recipients};
use super::{Answer, Query};
use crate::eval::explain::{Cause, Explanation, Reason, explained};
use crate::eval::unchecked::degree;
use crate::eval::{Request, Target};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{Tri, UserId};
use crate::syntax::ast::{Deed, Id};

/// A decision with the reasons of the permission that settled it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Allowed iff true.
    pub verdict: Tri,
    /// Who does it.
    pub who: String,
    /// The permission that settled it.
    pub permission: PermId,
    /// Giving and taking were both asked for.
    pub both_halves: bool,
    /// Why.
    pub explanation: Explanation,
    /// The node that the permission was asked of, or the container of an unlisted one.
    pub target: Option<Target>,
    /// The sentence takes something away.
    pub taking: bool,
    /// To or from whom it is handed.
    pub recipient: Option<UserId>,
    /// The sentence does not say to whom; the recipient is one for whom it is allowed.
    pub for_example: bool,
}

/// One permission on one target to one recipient.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    permission: PermId,
    target: Target,
    recipient: Option<UserId>,
}

impl Query<'_, '_> {
    pub(super) fn decision(&mut self, who: &Id, deed: &Deed) -> Option<Answer> {
        let user = self.caller(who);
        let act = self.act(deed)?;
        Some(Answer::Decision(self.decided(user?, who, deed, &act)))
    }

    /// The decision on an act, with its reasons.
    pub(super) fn decided(&self, user: Option<UserId>, who: &Id, deed: &Deed, act: &Act) -> Decided {
        Decided {
            taking: is_taking(deed),
            ..self.decided_as(user, &who.text, act)
        }
    }

    /// The same for somebody of this name.
    pub(super) fn decided_as(&self, user: Option<UserId>, who: &str, act: &Act) -> Decided {
        let (verdict, case) = self.settle(user, act);
        let explanation = match case {
            Some(case) => self.explain(user, act, case),
            None => Explanation {
                verdict,
                reasons: Vec::new(),
            },
        };
        let asked = act.permissions.first().copied().unwrap_or(PermId(0));
        Decided {
            verdict,
            who: who.to_owned(),
            permission: case.map_or(asked, |case| case.permission),
            both_halves: self.has_both_halves(&act.permissions),
            explanation,
            target: case.map(|case| case.target),
            taking: act.taking,
            recipient: case.and_then(|case| case.recipient),
            for_example: act.recipients == Recipients::Some,
        }
    }

    fn has_both_halves(&self, permissions: &[PermId]) -> bool {
        let halves: Vec<Permission> = permissions.iter().map(|&id| self.model().permissions.get(id)).collect();
        matches!(
            halves[..],
            [Permission::Give(_), Permission::Take(_)] | [Permission::AddMember(_), Permission::RemoveMember(_)]
        )
    }

    /// The verdict, with the case that settles it: for an allow the last one looked at, for a denial the first that fails.
    pub(super) fn settle(&self, user: Option<UserId>, act: &Act) -> (Tri, Option<Case>) {
        let mut settled = (
            if act.permissions.is_empty() {
                Tri::False
            } else {
                Tri::True
            },
            None,
        );
        for &permission in &act.permissions {
            let (truth, case) = self.best_target(user, act, permission);
            if truth < settled.0 || settled.1.is_none() {
                settled = (truth.min(settled.0), case);
            }
            if truth == Tri::False {
                break;
            }
        }
        settled
    }

    fn best_target(&self, user: Option<UserId>, act: &Act, permission: PermId) -> (Tri, Option<Case>) {
        let mut best = (Tri::False, None);
        for &target in &act.targets {
            let found = self.recipients_case(user, act, permission, target);
            if found.0 > best.0 || best.1.is_none() {
                best = found;
            }
        }
        best
    }

    fn recipients_case(
        &self,
        user: Option<UserId>,
        act: &Act,
        permission: PermId,
        target: Target,
    ) -> (Tri, Option<Case>) {
        let one = |recipient: Option<UserId>| {
            let case = Case {
                permission,
                target,
                recipient,
            };
            (self.truth(user, act, case), Some(case))
        };
        match &act.recipients {
            Recipients::None => one(None),
            Recipients::Each(list) => {
                let worst = list.iter().map(|&to| one(Some(to))).min_by_key(|(truth, _)| *truth);
                worst.unwrap_or((Tri::False, None))
            }
            Recipients::Some => {
                let everybody = self.org.into_iter().flat_map(|org| org.facts.user_ids());
                let mut best = one(None);
                for to in everybody {
                    let found = one(Some(to));
                    if found.0 > best.0 {
                        best = found;
                    }
                    if best.0 == Tri::True {
                        break;
                    }
                }
                best
            }
        }
    }

    fn request<'r>(&'r self, user: Option<UserId>, act: &'r Act, case: Case) -> Request<'r> {
        Request {
            user,
            permission: case.permission,
            target: case.target,
            recipient: case.recipient,
            context: &self.context,
            given: &act.given,
            pool: &self.pool,
        }
    }

    fn truth(&self, user: Option<UserId>, act: &Act, case: Case) -> Tri {
        match self.org {
            Some(org) if self.nothing_to_take(act, case).is_none() => {
                degree(self.table, org, &self.request(user, act, case))
            }
            _ => Tri::False,
        }
    }

    /// Whoever has nothing that could be taken from them.
    fn nothing_to_take(&self, act: &Act, case: Case) -> Option<UserId> {
        let (org, from) = (self.org?, case.recipient?);
        let has = act.has_to_take(self.model(), org, case.permission, case.target.start, from);
        (!has).then_some(from)
    }

    fn explain(&self, user: Option<UserId>, act: &Act, case: Case) -> Explanation {
        let denied = |reasons| Explanation {
            verdict: Tri::False,
            reasons,
        };
        match (self.org, self.nothing_to_take(act, case)) {
            (None, _) => denied(Vec::new()),
            (Some(org), None) => explained(self.table, org, &self.request(user, act, case)),
            (Some(org), Some(from)) => {
                let span = org.facts.user(from).span;
                denied(vec![Reason::of_facts(Cause::NothingToTake, span)])
            }
        }
    }

    /// The way in which an allowed act comes about, in a few words.
    pub(super) fn briefly(&self, user: Option<UserId>, act: &Act) -> String {
        let (_, Some(case)) = self.settle(user, act) else {
            return String::new();
        };
        let explanation = self.explain(user, act, case);
        let Some(reason) = explanation.reasons.first() else {
            return String::new();
        };
        self.holding_in_words(reason)
    }

    /// `Manager at paris`, `everyone`.
    pub(super) fn holding_in_words(&self, reason: &crate::eval::explain::Reason) -> String {
        let (Some(org), Some(&role)) = (self.org, reason.path.first()) else {
            return "everyone".to_owned();
        };
        let name = org.facts.role_name(self.model(), role);
        match reason.node {
            Some(node) => format!("{name} at {}", org.facts.node_name(self.model(), node)),
            None => name,
        }
    }
}

/// True for `take …` and `revoke …`.
pub(super) fn is_taking(deed: &Deed) -> bool {
    match deed {
        Deed::Act { actions, .. } => actions.iter().all(|action| action.text == "take"),
        Deed::Grant { revoke, .. } => *revoke,
        Deed::Become { .. } => false,
    }
}
