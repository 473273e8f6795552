//! Holdings without effect: those that have ended, and those that only repeat what the user holds anyway.
//!
//! A role stated for the user himself also makes him a member and takes the place's default role away; where such a
//! holding is repeated by a group's, that is said, as a note. What is told to be taken out can all be taken out together:
//! each holding is looked at without those before it, and where a user is in a group because of the holding, it is needed.

use std::collections::{BTreeMap, HashSet};

use super::Check;
use super::by_hand::constrained;
use crate::diagnostic::Diagnostic;
use crate::eval::org::{Entry, Source, Without};
use crate::facts::{Holding, Subject, Window};
use crate::model::RoleId;
use crate::model::value::{DAY, NodeId, UserId, Value, show_date, show_time};
use crate::source::Span;

/// Looks at every holding, and at every single grant's end.
pub(super) fn check(check: &mut Check<'_>) {
    let mut gone = expired(check);
    let constrained = constrained(check.model);
    let without = Without::new(check.facts, check.model);
    for user in check.facts.user_ids() {
        redundant(check, &without, user, gone.entry(user).or_default());
        defaults(check, user, &constrained);
    }
}

/// Tells what has ended; gives by user what can be taken out.
fn expired(check: &mut Check<'_>) -> BTreeMap<UserId, Vec<u32>> {
    let mut gone: BTreeMap<UserId, Vec<u32>> = BTreeMap::new();
    let Value::Time(now) = check.now else { return gone };
    let facts = check.facts;
    let ended_holdings = (0..)
        .zip(&facts.holdings)
        .filter(|(_, holding)| holding.window().until <= now);
    for (ix, holding) in ended_holdings {
        let what = format!(
            "{} of {} at {}",
            check.role(holding.role),
            subject(check, holding.subject()),
            check.node(holding.node)
        );
        let default = match holding.subject() {
            Subject::User(user) => {
                let gone = gone.entry(user).or_default();
                let default = stands_for_default(check, user, (ix, holding.node), gone);
                if default.is_none() {
                    gone.push(ix);
                }
                default
            }
            Subject::Group(_) => None,
        };
        ended(check, &what, (holding.window(), holding.span), default);
    }
    for grant in facts.grants.iter().filter(|grant| grant.window.until <= now) {
        let what = format!(
            "a single permission of {} at {}",
            subject(check, grant.to),
            check.node(grant.at)
        );
        ended(check, &what, (grant.window, grant.span), None);
    }
    gone
}

/// The default role that the user would have at a node of his without the last of what is stated for him there.
fn stands_for_default(check: &Check<'_>, user: UserId, (ix, node): (u32, NodeId), gone: &[u32]) -> Option<RoleId> {
    let default = check.defaults[check.org.ty(node).ix()]?;
    let listed = check.facts.user(user).places.contains(&node);
    let mut here = check.org.entries_at(user, node).iter();
    let less = [gone, &[ix]].concat();
    let stated = |it: &Entry| matches!(it.source(), Source::Holding(_)) && !it.is_through_group();
    (listed && !here.any(|it| stated(it) && !is_one_of(it, &less))).then_some(default)
}

fn ended(check: &mut Check<'_>, what: &str, (window, span): (Window, Span), default: Option<RoleId>) {
    let message = format!("{what} ended {}", last_moment(window.until));
    let help = match default {
        None => "take it out, or give it a later `until`".to_owned(),
        Some(role) => format!(
            "give it a later `until`; without it the default role {} is held there",
            check.role(role)
        ),
    };
    let fault = Diagnostic::warning("facts/expired-holding", message).at(span, "does nothing any more");
    check.found.push(fault.help(help));
}

/// A date lasts to its end, so that a bound at midnight was written as the day before.
fn last_moment(until: i64) -> String {
    match i32::try_from(until.div_euclid(DAY) - 1) {
        Ok(day) if until.rem_euclid(DAY) == 0 => format!("on {}", show_date(day)),
        _ => format!("at {}", show_time(until)),
    }
}

fn subject(check: &Check<'_>, subject: Subject) -> String {
    match subject {
        Subject::User(user) => check.user(user),
        Subject::Group(group) => format!("`{}`", check.facts.group(group).id),
    }
}

/// Reports holdings stated for the user himself that another of his holdings covers. His holdings are sorted by node and
/// role, so that like ones stand together.
fn redundant(check: &mut Check<'_>, without: &Without<'_>, user: UserId, gone: &mut Vec<u32>) {
    let org = check.org;
    for same in org.entries(user).chunk_by(|a, b| (a.node, a.role) == (b.node, b.role)) {
        for entry in same.iter().filter(|_| same.len() > 1) {
            let Source::Holding(own) = entry.source() else { continue };
            if gone.contains(&own) {
                continue;
            }
            let less = [&gone[..], &[own]].concat();
            let others = same
                .iter()
                .filter(|other| !is_one_of(other, &less) && repeats(check, entry, other));
            let mut others = others.peekable();
            if others.peek().is_none() || !keeps(&without.held(user, gone), &without.held(user, &less), entry) {
                continue;
            }
            if let Some(other) = others.next()
                && report(check, user, entry, other, gone)
            {
                gone.push(own);
            }
        }
    }
}

/// Stated for the user himself, and gone.
fn is_one_of(entry: &Entry, gone: &[u32]) -> bool {
    matches!(entry.source(), Source::Holding(ix) if !entry.is_through_group() && gone.contains(&ix))
}

/// Without an entry all others are still held, as long as before, default roles apart: these are told.
fn keeps(before: &[(Entry, Window)], after: &[(Entry, Window)], own: &Entry) -> bool {
    let is_own = |it: &Entry| it.source() == own.source() && !it.is_through_group();
    let key = |it: &Entry| (it.role, it.node, it.source());
    let still = |it: &Entry, window: Window| {
        let mut same = after.iter().filter(|(other, _)| key(other) == key(it));
        same.any(|(_, wide)| wide.covers(window))
    };
    let mut others = before.iter().filter(|(it, window)| !is_own(it) && !window.is_empty());
    others.all(|(it, window)| still(it, *window))
}

/// True if `entry` is stated for the user himself and adds no time to `other`; of two that are alike, the later repeats.
fn repeats(check: &Check<'_>, entry: &Entry, other: &Entry) -> bool {
    let (Source::Holding(own), Source::Holding(wide)) = (entry.source(), other.source()) else {
        return false;
    };
    let (ours, theirs) = (
        &check.facts.holdings[own as usize],
        &check.facts.holdings[wide as usize],
    );
    let alike = !other.is_through_group() && check.org.window(other) == check.org.window(entry);
    let first = !alike || wide < own;
    let lasts = check.org.window(other).covers(check.org.window(entry));
    own != wide && !entry.is_through_group() && lasts && first && same_parameters(ours, theirs)
}

fn same_parameters(ours: &Holding, theirs: &Holding) -> bool {
    let within = |some: &Holding, all: &Holding| some.parameters().iter().all(|p| all.parameters().contains(p));
    within(ours, theirs) && within(theirs, ours)
}

/// True if the entry is told to be taken out.
fn report(check: &mut Check<'_>, user: UserId, entry: &Entry, other: &Entry, gone: &[u32]) -> bool {
    let (Source::Holding(own), Source::Holding(wide)) = (entry.source(), other.source()) else {
        return false;
    };
    let mut out = true;
    let (who, role, node) = (check.user(user), check.role(entry.role), check.node(entry.node));
    let (own, wide) = (
        check.facts.holdings[own as usize].span,
        check.facts.holdings[wide as usize].span,
    );
    let fault = match check.org.group(other) {
        None => Diagnostic::warning(
            "facts/redundant-holding",
            format!("{who} is given {role} at {node} twice"),
        )
        .at(own, "adds nothing")
        .at(wide, "given here")
        .help("take it out"),
        Some(group) => {
            let group = &check.facts.group(group).id;
            let message = format!("{who} is given {role} at {node}, and has it through `{group}`");
            let severe = side_effect(check, user, [entry, other], gone);
            out = severe.is_none();
            let fault = match severe {
                None => Diagnostic::warning("facts/redundant-holding", message).help("take it out"),
                Some(effect) => Diagnostic::note("facts/redundant-holding", message).help(effect),
            };
            fault.at(own, "given here").at(wide, "given to the group here")
        }
    };
    check.found.push(fault);
    out
}

/// What else would change if a role that a group gives as well were taken from the user himself.
fn side_effect(check: &Check<'_>, user: UserId, [entry, other]: [&Entry; 2], gone: &[u32]) -> Option<String> {
    let here = check.org.entries_at(user, entry.node).iter();
    let direct = here
        .filter(|e| !e.is_through_group() && matches!(e.source(), Source::Holding(_)) && e.source() != entry.source())
        .filter(|e| !is_one_of(e, gone));
    let mut direct = direct.peekable();
    let (who, node) = (check.user(user), check.node(entry.node));
    if direct.peek().is_some() && direct.any(|e| check.org.window(e).covers(check.org.window(entry))) {
        return None;
    }
    if !check.facts.user(user).places.contains(&entry.node) {
        return Some(format!("without it {who} is no member of {node} unless listed there"));
    }
    let default = check.defaults[check.org.ty(entry.node).ix()]?;
    (default != entry.role || !other.is_always()).then(|| {
        format!(
            "without it {who} has the default role {} at {node} as well",
            check.role(default)
        )
    })
}

/// Default roles given by hand to a member who would have them anyway; where a constraint counts them they matter.
fn defaults(check: &mut Check<'_>, user: UserId, constrained: &HashSet<RoleId>) {
    let facts = check.facts;
    for &place in &facts.user(user).places {
        let Some(holding) = given_default(check, user, place).filter(|it| !constrained.contains(&it.role)) else {
            continue;
        };
        let (who, role, place) = (check.user(user), check.role(holding.role), check.node(place));
        let message = format!("{who} is given {role} at {place}, which is the default there");
        let note = Diagnostic::note("facts/redundant-holding", message).at(holding.span, "");
        check
            .found
            .push(note.help("a member has it while no other role is given to him there"));
    }
}

/// The only role stated for a user at a place, if it is the default role without any terms and no group repeats it.
fn given_default<'a>(check: &Check<'a>, user: UserId, place: NodeId) -> Option<&'a Holding> {
    let default = check.defaults[check.org.ty(place).ix()]?;
    let here = check.org.entries_at(user, place);
    let mut direct = here
        .iter()
        .filter(|entry| !entry.is_through_group() && !is_grant(entry));
    let (Some(only), None) = (direct.next(), direct.next()) else {
        return None;
    };
    let Source::Holding(ix) = only.source() else {
        return None;
    };
    let holding = &check.facts.holdings[ix as usize];
    let plain = only.is_always() && holding.parameters().is_empty();
    let repeated = here
        .iter()
        .any(|entry| entry.is_through_group() && entry.role == default);
    (only.role == default && plain && !repeated).then_some(holding)
}

fn is_grant(entry: &Entry) -> bool {
    matches!(entry.source(), Source::Grant(_))
}
