//! The meaning of the language: a plain interpreter of DESIGN §5, sentence by sentence, and as slow as it likes.
//!
//! It shares no code with the table and the evaluator, only the data of the model and the facts. [`degree`] is D(u, p, r):
//! grants and not prohibitions, in Kleene logic. [`Oracle::contributions`] lists ρ of each rule and holding, which is also
//! what the coverage test counts.
//!
//! 1. `nodes`: chains of containers, borders, homes, and *Reach*.
//! 2. `holdings`: who holds what, to which degree (*Holdings*).
//! 3. `conditions` and `relations`: *Conditions*.
//! 4. `administration`: recipients, and the ceilings of custom roles and single grants.

mod administration;
mod conditions;
mod holdings;
mod nodes;
mod promises;
mod relations;

use std::cell::RefCell;
use std::collections::HashMap;

use rolebook::eval::{Request, Resource, Target};
use rolebook::facts::{Facts, Window};
use rolebook::model::permission::PermId;
use rolebook::model::value::{NodeId, Pool, Tri, UserId, Value};
use rolebook::model::{Effect, Model, Reach, RoleId, Rule, Who};

pub(crate) use conditions::unset;
pub(crate) use holdings::{Held, Source};

/// D(u, p, r) of a request.
pub(crate) fn degree(model: &Model, facts: &Facts, request: &Request<'_>) -> Tri {
    let (oracle, ask) = open(model, facts, request);
    oracle.decide(&ask)
}

/// Something is handed to somebody, and nothing else has a recipient; a value is given once, and to a new node only.
pub(crate) fn makes_sense(model: &Model, request: &Request<'_>) -> bool {
    let handed = model.permissions.get(request.permission).is_administrative();
    let slots: Vec<usize> = request.given.iter().map(|(slot, _)| *slot).collect();
    let once = slots
        .iter()
        .all(|slot| slots.iter().filter(|other| *other == slot).count() == 1);
    let new = matches!(request.target.resource, Resource::Unlisted(_));
    handed == request.recipient.is_some() && once && (new || slots.is_empty())
}

/// The interpreter and the question that a request stands for.
pub(crate) fn open<'a>(model: &'a Model, facts: &'a Facts, request: &Request<'a>) -> (Oracle<'a>, Ask<'a>) {
    let ask = Ask {
        user: request.user,
        permission: request.permission,
        target: request.target,
        recipient: request.recipient,
        given: request.given,
    };
    (
        Oracle {
            model,
            facts,
            context: request.context,
            pool: request.pool,
            known: Known::default(),
        },
        ask,
    )
}

/// What stays the same while one request is decided.
pub(crate) struct Oracle<'a> {
    pub(crate) model: &'a Model,
    pub(crate) facts: &'a Facts,
    context: &'a [Value],
    pool: &'a Pool,
    known: Known<'a>,
}

/// What was worked out before: holdings and groups depend on the context only. A chain of derivations would otherwise take
/// time exponential in its length.
#[derive(Default)]
struct Known<'a> {
    holdings: RefCell<HashMap<(UserId, RoleId), Vec<Held<'a>>>>,
    groups: RefCell<HashMap<UserId, Vec<Vec<Window>>>>,
}

/// (u, p, r), and what else a request brings.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    user: Option<UserId>,
    permission: PermId,
    target: Target,
    recipient: Option<UserId>,
    given: &'a [(usize, Value)],
}

/// What conditions may speak of besides the request: the node and the holding.
#[derive(Clone, Copy)]
struct Scope<'s> {
    here: Option<NodeId>,
    held: Option<&'s Held<'s>>,
}

/// ρ of one rule, through one holding.
pub(crate) struct Contribution<'a> {
    pub(crate) rule: &'a Rule,
    /// `None` for rules without a role.
    pub(crate) held: Option<Held<'a>>,
    pub(crate) degree: Tri,
}

impl<'a> Oracle<'a> {
    /// D(u, p, r) = ⋁ grants ∧ ¬⋁ prohibitions; a user as target is a pair (v, p), v member of p.
    pub(crate) fn decide(&self, ask: &Ask<'_>) -> Tri {
        let grants = self.side(ask, Effect::Grant);
        let prohibitions = self.side(ask, Effect::Prohibit);
        let there = match ask.target.resource {
            Resource::User(user) => self.member(user, ask.target.start),
            _ => Tri::True,
        };
        grants.min(prohibitions.negate()).min(there)
    }

    pub(crate) fn side(&self, ask: &Ask<'_>, effect: Effect) -> Tri {
        any(self.contributions(ask, effect).iter().map(|it| it.degree))
    }

    /// Every rule of one effect that concerns the permission, with each holding that could bring it.
    pub(crate) fn contributions(&self, ask: &Ask<'_>, effect: Effect) -> Vec<Contribution<'a>> {
        let mut all = Vec::new();
        let concerned = |rule: &Rule| rule.effect == effect && rule.permissions.contains(&ask.permission);
        for rule in self
            .model
            .public
            .iter()
            .map(|&id| self.model.rule(id))
            .filter(|rule| concerned(rule))
        {
            all.push(Contribution {
                rule,
                held: None,
                degree: self.public(rule, ask),
            });
        }
        let Some(user) = ask.user else { return all };
        for role in self.model.role_ids() {
            let rules = self
                .model
                .role(role)
                .rules
                .iter()
                .map(|copied| self.model.rule(copied.rule));
            for rule in rules.filter(|rule| concerned(rule)) {
                for held in self.holdings(user, role) {
                    let degree = self.through(rule, &held, ask);
                    all.push(Contribution {
                        rule,
                        held: Some(held),
                        degree,
                    });
                }
            }
        }
        if effect == Effect::Grant {
            self.through_facts(user, ask, &mut all);
        }
        all
    }

    /// Rules that stand in the facts: custom roles and single grants.
    fn through_facts(&self, user: UserId, ask: &Ask<'_>, all: &mut Vec<Contribution<'a>>) {
        for (held, rule, made_at) in self.rules_of_facts(user) {
            if !rule.permissions.contains(&ask.permission) {
                continue;
            }
            let mut degree = self.through(rule, &held, ask);
            if degree != Tri::False {
                degree = degree.min(self.ceiling(user, ask.permission, &held, made_at));
            }
            all.push(Contribution {
                rule,
                held: Some(held),
                degree,
            });
        }
    }

    /// running(h) ∧ reach(n, r) ∧ relation ∧ when ∧ ¬unless.
    fn through(&self, rule: &Rule, held: &Held<'_>, ask: &Ask<'_>) -> Tri {
        let known = held.degree.min(self.reaches(rule, held.node, &ask.target).into());
        if known == Tri::False {
            return known;
        }
        known.min(self.asked(
            rule,
            ask,
            Scope {
                here: Some(held.node),
                held: Some(held),
            },
        ))
    }

    /// reach ∧ relation ∧ when ∧ ¬unless, and for `nobody but Q` ∧ ¬(u holds one of Q).
    fn public(&self, rule: &Rule, ask: &Ask<'_>) -> Tri {
        let reach = self.public_reach(rule, ask);
        if reach == Tri::False {
            return reach;
        }
        let exempt = match (&rule.who, ask.user) {
            (Who::Nobody(but), Some(user)) => self.holds_above(user, but, &self.chain_of(&ask.target)),
            _ => Tri::False,
        };
        let rest = self.asked(rule, ask, Scope { here: None, held: None });
        reach.min(exempt.negate()).min(rest)
    }

    /// Rules without a role: `nobody`, `anyone`: all r, with `in T` those where near_T(r) exists; `everyone`: those r with
    /// u a member of some p, acc(p) = acc(r); all r if it says `anywhere`.
    fn public_reach(&self, rule: &Rule, ask: &Ask<'_>) -> Tri {
        let chain = self.chain_of(&ask.target);
        let inside = match rule.reach {
            Reach::In(ty) => nodes::near(&chain, ty).is_some(),
            _ => true,
        };
        let known = match (&rule.who, ask.user) {
            (Who::Everyone, None) => Tri::False,
            (Who::Everyone, Some(_)) if rule.reach == Reach::Anywhere => Tri::True,
            (Who::Everyone, Some(user)) => {
                let account = self.account(&chain);
                let same = |&place: &NodeId| account.is_some() && self.account(&self.chain(place)) == account;
                let places = self.facts.node_ids().filter(|&node| self.is_place(node));
                any(places.filter(same).map(|place| self.member(user, place)))
            }
            _ => Tri::True,
        };
        known.min(inside.into())
    }

    /// What a rule asks besides reach: relation ∧ when ∧ ¬unless, and what it asks of the recipient.
    fn asked(&self, rule: &Rule, ask: &Ask<'_>, scope: Scope<'_>) -> Tri {
        let relation = self.related(&rule.relation, ask);
        let when = rule.when.as_ref().map_or(Tri::True, |expr| self.expr(expr, ask, scope));
        let unless = rule
            .unless
            .as_ref()
            .map_or(Tri::False, |expr| self.expr(expr, ask, scope));
        relation.min(when).min(unless.negate()).min(self.receives(rule, ask))
    }
}

/// ⋁
fn any(degrees: impl Iterator<Item = Tri>) -> Tri {
    degrees.max().unwrap_or(Tri::False)
}

/// ⋀
fn all(degrees: impl Iterator<Item = Tri>) -> Tri {
    degrees.min().unwrap_or(Tri::True)
}
