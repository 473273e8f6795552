//! Single grants and custom roles that change nothing: whoever holds them has all of it anyway, or nobody holds them.
//!
//! 1. [`Texts`] is what each of them gives, less what lies beyond the ceiling and is told as such.
//! 2. [`covers`] tells whether another holding certainly gives the same: by a rule without conditions, with at least the
//!    same reach, at the same node or above, for at least as long.
//!
//! Derived roles are not looked at: what depends on them counts as an effect.

use std::collections::{BTreeMap, HashSet};

use super::{Check, few};
use crate::diagnostic::Diagnostic;
use crate::eval::org::{Entry, Source, running};
use crate::facts::Subject;
use crate::model::permission::PermId;
use crate::model::value::{NodeId, Tri, UserId};
use crate::model::{Effect, Reach, RoleId, Rule, Who};
use crate::source::Span;
use crate::table::Table;

const CODE: &str = "facts/ineffective-grant";

/// Looks at every single grant, then at every custom role and each of its holdings.
pub(super) fn check(check: &mut Check<'_>) {
    if check.facts.grants.is_empty() && check.facts.custom.is_empty() {
        return;
    }
    let holders = holders(check);
    let beyond: HashSet<(Span, NodeId, PermId)> = check
        .org
        .extra
        .beyond
        .iter()
        .map(|it| (it.span, it.node, it.permission))
        .collect();
    let texts = Texts { check, beyond: &beyond };
    let grants = (0..check.facts.grants.len()).filter_map(|ix| of_grant(&texts, ix, &holders));
    let custom = (0..check.facts.custom.len()).flat_map(|ix| of_custom(&texts, ix, &holders));
    let told: Vec<Diagnostic> = grants.chain(custom).collect();
    told.into_iter().for_each(|it| check.found.push(it));
}

/// Who has what is stated, by where it is stated: index and true for a single grant.
type Holders<'a> = BTreeMap<(bool, u32), Vec<(UserId, &'a Entry)>>;

fn holders<'a>(check: &Check<'a>) -> Holders<'a> {
    let mut holders = Holders::new();
    for user in check.facts.user_ids() {
        for entry in check
            .org
            .entries(user)
            .iter()
            .filter(|it| !check.org.window(it).is_empty())
        {
            let key = match entry.source() {
                Source::Grant(ix) => (true, ix),
                Source::Holding(ix) => (false, ix),
                Source::Default => continue,
            };
            holders.entry(key).or_default().push((user, entry));
        }
    }
    holders
}

fn of_grant(texts: &Texts<'_, '_>, ix: usize, holders: &Holders<'_>) -> Option<Diagnostic> {
    let (check, grant) = (texts.check, &texts.check.facts.grants[ix]);
    let permissions = texts.working(&grant.rule, grant.at);
    if permissions.is_empty() || running(grant.window, check.now) == Tri::False {
        return None;
    }
    let to = match grant.to {
        Subject::User(user) => check.user(user),
        Subject::Group(group) => format!("`{}`", check.facts.group(group).id),
    };
    let key = (true, u32::try_from(ix).unwrap_or(u32::MAX));
    let holders = holders.get(&key).map_or(&[][..], Vec::as_slice);
    let (what, at) = (texts.shown(&permissions), check.node(grant.at));
    if holders.is_empty() {
        let message = format!("{what} at {at} is given to {to}, in which nobody is");
        return Some(Diagnostic::note(CODE, message).at(grant.span, "gives nothing to anybody"));
    }
    let number = check.model.roles.len() + check.facts.custom.len() + ix;
    let entitled = |id: &PermId| {
        holders
            .iter()
            .any(|(user, entry)| texts.is_entitled(*user, entry, *id, number))
    };
    if !permissions.iter().any(entitled) {
        let message = format!("{to} is given {what} at {at}, and holds no role to which that may be granted");
        return Some(Diagnostic::note(CODE, message).at(grant.span, "does nothing as long as that is so"));
    }
    let reasons = texts.reasons(holders, &[(&grant.rule, permissions)])?;
    let message = match grant.to {
        Subject::User(_) => format!("{to} is given {what} at {at}, and has it anyway"),
        Subject::Group(_) => format!("{to} is given {what} at {at}, and everybody in it has it anyway"),
    };
    let fault = Diagnostic::warning(CODE, message).at(grant.span, "adds nothing");
    Some(texts.because(fault, &reasons).help("take it out"))
}

fn of_custom(texts: &Texts<'_, '_>, ix: usize, holders: &Holders<'_>) -> Vec<Diagnostic> {
    let (check, custom) = (texts.check, &texts.check.facts.custom[ix]);
    let role = check.model.roles.len() + ix;
    let holdings = check
        .facts
        .holdings
        .iter()
        .enumerate()
        .filter(|(_, it)| it.role.ix() == role);
    let held: Vec<_> = holdings
        .filter_map(|(ix, it)| Some((it, holders.get(&(false, u32::try_from(ix).ok()?))?)))
        .collect();
    if held.is_empty() {
        let message = format!("nobody holds `{}` of {}", custom.name, check.node(custom.at));
        let note = Diagnostic::note(CODE, message).at(custom.span, "gives nothing to anybody");
        return vec![note.help("give it to somebody, or take it out")];
    }
    let mut told = Vec::new();
    for (holding, users) in held {
        let rules = custom.rules.iter().filter(|(ty, _)| *ty == check.org.ty(holding.node));
        let rules: Vec<_> = rules.map(|(_, rule)| (rule, texts.working(rule, custom.at))).collect();
        let works = rules.iter().any(|(_, permissions)| !permissions.is_empty());
        if let (Some(reasons), true) = (texts.reasons(users, &rules), works) {
            let message = format!(
                "`{}` at {} gives nothing that {} not anyway",
                custom.name,
                check.node(holding.node),
                if users.len() == 1 {
                    "its holder has"
                } else {
                    "its holders have"
                }
            );
            let note = Diagnostic::note(CODE, message).at(holding.span, "adds no permission");
            told.push(
                texts
                    .because(note, &reasons)
                    .help("a role that is given by hand also makes a member"),
            );
        }
    }
    told
}

/// What texts of the facts give.
struct Texts<'c, 'a> {
    check: &'c Check<'a>,
    beyond: &'c HashSet<(Span, NodeId, PermId)>,
}

impl Texts<'_, '_> {
    /// The permissions of a text that somebody may grant.
    fn working(&self, rule: &Rule, at: NodeId) -> Vec<PermId> {
        let all = rule.permissions.iter().copied();
        all.filter(|&id| !self.beyond.contains(&(rule.span, at, id))).collect()
    }

    fn shown(&self, permissions: &[PermId]) -> String {
        let names: Vec<String> = permissions
            .iter()
            .map(|&id| format!("`{}`", self.check.model.show_permission(id)))
            .collect();
        few(&names)
    }

    /// The other holdings by which each of the users has all of this; `None` if somebody lacks something.
    fn reasons(&self, users: &[(UserId, &Entry)], rules: &[(&Rule, Vec<PermId>)]) -> Option<Vec<Entry>> {
        let mut reasons = Vec::new();
        for (user, entry) in users {
            for (rule, permissions) in rules {
                for &permission in permissions {
                    if self.is_public(rule, permission) {
                        continue;
                    }
                    let all = self.check.org.entries(*user).iter();
                    let other = all
                        .filter(|other| self.gives(other, permission, rule, entry))
                        .min_by_key(|e| e.node)?;
                    if !reasons.contains(other) {
                        reasons.push(*other);
                    }
                }
            }
        }
        Some(reasons)
    }

    /// A single grant, by its number, works for a user: he may hold a role to which it can be given.
    fn is_entitled(&self, user: UserId, entry: &Entry, permission: PermId, number: usize) -> bool {
        let Check { model, org, .. } = self.check;
        let may = |role: RoleId| {
            let holds = |it: &Entry| it.role == role && org.lies_in(entry.node, it.node);
            model.role(role).is_derived() || org.entries(user).iter().any(holds)
        };
        let ways = org.extra.ways(permission).iter().filter(|way| way.role.ix() == number);
        let mut asked = ways.map(|way| way.terms.to.as_ref());
        asked.any(|to| to.is_none_or(|roles| roles.iter().any(|&role| may(role))))
    }

    /// A role of the policy, held besides, gives the permission at least as far and as long.
    fn gives(&self, other: &Entry, permission: PermId, rule: &Rule, entry: &Entry) -> bool {
        let Check { model, org, table, .. } = self.check;
        let near = org.lies_in(entry.node, other.node) && org.account(entry.node) == org.account(other.node);
        let lasts = other.role.ix() < model.roles.len() && org.window(other).covers(org.window(entry));
        near && lasts
            && Table::cell(&table.row(permission).grants, Some(other.role))
                .iter()
                .any(|way| covers(model.rule(way.rule), rule, other.node == entry.node))
    }

    /// Anyone has it everywhere.
    fn is_public(&self, rule: &Rule, permission: PermId) -> bool {
        let ways = self
            .check
            .table
            .row(permission)
            .grants
            .iter()
            .filter(|way| way.role.is_none());
        ways.map(|way| self.check.model.rule(way.rule)).any(|public| {
            let all = match public.who {
                Who::Anyone => matches!(public.reach, Reach::Below | Reach::Anywhere),
                Who::Everyone => public.reach == Reach::Anywhere,
                Who::Holders(_) | Who::Nobody(_) => false,
            };
            all && is_free(public) && rule.effect == Effect::Grant
        })
    }

    /// Points at the holdings by which it is had anyway.
    fn because(&self, mut fault: Diagnostic, reasons: &[Entry]) -> Diagnostic {
        let check = self.check;
        for entry in reasons.iter().take(super::LISTED) {
            let text = format!("had as {} at {}", check.role(entry.role), check.node(entry.node));
            let span = match entry.source() {
                Source::Holding(ix) => check.facts.holdings[ix as usize].span,
                Source::Default | Source::Grant(_) => check.facts.node(entry.node).span,
            };
            fault = fault.at(span, text);
        }
        fault
    }
}

/// True if a role's rule applies wherever a text of the facts does, held at the same node or above in the account.
fn covers(wide: &Rule, narrow: &Rule, same_node: bool) -> bool {
    let below = matches!(narrow.reach, Reach::Below | Reach::OnlyHere | Reach::OnlyBelow);
    let reach = match wide.reach {
        Reach::Anywhere => true,
        Reach::Below => below && narrow.named.iter().all(|ty| wide.named.contains(ty)),
        Reach::In(_) => wide.reach == narrow.reach,
        Reach::OnlyHere | Reach::OnlyBelow | Reach::Across(_) => {
            same_node && wide.reach == narrow.reach && narrow.named.iter().all(|ty| wide.named.contains(ty))
        }
    };
    reach && is_free(wide)
}

fn is_free(rule: &Rule) -> bool {
    rule.when.is_none() && rule.unless.is_none() && rule.relation.is_empty() && !rule.except_self
}
