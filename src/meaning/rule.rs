//! Rules: what each asks besides the holding (DESIGN §5, *Rules*, *Administration*; docs/language.md, *Giving roles*).

use super::Domain;
use super::condition::{At, expr, is_or_in, related};
use crate::containment::reach::{account, near};
use crate::model::permission::Permission;
use crate::model::value::{NodeId, Tri, UserId};
use crate::model::{DerivationTerm, Effect, Reach, Receiver, Rule, TypeKind, Who};

/// What a rule asks, part by part, in the order in which it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `as creator`.
    Relation,
    /// To whom, from whom, or on whom it may be done.
    Recipient,
    /// `when`.
    When,
    /// `unless`.
    Unless,
}

impl Part {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Relation, Self::Recipient, Self::When, Self::Unless];
}

/// All that a rule asks of a holding that reaches the target.
pub fn conditions<D: Domain>(domain: &mut D, at: At<'_, D>, rule: &Rule) -> D::Truth {
    domain.both(
        |domain| part(domain, at, rule, Part::Relation),
        |domain| {
            domain.both(
                |domain| part(domain, at, rule, Part::Recipient),
                |domain| {
                    domain.both(
                        |domain| part(domain, at, rule, Part::When),
                        |domain| part(domain, at, rule, Part::Unless),
                    )
                },
            )
        },
    )
}

/// One part of what a rule asks.
#[inline]
pub fn part<D: Domain>(domain: &mut D, at: At<'_, D>, rule: &Rule, part: Part) -> D::Truth {
    match (part, &rule.when, &rule.unless) {
        (Part::Relation, ..) => related(domain, at.ask, &rule.relation),
        (Part::Recipient, ..) => receives(domain, at.ask, rule),
        (Part::When, Some(when), _) => expr(domain, at, when),
        (Part::Unless, _, Some(unless)) => domain.not(|domain| expr(domain, at, unless)),
        _ => domain.constant(Tri::True),
    }
}

/// What a rule asks of whom it is done to, or who is handed something.
#[inline]
pub fn receives<D: Domain>(domain: &mut D, ask: &D::Ask, rule: &Rule) -> D::Truth {
    let is_administrative = domain.asked(ask).is_administrative();
    if !(rule.except_self || rule.they_have || is_administrative) {
        return domain.constant(Tri::True);
    }
    domain.both(
        |domain| match rule.except_self {
            true => domain.is_other(ask),
            false => domain.constant(Tri::True),
        },
        |domain| {
            domain.both(
                |domain| giver_has(domain, ask, rule),
                |domain| match is_administrative {
                    true => may_receive(domain, ask, rule),
                    false => domain.constant(Tri::True),
                },
            )
        },
    )
}

/// `they have`: who hands something on must be allowed it where he hands it on.
fn giver_has<D: Domain>(domain: &mut D, ask: &D::Ask, rule: &Rule) -> D::Truth {
    match domain.asked(ask) {
        Permission::Grant(inner) if rule.they_have => domain.may_here(ask, inner),
        _ => domain.constant(Tri::True),
    }
}

/// Members are those of an account that encloses the target; what is forbidden to be given is so to strangers too.
fn may_receive<D: Domain>(domain: &mut D, ask: &D::Ask, rule: &Rule) -> D::Truth {
    let grants = rule.effect == Effect::Grant;
    match &rule.receiver {
        Receiver::Anyone => domain.constant(Tri::True),
        Receiver::Member if !grants => domain.constant(Tri::True),
        Receiver::Member => domain.of_recipient(ask, |domain, to| is_account_member(domain, ask, to)),
        Receiver::Holders(roles) if grants => domain.of_recipient(ask, |domain, to| {
            domain.both(
                |domain| is_account_member(domain, ask, to),
                |domain| domain.holds_above(ask, to, roles),
            )
        }),
        Receiver::Holders(roles) => domain.of_recipient(ask, |domain, to| domain.holds_above(ask, to, roles)),
    }
}

/// A rule without a role.
pub fn public<D: Domain>(domain: &mut D, at: At<'_, D>, rule: &Rule) -> D::Truth {
    domain.both(
        |domain| public_reach(domain, at.ask, rule),
        |domain| {
            domain.both(
                |domain| conditions(domain, at, rule),
                |domain| not_exempt(domain, at.ask, rule),
            )
        },
    )
}

/// `nobody but R`: not he who holds R where the rule is asked about.
pub fn not_exempt<D: Domain>(domain: &mut D, ask: &D::Ask, rule: &Rule) -> D::Truth {
    match &rule.who {
        Who::Nobody(but) if !but.is_empty() => {
            domain.not(|domain| domain.of_caller(ask, |domain, user| domain.holds_above(ask, user, but)))
        }
        _ => domain.constant(Tri::True),
    }
}

/// Where a rule without a role reaches.
pub fn public_reach<D: Domain>(domain: &mut D, ask: &D::Ask, rule: &Rule) -> D::Truth {
    domain.both(
        |domain| match rule.reach {
            Reach::In(ty) => domain.stands(ask, |forest, target| near(forest, target, ty).is_some()),
            _ => domain.stands(ask, |_, _| true),
        },
        |domain| match (&rule.who, rule.reach) {
            (Who::Everyone, Reach::Anywhere) => domain.of_caller(ask, |domain, _| domain.constant(Tri::True)),
            (Who::Everyone, _) => domain.of_caller(ask, |domain, user| belongs(domain, ask, user)),
            _ => domain.constant(Tri::True),
        },
    )
}

/// The user is a member of some place in the target's account.
fn belongs<D: Domain>(domain: &mut D, ask: &D::Ask, user: UserId) -> D::Truth {
    domain.any_membership(ask, user, |forest, target, place| {
        forest.kind(place).is_place() && account(forest, target) == Some(forest.account(place))
    })
}

/// The user is a member of an account that encloses the target.
pub fn is_account_member<D: Domain>(domain: &mut D, ask: &D::Ask, user: UserId) -> D::Truth {
    domain.any_membership(ask, user, |forest, target, place| {
        forest.kind(place) == TypeKind::Account && forest.lies_in(target.start, place)
    })
}

/// A user has a derived role at a node: all of its terms are met there.
pub fn derived<D: Domain>(domain: &mut D, user: UserId, terms: &[DerivationTerm], node: NodeId) -> D::Truth {
    domain.all(terms, |domain, term| match term {
        DerivationTerm::Relation(name) => {
            let value = domain.of_node(node, *name);
            is_or_in(domain, user, &value)
        }
        DerivationTerm::Member => domain.is_member(user, node),
        DerivationTerm::Holds(roles) => domain.holds_exactly(user, roles, node),
        DerivationTerm::Can(permissions) => {
            domain.all(permissions, |domain, &permission| domain.may(user, permission, node))
        }
    })
}
